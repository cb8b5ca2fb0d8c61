#include "tests/helpers/why_scene.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

void why_scene_make(struct why_scene *scene, const char *entries, size_t slots)
{
    *scene = (struct why_scene){0};
    assert_true(slots <= WHY_SCENE_SLOTS);
    fixture_load(&scene->fixture, entries, slots);
    for (size_t i = 0; i < slots; i++) {
        struct str id = scene->fixture.pool.slots[i];
        scene->slots[i] = (struct slot){.id = id, .label = {id.data + id.len - 1, 1}};
    }
    scene->model.slots = scene->slots;
    scene->model.slot_count = slots;
    scene->sources = (struct why_sources){
        .document = &scene->fixture.document,
        .model = &scene->model,
        .pool = &scene->pool,
        .workspace = &scene->fixture.workspace,
        .beat = {BEAT_UNKNOWN, NAN},
        .now_ms = NOW,
    };
}

static struct str chat_id(const void *owner, size_t place)
{
    const struct chat_folder *folder = owner;
    return folder->items[place].id;
}

void why_scene_chats(struct why_scene *scene, const char *const *ids, size_t count,
                     enum index_state state)
{
    struct string_source source = {chat_id, &scene->folder};
    assert_true(count <= WHY_SCENE_CHATS);
    scene->folder.state = state;
    scene->folder.items = scene->chat_items;
    scene->folder.count = count;
    assert_true(string_index_reserve(&scene->folder.by_id, source, count));
    for (size_t i = 0; i < count; i++) {
        scene->chat_items[i] = (struct chat){
            .id = str_of(ids[i]),
            .created_ms = NAN,
            .updated_ms = NAN,
            .last_active_ms = NAN,
            .message_count = NAN,
        };
        string_index_put(&scene->folder.by_id, source, i);
    }
    scene->chats = (struct chats){.folders = &scene->folder, .count = 1};
    scene->sources.chats = &scene->chats;
}

const struct why *why_scene_explain(struct why_scene *scene, const char *id)
{
    why_done(&scene->why);
    assert_int_equal(why_explain(&scene->sources, str_of(id), &scene->why, NULL), 0);
    return &scene->why;
}

void why_scene_assert_ago(double at_ms, double ago)
{
    if (isnan(ago))
        assert_true(isnan(at_ms));
    else if (at_ms != (double)NOW - ago)
        fail_msg("%.0f ms before, not %.0f", (double)NOW - at_ms, ago);
}

void why_scene_forget(struct why *whys, size_t count)
{
    for (size_t i = 0; i < count; i++)
        why_done(&whys[i]);
    free(whys);
}

void why_scene_done(struct why_scene *scene)
{
    why_done(&scene->why);
    string_index_done(&scene->folder.by_id);
    fixture_done(&scene->fixture);
}
