#include "core/pressure.h"

#include <math.h>
#include <stdlib.h>

/* The pool while time runs backwards. */
struct rewind {
    const struct model *model;
    size_t *holders; /* of each slot */
    size_t held;
};

static bool was_live(const struct history_event *event)
{
    return event->from == STATE_ACTIVE || event->from == STATE_IDLE;
}

static bool is_live(const struct history_event *event)
{
    return event->to == STATE_ACTIVE || event->to == STATE_IDLE;
}

/* As it was before the event. */
static void undo(struct rewind *rewind, const struct history_event *event)
{
    if (was_live(event) == is_live(event) || !event->agent_id.data)
        return;
    size_t place = model_slot_place(rewind->model, event->agent_id);
    if (place == SIZE_MAX)
        return;
    size_t *holders = &rewind->holders[place];
    if (was_live(event)) {
        rewind->held += (*holders)++ == 0;
    } else if (*holders > 0) {
        rewind->held -= --(*holders) == 0;
    }
}

static bool is_full(const struct rewind *rewind)
{
    return rewind->held == rewind->model->counts.slots && rewind->held > 0;
}

/* Backwards to the last time that every slot was held. */
static void find_full(struct rewind *rewind, const struct history_event *events, size_t count,
                      struct pressure *pressure)
{
    bool has_been = pressure->is_full = is_full(rewind);
    for (size_t i = count; i > 0; i--) {
        const struct history_event *event = &events[i - 1];
        if (event->kind == EVENT_WIPED)
            return; /* nobody knows who held what before */
        undo(rewind, event);
        if (has_been && !is_full(rewind)) {
            pressure->full_since_ms = event->at_ms;
            return;
        }
        if (!has_been && is_full(rewind)) {
            has_been = true;
            pressure->full_until_ms = event->at_ms;
        }
    }
}

static void count_chats(const struct history_event *events, size_t count, double since_ms,
                        struct pressure *pressure)
{
    for (size_t i = 0; i < count; i++) {
        const struct history_event *event = &events[i];
        bool is_chat = event->kind == EVENT_ALLOCATED || event->kind == EVENT_FELL_BACK;
        if (!is_chat || event->by == BY_OPERATOR || event->at_ms < since_ms)
            continue;
        pressure->chats++;
        pressure->fell_back += event->kind == EVENT_FELL_BACK;
    }
}

int pressure_find(const struct model *model, const struct history_event *events, size_t count,
                  double since_ms, struct pressure *ret_pressure, struct error *error)
{
    struct pressure pressure = {.full_since_ms = NAN, .full_until_ms = NAN};
    struct rewind rewind = {.model = model};
    rewind.holders = calloc(model->slot_count + 1, sizeof(*rewind.holders));
    if (!rewind.holders)
        return error_no_memory(error, "finding when the pool was full");
    for (size_t i = 0; i < model->slot_count; i++) {
        rewind.holders[i] = model->slots[i].is_duplicate ? 0 : model->slots[i].holder_count;
        rewind.held += rewind.holders[i] > 0;
    }
    find_full(&rewind, events, count, &pressure);
    count_chats(events, count, since_ms, &pressure);
    free(rewind.holders);
    *ret_pressure = pressure;
    return 0;
}
