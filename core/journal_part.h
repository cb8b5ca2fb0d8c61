/*
 * journal_part.h - what the files core/journal*.c share, and core/unfinished.c, whose records are
 * lines of a journal; not for others.
 */
#ifndef SLOTOP_CORE_JOURNAL_PART_H
#define SLOTOP_CORE_JOURNAL_PART_H

#include "core/journal.h"

#define JOURNAL_NAME "journal.jsonl"
#define JOURNAL_OLD_NAME "journal.jsonl.1"

/* The files grow no further than the rotation lets them, but for one line. */
enum { JOURNAL_FILE_MAX_BYTES = 64 << 20 };

/* What every line begins with, up to the number of its id. */
#define JOURNAL_LINE_START "{\"id\":\"op-"

/* Takes the last line off text[0, *left), without its newline; false where nothing is left. */
bool journal_last_line(struct str text, size_t *left, struct str *ret_line);

/* Appends the line of an operation that has its id. */
void journal_add_line(const struct journal *journal, const struct journal_operation *operation,
                      struct buffer *out);

#endif
