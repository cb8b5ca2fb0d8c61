#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/string_index.h"

enum { MANY = 20000, SHORT_TEXT = 24 };

static struct str text_at(const void *owner, size_t place)
{
    const struct str *strings = owner;
    return strings[place];
}

/* MANY different strings, of all lengths from one byte up. */
static struct str *make_strings(char (*texts)[SHORT_TEXT])
{
    struct str *strings = calloc(MANY, sizeof(*strings));
    assert_non_null(strings);
    for (size_t i = 0; i < MANY; i++) {
        int len = snprintf(texts[i], SHORT_TEXT, "%zx%.*s", i, (int)(i % 17), "................");
        strings[i] = (struct str){texts[i], (size_t)len};
    }
    return strings;
}

static void enter(struct string_index *index, struct string_source source, size_t place)
{
    assert_true(string_index_reserve(index, source, place + 1));
    string_index_put(index, source, place);
}

static void every_string_is_found_at_its_place_while_the_table_grows(void **state)
{
    (void)state;
    char(*texts)[SHORT_TEXT] = calloc(MANY, sizeof(*texts));
    assert_non_null(texts);
    struct str *strings = make_strings(texts);
    struct string_source source = {text_at, strings};
    struct string_index index = {0};
    for (size_t i = 0; i < MANY; i++) {
        assert_int_equal(string_index_find(&index, source, strings[i]), STRING_INDEX_NONE);
        enter(&index, source, i);
        assert_int_equal(string_index_find(&index, source, strings[i / 2]), i / 2);
    }
    for (size_t i = 0; i < MANY; i++)
        assert_int_equal(string_index_find(&index, source, strings[i]), i);
    string_index_done(&index);
    free(strings);
    free(texts);
}

static void an_empty_table_has_nothing(void **state)
{
    (void)state;
    struct string_index index = {0};
    struct string_source source = {text_at, NULL};
    assert_int_equal(string_index_find(&index, source, STR("a")), STRING_INDEX_NONE);
    assert_true(string_index_reserve(&index, source, 0));
    assert_int_equal(string_index_find(&index, source, STR("")), STRING_INDEX_NONE);
    string_index_done(&index);
}

static void of_equal_strings_the_later_place_is_found_also_after_growth(void **state)
{
    (void)state;
    struct str strings[40];
    for (size_t i = 0; i < 40; i++)
        strings[i] = i % 2 ? STR("odd") : STR("even");
    struct string_source source = {text_at, strings};
    struct string_index index = {0};
    for (size_t i = 0; i < 40; i++) {
        enter(&index, source, i);
        assert_int_equal(string_index_find(&index, source, strings[i]), i);
    }
    assert_int_equal(string_index_find(&index, source, STR("even")), 38);
    string_index_done(&index);
}

static void strings_that_differ_in_one_byte_or_in_length_are_different(void **state)
{
    (void)state;
    struct str strings[] = {
        STR(""),
        STR("\0"),
        STR("\0\0"),
        STR("12345678"),
        STR("12345678\0"),
        STR("1234567"),
        STR("12345679"),
        STR("a"),
        STR("A"),
        STR("aaaaaaaaaaaaaaaa"),
        STR("aaaaaaaaaaaaaaab"),
    };
    enum { COUNT = sizeof(strings) / sizeof(strings[0]) };
    struct string_source source = {text_at, strings};
    struct string_index index = {0};
    for (size_t i = 0; i < COUNT; i++)
        enter(&index, source, i);
    for (size_t i = 0; i < COUNT; i++)
        assert_int_equal(string_index_find(&index, source, strings[i]), i);
    string_index_done(&index);
}

static void a_shift_moves_the_places_behind_a_gap(void **state)
{
    (void)state;
    struct str strings[5] = {STR("a"), STR("b"), STR("d"), STR("e")};
    struct string_source source = {text_at, strings};
    struct string_index index = {0};
    for (size_t i = 0; i < 4; i++)
        enter(&index, source, i);
    assert_true(string_index_reserve(&index, source, 5));
    memmove(&strings[3], &strings[2], 2 * sizeof(strings[0]));
    string_index_shift(&index, 2);
    strings[2] = STR("c");
    string_index_put(&index, source, 2);
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(string_index_find(&index, source, strings[i]), i);
    string_index_done(&index);
}

static void more_places_than_a_cell_can_name_are_refused(void **state)
{
    (void)state;
    struct string_index index = {0};
    struct string_source source = {text_at, NULL};
    assert_false(string_index_reserve(&index, source, STRING_INDEX_MAX + 1));
    assert_null(index.cells);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_string_is_found_at_its_place_while_the_table_grows),
        cmocka_unit_test(an_empty_table_has_nothing),
        cmocka_unit_test(of_equal_strings_the_later_place_is_found_also_after_growth),
        cmocka_unit_test(strings_that_differ_in_one_byte_or_in_length_are_different),
        cmocka_unit_test(a_shift_moves_the_places_behind_a_gap),
        cmocka_unit_test(more_places_than_a_cell_can_name_are_refused),
    };
    return cmocka_run_group_tests_name("string_index", tests, NULL, NULL);
}
