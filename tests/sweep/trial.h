/*
 * trial.h - an edit to be disturbed: the file before it, the wishes, and what does not work there.
 */
#ifndef SLOTOP_TESTS_SWEEP_TRIAL_H
#define SLOTOP_TESTS_SWEEP_TRIAL_H

#include "core/store.h"
#include "tests/sweep/faults.h"

enum { TRIAL_OPERATIONS_MAX = 5 };

struct trial {
    char name[96];
    struct buffer before; /* no data: no file */
    struct operation operations[TRIAL_OPERATIONS_MAX];
    size_t count;
    bool replaces; /* store_replace_torn() with a good text instead of operations */
    struct world world;
};

extern const struct pool trial_pool;
extern const struct str trial_good_text;

/* How many kinds of edit there are; each once, at no page's edge but where it says so. */
size_t trial_count(void);
void trial_make(size_t index, struct trial *trial);
/* The same with what is edited lying over a page's edge, `shift` bytes of it before. False for
 * kinds that edit no one place. */
bool trial_make_at_edge(size_t index, size_t shift, struct trial *trial);
void trial_done(struct trial *trial);

#endif
