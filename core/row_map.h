/*
 * row_map.h - from the few rows that have something to its place in an array: a hash table.
 *
 * Of a million rows some hundred have a chat, a trace or a finding: an array of pointers for all of
 * them would be most of the memory. Zero-initialise, row_map_put(), row_map_done().
 */
#ifndef SLOTOP_CORE_ROW_MAP_H
#define SLOTOP_CORE_ROW_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ROW_MAP_NONE SIZE_MAX

struct row_map_cell; /* opaque */
struct row_map {
    struct row_map_cell *cells; /* 2^bits of them */
    unsigned bits;
    size_t count;
};

/* Enters a row that is not there yet; both numbers are below UINT32_MAX. False (and unchanged)
 * without memory. */
bool row_map_put(struct row_map *map, size_t row, size_t place);
/* ROW_MAP_NONE where there is none. */
size_t row_map_find(const struct row_map *map, size_t row);
void row_map_done(struct row_map *map);

#endif
