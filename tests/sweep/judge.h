/*
 * judge.h - whether a disturbed edit did what it may: NULL, or what is wrong.
 */
#ifndef SLOTOP_TESTS_SWEEP_JUDGE_H
#define SLOTOP_TESTS_SWEEP_JUDGE_H

#include "tests/sweep/sweep.h"

/* What one edit came to. */
struct answer {
    int result;
    struct error error;
    struct store_report report;
    struct buffer text; /* the outcomes in words */
    struct trace trace;
};

/* The file alone: all that can be said of an edit whose process was killed. */
const char *judge_file(const struct sweep *sweep, const struct picture *now);
/* File, directory, answer and sentence. */
const char *judge_edit(const struct sweep *sweep, const struct fault *fault,
                       const struct picture *now, const struct answer *answer);
/* What may be left in this process. */
const char *judge_process(size_t descriptors, ptrdiff_t allocations);
size_t judge_count_descriptors(void);

/* Counts a bad point of the sweep and tells it on standard output, the first of them; tell.c. */
void sweep_complain(struct sweep *sweep, const struct trace *trace,
                    const struct fault faults[FAULTS_MAX], const char *complaint,
                    const char *sentence);

#endif
