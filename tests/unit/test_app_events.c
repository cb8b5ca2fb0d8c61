#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/helpers/desk.h"

#include <string.h>

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))
#define SLOT "chat-slot-main-"

/* Something happens to a session of the registry; it goes from file to screen. */
static void happen(struct desk *desk, const char *id, const char *state)
{
    desk->now_ms += DESK_MINUTE_MS;
    desk_save_changed(desk, id, state, 7 * DESK_MINUTE_MS);
    desk_files(desk);
    desk->now_ms += UI_NOTICE_MS; /* the operator has seen it */
}

/* Three events, the newest and the oldest of dddddddd-4. */
static void set_eventful(struct desk *desk)
{
    happen(desk, "dddddddd-4", "expired");
    happen(desk, "bbbbbbbb-2", "idle"); /* and dddddddd-4 is back */
    desk_key(desk, 'E');
}

static const struct history_event *under_cursor(const struct desk *desk)
{
    const struct events_pane *pane = &desk->app.ui.events;
    size_t count;
    const struct history_event *events = history_events(desk->state.around.history, &count);
    assert_true(pane->at < pane->count && pane->shown[pane->at] < count);
    return &events[pane->shown[pane->at]];
}

static void assert_cursor(const struct desk *desk, const char *id, enum history_event_kind kind)
{
    const struct history_event *event = under_cursor(desk);
    assert_true(str_equal(event->session_id, str_of(id)));
    assert_int_equal(event->kind, kind);
}

static void E_and_3_show_the_events_and_the_same_key_q_and_escape_lead_back(void **state)
{
    struct desk *desk = *state;
    static const uint32_t in[] = {'E', '3'}, out[] = {0, 'q', KEY_ESCAPE, KEY_CTRL('C')};
    desk_select(desk, "bbbbbbbb-2");
    for (size_t i = 0; i < COUNT(in) * COUNT(out); i++) {
        uint32_t key = in[i % COUNT(in)], back = out[i / COUNT(in)];
        desk_key(desk, key);
        assert_int_equal(desk->app.ui.mode, UI_EVENTS);
        assert_int_equal(desk->app.ui.sizes[UI_EVENTS], key == 'E' ? UI_FULL : UI_USUAL);
        desk_key(desk, back ? back : key);
        assert_int_equal(desk->app.ui.mode, UI_NORMAL);
        assert_int_equal(desk->app.ui.sizes[UI_EVENTS], UI_USUAL);
        assert_string_equal(desk_cursor(desk), "bbbbbbbb-2");
        assert_false(desk->app.ui.quit);
    }
}

static void E_enlarges_events_that_have_the_focus_already(void **state)
{
    struct desk *desk = *state;
    desk_keys(desk, "3E");
    assert_int_equal(desk->app.ui.mode, UI_EVENTS);
    assert_int_equal(desk->app.ui.sizes[UI_EVENTS], UI_FULL);
}

static void the_newest_is_the_first_and_movements_stop_at_the_ends(void **state)
{
    struct desk *desk = *state;
    static const struct {
        const char *key;
        size_t at;
    } steps[] = {{"k", 0}, {"j", 1}, {"j", 2}, {"j", 2}, {"k", 1}, {"G", 2}, {"g", 0}};
    set_eventful(desk);
    assert_int_equal(desk->app.ui.events.count, 3);
    assert_cursor(desk, "dddddddd-4", EVENT_ALLOCATED);
    for (size_t i = 0; i < COUNT(steps); i++) {
        desk_keys(desk, steps[i].key);
        assert_int_equal(desk->app.ui.events.at, steps[i].at);
    }
    desk_key(desk, 'G');
    assert_cursor(desk, "dddddddd-4", EVENT_EXPIRED);
}

static void on_the_newest_the_cursor_stays_on_the_newest(void **state)
{
    struct desk *desk = *state;
    set_eventful(desk);
    happen(desk, "aaaaaaaa-1", "idle");
    assert_int_equal(desk->app.ui.events.at, 0);
    assert_int_equal(desk->app.ui.events.count, 5);
    assert_cursor(desk, "bbbbbbbb-2", EVENT_ALLOCATED); /* anew: it was idle before */
}

static void what_the_operator_looks_at_stays_where_it_is_when_something_happens(void **state)
{
    struct desk *desk = *state;
    set_eventful(desk);
    for (int i = 0; i < 40; i++)
        happen(desk, "aaaaaaaa-1", i % 2 ? "active" : "idle");
    desk_keys(desk, "Gk");
    app_fit(&desk->app, 80, 24, desk->now_ms);
    size_t at = desk->app.ui.events.at, scroll = desk->app.ui.scroll;
    struct history_event event = *under_cursor(desk);
    char id[16] = "";
    memcpy(id, event.session_id.data, event.session_id.len);
    for (int i = 0; i < 5; i++) {
        happen(desk, "aaaaaaaa-1", i % 2 ? "active" : "idle");
        app_fit(&desk->app, 80, 24, desk->now_ms);
        assert_cursor(desk, id, event.kind);
        assert_true(desk->app.ui.events.at > at);
        assert_int_equal(desk->app.ui.events.at - at, desk->app.ui.scroll - scroll);
    }
}

static void enter_goes_to_the_session_of_the_event(void **state)
{
    struct desk *desk = *state;
    set_eventful(desk);
    desk_keys(desk, "q/aaaa\rEG\r"); /* the filter of the table would hide it */
    assert_int_equal(desk->app.ui.mode, UI_NORMAL);
    assert_string_equal(desk_cursor(desk), "dddddddd-4");
    assert_int_equal(desk->app.ui.filter.len, 0);
}

static void events_that_filled_the_screen_leave_the_table_its_rows(void **state)
{
    struct desk *desk = *state;
    static const char *const ways_out[] = {"E\r", "E2", "E\t", "E1"};
    set_eventful(desk);
    for (size_t i = 0; i < COUNT(ways_out); i++) {
        desk_keys(desk, "2");
        desk_keys(desk, ways_out[i]);
        assert_int_not_equal(desk->app.ui.mode, UI_EVENTS);
        assert_int_equal(desk->app.ui.sizes[UI_EVENTS], UI_USUAL);
    }
}

static void a_key_acts_on_the_session_of_the_event(void **state)
{
    struct desk *desk = *state;
    set_eventful(desk);
    desk_keys(desk, "Gx");
    assert_string_equal(desk_stored(desk, "dddddddd-4"), "expired");
    assert_int_equal(desk->app.ui.mode, UI_EVENTS);
    desk_key(desk, 'g');
    assert_cursor(desk, "dddddddd-4", EVENT_EXPIRED);
    assert_int_equal(under_cursor(desk)->by, BY_OPERATOR);
}

static void what_happened_under_the_cursor_a_moment_ago_is_not_acted_on(void **state)
{
    struct desk *desk = *state;
    set_eventful(desk);
    desk->now_ms += DESK_MINUTE_MS;
    desk_save_changed(desk, "bbbbbbbb-2", "active", 8 * DESK_MINUTE_MS);
    desk_files(desk);
    desk_key(desk, 'x');
    assert_non_null(strstr(desk_message(desk), "changed just before"));
    assert_string_equal(desk_stored(desk, "bbbbbbbb-2"), "active");
}

static void a_key_does_nothing_where_the_session_is_gone(void **state)
{
    struct desk *desk = *state;
    happen(desk, "dddddddd-4", NULL);
    for (const char *key = "ixKPaw\r"; *key; key++) {
        desk_key(desk, 'E');
        assert_cursor(desk, "dddddddd-4", EVENT_REMOVED);
        desk_key(desk, (uint32_t)*key);
        assert_int_equal(desk->app.ui.mode, UI_EVENTS);
        assert_string_equal(desk_message(desk), "dddddddd-4 is no longer in the registry.");
        desk_key(desk, 'q');
    }
}

static void where_nothing_happened_keys_say_so(void **state)
{
    struct desk *desk = *state;
    desk_keys(desk, "Ex");
    assert_string_equal(desk_message(desk), "There is no event: no session is selected.");
    assert_int_equal(desk->app.ui.mode, UI_EVENTS);
}

static void the_filter_works_as_it_is_typed_and_is_not_that_of_the_table(void **state)
{
    struct desk *desk = *state;
    static const struct {
        const char *typed;
        size_t count;
    } table[] = {
        {"", 3},      {"BBBB", 1},   {"slot 3", 2}, {"slot 3 took", 1},
        {"other", 1}, {"!other", 2}, {"!", 3},      {"no such thing", 0},
    };
    set_eventful(desk);
    size_t before = desk->app.rows.count;
    for (size_t i = 0; i < COUNT(table); i++) {
        desk_keys(desk, "/");
        desk_keys(desk, table[i].typed);
        assert_int_equal(desk->app.ui.events.count, table[i].count);
        assert_int_equal(desk->app.rows.count, before);
        desk_key(desk, KEY_ESCAPE);
        assert_int_equal(desk->app.ui.mode, UI_EVENTS);
        assert_int_equal(desk->app.ui.events.count, 3);
    }
    assert_int_equal(desk->app.ui.filter.len, 0);
}

static void a_kept_filter_is_cleared_by_escape_and_then_the_pane_closes(void **state)
{
    struct desk *desk = *state;
    set_eventful(desk);
    desk_keys(desk, "/bbbb\r");
    assert_int_equal(desk->app.ui.mode, UI_EVENTS);
    happen(desk, "bbbbbbbb-2", "expired");
    assert_int_equal(desk->app.ui.events.count, 2);
    desk_key(desk, KEY_ESCAPE);
    assert_int_equal(desk->app.ui.mode, UI_EVENTS);
    assert_int_equal(desk->app.ui.events.count, 4);
    desk_key(desk, KEY_ESCAPE);
    assert_int_equal(desk->app.ui.mode, UI_NORMAL);
}

static void arrows_move_through_the_events_while_a_filter_is_typed(void **state)
{
    struct desk *desk = *state;
    set_eventful(desk);
    size_t row = desk->app.ui.cursor_row;
    desk_key(desk, '/');
    desk_key(desk, KEY_CODE_DOWN);
    assert_int_equal(desk->app.ui.events.at, 1);
    assert_int_equal(desk->app.ui.cursor_row, row);
}

static void why_and_help_and_the_menu_lead_back_to_the_events(void **state)
{
    struct desk *desk = *state;
    set_eventful(desk);
    desk_key(desk, 'G');
    for (const char *key = "wa?"; *key; key++) {
        desk_key(desk, (uint32_t)*key);
        assert_int_not_equal(desk->app.ui.mode, UI_EVENTS);
        desk_key(desk, KEY_ESCAPE);
        assert_int_equal(desk->app.ui.mode, UI_EVENTS);
        assert_cursor(desk, "dddddddd-4", EVENT_EXPIRED);
    }
}

static void the_event_under_the_cursor_is_in_sight_at_every_size(void **state)
{
    struct desk *desk = *state;
    static const int widths[] = {40, 60, 80, 140}, heights[] = {8, 10, 24};
    for (int i = 0; i < 40; i++)
        happen(desk, "aaaaaaaa-1", i % 2 ? "active" : "idle");
    desk_key(desk, 'E');
    size_t count = desk->app.ui.events.count;
    assert_true(count >= 40);
    for (size_t i = 0; i < 2 * count; i++) {
        int width = widths[i % COUNT(widths)], height = heights[i / COUNT(widths) % COUNT(heights)];
        app_fit(&desk->app, width, height, desk->now_ms);
        struct view view = app_view(&desk->app, desk->now_ms, 0, 0);
        struct view_span span = view_cursor_span(&view, width, height);
        assert_true(span.count == 1 && span.room > 0 && span.first == desk->app.ui.events.at);
        assert_true(desk->app.ui.scroll <= span.first);
        assert_true(span.first < desk->app.ui.scroll + span.room);
        desk_key(desk, i < count ? 'j' : 'k');
    }
}

static void y_copies_the_id_and_Y_the_command(void **state)
{
    struct desk *desk = *state;
    static const struct {
        const char *keys, *copied, *message;
    } table[] = {
        {"y", "cccccccc-3", "Copied cccccccc-3."},
        {"Y", "slotop show cccccccc-3", "Copied slotop show cccccccc-3"},
        {"wY", "slotop why cccccccc-3", "Copied slotop why cccccccc-3"},
        {"qdy", "cccccccc-3", "Copied cccccccc-3."},
    };
    desk_select(desk, "cccccccc-3");
    for (size_t i = 0; i < COUNT(table); i++) {
        desk_keys(desk, table[i].keys);
        assert_string_equal(desk->app.clipboard.data, table[i].copied);
        assert_string_equal(desk_message(desk), table[i].message);
        assert_int_equal(desk->app.ui.tone, TONE_GOOD);
    }
}

static void the_id_of_a_session_that_is_gone_is_copied_from_its_event(void **state)
{
    struct desk *desk = *state;
    happen(desk, "dddddddd-4", NULL);
    desk_keys(desk, "Ey");
    assert_string_equal(desk->app.clipboard.data, "dddddddd-4");
}

static void without_a_session_nothing_is_copied(void **state)
{
    struct desk *desk = *state;
    desk_keys(desk, "/nothing\ry");
    assert_int_equal(desk->app.clipboard.len, 0);
    assert_string_equal(desk_message(desk), "No session is selected.");
}

static void
an_id_is_quoted_for_the_shell_and_one_that_a_shell_would_obey_is_not_copied(void **state)
{
    struct desk *desk = *state;
    static const struct {
        const char *json, *copied, *command;
    } table[] = {
        {"a b'c", "a b'c", "slotop show 'a b'\\''c'"},
        {"-rf", "-rf", "slotop show -- -rf"},
        {"x\\nrm -r .\\n", "", ""},
        {"x\\u001b[2J", "", ""},
        {"x\\u009b2J", "", ""},
        {"x\\u007f", "", ""},
        {"\\u00e9\\u4e2d", "\xc3\xa9\xe4\xb8\xad", "slotop show '\xc3\xa9\xe4\xb8\xad'"},
    };
    for (size_t i = 0; i < COUNT(table); i++) {
        struct desk_entry entry = {table[i].json, SLOT "1", "active", 9000};
        desk_save(desk, &entry, 1);
        desk_keys(desk, "rgy");
        assert_true(str_equal(buffer_str(&desk->app.clipboard), str_of(table[i].copied)) ||
                    (desk->app.clipboard.len == 0 && !*table[i].copied));
        desk_key(desk, 'Y');
        assert_true(str_equal(buffer_str(&desk->app.clipboard), str_of(table[i].command)) ||
                    (desk->app.clipboard.len == 0 && !*table[i].command));
        assert_int_equal(desk->app.ui.tone, *table[i].copied ? TONE_GOOD : TONE_WARNING);
    }
}

#define ON_A_DESK(test) cmocka_unit_test_setup_teardown(test, desk_set_up, desk_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_A_DESK(E_and_3_show_the_events_and_the_same_key_q_and_escape_lead_back),
        ON_A_DESK(E_enlarges_events_that_have_the_focus_already),
        ON_A_DESK(the_newest_is_the_first_and_movements_stop_at_the_ends),
        ON_A_DESK(on_the_newest_the_cursor_stays_on_the_newest),
        ON_A_DESK(what_the_operator_looks_at_stays_where_it_is_when_something_happens),
        ON_A_DESK(enter_goes_to_the_session_of_the_event),
        ON_A_DESK(events_that_filled_the_screen_leave_the_table_its_rows),
        ON_A_DESK(a_key_acts_on_the_session_of_the_event),
        ON_A_DESK(what_happened_under_the_cursor_a_moment_ago_is_not_acted_on),
        ON_A_DESK(a_key_does_nothing_where_the_session_is_gone),
        ON_A_DESK(where_nothing_happened_keys_say_so),
        ON_A_DESK(the_filter_works_as_it_is_typed_and_is_not_that_of_the_table),
        ON_A_DESK(a_kept_filter_is_cleared_by_escape_and_then_the_pane_closes),
        ON_A_DESK(arrows_move_through_the_events_while_a_filter_is_typed),
        ON_A_DESK(why_and_help_and_the_menu_lead_back_to_the_events),
        ON_A_DESK(the_event_under_the_cursor_is_in_sight_at_every_size),
        ON_A_DESK(y_copies_the_id_and_Y_the_command),
        ON_A_DESK(the_id_of_a_session_that_is_gone_is_copied_from_its_event),
        ON_A_DESK(without_a_session_nothing_is_copied),
        ON_A_DESK(an_id_is_quoted_for_the_shell_and_one_that_a_shell_would_obey_is_not_copied),
    };
    return cmocka_run_group_tests_name("app_events", tests, NULL, NULL);
}
