/*
 * pressure.h - how hard the pool was pressed: when it was full last, how many chats fell back.
 *
 * From events that slotop saw (event.h), backwards from the model of now: what happened while
 * nobody looked is not in it. Pure.
 */
#ifndef SLOTOP_CORE_PRESSURE_H
#define SLOTOP_CORE_PRESSURE_H

#include "core/event.h"
#include "core/model.h"

struct pressure {
    double full_since_ms;    /* when every slot was held, last; NaN: that was not seen to begin */
    double full_until_ms;    /* NaN: it is so now, or was never seen */
    bool is_full;            /* now */
    size_t chats, fell_back; /* given a slot or the workspace agent since `since_ms`; the latter */
};

/*
 * `events`: of the history, oldest first; counts those from since_ms (epoch) on. An operator's own
 * undoing of an end is no chat. -ENOMEM, *ret_pressure untouched.
 */
int pressure_find(const struct model *model, const struct history_event *events, size_t count,
                  double since_ms, struct pressure *ret_pressure, struct error *error);

#endif
