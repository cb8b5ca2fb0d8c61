/*
 * shell.h - ids in commands that an operator is told to type.
 */
#ifndef SLOTOP_CORE_SHELL_H
#define SLOTOP_CORE_SHELL_H

#include "core/base.h"

/* Appends a text as a word that a shell passes on as it is: ids come from a file that anybody may
 * have written. One that begins with '-' gets "-- " before it. out->failed tells. */
void shell_add_word(struct str text, struct buffer *out);
/* The same as one of several, before which the caller puts "--" where one begins with '-'. */
void shell_add_quoted(struct str text, struct buffer *out);

#endif
