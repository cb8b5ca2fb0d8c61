#include "core/json.h"
#include "core/json_scan.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* The characters of a literal, one ahead. */
struct reader {
    const char *at;
    const char *end;
    uint32_t now; /* AT_END behind the last one */
};

static const uint32_t AT_END = UINT32_MAX;

static void advance(struct reader *reader)
{
    reader->now = reader->at < reader->end ? json_char_next(&reader->at, reader->end) : AT_END;
}

static struct reader reader_of(struct str text)
{
    struct reader reader = {.at = text.data, .end = text.data + text.len};
    advance(&reader);
    return reader;
}

static bool take(struct reader *reader, char wanted)
{
    if (reader->now != (unsigned char)wanted)
        return false;
    advance(reader);
    return true;
}

static bool take_word(struct reader *reader, struct str word)
{
    for (size_t i = 0; i < word.len; i++) {
        if (!take(reader, word.data[i]))
            return false;
    }
    return true;
}

/* WhiteSpace and LineTerminator of ECMAScript. */
static bool is_js_space(uint32_t c)
{
    return (c >= 0x09 && c <= 0x0D) || c == ' ' || c == 0xA0 || c == 0x1680 ||
           (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F ||
           c == 0x205F || c == 0x3000 || c == 0xFEFF;
}

static void skip_js_space(struct reader *reader)
{
    while (is_js_space(reader->now))
        advance(reader);
}

/*
 * A decimal number of any length in bounded room. No double, and no midpoint of two, has more than
 * 767 significant digits, so of those beyond only "not all zero" matters.
 */
enum { MOST_DIGITS = 800, EXPONENT_ROOM = 24 };
struct decimal {
    char text[MOST_DIGITS + EXPONENT_ROOM];
    size_t count;
    int64_t exponent;
    bool more; /* a digit other than 0 was left out */
};

static void add_digit(struct decimal *decimal, char digit, bool is_fraction)
{
    bool is_leading_zero = decimal->count == 0 && digit == '0';
    bool is_kept = !is_leading_zero && decimal->count < MOST_DIGITS;
    if (is_kept)
        decimal->text[decimal->count++] = digit;
    else if (digit != '0')
        decimal->more = true;
    if (is_fraction)
        decimal->exponent -= is_kept || is_leading_zero;
    else
        decimal->exponent += !is_kept && !is_leading_zero;
}

static bool is_digit(uint32_t c)
{
    return c >= '0' && c <= '9';
}

/* False when there was no digit. */
static bool read_digits(struct reader *reader, struct decimal *decimal, bool is_fraction)
{
    bool any = is_digit(reader->now);
    for (; is_digit(reader->now); advance(reader))
        add_digit(decimal, (char)reader->now, is_fraction);
    return any;
}

static bool read_exponent(struct reader *reader, int64_t *ret_exponent)
{
    const int64_t enough = INT64_C(1) << 56; /* more than any text has digits */
    bool is_negative = reader->now == '-';
    if (reader->now == '-' || reader->now == '+')
        advance(reader);
    if (!is_digit(reader->now))
        return false;
    int64_t exponent = 0;
    for (; is_digit(reader->now); advance(reader)) {
        if (exponent < enough)
            exponent = exponent * 10 + (int64_t)(reader->now - '0');
    }
    *ret_exponent = is_negative ? -exponent : exponent;
    return true;
}

static double decimal_value(struct decimal *decimal)
{
    enum { EXACT_DIGITS = 15 };
    if (decimal->exponent == 0 && decimal->count <= EXACT_DIGITS) {
        int64_t whole = 0;
        for (size_t i = 0; i < decimal->count; i++)
            whole = whole * 10 + (decimal->text[i] - '0');
        return (double)whole;
    }
    if (decimal->count == 0)
        return 0;
    if (decimal->more) {
        decimal->text[decimal->count++] = '1';
        decimal->exponent--;
    }
    (void)snprintf(decimal->text + decimal->count, sizeof(decimal->text) - decimal->count,
                   "e%" PRId64, decimal->exponent);
    return strtod(decimal->text, NULL);
}

/* StrUnsignedDecimalLiteral, of which JSON's numbers are a part. NaN when it is none. */
static double read_decimal(struct reader *reader)
{
    struct decimal decimal;
    decimal.count = 0;
    decimal.exponent = 0;
    decimal.more = false;
    bool any = read_digits(reader, &decimal, false);
    if (take(reader, '.'))
        any = read_digits(reader, &decimal, true) || any;
    if (!any)
        return NAN;
    if (take(reader, 'e') || take(reader, 'E')) {
        int64_t exponent;
        if (!read_exponent(reader, &exponent))
            return NAN;
        decimal.exponent += exponent;
    }
    return decimal_value(&decimal);
}

static double read_signed(struct reader *reader)
{
    bool is_negative = reader->now == '-';
    if (reader->now == '-' || reader->now == '+')
        advance(reader);
    double number;
    if (reader->now == 'I')
        number = take_word(reader, STR("Infinity")) ? INFINITY : NAN;
    else
        number = read_decimal(reader);
    return is_negative ? -number : number;
}

/* The bits a digit has after 0x, 0o, 0b; 0 when the letter begins no such prefix. */
static unsigned radix_bits(uint32_t letter)
{
    switch (letter) {
    case 'x':
    case 'X':
        return 4;
    case 'o':
    case 'O':
        return 3;
    case 'b':
    case 'B':
        return 1;
    default:
        return 0;
    }
}

static unsigned digit_value(uint32_t c)
{
    if (is_digit(c))
        return c - '0';
    uint32_t lower = c | 0x20;
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : UINT32_MAX;
}

/* The digits after 0x, 0o, 0b, rounded once: the lowest bit stands for all that was left out. */
static double read_binary(struct reader *reader, unsigned bits)
{
    const int enough = 1 << 20; /* infinite long before */
    if (digit_value(reader->now) >> bits)
        return NAN;
    uint64_t mantissa = 0;
    int exponent = 0;
    for (; digit_value(reader->now) >> bits == 0; advance(reader)) {
        unsigned digit = digit_value(reader->now);
        if (mantissa >> 59 == 0) {
            mantissa = mantissa << bits | digit;
        } else {
            mantissa |= digit != 0;
            exponent += exponent < enough ? (int)bits : 0;
        }
    }
    return ldexp((double)mantissa, exponent);
}

/* StringToNumber of the text between a literal's quotes. */
static double string_to_number(struct str inner)
{
    struct reader reader = reader_of(inner);
    skip_js_space(&reader);
    if (reader.now == AT_END)
        return 0;
    struct reader prefix = reader;
    unsigned bits = take(&prefix, '0') ? radix_bits(prefix.now) : 0;
    double number;
    if (bits > 0) {
        reader = prefix;
        advance(&reader);
        number = read_binary(&reader, bits);
    } else {
        number = read_signed(&reader);
    }
    skip_js_space(&reader);
    return reader.now == AT_END ? number : NAN;
}

static double scalar_to_number(struct str scalar)
{
    struct reader reader;
    switch (json_kind(scalar)) {
    case JSON_NULL:
    case JSON_FALSE:
        return 0;
    case JSON_TRUE:
        return 1;
    case JSON_NUMBER:
        reader = reader_of(json_root(scalar));
        return read_signed(&reader);
    case JSON_STRING:
        return string_to_number(json_unquoted(json_root(scalar)));
    case JSON_MISSING:
    case JSON_ARRAY:
    case JSON_OBJECT:
    default:
        return NAN;
    }
}

/* The joined text of an array has no comma, and so can be a number, only when every array in it
 * has at most one element: brackets, one scalar or none, brackets. */
static double array_to_number(struct str array)
{
    const char *at = array.data;
    const char *end = at + array.len;
    while (*at == '[')
        at = json_skip_space(at + 1, end);
    struct str scalar = {at, 0};
    if (*at != ']')
        scalar.len = (size_t)(json_skip_value(at, end) - at);
    at = json_skip_space(at + scalar.len, end);
    for (; at < end; at = json_skip_space(at + 1, end)) {
        if (*at != ']')
            return NAN;
    }
    switch (json_kind(scalar)) {
    case JSON_MISSING:
    case JSON_NULL:
        return 0;
    case JSON_NUMBER:
        return scalar_to_number(scalar) + 0.0; /* -0 is joined as "0" */
    case JSON_STRING:
        return scalar_to_number(scalar);
    case JSON_FALSE:
    case JSON_TRUE:
    case JSON_ARRAY:
    case JSON_OBJECT:
    default:
        return NAN;
    }
}

double json_to_number(struct str value)
{
    if (json_kind(value) == JSON_ARRAY)
        return array_to_number(json_root(value));
    return scalar_to_number(value);
}
