#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/helpers/console.h"
#include "tests/helpers/cost.h"

#include <inttypes.h>
#include <stdio.h>

/*
 * What the screen costs, counted in bytes on the pty and in wake-ups. The clock stands still
 * (--now), so that nothing but what the test does is due.
 */

enum {
    AT_FIRST_MS = 500, /* what follows the first frame is over by then */
    NOTHING_MS = 3000, /* without output and wake-ups */
};

enum { STATE_MOST = 200 }; /* bytes of a state change, whatever the size */

struct size {
    int width, height;
    /* limits in bytes: a change after which the pool is full no longer, or is full; a move of the
     * cursor (test_moves.c has those between rows of all kinds), a line of scrolling, a page */
    size_t freed, filled, move, scroll, page;
};

/* As wide, over a line that is slow: no strip of events, and nothing costs more than that. */
static const struct size slow_sizes[] = {
    {140, 40, STATE_MOST, STATE_MOST, 400, 250, 1500},
    {200, 60, STATE_MOST, STATE_MOST, 400, 250, 3000},
};

/* A slot that is freed or taken is told of in the header, the pool, the table and, where the screen
 * is wide, by an event. When the pool is full a sentence alarms, too; wide screens also tell the
 * findings of the session under the cursor then, and afterwards from when to when it was full. */
static const struct size sizes[] = {
    {80, 24, STATE_MOST, STATE_MOST, 400, 250, 1200},
    {140, 40, 280, 310, 400, 250, 1500},
    {200, 60, 280, 310, 400, 250, 3000},
};

static const char *const terms[] = {"xterm-256color", "tmux-256color", "screen", "linux", "vt100"};
enum { TERM_COUNT = sizeof(terms) / sizeof(terms[0]), WIDE_TERMS = 2 /* at the wide sizes, too */ };

static void start_at_a_fixed_time(struct console *console, const char *term, int width, int height)
{
    char now[64], *arguments[] = {now, NULL};
    (void)snprintf(now, sizeof(now), "--now=%" PRId64, console->base_ms + 600000);
    console_start_with(console, arguments, term, width, height);
    assert_true(screen_wait(console->screen, CONSOLE_CURSOR "aaaaaaaa"));
}

/* The sessions on the slots 2 and 3 are saved in other states. */
static void check_state_changes(struct console *console, struct console_row rows[CONSOLE_MANY],
                                const struct size *size)
{
    const struct {
        size_t row;
        const char *state, *shown, *what;
        size_t limit;
    } changes[] = {
        {1, "idle", "idle", "idle", STATE_MOST},
        {1, "active", "active", "active", STATE_MOST},
        {1, "expired", "expired", "expired, the pool was full", size->freed},
        {1, "active", "active", "taken, the pool is full", size->filled},
        {1, "idle", "idle", "idle in a full pool", STATE_MOST},
        {1, "expired", "expired", "expired, the pool was full", size->freed},
        {2, "deleted", "released", "released, one was free", STATE_MOST},
        {1, "active", "active", "taken, one is left", STATE_MOST},
        {1, "deleted", "released", "released, one was free", STATE_MOST},
        {2, "active", "active", "taken, one is left", STATE_MOST},
        {2, "expired", "expired", "expired, one was free", STATE_MOST},
    };
    for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
        char shown[64];
        size_t before = screen_bytes(console->screen);
        struct console_row *row = &rows[changes[i].row];
        row->state = changes[i].state;
        (void)snprintf(shown, sizeof(shown), "%.8s  %s", row->id, changes[i].shown);
        console_save(console, rows, CONSOLE_MANY);
        cost_check(changes[i].what, cost_since(console->screen, before, shown), changes[i].limit);
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
        {"j", CONSOLE_CURSOR "aaaaaaad", "down to an expired one", size->move},
        {"j", CONSOLE_CURSOR "aaaaaaae", "down between expired ones", size->move},
        {"k", CONSOLE_CURSOR "aaaaaaad", "up between expired ones", size->move},
        {"k", CONSOLE_CURSOR "aaaaaaac", "up from an expired one", size->move},
        {"G", CONSOLE_CURSOR "aaaaaae5", "to the end", size->page},
        {"g", CONSOLE_CURSOR "aaaaaaaa", "to the beginning", size->page},
    };
    for (size_t i = 0; i < sizeof(moves) / sizeof(moves[0]); i++) {
        size_t before = screen_bytes(console->screen);
        screen_type(console->screen, moves[i].keys);
        cost_check(moves[i].what, cost_since(console->screen, before, moves[i].shown),
                   moves[i].limit);
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
    cost_check("scrolling by a line", cost_since(console->screen, before, ">") / lines,
               size->scroll);
}

/* From a home of its own, so that its events are those of this run. */
static void check_all(const char *term, const struct size *size, bool has_slow_line)
{
    struct console_row rows[CONSOLE_MANY];
    void *own;
    assert_int_equal(console_set_up(&own), 0);
    struct console *console = own;
    console->has_slow_line = has_slow_line;
    print_message("%s %dx%d\n", term, size->width, size->height);
    console_save_many(console, rows);
    start_at_a_fixed_time(console, term, size->width, size->height);
    cost_settle(console->screen, AT_FIRST_MS);
    check_state_changes(console, rows, size);
    check_keys(console, size);
    check_scrolling(console, size);
    (void)console_tear_down(&own);
}

static void each_change_costs_what_it_changes(void **state)
{
    (void)state;
    for (size_t i = 0; i < TERM_COUNT + 2 * WIDE_TERMS; i++) {
        bool is_usual = i < TERM_COUNT;
        check_all(terms[is_usual ? i : (i - TERM_COUNT) % WIDE_TERMS],
                  &sizes[is_usual ? 0 : 1 + (i - TERM_COUNT) / WIDE_TERMS], false);
    }
}

static void over_a_slow_line_even_the_last_slot_costs_no_more_at_any_size(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2 * WIDE_TERMS; i++)
        check_all(terms[i % WIDE_TERMS], &slow_sizes[i / WIDE_TERMS], true);
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
    cost_settle(console->screen, AT_FIRST_MS);
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
        cmocka_unit_test(each_change_costs_what_it_changes),
        cmocka_unit_test(over_a_slow_line_even_the_last_slot_costs_no_more_at_any_size),
        SCREEN_TEST(idle_with_nothing_due_it_is_not_woken_and_writes_nothing),
    };
    return cmocka_run_group_tests_name("economy", tests, NULL, NULL);
}
