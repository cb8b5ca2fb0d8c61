/*
 * history.h - what happened to the registry, in events; kept over restarts.
 *
 * The registry tells only how things are. Whoever watches sees them change: the difference of two
 * versions, as events (event.h), is what slotop itself has seen. A row in memory, and an
 * append-only file of JSON lines of slotop's own (0600 in a 0700 directory) that the next slotop
 * reads. Touches are kept in memory alone, for a busy server makes many. Several programs may
 * append at once; what two of them saw alike within HISTORY_SAME_MS is one event when read, an
 * operator's if one of them knew that. Nothing is synced: after a power failure the newest events
 * may be missing.
 */
#ifndef SLOTOP_CORE_HISTORY_H
#define SLOTOP_CORE_HISTORY_H

#include "core/event.h"

enum {
    HISTORY_MAX = 4096,           /* events in memory; the oldest go */
    HISTORY_FILE_BYTES = 1 << 20, /* then the file becomes <name>.1, over the one before */
    HISTORY_LINE_BYTES = 4096,    /* longer lines (ids of strangers) are neither written nor read */
    HISTORY_SAME_MS = 2000,
};

struct history; /* opaque */

/*
 * Reads what was kept; `path` NULL: in memory alone. Makes nothing. A torn last line, lines that
 * are no event and lines too long are skipped. Where the file cannot be read or written the history
 * goes on in memory, and history_trouble() says why. -ENOMEM only.
 */
int history_open(const char *path, struct history **ret_history, struct error *error);
void history_close(struct history *history);                /* NULL allowed */
const char *history_trouble(const struct history *history); /* a sentence; "" for none */

/*
 * Notes events (their strings are copied) and appends them to the file, but for touches. Of more
 * than HISTORY_MAX the newest are taken. The file and its directories are made where missing; links
 * are not followed. One write a call, none where there is nothing to keep; what a write that failed
 * has left is skipped by readers, and a write that succeeds ends the trouble. -ENOMEM: some may be
 * noted.
 */
int history_add(struct history *history, const struct events *events, struct error *error);

/* All events, in the order in which they were seen (at_ms of an allocation may be a little before
 * that of the event in front of it); good until the next history_add(). */
const struct history_event *history_events(const struct history *history, size_t *ret_count);

/* Appends <state home>/slotop/history/<hash of the registry's path>.jsonl; makes nothing. -ENOMEM.
 * The same hash as copies_add_dir(). */
int history_add_path(const char *state_home, const char *registry_path, struct buffer *ret_path,
                     struct error *error);

#endif
