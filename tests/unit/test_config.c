#include "core/config.h"
#include "tests/helpers/tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define LIST(elements) "{\"agents\":{\"list\":[" elements "]}}"
#define AGENT(id) "{\"id\":\"" id "\"}"

static struct config_pool parsed(const char *text, const char *agent_id)
{
    struct config_pool pool;
    assert_int_equal(config_parse_pool(str_of(text), str_of(agent_id), &pool, NULL), 0);
    return pool;
}

static void check_slots(const struct config_pool *pool, const char *const *ids)
{
    size_t count = 0;
    assert_int_equal(pool->state, CONFIG_OK);
    assert_string_equal(pool->trouble, "");
    for (; ids[count]; count++) {
        assert_true(count < pool->slot_count);
        assert_true(str_equal(pool->slots[count], str_of(ids[count])));
    }
    assert_int_equal(pool->slot_count, count);
}

static void slots_are_the_agents_with_the_prefix_in_list_order(void **state)
{
    static const struct {
        const char *text;
        const char *agent_id;
        const char *ids[4];
    } cases[] = {
        {LIST(AGENT("chat-slot-main-2") "," AGENT("main") "," AGENT("chat-slot-main-1")),
         "main",
         {"chat-slot-main-2", "chat-slot-main-1"}},
        {LIST(AGENT("chat-slot-a-1") "," AGENT("chat-slot-a-1")),
         "a",
         {"chat-slot-a-1", "chat-slot-a-1"}},
        {LIST(AGENT("chat-slot-foo-bar-1") "," AGENT("chat-slot-foo-")),
         "foo",
         {"chat-slot-foo-bar-1", "chat-slot-foo-"}},
        {LIST(AGENT("chat-slot-foo") "," AGENT("Chat-slot-foo-1")), "foo", {NULL}},
        {LIST(AGENT("chat-slot-Foo-1")), "foo", {NULL}},
        {LIST(AGENT("\\u0063hat-slot-foo-\\ud83d\\ude00")),
         "foo",
         {"chat-slot-foo-\xF0\x9F\x98\x80"}},
        {LIST("{\"id\":\"chat-slot-a-9\",\"id\":\"chat-slot-a-1\"}"), "a", {"chat-slot-a-1"}},
        {LIST(AGENT("chat-slot--1")), "", {NULL}},
        {LIST(""), "a", {NULL}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct config_pool pool = parsed(cases[i].text, cases[i].agent_id);
        check_slots(&pool, cases[i].ids);
        config_pool_done(&pool);
    }
}

static void a_slot_id_may_hold_a_nul(void **state)
{
    (void)state;
    struct config_pool pool = parsed(LIST(AGENT("chat-slot-a-\\u00001")), "a");
    assert_int_equal(pool.slot_count, 1);
    assert_int_equal(pool.slots[0].len, 14);
    assert_memory_equal(pool.slots[0].data,
                        "chat-slot-a-\0"
                        "1",
                        14);
    config_pool_done(&pool);
}

static void a_config_that_is_not_strict_json_says_where(void **state)
{
    static const struct {
        const char *text;
        size_t line, column;
        const char *trouble;
    } cases[] = {
        {"", 1, 1, "it is empty"},
        {" \n", 2, 1, "it is empty"},
        {"\xEF\xBB\xBF{}", 1, 1, "it begins with a byte order mark"},
        {"{\n  // slots\n}", 2, 3, "line 2, column 3: "},
        {"{\n\"agents\": {\"list\": [],}}", 2, 23, "line 2, column 23: "},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct config_pool pool = parsed(cases[i].text, "a");
        assert_int_equal(pool.state, CONFIG_NOT_STRICT);
        assert_int_equal(pool.slot_count, 0);
        assert_int_equal(pool.line, cases[i].line);
        assert_int_equal(pool.column, cases[i].column);
        assert_true(str_starts(str_of(pool.trouble), str_of(cases[i].trouble)));
        config_pool_done(&pool);
    }
}

static void a_config_without_a_list_has_no_slots_and_says_why(void **state)
{
    static const char *const cases[][2] = {
        {"null", "the document is not an object"},
        {"[]", "the document is not an object"},
        {"\"agents\"", "the document is not an object"},
        {"{}", "agents.list is missing"},
        {"{\"agents\":null}", "agents.list is missing"},
        {"{\"agents\":[]}", "agents.list is missing"},
        {"{\"agents\":{}}", "agents.list is missing"},
        {"{\"agents\":{\"list\":null}}", "agents.list is not an array"},
        {"{\"agents\":{\"list\":{}}}", "agents.list is not an array"},
        {"{\"agents\":{\"list\":\"chat-slot-a-1\"}}", "agents.list is not an array"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct config_pool pool = parsed(cases[i][0], "a");
        assert_int_equal(pool.state, CONFIG_NO_LIST);
        assert_int_equal(pool.slot_count, 0);
        assert_string_equal(pool.trouble, cases[i][1]);
        config_pool_done(&pool);
    }
}

static void one_element_without_an_id_takes_all_slots_away(void **state)
{
    static const struct {
        const char *text;
        size_t index;
        const char *trouble;
    } cases[] = {
        {LIST("null"), 0, "element 0 of agents.list (from 0) is not an object"},
        {LIST("\"chat-slot-a-1\""), 0, "element 0 of agents.list (from 0) is not an object"},
        {LIST("[]"), 0, "element 0 of agents.list (from 0) is not an object"},
        {LIST(AGENT("chat-slot-a-1") ",{}"), 1, "element 1 of agents.list (from 0) has no id"},
        {LIST(AGENT("chat-slot-a-1") ",{\"id\":5},{}"), 1,
         "element 1 of agents.list (from 0) has an id that is not a string"},
        {LIST("{\"id\":\"x\",\"id\":null}"), 0,
         "element 0 of agents.list (from 0) has an id that is not a string"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct config_pool pool = parsed(cases[i].text, "a");
        assert_int_equal(pool.state, CONFIG_ENTRY_INVALID);
        assert_int_equal(pool.slot_count, 0);
        assert_int_equal(pool.invalid_index, cases[i].index);
        assert_string_equal(pool.trouble, cases[i].trouble);
        config_pool_done(&pool);
    }
}

static void a_file_is_loaded_missing_or_unreadable(void **state)
{
    struct tree tree;
    struct config_pool pool;
    (void)state;
    tree_make(&tree);
    tree_put(&tree, "openclaw.json", LIST(AGENT("chat-slot-a-1")));
    assert_int_equal(mkdir(tree_path(&tree, "directory"), 0777), 0);
    assert_int_equal(config_load_pool(tree_path(&tree, "openclaw.json"), STR("a"), &pool, NULL), 0);
    check_slots(&pool, (const char *const[]){"chat-slot-a-1", NULL});
    config_pool_done(&pool);
    assert_int_equal(config_load_pool(tree_path(&tree, "missing"), STR("a"), &pool, NULL), 0);
    assert_int_equal(pool.state, CONFIG_MISSING);
    assert_string_equal(pool.trouble, "");
    config_pool_done(&pool);
    assert_int_equal(config_load_pool(tree_path(&tree, "openclaw.json/x"), STR("a"), &pool, NULL),
                     0);
    assert_int_equal(pool.state, CONFIG_MISSING);
    config_pool_done(&pool);
    assert_int_equal(config_load_pool(tree_path(&tree, "directory"), STR("a"), &pool, NULL), 0);
    assert_int_equal(pool.state, CONFIG_UNREADABLE);
    assert_non_null(strstr(pool.trouble, "is a directory"));
    assert_int_equal(pool.slot_count, 0);
    config_pool_done(&pool);
    tree_remove(&tree);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slots_are_the_agents_with_the_prefix_in_list_order),
        cmocka_unit_test(a_slot_id_may_hold_a_nul),
        cmocka_unit_test(a_config_that_is_not_strict_json_says_where),
        cmocka_unit_test(a_config_without_a_list_has_no_slots_and_says_why),
        cmocka_unit_test(one_element_without_an_id_takes_all_slots_away),
        cmocka_unit_test(a_file_is_loaded_missing_or_unreadable),
    };
    return cmocka_run_group_tests_name("config", tests, NULL, NULL);
}
