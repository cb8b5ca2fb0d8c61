#include "tests/helpers/scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void removed_members_become_white_space_with_one_comma_each(void **state)
{
    (void)state;
    static const struct {
        const char *before;
        const char *removed;
        const char *after;
        size_t patches;
    } cases[] = {
        {"\"a\":1,\"b\":2,\"c\":3", "a", "      \"b\":2,\"c\":3", 1},
        {"\"a\":1,\"b\":2,\"c\":3", "b", "\"a\":1,      \"c\":3", 1},
        {"\"a\":1,\"b\":2,\"c\":3", "c", "\"a\":1,\"b\":2      ", 1},
        {"\"a\":1,\"b\":2,\"c\":3", "ab", "            \"c\":3", 1},
        {"\"a\":1,\"b\":2,\"c\":3", "bc", "\"a\":1            ", 1},
        {"\"a\":1,\"b\":2,\"c\":3", "ac", "      \"b\":2      ", 2},
        {"\"a\":1,\"b\":2,\"c\":3", "abc", "                 ", 1},
        {"\"a\":1,\"b\":2,\"c\":3,\"d\":4,\"e\":5", "abde", "            \"c\":3            ", 2},
        {"\"a\":1,\"b\":2,\"c\":3,\"d\":4,\"e\":5", "bd", "\"a\":1,      \"c\":3,      \"e\":5", 2},
        {"\"a\":1,\"b\":2,\"a\":3", "a", "      \"b\":2      ", 2},
        {"\"a\":1,\"b\":2,\"\\u0061\":3,\"b\":4", "b", "\"a\":1,      \"\\u0061\":3      ", 2},
        {"\n\t\"a\" : { } ,\n\t\"b\":null\n", "a", "\n\t           \n\t\"b\":null\n", 1},
        {"\n\t\"a\" : { } ,\n\t\"b\":null\n", "b", "\n\t\"a\" : { }  \n\t        \n", 1},
        {" \"a\":0 ", "a", "       ", 1},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct buffer before = {0};
        struct buffer after = {0};
        struct scene scene;
        buffer_addf(&before, "{\"agents\":{%s}}", cases[i].before);
        buffer_addf(&after, "{\"agents\":{%s}}", cases[i].after);
        scene_open(&scene, before.data);
        for (const char *id = cases[i].removed; *id; id++)
            scene_remove(&scene, (char[]){*id, '\0'});
        scene_plan(&scene);
        assert_string_equal(scene.after.data, after.data);
        assert_int_equal(scene.plan.count, cases[i].patches);
        scene_close(&scene);
        buffer_done(&before);
        buffer_done(&after);
    }
}

static void a_new_entry_in_the_usual_layout_is_byte_for_byte_what_the_seed_writes(void **state)
{
    (void)state;
    static const char *const cases[] = {
        SCENE_USUAL(SCENE_ENTRY("a", "idle", "1773890082560")),
        "{\n  \"version\": 1,\n  \"agents\": {}\n}\n",
        "{\n  \"agents\": {},\n  \"meta\": {\n    \"a\": 1\n  }\n}\n",
        "{\n  \"agents\": {\n    \"a\": null\n  },\n  \"meta\": 1\n}\n",
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct scene scene;
        scene_open(&scene, cases[i]);
        struct entry *entry = registry_add(&scene.document.registry, STR("n\n"));
        assert_non_null(entry);
        entry->chat_agent_id = STR("main");
        entry->changes = CHANGE_ADDED | CHANGE_REPLACED;
        scene_plan(&scene);
        assert_int_equal(scene.plan.count, 1);
        scene_is_whole_print(&scene);
        scene_close(&scene);
    }
}

static void a_new_entry_takes_the_room_of_purged_ones_at_the_end(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene, SCENE_USUAL(SCENE_ENTRY("a", "idle", "1773890082560") ",\n" SCENE_ENTRY(
                           "b", "deleted", "1773890082560")));
    scene_remove(&scene, "b");
    scene_plan(&scene);
    assert_int_equal(scene.plan.grows_by, 0);
    struct buffer purged = {0};
    buffer_add_str(&purged, buffer_str(&scene.after));
    scene_close(&scene);

    scene_open(&scene, purged.data);
    scene_allocate(&scene, "c");
    scene_plan(&scene);
    assert_int_equal(scene.plan.count, 1);
    assert_int_equal(scene.plan.grows_by, 0);
    scene_close(&scene);
    buffer_done(&purged);
}

static void an_entry_removed_and_added_at_once_goes_to_the_end(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene, SCENE_USUAL(SCENE_ENTRY("a", "deleted", "1773890082560") ",\n" SCENE_ENTRY(
                           "b", "idle", "1773890082560")));
    scene_remove(&scene, "a");
    scene_allocate(&scene, "a");
    scene_plan(&scene);
    const char *a = strstr(scene.after.data, "\"a\": {");
    const char *b = strstr(scene.after.data, "\"b\": {");
    assert_true(a && b && b < a);
    assert_null(strstr(a + 1, "\"a\": {"));
    scene_close(&scene);
}

static void a_tail_is_squeezed_into_room_that_is_nearly_enough(void **state)
{
    (void)state;
    struct buffer text = {0};
    struct scene scene;
    buffer_add_str(&text, STR("{\"agents\":{\"a\":{}"));
    buffer_add_repeat(&text, ' ', 200);
    buffer_add_str(&text, STR("}}"));
    scene_open(&scene, text.data);
    scene_allocate(&scene, "n");
    scene_plan(&scene);
    assert_int_equal(scene.plan.grows_by, 0);
    assert_non_null(strstr(scene.after.data, "{\"a\":{},\"n\":{\"chatAgentId\":\"main\","));
    scene_close(&scene);
    buffer_done(&text);
}

static void white_space_at_the_end_of_the_file_makes_room(void **state)
{
    (void)state;
    struct buffer text = {0};
    struct scene scene;
    buffer_add_str(&text, STR(SCENE_USUAL(SCENE_ENTRY("a", "idle", "1773890082560"))));
    buffer_add_repeat(&text, ' ', 100);
    scene_open(&scene, text.data);
    scene_allocate(&scene, "n");
    scene_plan(&scene);
    assert_int_equal(scene.plan.count, 1);
    scene_is_whole_print(&scene);
    scene_close(&scene);

    buffer_add_repeat(&text, ' ', 400);
    scene_open(&scene, text.data);
    scene_allocate(&scene, "n");
    scene_plan(&scene);
    assert_int_equal(scene.plan.grows_by, 0);
    assert_int_equal(scene.after.data[scene.after.len - 1], '\n');
    scene_close(&scene);
    buffer_done(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(removed_members_become_white_space_with_one_comma_each),
        cmocka_unit_test(a_new_entry_in_the_usual_layout_is_byte_for_byte_what_the_seed_writes),
        cmocka_unit_test(a_new_entry_takes_the_room_of_purged_ones_at_the_end),
        cmocka_unit_test(an_entry_removed_and_added_at_once_goes_to_the_end),
        cmocka_unit_test(a_tail_is_squeezed_into_room_that_is_nearly_enough),
        cmocka_unit_test(white_space_at_the_end_of_the_file_makes_room),
    };
    return cmocka_run_group_tests_name("document_members", tests, NULL, NULL);
}
