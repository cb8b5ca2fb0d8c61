/*
 * evidence.h - traces of runs in the files around: what is really going on, and how sure that is.
 *
 * The registry's states say little (registry.md): a run leaves traces elsewhere. Gathering reads
 * them, bounded (the last bytes of a transcript, files up to a limit) and safely: ids are data and
 * name a file only if they are 1 to 128 letters, digits, _ and -; every file is opened below a
 * descriptor of its directory, no link is followed out of it, and must be regular. Judging is pure:
 * the same traces say something else a minute later. "None seen" never means "not running".
 */
#ifndef SLOTOP_CORE_EVIDENCE_H
#define SLOTOP_CORE_EVIDENCE_H

#include "core/base.h"
#include "core/error.h"
#include "core/string_index.h"

#include <sys/types.h>

enum {
    EVIDENCE_MAX = 256,           /* sessions that are looked at, at most */
    EVIDENCE_FRESH_MS = 15000,    /* a streaming line is written at least every 2 s */
    EVIDENCE_STATUS_MS = 600000,  /* for so long "running" in the session store is believed */
    EVIDENCE_TAIL_BYTES = 262144, /* of a transcript, for its last line */
    EVIDENCE_LOCK_BYTES = 4096,
    EVIDENCE_STORE_BYTES = 16 << 20, /* of sessions.json */
};

/* What to look for: a session, and where. Strings borrowed. */
struct evidence_subject {
    struct str session_id;
    struct str agent_id; /* where its messages go; absent: only the transcript is sought */
    struct str gateway_session_id; /* names the lock; so does the id that the session store has by
                                      "agent:<agent>:web:<id>", and without both its own id */
    const char *folder;            /* its web-chat directory; NULL: not known */
};

/* Ordered: a later one is better evidence. */
enum evidence_source {
    EVIDENCE_NONE,
    EVIDENCE_WAL,        /* the agent's write-ahead file was written */
    EVIDENCE_TRANSCRIPT, /* the transcript was written */
    EVIDENCE_STATUS,     /* the session store says "running" */
    EVIDENCE_LOCK,       /* a lock whose process lives */
    EVIDENCE_STREAMING,  /* the last line of the transcript is being written */
};
const char *evidence_source_name(enum evidence_source source); /* "none seen", "streaming", … */

/* All traces of one session, as they were found; times are epoch ms, NaN where there is none. */
struct evidence {
    struct str session_id;
    bool has_transcript;
    double transcript_ms; /* last written */
    bool is_streaming;    /* its last whole line says "_streaming":true */
    pid_t lock_pid;       /* lives, with the lock's start time where one is given; 0: no such */
    double lock_ms;       /* the lock's createdAt, else the time of its file */
    bool says_running;    /* status in the session store */
    double status_ms;     /* its updatedAt */
    double wal_ms;        /* of agents/<agent>/agent/openclaw-agent.sqlite-wal; of the agent, not of
                             the session: the weakest */
};

struct evidences {
    struct evidence *items; /* one for each subject, in their order */
    size_t count;
    struct string_index by_id; /* of evidences_find(); the later of equal ids counts */
    struct arena arena;
};

/*
 * Gathers for up to EVIDENCE_MAX subjects (those beyond it get no item). Agent ids are lower-cased
 * for their directory, as the gateway does. `proc` is "/proc", or a directory in its place (tests).
 * What cannot be read is no evidence. -ENOMEM only, *ret_evidences untouched.
 */
int evidence_gather(const char *state_dir, const char *proc,
                    const struct evidence_subject *subjects, size_t count,
                    struct evidences *ret_evidences, struct error *error);
void evidences_done(struct evidences *evidences);
/* NULL when it was not among the subjects. Zero-initialised evidences have none. */
const struct evidence *evidences_find(const struct evidences *evidences, struct str session_id);

/* What the traces say at a time. */
struct run {
    enum evidence_source source; /* the best trace that counts now */
    bool is_running;             /* a run is in progress, by streaming, lock or status */
    bool is_stalled;             /* the last line says streaming, but nothing has come for long: the
                                    server died or the run is silent */
    double at_ms;                /* of that trace; NaN for NONE */
};
/* `evidence` may be NULL: none seen. Source: registry.md's order of evidence. */
struct run evidence_judge(const struct evidence *evidence, int64_t now_ms);
/* The first moment after now_ms at which time alone makes another judgement; NaN for never. */
double evidence_next_change_ms(const struct evidence *evidence, int64_t now_ms);

#endif
