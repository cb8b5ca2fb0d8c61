/*
 * intent.h - what an edit meant, so that it can be told whether a later version still holds it.
 *
 * The server may write an older copy over an edit of ours (it read before us and was slow). Each
 * edit is remembered as "this entry was so, and became so". A later version that shows the old
 * value again, with no newer lastActiveAt, has lost the edit; anything else means that the entry
 * has moved on, which is the server's good right.
 */
#ifndef SLOTOP_CORE_INTENT_H
#define SLOTOP_CORE_INTENT_H

#include "core/document.h"
#include "core/operation.h"

/* An entry as far as an intent compares it. */
struct intent_side {
    bool exists;
    enum entry_state state;
    double last_active_ms; /* NaN equals NaN */
};

struct intent {
    struct str session_id;
    struct intent_side before;
    struct intent_side after;
};

struct intents {
    struct intent *items;
    size_t count;
    struct arena arena; /* owns the items and their ids */
};

/*
 * Collects an intent of each record that says "changed" in `count` outcomes whose texts are filled
 * (outcome.h). -ENOMEM with *ret_intents untouched.
 */
int intents_collect(const struct outcome *outcomes, size_t count, struct intents *ret_intents,
                    struct error *error);
void intents_done(struct intents *intents);

enum intent_fate {
    INTENT_HOLDS,       /* the entry is as we left it */
    INTENT_OVERWRITTEN, /* the old value is back: apply again */
    INTENT_MOVED_ON,    /* neither: the server has changed it since */
};
enum intent_fate intent_fate(const struct intent *intent, const struct registry *registry);
/* True when any of them was overwritten. */
bool intents_overwritten(const struct intents *intents, const struct registry *registry);

#endif
