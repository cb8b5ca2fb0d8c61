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

static void a_clock_that_is_set_back_and_a_missing_file_are_never_quiet(void **state)
{
    (void)state;
    (void)is_quiet_at(5000);
    assert_false(is_quiet_at(1000));
    assert_int_equal(unlink(tree_path(&tree, "file")), 0);
    assert_false(is_quiet_at(50000));
    assert_false(is_quiet_at(90000));
}

int main(void)
{
#define OPENS_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        OPENS_TEST(a_file_that_nobody_opened_for_the_span_is_quiet),
        OPENS_TEST(an_opening_counts_from_the_look_that_finds_it),
        OPENS_TEST(a_file_that_was_replaced_counts_as_opened),
        OPENS_TEST(a_clock_that_is_set_back_and_a_missing_file_are_never_quiet),
    };
    return cmocka_run_group_tests_name("opens", tests, NULL, NULL);
}
