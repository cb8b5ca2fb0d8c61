// Measures every cell of the table of goals; see bench.h.
// usage: bench SLOTOP EMPTY SIZE...      prints `goal n subject baseline ratio limit PASS|MISS`
#include "tests/bench/bench.h"

#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    if (argc < 4) {
        (void)fprintf(stderr, "usage: bench SLOTOP EMPTY SIZE...\n");
        return 2;
    }
    const char *only = getenv("BENCH_ONLY");
    for (int i = 3; i < argc; i++) {
        struct place place = {.program = argv[1], .empty = argv[2]};
        place_make(&place, strtoul(argv[i], NULL, 10));
        if (!only || only[0] == 'r')
            bench_reads(&place);
        if (!only || only[0] == 's')
            bench_screens(&place);
        if (!only || only[0] == 'i')
            bench_idle(&place);
        if (!only || only[0] == 'f')
            bench_frames(&place);
        place_remove(&place);
    }
    return 0;
}
