#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/helpers/console.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

/* What the file says is on the screen, and what keys do is in the file: the real binary on a pty.
 */

static const int sizes[][2] = {{80, 24}, {140, 40}, {40, 10}};
enum { SIZE_COUNT = sizeof(sizes) / sizeof(sizes[0]) };

static void a_save_of_the_server_comes_to_the_screen_at_every_size(void **state)
{
    struct console *console = *state;
    for (size_t i = 0; i < SIZE_COUNT; i++) {
        console_save_usual(console);
        console_start(console, sizes[i][0], sizes[i][1]);
        assert_true(screen_wait(console->screen, "LIVE"));
        assert_true(screen_wait(console->screen, "2/3 held"));
        const struct console_row rows[] = {{"dddddddd-0000-4000-8000-000000000004",
                                            "chat-slot-main-3", "active", console->base_ms}};
        console_save(console, rows, 1);
        assert_true(screen_wait(console->screen, "dddddddd"));
        assert_true(screen_wait_gone(console->screen, "aaaaaaaa"));
        assert_true(screen_wait(console->screen, "1/3 held"));
        console_quit(console);
    }
}

static void i_x_and_K_change_the_file_and_say_what_was_verified(void **state)
{
    struct console *console = *state;
    for (size_t i = 0; i < SIZE_COUNT; i++) {
        console_save_usual(console);
        console_start(console, sizes[i][0], sizes[i][1]);
        screen_type(console->screen, "gi");
        assert_true(screen_wait_gone(console->screen, "active  "));
        console_assert_stored(console, "aaaaaaaa", "idle");
        screen_type(console->screen, "x");
        assert_true(screen_wait(console->screen, "1/3 held"));
        console_assert_stored(console, "aaaaaaaa", "expired");
        screen_type(console->screen, "K");
        assert_true(screen_wait(console->screen, "eleased"));
        assert_true(screen_wait(console->screen, "released"));
        screen_type(console->screen, "jK");
        assert_true(screen_wait(console->screen, "0/3 held"));
        console_assert_stored(console, "bbbbbbbb", "deleted");
        console_end(console);
    }
}

static void P_asks_and_purges_only_after_a_yes(void **state)
{
    struct console *console = *state;
    for (size_t i = 0; i < SIZE_COUNT; i++) {
        console_save_usual(console);
        console_start(console, sizes[i][0], sizes[i][1]);
        screen_type(console->screen, "GP");
        assert_true(screen_wait(console->screen, "any other key"));
        screen_type(console->screen, "\r");
        assert_true(screen_wait(console->screen, "Not done"));
        console_assert_stored(console, "cccccccc", "deleted");
        screen_type(console->screen, "P");
        assert_true(screen_wait(console->screen, "any other key"));
        screen_type(console->screen, "y");
        assert_true(screen_wait(console->screen, "urged"));
        console_assert_stored(console, "cccccccc", NULL);
        console_end(console);
    }
}

static void a_session_in_use_is_released_only_after_a_yes(void **state)
{
    struct console *console = *state;
    const struct console_row rows[] = {
        {"aaaaaaaa-0000-4000-8000-000000000001", "chat-slot-main-1", "active", console_epoch_ms()}};
    console_save(console, rows, 1);
    console_start(console, 80, 24);
    screen_type(console->screen, "K");
    assert_true(screen_wait(console->screen, "y = yes"));
    console_assert_stored(console, "aaaaaaaa", "active");
    screen_type(console->screen, "y");
    assert_true(screen_wait(console->screen, "0/3 held"));
    console_assert_stored(console, "aaaaaaaa", "deleted");
}

static void read_only_hides_the_actions_and_changes_nothing(void **state)
{
    struct console *console = *state;
    char option[] = "--read-only", *arguments[] = {option, NULL};
    console_start_with(console, arguments, "xterm-256color", 80, 24);
    assert_true(screen_wait(console->screen, "READ-ONLY"));
    assert_false(screen_shows(console->screen, "K release"));
    screen_type(console->screen, "gK");
    assert_true(screen_wait(console->screen, "ead-only"));
    console_assert_stored(console, "aaaaaaaa", "active");
}

static void a_torn_registry_is_told_and_the_last_good_view_stays(void **state)
{
    struct console *console = *state;
    console_start(console, 80, 24);
    tree_put(&console->tree, CONSOLE_REGISTRY, "{\n  \"version\": 1,\n  \"agents\": {\n    \"aaaa");
    assert_true(screen_wait(console->screen, "TORN"));
    assert_true(screen_shows(console->screen, "bbbbbbbb"));
    screen_type(console->screen, "gK");
    assert_true(screen_wait(console->screen, "nothing was changed"));
    console_save_usual(console);
    assert_true(screen_wait_gone(console->screen, "TORN"));
}

static void a_wiped_registry_raises_an_alarm_and_B_brings_it_back(void **state)
{
    struct console *console = *state;
    const struct console_row rows[] = {
        {"dddddddd-0000-4000-8000-000000000004", "chat-slot-main-3", "active", console->base_ms}};
    for (size_t i = 0; i < SIZE_COUNT; i++) {
        console_save_usual(console);
        console_start(console, sizes[i][0], sizes[i][1]);
        console_save(console, rows, 1);
        assert_true(screen_wait(console->screen, "WIPED"));
        assert_true(screen_wait(console->screen, "B = bring"));
        screen_type(console->screen, "B");
        assert_true(screen_wait(console->screen, "any other key"));
        screen_type(console->screen, "y");
        assert_true(screen_wait(console->screen, "Brought back 2"));
        assert_true(screen_wait_gone(console->screen, "WIPED"));
        console_assert_stored(console, "aaaaaaaa", "active");
        console_assert_stored(console, "bbbbbbbb", "idle");
        console_assert_stored(console, "cccccccc", NULL);
        console_assert_stored(console, "dddddddd", "active");
        console_end(console);
    }
}

static void a_registry_that_stays_torn_can_be_replaced_by_its_copy(void **state)
{
    struct console *console = *state;
    console_start(console, 80, 24);
    tree_put(&console->tree, CONSOLE_REGISTRY, "{\n  \"version\": 1,\n  \"agents\": {\n    \"aaaa");
    assert_true(screen_wait(console->screen, "B = put the last good copy"));
    screen_type(console->screen, "By");
    assert_true(screen_wait(console->screen, "Brought back 2"));
    assert_true(screen_wait_gone(console->screen, "TORN"));
    console_assert_stored(console, "aaaaaaaa", "active");
}

static void a_registry_and_a_directory_that_come_later_are_seen(void **state)
{
    struct console *console = *state;
    tree_remove(&console->tree);
    char *none[] = {NULL};
    console_start_with(console, none, "xterm-256color", 80, 24);
    assert_true(screen_wait(console->screen, "No sessions yet"));
    assert_true(mkdir(console->tree.path, 0700) == 0 ||
                errno == EEXIST); /* its own files are in it */
    console_save_usual(console);
    assert_true(screen_wait(console->screen, "aaaaaaaa"));
}

static void hostile_ids_reach_the_terminal_harmless(void **state)
{
    struct console *console = *state;
    const struct console_row rows[] = {{"\\u001b]0;owned\\u0007\\u009b31m\\u202eevil",
                                        "chat-slot-main-1", "active", console->base_ms}};
    console_save(console, rows, 1);
    char *none[] = {NULL};
    console_start_with(console, none, "xterm-256color", 140, 40);
    assert_true(screen_wait(console->screen, "^[]0;owned^G"));
    size_t len = 0;
    const char *raw = screen_raw(console->screen, &len);
    assert_null(memmem(raw, len, "\033]0;owned", 9));
    assert_null(memmem(raw, len, "\xc2\x9b", 2));
    assert_null(memmem(raw, len, "\xe2\x80\xae", 3));
}

int main(void)
{
#define SCREEN_TEST(name) cmocka_unit_test_setup_teardown(name, console_set_up, console_tear_down)
    const struct CMUnitTest tests[] = {
        SCREEN_TEST(a_save_of_the_server_comes_to_the_screen_at_every_size),
        SCREEN_TEST(i_x_and_K_change_the_file_and_say_what_was_verified),
        SCREEN_TEST(P_asks_and_purges_only_after_a_yes),
        SCREEN_TEST(a_session_in_use_is_released_only_after_a_yes),
        SCREEN_TEST(read_only_hides_the_actions_and_changes_nothing),
        SCREEN_TEST(a_torn_registry_is_told_and_the_last_good_view_stays),
        SCREEN_TEST(a_wiped_registry_raises_an_alarm_and_B_brings_it_back),
        SCREEN_TEST(a_registry_that_stays_torn_can_be_replaced_by_its_copy),
        SCREEN_TEST(a_registry_and_a_directory_that_come_later_are_seen),
        SCREEN_TEST(hostile_ids_reach_the_terminal_harmless),
    };
    return cmocka_run_group_tests_name("dashboard", tests, NULL, NULL);
}
