#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/helpers/console.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Whichever way the program leaves, the terminal is as it found it. */

enum { STOPS = 3, SIGNAL_STATUS = 128 };

static char *const none[] = {NULL};

/* Its alternate screen is gone, and with it all that it has shown: no stray byte stays behind. */
static void assert_nothing_is_left(struct console *console)
{
    const char *text = screen_text(console->screen);
    console_assert_whole(console);
    if (strspn(text, "\n") != strlen(text))
        fail_msg("it left something on the screen:\n%s", text);
}

static void assert_ended_with(struct console *console, int wanted_status)
{
    int status = screen_wait_end(console->screen);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), wanted_status);
}

static void the_terminal_is_whole_after_quitting_from_anywhere(void **state)
{
    static const struct {
        const char *keys, *shown, *out;
    } ways[] = {
        {"", "LIVE", "q"},
        {"", "LIVE", "\003"},
        {"", "LIVE", "\033"},
        {"?", "Help", "qq"},
        {"E", "Events", "\003\003"},
        {"/bbb", "1 of 3", "\003q"},
        {"d", "session   aaaaaaaa", "qq"},
        {"GP", "any other key", "nq"},
        {"m", "Mouse on", "q"},
        {":rel", "give the slot back", "\003q"},
        {"\033[200~pasted K", "fires no keys", "\033[201~q"}, /* the rest comes later */
    };
    struct console *console = *state;
    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        console_start(console, 80, 24);
        assert_true(screen_is_alternate(console->screen));
        screen_type(console->screen, ways[i].keys);
        assert_true(screen_wait(console->screen, ways[i].shown));
        screen_type(console->screen, ways[i].out);
        assert_ended_with(console, 0);
        assert_nothing_is_left(console);
        console_end(console);
    }
}

/* Where a terminal keeps the cursor of both screens in one place, and whether it is hidden with it,
 * the scrolling of a region, for which curses saves the cursor, must not hide it for good. */
static void the_cursor_is_back_after_scrolling(void **state)
{
    struct console *console = *state;
    console_start(console, 40, 8);
    screen_type(console->screen, "?");
    assert_true(screen_wait(console->screen, "Help"));
    assert_true(screen_wait(console->screen, "1-5"));
    screen_type(console->screen, "j");
    assert_true(screen_wait(console->screen, "2-6"));
    screen_type(console->screen, "j");
    assert_true(screen_wait(console->screen, "3-7"));
    screen_type(console->screen, "k");
    assert_true(screen_wait(console->screen, "2-6"));
    screen_type(console->screen, "j");
    assert_true(screen_wait(console->screen, "3-7"));
    screen_type(console->screen, "q");
    assert_true(screen_wait_gone(console->screen, "Help"));
    size_t len;
    const char *raw = screen_raw(console->screen, &len);
    assert_non_null(memmem(raw, len, "\0337", 2));
    console_quit(console);
}

static void the_terminal_is_whole_on_every_kind_of_terminal(void **state)
{
    static const char *const terms[] = {"xterm-256color", "xterm", "tmux-256color",
                                        "screen",         "linux", "vt100"};
    struct console *console = *state;
    for (size_t i = 0; i < sizeof(terms) / sizeof(terms[0]); i++) {
        console_start_with(console, none, terms[i], 80, 24);
        assert_true(screen_wait(console->screen, "aaaaaaaa"));
        screen_type(console->screen, "jjk?G");
        assert_true(screen_wait(console->screen, "Help"));
        screen_type(console->screen, "qq");
        assert_ended_with(console, 0);
        console_assert_whole(console);
        console_end(console);
    }
}

static void the_terminal_is_whole_after_each_signal(void **state)
{
    static const int signals[] = {SIGTERM, SIGHUP, SIGINT, SIGQUIT};
    struct console *console = *state;
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
        console_start(console, 80, 24);
        assert_true(screen_is_alternate(console->screen));
        assert_int_equal(kill(screen_pid(console->screen), signals[i]), 0);
        assert_ended_with(console, SIGNAL_STATUS + signals[i]);
        assert_nothing_is_left(console);
        console_end(console);
    }
}

static void the_terminal_is_whole_after_a_crash(void **state)
{
    static const int signals[] = {SIGSEGV, SIGABRT, SIGBUS, SIGILL, SIGFPE};
    struct console *console = *state;
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
        console_start(console, 80, 24);
        assert_true(screen_is_alternate(console->screen));
        assert_int_equal(kill(screen_pid(console->screen), signals[i]), 0);
        int status = screen_wait_end(console->screen);
        /* a sanitizer turns it into an exit */
        assert_true(WIFSIGNALED(status) ? WTERMSIG(status) == signals[i] : WEXITSTATUS(status));
        console_assert_whole(console);
        console_end(console);
    }
}

static void the_mouse_is_off_whichever_way_it_leaves(void **state)
{
    static const int signals[] = {SIGTERM, SIGQUIT, SIGSEGV, SIGABRT};
    struct console *console = *state;
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
        console_start(console, 80, 24);
        screen_type(console->screen, "m");
        assert_true(screen_wait(console->screen, "Mouse on"));
        assert_int_equal(kill(screen_pid(console->screen), signals[i]), 0);
        (void)screen_wait_end(console->screen);
        console_assert_whole(console);
        console_end(console);
    }
}

static void it_ends_when_the_terminal_is_gone(void **state)
{
    struct console *console = *state;
    console_start(console, 80, 24);
    screen_hang_up(console->screen);
    assert_ended_with(console, SIGNAL_STATUS + SIGHUP);
}

/* Nobody tells it of a hang-up there. */
static void it_ends_when_the_terminal_is_gone_and_SIGHUP_is_ignored(void **state)
{
    struct console *console = *state;
    char shell[] = "/bin/sh", flag[] = "-c", home[300];
    char script[] = "trap '' HUP; exec \"${SLOTOP:-.build/release/slotop}\"";
    char *argv[] = {shell, flag, script, NULL}, *env[] = {home, NULL};
    (void)snprintf(home, sizeof(home), "HOME=%s", console->tree.path);
    console->screen = screen_start(argv, env, "xterm-256color", 80, 24);
    assert_true(screen_wait(console->screen, "aaaaaaaa"));
    screen_hang_up(console->screen);
    assert_ended_with(console, SIGNAL_STATUS + SIGHUP);
}

/* Under a shell with job control: a stopped program alone in its session could not be continued. */
static void start_under_a_shell(struct console *console)
{
    char shell[] = "/bin/sh", flags[] = "-mc", home[300];
    char script[] = "\"${SLOTOP:-.build/release/slotop}\"; i=1; while [ $i -le 3 ]; do "
                    "echo \"given back $i\"; read line; fg >/dev/null; i=$((i + 1)); done";
    char *argv[] = {shell, flags, script, NULL}, *env[] = {home, NULL};
    (void)snprintf(home, sizeof(home), "HOME=%s", console->tree.path);
    console->screen = screen_start(argv, env, "xterm-256color", 80, 24);
    assert_true(screen_wait(console->screen, "aaaaaaaa"));
}

static void it_stops_and_continues_and_gives_the_terminal_back_meanwhile(void **state)
{
    static const int sizes[STOPS][2] = {{60, 20}, {140, 40}, {80, 24}};
    static const char *const ids[STOPS] = {"dddddddd", "eeeeeeee", "ffffffff"};
    struct console *console = *state;
    start_under_a_shell(console);
    for (int i = 0; i < STOPS; i++) {
        char words[32];
        const struct console_row row = {ids[i], "chat-slot-main-1", "idle", console->base_ms};
        screen_type(console->screen, "\032");
        (void)snprintf(words, sizeof(words), "given back %d", i + 1);
        assert_true(screen_wait(console->screen, words));
        console_assert_whole(console);
        screen_resize(console->screen, sizes[i][0], sizes[i][1]);
        console_save(console, &row, 1);
        screen_type(console->screen, "\n");
        assert_true(screen_wait(console->screen, ids[i]));
        assert_true(screen_wait(console->screen, "quit"));
        assert_true(screen_is_alternate(console->screen));
        assert_true(screen_paste_on(console->screen));
        assert_false(screen_cursor_visible(console->screen));
    }
    console_quit(console);
}

/* SIGSTOP asks nobody: the terminal is as somebody else left it then. */
static void after_a_SIGSTOP_all_is_drawn_again_at_the_new_size(void **state)
{
    struct console *console = *state;
    console_start(console, 80, 24);
    const struct console_row row = {"dddddddd", "chat-slot-main-1", "idle", console->base_ms};
    pid_t pid = screen_pid(console->screen);
    int status;
    assert_int_equal(kill(pid, SIGSTOP), 0);
    assert_int_equal(waitpid(pid, &status, WUNTRACED), pid);
    screen_resize(console->screen, 60, 20);
    console_save(console, &row, 1);
    assert_int_equal(kill(pid, SIGCONT), 0);
    assert_true(screen_wait(console->screen, "dddddddd"));
    assert_true(screen_wait(console->screen, "quit"));
    console_quit(console);
}

static void any_size_is_drawn_and_the_way_back_is_whole(void **state)
{
    static const int way[][2] = {{140, 40}, {40, 10},  {40, 8}, {20, 3},
                                 {1, 1},    {200, 60}, {80, 24}};
    struct console *console = *state;
    console_start(console, 80, 24);
    for (size_t i = 0; i < sizeof(way) / sizeof(way[0]); i++) {
        screen_resize(console->screen, way[i][0], way[i][1]);
        if (way[i][0] >= 40)
            assert_true(screen_wait(console->screen, "quit"));
    }
    assert_true(screen_wait(console->screen, "aaaaaaaa"));
    screen_type(console->screen, "q");
    int status = screen_wait_end(console->screen);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void the_demo_lives_and_leaves_nothing_behind_after_SIGTERM(void **state)
{
    struct console *console = *state;
    char demo[] = "--demo", *arguments[] = {demo, NULL}, tmp[300];
    tree_put(&console->tree, "tmp/keep", "");
    (void)snprintf(tmp, sizeof(tmp), "%s/tmp", console->tree.path);
    char *saved = getenv("TMPDIR");
    assert_int_equal(setenv("TMPDIR", tmp, 1), 0);
    console_start_with(console, arguments, "xterm-256color", 80, 24);
    if (saved)
        (void)setenv("TMPDIR", saved, 1);
    else
        (void)unsetenv("TMPDIR");
    assert_true(screen_wait(console->screen, "DEMO"));
    assert_true(screen_wait(console->screen, "FALLBACK"));
    assert_int_equal(tree_count(&console->tree, "tmp"), 2);
    assert_int_equal(kill(screen_pid(console->screen), SIGTERM), 0);
    int status = screen_wait_end(console->screen);
    assert_int_equal(WIFEXITED(status) ? WEXITSTATUS(status) : -1, 128 + SIGTERM);
    assert_int_equal(tree_count(&console->tree, "tmp"), 1);
    console_assert_whole(console);
}

int main(void)
{
#define SCREEN_TEST(name) cmocka_unit_test_setup_teardown(name, console_set_up, console_tear_down)
    const struct CMUnitTest tests[] = {
        SCREEN_TEST(the_terminal_is_whole_after_quitting_from_anywhere),
        SCREEN_TEST(the_cursor_is_back_after_scrolling),
        SCREEN_TEST(the_terminal_is_whole_on_every_kind_of_terminal),
        SCREEN_TEST(the_terminal_is_whole_after_each_signal),
        SCREEN_TEST(the_mouse_is_off_whichever_way_it_leaves),
        SCREEN_TEST(the_terminal_is_whole_after_a_crash),
        SCREEN_TEST(it_ends_when_the_terminal_is_gone),
        SCREEN_TEST(it_ends_when_the_terminal_is_gone_and_SIGHUP_is_ignored),
        SCREEN_TEST(it_stops_and_continues_and_gives_the_terminal_back_meanwhile),
        SCREEN_TEST(after_a_SIGSTOP_all_is_drawn_again_at_the_new_size),
        SCREEN_TEST(any_size_is_drawn_and_the_way_back_is_whole),
        SCREEN_TEST(the_demo_lives_and_leaves_nothing_behind_after_SIGTERM),
    };
    return cmocka_run_group_tests_name("ways out", tests, NULL, NULL);
}
