/*
 * record.h - what a change came to, written into the journal before it is told.
 *
 * Used by the commands of the shell and by the dashboard, so that either can undo what the other
 * has done.
 */
#ifndef SLOTOP_TUI_RECORD_H
#define SLOTOP_TUI_RECORD_H

#include "core/journal.h"
#include "core/store.h"

/* A change as it was made: operations that the store has applied as one. */
struct record {
    const char *command; /* the shell's word for it */
    uint32_t undoes;     /* 0, or the operation it takes back */
    int64_t time_ms;
    const struct store *store;
    const struct outcome *outcomes;
    size_t count;
    const struct store_report *report;
};

/* Before the operations are applied: see journal_hold(). For record_end() after they are recorded,
 * or have failed. */
int record_begin(const struct journal *journal, const struct store *store);
void record_end(int hold);

/*
 * Appends it to the journal; *ret_id is its id, 0 where there is nothing to record: it changed
 * nothing, was a dry run, or there is no journal (NULL). Errors of journal_append(): the sentence
 * says that the change is made all the same.
 */
int record_change(const struct journal *journal, const struct record *record, uint32_t *ret_id,
                  struct error *error);

#endif
