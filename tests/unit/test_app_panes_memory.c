// LDFLAGS: -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=reallocarray
/* Every allocation behind a key of the panes fails in turn: a message, and the way out still works.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/helpers/desk.h"
#include "tests/helpers/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool tells_of_memory(const struct desk *desk)
{
    const char *message = desk_message(desk);
    return strstr(message, "memory") || strstr(message, "Memory");
}

/* A new desk, keys that lead there, then one key with the n-th allocation failing. True: there was
 * no n-th one. */
static bool try_key(const char *before, uint32_t key, size_t n)
{
    void *state;
    assert_int_equal(desk_set_up(&state), 0);
    struct desk *desk = state;
    desk_select(desk, "cccccccc-3");
    desk_keys(desk, before);
    enum ui_mode mode = desk->app.ui.mode;
    desk->now_ms++; /* the model is made anew */
    calls_until_failure = n;
    desk_key(desk, key);
    bool is_through = calls_until_failure > 0;
    calls_until_failure = 0;
    /* What fails unseen leaves out no more than a cursor that cannot be followed. */
    if (!is_through && desk->app.ui.mode == mode)
        assert_true(tells_of_memory(desk));
    app_fit(&desk->app, 80, 24, desk->now_ms);
    desk_files(desk);
    for (int i = 0; i < UI_MODES && !desk->app.ui.quit; i++)
        desk_key(desk, KEY_ESCAPE);
    assert_true(desk->app.ui.quit);
    assert_string_equal(desk_stored(desk, "cccccccc-3"), "active");
    desk_tear_down(&state);
    return is_through;
}

static void a_failed_allocation_is_a_message_and_nothing_is_done(void **state)
{
    (void)state;
    static const struct {
        const char *before;
        uint32_t key;
    } keys[] = {{"", 'f'},  {"fG", KEY_ENTER}, {"", 'w'},    {"fG", 'w'},
                {"", 'a'},  {"w", 'a'},        {"", 'E'},    {"E/sx", KEY_CODE_BACKSPACE},
                {"", 'y'},  {"", 'Y'},         {"", ' '},    {"", '*'},
                {"v", 'j'}, {"g  ", 'a'},      {"g  ", 'K'}, {"g  ", 'Y'},
                {"s", 'b'}, {"sb", 'b'}};
    size_t count = 0;
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        for (size_t n = 1; !try_key(keys[i].before, keys[i].key, n); n++)
            count++;
    }
    assert_true(count > 20);
    print_message("vectors: %zu failed allocations\n", count);
}

/* Either all of it is done or nothing, and what is said of it is so. */
static void a_batch_without_memory_is_done_as_a_whole_or_not_at_all(void **state)
{
    size_t count = 0;
    bool is_through = false;
    for (size_t n = 1; !is_through; n++, count++) {
        char first[16];
        assert_int_equal(desk_set_up(state), 0);
        struct desk *desk = *state;
        desk_keys(desk, "j  K");
        calls_until_failure = n;
        desk_key(desk, 'y');
        is_through = calls_until_failure > 0;
        calls_until_failure = 0;
        (void)snprintf(first, sizeof(first), "%s", desk_stored(desk, "bbbbbbbb-2"));
        assert_string_equal(desk_stored(desk, "cccccccc-3"), first);
        bool is_done = strcmp(first, "deleted") == 0;
        if (strstr(desk_message(desk), "Released"))
            assert_true(is_done);
        if (!strstr(desk_message(desk), "Released 2 sessions"))
            assert_true(tells_of_memory(desk));
        desk_tear_down(state);
    }
    print_message("vectors: %zu failed allocations\n", count - 1);
}

static void the_explanation_that_cannot_follow_the_registry_goes_with_a_message(void **state)
{
    size_t count = 0;
    bool is_through = false;
    for (size_t n = 1; !is_through; n++, count++) {
        assert_int_equal(desk_set_up(state), 0);
        struct desk *desk = *state;
        desk_select(desk, "cccccccc-3");
        desk_key(desk, 'w');
        desk_save_changed(desk, "dddddddd-4", "expired", 7 * DESK_MINUTE_MS);
        calls_until_failure = n;
        desk_files(desk);
        is_through = calls_until_failure > 0;
        calls_until_failure = 0;
        assert_true(desk->app.ui.mode == UI_WHY || tells_of_memory(desk));
        assert_true(desk->app.ui.mode == UI_WHY || desk->app.ui.mode == UI_NORMAL);
        desk_tear_down(state);
    }
    print_message("vectors: %zu failed allocations\n", count - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_failed_allocation_is_a_message_and_nothing_is_done),
        cmocka_unit_test(a_batch_without_memory_is_done_as_a_whole_or_not_at_all),
        cmocka_unit_test(the_explanation_that_cannot_follow_the_registry_goes_with_a_message),
    };
    return cmocka_run_group_tests_name("app_panes_memory", tests, NULL, NULL);
}
