/*
 * store_part.h - what core/store.c (an edit until it holds), core/store_attempt.c (one attempt),
 * core/store_large.c (without the text) and core/store_replace.c share; not for others.
 */
#ifndef SLOTOP_CORE_STORE_PART_H
#define SLOTOP_CORE_STORE_PART_H

#include "core/intent.h"
#include "core/store.h"
#include "core/stream.h"
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
    struct stream stream;     /* of a large registry, … */
    struct document loaded;   /* …as this edit has loaded it; document is a working copy then */
    bool needs_text;          /* it cannot be edited without its text */
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
/* True when a version has what the last attempt was to write. */
bool edit_is_in(const struct edit *edit, const struct document *document);
/* Notes that, and why, the edit is made without a lease. */
void edit_say_weaker(struct edit *edit, int errnum);
void edit_forget_outcomes(struct edit *edit);

/*
 * Makes edit->document a working copy of a large registry, without its text: of the version that
 * the store's user knows, or loaded anew. Returns 0, ATTEMPT_AGAIN (it is being written), -ENOMEM,
 * or STORE_NEEDS_TEXT where it is to be loaded whole: it is small, unusual, torn, missing,
 * unreadable.
 */
enum { STORE_NEEDS_TEXT = 100 };
int edit_take_large(struct edit *edit, struct error *error);
/* Once the marks are set: fetches the text that the edit needs. ATTEMPT_AGAIN: another version. */
int edit_fetch_large(struct edit *edit, struct error *error);
/* Keeps a copy; of a large one not where there is one of the last hour. */
void edit_keep_large(struct edit *edit, int64_t now_ms, const char *reason);
/* True when the file still has what the edit wrote, where it wrote it: nobody wrote an older copy
 * over it. False: look at all of it. */
bool edit_holds_large(const struct edit *edit);

/* Keeps `text`, which is about to be written over; why it cannot be is in the report. Nothing where
 * the store keeps none. */
void store_keep_copy(const struct store *store, struct str text, int64_t now_ms, const char *reason,
                     struct store_report *report);

#endif
