/*
 * json_reference.h - ECMA-404 once more, written another way than core/json.c: what is accepted.
 */
#ifndef SLOTOP_TESTS_JSON_REFERENCE_H
#define SLOTOP_TESTS_JSON_REFERENCE_H

#include "core/base.h"

bool reference_accepts(struct str text);
/* The whole text is one number, nothing around it. */
bool reference_is_number(struct str text);
/* JavaScript's array index: canonical, below 2^32 - 1. */
bool reference_is_index(struct str decoded);

#endif
