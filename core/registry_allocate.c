#include "core/registry_part.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

/* A TTL as JavaScript has it: a number, or with `raw` any other JSON value, by its ToNumber. */
struct ttl {
    double ms;
    struct str raw;
};

/* JSON has no NaN and no infinities: what the server stores, and reads at its next step, is null.
 */
static struct ttl ttl_of_number(double ms)
{
    return isfinite(ms) ? (struct ttl){.ms = ms} : (struct ttl){.ms = 0, .raw = STR("null")};
}

/* options?.idleTtlMs ?? DEFAULT_IDLE_TTL_MS */
static struct ttl ttl_of_options(const double *ttl_ms)
{
    return ttl_of_number(ttl_ms ? *ttl_ms : REGISTRY_DEFAULT_TTL_MS);
}

/* existing.idleTtlMs ?? DEFAULT_IDLE_TTL_MS */
static struct ttl ttl_of_entry(const struct entry *entry)
{
    struct str raw = entry->is_odd ? entry->odd->idle_ttl : (struct str){0};
    double ttl_ms = entry_idle_ttl_ms(entry);
    bool is_missing = !raw.data && isnan(ttl_ms);
    if (is_missing || str_equal(raw, STR("null")))
        return ttl_of_number(REGISTRY_DEFAULT_TTL_MS);
    return raw.data ? (struct ttl){ttl_ms, raw} : ttl_of_number(ttl_ms);
}

static struct str slot_at(const void *owner, size_t place)
{
    const struct pool *pool = owner;
    return pool->slots[place];
}

/* Marks the slots that an active or idle entry has; of slots with one id, the last is marked. */
static int mark_occupied(const struct registry *registry, const struct string_index *slots,
                         const struct pool *pool, bool *occupied, struct error *error)
{
    for (size_t i = 0; i < registry->count; i++) {
        const struct entry *entry = &registry->entries[i];
        if (entry_breaks_walks(entry))
            return registry_refuse_walk(entry, "allocate", error);
        struct str agent_id = entry_chat_agent_id(entry);
        if (!entry_is_live(entry) || !agent_id.data)
            continue;
        size_t slot = string_index_find(slots, (struct string_source){slot_at, pool}, agent_id);
        if (slot != STRING_INDEX_NONE)
            occupied[slot] = true;
    }
    return 0;
}

/* The agent for a new entry: the first slot that is not occupied, else the workspace agent. */
static int choose_agent(const struct registry *registry, const struct pool *pool,
                        struct str *ret_agent_id, struct error *error)
{
    struct string_source source = {slot_at, pool};
    struct string_index slots = {0};
    int result;
    bool *occupied = calloc(pool->slot_count + 1, sizeof(*occupied));
    if (!occupied || !string_index_reserve(&slots, source, pool->slot_count)) {
        result = error_no_memory(error, "looking for a free slot");
        goto done;
    }
    for (size_t i = 0; i < pool->slot_count; i++)
        string_index_put(&slots, source, i);
    result = mark_occupied(registry, &slots, pool, occupied, error);
    if (result != 0)
        goto done;
    struct str agent_id = pool->workspace_agent_id;
    for (size_t i = 0; i < pool->slot_count; i++) {
        if (!occupied[string_index_find(&slots, source, pool->slots[i])]) {
            agent_id = pool->slots[i];
            break;
        }
    }
    *ret_agent_id = agent_id;
done:
    string_index_done(&slots);
    free(occupied);
    return result;
}

/* What a new entry is made of. */
struct request {
    struct str session_id;
    const struct pool *pool;
    struct ttl ttl;
    int64_t now_ms;
};

/* The fields of the seed's object literal; a TTL that JSON cannot hold makes it odd. */
static bool make_fields(struct registry *registry, const struct request *request,
                        struct str chat_agent_id, struct entry *ret_fields)
{
    struct entry fields = {
        .created_at_ms = (double)request->now_ms,
        .last_active_at_ms = (double)request->now_ms,
        .state = STATE_ACTIVE,
        .shape = ENTRY_OBJECT,
        .changes = CHANGE_REPLACED,
    };
    const struct entry_terms terms = {chat_agent_id, request->pool->workspace_agent_id,
                                      request->ttl.ms};
    if (!registry_set_terms(registry, &fields, &terms) ||
        (request->ttl.raw.data && !registry_make_odd(registry, &fields)))
        return false;
    if (fields.is_odd)
        fields.odd->idle_ttl = request->ttl.raw;
    *ret_fields = fields;
    return true;
}

/* A new entry; it takes the place of the one that the session has, if there is one. */
static int allocate_anew(struct registry *registry, const struct request *request,
                         struct entry **ret_entry, struct error *error)
{
    static const char doing[] = "allocating a slot";
    assert(request->pool && request->pool->workspace_agent_id.data);
    struct str agent_id = {0};
    int result = choose_agent(registry, request->pool, &agent_id, error);
    if (result != 0)
        return result;
    struct entry fields;
    if (!make_fields(registry, request, agent_id, &fields))
        return error_no_memory(error, doing);
    struct entry *entry = registry_get(registry, request->session_id);
    if (!entry) {
        entry = registry_add(registry, request->session_id);
        if (!entry)
            return error_no_memory(error, doing);
        entry->changes = CHANGE_ADDED;
    }
    entry_set_session_id(&fields, entry_session_id(entry));
    fields.value_offset = entry->value_offset;
    fields.value_len = entry->value_len;
    fields.changes |= entry->changes;
    *entry = fields;
    *ret_entry = entry;
    return 0;
}

int registry_allocate(struct registry *registry, struct str session_id, const struct pool *pool,
                      const double *ttl_ms, int64_t now_ms, struct entry **ret_entry,
                      struct error *error)
{
    struct entry *entry = registry_get(registry, session_id);
    bool is_used_again = entry && entry_is_present(entry) && entry->state != STATE_EXPIRED &&
                         entry->state != STATE_DELETED;
    if (!is_used_again) {
        struct request request = {session_id, pool, ttl_of_options(ttl_ms), now_ms};
        return allocate_anew(registry, &request, ret_entry, error);
    }
    int result = registry_check_settable(entry, "allocate", error);
    if (result != 0)
        return result;
    entry_set_last_active(entry, now_ms);
    entry_set_state(entry, STATE_ACTIVE);
    *ret_entry = entry;
    return 0;
}

int registry_resume(struct registry *registry, struct str session_id, const struct pool *pool,
                    const double *ttl_ms, int64_t now_ms, struct entry **ret_entry,
                    struct error *error)
{
    struct entry *entry = registry_get(registry, session_id);
    if (!entry || !entry_is_present(entry)) {
        *ret_entry = NULL;
        return 0;
    }
    if (entry->state != STATE_EXPIRED) {
        *ret_entry = entry;
        return 0;
    }
    struct ttl ttl = ttl_ms ? ttl_of_options(ttl_ms) : ttl_of_entry(entry);
    struct request request = {session_id, pool, ttl, now_ms};
    return allocate_anew(registry, &request, ret_entry, error);
}

int registry_ensure(struct registry *registry, struct str session_id, const struct pool *pool,
                    int64_t now_ms, struct entry **ret_entry, struct error *error)
{
    struct entry *entry = registry_get(registry, session_id);
    if (!entry || !entry_is_present(entry) || entry->state == STATE_DELETED) {
        *ret_entry = NULL;
        return 0;
    }
    if (entry->state == STATE_EXPIRED)
        return registry_resume(registry, session_id, pool, NULL, now_ms, ret_entry, error);
    bool found;
    int result = registry_touch(registry, session_id, now_ms, &found, error);
    if (result == 0)
        *ret_entry = entry;
    return result;
}
