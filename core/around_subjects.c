/* Whose traces are looked for, and where they would show. */
#include "core/around.h"
#include "core/registry.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct candidate {
    const struct entry *entry; /* live; or NULL */
    const struct chat *chat;   /* or NULL */
    double used_ms;
};

struct candidates {
    struct candidate *items;
    size_t count;
};

static struct str slot_at(const void *owner, size_t place)
{
    const struct config_pool *pool = owner;
    return pool->slots[place];
}

static double later(double a, double b)
{
    return isnan(a) || b > a ? b : a;
}

static void add_entries(struct candidates *candidates, const struct registry *registry,
                        const struct chats *chats)
{
    for (size_t i = 0; i < registry->count; i++) {
        const struct entry *entry = &registry->entries[i];
        if (!entry_is_live(entry))
            continue;
        const struct chat *chat = chats_find(chats, entry_session_id(entry));
        candidates->items[candidates->count++] = (struct candidate){
            .entry = entry,
            .chat = chat,
            .used_ms = later(entry->last_active_at_ms, chat ? chat->updated_ms : NAN),
        };
    }
}

/* Chats that may run without a hold: their entry has ended, or it is gone and they are pinned to a
 * slot. */
static void add_others(struct candidates *candidates, const struct registry *registry,
                       const struct chat_folder *folder, const struct string_index *slots,
                       const struct config_pool *pool)
{
    struct string_source ids = {slot_at, pool};
    for (size_t i = 0; i < folder->count; i++) {
        const struct chat *chat = &folder->items[i];
        const struct entry *entry = registry_find(registry, chat->id);
        bool is_pinned = chat->agent_id.data &&
                         string_index_find(slots, ids, chat->agent_id) != STRING_INDEX_NONE;
        if (entry ? !entry_is_live(entry) : is_pinned)
            candidates->items[candidates->count++] =
                (struct candidate){.chat = chat, .used_ms = chat->updated_ms};
    }
}

static int latest_first(const void *left, const void *right)
{
    double a = ((const struct candidate *)left)->used_ms;
    double b = ((const struct candidate *)right)->used_ms;
    if (isnan(a) || isnan(b))
        return isnan(a) - isnan(b);
    return (a < b) - (a > b);
}

/* Of a chat that no index has: that of its workspace. */
static const char *folder_of(const struct candidate *candidate, const struct chats *chats)
{
    if (candidate->chat)
        return chats->folders[candidate->chat->folder].directory.data;
    for (size_t i = 0; i < chats->count; i++)
        if (workspace_has_agent(chats->folders[i].workspace,
                                entry_workspace_agent_id(candidate->entry)))
            return chats->folders[i].directory.data;
    return NULL;
}

static struct evidence_subject subject_of(const struct candidate *candidate,
                                          const struct chats *chats)
{
    const struct chat *chat = candidate->chat;
    bool is_pinned = chat && chat->agent_id.data;
    return (struct evidence_subject){
        .session_id = chat ? chat->id : entry_session_id(candidate->entry),
        .agent_id = is_pinned          ? chat->agent_id
                    : candidate->entry ? entry_chat_agent_id(candidate->entry)
                                       : (struct str){0},
        .gateway_session_id = chat ? chat->gateway_session_id : (struct str){0},
        .folder = folder_of(candidate, chats),
    };
}

static bool collect(const struct around_sources *sources, const struct chats *chats,
                    struct candidates *candidates)
{
    struct string_source ids = {slot_at, sources->pool};
    struct string_index slots = {0};
    size_t most = sources->registry->count + 1;
    for (size_t i = 0; i < chats->count; i++)
        most += chats->folders[i].count;
    candidates->items = calloc(most, sizeof(*candidates->items));
    if (!candidates->items || !string_index_reserve(&slots, ids, sources->pool->slot_count)) {
        string_index_done(&slots);
        return false;
    }
    for (size_t i = 0; i < sources->pool->slot_count; i++)
        string_index_put(&slots, ids, i);
    add_entries(candidates, sources->registry, chats);
    for (size_t i = 0; i < chats->count; i++)
        add_others(candidates, sources->registry, &chats->folders[i], &slots, sources->pool);
    string_index_done(&slots);
    return true;
}

int around_subjects(const struct around_sources *sources, const struct chats *chats,
                    struct evidence_subject **ret_subjects, size_t *ret_count, struct error *error)
{
    struct candidates candidates = {0};
    bool good = collect(sources, chats, &candidates);
    struct evidence_subject *subjects = good ? calloc(EVIDENCE_MAX, sizeof(*subjects)) : NULL;
    if (!subjects) {
        free(candidates.items);
        return error_no_memory(error, "looking for traces of runs");
    }
    qsort(candidates.items, candidates.count, sizeof(*candidates.items), latest_first);
    size_t count = candidates.count < EVIDENCE_MAX ? candidates.count : EVIDENCE_MAX;
    for (size_t i = 0; i < count; i++)
        subjects[i] = subject_of(&candidates.items[i], chats);
    free(candidates.items);
    *ret_subjects = subjects;
    *ret_count = count;
    return 0;
}
