#include "core/intent.h"

bool intent_same_side(const struct intent_side *a, const struct intent_side *b)
{
    if (!a->exists || !b->exists)
        return a->exists == b->exists;
    return a->state == b->state && same_number(a->last_active_ms, b->last_active_ms);
}

static struct intent_side side_of_entry(const struct entry *entry)
{
    if (!entry || (entry->changes & CHANGE_REMOVED))
        return (struct intent_side){0};
    return (struct intent_side){
        .exists = true,
        .state = (enum entry_state)entry->state,
        .last_active_ms = entry->last_active_at_ms,
    };
}

static enum entry_state state_of_text(struct str literal)
{
    if (json_kind(literal) != JSON_STRING)
        return STATE_OTHER;
    for (enum entry_state state = STATE_ACTIVE; state <= STATE_DELETED; state++)
        if (json_string_equals(literal, str_of(entry_state_name(state))))
            return state;
    return STATE_OTHER;
}

static struct intent_side side_of_text(struct str value)
{
    if (value.len == 0)
        return (struct intent_side){0};
    return (struct intent_side){
        .exists = true,
        .state = state_of_text(json_member(value, STR("state"))),
        .last_active_ms = json_to_number(json_member(value, STR("lastActiveAt"))),
    };
}

static size_t count_changed(const struct outcome *outcomes, size_t count)
{
    size_t changed = 0;
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < outcomes[i].change_count; k++)
            changed += outcomes[i].changes[k].changed;
    return changed;
}

static bool add_intent(struct intents *intents, const struct change_record *change)
{
    struct str id = arena_copy(&intents->arena, change->session_id);
    intents->items[intents->count++] = (struct intent){
        .session_id = id,
        .before = side_of_text(change->before_json),
        .after = side_of_text(change->after_json),
    };
    return id.data != NULL;
}

int intents_collect(const struct outcome *outcomes, size_t count, struct intents *ret_intents,
                    struct error *error)
{
    struct intents intents = {0};
    size_t wanted = count_changed(outcomes, count);
    intents.items = arena_alloc(&intents.arena, (wanted + 1) * sizeof(*intents.items));
    bool good = intents.items != NULL;
    for (size_t i = 0; good && i < count; i++)
        for (size_t k = 0; good && k < outcomes[i].change_count; k++)
            if (outcomes[i].changes[k].changed)
                good = add_intent(&intents, &outcomes[i].changes[k]);
    if (!good) {
        intents_done(&intents);
        return error_no_memory(error, "remembering the edit");
    }
    *ret_intents = intents;
    return 0;
}

void intents_done(struct intents *intents)
{
    arena_done(&intents->arena);
    *intents = (struct intents){0};
}

/* Without a use in between a state only goes this way, whatever the server does. */
static bool is_earlier_state(enum entry_state now, enum entry_state then)
{
    static const int rank[] = {
        [STATE_ACTIVE] = 1, [STATE_IDLE] = 2, [STATE_EXPIRED] = 3, [STATE_DELETED] = 4};
    return now != STATE_OTHER && then != STATE_OTHER && rank[now] < rank[then];
}

/* What a server's clock can say, up to the year 2286: 13 digits. Longer ones, and none, are what
 * servers make that write into each other's text. */
static bool is_possible(double time_ms)
{
    return time_ms >= 0 && time_ms <= 9999999999999.0;
}

/* The entry as it was at some time before, or torn, or torn out of the file. */
static bool is_older(const struct intent *intent, const struct intent_side *now)
{
    const struct intent_side *known = intent->after.exists ? &intent->after : &intent->before;
    if (!now->exists || (is_possible(known->last_active_ms) && !is_possible(now->last_active_ms)))
        return true;
    if (!intent->after.exists)
        return now->last_active_ms <= intent->before.last_active_ms;
    return now->last_active_ms < intent->after.last_active_ms ||
           (same_number(now->last_active_ms, intent->after.last_active_ms) &&
            is_earlier_state(now->state, intent->after.state));
}

enum intent_fate intent_fate_of(const struct intent *intent, const struct intent_side *now)
{
    if (intent_same_side(now, &intent->after))
        return INTENT_HOLDS;
    if (intent_same_side(now, &intent->before))
        return INTENT_OVERWRITTEN;
    if (!now->exists && intent->after.state == STATE_DELETED)
        return INTENT_GONE;
    return is_older(intent, now) ? INTENT_OUTDATED : INTENT_MOVED_ON;
}

struct intent_side intent_side_now(const struct registry *registry, struct str session_id)
{
    return side_of_entry(registry_find(registry, session_id));
}

enum intent_fate intent_fate(const struct intent *intent, const struct registry *registry)
{
    const struct intent_side now = intent_side_now(registry, intent->session_id);
    return intent_fate_of(intent, &now);
}

bool intents_hold(const struct intents *intents, const struct registry *registry)
{
    for (size_t i = 0; i < intents->count; i++)
        if (intent_fate(&intents->items[i], registry) != INTENT_HOLDS)
            return false;
    return true;
}

bool intents_overwritten(const struct intents *intents, const struct registry *registry)
{
    for (size_t i = 0; i < intents->count; i++) {
        const struct intent *intent = &intents->items[i];
        const struct intent_side now = intent_side_now(registry, intent->session_id);
        enum intent_fate fate = intent_fate_of(intent, &now);
        if (fate == INTENT_OVERWRITTEN || (fate == INTENT_OUTDATED && now.exists))
            return true;
    }
    return false;
}
