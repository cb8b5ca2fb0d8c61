/*
 * store_part.h - what core/store.c (an edit until it holds), core/store_attempt.c (one attempt) and
 * core/store_replace.c share; not for others.
 */
#ifndef SLOTOP_CORE_STORE_PART_H
#define SLOTOP_CORE_STORE_PART_H

#include "core/intent.h"
#include "core/store.h"
#include "core/unfinished.h"

enum {
    STORE_SETTLE_MS = 1000
}; /* a save in progress takes microseconds; a stalled machine seconds */

/* One call of store_apply() on its way. */
struct edit {
    const struct store *store;
    const struct operation *operations;
    size_t count;
    const struct pool *pool;
    struct outcome *outcomes;
    struct store_report *report;
    bool is_copied;           /* a copy was kept, or could not be */
    struct document document; /* the version that is being edited */
    struct plan plan;
    struct intents intents;
    struct unfinished unfinished; /* what a batch is to do */
};

/* What an attempt came to, beside 0 (done) and -errno (failed, with the error set). */
enum attempt {
    ATTEMPT_AGAIN = 1, /* the registry changed under us: start over */
    ATTEMPT_BUSY = 2,  /* somebody has the file open: start over in a moment */
    ATTEMPT_WEAKER,    /* no leases here */
    ATTEMPT_KILLED,    /* the leased part was ended, perhaps while it wrote */
    ATTEMPT_UNSURE,    /* without a lease: written, and then the registry changed under us */
    ATTEMPT_NOT_QUIET, /* without a lease: what is no small edit waits for a pause */
};

/* Reads, applies the operations, and writes if there is something to write. The leased part checks
 * that the file is still what was read here. */
int edit_attempt(struct edit *edit, bool without_lease, struct error *error);
/* Notes that, and why, the edit is made without a lease. */
void edit_say_weaker(struct edit *edit, int errnum);
void edit_forget_outcomes(struct edit *edit);

/* Keeps `text`, which is about to be written over; why it cannot be is in the report. Nothing where
 * the store keeps none. */
void store_keep_copy(const struct store *store, struct str text, int64_t now_ms, const char *reason,
                     struct store_report *report);

#endif
