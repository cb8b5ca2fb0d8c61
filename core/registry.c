#include "core/registry_part.h"

#include "core/json.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { START_CAPACITY = 16 };

static struct str session_id_at(const void *owner, size_t place)
{
    const struct registry *registry = owner;
    return entry_session_id(&registry->entries[place]);
}

static struct string_source session_ids(const struct registry *registry)
{
    return (struct string_source){session_id_at, registry};
}

void registry_init(struct registry *registry)
{
    *registry = (struct registry){0};
}

void registry_done(struct registry *registry)
{
    free(registry->entries);
    free(registry->interned);
    free(registry->terms);
    string_index_done(&registry->index);
    string_index_done(&registry->interned_index);
    string_index_done(&registry->terms_index);
    arena_done(&registry->ids);
    arena_done(&registry->arena);
    *registry = (struct registry){0};
}

void *registry_grown(void *array, size_t count, size_t size, size_t *capacity)
{
    if (count < *capacity)
        return array;
    if (*capacity > SIZE_MAX / 2 / size)
        return NULL;
    size_t wanted = *capacity ? *capacity * 2 : START_CAPACITY;
    void *bigger = realloc(array, wanted * size);
    if (bigger)
        *capacity = wanted;
    return bigger;
}

/* Where JavaScript puts a key that is new to the object. */
static size_t place_of_new(const struct registry *registry, struct str session_id,
                           bool *ret_is_integer)
{
    uint32_t key = 0;
    *ret_is_integer = json_is_index_key(session_id, &key);
    if (!*ret_is_integer)
        return registry->count;
    size_t low = 0;
    size_t high = registry->integer_keys;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        uint32_t other = 0;
        (void)json_is_index_key(entry_session_id(&registry->entries[middle]), &other);
        if (other <= key)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct entry *registry_add(struct registry *registry, struct str session_id)
{
    if (!string_index_reserve(&registry->index, session_ids(registry), registry->count + 1))
        return NULL;
    struct entry *entries = registry_grown(registry->entries, registry->count,
                                           sizeof(*registry->entries), &registry->capacity);
    if (!entries)
        return NULL;
    registry->entries = entries;
    assert(session_id.len <= UINT32_MAX);
    struct str id = arena_pack(&registry->ids, session_id);
    if (!id.data)
        return NULL;
    bool is_integer;
    size_t place = place_of_new(registry, session_id, &is_integer);
    struct entry *entry = &entries[place];
    if (place < registry->count) {
        memmove(entry + 1, entry, (registry->count - place) * sizeof(*entry));
        string_index_shift(&registry->index, place);
    }
    *entry = (struct entry){
        .created_at_ms = NAN,
        .last_active_at_ms = NAN,
    };
    entry_set_session_id(entry, id);
    registry->count++;
    registry->integer_keys += is_integer;
    string_index_put(&registry->index, session_ids(registry), place);
    return entry;
}

bool registry_reserve(struct registry *registry, size_t count)
{
    if (!string_index_reserve(&registry->index, session_ids(registry), count))
        return false;
    if (count <= registry->capacity)
        return true;
    size_t capacity = registry->capacity + registry->capacity / 16 + START_CAPACITY;
    if (capacity < count)
        capacity = count;
    struct entry *entries = reallocarray(registry->entries, capacity, sizeof(*entries));
    if (!entries)
        return false;
    memory_expect(entries, capacity * sizeof(*entries));
    registry->entries = entries;
    registry->capacity = capacity;
    return true;
}

bool registry_push(struct registry *registry, const struct entry *entry)
{
    assert(registry->count < registry->capacity);
    registry->entries[registry->count] = *entry;
    if (!string_index_add(&registry->index, session_ids(registry), registry->count))
        return false;
    registry->count++;
    return true;
}

int registry_append(struct registry *registry, struct str session_id, const struct entry *fields)
{
    if (!string_index_reserve(&registry->index, session_ids(registry), registry->count + 1))
        return -ENOMEM;
    struct entry *entries = registry_grown(registry->entries, registry->count,
                                           sizeof(*registry->entries), &registry->capacity);
    if (!entries)
        return -ENOMEM;
    registry->entries = entries;
    struct entry *entry = &entries[registry->count];
    *entry = *fields;
    entry_set_session_id(entry, arena_pack(&registry->ids, session_id));
    registry->count += entry->id != NULL;
    return entry->id ? 0 : -ENOMEM;
}

bool registry_index_appended(struct registry *registry)
{
    return string_index_add_all(&registry->index, session_ids(registry), registry->count);
}

bool registry_make_index(struct entry *entries, size_t count, struct string_index *ret_index)
{
    const struct registry owner = {.entries = entries};
    struct string_index index = {0};
    if (!string_index_reserve(&index, session_ids(&owner), count))
        return false;
    string_index_put_all(&index, session_ids(&owner), count);
    *ret_index = index;
    return true;
}

void registry_replace(struct registry *registry, struct entry *entries, size_t count,
                      struct string_index index)
{
    free(registry->entries);
    string_index_done(&registry->index);
    registry->entries = entries;
    registry->count = registry->capacity = count;
    registry->index = index;
}

struct entry *registry_find(const struct registry *registry, struct str session_id)
{
    size_t place = string_index_find(&registry->index, session_ids(registry), session_id);
    return place == STRING_INDEX_NONE ? NULL : &registry->entries[place];
}

struct entry *registry_get(const struct registry *registry, struct str session_id)
{
    struct entry *entry = registry_find(registry, session_id);
    return entry && !(entry->changes & CHANGE_REMOVED) ? entry : NULL;
}

bool registry_is_clean(const struct registry *registry)
{
    for (size_t i = 0; i < registry->count; i++) {
        uint8_t changes = registry->entries[i].changes;
        bool came_and_went = (changes & CHANGE_ADDED) && (changes & CHANGE_REMOVED);
        if (changes != CHANGE_NONE && !came_and_went)
            return false;
    }
    return true;
}

bool entry_is_live(const struct entry *entry)
{
    return entry->shape == ENTRY_OBJECT && !(entry->changes & CHANGE_REMOVED) &&
           (entry->state == STATE_ACTIVE || entry->state == STATE_IDLE);
}

bool entry_is_present(const struct entry *entry)
{
    return entry->shape != ENTRY_NOTHING && !(entry->changes & CHANGE_REMOVED);
}

bool entry_is_fallback(const struct entry *entry)
{
    struct str agent_id = entry_chat_agent_id(entry);
    return entry_is_live(entry) && agent_id.data &&
           str_equal(agent_id, entry_workspace_agent_id(entry));
}

/* In a state that the expiry walk does not look past. */
static bool can_expire(const struct entry *entry)
{
    return entry->shape == ENTRY_OBJECT && !(entry->changes & CHANGE_REMOVED) &&
           entry->state != STATE_EXPIRED && entry->state != STATE_DELETED;
}

bool entry_is_due(const struct entry *entry, int64_t now_ms)
{
    /* False where either is NaN, as in JavaScript. */
    return can_expire(entry) &&
           (double)now_ms - entry->last_active_at_ms > entry_idle_ttl_ms(entry);
}

double entry_expires_at_ms(const struct entry *entry)
{
    double at = entry->last_active_at_ms + entry_idle_ttl_ms(entry);
    return can_expire(entry) && at < INFINITY ? at : NAN;
}

const char *entry_state_name(enum entry_state state)
{
    switch (state) {
    case STATE_ACTIVE:
        return "active";
    case STATE_IDLE:
        return "idle";
    case STATE_EXPIRED:
        return "expired";
    case STATE_DELETED:
        return "deleted";
    case STATE_OTHER:
        break;
    }
    return "?";
}
