#include "core/findings_part.h"

#include <math.h>

bool entry_is_long_due(const struct entry *entry, int64_t now_ms)
{
    return entry_is_due(entry, now_ms - LONG_DUE_MS);
}

bool entry_is_ahead(const struct entry *entry, int64_t now_ms)
{
    return entry_is_live(entry) && entry->last_active_at_ms - (double)now_ms > CLOCK_AHEAD_MS;
}

const char *findings_oddity(const struct entry *entry)
{
    if (entry->is_odd && entry->odd->is_null)
        return "it is null, on which the server's allocate and GC fail";
    if (entry->shape != ENTRY_OBJECT)
        return "it is no object";
    if (entry->state == STATE_OTHER)
        return "the server does not know its state, so it holds no slot";
    if (!entry_is_live(entry))
        return NULL;
    if (!entry_chat_agent_id(entry).data)
        return "it has no chat agent";
    if (isnan(entry_expires_at_ms(entry)))
        return "its times are not numbers, so it never expires";
    return NULL;
}

static const struct entry *entry_at(const struct telling *telling, size_t row)
{
    return model_entry(telling->model, telling->making->registry, row);
}

/* Its traces were looked for, and nothing goes on by them or by what else tells of uses. */
static bool is_idle(struct telling *telling, size_t row)
{
    const struct model *model = telling->model;
    const struct beside *beside = model_beside(model, row);
    double now_ms = (double)telling->sources->now_ms;
    if (!beside || !beside->evidence || beside->run.is_running)
        return false;
    double used_ms = model_used_ms(model, telling->making->registry, row);
    if (isnan(used_ms) || now_ms - used_ms > FINDINGS_QUIET_MS)
        return true;
    making_note_age(telling->making, used_ms, FINDINGS_QUIET_MS);
    return false;
}

/* No workspace that there is has this agent. */
static bool is_of_gone_workspace(const struct telling *telling, const struct entry *entry)
{
    struct str agent = entry_workspace_agent_id(entry);
    if (!telling->sources->workspaces || !agent.data || str_equal(agent, telling->making->agent_id))
        return false;
    for (size_t i = 0; i < telling->agent_count; i++) {
        if (str_equal(agent, telling->agents[i].id))
            return false;
    }
    return true;
}

static void note_due(struct telling *telling, size_t row)
{
    const struct entry *entry = entry_at(telling, row);
    if (!entry_is_due(entry, telling->sources->now_ms))
        return;
    findings_note(telling, KIND_OVERDUE, row);
    if (!telling->is_down && entry_is_long_due(entry, telling->sources->now_ms))
        findings_note(telling, KIND_GC_STOPPED, row);
}

static void note_view(struct telling *telling, size_t row)
{
    enum session_view view = model_view(telling->model, row);
    bool is_gone = is_of_gone_workspace(telling, entry_at(telling, row));
    /* A pool that is empty is a finding of its own. */
    if (view == VIEW_ORPHAN && telling->model->slot_count > 0)
        findings_note(telling, KIND_ORPHAN, row);
    else if (is_gone)
        findings_note(telling, KIND_WORKSPACE_GONE, row);
    else if (view == VIEW_GHOST)
        findings_note(telling, KIND_GHOST, row);
}

static void note_live(struct telling *telling, size_t row)
{
    const struct entry *entry = entry_at(telling, row);
    const struct chat *chat = model_chat(telling->model, row);
    size_t place = making_place_of(telling->making, entry);
    note_due(telling, row);
    note_view(telling, row);
    if (entry_is_ahead(entry, telling->sources->now_ms))
        findings_note(telling, KIND_AHEAD, row);
    if (place == STRING_INDEX_NONE)
        return;
    if (telling->model->slots[place].view == SLOT_DOUBLE)
        findings_mark(telling, KIND_DOUBLE, row);
    if (chat && !chat->agent_id.data)
        findings_note(telling, KIND_LOST_PIN, row);
    if (entry->state == STATE_ACTIVE && model_view(telling->model, row) != VIEW_GHOST &&
        is_idle(telling, row))
        findings_note(telling, KIND_ACTIVE_WITHOUT_RUN, row);
}

/* What it uses is not its own any more. */
static void note_user(struct telling *telling, size_t row)
{
    struct model *model = telling->model;
    enum session_view view = model_view(model, row);
    if (view == VIEW_SHARED) {
        size_t place = making_place(telling->making, making_pin(telling->making, row));
        findings_note(telling, KIND_SHARED, row);
        findings_mark(telling, KIND_SHARED, model->slots[place].holder);
    } else if (view == VIEW_IN_USE && model_run(model, row).is_running) {
        findings_note(telling, KIND_RUNNING_EXPIRED, row);
    }
}

/* ---- expired entries that nobody takes away ---- */

double findings_growth_days(const struct telling *telling)
{
    double age_ms = (double)telling->sources->now_ms - telling->growth->oldest_ms;
    return floor(age_ms / FINDINGS_GROWTH_MS);
}

/* None of the rows is named. */
static void forget_growth(struct telling *telling)
{
    struct model *model = telling->model;
    for (size_t row = 0; telling->growth->count > 0 && row < model->entry_count; row++)
        model->views[row] &= (uint8_t) ~(unsigned)ROW_OUTLIVED;
}

/* One finding; its number of days and of entries grow with time alone. */
static void note_growth(struct telling *telling)
{
    const struct growth *growth = telling->growth;
    struct making *making = telling->making;
    if (growth->soon > 0 && growth->count + growth->soon >= FINDINGS_GROWTH_MIN)
        making_note_age(making, growth->soonest_ms, FINDINGS_GROWTH_MS);
    if (growth->count < FINDINGS_GROWTH_MIN) {
        forget_growth(telling);
        return;
    }
    making->marks_old = true;
    making_note_moment(
        making, ceil(growth->oldest_ms + (findings_growth_days(telling) + 1) * FINDINGS_GROWTH_MS));
    findings_note(telling, KIND_GROWTH, 0);
}

/* ---- all ---- */

/* A full pool, more than half of which nobody uses. */
static void note_hoard(struct telling *telling)
{
    const struct model *model = telling->model;
    size_t idle = 0;
    if (!model->knows_traces || model->counts.slots == 0 || model->counts.free > 0)
        return;
    for (size_t i = 0; i < model->slot_count; i++)
        idle += !model->slots[i].is_duplicate && is_idle(telling, model->slots[i].holder);
    for (size_t i = 0; i < model->slot_count && idle * 2 > model->counts.held; i++) {
        if (!model->slots[i].is_duplicate && is_idle(telling, model->slots[i].holder))
            findings_note(telling, KIND_HOARD, model->slots[i].holder);
    }
}

static void note_fallbacks(struct telling *telling)
{
    const struct model *model = telling->model;
    for (size_t i = 0; i < model->fallback_count; i++) {
        enum session_view view = model_view(model, model->fallbacks[i]);
        if (view == VIEW_STRANDED || view == VIEW_FALLBACK)
            findings_note(telling, view == VIEW_STRANDED ? KIND_STRANDED : KIND_FALLBACK,
                          model->fallbacks[i]);
    }
}

static void note_entry(struct telling *telling, size_t row)
{
    const struct entry *entry = entry_at(telling, row);
    if (entry->changes & CHANGE_REMOVED)
        return;
    if (findings_oddity(entry))
        findings_note(telling, KIND_ODD, row);
    if (telling->is_retired)
        return;
    if (entry_is_live(entry))
        note_live(telling, row);
    else
        note_user(telling, row);
}

void findings_note_sessions(struct telling *telling)
{
    const struct making *making = telling->making;
    size_t entries = telling->model->entry_count, rows = model_row_count(telling->model);
    for (size_t row = making_next(making, 0); row < entries; row = making_next(making, row + 1))
        note_entry(telling, row);
    if (telling->is_retired) {
        forget_growth(telling);
        return;
    }
    for (size_t row = entries; row < rows; row++)
        note_user(telling, row);
    note_fallbacks(telling);
    note_hoard(telling);
    note_growth(telling);
}
