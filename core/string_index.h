/*
 * string_index.h - a hash table from strings to their places in somebody else's array.
 *
 * It holds no strings: a table of 32-bit cells (5 to 11 bytes a string), and the owner says which
 * string stands at a place. What a cell does not need for the place is filled with a piece of the
 * hash, so that a look-up reads other strings than its own only by rare accident.
 *
 * Calling sequence: zero-initialise; for each string of the array, from the first on,
 * string_index_reserve(), store the string, string_index_put(); string_index_done(). Look-ups at
 * any time. Where two strings are equal the later place counts.
 */
#ifndef SLOTOP_CORE_STRING_INDEX_H
#define SLOTOP_CORE_STRING_INDEX_H

#include "core/base.h"

/* The most places a table can hold: 13/16 of 2^31. So full a miss looks at some 14 cells, which
 * stand in one or two cache lines. */
#define STRING_INDEX_MAX ((size_t)13 << 27)
#define STRING_INDEX_NONE SIZE_MAX

struct string_index {
    uint32_t *cells; /* 2^bits of them; 0 is free */
    unsigned bits;
    size_t reach; /* the places below this one were put */
};

/* The array: the string at `place`, which does not change while it is in a table. */
struct string_source {
    struct str (*at)(const void *owner, size_t place);
    const void *owner;
};

/* Makes room for places below `count`. False (and unchanged) without memory or above the most. */
bool string_index_reserve(struct string_index *index, struct string_source source, size_t count);
/* Enters the string that stands at `place`, for which room was made; the place of an equal string
 * is forgotten. */
void string_index_put(struct string_index *index, struct string_source source, size_t place);
/* The same for all places from `reach` up to `count`, in their order. */
void string_index_put_all(struct string_index *index, struct string_source source, size_t count);
/* The same, but where an equal string is in the table it stays: false. */
bool string_index_add(struct string_index *index, struct string_source source, size_t place);
/* The same for all places from `reach` up to `count`, in their order; ends at the first false. */
bool string_index_add_all(struct string_index *index, struct string_source source, size_t count);
/* The place of `text`, or STRING_INDEX_NONE. */
size_t string_index_find(const struct string_index *index, struct string_source source,
                         struct str text);
/* All places from `first` on move up by one, as after a memmove in the array. Room was made. */
void string_index_shift(struct string_index *index, size_t first);
/* The same table, of an array with the same strings. False (and *ret_copy empty) without memory. */
bool string_index_copy(const struct string_index *index, struct string_index *ret_copy);
void string_index_done(struct string_index *index);

#endif
