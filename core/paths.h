/*
 * paths.h - where things are: state directory, workspaces, the active one, its agent.
 *
 * Ports what the seed imports from "./workspace". Reads directories and .dench-ui-state.json;
 * the environment is a struct that main fills.
 */
#ifndef SLOTOP_CORE_PATHS_H
#define SLOTOP_CORE_PATHS_H

#include "core/base.h"
#include "core/error.h"

/* The process environment as far as it matters; NULL where unset. Borrowed. */
struct environment {
    const char *home;               /* $HOME, else of passwd; never NULL */
    const char *openclaw_home;      /* $OPENCLAW_HOME */
    const char *openclaw_workspace; /* $OPENCLAW_WORKSPACE */
    const char *current_dir; /* absolute: what a relative OPENCLAW_WORKSPACE resolves against */
    const char *state_home;  /* absolute; slotop's own files are in slotop/ below it:
                                $XDG_STATE_HOME, else ~/.local/state; NULL: it keeps none */
};

/* Appends the state directory, normalised as node's path.join does: join(trim(OPENCLAW_HOME) ||
 * home, ".openclaw-dench"). May be relative. -ENOMEM. Source: resolveOpenClawStateDir. */
int paths_state_dir(const struct environment *environment, struct buffer *ret_dir,
                    struct error *error);

/* Appends node's path.join(dir, name); ret_path->failed tells. */
void paths_join(const char *dir, const char *name, struct buffer *ret_path);

/* A list of workspace names in the server's order. */
struct workspaces {
    struct str *names;
    size_t count;
    struct arena arena;
};

/* Discovers workspaces: real directories `workspace` ("default") and `workspace-<name>`; sorted
 * as ICU's root collation. A state directory that is missing or unreadable gives none. -ENOMEM.
 * Source: discoverWorkspaces (the seed's import). */
int workspaces_discover(const char *state_dir, struct workspaces *ret_workspaces,
                        struct error *error);
void workspaces_done(struct workspaces *workspaces);
bool workspaces_contain(const struct workspaces *workspaces, struct str name);
/* True for what the server takes as the name of a workspace: 1 to 64 of letters, digits, _ and -,
 * the first a letter or digit. */
bool workspace_name_is_valid(struct str name);

enum active_source {
    ACTIVE_NONE,        /* there is no workspace */
    ACTIVE_OPTION,      /* the operator said so (-w) */
    ACTIVE_ENVIRONMENT, /* OPENCLAW_WORKSPACE */
    ACTIVE_UI_STATE,    /* .dench-ui-state.json */
    ACTIVE_FIRST,       /* the first discovered */
    ACTIVE_THROWS,      /* the server's code throws: no chat can be created (a finding) */
};

struct active_workspace {
    enum active_source source;
    struct buffer name;     /* empty for NONE and THROWS */
    struct buffer agent_id; /* "main" for default and none; else the name; empty for THROWS */
    char trouble[ERROR_TEXT_SIZE]; /* THROWS: what in .dench-ui-state.json breaks the server */
};

/*
 * Which workspace the server takes as active, and its agent. THROWS is a result, not an error.
 * -ENOMEM. Source: resolveActiveWorkspace, resolveActiveAgentId.
 */
int paths_active_workspace(const struct environment *environment, const char *state_dir,
                           struct active_workspace *ret_active, struct error *error);
void active_workspace_done(struct active_workspace *active);
/* Appends the agent of a workspace name: "main" for "default" or absent, else the name. */
void workspace_agent_id(struct str workspace, struct buffer *ret_agent_id);
/* True when that is the workspace's agent. Allocates nothing. */
bool workspace_has_agent(struct str workspace, struct str agent_id);

#endif
