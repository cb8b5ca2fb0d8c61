#include "tests/helpers/edited.h"

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
        struct edited edited;
        buffer_addf(&before, "{\"agents\":{%s}}", cases[i].before);
        buffer_addf(&after, "{\"agents\":{%s}}", cases[i].after);
        edited_open(&edited, before.data);
        for (const char *id = cases[i].removed; *id; id++)
            edited_remove(&edited, (char[]){*id, '\0'});
        edited_plan(&edited);
        assert_string_equal(edited.after.data, after.data);
        assert_int_equal(edited.plan.count, cases[i].patches);
        edited_close(&edited);
        buffer_done(&before);
        buffer_done(&after);
    }
}

static void a_new_entry_in_the_usual_layout_is_byte_for_byte_what_the_seed_writes(void **state)
{
    (void)state;
    static const char *const cases[] = {
        EDITED_USUAL(EDITED_ENTRY("a", "idle", "1773890082560")),
        "{\n  \"version\": 1,\n  \"agents\": {}\n}\n",
        "{\n  \"agents\": {},\n  \"meta\": {\n    \"a\": 1\n  }\n}\n",
        "{\n  \"agents\": {\n    \"a\": null\n  },\n  \"meta\": 1\n}\n",
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct edited edited;
        edited_open(&edited, cases[i]);
        struct entry *entry = registry_add(&edited.document.registry, STR("n\n"));
        assert_non_null(entry);
        const struct entry_terms terms = {.chat_agent_id = STR("main")};
        assert_true(registry_set_terms(&edited.document.registry, entry, &terms));
        entry->changes = CHANGE_ADDED | CHANGE_REPLACED;
        edited_plan(&edited);
        assert_int_equal(edited.plan.count, 1);
        edited_is_whole_print(&edited);
        edited_close(&edited);
    }
}

static void a_new_entry_takes_the_room_of_purged_ones_at_the_end(void **state)
{
    (void)state;
    struct edited edited;
    edited_open(&edited, EDITED_USUAL(EDITED_ENTRY("a", "idle", "1773890082560") ",\n" EDITED_ENTRY(
                             "b", "deleted", "1773890082560")));
    edited_remove(&edited, "b");
    edited_plan(&edited);
    assert_int_equal(edited.plan.grows_by, 0);
    struct buffer purged = {0};
    buffer_add_str(&purged, buffer_str(&edited.after));
    edited_close(&edited);

    edited_open(&edited, purged.data);
    edited_allocate(&edited, "c");
    edited_plan(&edited);
    assert_int_equal(edited.plan.count, 1);
    assert_int_equal(edited.plan.grows_by, 0);
    edited_close(&edited);
    buffer_done(&purged);
}

static void an_entry_removed_and_added_at_once_goes_to_the_end(void **state)
{
    (void)state;
    struct edited edited;
    edited_open(&edited,
                EDITED_USUAL(EDITED_ENTRY("a", "deleted", "1773890082560") ",\n" EDITED_ENTRY(
                    "b", "idle", "1773890082560")));
    edited_remove(&edited, "a");
    edited_allocate(&edited, "a");
    edited_plan(&edited);
    const char *a = strstr(edited.after.data, "\"a\": {");
    const char *b = strstr(edited.after.data, "\"b\": {");
    assert_true(a && b && b < a);
    assert_null(strstr(a + 1, "\"a\": {"));
    edited_close(&edited);
}

static void a_tail_is_squeezed_into_room_that_is_nearly_enough(void **state)
{
    (void)state;
    struct buffer text = {0};
    struct edited edited;
    buffer_add_str(&text, STR("{\"agents\":{\"a\":{}"));
    buffer_add_repeat(&text, ' ', 200);
    buffer_add_str(&text, STR("}}"));
    edited_open(&edited, text.data);
    edited_allocate(&edited, "n");
    edited_plan(&edited);
    assert_int_equal(edited.plan.grows_by, 0);
    assert_non_null(strstr(edited.after.data, "{\"a\":{},\"n\":{\"chatAgentId\":\"main\","));
    edited_close(&edited);
    buffer_done(&text);
}

static void white_space_at_the_end_of_the_file_makes_room(void **state)
{
    (void)state;
    struct buffer text = {0};
    struct edited edited;
    buffer_add_str(&text, STR(EDITED_USUAL(EDITED_ENTRY("a", "idle", "1773890082560"))));
    buffer_add_repeat(&text, ' ', 100);
    edited_open(&edited, text.data);
    edited_allocate(&edited, "n");
    edited_plan(&edited);
    assert_int_equal(edited.plan.count, 1);
    edited_is_whole_print(&edited);
    edited_close(&edited);

    buffer_add_repeat(&text, ' ', 400);
    edited_open(&edited, text.data);
    edited_allocate(&edited, "n");
    edited_plan(&edited);
    assert_int_equal(edited.plan.grows_by, 0);
    assert_int_equal(edited.after.data[edited.after.len - 1], '\n');
    edited_close(&edited);
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
