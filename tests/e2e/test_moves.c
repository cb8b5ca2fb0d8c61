/* What a move of the cursor costs, from a row of each kind onto one of each other, counted in bytes
 * on the pty: the fixture "kinds" has them all, with titles and ids as they are in the field. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/helpers/console.h"
#include "tests/helpers/cost.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NOW "--now=1773882000000" /* the fixture's */

enum {
    AT_FIRST_MS = 500, /* what follows the first frame is over by then */
    ROWS_MOST = 18,    /* rows of the fixture that are unlike each other */
    ID_COLUMN = 3,
    ID_LEN = 8,
    MOVE_MOST = 400, /* bytes of a move */
    MOVES = 70,      /* down the table, most of which scroll it */
};

/* `keys`: how all these rows come in sight. */
static const struct {
    const char *term;
    int width, height;
    const char *keys;
} screens[] = {
    {"tmux-256color", 80, 24, "2++"}, {"tmux-256color", 140, 40, ""},
    {"tmux-256color", 200, 60, ""},   {"xterm-256color", 80, 24, "2++"},
    {"xterm-256color", 140, 40, ""},  {"xterm-256color", 200, 60, ""},
};
enum { SCREENS = sizeof(screens) / sizeof(screens[0]) };

struct row {
    int line; /* of the screen, from 1 */
    char id[ID_LEN + 1];
};

static void make_fixture(struct console *console)
{
    char command[1024];
    (void)snprintf(command, sizeof(command),
                   "rm -rf '%s/" CONSOLE_STATE_DIR
                   "' && sh tests/fixtures/make -p %ld kinds '%s/" CONSOLE_STATE_DIR "'",
                   console->tree.path, (long)getpid(), console->tree.path);
    assert_int_equal(system(command), 0);
}

static void start(struct console *console, size_t at)
{
    char now[] = NOW, *arguments[] = {now, NULL};
    console_start_with(console, arguments, screens[at].term, screens[at].width, screens[at].height);
    assert_true(screen_wait(console->screen, CONSOLE_CURSOR));
    screen_type(console->screen, screens[at].keys);
    cost_settle(console->screen, AT_FIRST_MS);
}

/* The rows of the table that are in sight: lines below its head that begin with an id. */
static size_t find_rows(struct console *console, struct row rows[ROWS_MOST])
{
    size_t count = 0;
    bool is_table = false;
    int number = 1;
    for (const char *line = screen_text(console->screen); line; number++) {
        const char *end = strchr(line, '\n');
        size_t len = end ? (size_t)(end - line) : strlen(line);
        const char *id = len > ID_COLUMN + ID_LEN ? line + ID_COLUMN : "";
        if (is_table && count < ROWS_MOST && strspn(id, "0123456789abcdef") >= ID_LEN) {
            rows[count].line = number;
            (void)snprintf(rows[count++].id, sizeof(rows[0].id), "%s", id);
        }
        is_table = is_table || strncmp(id, "SESSION", 7) == 0;
        line = end ? end + 1 : NULL;
    }
    return count;
}

/* A click: from any row onto any other in one move. Returns its bytes. */
static size_t move_to(struct console *console, const struct row *row)
{
    char click[32], shown[16];
    size_t before = screen_bytes(console->screen);
    (void)snprintf(click, sizeof(click), "\033[<0;20;%dM\033[<0;20;%dm", row->line, row->line);
    (void)snprintf(shown, sizeof(shown), CONSOLE_CURSOR "%s", row->id);
    screen_type(console->screen, click);
    return cost_since(console->screen, before, shown);
}

static void a_move_onto_a_row_of_any_kind_costs_little(void **state)
{
    struct console *console = *state;
    make_fixture(console);
    for (size_t i = 0; i < SCREENS; i++) {
        struct row rows[ROWS_MOST];
        size_t most = 0, sum = 0, moves = 0;
        start(console, i);
        screen_type(console->screen, "m");
        assert_true(screen_wait(console->screen, "Mouse on"));
        screen_type(console->screen, "j");
        assert_true(screen_wait_gone(console->screen, "Mouse on"));
        size_t count = find_rows(console, rows);
        assert_in_range(count, ROWS_MOST - 2, ROWS_MOST);
        for (size_t from = 0; from + 1 < count; from++) {
            (void)move_to(console, &rows[from]);
            for (size_t to = from + 1; to < count; to++) {
                size_t there = move_to(console, &rows[to]);
                size_t back = move_to(console, &rows[from]);
                most = there > most ? there : most;
                most = back > most ? back : most;
                sum += there + back;
                moves += 2;
                if (most > MOVE_MOST)
                    fail_msg("%s %dx%d: from %s to %s %zu bytes, back %zu", screens[i].term,
                             screens[i].width, screens[i].height, rows[from].id, rows[to].id, there,
                             back);
            }
        }
        print_message("%s %dx%d: %zu moves, %zu bytes each, %zu at most\n", screens[i].term,
                      screens[i].width, screens[i].height, moves, sum / moves, most);
        console_end(console);
    }
}

/* The id behind the cursor's mark; "" in the middle of a frame. */
static void read_cursor(struct console *console, char id[ID_LEN + 1])
{
    const char *mark = strstr(screen_text(console->screen), "\n" CONSOLE_CURSOR);
    (void)snprintf(id, ID_LEN + 1, "%s", mark ? mark + 1 + ID_COLUMN : "");
}

/* A key down. Returns its bytes. */
static size_t move_down(struct console *console)
{
    enum { SOON_MS = 5, TRIES = 6000 };
    char before_id[ID_LEN + 1], id[ID_LEN + 1];
    size_t before = screen_bytes(console->screen);
    read_cursor(console, before_id);
    screen_type(console->screen, "j");
    for (int i = 0; i < TRIES; i++) {
        read_cursor(console, id);
        if (id[0] && strcmp(id, before_id) != 0)
            break;
        (void)screen_is_quiet(console->screen, SOON_MS);
    }
    assert_string_not_equal(id, before_id);
    return cost_since(console->screen, before, id);
}

static void a_move_that_scrolls_costs_no_more_than_others(void **state)
{
    struct console *console = *state;
    make_fixture(console);
    for (size_t i = 0; i < SCREENS; i++) {
        size_t most = 0, sum = 0;
        start(console, i);
        for (int j = 0; j < MOVES; j++) {
            size_t cost = move_down(console);
            most = cost > most ? cost : most;
            sum += cost;
        }
        print_message("%s %dx%d: %d moves, %zu bytes each, %zu at most\n", screens[i].term,
                      screens[i].width, screens[i].height, MOVES, sum / MOVES, most);
        assert_in_range(most, 1, MOVE_MOST);
        console_end(console);
    }
}

int main(void)
{
#define SCREEN_TEST(name) cmocka_unit_test_setup_teardown(name, console_set_up, console_tear_down)
    const struct CMUnitTest tests[] = {
        SCREEN_TEST(a_move_onto_a_row_of_any_kind_costs_little),
        SCREEN_TEST(a_move_that_scrolls_costs_no_more_than_others),
    };
    return cmocka_run_group_tests_name("moves", tests, NULL, NULL);
}
