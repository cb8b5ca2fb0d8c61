/*
 * state_part.h - what core/state.c (all parts) and core/state_registry.c (the registry) share; not
 * for others.
 */
#ifndef SLOTOP_CORE_STATE_PART_H
#define SLOTOP_CORE_STATE_PART_H

#include "core/state.h"

/* Loads the registry as state_load() says. -ENOMEM: it is as it was. */
int state_load_registry(struct state *state, const struct state_look *look, struct error *error);

#endif
