/* Input: any text. The scanner's verdict beside another scanner's; the laws of what is accepted. */
#include "core/json.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/json_reference.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CUTS = 4, ALL_CUTS_BELOW = 48, KEYS_LOOKED_UP = 3, DEPTH_WALKED = 24 };

/* What stands before the fault could still have become a document. */
static void check_refusal(struct str text, const struct json_fault *fault)
{
    FUZZ_CHECK(fault->offset <= text.len && fault->reason);
    size_t line = 1, column = 1;
    for (size_t i = 0; i < fault->offset; i++) {
        column = text.data[i] == '\n' ? 1 : column + 1;
        line += text.data[i] == '\n';
    }
    FUZZ_CHECK(fault->line == line && fault->column == column);
    struct str before = {text.data, fault->offset};
    struct json_fault again;
    if (!json_check(before, &again))
        FUZZ_CHECK(again.offset == before.len);
}

/* An array, object or string that is cut short is refused, as ending too early. */
static void check_cuts(struct str root)
{
    struct json_fault fault;
    if (!strchr("{[\"", root.data[0]))
        return;
    size_t step = root.len < ALL_CUTS_BELOW ? 1 : root.len / CUTS;
    for (size_t len = root.len - 1; len > 0; len = len > step ? len - step : 0) {
        FUZZ_CHECK(!json_check((struct str){root.data, len}, &fault));
        FUZZ_CHECK(fault.offset == len);
    }
}

static void check_string(struct str literal)
{
    struct buffer decoded = {0}, quoted = {0}, again = {0};
    json_decode(literal, &decoded);
    json_quote(buffer_str(&decoded), &quoted);
    FUZZ_CHECK(json_check(buffer_str(&quoted), NULL));
    json_decode(buffer_str(&quoted), &again);
    fuzz_check_equal(&again, &decoded);
    struct str text = decoded.data ? buffer_str(&decoded) : STR("");
    FUZZ_CHECK(json_string_equals(literal, text));
    FUZZ_CHECK(json_string_equals(buffer_str(&quoted), text));
    FUZZ_CHECK(!json_string_equals(literal, (struct str){text.data, text.len - (text.len > 0)}) ||
               text.len == 0);
    FUZZ_CHECK(json_is_index_key(text, NULL) == reference_is_index(text));
    if (reference_is_number(text) && !memchr(text.data, 0, text.len)) {
        buffer_add_char(&decoded, '\0');
        double number = strtod(decoded.data, NULL), got = json_to_number(literal);
        FUZZ_CHECK(memcmp(&number, &got, sizeof(got)) == 0);
    }
    buffer_done(&decoded);
    buffer_done(&quoted);
    buffer_done(&again);
}

/* Without the zeros before and behind them. */
static int significant_digits(struct str text)
{
    int digits = 0, zeros = 0;
    for (size_t i = 0; i < text.len && text.data[i] != 'e'; i++) {
        if (text.data[i] == '0') {
            zeros += digits > 0;
        } else if (text.data[i] > '0' && text.data[i] <= '9') {
            digits += zeros + 1;
            zeros = 0;
        }
    }
    return digits;
}

/* It is read as it was meant, and no text with a digit less is. */
static void check_printed(double number)
{
    struct buffer text = {0};
    char shorter[64];
    json_print_number(number, &text);
    FUZZ_CHECK(reference_is_number(buffer_str(&text)));
    FUZZ_CHECK(strtod(text.data, NULL) == number);
    int digits = significant_digits(buffer_str(&text));
    if (digits > 1) {
        (void)snprintf(shorter, sizeof(shorter), "%.*e", digits - 2, number);
        FUZZ_CHECK(strtod(shorter, NULL) != number);
    }
    buffer_done(&text);
}

static void check_number(struct str literal)
{
    char *text = strndup(literal.data, literal.len);
    FUZZ_CHECK(text && reference_is_number(literal));
    double wanted = strtod(text, NULL), got = json_to_number(literal);
    FUZZ_CHECK(memcmp(&wanted, &got, sizeof(got)) == 0);
    if (isfinite(got))
        check_printed(got);
    free(text);
}

/* A look-up finds the last member of that name. */
static void check_member(struct str object, struct str key)
{
    struct buffer name = {0};
    struct str last = {0};
    struct json_cursor cursor;
    struct json_item item;
    json_decode(key, &name);
    struct str decoded = name.data ? buffer_str(&name) : STR("");
    FUZZ_CHECK(json_enter(object, &cursor));
    while (json_next(&cursor, &item)) {
        struct buffer other = {0};
        json_decode(item.key, &other);
        if (str_equal(other.data ? buffer_str(&other) : STR(""), decoded))
            last = item.value;
        buffer_done(&other);
    }
    struct str found = json_member(object, decoded);
    FUZZ_CHECK(last.data && found.data == last.data && found.len == last.len);
    buffer_done(&name);
}

static void check_scalar(struct str value)
{
    enum json_kind kind = json_kind(value);
    FUZZ_CHECK(kind != JSON_MISSING);
    if (kind == JSON_STRING)
        check_string(value);
    else if (kind == JSON_NUMBER)
        check_number(value);
    else
        (void)json_to_number(value);
}

/* The item lies within what it is an item of, and is a value by itself. */
static void check_item(struct str parent, const struct json_item *item, size_t nth)
{
    const char *end = parent.data + parent.len;
    FUZZ_CHECK(item->value.len > 0 && item->value.data > parent.data);
    FUZZ_CHECK(item->value.data + item->value.len < end);
    FUZZ_CHECK(json_check(item->value, NULL));
    FUZZ_CHECK(json_root(item->value).len == item->value.len);
    FUZZ_CHECK((item->key.data != NULL) == (parent.data[0] == '{'));
    if (!item->key.data)
        return;
    FUZZ_CHECK(item->key.data > parent.data && item->key.len >= 2);
    FUZZ_CHECK(item->key.data + item->key.len < item->value.data);
    check_string(item->key);
    if (nth < KEYS_LOOKED_UP)
        check_member(parent, item->key);
}

/* Every value down to some depth, without recursion. */
static void check_tree(struct str root)
{
    struct json_cursor cursors[DEPTH_WALKED];
    struct str parents[DEPTH_WALKED] = {root};
    size_t counts[DEPTH_WALKED] = {0};
    struct json_item item;
    if (!json_enter(root, &cursors[0])) {
        check_scalar(root);
        return;
    }
    for (size_t depth = 1; depth > 0;) {
        if (!json_next(&cursors[depth - 1], &item)) {
            depth--;
            continue;
        }
        check_item(parents[depth - 1], &item, counts[depth - 1]++);
        if (depth < DEPTH_WALKED && json_enter(item.value, &cursors[depth])) {
            parents[depth] = item.value;
            counts[depth++] = 0;
        } else if (strchr("{[", item.value.data[0]) == NULL) {
            check_scalar(item.value);
        }
    }
}

/* JavaScript's order of keys, as far as the text alone tells: indexes first, ascending. */
static void check_order(struct str written)
{
    struct json_cursor cursor;
    struct json_item item;
    unsigned long long last = 0;
    bool any_other = false, any_index = false;
    if (!json_enter(written, &cursor) || !cursor.is_object)
        return;
    while (json_next(&cursor, &item)) {
        struct str name = {item.key.data + 1, item.key.len - 2};
        bool is_index = reference_is_index(name);
        unsigned long long index = is_index ? strtoull(name.data, NULL, 10) : 0;
        FUZZ_CHECK(!is_index || (!any_other && (!any_index || index > last)));
        any_other |= !is_index;
        any_index |= is_index;
        last = index;
    }
}

/* What is written is accepted, and written again the same; line by line or in one line. */
static void check_written(struct str root)
{
    struct buffer lines = {0}, line = {0}, again = {0};
    json_stringify(root, 2, 0, &lines);
    json_stringify(root, 0, 0, &line);
    FUZZ_CHECK(json_check(buffer_str(&lines), NULL));
    FUZZ_CHECK(reference_accepts(buffer_str(&line)));
    check_order(buffer_str(&line));
    json_stringify(buffer_str(&line), 2, 0, &again);
    fuzz_check_equal(&again, &lines);
    buffer_clear(&again);
    json_stringify(buffer_str(&lines), 0, 0, &again);
    fuzz_check_equal(&again, &line);
    buffer_done(&lines);
    buffer_done(&line);
    buffer_done(&again);
}

static void check_accepted(struct str text)
{
    struct str root = json_root(text);
    FUZZ_CHECK(root.len > 0 && root.data >= text.data);
    FUZZ_CHECK(root.data + root.len <= text.data + text.len);
    check_cuts(root);
    check_tree(root);
    check_written(root);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* Empty, libFuzzer's data is NULL, which is the absent text. */
    struct str text = {(const char *)data, size};
    struct json_fault fault;
    bool is_accepted = json_check(text, &fault);
    FUZZ_CHECK(is_accepted == reference_accepts(text));
    if (is_accepted)
        check_accepted(text);
    else if (size > 0)
        check_refusal(text, &fault);
    return 0;
}
