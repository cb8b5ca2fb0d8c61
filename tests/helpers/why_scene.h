/*
 * why_scene.h - a registry made of text with slots, chats and events made by hand, and the answer.
 */
#ifndef SLOTOP_TESTS_WHY_SCENE_H
#define SLOTOP_TESTS_WHY_SCENE_H

#include "core/why.h"
#include "tests/helpers/fixture.h"

/* An entry on slot "chat-slot-main-<slot>", made and last used so many ms before NOW. */
#define HELD(id, slot, state, made, used) WHY_ENTRY(id, "chat-slot-main-" slot, state, made, used)
/* One that fell back to the workspace agent main. */
#define FELL(id, state, made) WHY_ENTRY(id, "main", state, made, made)
#define WHY_ENTRY(id, agent, state, made, used)                                                    \
    "\"" id "\":{\"chatAgentId\":\"" agent "\",\"workspaceAgentId\":\"main\",\"state\":\"" state   \
    "\",\"createdAt\":" AT(made) ",\"lastActiveAt\":" AT(used) ",\"idleTtlMs\":1800000}"

enum { WHY_SCENE_SLOTS = 8, WHY_SCENE_CHATS = 8 };

struct why_scene {
    struct fixture fixture; /* its model is not built */
    struct config_pool pool;
    struct slot slots[WHY_SCENE_SLOTS];
    struct model model;
    struct chat chat_items[WHY_SCENE_CHATS];
    struct chat_folder folder;
    struct chats chats;
    struct why_sources sources; /* tests change it */
    struct why why;             /* the last answer */
};

void why_scene_make(struct why_scene *scene, const char *entries, size_t slots);
/* Gives it one index with these chats. */
void why_scene_chats(struct why_scene *scene, const char *const *ids, size_t count,
                     enum index_state state);
/* Explains; good until the next call. */
const struct why *why_scene_explain(struct why_scene *scene, const char *id);
/* `ago` NaN: the time must be unknown. */
void why_scene_assert_ago(double at_ms, double ago);
/* The results of why_recent(). */
void why_scene_forget(struct why *whys, size_t count);
void why_scene_done(struct why_scene *scene);

#endif
