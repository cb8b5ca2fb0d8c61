// LDFLAGS: @tests/sweep/calls.opts
/* Every sweep over every kind of edit, and the first five with the edit lying over a page's edge
 * in many ways. Prints TAP.
 * usage: long [STEP_BYTES [WORDS_OF_A_NAME]] */
#include "tests/sweep/sweep.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SHIFTS_END = 260, DEFAULT_STEP = 19 };

static const struct {
    const char *rule;
    void (*sweep)(struct sweep *sweep);
    bool at_edges; /* too */
} sweeps[] = {
    {"every call fails with every errno", sweep_errnos, true},
    {"every read and write does half", sweep_short_transfers, true},
    {"the child is killed at every call", sweep_child_kills, true},
    {"the process is killed at every call", sweep_process_kills, true},
    {"the process is killed at every call, and mended by the next", sweep_mended_kills, true},
    {"every allocation fails", sweep_memory, false},
    {"from every call on nothing works", sweep_lasting_errnos, false},
    {"every child is killed at the same call", sweep_lasting_kills, true},
    {"two calls fail, or one and then the process is killed", sweep_pairs, false},
};
enum { SWEEPS = sizeof(sweeps) / sizeof(sweeps[0]) };

struct sums {
    size_t points[SWEEPS];
    size_t bad[SWEEPS];
};

static void sweep_trial(const struct trial *trial, bool at_edge, struct sums *sums)
{
    struct sweep sweep;
    sweep_open(&sweep, trial);
    for (size_t i = 0; i < SWEEPS; i++) {
        size_t points = sweep.points, bad = i == 0 ? 0 : sweep.bad;
        if (at_edge && !sweeps[i].at_edges)
            continue;
        sweeps[i].sweep(&sweep);
        sums->points[i] += sweep.points - points;
        sums->bad[i] += sweep.bad - bad;
    }
    sweep_close(&sweep);
}

int main(int argc, char **argv)
{
    size_t step = argc > 1 ? strtoul(argv[1], NULL, 10) : DEFAULT_STEP, points = 0, bad = 0;
    const char *only = argc > 2 ? argv[2] : "";
    struct sums sums = {0};
    struct trial trial;
    sweep_choose_place();
    for (size_t i = 0; i < trial_count(); i++) {
        trial_make(i, &trial);
        if (strstr(trial.name, only))
            sweep_trial(&trial, false, &sums);
        trial_done(&trial);
        for (size_t shift = 1; shift < SHIFTS_END && trial_make_at_edge(i, shift, &trial);
             shift += step > 0 ? step : 1) {
            if (strstr(trial.name, only))
                sweep_trial(&trial, true, &sums);
            trial_done(&trial);
        }
    }
    for (size_t i = 0; i < SWEEPS; i++) {
        printf("%s %zu %s, %zu points, %zu bad\n", sums.bad[i] ? "not ok" : "ok", i + 1,
               sweeps[i].rule, sums.points[i], sums.bad[i]);
        points += sums.points[i];
        bad += sums.bad[i];
    }
    printf("1..%d\n# sweep: %zu points, %zu bad\n", SWEEPS, points, bad);
    return bad != 0;
}
