/*
 * watch.h - tells when something may have changed: inotify where it works, statx where not.
 *
 * Events are hints; the truth is the file. The watch looks at every place that decides what a name
 * leads to (its directory, the directories of symbolic links and of their targets, the directories
 * above, the file itself for hard links), never opens the watched files, and answers one question:
 * which of the watched names deserve a new look. It survives directories that are missing (the
 * nearest existing parent is watched until they appear), removed and made again, moved away and
 * replaced, mounted over, queue overflows and reused watch numbers.
 *
 * Writes through a descriptor that stays open are reported too, WATCH_SETTLE_MS after the first of
 * them (a save that ends before is reported when it ends) and then at most once every
 * WATCH_SETTLE_MS, however many there are. A large file is given as much longer as a server takes
 * to write it, for half a save is worth no look: a millisecond each WATCH_SETTLE_BYTES_EACH_MS, at
 * most WATCH_SETTLE_MORE_MS. A change that is reported may be none; two reports of
 * one change are usual.
 *
 * Stores through a shared mapping are no events: they are reported when the writer lets go of the
 * file (munmap or close, whichever is last; msync tells nothing). Before that watch_check() finds
 * them where the file system notes them in the file's times: at most the first store into a page
 * since it was mapped or written to disk.
 *
 * Calling sequence: watch_open(); poll watch_fd() for reading and for watch_timeout_ms(); then
 * watch_drain() and re-read what it reports. Not a thread-safe object; no clock: the caller says
 * what time it is on any steady millisecond clock.
 */
#ifndef SLOTOP_CORE_WATCH_H
#define SLOTOP_CORE_WATCH_H

#include "core/base.h"
#include "core/error.h"

enum {
    WATCH_NAMES_MAX = 8,
    WATCH_POLL_MS = 500,
    WATCH_SETTLE_MS = 50,
    WATCH_SETTLE_BYTES_EACH_MS = 1 << 19,
    WATCH_SETTLE_MORE_MS = 1000,
};

enum watch_mode {
    WATCH_LIVE,    /* inotify tells */
    WATCH_POLLING, /* inotify is not available or not to be trusted here: statx every WATCH_POLL_MS
                    */
};

struct watch; /* opaque */

/*
 * Watches files `names[0..count)` (plain names, copied) in `directory` (copied; may not exist
 * yet). Never fails for what the directory is. -ENOMEM; -EINVAL for more than WATCH_NAMES_MAX.
 * What changes after this returns is reported; read the files after it, not before.
 */
int watch_open(const char *directory, const char *const *names, size_t count,
               struct watch **ret_watch, struct error *error);
void watch_close(struct watch *watch); /* NULL allowed */

/* The descriptor to poll for reading; -1 when there is none (polling only). May change after a
 * watch_drain(). */
int watch_fd(const struct watch *watch);
enum watch_mode watch_mode(const struct watch *watch);
/* Why it polls: a clause ("inotify watch limit reached"); "" when live. */
const char *watch_trouble(const struct watch *watch);

/*
 * Milliseconds until watch_drain() should be called even without an event; -1 for never. Polling:
 * until the next poll. After a file was written to: until that may have settled. Otherwise -1:
 * while nobody writes, a live watch costs nothing; the caller calls watch_check() at moments when
 * it is awake anyway.
 */
int watch_timeout_ms(const struct watch *watch, int64_t steady_now_ms);

/*
 * Takes all pending events (never blocks) and, when polling or settling is due, looks with statx.
 * Bit i of *ret_changed is set when names[i] deserves a new look; bit `count` when a directory was
 * made, removed or renamed in `directory` (while polling: when anything was). Re-arms what was
 * lost. -ENOMEM leaves *ret_changed alone and loses nothing: the next call reports it.
 */
int watch_drain(struct watch *watch, int64_t steady_now_ms, uint32_t *ret_changed,
                struct error *error);

/* The safety net: one statx a name, bit i set when it differs from what the last look saw; also
 * notices a directory that was replaced behind the watch's back, and re-arms. Takes pending events
 * as watch_drain() does. */
int watch_check(struct watch *watch, uint32_t *ret_changed, struct error *error);

#endif
