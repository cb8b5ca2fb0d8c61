#include "core/why_part.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SAME_TIME_MS = 1 }; /* a time that went through JSON may be off by less */

const char *holding_name(enum holding holding)
{
    static const char *const names[] = {
        [HOLDING_UNKNOWN] = "unknown", [HOLDING_BUSY] = "in use", [HOLDING_QUIET] = "quiet",
        [HOLDING_OVERDUE] = "overdue", [HOLDING_GHOST] = "ghost", [HOLDING_FREE] = "free",
    };
    return names[holding];
}

const char *why_cause_name(enum why_cause cause)
{
    static const char *const names[] = {
        [WHY_NO_FALLBACK] = "no-fallback", [WHY_BUSY] = "busy",     [WHY_HOARDED] = "hoarded",
        [WHY_OVERDUE] = "overdue",         [WHY_GHOSTS] = "ghosts", [WHY_ORPHANS] = "orphans",
        [WHY_NO_SLOTS] = "no-slots",       [WHY_CONFIG] = "config", [WHY_UNKNOWN] = "unknown",
    };
    return names[cause];
}

static struct str place_id(const void *owner, size_t place)
{
    const struct inquiry *inquiry = owner;
    return inquiry->sources->model->slots[inquiry->why->slots[place].slot].id;
}

size_t inquiry_place(const struct inquiry *inquiry, struct str agent_id)
{
    if (!agent_id.data)
        return WHY_NO_PLACE;
    size_t found = string_index_find(&inquiry->place_index,
                                     (struct string_source){place_id, inquiry}, agent_id);
    return found == STRING_INDEX_NONE ? WHY_NO_PLACE : found;
}

bool inquiry_lacks_chat(const struct inquiry *inquiry, struct str session_id)
{
    const struct chats *chats = inquiry->sources->chats;
    return chats && chats_are_complete(chats) && !chats_find(chats, session_id);
}

/* One slot and one place for each slot of the pool, nothing known of any. */
static int lay_out(struct inquiry *inquiry)
{
    const struct model *model = inquiry->sources->model;
    struct why *why = inquiry->why;
    struct string_source source = {place_id, inquiry};
    if (model->slot_count == 0)
        return 0;
    why->slots = arena_alloc(&why->arena, model->slot_count * sizeof(*why->slots));
    inquiry->places = calloc(model->slot_count, sizeof(*inquiry->places));
    if (!why->slots || !inquiry->places ||
        !string_index_reserve(&inquiry->place_index, source, model->slot_count))
        return -ENOMEM;
    for (size_t i = 0; i < model->slot_count; i++) {
        if (model->slots[i].is_duplicate)
            continue;
        size_t at = why->slot_count++;
        why->slots[at] = (struct why_slot){
            .slot = i, .since_ms = NAN, .used_ms = NAN, .freed_ms = NAN, .freed_by_ms = NAN};
        inquiry->places[at] =
            (struct why_place){.due_ms = NAN, .seen_free_ms = NAN, .taken_ms = NAN};
        string_index_put(&inquiry->place_index, source, at);
    }
    return 0;
}

/* A chat is indexed a moment after its entry is made. */
static bool is_ghost(const struct inquiry *inquiry, const struct why_slot *hold)
{
    double age_ms = (double)inquiry->sources->now_ms - hold->since_ms;
    return !(age_ms < MODEL_GHOST_MS) && inquiry_lacks_chat(inquiry, hold->session_id);
}

static enum holding judge(const struct inquiry *inquiry, size_t at)
{
    const struct why_place *place = &inquiry->places[at];
    const struct why_slot *hold = &inquiry->why->slots[at];
    double at_ms = inquiry->why->at_ms;
    bool is_busy = place->is_running || hold->used_ms >= at_ms - WHY_BUSY_MS;
    if (place->rank == RANK_NOBODY)
        return inquiry->why->is_seen && !isnan(place->seen_free_ms) ? HOLDING_FREE
                                                                    : HOLDING_UNKNOWN;
    if (!is_busy && is_ghost(inquiry, hold))
        return HOLDING_GHOST;
    if (place->due_ms < at_ms)
        return HOLDING_OVERDUE;
    return is_busy ? HOLDING_BUSY : HOLDING_QUIET;
}

/* By the latest time, for only that is certain. */
static size_t find_nearest(const struct why *why)
{
    size_t nearest = SIZE_MAX;
    for (size_t i = 0; i < why->slot_count; i++) {
        double freed_ms = why->slots[i].freed_by_ms;
        if (freed_ms >= why->at_ms &&
            (nearest == SIZE_MAX || freed_ms < why->slots[nearest].freed_by_ms))
            nearest = i;
    }
    return nearest;
}

static enum why_cause cause_of_holdings(const struct why *why)
{
    size_t counts[HOLDING_FREE + 1] = {0};
    for (size_t i = 0; i < why->slot_count; i++)
        counts[why->slots[i].holding]++;
    size_t known = why->slot_count - counts[HOLDING_UNKNOWN];
    if (counts[HOLDING_FREE] > 0)
        return WHY_UNKNOWN;
    if (counts[HOLDING_GHOST] > 0)
        return WHY_GHOSTS;
    if (counts[HOLDING_OVERDUE] > 0)
        return WHY_OVERDUE;
    if (known * 2 < why->slot_count)
        return WHY_UNKNOWN;
    return counts[HOLDING_QUIET] * 2 > known ? WHY_HOARDED : WHY_BUSY;
}

/* By the pool as it is now; that of then is not known. */
static enum why_cause find_cause(const struct inquiry *inquiry)
{
    if (inquiry->is_elsewhere)
        return WHY_UNKNOWN;
    switch (inquiry->sources->pool->state) {
    case CONFIG_NOT_STRICT:
    case CONFIG_UNREADABLE:
        return WHY_CONFIG;
    case CONFIG_ENTRY_INVALID: /* new sessions get no entry at all: it was another one then */
        return WHY_UNKNOWN;
    case CONFIG_OK:
    case CONFIG_MISSING:
    case CONFIG_NO_LIST:
        break;
    }
    return inquiry->why->slot_count == 0 ? WHY_NO_SLOTS : cause_of_holdings(inquiry->why);
}

static bool keep(struct why *why, struct str *text)
{
    if (!text->data)
        return true;
    *text = arena_copy(&why->arena, *text);
    return text->data != NULL;
}

/* What the sources lend is copied: an explanation outlives them. */
static int keep_ids(struct why *why)
{
    bool kept = keep(why, &why->session_id) && keep(why, &why->agent_id);
    for (size_t i = 0; kept && i < why->slot_count; i++)
        kept = keep(why, &why->slots[i].session_id);
    return kept ? 0 : -ENOMEM;
}

static int inquire(struct inquiry *inquiry, bool is_fallback)
{
    struct why *why = inquiry->why;
    int result = 0;
    inquiry->is_elsewhere =
        !str_equal(why->agent_id, buffer_str(&inquiry->sources->workspace->agent_id));
    if (is_fallback && !inquiry->is_elsewhere) {
        result = lay_out(inquiry);
        if (result == 0)
            result = inquiry_read_events(inquiry);
        if (result == 0)
            inquiry_find_holders(inquiry);
    }
    if (result == 0)
        result = keep_ids(why);
    if (result != 0)
        return result;
    for (size_t i = 0; i < why->slot_count; i++)
        why->slots[i].holding = judge(inquiry, i);
    why->nearest = find_nearest(why);
    why->cause = is_fallback ? find_cause(inquiry) : WHY_NO_FALLBACK;
    return inquiry_put_in_words(inquiry);
}

static int explain(const struct why_sources *sources, const struct why_subject *subject,
                   struct why *ret_why, struct error *error)
{
    struct why why = {
        .session_id = subject->session_id,
        .agent_id = subject->agent_id,
        .at_ms = subject->at_ms,
        .is_seen = subject->is_seen,
    };
    struct inquiry inquiry = {.sources = sources, .why = &why};
    int result = inquire(&inquiry, subject->is_fallback);
    free(inquiry.places);
    free(inquiry.traces);
    string_index_done(&inquiry.place_index);
    string_index_done(&inquiry.trace_index);
    if (result != 0) {
        why_done(&why);
        return error_no_memory(error, "explaining a fallback");
    }
    *ret_why = why;
    return 0;
}

void why_done(struct why *why)
{
    arena_done(&why->arena);
    *why = (struct why){0};
}

/* An entry on its workspace agent, in whatever state. */
static bool fell_back(const struct entry *entry)
{
    return entry->shape == ENTRY_OBJECT && entry_is_present(entry) &&
           entry_chat_agent_id(entry).data &&
           str_equal(entry_chat_agent_id(entry), entry_workspace_agent_id(entry));
}

static bool is_of_entry(const struct history_event *event, const struct entry *entry)
{
    return entry && fell_back(entry) &&
           (isnan(entry->created_at_ms) ||
            fabs(event->at_ms - entry->created_at_ms) <= SAME_TIME_MS);
}

/* The newest fallback of a session that was seen; NULL: none. */
static const struct history_event *last_seen(const struct why_sources *sources,
                                             struct str session_id)
{
    for (size_t i = sources->event_count; i-- > 0;) {
        const struct history_event *event = &sources->events[i];
        if (event->kind == EVENT_FELL_BACK && str_equal(event->session_id, session_id))
            return event;
    }
    return NULL;
}

static struct why_subject subject_of_event(const struct history_event *event)
{
    return (struct why_subject){event->session_id, event->agent_id, event->at_ms, true, true};
}

static struct why_subject subject_of_entry(const struct why_sources *sources,
                                           const struct entry *entry)
{
    const struct history_event *event = last_seen(sources, entry_session_id(entry));
    bool is_seen = event && is_of_entry(event, entry);
    double at_ms = is_seen && isnan(entry->created_at_ms) ? event->at_ms : entry->created_at_ms;
    return (struct why_subject){entry_session_id(entry), entry_chat_agent_id(entry), at_ms,
                                fell_back(entry), is_seen};
}

int why_explain(const struct why_sources *sources, struct str session_id, struct why *ret_why,
                struct error *error)
{
    const struct entry *entry = registry_get(&sources->document->registry, session_id);
    const struct history_event *event = last_seen(sources, session_id);
    struct why_subject subject;
    if (entry)
        subject = subject_of_entry(sources, entry);
    else if (event)
        subject = subject_of_event(event);
    else
        return error_set(error, ERROR_NOT_FOUND, ENOENT, "%.*s: no such session",
                         session_id.len > 200 ? 200 : (int)session_id.len,
                         session_id.data ? session_id.data : "");
    return explain(sources, &subject, ret_why, error);
}

struct subjects {
    struct why_subject *items;
    size_t count;
};

static void take_entries(const struct why_sources *sources, double since_ms,
                         struct subjects *subjects)
{
    const struct registry *registry = &sources->document->registry;
    struct str agent_id = buffer_str(&sources->workspace->agent_id);
    for (size_t i = 0; i < registry->count; i++) {
        const struct entry *entry = &registry->entries[i];
        if (entry->created_at_ms >= since_ms && fell_back(entry) &&
            str_equal(entry_chat_agent_id(entry), agent_id))
            subjects->items[subjects->count++] =
                (struct why_subject){entry_session_id(entry), entry_chat_agent_id(entry),
                                     entry->created_at_ms, true, false};
    }
}

static void take_events(const struct why_sources *sources, double since_ms,
                        struct subjects *subjects)
{
    struct str agent_id = buffer_str(&sources->workspace->agent_id);
    for (size_t i = 0; i < sources->event_count; i++) {
        const struct history_event *event = &sources->events[i];
        if (event->kind != EVENT_FELL_BACK || !(event->at_ms >= since_ms) ||
            !event->session_id.data || !str_equal(event->agent_id, agent_id))
            continue;
        if (!is_of_entry(event, registry_get(&sources->document->registry, event->session_id)))
            subjects->items[subjects->count++] = subject_of_event(event);
    }
}

static int newest_first(const void *left, const void *right)
{
    const struct why_subject *a = left, *b = right;
    if (a->at_ms != b->at_ms)
        return a->at_ms > b->at_ms ? -1 : 1;
    return str_compare(a->session_id, b->session_id);
}

/* A subject of an entry knows only now, for the few that are wanted, whether it was seen. */
static void complete(const struct why_sources *sources, struct why_subject *subject)
{
    if (!subject->is_seen)
        *subject = subject_of_entry(
            sources, registry_get(&sources->document->registry, subject->session_id));
}

static int explain_all(const struct why_sources *sources, const struct subjects *subjects,
                       struct why **ret_whys, struct error *error)
{
    struct why *whys = calloc(subjects->count, sizeof(*whys));
    if (!whys)
        return error_no_memory(error, "explaining fallbacks");
    for (size_t i = 0; i < subjects->count; i++) {
        complete(sources, &subjects->items[i]);
        int result = explain(sources, &subjects->items[i], &whys[i], error);
        if (result == 0)
            continue;
        while (i-- > 0)
            why_done(&whys[i]);
        free(whys);
        return result;
    }
    *ret_whys = whys;
    return 0;
}

int why_recent(const struct why_sources *sources, double since_ms, size_t most,
               struct why **ret_whys, size_t *ret_count, struct error *error)
{
    size_t room = sources->document->registry.count + sources->event_count;
    struct subjects subjects = {.items = calloc(room + 1, sizeof(*subjects.items))};
    if (!subjects.items)
        return error_no_memory(error, "looking for fallbacks");
    take_entries(sources, since_ms, &subjects);
    take_events(sources, since_ms, &subjects);
    qsort(subjects.items, subjects.count, sizeof(*subjects.items), newest_first);
    if (subjects.count > most)
        subjects.count = most;
    struct why *whys = NULL;
    int result = subjects.count > 0 ? explain_all(sources, &subjects, &whys, error) : 0;
    free(subjects.items);
    if (result != 0)
        return result;
    *ret_whys = whys;
    *ret_count = subjects.count;
    return 0;
}
