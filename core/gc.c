#include "core/gc.h"

#include <assert.h>

void gc_start(struct gc *gc, int64_t interval_ms, int64_t now_ms)
{
    assert(interval_ms > 0);
    if (gc->running)
        return;
    *gc = (struct gc){
        .running = true,
        .interval_ms = interval_ms,
        .next_due_ms = now_ms + interval_ms,
    };
}

void gc_stop(struct gc *gc)
{
    *gc = (struct gc){0};
}

bool gc_take_due(struct gc *gc, int64_t now_ms)
{
    if (!gc->running)
        return false;
    if (now_ms < gc->next_due_ms) {
        if (gc->next_due_ms - now_ms > gc->interval_ms)
            gc->next_due_ms = now_ms + gc->interval_ms;
        return false;
    }
    int64_t missed = (now_ms - gc->next_due_ms) / gc->interval_ms;
    gc->next_due_ms += (missed + 1) * gc->interval_ms;
    return true;
}

int64_t gc_wait_ms(const struct gc *gc, int64_t now_ms)
{
    if (!gc->running)
        return -1;
    int64_t wait_ms = gc->next_due_ms - now_ms;
    if (wait_ms < 0)
        return 0;
    return wait_ms < gc->interval_ms ? wait_ms : gc->interval_ms;
}
