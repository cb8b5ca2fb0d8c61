#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/lanes.h"
#include "tests/helpers/scene.h"

#include <string.h>

/* Each lane as letters, the last minutes of the hour alone. */

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))
#define M INT64_C(60000)
#define A "aaaaaaaa-0000-4000-8000-000000000001"
#define B "bbbbbbbb-0000-4000-8000-000000000002"
#define SLOT "chat-slot-kumareth-1"

static struct history_event event(int64_t ago_ms, enum history_event_kind kind, const char *id)
{
    bool ends = kind == EVENT_EXPIRED;
    return (struct history_event){.at_ms = (double)(SCENE_NOW_MS - ago_ms),
                                  .kind = kind,
                                  .by = BY_SERVER,
                                  .session_id = str_of(id),
                                  .agent_id = STR(SLOT),
                                  .from = ends || kind == EVENT_USED ? STATE_ACTIVE : STATE_OTHER,
                                  .to = ends ? STATE_EXPIRED : STATE_ACTIVE};
}

static void print_lane(const struct lanes *lanes, size_t lane, char text[LANES_MINUTES + 1])
{
    static const char letters[] = {[LANE_FREE] = '.',
                                   [LANE_QUIET] = 'o',
                                   [LANE_USED] = 'A',
                                   [LANE_FALLBACK] = 'F',
                                   [LANE_TWO] = 'X'};
    assert_true(lane < lanes->count);
    for (size_t i = 0; i < LANES_MINUTES; i++)
        text[i] = letters[lanes->items[lane].marks[i]];
    text[LANES_MINUTES] = '\0';
}

/* The last minutes of slot 1 are these; what is before them is free. */
static void assert_lane(struct scene *scene, size_t lane, const struct history_event *events,
                        size_t count, const char *wanted)
{
    char text[LANES_MINUTES + 1];
    scene_at(scene, SCENE_NOW_MS);
    struct lanes_sources sources = {
        .model = &scene->state.model,
        .registry = &state_shown(&scene->state)->registry,
        .events = events,
        .event_count = count,
        .beat = scene->state.beat,
        .now_ms = SCENE_NOW_MS,
    };
    struct lanes lanes;
    assert_int_equal(lanes_make(&sources, &lanes, NULL), 0);
    assert_int_equal(lanes.end_ms % M, 0);
    assert_true(lanes.end_ms > SCENE_NOW_MS && lanes.end_ms <= SCENE_NOW_MS + M);
    print_lane(&lanes, lane, text);
    lanes_done(&lanes);
    size_t before = LANES_MINUTES - strlen(wanted);
    assert_string_equal(text + before, wanted);
    for (size_t i = 0; i < before; i++)
        assert_int_equal(text[i], '.');
}

static int set_up(void **state)
{
    static struct scene scene;
    scene_init(&scene);
    scene_set_pool(&scene, 2);
    *state = &scene;
    return 0;
}

static int tear_down(void **state)
{
    scene_done(*state);
    return 0;
}

static void a_live_entry_has_held_its_slot_since_it_was_made(void **state)
{
    static const struct scene_entry entries[] = {{A, "1", "active", 6 * M, 2 * M, 0}};
    scene_set_entries(*state, entries, 1);
    assert_lane(*state, 0, NULL, 0, "AoooAoo");
    assert_lane(*state, 1, NULL, 0, "");
}

static void uses_that_were_seen_are_marked(void **state)
{
    static const struct scene_entry entries[] = {{A, "1", "active", 6 * M, 6 * M, 0}};
    const struct history_event events[] = {event(4 * M, EVENT_USED, A), event(M, EVENT_USED, A)};
    scene_set_entries(*state, entries, 1);
    assert_lane(*state, 0, events, COUNT(events), "AoAooAo");
}

static void a_hold_whose_end_was_seen_ends_there_though_its_entry_is_gone(void **state)
{
    const struct history_event events[] = {event(8 * M, EVENT_ALLOCATED, A),
                                           event(5 * M, EVENT_EXPIRED, A)};
    scene_set_entries(*state, NULL, 0);
    assert_lane(*state, 0, events, COUNT(events), "Aooo.....");
}

/* 40 minutes old with a TTL of 30: GC had it within five minutes of its end. */
static void where_nobody_saw_it_end_gc_is_inferred(void **state)
{
    static const struct scene_entry entries[] = {{A, "1", "expired", 40 * M, 40 * M, 0}};
    scene_set_entries(*state, entries, 1);
    assert_lane(*state, 0, NULL, 0, "Aooooooooooooooooooooooooooooooooooo.....");
}

static void one_after_another_is_not_two(void **state)
{
    static const struct scene_entry entries[] = {{A, "1", "expired", 40 * M, 40 * M, 0},
                                                 {B, "1", "active", 8 * M, 8 * M, 0}};
    scene_set_entries(*state, entries, 2);
    assert_lane(*state, 0, NULL, 0,
                "Aooooooooooooooooooooooooooooooo"
                "Aoooooooo");
}

static void two_live_entries_on_a_slot_are_two(void **state)
{
    static const struct scene_entry entries[] = {{A, "1", "active", 6 * M, 6 * M, 0},
                                                 {B, "1", "active", 3 * M, 3 * M, 0}};
    scene_set_entries(*state, entries, 2);
    assert_lane(*state, 0, NULL, 0, "AooXXXX");
}

static void who_uses_what_another_one_holds_makes_two(void **state)
{
    static const struct scene_entry entries[] = {{A, "1", "expired", 160 * M, 160 * M, 0},
                                                 {B, "1", "active", 6 * M, 6 * M, 0}};
    static const struct scene_chat chats[] = {{A, "Old tab", "1", 160 * M, 2 * M, 3},
                                              {B, "New tab", "1", 6 * M, 5 * M, 3}};
    scene_set_entries(*state, entries, 2);
    scene_set_chats(*state, chats, 2);
    assert_lane(*state, 0, NULL, 0, "AAooXoo");
}

static void a_use_within_ones_own_hold_is_not_two(void **state)
{
    static const struct scene_entry entries[] = {{A, "1", "expired", 20 * M, 20 * M, 0}};
    static const struct scene_chat chats[] = {{A, "Old tab", "1", 20 * M, 15 * M, 3}};
    const struct history_event events[] = {event(8 * M, EVENT_EXPIRED, A)};
    scene_set_entries(*state, entries, 1);
    scene_set_chats(*state, chats, 1);
    assert_lane(*state, 0, events, 1, "AooooAooooooo........");
}

/* As when the pool of the past is shown. */
static void what_comes_later_than_now_does_not_count(void **state)
{
    static const struct scene_entry entries[] = {{A, "1", "active", 6 * M, 6 * M, 0}};
    const struct history_event events[] = {event(-M / 4, EVENT_EXPIRED, A)};
    scene_set_entries(*state, entries, 1);
    assert_lane(*state, 0, events, COUNT(events), "Aoooooo");
}

static void a_fallback_has_a_lane_behind_the_slots(void **state)
{
    static const struct scene_entry entries[] = {{A, "main", "active", 3 * M, 3 * M, 0}};
    scene_set_entries(*state, entries, 1);
    assert_lane(*state, 2, NULL, 0, "FFFF");
}

int main(void)
{
#define IN_A_SCENE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        IN_A_SCENE(a_live_entry_has_held_its_slot_since_it_was_made),
        IN_A_SCENE(uses_that_were_seen_are_marked),
        IN_A_SCENE(a_hold_whose_end_was_seen_ends_there_though_its_entry_is_gone),
        IN_A_SCENE(where_nobody_saw_it_end_gc_is_inferred),
        IN_A_SCENE(one_after_another_is_not_two),
        IN_A_SCENE(two_live_entries_on_a_slot_are_two),
        IN_A_SCENE(who_uses_what_another_one_holds_makes_two),
        IN_A_SCENE(a_use_within_ones_own_hold_is_not_two),
        IN_A_SCENE(what_comes_later_than_now_does_not_count),
        IN_A_SCENE(a_fallback_has_a_lane_behind_the_slots),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
