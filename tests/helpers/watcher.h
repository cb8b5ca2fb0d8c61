/*
 * watcher.h - a temporary tree whose directory `state` is watched, and what the watch reports.
 *
 * The kernel queues events before the call that caused them returns: nothing waits for time.
 */
#ifndef SLOTOP_TESTS_WATCHER_H
#define SLOTOP_TESTS_WATCHER_H

#include "core/watch.h"
#include "tests/helpers/tree.h"

/* The watched names are chat-agents.json and openclaw.json. */
enum { REGISTRY = 1, CONFIG = 2, DIRECTORIES = 4, ALL = 7 };

struct watcher {
    struct tree tree;
    struct watch *watch;
};

/* cmocka set-ups: an empty tree; one with a registry in `state` and the watch on; the end. */
int watcher_set_up(void **state);
int watcher_set_up_live(void **state);
int watcher_tear_down(void **state);

void watcher_open(struct watcher *watcher, const char *directory);
/* Saves as the server does: in place, truncated, written, closed. Makes no directories. */
void watcher_save(const struct watcher *watcher, const char *name, const char *text);
void watcher_mkdir(const struct watcher *watcher, const char *name);
void watcher_move(const struct watcher *watcher, const char *from, const char *to);
void watcher_remove(const struct watcher *watcher, const char *name);
void watcher_symlink(const struct watcher *watcher, const char *target, const char *name);

/* Everything that is reported now, at this steady time. */
uint32_t watcher_drain(struct watcher *watcher, int64_t steady_now_ms);
/* Everything that the check reports. */
uint32_t watcher_check(struct watcher *watcher);
bool watcher_is_woken(struct watcher *watcher, int timeout_ms);
/* Waits until all of `bits` were reported; returns everything that was. */
uint32_t watcher_await(struct watcher *watcher, uint32_t bits);
/* Nothing is reported, nothing is to be taken, and once the writes have settled, of which nothing
 * is reported either, nothing would wake us. */
void watcher_assert_quiet(struct watcher *watcher);
/* Takes what is left, then: a save of the server is reported. */
void watcher_assert_sees_saves(struct watcher *watcher);

#endif
