/*
 * faults_part.h - what tests/sweep/faults.c (system calls) and faults_memory.c (allocations) share.
 */
#ifndef SLOTOP_TESTS_FAULTS_PART_H
#define SLOTOP_TESTS_FAULTS_PART_H

#include "tests/sweep/faults.h"

#include <sys/types.h>

/* Cannot be otherwise: the wrapped calls have no argument for it. Shared, since some children have
 * memory of their own; each process that edits has one. */
struct faults {
    bool is_armed;
    pid_t main_pid;
    struct world world;
    struct fault faults[FAULTS_MAX];
    size_t child_calls;
    ptrdiff_t live;
    struct trace trace;
};
extern struct faults *faults_now;

#define WRAP_AS(type, name, parameters)                                                            \
    type __real_##name parameters;                                                                 \
    type __wrap_##name parameters;                                                                 \
    type __wrap_##name parameters

#endif
