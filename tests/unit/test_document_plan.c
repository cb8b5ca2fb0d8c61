#include "tests/helpers/scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void a_clean_registry_needs_no_edit(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene, SCENE_USUAL(SCENE_ENTRY("a", "idle", "1773890082560")));
    scene_plan(&scene);
    assert_int_equal(scene.plan.count, 0);
    assert_int_equal(scene.plan.grows_by, 0);
    scene_close(&scene);
}

static void a_mark_that_changes_no_byte_needs_no_edit(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene, SCENE_USUAL(SCENE_ENTRY("a", "idle", "1773890082560")));
    scene_set_state(&scene, "a", STATE_IDLE);
    scene_touch(&scene, "a", 1773890082560.0);
    scene_plan(&scene);
    assert_int_equal(scene.plan.count, 0);
    scene_close(&scene);
}

static void a_touch_rewrites_only_the_digits_that_differ(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene, SCENE_USUAL(SCENE_ENTRY("a", "idle", "1773890082560")));
    scene_touch(&scene, "a", 1773890099960.0);
    scene_plan(&scene);
    assert_int_equal(scene.plan.count, 1);
    assert_int_equal(scene.plan.patches[0].old_len, 3);
    assert_memory_equal(scene.plan.patches[0].text.data, "999", 3);
    assert_string_equal(strstr(scene.after.data, "\"lastActiveAt\""),
                        "\"lastActiveAt\": 1773890099960,\n      \"idleTtlMs\": 1800000\n    }\n"
                        "  }\n}\n");
    scene_close(&scene);
}

static void state_and_time_of_an_entry_are_one_patch(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene, SCENE_USUAL(SCENE_ENTRY("a", "idle", "1773890082560")));
    scene_set_state(&scene, "a", STATE_ACTIVE);
    scene_touch(&scene, "a", 1773890082561.0);
    scene_plan(&scene);
    assert_int_equal(scene.plan.count, 1);
    assert_int_equal(scene.plan.grows_by, 0);
    assert_string_equal(strstr(scene.after.data, "\"state\""),
                        "\"state\": \"active\",\n    \"createdAt\": 1773890082560,\n"
                        "      \"lastActiveAt\": 1773890082561,\n"
                        "      \"idleTtlMs\": 1800000\n    }\n  }\n}\n");
    scene_close(&scene);
}

struct edit_case {
    const char *before; /* the entry's value */
    const char *after;
    bool grows;
};

static void check_edits(const struct edit_case *cases, size_t count,
                        void (*change)(struct scene *scene))
{
    for (size_t i = 0; i < count; i++) {
        struct buffer before = {0};
        struct buffer after = {0};
        struct scene scene;
        buffer_addf(&before, "{\"agents\":{\"x\":%s,\"z\":{}}}", cases[i].before);
        buffer_addf(&after, "{\"agents\":{\"x\":%s,\"z\":{}}}", cases[i].after);
        scene_open(&scene, before.data);
        change(&scene);
        scene_plan(&scene);
        assert_string_equal(scene.after.data, after.data);
        assert_int_equal(scene.plan.grows_by > 0, cases[i].grows);
        scene_close(&scene);
        buffer_done(&before);
        buffer_done(&after);
    }
}

static void expire_x(struct scene *scene)
{
    scene_set_state(scene, "x", STATE_EXPIRED);
}

static void a_longer_state_takes_white_space_where_it_is(void **state)
{
    (void)state;
    static const struct edit_case cases[] = {
        /* behind the comma first, then before the value, then anywhere in the entry */
        {"{\n      \"state\": \"idle\",\n      \"y\": 1\n    }",
         "{\n      \"state\": \"expired\",\n   \"y\": 1\n    }", false},
        {"{\r\n\t\"state\":\t\"idle\",\r\n\t\t\"y\":1}",
         "{\r\n\t\"state\":\t\"expired\",\r\"y\":1}", false},
        {"{\"state\" : \"idle\" , \"y\": 1}", "{\"state\" :\"expired\",\"y\": 1}", false},
        {"{\"y\":1,\"state\":\"idle\"   }", "{\"y\":1,\"state\":\"expired\"}", false},
        {"{\"y\":1,\"state\":  \"idle\" }", "{\"y\":1,\"state\":\"expired\"}", false},
        {"{ \"y\": [1, \"a b\\\" \"],\"state\":\"idle\"}",
         "{\"y\":[1,\"a b\\\" \"],\"state\":\"expired\"}", false},
        /* the last duplicate counts, and a name may be escaped */
        {"{\"state\":\"idle\",\"state\":\"idle\",    \"y\":1}",
         "{\"state\":\"idle\",\"state\":\"expired\", \"y\":1}", false},
        {"{\"st\\u0061te\":\"idle\",    \"y\":1}", "{\"st\\u0061te\":\"expired\", \"y\":1}", false},
        {"{\"state\":[1, 2, 3, 4]}", "{\"state\":\"expired\"   }", false},
        /* no white space at all */
        {"{\"state\":\"idle\",\"y\":1.0}", "{\"state\":\"expired\",\"y\":1.0}", true},
        {"{\"state\": \"idle\", \"y\":1}", "{\"state\": \"expired\", \"y\":1}", true},
        {"{\"state\":null}", "{\"state\":\"expired\"}", true},
    };
    check_edits(cases, COUNT(cases), expire_x);
}

static void idle_x(struct scene *scene)
{
    scene_set_state(scene, "x", STATE_IDLE);
}

static void a_shorter_state_leaves_white_space_before_the_next_name(void **state)
{
    (void)state;
    static const struct edit_case cases[] = {
        {"{\n      \"state\": \"expired\",\n   \"y\": 1\n    }",
         "{\n      \"state\": \"idle\",\n      \"y\": 1\n    }", false},
        {"{\"state\":\"active\",\"y\":1}", "{\"state\":\"idle\",  \"y\":1}", false},
        {"{\"state\":\"active\"}", "{\"state\":\"idle\"  }", false},
    };
    check_edits(cases, COUNT(cases), idle_x);
}

static void touch_x(struct scene *scene)
{
    scene_touch(scene, "x", 1773890082560.0);
    scene_set_state(scene, "x", STATE_ACTIVE);
}

static void members_that_are_missing_become_the_last_ones(void **state)
{
    (void)state;
    static const struct edit_case cases[] = {
        {"{\n  \"y\": 1\n}",
         "{\n  \"y\": 1,\n  \"lastActiveAt\": 1773890082560,\n  \"state\": \"active\"\n}", true},
        {"{}", "{\"lastActiveAt\":1773890082560,\"state\":\"active\"}", true},
        {"{\"y\":1}", "{\"y\":1,\"lastActiveAt\":1773890082560,\"state\":\"active\"}", true},
        {"{                                                             }",
         "{\"lastActiveAt\":1773890082560,\"state\":\"active\"                }", false},
        {"{\"state\":\"idle\",                             \"y\": 2 }",
         "{\"state\":\"active\",\"y\":2,\"lastActiveAt\":1773890082560}", false},
    };
    check_edits(cases, COUNT(cases), touch_x);
}

static void a_change_on_what_is_no_object_is_lost_as_in_json(void **state)
{
    (void)state;
    static const struct edit_case cases[] = {{"[ 1 ]", "[ 1 ]", false}, {"5", "5", false}};
    check_edits(cases, COUNT(cases), touch_x);
}

static void a_reallocation_fits_into_the_old_entry(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene, SCENE_USUAL(SCENE_ENTRY("a", "expired", "1773890082560") ",\n" SCENE_ENTRY(
                           "b", "idle", "1773890082560")));
    scene_allocate(&scene, "a");
    scene_plan(&scene);
    assert_int_equal(scene.plan.count, 1);
    assert_int_equal(scene.plan.grows_by, 0);
    /* "expired" to "active" and 13 to 4 digits, twice: 19 bytes less */
    assert_string_equal(
        scene.after.data,
        "{\n  \"version\": 1,\n  \"agents\": {\n    \"a\": {\n      \"chatAgentId\": \"main\",\n"
        "      \"workspaceAgentId\": \"main\",\n      \"sessionId\": \"a\",\n"
        "      \"workspaceDir\": \"\",\n      \"state\": \"active\",\n      \"createdAt\": 1000,\n"
        "      \"lastActiveAt\": 1000,\n      \"idleTtlMs\": 1800000\n    "
        "                   },\n" SCENE_ENTRY("b", "idle", "1773890082560") "\n  }\n}\n");
    scene_close(&scene);
}

static void a_reallocation_squeezes_white_space_before_it_grows(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene,
               SCENE_USUAL(SCENE_ENTRY("a", "expired", "1") ",\n" SCENE_ENTRY("b", "idle", "1")));
    scene_allocate(&scene, "a");
    scene_plan(&scene);
    assert_int_equal(scene.plan.grows_by, 0);
    assert_non_null(strstr(scene.after.data, "\"a\": {  \"chatAgentId\": \"main\",\n      \"work"));
    scene_close(&scene);

    scene_open(&scene, "{\"agents\":{\"a\":{\"state\":\"expired\"},\"b\":{\"state\":\"idle\"}}}");
    scene_allocate(&scene, "a");
    scene_set_state(&scene, "b", STATE_EXPIRED);
    scene_plan(&scene);
    assert_int_equal(scene.plan.count, 1);
    assert_int_equal(scene.plan.patches[0].offset + scene.plan.patches[0].old_len,
                     scene.document.bytes.len);
    assert_non_null(strstr(scene.after.data, "\n    },\"b\":{\"state\":\"expired\"}}}"));
    scene_close(&scene);
}

static void edits_before_the_first_that_grows_stay_patches_of_their_own(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene, "{\"agents\":{\"a\":{\"state\":\"active\"},\"b\":{\"state\":\"idle\"},"
                       "\"c\":{\"state\":\"active\"}}}");
    scene_set_state(&scene, "c", STATE_IDLE);
    scene_set_state(&scene, "b", STATE_EXPIRED);
    scene_set_state(&scene, "a", STATE_IDLE);
    scene_plan(&scene);
    assert_int_equal(scene.plan.count, 2);
    assert_int_equal(scene.plan.grows_by, 3);
    assert_int_equal(scene.plan.patches[0].text.len, scene.plan.patches[0].old_len);
    assert_string_equal(scene.after.data,
                        "{\"agents\":{\"a\":{\"state\":\"idle\"  },\"b\":{\"state\":\"expired\"},"
                        "\"c\":{\"state\":\"idle\"  }}}");
    scene_close(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_clean_registry_needs_no_edit),
        cmocka_unit_test(a_mark_that_changes_no_byte_needs_no_edit),
        cmocka_unit_test(a_touch_rewrites_only_the_digits_that_differ),
        cmocka_unit_test(state_and_time_of_an_entry_are_one_patch),
        cmocka_unit_test(a_longer_state_takes_white_space_where_it_is),
        cmocka_unit_test(a_shorter_state_leaves_white_space_before_the_next_name),
        cmocka_unit_test(members_that_are_missing_become_the_last_ones),
        cmocka_unit_test(a_change_on_what_is_no_object_is_lost_as_in_json),
        cmocka_unit_test(a_reallocation_fits_into_the_old_entry),
        cmocka_unit_test(a_reallocation_squeezes_white_space_before_it_grows),
        cmocka_unit_test(edits_before_the_first_that_grows_stay_patches_of_their_own),
    };
    return cmocka_run_group_tests_name("document_plan", tests, NULL, NULL);
}
