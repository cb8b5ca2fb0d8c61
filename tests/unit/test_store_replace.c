#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/copies.h"
#include "core/store.h"
#include "tests/helpers/tree.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define NOW 1773890000000
#define GOOD "{\"version\":1,\"agents\":{\"a\":{\"state\":\"active\"}}}\n"

struct fixture {
    struct tree tree;
    char path[512];
    struct store store;
    struct store_report report;
    struct error error;
};

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    if (!fixture)
        return -1;
    tree_make(&fixture->tree);
    (void)snprintf(fixture->path, sizeof(fixture->path), "%s/chat-agents.json", fixture->tree.path);
    fixture->store.path = fixture->path;
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

static int replace(struct fixture *fixture)
{
    return store_replace_torn(&fixture->store, STR(GOOD), NOW, &fixture->report, &fixture->error);
}

static void a_torn_file_gets_the_text_in_place(void **state)
{
    static const char *const torn[] = {"", "{", GOOD "x", ("\xef\xbb\xbf" GOOD), "[]", "null"};
    struct fixture *fixture = *state;
    for (size_t i = 0; i < sizeof(torn) / sizeof(torn[0]); i++) {
        struct stat before, after;
        tree_put(&fixture->tree, "chat-agents.json", torn[i]);
        assert_int_equal(stat(fixture->path, &before), 0);
        assert_int_equal(replace(fixture), 0);
        assert_true(fixture->report.wrote);
        assert_int_equal(stat(fixture->path, &after), 0);
        assert_int_equal(after.st_ino, before.st_ino);
        char *text = tree_read(&fixture->tree, "chat-agents.json");
        assert_memory_equal(text, GOOD, sizeof(GOOD) - 1);
        free(text);
    }
}

static void a_longer_file_keeps_its_length_with_white_space_at_the_end(void **state)
{
    struct fixture *fixture = *state;
    char torn[10000], *text;
    memset(torn, '{', sizeof(torn));
    tree_write(&fixture->tree, "chat-agents.json", torn, sizeof(torn));
    assert_int_equal(replace(fixture), 0);
    text = tree_read(&fixture->tree, "chat-agents.json");
    assert_memory_equal(text, GOOD, sizeof(GOOD) - 1);
    assert_int_equal(strlen(text), sizeof(torn));
    assert_int_equal(strspn(text + sizeof(GOOD) - 1, " "), sizeof(torn) - sizeof(GOOD) + 1);
    free(text);
}

static void a_file_that_can_be_read_or_is_missing_is_left_alone(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(replace(fixture), -EEXIST);
    assert_int_equal(fixture->error.kind, ERROR_CONFLICT);
    assert_int_equal(tree_count(&fixture->tree, "."), 0);
    tree_put(&fixture->tree, "chat-agents.json", "{\"agents\":{\"n\":null}}");
    assert_int_equal(replace(fixture), -EEXIST);
    assert_non_null(strstr(fixture->error.text, "nothing was changed"));
    char *text = tree_read(&fixture->tree, "chat-agents.json");
    assert_string_equal(text, "{\"agents\":{\"n\":null}}");
    free(text);
}

static void what_is_no_file_is_refused(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(mkdir(fixture->path, 0777), 0);
    assert_int_equal(replace(fixture), -EACCES);
    assert_int_equal(fixture->error.kind, ERROR_UNUSABLE);
    assert_non_null(strstr(fixture->error.text, "is a directory"));
}

static void read_only_and_dry_runs_write_nothing(void **state)
{
    struct fixture *fixture = *state;
    tree_put(&fixture->tree, "chat-agents.json", "{");
    fixture->store.read_only = true;
    assert_int_equal(replace(fixture), -EROFS);
    assert_int_equal(fixture->error.kind, ERROR_REFUSED);
    fixture->store.dry_run = true;
    fixture->store.copies_dir = fixture->tree.path;
    assert_int_equal(replace(fixture), 0);
    assert_int_equal(tree_count(&fixture->tree, "."), 1);
    assert_false(fixture->report.wrote);
    char *text = tree_read(&fixture->tree, "chat-agents.json");
    assert_string_equal(text, "{");
    free(text);
}

static void the_text_that_is_replaced_is_kept(void **state)
{
    struct fixture *fixture = *state;
    struct copies copies = {0};
    char dir[512];
    (void)snprintf(dir, sizeof(dir), "%s/own", fixture->tree.path);
    fixture->store.copies_dir = dir;
    tree_put(&fixture->tree, "chat-agents.json", "{\"agents\":{\"a\"");
    assert_int_equal(replace(fixture), 0);
    assert_string_equal(fixture->report.no_copy, "");
    assert_int_equal(copies_list(dir, &copies, NULL), 0);
    assert_int_equal(copies.count, 1);
    assert_string_equal(copies.items[0].name, "0000001-1773890000000-replaced.json");
    assert_int_equal(copies.items[0].bytes, strlen("{\"agents\":{\"a\""));
    assert_int_equal(copies.items[0].state, DOCUMENT_TORN);
    copies_done(&copies);
}

static void a_file_is_replaced_without_a_copy_and_that_is_told(void **state)
{
    struct fixture *fixture = *state;
    fixture->store.copies_dir = "/dev/null/copies";
    tree_put(&fixture->tree, "chat-agents.json", "{");
    assert_int_equal(replace(fixture), 0);
    assert_true(fixture->report.wrote);
    assert_non_null(strstr(fixture->report.no_copy, "no copy of the registry was kept: "));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_torn_file_gets_the_text_in_place),
        TEST(a_longer_file_keeps_its_length_with_white_space_at_the_end),
        TEST(a_file_that_can_be_read_or_is_missing_is_left_alone),
        TEST(what_is_no_file_is_refused),
        TEST(read_only_and_dry_runs_write_nothing),
        TEST(the_text_that_is_replaced_is_kept),
        TEST(a_file_is_replaced_without_a_copy_and_that_is_told),
    };
    return cmocka_run_group_tests_name("store_replace", tests, NULL, NULL);
}
