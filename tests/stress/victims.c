#include "tests/stress/edits.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    ANYWHERE_US = 4000, /* open, lease, fence, write and let go, beside a saturated server */
    HELD_US = 300,      /* what of it is spent holding the lease */
    STRUCK_US = 150000, /* a victim with a timer is left alone for up to this time */
    STOPPED_MS = 1000,
};

/* A helper process that the victim leaves behind becomes our child, so that all can be awaited; and
 * whichever of them is struck, it is one. */
static void become_reaper(void)
{
    lease_watch.is_struck = mmap(NULL, sizeof(*lease_watch.is_struck), PROT_READ | PROT_WRITE,
                                 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (lease_watch.is_struck == MAP_FAILED)
        abort();
    (void)prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    (void)prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0);
}

/* The edit runs in a process group of its own, of which the child is the leader. */
static pid_t start_victim(struct stress *stress, const struct wish *wish)
{
    (void)fflush(stdout);
    pid_t pid = fork();
    if (pid < 0)
        abort();
    if (pid == 0) {
        (void)setpgid(0, 0);
        int result = stress_apply(stress, wish);
        if (result != 0)
            printf("# a victim's edit was refused: %s\n", strerror(-result));
        (void)fflush(stdout);
        _exit(result == 0 ? 0 : 1);
    }
    (void)setpgid(pid, pid);
    return pid;
}

/* Takes the processes of the group that have ended; false when there are no more. */
static bool reap(pid_t leader, int flags, bool *ret_good)
{
    int status = 0;
    pid_t pid = waitpid(-leader, &status, __WALL | flags);
    if (pid == leader)
        *ret_good = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    return pid >= 0 || errno == EINTR;
}

static int64_t epoch_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/*
 * A quarter of the moments are anywhere in the edit. The others are while the lease is held, or
 * just after, most of them close to the writing: there a timer of the victim's own is exact where
 * ours would come too late. It strikes the process that holds the lease; the rest of the group has
 * some time to act on that. Returns our own moment.
 */
static int64_t choose_moment_us(struct stress *stress, int signal_number)
{
    static const enum strike_at places[] = {STRIKE_NEVER,    STRIKE_NEVER,    STRIKE_AT_GRANT,
                                            STRIKE_AT_FENCE, STRIKE_AT_WRITE, STRIKE_AT_WRITE,
                                            STRIKE_AT_WRITE, STRIKE_AT_WRITE};
    struct sessions *sessions = &stress->sessions;
    lease_watch.signal_number = signal_number;
    *lease_watch.is_struck = false;
    lease_watch.strike_at = places[sessions_random(sessions, 8)];
    lease_watch.strike_after_us =
        (int64_t)(sessions_random(sessions, HELD_US) >> sessions_random(sessions, 6));
    bool is_struck = lease_watch.strike_at != STRIKE_NEVER;
    return (int64_t)sessions_random(sessions, is_struck ? STRUCK_US : ANYWHERE_US);
}

void stress_kill(struct stress *stress, unsigned count)
{
    become_reaper();
    for (unsigned i = 0; i < count; i++) {
        struct wish wish;
        sessions_wish(&stress->sessions, &wish);
        int64_t moment_us = choose_moment_us(stress, SIGKILL);
        pid_t victim = start_victim(stress, &wish);
        sleep_us(moment_us);
        (void)kill(-victim, SIGKILL);
        bool good = false;
        while (reap(victim, 0, &good))
            continue;
        stress->figures.edits++;
        stress_look(stress, &wish);
    }
}

/* A process may stop only after it has been continued: so again and again, until all have ended. */
static bool continue_until_ended(pid_t victim)
{
    bool good = false;
    sleep_us((int64_t)STOPPED_MS * 1000);
    (void)kill(-victim, SIGCONT);
    for (int waited_ms = 1; reap(victim, WNOHANG, &good); waited_ms++) {
        sleep_us(1000);
        if (waited_ms % STOPPED_MS == 0)
            (void)kill(-victim, SIGCONT);
    }
    return good;
}

void stress_stop(struct stress *stress, unsigned count)
{
    struct figures *figures = &stress->figures;
    become_reaper();
    for (unsigned i = 0; i < count && i < STOPS_LIMIT; i++) {
        struct wish wish;
        struct stop *stop = &figures->stops[figures->stop_count++];
        sessions_wish(&stress->sessions, &wish);
        int64_t moment_us = choose_moment_us(stress, SIGSTOP);
        stop->from_ms = epoch_ms();
        pid_t victim = start_victim(stress, &wish);
        sleep_us(moment_us);
        (void)kill(-victim, SIGSTOP);
        bool good = continue_until_ended(victim);
        stop->to_ms = epoch_ms();
        figures->edits++;
        figures->failed += !good;
        if (good)
            sessions_keep(&stress->sessions, &wish);
        stress_look(stress, good ? NULL : &wish);
    }
}
