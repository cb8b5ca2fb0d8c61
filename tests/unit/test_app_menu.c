#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/helpers/desk.h"

#include <string.h>

#define RECENT "aaaaaaaa-1"   /* active on slot 1, used 12 s ago */
#define QUIET "bbbbbbbb-2"    /* active on slot 2 */
#define FALLBACK "cccccccc-3" /* active on the workspace agent */
#define IDLE "dddddddd-4"     /* idle on slot 3 */
#define EXPIRED "eeeeeeee-5"
#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static void open_menu(struct desk *desk, const char *id)
{
    desk_select(desk, id);
    desk_key(desk, 'a');
    assert_int_equal(desk->app.ui.mode, UI_MENU);
}

static struct menu_item item_of(const struct desk *desk, enum command_id id)
{
    const struct menu *menu = &desk->app.ui.menu;
    size_t at = 0;
    while (at < menu->count && menu->items[at].command->id != id)
        at++;
    assert_true(at < menu->count);
    return menu->items[at];
}

static void a_and_f9_open_the_menu_and_a_q_and_escape_leave_it(void **state)
{
    struct desk *desk = *state;
    static const uint32_t in[] = {'a', KEY_CODE_F1 + 8}, out[] = {'a', 'q', KEY_ESCAPE};
    desk_select(desk, QUIET);
    for (size_t i = 0; i < COUNT(in); i++) {
        for (size_t j = 0; j < COUNT(out); j++) {
            desk_key(desk, in[i]);
            assert_int_equal(desk->app.ui.mode, UI_MENU);
            desk_key(desk, out[j]);
            assert_int_equal(desk->app.ui.mode, UI_NORMAL);
            assert_string_equal(desk_stored(desk, QUIET), "active");
        }
    }
}

static void the_menu_says_what_makes_sense_and_why_the_rest_does_not(void **state)
{
    struct desk *desk = *state;
    static const struct {
        const char *id;
        bool idle, expire, release, purge;
        const char *why_not; /* of the first that makes no sense */
    } table[] = {
        {QUIET, true, true, true, false, "Not now: it is live. Release it first, then purge it."},
        {IDLE, false, true, true, false, "Not now: it is already idle."},
        {EXPIRED, false, false, true, true, "Not now: it is expired, not live."},
    };
    for (size_t i = 0; i < COUNT(table); i++) {
        open_menu(desk, table[i].id);
        assert_int_equal(desk->app.ui.menu.count, 4);
        assert_int_equal(item_of(desk, COMMAND_IDLE).can, table[i].idle);
        assert_int_equal(item_of(desk, COMMAND_EXPIRE).can, table[i].expire);
        assert_int_equal(item_of(desk, COMMAND_RELEASE).can, table[i].release);
        assert_int_equal(item_of(desk, COMMAND_PURGE).can, table[i].purge);
        const struct menu *menu = &desk->app.ui.menu;
        size_t at = 0;
        while (menu->items[at].can)
            at++;
        assert_string_equal(menu->items[at].text.data, table[i].why_not);
        assert_true(menu->items[menu->at].can); /* the cursor is on one that makes sense */
        desk_key(desk, KEY_ESCAPE);
    }
}

static void each_action_says_what_it_comes_to_and_whether_it_asks(void **state)
{
    struct desk *desk = *state;
    open_menu(desk, QUIET);
    assert_non_null(
        strstr(item_of(desk, COMMAND_EXPIRE).text.data, "Slot 2 is free for the next new chat"));
    assert_null(strstr(item_of(desk, COMMAND_EXPIRE).text.data, "Asks first"));
    assert_int_equal(desk->app.ui.menu.note.len, 0);
    desk_key(desk, KEY_ESCAPE);
    open_menu(desk, RECENT);
    assert_non_null(strstr(item_of(desk, COMMAND_EXPIRE).text.data, "Asks first: used 12s ago."));
}

static void a_key_or_enter_does_it_and_closes_the_menu(void **state)
{
    struct desk *desk = *state;
    static const struct {
        const char *keys, *stored;
    } table[] = {{"x", "expired"},   {"K", "deleted"},        {"i", "idle"},     {"\r", "idle"},
                 {"j\r", "expired"}, {"jjj\rk\r", "deleted"}, {"G\rg\r", "idle"}};
    for (size_t i = 0; i < COUNT(table); i++) {
        desk_save(desk, desk_first, desk_first_count);
        desk_key(desk, 'r');
        open_menu(desk, QUIET);
        desk_keys(desk, table[i].keys);
        assert_int_equal(desk->app.ui.mode, UI_NORMAL);
        assert_string_equal(desk_stored(desk, QUIET), table[i].stored);
        assert_int_equal(desk->app.ui.tone, TONE_GOOD);
        assert_string_equal(desk_cursor(desk), QUIET);
    }
}

static void what_makes_no_sense_is_said_and_the_menu_stays(void **state)
{
    struct desk *desk = *state;
    open_menu(desk, IDLE);
    desk_key(desk, 'i');
    assert_int_equal(desk->app.ui.mode, UI_MENU);
    assert_string_equal(desk_message(desk), "Not now: it is already idle.");
    desk_key(desk, KEY_ENTER); /* the cursor is where the key was */
    assert_int_equal(desk->app.ui.mode, UI_MENU);
    assert_string_equal(desk_stored(desk, IDLE), "idle");
}

static void what_is_risky_is_asked_and_no_is_no(void **state)
{
    struct desk *desk = *state;
    open_menu(desk, RECENT);
    desk_key(desk, 'x');
    assert_int_equal(desk->app.ui.mode, UI_CONFIRM);
    desk_key(desk, KEY_ENTER);
    assert_int_equal(desk->app.ui.mode, UI_NORMAL);
    assert_string_equal(desk_stored(desk, RECENT), "active");
    open_menu(desk, RECENT);
    desk_keys(desk, "xy");
    assert_string_equal(desk_stored(desk, RECENT), "expired");
}

static void other_keys_do_nothing_in_the_menu(void **state)
{
    struct desk *desk = *state;
    open_menu(desk, QUIET);
    desk_keys(desk, "uwf/d?<>IrBDZ \x7f");
    desk_key(desk, KEY_CODE_DELETE);
    desk_key(desk, KEY_CTRL('K'));
    desk_paste(desk, "xK\r");
    assert_int_equal(desk->app.ui.mode, UI_MENU);
    assert_string_equal(desk_stored(desk, QUIET), "active");
}

static void nothing_moves_under_the_menu_and_it_is_looked_at_afterwards(void **state)
{
    struct desk *desk = *state;
    open_menu(desk, QUIET);
    size_t row = desk->app.ui.cursor_row;
    desk_save_changed(desk, FALLBACK, "active", 0);
    desk_files(desk);
    desk->now_ms += 60 * DESK_MINUTE_MS;
    desk_event(desk, EVENT_TIME);
    assert_int_equal(desk->app.held_parts, PART_REGISTRY);
    assert_int_equal(desk->app.ui.cursor_row, row);
    assert_int_equal(desk->state.model.now_ms, DESK_NOW_MS);
    desk_key(desk, KEY_ESCAPE);
    assert_int_equal(desk->app.held_parts, 0);
    assert_int_equal(desk->app.ui.cursor_row, row + 1);
    assert_string_equal(desk_cursor(desk), QUIET);
}

static void an_entry_that_changed_while_the_menu_was_open_is_left_alone(void **state)
{
    struct desk *desk = *state;
    static const struct {
        const char *state;
        int64_t ago_ms;
    } changes[] = {{"idle", 5 * DESK_MINUTE_MS}, {"active", 61000}};
    for (size_t i = 0; i < COUNT(changes); i++) {
        desk_save(desk, desk_first, desk_first_count);
        desk_key(desk, 'r');
        open_menu(desk, QUIET);
        desk_save_changed(desk, QUIET, changes[i].state, changes[i].ago_ms);
        desk_files(desk);
        desk_key(desk, 'K');
        assert_non_null(strstr(desk_message(desk), "Not done: bbbbbbbb changed meanwhile"));
        assert_string_equal(desk_stored(desk, QUIET), changes[i].state);
    }
}

static void a_row_that_changed_a_moment_ago_opens_no_menu(void **state)
{
    struct desk *desk = *state;
    desk_select(desk, QUIET);
    desk_save_changed(desk, QUIET, "idle", 2 * DESK_MINUTE_MS);
    desk_files(desk);
    desk_key(desk, 'a');
    assert_int_equal(desk->app.ui.mode, UI_NORMAL);
    assert_string_equal(desk_message(desk),
                        "Not done: this row changed just before. Look, then press a again.");
    desk_key(desk, 'a');
    assert_int_equal(desk->app.ui.mode, UI_MENU);
}

static void the_menu_of_a_fallback_says_what_helps_and_offers_no_move(void **state)
{
    struct desk *desk = *state;
    open_menu(desk, FALLBACK);
    assert_string_equal(desk->app.ui.menu.note.data,
                        "Nothing in the server moves a chat to another agent. What helps is a new "
                        "chat: it gets a slot as soon as one is free.");
    desk_key(desk, KEY_ESCAPE);
    desk_save_changed(desk, IDLE, "expired", 7 * DESK_MINUTE_MS);
    desk_key(desk, 'r');
    open_menu(desk, FALLBACK);
    assert_non_null(strstr(desk->app.ui.menu.note.data, "it gets slot 3, which is free."));
}

static void read_only_and_a_torn_registry_have_no_menu(void **state)
{
    struct desk *desk = *state;
    desk->app.read_only = true;
    desk_key(desk, 'a');
    assert_int_equal(desk->app.ui.mode, UI_NORMAL);
    assert_non_null(strstr(desk_message(desk), "Read-only"));
    desk->app.read_only = false;
    desk_write(desk, "{");
    desk_files(desk);
    desk_key(desk, 'a');
    assert_int_equal(desk->app.ui.mode, UI_NORMAL);
    assert_string_equal(desk_message(desk),
                        "The registry is torn: no session of it can be changed now.");
}

static void without_a_row_or_without_room_there_is_no_menu(void **state)
{
    struct desk *desk = *state;
    open_menu(desk, QUIET);
    app_fit(&desk->app, 80, 7, desk->now_ms);
    assert_int_equal(desk->app.ui.mode, UI_NORMAL);
    assert_string_equal(desk_message(desk), "Too little room for that pane.");
    desk_keys(desk, "/nothing\ra");
    assert_int_equal(desk->app.ui.mode, UI_NORMAL);
    assert_string_equal(desk_message(desk), "No session is selected.");
}

static void what_changed_under_a_menu_without_room_is_looked_at(void **state)
{
    struct desk *desk = *state;
    open_menu(desk, QUIET);
    desk_save_changed(desk, QUIET, NULL, 0);
    desk_files(desk);
    size_t before = desk->app.rows.count;
    app_fit(&desk->app, 80, 7, desk->now_ms);
    assert_int_equal(desk->app.ui.mode, UI_NORMAL);
    assert_int_equal(desk->app.rows.count, before - 1);
}

#define ON_A_DESK(test) cmocka_unit_test_setup_teardown(test, desk_set_up, desk_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_A_DESK(a_and_f9_open_the_menu_and_a_q_and_escape_leave_it),
        ON_A_DESK(the_menu_says_what_makes_sense_and_why_the_rest_does_not),
        ON_A_DESK(each_action_says_what_it_comes_to_and_whether_it_asks),
        ON_A_DESK(a_key_or_enter_does_it_and_closes_the_menu),
        ON_A_DESK(what_makes_no_sense_is_said_and_the_menu_stays),
        ON_A_DESK(what_is_risky_is_asked_and_no_is_no),
        ON_A_DESK(other_keys_do_nothing_in_the_menu),
        ON_A_DESK(nothing_moves_under_the_menu_and_it_is_looked_at_afterwards),
        ON_A_DESK(an_entry_that_changed_while_the_menu_was_open_is_left_alone),
        ON_A_DESK(a_row_that_changed_a_moment_ago_opens_no_menu),
        ON_A_DESK(the_menu_of_a_fallback_says_what_helps_and_offers_no_move),
        ON_A_DESK(read_only_and_a_torn_registry_have_no_menu),
        ON_A_DESK(without_a_row_or_without_room_there_is_no_menu),
        ON_A_DESK(what_changed_under_a_menu_without_room_is_looked_at),
    };
    return cmocka_run_group_tests_name("app_menu", tests, NULL, NULL);
}
