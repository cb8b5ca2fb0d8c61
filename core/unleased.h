/*
 * unleased.h - the weaker way to edit: where no lease is to be had, nothing keeps the server from
 * saving between our look and our write.
 *
 * A write at an offset could then land in another text, or behind the end of a file that was just
 * truncated. So a small edit is made through a mapping of the file, which never lengthens it, by
 * swaps of up to 8 bytes that the processor makes only if the bytes there are still the ones that
 * were read, in a context that is. Each swap leaves a text that parses: a longer word goes to the
 * place of a shorter one after the comma behind it has made room, a number changes by its leading
 * digits first. Where the file is truncated under the mapping the kernel sends SIGBUS, so this part
 * runs in a child.
 *
 * What is no such edit (an entry that is new, or goes, or is written elsewhere) cannot be made at
 * once; it has to wait until nobody has written for a while.
 */
#ifndef SLOTOP_CORE_UNLEASED_H
#define SLOTOP_CORE_UNLEASED_H

#include "core/leased.h"

enum {
    UNLEASED_SWAP_BYTES = 8,
    UNLEASED_PARTS_MAX = 8,
    UNLEASED_CONTEXT_BYTES = 256, /* before and behind a swap: more than an entry's id is away */
    UNLEASED_QUIET_MS = 100,
};

/* Some bytes of a step, swapped at once. */
struct unleased_part {
    size_t at;  /* within the step */
    size_t len; /* 1..UNLEASED_SWAP_BYTES */
    char text[UNLEASED_SWAP_BYTES];
};

struct unleased_parts {
    struct unleased_part items[UNLEASED_PARTS_MAX];
    size_t count;
};

/* The parts, in their order, that make `text` of as many bytes `old`, both of them pieces of a JSON
 * text that parses; it does after each part too. False where there are none. */
bool unleased_split(struct str old, struct str text, struct unleased_parts *ret_parts);

/* True when all steps can be made by swaps. Allocates nothing; so all below. */
bool unleased_is_small(const struct leased *job);

/*
 * Makes a small edit of the file that is open as `fd`. job->result is set before anything that may
 * raise SIGBUS, so that it is true of a child that this ends.
 * LEASED_DONE; LEASED_CHANGED: nothing was stored; LEASED_UNSURE: something was, and then the file
 * was another one: look again; LEASED_READ_FAILED: it cannot be mapped (errno).
 */
enum leased_result unleased_store(struct leased *job, int fd);

/* Waits for UNLEASED_QUIET_MS. True when nobody wrote meanwhile, as far as the file's times tell.
 */
bool unleased_is_quiet(int fd);

#endif
