#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/helpers/desk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RECENT "aaaaaaaa-1"   /* active on slot 1, used 12 s ago */
#define QUIET "bbbbbbbb-2"    /* active on slot 2 */
#define FALLBACK "cccccccc-3" /* active on the workspace agent */
#define IDLE "dddddddd-4"     /* idle on slot 3 */
#define EXPIRED "eeeeeeee-5"  /* was on slot 1 */
#define RELEASED "ffffffff-6" /* was on slot 2 */
/* No chat is found here. */
#define FREES_1                                                                                    \
    "Slot 1 is free for the next new chat. Its chat may stay pinned to it: both would send to "    \
    "one "                                                                                         \
    "agent."

static void assert_says(const struct desk *desk, enum ui_tone tone, const char *message)
{
    assert_string_equal(desk_message(desk), message);
    assert_int_equal(desk->app.ui.tone, tone);
}

static void what_takes_nothing_from_a_session_in_use_is_done_at_once_and_verified(void **state)
{
    struct desk *desk = *state;
    static const struct {
        const char *session;
        uint32_t key;
        const char *stored, *message;
    } table[] = {
        {QUIET, 'i', "idle", "Marked idle bbbbbbbb. It keeps slot 2 until it expires."},
        {RECENT, 'i', "idle", "Marked idle aaaaaaaa. It keeps slot 1 until it expires."},
        {QUIET, 'x', "expired", "Expired bbbbbbbb; slot 2 is free."},
        {QUIET, 'K', "deleted", "Released bbbbbbbb; slot 2 is free."},
        {IDLE, 'x', "expired", "Expired dddddddd; slot 3 is free."},
        {FALLBACK, 'i', "idle", "Marked idle cccccccc. It stays on the workspace agent main."},
        {FALLBACK, 'K', "deleted",
         "Released cccccccc; nothing is freed: it was on the workspace agent main."},
        {EXPIRED, 'K', "deleted", "Released eeeeeeee; it held no slot."},
    };
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        desk_save(desk, desk_first, desk_first_count);
        desk_key(desk, 'r');
        desk_select(desk, table[i].session);
        desk_key(desk, table[i].key);
        assert_int_equal(desk->app.ui.mode, UI_NORMAL);
        assert_string_equal(desk_stored(desk, table[i].session), table[i].stored);
        assert_says(desk, TONE_GOOD, table[i].message);
        assert_string_equal(desk_cursor(desk), table[i].session);
    }
}

static void ending_the_hold_of_a_session_used_in_the_last_minute_is_asked_about_first(void **state)
{
    struct desk *desk = *state;
    static const struct {
        uint32_t key;
        const char *question, *stored;
    } table[] = {
        {'x', "Expire aaaaaaaa, used 12s ago? " FREES_1 " The entry stays, as expired.", "expired"},
        {'K', "Release aaaaaaaa, used 12s ago? " FREES_1 " GC removes the entry.", "deleted"},
    };
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        desk_save(desk, desk_first, desk_first_count);
        desk_key(desk, 'r');
        desk_select(desk, RECENT);
        desk_key(desk, table[i].key);
        assert_int_equal(desk->app.ui.mode, UI_CONFIRM);
        assert_string_equal(desk_question(desk), table[i].question);
        assert_string_equal(desk_stored(desk, RECENT), "active");
        desk_key(desk, i % 2 ? 'Y' : 'y');
        assert_int_equal(desk->app.ui.mode, UI_NORMAL);
        assert_string_equal(desk_stored(desk, RECENT), table[i].stored);
        assert_int_equal(desk->app.ui.tone, TONE_GOOD);
    }
}

static void the_minute_ends_after_60_seconds_and_the_future_is_in_it(void **state)
{
    struct desk *desk = *state;
    static const struct {
        int64_t ago_ms;
        bool asks;
    } table[] = {{0, true}, {60000, true}, {60001, false}, {-5000, true}};
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        desk_save_changed(desk, QUIET, "active", table[i].ago_ms);
        desk_key(desk, 'r');
        desk_select(desk, QUIET);
        desk_key(desk, 'K');
        assert_int_equal(desk->app.ui.mode == UI_CONFIRM, table[i].asks);
        if (table[i].asks)
            desk_key(desk, 'n');
    }
}

/* The index has come, with the chat of RECENT; of the others there are none. */
static void put_index(struct desk *desk)
{
    struct event event = {.kind = EVENT_FILES, .parts = PART_ALL};
    tree_put(&desk->tree, "state/workspace/.openclaw/web-chat/index.json",
             "[{\"id\":\"" RECENT "\",\"title\":\"Refund copy for every customer in the EU, "
             "Züri\\u00edch\",\"chatAgentId\":\"chat-slot-main-1\"}]");
    app_handle(&desk->app, &event, desk->now_ms);
}

static void a_chat_is_told_by_its_title_and_that_it_stays_where_it_is(void **state)
{
    struct desk *desk = *state;
    put_index(desk);
    desk_select(desk, RECENT);
    desk_key(desk, 'K');
    assert_string_equal(desk_question(desk),
                        "Release aaaaaaaa \"Refund copy for every customer in the EU, Züri...\", "
                        "used 12s ago? Slot 1 is free for the next new chat. This chat stays "
                        "pinned to it until it is closed: both will send to one agent. GC removes "
                        "the entry.");
    desk_key(desk, 'y');
    assert_says(desk, TONE_GOOD,
                "Released aaaaaaaa; slot 1 is free. This chat stays pinned to it until it is "
                "closed.");
}

static void a_chat_that_is_gone_is_not_said_to_stay(void **state)
{
    struct desk *desk = *state;
    put_index(desk);
    desk->state.store.dry_run = true;
    desk_select(desk, QUIET);
    desk_key(desk, 'K');
    assert_says(desk, TONE_GOOD,
                "Dry run: nothing was changed. Without it: Release bbbbbbbb. Slot 2 is free for "
                "the next new chat; its chat is gone. GC removes the entry.");
    desk->state.store.dry_run = false;
    desk_key(desk, 'K');
    assert_says(desk, TONE_GOOD, "Released bbbbbbbb; slot 2 is free.");
}

static void anything_but_yes_is_no(void **state)
{
    struct desk *desk = *state;
    static const uint32_t keys[] = {
        KEY_ENTER, KEY_ESCAPE,    'n',         'N',  'q',  ' ', 'K',
        'P',       KEY_CTRL('C'), KEY_CODE_F1, 0x7f, 0xff, 0,   KEY_CODE_DELETE};
    desk_select(desk, RECENT);
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        desk_key(desk, 'K');
        assert_int_equal(desk->app.ui.mode, UI_CONFIRM);
        desk_key(desk, keys[i]);
        assert_int_equal(desk->app.ui.mode, UI_NORMAL);
        assert_says(desk, TONE_WARNING, "Not done.");
        assert_string_equal(desk_stored(desk, RECENT), "active");
        assert_false(desk->app.ui.quit);
    }
}

static void an_operator_who_wants_to_be_asked_always_is(void **state)
{
    struct desk *desk = *state;
    desk->app.asks_always = true;
    desk_select(desk, QUIET);
    desk_key(desk, 'i');
    assert_int_equal(desk->app.ui.mode, UI_CONFIRM);
    assert_string_equal(desk_stored(desk, QUIET), "active");
    desk_key(desk, 'y');
    assert_string_equal(desk_stored(desk, QUIET), "idle");
}

static void purge_always_asks_and_takes_released_and_expired_entries(void **state)
{
    struct desk *desk = *state;
    desk_select(desk, RELEASED);
    desk_key(desk, 'P');
    assert_string_equal(desk_question(desk),
                        "Purge ffffffff? The registry forgets it; nothing else changes.");
    desk_key(desk, KEY_ENTER);
    assert_string_equal(desk_stored(desk, RELEASED), "deleted");
    desk_keys(desk, "Py");
    assert_string_equal(desk_stored(desk, RELEASED), "");
    assert_says(desk, TONE_GOOD, "Purged ffffffff; it held no slot.");
    desk_select(desk, EXPIRED);
    desk_keys(desk, "Py");
    assert_string_equal(desk_stored(desk, EXPIRED), "");
    assert_int_equal(desk->app.rows.count, 4);
}

static void purge_refuses_a_live_session_and_says_what_to_do(void **state)
{
    struct desk *desk = *state;
    static const char *const sessions[] = {RECENT, QUIET, IDLE};
    for (size_t i = 0; i < sizeof(sessions) / sizeof(sessions[0]); i++) {
        desk_select(desk, sessions[i]);
        desk_key(desk, 'P');
        assert_int_equal(desk->app.ui.mode, UI_NORMAL);
        assert_non_null(strstr(desk_message(desk), " is live. Release it first"));
        assert_string_not_equal(desk_stored(desk, sessions[i]), "");
    }
}

static void what_makes_no_sense_is_said_and_not_done(void **state)
{
    struct desk *desk = *state;
    static const struct {
        const char *session;
        uint32_t key;
        const char *message;
    } table[] = {
        {RELEASED, 'K', "ffffffff is already released."},
        {RELEASED, 'x', "ffffffff is released, not live."},
        {RELEASED, 'i', "ffffffff is released, not live."},
        {EXPIRED, 'x', "eeeeeeee is already expired."},
        {EXPIRED, 'i', "eeeeeeee is expired, not live."},
        {IDLE, 'i', "dddddddd is already idle."},
    };
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        desk_select(desk, table[i].session);
        desk_key(desk, table[i].key);
        assert_says(desk, TONE_WARNING, table[i].message);
    }
}

static void an_entry_that_changed_before_the_key_is_left_alone(void **state)
{
    struct desk *desk = *state;
    static const struct {
        const char *state;
        int64_t ago_ms;
        const char *now;
    } table[] = {
        {"idle", 5 * DESK_MINUTE_MS, "idle"},
        {"active", 61000, "active"},
        {"deleted", 5 * DESK_MINUTE_MS, "released"},
    };
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        desk_save(desk, desk_first, desk_first_count);
        desk_key(desk, 'r');
        desk_select(desk, QUIET);
        desk_save_changed(desk, QUIET, table[i].state, table[i].ago_ms);
        desk_key(desk, 'x');
        char expected[128];
        (void)snprintf(expected, sizeof(expected),
                       "Not done: bbbbbbbb changed meanwhile (now %s). Look, then press x again.",
                       table[i].now);
        assert_says(desk, TONE_WARNING, expected);
        assert_string_equal(desk_stored(desk, QUIET), table[i].state);
    }
}

static void an_entry_that_changed_between_question_and_answer_is_left_alone(void **state)
{
    struct desk *desk = *state;
    desk_select(desk, RECENT);
    desk_key(desk, 'K');
    desk_save_changed(desk, RECENT, "active", 3000);
    desk_files(desk);
    desk_key(desk, 'y');
    assert_says(desk, TONE_WARNING,
                "Not done: aaaaaaaa changed meanwhile (now active). Look, then press K again.");
    assert_string_equal(desk_stored(desk, RECENT), "active");
    desk_keys(desk, "Ky");
    assert_string_equal(desk_stored(desk, RECENT), "deleted");
}

static void an_entry_that_is_gone_is_said_to_be_gone(void **state)
{
    struct desk *desk = *state;
    desk_select(desk, EXPIRED);
    desk_key(desk, 'P');
    desk_save_changed(desk, EXPIRED, NULL, 0);
    desk_key(desk, 'y');
    assert_says(desk, TONE_WARNING, "Not done: eeeeeeee: no such session.");
}

static void rows_do_not_move_under_a_question_and_follow_afterwards(void **state)
{
    struct desk *desk = *state;
    desk_select(desk, RECENT);
    desk_key(desk, 'K');
    size_t row = desk->app.ui.cursor_row;
    desk_save_changed(desk, FALLBACK, "active", 1000);
    desk_files(desk);
    desk_event(desk, EVENT_TIME);
    assert_int_equal(desk->app.ui.cursor_row, row);
    assert_string_equal(desk_question(desk),
                        "Release aaaaaaaa, used 12s ago? " FREES_1 " GC removes the entry.");
    desk_key(desk, 'n');
    assert_int_equal(desk->app.ui.cursor_row, row + 1);
    assert_string_equal(desk_cursor(desk), RECENT);
}

static void a_key_right_after_the_row_changed_by_itself_is_not_meant_for_it(void **state)
{
    struct desk *desk = *state;
    desk_select(desk, QUIET);
    desk_save_changed(desk, QUIET, "idle", 4 * DESK_MINUTE_MS);
    desk_files(desk);
    desk->now_ms += UI_NOTICE_MS - 1;
    desk_key(desk, 'K');
    assert_says(desk, TONE_WARNING,
                "Not done: this row changed just before. Look, then press K again.");
    assert_string_equal(desk_stored(desk, QUIET), "idle");
    desk_key(desk, 'K');
    assert_string_equal(desk_stored(desk, QUIET), "deleted");
}

static void a_change_that_could_be_seen_does_not_hinder(void **state)
{
    struct desk *desk = *state;
    desk_select(desk, QUIET);
    desk_save_changed(desk, QUIET, "idle", 4 * DESK_MINUTE_MS);
    desk_files(desk);
    desk->now_ms += UI_NOTICE_MS;
    desk_key(desk, 'K');
    assert_string_equal(desk_stored(desk, QUIET), "deleted");
}

static void a_session_that_goes_does_not_hand_its_key_to_the_next(void **state)
{
    struct desk *desk = *state;
    desk_select(desk, QUIET);
    desk_save_changed(desk, QUIET, NULL, 0);
    desk_files(desk);
    assert_string_equal(desk_cursor(desk), FALLBACK);
    desk_key(desk, 'K');
    assert_string_equal(desk_stored(desk, FALLBACK), "active");
    desk_key(desk, 'K');
    assert_string_equal(desk_stored(desk, FALLBACK), "deleted");
}

static void read_only_says_so_and_does_nothing_else(void **state)
{
    struct desk *desk = *state;
    desk->app.read_only = true;
    for (const char *key = "ixKP"; *key; key++) {
        desk_select(desk, *key == 'P' ? RELEASED : RECENT);
        desk_key(desk, (uint32_t)*key);
        assert_int_equal(strncmp(desk_message(desk), "Read-only: ", 11), 0);
        assert_int_equal(desk->app.ui.mode, UI_NORMAL);
    }
    assert_string_equal(desk_stored(desk, RECENT), "active");
    assert_string_equal(desk_stored(desk, RELEASED), "deleted");
}

static void the_store_itself_refuses_when_it_is_read_only(void **state)
{
    struct desk *desk = *state;
    desk->state.store.read_only = true;
    desk_select(desk, QUIET);
    desk_key(desk, 'K');
    assert_int_equal(desk->app.ui.tone, TONE_ERROR);
    assert_int_equal(strncmp(desk_message(desk), "Failed: ", 8), 0);
    assert_string_equal(desk_stored(desk, QUIET), "active");
}

static void a_dry_run_never_claims_to_have_done_it(void **state)
{
    struct desk *desk = *state;
    desk->state.store.dry_run = true;
    desk_select(desk, QUIET);
    desk_key(desk, 'K');
    assert_says(desk, TONE_GOOD,
                "Dry run: nothing was changed. Without it: Release bbbbbbbb. Slot 2 is free for "
                "the next new chat; its chat may stay pinned to it. GC removes the entry.");
    assert_string_equal(desk_stored(desk, QUIET), "active");
}

static void a_torn_registry_keeps_its_last_rows_and_is_not_written(void **state)
{
    struct desk *desk = *state;
    desk_select(desk, QUIET);
    desk_write(desk, "{\"version\": 1, \"agents\": {");
    desk_files(desk);
    assert_int_equal(desk->app.rows.count, desk_first_count);
    assert_string_equal(desk_cursor(desk), QUIET);
    desk_key(desk, 'K');
    assert_int_equal(desk->app.ui.tone, TONE_ERROR);
    assert_non_null(strstr(desk_message(desk), "is torn"));
    char *text = tree_read(&desk->tree, "state/chat-agents.json");
    assert_string_equal(text, "{\"version\": 1, \"agents\": {");
    free(text);
    desk_select(desk, RECENT); /* which would be asked about */
    desk_key(desk, 'K');
    assert_int_equal(desk->app.ui.mode, UI_NORMAL);
    assert_says(desk, TONE_WARNING, "The registry is torn: no session of it can be changed now.");
    desk_keys(desk, " x");
    assert_int_equal(desk->app.ui.mode, UI_NORMAL);
    assert_says(desk, TONE_WARNING, "The registry is torn: no session of it can be changed now.");
}

static void without_a_registry_there_is_nothing_to_act_on(void **state)
{
    struct desk *desk = *state;
    assert_int_equal(unlink(tree_path(&desk->tree, "state/chat-agents.json")), 0);
    desk_files(desk);
    assert_int_equal(desk->app.rows.count, 0);
    for (const char *key = "ixKP\rdjkgG"; *key; key++)
        desk_key(desk, (uint32_t)*key);
    assert_string_equal(desk_cursor(desk), "");
    desk_key(desk, 'K');
    assert_says(desk, TONE_WARNING, "No session is selected.");
}

static void a_slot_that_another_session_holds_is_not_called_free(void **state)
{
    struct desk *desk = *state;
    static const struct desk_entry doubled[] = {
        {"aaaaaaaa-1", "chat-slot-main-1", "active", 2 * DESK_MINUTE_MS},
        {"bbbbbbbb-2", "chat-slot-main-1", "active", 5 * DESK_MINUTE_MS},
    };
    desk_save(desk, doubled, 2);
    desk_key(desk, 'r');
    desk_select(desk, "bbbbbbbb-2");
    desk_key(desk, 'K');
    assert_says(desk, TONE_GOOD, "Released bbbbbbbb; slot 1 is held by aaaaaaaa.");
}

static void a_slot_that_is_not_in_the_pool_frees_nothing(void **state)
{
    struct desk *desk = *state;
    static const struct desk_entry orphan[] = {
        {"aaaaaaaa-1", "chat-slot-main-9", "active", 2 * DESK_MINUTE_MS},
    };
    desk_save(desk, orphan, 1);
    desk_key(desk, 'r');
    desk_key(desk, 'x');
    assert_says(desk, TONE_GOOD,
                "Expired aaaaaaaa; nothing is freed: chat-slot-main-9 is not in the pool.");
}

static void an_entry_of_unknown_state_is_not_expired_but_can_be_purged(void **state)
{
    struct desk *desk = *state;
    desk_save_changed(desk, QUIET, "paused", 5 * DESK_MINUTE_MS);
    desk_key(desk, 'r');
    desk_select(desk, QUIET);
    desk_key(desk, 'x');
    assert_int_equal(desk->app.ui.tone, TONE_WARNING);
    assert_string_equal(desk_stored(desk, QUIET), "paused");
    desk_keys(desk, "Py");
    assert_string_equal(desk_stored(desk, QUIET), "");
}

static void acting_in_the_detail_leads_back_to_it(void **state)
{
    struct desk *desk = *state;
    desk_select(desk, RECENT);
    desk_keys(desk, "\rKn");
    assert_int_equal(desk->app.ui.mode, UI_DETAIL);
    desk_keys(desk, "xy");
    assert_int_equal(desk->app.ui.mode, UI_DETAIL);
    assert_string_equal(desk_stored(desk, RECENT), "expired");
}

static void no_action_fires_under_the_help(void **state)
{
    struct desk *desk = *state;
    desk_select(desk, QUIET);
    desk_keys(desk, "?ixKP<>I");
    assert_int_equal(desk->app.ui.mode, UI_HELP);
    assert_string_equal(desk_stored(desk, QUIET), "active");
    assert_int_equal(desk->app.ui.sort, SORT_LAST_USE);
}

#define ON_A_DESK(test) cmocka_unit_test_setup_teardown(test, desk_set_up, desk_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_A_DESK(what_takes_nothing_from_a_session_in_use_is_done_at_once_and_verified),
        ON_A_DESK(ending_the_hold_of_a_session_used_in_the_last_minute_is_asked_about_first),
        ON_A_DESK(the_minute_ends_after_60_seconds_and_the_future_is_in_it),
        ON_A_DESK(a_chat_is_told_by_its_title_and_that_it_stays_where_it_is),
        ON_A_DESK(a_chat_that_is_gone_is_not_said_to_stay),
        ON_A_DESK(anything_but_yes_is_no),
        ON_A_DESK(an_operator_who_wants_to_be_asked_always_is),
        ON_A_DESK(purge_always_asks_and_takes_released_and_expired_entries),
        ON_A_DESK(purge_refuses_a_live_session_and_says_what_to_do),
        ON_A_DESK(what_makes_no_sense_is_said_and_not_done),
        ON_A_DESK(an_entry_that_changed_before_the_key_is_left_alone),
        ON_A_DESK(an_entry_that_changed_between_question_and_answer_is_left_alone),
        ON_A_DESK(an_entry_that_is_gone_is_said_to_be_gone),
        ON_A_DESK(rows_do_not_move_under_a_question_and_follow_afterwards),
        ON_A_DESK(a_key_right_after_the_row_changed_by_itself_is_not_meant_for_it),
        ON_A_DESK(a_change_that_could_be_seen_does_not_hinder),
        ON_A_DESK(a_session_that_goes_does_not_hand_its_key_to_the_next),
        ON_A_DESK(read_only_says_so_and_does_nothing_else),
        ON_A_DESK(the_store_itself_refuses_when_it_is_read_only),
        ON_A_DESK(a_dry_run_never_claims_to_have_done_it),
        ON_A_DESK(a_torn_registry_keeps_its_last_rows_and_is_not_written),
        ON_A_DESK(without_a_registry_there_is_nothing_to_act_on),
        ON_A_DESK(a_slot_that_another_session_holds_is_not_called_free),
        ON_A_DESK(a_slot_that_is_not_in_the_pool_frees_nothing),
        ON_A_DESK(an_entry_of_unknown_state_is_not_expired_but_can_be_purged),
        ON_A_DESK(acting_in_the_detail_leads_back_to_it),
        ON_A_DESK(no_action_fires_under_the_help),
    };
    return cmocka_run_group_tests_name("app_actions", tests, NULL, NULL);
}
