#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/helpers/desk.h"

#include <string.h>

/* The mouse on the dashboard, at 80x24: what is clicked is looked for on the drawn screen. */

enum { WIDTH = 80, HEIGHT = 24 };

#define RECENT "aaaaaaaa-1"
#define QUIET "bbbbbbbb-2"
#define FALLBACK "cccccccc-3"

static void mouse(struct desk *desk, enum mouse_kind kind, int row, int column)
{
    struct event event = {.kind = EVENT_MOUSE, .mouse = kind, .row = row, .column = column};
    app_fit(&desk->app, WIDTH, HEIGHT, desk->now_ms);
    app_handle(&desk->app, &event, desk->now_ms);
    app_fit(&desk->app, WIDTH, HEIGHT, desk->now_ms);
}

/* Where a text is on the screen, from the last line upwards. */
static void find(struct desk *desk, const char *text, int *ret_row, int *ret_column)
{
    struct cells cells = {.ascii = true};
    app_fit(&desk->app, WIDTH, HEIGHT, desk->now_ms);
    struct view view = app_view(&desk->app, desk->now_ms, 12, 0);
    assert_int_equal(cells_resize(&cells, WIDTH, HEIGHT), 0);
    view_draw(&view, &cells);
    *ret_row = *ret_column = -1;
    for (int row = HEIGHT - 1; row >= 0 && *ret_row < 0; row--) {
        char line[WIDTH + 1] = {0};
        for (int column = 0; column < WIDTH; column++)
            line[column] = cells_at(&cells, row, column)->glyph.text[0];
        const char *at = strstr(line, text);
        if (!at)
            continue;
        *ret_row = row;
        *ret_column = (int)(at - line);
    }
    cells_done(&cells);
    if (*ret_row < 0)
        fail_msg("'%s' is not on the screen", text);
}

static void click(struct desk *desk, const char *text)
{
    int row = 0, column = 0;
    find(desk, text, &row, &column);
    mouse(desk, MOUSE_PRESS, row, column);
}

static void off_it_does_nothing(void **state)
{
    struct desk *desk = *state;
    click(desk, "cccccccc");
    mouse(desk, MOUSE_WHEEL_DOWN, 5, 5);
    assert_string_equal(desk_cursor(desk), RECENT);
}

static void a_click_chooses_and_the_next_one_shows(void **state)
{
    struct desk *desk = *state;
    desk_keys(desk, "m");
    click(desk, "cccccccc");
    assert_string_equal(desk_cursor(desk), FALLBACK);
    assert_int_equal(desk->app.ui.mode, UI_NORMAL);
    click(desk, "cccccccc");
    assert_int_equal(desk->app.ui.mode, UI_DETAIL);
}

static void a_columns_head_sorts_and_again_turns_around(void **state)
{
    struct desk *desk = *state;
    desk_keys(desk, "m");
    click(desk, "AGE");
    assert_int_equal(desk->app.ui.sort, SORT_AGE);
    assert_false(desk->app.ui.reverse);
    click(desk, "AGE");
    assert_true(desk->app.ui.reverse);
    click(desk, "STATE");
    assert_int_equal(desk->app.ui.sort, SORT_STATE);
    click(desk, "EXPIRES");
    assert_int_equal(desk->app.ui.sort, SORT_EXPIRES);
}

static void a_key_of_the_bar_is_pressed(void **state)
{
    struct desk *desk = *state;
    desk_keys(desk, "m");
    click(desk, "? help");
    assert_int_equal(desk->app.ui.mode, UI_HELP);
    click(desk, "q back");
    assert_int_equal(desk->app.ui.mode, UI_NORMAL);
    desk_keys(desk, ":");
    click(desk, "Esc leave");
    assert_int_equal(desk->app.ui.mode, UI_NORMAL);
    desk_select(desk, QUIET);
    click(desk, "K release");
    assert_string_equal(desk_stored(desk, QUIET), "deleted");
}

static void the_wheel_scrolls(void **state)
{
    struct desk *desk = *state;
    desk_keys(desk, "m");
    mouse(desk, MOUSE_WHEEL_DOWN, 10, 10);
    assert_string_equal(desk_cursor(desk), "dddddddd-4");
    mouse(desk, MOUSE_WHEEL_UP, 10, 10);
    assert_string_equal(desk_cursor(desk), RECENT);
    desk_keys(desk, "?");
    mouse(desk, MOUSE_WHEEL_DOWN, 10, 10);
    assert_int_equal(desk->app.ui.scroll, 3);
}

static void no_click_answers_a_question(void **state)
{
    struct desk *desk = *state;
    desk_keys(desk, "mK");
    assert_int_equal(desk->app.ui.mode, UI_CONFIRM);
    for (int row = 0; row < HEIGHT; row++) {
        for (int column = 0; column < WIDTH; column++)
            mouse(desk, MOUSE_PRESS, row, column);
    }
    assert_int_equal(desk->app.ui.mode, UI_CONFIRM);
    assert_string_equal(desk_stored(desk, RECENT), "active");
}

/* In every mode, everywhere, beyond the screen too; nothing is written: it is a dry run. */
static void a_click_anywhere_is_harmless(void **state)
{
    struct desk *desk = *state;
    static const char *const ways[] = {"",   "?", "?/x",       "f", "E",  "w", "a", "d",
                                       "/a", ":", ":release ", "1", "sx", "+", "++"};
    desk_keys(desk, "m");
    desk->state.store.dry_run = true;
    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        for (int row = -1; row <= HEIGHT; row++) {
            for (int column = -1; column <= WIDTH; column += 7) {
                desk_keys(desk, ways[i]);
                mouse(desk, (enum mouse_kind)((row + column + 2) % 3), row, column);
                for (int leave = 0; leave < 4; leave++)
                    desk_key(desk, KEY_ESCAPE);
                desk->app.ui.quit = false;
                assert_int_equal(desk->app.ui.mode, UI_NORMAL);
            }
        }
    }
    assert_string_equal(desk_stored(desk, QUIET), "active");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_set_up, desk_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(off_it_does_nothing),
        TEST(a_click_chooses_and_the_next_one_shows),
        TEST(a_columns_head_sorts_and_again_turns_around),
        TEST(a_key_of_the_bar_is_pressed),
        TEST(the_wheel_scrolls),
        TEST(no_click_answers_a_question),
        TEST(a_click_anywhere_is_harmless),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
