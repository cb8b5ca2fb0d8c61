/* A session that the registry has forgotten, on the screen: it is seen, and nothing is done to it.
 */
#include "tests/helpers/desk.h"
#include "tests/helpers/setting.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define FORGOTTEN "99999999-9"

/* The model of the desk with a chat that no entry is of, and the rows of it. */
static void forget(struct desk *desk, struct setting *around)
{
    struct fixture fixture = {.more = {.now_ms = 0}};
    struct state *state = &desk->state;
    setting_init(around, &fixture);
    setting_add_chats(around,
                      (const struct setting_chat[]){{FORGOTTEN, "chat-slot-main-1", 7200000},
                                                    {"bbbbbbbb-2", "chat-slot-main-2", 9000},
                                                    {NULL, NULL, 0}});
    struct model_sources sources = {
        .document = state_shown(state),
        .pool = &state->pool,
        .workspace = &state->workspace,
        .registry_path = state->registry_path.data,
        .config_path = state->config_path.data,
        .now_ms = desk->now_ms,
        .chats = &around->chats,
    };
    model_done(&state->model);
    assert_int_equal(model_build(&sources, &state->model, NULL), 0);
    desk_key(desk, 'I'); /* arranges the rows of the new model */
    desk_select(desk, FORGOTTEN);
}

static void nothing_is_done_to_a_session_without_an_entry(void **state)
{
    static const uint32_t keys[] = {'i', 'x', 'K', 'P'};
    struct desk *desk = *state;
    struct setting around;
    forget(desk, &around);
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        desk_key(desk, keys[i]);
        assert_string_equal(desk_message(desk),
                            "99999999 is not in the registry: there is no entry to change.");
        assert_int_equal(desk->app.ui.mode, UI_NORMAL);
        assert_int_equal(desk->app.ui.tone, TONE_WARNING);
        assert_string_equal(desk_cursor(desk), FORGOTTEN);
    }
    assert_string_equal(desk_stored(desk, FORGOTTEN), "");
    setting_done(&around);
}

static void assert_shows(const struct cells *cells, const char *text)
{
    struct buffer plane = {0};
    cells_print_text(cells, &plane);
    assert_false(plane.failed);
    if (!strstr(plane.data, text))
        fail_msg("'%s' is not in\n%s", text, plane.data);
    buffer_done(&plane);
}

static void the_screen_says_that_it_has_no_entry(void **state)
{
    struct desk *desk = *state;
    struct setting around;
    struct cells cells = {0};
    forget(desk, &around);
    struct view view = app_view(&desk->app, desk->now_ms, 12, 0);
    assert_int_equal(cells_resize(&cells, 100, 30), 0);
    view_draw(&view, &cells);
    assert_shows(&cells, "99999999");
    assert_shows(&cells, "no entry");
    desk_key(desk, '\r');
    assert_int_equal(desk->app.ui.mode, UI_DETAIL);
    view = app_view(&desk->app, desk->now_ms, 12, 0);
    view_draw(&view, &cells);
    assert_shows(
        &cells,
        "no entry: not in the registry; its chat is still pinned to the agent");
    assert_shows(&cells, "The registry has no entry of it: there is nothing to change.");
    cells_done(&cells);
    setting_done(&around);
}

static void it_is_found_by_the_word_for_it_and_the_cursor_follows_it(void **state)
{
    struct desk *desk = *state;
    struct setting around;
    forget(desk, &around);
    desk_keys(desk, "/no entry\r");
    assert_int_equal(desk->app.rows.count, 1);
    assert_string_equal(desk_cursor(desk), FORGOTTEN);
    desk_key(desk, KEY_ESCAPE);
    assert_int_equal(desk->app.rows.count, model_row_count(&desk->state.model));
    assert_string_equal(desk_cursor(desk), FORGOTTEN);
    setting_done(&around);
}

static void when_its_chat_is_gone_its_row_is(void **state)
{
    struct desk *desk = *state;
    struct setting around;
    forget(desk, &around);
    desk_key(desk, 'r'); /* looks again, at a state that knows of no chats */
    assert_int_equal(desk->app.rows.count, desk_first_count);
    assert_string_not_equal(desk_cursor(desk), FORGOTTEN);
    setting_done(&around);
}

#define ON_A_DESK(test) cmocka_unit_test_setup_teardown(test, desk_set_up, desk_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_A_DESK(nothing_is_done_to_a_session_without_an_entry),
        ON_A_DESK(the_screen_says_that_it_has_no_entry),
        ON_A_DESK(it_is_found_by_the_word_for_it_and_the_cursor_follows_it),
        ON_A_DESK(when_its_chat_is_gone_its_row_is),
    };
    return cmocka_run_group_tests_name("forgotten", tests, NULL, NULL);
}
