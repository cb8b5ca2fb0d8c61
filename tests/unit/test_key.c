#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tui/key.h"

#include <string.h>

static void keys_have_the_names_that_help_shows(void **state)
{
    (void)state;
    static const struct {
        uint32_t key;
        const char *name;
    } table[] = {
        {'i', "i"},
        {'?', "?"},
        {' ', "Space"},
        {KEY_ENTER, "Enter"},
        {KEY_TAB, "Tab"},
        {KEY_ESCAPE, "Esc"},
        {KEY_CTRL('R'), "^R"},
        {KEY_CTRL('C'), "^C"},
        {0x1c, "^\\"},
        {0, "^@"},
        {0x7f, "Bksp"},
        {0xe9, "\xc3\xa9"},
        {0x1f600, "\xf0\x9f\x98\x80"},
        {KEY_CODE_UP, "Up"},
        {KEY_CODE_PAGE_DOWN, "PgDn"},
        {KEY_CODE_HOME, "Home"},
        {KEY_CODE_DELETE, "Del"},
        {KEY_CODE_BACK_TAB, "S-Tab"},
        {KEY_CODE_F1, "F1"},
        {KEY_CODE_F1 + 8, "F9"},
        {KEY_CODE_F12, "F12"},
        {KEY_CODE_F12 + 1, "?"},
        {KEY_CODE_BASE, "?"},
        {0x9b, "?"},
        {0xd800, "?"},
        {UINT32_MAX, "?"},
    };
    char name[KEY_NAME_SIZE];
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
        assert_string_equal(key_label(table[i].key, name), table[i].name);
}

static void text_is_what_can_be_typed_into_a_filter(void **state)
{
    (void)state;
    static const struct {
        uint32_t key;
        bool is_text;
    } table[] = {
        {0, false},       {0x1f, false},          {' ', true},          {'~', true},
        {0x7f, false},    {0x80, false},          {0x9f, false},        {0xa0, true},
        {0xd7ff, true},   {0xd800, false},        {0xdfff, false},      {0xe000, true},
        {0x10ffff, true}, {KEY_CODE_BASE, false}, {KEY_CODE_UP, false}, {UINT32_MAX, false},
    };
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
        assert_int_equal(key_is_text(table[i].key), table[i].is_text);
}

static void every_code_point_survives_encoding_and_decoding(void **state)
{
    (void)state;
    for (uint32_t point = 0; point < KEY_CODE_BASE; point++) {
        char bytes[KEY_UTF8_SIZE];
        struct key_decoder decoder = {0};
        uint32_t decoded = UINT32_MAX;
        bool is_done = false;
        size_t len = key_encode(point, bytes);
        if (len == 0 && point >= 0xd800 && point < 0xe000)
            continue;
        assert_true(len >= 1 && len <= KEY_UTF8_SIZE);
        for (size_t i = 0; i < len; i++) {
            assert_false(is_done);
            is_done = key_decode(&decoder, (unsigned char)bytes[i], &decoded);
        }
        assert_true(is_done);
        assert_int_equal(decoded, point);
    }
}

static void what_is_no_code_point_encodes_to_nothing(void **state)
{
    (void)state;
    static const uint32_t table[] = {0xd800, 0xdfff, KEY_CODE_BASE, KEY_CODE_F12, UINT32_MAX};
    char bytes[KEY_UTF8_SIZE];
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
        assert_int_equal(key_encode(table[i], bytes), 0);
}

static void bytes_that_are_not_utf8_vanish_and_the_text_goes_on(void **state)
{
    (void)state;
    static const char *const table[] = {
        "\x80",             /* a continuation by itself */
        "\xff",             /* no byte of UTF-8 */
        "\xc0\xaf",         /* overlong */
        "\xe0\x80\xaf",     /* overlong */
        "\xf0\x80\x80\xaf", /* overlong */
        "\xed\xa0\x80",     /* a surrogate */
        "\xf4\x90\x80\x80", /* beyond the last code point */
        "\xe2\x82",         /* cut off by what follows */
        "\xf0\x9f\x98",     /* cut off */
        "\xc3\xc3\xc3",     /* begun again and again */
    };
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        struct key_decoder decoder = {0};
        uint32_t decoded = UINT32_MAX;
        for (const char *at = table[i]; *at; at++)
            assert_false(key_decode(&decoder, (unsigned char)*at, &decoded));
        assert_int_equal(decoded, UINT32_MAX);
        assert_true(key_decode(&decoder, 'x', &decoded));
        assert_int_equal(decoded, 'x');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_have_the_names_that_help_shows),
        cmocka_unit_test(text_is_what_can_be_typed_into_a_filter),
        cmocka_unit_test(every_code_point_survives_encoding_and_decoding),
        cmocka_unit_test(what_is_no_code_point_encodes_to_nothing),
        cmocka_unit_test(bytes_that_are_not_utf8_vanish_and_the_text_goes_on),
    };
    return cmocka_run_group_tests_name("key", tests, NULL, NULL);
}
