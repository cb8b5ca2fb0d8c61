/*
 * cli_session.h - which session an argument means.
 */
#ifndef SLOTOP_TUI_CLI_SESSION_H
#define SLOTOP_TUI_CLI_SESSION_H

#include "core/registry.h"

enum { SESSION_PREFIX_MIN = 4 }; /* characters */

/*
 * Appends the id that an argument is: its bytes, where invalid UTF-8 becomes U+FFFD as in Node,
 * whose process.argv is decoded like that. An id with a NUL or a lone surrogate cannot be typed;
 * a prefix of it can.
 */
void session_decode(const char *argument, struct buffer *out);

/*
 * Finds the entry that a (decoded) argument means: the one with exactly this id, else the only one
 * whose id begins with it, which takes SESSION_PREFIX_MIN characters. *ret_entry is NULL where
 * there is none. -ENOTUNIQ, ERROR_USAGE where several ids begin so; the sentence lists them.
 */
int session_resolve(const struct registry *registry, struct str wanted,
                    const struct entry **ret_entry, struct error *error);

#endif
