#include "core/model_part.h"

#include <errno.h>
#include <math.h>
#include <string.h>

static struct str forgotten_id(const void *owner, size_t place)
{
    const struct entry *forgotten = owner;
    return entry_session_id(&forgotten[place]);
}

/* The source by which model.forgotten_index is kept. */
static struct string_source forgotten_ids(const struct model *model)
{
    return (struct string_source){forgotten_id, model->forgotten};
}

size_t model_find_row(const struct model *model, const struct registry *registry,
                      struct str session_id)
{
    const struct entry *entry = registry_find(registry, session_id);
    if (entry)
        return (size_t)(entry - registry->entries);
    size_t place = string_index_find(&model->forgotten_index, forgotten_ids(model), session_id);
    return place == STRING_INDEX_NONE ? SIZE_MAX : model->entry_count + place;
}

/* Chats that may be of forgotten sessions. */
static bool is_pinned(const struct making *making, const struct chat *chat)
{
    return making_place(making, chat->agent_id) != STRING_INDEX_NONE;
}

/* Chats without an entry that stand behind the entries; of several of one id the one that counts.
 * Nobody is forgotten by a registry that could not be read. */
static bool is_forgotten(const struct making *making, const struct chat *chat)
{
    return making->sources->document->has_registry && is_pinned(making, chat) &&
           !registry_find(making->registry, chat->id) &&
           chats_find(making->sources->chats, chat->id) == chat;
}

/* What an entry would say, as far as the chat tells. */
static int fill_forgotten(struct arena *arena, const struct chat *chat, struct entry *ret_entry)
{
    struct str id = arena_pack(arena, chat->id);
    struct entry_terms *terms = arena_alloc(arena, sizeof(*terms));
    if (!id.data || !terms)
        return -ENOMEM;
    *terms = (struct entry_terms){.chat_agent_id = chat->agent_id, .idle_ttl_ms = NAN};
    *ret_entry = (struct entry){
        .terms = terms,
        .created_at_ms = chat->created_ms,
        .last_active_at_ms = fmax(chat->updated_ms, chat->last_active_ms),
        .state = STATE_OTHER,
        .shape = ENTRY_NOTHING,
    };
    entry_set_session_id(ret_entry, id);
    return 0;
}

static size_t count_forgotten(const struct making *making)
{
    const struct chats *chats = making->sources->chats;
    size_t count = 0;
    for (size_t i = 0; i < chats->count; i++)
        for (size_t k = 0; k < chats->folders[i].count; k++)
            count += is_forgotten(making, &chats->folders[i].items[k]);
    return count;
}

static int make_forgotten(struct making *making)
{
    struct model *model = &making->model;
    const struct chats *chats = making->sources->chats;
    size_t count = count_forgotten(making);
    if (count == 0)
        return 0;
    model->forgotten = arena_alloc(&model->arena, count * sizeof(*model->forgotten));
    if (!model->forgotten ||
        !string_index_reserve(&model->forgotten_index, forgotten_ids(model), count))
        return -ENOMEM;
    for (size_t i = 0; i < chats->count; i++) {
        for (size_t k = 0; k < chats->folders[i].count; k++) {
            const struct chat *chat = &chats->folders[i].items[k];
            size_t place = model->forgotten_count;
            if (!is_forgotten(making, chat))
                continue;
            if (fill_forgotten(&model->arena, chat, &model->forgotten[place]) != 0)
                return -ENOMEM;
            string_index_put(&model->forgotten_index, forgotten_ids(model), place);
            model->forgotten_count++;
        }
    }
    return 0;
}

/* There are fewer chats and traces than entries, so the rows are looked up for them. */
static void join_chats(struct making *making)
{
    const struct chats *chats = making->sources->chats;
    for (size_t i = 0; i < chats->count; i++) {
        for (size_t k = 0; k < chats->folders[i].count; k++) {
            const struct chat *chat = &chats->folders[i].items[k];
            size_t row = model_find_row(&making->model, making->registry, chat->id);
            struct beside *beside = NULL;
            if (row != SIZE_MAX && chats_find(chats, chat->id) == chat)
                beside = making_beside(making, row);
            if (beside)
                beside->chat = chat;
        }
    }
}

static void join_evidence(struct making *making)
{
    const struct evidences *evidences = making->sources->evidences;
    int64_t now_ms = making->sources->now_ms;
    for (size_t i = 0; i < evidences->count; i++) {
        const struct evidence *evidence = &evidences->items[i];
        size_t row = model_find_row(&making->model, making->registry, evidence->session_id);
        struct beside *beside = row == SIZE_MAX ? NULL : making_beside(making, row);
        if (!beside)
            continue;
        beside->evidence = evidence;
        beside->run = evidence_judge(evidence, now_ms);
        making_note_moment(making, evidence_next_change_ms(evidence, now_ms));
    }
}

int model_join(struct making *making)
{
    struct model *model = &making->model;
    model->entry_count = making->registry->count;
    model->knows_chats = making->sources->chats;
    model->knows_traces = making->sources->evidences;
    if (model->knows_chats && make_forgotten(making) != 0)
        return -ENOMEM;
    model->views = arena_alloc(&model->arena, model_row_count(model) + 1);
    if (!model->views)
        return -ENOMEM;
    memcpy(model->views, making->tally->rows, model->entry_count);
    memset(model->views + model->entry_count, VIEW_FORGOTTEN, model->forgotten_count);
    if (model->knows_chats)
        join_chats(making);
    if (model->knows_traces)
        join_evidence(making);
    return 0;
}

/* A use that is said to be in the future tells nothing yet. */
static double past_use(struct making *making, double at_ms)
{
    double now_ms = (double)making->sources->now_ms;
    if (!(at_ms - now_ms > CLOCK_AHEAD_MS))
        return at_ms;
    making_note_moment(making, ceil(at_ms) - CLOCK_AHEAD_MS);
    return NAN;
}

double making_chat_used_ms(struct making *making, size_t row)
{
    const struct chat *chat = model_chat(&making->model, row);
    const struct evidence *evidence = model_evidence(&making->model, row);
    double used_ms = NAN;
    if (chat)
        used_ms = fmax(past_use(making, chat->updated_ms), past_use(making, chat->last_active_ms));
    if (evidence)
        used_ms = fmax(used_ms, past_use(making, evidence->transcript_ms));
    return used_ms;
}

struct str making_pin(const struct making *making, size_t row)
{
    const struct chat *chat = model_chat(&making->model, row);
    return chat ? chat->agent_id
                : entry_chat_agent_id(model_entry(&making->model, making->registry, row));
}
