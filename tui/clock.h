/* clock.h - the time, for all of tui/: core/ reads no clock. */
#ifndef SLOTOP_TUI_CLOCK_H
#define SLOTOP_TUI_CLOCK_H

#include <stdint.h>

/* What the wall clock says, in milliseconds of the epoch. */
int64_t clock_epoch_ms(void);
/* Milliseconds of a clock that nobody sets. */
int64_t clock_steady_ms(void);

/*
 * A descriptor that becomes readable when somebody sets the wall clock, or the machine wakes from
 * sleep: what is due by that clock changes without time passing for poll(2). Non-blocking; the
 * caller closes it. -1 where there is no such thing.
 */
int clock_open_set_fd(void);

#endif
