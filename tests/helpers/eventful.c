#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/helpers/eventful.h"

#define M INT64_C(60000)
#define DAY (24 * 60 * M)
#define SLOT "chat-slot-kumareth-"
#define REFUND "9f2c11d0-5f6e-4c1b-9a3e-0d7f2b6a11c4"
#define ONBOARDING "44d1ce90-6e0f-4c3a-b1d2-c0ffee15600d"
#define INVOICE "c77ab90e-90b1-4f52-8a07-1f1f6f1e2c3d"
#define OLD_TAB "6be0917a-28a4-4c95-bd7e-0e1d2c3b4a58"
#define PIPELINE "b31e88f2-7a54-4d0b-8f66-2e90d1c4b7f8"
#define NEW_CHAT "0c9d4a7e-1b2f-4b6c-9d8e-5a4f3c2b1a09"
#define DRAFT "e05f1a22-3c1d-4e0f-b0a9-77d0c5b3a6e1"
#define HELLO "71aa02bd-52e7-4d39-a5f0-9be7c2d4f610"
#define GONE "5d2e7f10-1111-4222-8333-444455556666"

/* Spans back from SCENE_NOW_MS, oldest first. */
static const struct happening {
    int64_t ago_ms;
    enum history_event_kind kind;
    enum event_by by;
    const char *id, *agent;
    enum entry_state from, to;
} happenings[EVENTFUL_ALL] = {
    {12 * DAY, EVENT_WIPED, BY_SOMEBODY, NULL, NULL, STATE_OTHER, STATE_OTHER},
    {12 * DAY - M, EVENT_MENDED, BY_SOMEBODY, NULL, NULL, STATE_OTHER, STATE_OTHER},
    {15 * 60 * M, EVENT_REMOVED, BY_SOMEBODY, GONE, SLOT "3", STATE_ACTIVE, STATE_OTHER},
    {52 * M, EVENT_ALLOCATED, BY_SERVER, OLD_TAB, SLOT "5", STATE_OTHER, STATE_ACTIVE},
    {29 * M, EVENT_ALLOCATED, BY_SERVER, REFUND, SLOT "1", STATE_EXPIRED, STATE_ACTIVE},
    {22 * M, EVENT_EXPIRED, BY_GC, OLD_TAB, SLOT "5", STATE_ACTIVE, STATE_EXPIRED},
    {14 * M, EVENT_ALLOCATED, BY_SERVER, ONBOARDING, SLOT "5", STATE_OTHER, STATE_ACTIVE},
    {10 * M, EVENT_FELL_BACK, BY_SERVER, HELLO, "kumareth", STATE_OTHER, STATE_ACTIVE},
    {9 * M, EVENT_RELEASED, BY_OPERATOR, HELLO, "kumareth", STATE_ACTIVE, STATE_DELETED},
    {6 * M, EVENT_IDLED, BY_SERVER, PIPELINE, SLOT "2", STATE_ACTIVE, STATE_IDLE},
    {5 * M, EVENT_USED, BY_SERVER, REFUND, SLOT "1", STATE_ACTIVE, STATE_ACTIVE},
    {4 * M + 36000, EVENT_FELL_BACK, BY_SERVER, INVOICE, "kumareth", STATE_OTHER, STATE_ACTIVE},
    {4 * M + 12000, EVENT_EXPIRED, BY_GC, DRAFT, SLOT "4", STATE_ACTIVE, STATE_EXPIRED},
    {9000, EVENT_CHANGED, BY_SOMEBODY, NEW_CHAT, SLOT "3", STATE_IDLE, STATE_IDLE},
};

void eventful_add(struct scene *scene, size_t count)
{
    assert_true(count <= EVENTFUL_ALL);
    struct history_event items[EVENTFUL_ALL];
    struct events events = {.items = items, .count = count};
    for (size_t i = 0; i < count; i++) {
        const struct happening *it = &happenings[i];
        items[i] = (struct history_event){
            .at_ms = (double)(SCENE_NOW_MS - it->ago_ms),
            .kind = it->kind,
            .by = it->by,
            .session_id = str_of(it->id),
            .agent_id = str_of(it->agent),
            .from = it->from,
            .to = it->to,
        };
    }
    assert_int_equal(history_open(NULL, &scene->state.around.history, NULL), 0);
    assert_int_equal(history_add(scene->state.around.history, &events, NULL), 0);
}
