#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/copies.h"
#include "tests/helpers/tree.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOW 1773890000000
#define TEXT                                                                                       \
    "{\"version\":1,\"agents\":{\"a\":{\"state\":\"active\"},\"b\":{\"state\":\"deleted\"}}}"

struct fixture {
    struct tree tree;
    char dir[512];
};

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    if (!fixture)
        return -1;
    tree_make(&fixture->tree);
    (void)snprintf(fixture->dir, sizeof(fixture->dir), "%s/home/slotop/copies/x",
                   fixture->tree.path);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    tree_remove(&fixture->tree);
    free(fixture);
    return 0;
}

static void save(struct fixture *fixture, const char *text, int64_t now_ms, const char *reason)
{
    assert_int_equal(copies_save(fixture->dir, str_of(text), now_ms, reason, NULL), 0);
}

/* A good registry of so many entries. */
static void save_entries(struct fixture *fixture, int count, const char *reason)
{
    struct buffer text = {0};
    buffer_addf(&text, "{\"agents\":{");
    for (int i = 0; i < count; i++)
        buffer_addf(&text, "%s\"s%d\":{\"state\":\"idle\"}", i ? "," : "", i);
    buffer_addf(&text, "}}");
    save(fixture, text.data, NOW + count, reason);
    buffer_done(&text);
}

static struct copies list(const struct fixture *fixture)
{
    struct copies copies = {0};
    assert_int_equal(copies_list(fixture->dir, &copies, NULL), 0);
    return copies;
}

static void a_copy_is_kept_whole_under_its_number_time_and_reason(void **state)
{
    struct fixture *fixture = *state;
    save(fixture, TEXT, NOW, COPIES_WIPED);
    char *text = tree_read(&fixture->tree, "home/slotop/copies/x/0000001-1773890000000-wiped.json");
    assert_non_null(text);
    assert_string_equal(text, TEXT);
    free(text);
    assert_int_equal(tree_count(&fixture->tree, "home/slotop/copies/x"), 1);
}

static void directories_and_copies_are_for_nobody_else_to_read(void **state)
{
    static const char *const paths[] = {"home", "home/slotop", "home/slotop/copies",
                                        "home/slotop/copies/x"};
    struct fixture *fixture = *state;
    struct stat info;
    mode_t mask = umask(0);
    save(fixture, TEXT, NOW, COPIES_BEFORE_EDIT);
    (void)umask(mask);
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        assert_int_equal(stat(tree_path(&fixture->tree, paths[i]), &info), 0);
        assert_int_equal(info.st_mode & 07777, 0700);
    }
    const char *name = "home/slotop/copies/x/0000001-1773890000000-edit.json";
    assert_int_equal(stat(tree_path(&fixture->tree, name), &info), 0);
    assert_int_equal(info.st_mode & 07777, 0600);
}

static void the_list_is_newest_first_and_counts_by_parsing(void **state)
{
    struct fixture *fixture = *state;
    save(fixture, TEXT, NOW, COPIES_BEFORE_EDIT);
    save(fixture, "{\"agents\":{\"a\":{\"st", NOW - 5, COPIES_REPLACED);
    save_entries(fixture, 3, COPIES_TORN);
    struct copies copies = list(fixture);
    static const struct {
        uint64_t number;
        const char *reason;
        enum document_state state;
        size_t entries, live;
    } wanted[] = {{3, "torn", DOCUMENT_OK, 3, 3},
                  {2, "replaced", DOCUMENT_TORN, 0, 0},
                  {1, "edit", DOCUMENT_OK, 2, 1}};
    assert_int_equal(copies.count, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(copies.items[i].number, wanted[i].number);
        assert_string_equal(copies.items[i].reason, wanted[i].reason);
        assert_int_equal(copies.items[i].state, wanted[i].state);
        assert_int_equal(copies.items[i].entries, wanted[i].entries);
        assert_int_equal(copies.items[i].live, wanted[i].live);
    }
    assert_int_equal(copies.items[1].saved_ms, NOW - 5);
    assert_int_equal(copies.items[2].bytes, strlen(TEXT));
    copies_done(&copies);
}

static void what_is_loaded_is_what_was_saved(void **state)
{
    struct fixture *fixture = *state;
    struct document document;
    document_init(&document);
    save(fixture, TEXT, NOW, COPIES_BEFORE_EDIT);
    struct copies copies = list(fixture);
    assert_int_equal(copies_load(fixture->dir, &copies.items[0], &document, NULL), 0);
    assert_true(str_equal(buffer_str(&document.bytes), STR(TEXT)));
    assert_int_equal(document.registry.count, 2);
    copies.items[0].name[0] = 'x';
    assert_int_equal(copies_load(fixture->dir, &copies.items[0], &document, NULL), -ENOENT);
    assert_int_equal(document.registry.count, 2);
    copies_done(&copies);
    document_done(&document);
}

static void the_same_text_is_not_kept_twice_in_a_row(void **state)
{
    struct fixture *fixture = *state;
    save(fixture, TEXT, NOW, COPIES_BEFORE_EDIT);
    save(fixture, TEXT, NOW + 1, COPIES_WIPED);
    struct copies copies = list(fixture);
    assert_int_equal(copies.count, 1);
    copies_done(&copies);
    save_entries(fixture, 1, COPIES_BEFORE_EDIT);
    save(fixture, TEXT, NOW + 2, COPIES_BEFORE_EDIT);
    copies = list(fixture);
    assert_int_equal(copies.count, 3);
    copies_done(&copies);
}

static void beyond_20_the_oldest_go(void **state)
{
    struct fixture *fixture = *state;
    for (int i = 1; i <= COPIES_MAX + 5; i++)
        save_entries(fixture, i, COPIES_BEFORE_EDIT);
    struct copies copies = list(fixture);
    assert_int_equal(copies.count, COPIES_MAX);
    for (size_t i = 0; i < copies.count; i++)
        assert_int_equal(copies.items[i].number, COPIES_MAX + 5 - i);
    copies_done(&copies);
}

static void edits_do_not_push_out_the_newest_copy_of_a_loss(void **state)
{
    struct fixture *fixture = *state;
    save_entries(fixture, 50, COPIES_TORN);
    save_entries(fixture, 60, COPIES_WIPED);
    for (int i = 1; i <= COPIES_MAX + 5; i++)
        save_entries(fixture, i, COPIES_BEFORE_EDIT);
    struct copies copies = list(fixture);
    assert_int_equal(copies.count, COPIES_MAX + 1);
    assert_string_equal(copies.items[COPIES_MAX].reason, COPIES_WIPED);
    assert_int_equal(copies.items[COPIES_MAX].entries, 60);
    copies_done(&copies);
}

/* A copy that is large, but takes no room. */
static void put_large(struct fixture *fixture, int number, int64_t bytes)
{
    char name[128];
    (void)snprintf(name, sizeof(name), "home/slotop/copies/x/%07d-1-edit.json", number);
    tree_put(&fixture->tree, name, "");
    assert_int_equal(truncate(tree_path(&fixture->tree, name), bytes), 0);
}

static void beyond_the_total_size_the_oldest_go_but_never_the_newest_two(void **state)
{
    static const struct {
        int64_t bytes[3]; /* of number 1, 2, 3; then a small one comes */
        size_t kept;
    } cases[] = {
        {{10, 10, 10}, 4},
        {{COPIES_TOTAL_BYTES / 2, COPIES_TOTAL_BYTES / 4, COPIES_TOTAL_BYTES / 4}, 3},
        {{10, COPIES_TOTAL_BYTES / 2, COPIES_TOTAL_BYTES / 4}, 4},
        {{10, 10, COPIES_TOTAL_BYTES}, 2},
        {{10, 10, 3 * (int64_t)COPIES_TOTAL_BYTES}, 2},
    };
    struct fixture *fixture = *state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        tree_remove(&fixture->tree);
        tree_make(&fixture->tree);
        (void)snprintf(fixture->dir, sizeof(fixture->dir), "%s/home/slotop/copies/x",
                       fixture->tree.path);
        for (int number = 1; number <= 3; number++)
            put_large(fixture, number, cases[i].bytes[number - 1]);
        save(fixture, TEXT, NOW, COPIES_BEFORE_EDIT);
        size_t kept = tree_count(&fixture->tree, "home/slotop/copies/x");
        assert_int_equal(kept, cases[i].kept);
    }
}

static void of_those_before_gc_passes_only_the_newest_three_stay(void **state)
{
    struct fixture *fixture = *state;
    save_entries(fixture, 1, COPIES_BEFORE_EDIT);
    for (int i = 2; i <= COPIES_MAX + 5; i++)
        save_entries(fixture, i, COPIES_BEFORE_GC);
    save_entries(fixture, 1, COPIES_BEFORE_EDIT);
    struct copies copies = list(fixture);
    assert_int_equal(copies.count, COPIES_GC_MAX + 2);
    assert_string_equal(copies.items[0].reason, COPIES_BEFORE_EDIT);
    for (size_t i = 1; i <= COPIES_GC_MAX; i++)
        assert_string_equal(copies.items[i].reason, COPIES_BEFORE_GC);
    assert_string_equal(copies.items[COPIES_GC_MAX + 1].reason, COPIES_BEFORE_EDIT);
    copies_done(&copies);
}

static void names_that_are_no_copies_are_passed_over_and_left(void **state)
{
    static const char *const names[] = {"README",
                                        ".new-42",
                                        "1-2-edit.json.bak",
                                        "1-2-Edit.json",
                                        "1-2-.json",
                                        "-1-2-edit.json",
                                        "1--edit.json",
                                        "1-2-edit",
                                        "1-2-edit.txt",
                                        "x1-2-edit.json",
                                        "1-2-a.b.json",
                                        "1-2-averyverylongreason.json",
                                        "1-2.json",
                                        "99999999999999999999-2-edit.json"};
    struct fixture *fixture = *state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        char name[128];
        (void)snprintf(name, sizeof(name), "home/slotop/copies/x/%s", names[i]);
        tree_put(&fixture->tree, name, TEXT);
    }
    assert_int_equal(mkdir(tree_path(&fixture->tree, "home/slotop/copies/x/7-2-edit.json"), 0700),
                     0);
    struct copies copies = list(fixture);
    assert_int_equal(copies.count, 0);
    assert_false(copies_exist(fixture->dir));
    save(fixture, TEXT, NOW, COPIES_BEFORE_EDIT);
    assert_true(copies_exist(fixture->dir));
    assert_int_equal(tree_count(&fixture->tree, "home/slotop/copies/x"),
                     sizeof(names) / sizeof(names[0]) + 2);
    copies_done(&copies);
}

static void without_a_directory_there_are_none(void **state)
{
    struct fixture *fixture = *state;
    struct copies copies = list(fixture);
    assert_int_equal(copies.count, 0);
    copies_done(&copies);
    assert_false(copies_exist(fixture->dir));
    assert_int_equal(tree_count(&fixture->tree, "."), 0);
}

static void what_cannot_be_kept_is_said_and_leaves_nothing(void **state)
{
    struct fixture *fixture = *state;
    struct error error = {0};
    tree_put(&fixture->tree, "home", "a file stands here");
    assert_int_equal(copies_save(fixture->dir, STR(TEXT), NOW, COPIES_BEFORE_EDIT, &error),
                     -ENOTDIR);
    assert_non_null(strstr(error.text, "no copy of the registry was kept: making the directory"));
    assert_int_equal(tree_count(&fixture->tree, "."), 1);
}

static void one_registry_has_one_directory_however_its_path_is_spelt(void **state)
{
    struct fixture *fixture = *state;
    char path[512];
    struct buffer first = {0}, other = {0};
    tree_put(&fixture->tree, "state/x", "");
    assert_int_equal(symlink("state", tree_path(&fixture->tree, "link")), 0);
    (void)snprintf(path, sizeof(path), "%s/state/chat-agents.json", fixture->tree.path);
    assert_int_equal(copies_add_dir("/home/ana/.local/state", path, &first, NULL), 0);
    assert_true(str_starts(buffer_str(&first), STR("/home/ana/.local/state/slotop/copies/")));
    assert_int_equal(first.len, sizeof("/home/ana/.local/state/slotop/copies/") - 1 + 16);
    static const char *const same[] = {"link/chat-agents.json",
                                       "state/../state/./chat-agents.json"};
    for (size_t i = 0; i < 2; i++) {
        (void)snprintf(path, sizeof(path), "%s/%s", fixture->tree.path, same[i]);
        buffer_clear(&other);
        assert_int_equal(copies_add_dir("/home/ana/.local/state", path, &other, NULL), 0);
        assert_string_equal(other.data, first.data);
    }
    buffer_clear(&other);
    assert_int_equal(
        copies_add_dir("/home/ana/.local/state", "/nowhere/chat-agents.json", &other, NULL), 0);
    assert_string_not_equal(other.data, first.data);
    buffer_done(&first);
    buffer_done(&other);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_copy_is_kept_whole_under_its_number_time_and_reason),
        TEST(directories_and_copies_are_for_nobody_else_to_read),
        TEST(the_list_is_newest_first_and_counts_by_parsing),
        TEST(what_is_loaded_is_what_was_saved),
        TEST(the_same_text_is_not_kept_twice_in_a_row),
        TEST(beyond_20_the_oldest_go),
        TEST(edits_do_not_push_out_the_newest_copy_of_a_loss),
        TEST(beyond_the_total_size_the_oldest_go_but_never_the_newest_two),
        TEST(of_those_before_gc_passes_only_the_newest_three_stay),
        TEST(names_that_are_no_copies_are_passed_over_and_left),
        TEST(without_a_directory_there_are_none),
        TEST(what_cannot_be_kept_is_said_and_leaves_nothing),
        TEST(one_registry_has_one_directory_however_its_path_is_spelt),
    };
    return cmocka_run_group_tests_name("copies", tests, NULL, NULL);
}
