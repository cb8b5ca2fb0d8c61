#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/helpers/scene.h"
#include "tests/helpers/setting.h"

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
        is[i] = registry->entries[scene->rows.entries[i]].id[0];
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
        {"", "abcdef"},
        {"!", "abcdef"},
        {"overdue", "b"},
        {"OverDue", "b"},
        {"!overdue", "acdef"},
        {"kumareth-1", "bf"},
        {"chat-slot", "abdef"},
        {"other", "e"},
        {"released", "e"},
        {"deleted", ""},
        {"STRANDED", "c"},
        {"10", "f"},
        {"nothing like it", ""},
        {"state:idle", "bf"},
        {"state:", "abcdef"},
        {"slot:1", "b"},
        {"!state:live kumareth-3", "d"},
        {"left>26m", "cf"},
    };
    for (size_t i = 0; i < sizeof(filters) / sizeof(filters[0]); i++)
        assert_rows(*state, SORT_SESSION, false, filters[i].filter, filters[i].rows);
}

static void a_row_is_found_by_its_session(void **state)
{
    struct scene *scene = *state;
    const struct registry *registry = &scene->state.document.registry;
    assert_rows(scene, SORT_SESSION, true, "!released", "fdcba");
    assert_int_equal(rows_find(&scene->rows, registry, &scene->state.model, STR("f")), 0);
    assert_int_equal(rows_find(&scene->rows, registry, &scene->state.model, STR("a")), 4);
    assert_int_equal(rows_find(&scene->rows, registry, &scene->state.model, STR("e")), SIZE_MAX);
    assert_int_equal(rows_find(&scene->rows, registry, &scene->state.model, STR("z")), SIZE_MAX);
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

/* Forgotten sessions behind the entries, c's title is only in another case than a's. */
static const char chats_entries[] =
    ENTRY_MADE("a", "chat-slot-main-1", "main", "idle", 9000, 9000) "," ENTRY_MADE(
        "b", "chat-slot-main-2", "main", "idle", 9000,
        8000) "," ENTRY_MADE("c", "main", "main", "idle", 9000,
                             7000) "," ENTRY_MADE("d", "main", "main", "expired", 9000, 6000);

static void titles_and_true_uses_sort_what_has_them(void **state)
{
    static const struct setting_chat chats[] = {{"a", "chat-slot-main-1", 5000},
                                                {"c", "main", 9},
                                                {"d", "main", 8000},
                                                {"e", "chat-slot-main-1", 10000},
                                                {"f", "chat-slot-main-2", 1000},
                                                {0}};
    static const struct setting_trace traces[] = {
        {"a", 't', 9500}, {"c", 'R', 9600}, {"d", 't', 9100}, {0}};
    static const char *const titles[] = {"Invoice", "iNVOICE", "Invoic", NULL, "a"};
    static const struct {
        enum sort_key sort;
        const char *filter, *order, *reversed;
    } orders[] = {
        {SORT_TITLE, "", "fdacbe", "acdfbe"}, /* equal ones keep their order */
        {SORT_TITLE, "title:i", "dac", "acd"},        {SORT_LAST_USE, "", "cfadbe", "ebdafc"},
        {SORT_LAST_USE, "INVOICE", "ca", "ac"},       {SORT_RUN, "", "cdabef", "adcbef"},
        {SORT_FINDING, "finding:shared", "bf", "bf"},
    };
    struct fixture fixture;
    struct setting around;
    struct rows rows = {0};
    (void)state;
    fixture_load(&fixture, chats_entries, 2);
    setting_init(&around, &fixture);
    setting_add_chats(&around, chats);
    setting_add_traces(&around, traces);
    for (size_t i = 0; i < sizeof(titles) / sizeof(titles[0]); i++)
        around.items[i].title = str_of(titles[i]);
    fixture_build(&fixture, NOW);
    for (size_t i = 0; i < 2 * sizeof(orders) / sizeof(orders[0]); i++) {
        bool reverse = i % 2 == 1;
        char is[16] = "";
        assert_int_equal(rows_build(&rows, &fixture.document.registry, &fixture.model,
                                    orders[i / 2].sort, reverse, str_of(orders[i / 2].filter)),
                         0);
        assert_int_equal(rows.total, 6);
        for (size_t row = 0; row < rows.count; row++)
            is[row] = (char)('a' + rows.entries[row]);
        assert_string_equal(is, reverse ? orders[i / 2].reversed : orders[i / 2].order);
    }
    rows_done(&rows);
    fixture_done(&fixture);
    setting_done(&around);
}

static void every_sort_key_has_a_name(void **state)
{
    (void)state;
    assert_string_equal(sort_key_name(SORT_LAST_USE), "last use");
    for (enum sort_key key = SORT_LAST_USE; key < SORT_COUNT; key++)
        assert_true(strlen(sort_key_name(key)) > 0);
}

static void assert_table(struct rows *rows, const struct fixture *fixture, size_t wanted)
{
    assert_int_equal(rows_build(rows, &fixture->document.registry, &fixture->model, SORT_SESSION,
                                false, STR("")),
                     0);
    assert_int_equal(rows->count, wanted);
    for (size_t row = 0; row < wanted; row++)
        assert_true(rows->entries[row] < wanted);
}

/* Nothing takes its place: no row is to be looked at again, and one is no more. */
static void a_forgotten_session_that_is_gone_leaves_the_table(void **state)
{
    struct fixture fixture;
    struct setting around;
    struct tally tally = {.is_made = false};
    struct rows rows = {0};
    (void)state;
    fixture_load(&fixture, ENTRY("a", "x", "main", "expired", 9), 1);
    setting_init(&around, &fixture);
    setting_add_chats(&around,
                      (const struct setting_chat[]){{"Gone", "chat-slot-main-1", 7200000}, {NULL}});
    fixture.more.tally = &tally;
    fixture_build(&fixture, NOW);
    assert_table(&rows, &fixture, 2);
    around.folder.count = 0;
    fixture_build(&fixture, NOW);
    assert_true(fixture.model.is_followed);
    assert_table(&rows, &fixture, 1);
    rows_done(&rows);
    tally_done(&tally);
    setting_done(&around);
    fixture_done(&fixture);
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
        cmocka_unit_test(titles_and_true_uses_sort_what_has_them),
        cmocka_unit_test(every_sort_key_has_a_name),
        cmocka_unit_test(a_forgotten_session_that_is_gone_leaves_the_table),
    };
    return cmocka_run_group_tests_name("rows", tests, NULL, NULL);
}
