/*
 * model.h - what an operator wants to know, derived from registry, pool, chats, traces and time:
 * slots, counts, fallbacks, findings. Rebuilt from its sources, never edited; holds no clock.
 *
 * Its rows are the registry's entries, in their order, and behind them the forgotten sessions:
 * chats that are pinned to a slot of the pool and have no entry (any more). Where the sources know
 * nothing of chats or traces, nothing is said that would need them.
 *
 * The words:
 *   in use     a run is in progress by its traces, or the chat was used within MODEL_IN_USE_MS
 *   shared     a session is not live on a slot, but pinned to it, and has been used since the live
 *              holder got it: both send to one agent
 *   ghost      a live entry whose session is in no index (all of them complete), has no transcript
 *              (one was looked for) and no run in progress, and is older than MODEL_GHOST_MS (a
 *              chat is indexed a moment after its entry)
 */
#ifndef SLOTOP_CORE_MODEL_H
#define SLOTOP_CORE_MODEL_H

#include "core/beat.h"
#include "core/chats.h"
#include "core/config.h"
#include "core/document.h"
#include "core/evidence.h"
#include "core/paths.h"
#include "core/row_map.h"
#include "core/server.h"
#include "core/string_index.h"
#include "core/tally.h"
#include "core/wipe.h"

/* A session's state as an operator sees it: the registry's, sharpened by TTL, pool and holders. */
enum session_view {
    VIEW_ACTIVE,
    VIEW_IDLE,
    VIEW_OVERDUE,  /* live, past its TTL, GC not yet run */
    VIEW_FALLBACK, /* live on the workspace agent */
    VIEW_STRANDED, /* fallback while a slot is free */
    VIEW_ORPHAN,   /* live on a slot that is not in the pool */
    VIEW_EXPIRED,
    VIEW_RELEASED,
    VIEW_ODD,       /* unknown state, live without a chat agent, or no object at all */
    VIEW_RUNNING,   /* live on a slot, with a run in progress; where nothing graver is to be said */
    VIEW_GHOST,     /* live, its chat is gone */
    VIEW_SHARED,    /* not live, but still using its slot, which another one holds by now */
    VIEW_IN_USE,    /* expired or released, but still in use; its slot is free, or is a fallback */
    VIEW_FORGOTTEN, /* no entry, pinned to a slot, not shared and not in use */
};
/* Of several that fit: not live ODD, SHARED, IN_USE; live and past its TTL GHOST, OVERDUE; other
 * live ones ODD, ORPHAN, GHOST, STRANDED, FALLBACK, RUNNING. A fallback or an overdue one that is
 * running shows by its run. */
enum { MODEL_IN_USE_MS = 60000, MODEL_GHOST_MS = 60000, MODEL_NO_FINDING = 1000 };
const char *session_view_name(enum session_view view); /* "active", "OVERDUE", "released",
                                                          "expired!" for IN_USE, "no entry", … */

enum slot_view {
    SLOT_FREE,
    SLOT_ACTIVE,
    SLOT_IDLE,
    SLOT_OVERDUE, /* its holder is past TTL */
    SLOT_DOUBLE,  /* two live entries on one slot */
    SLOT_RUNNING, /* its holder has a run in progress */
    SLOT_SHARED,  /* a session that no longer holds it still uses it, beside its holder */
    SLOT_GHOST,   /* its holder's chat is gone */
};
/* "free", "active", "idle", "RUNNING", "OVERDUE", "DOUBLE", … Of several that fit: DOUBLE, SHARED,
 * GHOST, OVERDUE, RUNNING. */
const char *slot_view_name(enum slot_view view);

/* One slot of the pool, in pool order. Live entries of any workspace hold it, as for the server. */
struct slot {
    struct str id;    /* whole agent id; borrowed from the pool */
    struct str label; /* what follows "chat-slot-<agent>-": "1"; the whole id where empty */
    enum slot_view view;
    size_t holder;       /* index into registry entries of the (latest used) holder */
    size_t holder_count; /* 0 free, 1 held, more: double booking */
    bool has_last;       /* free: was held before by an expired or released entry… */
    size_t last_holder;  /* …this one, the latest used */
    bool is_duplicate;   /* the id stood earlier in the pool already: the same slot once more */
    size_t sharer_count; /* rows that use it without holding it (SHARED, or IN_USE while free) */
    size_t sharer;       /* the latest used of these */
    double frees_at_ms;  /* the GC pass that frees it if nobody uses it meanwhile (inferred); now or
                            past when that is due; NaN: free, unknown, or never */
};

enum severity { SEVERITY_INFO, SEVERITY_WARNING, SEVERITY_ERROR };
const char *severity_name(enum severity severity); /* "info", "warning", "error" */

/*
 * Something an operator should know. Codes are stable: lower-case words with hyphens. More than
 * three subjects of one kind are one finding, with their number and the first three.
 */
struct finding {
    const char *code; /* static */
    enum severity severity;
    struct str subject;  /* a session, slot or agent id, a path: the first one; in the arena */
    struct str message;  /* one sentence, raw (may hold hostile bytes) */
    struct str headline; /* the same in few words, for a line of its own: raw, too */
    struct str remedy; /* a shell command (begins with "slotop "; ids are quoted for the shell), or
                          a sentence */
};

struct counts {
    size_t running;                /* rows with a run in progress */
    size_t shared, ghosts, in_use; /* rows of these views; `in_use` are not live */
    size_t entries, active, idle, expired, released, odd; /* by stored state; any workspace */
    size_t live, overdue;                                 /* any workspace */
    size_t fallback;          /* live on this workspace's agent, stranded and overdue included */
    size_t stranded, orphan;  /* of this workspace, not overdue */
    size_t slots, held, free; /* a duplicate counts once */
};

/* Where everything comes from; all borrowed for the life of the model. */
struct model_sources {
    const struct document *document; /* what is shown: has_registry */
    const struct document
        *look; /* the newest look, whose state the findings tell; NULL: document */
    const struct config_pool *pool;
    const struct active_workspace *workspace;
    const struct wipe *wipe; /* what a save took away that is not back yet; NULL: nothing */
    bool has_copy;           /* `slotop restore` has something to bring back */
    const char *registry_path;
    const char *config_path;
    int64_t now_ms;
    const struct workspaces *workspaces; /* NULL: not known; so all below */
    const struct chats *chats;
    const struct evidences *evidences;
    const struct server *server;
    const struct beat *beat;
    struct short_ids *short_ids; /* kept from one model to the next as long as the registry has the
                                    same ids in the same places, and others behind; NULL: made for
                                    this model alone */
    struct tally *tally; /* kept from one model to the next; NULL: made for this model alone */
    const char
        *holder; /* who keeps the registry open, so that we get no lease: "tail (pid 4711)" */
};

/* What stands beside a row, where anything does. */
struct beside {
    const struct chat *chat;         /* NULL: none */
    const struct evidence *evidence; /* NULL: none was gathered */
    struct run run;                  /* what that says now; source NONE without it */
    uint64_t findings;               /* which findings name the row, 1 << enum finding_kind */
};

/* How far the rows have to be written out whose first bytes are another's, too. Entries that were
 * added behind those that are known are looked at alone. */
struct short_ids {
    struct row_map lens; /* by row (forgotten ones from UINT32_MAX - 1 down); those that are not
                            here are told apart by their first bytes */
    bool is_known;      /* false: there are so many of them that each is looked up when asked for */
    bool is_made;       /* of the entries that it was made of… */
    size_t entry_count; /* …so many */
    uint64_t forgotten_hash;
    uint64_t *firsts; /* a bit, of 2^bits, for what ids begin with; NULL where not known */
    unsigned bits;
};
void short_ids_done(struct short_ids *short_ids);

struct model {
    struct slot *slots;
    size_t slot_count;
    size_t *fallbacks; /* indexes into registry entries: live on their workspace agent, this
                          workspace */
    size_t fallback_count;
    struct finding *findings; /* worst first, then in the order of the code list */
    size_t finding_count;
    struct counts counts;
    uint8_t *views;     /* per row an enum session_view, and what else there is of the row: read by
                           model_view() and the functions behind it */
    size_t entry_count; /* of the registry: rows from here on are forgotten sessions */
    struct entry
        *forgotten; /* as entries: ENTRY_NOTHING with id, chat agent and times of the chat */
    size_t forgotten_count;
    struct string_index forgotten_index; /* session id -> forgotten */
    bool knows_chats, knows_traces;
    struct beside *beside; /* of the few rows that have something… */
    size_t beside_count, beside_capacity;
    struct row_map beside_rows;        /* …by their row */
    const struct short_ids *short_ids; /* the source's; NULL: own_short_ids */
    struct short_ids own_short_ids;
    double next_gc_ms;     /* NaN: unknown */
    size_t next_free_slot; /* of the held ones the first to be free, by frees_at_ms; SIZE_MAX */
    int64_t now_ms;        /* the time it was made for */
    /* Of a kept tally: rows that `changed` does not name, some twice, are as they were in the model
     * of the version before, but for what time makes of their ages. False: of no row is anything
     * known. The version of a model that keeps none is 0. */
    uint64_t version;
    bool is_followed;
    const uint32_t *changed; /* in the arena */
    size_t changed_count;
    /* The first moment after now_ms at which time alone makes another model (an entry becomes
     * overdue, a finding graver); NaN for never. */
    double next_change_ms;
    struct arena arena;
};

/* Builds a model; linear in the entries, or with a tally that was kept in those that are not over
 * and in the chats. -ENOMEM, with *ret_model untouched. */
int model_build(const struct model_sources *sources, struct model *ret_model, struct error *error);
void model_done(struct model *model);
size_t model_row_count(const struct model *model);
/* The entry of a row, the pseudo-entry of a forgotten session. */
const struct entry *model_entry(const struct model *model, const struct registry *registry,
                                size_t row);
bool model_is_forgotten(const struct model *model, size_t row);
/* The row of a session; SIZE_MAX for none. */
size_t model_find_row(const struct model *model, const struct registry *registry,
                      struct str session_id);
enum session_view model_view(const struct model *model, size_t row);
/* What stands beside a row; NULL for nothing. */
const struct beside *model_beside(const struct model *model, size_t row);
/* The chat of a row; NULL where none is known. */
const struct chat *model_chat(const struct model *model, size_t row);
/* Its title; absent where there is no chat, or it has none. */
struct str model_title(const struct model *model, size_t row);
/* The traces that were gathered for it; NULL: none. */
const struct evidence *model_evidence(const struct model *model, size_t row);
/* What its traces say now; source NONE where nothing is known. */
struct run model_run(const struct model *model, size_t row);
/* The last use that anything tells of: entry, chat and traces (a transcript's time; not WAL); NaN:
 * none. */
double model_used_ms(const struct model *model, const struct registry *registry, size_t row);
/* True when a finding of this code, or of one that begins so, names the row, also where one finding
 * tells of many. */
bool model_has_finding(const struct model *model, size_t row, struct str code);
/* The place of a slot in the pool (of one that is listed twice the first), or SIZE_MAX. */
size_t model_slot_place(const struct model *model, struct str agent_id);
/* The place of the worst finding that names the row, in the order of findings; MODEL_NO_FINDING. */
unsigned model_finding_rank(const struct model *model, size_t row);
/* The pool as the rules want it (borrows from sources and, for the slots, from the config). */
struct pool model_pool(const struct config_pool *pool, const struct active_workspace *workspace);

/* How long the shortest prefix of a session id is (8 bytes or more, cut between characters) that no
 * other row begins with; the whole id where there is none. Constant time for a row of the model,
 * but where very many ids begin alike; other ids, and those of a registry without a model, are
 * looked for among all entries. */
size_t model_short_len(const struct model *model, const struct registry *registry,
                       struct str session_id);

#endif
