/*
 * memory.h - allocations that fail when a test says so.
 *
 * A test that includes this begins with
 * // LDFLAGS: -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=reallocarray
 */
#ifndef SLOTOP_TESTS_HELPERS_MEMORY_H
#define SLOTOP_TESTS_HELPERS_MEMORY_H

#include <stddef.h>

/* The allocation that fails, counted from 1; counts down, and is 0 once it has failed. 0: none
 * does. Cannot be otherwise than global: the wrapped calls have no argument for it. */
extern size_t calls_until_failure;

#endif
