#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/pressure.h"

#include <math.h>

/* A pool of slots 1 and 2, whose holders now are told by letters: "x-" is a holder of 1 alone. */

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))
#define NEVER -1.0

static struct history_event event(double at_ms, enum history_event_kind kind, const char *agent)
{
    bool ends = kind == EVENT_EXPIRED || kind == EVENT_RELEASED;
    return (struct history_event){.at_ms = at_ms,
                                  .kind = kind,
                                  .by = BY_SERVER,
                                  .session_id = STR("s"),
                                  .agent_id = str_of(agent),
                                  .from = ends ? STATE_ACTIVE : STATE_OTHER,
                                  .to = ends ? STATE_EXPIRED : STATE_ACTIVE};
}

static struct pressure find(const char *held, const struct history_event *events, size_t count,
                            double since_ms)
{
    struct slot slots[] = {{.id = STR("one"), .holder_count = held[0] == 'x'},
                           {.id = STR("two"), .holder_count = held[1] == 'x'}};
    struct model model = {.slots = slots, .slot_count = 2, .counts = {.slots = 2}};
    struct pressure pressure;
    assert_int_equal(pressure_find(&model, events, count, since_ms, &pressure, NULL), 0);
    return pressure;
}

static void assert_time(double found_ms, double wanted_ms)
{
    assert_true(wanted_ms == NEVER ? isnan(found_ms) : found_ms == wanted_ms);
}

static void the_last_time_that_every_slot_was_held_is_found_backwards(void **state)
{
    (void)state;
    const struct history_event took_1 = event(10, EVENT_ALLOCATED, "one"),
                               took_2 = event(20, EVENT_ALLOCATED, "two"),
                               fell = event(30, EVENT_FELL_BACK, "main"),
                               end_1 = event(40, EVENT_EXPIRED, "one"),
                               end_2 = event(50, EVENT_RELEASED, "two");
    const struct {
        const char *held;
        struct history_event events[5];
        size_t count;
        bool is_full;
        double since_ms, until_ms;
    } cases[] = {
        {"xx", {took_1, took_2, fell}, 3, true, 20, NEVER},
        {"-x", {took_1, took_2, fell, end_1}, 4, false, 20, 40},
        {"--", {took_1, took_2, fell, end_1, end_2}, 5, false, 20, 40},
        {"xx", {fell}, 1, true, NEVER, NEVER}, /* full since before anybody looked */
        {"-x", {end_1}, 1, false, NEVER, 40},
        {"x-", {took_1}, 1, false, NEVER, NEVER}, /* never full */
        {"--", {took_1}, 0, false, NEVER, NEVER},
        {"-x", {end_1, event(60, EVENT_WIPED, NULL)}, 2, false, NEVER, NEVER},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct pressure pressure = find(cases[i].held, cases[i].events, cases[i].count, 0);
        assert_int_equal(pressure.is_full, cases[i].is_full);
        assert_time(pressure.full_since_ms, cases[i].since_ms);
        assert_time(pressure.full_until_ms, cases[i].until_ms);
    }
}

static void
chats_and_fallbacks_are_counted_from_a_time_on_but_not_what_operators_took_back(void **state)
{
    (void)state;
    struct history_event events[] = {
        event(10, EVENT_FELL_BACK, "main"), event(20, EVENT_ALLOCATED, "one"),
        event(30, EVENT_FELL_BACK, "main"), event(40, EVENT_ALLOCATED, "two"),
        event(50, EVENT_EXPIRED, "two"),
    };
    events[3].by = BY_OPERATOR;
    struct pressure pressure = find("x-", events, COUNT(events), 20);
    assert_int_equal(pressure.chats, 2);
    assert_int_equal(pressure.fell_back, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_time_that_every_slot_was_held_is_found_backwards),
        cmocka_unit_test(
            chats_and_fallbacks_are_counted_from_a_time_on_but_not_what_operators_took_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
