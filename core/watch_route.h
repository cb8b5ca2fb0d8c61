/*
 * watch_route.h - internal to watch: every place that decides what a watched name leads to.
 *
 * A name is reached through directories and symbolic links. The route is the list of the inodes
 * on that way (stops), and in which of them which entry is looked up (lookups). Where the way
 * ends early (missing, a loop, no permission) the route ends at the last directory that exists:
 * the one in which the missing entry will appear. Comparing two routes tells whether anything on
 * the way was replaced.
 */
#ifndef SLOTOP_CORE_WATCH_ROUTE_H
#define SLOTOP_CORE_WATCH_ROUTE_H

#include "core/base.h"

/* What is watched: set up by watch.c, never changed afterwards. */
struct watch_target {
    const char *directory;
    const char *const *names;
    size_t count;
};

/* Bit i stands for names[i], bit `count` for the directories in the directory. */
uint32_t watch_target_all(const struct watch_target *target);

enum route_role {
    ROUTE_PASSED = 1 << 0, /* a directory on the way: matters when it is moved or removed */
    ROUTE_LOOKUP = 1 << 1, /* a directory in which a link or a missing entry is looked up */
    ROUTE_LAST = 1 << 2,   /* the directory in which a watched name finally lies */
    ROUTE_FILE = 1 << 3,   /* the file itself: it may be written through another hard link */
};

struct route_stop {
    uint64_t device;
    uint64_t inode;
    size_t path;    /* offset in text */
    unsigned roles; /* or-ed enum route_role; the root directory may have none */
    uint32_t bits;  /* the names that it matters to */
    /* Of watch_inotify.c: how the stop is watched. */
    int wd;             /* -1: not */
    bool is_armed;      /* wd is alive and has the mask of the roles */
    bool is_stirred;    /* a file that was written to: writes are not watched until hints_calm() */
    int errnum;         /* why it could not be armed, or 0 */
    const char *remote; /* NULL, or the name of a file system that inotify is blind to */
};

struct route_lookup {
    size_t stop;
    size_t name; /* offset in text */
    uint32_t bits;
};

struct route {
    struct buffer text; /* strings, each with its NUL */
    struct route_stop *stops;
    size_t stop_count, stop_capacity;
    struct route_lookup *lookups;
    size_t lookup_count, lookup_capacity;
    size_t home; /* the stop of the target's directory; SIZE_MAX while it is missing */
};

/* Finds the route anew (zero-initialised or used before; memory is kept). Opens nothing. False
 * without memory: the route is incomplete then. */
bool route_find(struct route *route, const struct watch_target *target);
void route_done(struct route *route);

const char *route_path(const struct route *route, const struct route_stop *stop);
/* The stop with this inode; NULL if there is none. */
struct route_stop *route_stop_of_inode(const struct route *route, uint64_t device, uint64_t inode);
struct route_stop *route_stop_of_wd(const struct route *route, int wd);
/* The names that the entry `name` of `stop` matters to. */
uint32_t route_bits_of_entry(const struct route *route, const struct route_stop *stop,
                             const char *name);

#endif
