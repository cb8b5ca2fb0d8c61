/* What slotop saw itself wins over what the registry lets us infer. */
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

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define S1 "chat-slot-main-1"
#define F FELL("f", "active", 600000) /* ten minutes before NOW */

/* An event so many ms before NOW; the state before matters only where a hold may end. */
#define SEEN(ago, kind, session, agent, from, to)                                                  \
    {                                                                                              \
        (double)NOW - (ago), kind, BY_SERVER, {session, sizeof(session) - 1},                      \
            {agent, sizeof(agent) - 1}, from, to                                                   \
    }
#define TOOK(ago, session, agent)                                                                  \
    SEEN(ago, EVENT_ALLOCATED, session, agent, STATE_OTHER, STATE_ACTIVE)
#define FELL_BACK(ago, session)                                                                    \
    SEEN(ago, EVENT_FELL_BACK, session, "main", STATE_OTHER, STATE_ACTIVE)
#define EXPIRED(ago, session, agent)                                                               \
    SEEN(ago, EVENT_EXPIRED, session, agent, STATE_IDLE, STATE_EXPIRED)
#define USED(ago, session, agent) SEEN(ago, EVENT_USED, session, agent, STATE_ACTIVE, STATE_ACTIVE)
#define IDLED(ago, session, agent) SEEN(ago, EVENT_IDLED, session, agent, STATE_ACTIVE, STATE_IDLE)
#define WIPED(ago)                                                                                 \
    {                                                                                              \
        (double)NOW - (ago), EVENT_WIPED, BY_SERVER, {NULL, 0}, {NULL, 0}, STATE_OTHER,            \
            STATE_OTHER                                                                            \
    }

enum { EVENTS_MAX = 5 };

struct seen_case {
    const char *rule;
    const char *entries; /* beside F */
    struct history_event events[EVENTS_MAX];
    size_t count;
    const char *holder; /* NULL: nobody */
    enum holding holding;
    double since_ago, used_ago, freed_ago; /* NaN: unknown */
    bool is_freed_seen;
};

static const struct seen_case seen_cases[] = {
    {"an end that was seen is exact",
     HELD("a", "1", "expired", 2300000, 2300000),
     {EXPIRED(476000, "a", S1)},
     1,
     "a",
     HOLDING_QUIET,
     2300000,
     2300000,
     476000,
     true},
    {"one that was seen to end before did not hold it, though its TTL says so",
     HELD("a", "1", "expired", 2300000, 2300000),
     {EXPIRED(700000, "a", S1)},
     1,
     NULL,
     HOLDING_UNKNOWN,
     NAN,
     NAN,
     NAN,
     false},
    {"a released one held it until it was seen released",
     HELD("a", "1", "deleted", 2300000, 2300000),
     {SEEN(590000, EVENT_RELEASED, "a", S1, STATE_ACTIVE, STATE_DELETED)},
     1,
     "a",
     HOLDING_QUIET,
     2300000,
     2300000,
     590000,
     true},
    {"releasing what had expired frees nothing",
     HELD("a", "1", "deleted", 2300000, 2300000),
     {EXPIRED(610000, "a", S1),
      SEEN(590000, EVENT_RELEASED, "a", S1, STATE_EXPIRED, STATE_DELETED)},
     2,
     NULL,
     HOLDING_UNKNOWN,
     NAN,
     NAN,
     NAN,
     false},
    {"a holder whose entry went is known from events",
     "\"x\":{}",
     {TOOK(660000, "a", S1), SEEN(500000, EVENT_REMOVED, "a", S1, STATE_ACTIVE, STATE_OTHER)},
     2,
     "a",
     HOLDING_BUSY,
     660000,
     660000,
     500000,
     true},
    {"a holder whose entry was made anew is known from events",
     HELD("a", "2", "active", 300000, 300000),
     {TOOK(2300000, "a", S1), EXPIRED(400000, "a", S1), TOOK(300000, "a", "chat-slot-main-2")},
     3,
     "a",
     HOLDING_QUIET,
     2300000,
     2300000,
     400000,
     true},
    {"making it anew ended the hold, if nothing else was seen to",
     HELD("a", "2", "active", 300000, 300000),
     {TOOK(2300000, "a", S1), TOOK(300000, "a", "chat-slot-main-2")},
     2,
     "a",
     HOLDING_QUIET,
     2300000,
     2300000,
     600000,
     false},
    {"one who came later and was not seen to come holds it",
     HELD("b", "1", "active", 650000, 650000),
     {TOOK(2300000, "a", S1), EXPIRED(700000, "a", S1)},
     2,
     "b",
     HOLDING_BUSY,
     650000,
     650000,
     NAN,
     false},
    {"one who was seen to come later holds it",
     HELD("a", "1", "expired", 2300000, 2300000),
     {TOOK(650000, "b", S1)},
     1,
     "b",
     HOLDING_BUSY,
     650000,
     650000,
     NAN,
     false},
    {"an end without a beginning is of whom it was seen",
     "\"x\":{}",
     {EXPIRED(500000, "a", S1)},
     1,
     "a",
     HOLDING_QUIET,
     NAN,
     NAN,
     500000,
     true},
    {"a hold that began after the fallback is none of then",
     HELD("a", "1", "expired", 590000, 590000),
     {EXPIRED(500000, "a", S1)},
     1,
     NULL,
     HOLDING_UNKNOWN,
     NAN,
     NAN,
     NAN,
     false},
    {"a session that was allocated after the fallback held nothing then",
     "\"x\":{}",
     {TOOK(590000, "a", S1), EXPIRED(500000, "a", S1)},
     2,
     NULL,
     HOLDING_UNKNOWN,
     NAN,
     NAN,
     NAN,
     false},
    {"a use that was seen counts",
     HELD("a", "1", "active", 2300000, 5),
     {USED(700000, "a", S1)},
     1,
     "a",
     HOLDING_BUSY,
     2300000,
     700000,
     NAN,
     false},
    {"the end of a run is a use",
     HELD("a", "1", "idle", 2300000, 2300000),
     {IDLED(650000, "a", S1)},
     1,
     "a",
     HOLDING_BUSY,
     2300000,
     650000,
     NAN,
     false},
    {"a first run that ends later was in progress",
     HELD("a", "1", "idle", 2300000, 2300000),
     {IDLED(590000, "a", S1)},
     1,
     "a",
     HOLDING_BUSY,
     2300000,
     2300000,
     NAN,
     false},
    {"a use alone shows who holds it",
     "\"x\":{}",
     {USED(650000, "a", S1), EXPIRED(590000, "a", S1)},
     2,
     "a",
     HOLDING_BUSY,
     NAN,
     650000,
     590000,
     true},
    {"a wipe ends every hold",
     "\"x\":{}",
     {TOOK(660000, "a", S1), WIPED(590000), TOOK(580000, "b", S1)},
     3,
     "a",
     HOLDING_BUSY,
     660000,
     660000,
     590000,
     true},
    {"a wipe before ends it before",
     "\"x\":{}",
     {TOOK(660000, "a", S1), WIPED(650000)},
     2,
     NULL,
     HOLDING_UNKNOWN,
     NAN,
     NAN,
     NAN,
     false},
    {"one that was moved to another agent holds the other one",
     "\"x\":{}",
     {TOOK(660000, "a", "chat-slot-main-2"),
      SEEN(650000, EVENT_CHANGED, "a", S1, STATE_ACTIVE, STATE_ACTIVE), EXPIRED(590000, "a", S1)},
     3,
     "a",
     HOLDING_BUSY,
     650000,
     650000,
     590000,
     true},
    {"a state that the server does not know frees the slot",
     "\"x\":{}",
     {TOOK(660000, "a", S1), SEEN(590000, EVENT_CHANGED, "a", S1, STATE_ACTIVE, STATE_OTHER)},
     2,
     "a",
     HOLDING_BUSY,
     660000,
     660000,
     590000,
     true},
    {"a hold of which nothing was seen for long is over",
     "\"x\":{}",
     {TOOK(9000000, "a", S1)},
     1,
     NULL,
     HOLDING_UNKNOWN,
     NAN,
     NAN,
     NAN,
     false},
    {"the session itself had let go of what it had",
     "\"x\":{}",
     {TOOK(700000, "f", S1)},
     1,
     NULL,
     HOLDING_UNKNOWN,
     NAN,
     NAN,
     NAN,
     false},
    {"events without a time say nothing",
     "\"x\":{}",
     {{NAN, EVENT_ALLOCATED, BY_SERVER, {"a", 1}, {S1, sizeof(S1) - 1}, STATE_OTHER, STATE_ACTIVE}},
     1,
     NULL,
     HOLDING_UNKNOWN,
     NAN,
     NAN,
     NAN,
     false},
};

static void check_seen(const struct seen_case *expected)
{
    char entries[1024];
    struct why_scene scene;
    (void)snprintf(entries, sizeof(entries), "%s,%s", expected->entries, F);
    why_scene_make(&scene, entries, 1);
    scene.sources.events = expected->events;
    scene.sources.event_count = expected->count;
    const struct why_slot *slot = &why_scene_explain(&scene, "f")->slots[0];
    if (slot->holding != expected->holding)
        fail_msg("%s: %s", expected->rule, holding_name(slot->holding));
    if (expected->holder)
        assert_string_equal(slot->session_id.data, expected->holder);
    else
        assert_null(slot->session_id.data);
    why_scene_assert_ago(slot->since_ms, expected->since_ago);
    why_scene_assert_ago(slot->used_ms, expected->used_ago);
    why_scene_assert_ago(slot->freed_ms, expected->freed_ago);
    assert_int_equal(slot->is_freed_seen, expected->is_freed_seen);
    why_scene_done(&scene);
}

static void what_was_seen_wins_over_what_is_inferred(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(seen_cases); i++)
        check_seen(&seen_cases[i]);
    print_message("vectors: %zu holders seen\n", COUNT(seen_cases));
}

static void a_fallback_that_was_seen_says_so_and_names_the_exact_miss(void **state)
{
    static const struct history_event events[] = {
        TOOK(2300000, "a", S1),
        FELL_BACK(600000, "f"),
        EXPIRED(576000, "a", S1),
    };
    struct why_scene scene;
    (void)state;
    why_scene_make(&scene, F "," HELD("a", "1", "expired", 2300000, 2300000), 1);
    scene.sources.events = events;
    scene.sources.event_count = COUNT(events);
    const struct why *why = why_scene_explain(&scene, "f");
    assert_true(why->is_seen);
    assert_int_equal(why->nearest, 0);
    assert_string_equal(why->sentence.data,
                        "The only slot was held, by a chat that had been quiet for 28m; slot 1 was "
                        "freed 24s later.");
    why_scene_done(&scene);
}

static void a_slot_that_was_seen_free_means_another_pool(void **state)
{
    static const struct history_event events[] = {
        TOOK(2300000, "a", S1),
        EXPIRED(700000, "a", S1),
        FELL_BACK(600000, "f"),
    };
    struct why_scene scene;
    (void)state;
    why_scene_make(&scene, F "," HELD("a", "1", "expired", 2300000, 2300000), 1);
    scene.sources.events = events;
    scene.sources.event_count = COUNT(events);
    const struct why *why = why_scene_explain(&scene, "f");
    assert_int_equal(why->slots[0].holding, HOLDING_FREE);
    assert_int_equal(why->cause, WHY_UNKNOWN);
    assert_string_equal(why->sentence.data,
                        "Slot 1 was seen to be free then: the server took another workspace's "
                        "pool, or could not use the config at that moment.");
    scene.sources.event_count = 2; /* the fallback itself was not seen */
    assert_int_equal(why_scene_explain(&scene, "f")->slots[0].holding, HOLDING_UNKNOWN);
    why_scene_done(&scene);
}

static void a_fallback_whose_entry_went_is_explained_from_events(void **state)
{
    static const struct history_event events[] = {
        TOOK(660000, "a", S1),
        FELL_BACK(600000, "gone"),
    };
    struct why_scene scene;
    (void)state;
    why_scene_make(&scene, HELD("a", "1", "active", 660000, 660000), 1);
    scene.sources.events = events;
    scene.sources.event_count = COUNT(events);
    const struct why *why = why_scene_explain(&scene, "gone");
    assert_int_equal(why->cause, WHY_BUSY);
    assert_true(why->is_seen);
    why_scene_assert_ago(why->at_ms, 600000);
    why_scene_done(&scene);
}

static void a_fallback_without_a_time_has_that_of_its_event(void **state)
{
    static const struct history_event events[] = {FELL_BACK(600000, "f")};
    struct why_scene scene;
    (void)state;
    why_scene_make(&scene,
                   HELD("a", "1", "active", 660000, 660000) ",\"f\":{\"chatAgentId\":\"main\","
                                                            "\"workspaceAgentId\":\"main\"}",
                   1);
    scene.sources.events = events;
    scene.sources.event_count = COUNT(events);
    const struct why *why = why_scene_explain(&scene, "f");
    why_scene_assert_ago(why->at_ms, 600000);
    assert_int_equal(why->cause, WHY_BUSY);
    why_scene_done(&scene);
}

static void recent_ones_come_from_entries_and_from_events_that_no_entry_tells_of(void **state)
{
    static const struct history_event events[] = {
        FELL_BACK(90000001, "too-old"), FELL_BACK(5000000, "f"), /* an earlier one of its own */
        FELL_BACK(800000, "gone"),      FELL_BACK(600000, "f"),  FELL_BACK(500000, "moved"),
    };
    static const char *const wanted[] = {"moved", "f", "gone", "f"};
    struct why_scene scene;
    struct why *whys;
    size_t count;
    (void)state;
    why_scene_make(&scene, F "," HELD("moved", "1", "active", 100, 100), 1);
    scene.sources.events = events;
    scene.sources.event_count = COUNT(events);
    assert_int_equal(why_recent(&scene.sources, NOW - 90000000.0, 10, &whys, &count, NULL), 0);
    assert_int_equal(count, COUNT(wanted));
    for (size_t i = 0; i < count; i++) {
        assert_string_equal(whys[i].session_id.data, wanted[i]);
        assert_true(whys[i].is_seen);
    }
    why_scene_assert_ago(whys[1].at_ms, 600000);
    why_scene_assert_ago(whys[3].at_ms, 5000000);
    why_scene_forget(whys, count);
    why_scene_done(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_seen_wins_over_what_is_inferred),
        cmocka_unit_test(a_fallback_that_was_seen_says_so_and_names_the_exact_miss),
        cmocka_unit_test(a_slot_that_was_seen_free_means_another_pool),
        cmocka_unit_test(a_fallback_whose_entry_went_is_explained_from_events),
        cmocka_unit_test(a_fallback_without_a_time_has_that_of_its_event),
        cmocka_unit_test(recent_ones_come_from_entries_and_from_events_that_no_entry_tells_of),
    };
    return cmocka_run_group_tests_name("why_seen", tests, NULL, NULL);
}
