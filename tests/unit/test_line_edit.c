#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tui/key.h"
#include "tui/line_edit.h"
#include "tui/line_words.h"

#include <string.h>

/* Keys as they are typed: '<' Left, '>' Right, '{' Home, '}' End, '#' Backspace, '~' Delete, others
 * as they are; "^X" is Ctrl-X. */
static uint32_t key_for(const char **at)
{
    static const struct {
        char c;
        uint32_t key;
    } keys[] = {
        {'<', KEY_CODE_LEFT}, {'>', KEY_CODE_RIGHT},     {'{', KEY_CODE_HOME},
        {'}', KEY_CODE_END},  {'#', KEY_CODE_BACKSPACE}, {'~', KEY_CODE_DELETE},
    };
    char c = *(*at)++;
    if (c == '^')
        return (uint32_t)KEY_CTRL(*(*at)++);
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        if (keys[i].c == c)
            return keys[i].key;
    }
    return (unsigned char)c;
}

static void keys_edit_the_line(void **state)
{
    (void)state;
    static const struct {
        const char *keys, *text;
        size_t at;
    } cases[] = {
        {"abc", "abc", 3},         {"abc<x", "abxc", 3},    {"abc{x}y", "xabcy", 5},
        {"abc^Ax^Ey", "xabcy", 5}, {"abc^B^Fx", "abcx", 4}, {"abc#", "ab", 2},
        {"abc{#", "abc", 0},       {"abc{~", "bc", 0},      {"abc~", "abc", 3},
        {"abc{^D", "bc", 0},       {"abc^H", "ab", 2},      {"ab cd ^W", "ab ", 3},
        {"ab cd^W^W", "", 0},      {"ab cd<^W", "ab d", 3}, {"ab cd<<^U", "cd", 0},
        {"ab cd<<^K", "ab ", 3},   {"abc{<x", "xabc", 1},   {"abc}>x", "abcx", 4},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct line_edit edit = {.len = 0};
        const char *at = cases[i].keys;
        while (*at)
            assert_true(line_edit_key(&edit, key_for(&at)));
        assert_string_equal(edit.text, cases[i].text);
        assert_int_equal(edit.at, cases[i].at);
    }
}

static void a_character_is_one_step_however_many_bytes_it_has(void **state)
{
    (void)state;
    struct line_edit edit = {.len = 0};
    line_edit_set(&edit, STR("a\xc3\xa9\xf0\x9f\x98\x80z"));
    assert_true(line_edit_key(&edit, KEY_CODE_LEFT));
    assert_true(line_edit_key(&edit, KEY_CODE_BACKSPACE));
    assert_string_equal(edit.text, "a\xc3\xa9z");
    assert_true(line_edit_key(&edit, KEY_CODE_LEFT));
    assert_true(line_edit_key(&edit, KEY_CODE_DELETE));
    assert_string_equal(edit.text, "az");
}

static void keys_that_edit_nothing_are_not_taken(void **state)
{
    (void)state;
    static const uint32_t keys[] = {KEY_ENTER,      KEY_ESCAPE,       KEY_TAB,       KEY_CODE_UP,
                                    KEY_CODE_F1,    KEY_CTRL('C'),    KEY_CTRL('X'), 0,
                                    KEY_CODE_BASE,  KEY_CODE_PAGE_UP, 0x85,          0xd800,
                                    KEY_CODE_INSERT};
    struct line_edit edit = {.len = 0};
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        assert_false(line_edit_key(&edit, keys[i]));
    assert_int_equal(edit.len, 0);
}

static void pasted_control_characters_are_blanks_or_nothing(void **state)
{
    (void)state;
    struct line_edit edit = {.len = 0};
    for (const char *at = "a\tb\nc\rd\033[A\001\x7f"; *at; at++)
        line_edit_paste(&edit, (unsigned char)*at);
    assert_string_equal(edit.text, "a b c d[A");
}

static void a_line_has_an_end(void **state)
{
    (void)state;
    struct line_edit edit = {.len = 0};
    for (int i = 0; i < 2 * LINE_EDIT_MAX; i++)
        line_edit_paste(&edit, 0x1f600);
    assert_int_equal(edit.len, LINE_EDIT_MAX / 4 * 4);
    assert_int_equal(edit.at, edit.len);
    assert_false(line_edit_replace(&edit, edit.at, STR("more")));
    line_edit_set(&edit, (struct str){edit.text, edit.len});
    assert_true(edit.len <= LINE_EDIT_MAX);
}

static uint32_t next_random(uint32_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed;
}

static bool is_between_characters(const struct line_edit *edit)
{
    return edit->at <= edit->len && ((unsigned char)edit->text[edit->at] & 0xc0) != 0x80;
}

static void whatever_is_typed_it_is_text_and_the_cursor_is_in_it(void **state)
{
    (void)state;
    struct line_edit edit = {.len = 0};
    uint32_t seed = 4711;
    for (int i = 0; i < 200000; i++) {
        uint32_t key = next_random(&seed) % 3 == 0 ? next_random(&seed) % 0x90
                       : next_random(&seed) % 2    ? KEY_CODE_BASE + next_random(&seed) % 16
                                                   : next_random(&seed) % 0x120000;
        if (next_random(&seed) % 8 == 0)
            line_edit_paste(&edit, key);
        else
            (void)line_edit_key(&edit, key);
        assert_true(is_between_characters(&edit));
        assert_int_equal(strlen(edit.text), edit.len);
        struct line_edit again;
        if (i % 64 == 0) {
            line_edit_set(&again, line_edit_str(&edit));
            assert_string_equal(again.text, edit.text);
        }
    }
}

/* ---- words ---- */

static void a_line_is_cut_as_a_shell_cuts_it(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        const char *words[4];
        bool is_open, ends_in_word;
    } cases[] = {
        {"", {NULL}, false, false},
        {"  ", {NULL}, false, false},
        {"a", {"a"}, false, true},
        {" a  b ", {"a", "b"}, false, false},
        {"a 'b c' d", {"a", "b c", "d"}, false, true},
        {"a \"b c\"", {"a", "b c"}, false, true},
        {"a b\\ c", {"a", "b c"}, false, true},
        {"a \"b\\\"c\"", {"a", "b\"c"}, false, true},
        {"a 'b\\'", {"a", "b\\"}, false, true},
        {"a ''", {"a", ""}, false, true},
        {"a 'b c", {"a", "b c"}, true, true},
        {"a b'c d'e", {"a", "bc de"}, false, true},
        {"a b\\", {"a", "b\\"}, false, true},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct line_words words;
        size_t count = 0;
        assert_int_equal(line_words_split(str_of(cases[i].line), &words, NULL), 0);
        for (; cases[i].words[count]; count++)
            assert_string_equal(words.words[count], cases[i].words[count]);
        assert_int_equal(words.count, count);
        assert_null(words.words[count]);
        assert_int_equal(words.is_open, cases[i].is_open);
        assert_int_equal(count > 0 && words.ends_in_word, cases[i].ends_in_word);
        line_words_done(&words);
    }
}

static void too_many_words_are_refused(void **state)
{
    (void)state;
    struct error error;
    struct line_words words;
    char line[2 * (LINE_WORDS_MAX + 1) + 1];
    for (size_t i = 0; i < sizeof(line) - 1; i += 2)
        memcpy(line + i, "a ", 2);
    line[2 * LINE_WORDS_MAX] = '\0';
    assert_int_equal(line_words_split(str_of(line), &words, &error), 0);
    line_words_done(&words);
    line[2 * LINE_WORDS_MAX] = 'a';
    line[2 * LINE_WORDS_MAX + 1] = '\0';
    assert_int_not_equal(line_words_split(str_of(line), &words, &error), 0);
    assert_string_equal(error.text, "more than 64 words");
}

static void what_is_quoted_is_one_word_again(void **state)
{
    (void)state;
    static const char *const texts[] = {"", "a", "a b", "'", "\"", "\\", "a'b\"c\\d e", " "};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct buffer quoted = {0};
        struct line_words words;
        line_words_quote(str_of(texts[i]), &quoted);
        assert_int_equal(line_words_split(buffer_str(&quoted), &words, NULL), 0);
        assert_int_equal(words.count, 1);
        assert_string_equal(words.words[0], texts[i]);
        line_words_done(&words);
        buffer_done(&quoted);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_edit_the_line),
        cmocka_unit_test(a_character_is_one_step_however_many_bytes_it_has),
        cmocka_unit_test(keys_that_edit_nothing_are_not_taken),
        cmocka_unit_test(pasted_control_characters_are_blanks_or_nothing),
        cmocka_unit_test(a_line_has_an_end),
        cmocka_unit_test(whatever_is_typed_it_is_text_and_the_cursor_is_in_it),
        cmocka_unit_test(a_line_is_cut_as_a_shell_cuts_it),
        cmocka_unit_test(too_many_words_are_refused),
        cmocka_unit_test(what_is_quoted_is_one_word_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
