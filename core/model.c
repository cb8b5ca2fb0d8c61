#include "core/model.h"

#include "core/findings.h"
#include "core/gc.h"
#include "core/string_index.h"

#include <errno.h>
#include <math.h>
#include <string.h>

enum { SHORT_ID_BYTES = 8 };

/* A model in the making. */
struct making {
    const struct model_sources *sources;
    const struct registry *registry;
    struct str agent_id;        /* of this workspace; empty when the server's code throws */
    struct string_index places; /* slot id -> place in the pool; the last one of duplicates */
    struct model model;
};

const char *session_view_name(enum session_view view)
{
    static const char *const names[] = {
        [VIEW_ACTIVE] = "active",     [VIEW_IDLE] = "idle",         [VIEW_OVERDUE] = "OVERDUE",
        [VIEW_FALLBACK] = "FALLBACK", [VIEW_STRANDED] = "STRANDED", [VIEW_ORPHAN] = "ORPHAN",
        [VIEW_EXPIRED] = "expired",   [VIEW_RELEASED] = "released", [VIEW_ODD] = "odd",
    };
    return names[view];
}

const char *slot_view_name(enum slot_view view)
{
    static const char *const names[] = {
        [SLOT_FREE] = "free",       [SLOT_ACTIVE] = "active", [SLOT_IDLE] = "idle",
        [SLOT_OVERDUE] = "OVERDUE", [SLOT_DOUBLE] = "DOUBLE",
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

static size_t place_of(const struct making *making, struct str agent_id)
{
    struct string_source ids = {slot_id_at, making->sources->pool};
    return agent_id.data ? string_index_find(&making->places, ids, agent_id) : STRING_INDEX_NONE;
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
            .is_duplicate = place_of(making, id) != STRING_INDEX_NONE,
        };
        string_index_put(&making->places, ids, i);
    }
    making->model.slots = slots;
    making->model.slot_count = pool->slot_count;
    return 0;
}

/* On equal times the one that stands later, which was made later. A missing time is the oldest. */
static bool is_used_later(const struct entry *entry, const struct entry *other)
{
    return isnan(other->last_active_at_ms) || entry->last_active_at_ms >= other->last_active_at_ms;
}

static void hold_slot(struct making *making, size_t place, size_t index)
{
    const struct entry *entries = making->registry->entries;
    struct slot *slot = &making->model.slots[place];
    if (entry_is_live(&entries[index])) {
        if (slot->holder_count == 0 || is_used_later(&entries[index], &entries[slot->holder]))
            slot->holder = index;
        slot->holder_count++;
    } else if (!slot->has_last || is_used_later(&entries[index], &entries[slot->last_holder])) {
        slot->has_last = true;
        slot->last_holder = index;
    }
}

static bool is_of_this_workspace(const struct making *making, const struct entry *entry)
{
    return making->agent_id.len > 0 && str_equal(entry->workspace_agent_id, making->agent_id);
}

static bool is_our_fallback(const struct making *making, const struct entry *entry)
{
    return entry_is_fallback(entry) && is_of_this_workspace(making, entry) &&
           place_of(making, entry->chat_agent_id) == STRING_INDEX_NONE;
}

static enum session_view live_view(const struct making *making, const struct entry *entry,
                                   size_t place)
{
    if (entry_is_due(entry, making->sources->now_ms))
        return VIEW_OVERDUE;
    if (!entry->chat_agent_id.data)
        return VIEW_ODD;
    if (place == STRING_INDEX_NONE && entry_is_fallback(entry))
        return VIEW_FALLBACK;
    if (place == STRING_INDEX_NONE && is_of_this_workspace(making, entry))
        return VIEW_ORPHAN;
    return entry->state == STATE_ACTIVE ? VIEW_ACTIVE : VIEW_IDLE;
}

static void count_state(struct counts *counts, const struct entry *entry)
{
    counts->entries++;
    if (entry->shape != ENTRY_OBJECT) {
        counts->odd++;
        return;
    }
    switch ((enum entry_state)entry->state) {
    case STATE_ACTIVE:
        counts->active++;
        break;
    case STATE_IDLE:
        counts->idle++;
        break;
    case STATE_EXPIRED:
        counts->expired++;
        break;
    case STATE_DELETED:
        counts->released++;
        break;
    case STATE_OTHER:
        counts->odd++;
        break;
    }
}

static void note_moment(struct making *making, double moment_ms)
{
    if (moment_ms > (double)making->sources->now_ms)
        making->model.next_change_ms = fmin(making->model.next_change_ms, moment_ms);
}

/* Notes when a live entry's view or findings will be others if nothing but time happens. */
static void note_moments(struct making *making, const struct entry *entry)
{
    int64_t now_ms = making->sources->now_ms;
    double expires_at_ms = entry_expires_at_ms(entry);
    bool is_due = entry_is_due(entry, now_ms);
    double graver_at_ms = floor(expires_at_ms) + (is_due ? GC_INTERVAL_MS : 0);
    if (!isnan(expires_at_ms) && !entry_is_long_due(entry, now_ms))
        /* Never in the past, where fractions are rounded another way than in the test. */
        note_moment(making, fmax(graver_at_ms, (double)now_ms) + 1);
    if (entry_is_ahead(entry, now_ms))
        note_moment(making, ceil(entry->last_active_at_ms) - CLOCK_AHEAD_MS);
}

static void take_live(struct making *making, const struct entry *entry, enum session_view view)
{
    struct counts *counts = &making->model.counts;
    counts->live++;
    counts->overdue += view == VIEW_OVERDUE;
    counts->orphan += view == VIEW_ORPHAN;
    counts->fallback += is_our_fallback(making, entry);
    note_moments(making, entry);
}

static enum session_view take_entry(struct making *making, size_t index)
{
    const struct entry *entry = &making->registry->entries[index];
    if (entry->changes & CHANGE_REMOVED)
        return VIEW_ODD;
    count_state(&making->model.counts, entry);
    if (entry->shape != ENTRY_OBJECT || entry->state == STATE_OTHER)
        return VIEW_ODD;
    size_t place = place_of(making, entry->chat_agent_id);
    if (place != STRING_INDEX_NONE)
        hold_slot(making, place, index);
    if (entry->state == STATE_EXPIRED)
        return VIEW_EXPIRED;
    if (entry->state == STATE_DELETED)
        return VIEW_RELEASED;
    enum session_view view = live_view(making, entry, place);
    take_live(making, entry, view);
    return view;
}

static int take_entries(struct making *making)
{
    size_t count = making->registry->count;
    uint8_t *views = arena_alloc(&making->model.arena, count);
    if (!views)
        return -ENOMEM;
    for (size_t i = 0; i < count; i++)
        views[i] = (uint8_t)take_entry(making, i);
    making->model.views = views;
    return 0;
}

static enum slot_view view_of_slot(const struct making *making, const struct slot *slot)
{
    if (slot->holder_count != 1)
        return slot->holder_count == 0 ? SLOT_FREE : SLOT_DOUBLE;
    const struct entry *holder = &making->registry->entries[slot->holder];
    if (entry_is_due(holder, making->sources->now_ms))
        return SLOT_OVERDUE;
    return holder->state == STATE_ACTIVE ? SLOT_ACTIVE : SLOT_IDLE;
}

static void finish_slots(struct making *making)
{
    struct model *model = &making->model;
    for (size_t i = 0; i < model->slot_count; i++) {
        struct slot *slot = &model->slots[i];
        const struct slot *same = &model->slots[place_of(making, slot->id)];
        slot->holder = same->holder;
        slot->holder_count = same->holder_count;
        slot->has_last = same->has_last && same->holder_count == 0;
        slot->last_holder = same->last_holder;
        slot->view = view_of_slot(making, slot);
        if (slot->is_duplicate)
            continue;
        model->counts.slots++;
        model->counts.held += slot->view != SLOT_FREE;
    }
    model->counts.free = model->counts.slots - model->counts.held;
}

/* Whoever fell back while a slot is free by now is stranded: nobody tries again for it. */
static int list_fallbacks(struct making *making)
{
    struct model *model = &making->model;
    size_t *fallbacks =
        arena_alloc(&model->arena, model->counts.fallback * sizeof(*model->fallbacks));
    if (!fallbacks)
        return -ENOMEM;
    for (size_t i = 0; model->fallback_count < model->counts.fallback; i++) {
        if (!is_our_fallback(making, &making->registry->entries[i]))
            continue;
        fallbacks[model->fallback_count++] = i;
        if (model->views[i] == VIEW_FALLBACK && model->counts.free > 0) {
            model->views[i] = VIEW_STRANDED;
            model->counts.stranded++;
        }
    }
    model->fallbacks = fallbacks;
    return 0;
}

int model_build(const struct model_sources *sources, struct model *ret_model, struct error *error)
{
    struct making making = {
        .sources = sources,
        .registry = &sources->document->registry,
        .agent_id = buffer_str(&sources->workspace->agent_id),
        .model = {.next_change_ms = NAN, .now_ms = sources->now_ms},
    };
    int result = make_slots(&making);
    if (result == 0)
        result = take_entries(&making);
    if (result == 0) {
        finish_slots(&making);
        result = list_fallbacks(&making);
    }
    if (result == 0)
        result = findings_tell(sources, &making.model);
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
    arena_done(&model->arena);
    *model = (struct model){.next_change_ms = NAN};
}

enum session_view model_view(const struct model *model, size_t entry_index)
{
    return (enum session_view)model->views[entry_index];
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

size_t model_short_id_len(const struct registry *registry, size_t entry_index)
{
    struct str id = registry->entries[entry_index].session_id;
    size_t len = SHORT_ID_BYTES;
    for (size_t i = 0; i < registry->count && len < id.len; i++) {
        const struct entry *other = &registry->entries[i];
        /* Nearly all differ in the bytes that are shown anyway. */
        if (i == entry_index || other->session_id.len < len ||
            memcmp(other->session_id.data, id.data, len) != 0 || other->changes & CHANGE_REMOVED)
            continue;
        len = shared_len(id, other->session_id) + 1;
    }
    while (len < id.len && ((unsigned char)id.data[len] & 0xC0) == 0x80)
        len++;
    return len < id.len ? len : id.len;
}
