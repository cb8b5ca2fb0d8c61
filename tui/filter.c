#include "tui/filter_part.h"

#include <math.h>
#include <string.h>

/* What only chats and traces tell. */
#define TRAITS_AROUND                                                                              \
    (TRAIT_RUNNING | TRAIT_VIEW(VIEW_RUNNING) | TRAIT_VIEW(VIEW_GHOST) | TRAIT_VIEW(VIEW_SHARED) | \
     TRAIT_VIEW(VIEW_IN_USE) | TRAIT_VIEW(VIEW_FORGOTTEN))

_Static_assert(FILTER_TERMS_MAX <= 32, "a bit for each term");
_Static_assert((int)VIEW_FORGOTTEN < (int)FILTER_VIEWS, "a place for each view");

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

#define EACH_BYTE UINT64_C(0x0101010101010101)

/* Where a byte stands among eight, whatever its case: the highest bit of these bytes,
 * counted from the lowest address. */
static uint64_t find_byte(const char *bytes, char wanted)
{
    uint64_t word;
    uint64_t fold = wanted >= 'a' && wanted <= 'z' ? EACH_BYTE * 0x20 : 0;
    memcpy(&word, bytes, sizeof(word));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    uint64_t differs = (word | fold) ^ EACH_BYTE * (unsigned char)wanted;
    uint64_t low = EACH_BYTE * 0x7f;
    return ~(((differs & low) + low) | differs | low);
}

/* Eight places a step: a million ids are looked through for every letter that is typed. */
static bool contains(struct str text, struct str wanted)
{
    enum { STEP = sizeof(uint64_t), BYTE_BITS = 8 };
    size_t at = 0;
    if (wanted.len == 0 || text.len < wanted.len)
        return wanted.len == 0;
    for (; at + STEP <= text.len; at += STEP) {
        uint64_t found = find_byte(text.data + at, wanted.data[0]);
        if (wanted.len > 1 && at + STEP < text.len)
            found &= find_byte(text.data + at + 1, wanted.data[1]);
        for (; found; found &= found - 1) {
            size_t place = at + (size_t)__builtin_ctzll(found) / BYTE_BITS;
            if (begins((struct str){text.data + place, text.len - place}, wanted))
                return true;
        }
    }
    for (; at + wanted.len <= text.len; at++)
        if (begins((struct str){text.data + at, text.len - at}, wanted))
            return true;
    return false;
}

/* ---- fields ---- */

/* The label of a slot is a part of its agent's id. */
static bool has_agent(const struct subject *subject, struct str wanted)
{
    struct str agent = entry_chat_agent_id(subject->entry);
    return contains(agent.data ? agent : STR("-"), wanted);
}

/* What neither agent nor view decide. */
static bool has_text(const struct subject *subject, struct str wanted)
{
    return contains(entry_session_id(subject->entry), wanted) ||
           contains(model_title(subject->model, subject->row), wanted);
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

/* As far as the row's agents do not decide it. */
static bool has_value(const struct subject *subject, enum filter_field field, struct str wanted)
{
    switch (field) {
    case FILTER_TEXT:
        return has_text(subject, wanted);
    case FILTER_TITLE:
        return contains(model_title(subject->model, subject->row), wanted);
    case FILTER_ID:
        return begins(entry_session_id(subject->entry), wanted);
    case FILTER_FINDING:
        return model_has_finding(subject->model, subject->row, wanted);
    case FILTER_SLOT:
    case FILTER_WORKSPACE:
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

/* Whether its agents are as a term wants them. */
static bool decides(const struct subject *subject, const struct filter_term *term)
{
    bool is = false;
    for (size_t i = 0; i < term->value_count && !is; i++) {
        if (term->field == FILTER_TEXT)
            is = has_agent(subject, term->values[i]);
        else if (term->field == FILTER_SLOT)
            is = is_on_slot(subject, term->values[i]);
        else if (term->field == FILTER_WORKSPACE)
            is = is_of_workspace(subject, term->values[i]);
    }
    return is;
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

/* `is_decided`: by view or agents. */
static bool holds(const struct filter_term *term, const struct subject *subject, bool is_decided)
{
    if (term->field == FILTER_STATE)
        return (term->traits & traits_of(subject)) != 0;
    if (term->field == FILTER_RUN)
        return model_run(subject->model, subject->row).is_running == term->wants_run;
    if (term->field >= FILTER_AGE) {
        double ms = span_of(subject, term->field);
        return term->is_above ? ms > term->ms : ms < term->ms;
    }
    for (size_t i = 0; i < term->value_count && !is_decided; i++)
        is_decided = has_value(subject, term->field, term->values[i]);
    return is_decided;
}

struct filter_scan filter_scan_begin(const struct filter *filter, const struct registry *registry,
                                     const struct model *model)
{
    struct filter_scan scan = {.filter = filter, .registry = registry, .model = model};
    for (size_t i = 0; i < filter->count; i++) {
        const struct filter_term *term = &filter->terms[i];
        for (size_t k = 0; term->field == FILTER_TEXT && k < term->value_count; k++)
            for (enum session_view view = VIEW_ACTIVE; view <= VIEW_FORGOTTEN; view++)
                if (contains(str_of(session_view_name(view)), term->values[k]))
                    scan.by_view[view] |= UINT32_C(1) << i;
    }
    return scan;
}

/* Few agents are shared by all rows. */
static uint32_t by_agent(struct filter_scan *scan, const struct subject *subject)
{
    enum { MEMO_BITS = 6 };
    _Static_assert(1 << MEMO_BITS == FILTER_MEMOS, "the bits of a place");
    const uint64_t golden = UINT64_C(0x9E3779B97F4A7C15);
    const struct entry_terms *terms = subject->entry->terms;
    size_t at = (size_t)((uintptr_t)terms * golden >> (64 - MEMO_BITS));
    if (scan->memos[at].is_known && scan->memos[at].terms == terms)
        return scan->memos[at].by_agent;
    uint32_t bits = 0;
    for (size_t i = 0; i < scan->filter->count; i++)
        bits |= (uint32_t)decides(subject, &scan->filter->terms[i]) << i;
    scan->memos[at].terms = terms;
    scan->memos[at].by_agent = bits;
    scan->memos[at].is_known = true;
    return bits;
}

bool filter_scan_matches(struct filter_scan *scan, size_t row)
{
    struct subject subject = {scan->registry, scan->model,
                              model_entry(scan->model, scan->registry, row), row};
    if (scan->filter->count == 0)
        return true;
    uint32_t decided = scan->by_view[model_view(scan->model, row)] | by_agent(scan, &subject);
    for (size_t i = 0; i < scan->filter->count; i++) {
        const struct filter_term *term = &scan->filter->terms[i];
        if (holds(term, &subject, decided >> i & 1) == term->is_negated)
            return false;
    }
    return true;
}

bool filter_matches(const struct filter *filter, const struct registry *registry,
                    const struct model *model, size_t row)
{
    struct filter_scan scan = filter_scan_begin(filter, registry, model);
    return filter_scan_matches(&scan, row);
}

bool filter_is_empty(const struct filter *filter)
{
    return filter->count == 0;
}

bool filter_tells_of_time(const struct filter *filter)
{
    for (size_t i = 0; i < filter->count; i++)
        if (filter->terms[i].field >= FILTER_AGE)
            return true;
    return false;
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
