/*
 * lanes.h - the pool over the last hour, a mark a minute: who used which slot when.
 *
 * From events that slotop saw, and where it saw nothing from the times in registry and session
 * indexes: when an entry was made, when it was last used, and when GC must have expired it. That
 * is inference; lanes.watched_from_ms tells from when on somebody looked. Pure.
 */
#ifndef SLOTOP_CORE_LANES_H
#define SLOTOP_CORE_LANES_H

#include "core/event.h"
#include "core/model.h"

enum { LANES_MINUTES = 60, LANES_FALLBACKS = 64 /* the first of them have a lane */ };

/* What happened in a minute; of several the later one wins. */
enum lane_mark {
    LANE_FREE,
    LANE_QUIET,    /* held, and no use of it is known */
    LANE_USED,     /* used: a message, a run that began or ended */
    LANE_FALLBACK, /* a session on the workspace agent */
    LANE_TWO,      /* two sessions had it at once, or one used what another held */
};

struct lane {
    uint8_t marks[LANES_MINUTES]; /* enum lane_mark; the last minute is that of end_ms */
};

struct lanes {
    struct lane *items; /* of the model's slots, then of its first fallbacks */
    size_t count;
    int64_t end_ms;          /* epoch, a whole minute: where the last one ends */
    int64_t watched_from_ms; /* what lies before it is inferred but for events */
};

struct lanes_sources {
    const struct model *model;
    const struct registry *registry;    /* of that model */
    const struct history_event *events; /* those after now_ms do not count */
    size_t event_count;
    struct beat beat;
    int64_t watched_from_ms;
    int64_t now_ms;
};

/* -ENOMEM, *ret_lanes untouched. */
int lanes_make(const struct lanes_sources *sources, struct lanes *ret_lanes, struct error *error);
void lanes_done(struct lanes *lanes);

#endif
