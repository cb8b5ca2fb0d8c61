#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/helpers/screen.h"
#include "tests/helpers/tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

/* The pane of events, and copying, of the real binary on a pty. */

#define REGISTRY ".openclaw-dench/chat-agents.json"
#define ENTRY(id, slot, state)                                                                     \
    "\"" id "\": {\"chatAgentId\": \"chat-slot-main-" slot "\", \"workspaceAgentId\": \"main\", "  \
    "\"sessionId\": \"" id "\", \"workspaceDir\": \"\", \"state\": \"" state                       \
    "\", \"createdAt\": 1, \"lastActiveAt\": 1, \"idleTtlMs\": 1}"
#define SAVE(entries) "{\"version\": 1, \"agents\": {" entries "}}"

static const char OSC[] = "\033]52;c;YWFhYWFhYWE=\a"; /* aaaaaaaa */
static const char OSC_COMMAND[] = "\033]52;c;c2xvdG9wIHNob3cgYWFhYWFhYWE=\a";
static const char OSC_WRAPPED[] = "\033Ptmux;\033\033]52;c;YWFhYWFhYWE=\a\033\\";

struct fixture {
    struct tree tree;
    struct screen *screen;
};

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    tree_make(&fixture->tree);
    tree_put(&fixture->tree, ".openclaw-dench/openclaw.json",
             "{\"agents\":{\"list\":[{\"id\":\"main\"},{\"id\":\"chat-slot-main-1\"},"
             "{\"id\":\"chat-slot-main-2\"}]}}");
    tree_put(&fixture->tree, REGISTRY,
             SAVE(ENTRY("aaaaaaaa", "1", "active") ", " ENTRY("bbbbbbbb", "2", "active")));
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    screen_free(fixture->screen);
    tree_remove(&fixture->tree);
    free(fixture);
    return 0;
}

static void start(struct fixture *fixture, char *tmux)
{
    char program[512], home[300];
    char *argv[] = {program, NULL};
    char *env[] = {home, tmux, NULL};
    const char *slotop = getenv("SLOTOP");
    (void)snprintf(program, sizeof(program), "%s", slotop ? slotop : ".build/release/slotop");
    (void)snprintf(home, sizeof(home), "HOME=%s", fixture->tree.path);
    fixture->screen = screen_start(argv, env, "xterm-256color", 120, 24);
    assert_true(screen_wait(fixture->screen, "LIVE"));
    assert_true(screen_wait(fixture->screen, "bbbbbbbb"));
}

static void quit(struct fixture *fixture)
{
    screen_type(fixture->screen, "q");
    int status = screen_wait_end(fixture->screen);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static bool was_sent(const struct fixture *fixture, const char *bytes)
{
    size_t len;
    const char *raw = screen_raw(fixture->screen, &len);
    return memmem(raw, len, bytes, strlen(bytes)) != NULL;
}

static void what_happens_comes_into_the_open_pane_and_is_there_after_a_restart(void **state)
{
    struct fixture *fixture = *state;
    start(fixture, "TMUX=");
    screen_type(fixture->screen, "E");
    assert_true(screen_wait(fixture->screen, "No events yet"));
    tree_put(&fixture->tree, REGISTRY,
             SAVE(ENTRY("aaaaaaaa", "1", "expired") ", " ENTRY("bbbbbbbb", "2", "idle")));
    assert_true(screen_wait(fixture->screen, "active -> expired; frees slot 1"));
    assert_true(screen_wait(fixture->screen, "active -> idle; keeps slot 2"));
    assert_true(screen_wait(fixture->screen, "Events: 2, follow on"));
    screen_type(fixture->screen, "/keeps\r");
    assert_true(screen_wait(fixture->screen, "Events: 1 of 2 match keeps"));
    screen_type(fixture->screen, "\r");
    assert_true(screen_wait(fixture->screen, ">  bbbbbbbb"));
    quit(fixture);
    screen_free(fixture->screen);
    start(fixture, "TMUX=");
    screen_type(fixture->screen, "3");
    assert_true(screen_wait(fixture->screen, "Events: 2, follow on"));
    screen_type(fixture->screen, "3");
    assert_true(screen_wait_gone(fixture->screen, "Events: 2"));
    quit(fixture);
}

static void y_and_Y_have_the_terminal_copy(void **state)
{
    struct fixture *fixture = *state;
    start(fixture, "TMUX=");
    screen_type(fixture->screen, "y");
    assert_true(screen_wait(fixture->screen, "Copied aaaaaaaa."));
    assert_true(was_sent(fixture, OSC));
    assert_false(was_sent(fixture, OSC_COMMAND));
    screen_type(fixture->screen, "Y");
    assert_true(screen_wait(fixture->screen, "Copied slotop show aaaaaaaa"));
    assert_true(was_sent(fixture, OSC_COMMAND));
    assert_false(was_sent(fixture, OSC_WRAPPED));
    quit(fixture);
}

static void inside_tmux_it_is_wrapped(void **state)
{
    struct fixture *fixture = *state;
    start(fixture, "TMUX=/tmp/tmux-0/default,1,0");
    screen_type(fixture->screen, "y");
    assert_true(screen_wait(fixture->screen, "Copied aaaaaaaa."));
    assert_true(was_sent(fixture, OSC_WRAPPED));
    quit(fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            what_happens_comes_into_the_open_pane_and_is_there_after_a_restart, set_up, tear_down),
        cmocka_unit_test_setup_teardown(y_and_Y_have_the_terminal_copy, set_up, tear_down),
        cmocka_unit_test_setup_teardown(inside_tmux_it_is_wrapped, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("events_pane", tests, NULL, NULL);
}
