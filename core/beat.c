#include "core/beat.h"

#include "core/gc.h"

#include <math.h>

struct beat beat_infer(const struct server *server, const struct history_event *events,
                       size_t count)
{
    struct beat beat = {.source = BEAT_UNKNOWN, .pass_ms = NAN};
    if (server->state != SERVER_UP || !isfinite(server->started_ms))
        return beat;
    beat = (struct beat){BEAT_FROM_START, server->started_ms + GC_INTERVAL_MS};
    for (size_t i = 0; i < count; i++) {
        const struct history_event *event = &events[i];
        if (event->by != BY_GC || event->at_ms <= server->started_ms)
            continue;
        if (beat.source != BEAT_SEEN || event->at_ms > beat.pass_ms)
            beat = (struct beat){BEAT_SEEN, event->at_ms};
    }
    return beat;
}

double beat_next_ms(const struct beat *beat, double after_ms)
{
    if (beat->source == BEAT_UNKNOWN || !isfinite(after_ms))
        return NAN;
    if (beat->source == BEAT_FROM_START && after_ms < beat->pass_ms)
        return beat->pass_ms; /* there was none before */
    double passes = floor((after_ms - beat->pass_ms) / GC_INTERVAL_MS) + 1;
    return beat->pass_ms + passes * GC_INTERVAL_MS;
}

double beat_expiry_ms(const struct beat *beat, double expires_at_ms)
{
    return beat_next_ms(beat, expires_at_ms);
}
