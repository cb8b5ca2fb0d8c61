/*
 * copies.h - the last good versions of a registry, kept for the day when it is wiped.
 *
 * A copy is a file in a directory of slotop's own, 0700 and 0600, named
 * 0000042-<epoch ms>-<reason>.json: a counter, the time, and why it was kept (a word of lower-case
 * letters). It is written without a name and linked when it is whole and on the disk, so that a
 * copy is whole or absent. Nothing is kept twice: a text that is that of the newest copy already is
 * not stored. The oldest copies go beyond a number and a total size; the newest two always stay,
 * and so does the newest that was kept because of a loss ("wiped", "torn"): edits made before
 * anybody notices must not push it out. Of those kept before a GC pass only the newest few stay:
 * passes that come every few minutes must not push out the operator's.
 *
 * Calling sequence: copies_add_dir() once; copies_save() before the content is changed or lost;
 * copies_list() and copies_load() to bring it back (restore.h).
 */
#ifndef SLOTOP_CORE_COPIES_H
#define SLOTOP_CORE_COPIES_H

#include "core/document.h"

enum {
    COPIES_MAX = 20,
    COPIES_GC_MAX = 3, /* of those, kept before a GC pass */
    COPIES_TOTAL_BYTES = 64 << 20,
    COPIES_LARGE_EVERY_MS = 3600000, /* of a registry that is edited without its text (store.h) */
    COPIES_REASON_MAX = 16,          /* letters */
    COPIES_NAME_SIZE = 72,
};

/* Why copies are kept; words of their names. */
#define COPIES_BEFORE_EDIT "edit"  /* slotop was about to change it */
#define COPIES_BEFORE_GC "gc"      /* the same, by a GC pass */
#define COPIES_HOURLY "hourly"     /* it is large, and nobody keeps its text */
#define COPIES_WIPED "wiped"       /* a save of the server's took most of it */
#define COPIES_TORN "torn"         /* the file did not parse any more */
#define COPIES_REPLACED "replaced" /* the torn text itself, before a copy took its place */

struct copy {
    char name[COPIES_NAME_SIZE];
    char reason[COPIES_REASON_MAX + 1];
    uint64_t number;
    int64_t saved_ms;
    uint64_t bytes;
    /* told by parsing: */
    enum document_state state;
    size_t entries;
    size_t live; /* active or idle */
};

struct copies {
    struct copy *items; /* newest first */
    size_t count;
};

/* Appends where the copies of a registry are: <state home>/slotop/copies/<hash of its path>. The
 * same file has the same directory however its path is spelt, links in the name of the file
 * itself not followed. Makes nothing. -ENOMEM. */
int copies_add_dir(const char *state_home, const char *registry_path, struct buffer *ret_dir,
                   struct error *error);

/*
 * Keeps `text` as the newest copy, made at epoch now_ms; `reason` is a word as above. Missing
 * directories are made. Reads the directory and, where the sizes are equal, the newest copy; writes
 * and syncs one file.
 * Errors: -EACCES, -ENOSPC, -ENOMEM…: nothing is kept, which the sentence says; the copies there
 * are as they were.
 */
int copies_save(const char *dir, struct str text, int64_t now_ms, const char *reason,
                struct error *error);

/* True when there is any copy; when the newest was made. Opens none. */
bool copies_newest(const char *dir, int64_t *ret_saved_ms);
/* True when there is any copy. Opens none. */
bool copies_exist(const char *dir);

/* Names, times and sizes of all copies, newest first (caller: copies_done()); nothing is opened but
 * the directory. -ENOENT without one, -EACCES, -ENOMEM. */
int copies_scan(const char *dir, struct copies *ret_copies, struct error *error);

/*
 * Reads and parses all copies, newest first (caller: copies_done()). No directory: no copies. A
 * copy that cannot be read is listed as DOCUMENT_UNREADABLE. Errors: -EACCES… of the directory,
 * -ENOMEM; *ret_copies is untouched then.
 */
int copies_list(const char *dir, struct copies *ret_copies, struct error *error);
void copies_done(struct copies *copies);

/* Loads one into *ret_document (initialised; replaced on success only): its bytes, parsed. -ENOENT
 * when it has gone since, -ENOMEM, -EACCES, -EIO… */
int copies_load(const char *dir, const struct copy *copy, struct document *ret_document,
                struct error *error);

#endif
