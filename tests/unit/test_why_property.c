/* Whatever the registry says and whatever was seen: an answer never contradicts itself. */
#include "core/why.h"
#include "tests/helpers/why_scene.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { SCENES = 3000, EVENTS_MAX = 12, SLOTS = 3 };

static const char *const sessions[] = {"f", "a", "b", "c", "d"};
static const char *const agents[] = {"chat-slot-main-1", "chat-slot-main-2", "chat-slot-main-3",
                                     "chat-slot-main-9", "main"};
static const char *const states[] = {"active", "idle", "expired", "deleted", "odd"};

static uint32_t draw(uint64_t *seed, uint32_t below)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return (uint32_t)(*seed >> 32) % below;
}

/* Up to some TTLs before NOW, in steps that often coincide. */
static double draw_ago(uint64_t *seed)
{
    return 100000.0 * draw(seed, 60);
}

static void draw_entries(uint64_t *seed, char *text, size_t size)
{
    size_t len = 0;
    for (size_t i = 0; i < sizeof(sessions) / sizeof(sessions[0]); i++) {
        if (i > 0 && draw(seed, 4) == 0)
            continue;
        len += (size_t)snprintf(
            text + len, size - len,
            "%s\"%s\":{\"chatAgentId\":\"%s\",\"workspaceAgentId\":\"main\",\"state\":\"%s\","
            "\"createdAt\":@%.0f@,\"lastActiveAt\":@%.0f@,\"idleTtlMs\":%s}",
            len ? "," : "", sessions[i], i == 0 ? "main" : agents[draw(seed, 5)],
            states[draw(seed, 5)], draw_ago(seed), draw_ago(seed),
            draw(seed, 8) ? "1800000" : "null");
    }
}

static void draw_events(uint64_t *seed, struct history_event *events)
{
    for (size_t i = 0; i < EVENTS_MAX; i++)
        events[i] = (struct history_event){
            .at_ms = (double)NOW - draw_ago(seed),
            .kind = (enum history_event_kind)draw(seed, EVENT_MENDED + 1),
            .by = BY_SERVER,
            .session_id = str_of(sessions[draw(seed, 5)]),
            .agent_id = str_of(agents[draw(seed, 5)]),
            .from = (enum entry_state)draw(seed, STATE_DELETED + 1),
            .to = (enum entry_state)draw(seed, STATE_DELETED + 1),
        };
}

static void check_slot(const struct why *why, const struct why_slot *slot)
{
    bool is_known = slot->holding != HOLDING_UNKNOWN && slot->holding != HOLDING_FREE;
    assert_int_equal(is_known, slot->session_id.data != NULL);
    assert_false(is_known && str_equal(slot->session_id, why->session_id));
    assert_false(slot->since_ms > why->at_ms);
    assert_false(slot->used_ms > why->at_ms);
    assert_false(slot->freed_ms < why->at_ms);
    assert_int_equal(isnan(slot->freed_ms) != 0, isnan(slot->freed_by_ms) != 0);
    assert_false(slot->freed_ms > slot->freed_by_ms);
    assert_false(slot->freed_by_ms > (double)NOW);
    if (slot->is_freed_seen)
        assert_true(slot->freed_ms == slot->freed_by_ms);
    if (slot->holds_still)
        assert_true(isnan(slot->freed_ms));
}

static void check_answer(const struct why *why)
{
    double soonest_ms = INFINITY;
    assert_int_equal(why->slot_count, SLOTS);
    for (size_t i = 0; i < why->slot_count; i++) {
        check_slot(why, &why->slots[i]);
        soonest_ms = fmin(soonest_ms, why->slots[i].freed_by_ms);
    }
    if (why->nearest == SIZE_MAX)
        assert_true(soonest_ms == INFINITY);
    else
        assert_true(why->slots[why->nearest].freed_by_ms == soonest_ms);
    assert_true(why->sentence.len > 1 && why->sentence.data[why->sentence.len - 1] == '.');
    assert_true(why->advice.len > 0);
}

static void an_answer_never_contradicts_itself(void **state)
{
    uint64_t seed = 0x5eed5eed5eed5eedu;
    (void)state;
    for (size_t i = 0; i < SCENES; i++) {
        char entries[4096];
        struct history_event events[EVENTS_MAX];
        struct why_scene scene;
        draw_entries(&seed, entries, sizeof(entries));
        draw_events(&seed, events);
        why_scene_make(&scene, entries, SLOTS);
        scene.sources.events = events;
        scene.sources.event_count = draw(&seed, EVENTS_MAX + 1);
        scene.sources.beat = (struct beat){(enum beat_source)draw(&seed, BEAT_SEEN + 1),
                                           (double)NOW - draw_ago(&seed)};
        check_answer(why_scene_explain(&scene, "f"));
        why_scene_done(&scene);
    }
    print_message("vectors: %d random scenes\n", SCENES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_never_contradicts_itself),
    };
    return cmocka_run_group_tests_name("why_property", tests, NULL, NULL);
}
