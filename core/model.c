#include "core/model.h"

#include "core/findings.h"
#include "core/model_part.h"

#include <errno.h>
#include <math.h>
#include <string.h>

enum { SHORT_ID_BYTES = 8 };

const char *session_view_name(enum session_view view)
{
    static const char *const names[] = {
        [VIEW_ACTIVE] = "active",     [VIEW_IDLE] = "idle",          [VIEW_OVERDUE] = "OVERDUE",
        [VIEW_FALLBACK] = "FALLBACK", [VIEW_STRANDED] = "STRANDED",  [VIEW_ORPHAN] = "ORPHAN",
        [VIEW_EXPIRED] = "expired",   [VIEW_RELEASED] = "released",  [VIEW_ODD] = "odd",
        [VIEW_RUNNING] = "RUNNING",   [VIEW_GHOST] = "GHOST",        [VIEW_SHARED] = "SHARED",
        [VIEW_IN_USE] = "expired!",   [VIEW_FORGOTTEN] = "no entry",
    };
    return names[view];
}

const char *slot_view_name(enum slot_view view)
{
    static const char *const names[] = {
        [SLOT_FREE] = "free",       [SLOT_ACTIVE] = "active", [SLOT_IDLE] = "idle",
        [SLOT_OVERDUE] = "OVERDUE", [SLOT_DOUBLE] = "DOUBLE", [SLOT_RUNNING] = "RUNNING",
        [SLOT_SHARED] = "SHARED",   [SLOT_GHOST] = "GHOST",
    };
    return names[view];
}

const char *severity_name(enum severity severity)
{
    static const char *const names[] = {
        [SEVERITY_INFO] = "info",
        [SEVERITY_WARNING] = "warning",
        [SEVERITY_ERROR] = "error",
    };
    return names[severity];
}

static struct str slot_id_at(const void *owner, size_t place)
{
    const struct config_pool *pool = owner;
    return pool->slots[place];
}

size_t making_place(const struct making *making, struct str agent_id)
{
    struct string_source ids = {slot_id_at, making->sources->pool};
    return agent_id.data ? string_index_find(&making->places, ids, agent_id) : STRING_INDEX_NONE;
}

void making_note_moment(struct making *making, double moment_ms)
{
    if (moment_ms > (double)making->sources->now_ms)
        making->model.next_change_ms = fmin(making->model.next_change_ms, moment_ms);
}

void making_note_age(struct making *making, double at_ms, double age_ms)
{
    /* Never in the past, where fractions are rounded another way than in the test. */
    if (!isnan(at_ms))
        making_note_moment(making,
                           fmax(floor(at_ms + age_ms), (double)making->sources->now_ms) + 1);
}

static struct str label_of(struct str id, size_t prefix_len)
{
    return id.len > prefix_len ? (struct str){id.data + prefix_len, id.len - prefix_len} : id;
}

static int make_slots(struct making *making)
{
    const struct config_pool *pool = making->sources->pool;
    struct string_source ids = {slot_id_at, pool};
    struct buffer prefix = {0};
    config_add_slot_prefix(making->agent_id, &prefix);
    size_t prefix_len = prefix.len;
    bool failed = prefix.failed;
    buffer_done(&prefix);
    struct slot *slots = arena_alloc(&making->model.arena, pool->slot_count * sizeof(*slots));
    if (failed || !slots || !string_index_reserve(&making->places, ids, pool->slot_count))
        return -ENOMEM;
    for (size_t i = 0; i < pool->slot_count; i++) {
        struct str id = pool->slots[i];
        slots[i] = (struct slot){
            .id = id,
            .label = label_of(id, prefix_len),
            .is_duplicate = making_place(making, id) != STRING_INDEX_NONE,
        };
        string_index_put(&making->places, ids, i);
    }
    making->model.slots = slots;
    making->model.slot_count = pool->slot_count;
    return 0;
}

/* When the server's GC comes by next. */
static void look_ahead(struct making *making)
{
    const struct beat *beat = making->sources->beat;
    if (!beat)
        return;
    making->model.next_gc_ms = beat_next_ms(beat, (double)making->sources->now_ms);
    making_note_moment(making, ceil(making->model.next_gc_ms));
}

int model_build(const struct model_sources *sources, struct model *ret_model, struct error *error)
{
    struct making making = {
        .sources = sources,
        .registry = &sources->document->registry,
        .agent_id = buffer_str(&sources->workspace->agent_id),
        .model = {.next_change_ms = NAN,
                  .next_gc_ms = NAN,
                  .next_free_slot = SIZE_MAX,
                  .now_ms = sources->now_ms},
    };
    look_ahead(&making);
    int result = make_slots(&making);
    if (result == 0)
        result = model_join(&making);
    if (result == 0)
        result = model_look(&making);
    if (result == 0)
        result = findings_tell(&making);
    string_index_done(&making.places);
    if (result != 0) {
        model_done(&making.model);
        return error_no_memory(error, "working out the state of the pool");
    }
    *ret_model = making.model;
    return 0;
}

void model_done(struct model *model)
{
    string_index_done(&model->forgotten_index);
    arena_done(&model->arena);
    *model = (struct model){.next_change_ms = NAN, .next_gc_ms = NAN, .next_free_slot = SIZE_MAX};
}

size_t model_row_count(const struct model *model)
{
    return model->entry_count + model->forgotten_count;
}

bool model_is_forgotten(const struct model *model, size_t row)
{
    return row >= model->entry_count;
}

const struct entry *model_entry(const struct model *model, const struct registry *registry,
                                size_t row)
{
    return model_is_forgotten(model, row) ? &model->forgotten[row - model->entry_count]
                                          : &registry->entries[row];
}

enum session_view model_view(const struct model *model, size_t row)
{
    return (enum session_view)model->views[row];
}

const struct chat *model_chat(const struct model *model, size_t row)
{
    return model->chats ? model->chats[row] : NULL;
}

struct str model_title(const struct model *model, size_t row)
{
    const struct chat *chat = model_chat(model, row);
    return chat ? chat->title : (struct str){0};
}

struct run model_run(const struct model *model, size_t row)
{
    return model->runs ? model->runs[row] : (struct run){.source = EVIDENCE_NONE, .at_ms = NAN};
}

double model_used_ms(const struct model *model, const struct registry *registry, size_t row)
{
    const struct chat *chat = model_chat(model, row);
    const struct evidence *evidence = model->evidences ? model->evidences[row] : NULL;
    double used_ms = model_entry(model, registry, row)->last_active_at_ms;
    if (chat)
        used_ms = fmax(used_ms, fmax(chat->updated_ms, chat->last_active_ms));
    return evidence ? fmax(used_ms, evidence->transcript_ms) : used_ms;
}

struct pool model_pool(const struct config_pool *pool, const struct active_workspace *workspace)
{
    return (struct pool){
        .workspace_agent_id = buffer_str(&workspace->agent_id),
        .slots = pool->slots,
        .slot_count = pool->slot_count,
    };
}

/* How many bytes both begin with. */
static size_t shared_len(struct str a, struct str b)
{
    size_t shorter = a.len < b.len ? a.len : b.len;
    size_t len = 0;
    while (len < shorter && a.data[len] == b.data[len])
        len++;
    return len;
}

size_t model_short_len(const struct registry *registry, struct str session_id)
{
    struct str id = session_id;
    size_t len = SHORT_ID_BYTES;
    for (size_t i = 0; i < registry->count && len < id.len; i++) {
        const struct entry *other = &registry->entries[i];
        /* Nearly all differ in the bytes that are shown anyway. */
        if (entry_session_id(other).len < len ||
            memcmp(entry_session_id(other).data, id.data, len) != 0 ||
            str_equal(entry_session_id(other), id) || other->changes & CHANGE_REMOVED)
            continue;
        len = shared_len(id, entry_session_id(other)) + 1;
    }
    while (len < id.len && ((unsigned char)id.data[len] & 0xC0) == 0x80)
        len++;
    return len < id.len ? len : id.len;
}

size_t model_short_id_len(const struct registry *registry, size_t entry_index)
{
    return model_short_len(registry, entry_session_id(&registry->entries[entry_index]));
}
