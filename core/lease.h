/*
 * lease.h - a write lease on a file: while we hold it, every open(2) of the file waits.
 *
 * The one Linux-only idea that makes edits lossless beside a server that takes no lock. Calling
 * sequence: lease_take() on a descriptor opened O_RDWR; read and check the file; lease_fence();
 * write only if it said LEASE_CLEAR; lease_drop(). Never sleep, ask or log while holding: the
 * server's open waits in the kernel. The kernel breaks a lease by force after
 * /proc/sys/fs/lease-break-time (45 s).
 *
 * SIGIO announces a waiting opener. lease_take() blocks all signals of the calling thread, so that
 * neither a handler nor Ctrl-Z prolongs the server's wait; lease_drop() takes a pending SIGIO and
 * restores the mask. One lease at a time, in a process of one thread.
 */
#ifndef SLOTOP_CORE_LEASE_H
#define SLOTOP_CORE_LEASE_H

#include "core/base.h"
#include "core/error.h"

#include <signal.h>

struct lease {
    int fd;
    bool held;
    sigset_t saved_mask;
};

enum lease_result {
    LEASE_HELD,
    LEASE_BUSY,        /* somebody has the file open (EAGAIN): try again shortly */
    LEASE_UNSUPPORTED, /* not the owner, a network file system, switched off, not Linux */
};

enum lease_fence_result {
    LEASE_CLEAR,  /* nobody is between reading and writing the file: write now */
    LEASE_WRITER, /* a writer waits: it read before us; change nothing, drop, start again */
};

/* Takes a write lease on `fd`, which must be the only open descriptor of the file anywhere.
 * *ret_errno says why not. */
enum lease_result lease_take(struct lease *lease, int fd, int *ret_errno);
/* Waits up to fence_ms for a server that may be between its read and its write. A reader that
 * waits at its open, or nobody at all, is LEASE_CLEAR. */
enum lease_fence_result lease_fence(const struct lease *lease, int fence_ms);
/* Lets go; waiting opens go on. Harmless when nothing is held. Keeps errno. */
void lease_drop(struct lease *lease);

#endif
