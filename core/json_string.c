#include "core/json.h"
#include "core/json_scan.h"

typedef uint32_t take_char(const char **at, const char *end);

bool json_string_equals(struct str literal, struct str decoded)
{
    struct str inner = json_unquoted(literal);
    const char *at = inner.data;
    const char *end = at + inner.len;
    size_t matched = 0;
    while (at < end) {
        char bytes[JSON_CHAR_BYTES];
        struct str run = {at, (size_t)(json_skip_ascii(at, end) - at)};
        if (run.len > 0) {
            at += run.len;
        } else {
            run = (struct str){bytes, json_char_write(json_char_next(&at, end), bytes)};
        }
        if (decoded.len - matched < run.len ||
            memcmp(decoded.data + matched, run.data, run.len) != 0)
            return false;
        matched += run.len;
    }
    return matched == decoded.len;
}

void json_decode(struct str literal, struct buffer *out)
{
    struct str inner = json_unquoted(literal);
    const char *at = inner.data;
    const char *end = at + inner.len;
    while (at < end) {
        const char *run = at;
        at = json_skip_ascii(at, end);
        buffer_add(out, run, (size_t)(at - run));
        if (at < end) {
            char bytes[JSON_CHAR_BYTES];
            size_t count = json_char_write(json_char_next(&at, end), bytes);
            buffer_add(out, bytes, count);
        }
    }
}

static char short_escape(uint32_t character)
{
    switch (character) {
    case '"':
    case '\\':
        return (char)character;
    case '\b':
        return 'b';
    case '\f':
        return 'f';
    case '\n':
        return 'n';
    case '\r':
        return 'r';
    case '\t':
        return 't';
    default:
        return '\0';
    }
}

static void quote_char(uint32_t character, struct buffer *out)
{
    char escape = short_escape(character);
    if (escape) {
        char both[] = {'\\', escape};
        buffer_add(out, both, sizeof(both));
    } else if (character < 0x20 || (character >= 0xD800 && character <= 0xDFFF)) {
        buffer_addf(out, "\\u%04x", (unsigned)character);
    } else {
        char bytes[JSON_CHAR_BYTES];
        size_t count = json_char_write(character, bytes);
        buffer_add(out, bytes, count);
    }
}

static void quote_all(struct str text, take_char *take, struct buffer *out)
{
    const char *at = text.data;
    const char *end = text.len ? at + text.len : at;
    buffer_add_char(out, '"');
    while (at < end) {
        const char *run = at;
        at = json_skip_ascii(at, end);
        buffer_add(out, run, (size_t)(at - run));
        if (at < end)
            quote_char(take(&at, end), out);
    }
    buffer_add_char(out, '"');
}

static uint32_t wtf8_next(const char **at, const char *end)
{
    return json_utf8_next(at, end, true);
}

void json_quote(struct str decoded, struct buffer *out)
{
    quote_all(decoded, wtf8_next, out);
}

void json_quote_literal(struct str literal, struct buffer *out)
{
    quote_all(json_unquoted(literal), json_char_next, out);
}

bool json_is_index_key(struct str decoded, uint32_t *ret_index)
{
    enum { MOST_DIGITS = 10 };
    if (decoded.len == 0 || decoded.len > MOST_DIGITS)
        return false;
    if (decoded.data[0] == '0' && decoded.len > 1)
        return false;
    uint64_t index = 0;
    for (size_t i = 0; i < decoded.len; i++) {
        if (decoded.data[i] < '0' || decoded.data[i] > '9')
            return false;
        index = index * 10 + (uint64_t)(decoded.data[i] - '0');
    }
    if (index >= UINT32_MAX)
        return false;
    if (ret_index)
        *ret_index = (uint32_t)index;
    return true;
}
