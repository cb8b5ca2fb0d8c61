/*
 * signals.h - signals as something to read: blocked for the process, taken from a descriptor.
 *
 * No handler runs, so none can interrupt half-done work, and curses' own handlers stay silent.
 */
#ifndef SLOTOP_TUI_SIGNALS_H
#define SLOTOP_TUI_SIGNALS_H

#include "core/error.h"

#include <signal.h>
#include <stdbool.h>

struct signals {
    int fd; /* readable when a signal waits */
    sigset_t saved_mask;
    struct sigaction saved_pipe;
};

/* Blocks the signals of loop.h, those left out that are ignored (nohup, a shell without job
 * control), and ignores SIGPIPE. -errno of signalfd; nothing is changed then. */
int signals_open(struct signals *signals, struct error *error);
/* Puts everything back. Signals that came too late to matter are forgotten: the default action of
 * one would end the process before the terminal is given back. */
void signals_close(struct signals *signals);
/* Takes the next signal without waiting; false when there is none. */
bool signals_next(struct signals *signals, int *ret_signal);

#endif
