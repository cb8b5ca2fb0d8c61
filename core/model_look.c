#include "core/model_part.h"

#include "core/findings.h"
#include "core/gc.h"

#include <errno.h>
#include <math.h>

/* On equal times the one that stands later, which was made later. A missing time is the oldest. */
static bool is_used_later(const struct entry *entry, const struct entry *other)
{
    return isnan(other->last_active_at_ms) || entry->last_active_at_ms >= other->last_active_at_ms;
}

/* Until the slots are finished, frees_at_ms is when the last of the holders is due. */
static void hold_slot(struct making *making, size_t place, size_t index)
{
    const struct entry *entries = making->registry->entries;
    struct slot *slot = &making->model.slots[place];
    double due_ms = entry_expires_at_ms(&entries[index]);
    if (slot->holder_count == 0 || is_used_later(&entries[index], &entries[slot->holder]))
        slot->holder = index;
    if (slot->holder_count == 0 || isnan(due_ms) || due_ms > slot->frees_at_ms)
        slot->frees_at_ms = due_ms;
    slot->holder_count++;
}

static bool is_of_this_workspace(const struct making *making, const struct entry *entry)
{
    return making->agent_id.len > 0 && str_equal(entry_workspace_agent_id(entry), making->agent_id);
}

static bool is_our_fallback(struct making *making, const struct entry *entry)
{
    return entry_is_fallback(entry) && is_of_this_workspace(making, entry) &&
           making_place_of(making, entry) == STRING_INDEX_NONE;
}

/* ---- live entries ---- */

/* Nothing is left of its chat, as far as everything could be read. */
static bool is_ghost(struct making *making, size_t row, const struct entry *entry)
{
    const struct beside *beside = model_beside(&making->model, row);
    double made_ms = isnan(entry->created_at_ms) ? entry->last_active_at_ms : entry->created_at_ms;
    if (!making->chats_are_complete || !beside || beside->chat || !beside->evidence)
        return false;
    if (beside->evidence->has_transcript || beside->run.is_running || isnan(made_ms))
        return false;
    if ((double)making->sources->now_ms - made_ms > MODEL_GHOST_MS)
        return true;
    making_note_age(making, made_ms, MODEL_GHOST_MS);
    return false;
}

static enum session_view live_view(struct making *making, size_t row, size_t place)
{
    const struct entry *entry = &making->registry->entries[row];
    bool has_slot = place != STRING_INDEX_NONE;
    bool ghost = is_ghost(making, row, entry);
    if (entry_is_due(entry, making->sources->now_ms))
        return ghost ? VIEW_GHOST : VIEW_OVERDUE;
    if (!entry_chat_agent_id(entry).data)
        return VIEW_ODD;
    if (!has_slot && !entry_is_fallback(entry) && is_of_this_workspace(making, entry))
        return VIEW_ORPHAN;
    if (ghost)
        return VIEW_GHOST;
    if (!has_slot && entry_is_fallback(entry))
        return VIEW_FALLBACK;
    if (model_run(&making->model, row).is_running)
        return VIEW_RUNNING;
    return entry->state == STATE_ACTIVE ? VIEW_ACTIVE : VIEW_IDLE;
}

/* Notes when a live entry's view or findings will be others if nothing but time happens. */
static void note_moments(struct making *making, const struct entry *entry)
{
    int64_t now_ms = making->sources->now_ms;
    double expires_at_ms = entry_expires_at_ms(entry);
    bool is_due = entry_is_due(entry, now_ms);
    if (!isnan(expires_at_ms) && !entry_is_long_due(entry, now_ms))
        making_note_age(making, expires_at_ms, is_due ? LONG_DUE_MS : 0);
    if (entry_is_ahead(entry, now_ms))
        making_note_moment(making, ceil(entry->last_active_at_ms) - CLOCK_AHEAD_MS);
}

static void take_live(struct making *making, const struct entry *entry)
{
    struct counts *counts = &making->model.counts;
    counts->live++;
    counts->overdue += entry_is_due(entry, making->sources->now_ms);
    counts->fallback += is_our_fallback(making, entry);
    note_moments(making, entry);
}

/* ---- all entries ---- */

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
    case STATE_OTHER:
        counts->odd++;
        break;
    case STATE_EXPIRED: /* the tally has them */
    case STATE_DELETED:
        break;
    }
}

static enum session_view take_entry(struct making *making, size_t index)
{
    const struct entry *entry = &making->registry->entries[index];
    if (entry->changes & CHANGE_REMOVED)
        return VIEW_ODD;
    count_state(&making->model.counts, entry);
    if (entry->shape != ENTRY_OBJECT || entry->state == STATE_OTHER)
        return VIEW_ODD;
    size_t place = making_place_of(making, entry);
    if (place != STRING_INDEX_NONE)
        hold_slot(making, place, index);
    take_live(making, entry);
    return live_view(making, index, place);
}

/* ---- sessions that are not live, once it is known who holds what ---- */

static double last_use_ms(struct making *making, size_t row)
{
    bool is_running = model_run(&making->model, row).is_running;
    return is_running ? (double)making->sources->now_ms : making_chat_used_ms(making, row);
}

static void share_slot(struct making *making, struct slot *slot, size_t row)
{
    if (slot->sharer_count == 0 || last_use_ms(making, row) >= last_use_ms(making, slot->sharer))
        slot->sharer = row;
    slot->sharer_count++;
}

static enum session_view view_of_unheld(struct making *making, size_t row)
{
    struct model *model = &making->model;
    double used_ms = last_use_ms(making, row);
    size_t place = making_place(making, making_pin(making, row));
    struct slot *slot = place == STRING_INDEX_NONE ? NULL : &model->slots[place];
    bool is_held = slot && slot->holder_count > 0;
    enum session_view view = model_view(model, row);
    if (is_held) {
        double held_since_ms = making->registry->entries[slot->holder].created_at_ms;
        if (!(used_ms >= held_since_ms)) {
            if (model_run(model, row).is_running)
                making_note_moment(making, ceil(held_since_ms));
            return view;
        }
    } else {
        if (!((double)making->sources->now_ms - used_ms <= MODEL_IN_USE_MS))
            return view;
        if (!model_run(model, row).is_running)
            making_note_age(making, used_ms, MODEL_IN_USE_MS);
    }
    if (slot)
        share_slot(making, slot, row);
    return is_held ? VIEW_SHARED : VIEW_IN_USE;
}

/* Only what stands beside a row tells of a use that the registry does not know. */
static void look_at_unheld(struct making *making)
{
    struct model *model = &making->model;
    size_t rows = model_row_count(model);
    for (size_t row = making_next(making, 0); row < rows; row = making_next(making, row + 1)) {
        enum session_view view = model_view(model, row);
        if (model->views[row] & ROW_BESIDE &&
            (view == VIEW_EXPIRED || view == VIEW_RELEASED || view == VIEW_FORGOTTEN))
            making_set_view(making, row, view_of_unheld(making, row));
    }
}

static void count_views(struct making *making)
{
    size_t of[ROW_VIEW + 1] = {0};
    struct model *model = &making->model;
    size_t rows = model_row_count(model);
    for (size_t row = making_next(making, 0); row < rows; row = making_next(making, row + 1))
        of[model->views[row] & ROW_VIEW]++;
    model->counts.orphan = of[VIEW_ORPHAN];
    model->counts.ghosts = of[VIEW_GHOST];
    model->counts.shared = of[VIEW_SHARED];
    model->counts.in_use = of[VIEW_IN_USE];
    for (size_t i = 0; i < model->beside_count; i++)
        model->counts.running += model->beside[i].run.is_running;
}

static void take_tally(struct making *making)
{
    const struct tally *tally = making->tally;
    struct model *model = &making->model;
    model->counts.expired = tally->expired;
    model->counts.released = tally->released;
    model->counts.entries = tally->expired + tally->released;
    for (size_t place = 0; place < tally->slot_count; place++) {
        model->slots[place].has_last = tally->lasts[place].is_known;
        model->slots[place].last_holder = tally->lasts[place].row;
    }
}

static void look_at_rows(struct making *making)
{
    struct model *model = &making->model;
    size_t entries = model->entry_count;
    take_tally(making);
    for (size_t row = making_next(making, 0); row < entries; row = making_next(making, row + 1))
        if (!(model->views[row] & ROW_OVER))
            making_set_view(making, row, take_entry(making, row));
    look_at_unheld(making);
    count_views(making);
}

/* ---- slots ---- */

static enum slot_view view_of_slot(const struct making *making, const struct slot *slot)
{
    if (slot->holder_count != 1)
        return slot->holder_count == 0 ? SLOT_FREE : SLOT_DOUBLE;
    const struct entry *holder = &making->registry->entries[slot->holder];
    if (slot->sharer_count > 0)
        return SLOT_SHARED;
    if (model_view(&making->model, slot->holder) == VIEW_GHOST)
        return SLOT_GHOST;
    if (entry_is_due(holder, making->sources->now_ms))
        return SLOT_OVERDUE;
    if (model_run(&making->model, slot->holder).is_running)
        return SLOT_RUNNING;
    return holder->state == STATE_ACTIVE ? SLOT_ACTIVE : SLOT_IDLE;
}

/* A holder that has no end is never expired; one that is due at any time was so long ago. */
static double frees_at_ms(const struct making *making, const struct slot *slot)
{
    const struct beat *beat = making->sources->beat;
    double long_ago_ms = (double)making->sources->now_ms - 2 * GC_INTERVAL_MS;
    if (!beat || slot->holder_count == 0 || isnan(slot->frees_at_ms))
        return NAN;
    return beat_expiry_ms(beat, fmax(slot->frees_at_ms, long_ago_ms));
}

static void count_slot(struct making *making, size_t place)
{
    struct model *model = &making->model;
    const struct slot *slot = &model->slots[place];
    if (slot->is_duplicate)
        return;
    model->counts.slots++;
    model->counts.held += slot->view != SLOT_FREE;
    if (!isnan(slot->frees_at_ms) &&
        (model->next_free_slot == SIZE_MAX ||
         slot->frees_at_ms < model->slots[model->next_free_slot].frees_at_ms))
        model->next_free_slot = place;
}

static void finish_slots(struct making *making)
{
    struct model *model = &making->model;
    for (size_t i = 0; i < model->slot_count; i++) {
        struct slot *slot = &model->slots[i];
        struct slot same = model->slots[making_place(making, slot->id)];
        same.label = slot->label;
        same.is_duplicate = slot->is_duplicate;
        same.has_last = same.has_last && same.holder_count == 0;
        same.frees_at_ms = frees_at_ms(making, &same);
        same.view = view_of_slot(making, &same);
        *slot = same;
        count_slot(making, i);
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
    for (size_t i = making_next(making, 0); model->fallback_count < model->counts.fallback;
         i = making_next(making, i + 1)) {
        enum session_view view = model_view(model, i);
        if (view == VIEW_EXPIRED || view == VIEW_RELEASED ||
            !is_our_fallback(making, &making->registry->entries[i]))
            continue;
        fallbacks[model->fallback_count++] = i;
        if (view == VIEW_FALLBACK && model->counts.free > 0) {
            making_set_view(making, i, VIEW_STRANDED);
            model->counts.stranded++;
        }
    }
    model->fallbacks = fallbacks;
    return 0;
}

int model_look(struct making *making)
{
    making->chats_are_complete =
        making->sources->chats && chats_are_complete(making->sources->chats);
    look_at_rows(making);
    finish_slots(making);
    return list_fallbacks(making);
}
