/*
 * copies_part.h - what core/copies.c (reading) and core/copies_save.c (writing) share; not for
 * others.
 */
#ifndef SLOTOP_CORE_COPIES_PART_H
#define SLOTOP_CORE_COPIES_PART_H

#include "core/copies.h"

/* Fills number, time, reason and name; false for a name that is not a copy's. */
bool copies_read_name(const char *name, struct copy *ret_copy);

/* Names and sizes of all copies, newest first; nothing is opened but the directory. -ENOENT… */
int copies_scan(const char *dir, struct copies *ret_copies, struct error *error);

/* The bytes of a copy. */
int copies_read(const char *dir, const char *name, struct buffer *text, struct error *error);

#endif
