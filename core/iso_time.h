/*
 * iso_time.h - the moments that JavaScript's toISOString() and other programs write as text.
 */
#ifndef SLOTOP_CORE_ISO_TIME_H
#define SLOTOP_CORE_ISO_TIME_H

#include "core/base.h"

/*
 * Epoch ms of an ISO 8601 moment: YYYY-MM-DDThh:mm[:ss[.fraction]] and Z, +hh:mm or +hhmm (- too).
 * NaN for anything else: local time, white space, dates that are not in the calendar, seconds of
 * 60. Digits of a fraction beyond the third are cut off. 24:00 is the end of a day, as in
 * JavaScript.
 */
double iso_time_ms(struct str text);

#endif
