/* Tags on the real screen, beside a server that saves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/helpers/console.h"

static void start(struct console *console, struct console_row rows[CONSOLE_MANY], int width,
                  int height)
{
    console_save_many(console, rows);
    console_start(console, width, height);
}

static void type(struct console *console, const char *keys, const char *shown)
{
    screen_type(console->screen, keys);
    if (!screen_wait(console->screen, shown))
        fail_msg("no \"%s\" on\n%s", shown, screen_text(console->screen));
}

static const int sizes[][2] = {{80, 24}, {140, 40}, {40, 10}};

static void a_batch_skips_what_the_server_used_meanwhile_and_u_takes_it_back(void **state)
{
    struct console *console = *state;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        struct console_row rows[CONSOLE_MANY];
        start(console, rows, sizes[i][0], sizes[i][1]);
        type(console, "   ", "tagged 3");
        type(console, "K", "any other key");
        rows[1].last_active_ms = console_epoch_ms();
        console_save(console, rows, CONSOLE_MANY);
        type(console, "y", "eleased 2 of 3");
        console_assert_stored(console, rows[0].id, "deleted");
        console_assert_stored(console, rows[1].id, "active");
        console_assert_stored(console, rows[2].id, "deleted");
        type(console, "u", "ndone op-");
        console_assert_stored(console, rows[0].id, "active");
        console_assert_stored(console, rows[1].id, "active");
        console_assert_stored(console, rows[2].id, "active");
        type(console, "\022", "one again"); /* Ctrl-R */
        console_assert_stored(console, rows[0].id, "deleted");
        console_end(console);
    }
}

static void tags_stay_on_their_sessions_when_the_server_moves_the_rows(void **state)
{
    struct console *console = *state;
    struct console_row rows[CONSOLE_MANY];
    start(console, rows, 80, 24);
    type(console, " ", " * aaaaaaaa");
    type(console, "j ", " * aaaaaaac");
    rows[40].last_active_ms = console_epoch_ms(); /* aaaaaad2 goes up into sight */
    console_save(console, rows, CONSOLE_MANY);
    assert_true(screen_wait(console->screen, "aaaaaad2"));
    assert_true(screen_wait(console->screen, " * aaaaaaaa"));
    assert_true(screen_wait(console->screen, " * aaaaaaac"));
    assert_true(screen_wait(console->screen, ">  aaaaaaad"));
    type(console, "U", "2 untagged");
    assert_true(screen_wait_gone(console->screen, "*"));
    console_quit(console);
}

static void a_range_is_acted_on_as_one(void **state)
{
    struct console *console = *state;
    struct console_row rows[CONSOLE_MANY];
    start(console, rows, 80, 24);
    type(console, "vjj", "range 3");
    type(console, "x", "any other key");
    type(console, "n", "Not done.");
    console_assert_stored(console, rows[0].id, "active");
    type(console, "a", "3 tagged sessions");
    type(console, "x", "any other key");
    type(console, "y", "Expired 3 sessions; slots 1, 2, 3 are free.");
    for (size_t i = 0; i < 3; i++)
        console_assert_stored(console, rows[i].id, "expired");
    console_quit(console);
}

static void a_frozen_screen_stands_still_while_the_server_saves(void **state)
{
    struct console *console = *state;
    struct console_row rows[CONSOLE_MANY];
    start(console, rows, 80, 24);
    type(console, "Z", "FROZEN");
    console_save(console, rows + 1, CONSOLE_MANY - 1);
    type(console, "K", "Not done: what you see is frozen");
    assert_false(screen_shows(console->screen, "no entry"));
    type(console, "Z", "Live again: the registry was saved");
    assert_true(screen_wait(console->screen, "aaaaaaaa  no entry"));
    assert_true(screen_wait(console->screen, "LIVE"));
    console_quit(console);
}

static void a_locked_one_changes_nothing_until_it_is_unlocked(void **state)
{
    struct console *console = *state;
    struct console_row rows[CONSOLE_MANY];
    start(console, rows, 80, 24);
    type(console, "L", "READ-ONLY");
    type(console, "K", "L unlocks it.");
    console_assert_stored(console, rows[0].id, "active");
    type(console, "L", "any other key");
    type(console, "y", "Unlocked");
    type(console, "K", "Released aaaaaaaa");
    console_assert_stored(console, rows[0].id, "deleted");
    console_quit(console);
}

#define ON_A_CONSOLE(test) cmocka_unit_test_setup_teardown(test, console_set_up, console_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_A_CONSOLE(a_batch_skips_what_the_server_used_meanwhile_and_u_takes_it_back),
        ON_A_CONSOLE(tags_stay_on_their_sessions_when_the_server_moves_the_rows),
        ON_A_CONSOLE(a_range_is_acted_on_as_one),
        ON_A_CONSOLE(a_frozen_screen_stands_still_while_the_server_saves),
        ON_A_CONSOLE(a_locked_one_changes_nothing_until_it_is_unlocked),
    };
    return cmocka_run_group_tests_name("e2e_tags", tests, NULL, NULL);
}
