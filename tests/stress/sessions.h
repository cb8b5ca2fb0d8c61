/*
 * sessions.h - the sessions that only this stress driver edits, and what must be true of each.
 *
 * Their ids begin with the operator's number, of two digits: other drivers beside this
 * one have other numbers. Neither they nor the server ever change them, so after an edit that was
 * reported as done the file must hold what was wished until the next edit of that session, whatever
 * the server saves meanwhile. What must hold is worked out here, from the seed's rules, and not
 * taken from what the store says.
 */
#ifndef SLOTOP_STRESS_SESSIONS_H
#define SLOTOP_STRESS_SESSIONS_H

#include "core/document.h"
#include "core/operation.h"

enum { SESSIONS_MAX = 40, BATCH_COUNT = 5, SESSION_ID_SIZE = 40 };

struct held {
    bool exists;
    enum entry_state state;
    double last_active_ms, created_ms;
};

struct session {
    char id[SESSION_ID_SIZE];
    struct held now, before; /* the last edit's */
    int64_t done_at_ms;      /* when that was reported as done, by the monotonic clock */
    bool is_missing;         /* the last look did not show it as it was left… */
    int64_t missed_at_ms;    /* …nor did those before it, since then */
    bool is_told;            /* since its last edit the operator was told that it is let go */
    struct held found;       /* …but so */
    bool is_anothers;        /* …with another session's id in it */
};

struct sessions {
    struct session items[SESSIONS_MAX];
    unsigned count; /* no multiple of 7 */
    unsigned operator_index;
    bool only_small;         /* changes of state and time alone: what needs no quiet moment */
    unsigned made;           /* ids given out: an id that was purged never comes again */
    uint64_t random;         /* state of the generator, not 0 */
    int64_t clock_ms;        /* one more with every wish: each edit is told apart by its time */
    unsigned strays;         /* purged ones that the last look showed again */
    unsigned garbled;        /* ids in it that nobody ever gave out */
    unsigned mixed;          /* a kill left them neither as before the edit nor as after it */
    unsigned batches_halved; /* a kill left some of a batch done and some not */
};

/* What the next edit is to do: one operation, or a batch. */
struct wish {
    struct operation operations[BATCH_COUNT];
    unsigned sessions[BATCH_COUNT]; /* places in items */
    struct held after[BATCH_COUNT];
    size_t count;
};

/* What a kill left of a wish. */
enum wish_fate { WISH_BEFORE, WISH_AFTER };

uint64_t sessions_random(struct sessions *sessions, uint64_t below);
/* Takes over the operator's entries of the file; the rest of the sessions have none yet. Count,
 * operator and random must be set. */
void sessions_adopt(struct sessions *sessions, const struct registry *registry);
/* Chooses an edit that changes something, of sessions that are as they were left. Every eighth is a
 * batch. */
void sessions_wish(struct sessions *sessions, struct wish *ret_wish);
/* The wish was reported as done: from now on it must hold. */
void sessions_keep(struct sessions *sessions, const struct wish *wish);
/*
 * Compares all with a version of the file. A wish that is in flight (may be NULL) may be done or
 * not: what is there holds from now on; *ret_fate (may be NULL) is WISH_AFTER where all of it is.
 */
void sessions_check(struct sessions *sessions, const struct document *document,
                    const struct wish *in_flight, enum wish_fate *ret_fate);
/* The operator was told that this session's last edit was lost and is in conflict with another. */
void sessions_tell(struct sessions *sessions, struct str session_id);
/* The operator was told that its entry has moved on: believed where it shows newer activity than
 * ours, or a state that comes behind it. */
void sessions_tell_moved(struct sessions *sessions, struct str session_id,
                         const struct registry *registry);
/* What the last look showed of a session, or of an id that is no session's. */
enum session_fate {
    SESSION_AS_LEFT,
    SESSION_TOLD,    /* not as its last edit left it, and the operator knows */
    SESSION_GARBLED, /* servers make such that write at once: an id that nobody gave out, an entry
                      * that says it is another session's, or created when nothing was */
    SESSION_GONE,    /* it was released, and is no more */
    SESSION_LOST,    /* none of these: an edit of ours is lost; a purged one is there again */
};
unsigned sessions_count(const struct sessions *sessions, enum session_fate fate);
/* Prints each that is garbled or lost in a "# " line. */
void sessions_say(const struct sessions *sessions);

#endif
