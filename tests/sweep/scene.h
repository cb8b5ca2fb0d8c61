/*
 * scene.h - an edit to be disturbed: the file before it, the wishes, and what does not work there.
 */
#ifndef SLOTOP_TESTS_SWEEP_SCENE_H
#define SLOTOP_TESTS_SWEEP_SCENE_H

#include "core/store.h"
#include "tests/sweep/faults.h"

enum { SCENE_OPERATIONS_MAX = 5 };

struct scene {
    char name[96];
    struct buffer before; /* no data: no file */
    struct operation operations[SCENE_OPERATIONS_MAX];
    size_t count;
    bool replaces; /* store_replace_torn() with a good text instead of operations */
    struct world world;
};

extern const struct pool scene_pool;
extern const struct str scene_good_text;

/* How many kinds of edit there are; each once, at no page's edge but where it says so. */
size_t scene_count(void);
void scene_make(size_t index, struct scene *scene);
/* The same with what is edited lying over a page's edge, `shift` bytes of it before. False for
 * kinds that edit no one place. */
bool scene_make_at_edge(size_t index, size_t shift, struct scene *scene);
void scene_done(struct scene *scene);

#endif
