/*
 * intent.h - what an edit meant, so that it can be told whether a later version still holds it.
 *
 * The server may write an older copy over an edit of ours (it read before us and was slow). Each
 * edit is remembered as "this entry was so, and became so". A later version that shows the old
 * value again, or an entry that was used less lately, has lost the edit: lastActiveAt never goes
 * back by itself, nor does the state without a use (active, idle, expired, released). So has one
 * without the entry (but a released one, GC takes away), and one with a time that no clock gives:
 * several servers have written into each other's text.
 * Anything else means that the entry has moved on, which is the server's good right.
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
    INTENT_OUTDATED, /* one from before that is back, or the entry is lost: put back what it was */
    INTENT_GONE,     /* it was released, and is no more: it holds no slot either */
    INTENT_MOVED_ON, /* the server has changed it since */
};
enum intent_fate intent_fate(const struct intent *intent, const struct registry *registry);
/* The same for an entry as it is now. */
enum intent_fate intent_fate_of(const struct intent *intent, const struct intent_side *now);
struct intent_side intent_side_now(const struct registry *registry, struct str session_id);
bool intent_same_side(const struct intent_side *a, const struct intent_side *b);
/* True when every one of them holds. */
bool intents_hold(const struct intents *intents, const struct registry *registry);
/* True when any of them was overwritten and can be made again: its entry is there, or was not
 * before either. */
bool intents_overwritten(const struct intents *intents, const struct registry *registry);

#endif
