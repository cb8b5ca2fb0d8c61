/* The search in the table, and following a session. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/helpers/desk.h"

#include <string.h>

#define A "aaaaaaaa-1"
#define B "bbbbbbbb-2"
#define C "cccccccc-3"
#define D "dddddddd-4"
#define E "eeeeeeee-5"
#define F "ffffffff-6"

static void assert_found(const struct desk *desk, size_t place, size_t found, const char *id)
{
    assert_int_equal(desk->app.ui.search.place, place);
    assert_int_equal(desk->app.ui.search.found, found);
    assert_string_equal(desk_cursor(desk), id);
    assert_int_equal(desk->app.rows.count, desk_first_count); /* nothing is hidden */
}

static void the_cursor_goes_to_the_first_match_as_it_is_typed(void **state)
{
    struct desk *desk = *state;
    static const uint32_t ways[] = {'s', KEY_CODE_F1 + 2, 'n', 'N'};
    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        desk_select(desk, B);
        desk_key(desk, ways[i]);
        assert_int_equal(desk->app.ui.mode, UI_SEARCH);
        desk_keys(desk, "s");
        assert_found(desk, 2, 5, B); /* it is there already */
        desk_keys(desk, "lot-main-1");
        assert_found(desk, 2, 2, E);
        desk_keys(desk, "\x7f");
        assert_found(desk, 2, 5, B);
        desk_keys(desk, "7");
        assert_found(desk, 0, 0, B);
        desk_keys(desk, "\x15"
                        "aaaa");
        assert_found(desk, 1, 1, A); /* round the end */
        desk_key(desk, KEY_ESCAPE);
        assert_int_equal(desk->app.ui.mode, UI_NORMAL);
        assert_string_equal(desk_cursor(desk), B);
        assert_int_equal(desk->app.ui.search.text.len, 0);
    }
}

static void n_and_N_go_on_from_match_to_match_and_say_when_they_wrap(void **state)
{
    struct desk *desk = *state;
    static const struct {
        const char *keys, *cursor, *message;
    } steps[] = {
        {"sslot-main\r", A, "Match 1 of 5."},
        {"n", B, "Match 2 of 5."},
        {"n", D, "Match 3 of 5."},
        {"nn", F, "Match 5 of 5."},
        {"n", A, "Match 1 of 5, from the top again."},
        {"N", F, "Match 5 of 5, from the end again."},
        {"N", E, "Match 4 of 5."},
        {"jN", E, "Match 4 of 5."},
        {"gjjn", D, "Match 3 of 5."},
    };
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        desk_keys(desk, steps[i].keys);
        assert_string_equal(desk_cursor(desk), steps[i].cursor);
        assert_string_equal(desk_message(desk), steps[i].message);
        assert_int_equal(desk->app.ui.mode, UI_NORMAL);
    }
}

static void while_it_is_typed_arrows_and_f3_go_on(void **state)
{
    struct desk *desk = *state;
    desk_keys(desk, "sslot-main-2");
    assert_found(desk, 1, 2, B);
    desk_key(desk, KEY_CODE_DOWN);
    assert_found(desk, 2, 2, F);
    desk_key(desk, KEY_CODE_F1 + 2);
    assert_found(desk, 1, 2, B);
    desk_key(desk, KEY_CODE_UP);
    assert_found(desk, 2, 2, F);
    assert_int_equal(desk->app.ui.mode, UI_SEARCH);
    desk_key(desk, KEY_CTRL('C'));
    assert_string_equal(desk_cursor(desk), A);
    assert_false(desk->app.ui.quit);
}

static void what_is_not_there_is_said(void **state)
{
    struct desk *desk = *state;
    desk_select(desk, C);
    desk_keys(desk, "szebra\r");
    assert_string_equal(desk_message(desk), "No session shown matches zebra.");
    assert_string_equal(desk_cursor(desk), C);
    desk_key(desk, 'n');
    assert_string_equal(desk_message(desk), "No session shown matches zebra.");
    desk_key(desk, KEY_ESCAPE);
    assert_int_equal(desk->app.ui.search.text.len, 0);
    assert_false(desk->app.ui.quit);
    desk_keys(desk, "s\r");
    assert_int_equal(desk->app.ui.mode, UI_NORMAL);
    desk_keys(desk, "/zebra\rn");
    assert_int_equal(desk->app.ui.mode, UI_SEARCH);
    desk_keys(desk, "a\r");
    assert_string_equal(desk_message(desk), "No session shown matches a.");
}

static void it_knows_the_language_of_the_filter(void **state)
{
    struct desk *desk = *state;
    desk_keys(desk, "sstate:idle");
    assert_found(desk, 1, 1, D);
    desk_keys(desk, "\x15!slot:1");
    assert_found(desk, 1, 4, B);
    desk_paste(desk, "\n !state:active");
    assert_found(desk, 1, 2, D);
}

static void a_search_stretches_a_range(void **state)
{
    struct desk *desk = *state;
    desk_keys(desk, "jvsdddd\r");
    assert_int_equal(desk->app.ui.tags.ranged, 3);
    desk_keys(desk, "sxyz\x1b");
    assert_int_equal(desk->app.ui.tags.ranged, 3);
}

static void the_origin_is_a_session_and_no_row(void **state)
{
    struct desk *desk = *state;
    desk_select(desk, B);
    desk_keys(desk, "sffff");
    desk_save_changed(desk, B, "active", 0);
    desk_files(desk);
    desk_key(desk, KEY_ESCAPE);
    assert_string_equal(desk_cursor(desk), B);
    assert_int_equal(desk->app.ui.cursor_row, 0);
}

static void in_a_pane_there_is_no_search(void **state)
{
    struct desk *desk = *state;
    desk_keys(desk, "fn");
    assert_int_equal(desk->app.ui.mode, UI_FINDINGS);
    assert_string_equal(desk_message(desk), "A search is of the table: Esc leads there.");
}

/* ---- following ---- */

static void fit(struct desk *desk)
{
    app_fit(&desk->app, 60, 16, desk->now_ms);
}

static size_t line_of_cursor(const struct desk *desk)
{
    return desk->app.ui.cursor_row - desk->app.ui.top_row;
}

static void what_is_followed_keeps_its_line_when_the_order_changes(void **state)
{
    struct desk *desk = *state;
    struct desk_entry many[40];
    static char ids[40][12];
    for (size_t i = 0; i < 40; i++) {
        ids[i][0] = (char)('a' + i % 26);
        ids[i][1] = (char)('a' + i / 26);
        many[i] = (struct desk_entry){ids[i], "main", "active", (int64_t)(i + 1) * 1000};
    }
    desk_save(desk, many, 40);
    desk_key(desk, 'r');
    fit(desk);
    for (int i = 0; i < 20; i++)
        desk_key(desk, 'j');
    fit(desk);
    desk_keys(desk, "kF");
    fit(desk);
    size_t line = line_of_cursor(desk);
    assert_true(line > 0 && desk->app.ui.top_row > 0);
    for (size_t i = 30; i < 36; i++) { /* others are used and go up: all rows move down */
        many[i].ago_ms = 0;
        desk_save(desk, many, 40);
        desk_files(desk);
        fit(desk);
        assert_string_equal(desk_cursor(desk), ids[19]);
        assert_int_equal(line_of_cursor(desk), line);
    }
}

static void a_followed_session_that_the_filter_hides_comes_back(void **state)
{
    struct desk *desk = *state;
    desk_select(desk, C);
    desk_key(desk, 'F');
    assert_string_equal(desk_message(desk), "Following cccccccc until you move the cursor.");
    desk_keys(desk, "/dddd\r");
    assert_string_equal(desk_cursor(desk), D);
    desk_key(desk, KEY_ESCAPE);
    assert_string_equal(desk_cursor(desk), C);
    desk_keys(desk, "/dddd\r");
    desk_save_changed(desk, D, NULL, 0);
    desk_files(desk);
    assert_string_equal(desk_cursor(desk), "");
    desk_key(desk, KEY_ESCAPE);
    assert_string_equal(desk_cursor(desk), C);
}

static void a_cursor_that_jumps_back_to_what_is_followed_is_a_change_to_be_seen(void **state)
{
    struct desk *desk = *state;
    desk_select(desk, C);
    desk_keys(desk, "F/state:idle\r");
    assert_string_equal(desk_cursor(desk), D);
    desk_save_changed(desk, C, "idle", 6 * DESK_MINUTE_MS);
    desk_files(desk);
    assert_string_equal(desk_cursor(desk), C);
    desk_key(desk, 'K');
    assert_string_equal(desk_stored(desk, C), "idle");
    assert_non_null(strstr(desk_message(desk), "this row changed just before"));
}

static void moving_the_cursor_ends_it_and_so_does_its_key(void **state)
{
    struct desk *desk = *state;
    static const char *const ways[] = {"j", "k", "G", "g", " ", "sffff\r", "F", "sx\x1b"};
    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        desk_select(desk, C);
        desk_key(desk, 'F');
        assert_true(desk->app.ui.follow_id.len > 0);
        desk_keys(desk, "><I");
        assert_true(desk->app.ui.follow_id.len > 0);
        desk_keys(desk, ways[i]);
        assert_int_equal(desk->app.ui.follow_id.len, 0);
    }
}

static void a_followed_session_that_is_gone_is_said_to_be(void **state)
{
    struct desk *desk = *state;
    desk_select(desk, C);
    desk_key(desk, 'F');
    desk_save_changed(desk, C, NULL, 0);
    desk_files(desk);
    assert_string_equal(desk_message(desk), C ", which was followed, is gone.");
    assert_int_equal(desk->app.ui.follow_id.len, 0);
    assert_string_equal(desk_cursor(desk), D);
}

#define ON_A_DESK(test) cmocka_unit_test_setup_teardown(test, desk_set_up, desk_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_A_DESK(the_cursor_goes_to_the_first_match_as_it_is_typed),
        ON_A_DESK(n_and_N_go_on_from_match_to_match_and_say_when_they_wrap),
        ON_A_DESK(while_it_is_typed_arrows_and_f3_go_on),
        ON_A_DESK(what_is_not_there_is_said),
        ON_A_DESK(it_knows_the_language_of_the_filter),
        ON_A_DESK(a_search_stretches_a_range),
        ON_A_DESK(the_origin_is_a_session_and_no_row),
        ON_A_DESK(in_a_pane_there_is_no_search),
        ON_A_DESK(what_is_followed_keeps_its_line_when_the_order_changes),
        ON_A_DESK(a_followed_session_that_the_filter_hides_comes_back),
        ON_A_DESK(a_cursor_that_jumps_back_to_what_is_followed_is_a_change_to_be_seen),
        ON_A_DESK(moving_the_cursor_ends_it_and_so_does_its_key),
        ON_A_DESK(a_followed_session_that_is_gone_is_said_to_be),
    };
    return cmocka_run_group_tests_name("app_search", tests, NULL, NULL);
}
