#include "core/lanes.h"

#include "core/gc.h"

#include <math.h>
#include <stdlib.h>

enum { MINUTE_MS = 60000 };

/* One session's hold on a slot. */
struct hold {
    size_t lane;
    double from_ms, to_ms;
    struct str session_id;
    bool is_end_inferred; /* another one may have had the slot before */
};

/* What is known of a minute while lanes are made. */
struct minute {
    double from_ms, to_ms; /* held; NaN: by nobody */
    struct str session_id; /* by the one that came first */
};

struct weaving {
    const struct lanes_sources *sources;
    struct lanes lanes;
    struct minute *minutes; /* LANES_MINUTES of each lane */
    double start_ms;
};

static void mark(struct weaving *weaving, size_t lane, int minute, enum lane_mark wanted)
{
    uint8_t *there = &weaving->lanes.items[lane].marks[minute];
    if (*there < wanted)
        *there = (uint8_t)wanted;
}

static int minute_of(const struct weaving *weaving, double at_ms)
{
    return (int)floor((at_ms - weaving->start_ms) / MINUTE_MS);
}

static bool is_within(const struct weaving *weaving, double at_ms)
{
    return at_ms >= weaving->start_ms && at_ms < (double)weaving->lanes.end_ms;
}

/* A hold within one minute; beside another one that goes on it makes two users. */
static void hold_minute(struct weaving *weaving, const struct hold *hold, int at)
{
    struct minute *minute = &weaving->minutes[hold->lane * LANES_MINUTES + (size_t)at];
    double begin_ms = weaving->start_ms + (double)at * MINUTE_MS;
    double from_ms = fmax(hold->from_ms, begin_ms);
    double to_ms = fmin(hold->to_ms, begin_ms + MINUTE_MS);
    bool is_beside = from_ms < minute->to_ms && to_ms > minute->from_ms &&
                     !str_equal(hold->session_id, minute->session_id);
    if (is_beside && hold->is_end_inferred)
        return;
    mark(weaving, hold->lane, at, is_beside ? LANE_TWO : LANE_QUIET);
    if (isnan(minute->from_ms))
        minute->session_id = hold->session_id;
    minute->from_ms = fmin(from_ms, minute->from_ms);
    minute->to_ms = fmax(to_ms, minute->to_ms);
}

static void add_hold(struct weaving *weaving, const struct hold *hold)
{
    double end_ms = (double)weaving->lanes.end_ms;
    double from_ms = fmax(hold->from_ms, weaving->start_ms);
    double to_ms = fmin(hold->to_ms, end_ms);
    if (!(from_ms < to_ms))
        return;
    int last = minute_of(weaving, to_ms - 1);
    for (int at = minute_of(weaving, from_ms); at <= last; at++)
        hold_minute(weaving, hold, at);
}

static void add_use(struct weaving *weaving, size_t lane, double at_ms)
{
    if (lane != SIZE_MAX && is_within(weaving, at_ms))
        mark(weaving, lane, minute_of(weaving, at_ms), LANE_USED);
}

static bool ends_hold(const struct history_event *event)
{
    bool was_live = event->from == STATE_ACTIVE || event->from == STATE_IDLE;
    bool is_live = event->to == STATE_ACTIVE || event->to == STATE_IDLE;
    return was_live && !is_live;
}

/* Whether two events tell of one session. */
static bool is_of(const struct history_event *event, struct str session_id)
{
    return event->session_id.data && str_equal(event->session_id, session_id);
}

/* When a hold began that ended with the event at `place`. */
static double begin_of(const struct weaving *weaving, size_t place)
{
    const struct lanes_sources *sources = weaving->sources;
    struct str session_id = sources->events[place].session_id;
    for (size_t i = place; i > 0; i--) {
        const struct history_event *event = &sources->events[i - 1];
        bool began = event->kind == EVENT_ALLOCATED || event->kind == EVENT_FELL_BACK;
        if (began && is_of(event, session_id))
            return event->at_ms;
    }
    size_t row = model_find_row(sources->model, sources->registry, session_id);
    double made_ms =
        row == SIZE_MAX ? NAN : model_entry(sources->model, sources->registry, row)->created_at_ms;
    return made_ms < sources->events[place].at_ms ? made_ms : weaving->start_ms;
}

static void weave_events(struct weaving *weaving)
{
    const struct lanes_sources *sources = weaving->sources;
    for (size_t i = 0; i < sources->event_count; i++) {
        const struct history_event *event = &sources->events[i];
        if (!is_within(weaving, event->at_ms) || event->at_ms > (double)sources->now_ms)
            continue;
        size_t lane = model_slot_place(weaving->sources->model, event->agent_id);
        if (lane == SIZE_MAX)
            continue;
        if (ends_hold(event))
            add_hold(weaving, &(struct hold){lane, begin_of(weaving, i), event->at_ms,
                                             event->session_id, false});
        else if (event->by != BY_OPERATOR)
            add_use(weaving, lane, event->at_ms);
    }
}

/* When somebody saw the hold of a session end; NaN: nobody did. */
static double seen_end(const struct weaving *weaving, struct str session_id)
{
    const struct lanes_sources *sources = weaving->sources;
    for (size_t i = sources->event_count; i > 0; i--) {
        const struct history_event *event = &sources->events[i - 1];
        if (ends_hold(event) && is_of(event, session_id))
            return event->at_ms;
    }
    return NAN;
}

/* Where nobody saw it end, the GC pass that must have ended it. */
static void weave_ended(struct weaving *weaving, const struct entry *entry, size_t lane)
{
    double due_ms = entry->last_active_at_ms + entry_idle_ttl_ms(entry);
    add_use(weaving, lane, entry->created_at_ms);
    add_use(weaving, lane, entry->last_active_at_ms);
    if (!isnan(seen_end(weaving, entry_session_id(entry))))
        return; /* told by that event */
    double pass_ms = beat_expiry_ms(&weaving->sources->beat, due_ms);
    double end_ms =
        fmin(isnan(pass_ms) ? due_ms + GC_INTERVAL_MS : pass_ms, (double)weaving->sources->now_ms);
    add_hold(weaving,
             &(struct hold){lane, entry->created_at_ms, end_ms, entry_session_id(entry), true});
}

/* Somebody else held the slot then. */
static bool is_others(const struct weaving *weaving, size_t lane, double at_ms,
                      struct str session_id)
{
    size_t at = (size_t)minute_of(weaving, at_ms);
    const struct minute *minute = &weaving->minutes[lane * LANES_MINUTES + at];
    return at_ms >= minute->from_ms && at_ms <= minute->to_ms &&
           !str_equal(minute->session_id, session_id);
}

/* What a chat does after its hold ended, another one may hold the slot. */
static void weave_chat(struct weaving *weaving, size_t row, const struct entry *entry)
{
    const struct model *model = weaving->sources->model;
    const struct chat *chat = model_chat(model, row);
    double times[] = {chat->updated_ms,
                      model_run(model, row).is_running ? (double)weaving->sources->now_ms : NAN};
    size_t pinned = model_slot_place(weaving->sources->model, chat->agent_id);
    size_t held = model_slot_place(weaving->sources->model, entry_chat_agent_id(entry));
    size_t lane = entry_is_live(entry) || pinned == SIZE_MAX ? held : pinned;
    for (size_t i = 0; lane != SIZE_MAX && i < sizeof(times) / sizeof(times[0]); i++) {
        if (!is_within(weaving, times[i]))
            continue;
        bool is_two = is_others(weaving, lane, times[i], entry_session_id(entry));
        mark(weaving, lane, minute_of(weaving, times[i]), is_two ? LANE_TWO : LANE_USED);
    }
}

static void weave_live(struct weaving *weaving, const struct entry *entry, size_t lane)
{
    double now_ms = (double)weaving->sources->now_ms;
    double from_ms = isnan(entry->created_at_ms) ? entry->last_active_at_ms : entry->created_at_ms;
    add_hold(weaving, &(struct hold){lane, from_ms, now_ms, entry_session_id(entry), false});
    add_use(weaving, lane, entry->created_at_ms);
    add_use(weaving, lane, entry->last_active_at_ms);
}

/* All that are live, or all others that may have held a slot within the hour. */
static void weave_entries(struct weaving *weaving, bool live)
{
    const struct registry *registry = weaving->sources->registry;
    for (size_t i = 0; i < registry->count; i++) {
        const struct entry *entry = &registry->entries[i];
        double due_ms = entry->last_active_at_ms + entry_idle_ttl_ms(entry);
        if (entry_is_live(entry) != live ||
            (!live && !(due_ms > weaving->start_ms - 2 * GC_INTERVAL_MS)))
            continue;
        size_t lane = model_slot_place(weaving->sources->model, entry_chat_agent_id(entry));
        if (lane != SIZE_MAX && live)
            weave_live(weaving, entry, lane);
        else if (lane != SIZE_MAX)
            weave_ended(weaving, entry, lane);
    }
}

/* After all holds are known: who used what another one held? */
static void weave_chats(struct weaving *weaving)
{
    const struct model *model = weaving->sources->model;
    size_t count = model->knows_chats ? model_row_count(model) : 0;
    for (size_t row = 0; row < count; row++) {
        if (model_chat(model, row))
            weave_chat(weaving, row, model_entry(model, weaving->sources->registry, row));
    }
}

static void weave_fallbacks(struct weaving *weaving)
{
    const struct model *model = weaving->sources->model;
    for (size_t lane = model->slot_count; lane < weaving->lanes.count; lane++) {
        size_t row = model->fallbacks[lane - model->slot_count];
        double from_ms = weaving->sources->registry->entries[row].created_at_ms;
        double now_ms = (double)weaving->sources->now_ms;
        int first = from_ms > weaving->start_ms ? minute_of(weaving, from_ms) : 0;
        for (int at = first; at <= minute_of(weaving, now_ms) && at < LANES_MINUTES; at++)
            mark(weaving, lane, at, LANE_FALLBACK);
    }
}

static bool make_room(struct weaving *weaving)
{
    const struct model *model = weaving->sources->model;
    size_t fallbacks =
        model->fallback_count < LANES_FALLBACKS ? model->fallback_count : LANES_FALLBACKS;
    size_t count = model->slot_count + fallbacks;
    weaving->lanes.items = calloc(count + 1, sizeof(*weaving->lanes.items));
    weaving->minutes = calloc((count + 1) * LANES_MINUTES, sizeof(*weaving->minutes));
    if (!weaving->lanes.items || !weaving->minutes)
        return false;
    for (size_t i = 0; i < count * LANES_MINUTES; i++)
        weaving->minutes[i] = (struct minute){.from_ms = NAN, .to_ms = NAN};
    weaving->lanes.count = count;
    return true;
}

int lanes_make(const struct lanes_sources *sources, struct lanes *ret_lanes, struct error *error)
{
    struct weaving weaving = {.sources = sources};
    bool has_room = make_room(&weaving);
    weaving.lanes.end_ms = (sources->now_ms / MINUTE_MS + 1) * MINUTE_MS;
    weaving.lanes.watched_from_ms = sources->watched_from_ms;
    weaving.start_ms = (double)(weaving.lanes.end_ms - LANES_MINUTES * MINUTE_MS);
    if (has_room) {
        weave_events(&weaving);
        weave_entries(&weaving, true);
        weave_entries(&weaving, false);
        weave_chats(&weaving);
        weave_fallbacks(&weaving);
    }
    free(weaving.minutes);
    if (!has_room) {
        free(weaving.lanes.items);
        return error_no_memory(error, "drawing the pool over the last hour");
    }
    *ret_lanes = weaving.lanes;
    return 0;
}

void lanes_done(struct lanes *lanes)
{
    free(lanes->items);
    *lanes = (struct lanes){0};
}
