#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tui/text.h"

#include <locale.h>
#include <string.h>

#define COMBINE "\u0301\u0302\u0303"

static const struct example {
    struct str text;
    const char *safe;
    size_t columns;
    const char *ascii; /* NULL: the same */
} examples[] = {
    {{"", 0}, "", 0, NULL},
    {{"plain text", 10}, "plain text", 10, NULL},
    {{"a\0b", 3}, "a^@b", 4, NULL},
    {{"\x1b[31m", 5}, "^[[31m", 6, NULL},
    {{"a\tb\nc\r", 6}, "a^Ib^Jc^M", 9, NULL},
    {{"\x7f", 1}, "^?", 2, NULL},
    {{"\xc2\x9b"
      "31m",
      5},
     "<009B>31m",
     9,
     NULL},
    {{"\u202eabc\u202c", 9}, "<202E>abc<202C>", 15, NULL},
    {{"\u2066\u2069\u061c\u200f", 11}, "<2066><2069><061C><200F>", 24, NULL},
    {{"a\u200bb\u200d\ufeff", 11}, "a<200B>b<200D><FEFF>", 20, NULL},
    {{"\u00ad\u034f\u2060", 7}, "<00AD><034F><2060>", 18, NULL},
    {{"\u2028\u2029", 6}, "<2028><2029>", 12, NULL},
    {{"\ue000\U000f0000", 7}, "<E000><F0000>", 13, NULL},
    {{"\U000e0041\U000e007f", 8}, "<E0041><E007F>", 14, NULL},
    {{"\ufe0f\U000e0100", 7}, "<FE0F><E0100>", 13, NULL},
    {{"\u115f\u1160\u3164\uffa0", 12}, "<115F><1160><3164><FFA0>", 24, NULL},
    {{"\ufffe\uffff", 6}, "<FFFE><FFFF>", 12, NULL},
    {{"\U0010ffff", 4}, "<10FFFF>", 8, NULL},
    {{"\xed\xa0\xbd", 3}, "<D83D>", 6, NULL},
    {{"\xed\xb0\x80.", 4}, "<DC00>.", 7, NULL},
    {{"\xff\xfe", 2}, "\\xff\\xfe", 8, NULL},
    {{"\xc0\xaf", 2}, "\\xc0\\xaf", 8, NULL},
    {{"\xe0\x80\xaf", 3}, "\\xe0\\x80\\xaf", 12, NULL},
    {{"\xf4\x90\x80\x80", 4}, "\\xf4\\x90\\x80\\x80", 16, NULL},
    {{"\xe2\x82", 2}, "\\xe2\\x82", 8, NULL},
    {{"\x80z", 2}, "\\x80z", 5, NULL},
    {{"\u00e9t\u00e9", 5}, "\u00e9t\u00e9", 3, "?t?"},
    {{"\u8acb\u6c42", 6}, "\u8acb\u6c42", 4, "????"},
    {{"\U0001f600!", 5},
     "\U0001f600!",
     3,
     "?"
     "?!"},
    {{"e\u0301x", 4}, "e\u0301x", 2, "ex"},
    {{"e" COMBINE "x", 8}, "e\u0301\u0302x", 2, "ex"},
    {{"\u0301x", 3}, "<0301>x", 7, NULL},
    {{"\x01\u0301x", 4}, "^A<0301>x", 9, NULL},
    {{"\u8acb" COMBINE, 9}, "\u8acb\u0301\u0302", 2, "??"},
    /* emoji: look, joined, tone of skin, flag; a joiner between letters is told */
    {{"\u2764\ufe0f!", 7}, "\u2764!", 2, "?!"},
    {{"\U0001f468\u200d\U0001f469\u200d\U0001f467", 18},
     "\U0001f468\U0001f469\U0001f467",
     6,
     "??????"},
    {{"\u2764\ufe0f\u200d\U0001f525", 13}, "\u2764\U0001f525", 3, "???"},
    {{"\U0001f44d\U0001f3fd.", 9}, "\U0001f44d.", 3, "??."},
    {{"\U0001f1e9\U0001f1ea!", 9}, "DE!", 3, NULL},
    {{"\U0001f468\u200d", 7},
     "\U0001f468<200D>",
     8,
     "?"
     "?"
     "<200D>"},
    {{"\U0001f468\u200dx", 8},
     "\U0001f468<200D>x",
     9,
     "?"
     "?"
     "<200D>x"},
    {{"\U0001f44d\u200d\U0001f3fd", 11},
     "\U0001f44d<200D>\U0001f3fd",
     10,
     "?"
     "?<200D>?"
     "?"},
    {{"a\ufe0f", 4}, "a<FE0F>", 7, NULL},
    {{"\u0645\u0631\u062d\u0628\u0627", 10}, "\u0645\u0631\u062d\u0628\u0627", 5, "?????"},
    {{"\u05e9\u05dc", 4}, "\u05e9\u05dc", 2, "??"},
    {{"%s%n", 4}, "%s%n", 4, NULL},
};

static void check(struct str text, bool ascii, const char *safe, size_t columns)
{
    struct buffer out = {0};
    assert_int_equal(text_safe(text, SIZE_MAX, ascii, &out), columns);
    assert_string_equal(out.data ? out.data : "", safe);
    assert_int_equal(text_width(text, ascii), columns);
    assert_true(text_fits(text, columns, ascii));
    assert_true(columns == 0 || !text_fits(text, columns - 1, ascii));
    buffer_done(&out);
}

static void hostile_characters_are_named_and_others_kept(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
        const struct example *example = &examples[i];
        check(example->text, false, example->safe, example->columns);
        check(example->text, true, example->ascii ? example->ascii : example->safe,
              example->columns);
    }
    print_message("texts: %zu\n", sizeof(examples) / sizeof(examples[0]));
}

static void cut_text_ends_in_a_mark_within_its_columns(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t columns;
        bool ascii;
        const char *safe;
        size_t used;
    } cuts[] = {
        {"abcdef", 6, false, "abcdef", 6},
        {"abcdef", 5, false, "abcd\u2026", 5},
        {"abcdef", 5, true, "abcd~", 5},
        {"abcdef", 1, false, "\u2026", 1},
        {"abcdef", 0, false, "", 0},
        {"", 0, false, "", 0},
        {"\u8acb\u6c42\u66f8", 5, false, "\u8acb\u6c42\u2026", 5},
        {"\u8acb\u6c42\u66f8", 4, false, "\u8acb\u2026", 3},
        {"\u8acb", 1, false, "\u2026", 1},
        {"\u202eabc", 4, false, "<20\u2026", 4},
        {"e" COMBINE "fgh", 3, false, "e\u0301\u0302f\u2026", 3},
    };
    for (size_t i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++) {
        struct buffer out = {0};
        assert_int_equal(text_safe(str_of(cuts[i].text), cuts[i].columns, cuts[i].ascii, &out),
                         cuts[i].used);
        assert_string_equal(out.data ? out.data : "", cuts[i].safe);
        buffer_done(&out);
    }
}

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525 + 1013904223;
    return *seed >> 8;
}

/* Bytes of the sort that break things, now and then any byte at all. */
static size_t make_nasty(uint32_t *seed, char *text, size_t size)
{
    static const char *const parts[] = {"\x1b[",        "\u202e",   "\u0301", "\u200b",
                                        "\xed\xa0\x80", "a",        "\u8acb", "\xff",
                                        "\xe2",         "\xc2\x9b", "\x7f",   " "};
    size_t len = 0;
    size_t wanted = next_random(seed) % size;
    while (len < wanted) {
        const char *part = parts[next_random(seed) % (sizeof(parts) / sizeof(parts[0]))];
        size_t part_len = strlen(part);
        if (next_random(seed) % 3 == 0 || len + part_len > wanted)
            text[len++] = (char)next_random(seed);
        else {
            memcpy(text + len, part, part_len);
            len += part_len;
        }
    }
    return len;
}

static bool is_forbidden(struct str text)
{
    static const char *const sequences[] = {"\u202e", "\u200b", "\xc2\x9b", "\xed\xa0", "\ufeff"};
    for (size_t i = 0; i < text.len; i++) {
        unsigned char byte = (unsigned char)text.data[i];
        if (byte < 0x20 || byte == 0x7f || byte == 0xff || byte == 0xc0)
            return true;
    }
    for (size_t i = 0; i < sizeof(sequences) / sizeof(sequences[0]); i++) {
        if (text.len > 0 && memmem(text.data, text.len, sequences[i], strlen(sequences[i])))
            return true;
    }
    return false;
}

static void nothing_forbidden_comes_out_whatever_goes_in(void **state)
{
    (void)state;
    enum { ROUNDS = 20000, SIZE = 48 };
    uint32_t seed = 20261122;
    for (int round = 0; round < ROUNDS; round++) {
        char text[SIZE];
        struct str nasty = {text, make_nasty(&seed, text, sizeof(text))};
        bool ascii = round % 2;
        size_t room = next_random(&seed) % SIZE;
        struct buffer out = {0};
        size_t used = text_safe(nasty, room, ascii, &out);
        assert_true(used <= room);
        assert_false(is_forbidden(buffer_str(&out)));
        /* What came out is harmless already: once more changes nothing. */
        struct buffer again = {0};
        assert_int_equal(text_safe(buffer_str(&out), SIZE_MAX, ascii, &again), used);
        assert_true(str_equal(buffer_str(&out), buffer_str(&again)));
        for (size_t i = 0; ascii && i < out.len; i++)
            assert_true((unsigned char)out.data[i] < 0x80);
        buffer_done(&out);
        buffer_done(&again);
    }
    print_message("random texts: %d\n", ROUNDS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hostile_characters_are_named_and_others_kept),
        cmocka_unit_test(cut_text_ends_in_a_mark_within_its_columns),
        cmocka_unit_test(nothing_forbidden_comes_out_whatever_goes_in),
    };
    assert_non_null(setlocale(LC_CTYPE, "C.UTF-8"));
    return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
