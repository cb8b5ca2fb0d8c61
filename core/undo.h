/*
 * undo.h - which recorded operation is to be taken back, and by what.
 *
 * An undo is an operation of its own (PUT_BACK for each session, guarded by what the operation
 * left behind), recorded with the id of what it undoes. The undo of an undo is a redo. An operation
 * counts as undone while its last undo has not been undone. Like an editor, `undo` goes further
 * back step by step and never takes back an undo unless that is named; `redo` takes back the last
 * undo, as long as nothing else was done since.
 */
#ifndef SLOTOP_CORE_UNDO_H
#define SLOTOP_CORE_UNDO_H

#include "core/journal.h"
#include "core/operation.h"

struct undo_wish {
    struct str registry;      /* journal_registry(): operations on others are passed over */
    uint32_t id;              /* this operation; 0: the last one */
    bool redo;                /* take back an undo; not with an id */
    const struct journal *by; /* only what this process has done; NULL: whoever did it */
};

/*
 * Finds it in a log, from its newest line on; the strings are the log's until its next use.
 * Errors: -ENOENT (ERROR_NOT_FOUND) there is none, or no operation of that id on this registry;
 * -EALREADY (ERROR_CONFLICT) undone already; -ENOMEM.
 */
int undo_find(struct journal_log *log, const struct undo_wish *wish,
              struct journal_operation *ret_operation, struct error *error);

/*
 * Gives `take` the operations that can be taken back, newest first, until it is false; each is good
 * for the length of the call. wish->id is 0, wish->redo false. -ENOMEM.
 */
int undo_each(struct journal_log *log, const struct undo_wish *wish,
              bool (*take)(void *context, const struct journal_operation *operation), void *context,
              struct error *error);

/* The word under which its undo is recorded: "undo", or "redo" for that of an undo. */
const char *undo_word(const struct journal_operation *operation);

/*
 * Makes the operations that take one back, one for each of its changes, in *ret_operations (the
 * caller frees the array; strings are borrowed). -ENOMEM.
 */
int undo_operations(const struct journal_operation *undone, int64_t now_ms,
                    struct operation **ret_operations, struct error *error);

/*
 * Whether the last recorded change of a session is another process's than `by`: then an entry that
 * has its former value again was taken back, not overwritten. No record at all is no.
 * Returns 0, or the errors of reading the journal.
 */
int undo_is_by_other(struct journal_log *log, const struct journal *by, struct str registry,
                     struct str session_id, bool *ret_is_by_other, struct error *error);

#endif
