#include "core/model.h"

#include "core/findings.h"
#include "core/model_part.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { START_CAPACITY = 16 };

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

size_t making_place_of(struct making *making, const struct entry *entry)
{
    const uint64_t golden = UINT64_C(0x9E3779B97F4A7C15);
    const struct entry_terms *terms = entry->terms;
    size_t at = (size_t)((uintptr_t)terms * golden >> (64 - PLACE_MEMO_BITS));
    if (!terms)
        return STRING_INDEX_NONE;
    if (making->memo[at].terms != terms) {
        making->memo[at].terms = terms;
        making->memo[at].place = making_place(making, terms->chat_agent_id);
    }
    return making->memo[at].place;
}

/* Eight rows at a time: in a large registry nearly all are over. */
size_t making_next(const struct making *making, size_t row)
{
    const uint64_t each = UINT64_C(0x0101010101010101);
    const uint8_t *views = making->model.views;
    size_t rows = model_row_count(&making->model);
    while (row < rows) {
        uint64_t next = 0;
        if (row + sizeof(next) <= rows)
            memcpy(&next, &views[row], sizeof(next));
        if ((next & each * (ROW_OVER | ROW_BESIDE)) == each * ROW_OVER)
            row += sizeof(next);
        else if ((views[row] & (ROW_OVER | ROW_BESIDE)) == ROW_OVER)
            row++;
        else
            break;
    }
    return row;
}

void making_set_view(struct making *making, size_t row, enum session_view view)
{
    uint8_t *bits = &making->model.views[row];
    *bits = (uint8_t)((*bits & ~(unsigned)ROW_VIEW) | view);
}

static struct run no_run(void)
{
    return (struct run){.source = EVIDENCE_NONE, .at_ms = NAN};
}

static bool grow_beside(struct model *model)
{
    if (model->beside_count < model->beside_capacity)
        return true;
    size_t capacity = model->beside_capacity ? 2 * model->beside_capacity : START_CAPACITY;
    struct beside *beside = reallocarray(model->beside, capacity, sizeof(*beside));
    if (!beside)
        return false;
    model->beside = beside;
    model->beside_capacity = capacity;
    return true;
}

struct beside *making_beside(struct making *making, size_t row)
{
    struct model *model = &making->model;
    if (model->views[row] & ROW_BESIDE)
        return &model->beside[row_map_find(&model->beside_rows, row)];
    if (!grow_beside(model) || !row_map_put(&model->beside_rows, row, model->beside_count)) {
        making->failed = true;
        return NULL;
    }
    struct beside *beside = &model->beside[model->beside_count++];
    *beside = (struct beside){.run = no_run()};
    model->views[row] |= ROW_BESIDE;
    return beside;
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

/* What this model looked at one by one takes the place of what the last one did, behind it. */
static bool list_restless(struct making *making, struct row_list *restless)
{
    size_t rows = model_row_count(&making->model), before = restless->count;
    for (size_t row = making_next(making, 0); row < rows; row = making_next(making, row + 1)) {
        if (!row_list_add(restless, row)) {
            restless->count = before;
            return false;
        }
    }
    return true;
}

/* Says what who keeps something of each row has to look at again. -ENOMEM. */
static int list_changed(struct making *making)
{
    enum { FEW_SHARE = 256, FEW_ALWAYS = 64 };
    struct tally *tally = making->tally;
    struct model *model = &making->model;
    struct row_list *restless = &tally->restless;
    size_t before = restless->count;
    if (!making->sources->tally)
        return 0;
    if (!list_restless(making, restless))
        return -ENOMEM;
    size_t count = tally->changed.count + restless->count;
    uint32_t *changed = NULL;
    if (tally->is_followed && tally->marks_old == making->marks_old &&
        count <= model_row_count(model) / FEW_SHARE + FEW_ALWAYS) {
        changed = arena_alloc(&model->arena, count * sizeof(*changed));
        if (!changed) {
            restless->count = before;
            return -ENOMEM;
        }
        for (size_t i = 0; i < count; i++)
            changed[i] =
                i < restless->count ? restless->rows[i] : tally->changed.rows[i - restless->count];
    }
    model->is_followed = changed;
    model->changed = changed;
    model->changed_count = changed ? count : 0;
    model->version = ++tally->version;
    restless->count -= before;
    if (before > 0)
        memmove(restless->rows, restless->rows + before, restless->count * sizeof(*restless->rows));
    tally->changed.count = 0;
    tally->is_followed = true;
    tally->marks_old = making->marks_old;
    return 0;
}

int model_build(const struct model_sources *sources, struct model *ret_model, struct error *error)
{
    struct tally own = {.is_made = false};
    struct making making = {
        .sources = sources,
        .tally = sources->tally ? sources->tally : &own,
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
        result = tally_make(making.tally, &making);
    if (result == 0)
        result = model_join(&making);
    if (result == 0)
        result = model_look(&making);
    if (result == 0)
        result = model_shorten(&making);
    if (result == 0)
        result = findings_tell(&making);
    if (result == 0 && making.failed)
        result = -ENOMEM;
    if (result == 0)
        result = list_changed(&making);
    string_index_done(&making.places);
    tally_done(&own);
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
    row_map_done(&model->beside_rows);
    short_ids_done(&model->own_short_ids);
    free(model->beside);
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
    return (enum session_view)(model->views[row] & ROW_VIEW);
}

const struct beside *model_beside(const struct model *model, size_t row)
{
    return model->views[row] & ROW_BESIDE ? &model->beside[row_map_find(&model->beside_rows, row)]
                                          : NULL;
}

const struct chat *model_chat(const struct model *model, size_t row)
{
    const struct beside *beside = model_beside(model, row);
    return beside ? beside->chat : NULL;
}

const struct evidence *model_evidence(const struct model *model, size_t row)
{
    const struct beside *beside = model_beside(model, row);
    return beside ? beside->evidence : NULL;
}

size_t model_slot_place(const struct model *model, struct str agent_id)
{
    for (size_t i = 0; agent_id.data && i < model->slot_count; i++) {
        if (str_equal(model->slots[i].id, agent_id))
            return i;
    }
    return SIZE_MAX;
}

struct str model_title(const struct model *model, size_t row)
{
    const struct chat *chat = model_chat(model, row);
    return chat ? chat->title : (struct str){0};
}

struct run model_run(const struct model *model, size_t row)
{
    const struct beside *beside = model_beside(model, row);
    return beside ? beside->run : no_run();
}

double model_used_ms(const struct model *model, const struct registry *registry, size_t row)
{
    const struct beside *beside = model_beside(model, row);
    double used_ms = model_entry(model, registry, row)->last_active_at_ms;
    if (beside && beside->chat)
        used_ms = fmax(used_ms, fmax(beside->chat->updated_ms, beside->chat->last_active_ms));
    if (beside && beside->evidence)
        used_ms = fmax(used_ms, beside->evidence->transcript_ms);
    return used_ms;
}

struct pool model_pool(const struct config_pool *pool, const struct active_workspace *workspace)
{
    return (struct pool){
        .workspace_agent_id = buffer_str(&workspace->agent_id),
        .slots = pool->slots,
        .slot_count = pool->slot_count,
    };
}
