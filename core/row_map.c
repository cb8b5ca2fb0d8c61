#include "core/row_map.h"

#include <assert.h>
#include <stdlib.h>

enum { START_BITS = 4 };

struct row_map_cell {
    uint32_t row; /* and one: 0 is free */
    uint32_t place;
};

/* The cell of a row, or the free one where it belongs. */
static struct row_map_cell *find_cell(const struct row_map *map, uint32_t row)
{
    size_t mask = ((size_t)1 << map->bits) - 1;
    size_t at = row * UINT64_C(0x9E3779B97F4A7C15) >> (64 - map->bits);
    while (map->cells[at].row != 0 && map->cells[at].row != row + 1)
        at = (at + 1) & mask;
    return &map->cells[at];
}

static bool grow(struct row_map *map)
{
    struct row_map grown = {.bits = map->bits ? map->bits + 1 : START_BITS, .count = map->count};
    size_t room = map->cells ? (size_t)1 << map->bits : 0;
    grown.cells = calloc((size_t)1 << grown.bits, sizeof(*grown.cells));
    if (!grown.cells)
        return false;
    for (size_t i = 0; i < room; i++)
        if (map->cells[i].row != 0)
            *find_cell(&grown, map->cells[i].row - 1) = map->cells[i];
    free(map->cells);
    *map = grown;
    return true;
}

bool row_map_put(struct row_map *map, size_t row, size_t place)
{
    assert(row < UINT32_MAX && place < UINT32_MAX);
    size_t room = map->cells ? (size_t)1 << map->bits : 0;
    if ((map->count + 1) * 4 > room * 3 && !grow(map))
        return false;
    *find_cell(map, (uint32_t)row) = (struct row_map_cell){(uint32_t)row + 1, (uint32_t)place};
    map->count++;
    return true;
}

size_t row_map_find(const struct row_map *map, size_t row)
{
    if (!map->cells || row >= UINT32_MAX)
        return ROW_MAP_NONE;
    const struct row_map_cell *cell = find_cell(map, (uint32_t)row);
    return cell->row != 0 ? cell->place : ROW_MAP_NONE;
}

void row_map_done(struct row_map *map)
{
    free(map->cells);
    *map = (struct row_map){0};
}
