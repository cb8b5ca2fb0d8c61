#include "tui/duration.h"

#include <math.h>
#include <stdio.h>

#define SECOND_MS 1000.0
#define MINUTE_MS 60000.0
#define HOUR_MS 3600000.0
#define DAY_MS 86400000.0
#define PARSE_MAX_MS INT64_C(9007199254740991) /* 2^53 - 1: JavaScript's last exact integer */
/* From here on a span is only "very long": its text never changes. */
#define LONG_MS (100000 * DAY_MS)

/* The step in which the text of a span that is 0 or more counts. */
static double unit_of(double ms)
{
    if (ms < 2 * MINUTE_MS)
        return SECOND_MS;
    return ms < 2 * DAY_MS ? MINUTE_MS : DAY_MS;
}

static void print_span(double ms, const char *sign, char text[DURATION_TEXT_SIZE])
{
    size_t size = DURATION_TEXT_SIZE;
    if (ms >= LONG_MS) {
        (void)snprintf(text, size, "%s>99999d", sign);
        return;
    }
    int64_t seconds = (int64_t)(ms / SECOND_MS);
    int minutes = (int)(seconds / 60);
    if (ms < MINUTE_MS)
        (void)snprintf(text, size, "%s%ds", sign, (int)seconds);
    else if (ms < 2 * MINUTE_MS)
        (void)snprintf(text, size, "%s%dm%02d", sign, minutes, (int)(seconds % 60));
    else if (ms < 2 * HOUR_MS)
        (void)snprintf(text, size, "%s%dm", sign, minutes);
    else if (ms < 2 * DAY_MS)
        (void)snprintf(text, size, "%s%dh%02d", sign, minutes / 60, minutes % 60);
    else
        (void)snprintf(text, size, "%s%dd", sign, minutes / (60 * 24));
}

const char *duration_elapsed(double ms, char text[DURATION_TEXT_SIZE])
{
    if (isnan(ms))
        (void)snprintf(text, DURATION_TEXT_SIZE, "-");
    else
        print_span(ms > 0 ? ms : 0, "", text);
    return text;
}

const char *duration_remaining(double ms, char text[DURATION_TEXT_SIZE])
{
    if (isnan(ms))
        (void)snprintf(text, DURATION_TEXT_SIZE, "-");
    else if (ms <= -SECOND_MS)
        print_span(-ms, "-", text);
    else
        print_span(ms > 0 ? ms : 0, "", text);
    return text;
}

static int64_t whole_ms(double ms)
{
    if (!(ms < (double)(INT64_MAX / 2)))
        return INT64_MAX;
    return ms < 1 ? 1 : (int64_t)ms;
}

int64_t duration_elapsed_next_ms(double ms)
{
    if (isnan(ms) || ms >= LONG_MS)
        return INT64_MAX;
    if (ms < SECOND_MS)
        return whole_ms(ceil(SECOND_MS - ms));
    double unit = unit_of(ms);
    return whole_ms(ceil((floor(ms / unit) + 1) * unit - ms));
}

int64_t duration_remaining_next_ms(double ms)
{
    if (isnan(ms))
        return INT64_MAX;
    if (ms < SECOND_MS)
        return duration_elapsed_next_ms(-ms);
    /* The text holds down to its boundary and changes just below it. */
    double boundary = ms >= LONG_MS ? LONG_MS : floor(ms / unit_of(ms)) * unit_of(ms);
    return whole_ms(floor(ms - boundary) + 1);
}

static bool has_seconds(double ms)
{
    return fabs(ms) < 2 * MINUTE_MS;
}

const char *duration_elapsed_minutes(double ms, char text[DURATION_TEXT_SIZE])
{
    if (isnan(ms) || ms >= 2 * MINUTE_MS)
        return duration_elapsed(ms, text);
    (void)snprintf(text, DURATION_TEXT_SIZE, "%s", ms < MINUTE_MS ? "<1m" : "1m");
    return text;
}

const char *duration_remaining_minutes(double ms, char text[DURATION_TEXT_SIZE])
{
    if (!has_seconds(ms))
        return duration_remaining(ms, text);
    if (ms >= 0)
        return duration_elapsed_minutes(ms, text);
    (void)snprintf(text, DURATION_TEXT_SIZE, "%s", -ms < MINUTE_MS ? "-0m" : "-1m");
    return text;
}

/* Until a span that grows has one more minute. */
static int64_t minute_next_ms(double ms)
{
    return whole_ms(ceil((floor(ms / MINUTE_MS) + 1) * MINUTE_MS - ms));
}

int64_t duration_elapsed_minutes_next_ms(double ms)
{
    if (ms < 0)
        return whole_ms(ceil(MINUTE_MS - ms));
    return has_seconds(ms) ? minute_next_ms(ms) : duration_elapsed_next_ms(ms);
}

int64_t duration_remaining_minutes_next_ms(double ms)
{
    if (!has_seconds(ms))
        return duration_remaining_next_ms(ms);
    return ms < 0 ? minute_next_ms(-ms) : whole_ms(floor(fmod(ms, MINUTE_MS)) + 1);
}

/* How many milliseconds a unit has; 0 for what is none. */
static int64_t unit_ms(struct str unit)
{
    static const struct {
        const char *name;
        int64_t ms;
    } units[] = {{"", 1}, {"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}, {"d", 86400000}};
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
        if (str_equal(str_of(units[i].name), unit))
            return units[i].ms;
    return 0;
}

bool duration_parse(struct str text, int64_t *ret_ms)
{
    int64_t number = 0;
    size_t at = 0;
    for (; at < text.len && text.data[at] >= '0' && text.data[at] <= '9'; at++) {
        int digit = text.data[at] - '0';
        if (number > (PARSE_MAX_MS - digit) / 10)
            return false;
        number = number * 10 + digit;
    }
    int64_t unit = at == 0 ? 0 : unit_ms((struct str){text.data + at, text.len - at});
    if (unit == 0 || number > PARSE_MAX_MS / unit)
        return false;
    *ret_ms = number * unit;
    return true;
}
