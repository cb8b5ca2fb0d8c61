/*
 * sweep.h - one edit, disturbed at every point: each time the file, the directory, the answer and
 * the process are looked at.
 *
 * Good is: the file holds the state before or after, for several wishes each entry so; success
 * means after, and the outcomes are those of the undisturbed edit; a sentence that says what is
 * true of the file says the truth, and every sentence says it; nothing is left over: no temporary
 * file, descriptor, child, allocation, lease or blocked signal.
 */
#ifndef SLOTOP_TESTS_SWEEP_H
#define SLOTOP_TESTS_SWEEP_H

#include "tests/helpers/tree.h"
#include "tests/sweep/picture.h"
#include "tests/sweep/trial.h"

struct sweep {
    const struct trial *trial;
    bool is_quick; /* a call fails in two ways at most; no process is killed at a read */
    struct tree tree;
    char path[320];
    char own[320]; /* slotop's own directory for it… */
    bool keeps;    /* …in which it keeps copies and records */
    struct picture before;
    struct picture after;
    struct buffer answer; /* of the undisturbed edit */
    struct trace trace;   /* its calls */
    size_t points;
    size_t bad; /* each is told on standard output */
};

/* Before all else: without a wish of the user's everything is done in memory. */
void sweep_choose_place(void);
/* Makes the undisturbed edit. */
void sweep_open(struct sweep *sweep, const struct trial *trial);
void sweep_close(struct sweep *sweep);

void sweep_errnos(struct sweep *sweep);          /* each call fails with each errno it can give */
void sweep_short_transfers(struct sweep *sweep); /* each read and write does half, writes no more */
void sweep_child_kills(struct sweep *sweep);     /* the child dies at each of its calls */
void sweep_process_kills(struct sweep *sweep);   /* the process does, with and without its child */
/* The same, with a record of the batch; then the next start makes all of it or none. */
void sweep_mended_kills(struct sweep *sweep);
void sweep_memory(struct sweep *sweep); /* each allocation fails, alone and with all after */

/* The long ones. */
void sweep_lasting_errnos(struct sweep *sweep); /* from each call on: a dead disk, a full one */
void sweep_lasting_kills(struct sweep *sweep);  /* every child dies at its nth call */
void sweep_pairs(struct sweep *sweep); /* two calls fail; one fails, and later all is killed */

#endif
