/*
 * eventful.h - what happened to the sessions of titled_set_usual(), for scenes with a history.
 */
#ifndef SLOTOP_TESTS_EVENTFUL_H
#define SLOTOP_TESTS_EVENTFUL_H

#include "tests/helpers/titled.h"

enum { EVENTFUL_ALL = 14 };

/* The first `count` of these events, the oldest first, as a history in memory. */
void eventful_add(struct scene *scene, size_t count);

#endif
