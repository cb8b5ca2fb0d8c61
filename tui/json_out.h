/*
 * json_out.h - writes JSON into a buffer, value by value; commas come by themselves.
 *
 * Strings may hold anything: NULs, lone surrogates (WTF-8), invalid bytes. The buffer starts empty;
 * it is one line of text that json_check() accepts, once all brackets are closed and unless
 * out->failed.
 */
#ifndef SLOTOP_TUI_JSON_OUT_H
#define SLOTOP_TUI_JSON_OUT_H

#include "core/base.h"

void json_out_open(struct buffer *out, char bracket); /* '{' or '[' */
void json_out_close(struct buffer *out, char bracket);
void json_out_key(struct buffer *out, const char *name);
void json_out_string(struct buffer *out, struct str text); /* absent: null */
void json_out_integer(struct buffer *out, int64_t number);
void json_out_size(struct buffer *out, size_t number);
void json_out_bool(struct buffer *out, bool value);
void json_out_raw(struct buffer *out, struct str json); /* checked JSON; absent or empty: null */

#endif
