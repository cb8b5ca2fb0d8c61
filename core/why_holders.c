#include "core/why_part.h"

#include "core/gc.h"

#include <math.h>

/* Further back than this, the server may have begun anew since: its beat was another one. */
#define SAME_BEAT_MS 86400000.0

/* One who may have held a slot, as it will stand in the answer. */
struct candidate {
    size_t place;
    enum why_rank rank;
    double due_ms;
    bool is_running;
    struct why_slot hold;
};

static bool has_seen_end(const struct candidate *candidate)
{
    return candidate->hold.is_freed_seen;
}

/* Of equals the one who came later: the server gives a slot only when it is free. */
static bool is_better(const struct candidate *candidate, const struct why_place *place,
                      const struct why_slot *known)
{
    if (candidate->rank != place->rank)
        return candidate->rank > place->rank;
    return isnan(known->since_ms) || candidate->hold.since_ms >= known->since_ms;
}

static void consider(struct inquiry *inquiry, const struct candidate *candidate)
{
    struct why_place *place = &inquiry->places[candidate->place];
    struct why_slot *known = &inquiry->why->slots[candidate->place];
    if (!is_better(candidate, place, known))
        return;
    size_t slot = known->slot;
    *known = candidate->hold;
    known->slot = slot;
    place->rank = candidate->rank;
    place->due_ms = candidate->due_ms;
    place->is_running = candidate->is_running;
}

/* The GC pass that expires what is due then; NaN where the beat of that time is not known. */
static double pass_after(const struct beat *beat, double due_ms)
{
    double known_ms = beat->source == BEAT_SEEN ? SAME_BEAT_MS : GC_INTERVAL_MS;
    return due_ms >= beat->pass_ms - known_ms ? beat_expiry_ms(beat, due_ms) : NAN;
}

/* When a hold that nobody saw end can have ended: by GC, if nobody else was earlier. */
static void infer_end(const struct inquiry *inquiry, const struct entry *entry,
                      struct candidate *candidate)
{
    const struct beat *beat = &inquiry->sources->beat;
    struct why_slot *hold = &candidate->hold;
    double due_ms = entry->last_active_at_ms + entry_idle_ttl_ms(entry);
    hold->freed_ms = inquiry->why->at_ms;
    hold->freed_by_ms = INFINITY;
    if (!isfinite(due_ms))
        return;
    due_ms = fmax(due_ms, hold->since_ms);
    double pass_ms = pass_after(beat, due_ms);
    hold->freed_by_ms = isnan(pass_ms) ? due_ms + GC_INTERVAL_MS : pass_ms;
    /* A server that had just begun makes its first pass late. */
    if (isnan(pass_ms) && beat->source == BEAT_FROM_START &&
        inquiry->why->at_ms >= beat->pass_ms - GC_INTERVAL_MS)
        hold->freed_by_ms = fmax(hold->freed_by_ms, beat->pass_ms);
    if (entry->state == STATE_EXPIRED)
        hold->freed_ms = isnan(pass_ms) ? due_ms : pass_ms;
}

static bool is_over(const struct why_trace *trace, size_t place, double since_ms)
{
    return trace && trace->over_place == place && !(since_ms > trace->over_ms);
}

/* Adds what was seen of the hold that an entry tells of; its beginning perhaps was not. */
static void add_trace(struct why_trace *trace, struct candidate *candidate)
{
    struct why_slot *hold = &candidate->hold;
    if (trace->place != candidate->place && trace->place != WHY_NO_PLACE)
        return;
    hold->is_used_later |= trace->is_used_later;
    candidate->is_running = trace->is_running;
    if (trace->place == WHY_NO_PLACE)
        return;
    trace->is_in_entry = true;
    hold->since_ms = fmax(hold->since_ms, trace->since_ms);
    hold->used_ms = fmax(hold->used_ms, trace->used_ms);
    if (isnan(trace->freed_ms))
        return;
    hold->freed_ms = hold->freed_by_ms = trace->freed_ms;
    hold->is_freed_seen = true;
    hold->holds_still = false;
}

static void rank_entry(const struct inquiry *inquiry, struct candidate *candidate)
{
    const struct why_slot *hold = &candidate->hold;
    double at_ms = inquiry->why->at_ms;
    if (!hold->holds_still && !has_seen_end(candidate) &&
        hold->freed_by_ms + HISTORY_GC_SLACK_MS < at_ms)
        return;
    bool is_sure = hold->holds_still || has_seen_end(candidate) || hold->freed_ms > at_ms;
    candidate->rank = is_sure && !isnan(hold->since_ms) ? RANK_SURE : RANK_PERHAPS;
}

static void consider_entry(struct inquiry *inquiry, const struct entry *entry, size_t place)
{
    double at_ms = inquiry->why->at_ms;
    struct why_trace *trace = inquiry_trace(inquiry, entry_session_id(entry));
    bool is_used_later = entry->last_active_at_ms > at_ms;
    struct candidate candidate = {
        .place = place,
        .due_ms = is_used_later ? NAN : entry->last_active_at_ms + entry_idle_ttl_ms(entry),
        .hold =
            {
                .session_id = entry_session_id(entry),
                .since_ms = entry->created_at_ms,
                .used_ms =
                    fmax(entry->created_at_ms, is_used_later ? NAN : entry->last_active_at_ms),
                .freed_ms = NAN,
                .freed_by_ms = NAN,
                .is_used_later = is_used_later,
                .holds_still = entry_is_live(entry),
            },
    };
    if (is_over(trace, place, entry->created_at_ms))
        return;
    if (!candidate.hold.holds_still)
        infer_end(inquiry, entry, &candidate);
    if (trace)
        add_trace(trace, &candidate);
    rank_entry(inquiry, &candidate);
    if (candidate.rank != RANK_NOBODY)
        consider(inquiry, &candidate);
}

/* The entry got its slot after the fallback: so it was free by then. What was seen of the session
 * may be of this hold alone. */
static void note_later(struct inquiry *inquiry, const struct entry *entry, size_t place)
{
    struct why_place *there = &inquiry->places[place];
    struct why_trace *trace = inquiry_trace(inquiry, entry_session_id(entry));
    there->taken_ms = fmin(there->taken_ms, entry->created_at_ms);
    if (trace && isnan(trace->since_ms) && entry->created_at_ms <= trace->freed_ms)
        trace->place = WHY_NO_PLACE;
}

static bool held_by_its_state(const struct entry *entry)
{
    return entry->shape == ENTRY_OBJECT && entry_is_present(entry) && entry->state != STATE_OTHER;
}

static void read_entries(struct inquiry *inquiry)
{
    const struct registry *registry = &inquiry->sources->document->registry;
    double at_ms = inquiry->why->at_ms;
    for (size_t i = 0; i < registry->count; i++) {
        const struct entry *entry = &registry->entries[i];
        if (!held_by_its_state(entry))
            continue;
        size_t place = inquiry_place(inquiry, entry_chat_agent_id(entry));
        if (place == WHY_NO_PLACE)
            continue;
        if (entry_is_live(entry)) {
            inquiry->places[place].is_held_now = true;
            inquiry->is_due_now |= entry_is_due(entry, inquiry->sources->now_ms);
        }
        if (entry->created_at_ms > at_ms)
            note_later(inquiry, entry, place);
        else if (!isnan(at_ms))
            consider_entry(inquiry, entry, place);
    }
}

/* What was seen of a hold that no entry tells of any more. */
static void consider_trace(struct inquiry *inquiry, const struct why_trace *trace)
{
    double at_ms = inquiry->why->at_ms;
    bool has_end = !isnan(trace->freed_ms);
    double latest_ms =
        fmin(trace->gone_by_ms, trace->used_ms + REGISTRY_DEFAULT_TTL_MS + GC_INTERVAL_MS);
    if (!has_end && latest_ms < at_ms)
        return;
    struct candidate candidate = {
        .place = trace->place,
        .rank = isnan(trace->since_ms) ? RANK_PERHAPS : RANK_SURE,
        .due_ms = NAN,
        .is_running = trace->is_running,
        .hold =
            {
                .session_id = trace->session_id,
                .since_ms = trace->since_ms,
                .used_ms = trace->used_ms,
                .freed_ms = has_end ? trace->freed_ms : at_ms,
                .freed_by_ms = has_end ? trace->freed_ms : fmin(trace->gone_by_ms, INFINITY),
                .is_freed_seen = has_end,
                .is_used_later = trace->is_used_later,
            },
    };
    consider(inquiry, &candidate);
}

/* An end that was inferred lies between the fallback and what was there next. */
static void bound_end(const struct inquiry *inquiry, const struct why_place *place,
                      struct why_slot *hold)
{
    double limit_ms = fmin(place->taken_ms, (double)inquiry->sources->now_ms);
    double at_ms = inquiry->why->at_ms;
    if (hold->freed_by_ms == INFINITY && isnan(place->taken_ms)) {
        hold->freed_ms = hold->freed_by_ms = NAN; /* at any time since: that says nothing */
        return;
    }
    if (hold->freed_ms > limit_ms + HISTORY_GC_SLACK_MS)
        hold->freed_ms = at_ms; /* not GC: somebody was earlier */
    hold->freed_by_ms = fmax(fmin(hold->freed_by_ms, limit_ms), at_ms);
    hold->freed_ms = fmin(fmax(hold->freed_ms, at_ms), hold->freed_by_ms);
}

static void add_use(const struct inquiry *inquiry, double use_ms, struct why_slot *hold)
{
    if (use_ms > inquiry->why->at_ms)
        hold->is_used_later = true;
    else
        hold->used_ms = fmax(hold->used_ms, use_ms);
}

static void add_chat(const struct inquiry *inquiry, struct why_slot *hold)
{
    const struct chats *chats = inquiry->sources->chats;
    const struct chat *chat = chats ? chats_find(chats, hold->session_id) : NULL;
    if (!chat)
        return;
    add_use(inquiry, chat->created_ms, hold);
    add_use(inquiry, chat->updated_ms, hold);
    add_use(inquiry, chat->last_active_ms, hold);
}

void inquiry_find_holders(struct inquiry *inquiry)
{
    struct why *why = inquiry->why;
    read_entries(inquiry);
    for (size_t i = 0; i < inquiry->trace_count; i++) {
        const struct why_trace *trace = &inquiry->traces[i];
        bool is_itself = str_equal(trace->session_id, why->session_id); /* it had let go by then */
        if (trace->place != WHY_NO_PLACE && !trace->is_in_entry && !is_itself)
            consider_trace(inquiry, trace);
    }
    for (size_t i = 0; i < why->slot_count; i++) {
        struct why_slot *hold = &why->slots[i];
        if (inquiry->places[i].rank == RANK_NOBODY)
            continue;
        if (!hold->holds_still && !hold->is_freed_seen)
            bound_end(inquiry, &inquiry->places[i], hold);
        add_chat(inquiry, hold);
    }
}
