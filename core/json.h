/*
 * json.h - JSON exactly as JavaScript's JSON.parse and JSON.stringify have it.
 *
 * Three jobs, none of which recurses on input, all linear in it:
 *   1. json_check(): accepts and refuses exactly what JSON.parse(readFileSync(f, "utf-8")) does.
 *   2. A cursor over *checked* text: the byte spans of members and elements, untouched.
 *   3. JavaScript's own values of those spans: decoded strings, numbers, ToNumber, and the text
 *      that JSON.stringify would write (key order, last duplicate wins, number and string form).
 *
 * Calling sequence: json_check() once; then json_enter()/json_next() on values of that text.
 * The cursor functions trust the text: calling them on unchecked text is a programmer's error.
 *
 * Decoded strings are UTF-8 in which a lone surrogate (\ud800) stands as its three-byte form
 * (WTF-8), so that every JavaScript string has exactly one encoding and ids compare by bytes.
 * Invalid UTF-8 in the file decodes to U+FFFD as Node's decoder does (one per maximal subpart);
 * \u0000 is an ordinary character, which is why lengths travel with the bytes.
 *
 * Precondition of everything that reads or prints a number: LC_NUMERIC is "C" (setlocale of
 * LC_CTYPE alone is fine). Only json_check() and json_stringify() allocate besides `out`.
 */
#ifndef SLOTOP_CORE_JSON_H
#define SLOTOP_CORE_JSON_H

#include "core/base.h"

/* Where and why a text was refused. line and column count from 1; column in bytes. */
struct json_fault {
    size_t offset; /* of the first byte that cannot be; the text's length when it ends too early */
    size_t line;
    size_t column;
    const char *reason; /* "unexpected character", "text ends inside a string", …; static */
};

/*
 * True when JSON.parse accepts `text` (after Node's UTF-8 decoding, which does not drop a BOM).
 * False fills *ret_fault (may be NULL). Depth is bounded by memory only: without memory for the
 * nesting (1 bit a level) the reason is JSON_NO_MEMORY.
 * Source: JSON.parse (ECMA-404 as V8 has it).
 */
bool json_check(struct str text, struct json_fault *ret_fault);
extern const char JSON_NO_MEMORY[];

enum json_kind {
    JSON_MISSING, /* no such member: JavaScript's undefined */
    JSON_NULL,
    JSON_FALSE,
    JSON_TRUE,
    JSON_NUMBER,
    JSON_STRING,
    JSON_ARRAY,
    JSON_OBJECT,
};

/* The kind of a checked value; white space before it is skipped; the absent str is JSON_MISSING. */
enum json_kind json_kind(struct str value);

/* A walk over one array or object. Zero-allocation; the struct is the caller's. */
struct json_cursor {
    const char *at;
    const char *end;
    bool is_object;
    bool first;
};

/* One member (object) or element (array: key is absent). Spans have no white space around them;
 * key includes its quotes. */
struct json_item {
    struct str key;
    struct str value;
};

/* Starts a walk over `value`, an array or object. False for any other kind. */
bool json_enter(struct str value, struct json_cursor *cursor);
/* The next item in the order of the text (duplicates included); false at the end. */
bool json_next(struct json_cursor *cursor, struct json_item *ret_item);
/* The value of the document: checked text without the white space around it. */
struct str json_root(struct str text);

/*
 * The value of the member whose decoded key equals `name`, the last one if there are several
 * (JavaScript); absent when `object` is no object or has no such member.
 */
struct str json_member(struct str object, struct str name);

/* Compares a string literal (with quotes) with a decoded string without allocating. */
bool json_string_equals(struct str literal, struct str decoded);

/* Appends the decoded form of a string literal (with quotes) to `out`. out->failed tells. */
void json_decode(struct str literal, struct buffer *out);

/*
 * JavaScript's ToNumber of a parsed value: NaN for missing, objects and non-numeric strings;
 * null 0, true 1, false 0; strings by StringToNumber (white space trimmed, "" is 0, 0x/0o/0b,
 * Infinity); arrays by way of their joined text ([] 0, [5] 5, [1,2] NaN).
 * Difference: an object with a member "toString" is NaN too, where JavaScript throws a TypeError.
 */
double json_to_number(struct str value);

/* Appends text as JSON.stringify(string) writes it: quotes, short escapes, \u00XX for other
 * controls, \udXXX for lone surrogates, everything else raw. Invalid bytes become U+FFFD. */
void json_quote(struct str decoded, struct buffer *out);

/* Appends a number as JavaScript prints it (1e+21, 1e-7, 0.1, -0 as 0); null if not finite. */
void json_print_number(double number, struct buffer *out);

/*
 * Appends what JSON.stringify(JSON.parse(value), null, indent_spaces) writes for a checked value,
 * lines after the first indented by `level` further steps. indent_spaces 0 writes one line.
 * Key order: integer-like keys (canonical, < 2^32 - 1) ascending, then the others in order of
 * first appearance; the last of duplicates gives the value. Indents above 10 count as 10, as in
 * JavaScript; nothing is written for the absent value. Without memory out->failed is set.
 */
void json_stringify(struct str value, int indent_spaces, int level, struct buffer *out);

/*
 * True when a decoded key is an array index to JavaScript (canonical decimal < 2^32 - 1).
 * ret_index may be NULL and is untouched on false.
 */
bool json_is_index_key(struct str decoded, uint32_t *ret_index);

#endif
