#include "core/json.h"

#include "core/json_scan.h"

const char JSON_NO_MEMORY[] = "not enough memory for the nesting";

struct checker {
    const char *at;
    const char *end;
    const char *reason;    /* set once something is refused; `at` is then the place */
    struct buffer nesting; /* a bit a level: 1 is an object */
    size_t depth;
    bool in_object; /* the innermost level; false at depth 0 */
};

static bool refuse(struct checker *checker, const char *at, const char *reason)
{
    checker->at = at;
    checker->reason = reason;
    return false;
}

static bool ends_within(struct checker *checker, const char *reason)
{
    return refuse(checker, checker->end, reason);
}

static bool open_level(struct checker *checker, bool is_object)
{
    struct buffer *nesting = &checker->nesting;
    size_t byte = checker->depth / 8;
    if (byte == nesting->len)
        buffer_add_char(nesting, 0);
    if (nesting->failed)
        return refuse(checker, checker->at, JSON_NO_MEMORY);
    unsigned bit = 1u << checker->depth % 8;
    unsigned bits = (unsigned char)nesting->data[byte];
    nesting->data[byte] = (char)(is_object ? bits | bit : bits & ~bit);
    checker->depth++;
    checker->in_object = is_object;
    checker->at++;
    return true;
}

static void close_level(struct checker *checker)
{
    checker->at++;
    checker->depth--;
    checker->in_object = false;
    if (checker->depth > 0) {
        size_t outer = checker->depth - 1;
        checker->in_object = (unsigned char)checker->nesting.data[outer / 8] >> outer % 8 & 1;
    }
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_hex_digit(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* Moves *at from a backslash to behind the escape. */
static bool check_escape(struct checker *checker, const char **at)
{
    const char *kind = *at + 1;
    const char *behind = kind + 1;
    if (kind == checker->end)
        return ends_within(checker, "text ends inside a string");
    if (*kind == 'u') {
        for (; behind < kind + 5; behind++) {
            if (behind == checker->end)
                return ends_within(checker, "text ends inside a string");
            if (!is_hex_digit(*behind))
                return refuse(checker, behind, "\\u needs four hexadecimal digits");
        }
    } else if (!memchr("\"\\/bfnrt", *kind, 8)) {
        return refuse(checker, kind, "unknown escape in a string");
    }
    *at = behind;
    return true;
}

static bool check_string(struct checker *checker)
{
    const char *at = checker->at + 1;
    for (;;) {
        at = json_skip_plain(at, checker->end);
        if (at == checker->end)
            return ends_within(checker, "text ends inside a string");
        if (*at == '"')
            break;
        if (*at != '\\')
            return refuse(checker, at, "control character inside a string");
        if (!check_escape(checker, &at))
            return false;
    }
    checker->at = at + 1;
    return true;
}

static bool check_digits(struct checker *checker)
{
    const char *first = checker->at;
    while (checker->at < checker->end && is_digit(*checker->at))
        checker->at++;
    if (checker->at > first)
        return true;
    if (first == checker->end)
        return ends_within(checker, "text ends inside a number");
    return refuse(checker, first, "malformed number");
}

static bool check_number(struct checker *checker)
{
    const char *end = checker->end;
    if (*checker->at == '-')
        checker->at++;
    const char *whole = checker->at;
    if (!check_digits(checker))
        return false;
    if (*whole == '0' && checker->at > whole + 1)
        return refuse(checker, whole, "number with a leading zero");
    if (checker->at < end && *checker->at == '.') {
        checker->at++;
        if (!check_digits(checker))
            return false;
    }
    if (checker->at < end && (*checker->at | 0x20) == 'e') {
        checker->at++;
        if (checker->at < end && (*checker->at == '+' || *checker->at == '-'))
            checker->at++;
        return check_digits(checker);
    }
    return true;
}

static bool check_word(struct checker *checker, struct str word)
{
    for (size_t i = 0; i < word.len; i++) {
        if (checker->at + i == checker->end)
            return ends_within(checker, "text ends inside a word");
        if (checker->at[i] != word.data[i])
            return refuse(checker, checker->at + i, "unexpected character");
    }
    checker->at += word.len;
    return true;
}

static bool check_scalar(struct checker *checker)
{
    switch (*checker->at) {
    case '"':
        return check_string(checker);
    case 't':
        return check_word(checker, STR("true"));
    case 'f':
        return check_word(checker, STR("false"));
    case 'n':
        return check_word(checker, STR("null"));
    default:
        if (*checker->at == '-' || is_digit(*checker->at))
            return check_number(checker);
        return refuse(checker, checker->at, "unexpected character");
    }
}

static bool skip_to_token(struct checker *checker)
{
    checker->at = json_skip_space(checker->at, checker->end);
    if (checker->at < checker->end)
        return true;
    return ends_within(checker, checker->depth ? "text ends before its last bracket is closed"
                                               : "text is empty");
}

/* A member's name and colon. */
static bool check_name(struct checker *checker)
{
    if (!skip_to_token(checker))
        return false;
    if (*checker->at != '"')
        return refuse(checker, checker->at, "a member's name in quotes was expected");
    if (!check_string(checker) || !skip_to_token(checker))
        return false;
    if (*checker->at != ':')
        return refuse(checker, checker->at, "':' was expected");
    checker->at++;
    return true;
}

/* From where a value must begin to behind the first scalar or empty container. */
static bool check_value(struct checker *checker)
{
    for (;;) {
        if (!skip_to_token(checker))
            return false;
        char opening = *checker->at;
        if (opening != '{' && opening != '[')
            return check_scalar(checker);
        if (!open_level(checker, opening == '{') || !skip_to_token(checker))
            return false;
        if (*checker->at == (checker->in_object ? '}' : ']')) {
            close_level(checker);
            return true;
        }
        if (checker->in_object && !check_name(checker))
            return false;
    }
}

/* Behind a value: closes what ends here and stops where the next value must begin, or at depth 0.*/
static bool check_separator(struct checker *checker)
{
    while (checker->depth > 0) {
        if (!skip_to_token(checker))
            return false;
        if (*checker->at == ',') {
            checker->at++;
            return !checker->in_object || check_name(checker);
        }
        if (*checker->at != (checker->in_object ? '}' : ']'))
            return refuse(checker, checker->at,
                          checker->in_object ? "',' or '}' was expected"
                                             : "',' or ']' was expected");
        close_level(checker);
    }
    return true;
}

static bool check_document(struct checker *checker)
{
    if (checker->end - checker->at >= 3 && memcmp(checker->at, "\xEF\xBB\xBF", 3) == 0)
        return refuse(checker, checker->at, "byte order mark before the value");
    do {
        if (!check_value(checker) || !check_separator(checker))
            return false;
    } while (checker->depth > 0);
    checker->at = json_skip_space(checker->at, checker->end);
    if (checker->at < checker->end)
        return refuse(checker, checker->at, "text goes on behind the value");
    return true;
}

static struct json_fault fault_at(struct str text, const struct checker *checker)
{
    struct json_fault fault = {.offset = (size_t)(checker->at - text.data),
                               .line = 1,
                               .column = 1,
                               .reason = checker->reason};
    for (size_t i = 0; i < fault.offset; i++) {
        fault.column++;
        if (text.data[i] == '\n') {
            fault.line++;
            fault.column = 1;
        }
    }
    return fault;
}

bool json_check(struct str text, struct json_fault *ret_fault)
{
    if (!text.data)
        text = STR("");
    struct checker checker = {.at = text.data, .end = text.data + text.len};
    bool accepted = check_document(&checker);
    if (!accepted && ret_fault)
        *ret_fault = fault_at(text, &checker);
    buffer_done(&checker.nesting);
    return accepted;
}

enum json_kind json_kind(struct str value)
{
    struct str root = json_root(value);
    if (root.len == 0)
        return JSON_MISSING;
    switch (root.data[0]) {
    case '{':
        return JSON_OBJECT;
    case '[':
        return JSON_ARRAY;
    case '"':
        return JSON_STRING;
    case 't':
        return JSON_TRUE;
    case 'f':
        return JSON_FALSE;
    case 'n':
        return JSON_NULL;
    default:
        return JSON_NUMBER;
    }
}

struct str json_root(struct str text)
{
    if (!text.data)
        return text;
    const char *end = text.data + text.len;
    const char *at = json_skip_space(text.data, end);
    while (end > at && memchr(" \t\r\n", end[-1], 4))
        end--;
    return (struct str){at, (size_t)(end - at)};
}

bool json_enter(struct str value, struct json_cursor *cursor)
{
    enum json_kind kind = json_kind(value);
    if (kind != JSON_OBJECT && kind != JSON_ARRAY)
        return false;
    struct str root = json_root(value);
    *cursor = (struct json_cursor){.at = root.data + 1,
                                   .end = root.data + root.len,
                                   .is_object = kind == JSON_OBJECT,
                                   .first = true};
    return true;
}

static struct str span(const char *at, const char *end)
{
    return (struct str){at, (size_t)(end - at)};
}

bool json_next(struct json_cursor *cursor, struct json_item *ret_item)
{
    const char *end = cursor->end;
    const char *at = json_skip_space(cursor->at, end);
    if (*at == '}' || *at == ']')
        return false;
    if (!cursor->first)
        at = json_skip_space(at + 1, end);
    struct str key = {0};
    if (cursor->is_object) {
        const char *behind = json_skip_string(at, end);
        key = span(at, behind);
        at = json_skip_space(json_skip_space(behind, end) + 1, end);
    }
    cursor->at = json_skip_value(at, end);
    cursor->first = false;
    *ret_item = (struct json_item){.key = key, .value = span(at, cursor->at)};
    return true;
}

struct str json_member(struct str object, struct str name)
{
    struct str found = {0};
    struct json_cursor cursor;
    struct json_item item;
    if (!json_enter(object, &cursor) || !cursor.is_object)
        return found;
    while (json_next(&cursor, &item)) {
        if (json_string_equals(item.key, name))
            found = item.value;
    }
    return found;
}
