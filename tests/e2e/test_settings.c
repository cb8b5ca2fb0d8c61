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

/* The configuration file as the real binary reads it, on a pty. */

#define ENTRY(id)                                                                                  \
    "\"" id "\": {\"chatAgentId\": \"main\", \"workspaceAgentId\": \"main\", \"sessionId\": \"" id \
    "\", \"workspaceDir\": \"\", \"state\": \"idle\", \"createdAt\": 1, \"lastActiveAt\": 1, "     \
    "\"idleTtlMs\": 1}"

struct fixture {
    struct tree tree;
    struct screen *screen;
};

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    tree_make(&fixture->tree);
    tree_put(&fixture->tree, ".openclaw-dench/chat-agents.json",
             "{\"version\": 1, \"agents\": {" ENTRY("aaaaaaaa") ", " ENTRY("bbbbbbbb") "}}");
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

/* The dashboard with one option (or none), XDG_CONFIG_HOME and COLORTERM as given. */
static void start(struct fixture *fixture, char *option, const char *config_home,
                  const char *color_term)
{
    char program[512], home[300], config[300], color[64];
    char *argv[] = {program, option, NULL};
    char *env[] = {home, config, color, NULL};
    const char *slotop = getenv("SLOTOP");
    (void)snprintf(program, sizeof(program), "%s", slotop ? slotop : ".build/release/slotop");
    (void)snprintf(home, sizeof(home), "HOME=%s", fixture->tree.path);
    (void)snprintf(config, sizeof(config), "XDG_CONFIG_HOME=%s", config_home);
    (void)snprintf(color, sizeof(color), "COLORTERM=%s", color_term);
    fixture->screen = screen_start(argv, env, "xterm-256color", 200, 24);
    assert_true(screen_wait(fixture->screen, "q quit")); /* the last line: all is drawn */
    assert_true(screen_shows(fixture->screen, "bbbbbbbb"));
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

/* Pane titles have a colour in every theme that has any. */
static bool was_coloured(const struct fixture *fixture)
{
    return was_sent(fixture, "\033[36m") || was_sent(fixture, "\033[38;5;");
}

static void the_first_bad_line_is_the_first_message(void **state)
{
    struct fixture *fixture = *state;
    tree_put(&fixture->tree, ".config/slotop/config", "theme = dr\033[2Jak\nfoo\nbar\n");
    start(fixture, NULL, "", "");
    assert_true(screen_wait(fixture->screen, ".config/slotop/config:1: theme: 'dr"));
    assert_true(screen_wait(fixture->screen, "(and 2 more)"));
    quit(fixture);
    assert_false(was_sent(fixture, "\033[2Jak"));
}

static void the_table_is_in_the_order_of_the_file_from_the_first_picture_on(void **state)
{
    struct fixture *fixture = *state;
    tree_put(&fixture->tree, ".config/slotop/config", "sort = session\nreverse = yes\n");
    start(fixture, NULL, "", "");
    assert_true(screen_wait(fixture->screen, "sort session"));
    const char *cursor = strstr(screen_text(fixture->screen), ">  bbbbbbbb");
    assert_non_null(cursor);
    assert_non_null(strstr(cursor, "aaaaaaaa")); /* the row below */
    quit(fixture);
}

static void the_file_can_ask_for_ascii(void **state)
{
    struct fixture *fixture = *state;
    size_t len;
    tree_put(&fixture->tree, "elsewhere/slotop/config", "ascii = yes\n");
    start(fixture, NULL, tree_path(&fixture->tree, "elsewhere"), "");
    quit(fixture);
    const char *raw = screen_raw(fixture->screen, &len);
    for (size_t i = 0; i < len; i++)
        assert_in_range((unsigned char)raw[i], 0, 0x7f);
}

static void the_file_can_say_that_the_line_is_slow(void **state)
{
    static const struct {
        const char *line;
        bool has_side;
    } cases[] = {{"slow", false}, {"fast", true}, {"auto", true}};
    struct fixture *fixture = *state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[32];
        (void)snprintf(text, sizeof(text), "line = %s\n", cases[i].line);
        tree_put(&fixture->tree, ".config/slotop/config", text);
        start(fixture, NULL, "", "");
        assert_int_equal(screen_shows(fixture->screen, "Enter = more"), cases[i].has_side);
        quit(fixture);
        screen_free(fixture->screen);
        fixture->screen = NULL;
    }
}

static void a_relative_XDG_CONFIG_HOME_is_as_if_it_were_not_set(void **state)
{
    struct fixture *fixture = *state;
    tree_put(&fixture->tree, ".config/slotop/config", "sort = title\n");
    start(fixture, NULL, "relative", "");
    assert_true(screen_wait(fixture->screen, "sort title"));
    quit(fixture);
    assert_true(was_coloured(fixture));
}

static void mono_sends_no_colour(void **state)
{
    struct fixture *fixture = *state;
    tree_put(&fixture->tree, ".config/slotop/config", "theme = mono\n");
    start(fixture, NULL, "", "truecolor");
    quit(fixture);
    assert_false(was_coloured(fixture));
}

static void the_command_line_wins_over_the_file(void **state)
{
    struct fixture *fixture = *state;
    char option[] = "--color=never";
    tree_put(&fixture->tree, ".config/slotop/config", "color = always\n");
    start(fixture, option, "", "");
    quit(fixture);
    assert_false(was_coloured(fixture));
}

static void a_palette_that_was_changed_is_put_back_number_by_number(void **state)
{
    struct fixture *fixture = *state;
    tree_put(&fixture->tree, ".config/slotop/config", "theme = light\n");
    start(fixture, NULL, "", "truecolor");
    assert_true(was_sent(fixture, "\033]4;25;rgb:0b/57/a4\033\\"));
    assert_true(was_sent(fixture, "\033[38;5;25m"));
    assert_false(was_sent(fixture, "\033]104"));
    quit(fixture);
    assert_true(was_sent(fixture, "\033]104;25\033\\"));
    assert_false(was_sent(fixture, "\033]104\007")); /* would be all of them */
}

static void without_true_colour_the_palette_is_left_alone(void **state)
{
    struct fixture *fixture = *state;
    tree_put(&fixture->tree, ".config/slotop/config", "theme = light\n");
    start(fixture, NULL, "", "");
    quit(fixture);
    assert_true(was_sent(fixture, "\033[38;5;25m"));
    assert_false(was_sent(fixture, "\033]4;"));
    assert_false(was_sent(fixture, "\033]104"));
}

static void keys_of_the_file_are_the_keys_of_the_screen(void **state)
{
    struct fixture *fixture = *state;
    tree_put(&fixture->tree, ".config/slotop/config",
             "key release = X\nkey help = H F2\nkey purge = j\n");
    start(fixture, NULL, "", "");
    assert_true(screen_wait(fixture->screen, "/config:3: key purge: down has that key"));
    assert_true(screen_wait(fixture->screen, "X release"));
    assert_true(screen_wait(fixture->screen, "H help"));
    screen_type(fixture->screen, "?K");
    screen_type(fixture->screen, "\033OQ"); /* F2 */
    assert_true(screen_wait(fixture->screen, "Help"));
    screen_type(fixture->screen, "/give the slot back");
    assert_true(screen_wait(fixture->screen, "X               give the slot back"));
    screen_type(fixture->screen, "\rq");
    assert_true(screen_wait_gone(fixture->screen, "Help"));
    screen_type(fixture->screen, "X");
    assert_true(screen_wait(fixture->screen, "elease"));
    quit(fixture);
}

static void columns_of_the_file_are_those_of_the_table(void **state)
{
    struct fixture *fixture = *state;
    tree_put(&fixture->tree, ".config/slotop/config", "columns = age, state, session\n");
    start(fixture, NULL, "", "");
    assert_true(screen_wait(fixture->screen, "AGE  STATE     SESSION"));
    quit(fixture);
}

#define SCREEN_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCREEN_TEST(the_first_bad_line_is_the_first_message),
        SCREEN_TEST(the_table_is_in_the_order_of_the_file_from_the_first_picture_on),
        SCREEN_TEST(the_file_can_ask_for_ascii),
        SCREEN_TEST(the_file_can_say_that_the_line_is_slow),
        SCREEN_TEST(a_relative_XDG_CONFIG_HOME_is_as_if_it_were_not_set),
        SCREEN_TEST(mono_sends_no_colour),
        SCREEN_TEST(the_command_line_wins_over_the_file),
        SCREEN_TEST(a_palette_that_was_changed_is_put_back_number_by_number),
        SCREEN_TEST(without_true_colour_the_palette_is_left_alone),
        SCREEN_TEST(keys_of_the_file_are_the_keys_of_the_screen),
        SCREEN_TEST(columns_of_the_file_are_those_of_the_table),
    };
    return cmocka_run_group_tests_name("settings on a screen", tests, NULL, NULL);
}
