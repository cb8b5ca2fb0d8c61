#include "core/json_scan.h"

#include <endian.h>

/* Eight bytes at a time: a byte's high bit is set where the byte is what we look for. A borrow can
 * also mark bytes above a true one, so only the lowest mark counts. */
#define EVERY(byte) (UINT64_C(0x0101010101010101) * (byte))

static uint64_t load_eight(const char *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof(word));
    return le64toh(word);
}

static uint64_t bytes_below(uint64_t word, unsigned limit)
{
    return (word - EVERY(limit)) & ~word & EVERY(0x80);
}

static uint64_t special_bytes(uint64_t word)
{
    return bytes_below(word, 0x20) | bytes_below(word ^ EVERY('"'), 1) |
           bytes_below(word ^ EVERY('\\'), 1);
}

static bool is_special(char c)
{
    return (unsigned char)c < 0x20 || c == '"' || c == '\\';
}

const char *json_skip_plain(const char *at, const char *end)
{
    for (; end - at >= 8; at += 8) {
        uint64_t marks = special_bytes(load_eight(at));
        if (marks)
            return at + __builtin_ctzll(marks) / 8;
    }
    while (at < end && !is_special(*at))
        at++;
    return at;
}

const char *json_skip_ascii(const char *at, const char *end)
{
    for (; end - at >= 8; at += 8) {
        uint64_t word = load_eight(at);
        uint64_t marks = special_bytes(word) | (word & EVERY(0x80));
        if (marks)
            return at + __builtin_ctzll(marks) / 8;
    }
    while (at < end && !is_special(*at) && (unsigned char)*at < 0x80)
        at++;
    return at;
}

const char *json_skip_string(const char *at, const char *end)
{
    at = json_skip_plain(at + 1, end);
    while (*at == '\\')
        at = json_skip_plain(at + 2, end);
    return at + 1;
}

static const char *skip_container(const char *at, const char *end)
{
    size_t depth = 0;
    do {
        switch (*at) {
        case '"':
            at = json_skip_string(at, end);
            continue;
        case '{':
        case '[':
            depth++;
            break;
        case '}':
        case ']':
            depth--;
            break;
        default:
            break;
        }
        at++;
    } while (depth > 0);
    return at;
}

const char *json_skip_value(const char *at, const char *end)
{
    if (*at == '"')
        return json_skip_string(at, end);
    if (*at == '{' || *at == '[')
        return skip_container(at, end);
    while (at < end && *at != ',' && *at != ']' && *at != '}' && (unsigned char)*at > ' ')
        at++;
    return at;
}

struct str json_unquoted(struct str literal)
{
    return (struct str){literal.data + 1, literal.len - 2};
}

/* What the first byte of a sequence promises: how many more, and the range of the second. */
struct utf8_lead {
    uint32_t bits;
    int more; /* -1: no sequence begins so */
    unsigned char lowest;
    unsigned char highest;
};

static struct utf8_lead utf8_lead(unsigned lead, bool surrogates)
{
    if (lead < 0x80)
        return (struct utf8_lead){lead, 0, 0, 0};
    if (lead >= 0xC2 && lead <= 0xDF)
        return (struct utf8_lead){lead & 0x1F, 1, 0x80, 0xBF};
    if (lead == 0xE0)
        return (struct utf8_lead){0, 2, 0xA0, 0xBF};
    if (lead == 0xED && !surrogates)
        return (struct utf8_lead){0xD, 2, 0x80, 0x9F};
    if (lead >= 0xE1 && lead <= 0xEF)
        return (struct utf8_lead){lead & 0xF, 2, 0x80, 0xBF};
    if (lead == 0xF0)
        return (struct utf8_lead){0, 3, 0x90, 0xBF};
    if (lead >= 0xF1 && lead <= 0xF3)
        return (struct utf8_lead){lead & 7, 3, 0x80, 0xBF};
    if (lead == 0xF4)
        return (struct utf8_lead){4, 3, 0x80, 0x8F};
    return (struct utf8_lead){0, -1, 0, 0};
}

uint32_t json_utf8_next(const char **at, const char *end, bool surrogates)
{
    struct utf8_lead lead = utf8_lead((unsigned char)*(*at)++, surrogates);
    if (lead.more < 0)
        return 0xFFFD;
    uint32_t character = lead.bits;
    for (int i = 0; i < lead.more; i++) {
        unsigned char byte = *at < end ? (unsigned char)**at : 0;
        if (byte < (i ? 0x80 : lead.lowest) || byte > (i ? 0xBF : lead.highest))
            return 0xFFFD;
        character = character << 6 | (byte & 0x3F);
        (*at)++;
    }
    return character;
}

static uint32_t four_hex_digits(const char *at)
{
    uint32_t unit = 0;
    for (int i = 0; i < 4; i++) {
        unsigned digit = (unsigned char)at[i];
        unit = unit << 4 | (digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10);
    }
    return unit;
}

/* Behind "\u": a lone surrogate stays one, an escaped pair is one character. */
static uint32_t unicode_escape(const char **at, const char *end)
{
    uint32_t unit = four_hex_digits(*at);
    *at += 4;
    if (unit < 0xD800 || unit > 0xDBFF || end - *at < 6 || memcmp(*at, "\\u", 2) != 0)
        return unit;
    uint32_t low = four_hex_digits(*at + 2);
    if (low < 0xDC00 || low > 0xDFFF)
        return unit;
    *at += 6;
    return 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
}

uint32_t json_char_next(const char **at, const char *end)
{
    if (**at != '\\')
        return json_utf8_next(at, end, false);
    char kind = (*at)[1];
    *at += 2;
    switch (kind) {
    case 'b':
        return '\b';
    case 'f':
        return '\f';
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    case 'u':
        return unicode_escape(at, end);
    default:
        return (unsigned char)kind;
    }
}

size_t json_char_write(uint32_t character, char ret_bytes[static JSON_CHAR_BYTES])
{
    static const unsigned leads[] = {0, 0, 0xC0, 0xE0, 0xF0};
    size_t count = character < 0x80 ? 1 : character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
    for (size_t i = count; i-- > 1; character >>= 6)
        ret_bytes[i] = (char)(0x80 | (character & 0x3F));
    ret_bytes[0] = (char)(leads[count] | character);
    return count;
}
