/* The binary on a pty: from something that happens to what a terminal shows. */
#include "tests/bench/screens.h"
#include "tests/helpers/console.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static void wait_for(struct screen *screen, const char *text)
{
    if (!screen_wait(screen, text))
        abort();
}

struct screen *bench_start(const struct place *place, const char *program, const char *option)
{
    static char home[300], config[300], name[512], argument[64];
    char *argv[] = {name, option ? argument : NULL, NULL};
    char *env[] = {home, config, NULL};
    (void)snprintf(name, sizeof(name), "%s", program);
    (void)snprintf(argument, sizeof(argument), "%s", option ? option : "");
    (void)snprintf(home, sizeof(home), "HOME=%s", place->tree.path);
    (void)snprintf(config, sizeof(config), "XDG_CONFIG_HOME=%s/.config", place->tree.path);
    struct screen *screen = screen_start(argv, env, "xterm-256color", BENCH_WIDTH, BENCH_HEIGHT);
    return screen;
}

/* The line of the table with the cursor on it. */
static const char *cursor_line(size_t entry)
{
    static char line[32];
    (void)snprintf(line, sizeof(line), CONSOLE_CURSOR "%s", place_short_id(entry));
    return line;
}

void bench_wait_loaded(struct screen *screen, size_t entry)
{
    wait_for(screen, cursor_line(entry));
}

/* ---- the first frame ---- */

static double first_ms(const struct place *place, const char *program, const char *text)
{
    double start = now_ms();
    struct screen *screen = bench_start(place, program, NULL);
    wait_for(screen, text);
    double took = now_ms() - start;
    screen_free(screen);
    return took;
}

static void bench_first_frame(const struct place *place)
{
    enum { PAIRS = 31, PAIRS_HUGE = 7 };
    struct pairs pairs = {.count = 0};
    for (int i = 0; i < (place->n > 100000 ? PAIRS_HUGE : PAIRS); i++) {
        double empty = first_ms(place, place->empty, "ready");
        pairs_add(&pairs, first_ms(place, place->program, " slotop "), empty);
    }
    goal_print(GOAL_FIRST_FRAME, place->n, &pairs);
}

/* ---- memory ---- */

static void bench_memory(const struct place *place, struct screen *screen)
{
    struct pairs pairs = {.count = 0};
    for (int i = 0; i < BENCH_PAIRS_LEAST; i++) {
        struct screen *empty = bench_start(place, place->empty, NULL);
        wait_for(empty, "ready");
        pairs_add(&pairs, process_resident_kb(screen_pid(screen)),
                  process_resident_kb(screen_pid(empty)));
        screen_free(empty);
    }
    goal_print(GOAL_MEMORY, place->n, &pairs);
}

/* ---- the server saves ---- */

static void bench_close_write(const struct place *place, struct screen *screen)
{
    enum { SAVES = 15, SAVES_HUGE = 7, LABEL_SIZE = 16 };
    struct pairs pairs = {.count = 0}, bytes = {.count = 0};
    for (int i = 0; i < (place->n > 100000 ? SAVES_HUGE : SAVES); i++) {
        char label[LABEL_SIZE];
        (void)snprintf(label, sizeof(label), "zz%03d", i);
        (void)screen_is_quiet(screen, 100);
        size_t bytes_before = screen_bytes(screen);
        double closed = place_save(place, label);
        wait_for(screen, label);
        pairs_add(&pairs, now_ms() - closed, NAN);
        pairs_add(&bytes, (double)(screen_bytes(screen) - bytes_before), NAN);
    }
    goal_print(GOAL_CLOSE_WRITE, place->n, &pairs);
    goal_print(GOAL_FRAME_BYTES, place->n, &bytes);
}

/* ---- keys ---- */

static double key_ms(struct screen *screen, const char *keys, const char *text)
{
    double start = now_ms();
    screen_type(screen, keys);
    wait_for(screen, text);
    return now_ms() - start;
}

static void bench_move(const struct place *place, struct screen *screen)
{
    struct pairs pairs = {.count = 0};
    for (int i = 0; i < 21; i++) {
        pairs_add(&pairs, key_ms(screen, "j", cursor_line(1)), NAN);
        pairs_add(&pairs, key_ms(screen, "k", cursor_line(0)), NAN);
    }
    goal_print(GOAL_MOVE, place->n, &pairs);
}

/* The first letters of an id, typed one by one: the title counts what they leave. */
static void bench_filter(const struct place *place, struct screen *screen)
{
    char title[64];
    struct pairs pairs = {.count = 0};
    (void)snprintf(title, sizeof(title), "of %zu  /", place->n);
    for (int i = 0; i < 9; i++) {
        const char *id = place_short_id(0);
        char typed[80];
        screen_type(screen, "/");
        for (int len = 1; len <= 3; len++) {
            char key[2] = {id[len - 1], '\0'};
            (void)snprintf(typed, sizeof(typed), "%s%.*s ", title, len, id);
            pairs_add(&pairs, key_ms(screen, key, typed), NAN);
        }
        screen_type(screen, "\025\r");
        (void)snprintf(typed, sizeof(typed), "Sessions %zu ", place->n);
        wait_for(screen, typed);
        wait_for(screen, cursor_line(0));
        (void)screen_is_quiet(screen, 20);
    }
    goal_print(GOAL_FILTER, place->n, &pairs);
}

static void bench_sort(const struct place *place, struct screen *screen)
{
    static const char *const orders[] = {"session", "title", "state", "slot", "age", "expires in"};
    enum { ORDERS = sizeof(orders) / sizeof(orders[0]) };
    struct pairs pairs = {.count = 0};
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < ORDERS; i++) {
            char title[32];
            (void)snprintf(title, sizeof(title), "sort %s ", orders[i]);
            pairs_add(&pairs, key_ms(screen, ">", title), NAN);
        }
        for (int i = ORDERS - 1; i >= 0; i--) {
            char title[32];
            (void)snprintf(title, sizeof(title), "sort %s ", i ? orders[i - 1] : "last use");
            pairs_add(&pairs, key_ms(screen, "<", title), NAN);
        }
    }
    goal_print(GOAL_SORT, place->n, &pairs);
}

void bench_screens(const struct place *place)
{
    bench_first_frame(place);
    char option[64];
    /* The clock stands still, so that no age that ticks is measured with what happens. */
    (void)snprintf(option, sizeof(option), "--now=%" PRId64, place->made_ms + 1000);
    struct screen *screen = bench_start(place, place->program, option);
    bench_wait_loaded(screen, 0);
    (void)screen_is_quiet(screen, 500);
    bench_memory(place, screen);
    bench_move(place, screen);
    bench_filter(place, screen);
    bench_sort(place, screen);
    bench_close_write(place, screen);
    screen_free(screen);
}
