#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/helpers/scene.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Nothing is told by colour alone: what differs on the screen differs in its characters. */

#define M INT64_C(60000)
#define FIRST "9f2c11d0-5f6e-4c1b-9a3e-0d7f2b6a11c4"
#define SECOND "b31e88f2-7a54-4d0b-8f66-2e90d1c4b7f8"

enum { LOOKS_MAX = 12 };

static const int sizes[][2] = {{80, 24}, {40, 10}, {40, 8}, {140, 40}};
enum { SIZE_COUNT = sizeof(sizes) / sizeof(sizes[0]) };

/* One session, as an operator may find it; the other one does not change. */
static const struct {
    const char *what;
    struct scene_entry entry;
} looks[] = {
    {"active", {FIRST, "1", "active", 9 * M, 5 * M, 0}},
    {"idle", {FIRST, "1", "idle", 9 * M, 5 * M, 0}},
    {"expired", {FIRST, "1", "expired", 9 * M, 5 * M, 0}},
    {"released", {FIRST, "1", "deleted", 9 * M, 5 * M, 0}},
    {"odd", {FIRST, "1", "napping", 9 * M, 5 * M, 0}},
    {"overdue", {FIRST, "1", "active", 40 * M, 35 * M, 0}},
    {"on the workspace agent", {FIRST, "kumareth", "active", 9 * M, 5 * M, 0}},
    {"on no slot of the pool", {FIRST, "chat-slot-kumareth-9", "active", 9 * M, 5 * M, 0}},
    {"on a slot with another", {FIRST, "2", "active", 9 * M, 5 * M, 0}},
};
enum { LOOK_COUNT = sizeof(looks) / sizeof(looks[0]) };

/* The characters of the screen, without roles; buffer_done(). */
static struct buffer draw(struct scene *scene, const int size[2], bool ascii)
{
    struct cells cells = {.ascii = ascii};
    struct buffer text = {0};
    scene_draw(scene, SCENE_NOW_MS, size[0], size[1], &cells);
    cells_print_text(&cells, &text);
    cells_done(&cells);
    assert_false(text.failed);
    return text;
}

static void set_up_scene(struct scene *scene, const struct scene_entry *first)
{
    const struct scene_entry entries[] = {*first, {SECOND, "2", "idle", 20 * M, 19 * M, 0}};
    scene_init(scene);
    scene_set_pool(scene, 3);
    scene_set_entries(scene, entries, 2);
}

static struct buffer look_at(size_t look, const int size[2], bool ascii)
{
    struct scene scene;
    set_up_scene(&scene, &looks[look].entry);
    struct buffer text = draw(&scene, size, ascii);
    scene_done(&scene);
    return text;
}

static void assert_differ(const struct buffer *a, const struct buffer *b, const char *what,
                          const char *other, const int size[2])
{
    if (str_equal(buffer_str(a), buffer_str(b)))
        fail_msg("at %dx%d, %s looks like %s:\n%s", size[0], size[1], what, other, a->data);
}

static void each_state_is_told_in_characters(void **state)
{
    (void)state;
    for (size_t i = 0; i < SIZE_COUNT * 2; i++) {
        const int *size = sizes[i / 2];
        struct buffer texts[LOOK_COUNT];
        for (size_t j = 0; j < LOOK_COUNT; j++)
            texts[j] = look_at(j, size, i % 2);
        for (size_t j = 0; j < LOOK_COUNT; j++) {
            for (size_t k = 0; k < j; k++)
                assert_differ(&texts[j], &texts[k], looks[j].what, looks[k].what, size);
        }
        for (size_t j = 0; j < LOOK_COUNT; j++)
            buffer_done(&texts[j]);
    }
}

static void put_cursor(struct scene *scene)
{
    scene_select(scene, SECOND);
}

static void put_focus_on_pool(struct scene *scene)
{
    scene->ui.mode = UI_POOL;
}

static void put_tag(struct scene *scene)
{
    const struct entry *entry = &scene->state.document.registry.entries[0];
    assert_true(tags_add(&scene->ui.tags, entry, TAG_KEPT));
}

static void put_order(struct scene *scene)
{
    scene->ui.reverse = true;
}

static void lock(struct scene *scene)
{
    scene->view.read_only = true;
}

/* What the operator has done to the screen. */
static void cursor_focus_tags_order_and_lock_are_told_in_characters(void **state)
{
    static const struct {
        const char *what;
        void (*put)(struct scene *scene);
    } marks[] = {
        {"the cursor on another row", put_cursor},
        {"the focus on the pool", put_focus_on_pool},
        {"a tag", put_tag},
        {"the order turned around", put_order},
        {"read-only", lock},
    };
    (void)state;
    for (size_t i = 0; i < SIZE_COUNT * 2; i++) {
        const int *size = sizes[i / 2];
        struct buffer plain = look_at(0, size, i % 2);
        for (size_t j = 0; j < sizeof(marks) / sizeof(marks[0]); j++) {
            struct scene scene;
            set_up_scene(&scene, &looks[0].entry);
            marks[j].put(&scene);
            struct buffer marked = draw(&scene, size, i % 2);
            assert_differ(&marked, &plain, marks[j].what, "nothing", size);
            buffer_done(&marked);
            scene_done(&scene);
        }
        buffer_done(&plain);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_state_is_told_in_characters),
        cmocka_unit_test(cursor_focus_tags_order_and_lock_are_told_in_characters),
    };
    (void)setlocale(LC_ALL, "C.UTF-8");
    return cmocka_run_group_tests_name("view_plain", tests, NULL, NULL);
}
