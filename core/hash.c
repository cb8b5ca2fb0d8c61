/* Chains of multiplications of 64 by 64 to 128 bits; in four lanes, so that the next one can begin
 * before the last is done. */
#include "core/hash.h"

#include <string.h>

enum { LANES = 4, STEP_BYTES = 16, ROUND_BYTES = LANES * STEP_BYTES };

static const uint64_t KEYS[LANES + 1] = {
    UINT64_C(0xff761d6478bd642f), UINT64_C(0xe7ff7ed1a0b428db), UINT64_C(0x8ebcff6af09c88c6),
    UINT64_C(0x589965ffcc75374d), UINT64_C(0x1d8e4e27ff7d124f),
};

/* Both halves of the product in one word. */
static inline uint64_t fold(uint64_t a, uint64_t b)
{
#ifdef __SIZEOF_INT128__
    __extension__ typedef unsigned __int128 product;
    product ab = (product)a * b;
    return (uint64_t)ab ^ (uint64_t)(ab >> 64);
#else
    uint64_t low = (a & UINT32_MAX) * (b & UINT32_MAX), high = (a >> 32) * (b >> 32);
    uint64_t cross = (a >> 32) * (b & UINT32_MAX) + (low >> 32);
    uint64_t other = (a & UINT32_MAX) * (b >> 32) + (cross & UINT32_MAX);
    high += (cross >> 32) + (other >> 32);
    return (other << 32 | (low & UINT32_MAX)) ^ high;
#endif
}

static inline uint64_t word_at(const char *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof(word));
    return word;
}

static inline uint64_t step(uint64_t lane, const char *at, uint64_t key)
{
    return fold(word_at(at) ^ key, word_at(at + 8) ^ lane);
}

uint64_t hash_block(struct str bytes)
{
    const char *at = bytes.data;
    size_t left = bytes.len;
    uint64_t a = KEYS[0], b = KEYS[1], c = KEYS[2], d = KEYS[3];
    for (; left >= ROUND_BYTES; at += ROUND_BYTES, left -= ROUND_BYTES) {
        a = step(a, at, KEYS[0]);
        b = step(b, at + STEP_BYTES, KEYS[1]);
        c = step(c, at + 2 * STEP_BYTES, KEYS[2]);
        d = step(d, at + 3 * STEP_BYTES, KEYS[3]);
    }
    for (; left >= STEP_BYTES; at += STEP_BYTES, left -= STEP_BYTES)
        a = step(a, at, KEYS[1]);
    char rest[STEP_BYTES] = {0};
    if (left > 0)
        memcpy(rest, at, left);
    b = step(b, rest, KEYS[2]);
    return fold(fold(a ^ KEYS[4], b ^ bytes.len), fold(c ^ KEYS[3], d ^ KEYS[4]));
}

uint64_t hash_word(struct str text)
{
    uint64_t hash = text.len;
    size_t at = 0;
    for (; text.len - at > STEP_BYTES; at += STEP_BYTES)
        hash = step(hash, text.data + at, KEYS[0]);
    char rest[STEP_BYTES] = {0};
    const char *last = rest;
    if (text.len >= STEP_BYTES)
        last = text.data + text.len - STEP_BYTES; /* some bytes count twice */
    else if (text.len > 0)
        memcpy(rest, text.data, text.len);
    return fold(step(hash, last, KEYS[1]) ^ KEYS[2], KEYS[3]);
}
