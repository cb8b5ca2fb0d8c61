/*
 * json_scan.h - the byte level that the json_*.c files share: runs, spans, characters.
 *
 * Internal to core/json*.c. Unless said otherwise the text is checked (json_check) and `at` stands
 * on the first byte of what is named; every function returns or leaves the place behind it.
 */
#ifndef SLOTOP_CORE_JSON_SCAN_H
#define SLOTOP_CORE_JSON_SCAN_H

#include "core/base.h"

#include <string.h>

enum { JSON_CHAR_BYTES = 4 };

/* Behind a run of space, tab, CR, LF. Any text. Inline: it runs between any two tokens. */
static inline const char *json_skip_space(const char *at, const char *end)
{
    static const char eight_spaces[] = "        ";
    while (at < end && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t')) {
        at++;
        while (end - at >= 8 && memcmp(at, eight_spaces, 8) == 0)
            at += 8;
    }
    return at;
}

/* The next quote, backslash or control character (< 0x20), or `end`. Any text. */
const char *json_skip_plain(const char *at, const char *end);
/* The same, but stops at bytes from 0x80 up too. Any text. */
const char *json_skip_ascii(const char *at, const char *end);

/* Behind a string literal. */
const char *json_skip_string(const char *at, const char *end);
/* Behind any value, in one pass over it. */
const char *json_skip_value(const char *at, const char *end);

/* The bytes between the quotes of a string literal. */
struct str json_unquoted(struct str literal);

/*
 * Takes one character of UTF-8, at < end. What is not UTF-8 gives U+FFFD, one per maximal subpart,
 * as Node's decoder does. `surrogates`: U+D800 to U+DFFF as three bytes count as valid (WTF-8).
 * Any text.
 */
uint32_t json_utf8_next(const char **at, const char *end, bool surrogates);
/* Takes one character of a string literal, at < end: escapes resolved, escaped pairs combined. */
uint32_t json_char_next(const char **at, const char *end);
/* Writes a character, surrogates included, as 1 to 4 bytes; returns how many. */
size_t json_char_write(uint32_t character, char ret_bytes[static JSON_CHAR_BYTES]);

/* json_quote() of a string literal's decoded form, in one step. */
void json_quote_literal(struct str literal, struct buffer *out);

#endif
