/* When the server's GC runs next, as far as anybody can tell. */
#include "core/beat.h"
#include "core/gc.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define START 1773890000000.0
#define BEAT ((double)GC_INTERVAL_MS)

static const struct server up = {.state = SERVER_UP, .started_ms = START};

static struct beat infer(double at_ms, enum event_by by)
{
    struct history_event event = {.at_ms = at_ms, .kind = EVENT_EXPIRED, .by = by};
    return beat_infer(&up, &event, 1);
}

static void nothing_is_known_of_a_server_that_is_not_known_to_be_up(void **state)
{
    (void)state;
    struct history_event pass = {.at_ms = START + BEAT, .kind = EVENT_EXPIRED, .by = BY_GC};
    const struct server servers[] = {
        {.state = SERVER_DOWN, .started_ms = START},
        {.state = SERVER_UNKNOWN, .started_ms = NAN},
        {.state = SERVER_UP, .started_ms = NAN},
    };
    for (size_t i = 0; i < sizeof(servers) / sizeof(servers[0]); i++) {
        struct beat beat = beat_infer(&servers[i], &pass, 1);
        assert_int_equal(beat.source, BEAT_UNKNOWN);
        assert_true(isnan(beat_next_ms(&beat, START)));
        assert_true(isnan(beat_expiry_ms(&beat, START)));
    }
}

static void the_first_pass_is_one_interval_after_the_start(void **state)
{
    (void)state;
    struct beat beat = beat_infer(&up, NULL, 0);
    assert_int_equal(beat.source, BEAT_FROM_START);
    assert_true(beat_next_ms(&beat, START - 5 * BEAT) == START + BEAT);
    assert_true(beat_next_ms(&beat, START + BEAT - 1) == START + BEAT);
    assert_true(beat_next_ms(&beat, START + BEAT) == START + 2 * BEAT);
    assert_true(beat_next_ms(&beat, START + 100.5 * BEAT) == START + 101 * BEAT);
}

static void a_pass_that_was_seen_is_better_than_the_start(void **state)
{
    (void)state;
    struct beat beat = infer(START + BEAT + 700, BY_GC);
    assert_int_equal(beat.source, BEAT_SEEN);
    assert_true(beat_next_ms(&beat, START + BEAT) == START + BEAT + 700);
    assert_true(beat_next_ms(&beat, START + BEAT + 700) == START + 2 * BEAT + 700);
}

static void the_newest_pass_counts_in_whatever_order_they_come(void **state)
{
    (void)state;
    const struct history_event events[] = {
        {.at_ms = START + 2 * BEAT + 30, .kind = EVENT_EXPIRED, .by = BY_GC},
        {.at_ms = START + 3 * BEAT + 50, .kind = EVENT_REMOVED, .by = BY_GC},
        {.at_ms = START + 1 * BEAT + 10, .kind = EVENT_EXPIRED, .by = BY_GC},
        {.at_ms = START + 4 * BEAT, .kind = EVENT_EXPIRED, .by = BY_OPERATOR},
    };
    struct beat beat = beat_infer(&up, events, 4);
    assert_true(beat.pass_ms == START + 3 * BEAT + 50);
}

static void passes_of_the_server_before_and_what_others_did_do_not_count(void **state)
{
    (void)state;
    assert_int_equal(infer(START - 1000, BY_GC).source, BEAT_FROM_START);
    assert_int_equal(infer(START + 1000, BY_SOMEBODY).source, BEAT_FROM_START);
    assert_int_equal(infer(START + 1000, BY_SERVER).source, BEAT_FROM_START);
}

static void an_entry_expires_at_the_first_pass_after_it_is_due(void **state)
{
    (void)state;
    struct beat beat = infer(START + BEAT, BY_GC);
    assert_true(beat_expiry_ms(&beat, START + BEAT) == START + 2 * BEAT);
    assert_true(beat_expiry_ms(&beat, START + BEAT + 1) == START + 2 * BEAT);
    assert_true(beat_expiry_ms(&beat, START + 2 * BEAT - 1) == START + 2 * BEAT);
    assert_true(isnan(beat_expiry_ms(&beat, NAN)));
    assert_true(isnan(beat_expiry_ms(&beat, -INFINITY)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_known_of_a_server_that_is_not_known_to_be_up),
        cmocka_unit_test(the_first_pass_is_one_interval_after_the_start),
        cmocka_unit_test(a_pass_that_was_seen_is_better_than_the_start),
        cmocka_unit_test(the_newest_pass_counts_in_whatever_order_they_come),
        cmocka_unit_test(passes_of_the_server_before_and_what_others_did_do_not_count),
        cmocka_unit_test(an_entry_expires_at_the_first_pass_after_it_is_due),
    };
    return cmocka_run_group_tests_name("beat", tests, NULL, NULL);
}
