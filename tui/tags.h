/*
 * tags.h - the sessions that an operator has tagged, each with what was seen of it then.
 *
 * A hash set by session id, so that a hundred thousand are tagged and looked up as smoothly as ten.
 * A tag holds no row: rows move, and tags do not. What an action on tags finds changed since is
 * left alone, by the guard that a tag is.
 *
 * A range that is being stretched is tagged with a mark of its own, so that it can be dropped
 * without the tags that were there before.
 */
#ifndef SLOTOP_TUI_TAGS_H
#define SLOTOP_TUI_TAGS_H

#include "core/registry.h"

enum tag_mark { TAG_KEPT = 1 << 0, TAG_RANGE = 1 << 1 };

struct tag {
    const char *id;           /* id_len bytes */
    double last_active_at_ms; /* seen when it was tagged */
    uint32_t id_len;
    uint8_t state; /* the same: enum entry_state */
    uint8_t marks; /* enum tag_mark, or-ed; 0: no longer tagged */
};

/* Zero-initialise; tags_done(). */
struct tags {
    struct tag
        *items; /* in the order in which they were first tagged; some have no mark any more */
    size_t count;
    size_t capacity;
    size_t marked; /* items with a mark */
    size_t ranged; /* of these, in the range */
    struct string_index index;
    struct arena ids;
};

void tags_done(struct tags *tags);

/* Tags the session of an entry (or marks it once more) with what is to be seen of it now. False,
 * with nothing changed, without memory. */
bool tags_add(struct tags *tags, const struct entry *entry, enum tag_mark mark);
/* Takes a mark away from a session. */
void tags_remove(struct tags *tags, struct str session_id, enum tag_mark mark);
/* The tag of a session; NULL for none. Good until the next change. */
const struct tag *tags_find(const struct tags *tags, struct str session_id);
/* The range becomes tags like others. */
void tags_keep_range(struct tags *tags);
/* Takes the range away; tags from before stay. */
void tags_drop_range(struct tags *tags);
/* Takes away the tags of sessions for which `is_gone`. */
void tags_sweep(struct tags *tags, bool (*is_gone)(void *context, struct str session_id),
                void *context);

struct str tag_session_id(const struct tag *tag);
/* Whether the entry is as it was seen when it was tagged. */
bool tag_holds(const struct tag *tag, const struct entry *entry);

#endif
