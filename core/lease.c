#include "core/lease.h"

#include <errno.h>
#include <fcntl.h>
#include <time.h>

#ifdef F_SETLEASE

/* All signals wait while we hold: a handler, or a Ctrl-Z, must not prolong the server's wait. */
static void block_signals(struct lease *lease)
{
    sigset_t all;
    (void)sigfillset(&all);
    (void)sigprocmask(SIG_BLOCK, &all, &lease->saved_mask);
}

/* True when a SIGIO came within the time. Being stopped and continued interrupts the wait: it
 * begins anew then. */
static bool await_sigio(struct timespec limit)
{
    sigset_t sigio;
    int got;
    (void)sigemptyset(&sigio);
    (void)sigaddset(&sigio, SIGIO);
    do
        got = sigtimedwait(&sigio, NULL, &limit);
    while (got < 0 && errno == EINTR);
    return got == SIGIO;
}

enum lease_result lease_take(struct lease *lease, int fd, int *ret_errno)
{
    *lease = (struct lease){.fd = fd};
    block_signals(lease);
    if (fcntl(fd, F_SETLEASE, F_WRLCK) == 0) {
        lease->held = true;
        return LEASE_HELD;
    }
    *ret_errno = errno;
    (void)sigprocmask(SIG_SETMASK, &lease->saved_mask, NULL);
    return *ret_errno == EAGAIN ? LEASE_BUSY : LEASE_UNSUPPORTED;
}

enum lease_fence_result lease_fence(const struct lease *lease, int fence_ms)
{
    if (fcntl(lease->fd, F_GETLEASE) == F_WRLCK && fence_ms > 0) {
        struct timespec limit = {.tv_sec = fence_ms / 1000, .tv_nsec = fence_ms % 1000 * 1000000L};
        (void)await_sigio(limit);
    }
    int kept = fcntl(lease->fd, F_GETLEASE);
    return kept == F_WRLCK || kept == F_RDLCK ? LEASE_CLEAR : LEASE_WRITER;
}

void lease_drop(struct lease *lease)
{
    if (!lease->held)
        return;
    int saved_errno = errno;
    (void)fcntl(lease->fd, F_SETLEASE, F_UNLCK);
    while (await_sigio((struct timespec){0}))
        continue;
    lease->held = false;
    (void)sigprocmask(SIG_SETMASK, &lease->saved_mask, NULL);
    errno = saved_errno;
}

#else /* no leases on this system: the store edits the weaker way and says so */

enum lease_result lease_take(struct lease *lease, int fd, int *ret_errno)
{
    *lease = (struct lease){.fd = fd};
    *ret_errno = ENOSYS;
    return LEASE_UNSUPPORTED;
}

enum lease_fence_result lease_fence(const struct lease *lease, int fence_ms)
{
    (void)lease;
    (void)fence_ms;
    return LEASE_CLEAR;
}

void lease_drop(struct lease *lease)
{
    lease->held = false;
}

#endif
