/*
 * tally.h - what those entries come to that are over: expired or released, as they should be.
 *
 * Nearly all entries of a large registry are, and of one that is over nothing depends on time or on
 * what stands around it, but how old it is. So a model counts them together, here, and looks at the
 * others one by one. A tally is kept from one model to the next and repaired by what a load
 * changed; the repaired one equals a new one always (tests/unit/test_repair_property.c).
 *
 *     zero-initialise
 *     tally_follow(&tally, &delta, …)    before each document_loader_apply()
 *     tally_void(&tally)                 where the registry or the pool is another one
 *     model_build()                      makes it where it is void, and reads it
 *
 * There is one rule for what is repaired: entries that were changed where they stand, and added at
 * the end, and few of them. All else makes the tally void: so does a change to what alone is the
 * oldest, or the last holder of a slot, for the next one would have to be looked for.
 */
#ifndef SLOTOP_CORE_TALLY_H
#define SLOTOP_CORE_TALLY_H

#include "core/config.h"
#include "core/document_loader.h"

/* Expired entries that are old. */
struct growth {
    size_t count;
    size_t soon;       /* expired entries that will be old, too */
    double oldest_ms;  /* when the TTL of the oldest one ended */
    double soonest_ms; /* of those that will be old */
    uint64_t bytes;
};

/* Numbers of rows, some perhaps twice. */
struct row_list {
    uint32_t *rows;
    size_t count, capacity;
};
/* False (and unchanged) without memory. */
bool row_list_add(struct row_list *list, size_t row);
void row_list_done(struct row_list *list);

/* The latest used of the entries that are over, of a slot. */
struct last_holder {
    bool is_known; /* false: there is none */
    uint32_t row;
    double used_ms;
};

struct tally {
    bool is_made;
    uint8_t *rows; /* of each entry what model.views begin with */
    size_t count, capacity;
    size_t expired, released;
    struct last_holder *lasts; /* by the places of the pool; of a slot that is listed twice the last
                                  one */
    size_t slot_count;
    struct growth growth;
    int64_t now_ms; /* it was made then: how old they are */

    /* What makes a model follow another one (model.h). */
    uint64_t version;         /* of the last model */
    bool is_followed;         /* it is as in the last model but for `changed` */
    bool marks_old;           /* the last model told which rows are old */
    struct row_list changed;  /* by loads since the last model */
    struct row_list restless; /* what the last model looked at one by one */
};

void tally_done(struct tally *tally);
/* The next model makes it anew. */
void tally_void(struct tally *tally);
/* Repairs it, or makes it void. Without memory: void. */
void tally_follow(struct tally *tally, const struct document_delta *delta,
                  const struct config_pool *pool);

struct making;
/* Makes it of the making's registry, unless it is what it should be. -ENOMEM: it is void. */
int tally_make(struct tally *tally, struct making *making);

#endif
