#include "core/json.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* 0.DIGITS times 10 to the power of `point`, no zero at either end of the digits. */
enum { SHORTEST_ROOM = 32, MOST_PRECISE = 17, ALWAYS_EXACT = 15 };
struct shortest {
    char digits[SHORTEST_ROOM];
    int count;
    int point;
};

/* The next greater number of as many digits; false when that needs a carry into a new one. */
static bool next_decimal(char *text)
{
    char *at = strchr(text, 'e');
    while (at-- > text) {
        if (*at == '.')
            continue;
        if (*at != '9') {
            ++*at;
            return true;
        }
        *at = '0';
    }
    return false;
}

/*
 * Writes d.ddde±x with the fewest digits that read back as `number`. A power of two lies nearer to
 * its lower neighbour, so there the nearest decimal may fail where the next greater one does not.
 * Outside the subnormal range every decimal of 15 digits survives, so 15 is a safe beginning.
 */
static void shortest_text(double number, char text[static SHORTEST_ROOM])
{
    int precision = number < DBL_MIN ? 1 : ALWAYS_EXACT;
    for (; precision <= MOST_PRECISE; precision++) {
        (void)snprintf(text, SHORTEST_ROOM, "%.*e", precision - 1, number);
        if (strtod(text, NULL) == number)
            return;
        if (precision < MOST_PRECISE && next_decimal(text) && strtod(text, NULL) == number)
            return;
    }
}

static struct shortest shortest_of(double number)
{
    char text[SHORTEST_ROOM];
    struct shortest shortest = {.count = 0};
    shortest_text(number, text);
    const char *at = text;
    for (; *at != 'e'; at++) {
        if (*at != '.')
            shortest.digits[shortest.count++] = *at;
    }
    while (shortest.count > 1 && shortest.digits[shortest.count - 1] == '0')
        shortest.count--;
    shortest.point = (int)strtol(at + 1, NULL, 10) + 1;
    return shortest;
}

/* Number::toString of ECMAScript, radix 10. */
static void lay_out(const struct shortest *shortest, struct buffer *out)
{
    enum { LAST_PLAIN_POINT = 21, FIRST_PLAIN_POINT = -5 };
    const char *digits = shortest->digits;
    int count = shortest->count;
    int point = shortest->point;
    if (point > LAST_PLAIN_POINT || point < FIRST_PLAIN_POINT) {
        buffer_add_char(out, digits[0]);
        if (count > 1)
            buffer_addf(out, ".%.*s", count - 1, digits + 1);
        buffer_addf(out, "e%+d", point - 1);
    } else if (point <= 0) {
        buffer_add_str(out, STR("0."));
        buffer_add_repeat(out, '0', (size_t)-point);
        buffer_add(out, digits, (size_t)count);
    } else if (count <= point) {
        buffer_add(out, digits, (size_t)count);
        buffer_add_repeat(out, '0', (size_t)(point - count));
    } else {
        buffer_addf(out, "%.*s.%.*s", point, digits, count - point, digits + point);
    }
}

void json_print_number(double number, struct buffer *out)
{
    const double exact_limit = 9007199254740992.0; /* 2^53 */
    if (!isfinite(number)) {
        buffer_add_str(out, STR("null"));
        return;
    }
    if (fabs(number) < exact_limit && (double)(int64_t)number == number) {
        buffer_addf(out, "%" PRId64, (int64_t)number);
        return;
    }
    struct shortest shortest = shortest_of(fabs(number));
    if (number < 0)
        buffer_add_char(out, '-');
    lay_out(&shortest, out);
}
