/*
 * promises.h - the operator's edits, remembered for as long as the program runs.
 *
 * A server that read before an edit and writes after it loses the edit (several servers, one that
 * was stopped in between, a file system without leases). store_apply() looks again after a moment;
 * the promises look at every version that comes later: an edit that a version shows overwritten,
 * with no newer activity, is applied again; one whose entry has moved on is let go, and told. What
 * GC does is no older copy: it takes released entries away and expires what is overdue.
 */
#ifndef SLOTOP_CORE_PROMISES_H
#define SLOTOP_CORE_PROMISES_H

#include "core/intent.h"
#include "core/store.h"

enum {
    PROMISES_MAX = 256, /* beyond it the oldest is forgotten */
    PROMISE_EARLIER = 8,
};

struct promise {
    struct intents intents;                      /* of one session */
    struct intent_side earlier[PROMISE_EARLIER]; /* what promises before knew of it: older copies */
    size_t earlier_count;
    bool is_let_go;        /* it only tells a later one what is older */
    struct str entry_text; /* what the entry became, JSON; absent: it went */
    struct arena arena;    /* owns the text */
};

struct promises {
    struct promise *items; /* oldest first */
    size_t count;
};

/* So many edits, and the session of the last of them. */
struct promise_count {
    size_t count;
    struct buffer session_id;
};

/* What came of a look; the caller's promise_news_done(). */
struct promise_news {
    struct promise_count applied;  /* were overwritten and are in the file again */
    struct promise_count failed;   /* …and could not be applied again: still remembered */
    struct promise_count moved_on; /* their entries have changed since: let go */
    struct promise_count ended;    /* …by GC, or to released, the ordinary course of things */
    enum entry_state moved_to;     /* the state now of the last that moved on */
    struct error error;            /* of the last failure */
};
void promise_news_done(struct promise_news *news);

/* Remembers what an outcome of store_apply() says was changed. A former promise about the same
 * session is replaced. -ENOMEM: some may be remembered. */
int promises_add(struct promises *promises, const struct outcome *outcome, struct error *error);
void promises_done(struct promises *promises);

/* Lets go of what this version shows overwritten where `is_taken_back` says that it was no server
 * that did it. Call it first. */
typedef bool (*promises_judge)(void *context, struct str session_id);
void promises_let_go(struct promises *promises, const struct registry *registry,
                     promises_judge is_taken_back, void *context);

/* Looks at a version that could be parsed, applies again what it has lost. Whether the file was
 * written, and needs a new look, is ret_news->applied.count > 0. */
void promises_keep(struct promises *promises, const struct store *store,
                   const struct registry *registry, struct promise_news *ret_news);

#endif
