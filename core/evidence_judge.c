#include "core/evidence.h"

#include <math.h>

/* Beyond it (some 285,000 years) a double does not hold every millisecond. */
static const double LATEST_MS = 9007199254740992.0;

const char *evidence_source_name(enum evidence_source source)
{
    static const char *const names[] = {
        [EVIDENCE_NONE] = "none seen",
        [EVIDENCE_WAL] = "write-ahead file",
        [EVIDENCE_TRANSCRIPT] = "transcript",
        [EVIDENCE_STATUS] = "session store",
        [EVIDENCE_LOCK] = "lock",
        [EVIDENCE_STREAMING] = "streaming",
    };
    return names[source];
}

/* Near in time on either side: clocks differ. False for NaN. */
static bool is_near(double at_ms, int64_t now_ms, int within_ms)
{
    return fabs((double)now_ms - at_ms) <= within_ms;
}

static struct run run_in_progress(enum evidence_source source, double at_ms)
{
    return (struct run){.source = source, .is_running = true, .at_ms = at_ms};
}

struct run evidence_judge(const struct evidence *evidence, int64_t now_ms)
{
    if (!evidence)
        return (struct run){.source = EVIDENCE_NONE, .at_ms = (double)NAN};
    if (evidence->is_streaming && is_near(evidence->transcript_ms, now_ms, EVIDENCE_FRESH_MS))
        return run_in_progress(EVIDENCE_STREAMING, evidence->transcript_ms);
    if (evidence->lock_pid > 0)
        return run_in_progress(EVIDENCE_LOCK, evidence->lock_ms);
    if (evidence->says_running && is_near(evidence->status_ms, now_ms, EVIDENCE_STATUS_MS))
        return run_in_progress(EVIDENCE_STATUS, evidence->status_ms);
    struct run run = {.source = EVIDENCE_NONE, .at_ms = (double)NAN};
    if (evidence->has_transcript) {
        run.source = EVIDENCE_TRANSCRIPT;
        run.at_ms = evidence->transcript_ms;
        run.is_stalled = evidence->is_streaming && evidence->transcript_ms < (double)now_ms;
    } else if (!isnan(evidence->wal_ms)) {
        run.source = EVIDENCE_WAL;
        run.at_ms = evidence->wal_ms;
    }
    return run;
}

static bool says_the_same(struct run a, struct run b)
{
    return a.source == b.source && a.is_running == b.is_running && a.is_stalled == b.is_stalled;
}

double evidence_next_change_ms(const struct evidence *evidence, int64_t now_ms)
{
    double next_ms = (double)NAN;
    if (!evidence)
        return next_ms;
    const struct run now = evidence_judge(evidence, now_ms);
    /* The first whole milliseconds at which a trace comes near, and at which it no longer is. */
    const double moments[] = {
        ceil(evidence->transcript_ms - EVIDENCE_FRESH_MS),
        floor(evidence->transcript_ms + EVIDENCE_FRESH_MS) + 1,
        ceil(evidence->status_ms - EVIDENCE_STATUS_MS),
        floor(evidence->status_ms + EVIDENCE_STATUS_MS) + 1,
    };
    for (size_t i = 0; i < sizeof(moments) / sizeof(*moments); i++) {
        double at_ms = moments[i];
        if (!(at_ms > (double)now_ms && at_ms < LATEST_MS) || at_ms >= next_ms)
            continue;
        if (!says_the_same(now, evidence_judge(evidence, (int64_t)at_ms)))
            next_ms = at_ms;
    }
    return next_ms;
}
