/* A large registry is loaded while the screen is there: it says so, answers keys, and shows nothing
 * that it does not know. */
#include "tests/helpers/desk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { WIDTH = 100, HEIGHT = 30 };

/* The registry of the desk with so much white space behind it that it takes several slices. */
static void make_large(struct desk *desk)
{
    struct buffer text = {0};
    char *registry = tree_read(&desk->tree, "state/chat-agents.json");
    assert_non_null(registry);
    buffer_add_str(&text, str_of(registry));
    buffer_add_repeat(&text, ' ', 2 * STATE_SLICED_BYTES);
    assert_false(text.failed);
    tree_write(&desk->tree, "state/chat-agents.json", text.data, text.len);
    buffer_done(&text);
    free(registry);
}

/* An app that has just been started on it. */
static int set_up(void **context)
{
    struct desk *desk;
    if (desk_set_up(context) != 0)
        return -1;
    desk = *context;
    make_large(desk);
    app_done(&desk->app);
    state_done(&desk->state);
    struct environment environment = {.home = desk->tree.path, .current_dir = "/"};
    if (state_init(&desk->state, &environment, tree_path(&desk->tree, "state"), NULL, NULL) != 0)
        return -1;
    desk->state.is_streamed = true;
    state_begin_loading(&desk->state);
    struct state_look look = {.parts = PART_BASE & ~(unsigned)PART_REGISTRY};
    return state_load(&desk->state, &look, NULL) || app_init(&desk->app, &desk->state, NULL);
}

/* Whether the picture has this text. */
static bool shows(struct desk *desk, const char *text)
{
    struct cells cells = {.cells = NULL};
    struct buffer picture = {0};
    assert_int_equal(cells_resize(&cells, WIDTH, HEIGHT), 0);
    app_fit(&desk->app, WIDTH, HEIGHT, desk->now_ms);
    struct view view = app_view(&desk->app, desk->now_ms, 14, 30);
    view_draw(&view, &cells);
    cells_print_text(&cells, &picture);
    bool is_there = strstr(picture.data, text) != NULL;
    buffer_done(&picture);
    cells_done(&cells);
    return is_there;
}

static void key(struct desk *desk, uint32_t key)
{
    struct event event = {.kind = EVENT_KEY, .key = key};
    app_handle(&desk->app, &event, desk->now_ms);
}

static void it_says_so_and_nothing_of_slots_and_sessions(void **context)
{
    struct desk *desk = *context;
    assert_true(desk->state.loading.is_on);
    assert_true(shows(desk, "loading 0 entries"));
    assert_true(shows(desk, "0 of 8 MB"));
    app_load_slice(&desk->app, desk->now_ms);
    assert_true(desk->state.loading.is_on);
    assert_true(shows(desk, "loading 6 entries"));
    assert_false(shows(desk, "free"));
    assert_false(shows(desk, "LIVE"));
    assert_false(shows(desk, "Sessions"));
    assert_false(desk->state.has_model);
}

static void only_help_and_quit_do_something(void **context)
{
    struct desk *desk = *context;
    static const char refused[] = "jkgG/>Kxi:sfEwu \r\t\025";
    for (size_t i = 0; i < sizeof(refused) - 1; i++) {
        key(desk, (unsigned char)refused[i]);
        assert_true(shows(desk, "still being loaded"));
        assert_int_equal(desk->app.ui.mode, UI_NORMAL);
    }
    key(desk, '?');
    assert_int_equal(desk->app.ui.mode, UI_HELP);
    assert_true(shows(desk, "move to the next session"));
    key(desk, 'j');
    key(desk, '?');
    assert_int_equal(desk->app.ui.mode, UI_NORMAL);
    assert_false(desk->app.ui.quit);
    key(desk, 'q');
    assert_true(desk->app.ui.quit);
}

static void then_everything_is_there_and_what_changed_meanwhile_is_looked_at(void **context)
{
    struct desk *desk = *context;
    int slices = 0;
    key(desk, 'j');
    desk_event(desk, EVENT_FILES);
    assert_true(desk->state.loading.is_on);
    for (; desk->state.loading.is_on; slices++)
        app_load_slice(&desk->app, desk->now_ms);
    assert_true(slices > 3);
    assert_true(desk->app.dirty);
    assert_int_equal(desk->app.held_parts, 0);
    assert_int_equal(desk->app.rows.count, desk_first_count);
    assert_false(shows(desk, "load"));
    assert_true(shows(desk, "aaaaaaaa"));
    assert_true(shows(desk, "0 free"));
}

static void what_is_torn_by_then_is_said_to_be_so(void **context)
{
    struct desk *desk = *context;
    tree_put(&desk->tree, "state/chat-agents.json", "{\"agents\": {");
    while (desk->state.loading.is_on)
        app_load_slice(&desk->app, desk->now_ms);
    assert_int_equal(desk->state.document.state, DOCUMENT_TORN);
    assert_true(shows(desk, "TORN"));
}

#define ON_A_DESK(test) cmocka_unit_test_setup_teardown(test, set_up, desk_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_A_DESK(it_says_so_and_nothing_of_slots_and_sessions),
        ON_A_DESK(only_help_and_quit_do_something),
        ON_A_DESK(then_everything_is_there_and_what_changed_meanwhile_is_looked_at),
        ON_A_DESK(what_is_torn_by_then_is_said_to_be_so),
    };
    return cmocka_run_group_tests_name("app_load", tests, NULL, NULL);
}
