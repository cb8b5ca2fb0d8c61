/*
 * gc.h - the beat of the periodic GC: when the next pass is due. The pass itself is OPERATION_GC.
 * Source: startChatAgentGc, stopChatAgentGc. No clock: the caller says what time it is.
 */
#ifndef SLOTOP_CORE_GC_H
#define SLOTOP_CORE_GC_H

#include <stdbool.h>
#include <stdint.h>

enum { GC_INTERVAL_MS = 300000 }; /* the seed's GC_INTERVAL_MS: 5 minutes */

struct gc {
    bool running;
    int64_t interval_ms;
    int64_t next_due_ms;
};

/* Starts the beat: the first pass is due one interval from now. Starting a running one changes
 * nothing (idempotent, as in the seed). interval_ms > 0. */
void gc_start(struct gc *gc, int64_t interval_ms, int64_t now_ms);
void gc_stop(struct gc *gc); /* idempotent */
/* True once per beat: when a pass is due; moves on to the next beat (beats that were missed, as
 * after a suspended laptop, are skipped, not made up for). A clock that was set back does not
 * stop the beat: the next pass is then due one interval from the call that notices it. */
bool gc_take_due(struct gc *gc, int64_t now_ms);
/* Milliseconds until the next pass, 0 when due, never more than one interval; -1 when stopped. */
int64_t gc_wait_ms(const struct gc *gc, int64_t now_ms);

#endif
