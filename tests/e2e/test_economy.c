#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/helpers/console.h"

#include <inttypes.h>
#include <stdio.h>

/*
 * What the screen costs, counted in bytes on the pty and in wake-ups. The clock stands still
 * (--now), so that nothing but what the test does is due.
 */

enum {
    QUIET_MS = 15,     /* for the rest of a frame whose words are there: it comes in one write */
    AT_FIRST_MS = 500, /* what follows the first frame is over by then */
    NOTHING_MS = 3000, /* without output and wake-ups */
};

struct size {
    int width, height;
    /* limits in bytes: a state change, one that frees a slot, a move of the cursor, one to a
     * session in another state, a line of scrolling, a page of it */
    size_t state, freed, move, move_unlike, scroll, page;
};

/* At 140 columns the detail tells of another session after each move. */
static const struct size sizes[] = {
    {80, 24, 200, 500, 400, 400, 250, 1200},
    {140, 40, 200, 2000, 450, 2000, 1000, 3000},
};

static const char *const terms[] = {"xterm-256color", "tmux-256color", "screen", "linux", "vt100"};
enum { TERM_COUNT = sizeof(terms) / sizeof(terms[0]), WIDE_TERMS = 2 /* at the wide size, too */ };

static void start_at_a_fixed_time(struct console *console, const char *term, int width, int height)
{
    char now[64], *arguments[] = {now, NULL};
    (void)snprintf(now, sizeof(now), "--now=%" PRId64, console->base_ms + 600000);
    console_start_with(console, arguments, term, width, height);
    assert_true(screen_wait(console->screen, CONSOLE_CURSOR "aaaaaaaa"));
}

static void settle(struct console *console, int quiet_ms)
{
    bool is_quiet = false;
    for (int i = 0; i < 300 && !is_quiet; i++)
        is_quiet = screen_is_quiet(console->screen, quiet_ms);
    assert_true(is_quiet);
}

/* Bytes of output since there were `before`, once the screen shows `text`. */
static size_t cost_since(struct console *console, size_t before, const char *text)
{
    assert_true(screen_wait(console->screen, text));
    while (!screen_is_quiet(console->screen, QUIET_MS))
        continue;
    return screen_bytes(console->screen) - before;
}

static void check_cost(const char *what, size_t cost, size_t limit)
{
    print_message("  %-32s %5zu of %zu bytes\n", what, cost, limit);
    if (cost > limit)
        fail_msg("%s: %zu bytes, more than %zu", what, cost, limit);
}

/* The session on slot 2 is saved in other states. */
static void check_state_changes(struct console *console, struct console_row rows[CONSOLE_MANY],
                                const struct size *size)
{
    const struct {
        const char *state, *shown;
        size_t limit;
    } changes[] = {
        {"idle", "aaaaaaab  idle", size->state},
        {"active", "aaaaaaab  active", size->state},
        {"expired", "aaaaaaab  expired", size->freed},
        {"active", "aaaaaaab  active", size->freed},
    };
    for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
        size_t before = screen_bytes(console->screen);
        rows[1].state = changes[i].state;
        console_save(console, rows, CONSOLE_MANY);
        check_cost(changes[i].shown, cost_since(console, before, changes[i].shown),
                   changes[i].limit);
    }
}

static void check_keys(struct console *console, const struct size *size)
{
    const struct {
        const char *keys, *shown, *what;
        size_t limit;
    } moves[] = {
        {"j", CONSOLE_CURSOR "aaaaaaab", "down", size->move},
        {"j", CONSOLE_CURSOR "aaaaaaac", "down", size->move},
        {"j", CONSOLE_CURSOR "aaaaaaad", "down to an expired one", size->move_unlike},
        {"j", CONSOLE_CURSOR "aaaaaaae", "down between expired ones", size->move},
        {"k", CONSOLE_CURSOR "aaaaaaad", "up between expired ones", size->move},
        {"k", CONSOLE_CURSOR "aaaaaaac", "up from an expired one", size->move_unlike},
        {"G", CONSOLE_CURSOR "aaaaaae5", "to the end", size->page},
        {"g", CONSOLE_CURSOR "aaaaaaaa", "to the beginning", size->page},
    };
    for (size_t i = 0; i < sizeof(moves) / sizeof(moves[0]); i++) {
        size_t before = screen_bytes(console->screen);
        screen_type(console->screen, moves[i].keys);
        check_cost(moves[i].what, cost_since(console, before, moves[i].shown), moves[i].limit);
    }
}

/* Line by line to the end: a line costs what a line costs, not what a screen does. */
static void check_scrolling(struct console *console, const struct size *size)
{
    size_t before = screen_bytes(console->screen);
    for (unsigned i = 1; i < CONSOLE_MANY; i++) {
        char shown[16];
        (void)snprintf(shown, sizeof(shown), CONSOLE_CURSOR "%08x", 0xaaaaaaaaU + i);
        screen_type(console->screen, "j");
        assert_true(screen_wait(console->screen, shown));
    }
    size_t lines = CONSOLE_MANY - 1;
    check_cost("scrolling by a line", cost_since(console, before, ">") / lines, size->scroll);
}

static void each_change_costs_what_it_changes(void **state)
{
    struct console *console = *state;
    struct console_row rows[CONSOLE_MANY];
    for (size_t i = 0; i < TERM_COUNT + WIDE_TERMS; i++) {
        const char *term = terms[i % TERM_COUNT];
        const struct size *size = &sizes[i / TERM_COUNT];
        print_message("%s %dx%d\n", term, size->width, size->height);
        console_save_many(console, rows);
        start_at_a_fixed_time(console, term, size->width, size->height);
        settle(console, AT_FIRST_MS);
        check_state_changes(console, rows, size);
        check_keys(console, size);
        check_scrolling(console, size);
        console_end(console);
    }
}

static long read_switches(pid_t pid)
{
    char path[64], line[256];
    long switches = -1;
    (void)snprintf(path, sizeof(path), "/proc/%ld/status", (long)pid);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    while (fgets(line, sizeof(line), file))
        (void)sscanf(line, "voluntary_ctxt_switches: %ld", &switches);
    (void)fclose(file);
    return switches;
}

static void idle_with_nothing_due_it_is_not_woken_and_writes_nothing(void **state)
{
    struct console *console = *state;
    start_at_a_fixed_time(console, "xterm-256color", 140, 40);
    settle(console, AT_FIRST_MS);
    long switches = read_switches(screen_pid(console->screen));
    size_t bytes = screen_bytes(console->screen);
    assert_true(screen_is_quiet(console->screen, NOTHING_MS));
    assert_int_equal(read_switches(screen_pid(console->screen)), switches);
    assert_int_equal(screen_bytes(console->screen), bytes);
}

int main(void)
{
#define SCREEN_TEST(name) cmocka_unit_test_setup_teardown(name, console_set_up, console_tear_down)
    const struct CMUnitTest tests[] = {
        SCREEN_TEST(each_change_costs_what_it_changes),
        SCREEN_TEST(idle_with_nothing_due_it_is_not_woken_and_writes_nothing),
    };
    return cmocka_run_group_tests_name("economy", tests, NULL, NULL);
}
