// LDFLAGS: -Wl,--wrap=open -Wl,--wrap=fsync
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/file.h"
#include "tests/helpers/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool no_tmpfile, fail_fsync;

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...)
{
    if (no_tmpfile && (flags & O_TMPFILE) == O_TMPFILE) {
        errno = EOPNOTSUPP;
        return -1;
    }
    return __real_open(path, flags, 0666);
}

int __real_fsync(int fd);
int __wrap_fsync(int fd);
int __wrap_fsync(int fd)
{
    if (!fail_fsync)
        return __real_fsync(fd);
    errno = EIO;
    return -1;
}

static struct tree tree;

static int set_up(void **state)
{
    (void)state;
    no_tmpfile = fail_fsync = false;
    tree_make(&tree);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    tree_remove(&tree);
    return 0;
}

static void assert_text(const char *name, const char *expected)
{
    char *text = tree_read(&tree, name);
    assert_non_null(text);
    assert_string_equal(text, expected);
    free(text);
}

static void a_new_file_appears_whole_with_its_directories(void **state)
{
    (void)state;
    for (int named = 0; named <= 1; named++) {
        no_tmpfile = named;
        const char *name = named ? "c/d/file" : "a/b/file";
        assert_int_equal(file_create_whole(tree_path(&tree, name), STR("text"), NULL), 0);
        assert_text(name, "text");
        assert_int_equal(tree_count(&tree, named ? "c/d" : "a/b"), 1);
    }
}

static void an_existing_file_is_never_replaced(void **state)
{
    (void)state;
    for (int named = 0; named <= 1; named++) {
        struct error error;
        no_tmpfile = named;
        tree_put(&tree, "file", "old");
        assert_int_equal(file_create_whole(tree_path(&tree, "file"), STR("new"), &error), -EEXIST);
        assert_int_equal(error.kind, ERROR_CONFLICT);
        assert_text("file", "old");
        assert_int_equal(tree_count(&tree, ""), 1);
    }
}

static void a_failed_sync_makes_no_file_and_leaves_no_temporary_one(void **state)
{
    (void)state;
    fail_fsync = true;
    for (int named = 0; named <= 1; named++) {
        no_tmpfile = named;
        assert_int_equal(file_create_whole(tree_path(&tree, "file"), STR("new"), NULL), -EIO);
        assert_int_equal(tree_count(&tree, ""), 0);
    }
}

static void a_file_over_the_limit_is_refused(void **state)
{
    (void)state;
    struct buffer content = {0};
    struct error error;
    tree_put(&tree, "file", "12345");
    assert_int_equal(file_load(tree_path(&tree, "file"), 5, &content, &error), 0);
    assert_int_equal(content.len, 5);
    assert_int_equal(file_load(tree_path(&tree, "file"), 4, &content, &error), -EFBIG);
    assert_int_equal(error.kind, ERROR_UNUSABLE);
    buffer_done(&content);
}

static void what_is_no_regular_file_is_named_and_does_not_block(void **state)
{
    (void)state;
    struct error error;
    struct buffer content = {0};
    assert_int_equal(mkfifo(tree_path(&tree, "fifo"), 0600), 0);
    assert_int_equal(file_load(tree_path(&tree, "fifo"), 10, &content, &error), -EINVAL);
    assert_non_null(strstr(error.text, "a FIFO"));
    assert_int_equal(file_load(tree.path, 10, &content, &error), -EISDIR);
    assert_non_null(strstr(error.text, "a directory"));
    assert_int_equal(file_load("/dev/zero", 10, &content, &error), -EINVAL);
    assert_non_null(strstr(error.text, "a device"));
    assert_int_equal(file_load(tree_path(&tree, "none"), 10, &content, &error), -ENOENT);
    buffer_done(&content);
}

static void the_identity_tells_versions_apart_and_a_missing_file_is_one_too(void **state)
{
    (void)state;
    struct file_identity missing, first, second;
    assert_int_equal(file_identify(tree_path(&tree, "file"), &missing, NULL), 0);
    assert_false(missing.exists);
    tree_put(&tree, "file", "1");
    assert_int_equal(file_identify(tree_path(&tree, "file"), &first, NULL), 0);
    tree_put(&tree, "file", "22");
    assert_int_equal(file_identify(tree_path(&tree, "file"), &second, NULL), 0);
    assert_false(file_identity_equal(&missing, &first));
    assert_false(file_identity_equal(&first, &second));
    assert_true(file_identity_equal(&second, &second));
    assert_true(file_identity_equal(&missing, &missing));
}

int main(void)
{
#define FILE_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        FILE_TEST(a_new_file_appears_whole_with_its_directories),
        FILE_TEST(an_existing_file_is_never_replaced),
        FILE_TEST(a_failed_sync_makes_no_file_and_leaves_no_temporary_one),
        FILE_TEST(a_file_over_the_limit_is_refused),
        FILE_TEST(what_is_no_regular_file_is_named_and_does_not_block),
        FILE_TEST(the_identity_tells_versions_apart_and_a_missing_file_is_one_too),
    };
    return cmocka_run_group_tests_name("file", tests, NULL, NULL);
}
