#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tui/duration.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#define S 1000.0
#define M (60 * S)
#define H (60 * M)
#define D (24 * H)

static void spans_read_coarsely_and_are_rounded_down(void **state)
{
    (void)state;
    static const struct {
        double ms;
        const char *elapsed, *remaining;
    } spans[] = {
        {0, "0s", "0s"},
        {999, "0s", "0s"},
        {S, "1s", "1s"},
        {59999, "59s", "59s"},
        {M, "1m00", "1m00"},
        {119 * S, "1m59", "1m59"},
        {119999.5, "1m59", "1m59"},
        {2 * M, "2m", "2m"},
        {24 * M + 59999, "24m", "24m"},
        {2 * H - 1, "119m", "119m"},
        {2 * H, "2h00", "2h00"},
        {2 * H + 8 * M, "2h08", "2h08"},
        {2 * D - 1, "47h59", "47h59"},
        {2 * D, "2d", "2d"},
        {3 * D + 23 * H, "3d", "3d"},
        {99999 * D, "99999d", "99999d"},
        {100000 * D, ">99999d", ">99999d"},
        {1e300, ">99999d", ">99999d"},
        {INFINITY, ">99999d", ">99999d"},
        {-1, "0s", "0s"},
        {-999, "0s", "0s"},
        {-S, "0s", "-1s"},
        {-3 * M, "0s", "-3m"},
        {-2 * D, "0s", "-2d"},
        {-INFINITY, "0s", "->99999d"},
        {NAN, "-", "-"},
    };
    for (size_t i = 0; i < sizeof(spans) / sizeof(spans[0]); i++) {
        char text[DURATION_TEXT_SIZE];
        assert_string_equal(duration_elapsed(spans[i].ms, text), spans[i].elapsed);
        assert_string_equal(duration_remaining(spans[i].ms, text), spans[i].remaining);
    }
}

/* True when the text reads the same until just before `next`, and differs there. */
static bool changes_exactly_at(double ms, int64_t next, int sign,
                               const char *print(double, char[DURATION_TEXT_SIZE]))
{
    char now[DURATION_TEXT_SIZE];
    char before[DURATION_TEXT_SIZE];
    char then[DURATION_TEXT_SIZE];
    print(ms, now);
    print(ms + sign * (double)(next - 1), before);
    print(ms + sign * (double)next, then);
    return next >= 1 && strcmp(now, before) == 0 && strcmp(now, then) != 0;
}

static void the_next_change_is_exact_to_the_millisecond(void **state)
{
    (void)state;
    enum { ROUNDS = 200000 };
    static const double ranges[] = {3 * M, 3 * H, 3 * D, 30 * D, 200 * D};
    uint64_t seed = 20261122;
    for (int round = 0; round < ROUNDS; round++) {
        seed = seed * 6364136223846793005U + 1442695040888963407U;
        double range = ranges[round % 5];
        double ms = floor((double)(seed >> 11) / 9007199254740992.0 * 2 * range - range);
        if (round % 7 == 0)
            ms += 0.25;
        if (!changes_exactly_at(ms, duration_elapsed_next_ms(ms), 1, duration_elapsed))
            fail_msg("elapsed %f: %lld", ms, (long long)duration_elapsed_next_ms(ms));
        if (!changes_exactly_at(ms, duration_remaining_next_ms(ms), -1, duration_remaining))
            fail_msg("remaining %f: %lld", ms, (long long)duration_remaining_next_ms(ms));
        if (!changes_exactly_at(ms, duration_elapsed_minutes_next_ms(ms), 1,
                                duration_elapsed_minutes))
            fail_msg("elapsed minutes %f", ms);
        if (!changes_exactly_at(ms, duration_remaining_minutes_next_ms(ms), -1,
                                duration_remaining_minutes))
            fail_msg("remaining minutes %f", ms);
    }
    print_message("spans: %d\n", ROUNDS);
}

static void every_boundary_is_exact(void **state)
{
    (void)state;
    static const double edges[] = {0, S, M, 2 * M, 2 * H, 2 * D, 3 * D, 99999 * D};
    for (size_t i = 0; i < sizeof(edges) / sizeof(edges[0]); i++) {
        for (double step = -2; step <= 2; step++) {
            double ms = edges[i] + step;
            assert_true(changes_exactly_at(ms, duration_elapsed_next_ms(ms), 1, duration_elapsed));
            assert_true(
                changes_exactly_at(ms, duration_remaining_next_ms(ms), -1, duration_remaining));
            assert_true(
                changes_exactly_at(-ms, duration_remaining_next_ms(-ms), -1, duration_remaining));
            assert_true(changes_exactly_at(ms, duration_elapsed_minutes_next_ms(ms), 1,
                                           duration_elapsed_minutes));
            assert_true(changes_exactly_at(ms, duration_remaining_minutes_next_ms(ms), -1,
                                           duration_remaining_minutes));
            assert_true(changes_exactly_at(-ms, duration_remaining_minutes_next_ms(-ms), -1,
                                           duration_remaining_minutes));
        }
    }
}

static void without_seconds_a_span_is_told_in_minutes(void **state)
{
    static const struct {
        double ms;
        const char *elapsed, *remaining;
    } spans[] = {
        {0, "<1m", "<1m"},   {M - 1, "<1m", "<1m"},   {M, "1m", "1m"},    {2 * M - 1, "1m", "1m"},
        {2 * M, "2m", "2m"}, {3 * H, "3h00", "3h00"}, {-1, "<1m", "-0m"}, {1 - M, "<1m", "-0m"},
        {-M, "<1m", "-1m"},  {-2 * M, "<1m", "-2m"},  {NAN, "-", "-"},
    };
    char text[DURATION_TEXT_SIZE];
    (void)state;
    for (size_t i = 0; i < sizeof(spans) / sizeof(spans[0]); i++) {
        assert_string_equal(duration_elapsed_minutes(spans[i].ms, text), spans[i].elapsed);
        assert_string_equal(duration_remaining_minutes(spans[i].ms, text), spans[i].remaining);
    }
}

static void what_never_changes_says_never(void **state)
{
    (void)state;
    assert_int_equal(duration_elapsed_next_ms(NAN), INT64_MAX);
    assert_int_equal(duration_remaining_next_ms(NAN), INT64_MAX);
    assert_int_equal(duration_elapsed_next_ms(INFINITY), INT64_MAX);
    assert_int_equal(duration_elapsed_next_ms(-INFINITY), INT64_MAX);
    assert_int_equal(duration_remaining_next_ms(INFINITY), INT64_MAX);
    assert_int_equal(duration_remaining_next_ms(-INFINITY), INT64_MAX);
    assert_int_equal(duration_elapsed_next_ms(1e300), INT64_MAX);
    assert_int_equal(duration_elapsed_minutes_next_ms(NAN), INT64_MAX);
    assert_int_equal(duration_remaining_minutes_next_ms(NAN), INT64_MAX);
    assert_int_equal(duration_elapsed_minutes_next_ms(INFINITY), INT64_MAX);
    assert_int_equal(duration_remaining_minutes_next_ms(-INFINITY), INT64_MAX);
    assert_int_equal(duration_elapsed_next_ms(-1e300), INT64_MAX);
}

static void a_span_is_a_number_with_a_unit_or_milliseconds(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t ms; /* -1: refused */
    } cases[] = {
        {"0", 0},
        {"1500", 1500},
        {"1500ms", 1500},
        {"90s", 90000},
        {"30m", 1800000},
        {"2h", 7200000},
        {"7d", 604800000},
        {"007s", 7000},
        {"9007199254740991", INT64_C(9007199254740991)},
        {"9007199254740992", -1},
        {"104249991d", INT64_C(9007199222400000)},
        {"104249992d", -1},
        {"99999999999999999999", -1},
        {"", -1},
        {"s", -1},
        {"-1", -1},
        {"+1", -1},
        {" 1", -1},
        {"1 s", -1},
        {"1S", -1},
        {"1.5h", -1},
        {"1e3", -1},
        {"0x10", -1},
        {"1w", -1},
        {"1mss", -1},
        {"5m\n", -1},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int64_t ms = -7;
        assert_int_equal(duration_parse(str_of(cases[i].text), &ms), cases[i].ms >= 0);
        assert_int_equal(ms, cases[i].ms < 0 ? -7 : cases[i].ms);
    }
    assert_false(duration_parse((struct str){0}, &(int64_t){0}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spans_read_coarsely_and_are_rounded_down),
        cmocka_unit_test(the_next_change_is_exact_to_the_millisecond),
        cmocka_unit_test(every_boundary_is_exact),
        cmocka_unit_test(without_seconds_a_span_is_told_in_minutes),
        cmocka_unit_test(what_never_changes_says_never),
        cmocka_unit_test(a_span_is_a_number_with_a_unit_or_milliseconds),
    };
    return cmocka_run_group_tests_name("duration", tests, NULL, NULL);
}
