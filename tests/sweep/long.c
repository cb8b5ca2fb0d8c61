// LDFLAGS: @tests/sweep/calls.opts
/* Every sweep over every kind of edit, at the edges of pages too. Prints TAP. */
#include "tests/sweep/sweep.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SHIFTS_MAX = 260 };

static const struct {
    const char *rule;
    void (*sweep)(struct sweep *sweep);
} sweeps[] = {
    {"every call fails with every errno", sweep_errnos},
    {"every read and write does half", sweep_short_transfers},
    {"the child is killed at every call", sweep_child_kills},
    {"the process is killed at every call", sweep_process_kills},
    {"every allocation fails", sweep_memory},
    {"from every call on nothing works", sweep_lasting_errnos},
    {"every child is killed at the same call", sweep_lasting_kills},
    {"two calls fail, or one and then the process", sweep_pairs},
};
enum { SWEEPS = sizeof(sweeps) / sizeof(sweeps[0]) };

struct sums {
    size_t points[SWEEPS];
    size_t bad[SWEEPS];
};

static void sweep_scene(const struct scene *scene, size_t count, struct sums *sums)
{
    struct sweep sweep;
    sweep_open(&sweep, scene);
    for (size_t i = 0; i < count; i++) {
        size_t points = sweep.points, bad = sweep.bad;
        sweeps[i].sweep(&sweep);
        sums->points[i] += sweep.points - points;
        sums->bad[i] += sweep.bad - bad;
    }
    sweep_close(&sweep);
}

int main(int argc, char **argv)
{
    size_t step = argc > 1 ? strtoul(argv[1], NULL, 10) : 13, points = 0, bad = 0;
    const char *only = argc > 2 ? argv[2] : "";
    struct sums sums = {0};
    struct scene scene;
    for (size_t i = 0; i < scene_count(); i++) {
        scene_make(i, &scene);
        if (strstr(scene.name, only))
            sweep_scene(&scene, argc > 3 ? strtoul(argv[3], NULL, 10) : SWEEPS, &sums);
        scene_done(&scene);
        for (size_t shift = 1; shift < SHIFTS_MAX && scene_make_at_edge(i, shift, &scene);
             shift += step) {
            if (strstr(scene.name, only))
                sweep_scene(&scene, 5, &sums);
            scene_done(&scene);
        }
    }
    for (size_t i = 0; i < SWEEPS; i++) {
        printf("%s %zu %s, %zu points, %zu bad\n", sums.bad[i] ? "not ok" : "ok", i + 1,
               sweeps[i].rule, sums.points[i], sums.bad[i]);
        points += sums.points[i];
        bad += sums.bad[i];
    }
    printf("1..%d\nsweep: %zu points, %zu bad\n", SWEEPS, points, bad);
    return bad != 0;
}
