/*
 * leased.h - the few milliseconds in which an edit holds the lease, in a process of their own.
 *
 * While we hold a lease the server's next open waits in the kernel. A process that is stopped then
 * (Ctrl-Z, SIGSTOP, a debugger) would block the server for 45 s. So this part runs in a short-lived
 * child that shares our memory (clone with CLONE_VM: no copy, about 0.1 ms) but not our
 * descriptors, and that a kernel timer kills; a dying process drops its lease. Parent and child
 * never run at the same time. An edit that needs a mapping of the file gets a child with a copy of
 * our memory: in ours the mapping would outlive it and keep the lease. Where no child can be made
 * the same code runs in this process.
 *
 * A server that saves faster than an edit is planned would always have saved since. So where the
 * file is another one than was expected, the child hands what it reads under the lease to its
 * parent, which plans anew and gives it the steps.
 *
 * Everything is prepared before: the bytes that the file must hold, and the steps. The child
 * allocates nothing. Each step is one that a kill cannot split: within one page one pwrite, across
 * an edge one 16-byte store through a mapping. A longer step across an edge is written all the
 * same; document_steps.h makes none where it can. After a failed write the steps are undone the
 * same way, the last first.
 *
 * Of a large file nobody keeps the text. What the steps write over is known; all the rest is the
 * version that was planned for if its hashes say so, for which it is read once, while the lease is
 * held. Read back is what was written: of the rest nothing can have changed since.
 */
#ifndef SLOTOP_CORE_LEASED_H
#define SLOTOP_CORE_LEASED_H

#include "core/base.h"

enum {
    LEASED_PAGE_BYTES = 4096, /* what the page cache copies at once, at least */
    LEASED_STORE_BYTES = 16,  /* what one store can write across a page's edge */
    LEASED_BLOCK_MS = 500,    /* the child is killed then, beyond the fence where that is longer */
    LEASED_RESUMES = 3,       /* children ended in vain, one after the other: then it is given up */
};

/* One write: `text` at `offset`, over as many bytes. The steps of an edit ascend, by where they
 * begin and by where they end. */
struct step {
    uint64_t offset;
    struct str text;
    bool is_passing; /* a later step writes over it */
};

enum leased_result {
    LEASED_DONE,        /* written and read back */
    LEASED_CHANGED,     /* the file is no longer what was expected, or a writer waits: start over */
    LEASED_BUSY,        /* somebody has the file open: errnum EAGAIN */
    LEASED_UNSUPPORTED, /* no lease here: errnum says why */
    LEASED_OPEN_FAILED, /* errnum; nothing was written */
    LEASED_READ_FAILED, /* errnum; nothing was written */
    LEASED_WRITE_FAILED,  /* errnum; `restored` says whether the file is as it was */
    LEASED_VERIFY_FAILED, /* what was read back is not what was written; errnum or 0 */
    LEASED_SYNC_FAILED,   /* errnum; written and read back, but perhaps not on the disk */
    LEASED_NOT_QUIET, /* without a lease: somebody wrote within UNLEASED_QUIET_MS; nothing written
                       */
    LEASED_UNSURE,    /* without a lease: written, and then the file was another one: look again */
    LEASED_KILLED,    /* the timer, or somebody, ended the child; `wrote`: perhaps while writing */
};

struct document;
struct leased;
/*
 * Called where the file holds another text than the expected one, which is in job->found (a buffer
 * to be taken over, or left). Makes the edit for that text: sets expected, steps, step_count and
 * grows_by. The lease is held meanwhile: no pauses, no calls of the system's that may take long.
 * False: there is nothing to do, or not this way.
 */
typedef bool (*leased_plan)(void *context, struct leased *job);

struct leased {
    /* in */
    const char *path;
    struct str expected; /* the whole content that the steps were made for */
    /* NULL, or what knows that content by its hashes, where `expected` has only what the steps were
     * planned from (document_windows.h): for large files. Not without a lease. */
    const struct document *document;
    const struct step *steps;
    size_t step_count;
    uint64_t grows_by; /* white space to put behind the end before the first step */
    int fence_ms;
    bool without_lease;    /* the weaker way, see unleased.h: no lease, no fence */
    leased_plan plan_anew; /* NULL: then another text is LEASED_CHANGED */
    void *context;
    /* out */
    enum leased_result result;
    int errnum;
    bool restored;
    bool wrote; /* a write was begun */
    bool planned_anew;
    /* while it runs */
    size_t done;    /* steps that a child before has made… */
    uint64_t grown; /* …and white space that it has put behind the end */
    bool has_timer;
    int timer;
    struct buffer found, room;
    struct leased_child *child;
};

/*
 * Runs the edit; returns job->result. Blocks for up to the fence and the time of the writes. Where
 * a child is ended and the file is as it left it, another one does the rest; LEASED_KILLED is for
 * when that does not help either.
 */
enum leased_result leased_run(struct leased *job);

#endif
