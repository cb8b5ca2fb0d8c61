#include "core/folders_part.h"

#include <stdlib.h>
#include <string.h>

static struct str path_at(const void *owner, size_t place)
{
    const struct place *items = owner;
    return items[place].path;
}

static struct string_source source_of(const struct places *places)
{
    return (struct string_source){path_at, places->items};
}

/* The part of `path` that follows `passed` bytes and any slashes; empty at the end. */
static struct str next_part(const char *path, size_t passed)
{
    const char *start = path + passed + strspn(path + passed, "/");
    return (struct str){start, strcspn(start, "/")};
}

static size_t count_places(const char *path)
{
    size_t count = 1;
    struct str part = next_part(path, 0);
    for (; part.len > 0; part = next_part(part.data, part.len))
        count++;
    return count;
}

/* The place of this path, made if it is new; PLACE_NONE without memory. There is room. */
static size_t find_or_add(struct places *places, struct str path, size_t above, size_t name_len)
{
    size_t known = string_index_find(&places->by_path, source_of(places), path);
    if (known != STRING_INDEX_NONE)
        return known;
    struct str copy = arena_copy(&places->arena, path);
    if (!copy.data)
        return PLACE_NONE;
    size_t place = places->count++;
    places->items[place] = (struct place){
        .path = copy,
        .name = {copy.data + copy.len - name_len, name_len},
        .above = above,
        .wd = -1,
    };
    string_index_put(&places->by_path, source_of(places), place);
    return place;
}

/* The place of a path that is not empty, with all those above it. */
static size_t add_path(struct places *places, const char *path)
{
    struct str part = next_part(path, 0);
    size_t place = find_or_add(places, path[0] == '/' ? STR("/") : STR("."), PLACE_NONE, 0);
    while (place != PLACE_NONE && part.len > 0) {
        struct str way = {path, (size_t)(part.data - path) + part.len};
        places->items[place].is_passed = true;
        place = find_or_add(places, way, place, part.len);
        part = next_part(part.data, part.len);
    }
    return place;
}

static bool fill(struct places *places, const char *const *paths)
{
    size_t room = 0;
    for (size_t i = 0; i < places->wanted_count; i++)
        room += count_places(paths[i]);
    places->items = calloc(room ? room : 1, sizeof(*places->items));
    if (!places->items || !string_index_reserve(&places->by_path, source_of(places), room))
        return false;
    for (size_t i = 0; i < places->wanted_count; i++) {
        places->wanted[i] = PLACE_NONE;
        if (paths[i][0] == '\0')
            continue;
        size_t place = add_path(places, paths[i]);
        if (place == PLACE_NONE)
            return false;
        size_t above = places->items[place].above;
        places->items[place].is_wanted = true;
        if (above != PLACE_NONE)
            places->items[above].holds_wanted = true;
        places->wanted[i] = place;
    }
    return true;
}

bool places_make(const char *const *paths, size_t count, struct places *ret_places)
{
    struct places places = {.wanted_count = count < FOLDERS_MAX ? count : FOLDERS_MAX};
    if (!fill(&places, paths)) {
        places_done(&places);
        return false;
    }
    *ret_places = places;
    return true;
}

void places_done(struct places *places)
{
    free(places->items);
    string_index_done(&places->by_path);
    arena_done(&places->arena);
    *places = (struct places){0};
}

struct place *places_find(const struct places *places, struct str path)
{
    size_t place = string_index_find(&places->by_path, source_of(places), path);
    return place == STRING_INDEX_NONE ? NULL : &places->items[place];
}
