/*
 * around.h - what stands around the registry: workspaces, chats, traces of runs, server, history.
 *
 * Loaded part by part, as told; what was never loaded is not known, and
 * model sources leave it NULL. No part is an error for what its files are.
 */
#ifndef SLOTOP_CORE_AROUND_H
#define SLOTOP_CORE_AROUND_H

#include "core/beat.h"
#include "core/chats.h"
#include "core/config.h"
#include "core/evidence.h"
#include "core/history.h"
#include "core/paths.h"
#include "core/server.h"

/* What to look at again; the first ones are also the bit order of watch names. */
enum state_part {
    PART_REGISTRY = 1 << 0,   /* chat-agents.json */
    PART_CONFIG = 1 << 1,     /* openclaw.json */
    PART_UI_STATE = 1 << 2,   /* .dench-ui-state.json */
    PART_WORKSPACES = 1 << 3, /* the directories */
    PART_BASE = (1 << 4) - 1, /* what the rules need */
    PART_CHATS = 1 << 4,      /* session indexes */
    PART_SERVER = 1 << 5,     /* web-runtime/ */
    PART_TRACES = 1 << 6,     /* of runs, for the sessions known by now */
    PART_HISTORY = 1 << 7,    /* what slotop saw before */
    PART_ALL = (1 << 8) - 1,
    PART_HOLDER = 1 << 8, /* who keeps the registry open: a walk over /proc */
};

enum { AROUND_HOLDER_SIZE = 96 };

struct around {
    unsigned known;    /* parts that were loaded, or-ed */
    bool is_as_before; /* the last around_load() of server, traces and holder found nothing new */
    struct workspaces workspaces;
    struct chats chats;
    struct evidences evidences;
    struct server server;
    struct history *history;         /* NULL until PART_HISTORY */
    char holder[AROUND_HOLDER_SIZE]; /* who keeps the registry open; "" for nobody */
};

/* What the parts are looked for with; borrowed during the call. */
struct around_sources {
    const char *state_dir;
    const char *registry_path;
    const char *state_home; /* NULL: the history is kept in memory alone */
    const struct registry *registry;
    const struct config_pool *pool;
};

/* Loads the parts; each is either as it was or the new one. -ENOMEM only. */
int around_load(struct around *around, unsigned parts, const struct around_sources *sources,
                struct error *error);
void around_done(struct around *around);

/* The server's GC as it is known now. */
struct beat around_beat(const struct around *around);

/*
 * The sessions whose traces are worth a look, the latest used first: live entries, chats whose
 * entry has ended, and chats without one that are pinned to a slot of the pool. At most
 * EVIDENCE_MAX; *ret_subjects is the caller's to free(). -ENOMEM.
 */
int around_subjects(const struct around_sources *sources, const struct chats *chats,
                    struct evidence_subject **ret_subjects, size_t *ret_count, struct error *error);

/* The directories whose changes are hints that something around has changed (folders.h). */
struct around_folders {
    const char **paths;
    unsigned *parts; /* per path: what to look at then */
    size_t count;
    struct arena arena; /* owns all of it, but for what *around does */
};

/* Those of the session indexes, of the server, and of the agents of the pool and of fallbacks.
 * -ENOMEM; caller: arena_done() either way. */
int around_folders(const struct around *around, const char *state_dir,
                   const struct config_pool *pool, struct str agent_id,
                   struct around_folders *ret_folders, struct error *error);

#endif
