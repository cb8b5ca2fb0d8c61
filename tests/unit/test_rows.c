#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/helpers/scene.h"

#include <string.h>

#define S INT64_C(1000)
#define M (60 * S)

/* One letter a session, so that an order is a word. */
static const struct scene_entry entries[] = {
    {"a", "2", "active", 50 * M, 5 * M, 0},
    {"b", "1", "idle", 40 * M, 31 * M, 0},
    {"c", "main", "active", 30 * M, 5 * M, 60 * M},
    {"d", "3", "expired", 60 * M, 50 * M, 0},
    {"e", "chat-slot-other-9", "deleted", 20 * M, 10 * M, 0},
    {"f", "10", "idle", 10 * M, M, 0},
};

static int set_up(void **state)
{
    static struct scene scene;
    scene_init(&scene);
    scene_set_pool(&scene, 10);
    scene_set_entries(&scene, entries, sizeof(entries) / sizeof(entries[0]));
    scene_at(&scene, SCENE_NOW_MS);
    *state = &scene;
    return 0;
}

static int tear_down(void **state)
{
    scene_done(*state);
    return 0;
}

static void assert_rows(struct scene *scene, enum sort_key sort, bool reverse, const char *filter,
                        const char *word)
{
    char is[16] = "";
    const struct registry *registry = &scene->state.document.registry;
    assert_int_equal(
        rows_build(&scene->rows, registry, &scene->state.model, sort, reverse, str_of(filter)), 0);
    for (size_t i = 0; i < scene->rows.count; i++)
        is[i] = registry->entries[scene->rows.entries[i]].session_id.data[0];
    assert_string_equal(is, word);
    assert_int_equal(scene->rows.total, sizeof(entries) / sizeof(entries[0]));
}

static void every_column_sorts_both_ways_and_ties_keep_the_files_order(void **state)
{
    static const struct {
        enum sort_key sort;
        const char *order, *reversed;
    } orders[] = {
        {SORT_LAST_USE, "facebd", "dbeacf"}, {SORT_SESSION, "abcdef", "fedcba"},
        {SORT_STATE, "cbafde", "edfabc"},    {SORT_SLOT, "badfce", "ecfdab"},
        {SORT_AGE, "dabcef", "fecbad"},      {SORT_EXPIRES, "bafcde", "cfabde"},
    };
    for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
        assert_rows(*state, orders[i].sort, false, "", orders[i].order);
        assert_rows(*state, orders[i].sort, true, "", orders[i].reversed);
    }
}

static void the_filter_looks_at_id_state_agent_and_slot(void **state)
{
    static const struct {
        const char *filter, *rows;
    } filters[] = {
        {"", "abcdef"},          {"!", "abcdef"},      {"overdue", "b"},       {"OverDue", "b"},
        {"!overdue", "acdef"},   {"kumareth-1", "bf"}, {"chat-slot", "abdef"}, {"other", "e"},
        {"released", "e"},       {"deleted", ""},      {"STRANDED", "c"},      {"10", "f"},
        {"nothing like it", ""},
    };
    for (size_t i = 0; i < sizeof(filters) / sizeof(filters[0]); i++)
        assert_rows(*state, SORT_SESSION, false, filters[i].filter, filters[i].rows);
}

static void a_row_is_found_by_its_session(void **state)
{
    struct scene *scene = *state;
    const struct registry *registry = &scene->state.document.registry;
    assert_rows(scene, SORT_SESSION, true, "!released", "fdcba");
    assert_int_equal(rows_find(&scene->rows, registry, STR("f")), 0);
    assert_int_equal(rows_find(&scene->rows, registry, STR("a")), 4);
    assert_int_equal(rows_find(&scene->rows, registry, STR("e")), SIZE_MAX);
    assert_int_equal(rows_find(&scene->rows, registry, STR("z")), SIZE_MAX);
}

static void times_that_are_no_numbers_come_last_in_both_directions(void **state)
{
    struct scene *scene = *state;
    scene_set_registry(scene, STR("{\"agents\":{\"x\":{\"state\":\"active\"},"
                                  "\"y\":{\"state\":\"active\",\"createdAt\":2},"
                                  "\"z\":{\"state\":\"active\",\"createdAt\":1}}}"));
    scene->ui.sort = SORT_AGE;
    for (int reverse = 0; reverse < 2; reverse++) {
        scene->ui.reverse = reverse;
        scene_at(scene, SCENE_NOW_MS);
        assert_int_equal(scene->rows.count, 3);
        assert_int_equal(scene->rows.entries[2], 0);
        assert_int_equal(scene->rows.entries[0], reverse ? 1 : 2);
    }
}

static void every_sort_key_has_a_name(void **state)
{
    (void)state;
    assert_string_equal(sort_key_name(SORT_LAST_USE), "last use");
    for (enum sort_key key = SORT_LAST_USE; key < SORT_COUNT; key++)
        assert_true(strlen(sort_key_name(key)) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_column_sorts_both_ways_and_ties_keep_the_files_order,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_filter_looks_at_id_state_agent_and_slot, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_row_is_found_by_its_session, set_up, tear_down),
        cmocka_unit_test_setup_teardown(times_that_are_no_numbers_come_last_in_both_directions,
                                        set_up, tear_down),
        cmocka_unit_test(every_sort_key_has_a_name),
    };
    return cmocka_run_group_tests_name("rows", tests, NULL, NULL);
}
