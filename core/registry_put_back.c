/* The one rule that is given an entry as its JSON text, and has document's reader look into it. */
#include "core/registry_part.h"

#include "core/document_part.h"

#include <errno.h>
#include <math.h>

static struct entry_odd odd_of(const struct entry *entry)
{
    return entry->is_odd ? *entry->odd : (struct entry_odd){0};
}

/* The same allocation: all that the rules know but what a change of state or a touch sets. */
static bool is_same_hold(const struct entry *a, const struct entry *b)
{
    struct entry_odd odd_a = odd_of(a), odd_b = odd_of(b);
    return a->shape == b->shape && str_equal(entry_chat_agent_id(a), entry_chat_agent_id(b)) &&
           str_equal(entry_workspace_agent_id(a), entry_workspace_agent_id(b)) &&
           same_number(a->created_at_ms, b->created_at_ms) &&
           same_number(entry_idle_ttl_ms(a), entry_idle_ttl_ms(b)) &&
           str_equal(odd_a.created_at, odd_b.created_at) &&
           str_equal(odd_a.idle_ttl, odd_b.idle_ttl);
}

/* A state and a time that can be set as members of their own. */
static bool is_settable(const struct entry *wanted)
{
    return wanted->state != STATE_OTHER && isfinite(wanted->last_active_at_ms) &&
           !odd_of(wanted).last_active_at.data;
}

/* An agent of its own that the entry is about to take, held by another session meanwhile. */
static bool is_held(const struct registry *registry, const struct entry *entry,
                    const struct entry *wanted)
{
    struct str agent_id = entry_chat_agent_id(wanted);
    bool holds_already =
        entry && entry_is_live(entry) && str_equal(entry_chat_agent_id(entry), agent_id);
    if (!entry_is_live(wanted) || !agent_id.data || entry_is_fallback(wanted) || holds_already)
        return false;
    for (size_t i = 0; i < registry->count; i++) {
        const struct entry *other = &registry->entries[i];
        struct str held_id = entry_chat_agent_id(other);
        if (other != entry && entry_is_live(other) && held_id.data && str_equal(held_id, agent_id))
            return true;
    }
    return false;
}

/* State and time alone: the marks that make the smallest patches, unknown members kept. */
static void set_members(struct entry *entry, const struct entry *wanted)
{
    if (entry->last_active_at_ms != wanted->last_active_at_ms ||
        odd_of(entry).last_active_at.data) {
        entry->last_active_at_ms = wanted->last_active_at_ms;
        entry->changes |= CHANGE_LAST_ACTIVE;
        if (entry->is_odd)
            entry->odd->last_active_at = (struct str){0};
    }
    entry_set_state(entry, (enum entry_state)wanted->state);
}

/* The whole text, whatever is in it. */
static int set_text(struct registry *registry, struct entry *entry, const struct entry *wanted,
                    struct str text)
{
    struct entry filled = *wanted;
    struct entry_odd *odd = registry_make_odd(registry, &filled);
    if (!odd)
        return -ENOMEM;
    odd->put_back = text;
    entry_set_session_id(&filled, entry_session_id(entry));
    filled.value_offset = entry->value_offset;
    filled.value_len = entry->value_len;
    filled.changes = (uint8_t)((entry->changes & CHANGE_ADDED) | CHANGE_REPLACED);
    *entry = filled;
    return 0;
}

static int put_back(struct registry *registry, const struct put_back *wish, bool *ret_is_held)
{
    struct entry *entry = registry_get(registry, wish->session_id);
    struct entry wanted = {0};
    struct buffer scratch = {0};
    struct str text = arena_copy(&registry->arena, json_root(wish->entry_text));
    int result = text.data ? document_fill_entry(registry, &wanted, text, &scratch) : -ENOMEM;
    buffer_done(&scratch);
    if (result != 0)
        return result;
    *ret_is_held = !wish->force && is_held(registry, entry, &wanted);
    if (*ret_is_held)
        return 0;
    if (entry && is_same_hold(entry, &wanted) && is_settable(&wanted)) {
        set_members(entry, &wanted);
        return 0;
    }
    if (!entry) {
        entry = registry_add(registry, wish->session_id);
        if (!entry)
            return -ENOMEM;
        entry->changes = CHANGE_ADDED;
    }
    return set_text(registry, entry, &wanted, text);
}

int registry_put_back(struct registry *registry, const struct put_back *wish, bool *ret_is_held,
                      struct error *error)
{
    if (put_back(registry, wish, ret_is_held) != 0)
        return error_no_memory(error, "putting an entry back");
    return 0;
}
