#include "tui/filter_part.h"

#include <math.h>

/* What only chats and traces tell. */
#define TRAITS_AROUND                                                                              \
    (TRAIT_RUNNING | TRAIT_VIEW(VIEW_RUNNING) | TRAIT_VIEW(VIEW_GHOST) | TRAIT_VIEW(VIEW_SHARED) | \
     TRAIT_VIEW(VIEW_IN_USE) | TRAIT_VIEW(VIEW_FORGOTTEN))

/* What a term is asked of. */
struct subject {
    const struct registry *registry;
    const struct model *model;
    const struct entry *entry;
    size_t row;
};

/* ---- text; the wanted one is in lower case ---- */

static bool begins(struct str text, struct str wanted)
{
    size_t at = 0;
    if (text.len < wanted.len)
        return false;
    while (at < wanted.len && filter_lower(text.data[at]) == wanted.data[at])
        at++;
    return at == wanted.len;
}

static bool contains(struct str text, struct str wanted)
{
    for (size_t at = 0; at + wanted.len <= text.len; at++)
        if (begins((struct str){text.data + at, text.len - at}, wanted))
            return true;
    return false;
}

/* ---- fields ---- */

/* The label of a slot is a part of its agent's id. */
static bool has_text(const struct subject *subject, struct str wanted)
{
    const struct entry *entry = subject->entry;
    struct str agent = entry_chat_agent_id(entry).data ? entry_chat_agent_id(entry) : STR("-");
    struct str view = str_of(session_view_name(model_view(subject->model, subject->row)));
    return contains(entry_session_id(entry), wanted) || contains(agent, wanted) ||
           contains(view, wanted) || contains(model_title(subject->model, subject->row), wanted);
}

static uint32_t traits_of(const struct subject *subject)
{
    const struct model *model = subject->model;
    const struct entry *entry = subject->entry;
    uint32_t traits = TRAIT_VIEW(model_view(model, subject->row));
    if (model_is_forgotten(model, subject->row))
        return traits;
    traits |= TRAIT_STATE(entry->shape == ENTRY_OBJECT ? entry->state : STATE_OTHER);
    if (!entry_is_live(entry))
        return traits;
    if (entry_is_due(entry, model->now_ms))
        traits |= TRAIT_OVERDUE;
    if (entry_is_fallback(entry))
        traits |= TRAIT_FALLBACK;
    if (model_run(model, subject->row).is_running)
        traits |= TRAIT_RUNNING;
    return traits;
}

/* The pool is looked at only where an id may be the one of the label. */
static bool is_on_slot(const struct subject *subject, struct str wanted)
{
    const struct model *model = subject->model;
    struct str agent = entry_chat_agent_id(subject->entry);
    if (!agent.data)
        return str_equal(wanted, STR("-"));
    if (agent.len <= wanted.len)
        return str_equal(agent, wanted);
    struct str end = {agent.data + agent.len - wanted.len, wanted.len};
    for (size_t i = 0; str_equal(end, wanted) && i < model->slot_count; i++)
        if (str_equal(model->slots[i].label, wanted) && str_equal(model->slots[i].id, agent))
            return true;
    return false;
}

/* "chat-slot-<agent>-…" of the workspace's agent. */
static bool is_slot_of(struct str slot, struct str agent)
{
    static const struct str prefix = {"chat-slot-", sizeof("chat-slot-") - 1};
    if (!str_starts(slot, prefix))
        return false;
    struct str rest = {slot.data + prefix.len, slot.len - prefix.len};
    return str_starts(rest, agent) && rest.len > agent.len && rest.data[agent.len] == '-';
}

/* By the name of the workspace or its agent's. A forgotten session has only its slot's. */
static bool is_of_workspace(const struct subject *subject, struct str wanted)
{
    const struct entry *entry = subject->entry;
    struct str agent = entry_workspace_agent_id(entry);
    if (agent.data)
        return str_equal(agent, wanted) || workspace_has_agent(wanted, agent);
    if (!model_is_forgotten(subject->model, subject->row))
        return false;
    return is_slot_of(entry_chat_agent_id(entry),
                      str_equal(wanted, STR("default")) ? STR("main") : wanted);
}

static bool has_value(const struct subject *subject, enum filter_field field, struct str wanted)
{
    switch (field) {
    case FILTER_TEXT:
        return has_text(subject, wanted);
    case FILTER_SLOT:
        return is_on_slot(subject, wanted);
    case FILTER_TITLE:
        return contains(model_title(subject->model, subject->row), wanted);
    case FILTER_ID:
        return begins(entry_session_id(subject->entry), wanted);
    case FILTER_WORKSPACE:
        return is_of_workspace(subject, wanted);
    case FILTER_FINDING:
        return model_has_finding(subject->model, subject->row, wanted);
    case FILTER_STATE:
    case FILTER_RUN:
    case FILTER_AGE:
    case FILTER_QUIET:
    case FILTER_LEFT:
    case FILTER_FIELDS:
        break;
    }
    return false;
}

/* The time that a field of times is about; NaN where there is none. */
static double span_of(const struct subject *subject, enum filter_field field)
{
    const struct entry *entry = subject->entry;
    double now_ms = (double)subject->model->now_ms;
    if (field == FILTER_AGE)
        return now_ms - entry->created_at_ms;
    if (field == FILTER_QUIET)
        return now_ms - model_used_ms(subject->model, subject->registry, subject->row);
    return entry_is_live(entry) ? entry_expires_at_ms(entry) - now_ms : NAN;
}

static bool holds(const struct filter_term *term, const struct subject *subject)
{
    if (term->field == FILTER_STATE)
        return (term->traits & traits_of(subject)) != 0;
    if (term->field == FILTER_RUN)
        return model_run(subject->model, subject->row).is_running == term->wants_run;
    if (term->field >= FILTER_AGE) {
        double ms = span_of(subject, term->field);
        return term->is_above ? ms > term->ms : ms < term->ms;
    }
    for (size_t i = 0; i < term->value_count; i++)
        if (has_value(subject, term->field, term->values[i]))
            return true;
    return false;
}

bool filter_matches(const struct filter *filter, const struct registry *registry,
                    const struct model *model, size_t row)
{
    struct subject subject = {registry, model, model_entry(model, registry, row), row};
    for (size_t i = 0; i < filter->count; i++)
        if (holds(&filter->terms[i], &subject) == filter->terms[i].is_negated)
            return false;
    return true;
}

bool filter_is_empty(const struct filter *filter)
{
    return filter->count == 0;
}

static bool needs_around(const struct filter_term *term)
{
    switch (term->field) {
    case FILTER_STATE:
        return (term->traits & TRAITS_AROUND) != 0;
    case FILTER_SLOT:
    case FILTER_ID:
    case FILTER_WORKSPACE:
    case FILTER_AGE:
    case FILTER_LEFT:
        return false;
    case FILTER_TEXT:
    case FILTER_TITLE:
    case FILTER_FINDING:
    case FILTER_RUN:
    case FILTER_QUIET:
    case FILTER_FIELDS:
        break;
    }
    return true;
}

bool filter_needs_around(const struct filter *filter)
{
    for (size_t i = 0; i < filter->count; i++)
        if (needs_around(&filter->terms[i]))
            return true;
    return false;
}

void filter_done(struct filter *filter)
{
    arena_done(&filter->arena);
    *filter = (struct filter){0};
}
