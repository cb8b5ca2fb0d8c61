#include "core/wipe.h"

static bool is_there(const struct entry *entry)
{
    return !(entry->changes & CHANGE_REMOVED);
}

/* What a purge may take. */
static bool is_over(const struct entry *entry)
{
    return entry->shape == ENTRY_OBJECT &&
           (entry->state == STATE_EXPIRED || entry->state == STATE_DELETED);
}

/* Most entries stand where they stood. */
static bool has_entry_of(const struct registry *registry, size_t place, struct str session_id)
{
    if (place < registry->count && is_there(&registry->entries[place]) &&
        str_equal(entry_session_id(&registry->entries[place]), session_id))
        return true;
    return registry_get(registry, session_id) != NULL;
}

bool wipe_is_between(const struct registry *before, const struct registry *after,
                     struct wipe *ret_wipe)
{
    size_t entries = 0, kept = 0, standing = 0, standing_lost = 0;
    for (size_t i = 0; i < before->count; i++)
        entries += is_there(&before->entries[i]);
    if (entries < WIPE_ENTRIES_MIN)
        return false;
    for (size_t i = 0; i < before->count; i++) {
        const struct entry *entry = &before->entries[i];
        if (!is_there(entry))
            continue;
        bool is_kept = has_entry_of(after, i, entry_session_id(entry));
        kept += is_kept;
        standing += !is_over(entry);
        standing_lost += !is_over(entry) && !is_kept;
        if (kept * 2 >= entries)
            return false;
    }
    if (standing_lost * 2 <= standing)
        return false;
    *ret_wipe = (struct wipe){.entries = entries, .lost = entries - kept};
    return true;
}
