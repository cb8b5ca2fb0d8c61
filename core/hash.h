/*
 * hash.h - hashes of bytes, as fast as the bytes can be read.
 *
 * Not for secrets and not for storage: the same bytes give the same hash on one machine, and two
 * different runs the same one with a chance of 2^-64. The one way to make bytes count for nothing
 * is to put a key of the hash before them; each key has a byte that UTF-8 never has, so no text
 * that the server writes does that.
 */
#ifndef SLOTOP_CORE_HASH_H
#define SLOTOP_CORE_HASH_H

#include "core/base.h"

/* Of a text of some kilobytes: whether it is the one of before. Tens of gigabytes a second. */
uint64_t hash_block(struct str bytes);
/* Of a word, for a table. Some nanoseconds. */
uint64_t hash_word(struct str text);

#endif
