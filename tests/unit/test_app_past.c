#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/helpers/desk.h"

#include <string.h>

/* Stepping through what happened while the dashboard was open. */

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))
#define ON_A_DESK(test) cmocka_unit_test_setup_teardown(test, desk_set_up, desk_tear_down)

static void happen(struct desk *desk, const char *id, const char *state)
{
    desk->now_ms += DESK_MINUTE_MS;
    desk_save_changed(desk, id, state, 7 * DESK_MINUTE_MS);
    desk_files(desk);
}

/* Three events: dddddddd-4 expired, then it is back and bbbbbbbb-2 idle. */
static void set_eventful(struct desk *desk)
{
    happen(desk, "dddddddd-4", "expired");
    happen(desk, "bbbbbbbb-2", "idle");
}

static enum entry_state state_of(const struct desk *desk, const char *id)
{
    const struct registry *registry = &state_shown(desk->app.state)->registry;
    const struct entry *entry = registry_find(registry, str_of(id));
    assert_non_null(entry);
    return (enum entry_state)entry->state;
}

static bool is_past(const struct desk *desk)
{
    struct view view = app_view(&desk->app, desk->now_ms, 0, 0);
    return view.past_of_ms != 0;
}

static void a_step_back_shows_what_was_and_a_point_what_is(void **state)
{
    struct desk *desk = *state;
    set_eventful(desk);
    assert_int_equal(state_of(desk, "dddddddd-4"), STATE_IDLE);
    desk_keys(desk, "[[");
    assert_true(is_past(desk));
    assert_int_equal(state_of(desk, "dddddddd-4"), STATE_EXPIRED);
    assert_non_null(strstr(desk_message(desk), "As it was after event 1 of 3"));
    assert_true(app_view(&desk->app, desk->now_ms, 0, 0).now_ms < desk->now_ms);
    desk_key(desk, '.');
    assert_false(is_past(desk));
    assert_int_equal(state_of(desk, "dddddddd-4"), STATE_IDLE);
}

static void forward_from_the_newest_is_live(void **state)
{
    struct desk *desk = *state;
    set_eventful(desk);
    desk_keys(desk, "[[]");
    assert_true(is_past(desk));
    desk_key(desk, ']');
    assert_true(is_past(desk)); /* after the newest event, as it was then */
    desk_key(desk, ']');
    assert_false(is_past(desk));
}

static void the_past_has_a_beginning(void **state)
{
    struct desk *desk = *state;
    set_eventful(desk);
    desk_keys(desk, "[[[[");
    assert_true(is_past(desk));
    assert_string_equal(desk_message(desk), "That is as far back as the history goes.");
}

static void without_events_there_is_no_past(void **state)
{
    struct desk *desk = *state;
    desk_key(desk, '[');
    assert_false(is_past(desk));
    assert_non_null(strstr(desk_message(desk), "too few events"));
}

static void nothing_is_changed_in_the_past(void **state)
{
    struct desk *desk = *state;
    static const char keys[] = "ixKPuBa";
    set_eventful(desk);
    desk_key(desk, '[');
    for (const char *key = keys; *key; key++) {
        desk_key(desk, (uint32_t)*key);
        assert_non_null(strstr(desk_message(desk), "Not done: what you see is the past"));
        assert_string_equal(desk_stored(desk, "aaaaaaaa-1"), "active");
    }
}

/* Behind the past the truth goes on, and is there when it is live again. */
static void what_happens_meanwhile_is_noted_and_shown_afterwards(void **state)
{
    struct desk *desk = *state;
    set_eventful(desk);
    desk_keys(desk, "[[");
    happen(desk, "aaaaaaaa-1", "expired");
    assert_true(is_past(desk));
    assert_int_equal(state_of(desk, "aaaaaaaa-1"), STATE_ACTIVE);
    desk_key(desk, '.');
    assert_int_equal(state_of(desk, "aaaaaaaa-1"), STATE_EXPIRED);
    desk_key(desk, 'E');
    assert_true(desk->app.ui.events.count > 3);
}

static void panes_filter_and_cursor_work_in_the_past(void **state)
{
    struct desk *desk = *state;
    set_eventful(desk);
    desk_keys(desk, "[[1gj\r");
    assert_int_equal(desk->app.ui.mode, UI_NORMAL);
    desk_keys(desk, "/cccccccc\r");
    assert_int_equal(desk->app.rows.count, 1);
    desk_keys(desk, "dqwqtt<>I");
    assert_true(is_past(desk));
}

static void the_program_ends_in_the_past_as_anywhere(void **state)
{
    struct desk *desk = *state;
    set_eventful(desk);
    desk_keys(desk, "[[q");
    assert_true(desk->app.ui.quit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_A_DESK(a_step_back_shows_what_was_and_a_point_what_is),
        ON_A_DESK(forward_from_the_newest_is_live),
        ON_A_DESK(the_past_has_a_beginning),
        ON_A_DESK(without_events_there_is_no_past),
        ON_A_DESK(nothing_is_changed_in_the_past),
        ON_A_DESK(what_happens_meanwhile_is_noted_and_shown_afterwards),
        ON_A_DESK(panes_filter_and_cursor_work_in_the_past),
        ON_A_DESK(the_program_ends_in_the_past_as_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
