#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tui/cells.h"

#include <locale.h>
#include <string.h>

static void assert_row(const struct cells *cells, int row, const char *text)
{
    struct buffer out = {0};
    cells_print_text(cells, &out);
    char *line = out.data;
    for (int i = 0; i < row; i++)
        line = strchr(line, '\n') + 1;
    *strchr(line, '\n') = '\0';
    assert_string_equal(line, text);
    buffer_done(&out);
}

/* Halves of wide glyphs stand together or not at all, and rows are full. */
static void assert_whole(const struct cells *cells)
{
    for (int row = 0; row < cells->height; row++) {
        for (int column = 0; column < cells->width; column++) {
            const struct glyph *glyph = &cells_at(cells, row, column)->glyph;
            if (glyph->width == 2)
                assert_true(column + 1 < cells->width &&
                            cells_at(cells, row, column + 1)->glyph.width == 0);
            if (glyph->width == 0)
                assert_true(column > 0 && cells_at(cells, row, column - 1)->glyph.width == 2);
            assert_true(glyph->width == 0 || glyph->len > 0);
        }
    }
}

static int set_up(void **state)
{
    static struct cells cells;
    cells = (struct cells){0};
    *state = &cells;
    return cells_resize(&cells, 10, 3);
}

static int tear_down(void **state)
{
    cells_done(*state);
    return 0;
}

static void text_is_cut_at_its_width_and_at_the_edge(void **state)
{
    struct cells *cells = *state;
    assert_int_equal(cells_text(cells, 0, 0, 10, ROLE_TEXT, STR("0123456789")), 10);
    assert_row(cells, 0, "0123456789");
    assert_int_equal(cells_text(cells, 0, 2, 4, ROLE_TEXT, STR("abcdef")), 4);
    assert_row(cells, 0, "01abc\u20266789");
    assert_int_equal(cells_text(cells, 1, 7, 100, ROLE_TEXT, STR("abcdef")), 3);
    assert_row(cells, 1, "       ab\u2026");
    assert_int_equal(cells_text(cells, 2, -2, 6, ROLE_TEXT, STR("abcdef")), 6);
    assert_row(cells, 2, "cdef");
    assert_int_equal(cells_text(cells, 2, 10, 5, ROLE_TEXT, STR("x")), 0);
    assert_int_equal(cells_text(cells, 2, 3, 0, ROLE_TEXT, STR("x")), 0);
    assert_int_equal(cells_text(cells, 2, 3, -4, ROLE_TEXT, STR("x")), 0);
}

static void wide_glyphs_are_never_shown_by_half(void **state)
{
    struct cells *cells = *state;
    cells_text(cells, 0, 0, 10, ROLE_TEXT, STR("\u8acb\u6c42\u66f8"));
    assert_row(cells, 0, "\u8acb\u6c42\u66f8");
    cells_text(cells, 0, 1, 1, ROLE_TEXT, STR("x"));
    assert_row(cells, 0, " x\u6c42\u66f8");
    cells_text(cells, 0, 4, 1, ROLE_TEXT, STR("y"));
    assert_row(cells, 0, " x\u6c42y");
    cells_text(cells, 0, 3, 2, ROLE_TEXT, STR("\u4f1a"));
    assert_row(cells, 0, " x \u4f1a");
    assert_int_equal(cells_text(cells, 1, 9, 5, ROLE_TEXT, STR("\u8acb")), 1);
    assert_row(cells, 1, "         \u2026");
    cells_text(cells, 2, -1, 10, ROLE_TEXT, STR("\u8acb\u6c42"));
    assert_row(cells, 2, " \u6c42");
    assert_whole(cells);
}

static void what_is_hostile_is_harmless_in_cells(void **state)
{
    struct cells *cells = *state;
    cells_text(cells, 0, 0, 10, ROLE_TEXT, STR("\x1b[2J\u202e"));
    assert_row(cells, 0, "^[[2J<202\u2026");
    assert_int_equal(cells_printf(cells, 1, 0, 10, ROLE_KEY, "%d%%", 50), 3);
    assert_row(cells, 1, "50%");
}

static void right_alignment_keeps_within_the_width(void **state)
{
    struct cells *cells = *state;
    cells_right(cells, 0, 0, 10, ROLE_TEXT, STR("abc"));
    assert_row(cells, 0, "       abc");
    cells_right(cells, 1, 2, 4, ROLE_TEXT, STR("abcdef"));
    assert_row(cells, 1, "  abc\u2026");
    cells_right(cells, 2, 2, 0, ROLE_TEXT, STR("abc"));
    assert_row(cells, 2, "");
}

static void a_repeated_glyph_has_a_plain_twin(void **state)
{
    struct cells *cells = *state;
    cells_repeat(cells, 0, -1, 4, ROLE_RULE, "\u2500", '-');
    assert_row(cells, 0, "\u2500\u2500\u2500");
    cells->ascii = true;
    cells_repeat(cells, 0, 8, 9, ROLE_RULE, "\u2500", '-');
    assert_row(cells, 0, "\u2500\u2500\u2500     --");
}

static void a_fill_without_a_character_only_changes_the_role(void **state)
{
    struct cells *cells = *state;
    struct buffer roles = {0};
    cells_text(cells, 0, 0, 10, ROLE_TEXT, STR("abc"));
    cells_fill(cells, 0, 1, 2, ROLE_ERROR, '\0');
    cells_fill(cells, 1, 8, 9, ROLE_KEY, '=');
    cells_fill(cells, 5, 0, 9, ROLE_KEY, '=');
    cells_mark_row(cells, 2, 0, 10);
    assert_row(cells, 0, "abc");
    assert_row(cells, 1, "        ==");
    cells_print_roles(cells, &roles);
    assert_string_equal(roles.data, ".!!\n........kk\n <\n");
    buffer_done(&roles);
}

static void drawing_over_a_marked_row_takes_the_mark_away(void **state)
{
    struct cells *cells = *state;
    cells_mark_row(cells, 1, 0, 10);
    assert_int_equal(cells_at(cells, 1, 3)->flags, CELL_CURSOR);
    cells_text(cells, 1, 3, 1, ROLE_TEXT, STR("x"));
    assert_int_equal(cells_at(cells, 1, 3)->flags, 0);
}

static void nothing_is_drawn_without_a_grid_but_everything_is_measured(void **state)
{
    (void)state;
    struct cells nothing = {.width = 10, .height = 2};
    assert_int_equal(cells_text(&nothing, 0, 2, 20, ROLE_TEXT, STR("abcdefghijkl")), 8);
    cells_fill(&nothing, 0, 0, 10, ROLE_TEXT, 'x');
    cells_fill(&nothing, 0, 0, 10, ROLE_TEXT, '\0');
    cells_mark_row(&nothing, 0, 0, 10);
    cells_clear(&nothing);
    assert_null(nothing.cells);
}

/* The sanitizers of `make asan` see what is written outside; here the grid must stay whole. */
static void random_drawing_leaves_a_whole_grid(void **state)
{
    struct cells *cells = *state;
    static const struct str texts[] = {
        {"\u8acb\u6c42\u66f8", 9}, {"abc", 3}, {"\u202e", 3}, {"e\u0301", 3}, {"", 0}, {"\xff", 1}};
    enum { ROUNDS = 20000 };
    uint32_t seed = 7;
    for (int round = 0; round < ROUNDS; round++) {
        int at[3];
        for (int i = 0; i < 3; i++) {
            seed = seed * 1664525 + 1013904223;
            at[i] = (int)(seed >> 16) % 20 - 5;
        }
        struct str text = texts[(size_t)(seed >> 9) % (sizeof(texts) / sizeof(texts[0]))];
        if (round % 5 == 0)
            cells_right(cells, at[0], at[1], at[2], ROLE_TEXT, text);
        else if (round % 7 == 0)
            cells_repeat(cells, at[0], at[1], at[2], ROLE_TEXT, "\u2500", '-');
        else
            assert_true(cells_text(cells, at[0], at[1], at[2], ROLE_TEXT, text) <=
                        (at[2] > 0 ? at[2] : 0));
        assert_whole(cells);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(text_is_cut_at_its_width_and_at_the_edge, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(wide_glyphs_are_never_shown_by_half, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_hostile_is_harmless_in_cells, set_up, tear_down),
        cmocka_unit_test_setup_teardown(right_alignment_keeps_within_the_width, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_repeated_glyph_has_a_plain_twin, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_fill_without_a_character_only_changes_the_role, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(drawing_over_a_marked_row_takes_the_mark_away, set_up,
                                        tear_down),
        cmocka_unit_test(nothing_is_drawn_without_a_grid_but_everything_is_measured),
        cmocka_unit_test_setup_teardown(random_drawing_leaves_a_whole_grid, set_up, tear_down),
    };
    assert_non_null(setlocale(LC_CTYPE, "C.UTF-8"));
    return cmocka_run_group_tests_name("cells", tests, NULL, NULL);
}
