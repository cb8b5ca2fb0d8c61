/*
 * docs_part.h - the parts of docs.h, and the words of the tables as shells take them.
 */
#ifndef SLOTOP_TESTS_DOCS_PART_H
#define SLOTOP_TESTS_DOCS_PART_H

#include "tests/helpers/docs.h"

void docs_keys(struct buffer *out);
void docs_commands(struct buffer *out);
void docs_bash(struct buffer *out);
void docs_zsh(struct buffer *out);
void docs_fish(struct buffer *out);

/* True for a command of the shell that an option belongs to; never for an option of all. */
bool docs_belongs(const struct option_row *row, const struct command *command);
/* Appends the word of what a command takes beside options ("SESSION"), nothing where it takes
 * none. True where it may take several. */
bool docs_operand(const struct command *command, struct buffer *out);
/* Appends the first clause of a summary, to stand between single quotes, in which a shell writes an
 * apostrophe so. Aborts on characters that some shell would not take as they are. */
void docs_clause(const char *summary, const char *apostrophe, struct buffer *out);

#endif
