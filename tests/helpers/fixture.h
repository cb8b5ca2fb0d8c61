/*
 * fixture.h - a model made of text, for tests: the entries, the number of slots, the time.
 */
#ifndef SLOTOP_TESTS_FIXTURE_H
#define SLOTOP_TESTS_FIXTURE_H

#include "core/model.h"

#define NOW 1773890000000
/* One entry: its id, chat agent, workspace agent, state and how long ago it was used, in ms. */
#define ENTRY(id, chat, workspace, state, ago)                                                     \
    "\"" id "\":{\"chatAgentId\":\"" chat "\",\"workspaceAgentId\":\"" workspace                   \
    "\",\"state\":\"" state                                                                        \
    "\",\"createdAt\":1,\"lastActiveAt\":" AT(ago) ",\"idleTtlMs\":1800000}"
/* Times relative to NOW stand in the text as numbers: there is no arithmetic in JSON. */
#define AT(ago) "@" #ago "@"

/* The same with the time it was made. */
#define ENTRY_MADE(id, chat, workspace, state, made, ago)                                          \
    "\"" id "\":{\"chatAgentId\":\"" chat "\",\"workspaceAgentId\":\"" workspace                   \
    "\",\"state\":\"" state                                                                        \
    "\",\"createdAt\":" AT(made) ",\"lastActiveAt\":" AT(ago) ",\"idleTtlMs\":1800000}"

struct fixture {
    struct model_sources more; /* what of the sources is not below; all NULL at first */
    struct document document;
    struct config_pool pool;
    struct active_workspace workspace;
    struct model model;
};

/* The workspace is default, its agent main, its slots "chat-slot-main-1"… `slots` of them. No
 * model yet. */
void fixture_load(struct fixture *fixture, const char *entries, size_t slots);
/* Builds the model anew. */
void fixture_build(struct fixture *fixture, int64_t now_ms);
/* Both, at NOW. */
void fixture_make(struct fixture *fixture, const char *entries, size_t slots);
void fixture_done(struct fixture *fixture);

#endif
