/*
 * cost.h - what a change of the screen costs, in bytes of output.
 */
#ifndef SLOTOP_TESTS_COST_H
#define SLOTOP_TESTS_COST_H

#include "tests/helpers/screen.h"

/* Waits until nothing more has come for so long; fails where that does not happen. */
void cost_settle(struct screen *screen, int quiet_ms);
/* Bytes of output since there were `before`, once the screen shows `text`. */
size_t cost_since(struct screen *screen, size_t before, const char *text);
/* Prints the cost, and fails where it is more than the limit. */
void cost_check(const char *what, size_t cost, size_t limit);

#endif
