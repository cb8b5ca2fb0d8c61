#include "core/string_index.h"

#include "core/hash.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { START_BITS = 4 };

static size_t room_of(unsigned bits)
{
    return ((size_t)1 << bits) / 16 * 13;
}

static uint32_t place_mask(const struct string_index *index)
{
    return ((uint32_t)1 << index->bits) - 1;
}

/* The bits of a cell that are left of the place. */
static uint32_t tag_of(const struct string_index *index, uint64_t hash)
{
    return (uint32_t)(hash >> 32) & ~place_mask(index);
}

/* The cell of an equal string, or the free one where it belongs. */
static uint32_t *find_cell(const struct string_index *index, struct string_source source,
                           struct str text, uint64_t hash)
{
    uint32_t mask = place_mask(index);
    uint32_t tag = tag_of(index, hash);
    for (uint32_t at = (uint32_t)hash & mask;; at = (at + 1) & mask) {
        uint32_t cell = index->cells[at];
        if (cell == 0)
            return &index->cells[at];
        if ((cell & ~mask) == tag && str_equal(source.at(source.owner, (cell & mask) - 1), text))
            return &index->cells[at];
    }
}

bool string_index_reserve(struct string_index *index, struct string_source source, size_t count)
{
    if (index->cells && count <= room_of(index->bits))
        return true;
    if (count > STRING_INDEX_MAX)
        return false;
    struct string_index grown = {.bits = START_BITS};
    while (room_of(grown.bits) < count)
        grown.bits++;
    grown.cells = calloc((size_t)1 << grown.bits, sizeof(*grown.cells));
    if (!grown.cells)
        return false;
    memory_expect(grown.cells, ((size_t)1 << grown.bits) * sizeof(*grown.cells));
    string_index_put_all(&grown, source, index->reach);
    free(index->cells);
    *index = grown;
    return true;
}

/* Enters a place in the cell of its string. Where an equal one is there: false, or in its stead. */
static bool enter(struct string_index *index, uint32_t *cell, uint64_t hash, size_t place,
                  bool replaces)
{
    if (*cell != 0 && !replaces)
        return false;
    *cell = tag_of(index, hash) | ((uint32_t)place + 1);
    if (index->reach <= place)
        index->reach = place + 1;
    return true;
}

static bool enter_one(struct string_index *index, struct string_source source, size_t place,
                      bool replaces)
{
    assert(index->cells && place < room_of(index->bits));
    struct str text = source.at(source.owner, place);
    uint64_t hash = hash_word(text);
    return enter(index, find_cell(index, source, text, hash), hash, place, replaces);
}

/* The places from `reach` on, some at a time: what has to be waited for are the cells, and these
 * are asked for together. */
static bool enter_all(struct string_index *index, struct string_source source, size_t count,
                      bool replaces)
{
    enum { TOGETHER = 16 };
    struct str texts[TOGETHER];
    uint64_t hashes[TOGETHER];
    bool entered = true;
    assert(count == 0 || (index->cells && count <= room_of(index->bits)));
    for (size_t first = index->reach; entered && first < count; first = index->reach) {
        size_t some = count - first < TOGETHER ? count - first : TOGETHER;
        for (size_t i = 0; i < some; i++) {
            texts[i] = source.at(source.owner, first + i);
            hashes[i] = hash_word(texts[i]);
            __builtin_prefetch(&index->cells[hashes[i] & place_mask(index)], 1);
        }
        for (size_t i = 0; entered && i < some; i++)
            entered = enter(index, find_cell(index, source, texts[i], hashes[i]), hashes[i],
                            first + i, replaces);
    }
    return entered;
}

void string_index_put(struct string_index *index, struct string_source source, size_t place)
{
    (void)enter_one(index, source, place, true);
}

void string_index_put_all(struct string_index *index, struct string_source source, size_t count)
{
    (void)enter_all(index, source, count, true);
}

bool string_index_add(struct string_index *index, struct string_source source, size_t place)
{
    return enter_one(index, source, place, false);
}

bool string_index_add_all(struct string_index *index, struct string_source source, size_t count)
{
    return enter_all(index, source, count, false);
}

size_t string_index_find(const struct string_index *index, struct string_source source,
                         struct str text)
{
    if (!index->cells)
        return STRING_INDEX_NONE;
    uint32_t cell = *find_cell(index, source, text, hash_word(text));
    return cell == 0 ? STRING_INDEX_NONE : (cell & place_mask(index)) - 1;
}

void string_index_shift(struct string_index *index, size_t first)
{
    assert(index->cells && index->reach < room_of(index->bits));
    uint32_t mask = place_mask(index);
    size_t cell_count = (size_t)1 << index->bits;
    for (size_t i = 0; i < cell_count; i++)
        index->cells[i] += (index->cells[i] & mask) > first;
    if (index->reach > first)
        index->reach++;
}

bool string_index_copy(const struct string_index *index, struct string_index *ret_copy)
{
    size_t cell_count = index->cells ? (size_t)1 << index->bits : 0;
    *ret_copy = (struct string_index){0};
    if (cell_count == 0)
        return true;
    uint32_t *cells = reallocarray(NULL, cell_count, sizeof(*cells));
    if (!cells)
        return false;
    memory_expect(cells, cell_count * sizeof(*cells));
    memcpy(cells, index->cells, cell_count * sizeof(*cells));
    *ret_copy = (struct string_index){cells, index->bits, index->reach};
    return true;
}

void string_index_done(struct string_index *index)
{
    free(index->cells);
    *index = (struct string_index){0};
}
