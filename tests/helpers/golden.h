/*
 * golden.h - screens compared with files: tests/golden/NAME-WxH.txt holds what is on the screen
 * and, below, the role of each cell. UPDATE_GOLDEN=1 writes them anew; read the difference like
 * code.
 */
#ifndef SLOTOP_TESTS_GOLDEN_H
#define SLOTOP_TESTS_GOLDEN_H

#include "tui/cells.h"

/* Fails the test, with both screens in its output, where the cells are not as the file says. */
void golden_check(const char *name, const struct cells *cells);

#endif
