/*
 * state.h - one whole look at a state directory: workspace, pool, registry and the model of them.
 *
 * Binds the modules below it into what both the command line and the dashboard begin with. Loads
 * only what is said to have changed.
 */
#ifndef SLOTOP_CORE_STATE_H
#define SLOTOP_CORE_STATE_H

#include "core/model.h"
#include "core/store.h"

/* What to look at again; also the bit order of watch names. */
enum state_part {
    PART_REGISTRY = 1 << 0,   /* chat-agents.json */
    PART_CONFIG = 1 << 1,     /* openclaw.json */
    PART_UI_STATE = 1 << 2,   /* .dench-ui-state.json */
    PART_WORKSPACES = 1 << 3, /* the directories */
    PART_ALL = (1 << 4) - 1,
};

struct state {
    struct environment environment;
    struct buffer dir; /* state directory */
    struct buffer registry_path;
    struct buffer config_path;
    struct buffer workspace_option; /* -w NAME; data NULL when not given */
    struct active_workspace workspace;
    struct config_pool pool;
    struct document document;      /* the last look; DOCUMENT_TORN… say so */
    struct document last_good;     /* what the screen shows while the last look is not usable; else
                                      an empty one */
    struct file_identity identity; /* of the registry at the last look */
    struct store store;
    struct model model;
    bool has_model;
};

/* `state_dir_option` (-d) and `workspace_option` (-w) may be NULL. Reads nothing yet. -ENOMEM;
 * a -w name that is no valid workspace name is -EINVAL, ERROR_USAGE. *state untouched on failure.
 * The strings of the environment are borrowed. */
int state_init(struct state *state, const struct environment *environment,
               const char *state_dir_option, const char *workspace_option, struct error *error);
void state_done(struct state *state);

/*
 * Loads the parts (or-ed enum state_part), and what depends on them: another workspace has another
 * pool. settle_ms: see store_load(). A registry that became torn, unreadable or malformed beyond
 * reading leaves the last good one in last_good. The model is forgotten (has_model false), because
 * it borrows from what is replaced: call state_model() next. -ENOMEM: every part is either as it
 * was or the new one.
 */
int state_load(struct state *state, unsigned parts, int settle_ms, struct error *error);

/* The registry to show: the document's, or the last good one; never NULL after state_load(). */
const struct document *state_shown(const struct state *state);

/* Builds the model of what is shown at now_ms, with the findings of the last look. -ENOMEM: the
 * model is as it was. */
int state_model(struct state *state, int64_t now_ms, struct error *error);

#endif
