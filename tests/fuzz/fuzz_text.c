/* Input: columns, ascii or not, then strangers' text. What comes out is harmless. */
#include "tests/fuzz/fuzz.h"
#include "tui/key.h"
#include "tui/text.h"

#include <stdlib.h>
#include <string.h>
#include <wchar.h>

enum { MARKS_MAX = 2, COLUMNS_PER_BYTE = 4 };

static bool is_between(uint32_t c, uint32_t first, uint32_t last)
{
    return c >= first && c <= last;
}

/* What the header of text.h says never reaches a terminal; written down a second time. */
static bool is_forbidden(uint32_t c)
{
    return c < 0x20 || is_between(c, 0x7f, 0x9f) || c == 0x61c || is_between(c, 0x200b, 0x200f) ||
           is_between(c, 0x2028, 0x202e) || is_between(c, 0x2060, 0x206f) || c == 0xfeff ||
           is_between(c, 0xd800, 0xf8ff) || is_between(c, 0xfff9, 0xfffb) ||
           is_between(c, 0xe0000, 0xe007f) || c >= 0xf0000 ||
           (c >= 0x80 && wcwidth((wchar_t)c) < 0);
}

/* Strict UTF-8: takes the first character off, and fails where there is none. */
static uint32_t take_character(struct str *rest)
{
    wchar_t c = (unsigned char)rest->data[0];
    mbstate_t state = {0};
    size_t len = c < 0x80 ? 1 : mbrtowc(&c, rest->data, rest->len, &state);
    FUZZ_CHECK(len > 0 && len <= rest->len);
    rest->data += len;
    rest->len -= len;
    return (uint32_t)c;
}

/* Returns the columns that wcwidth() counts. */
static size_t check_harmless(struct str text, bool ascii)
{
    size_t columns = 0, marks = 0;
    while (text.len > 0) {
        uint32_t c = take_character(&text);
        FUZZ_CHECK(!is_forbidden(c));
        FUZZ_CHECK(!ascii || c < 0x80);
        int width = c < 0x80 ? 1 : wcwidth((wchar_t)c);
        marks = width == 0 ? marks + 1 : 0;
        FUZZ_CHECK(marks <= MARKS_MAX);
        columns += (size_t)width;
    }
    return columns;
}

/* All of the text, glyph by glyph; returns its columns. */
static size_t check_glyphs(struct str text, bool ascii)
{
    struct text_state state = {{0}, 0, 0};
    struct glyph glyph;
    struct str rest = text;
    struct buffer whole = {0}, safe = {0};
    size_t columns = 0;
    while (text_next(&rest, ascii, &state, &glyph)) {
        FUZZ_CHECK(glyph.len > 0 && glyph.len <= GLYPH_BYTES);
        FUZZ_CHECK(glyph.width == 1 || glyph.width == 2);
        FUZZ_CHECK(check_harmless((struct str){glyph.text, glyph.len}, ascii) == glyph.width);
        buffer_add(&whole, glyph.text, glyph.len);
        columns += glyph.width;
        FUZZ_CHECK(columns <= COLUMNS_PER_BYTE * text.len);
    }
    FUZZ_CHECK(rest.len == 0);
    FUZZ_CHECK(text_safe(text, SIZE_MAX, ascii, &safe) == columns);
    fuzz_check_equal(&safe, &whole);
    buffer_done(&whole);
    buffer_done(&safe);
    return columns;
}

/* Cut to a width, and harmless already: once more changes nothing. */
static void check_cut(struct str text, size_t room, size_t columns, bool ascii)
{
    struct buffer out = {0}, again = {0};
    size_t used = text_safe(text, room, ascii, &out);
    FUZZ_CHECK(used <= room && used <= columns);
    FUZZ_CHECK(check_harmless(buffer_str(&out), ascii) == used);
    FUZZ_CHECK(text_fits(text, room, ascii) == (columns <= room));
    if (columns <= room) {
        FUZZ_CHECK(used == columns);
    } else if (room > 0) {
        struct str mark = text_cut_mark(ascii);
        FUZZ_CHECK(used + 1 >= room && out.len >= mark.len);
        FUZZ_CHECK(memcmp(out.data + out.len - mark.len, mark.data, mark.len) == 0);
    }
    FUZZ_CHECK(text_safe(buffer_str(&out), SIZE_MAX, ascii, &again) == used);
    fuzz_check_equal(&again, &out);
    buffer_done(&out);
    buffer_done(&again);
}

/* The same bytes as typed: what is decoded is a code point, and is encoded as it was. */
static void check_keys(struct str text)
{
    struct key_decoder decoder = {0};
    uint32_t key;
    for (size_t i = 0; i < text.len; i++) {
        char bytes[KEY_UTF8_SIZE], label[KEY_NAME_SIZE];
        if (!key_decode(&decoder, (unsigned char)text.data[i], &key))
            continue;
        FUZZ_CHECK(key < KEY_CODE_BASE && !is_between(key, 0xd800, 0xdfff));
        size_t len = key_encode(key, bytes);
        FUZZ_CHECK(len > 0 && len <= i + 1);
        FUZZ_CHECK(memcmp(text.data + i + 1 - len, bytes, len) == 0);
        FUZZ_CHECK(memchr(key_label(key, label), 0, sizeof(label)));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, data + size};
    size_t room = fuzz_byte(&input);
    bool ascii = fuzz_byte(&input) & 1;
    struct str text = fuzz_rest(&input);
    size_t columns = check_glyphs(text, ascii);
    FUZZ_CHECK(text_width(text, ascii) == columns);
    check_cut(text, room, columns, ascii);
    check_keys(text);
    return 0;
}
