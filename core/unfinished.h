/*
 * unfinished.h - what an edit of several entries is to do, on the disk for as long as it does it.
 *
 * Each entry of a batch is changed by a step that no kill can split, but a slotop that is killed
 * between two of them leaves some done and some not. So before a batch is written its changes are,
 * into a file of slotop's own beside the copies (copies.h): a line as the journal has, locked for
 * as long as its writer, or the child it makes, lives, and taken away when the batch is done or has
 * failed and is told. A file that nobody holds is that of a slotop that was killed. The next one
 * that may write completes the batch: of the entries that are still as the batch found them; what
 * has changed since is left alone, and told. Where not one entry was changed nothing is done.
 *
 * Calling sequence of an edit: unfinished_keep() before each try, unfinished_drop() at the end. Of
 * a start: unfinished_mend() until it finds nothing; after each, the journal and a word to the
 * operator, then unfinished_news_done().
 */
#ifndef SLOTOP_CORE_UNFINISHED_H
#define SLOTOP_CORE_UNFINISHED_H

#include "core/journal.h"
#include "core/store.h"

#define UNFINISHED_NAME_START                                                                      \
    "unfinished-" /* of the file's name; a process and a number follow                             \
                   */
enum { UNFINISHED_MAX_BYTES = 64 << 20 };

/* The record of one edit; all zero is none. */
struct unfinished {
    struct buffer line; /* what is kept; empty: nothing */
    struct buffer path;
    int fd;
};

/*
 * Keeps what the outcomes say is changed, in place of what was kept for the same edit before; on
 * the disk when it returns. Fewer than two changes are no batch: nothing is kept. Errors: -EACCES,
 * -ENOSPC, -ENOMEM…: nothing is kept now, which the sentence says; the edit need not hang on it.
 */
int unfinished_keep(struct unfinished *unfinished, const struct store *store,
                    const struct operation *operations, const struct outcome *outcomes,
                    size_t count, struct error *error);
/* True where these outcomes are what is kept; also where nothing need be. */
bool unfinished_is(const struct unfinished *unfinished, const struct store *store,
                   const struct operation *operations, const struct outcome *outcomes,
                   size_t count);
void unfinished_drop(struct unfinished *unfinished);

/* What came of a batch in which a slotop was killed. */
struct unfinished_news {
    struct journal_operation operation; /* as it was meant; its changes: those that hold now */
    size_t meant;                       /* entries that were to be changed */
    size_t held;                        /* found done */
    size_t completed;                   /* done now */
    size_t left;          /* changed by somebody since, or not to be had: as they are */
    struct str left_id;   /* one of them */
    struct error trouble; /* why the rest could not be done now; ERROR_NONE: it was */
    struct buffer line;   /* of the file */
    struct buffer path;   /* of the file */
    struct arena arena;
    int fd;
};

/*
 * Finds the record of a batch whose slotop is no more, and completes it. Nothing without
 * store->copies_dir, for a store that is read-only or on a dry run, and while the registry cannot
 * be read. 1 with *ret_news filled (caller: unfinished_news_done); 0 there is none; -ENOMEM,
 * -EACCES of the directory…
 */
int unfinished_mend(const struct store *store, int64_t now_ms, struct unfinished_news *ret_news,
                    struct error *error);
/* Takes the record away, unless there was trouble: then the next start tries again. */
void unfinished_news_done(struct unfinished_news *news);

#endif
