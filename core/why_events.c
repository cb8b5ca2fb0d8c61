#include "core/why_part.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

static struct str trace_id(const void *owner, size_t place)
{
    const struct inquiry *inquiry = owner;
    return inquiry->traces[place].session_id;
}

struct why_trace *inquiry_trace(const struct inquiry *inquiry, struct str session_id)
{
    struct string_source source = {trace_id, inquiry};
    size_t found = string_index_find(&inquiry->trace_index, source, session_id);
    return found == STRING_INDEX_NONE ? NULL : &inquiry->traces[found];
}

/* There is room for one trace an event. */
static struct why_trace *add_trace(struct inquiry *inquiry, struct str session_id)
{
    struct why_trace *trace = &inquiry->traces[inquiry->trace_count];
    *trace = (struct why_trace){
        .session_id = session_id,
        .place = WHY_NO_PLACE,
        .over_place = WHY_NO_PLACE,
        .since_ms = NAN,
        .used_ms = NAN,
        .freed_ms = NAN,
        .gone_by_ms = NAN,
        .over_ms = NAN,
    };
    string_index_put(&inquiry->trace_index, (struct string_source){trace_id, inquiry},
                     inquiry->trace_count++);
    return trace;
}

static bool is_later(const struct inquiry *inquiry, const struct history_event *event)
{
    return event->at_ms > inquiry->why->at_ms;
}

static void begin(struct why_trace *trace, size_t place, double since_ms, double used_ms)
{
    trace->place = place;
    trace->since_ms = since_ms;
    trace->used_ms = used_ms;
}

/* A hold ended; where it began was perhaps not seen, or it was another slot by then. */
static void end(struct inquiry *inquiry, struct why_trace *trace, size_t place, double at_ms)
{
    if (place != WHY_NO_PLACE && place != trace->place)
        begin(trace, place, NAN, NAN);
    if (trace->place == WHY_NO_PLACE)
        return;
    if (at_ms > inquiry->why->at_ms) {
        trace->freed_ms = at_ms;
        trace->is_closed = true;
        return;
    }
    inquiry->places[trace->place].seen_free_ms = at_ms;
    trace->over_place = trace->place;
    trace->over_ms = at_ms;
    begin(trace, WHY_NO_PLACE, NAN, NAN);
}

static void allocated(const struct inquiry *inquiry, struct why_trace *trace,
                      const struct history_event *event, size_t place)
{
    if (!is_later(inquiry, event)) {
        begin(trace, place, event->at_ms, event->at_ms);
        return;
    }
    trace->gone_by_ms = event->at_ms;
    trace->is_closed = true;
}

static void used(const struct inquiry *inquiry, struct why_trace *trace,
                 const struct history_event *event, size_t place)
{
    if (is_later(inquiry, event)) {
        trace->is_used_later = true;
        trace->is_running |= event->kind == EVENT_IDLED;
        return;
    }
    if (place != trace->place)
        begin(trace, place, NAN, NAN);
    trace->used_ms = event->at_ms;
}

static void changed(struct inquiry *inquiry, struct why_trace *trace,
                    const struct history_event *event, size_t place)
{
    bool is_live = event->to == STATE_ACTIVE || event->to == STATE_IDLE;
    if (is_live && place == trace->place)
        return;
    end(inquiry, trace, WHY_NO_PLACE, event->at_ms);
    if (is_live && !is_later(inquiry, event))
        begin(trace, place, event->at_ms, event->at_ms);
}

static void wiped(struct inquiry *inquiry, double at_ms)
{
    for (size_t i = 0; i < inquiry->trace_count; i++)
        if (!inquiry->traces[i].is_closed)
            end(inquiry, &inquiry->traces[i], WHY_NO_PLACE, at_ms);
}

static void tell(struct inquiry *inquiry, struct why_trace *trace,
                 const struct history_event *event)
{
    size_t place = inquiry_place(inquiry, event->agent_id);
    switch (event->kind) {
    case EVENT_ALLOCATED:
    case EVENT_FELL_BACK:
        allocated(inquiry, trace, event, place);
        break;
    case EVENT_USED:
    case EVENT_IDLED:
        used(inquiry, trace, event, place);
        break;
    case EVENT_EXPIRED:
    case EVENT_RELEASED:
    case EVENT_REMOVED:
        if (event->from == STATE_ACTIVE || event->from == STATE_IDLE)
            end(inquiry, trace, place, event->at_ms);
        break;
    case EVENT_CHANGED:
        changed(inquiry, trace, event, place);
        break;
    case EVENT_WIPED:
    case EVENT_TORN:
    case EVENT_MENDED:
        break;
    }
}

static void read_event(struct inquiry *inquiry, const struct history_event *event)
{
    if (isnan(event->at_ms))
        return;
    if (event->kind == EVENT_WIPED)
        wiped(inquiry, event->at_ms);
    if (!event->session_id.data)
        return;
    struct why_trace *trace = inquiry_trace(inquiry, event->session_id);
    if (!trace)
        trace = add_trace(inquiry, event->session_id);
    if (!trace->is_closed)
        tell(inquiry, trace, event);
}

int inquiry_read_events(struct inquiry *inquiry)
{
    const struct why_sources *sources = inquiry->sources;
    if (sources->event_count == 0 || isnan(inquiry->why->at_ms))
        return 0;
    struct string_source source = {trace_id, inquiry};
    inquiry->traces = calloc(sources->event_count, sizeof(*inquiry->traces));
    if (!inquiry->traces ||
        !string_index_reserve(&inquiry->trace_index, source, sources->event_count))
        return -ENOMEM;
    for (size_t i = 0; i < sources->event_count; i++)
        read_event(inquiry, &sources->events[i]);
    return 0;
}
