/*
 * watch_hints.h - internal to watch: what the kernel tells about the places on the route.
 *
 * The one part of watching that only Linux has: inotify on every stop of the route, and poll(2)
 * on the table of mounts, because a mount over a directory is no inotify event. Where it cannot
 * be trusted `trouble` says why, and watch.c looks with statx instead; it is tried again at every
 * hints_take(), so that a limit that was lifted ends the polling.
 */
#ifndef SLOTOP_CORE_WATCH_HINTS_H
#define SLOTOP_CORE_WATCH_HINTS_H

#include "core/error.h"
#include "core/watch_route.h"

enum { HINTS_TROUBLE_SIZE = 128 };

struct hints {
    int wait_fd; /* readable when something is to be taken; -1 without inotify */
    int inotify_fd;
    int mounts_fd;        /* -1 where there is no /proc */
    struct route route;   /* as armed */
    struct route scratch; /* the route before, and memory for the next */
    uint32_t loose;       /* names written to, of which nothing was said since; see hints_calm() */
    char trouble[HINTS_TROUBLE_SIZE]; /* a clause; empty while events can be relied on */
};

void hints_init(struct hints *hints);
void hints_done(struct hints *hints);

/*
 * Takes all pending events, arms what is new on the route and lets go of what left it, until
 * nothing changes any more; ors the names that deserve a look to *changed. Never blocks. -ENOMEM:
 * *changed is right for the events that were taken, some stops may not be armed.
 */
int hints_take(struct hints *hints, const struct watch_target *target, uint32_t *changed,
               struct error *error);

/*
 * A write to a file is an event of its own, for writers that keep the descriptor open. It may be
 * half a save: the first one stirs the file, names nothing in *changed, and turns such events off,
 * so that a flood of writes wakes nobody. hints_calm() ends that: it ors to *changed the names of
 * whose writes no other event has told, and the next hints_take() arms the files again. What was
 * written meanwhile is seen by who looks after that.
 */
bool hints_are_stirred(const struct hints *hints);
void hints_calm(struct hints *hints, uint32_t *changed);

#endif
