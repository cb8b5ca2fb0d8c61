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
void scene_select(struct scene *scene, const char *id);

/* Model, rows and clock as of a moment. */
void scene_at(struct scene *scene, int64_t now_ms);
/* scene_at(), then draws into cells of this size. */
void scene_draw(struct scene *scene, int64_t now_ms, int width, int height, struct cells *cells);

#endif
