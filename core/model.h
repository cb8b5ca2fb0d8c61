/*
 * model.h - what an operator wants to know, derived from registry, pool and time: slots, counts,
 * fallbacks, findings. Rebuilt from its sources, never edited; holds no clock of its own.
 */
#ifndef SLOTOP_CORE_MODEL_H
#define SLOTOP_CORE_MODEL_H

#include "core/config.h"
#include "core/document.h"
#include "core/paths.h"
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
    VIEW_ODD, /* unknown state, live without a chat agent, or no object at all */
};
const char *session_view_name(enum session_view view); /* "active", "OVERDUE", "released", … */

enum slot_view {
    SLOT_FREE,
    SLOT_ACTIVE,
    SLOT_IDLE,
    SLOT_OVERDUE, /* its holder is past TTL */
    SLOT_DOUBLE,  /* two live entries on one slot */
};
const char *slot_view_name(enum slot_view view); /* "free", "active", "idle", "OVERDUE", "DOUBLE" */

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
    struct str subject; /* a session, slot or agent id, a path: the first one; in the arena */
    struct str message; /* one sentence, raw (may hold hostile bytes) */
    struct str remedy;  /* a shell command (begins with "slotop "; ids are quoted for the shell), or
                           a sentence */
};

struct counts {
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
};

struct model {
    struct slot *slots;
    size_t slot_count;
    size_t *fallbacks; /* indexes into registry entries: live on their workspace agent, this
                          workspace */
    size_t fallback_count;
    struct finding *findings; /* worst first, then in the order of the code list */
    size_t finding_count;
    struct counts counts;
    uint8_t *views; /* enum session_view per registry entry */
    int64_t now_ms; /* the time it was made for */
    /* The first moment after now_ms at which time alone makes another model (an entry becomes
     * overdue, a finding graver); NaN for never. */
    double next_change_ms;
    struct arena arena;
};

/* Builds a model; linear in the entries. -ENOMEM, with *ret_model untouched. */
int model_build(const struct model_sources *sources, struct model *ret_model, struct error *error);
void model_done(struct model *model);
enum session_view model_view(const struct model *model, size_t entry_index);
/* The pool as the rules want it (borrows from sources and, for the slots, from the config). */
struct pool model_pool(const struct config_pool *pool, const struct active_workspace *workspace);

/* How long the shortest prefix of this entry's session id is (8 bytes or more, cut between
 * characters) that no other entry of the registry shares; the whole id where there is none.
 * Looks at every entry once. */
size_t model_short_id_len(const struct registry *registry, size_t entry_index);

#endif
