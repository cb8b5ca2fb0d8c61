/*
 * copies_part.h - what core/copies.c (reading), core/copies_save.c (writing) and core/unfinished.c,
 * whose files are beside the copies, share; not for others.
 */
#ifndef SLOTOP_CORE_COPIES_PART_H
#define SLOTOP_CORE_COPIES_PART_H

#include "core/copies.h"

/* Fills number, time, reason and name; false for a name that is not a copy's. */
bool copies_read_name(const char *name, struct copy *ret_copy);

/* The bytes of a copy. */
int copies_read(const char *dir, const char *name, struct buffer *text, struct error *error);

/* Opens the directory, made for nobody else to read where it is missing. -EACCES, -ENOSPC… */
int copies_open_dir(const char *dir, int *ret_fd, struct error *error);
/* A new file, 0600, without a name, or with a temporary one (`name` is not empty: to be unlinked)
 * where the file system has no O_TMPFILE. -1 with errno. */
int copies_open_nameless(int dir_fd, char name[COPIES_NAME_SIZE]);
/* Gives it a name that is free. False with errno, EEXIST where it is not. */
bool copies_give_name(int dir_fd, int fd, const char *temporary, const char *name);

#endif
