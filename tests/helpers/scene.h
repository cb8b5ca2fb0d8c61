/*
 * scene.h - a state directory that never was: registry, pool and operator, for tests of the view.
 */
#ifndef SLOTOP_TESTS_SCENE_H
#define SLOTOP_TESTS_SCENE_H

#include "tui/view.h"

/* 2026-11-22 14:30:16 UTC */
#define SCENE_NOW_MS INT64_C(1795357816000)

/* An entry; its times are spans back from SCENE_NOW_MS. */
struct scene_entry {
    const char *id; /* as it stands in JSON, escapes and all */
    const char
        *agent; /* "1" is slot 1 of the pool, "main" the workspace agent, others as they are */
    const char *state;
    int64_t age_ms, quiet_ms, ttl_ms; /* ttl 0: the server's 30 minutes */
};

/* A chat in the index of the workspace. */
struct scene_chat {
    const char *id, *title; /* as in JSON, escapes and all; title NULL: none */
    const char *agent;      /* its pin, as in scene_entry; NULL: none */
    int64_t age_ms, used_ms;
    int messages;
};

/* A trace of a run of a session. */
struct scene_trace {
    const char *id;
    char kind; /* 's' streaming transcript, 'l' lock, 'r' status running, 't' transcript, 'w' WAL of
                  its agent, '-' looked for and none seen */
    int64_t ago_ms;
};

struct scene {
    struct state state;
    struct ui ui;
    struct rows rows;
    struct view view;
};

/* Workspace "kumareth", nothing else: no registry, no config. */
void scene_init(struct scene *scene);
void scene_done(struct scene *scene);

/* A pool of slots 1 to `count`. */
void scene_set_pool(struct scene *scene, int count);
void scene_set_config(struct scene *scene, const char *text);
void scene_set_entries(struct scene *scene, const struct scene_entry *entries, size_t count);
/* What the file says now; a text that cannot be used leaves the last good one on the screen. */
void scene_set_registry(struct scene *scene, struct str text);
void scene_set_unreadable(struct scene *scene, const char *trouble);
/* Everything around the registry is known from now on: these chats, these traces, and a server of
 * this version that began so long ago (0: it is down). */
void scene_set_chats(struct scene *scene, const struct scene_chat *chats, size_t count);
void scene_set_traces(struct scene *scene, const struct scene_trace *traces, size_t count);
void scene_set_server(struct scene *scene, const char *version, int64_t started_ms);
/* Another workspace, without chats. */
void scene_add_workspace(struct scene *scene, const char *name);
void scene_select(struct scene *scene, const char *id);

/* The clock alone: what was known before stays. */
void scene_set_clock(struct scene *scene, int64_t now_ms);
/* Model, rows and clock as of a moment. */
void scene_at(struct scene *scene, int64_t now_ms);
/* scene_at(), then draws into cells of this size. */
void scene_draw(struct scene *scene, int64_t now_ms, int width, int height, struct cells *cells);

#endif
