#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/helpers/pictures.h"
#include "tui/term_scroll.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <vterm.h>

enum { WIDTH = 60, SIDE_MAX = 1000, ROUNDS = 3000, JUMP_BYTES = 7, CLEAR_BYTES = 3 };

static uint64_t random_state;

static int below(int limit)
{
    return pictures_below(&random_state, limit);
}

/* ---- grids ---- */

static struct cells make_grid(int width, int height)
{
    struct cells grid = {0};
    assert_int_equal(cells_resize(&grid, width, height), 0);
    return grid;
}

/* A row is its letter all along, and nothing where that is '.'; a capital is in another role. */
static void draw_row(struct cells *grid, int row, char letter)
{
    bool is_capital = letter >= 'A' && letter <= 'Z';
    char small = is_capital ? (char)(letter - 'A' + 'a') : letter;
    cells_fill(grid, row, 0, grid->width, is_capital ? ROLE_WARNING : ROLE_TEXT,
               small == '.' ? ' ' : small);
}

static struct cells make_rows(const char *letters, int width)
{
    struct cells grid = make_grid(width, (int)strlen(letters));
    for (int row = 0; row < grid.height; row++)
        draw_row(&grid, row, letters[row]);
    return grid;
}

static bool is_same_row(const struct cells *one, const struct cells *other, int row)
{
    return memcmp(cells_at(one, row, 0), cells_at(other, row, 0),
                  (size_t)one->width * sizeof(struct cell)) == 0;
}

static bool is_blank(const struct cell *cell)
{
    return cell->glyph.len == 0 || (cell->glyph.len == 1 && cell->glyph.text[0] == ' ');
}

static int least(int one, int other)
{
    return one < other ? one : other;
}

/* Bytes to make a row of the other: a jump to each stretch that differs, unless what is between is
 * shorter, and the blanks behind the last word at once. What was scrolled in (its cells have no
 * width) is a blank line. */
static int bytes_of_row(const struct cell *from, const struct cell *to, int width)
{
    bool is_new = from->glyph.width == 0, is_cleared = false;
    int last = -1, between = JUMP_BYTES, bytes = 0;
    for (int column = 0; column < width; column++)
        last = is_blank(&to[column]) ? last : column;
    for (int column = 0; column < width; column++) {
        bool is_same =
            is_new ? is_blank(&to[column]) : memcmp(&from[column], &to[column], sizeof(*to)) == 0;
        int len = column > last ? CLEAR_BYTES : to[column].glyph.len;
        if (!is_same && !is_cleared)
            bytes += least(between, JUMP_BYTES) + len;
        is_cleared = is_cleared || (!is_same && column > last);
        if (column <= last)
            between = is_same ? between + len : 0;
    }
    return bytes;
}

static long bytes_to_write(const struct cells *shown, const struct cells *wanted)
{
    long bytes = 0;
    for (int row = 0; row < wanted->height; row++)
        bytes += bytes_of_row(cells_at(shown, row, 0), cells_at(wanted, row, 0), wanted->width);
    return bytes;
}

static int bytes_of(const struct term_scroll *scroll)
{
    struct buffer out = {0};
    term_scroll_print(scroll, &out);
    assert_false(out.failed);
    int len = (int)out.len;
    buffer_done(&out);
    return len;
}

/* ---- what is a move ---- */

static const struct {
    const char *what, *shown, *wanted;
    int top, bottom, lines; /* 0 lines: none */
} cases[] = {
    {"nothing changed", "abcdef", "abcdef", 0, 0, 0},
    {"a row passes one", "abcdef", "acbdef", 1, 2, -1},
    {"a row passes two", "abcdef", "adbcef", 1, 3, -1},
    {"a row passes many", "abcdefgh", "ahbcdefg", 1, 7, -1},
    {"a row passes all", "abcdef", "fabcde", 0, 5, -1},
    {"a row falls behind two", "abcdef", "acdbef", 1, 3, 1},
    {"a row falls behind all", "abcdef", "bcdefa", 0, 5, 1},
    {"a row comes to the top", "abcdef", "xabcde", 0, 5, -1},
    {"a row comes in between", "abcdef", "abxcde", 2, 5, -1},
    {"a row comes before blank ones", "abc...", "abxc..", 2, 3, -1},
    {"a row comes to the end", "abc...", "abcx..", 0, 0, 0},
    {"a row leaves from the top", "abcdef", "bcdef.", 0, 5, 1},
    {"a row leaves from between", "abcdef", "abdef.", 2, 5, 1},
    {"a row leaves from the end", "abc...", "ab....", 0, 0, 0},
    {"a list scrolls up by three", "-abcdefgh=", "-defghijk=", 1, 8, 3},
    {"a list scrolls down by three", "-defghijk=", "-abcdefgh=", 1, 8, -3},
    {"a list scrolls up by half of it", "abcdefgh", "efghijkl", 0, 7, 4},
    {"a list scrolls over equal rows", "bcdefghi=aaaaaaaaaaaa=x", "efghijkl=aaaaaaaaaaaa=y", 0, 7,
     3},
    {"one row is another", "abcdef", "abxdef", 0, 0, 0},
    {"all rows are others", "abcdef", "uvwxyz", 0, 0, 0},
    {"the ends change places", "abcdefgh", "hbcdefga", 0, 0, 0},
    {"rows pass, and look other there", "abcdef", "aCBdef", 0, 0, 0},
    {"another row looks other", "abcdef", "abCDef", 0, 0, 0},
    {"one more of equal rows", "aaaabbbb", "aaaaabbb", 0, 0, 0},
    {"two more of equal rows", "aaaabbbb", "aaaaaabb", 0, 0, 0},
    {"equal rows all change", "aaaaaaaa", "bbbbbbbb", 0, 0, 0},
    {"equal rows become blank", "aaaaaaaa", "........", 0, 0, 0},
    {"blank rows become equal ones", "........", "aaaaaaaa", 0, 0, 0},
};

static void assert_case(size_t at)
{
    struct cells shown = make_rows(cases[at].shown, WIDTH);
    struct cells wanted = make_rows(cases[at].wanted, WIDTH);
    struct term_scroll scroll = {0};
    bool is_found = term_scroll_find(&shown, &wanted, &scroll);
    if (is_found != (cases[at].lines != 0) || scroll.top != cases[at].top ||
        scroll.bottom != cases[at].bottom || scroll.lines != cases[at].lines)
        fail_msg("%s: %s by %d lines, rows %d to %d", cases[at].what,
                 is_found ? "moved" : "not moved", scroll.lines, scroll.top, scroll.bottom);
    cells_done(&shown);
    cells_done(&wanted);
}

static void what_moved_is_moved_and_what_changed_in_its_place_is_not(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_case(i);
}

/* Two rows of `text` and of other text change places. */
static bool moves_where_two_change_places(const char *text, const char *other)
{
    struct cells shown = make_grid(WIDTH, 4), wanted = make_grid(WIDTH, 4);
    struct term_scroll scroll;
    for (int row = 0; row < 2; row++) {
        (void)cells_text(&shown, 1 + row, 0, WIDTH, ROLE_TEXT, str_of(row ? text : other));
        (void)cells_text(&wanted, 1 + row, 0, WIDTH, ROLE_TEXT, str_of(row ? other : text));
    }
    bool moves = term_scroll_find(&shown, &wanted, &scroll);
    cells_done(&shown);
    cells_done(&wanted);
    return moves;
}

static void nothing_is_moved_that_is_cheaper_to_write(void **state)
{
    (void)state;
    assert_false(moves_where_two_change_places("short", "terse"));
    assert_false(moves_where_two_change_places("14 columns are", "too few to mo."));
    assert_true(moves_where_two_change_places("these words take more than a move",
                                              "and so do those that are in here"));
    /* what is the same in both rows costs nothing where it stays */
    assert_false(moves_where_two_change_places("these words take more than a move ab",
                                               "these words take more than a move cd"));
}

static void wide_glyphs_cost_what_they_take_in_bytes(void **state)
{
    (void)state;
    assert_true(moves_where_two_change_places("端末画面行列移", "子丑寅卯辰巳午"));
}

/* ---- what a move does ---- */

static void feed(VTerm *terminal, struct str bytes)
{
    assert_int_equal(vterm_input_write(terminal, bytes.data, bytes.len), bytes.len);
}

static VTerm *open_terminal(const struct cells *grid)
{
    VTerm *terminal = vterm_new(grid->height, grid->width);
    assert_non_null(terminal);
    vterm_set_utf8(terminal, 1);
    vterm_screen_reset(vterm_obtain_screen(terminal), 1);
    for (int row = 0; row < grid->height; row++) {
        struct buffer out = {0};
        buffer_addf(&out, "\033[%d;1H", row + 1);
        for (int column = 0; column < grid->width; column++) {
            const struct glyph *glyph = &cells_at(grid, row, column)->glyph;
            buffer_add_str(&out, (struct str){glyph->text, glyph->len});
        }
        feed(terminal, buffer_str(&out));
        buffer_done(&out);
    }
    return terminal;
}

static void assert_terminal_shows(VTerm *terminal, const struct cells *grid)
{
    for (int row = 0; row < grid->height; row++) {
        for (int column = 0; column < grid->width; column++) {
            VTermScreenCell cell;
            VTermPos at = {.row = row, .col = column};
            const struct cell *wanted = cells_at(grid, row, column);
            (void)vterm_screen_get_cell(vterm_obtain_screen(terminal), at, &cell);
            uint32_t shown = cell.chars[0] == 0 ? ' ' : cell.chars[0];
            assert_int_equal(shown, is_blank(wanted) ? ' ' : wanted->glyph.text[0]);
        }
    }
}

static struct term_scroll any_scroll(int height)
{
    struct term_scroll scroll = {.top = below(height - 1)};
    scroll.bottom = scroll.top + 1 + below(height - 1 - scroll.top);
    scroll.lines = 1 + below(scroll.bottom - scroll.top);
    scroll.lines = below(2) ? scroll.lines : -scroll.lines;
    return scroll;
}

static void a_move_makes_of_the_grid_what_it_makes_of_a_terminal(void **state)
{
    (void)state;
    random_state = 1;
    for (int round = 0; round < ROUNDS; round++) {
        struct cells grid = make_rows("abcdefghijklmnop", 1 + below(9));
        VTerm *terminal = open_terminal(&grid);
        VTermPos before = {.row = below(grid.height), .col = below(grid.width)}, after;
        struct term_scroll scroll = any_scroll(grid.height);
        struct buffer bytes = {0};
        buffer_addf(&bytes, "\033[%d;%dH", before.row + 1, before.col + 1);
        term_scroll_print(&scroll, &bytes);
        feed(terminal, buffer_str(&bytes));
        vterm_state_get_cursorpos(vterm_obtain_state(terminal), &after);
        assert_int_equal(vterm_pos_cmp(after, before), 0);
        term_scroll_apply(&scroll, &grid);
        assert_terminal_shows(terminal, &grid);
        feed(terminal, STR("\033[H\033M")); /* no region is left */
        VTermScreenCell cell;
        (void)vterm_screen_get_cell(vterm_obtain_screen(terminal), (VTermPos){0, 0}, &cell);
        assert_int_equal(cell.chars[0], 0);
        buffer_done(&bytes);
        vterm_free(terminal);
        cells_done(&grid);
    }
}

static void a_move_is_printed_as_a_region_and_its_lines(void **state)
{
    static const struct {
        struct term_scroll scroll;
        const char *bytes;
    } moves[] = {
        {{0, 1, 1}, "\0337\033[1;2r\033[2;1H\033D\033[r\0338"},
        {{4, 23, 2}, "\0337\033[5;24r\033[24;1H\033D\033D\033[r\0338"},
        {{4, 23, -1}, "\0337\033[5;24r\033[5;1H\033M\033[r\0338"},
        {{0, 999, -3}, "\0337\033[1;1000r\033[1;1H\033M\033M\033M\033[r\0338"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(moves) / sizeof(moves[0]); i++) {
        struct buffer out = {0};
        term_scroll_print(&moves[i].scroll, &out);
        assert_int_equal(out.len, strlen(moves[i].bytes));
        assert_memory_equal(out.data, moves[i].bytes, out.len);
        buffer_done(&out);
    }
}

static void rows_that_a_move_left_blank_are_like_none_that_is_wanted(void **state)
{
    struct cells shown = make_rows("ab..", WIDTH), wanted = make_rows("....", WIDTH);
    (void)state;
    term_scroll_apply(&(struct term_scroll){0, 3, -2}, &shown);
    assert_false(is_same_row(&shown, &wanted, 0)); /* so that it is shown, whatever is on it */
    assert_false(is_same_row(&shown, &wanted, 1));
    cells_done(&shown);
    cells_done(&wanted);
}

/* ---- which terminals ---- */

/* The xterm's; a case has one of them otherwise. */
static const char *const usual[][2] = {{"csr", "\033[%i%p1%d;%p2%dr"},
                                       {"ri", "\033M"},
                                       {"sc", "\0337"},
                                       {"rc", "\0338"},
                                       {"smcup", "\033[?1049h\033[22;0;0t"}};
static const struct terminal {
    const char *what, *name, *text;
    bool fits;
} terminals[] = {
    {"xterm", "", "", true},
    {"vt100", "ri", "\033M$<5>", true},
    {"without an alternate screen", "smcup", NULL, true},
    {"without regions", "csr", NULL, false},
    {"a status line is counted, too", "csr", "\033[%i%i%p1%d;%p2%dr", false},
    {"other regions", "csr", "\033[%i%p1%d;%p2%d%%v", false},
    {"other scrolling", "ri", "\033[T", false},
    {"no cursor saved", "sc", NULL, false},
    {"other way to save the cursor", "sc", "\033[s", false},
    {"no cursor restored", "rc", NULL, false},
    {"rxvt: the cursor is saved for the end", "smcup", "\0337\033[?47h", false},
    {"memory above", "da", "", false},
    {"memory below", "db", "", false},
    {"a region that is not blank", "ndscr", "", false},
    {"attributes that take a cell", "xmc", "", false},
};
static const struct terminal *terminal;

static const char *find_string(const char *name)
{
    if (strcmp(terminal->name, name) == 0)
        return terminal->text;
    for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++) {
        if (strcmp(usual[i][0], name) == 0)
            return usual[i][1];
    }
    return NULL;
}

static bool has_capability(const char *name)
{
    return strcmp(terminal->name, name) == 0;
}

static void only_a_terminal_that_takes_a_move_as_it_is_sent_gets_one(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(terminals) / sizeof(terminals[0]); i++) {
        terminal = &terminals[i];
        if (term_scroll_fits(find_string, has_capability) != terminal->fits)
            fail_msg("%s", terminal->what);
    }
}

/* ---- it ends ---- */

/* Finds and applies until there is none; each is worth it. Returns how many there were. */
static int move_all(struct cells *shown, const struct cells *wanted)
{
    struct term_scroll scroll;
    int count = 0;
    long before = bytes_to_write(shown, wanted);
    for (; term_scroll_find(shown, wanted, &scroll); count++) {
        assert_true(scroll.top >= 0 && scroll.top < scroll.bottom);
        assert_true(scroll.bottom < shown->height && scroll.lines != 0);
        assert_true(abs(scroll.lines) <= scroll.bottom - scroll.top);
        term_scroll_apply(&scroll, shown);
        long after = bytes_to_write(shown, wanted);
        if (after + bytes_of(&scroll) >= before + 4) /* rows beyond 99 have longer numbers */
            fail_msg("%ld bytes, then %ld and a move of %d", before, after, bytes_of(&scroll));
        before = after;
    }
    return count;
}

/* Rows from few letters, so that many are equal; or as they were, moved about. */
static void draw_any(struct cells *wanted, const struct cells *shown)
{
    size_t row_cells = (size_t)shown->width;
    bool is_other = below(4) == 0;
    for (int row = 0; row < wanted->height; row++) {
        int from = below(3) ? (row + 1) % shown->height : below(shown->height);
        if (is_other || below(5) == 0)
            draw_row(wanted, row, "abcdefghABC...."[below(15)]);
        else
            memcpy(&wanted->cells[(size_t)row * row_cells], cells_at(shown, from, 0),
                   row_cells * sizeof(struct cell));
    }
}

static void finding_ends_after_fewer_moves_than_rows(void **state)
{
    static const int sizes[][2] = {{1, 1}, {1, 2}, {1, 40}, {60, 1}, {60, 2}, {7, 30}, {80, 24}};
    int moved = 0;
    (void)state;
    random_state = 2;
    for (int round = 0; round < ROUNDS; round++) {
        const int *size = sizes[round % 7];
        struct cells shown = make_grid(size[0], size[1]), wanted = make_grid(size[0], size[1]);
        draw_any(&shown, &wanted);
        draw_any(&wanted, &shown);
        int count = move_all(&shown, &wanted);
        assert_true(count < size[1]);
        moved += count;
        cells_done(&shown);
        cells_done(&wanted);
    }
    assert_true(moved > ROUNDS / 4);
}

/* A high grid: row by row another number, or two in turn; moved by so many rows. */
static int moves_of_high(int height, int numbers, int lines)
{
    struct cells shown = make_grid(WIDTH, height), wanted = make_grid(WIDTH, height);
    for (int row = 0; row < height; row++) {
        (void)cells_printf(&shown, row, 0, WIDTH, ROLE_TEXT, "%0*d", WIDTH, row % numbers);
        (void)cells_printf(&wanted, row, 0, WIDTH, ROLE_TEXT, "%0*d", WIDTH,
                           (row + lines) % numbers);
    }
    int count = move_all(&shown, &wanted);
    cells_done(&shown);
    cells_done(&wanted);
    return count;
}

static void up_to_300_rows_are_searched(void **state)
{
    enum { MOST = 300 };
    (void)state;
    assert_int_equal(moves_of_high(MOST, SIDE_MAX, 3), 1);
    assert_int_equal(moves_of_high(MOST, SIDE_MAX, -1), 1);
    assert_in_range(moves_of_high(MOST, 2, 1), 0, MOST);
    assert_int_equal(moves_of_high(MOST, 1, 1), 0);
    assert_int_equal(moves_of_high(MOST + 1, SIDE_MAX, 3), 0);
}

int main(void)
{
    (void)setlocale(LC_CTYPE, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_moved_is_moved_and_what_changed_in_its_place_is_not),
        cmocka_unit_test(nothing_is_moved_that_is_cheaper_to_write),
        cmocka_unit_test(wide_glyphs_cost_what_they_take_in_bytes),
        cmocka_unit_test(a_move_makes_of_the_grid_what_it_makes_of_a_terminal),
        cmocka_unit_test(a_move_is_printed_as_a_region_and_its_lines),
        cmocka_unit_test(rows_that_a_move_left_blank_are_like_none_that_is_wanted),
        cmocka_unit_test(only_a_terminal_that_takes_a_move_as_it_is_sent_gets_one),
        cmocka_unit_test(finding_ends_after_fewer_moves_than_rows),
        cmocka_unit_test(up_to_300_rows_are_searched),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
