/*
 * folders_part.h - internal to folders: the directories that are wanted, and those on the way.
 *
 * A directory is replaced when anything on its path is: each place of the path is watched for
 * being moved or removed, and for the entry that is missing in it. Nothing here touches inotify.
 */
#ifndef SLOTOP_CORE_FOLDERS_PART_H
#define SLOTOP_CORE_FOLDERS_PART_H

#include "core/folders.h"
#include "core/string_index.h"

#define PLACE_NONE SIZE_MAX

enum place_state {
    PLACE_MISSING, /* no such directory: the next one above that exists tells */
    PLACE_WATCHED,
    PLACE_UNWATCHED, /* not allowed, or the limit of watches is reached: no hints */
};

struct place {
    struct str path; /* ends with a NUL */
    struct str name; /* its last part */
    size_t above;    /* the place in which `name` lies; PLACE_NONE for "/" and "." */
    bool is_wanted;
    bool is_passed;    /* there are places below it */
    bool holds_wanted; /* directly below it */
    /* Of folders.c: how the place is watched. */
    bool is_stale;     /* what is known of it may be wrong, and of all below it */
    bool is_waited_in; /* a place directly below it is missing */
    bool has_changed;  /* to be reported */
    enum place_state state;
    int wd;        /* -1: none */
    uint32_t mask; /* that the wd has, at least */
};

/* The places of a list of paths; those above come before those below. */
struct places {
    struct place *items;
    size_t count;
    struct string_index by_path;
    size_t wanted[FOLDERS_MAX]; /* for each path of the list its place; PLACE_NONE for "" */
    size_t wanted_count;
    struct arena arena;
};

/* False without memory (*ret_places untouched). */
bool places_make(const char *const *paths, size_t count, struct places *ret_places);
void places_done(struct places *places);
/* The place of the same path in another list; NULL for none. */
struct place *places_find(const struct places *places, struct str path);

#endif
