/*
 * document_loader.h - chat-agents.json as a stream: loaded in slices, and loaded again for the
 * price of what changed.
 *
 * A document in the usual form (what the server writes, with any white space, and with entries of
 * any kind as long as they are objects) is loaded in one pass, piece by piece as it is read. It is
 * divided into blocks of some entries with a hash each, so that it can be loaded again later: a
 * block whose bytes hash as before is skipped, the entries of the others are read and compared. Up
 * to DOCUMENT_KEEP_BYTES the text itself is kept in document.bytes, as document_parse() does; above
 * that nobody keeps it (document_windows.h for what needs parts of it).
 *
 * Calling sequence, resumable between any two steps; the loader is made once and keeps its memory
 * warm:
 *
 *     document_loader_begin(loader, &document, size);
 *     do {
 *         char *room = document_loader_room(loader, &len);
 *         read up to `len` bytes of the file into `room`, from where the last read ended
 *         result = document_loader_take(loader, count);        count 0: the text has ended
 *     } while (result == 0 && count > 0);
 *     if (result == 0)
 *         result = document_loader_finish(loader, &delta);     what will change
 *     if (result == 0)
 *         document_loader_apply(loader);                       cannot fail
 *
 * Until document_loader_apply() the document is as it was: a torn text, an I/O error, a lack of
 * memory, or a load that is given up (by the next _begin, or _free) leave no trace in it.
 *
 * DOCUMENT_NOT_USUAL from any step: this text cannot be loaded that way. Into a document with
 * blocks: because known entries changed places, or most of them are gone, or because of what stops
 * a load from nothing as well: torn texts, duplicate and integer-like keys, entries that are no
 * objects, other root members. So the caller tries again with an empty document in its place, and
 * then with the whole text and document_parse(), which judges it. Nothing is ever taken here that
 * document_parse() would see differently (tests/fuzz/fuzz_reload.c).
 */
#ifndef SLOTOP_CORE_DOCUMENT_LOADER_H
#define SLOTOP_CORE_DOCUMENT_LOADER_H

#include "core/document.h"

/* One entry that differs between the document as it was and as it will be. The strings live as long
 * as the document is not loaded whole. */
struct document_change {
    struct entry before; /* id NULL: there was none, it is added */
    struct entry after;  /* id NULL: it is removed */
    size_t old_place;    /* in registry.entries as they were; SIZE_MAX: added */
    size_t place;        /* in registry.entries as they will be; SIZE_MAX: removed */
};

/* What a load comes to: entries that differ in what struct entry says of them, its place in the
 * file apart. */
struct document_delta {
    /* A load from nothing: no changes are listed, and all that was derived from the document, or
     * borrowed from it, is void once it is applied. */
    bool is_whole;
    /* Entries behind the first removed one, or behind one that was put in between, get other
     * places. False where entries were only changed, and added at the end. */
    bool moves_places;
    const struct document_change *changes; /* in the order of the text, removed ones where they
                                              were; the loader's, good until the next _begin */
    size_t count;
    /* What it took, for tests and figures. */
    size_t entries_read;   /* parsed, changed or not */
    size_t blocks_skipped; /* whose hash was the old one */
};

struct document_loader;

struct document_loader *document_loader_new(void); /* NULL without memory */
void document_loader_free(struct document_loader *loader);

/*
 * Begins a load into `document`, which has no marks (registry_is_clean()). `size_bytes`: of the
 * file, as far as is known; it decides whether the text is kept. A document without blocks (empty,
 * missing, torn, not usual) is loaded from nothing.
 */
void document_loader_begin(struct document_loader *loader, struct document *document,
                           size_t size_bytes);
/* Where the next bytes of the text go, *ret_len of them at most. NULL without memory. */
char *document_loader_room(struct document_loader *loader, size_t *ret_len);
/* Takes `len` bytes that were put there; 0: the text has ended. Returns 0, DOCUMENT_NOT_USUAL,
 * or -ENOMEM. */
int document_loader_take(struct document_loader *loader, size_t len);
/* Bytes taken so far, for a progress bar. */
size_t document_loader_taken(const struct document_loader *loader);
/* The document in the making, of a whole load: its registry holds the entries read so far. NULL
 * while a document with blocks is loaded again. */
const struct document *document_loader_made(const struct document_loader *loader);
/* After the end of the text: fills *ret_delta, and makes sure of all memory that it takes. Returns
 * 0, DOCUMENT_NOT_USUAL or -ENOMEM. */
int document_loader_finish(struct document_loader *loader, struct document_delta *ret_delta);
/*
 * After a finish that returned 0: makes the document what the text says, with the state OK. What
 * others borrowed from the registry (ids, agent ids, what is odd) stays good unless the delta is
 * whole; pointers to entries do not.
 */
void document_loader_apply(struct document_loader *loader);

#endif
