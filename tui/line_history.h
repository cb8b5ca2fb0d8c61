/*
 * line_history.h - the lines that were typed after ':', of this run and of those before.
 *
 * Kept in `typed` in slotop's state directory, mode 0600, a line each, appended as they are
 * typed, so that two slotops keep both of theirs. What does not look like a typed line is passed
 * over, whoever wrote it. A file that is missing or cannot be read or written is no trouble: the
 * lines are kept for this run.
 */
#ifndef SLOTOP_TUI_LINE_HISTORY_H
#define SLOTOP_TUI_LINE_HISTORY_H

#include "core/base.h"

enum {
    LINE_HISTORY_MAX = 200,              /* lines kept */
    LINE_HISTORY_FILE_BYTES = 256 << 10, /* a larger file is begun anew */
};

/* Zero-initialise; line_history_done(). */
struct line_history {
    char *lines[LINE_HISTORY_MAX]; /* the oldest first */
    size_t count;
    char *path; /* NULL: not kept beyond this run */
};

/* Reads what was kept below `dir` (slotop's state directory, made when the first line is kept), and
 * keeps the lines there from now on unless `read_only`. NULL: nowhere. */
void line_history_open(struct line_history *history, const char *dir, bool read_only);
void line_history_done(struct line_history *history);

/* Adds a line, also to the file; an empty one and the same once more are not kept. */
void line_history_add(struct line_history *history, struct str line);
/*
 * The place of the next line that begins so, going back from the place `from` (`count`: behind the
 * newest), or forward. SIZE_MAX: there is none.
 */
size_t line_history_find(const struct line_history *history, struct str beginning, size_t from,
                         bool forward);

#endif
