/*
 * wipe.h - tells a registry that was wiped from one that was tidied up.
 *
 * A server that finds the registry torn takes it as empty, and its next save holds nothing but the
 * new entry. Between two looks at a registry that is a wipe if
 *   1. the one before had WIPE_ENTRIES_MIN entries or more, and
 *   2. more than half of them have no entry in the one after, and
 *   3. the same is true of those that no purge takes: neither released nor expired.
 * So GC, which removes what is released, and purges of expired entries are none, however many they
 * take; entries whose state changed, and new ones beside them, do not matter.
 */
#ifndef SLOTOP_CORE_WIPE_H
#define SLOTOP_CORE_WIPE_H

#include "core/registry.h"

enum { WIPE_ENTRIES_MIN = 3 };

struct wipe {
    size_t entries; /* that there were before */
    size_t lost;    /* of these, without an entry after */
};

/* True for a wipe, with *ret_wipe filled. Pure; where nothing is amiss, half of the entries are
 * looked at. */
bool wipe_is_between(const struct registry *before, const struct registry *after,
                     struct wipe *ret_wipe);

#endif
