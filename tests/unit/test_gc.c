#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/gc.h"

enum { T0 = 1000000 };

static void the_first_pass_is_due_one_interval_after_the_start(void **state)
{
    (void)state;
    struct gc gc = {0};
    gc_start(&gc, GC_INTERVAL_MS, T0);
    assert_int_equal(gc_wait_ms(&gc, T0), 300000);
    assert_false(gc_take_due(&gc, T0));
    assert_false(gc_take_due(&gc, T0 + GC_INTERVAL_MS - 1));
    assert_int_equal(gc_wait_ms(&gc, T0 + GC_INTERVAL_MS - 1), 1);
    assert_int_equal(gc_wait_ms(&gc, T0 + GC_INTERVAL_MS), 0);
    assert_true(gc_take_due(&gc, T0 + GC_INTERVAL_MS));
}

static void a_beat_is_taken_once(void **state)
{
    (void)state;
    struct gc gc = {0};
    gc_start(&gc, 100, T0);
    assert_true(gc_take_due(&gc, T0 + 100));
    assert_false(gc_take_due(&gc, T0 + 100));
    assert_int_equal(gc_wait_ms(&gc, T0 + 100), 100);
    assert_true(gc_take_due(&gc, T0 + 200));
}

static void a_start_of_a_running_beat_changes_nothing(void **state)
{
    (void)state;
    struct gc gc = {0};
    gc_start(&gc, 100, T0);
    gc_start(&gc, 7, T0 + 50);
    assert_int_equal(gc.interval_ms, 100);
    assert_int_equal(gc_wait_ms(&gc, T0 + 50), 50);
}

static void a_stop_is_idempotent_and_ends_the_beat(void **state)
{
    (void)state;
    struct gc gc = {0};
    gc_stop(&gc);
    assert_int_equal(gc_wait_ms(&gc, T0), -1);
    gc_start(&gc, 100, T0);
    gc_stop(&gc);
    gc_stop(&gc);
    assert_int_equal(gc_wait_ms(&gc, T0 + 1000), -1);
    assert_false(gc_take_due(&gc, T0 + 1000));
}

static void a_start_after_a_stop_begins_a_new_beat(void **state)
{
    (void)state;
    struct gc gc = {0};
    gc_start(&gc, 100, T0);
    gc_stop(&gc);
    gc_start(&gc, 40, T0 + 90);
    assert_false(gc_take_due(&gc, T0 + 100));
    assert_true(gc_take_due(&gc, T0 + 130));
}

static void missed_beats_are_skipped_and_the_rhythm_is_kept(void **state)
{
    (void)state;
    static const struct {
        int64_t late_ms; /* after the beat that was due */
        int64_t wait_ms; /* until the next one */
    } rows[] = {{0, 100}, {1, 99}, {99, 1}, {100, 100}, {250, 50}, {100000007, 93}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct gc gc = {0};
        int64_t now_ms = T0 + 100 + rows[i].late_ms;
        gc_start(&gc, 100, T0);
        assert_int_equal(gc_wait_ms(&gc, now_ms), 0);
        assert_true(gc_take_due(&gc, now_ms));
        assert_false(gc_take_due(&gc, now_ms));
        assert_int_equal(gc_wait_ms(&gc, now_ms), rows[i].wait_ms);
    }
}

static void a_clock_set_back_does_not_stop_the_beat(void **state)
{
    (void)state;
    struct gc gc = {0};
    gc_start(&gc, 100, T0);
    assert_int_equal(gc_wait_ms(&gc, 0), 100);
    assert_false(gc_take_due(&gc, 0));
    assert_false(gc_take_due(&gc, 99));
    assert_true(gc_take_due(&gc, 100));
}

static void starts_and_stops_in_any_order_leave_one_beat_or_none(void **state)
{
    (void)state;
    uint32_t random = 1;
    struct gc gc = {0};
    bool running = false;
    int64_t started_ms = 0;
    for (int64_t now_ms = T0; now_ms < T0 + 5000; now_ms++) {
        random = random * 1664525u + 1013904223u;
        if (random >> 28 == 0) {
            gc_stop(&gc);
            running = false;
        } else if (random >> 28 < 4) {
            gc_start(&gc, 10, now_ms);
            started_ms = running ? started_ms : now_ms;
            running = true;
        }
        bool due = running && now_ms > started_ms && (now_ms - started_ms) % 10 == 0;
        assert_int_equal(gc_take_due(&gc, now_ms), due);
        assert_int_equal(gc_wait_ms(&gc, now_ms), running ? 10 - (now_ms - started_ms) % 10 : -1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_pass_is_due_one_interval_after_the_start),
        cmocka_unit_test(a_beat_is_taken_once),
        cmocka_unit_test(a_start_of_a_running_beat_changes_nothing),
        cmocka_unit_test(a_stop_is_idempotent_and_ends_the_beat),
        cmocka_unit_test(a_start_after_a_stop_begins_a_new_beat),
        cmocka_unit_test(missed_beats_are_skipped_and_the_rhythm_is_kept),
        cmocka_unit_test(a_clock_set_back_does_not_stop_the_beat),
        cmocka_unit_test(starts_and_stops_in_any_order_leave_one_beat_or_none),
    };
    return cmocka_run_group_tests_name("gc", tests, NULL, NULL);
}
