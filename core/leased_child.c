/* The process in which a lease is held: ended by a timer, asking its parent for a plan. */
#include "core/leased_part.h"

#include <errno.h>
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { STACK_BYTES = 128 << 10 };

/*
 * Whose turn it is; the other one waits, for as long as it takes: it would write errno, which they
 * share, if it woke up in between. The kernel writes TURN_NOBODY and wakes the parent when the
 * child ends, whatever ended it; and it ends a child that waits for a parent that has ended.
 */
enum turn { TURN_NOBODY, TURN_CHILD, TURN_PARENT };

struct leased_child {
    struct leased *job;
    uint32_t turn; /* enum turn */
    pid_t parent;
    bool is_planned; /* the parent's answer */
};

static uint32_t turn_now(const struct leased_child *child)
{
    return __atomic_load_n(&child->turn, __ATOMIC_SEQ_CST);
}

static void wait_while(struct leased_child *child, uint32_t turn)
{
    while (turn_now(child) == turn)
        (void)syscall(SYS_futex, &child->turn, FUTEX_WAIT, turn, NULL);
}

/* False where it was not `from`: the child has ended. */
static bool pass_turn(struct leased_child *child, uint32_t from, uint32_t to)
{
    if (!__atomic_compare_exchange_n(&child->turn, &from, to, false, __ATOMIC_SEQ_CST,
                                     __ATOMIC_SEQ_CST))
        return false;
    (void)syscall(SYS_futex, &child->turn, FUTEX_WAKE, 1, NULL);
    return true;
}

bool leased_ask(struct leased *job)
{
    struct leased_child *child = job->child;
    if (!child)
        return job->plan_anew(job->context, job);
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != child->parent)
        return false;
    (void)pass_turn(child, TURN_CHILD, TURN_PARENT);
    wait_while(child, TURN_PARENT);
    (void)prctl(PR_SET_PDEATHSIG, 0);
    return child->is_planned;
}

/* The parent's side, until the child has ended. */
static void answer(struct leased_child *child)
{
    for (;;) {
        wait_while(child, TURN_CHILD);
        if (turn_now(child) == TURN_NOBODY)
            return;
        child->is_planned = child->job->plan_anew(child->job->context, child->job);
        (void)pass_turn(child, TURN_PARENT, TURN_CHILD);
    }
}

/* The raw calls: the C library's timer_create may allocate, which a child on our memory must not.
 */
static void make_kill_timer(struct leased *job)
{
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGKILL};
    job->has_timer = syscall(SYS_timer_create, CLOCK_MONOTONIC, &event, &job->timer) == 0;
}

void leased_start_clock(const struct leased *job)
{
    int block_ms =
        job->fence_ms > LEASED_BLOCK_MS / 2 ? job->fence_ms + LEASED_BLOCK_MS / 2 : LEASED_BLOCK_MS;
    struct itimerspec when = {
        .it_value = {.tv_sec = block_ms / 1000, .tv_nsec = block_ms % 1000 * 1000000L}};
    if (job->has_timer)
        (void)syscall(SYS_timer_settime, job->timer, 0, &when, NULL);
}

static int child_main(void *argument)
{
    struct leased *job = argument;
    if (!job->without_lease)
        make_kill_timer(job);
    leased_edit(job);
    return 0;
}

/* No child to be had: here, with all signals waiting meanwhile. But a mapping without a lease may
 * raise SIGBUS. */
static void run_here(struct leased *job)
{
    job->child = NULL;
    if (job->without_lease && leased_maps_file(job))
        job->result = leased_fail(job, LEASED_READ_FAILED);
    else
        leased_edit(job);
}

/* In a child that shares our memory: it takes turns with us. */
static void run_beside(struct leased *job)
{
    struct leased_child child = {.job = job, .turn = TURN_CHILD, .parent = getpid()};
    char *stack = malloc(STACK_BYTES);
    pid_t pid = -1;
    job->child = &child;
    if (stack)
        pid = clone(child_main, stack + STACK_BYTES, CLONE_VM | CLONE_CHILD_CLEARTID | SIGCHLD, job,
                    NULL, NULL, &child.turn);
    if (pid < 0)
        run_here(job);
    else
        answer(&child);
    while (pid > 0 && waitpid(pid, NULL, __WALL) < 0 && errno == EINTR)
        continue;
    job->child = NULL;
    free(stack);
}

/* A mapping of the file keeps it open, and the lease with it, for as long as there is the memory
 * that it is in. With memory of its own a killed child takes it along; but what we plan it would
 * not see. */
static void run_apart(struct leased *job)
{
    struct leased *shared =
        mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    char *stack = malloc(STACK_BYTES);
    pid_t pid = -1;
    if (shared != MAP_FAILED && stack) {
        *shared = *job;
        shared->plan_anew = NULL;
        pid =
            clone(child_main, stack + STACK_BYTES, CLONE_VFORK | SIGCHLD, shared, NULL, NULL, NULL);
    }
    if (pid < 0)
        run_here(job);
    while (pid > 0 && waitpid(pid, NULL, __WALL) < 0 && errno == EINTR)
        continue;
    if (pid > 0) {
        shared->plan_anew = job->plan_anew;
        *job = *shared;
    }
    if (shared != MAP_FAILED)
        (void)munmap(shared, sizeof(*shared));
    free(stack);
}

/* Signals of ours wait, as those of the child do: a handler would share its errno. */
void leased_run_once(struct leased *job)
{
    sigset_t all, saved;
    job->result = LEASED_KILLED;
    job->wrote = job->restored = job->has_timer = false;
    (void)sigfillset(&all);
    (void)sigprocmask(SIG_BLOCK, &all, &saved);
    if (leased_maps_file(job))
        run_apart(job);
    else
        run_beside(job);
    (void)sigprocmask(SIG_SETMASK, &saved, NULL);
}
