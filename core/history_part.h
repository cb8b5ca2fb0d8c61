/*
 * history_part.h - what core/history.c (memory) and core/history_file.c share; not for others.
 */
#ifndef SLOTOP_CORE_HISTORY_PART_H
#define SLOTOP_CORE_HISTORY_PART_H

#include "core/history.h"

/* Reads <path>.1 and then <path>; *ret_events are all events in them, duplicates included. Missing
 * files have none. -ENOMEM; other errors: what could be read is in *ret_events. */
int history_file_read(const char *path, struct events *ret_events, struct error *error);

/* Appends lines in one write, on a line of their own; before that the file is rotated where they
 * do not fit. Errors: of mkdir, open and write; -ENOMEM. */
int history_file_append(const char *path, struct str lines, struct error *error);

#endif
