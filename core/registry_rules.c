#include "core/registry_part.h"

#include <errno.h>
#include <stdlib.h>

enum { SHOWN_ID_BYTES = 80 };

static int shown_len(struct str session_id)
{
    return session_id.len < SHOWN_ID_BYTES ? (int)session_id.len : SHOWN_ID_BYTES;
}

bool entry_breaks_walks(const struct entry *entry)
{
    return entry->shape == ENTRY_NOTHING && !(entry->changes & CHANGE_REMOVED) && entry->is_odd &&
           entry->odd->is_null;
}

int registry_refuse_walk(const struct entry *entry, const char *doing, struct error *error)
{
    struct str id = entry_session_id(entry);
    return error_set(error, ERROR_UNUSABLE, EUCLEAN,
                     "%s: the registry has null instead of an entry for session %.*s, on which the "
                     "server's own code fails; nothing was changed; take that entry out first",
                     doing, shown_len(id), id.data);
}

int registry_check_settable(const struct entry *entry, const char *doing, struct error *error)
{
    if (entry->shape == ENTRY_OBJECT)
        return 0;
    const char *trouble = entry->shape == ENTRY_ARRAY
                              ? "an array instead of an entry, in which the server cannot store "
                                "a state"
                              : "a plain value instead of an entry, on which the server's own "
                                "code fails";
    struct str id = entry_session_id(entry);
    return error_set(error, ERROR_UNUSABLE, EUCLEAN,
                     "%s: the registry has %s, for session %.*s; nothing was changed; purge that "
                     "session to be rid of it",
                     doing, trouble, shown_len(id), id.data);
}

void entry_set_state(struct entry *entry, enum entry_state state)
{
    if (entry->state == state)
        return;
    entry->state = (uint8_t)state;
    entry->changes |= CHANGE_STATE;
    if (entry->is_odd)
        entry->odd->state = (struct str){0};
}

void entry_set_last_active(struct entry *entry, int64_t now_ms)
{
    bool is_number = !entry->is_odd || !entry->odd->last_active_at.data;
    if (is_number && entry->last_active_at_ms == (double)now_ms)
        return;
    entry->last_active_at_ms = (double)now_ms;
    entry->changes |= CHANGE_LAST_ACTIVE;
    if (entry->is_odd)
        entry->odd->last_active_at = (struct str){0};
}

/* The entry that a look-up of the seed takes for one: there, and truthy. */
static struct entry *look_up(const struct registry *registry, struct str session_id)
{
    struct entry *entry = registry_get(registry, session_id);
    return entry && entry_is_present(entry) ? entry : NULL;
}

int registry_touch(struct registry *registry, struct str session_id, int64_t now_ms,
                   bool *ret_found, struct error *error)
{
    struct entry *entry = look_up(registry, session_id);
    if (entry) {
        int result = registry_check_settable(entry, "touch", error);
        if (result != 0)
            return result;
        entry_set_last_active(entry, now_ms);
        if (entry->state == STATE_IDLE)
            entry_set_state(entry, STATE_ACTIVE);
    }
    *ret_found = entry != NULL;
    return 0;
}

int registry_mark_idle(struct registry *registry, struct str session_id, bool *ret_found,
                       struct error *error)
{
    struct entry *entry = look_up(registry, session_id);
    if (entry && entry->state != STATE_EXPIRED && entry->state != STATE_DELETED) {
        int result = registry_check_settable(entry, "mark idle", error);
        if (result != 0)
            return result;
        entry_set_state(entry, STATE_IDLE);
    }
    *ret_found = entry != NULL;
    return 0;
}

int registry_release(struct registry *registry, struct str session_id, bool *ret_found,
                     struct error *error)
{
    struct entry *entry = look_up(registry, session_id);
    if (entry) {
        int result = registry_check_settable(entry, "release", error);
        if (result != 0)
            return result;
        entry_set_state(entry, STATE_DELETED);
    }
    *ret_found = entry != NULL;
    return 0;
}

bool registry_force_expire(struct registry *registry, struct str session_id)
{
    struct entry *entry = look_up(registry, session_id);
    if (entry && entry_is_live(entry))
        entry_set_state(entry, STATE_EXPIRED);
    return entry != NULL;
}

/* Counts the due ones; the sentence and -EUCLEAN where the seed's walk throws. */
static int count_due(const struct registry *registry, int64_t now_ms, size_t *ret_count,
                     struct error *error)
{
    size_t count = 0;
    for (size_t i = 0; i < registry->count; i++) {
        if (entry_breaks_walks(&registry->entries[i]))
            return registry_refuse_walk(&registry->entries[i], "expire", error);
        count += entry_is_due(&registry->entries[i], now_ms);
    }
    *ret_count = count;
    return 0;
}

int registry_expire_due(struct registry *registry, int64_t now_ms, size_t **ret_expired,
                        size_t *ret_count, struct error *error)
{
    size_t count = 0;
    int result = count_due(registry, now_ms, &count, error);
    if (result != 0)
        return result;
    size_t *expired = NULL;
    if (ret_expired && count > 0) {
        expired = calloc(count, sizeof(*expired));
        if (!expired)
            return error_no_memory(error, "expiring what is due");
    }
    size_t done = 0;
    for (size_t i = 0; done < count; i++) {
        if (!entry_is_due(&registry->entries[i], now_ms))
            continue;
        entry_set_state(&registry->entries[i], STATE_EXPIRED);
        if (expired)
            expired[done] = i;
        done++;
    }
    if (ret_expired)
        *ret_expired = expired;
    *ret_count = count;
    return 0;
}

int registry_purge_deleted(struct registry *registry, size_t *ret_count, struct error *error)
{
    for (size_t i = 0; i < registry->count; i++)
        if (entry_breaks_walks(&registry->entries[i]))
            return registry_refuse_walk(&registry->entries[i], "purge", error);
    size_t count = 0;
    for (size_t i = 0; i < registry->count; i++) {
        struct entry *entry = &registry->entries[i];
        if (!entry_is_present(entry) || entry->state != STATE_DELETED)
            continue;
        entry->changes |= CHANGE_REMOVED;
        count++;
    }
    *ret_count = count;
    return 0;
}

bool registry_remove(struct registry *registry, struct str session_id)
{
    struct entry *entry = registry_get(registry, session_id);
    if (entry)
        entry->changes |= CHANGE_REMOVED;
    return entry != NULL;
}
