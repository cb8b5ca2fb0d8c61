#include "core/iso_time.h"

#include <math.h>

enum { DAY_MS = 86400000, HOUR_MS = 3600000, MINUTE_MS = 60000, SECOND_MS = 1000 };

struct reader {
    const char *at;
    const char *end;
    bool failed;
};

static bool is_digit(const struct reader *reader)
{
    return reader->at < reader->end && *reader->at >= '0' && *reader->at <= '9';
}

static bool next_is(const struct reader *reader, char c)
{
    return reader->at < reader->end && *reader->at == c;
}

static void expect(struct reader *reader, char c)
{
    if (next_is(reader, c))
        reader->at++;
    else
        reader->failed = true;
}

/* Exactly so many digits. */
static int number(struct reader *reader, int digits, int lowest, int highest)
{
    int value = 0;
    for (int i = 0; i < digits; i++) {
        if (!is_digit(reader)) {
            reader->failed = true;
            return 0;
        }
        value = value * 10 + (*reader->at++ - '0');
    }
    if (value < lowest || value > highest)
        reader->failed = true;
    return value;
}

static int days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && is_leap ? 29 : days[month - 1];
}

/* Days from 1970-01-01. The year begins in March here, so that a leap day is its last. */
static int64_t days_of(int year, int month, int day)
{
    static const int from_march[] = {306, 337, 0, 31, 61, 92, 122, 153, 184, 214, 245, 275};
    int64_t years = (int64_t)year + 400 - (month <= 2);
    int64_t days = years * 365 + years / 4 - years / 100 + years / 400;
    return days + from_march[month - 1] + day - 1 - 719468 - 146097;
}

static int64_t read_date(struct reader *reader)
{
    int year = number(reader, 4, 0, 9999);
    expect(reader, '-');
    int month = number(reader, 2, 1, 12);
    expect(reader, '-');
    int day = number(reader, 2, 1, 31);
    if (reader->failed || day > days_in_month(year, month)) {
        reader->failed = true;
        return 0;
    }
    return days_of(year, month, day) * DAY_MS;
}

static int read_fraction(struct reader *reader)
{
    int ms = 0;
    int unit = 100;
    if (!is_digit(reader))
        reader->failed = true;
    for (; is_digit(reader); unit /= 10)
        ms += unit * (*reader->at++ - '0');
    return ms;
}

static int64_t read_clock(struct reader *reader)
{
    int hours = number(reader, 2, 0, 24);
    expect(reader, ':');
    int64_t ms = (int64_t)hours * HOUR_MS + (int64_t)number(reader, 2, 0, 59) * MINUTE_MS;
    if (next_is(reader, ':')) {
        reader->at++;
        ms += (int64_t)number(reader, 2, 0, 59) * SECOND_MS;
        if (next_is(reader, '.')) {
            reader->at++;
            ms += read_fraction(reader);
        }
    }
    if (ms > DAY_MS)
        reader->failed = true;
    return ms;
}

static int64_t read_offset(struct reader *reader)
{
    if (next_is(reader, 'Z')) {
        reader->at++;
        return 0;
    }
    bool is_west = next_is(reader, '-');
    expect(reader, is_west ? '-' : '+');
    int64_t ms = (int64_t)number(reader, 2, 0, 23) * HOUR_MS;
    if (next_is(reader, ':'))
        reader->at++;
    ms += (int64_t)number(reader, 2, 0, 59) * MINUTE_MS;
    return is_west ? -ms : ms;
}

double iso_time_ms(struct str text)
{
    if (!text.data)
        return (double)NAN;
    struct reader reader = {.at = text.data, .end = text.data + text.len};
    int64_t ms = read_date(&reader);
    expect(&reader, 'T');
    ms += read_clock(&reader);
    ms -= read_offset(&reader);
    return reader.failed || reader.at != reader.end ? (double)NAN : (double)ms;
}
