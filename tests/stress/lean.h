/*
 * lean.h - the server's save without the server: truncates, writes and closes, and needs so little
 * of the processor that it keeps its rate on a machine that is busy. Commands and answers as
 * saver.js.
 */
#ifndef SLOTOP_STRESS_LEAN_H
#define SLOTOP_STRESS_LEAN_H

/* Runs until standard input ends. Returns the exit status. */
int lean_run(const char *path, long saves_per_second);

#endif
