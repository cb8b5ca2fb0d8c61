#include "core/iso_time.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

/* What Node's Date.parse() answers. */
static void a_moment_is_what_javascript_takes_it_for(void **state)
{
    static const struct {
        const char *text;
        double ms;
    } cases[] = {
        {"1970-01-01T00:00:00.000Z", 0},
        {"1969-12-31T23:59:59.999Z", -1},
        {"2026-11-22T14:30:16.123Z", 1795357816123},
        {"2026-11-22T14:30:16Z", 1795357816000},
        {"2026-11-22T14:30Z", 1795357800000},
        {"2026-11-22T16:30:16.5+02:00", 1795357816500},
        {"2026-11-22T09:00:16.1234-0530", 1795357816123},
        {"2026-11-22T14:30:16.1234567890123456789Z", 1795357816123},
        {"2024-02-29T00:00:00Z", 1709164800000},
        {"2000-02-29T00:00:00Z", 951782400000},
        {"2000-03-01T00:00:00Z", 951868800000},
        {"2023-12-31T24:00:00Z", 1704067200000},
        {"0000-01-01T00:00:00Z", -62167219200000},
        {"0000-03-01T00:00:00Z", -62162035200000},
        {"9999-12-31T23:59:59.999Z", 253402300799999},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_true(iso_time_ms(str_of(cases[i].text)) == cases[i].ms);
}

static void anything_else_is_no_moment(void **state)
{
    static const char *const texts[] = {
        "",
        "2026",
        "2026-11-22",
        "2026-11-22T14:30:16",
        "2026-11-22T14:30:16z",
        "2026-11-22 14:30:16Z",
        " 2026-11-22T14:30:16Z",
        "2026-11-22T14:30:16Z ",
        "2026-11-22T14:30:16ZZ",
        "2026-11-22T14:30:16.Z",
        "2026-11-22T14:30:60Z",
        "2026-11-22T14:60:00Z",
        "2026-11-22T25:00:00Z",
        "2026-11-22T24:00:01Z",
        "2026-11-22T24:00:00.001Z",
        "2026-11-31T00:00:00Z",
        "2026-02-29T00:00:00Z",
        "1900-02-29T00:00:00Z",
        "2026-00-01T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-01-00T00:00:00Z",
        "2026-01-01T00:00:00+24:00",
        "2026-01-01T00:00:00+2",
        "2026-01-01T00:00:00+02:",
        "2026-01-01T00Z",
        "2026-1-1T00:00:00Z",
        "+002026-01-01T00:00:00Z",
        "-2026-01-01T00:00:00Z",
        "1795357816123",
        "Sun Nov 22 2026",
    };
    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        assert_true(isnan(iso_time_ms(str_of(texts[i]))));
    assert_true(isnan(iso_time_ms((struct str){0})));
    assert_true(isnan(iso_time_ms((struct str){"2026-11-22T14:30:16Z\0", 21})));
}

static void a_moment_that_was_cut_short_is_none(void **state)
{
    const struct str whole = STR("2026-11-22T14:30:16.123+02:30");
    (void)state;
    assert_true(iso_time_ms(whole) == 1795348816123);
    for (size_t len = 0; len < whole.len; len++)
        assert_true(isnan(iso_time_ms((struct str){whole.data, len})));
}

/* Day by day through four centuries, a whole turn of the calendar. */
static void every_day_is_one_day_after_the_day_before(void **state)
{
    double before = -62167219200000.0 - 86400000;
    size_t days = 0;
    (void)state;
    for (int year = 0; year <= 400; year++) {
        for (int month = 1; month <= 12; month++) {
            for (int day = 1; day <= 31; day++) {
                char text[64];
                (void)snprintf(text, sizeof(text), "%04d-%02d-%02dT00:00:00Z", year, month, day);
                double ms = iso_time_ms(str_of(text));
                if (isnan(ms))
                    continue;
                assert_true(ms == before + 86400000);
                before = ms;
                days++;
            }
        }
    }
    assert_int_equal(days, 146097 + 366);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_moment_is_what_javascript_takes_it_for),
        cmocka_unit_test(anything_else_is_no_moment),
        cmocka_unit_test(a_moment_that_was_cut_short_is_none),
        cmocka_unit_test(every_day_is_one_day_after_the_day_before),
    };
    return cmocka_run_group_tests_name("iso_time", tests, NULL, NULL);
}
