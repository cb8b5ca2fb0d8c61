/* A screen that stands still, and one that is locked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/helpers/desk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define A "aaaaaaaa-1"
#define B "bbbbbbbb-2" /* active on slot 2 */
#define C "cccccccc-3"
#define D "dddddddd-4" /* idle on slot 3 */

static void assert_says(const struct desk *desk, enum ui_tone tone, const char *message)
{
    assert_string_equal(desk_message(desk), message);
    assert_int_equal(desk->app.ui.tone, tone);
}

static const char *picture(const struct desk *desk)
{
    static char text[8192];
    struct cells cells = {.ascii = true};
    struct buffer out = {0};
    struct view view = app_view(&desk->app, desk->now_ms, 12, 34);
    assert_int_equal(cells_resize(&cells, 100, 30), 0);
    view_draw(&view, &cells);
    cells_print_text(&cells, &out);
    (void)snprintf(text, sizeof(text), "%s", out.data);
    buffer_done(&out);
    cells_done(&cells);
    return text;
}

static char *copy_of_picture(const struct desk *desk)
{
    char *text = strdup(picture(desk));
    assert_non_null(text);
    return text;
}

static void the_screen_stands_still_while_files_and_time_go_on(void **state)
{
    struct desk *desk = *state;
    desk_keys(desk, "Zj");
    char *frozen = copy_of_picture(desk);
    assert_non_null(strstr(frozen, "FROZEN"));
    assert_null(strstr(frozen, "LIVE"));
    desk_save_changed(desk, A, NULL, 0);
    desk_files(desk);
    desk->now_ms += 40 * DESK_MINUTE_MS;
    desk_event(desk, EVENT_TIME);
    desk_event(desk, EVENT_RESUMED);
    assert_string_equal(picture(desk), frozen);
    struct view view = app_view(&desk->app, desk->now_ms, 12, 34);
    assert_true(view_next_change_ms(&view, 100, 30) == INT64_MAX);
    free(frozen);
}

static void it_can_be_read_moved_in_sorted_and_filtered_meanwhile(void **state)
{
    struct desk *desk = *state;
    desk_key(desk, 'Z');
    desk_save(desk, desk_first, 1);
    desk_files(desk);
    desk_keys(desk, "jj\r");
    assert_int_equal(desk->app.ui.mode, UI_DETAIL);
    desk_keys(desk, "q>I/dddd\r");
    assert_string_equal(desk_cursor(desk), D);
    desk_keys(desk, " ");
    assert_int_equal(desk->app.ui.tags.marked, 1);
    assert_true(desk->app.freeze.is_on);
}

static void it_goes_live_by_each_way_and_says_what_came(void **state)
{
    struct desk *desk = *state;
    static const uint32_t ways[] = {'Z', '.', KEY_ESCAPE};
    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        desk_save(desk, desk_first, desk_first_count);
        desk_key(desk, 'r');
        desk_key(desk, 'Z');
        assert_says(desk, TONE_NONE,
                    "Frozen: what you see stands still, and nothing is changed, until Z.");
        desk_save_changed(desk, A, NULL, 0);
        desk_files(desk);
        desk_save_changed(desk, B, NULL, 0);
        desk_files(desk);
        assert_int_equal(desk->app.rows.count, 6);
        desk_key(desk, ways[i]);
        assert_says(desk, TONE_NONE, "Live again: the registry was saved 2 times meanwhile.");
        assert_int_equal(desk->app.rows.count, 5);
        assert_false(desk->app.freeze.is_on);
        assert_false(desk->app.ui.quit);
        assert_int_equal(desk->app.held_parts, 0);
    }
    desk_key(desk, '.');
    assert_says(desk, TONE_NONE, "It is live.");
    desk_keys(desk, "ZZ");
    assert_says(desk, TONE_NONE, "Live again: nothing was saved meanwhile.");
}

static void reading_again_goes_live(void **state)
{
    struct desk *desk = *state;
    desk_key(desk, 'Z');
    desk_save(desk, desk_first, 2);
    desk_key(desk, 'r');
    assert_int_equal(desk->app.rows.count, 2);
    assert_false(desk->app.freeze.is_on);
}

static void nothing_is_changed_by_keys_on_a_frozen_screen(void **state)
{
    struct desk *desk = *state;
    desk_select(desk, B);
    desk_keys(desk, "ZK");
    assert_says(desk, TONE_WARNING,
                "Not done: what you see is frozen, and may be so no more. Z goes live, then press "
                "K.");
    for (const char *key = "ixKPaBuD"; *key; key++) {
        desk_key(desk, (uint32_t)*key);
        assert_int_equal(desk->app.ui.mode, UI_NORMAL);
        assert_int_equal(strncmp(desk_message(desk), "Not done: what you see is frozen", 32), 0);
    }
    assert_string_equal(desk_stored(desk, B), "active");
}

static void what_was_not_seen_yet_after_going_live_is_not_acted_on(void **state)
{
    struct desk *desk = *state;
    desk_select(desk, B);
    desk_key(desk, 'Z');
    desk_save_changed(desk, B, "idle", 5 * DESK_MINUTE_MS);
    desk_files(desk);
    desk_keys(desk, "ZK");
    assert_string_equal(desk_stored(desk, B), "idle");
    assert_non_null(strstr(desk_message(desk), "this row changed just before"));
}

static void a_tag_of_a_frozen_screen_is_guarded_by_what_was_seen(void **state)
{
    struct desk *desk = *state;
    desk_key(desk, 'Z');
    desk_save_changed(desk, B, "active", 1000);
    desk_files(desk);
    desk_keys(desk, "j  Z");
    desk->now_ms += UI_NOTICE_MS;
    desk_keys(desk, "Ky");
    assert_string_equal(desk_stored(desk, B), "active");
    assert_string_equal(desk_stored(desk, C), "deleted");
}

static size_t count_events(const struct desk *desk)
{
    size_t count = 0;
    if (desk->state.around.history)
        (void)history_events(desk->state.around.history, &count);
    return count;
}

static void what_happens_meanwhile_is_in_the_history_once(void **state)
{
    struct desk *desk = *state;
    assert_non_null(desk->state.around.history);
    size_t before = count_events(desk);
    desk_key(desk, 'Z');
    desk_save_changed(desk, B, "idle", 5 * DESK_MINUTE_MS);
    desk_files(desk);
    desk_save(desk, desk_first, desk_first_count);
    desk_files(desk);
    assert_int_equal(count_events(desk), before);
    desk_save_changed(desk, B, "expired", 5 * DESK_MINUTE_MS); /* nobody told */
    desk_key(desk, 'Z');
    size_t count;
    const struct history_event *events = history_events(desk->state.around.history, &count);
    assert_int_equal(count, before + 3);
    assert_int_equal(events[before].to, STATE_IDLE);
    assert_int_equal(events[before + 1].to, STATE_ACTIVE);
    assert_int_equal(events[before + 2].to, STATE_EXPIRED);
    desk_keys(desk, "E");
    assert_int_equal(desk->app.ui.events.total, count);
}

static void quitting_while_frozen_keeps_what_was_seen(void **state)
{
    struct desk *desk = *state;
    size_t before = count_events(desk);
    desk_key(desk, 'Z');
    desk_save_changed(desk, B, "idle", 5 * DESK_MINUTE_MS);
    desk_files(desk);
    desk_event(desk, EVENT_QUIT);
    app_done(&desk->app);
    assert_int_equal(count_events(desk), before + 1);
    assert_int_equal(app_init(&desk->app, &desk->state, NULL), 0);
}

static void an_edit_of_before_is_held_to_behind_the_frozen_screen(void **state)
{
    struct desk *desk = *state;
    desk_select(desk, B);
    desk_keys(desk, "KZ");
    assert_string_equal(desk_stored(desk, B), "deleted");
    desk_save(desk, desk_first, desk_first_count); /* an older copy */
    desk_files(desk);
    assert_string_equal(desk_stored(desk, B), "deleted");
    assert_non_null(strstr(desk_message(desk), "applied again"));
    assert_true(desk->app.freeze.is_on);
}

static void an_edit_of_before_is_held_to_behind_the_past(void **state)
{
    struct desk *desk = *state;
    desk_select(desk, B);
    desk_keys(desk, "iK[");
    assert_non_null(desk->app.past.frozen);
    desk_save(desk, desk_first, desk_first_count); /* an older copy */
    desk_files(desk);
    assert_string_equal(desk_stored(desk, B), "deleted");
    assert_non_null(strstr(desk_message(desk), "applied again"));
    assert_non_null(desk->app.past.frozen);
}

static void the_lock_is_of_the_present_whatever_is_shown(void **state)
{
    struct desk *desk = *state;
    desk_select(desk, B);
    desk_keys(desk, "iK[");
    assert_non_null(desk->app.past.frozen);
    desk_keys(desk, "L.");
    assert_true(desk->state.store.read_only);
    desk_key(desk, '[');
    desk_save(desk, desk_first, desk_first_count); /* an older copy */
    desk_files(desk);
    assert_string_equal(desk_stored(desk, B), "active");
    assert_non_null(strstr(desk_message(desk), "could not be applied again: read-only"));
    desk_keys(desk, "Ly.");
    assert_false(desk->state.store.read_only);
}

static void what_cannot_wait_is_told(void **state)
{
    struct desk *desk = *state;
    desk_key(desk, 'Z');
    desk_write(desk, "{\"version\": 1, \"agents\": {");
    desk_files(desk);
    assert_says(desk, TONE_ERROR, "Behind the frozen screen the registry is torn. Z shows it.");
    assert_int_equal(app_truth(&desk->app)->document.state, DOCUMENT_TORN);
    assert_int_equal(desk->state.document.state, DOCUMENT_OK);
    desk_key(desk, 'Z');
    assert_int_equal(desk->state.document.state, DOCUMENT_TORN);
}

static void a_wipe_behind_it_is_told(void **state)
{
    struct desk *desk = *state;
    desk_key(desk, 'Z');
    desk_save(desk, desk_first, 1);
    desk_files(desk);
    assert_says(desk, TONE_ERROR,
                "Behind the frozen screen a save has wiped the registry. Z shows it.");
    assert_false(desk->state.is_wiped);
    desk_key(desk, 'Z');
    assert_true(desk->state.is_wiped);
}

/* ---- locked ---- */

static void locked_is_read_only_down_to_the_store(void **state)
{
    struct desk *desk = *state;
    desk_select(desk, B);
    desk_key(desk, 'L');
    assert_says(desk, TONE_GOOD, "Locked: nothing is changed from here until L unlocks it.");
    assert_true(desk->state.store.read_only);
    assert_non_null(strstr(picture(desk), "READ-ONLY"));
    desk_key(desk, 'K');
    assert_says(desk, TONE_WARNING,
                "Read-only: release is switched off; nothing was changed. L unlocks it.");
    assert_string_equal(desk_stored(desk, B), "active");
}

static void unlocking_asks_and_only_yes_unlocks(void **state)
{
    struct desk *desk = *state;
    desk_select(desk, B);
    for (const char *no = "nL\r\x1b q"; *no; no++) {
        desk_keys(desk, "L");
        if (desk->app.ui.mode != UI_CONFIRM)
            desk_keys(desk, "L");
        assert_string_equal(desk_question(desk),
                            "Unlock? Keys that change the registry do so again.");
        desk_key(desk, (uint32_t)*no);
        assert_says(desk, TONE_WARNING, "Not done.");
        assert_true(desk->state.store.read_only);
    }
    desk_keys(desk, "Ly");
    assert_says(desk, TONE_WARNING, "Unlocked: keys that change the registry do so again.");
    assert_false(desk->state.store.read_only);
    desk_key(desk, 'K');
    assert_string_equal(desk_stored(desk, B), "deleted");
}

static void what_was_started_read_only_stays_so(void **state)
{
    struct desk *desk = *state;
    desk->app.read_only = desk->state.store.read_only = true;
    desk_keys(desk, "LyL");
    assert_says(desk, TONE_WARNING, "Started read-only: it stays so for this run.");
    assert_true(desk->state.store.read_only);
    assert_int_equal(desk->app.ui.mode, UI_NORMAL);
}

static void an_edit_that_is_lost_while_locked_is_told_and_not_made_again(void **state)
{
    struct desk *desk = *state;
    desk_select(desk, B);
    desk_keys(desk, "KL");
    desk_save(desk, desk_first, desk_first_count); /* an older copy */
    desk_files(desk);
    assert_string_equal(desk_stored(desk, B), "active");
    assert_int_equal(desk->app.ui.tone, TONE_ERROR);
    assert_non_null(strstr(desk_message(desk), "could not be applied again: read-only"));
}

#define ON_A_DESK(test) cmocka_unit_test_setup_teardown(test, desk_set_up, desk_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_A_DESK(the_screen_stands_still_while_files_and_time_go_on),
        ON_A_DESK(it_can_be_read_moved_in_sorted_and_filtered_meanwhile),
        ON_A_DESK(it_goes_live_by_each_way_and_says_what_came),
        ON_A_DESK(reading_again_goes_live),
        ON_A_DESK(nothing_is_changed_by_keys_on_a_frozen_screen),
        ON_A_DESK(what_was_not_seen_yet_after_going_live_is_not_acted_on),
        ON_A_DESK(a_tag_of_a_frozen_screen_is_guarded_by_what_was_seen),
        ON_A_DESK(what_happens_meanwhile_is_in_the_history_once),
        ON_A_DESK(quitting_while_frozen_keeps_what_was_seen),
        ON_A_DESK(an_edit_of_before_is_held_to_behind_the_frozen_screen),
        ON_A_DESK(an_edit_of_before_is_held_to_behind_the_past),
        ON_A_DESK(the_lock_is_of_the_present_whatever_is_shown),
        ON_A_DESK(what_cannot_wait_is_told),
        ON_A_DESK(a_wipe_behind_it_is_told),
        ON_A_DESK(locked_is_read_only_down_to_the_store),
        ON_A_DESK(unlocking_asks_and_only_yes_unlocks),
        ON_A_DESK(what_was_started_read_only_stays_so),
        ON_A_DESK(an_edit_that_is_lost_while_locked_is_told_and_not_made_again),
    };
    return cmocka_run_group_tests_name("app_freeze", tests, NULL, NULL);
}
