/* What the binary does while nothing happens, and while only time passes. */
#include "tests/bench/screens.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <unistd.h>

enum { WINDOW_MS = 3000, SETTLE_MS = 1500 };

/* With the clock stopped nothing is ever due. */
static void bench_nothing_due(const struct place *place)
{
    char option[64];
    struct pairs sleeps = {.count = 0}, bytes = {.count = 0};
    (void)snprintf(option, sizeof(option), "--now=%" PRId64, place->made_ms);
    struct screen *screen = bench_start(place, place->program, option);
    bench_wait_loaded(screen, 0);
    while (!screen_is_quiet(screen, SETTLE_MS))
        continue;
    for (int i = 0; i < BENCH_PAIRS_LEAST; i++) {
        double sleeps_before = process_sleeps(screen_pid(screen));
        size_t bytes_before = screen_bytes(screen);
        (void)screen_is_quiet(screen, WINDOW_MS);
        pairs_add(&sleeps, process_sleeps(screen_pid(screen)) - sleeps_before, NAN);
        pairs_add(&bytes, (double)(screen_bytes(screen) - bytes_before), NAN);
    }
    screen_free(screen);
    goal_print(GOAL_WAKEUPS, place->n, &sleeps);
    goal_print(GOAL_IDLE_BYTES, place->n, &bytes);
}

/* Takes the output of both for a while. */
static void run_both(struct screen *a, struct screen *b)
{
    for (double end = now_ms() + WINDOW_MS; now_ms() < end;) {
        (void)screen_is_quiet(a, 50);
        (void)screen_is_quiet(b, 50);
    }
}

/* Both at once, so that both have the same machine. */
static void bench_ticking(const struct place *place)
{
    struct pairs pairs = {.count = 0};
    if (!has_program("htop")) {
        goal_skip(GOAL_TICKING, place->n, "htop is not installed");
        return;
    }
    struct screen *htop = bench_start(place, "/usr/bin/htop", NULL);
    struct screen *screen = bench_start(place, place->program, NULL);
    bench_wait_loaded(screen, 0);
    run_both(screen, htop);
    for (int i = 0; i < BENCH_PAIRS_LEAST; i++) {
        double cpu_before = process_cpu_ms(screen_pid(screen));
        double htop_before = process_cpu_ms(screen_pid(htop));
        run_both(screen, htop);
        pairs_add(&pairs, process_cpu_ms(screen_pid(screen)) - cpu_before,
                  process_cpu_ms(screen_pid(htop)) - htop_before);
    }
    screen_free(screen);
    screen_free(htop);
    goal_print(GOAL_TICKING, place->n, &pairs);
}

void bench_idle(const struct place *place)
{
    bench_nothing_due(place);
    bench_ticking(place);
}
