/*
 * job.h - stopping, as the terminal does it to the job in the foreground on Ctrl-Z.
 */
#ifndef SLOTOP_TUI_JOB_H
#define SLOTOP_TUI_JOB_H

/* Sends SIGTSTP to the whole process group and takes it, blocked or not; returns when continued.
 * The kernel drops the signal where no shell could ever continue the group. */
void job_stop(void);

#endif
