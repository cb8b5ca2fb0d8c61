/*
 * event.h - what happened to the registry: the difference of two versions, as events.
 *
 * Pure. An event as a line of JSON is read back as it was written. (The tag is history_event:
 * "struct event" is what the dashboard is fed.)
 */
#ifndef SLOTOP_CORE_EVENT_H
#define SLOTOP_CORE_EVENT_H

#include "core/document_loader.h"
#include "core/error.h"

enum { HISTORY_GC_SLACK_MS = 2000 };

enum history_event_kind {
    EVENT_ALLOCATED, /* a session got a slot: new, or anew after it had expired */
    EVENT_FELL_BACK, /* …or the workspace agent */
    EVENT_USED,      /* last use moved on while live; idle -> active */
    EVENT_IDLED,     /* active -> idle */
    EVENT_EXPIRED,   /* live -> expired */
    EVENT_RELEASED,  /* -> deleted */
    EVENT_REMOVED,   /* the entry went; from its state */
    EVENT_CHANGED,   /* anything else: an unknown state, another agent while live */
    EVENT_WIPED,     /* most entries went in one save; session absent */
    EVENT_TORN,      /* the file does not parse for long; session absent */
    EVENT_MENDED,    /* it does again; session absent */
};
const char *event_kind_name(enum history_event_kind kind); /* "allocated", "fell-back", … */

enum event_by {
    BY_SERVER,
    BY_GC,       /* inferred: it was past its TTL when it expired; or a released one was removed */
    BY_OPERATOR, /* this slotop did it, or its journal says that another one did */
    BY_SOMEBODY, /* nothing in the server does that: a script, an editor, another slotop */
};
const char *event_by_name(enum event_by by); /* "server", "gc", "operator", "somebody" */

struct history_event {
    double at_ms; /* when it was seen; for ALLOCATED and FELL_BACK the entry's createdAt, where
                     that is new, not ahead of the clock, and not an operator's doing */
    enum history_event_kind kind;
    enum event_by by;
    struct str session_id;
    struct str agent_id;       /* the entry's chat agent after it, or before where it went */
    enum entry_state from, to; /* STATE_OTHER for none */
};

struct events {
    struct history_event *items; /* in the order in which they must have happened */
    size_t count;
    struct arena arena; /* owns all of it */
};

/*
 * The difference of two versions, seen at now_ms; `is_ours`: this program has just written. What
 * frees slots comes first, then what leaves them, then allocations; each in the registry's order.
 * Of a wipe (wipe.h) that is not ours there is one EVENT_WIPED instead of the removals. Pure.
 * Linear. Touches included. -ENOMEM, *ret_events untouched.
 */
int events_between(const struct registry *before, const struct registry *after, int64_t now_ms,
                   bool is_ours, struct events *ret_events, struct error *error);
/* The same of what a load will change, not of a whole one: linear in the changes. */
int events_of_delta(const struct document_delta *delta, int64_t now_ms, bool is_ours,
                    struct events *ret_events, struct error *error);
void events_done(struct events *events);

/* True for a touch: last use moved on and nothing else. */
bool event_is_touch(const struct history_event *event);
/* True for one and the same thing, whoever told it: kind, session, from and to. */
bool event_is_same(const struct history_event *a, const struct history_event *b);

/* Appends one event as one line of JSON (RFC 8259, with a newline): {"at":ms,"event":…,"by":…,
 * "session":…,"agent":…,"from":…,"to":…}; absent strings and STATE_OTHER are left out. */
void event_add_json(const struct history_event *event, struct buffer *out);
/* Reads such a line, of any length; unknown members are passed over. 1, 0 for what is no event,
 * -ENOMEM. Strings are in the arena. */
int event_read_json(struct str line, struct arena *arena, struct history_event *ret_event);

#endif
