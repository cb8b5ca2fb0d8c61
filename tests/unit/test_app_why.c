#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/helpers/desk.h"

#include <string.h>

#define FALLBACK "cccccccc-3" /* active on the workspace agent */
#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static void save(struct desk *desk, const struct desk_entry *entries, size_t count)
{
    desk_save(desk, entries, count);
    desk_files(desk);
    desk->now_ms += UI_NOTICE_MS;
}

static const struct why_words *words_of(const struct desk *desk)
{
    assert_int_equal(desk->app.ui.mode, UI_WHY);
    return &desk->app.ui.why;
}

static void explain(struct desk *desk, const char *id)
{
    desk_select(desk, id);
    desk_key(desk, 'w');
}

static void w_explains_the_session_under_the_cursor_and_w_q_and_escape_lead_back(void **state)
{
    struct desk *desk = *state;
    static const uint32_t out[] = {'w', 'q', KEY_ESCAPE, KEY_CTRL('C')};
    for (size_t i = 0; i < COUNT(out); i++) {
        explain(desk, FALLBACK);
        assert_string_equal(words_of(desk)->session_id.data, FALLBACK);
        assert_true(words_of(desk)->is_fallback);
        assert_string_equal(words_of(desk)->head.data, "cccccccc fell back to main");
        desk_key(desk, out[i]);
        assert_int_equal(desk->app.ui.mode, UI_NORMAL);
        assert_string_equal(desk_cursor(desk), FALLBACK);
    }
}

static void a_fallback_is_explained_slot_by_slot_with_cause_and_advice(void **state)
{
    struct desk *desk = *state;
    static const struct desk_entry entries[] = {
        {FALLBACK, "main", "active", 2 * DESK_MINUTE_MS},
        {"11111111-1", "chat-slot-main-1", "active", 3 * DESK_MINUTE_MS},
        {"22222222-2", "chat-slot-main-2", "idle", 17 * DESK_MINUTE_MS},
        {"33333333-3", "chat-slot-main-3", "idle", 20 * DESK_MINUTE_MS},
    };
    static const char *const holders[] = {"11111111", "22222222", "33333333"};
    static const char *const holdings[] = {"in use", "quiet", "quiet"};
    static const char *const unused[] = {"1m00", "15m", "18m"};
    save(desk, entries, COUNT(entries));
    explain(desk, FALLBACK);
    const struct why_words *words = words_of(desk);
    assert_string_equal(words->cause.data,
                        "Cause: hoarded (seen). All 3 slots were held: 2 by chats that had "
                        "been quiet for 15m or more, 1 in use; all are held still.");
    assert_int_equal(words->line_count, COUNT(holders));
    for (size_t i = 0; i < words->line_count; i++) {
        assert_string_equal(words->lines[i].id.data, holders[i]);
        assert_string_equal(words->lines[i].holding.data, holdings[i]);
        assert_string_equal(words->lines[i].unused.data, unused[i]);
        assert_string_equal(words->lines[i].freed.data, "held still");
    }
    assert_true(str_starts(words->now, STR("Now: If 33333333 is done, slotop expire ")));
}

static void what_was_watched_is_said_to_be_seen_and_the_rest_inferred(void **state)
{
    struct desk *desk = *state;
    struct desk_entry entries[] = {
        {"aaaaaaaa-1", "chat-slot-main-1", "active", 12000},
        {"bbbbbbbb-2", "chat-slot-main-2", "active", 5 * DESK_MINUTE_MS},
        {"dddddddd-4", "chat-slot-main-3", "idle", 7 * DESK_MINUTE_MS},
        {"99999999-9", "main", "active", 0},
    };
    explain(desk, FALLBACK);
    assert_non_null(strstr(words_of(desk)->cause.data, "(inferred)"));
    desk_key(desk, KEY_ESCAPE);
    save(desk, entries, 3);
    entries[3].ago_ms = DESK_NOW_MS - desk->now_ms;
    save(desk, entries, 4);
    explain(desk, "99999999-9");
    assert_non_null(strstr(words_of(desk)->cause.data, "(seen)"));
}

static void a_session_that_did_not_fall_back_says_what_it_is_on(void **state)
{
    struct desk *desk = *state;
    explain(desk, "bbbbbbbb-2");
    assert_false(words_of(desk)->is_fallback);
    assert_string_equal(words_of(desk)->head.data,
                        "Session bbbbbbbb did not fall back: it got slot 2");
}

static void without_a_row_there_is_nothing_to_explain(void **state)
{
    struct desk *desk = *state;
    desk_keys(desk, "/nothing\rw");
    assert_int_equal(desk->app.ui.mode, UI_NORMAL);
    assert_string_equal(desk_message(desk), "No session is selected: there is nothing to explain.");
}

static void the_explanation_follows_the_registry(void **state)
{
    struct desk *desk = *state;
    explain(desk, FALLBACK);
    assert_non_null(strstr(words_of(desk)->now.data, "Every slot is held"));
    desk_save_changed(desk, "dddddddd-4", "expired", 7 * DESK_MINUTE_MS);
    desk_files(desk);
    assert_string_equal(words_of(desk)->now.data,
                        "Now: Slot 3 is free: a new chat gets it; this one stays on main.");
}

/* Of two looks that come so close the clock tells nothing. */
static void the_explanation_beside_follows_chats_read_in_the_same_millisecond(void **state)
{
    struct desk *desk = *state;
    const struct ui *ui = &desk->app.ui;
    app_fit(&desk->app, 140, 40, desk->now_ms);
    assert_string_equal(ui->side_why.head.data, "cccccccc fell back to main");
    tree_put(&desk->tree, "state/workspace/.openclaw/web-chat/index.json",
             "[{\"id\": \"" FALLBACK "\", \"title\": \"Invoice dispute\"}]");
    struct event event = {.kind = EVENT_FILES, .parts = PART_WORKSPACES | PART_CHATS};
    app_handle(&desk->app, &event, desk->now_ms);
    app_fit(&desk->app, 140, 40, desk->now_ms);
    assert_string_equal(ui->side_why.head.data, "cccccccc Invoice dispute fell back to main");
}

static void the_pane_goes_with_its_session(void **state)
{
    struct desk *desk = *state;
    explain(desk, FALLBACK);
    desk_save_changed(desk, FALLBACK, NULL, 0);
    desk_files(desk);
    assert_int_equal(desk->app.ui.mode, UI_NORMAL);
    assert_string_equal(desk_message(desk), "cccccccc-3: no such session.");
    assert_int_equal(desk->app.ui.tone, TONE_WARNING);
}

static void the_pane_holds_its_session_when_the_cursor_loses_it(void **state)
{
    struct desk *desk = *state;
    explain(desk, FALLBACK);
    desk_keys(desk, "\x1b/cccc\rw");
    desk_keys(desk, "jGkg");
    assert_string_equal(words_of(desk)->session_id.data, FALLBACK);
    assert_string_equal(desk_cursor(desk), FALLBACK);
}

static void the_detail_is_under_it(void **state)
{
    struct desk *desk = *state;
    desk_select(desk, FALLBACK);
    desk_keys(desk, "dw");
    assert_int_equal(desk->app.ui.mode, UI_WHY);
    desk_keys(desk, "?q");
    assert_int_equal(desk->app.ui.mode, UI_WHY);
    desk_key(desk, 'q');
    assert_int_equal(desk->app.ui.mode, UI_DETAIL);
    desk_key(desk, 'q');
    assert_int_equal(desk->app.ui.mode, UI_NORMAL);
}

static void keys_act_on_the_session_that_is_explained(void **state)
{
    struct desk *desk = *state;
    explain(desk, FALLBACK);
    desk_key(desk, 'x');
    assert_string_equal(desk_stored(desk, FALLBACK), "expired");
    assert_int_equal(desk->app.ui.mode, UI_WHY);
    assert_string_equal(words_of(desk)->session_id.data, FALLBACK);
}

static void the_pane_scrolls_as_far_as_there_are_lines(void **state)
{
    struct desk *desk = *state;
    explain(desk, FALLBACK);
    app_fit(&desk->app, 40, 10, desk->now_ms);
    desk_key(desk, 'G');
    app_fit(&desk->app, 40, 10, desk->now_ms);
    size_t last = desk->app.ui.scroll;
    assert_true(last > 0);
    desk_key(desk, 'j');
    app_fit(&desk->app, 40, 10, desk->now_ms);
    assert_int_equal(desk->app.ui.scroll, last);
    desk_key(desk, 'g');
    assert_int_equal(desk->app.ui.scroll, 0);
}

#define ON_A_DESK(test) cmocka_unit_test_setup_teardown(test, desk_set_up, desk_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_A_DESK(w_explains_the_session_under_the_cursor_and_w_q_and_escape_lead_back),
        ON_A_DESK(a_fallback_is_explained_slot_by_slot_with_cause_and_advice),
        ON_A_DESK(what_was_watched_is_said_to_be_seen_and_the_rest_inferred),
        ON_A_DESK(a_session_that_did_not_fall_back_says_what_it_is_on),
        ON_A_DESK(without_a_row_there_is_nothing_to_explain),
        ON_A_DESK(the_explanation_follows_the_registry),
        ON_A_DESK(the_explanation_beside_follows_chats_read_in_the_same_millisecond),
        ON_A_DESK(the_pane_goes_with_its_session),
        ON_A_DESK(the_pane_holds_its_session_when_the_cursor_loses_it),
        ON_A_DESK(the_detail_is_under_it),
        ON_A_DESK(keys_act_on_the_session_that_is_explained),
        ON_A_DESK(the_pane_scrolls_as_far_as_there_are_lines),
    };
    return cmocka_run_group_tests_name("app_why", tests, NULL, NULL);
}
