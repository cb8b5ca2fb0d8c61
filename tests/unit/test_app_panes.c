#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/helpers/desk.h"

#include <string.h>

/* The panes of the dashboard: focus, sizes, and the cursor of the pool. Slot 1 is held by
 * aaaaaaaa-1, 2 by bbbbbbbb-2, 3 by dddddddd-4; cccccccc-3 is a fallback. */

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define ON_A_DESK(test) cmocka_unit_test_setup_teardown(test, desk_set_up, desk_tear_down)

static void fit(struct desk *desk, int width, int height)
{
    app_fit(&desk->app, width, height, desk->now_ms);
}

static void assert_focus(const struct desk *desk, enum ui_mode pane)
{
    assert_int_equal(desk->app.ui.mode, pane);
}

static void tab_goes_round_the_panes_and_shift_tab_back(void **state)
{
    struct desk *desk = *state;
    static const enum ui_mode order[] = {UI_EVENTS, UI_FINDINGS, UI_POOL, UI_NORMAL};
    for (size_t i = 0; i < 2 * COUNT(order); i++) {
        desk_key(desk, KEY_TAB);
        assert_focus(desk, order[i % COUNT(order)]);
    }
    for (size_t i = 2 * COUNT(order) - 1; i > 0; i--) {
        desk_key(desk, KEY_CODE_BACK_TAB);
        assert_focus(desk, order[(i - 1) % COUNT(order)]);
    }
}

static void numbers_go_to_their_panes(void **state)
{
    struct desk *desk = *state;
    static const struct {
        char key;
        enum ui_mode pane;
    } numbers[] = {{'1', UI_POOL}, {'2', UI_NORMAL}, {'3', UI_EVENTS}, {'4', UI_FINDINGS}};
    for (size_t from = 0; from < COUNT(numbers); from++) {
        for (size_t to = 0; to < COUNT(numbers); to++) {
            desk_key(desk, '2');
            desk_key(desk, (uint32_t)numbers[from].key);
            if (from == to)
                continue;
            desk_key(desk, (uint32_t)numbers[to].key);
            assert_focus(desk, numbers[to].pane);
        }
    }
}

static void escape_leads_from_each_pane_to_the_table_and_then_out(void **state)
{
    struct desk *desk = *state;
    for (const char *key = "134"; *key; key++) {
        desk_key(desk, (uint32_t)*key);
        desk_key(desk, KEY_ESCAPE);
        assert_focus(desk, UI_NORMAL);
        assert_false(desk->app.ui.quit);
    }
    desk_key(desk, KEY_ESCAPE);
    assert_true(desk->app.ui.quit);
}

static void in_the_pool_movements_go_from_slot_to_slot(void **state)
{
    struct desk *desk = *state;
    static const struct {
        const char *key;
        size_t at;
    } steps[] = {{"k", 0}, {"j", 1}, {"j", 2}, {"j", 3}, {"j", 3}, {"g", 0}, {"G", 3}, {"k", 2}};
    desk_key(desk, '1');
    for (size_t i = 0; i < COUNT(steps); i++) {
        desk_keys(desk, steps[i].key);
        assert_int_equal(desk->app.ui.pool.at, steps[i].at);
    }
    assert_string_equal(desk_cursor(desk), "aaaaaaaa-1");
}

static void enter_goes_from_a_slot_to_its_holder(void **state)
{
    struct desk *desk = *state;
    desk_keys(desk, "1jj\r");
    assert_focus(desk, UI_NORMAL);
    assert_string_equal(desk_cursor(desk), "dddddddd-4");
    desk_keys(desk, "1jjj\r"); /* the fallback */
    assert_string_equal(desk_cursor(desk), "cccccccc-3");
}

static void an_action_is_done_to_the_holder_of_the_slot_and_says_its_id(void **state)
{
    struct desk *desk = *state;
    desk_keys(desk, "1jx");
    assert_string_equal(desk_stored(desk, "bbbbbbbb-2"), "expired");
    assert_string_equal(desk_stored(desk, "aaaaaaaa-1"), "active");
    assert_non_null(strstr(desk_message(desk), "bbbbbbbb"));
    assert_focus(desk, UI_POOL);
}

static void a_slot_that_is_free_has_nobody_to_act_on(void **state)
{
    struct desk *desk = *state;
    static const char *const keys[] = {"x", "K", "w", "\r", "y"};
    desk_save_changed(desk, "bbbbbbbb-2", "expired", 40 * DESK_MINUTE_MS);
    desk_files(desk);
    for (size_t i = 0; i < COUNT(keys); i++) {
        desk_keys(desk, "21gj");
        desk_keys(desk, keys[i]);
        assert_string_equal(desk_message(desk), "Slot 2 is free: nobody holds it.");
        assert_focus(desk, UI_POOL);
    }
}

/* Rule: what keys act on does not change under the operator's fingers. */
static void a_slot_that_changed_hands_a_moment_ago_is_not_acted_on(void **state)
{
    static const struct desk_entry after[] = {
        {"aaaaaaaa-1", "chat-slot-main-1", "active", 12000},
        {"bbbbbbbb-2", "chat-slot-main-2", "expired", 40 * DESK_MINUTE_MS},
        {"99999999-9", "chat-slot-main-2", "active", 90000},
    };
    struct desk *desk = *state;
    desk_keys(desk, "1j");
    desk_save(desk, after, COUNT(after));
    desk_files(desk);
    assert_int_equal(desk->app.ui.pool.at, 1);
    desk_key(desk, 'x');
    assert_string_equal(desk_stored(desk, "99999999-9"), "active");
    desk->now_ms += UI_NOTICE_MS;
    desk_key(desk, 'x');
    assert_string_equal(desk_stored(desk, "99999999-9"), "expired");
}

static void the_cursor_of_the_pool_follows_its_fallback(void **state)
{
    static const struct desk_entry after[] = {
        {"11111111-0", "main", "active", 1000},
        {"aaaaaaaa-1", "chat-slot-main-1", "active", 12000},
        {"cccccccc-3", "main", "active", 6 * DESK_MINUTE_MS},
    };
    struct desk *desk = *state;
    desk_keys(desk, "1G");
    desk_save(desk, after, COUNT(after));
    desk_files(desk);
    desk->now_ms += UI_NOTICE_MS;
    desk_keys(desk, "\r");
    assert_string_equal(desk_cursor(desk), "cccccccc-3");
}

static void plus_enlarges_the_pane_up_to_the_whole_screen_and_underscore_shrinks_it(void **state)
{
    struct desk *desk = *state;
    static const struct {
        char pane;
        enum ui_mode mode;
        enum ui_size least;
    } panes[] = {{'1', UI_POOL, UI_SMALL}, {'2', UI_NORMAL, UI_USUAL}};
    for (size_t i = 0; i < COUNT(panes); i++) {
        desk_key(desk, (uint32_t)panes[i].pane);
        desk_keys(desk, "++++");
        assert_int_equal(desk->app.ui.sizes[panes[i].mode], UI_FULL);
        assert_non_null(strstr(desk_message(desk), "whole screen already"));
        desk_keys(desk, "_____");
        assert_int_equal(desk->app.ui.sizes[panes[i].mode], panes[i].least);
        assert_non_null(strstr(desk_message(desk), "as small as it gets"));
        assert_focus(desk, panes[i].mode);
    }
}

static void one_pane_at_a_time_is_enlarged_and_stays_so(void **state)
{
    struct desk *desk = *state;
    desk_keys(desk, "1+2");
    assert_int_equal(desk->app.ui.sizes[UI_POOL], UI_HALF);
    desk_keys(desk, "j1k");
    assert_int_equal(desk->app.ui.sizes[UI_POOL], UI_HALF);
    desk_keys(desk, "2+");
    assert_int_equal(desk->app.ui.sizes[UI_POOL], UI_USUAL);
    assert_int_equal(desk->app.ui.sizes[UI_NORMAL], UI_HALF);
}

static void events_that_are_shrunk_go_away_and_3_brings_them_back(void **state)
{
    struct desk *desk = *state;
    desk_keys(desk, "3_");
    assert_focus(desk, UI_NORMAL);
    assert_int_equal(desk->app.ui.sizes[UI_EVENTS], UI_SMALL);
    assert_non_null(strstr(desk_message(desk), "3 brings them back"));
    desk_key(desk, '3');
    assert_focus(desk, UI_EVENTS);
    assert_int_equal(desk->app.ui.sizes[UI_EVENTS], UI_USUAL);
}

static void the_keys_of_the_events_are_those_of_the_key_map(void **state)
{
    struct desk *desk = *state;
    struct key_wishes wishes = {0};
    struct error error;
    assert_int_equal(keymap_wish(&wishes, STR("events-pane"), STR("z"), 1, &error), 0);
    keymap_apply(&desk->app.ui.keymap, &wishes);
    desk_key(desk, 'z');
    assert_focus(desk, UI_EVENTS);
    assert_int_equal(desk->app.ui.sizes[UI_EVENTS], UI_USUAL);
    desk_key(desk, '_');
    assert_non_null(strstr(desk_message(desk), "put away: z brings them back"));
    desk_key(desk, '3');
    assert_focus(desk, UI_NORMAL);
}

static void escape_ends_the_whole_screen_before_it_leads_out(void **state)
{
    struct desk *desk = *state;
    desk_keys(desk, "2++");
    desk_key(desk, KEY_ESCAPE);
    assert_int_equal(desk->app.ui.sizes[UI_NORMAL], UI_USUAL);
    assert_false(desk->app.ui.quit);
    desk_keys(desk, "1++");
    desk_key(desk, KEY_ESCAPE);
    assert_focus(desk, UI_NORMAL);
    assert_int_equal(desk->app.ui.sizes[UI_POOL], UI_USUAL);
}

static void why_from_the_pool_leads_back_to_the_pool(void **state)
{
    struct desk *desk = *state;
    desk_keys(desk, "1Gw");
    assert_focus(desk, UI_WHY);
    assert_int_equal(ui_base(&desk->app.ui), UI_POOL);
    desk_key(desk, 'q');
    assert_focus(desk, UI_POOL);
}

static void what_is_not_in_sight_has_no_focus(void **state)
{
    struct desk *desk = *state;
    desk_key(desk, '1');
    fit(desk, 30, 2);
    assert_focus(desk, UI_NORMAL);
    assert_non_null(strstr(desk_message(desk), "Too little room"));
}

static void a_pool_of_nothing_has_no_focus_and_tab_passes_over_it(void **state)
{
    struct desk *desk = *state;
    tree_put(&desk->tree, "state/openclaw.json", "{\"agents\":{\"list\":[]}}");
    desk_save(desk, NULL, 0);
    app_handle(&desk->app,
               &(struct event){.kind = EVENT_FILES, .parts = PART_REGISTRY | PART_CONFIG},
               desk->now_ms);
    desk_key(desk, '1');
    assert_focus(desk, UI_NORMAL);
    assert_non_null(strstr(desk_message(desk), "nothing to choose"));
    desk_key(desk, '4');
    desk_key(desk, KEY_TAB);
    assert_focus(desk, UI_NORMAL);
}

/* However the pool stands, the slot under the cursor is in sight. */
static void the_slot_under_the_cursor_is_in_sight_at_every_size(void **state)
{
    struct desk *desk = *state;
    static const int heights[] = {8, 10, 14, 24};
    for (size_t i = 0; i < COUNT(heights); i++) {
        desk_keys(desk, "1g");
        for (int step = 0; step < 4; step++) {
            fit(desk, 40, heights[i]);
            struct view view = app_view(&desk->app, desk->now_ms, 0, 0);
            struct view_grid grid = view_pool_window(&view, 40, heights[i]);
            size_t row = desk->app.ui.pool.at / grid.per_row;
            assert_in_range(row, desk->app.ui.pool.top, desk->app.ui.pool.top + grid.rows - 1);
            desk_key(desk, 'j');
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_A_DESK(tab_goes_round_the_panes_and_shift_tab_back),
        ON_A_DESK(numbers_go_to_their_panes),
        ON_A_DESK(escape_leads_from_each_pane_to_the_table_and_then_out),
        ON_A_DESK(in_the_pool_movements_go_from_slot_to_slot),
        ON_A_DESK(enter_goes_from_a_slot_to_its_holder),
        ON_A_DESK(an_action_is_done_to_the_holder_of_the_slot_and_says_its_id),
        ON_A_DESK(a_slot_that_is_free_has_nobody_to_act_on),
        ON_A_DESK(a_slot_that_changed_hands_a_moment_ago_is_not_acted_on),
        ON_A_DESK(the_cursor_of_the_pool_follows_its_fallback),
        ON_A_DESK(plus_enlarges_the_pane_up_to_the_whole_screen_and_underscore_shrinks_it),
        ON_A_DESK(one_pane_at_a_time_is_enlarged_and_stays_so),
        ON_A_DESK(events_that_are_shrunk_go_away_and_3_brings_them_back),
        ON_A_DESK(the_keys_of_the_events_are_those_of_the_key_map),
        ON_A_DESK(escape_ends_the_whole_screen_before_it_leads_out),
        ON_A_DESK(why_from_the_pool_leads_back_to_the_pool),
        ON_A_DESK(what_is_not_in_sight_has_no_focus),
        ON_A_DESK(a_pool_of_nothing_has_no_focus_and_tab_passes_over_it),
        ON_A_DESK(the_slot_under_the_cursor_is_in_sight_at_every_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
