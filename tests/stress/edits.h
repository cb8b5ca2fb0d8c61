/*
 * edits.h - the stress driver: edits beside servers that save all the time, and what came of them.
 */
#ifndef SLOTOP_STRESS_EDITS_H
#define SLOTOP_STRESS_EDITS_H

#include "core/promises.h"
#include "core/store.h"
#include "tests/stress/sessions.h"

enum { STOPS_LIMIT = 1000 };

/* An edit that was stopped on its way: its whole time, since the epoch. */
struct stop {
    int64_t from_ms, to_ms;
};

struct figures {
    unsigned edits;
    unsigned reapplied; /* times the store found an older copy over an edit and wrote again */
    unsigned kept;      /* times a later look did */
    unsigned unkept;    /* looks at which that failed */
    unsigned moved_on;  /* promises let go though nobody but us has changed the entry */
    unsigned weaker;    /* edits without a lease */
    unsigned refused;   /* the registry was torn, not by us: waited, wished again */
    unsigned stale;     /* the file showed an older copy: refused by the guard, told */
    unsigned left;      /* overwritten, and could not be made again at once: left to the promises */
    unsigned doubtful;  /* a try was ended halfway: told to check the file */
    unsigned given_up;  /* it kept changing, or was overwritten too often: told, wished again */
    unsigned failed;    /* any other error */
    unsigned bad;       /* did not parse for SETTLE_MS, by our own reading */
    unsigned before, after; /* what kills and stops left of the edit in flight */
    unsigned stop_count;
    struct stop stops[STOPS_LIMIT];
};

struct stress {
    struct store store;
    struct pool pool;
    struct sessions sessions;
    struct promises promises;
    bool keeps_promises; /* this program runs on: it looks after its edits */
    struct figures figures;
};

/* Applies the wish: what is done of it must hold from now on. 0, or -ESTALE where the file did not
 * show its sessions as they were left, or -errno, after a "# " line but for what passes. */
int stress_apply(struct stress *stress, const struct wish *wish);
/* Reads the file, whole and settled, keeps the promises, and checks every session; see
 * sessions_check(). */
void stress_look(struct stress *stress, const struct wish *in_flight);
void sleep_us(int64_t us);

/* victims.c: edits in a child that is killed, or stopped for a second, at a random moment. */
void stress_kill(struct stress *stress, unsigned count);
void stress_stop(struct stress *stress, unsigned count);

/* leases.c, which stands between the program and fcntl(2). */
enum strike_at {
    STRIKE_NEVER,
    STRIKE_AT_GRANT, /* from the time a lease is granted */
    STRIKE_AT_FENCE, /* from the time the holder asks about it */
    STRIKE_AT_WRITE, /* from the time it learns that a reader waits: it writes now */
};
struct lease_watch {
    bool refuse; /* F_SETLEASE fails with EINVAL */
    bool prove;  /* whenever a lease is let go: did the file parse when it was taken and not now? */
    enum strike_at strike_at; /* from then, once, the holder of the lease is struck… */
    bool *is_struck;          /* …shared by all processes: one may have memory of its own */
    int64_t strike_after_us;  /* …after this time… */
    int signal_number;        /* …by this signal */
    unsigned refused, proved, caused;
};
extern struct lease_watch lease_watch;

#endif
