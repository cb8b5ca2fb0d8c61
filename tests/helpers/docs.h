/*
 * docs.h - what the man page and the completions say of the tables of commands and options.
 *
 * A file in assets/ may hold parts that are made from the tables: what stands between a line with
 * "@begin NAME" and one with "@end NAME". NAME is one of keys (of the screen, mdoc), commands
 * (of the screen, mdoc), bash, zsh, fish.
 */
#ifndef SLOTOP_TESTS_DOCS_H
#define SLOTOP_TESTS_DOCS_H

#include "tui/command.h"
#include "tui/options_table.h"

/* Appends `text` with these parts made anew; returns how many there are. Aborts on a part that is
 * unknown or has no end. */
size_t docs_renew(const char *text, struct buffer *out);

/* Append the line with which the man page heads the paragraph of a command, or of an option:
 * .It Ic release Ar SESSION ... */
void docs_command_heading(const struct command *command, struct buffer *out);
void docs_option_heading(const struct option_row *row, struct buffer *out);

/* Appends the first word of an argument's name: "S" of "S,...". It names the function of the
 * completions that knows the values. */
void docs_argument_word(const char *argument, struct buffer *out);

/* Appends the words that --state takes, separated by blanks, as the table of options has them. */
void docs_states(struct buffer *out);

#endif
