/*
 * store.h - the registry file: load it, apply operations to it, lose nothing.
 *
 * The server reads, changes and rewrites the file in place and takes no lock. store_apply() edits
 * by protocol G: write lease, read, check, fence, patch in place (same inode, no truncation),
 * read back, let go, and look again after a moment. The patch is either of the same length or
 * lengthens the file at its end: white space first, then the new tail, so that no reader and no
 * crash between the two ever finds a text that does not parse.
 *
 * A registry of more than DOCUMENT_KEEP_BYTES in the usual form is edited without its text: the
 * entry is found in what is known of the file, the few blocks around it are fetched, and under the
 * lease the file is read once, to see by the hashes of its blocks that it is the version that was
 * planned for. What was written is read back. Of such a registry a copy is kept at most once an
 * hour; what an edit changes is in the journal, as always.
 *
 * Guarantees: nothing is written after a failed read or into a registry that is torn, malformed
 * or unreadable; a read-only store never opens for writing; an outcome says "changed" only for
 * what was read back from the file. Where leases do not work the edit is made without one,
 * checked and repeated (`weaker` in the result says why).
 */
#ifndef SLOTOP_CORE_STORE_H
#define SLOTOP_CORE_STORE_H

#include "core/document.h"
#include "core/file.h"
#include "core/operation.h"

enum { STORE_DEFAULT_FENCE_MS = 250 };

struct store {
    const char *path; /* of chat-agents.json; borrowed */
    /* What the store's user knows of it, or NULL; as it is when store_apply() is called, which
     * changes nothing in it. May be an older version: that costs a load. */
    const struct document *known;
    const char *copies_dir; /* where the version before an edit is kept (copies.h), and what a batch
                               is to do while it does it (unfinished.h); NULL: none is */
    int64_t now_ms; /* epoch, of the call or before it: a file that was last changed well before
                       that is read once (file_is_settled()). 0: not known */
    bool read_only;
    bool dry_run; /* evaluate everything, write nothing */
    int fence_ms; /* 0..10000; STORE_DEFAULT_FENCE_MS */
};

/* How the edit went, beside the outcomes. */
struct store_report {
    unsigned attempts;            /* times the lease was taken or tried */
    unsigned reapplied;           /* times an older copy was written over ours and we wrote again */
    bool wrote;                   /* bytes of the file were changed by us */
    char weaker[ERROR_TEXT_SIZE]; /* empty, or why no lease: one sentence */
    char no_copy[ERROR_TEXT_SIZE]; /* empty, or why no copy of the version before, or no record of a
                                      batch, was kept */
};

/*
 * Loads the file into *document (initialised). Never fails for what the file is: the state says
 * it. A text that does not parse may be a save in progress: with settle_ms > 0 it is read again
 * until it parses or that time is over. *ret_identity (may be NULL) is the version that was read.
 * -ENOMEM only.
 */
int store_load(const struct store *store, int settle_ms, struct document *document,
               struct file_identity *ret_identity, struct error *error);

/*
 * Applies `count` operations as one edit: all or none of the bytes are written. `pool` may be NULL
 * where no operation needs it. outcomes[i] answers operations[i] (caller: outcome_done on each,
 * also after failure); where nothing had to change nothing is written.
 * Missing file: empty registry; made whole if an operation creates an entry.
 * Before the first write a copy of the version that is about to be edited is kept, named after the
 * time of the first operation, and after it that of the version that was edited, where the server
 * has saved another one in between. An edit does not hang on its copy.
 * Errors: -EROFS read-only (ERROR_REFUSED; asked before anything is opened), -EUCLEAN torn or
 * malformed, -EACCES… unreadable or not writable (ERROR_UNUSABLE), -EBUSY the server never let
 * us in within the time, -EAGAIN overwritten again and again (ERROR_CONFLICT), -ENOSPC, -EIO…
 * (ERROR_SYSTEM). After an error the sentence says what is true of the file.
 */
int store_apply(const struct store *store, const struct operation *operations, size_t count,
                const struct pool *pool, struct outcome *outcomes, struct store_report *ret_report,
                struct error *error);

/*
 * Puts `text` in the place of a file that cannot be used: torn, or malformed beyond reading. It is
 * written in place by protocol G, whole; a file that was longer keeps its length, with white space
 * behind the text, so that it never has to be cut. A copy of what was there is kept, named after
 * now_ms, as by store_apply().
 * Errors: -EEXIST the file can be read again, or has gone (ERROR_CONFLICT: load it and use
 * store_apply()); the others as store_apply(). After an error the sentence says what is true of
 * the file.
 */
int store_replace_torn(const struct store *store, struct str text, int64_t now_ms,
                       struct store_report *ret_report, struct error *error);

#endif
