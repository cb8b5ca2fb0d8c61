/*
 * operation.h - an operator's wish as data, and what came of it.
 *
 * The screen, the command line, the demo and the tests all say what they want with a struct
 * operation; operation_apply() is the one place that turns it into calls of the rules. The store
 * applies operations to the newest version of the file, possibly several times before one attempt
 * holds, so an operation carries everything it needs, the time included.
 */
#ifndef SLOTOP_CORE_OPERATION_H
#define SLOTOP_CORE_OPERATION_H

#include "core/registry.h"

enum operation_kind {
    OPERATION_ALLOCATE,
    OPERATION_TOUCH,
    OPERATION_IDLE,
    OPERATION_RELEASE,
    OPERATION_EXPIRE,     /* force: whatever its TTL, live entries only */
    OPERATION_EXPIRE_DUE, /* no session */
    OPERATION_RESUME,
    OPERATION_ENSURE,
    OPERATION_PURGE,         /* one session; a live one only with `force` */
    OPERATION_PURGE_DELETED, /* no session */
    OPERATION_PURGE_EXPIRED, /* no session: expired and lastActiveAt before `before_ms` (an
                                entry without a time in numbers stays) */
    OPERATION_GC,            /* no session: EXPIRE_DUE, then PURGE_DELETED */
    OPERATION_PUT_BACK,      /* one session gets an entry it once had: undo, redo, restore */
};

struct operation {
    enum operation_kind kind;
    struct str session_id; /* decoded; borrowed; exact id, never a prefix */
    int64_t now_ms;
    bool has_ttl;
    double ttl_ms;
    bool force;
    int64_t before_ms;
    /* What the operator saw when deciding; where has_guard, an entry that differs is left alone
     * and the outcome is a conflict. */
    bool has_guard;
    enum entry_state guard_state;
    double guard_last_active_at_ms; /* NaN matches NaN */
    /*
     * PUT_BACK: the entry is to become this, JSON that json_check() has accepted;
     * absent: it is to be gone. With a guard, an entry that is as the guard says (guard_absent:
     * that there is none) is set to it; without one, only a session that has no entry gets it.
     * An entry that has gone since is added again. Left alone is an entry that has moved on, and
     * one whose slot another live entry holds now (but for `force`): a conflict, whose reason says
     * what has happened since.
     */
    struct str entry_text;
    bool guard_absent; /* the guard saw that there was no entry; together with has_guard */
};

/* What happened to one session. Strings are owned by the outcome. */
struct change_record {
    struct str session_id;
    bool had_entry;
    bool has_entry;                /* afterwards */
    enum entry_state from;         /* where had_entry */
    enum entry_state to;           /* where has_entry; what was *verified* in the file */
    struct str from_text, to_text; /* the same as words, an unknown state in its own */
    bool changed;                  /* false where the entry was already as wished */
    struct str slot_id;            /* the agent the entry had before (or got, where it had none) */
    enum error_kind kind;          /* ERROR_NONE, or why this one was not done */
    /* Where changed: the stored entry in JSON's shortest form, before and after; absent where there
     * was none. The rules, which know no JSON, leave it to outcome_fill_texts(). */
    struct str before_json, after_json;
    const char *reason; /* NULL, or a clause: "already released", "no such session"; static */
};

/* The result of one operation. */
struct outcome {
    struct change_record *changes; /* one per session concerned, in file order for walks */
    size_t change_count;
    size_t expired_count;     /* EXPIRE_DUE, GC: the first expired_count changes are expiries… */
    size_t purged_count;      /* …and the rest removals */
    size_t entry_index;       /* ALLOCATE, RESUME: the answer, until the registry's next change;
                                 SIZE_MAX for none, and for every other kind */
    struct buffer entry_json; /* the store prints that entry here as the server would; the rules,
                                 which know no JSON, leave it empty */
    bool found;               /* the session has an entry (afterwards) */
    struct str agent_id;      /* ENSURE: who takes the message; absent for nobody */
    struct arena arena;
};

void outcome_done(struct outcome *outcome);

/* True for kinds that need the pool (ALLOCATE, RESUME, ENSURE). */
bool operation_needs_pool(enum operation_kind kind);
/* True for kinds that make an entry where there is none (ALLOCATE, PUT_BACK). */
bool operation_creates(enum operation_kind kind);

/*
 * Applies one operation to a working copy and fills *ret_outcome (caller: outcome_done).
 * `pool` may be NULL for kinds that do not need it.
 * A session that is not there, a guard that does not hold, a live entry to purge without force
 * are not errors of the call: they are in the change record, and the registry is as it was.
 * Walks (the kinds without a session) list what they change and nothing else.
 * Errors: -EUCLEAN where the seed would throw: the registry is as it was. -ENOMEM: part of it may
 * be done, throw the working copy away. *ret_outcome is untouched by either.
 */
int operation_apply(struct registry *registry, const struct operation *operation,
                    const struct pool *pool, struct outcome *ret_outcome, struct error *error);

#endif
