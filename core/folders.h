/*
 * folders.h - tells that something changed in one of several directories: hints to look again.
 *
 * Where watch.h follows a few files through everything that can happen to them, this one watches
 * whole directories whose files come and go: the session indexes, transcripts and locks. One
 * inotify descriptor; a directory that is missing is waited for at its nearest parent. Where
 * inotify is not to be had there are no hints, and the caller looks when it is awake anyway.
 * Names of files are not kept: a hint is a place in the list. Writes count when the file is closed
 * or, for a file that stays open, at every write: callers limit how often they look.
 */
#ifndef SLOTOP_CORE_FOLDERS_H
#define SLOTOP_CORE_FOLDERS_H

#include "core/base.h"
#include "core/error.h"

enum { FOLDERS_MAX = 512 }; /* directories; those beyond are not watched */

struct folders; /* opaque */

/* -ENOMEM only; without inotify folders_fd() is -1. */
int folders_open(struct folders **ret_folders, struct error *error);
void folders_close(struct folders *folders);   /* NULL allowed */
int folders_fd(const struct folders *folders); /* to poll for reading; -1: there are no hints */

/*
 * From now on exactly these directories are watched (paths copied); watches that stay are kept as
 * they are, and lose no event. What changes after this returns is reported. -ENOMEM: the list is
 * as it was.
 */
int folders_set(struct folders *folders, const char *const *paths, size_t count,
                struct error *error);

/*
 * Takes all pending events, never blocks. True when something changed in one of the directories;
 * ret_changed[i] (FOLDERS_MAX of them, may be NULL) is then set for it, the others are untouched.
 * A directory that appeared, went, or was replaced is reported, and is watched again. After an
 * overflow of the queue all are reported.
 */
bool folders_drain(struct folders *folders, bool *ret_changed);

#endif
