/* The table of goals: what the limits are, and whether a cell keeps them. */
#include "tests/bench/bench.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The table has limits for a thousand, 100,000 and a million entries. Ten entries have those of a
 * thousand, where these say something (a file that small is all system calls); 10,000 the weaker
 * ones of their neighbours. */
enum column { TINY, SMALL, MIDDLE, LARGE, HUGE_SIZE, COLUMNS };

struct limit {
    enum limit_of of;
    double most; /* of a ratio 0: none at this size */
};
#define EVERYWHERE(of, most)                                                                       \
    {                                                                                              \
        {of, most}, {of, most}, {of, most}, {of, most},                                            \
        {                                                                                          \
            of, most                                                                               \
        }                                                                                          \
    }
#define ABSOLUTE(small, large, most)                                                               \
    {                                                                                              \
        {LIMIT_SUBJECT, small}, {LIMIT_SUBJECT, small}, {LIMIT_SUBJECT, large},                    \
            {LIMIT_SUBJECT, large},                                                                \
        {                                                                                          \
            LIMIT_SUBJECT, most                                                                    \
        }                                                                                          \
    }

static bool has_limit(const struct limit *limit)
{
    return limit->of != LIMIT_RATIO || limit->most > 0;
}

static const struct {
    const char *name, *unit;
    struct limit limits[COLUMNS];
} goals[GOAL_COUNT] = {
    [GOAL_LOAD_C] = {"load/cJSON", "ms", {{0, 0}, {0, 0.08}, {0, 0.10}, {0, 0.10}, {0, 0.12}}},
    [GOAL_LOAD_R] = {"load/read", "ms", {{0, 0}, {0, 0}, {0, 3.5}, {0, 3.5}, {0, 4}}},
    [GOAL_RELOAD_R] = {"reload-one/read", "ms", {{0, 0}, {0, 2.5}, {0, 2.5}, {0, 1.3}, {0, 1.2}}},
    [GOAL_RELOAD_N] = {"reload-one/node",
                       "ms",
                       {{0, 0}, {0, 1.0 / 50}, {0, 1.0 / 40}, {0, 1.0 / 40}, {0, 1.0 / 50}}},
    [GOAL_SCATTERED] = {"reload-1%/reload-one",
                        "ms",
                        {{0, 0}, {0, 0}, {0, 1.8}, {0, 1.8}, {0, 1.8}}},
    [GOAL_EDIT_N] = {"edit/node",
                     "ms",
                     {{0, 0}, {0, 1.0 / 20}, {0, 1.0 / 20}, {0, 1.0 / 50}, {0, 1.0 / 50}}},
    [GOAL_CLOSE_WRITE] = {"close-write-to-screen", "ms", ABSOLUTE(5, 40, 300)},
    [GOAL_FIRST_FRAME] = {"first-frame/empty",
                          "ms",
                          {{LIMIT_RATIO, 1.5},
                           {LIMIT_RATIO, 1.5},
                           {LIMIT_MORE, 10},
                           {LIMIT_MORE, 10},
                           {LIMIT_MORE, 10}}},
    [GOAL_MEMORY] = {"resident/empty",
                     "KB",
                     {{LIMIT_RATIO, 1.3},
                      {LIMIT_RATIO, 1.3},
                      {LIMIT_EACH, 120},
                      {LIMIT_EACH, 120},
                      {LIMIT_EACH, 120}}},
    [GOAL_WAKEUPS] = {"idle-wakeups", "", ABSOLUTE(0, 0, 0)},
    [GOAL_IDLE_BYTES] = {"idle-bytes", "", ABSOLUTE(0, 0, 0)},
    [GOAL_TICKING] = {"ages-ticking/htop", "ms", EVERYWHERE(LIMIT_RATIO, 0.5)},
    [GOAL_FRAME_CPU] = {"frame/full-redraw", "ms", EVERYWHERE(LIMIT_RATIO, 0.15)},
    [GOAL_FRAME_BYTES] = {"frame-bytes", "", ABSOLUTE(200, 200, 200)},
    [GOAL_MOVE] = {"key-move-to-screen", "ms", ABSOLUTE(2, 16, 50)},
    [GOAL_FILTER] = {"key-filter-to-screen", "ms", ABSOLUTE(2, 16, 50)},
    [GOAL_SORT] = {"key-sort-to-screen", "ms", ABSOLUTE(2, 16, 50)},
};

static enum column column_of(size_t n)
{
    return n < 1000      ? TINY
           : n == 1000   ? SMALL
           : n < 100000  ? MIDDLE
           : n == 100000 ? LARGE
                         : HUGE_SIZE;
}

void pairs_add(struct pairs *pairs, double subject, double baseline)
{
    if (pairs->count == BENCH_PAIRS_MOST)
        abort();
    pairs->subject[pairs->count] = subject;
    pairs->baseline[pairs->count++] = baseline;
}

size_t pairs_wanted(double both_ms)
{
    enum { SPENT_MS = 1500 };
    double pairs = SPENT_MS / fmax(both_ms, 0.01);
    return pairs < BENCH_PAIRS_LEAST   ? BENCH_PAIRS_LEAST
           : pairs >= BENCH_PAIRS_MOST ? BENCH_PAIRS_MOST
                                       : (size_t)pairs;
}

static int compare_numbers(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static double median(const double *numbers, size_t count)
{
    double sorted[BENCH_PAIRS_MOST];
    memcpy(sorted, numbers, count * sizeof(*numbers));
    qsort(sorted, count, sizeof(*sorted), compare_numbers);
    return sorted[count / 2];
}

/* What is held against the limit, of one pair. */
static double value_of(enum limit_of of, size_t n, double subject, double baseline)
{
    switch (of) {
    case LIMIT_RATIO:
        return subject / baseline;
    case LIMIT_SUBJECT:
        return subject;
    case LIMIT_MORE:
        return subject - 1.5 * baseline;
    case LIMIT_EACH:
        return (subject - baseline) * 1024 / (double)n;
    }
    return NAN;
}

static void print_limit(const struct limit *limit, const char *unit)
{
    if (!has_limit(limit))
        (void)printf(" -");
    else if (limit->of == LIMIT_SUBJECT)
        (void)printf(" %.0f%s", limit->most, unit);
    else if (limit->of == LIMIT_MORE)
        (void)printf(" 1.5x+%g%s", limit->most, unit);
    else if (limit->of == LIMIT_EACH)
        (void)printf(" +%gB/entry", limit->most);
    else
        (void)printf(" %.3gx", limit->most);
}

static void print_number(double number, const char *unit)
{
    if (isnan(number))
        (void)printf(" -");
    else
        (void)printf(" %.*f%s",
                     number <= 0    ? 0
                     : number < 0.1 ? 4
                     : number < 10  ? 2
                                    : 1,
                     number, unit);
}

void goal_print(enum goal goal, size_t n, const struct pairs *pairs)
{
    const struct limit *limit = &goals[goal].limits[column_of(n)];
    double values[BENCH_PAIRS_MOST], ratios[BENCH_PAIRS_MOST];
    for (size_t i = 0; i < pairs->count; i++) {
        ratios[i] = pairs->subject[i] / pairs->baseline[i];
        values[i] = value_of(limit->of, n, pairs->subject[i], pairs->baseline[i]);
    }
    double baseline = median(pairs->baseline, pairs->count);
    (void)printf("%s %zu", goals[goal].name, n);
    print_number(median(pairs->subject, pairs->count), goals[goal].unit);
    print_number(baseline, goals[goal].unit);
    print_number(isnan(baseline) ? NAN : median(ratios, pairs->count), "x");
    print_limit(limit, goals[goal].unit);
    const char *verdict = median(values, pairs->count) <= limit->most ? "PASS" : "MISS";
    (void)printf(" %s\n", has_limit(limit) ? verdict : "-");
    (void)fflush(stdout);
}

void goal_skip(enum goal goal, size_t n, const char *why)
{
    (void)printf("%s %zu - - - - skipped: %s\n", goals[goal].name, n, why);
}
