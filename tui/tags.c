#include "tui/tags.h"

#include <math.h>
#include <stdlib.h>

enum { CAPACITY_START = 16 };

struct str tag_session_id(const struct tag *tag)
{
    return (struct str){tag->id, tag->id_len};
}

bool tag_holds(const struct tag *tag, const struct entry *entry)
{
    double a = tag->last_active_at_ms, b = entry->last_active_at_ms;
    return entry->state == tag->state && (a == b || (isnan(a) && isnan(b)));
}

static struct str id_at(const void *owner, size_t place)
{
    const struct tags *tags = owner;
    return tag_session_id(&tags->items[place]);
}

static struct string_source source_of(const struct tags *tags)
{
    return (struct string_source){id_at, tags};
}

void tags_done(struct tags *tags)
{
    free(tags->items);
    string_index_done(&tags->index);
    arena_done(&tags->ids);
    *tags = (struct tags){0};
}

static struct tag *find(const struct tags *tags, struct str session_id)
{
    size_t place = string_index_find(&tags->index, source_of(tags), session_id);
    return place == STRING_INDEX_NONE ? NULL : &tags->items[place];
}

const struct tag *tags_find(const struct tags *tags, struct str session_id)
{
    const struct tag *tag = find(tags, session_id);
    return tag && tag->marks ? tag : NULL;
}

static bool reserve(struct tags *tags)
{
    if (tags->count == tags->capacity) {
        size_t capacity = tags->capacity ? 2 * tags->capacity : CAPACITY_START;
        struct tag *items = realloc(tags->items, capacity * sizeof(*items));
        if (!items)
            return false;
        tags->items = items;
        tags->capacity = capacity;
    }
    return string_index_reserve(&tags->index, source_of(tags), tags->count + 1);
}

/* A place without a mark yet; NULL without memory. */
static struct tag *make(struct tags *tags, struct str session_id)
{
    struct str id = reserve(tags) ? arena_pack(&tags->ids, session_id) : (struct str){0};
    if (!id.data)
        return NULL;
    struct tag *tag = &tags->items[tags->count];
    *tag = (struct tag){.id = id.data, .id_len = (uint32_t)id.len};
    string_index_put(&tags->index, source_of(tags), tags->count++);
    return tag;
}

/* The one place where marks change, so that they are counted right. */
static void set_marks(struct tags *tags, struct tag *tag, unsigned marks)
{
    tags->marked = tags->marked - (tag->marks != 0) + (marks != 0);
    tags->ranged -= (tag->marks & TAG_RANGE) != 0;
    tags->ranged += (marks & TAG_RANGE) != 0;
    tag->marks = (uint8_t)marks;
}

bool tags_add(struct tags *tags, const struct entry *entry, enum tag_mark mark)
{
    struct tag *tag = find(tags, entry_session_id(entry));
    if (!tag)
        tag = make(tags, entry_session_id(entry));
    if (!tag)
        return false;
    set_marks(tags, tag, tag->marks | mark);
    tag->state = entry->state;
    tag->last_active_at_ms = entry->last_active_at_ms;
    return true;
}

/* Without a tag there is nothing to keep in memory. */
static void forget_when_empty(struct tags *tags)
{
    if (tags->marked == 0)
        tags_done(tags);
}

void tags_remove(struct tags *tags, struct str session_id, enum tag_mark mark)
{
    struct tag *tag = find(tags, session_id);
    if (!tag)
        return;
    set_marks(tags, tag, tag->marks & ~(unsigned)mark);
    forget_when_empty(tags);
}

void tags_keep_range(struct tags *tags)
{
    for (size_t i = 0; i < tags->count && tags->ranged > 0; i++)
        if (tags->items[i].marks & TAG_RANGE)
            set_marks(tags, &tags->items[i], TAG_KEPT);
}

void tags_drop_range(struct tags *tags)
{
    for (size_t i = 0; i < tags->count && tags->ranged > 0; i++)
        set_marks(tags, &tags->items[i], tags->items[i].marks & TAG_KEPT);
    forget_when_empty(tags);
}

void tags_sweep(struct tags *tags, bool (*is_gone)(void *context, struct str session_id),
                void *context)
{
    for (size_t i = 0; i < tags->count; i++)
        if (tags->items[i].marks && is_gone(context, tag_session_id(&tags->items[i])))
            set_marks(tags, &tags->items[i], 0);
    forget_when_empty(tags);
}
