/*
 * beat.h - the server's GC: when its next pass comes, inferred.
 *
 * It runs every GC_INTERVAL_MS, first that long after the server began. Its passes are seen when
 * entries that were due expire, or released ones go, all at once. A pass that was seen is better
 * than the start of the server, for timers are late and drift. Pure.
 */
#ifndef SLOTOP_CORE_BEAT_H
#define SLOTOP_CORE_BEAT_H

#include "core/history.h"
#include "core/server.h"

enum beat_source { BEAT_UNKNOWN, BEAT_FROM_START, BEAT_SEEN };

struct beat {
    enum beat_source source;
    double pass_ms; /* a pass, by which all others are known */
};

/* From the newest pass among the events that came after the server began (events by GC); else from
 * the server's start; unknown for a server that is down, or of which nothing is known. */
struct beat beat_infer(const struct server *server, const struct history_event *events,
                       size_t count);
/* The first pass after `after_ms`; NaN when unknown, and for a time that is not finite. */
double beat_next_ms(const struct beat *beat, double after_ms);
/* The pass that expires an entry which is due at expires_at_ms (see entry_expires_at_ms()): the
 * first one after it; NaN when either is unknown. */
double beat_expiry_ms(const struct beat *beat, double expires_at_ms);

#endif
