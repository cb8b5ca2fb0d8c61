/*
 * reload.h - the judge of streamed loads: what a loader makes of a text, piece by piece and on top
 * of the text before, must be what the general way makes of it at once.
 */
#ifndef SLOTOP_TESTS_RELOAD_H
#define SLOTOP_TESTS_RELOAD_H

#include "core/document_loader.h"

struct reload {
    struct document known;
    struct document_loader *loader;
    uint64_t random;             /* into what pieces a text is cut; not 0 */
    bool was_repaired;           /* the last text, from what was known */
    bool was_streamed;           /* it was at least loaded from nothing, without document_parse() */
    struct document_delta delta; /* of a repair */
};

void reload_init(struct reload *reload, uint64_t seed);
void reload_done(struct reload *reload);

/* Loads the next version. NULL, or what does not hold. */
const char *reload_next(struct reload *reload, struct str text);

/* A number below `limit`. */
size_t reload_below(uint64_t *random, size_t limit);

#endif
