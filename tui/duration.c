#include "tui/duration.h"

#include <math.h>
#include <stdio.h>

#define SECOND_MS 1000.0
#define MINUTE_MS 60000.0
#define HOUR_MS 3600000.0
#define DAY_MS 86400000.0
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
