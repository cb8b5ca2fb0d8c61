/*
 * demo.h - a temporary state directory with a simulated server at work in it.
 *
 * The child process does what DenchClaw does (allocate, mark idle, GC; read, change, write in
 * place without a lock), sped up, and falls back now and then. Everything is removed at the end,
 * also when this process is killed: the child notices and cleans up.
 */
#ifndef SLOTOP_TUI_DEMO_H
#define SLOTOP_TUI_DEMO_H

#include "core/base.h"
#include "core/error.h"

#include <sys/types.h>

struct demo {
    struct buffer home; /* made under $TMPDIR or /tmp; the state directory is below it */
    pid_t server;
};

/* Makes the directory, fills it so that a first snapshot shows something, starts the server. */
int demo_start(struct demo *demo, const char *tmp_dir, int64_t now_ms, struct error *error);
/* Stops the server and removes everything. Harmless when not started. */
void demo_stop(struct demo *demo);

#endif
