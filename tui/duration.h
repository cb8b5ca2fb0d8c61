/*
 * duration.h - spans of time as people read them, coarse on purpose, and when the text changes.
 *
 * Seconds only below two minutes ("45s", "119s" is "1m59"), then minutes ("24m"), from two hours
 * "2h08", from two days "3d". The coarser the text, the longer the program sleeps.
 */
#ifndef SLOTOP_TUI_DURATION_H
#define SLOTOP_TUI_DURATION_H

#include "core/base.h"

enum { DURATION_TEXT_SIZE = 16 };

/* Writes an elapsed span (ms, 0 or more; negative is "0s"; NaN is "-"). Returns text. */
const char *duration_elapsed(double ms, char text[DURATION_TEXT_SIZE]);
/* Writes a span that runs down (remaining ms); past its end "-3m", "-45s". */
const char *duration_remaining(double ms, char text[DURATION_TEXT_SIZE]);
/* Milliseconds until the text of a growing span changes; of a shrinking one. >= 1; NaN: never,
 * as INT64_MAX. */
int64_t duration_elapsed_next_ms(double ms);
int64_t duration_remaining_next_ms(double ms);

/* The same without seconds: below two minutes "1m" and "<1m", past its end "-0m" and "-1m". */
const char *duration_elapsed_minutes(double ms, char text[DURATION_TEXT_SIZE]);
const char *duration_remaining_minutes(double ms, char text[DURATION_TEXT_SIZE]);
int64_t duration_elapsed_minutes_next_ms(double ms);
int64_t duration_remaining_minutes_next_ms(double ms);

/* Reads "90s", "30m", "2h", "7d", "1500ms" or "1500" (milliseconds), up to 2^53 - 1 ms. False for
 * all else, with *ret_ms untouched. */
bool duration_parse(struct str text, int64_t *ret_ms);

#endif
