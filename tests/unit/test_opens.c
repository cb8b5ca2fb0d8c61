#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/opens.h"
#include "tests/helpers/tree.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static struct tree tree;
static struct opens opens;

static int set_up(void **state)
{
    (void)state;
    tree_make(&tree);
    tree_put(&tree, "file", "{}");
    opens_init(&opens);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    opens_done(&opens);
    tree_remove(&tree);
    return 0;
}

static bool is_quiet_at(int64_t now_ms)
{
    opens_look(&opens, tree_path(&tree, "file"), now_ms);
    return opens_were_none(&opens, now_ms, 250);
}

static void a_file_that_nobody_opened_for_the_span_is_quiet(void **state)
{
    (void)state;
    assert_false(is_quiet_at(1000)); /* what was before the first look is not known */
    assert_false(is_quiet_at(1249));
    assert_true(is_quiet_at(1250));
    assert_true(is_quiet_at(9000));
}

static void an_opening_counts_from_the_look_that_finds_it(void **state)
{
    (void)state;
    (void)is_quiet_at(1000);
    free(tree_read(&tree, "file"));
    assert_false(is_quiet_at(5000));
    assert_false(is_quiet_at(5249));
    assert_true(is_quiet_at(5250));
}

static void a_file_that_was_replaced_counts_as_opened(void **state)
{
    (void)state;
    (void)is_quiet_at(1000);
    tree_put(&tree, "other", "{}");
    char other[512];
    (void)snprintf(other, sizeof(other), "%s", tree_path(&tree, "other"));
    assert_int_equal(rename(other, tree_path(&tree, "file")), 0);
    assert_false(is_quiet_at(5000));
    free(tree_read(&tree, "file"));
    assert_false(is_quiet_at(9000)); /* the new file is the one that is watched */
}

/* Where the file system gives the inode of the old one to the new one, that tells nothing. */
static void a_file_that_was_removed_and_made_anew_is_watched_again(void **state)
{
    (void)state;
    (void)is_quiet_at(1000);
    assert_true(is_quiet_at(5000));
    assert_int_equal(unlink(tree_path(&tree, "file")), 0);
    tree_put(&tree, "file", "{}");
    assert_false(is_quiet_at(6000));
    assert_true(is_quiet_at(9000));
    free(tree_read(&tree, "file"));
    assert_false(is_quiet_at(12000));
}

static void a_clock_that_is_set_back_and_a_missing_file_are_never_quiet(void **state)
{
    (void)state;
    (void)is_quiet_at(5000);
    assert_false(is_quiet_at(1000));
    assert_int_equal(unlink(tree_path(&tree, "file")), 0);
    assert_false(is_quiet_at(50000));
    assert_false(is_quiet_at(90000));
}

/* Who reads has it open already when he begins. */
static int begin(void)
{
    struct file_identity identity;
    int fd = open(tree_path(&tree, "file"), O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(file_identify_fd(fd, "", &identity, NULL), 0);
    assert_true(opens_begin(&opens, tree_path(&tree, "file"), &identity));
    return fd;
}

static void who_reads_alone_sees_nobody(void **state)
{
    (void)state;
    char bytes[8];
    for (int i = 0; i < 2; i++) {
        int fd = begin();
        assert_int_equal(pread(fd, bytes, sizeof(bytes), 0), 2);
        assert_true(opens_saw_nobody(&opens));
        (void)close(fd);
    }
}

static void a_truncation_is_seen_before_anything_is_written(void **state)
{
    (void)state;
    int fd = begin();
    int server = open(tree_path(&tree, "file"), O_WRONLY | O_TRUNC | O_CLOEXEC);
    assert_false(opens_saw_nobody(&opens));
    (void)close(server);
    (void)close(fd);
}

static void a_write_is_seen_that_began_before(void **state)
{
    (void)state;
    int server = open(tree_path(&tree, "file"), O_WRONLY | O_TRUNC | O_CLOEXEC);
    int fd = begin();
    assert_true(opens_saw_nobody(&opens));
    assert_int_equal(pwrite(server, "[]", 2, 0), 2);
    assert_false(opens_saw_nobody(&opens));
    (void)close(server);
    (void)close(fd);
}

static void a_file_that_took_its_place_is_another_one(void **state)
{
    (void)state;
    struct file_identity identity;
    int fd = begin();
    assert_int_equal(file_identify_fd(fd, "", &identity, NULL), 0);
    tree_put(&tree, "new", "[]");
    char new_path[512];
    (void)snprintf(new_path, sizeof(new_path), "%s", tree_path(&tree, "new"));
    assert_int_equal(rename(new_path, tree_path(&tree, "file")), 0);
    assert_false(opens_begin(&opens, tree_path(&tree, "file"), &identity));
    (void)close(fd);
}

int main(void)
{
#define OPENS_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        OPENS_TEST(a_file_that_nobody_opened_for_the_span_is_quiet),
        OPENS_TEST(an_opening_counts_from_the_look_that_finds_it),
        OPENS_TEST(a_file_that_was_replaced_counts_as_opened),
        OPENS_TEST(a_file_that_was_removed_and_made_anew_is_watched_again),
        OPENS_TEST(a_clock_that_is_set_back_and_a_missing_file_are_never_quiet),
        OPENS_TEST(who_reads_alone_sees_nobody),
        OPENS_TEST(a_truncation_is_seen_before_anything_is_written),
        OPENS_TEST(a_write_is_seen_that_began_before),
        OPENS_TEST(a_file_that_took_its_place_is_another_one),
    };
    return cmocka_run_group_tests_name("opens", tests, NULL, NULL);
}
