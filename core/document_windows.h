/*
 * document_windows.h - an edit of a document whose text nobody keeps: the parts that a plan looks
 * at are fetched, and the file is checked to be the very version that was planned for.
 *
 * Calling sequence, on a working copy (document_copy()) of a document with blocks and without
 * bytes, after the rules have set marks:
 *
 *     document_fetch(&document, read, context, &error);    bytes: a buffer of the file's size, in
 *                                                          which only the needed windows are filled
 *     outcome_fill_texts(), document_print_entry() of marked entries, document_plan(),
 *     document_steps(), as with a whole text
 *     under the lease: document_verify(&document, read, context, &room)
 *     document_forget_bytes(&document);
 *
 * The buffer costs no memory but for the windows: what is not touched is not resident.
 */
#ifndef SLOTOP_CORE_DOCUMENT_WINDOWS_H
#define SLOTOP_CORE_DOCUMENT_WINDOWS_H

#include "core/document.h"

/*
 * Makes *ret_copy a working copy of a document with blocks and without bytes or marks: marks that
 * are set on it are its own. Ids and other strings are those of `from`, which must outlive it.
 * -ENOMEM, and *ret_copy is untouched.
 */
int document_copy(const struct document *from, struct document *ret_copy);

/* Reads `len` bytes of the file at `offset` into `at`: 0, or -errno; -ESTALE where the file ends
 * before that. */
typedef int document_read(void *context, uint64_t offset, char *at, size_t len);

/*
 * Fetches into document->bytes what document_plan() and document_print_entry() read of the entries
 * that have marks, and their neighbours. A document that keeps its bytes is left as it is.
 * Errors: -ESTALE when the text there is not what the document knows (another version: load it
 * again), -ENOMEM, and what `read` returned; no bytes then.
 */
int document_fetch(struct document *document, document_read *read, void *context);
/* True where all bytes are there: kept since the load. */
bool document_has_text(const struct document *document);
/* Drops what document_fetch() fetched; nothing where all bytes are kept. */
void document_forget_bytes(struct document *document);

/* The room that document_verify() needs for one reading at least: the longest block. */
size_t document_verify_bytes(const struct document *document);
/*
 * Whether the file is, byte for byte, the version that the document was loaded from: by the hashes
 * of its blocks and of what is before them, or by the text where it has no blocks. (Only how much
 * white space of which kind is behind the closing braces of agents and root is left out.) Reads it
 * once, in pieces of up to room->capacity bytes: document_verify_bytes() at least; some 100 KB are
 * fast. Allocates nothing, so that it may run in a leased child. 0, -ESTALE when it differs, or
 * what `read` returned. That the file is not longer than document.size_bytes is the caller's to
 * see.
 */
int document_verify(const struct document *document, document_read *read, void *context,
                    struct buffer *room);

#endif
