/*
 * faults.h - every system call and allocation of an edit, counted, and made to fail at will.
 *
 * The calls are wrapped when the test is linked (calls.opts), so production code has no hooks.
 * faults_arm(); the edit; faults_disarm(). While disarmed, all calls go through, but sleeping
 * and syncing take no time at any moment: neither is what is tested here. The process that an edit
 * makes for its leased part shares our memory, and so the counters.
 */
#ifndef SLOTOP_TESTS_FAULTS_H
#define SLOTOP_TESTS_FAULTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum call {
    CALL_OPEN, /* to read; the next two: to write, to make */
    CALL_OPEN_WRITE,
    CALL_OPEN_NEW,
    CALL_CLOSE,
    CALL_FSTAT,
    CALL_STAT,
    CALL_PREAD,
    CALL_PWRITE,
    CALL_FSYNC,
    CALL_FTRUNCATE,
    CALL_MMAP,
    CALL_MUNMAP,
    CALL_FCNTL,
    CALL_SIGPROCMASK,
    CALL_SIGTIMEDWAIT,
    CALL_NANOSLEEP,
    CALL_YIELD,
    CALL_CLONE,
    CALL_WAITPID,
    CALL_TIMER,
    CALL_LINK,
    CALL_UNLINK,
    CALL_MKDIR,
    CALLS,
};
const char *call_name(enum call call);
/* What the call can give, of the errnos that safe-writes.md names and some of its own; ends with
 * 0. */
const int *call_errnos(enum call call);

enum blow {
    BLOW_NONE,
    BLOW_ERRNO,     /* the call fails; errnum 0: with the first that it can give */
    BLOW_SHORT,     /* it reads or writes half */
    BLOW_LOST,      /* a write over what is there is answered as done, and is not */
    BLOW_TORN,      /* SIGKILL at the edge of a page within a write */
    BLOW_KILL_SELF, /* SIGKILL before the call: of the process that makes it */
    BLOW_KILL_MAIN, /* of the process that edits, while its child goes on */
    BLOW_KILL_ALL,
    BLOW_NO_MEMORY, /* `at` counts allocations */
};

struct fault {
    enum blow blow;
    size_t at; /* the call, from 1 */
    int errnum;
    bool is_lasting; /* every call from there on that can; a kill: the at-th call of every child */
};

/* What does not work at all. */
struct world {
    bool no_lease;
    bool no_child;
    bool no_nameless_file;
};

enum { FAULTS_MAX = 2, TRACE_MAX = 1024 };

/* What was called while armed. */
struct trace {
    size_t count;
    size_t allocations;
    size_t struck; /* how many blows fell */
    bool child_allocated;
    bool has_killed;      /* a process; its memory may be ours */
    size_t failed[CALLS]; /* how often for good: interruptions apart */
    struct {
        uint8_t call; /* enum call */
        bool in_child;
        bool is_split; /* a write over the edge of a page */
    } calls[TRACE_MAX];
};

void faults_arm(const struct world *world, const struct fault faults[FAULTS_MAX]);
void faults_disarm(struct trace *ret_trace);
/* Allocations not freed yet, of all code that is linked here. */
ptrdiff_t faults_live_allocations(void);

#endif
