#include "tui/text.h"

#include <stdio.h>
#include <string.h>
#include <wchar.h>

enum { MARKS_PER_GLYPH = 2, SURROGATE_FIRST = 0xd800, SURROGATE_LAST = 0xdfff };

/* Characters that draw nothing, draw elsewhere, or mean something else on every host. */
static const struct {
    uint32_t first, last;
} hidden_ranges[] = {
    {0x0080, 0x009f},    /* C1 controls */
    {0x00ad, 0x00ad},    /* soft hyphen */
    {0x034f, 0x034f},    /* combining grapheme joiner */
    {0x061c, 0x061c},    /* Arabic letter mark */
    {0x115f, 0x1160},    /* Hangul fillers */
    {0x17b4, 0x17b5},    /* Khmer inherent vowels */
    {0x180b, 0x180f},    /* Mongolian selectors and vowel separator */
    {0x200b, 0x200f},    /* zero-width and direction marks */
    {0x2028, 0x202e},    /* separators, embeddings, overrides */
    {0x2060, 0x206f},    /* word joiner, isolates, deprecated controls */
    {0x3164, 0x3164},    /* Hangul filler */
    {0xd800, 0xf8ff},    /* surrogates (WTF-8), private use */
    {0xfe00, 0xfe0f},    /* variation selectors: terminals disagree on the width they give */
    {0xfeff, 0xfeff},    /* byte order mark */
    {0xffa0, 0xffa0},    /* halfwidth Hangul filler */
    {0xfff0, 0xfffb},    /* interlinear annotation */
    {0x13430, 0x1345f},  /* Egyptian format controls */
    {0x1bca0, 0x1bca3},  /* shorthand format controls */
    {0x1d159, 0x1d159},  /* musical null notehead */
    {0x1d173, 0x1d17a},  /* musical format controls */
    {0xe0000, 0xe0fff},  /* tags, variation selectors */
    {0xf0000, 0x10ffff}, /* private use */
};

enum looks { LOOKS_PLAIN, LOOKS_CONTROL, LOOKS_HIDDEN, LOOKS_MARK };

static bool is_hidden(uint32_t c)
{
    for (size_t i = 0; i < sizeof(hidden_ranges) / sizeof(hidden_ranges[0]); i++) {
        if (c <= hidden_ranges[i].last)
            return c >= hidden_ranges[i].first;
    }
    return true;
}

static enum looks looks_of(uint32_t c, int *ret_width)
{
    *ret_width = 1;
    if (c >= 0x20 && c < 0x7f)
        return LOOKS_PLAIN;
    if (c < 0x20 || c == 0x7f)
        return LOOKS_CONTROL;
    if (is_hidden(c))
        return LOOKS_HIDDEN;
    *ret_width = wcwidth((wchar_t)c);
    if (*ret_width == 0)
        return LOOKS_MARK;
    return *ret_width == 1 || *ret_width == 2 ? LOOKS_PLAIN : LOOKS_HIDDEN;
}

/* The length of the first character of a text that is not empty; 0 where it is no UTF-8. Lone
 * surrogates are let through, to be named rather than shown as bytes. */
static size_t decode(struct str text, uint32_t *ret_c)
{
    const unsigned char *bytes = (const unsigned char *)text.data;
    if (bytes[0] < 0x80) {
        *ret_c = bytes[0];
        return 1;
    }
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t len = bytes[0] >= 0xf0 ? 4 : bytes[0] >= 0xe0 ? 3 : 2;
    if (bytes[0] < 0xc2 || bytes[0] > 0xf4 || len > text.len)
        return 0;
    uint32_t c = bytes[0] & (0x7fU >> len);
    for (size_t i = 1; i < len; i++) {
        if ((bytes[i] & 0xc0) != 0x80)
            return 0;
        c = c << 6 | (bytes[i] & 0x3f);
    }
    if (c < least[len] || c > 0x10ffff)
        return 0;
    *ret_c = c;
    return len;
}

/* Of no text, which may have no address, nothing. */
static void take(struct str *rest, size_t len)
{
    if (len == 0)
        return;
    rest->data += len;
    rest->len -= len;
}

/* Moves the combining marks that follow onto the glyph, as many as a cell may carry. */
static void take_marks(struct str *rest, bool ascii, struct glyph *glyph)
{
    int marks = 0;
    while (rest->len > 0 && (unsigned char)rest->data[0] >= 0x80) {
        uint32_t c;
        int width;
        size_t len = decode(*rest, &c);
        if (len == 0 || looks_of(c, &width) != LOOKS_MARK)
            return;
        if (marks < MARKS_PER_GLYPH && !ascii) {
            memcpy(glyph->text + glyph->len, rest->data, len);
            glyph->len = (uint8_t)(glyph->len + len);
            marks++;
        }
        take(rest, len);
    }
}

/* Arrows, symbols, pictures: what emoji are made of. */
static bool is_picture(uint32_t c)
{
    return (c >= 0x2190 && c <= 0x2bff) || (c >= 0x1f000 && c <= 0x1faff);
}

static bool is_tone(uint32_t c)
{
    return c >= 0x1f3fb && c <= 0x1f3ff;
}

/* A joiner is one only before another picture; a tone is none, though it looks like one alone. */
static bool joins(struct str rest)
{
    uint32_t c;
    return rest.len > 0 && decode(rest, &c) > 0 && is_picture(c) && !is_tone(c);
}

/* What makes a picture another one: how it is to look, the tone of skin, that the next one belongs
 * to it. Terminals disagree on the width of what comes of it, but not on that of its parts. */
static void take_modifiers(struct str *rest, uint32_t base)
{
    enum { JOINER = 0x200d };
    while (rest->len > 0 && is_picture(base)) {
        uint32_t c;
        size_t len = decode(*rest, &c);
        struct str behind = {rest->data + len, rest->len - len};
        bool is_look = c == 0xfe0e || c == 0xfe0f;
        if (len == 0 || !(is_look || is_tone(c) || (c == JOINER && joins(behind))))
            return;
        *rest = behind;
        if (c == JOINER)
            return;
    }
}

/* Flags are pairs of letters, and read best as such. */
static char letter_of_flag(uint32_t c)
{
    enum { FLAG_A = 0x1f1e6, FLAG_Z = 0x1f1ff };
    return c >= FLAG_A && c <= FLAG_Z ? (char)('A' + (int)(c - FLAG_A)) : '\0';
}

static bool next_pending(struct text_state *state, struct glyph *ret_glyph)
{
    if (state->pending_at >= state->pending_len)
        return false;
    *ret_glyph = (struct glyph){.len = 1, .width = 1};
    ret_glyph->text[0] = state->pending[state->pending_at++];
    return true;
}

/* Spells out what must not be shown; the glyphs come from the state, one by one. */
static void spell(struct text_state *state, uint32_t c, enum looks looks)
{
    int len = looks == LOOKS_CONTROL
                  ? snprintf(state->pending, sizeof(state->pending), "^%c", (char)(c ^ 0x40))
                  : snprintf(state->pending, sizeof(state->pending), "<%04X>", (unsigned)c);
    state->pending_len = (uint8_t)len;
    state->pending_at = 0;
}

static void spell_byte(struct text_state *state, char byte)
{
    int len = snprintf(state->pending, sizeof(state->pending), "\\x%02x", (unsigned char)byte);
    state->pending_len = (uint8_t)len;
    state->pending_at = 0;
}

/* '?' for each column of a character that the terminal cannot show. */
static void stand_in(struct text_state *state, int width)
{
    memset(state->pending, '?', (size_t)width);
    state->pending_len = (uint8_t)width;
    state->pending_at = 0;
}

/* Printable ASCII, as most text is. */
static bool is_plain(char c)
{
    return c >= ' ' && c <= '~';
}

bool text_next(struct str *rest, bool ascii, struct text_state *state, struct glyph *ret_glyph)
{
    if (next_pending(state, ret_glyph))
        return true;
    if (rest->len == 0)
        return false;
    if (is_plain(rest->data[0]) && (rest->len == 1 || (signed char)rest->data[1] >= 0)) {
        *ret_glyph = (struct glyph){.text = {rest->data[0]}, .len = 1, .width = 1};
        take(rest, 1);
        return true;
    }
    uint32_t c = 0;
    int width = 1;
    struct glyph glyph = {.len = 0};
    size_t len = decode(*rest, &c);
    enum looks looks = looks_of(c, &width);
    if (len == 0) {
        spell_byte(state, rest->data[0]);
        take(rest, 1);
        return next_pending(state, ret_glyph);
    }
    memcpy(glyph.text, rest->data, len);
    glyph.len = (uint8_t)len;
    glyph.width = (uint8_t)width;
    take(rest, len);
    if (looks != LOOKS_PLAIN) {
        spell(state, c, looks);
        return next_pending(state, ret_glyph);
    }
    if (letter_of_flag(c)) {
        *ret_glyph = (struct glyph){.text = {letter_of_flag(c)}, .len = 1, .width = 1};
        return true;
    }
    take_marks(rest, ascii, &glyph);
    take_modifiers(rest, c);
    if (ascii && c >= 0x80) {
        stand_in(state, width);
        return next_pending(state, ret_glyph);
    }
    *ret_glyph = glyph;
    return true;
}

/* How many bytes at the beginning take a column each: plain ones that no mark can follow. */
static size_t plain_len(struct str text)
{
    size_t len = 0;
    while (len < text.len && is_plain(text.data[len]))
        len++;
    return len < text.len && len > 0 ? len - 1 : len;
}

bool text_fits(struct str text, size_t columns, bool ascii)
{
    struct text_state state = {{0}, 0, 0};
    struct glyph glyph;
    size_t used = plain_len(text);
    take(&text, used);
    while (used <= columns && text_next(&text, ascii, &state, &glyph))
        used += glyph.width;
    return used <= columns;
}

size_t text_width(struct str text, bool ascii)
{
    struct text_state state = {{0}, 0, 0};
    struct glyph glyph;
    size_t used = plain_len(text);
    take(&text, used);
    while (text_next(&text, ascii, &state, &glyph))
        used += glyph.width;
    return used;
}

size_t text_safe(struct str text, size_t max_columns, bool ascii, struct buffer *out)
{
    if (max_columns == 0)
        return 0;
    bool is_cut = !text_fits(text, max_columns, ascii);
    size_t room = is_cut ? max_columns - 1 : max_columns;
    struct text_state state = {{0}, 0, 0};
    struct glyph glyph;
    size_t used = 0;
    while (text_next(&text, ascii, &state, &glyph) && used + glyph.width <= room) {
        buffer_add(out, glyph.text, glyph.len);
        used += glyph.width;
    }
    if (!is_cut)
        return used;
    buffer_add_str(out, text_cut_mark(ascii));
    return used + 1;
}

struct str text_cut_mark(bool ascii)
{
    return ascii ? STR("~") : STR("\xe2\x80\xa6");
}
