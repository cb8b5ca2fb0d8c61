/*
 * registry_part.h - what the rules share among themselves; for registry_*.c only.
 */
#ifndef SLOTOP_CORE_REGISTRY_PART_H
#define SLOTOP_CORE_REGISTRY_PART_H

#include "core/registry.h"

/* `array` with room for count + 1 elements of `size` bytes; NULL (and as it was) without memory. */
void *registry_grown(void *array, size_t count, size_t size, size_t *capacity);

/* True for an entry on which every walk of the seed throws: null. */
bool entry_breaks_walks(const struct entry *entry);
/* The sentence for that: what was being done ("expire"), and the session; returns -EUCLEAN. */
int registry_refuse_walk(const struct entry *entry, const char *doing, struct error *error);
/* 0 if a member of this present entry can be set; else the sentence and -EUCLEAN. */
int registry_check_settable(const struct entry *entry, const char *doing, struct error *error);

/* Set and mark, unless the very value is stored already. */
void entry_set_state(struct entry *entry, enum entry_state state);
void entry_set_last_active(struct entry *entry, int64_t now_ms);

#endif
