#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/helpers/console.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The line after ':' on the real screen. */

static void a_command_is_completed_done_and_taken_back(void **state)
{
    struct console *console = *state;
    console_start(console, 80, 24);
    screen_type(console->screen, ":rele\tbbb");
    assert_true(screen_wait(console->screen, ":release bbb_"));
    screen_type(console->screen, "\t\r");
    assert_true(screen_wait(console->screen, "Released bbbbbbbb"));
    console_assert_stored(console, "bbbbbbbb", "deleted");
    screen_type(console->screen, ":undo\r");
    assert_true(screen_wait(console->screen, "Undone"));
    console_assert_stored(console, "bbbbbbbb", "idle");
    console_quit(console);
}

static void a_mistake_is_mended_where_it_stands(void **state)
{
    struct console *console = *state;
    console_start(console, 80, 24);
    screen_type(console->screen, ":relase bbbb\r");
    assert_true(screen_wait(console->screen, "did you mean 'release'?"));
    screen_type(console->screen, "\001\033[C\033[C\033[C"); /* Home, three to the right */
    screen_type(console->screen, "e\r");
    assert_true(screen_wait(console->screen, "Released bbbbbbbb"));
    console_quit(console);
}

static void what_was_typed_is_there_in_the_next_run(void **state)
{
    struct console *console = *state;
    console_start(console, 80, 24);
    screen_type(console->screen, ":sort title\r");
    assert_true(screen_wait(console->screen, "sort title"));
    console_quit(console);
    console_start(console, 80, 24);
    assert_true(screen_wait(console->screen, "sort last use"));
    screen_type(console->screen, ":so\033[A");
    assert_true(screen_wait(console->screen, ":sort title_"));
    screen_type(console->screen, "\r");
    assert_true(screen_wait_gone(console->screen, "sort last use"));
    console_quit(console);
}

/* Whoever pastes has a whole page in the clipboard, with line ends and worse in it. */
static void a_paste_is_text_of_the_line(void **state)
{
    struct console *console = *state;
    console_start(console, 80, 24);
    screen_type(console->screen, ":\033[200~release\nbbbbbbbb\ry\003\033[201~");
    assert_true(screen_wait(console->screen, ":release bbbbbbbb y_"));
    screen_type(console->screen, "\003");
    assert_true(screen_wait_gone(console->screen, "Tab complete"));
    console_assert_stored(console, "bbbbbbbb", "idle");
    console_quit(console);
}

static void a_theme_is_put_on_while_it_runs(void **state)
{
    struct console *console = *state;
    console_start(console, 80, 24);
    screen_type(console->screen, ":theme high-contrast\r");
    assert_true(screen_wait(console->screen, "Theme: high-contrast."));
    assert_true(screen_shows(console->screen, "aaaaaaaa"));
    screen_type(console->screen, ":theme mono\r");
    assert_true(screen_wait(console->screen, "Theme: mono."));
    screen_type(console->screen, ":q\r");
    (void)screen_wait_end(console->screen);
    console_assert_whole(console);
    console_end(console);
}

/* As a terminal tells it: SGR coordinates, from 1. */
static void a_click_of_the_mouse_is_understood(void **state)
{
    struct console *console = *state;
    console_start(console, 80, 24);
    screen_type(console->screen, "m");
    assert_true(screen_wait(console->screen, "Mouse on"));
    screen_type(console->screen, "\033[<65;10;12M");
    assert_true(screen_wait(console->screen, CONSOLE_CURSOR "cccccccc"));
    console_quit(console);
}

static void the_first_start_says_what_to_know_and_no_other(void **state)
{
    struct console *console = *state;
    assert_int_equal(unlink(tree_path(&console->tree, CONSOLE_STARTED)), 0);
    console_start(console, 80, 24);
    assert_true(
        screen_wait(console->screen, "First time here: ? shows all keys, u takes a change back,"));
    screen_type(console->screen, "j");
    assert_true(screen_wait_gone(console->screen, "First time here:"));
    console_quit(console);
    console_start(console, 80, 24);
    assert_false(screen_shows(console->screen, "First time here:"));
    console_quit(console);
}

static void neither_the_demo_nor_read_only_is_a_first_start(void **state)
{
    static char demo[] = "--demo", read_only[] = "--read-only";
    char *const ways[] = {demo, read_only};
    struct console *console = *state;
    assert_int_equal(unlink(tree_path(&console->tree, CONSOLE_STARTED)), 0);
    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        char *arguments[] = {ways[i], NULL};
        console_start_with(console, arguments, "xterm-256color", 80, 24);
        assert_true(screen_wait(console->screen, "q quit"));
        assert_false(screen_shows(console->screen, "First time here:"));
        console_quit(console);
        assert_int_not_equal(access(tree_path(&console->tree, CONSOLE_STARTED), F_OK), 0);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, console_set_up, console_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_command_is_completed_done_and_taken_back),
        TEST(a_mistake_is_mended_where_it_stands),
        TEST(what_was_typed_is_there_in_the_next_run),
        TEST(a_paste_is_text_of_the_line),
        TEST(a_click_of_the_mouse_is_understood),
        TEST(the_first_start_says_what_to_know_and_no_other),
        TEST(neither_the_demo_nor_read_only_is_a_first_start),
        TEST(a_theme_is_put_on_while_it_runs),
    };
    return cmocka_run_group_tests_name("line", tests, NULL, NULL);
}
