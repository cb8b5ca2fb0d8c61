/*
 * why.h - why a chat fell back to the workspace agent: who held each slot then, and deserved it?
 *
 * From the registry as it is now, which tells when entries were made and when they could expire
 * ("inferred"), and from events that slotop saw itself ("seen"), which win. What neither tells is
 * said to be unknown. Pure.
 */
#ifndef SLOTOP_CORE_WHY_H
#define SLOTOP_CORE_WHY_H

#include "core/beat.h"
#include "core/chats.h"
#include "core/model.h"

enum {
    WHY_BUSY_MS = 300000, /* used within this time before the fallback: the holder was in use */
};

/* How a slot was held when the session fell back. */
enum holding {
    HOLDING_UNKNOWN, /* nobody is known to have held it: the entry has gone since, or the pool was
                        another one */
    HOLDING_BUSY,    /* used within WHY_BUSY_MS, or its first run was in progress (seen to end
                        later) */
    HOLDING_QUIET,   /* no use is known to be as late as that */
    HOLDING_OVERDUE, /* past its TTL, waiting for GC */
    HOLDING_GHOST,   /* its chat is deleted by now, and it was not BUSY: since when is not known */
    HOLDING_FREE,    /* nobody held it: the server saw another pool, or read a torn registry */
};
const char *holding_name(enum holding holding); /* "in use", "quiet", "overdue", "ghost", … */

struct why_slot {
    size_t slot; /* place in the model's slots */
    enum holding holding;
    struct str session_id; /* of the holder; absent for UNKNOWN and FREE */
    double since_ms;       /* held since */
    double used_ms;        /* last use before the fallback that is known; NaN: none */
    double freed_ms;       /* when it became free, at the earliest; NaN: not yet, or unknown */
    double freed_by_ms;    /* at the latest: as freed_ms where that is exact; NaN with it */
    bool is_freed_seen;    /* that was seen; else inferred from TTL and beat */
    bool is_used_later;    /* used after the fallback: what was just before it is not known */
    bool holds_still;      /* that hold goes on now */
};

enum why_cause {
    WHY_NO_FALLBACK, /* the session has a slot, or no entry that is live */
    WHY_BUSY,        /* every slot was really in use */
    WHY_HOARDED,     /* quiet chats held slots: more than half of those that are known */
    WHY_OVERDUE,     /* at least one slot only waited for GC */
    WHY_GHOSTS,      /* at least one slot was held for a chat that was deleted */
    WHY_ORPHANS,     /* reserved for slots double-booked or duplicate in the config */
    WHY_NO_SLOTS,    /* the pool has none */
    WHY_CONFIG,      /* the config cannot be used as DenchClaw reads it */
    WHY_UNKNOWN,
};
const char *why_cause_name(enum why_cause cause); /* "busy", "hoarded", "overdue", … for --json */

struct why {
    struct str session_id;
    struct str agent_id; /* the workspace agent that it fell back to; NO_FALLBACK: what it is on;
                            absent: none */
    double at_ms;        /* when it fell back: createdAt of its entry; NaN: unknown */
    enum why_cause cause;
    bool is_seen;           /* slotop saw it happen; else all is inferred */
    struct why_slot *slots; /* one for each slot of the pool, duplicates left out; none for
                               NO_FALLBACK and for a session of another workspace */
    size_t slot_count;
    size_t nearest; /* the slot (in `slots`) that was freed soonest after; SIZE_MAX: none known */
    struct str sentence; /* the cause in one sentence, with the nearest miss; raw ids in it */
    struct str advice;   /* what to do now: a sentence or a command as in struct finding. What is
                            freed by it goes to a new chat: nothing moves this one */
    struct arena arena;
};

struct why_sources {
    const struct document *document;
    const struct model *model; /* of that document */
    const struct config_pool *pool;
    const struct active_workspace *workspace;
    const struct chats *chats;          /* NULL: nothing is known of chats */
    const struct history_event *events; /* of the history, oldest first */
    size_t event_count;
    struct beat beat;
    int64_t now_ms;
};

/* Explains one session (exact id): its last fallback. -ENOENT (ERROR_NOT_FOUND) without an entry
 * and without an event of a fallback; -ENOMEM. *ret_why untouched on failure. */
int why_explain(const struct why_sources *sources, struct str session_id, struct why *ret_why,
                struct error *error);
void why_done(struct why *why);

/* Appends a span (ms) as why's sentences have it: "24s", "1m14s", "14m", "2h08m", "3d". */
void why_add_span(double ms, struct buffer *out);
/* The same for a span that something took at most: rounded up. */
void why_add_bound(double ms, struct buffer *out);

/*
 * Explains every session that fell back at since_ms or later, newest first: entries that are on
 * the workspace agent of this workspace in any state, and events of fallbacks that no entry tells
 * of any more. At most `most` of them. *ret_count of *ret_whys (free(), after why_done() on each).
 * -ENOMEM.
 */
int why_recent(const struct why_sources *sources, double since_ms, size_t most,
               struct why **ret_whys, size_t *ret_count, struct error *error);

#endif
