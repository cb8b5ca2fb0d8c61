/*
 * look_hints.h - when to look again at what stands around the registry: chats, traces, server.
 *
 * Their directories are watched for hints (core/folders.h). A run writes its transcript every two
 * seconds and a busy server saves all the time, so a look is made HINTS_SETTLE_MS after a hint (a
 * file that is rewritten is empty at first) and at least HINTS_EVERY_MS after the last one; then
 * for all hints that came meanwhile. No clock: the caller says what time it is on a steady one.
 */
#ifndef SLOTOP_TUI_LOOK_HINTS_H
#define SLOTOP_TUI_LOOK_HINTS_H

#include "core/folders.h"
#include "core/state.h"

enum { HINTS_EVERY_MS = 500, HINTS_SETTLE_MS = 20 };

struct look_hints {
    struct folders *folders;
    unsigned parts_of[FOLDERS_MAX]; /* which parts a change in this directory is a hint for */
    unsigned pending;               /* parts to look at */
    int64_t next_look_ms;           /* not before; so far as pending hints are concerned, too */
};

/* -ENOMEM. */
int look_hints_open(struct look_hints *hints, struct error *error);
void look_hints_done(struct look_hints *hints);
int look_hints_fd(const struct look_hints *hints); /* to poll for reading; -1 for none */
/* Watches what a state as it is loaded now says; call after workspaces, config or chats were
 * loaded. -ENOMEM: as before. */
int look_hints_follow(struct look_hints *hints, const struct state *state, struct error *error);
/* Takes what the kernel has to tell. */
void look_hints_take(struct look_hints *hints, int64_t steady_now_ms);
/* Parts to look at as if a hint had come. */
void look_hints_add(struct look_hints *hints, unsigned parts, int64_t steady_now_ms);
/* The parts to look at now; each is told once. */
unsigned look_hints_due(struct look_hints *hints, int64_t steady_now_ms);
/* Milliseconds until look_hints_due() has something to tell; -1 for never. */
int64_t look_hints_wait_ms(const struct look_hints *hints, int64_t steady_now_ms);

#endif
