#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/state.h"
#include "tests/helpers/tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What a state makes of a registry that is wiped or torn: the alarm, and the copies. */

#define NOW 1773890000000
#define ENTRY(id) "\"" id "\":{\"state\":\"active\",\"lastActiveAt\":1773890000000}"
#define AGENTS(entries) "{\"version\":1,\"agents\":{" entries "}}\n"
#define GOOD AGENTS(ENTRY("a") "," ENTRY("b") "," ENTRY("c"))
#define BETTER AGENTS(ENTRY("n") "," ENTRY("a") "," ENTRY("b"))
#define WIPED AGENTS(ENTRY("n"))
#define TORN "{\"version\":1,\"ag"

struct fixture {
    struct tree tree;
    struct state state;
    int64_t now_ms;
};

static int set_up(void **context)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    if (!fixture)
        return -1;
    tree_make(&fixture->tree);
    struct environment environment = {
        .home = "/nowhere", .current_dir = "/", .state_home = tree_path(&fixture->tree, "own")};
    fixture->now_ms = NOW;
    assert_int_equal(state_init(&fixture->state, &environment, fixture->tree.path, NULL, NULL), 0);
    *context = fixture;
    return 0;
}

static int tear_down(void **context)
{
    struct fixture *fixture = *context;
    state_done(&fixture->state);
    tree_remove(&fixture->tree);
    free(fixture);
    return 0;
}

static void look(struct fixture *fixture)
{
    assert_int_equal(state_load(&fixture->state, &(struct state_look){.parts = PART_ALL}, NULL), 0);
    assert_int_equal(state_keep_lost(&fixture->state, fixture->now_ms, NULL), 0);
    assert_int_equal(state_model(&fixture->state, fixture->now_ms, NULL), 0);
}

static void save(struct fixture *fixture, const char *text)
{
    (void)unlink(tree_path(&fixture->tree, "chat-agents.json"));
    tree_put(&fixture->tree, "chat-agents.json", text);
    look(fixture);
}

/* Zeroes where it is not told. */
static struct finding finding(const struct fixture *fixture, const char *code)
{
    for (size_t i = 0; i < fixture->state.model.finding_count; i++)
        if (strcmp(fixture->state.model.findings[i].code, code) == 0)
            return fixture->state.model.findings[i];
    return (struct finding){0};
}

static bool is_told(const struct fixture *fixture, const char *code)
{
    return finding(fixture, code).code != NULL;
}

/* The reasons of all copies, newest first, in words. */
static const char *copies(const struct fixture *fixture)
{
    static char words[256];
    struct copies list = {0};
    assert_int_equal(copies_list(fixture->state.copies_dir.data, &list, NULL), 0);
    words[0] = '\0';
    for (size_t i = 0; i < list.count; i++)
        (void)snprintf(words + strlen(words), sizeof(words) - strlen(words), "%s%s/%zu",
                       i ? " " : "", list.items[i].reason, list.items[i].entries);
    copies_done(&list);
    return words;
}

static void a_wipe_is_told_with_its_numbers_and_what_was_lost_is_kept(void **context)
{
    struct fixture *fixture = *context;
    save(fixture, GOOD);
    assert_false(is_told(fixture, "registry-wiped"));
    save(fixture, WIPED);
    struct finding told = finding(fixture, "registry-wiped");
    assert_int_equal(told.severity, SEVERITY_ERROR);
    assert_true(str_starts(told.message, STR("3 of the 3 entries of ")));
    assert_true(str_equal(told.remedy, STR("slotop restore")));
    assert_string_equal(copies(fixture), "wiped/3");
    assert_true(state_can_restore(&fixture->state));
    look(fixture);
    assert_string_equal(copies(fixture), "wiped/3");
}

static void the_alarm_ends_when_the_entries_are_back(void **context)
{
    struct fixture *fixture = *context;
    save(fixture, GOOD);
    save(fixture, WIPED);
    save(fixture, AGENTS(ENTRY("n") "," ENTRY("a")));
    assert_true(fixture->state.is_wiped);
    assert_int_equal(fixture->state.wipe.lost, 2);
    save(fixture, BETTER);
    assert_false(fixture->state.is_wiped);
    assert_false(is_told(fixture, "registry-wiped"));
    assert_false(state_can_restore(&fixture->state));
}

static void the_alarm_ends_when_it_is_dismissed(void **context)
{
    struct fixture *fixture = *context;
    save(fixture, GOOD);
    save(fixture, WIPED);
    state_dismiss_wipe(&fixture->state);
    look(fixture);
    assert_false(fixture->state.is_wiped);
    assert_false(is_told(fixture, "registry-wiped"));
    assert_string_equal(copies(fixture), "wiped/3");
}

static void a_wipe_seen_through_a_torn_file_is_a_wipe_of_the_last_good_one(void **context)
{
    struct fixture *fixture = *context;
    save(fixture, GOOD);
    save(fixture, TORN);
    save(fixture, WIPED);
    assert_true(fixture->state.is_wiped);
    assert_string_equal(copies(fixture), "wiped/3");
}

static void a_second_wipe_is_kept_too(void **context)
{
    struct fixture *fixture = *context;
    save(fixture, GOOD);
    save(fixture, WIPED);
    save(fixture, AGENTS(ENTRY("n") "," ENTRY("o") "," ENTRY("p") "," ENTRY("q")));
    save(fixture, AGENTS(ENTRY("r")));
    assert_int_equal(fixture->state.wipe.lost, 4);
    assert_string_equal(copies(fixture), "wiped/4 wiped/3");
}

static void a_file_that_has_gone_is_a_wipe(void **context)
{
    struct fixture *fixture = *context;
    save(fixture, GOOD);
    assert_int_equal(unlink(tree_path(&fixture->tree, "chat-agents.json")), 0);
    look(fixture);
    assert_true(fixture->state.is_wiped);
    assert_string_equal(copies(fixture), "wiped/3");
}

static void a_torn_file_is_kept_when_it_stays_so(void **context)
{
    struct fixture *fixture = *context;
    save(fixture, GOOD);
    save(fixture, TORN);
    assert_string_equal(copies(fixture), "");
    assert_false(str_equal(finding(fixture, "registry-torn").remedy, STR("slotop restore")));
    fixture->now_ms += STATE_TORN_MS - 1;
    look(fixture);
    assert_string_equal(copies(fixture), "");
    fixture->now_ms += 1;
    look(fixture);
    assert_string_equal(copies(fixture), "torn/3");
    assert_true(str_equal(finding(fixture, "registry-torn").remedy, STR("slotop restore")));
    assert_true(state_can_restore(&fixture->state));
    look(fixture);
    assert_string_equal(copies(fixture), "torn/3");
}

static void saves_in_progress_are_not_kept(void **context)
{
    struct fixture *fixture = *context;
    for (int i = 0; i < 5; i++) {
        save(fixture, GOOD);
        save(fixture, TORN);
        fixture->now_ms += STATE_TORN_MS - 1;
        look(fixture);
    }
    assert_string_equal(copies(fixture), "");
}

static void a_copy_from_before_is_offered_at_the_first_look(void **context)
{
    struct fixture *fixture = *context;
    assert_int_equal(
        copies_save(fixture->state.copies_dir.data, STR(GOOD), NOW, COPIES_WIPED, NULL), 0);
    save(fixture, TORN);
    assert_true(str_equal(finding(fixture, "registry-torn").remedy, STR("slotop restore")));
}

static void the_store_keeps_its_copies_where_the_state_does(void **context)
{
    struct fixture *fixture = *context;
    assert_ptr_equal(fixture->state.store.copies_dir, fixture->state.copies_dir.data);
    assert_true(str_starts(buffer_str(&fixture->state.copies_dir),
                           str_of(tree_path(&fixture->tree, "own/slotop/copies/"))));
}

static void without_a_home_nothing_is_kept_and_nothing_fails(void **context)
{
    struct fixture *fixture = *context;
    state_done(&fixture->state);
    struct environment environment = {.home = "/nowhere", .current_dir = "/"};
    assert_int_equal(state_init(&fixture->state, &environment, fixture->tree.path, NULL, NULL), 0);
    save(fixture, GOOD);
    assert_null(fixture->state.store.copies_dir);
    save(fixture, WIPED);
    assert_true(fixture->state.is_wiped);
    assert_false(state_can_restore(&fixture->state));
    assert_false(str_equal(finding(fixture, "registry-wiped").remedy, STR("slotop restore")));
    assert_int_equal(tree_count(&fixture->tree, "."), 1);
}

static void a_copy_that_cannot_be_kept_is_said_and_tried_again(void **context)
{
    struct fixture *fixture = *context;
    struct state *state = &fixture->state;
    struct error error = {0};
    save(fixture, GOOD);
    tree_put(&fixture->tree, "own", "a file stands here");
    (void)unlink(tree_path(&fixture->tree, "chat-agents.json"));
    tree_put(&fixture->tree, "chat-agents.json", WIPED);
    assert_int_equal(state_load(state, &(struct state_look){.parts = PART_REGISTRY}, NULL), 0);
    assert_true(state_keep_lost(state, NOW, &error) < 0);
    assert_non_null(strstr(error.text, "no copy of the registry was kept"));
    assert_int_equal(unlink(tree_path(&fixture->tree, "own")), 0);
    assert_int_equal(state_keep_lost(state, NOW, NULL), 0);
    assert_string_equal(copies(fixture), "wiped/3");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_wipe_is_told_with_its_numbers_and_what_was_lost_is_kept),
        TEST(the_alarm_ends_when_the_entries_are_back),
        TEST(the_alarm_ends_when_it_is_dismissed),
        TEST(a_wipe_seen_through_a_torn_file_is_a_wipe_of_the_last_good_one),
        TEST(a_second_wipe_is_kept_too),
        TEST(a_file_that_has_gone_is_a_wipe),
        TEST(a_torn_file_is_kept_when_it_stays_so),
        TEST(saves_in_progress_are_not_kept),
        TEST(a_copy_from_before_is_offered_at_the_first_look),
        TEST(the_store_keeps_its_copies_where_the_state_does),
        TEST(without_a_home_nothing_is_kept_and_nothing_fails),
        TEST(a_copy_that_cannot_be_kept_is_said_and_tried_again),
    };
    return cmocka_run_group_tests_name("state_loss", tests, NULL, NULL);
}
