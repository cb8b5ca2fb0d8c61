/*
 * restore.h - brings back what a registry has lost, from a copy of it (copies.h).
 *
 * What the server has written since is not undone: a session that has an entry now keeps it, and
 * only those that have none get theirs back, as it was, whoever holds its slot meanwhile. Released
 * entries are not brought back, nor what is no entry at all (null, a number). Where the file cannot
 * be read at all the copy takes its place, without its released entries.
 *
 * Calling sequence: restore_prepare() on a registry just loaded, say or ask what it would do,
 * restore_apply(), restore_done().
 */
#ifndef SLOTOP_CORE_RESTORE_H
#define SLOTOP_CORE_RESTORE_H

#include "core/copies.h"
#include "core/store.h"

struct restore {
    struct copy copy;             /* where from; its name is empty where no copy has anything */
    int64_t now_ms;               /* of restore_prepare() */
    struct document document;     /* what is in it */
    bool replaces;                /* the whole file, not entries */
    struct operation *operations; /* PUT_BACK, one for each entry to bring back; may be none */
    struct outcome *outcomes;     /* as many, of restore_apply() */
    size_t count;
    size_t present;  /* entries of the copy that the registry has */
    size_t left_out; /* those that are released, or no entries */
};

/*
 * Chooses a copy and finds out what of it is missing in `now`. `name`: a copy's name or number;
 * NULL for the newest against which `now` is a wipe (wipe.h), else the newest with more live
 * entries. Where no copy has more, nothing is found and that is no error.
 * Errors: -ENOENT there is no copy, or none of this name (ERROR_NOT_FOUND); -EUCLEAN the named copy
 * cannot be used; -EACCES `now` is unreadable (ERROR_UNUSABLE); -ENOMEM; those of reading copies.
 */
int restore_prepare(const char *dir, const char *name, const struct document *now, int64_t now_ms,
                    struct restore *ret_restore, struct error *error);

/* False where nothing is missing, or no copy has it. */
bool restore_has_work(const struct restore *restore);

/*
 * Does it, as one edit, and fills the outcomes; what they say was verified in the file, or would be
 * in a dry run. Nothing to bring back: nothing happens.
 * Errors: as store_apply() and store_replace_torn(); after -EEXIST prepare it anew.
 */
int restore_apply(const struct store *store, struct restore *restore,
                  struct store_report *ret_report, struct error *error);

void restore_done(struct restore *restore);

#endif
