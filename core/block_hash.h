/*
 * block_hash.h - a hash that tells whether a run of bytes is the one of before, at the speed at
 * which it can be read: tens of gigabytes a second.
 *
 * Not for secrets and not for storage: the same bytes give the same hash on one machine, and two
 * different runs the same one with a chance of 2^-64. The one way to make bytes count for nothing
 * is to put a key of the hash before them; each key has a byte that UTF-8 never has, so no text
 * that the server writes does that.
 */
#ifndef SLOTOP_CORE_BLOCK_HASH_H
#define SLOTOP_CORE_BLOCK_HASH_H

#include "core/base.h"

uint64_t block_hash(struct str bytes);

#endif
