#include "tests/helpers/edited.h"

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
    struct edited edited;
    edited_open(&edited, EDITED_USUAL(EDITED_ENTRY("a", "idle", "1773890082560")));
    edited_plan(&edited);
    assert_int_equal(edited.plan.count, 0);
    assert_int_equal(edited.plan.grows_by, 0);
    edited_close(&edited);
}

static void a_mark_that_changes_no_byte_needs_no_edit(void **state)
{
    (void)state;
    struct edited edited;
    edited_open(&edited, EDITED_USUAL(EDITED_ENTRY("a", "idle", "1773890082560")));
    edited_set_state(&edited, "a", STATE_IDLE);
    edited_touch(&edited, "a", 1773890082560.0);
    edited_plan(&edited);
    assert_int_equal(edited.plan.count, 0);
    edited_close(&edited);
}

static void a_touch_rewrites_only_the_digits_that_differ(void **state)
{
    (void)state;
    struct edited edited;
    edited_open(&edited, EDITED_USUAL(EDITED_ENTRY("a", "idle", "1773890082560")));
    edited_touch(&edited, "a", 1773890099960.0);
    edited_plan(&edited);
    assert_int_equal(edited.plan.count, 1);
    assert_int_equal(edited.plan.patches[0].old_len, 3);
    assert_memory_equal(edited.plan.patches[0].text.data, "999", 3);
    assert_string_equal(strstr(edited.after.data, "\"lastActiveAt\""),
                        "\"lastActiveAt\": 1773890099960,\n      \"idleTtlMs\": 1800000\n    }\n"
                        "  }\n}\n");
    edited_close(&edited);
}

static void state_and_time_of_an_entry_are_one_patch(void **state)
{
    (void)state;
    struct edited edited;
    edited_open(&edited, EDITED_USUAL(EDITED_ENTRY("a", "idle", "1773890082560")));
    edited_set_state(&edited, "a", STATE_ACTIVE);
    edited_touch(&edited, "a", 1773890082561.0);
    edited_plan(&edited);
    assert_int_equal(edited.plan.count, 1);
    assert_int_equal(edited.plan.grows_by, 0);
    assert_string_equal(strstr(edited.after.data, "\"state\""),
                        "\"state\": \"active\",\n    \"createdAt\": 1773890082560,\n"
                        "      \"lastActiveAt\": 1773890082561,\n"
                        "      \"idleTtlMs\": 1800000\n    }\n  }\n}\n");
    edited_close(&edited);
}

struct edit_case {
    const char *before; /* the entry's value */
    const char *after;
    bool grows;
};

static void check_edits(const struct edit_case *cases, size_t count,
                        void (*change)(struct edited *edited))
{
    for (size_t i = 0; i < count; i++) {
        struct buffer before = {0};
        struct buffer after = {0};
        struct edited edited;
        buffer_addf(&before, "{\"agents\":{\"x\":%s,\"z\":{}}}", cases[i].before);
        buffer_addf(&after, "{\"agents\":{\"x\":%s,\"z\":{}}}", cases[i].after);
        edited_open(&edited, before.data);
        change(&edited);
        edited_plan(&edited);
        assert_string_equal(edited.after.data, after.data);
        assert_int_equal(edited.plan.grows_by > 0, cases[i].grows);
        edited_close(&edited);
        buffer_done(&before);
        buffer_done(&after);
    }
}

static void expire_x(struct edited *edited)
{
    edited_set_state(edited, "x", STATE_EXPIRED);
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

static void idle_x(struct edited *edited)
{
    edited_set_state(edited, "x", STATE_IDLE);
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

static void touch_x(struct edited *edited)
{
    edited_touch(edited, "x", 1773890082560.0);
    edited_set_state(edited, "x", STATE_ACTIVE);
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
    struct edited edited;
    edited_open(&edited,
                EDITED_USUAL(EDITED_ENTRY("a", "expired", "1773890082560") ",\n" EDITED_ENTRY(
                    "b", "idle", "1773890082560")));
    edited_allocate(&edited, "a");
    edited_plan(&edited);
    assert_int_equal(edited.plan.count, 1);
    assert_int_equal(edited.plan.grows_by, 0);
    /* "expired" to "active" and 13 to 4 digits, twice: 19 bytes less */
    assert_string_equal(
        edited.after.data,
        "{\n  \"version\": 1,\n  \"agents\": {\n    \"a\": {\n      \"chatAgentId\": \"main\",\n"
        "      \"workspaceAgentId\": \"main\",\n      \"sessionId\": \"a\",\n"
        "      \"workspaceDir\": \"\",\n      \"state\": \"active\",\n      \"createdAt\": 1000,\n"
        "      \"lastActiveAt\": 1000,\n      \"idleTtlMs\": 1800000\n    "
        "                   },\n" EDITED_ENTRY("b", "idle", "1773890082560") "\n  }\n}\n");
    edited_close(&edited);
}

static void a_reallocation_squeezes_white_space_before_it_grows(void **state)
{
    (void)state;
    struct edited edited;
    edited_open(&edited, EDITED_USUAL(EDITED_ENTRY("a", "expired",
                                                   "1") ",\n" EDITED_ENTRY("b", "idle", "1")));
    edited_allocate(&edited, "a");
    edited_plan(&edited);
    assert_int_equal(edited.plan.grows_by, 0);
    assert_non_null(
        strstr(edited.after.data, "\"a\": {  \"chatAgentId\": \"main\",\n      \"work"));
    edited_close(&edited);

    edited_open(&edited, "{\"agents\":{\"a\":{\"state\":\"expired\"},\"b\":{\"state\":\"idle\"}}}");
    edited_allocate(&edited, "a");
    edited_set_state(&edited, "b", STATE_EXPIRED);
    edited_plan(&edited);
    assert_int_equal(edited.plan.count, 1);
    assert_int_equal(edited.plan.patches[0].offset + edited.plan.patches[0].old_len,
                     edited.document.bytes.len);
    assert_non_null(strstr(edited.after.data, "\n    },\"b\":{\"state\":\"expired\"}}}"));
    edited_close(&edited);
}

static void edits_before_the_first_that_grows_stay_patches_of_their_own(void **state)
{
    (void)state;
    struct edited edited;
    edited_open(&edited, "{\"agents\":{\"a\":{\"state\":\"active\"},\"b\":{\"state\":\"idle\"},"
                         "\"c\":{\"state\":\"active\"}}}");
    edited_set_state(&edited, "c", STATE_IDLE);
    edited_set_state(&edited, "b", STATE_EXPIRED);
    edited_set_state(&edited, "a", STATE_IDLE);
    edited_plan(&edited);
    assert_int_equal(edited.plan.count, 2);
    assert_int_equal(edited.plan.grows_by, 3);
    assert_int_equal(edited.plan.patches[0].text.len, edited.plan.patches[0].old_len);
    assert_string_equal(edited.after.data,
                        "{\"agents\":{\"a\":{\"state\":\"idle\"  },\"b\":{\"state\":\"expired\"},"
                        "\"c\":{\"state\":\"idle\"  }}}");
    edited_close(&edited);
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
