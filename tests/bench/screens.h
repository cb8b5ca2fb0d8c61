/* screens.h - programs on a pty with the home of a place. */
#ifndef SLOTOP_TESTS_BENCH_SCREENS_H
#define SLOTOP_TESTS_BENCH_SCREENS_H

#include "tests/bench/bench.h"
#include "tests/helpers/screen.h"

/* Starts a program, with an option or NULL. */
struct screen *bench_start(const struct place *place, const char *program, const char *option);
/* Until the table has the cursor on this entry. */
void bench_wait_loaded(struct screen *screen, size_t entry);

#endif
