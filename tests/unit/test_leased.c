// LDFLAGS: -Wl,--wrap=pwrite,--wrap=pread
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/leased.h"
#include "tests/helpers/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* What the child does at its first write, beside writing: it shares our memory. */
static enum { WRITES, STOPS, IS_KILLED } child;
static pid_t writer;
static size_t writes_until_kill; /* 0: none is killed */
static size_t bytes_read;

ssize_t __real_pread(int fd, void *bytes, size_t len, off_t offset);
ssize_t __wrap_pread(int fd, void *bytes, size_t len, off_t offset);
ssize_t __wrap_pread(int fd, void *bytes, size_t len, off_t offset)
{
    ssize_t got = __real_pread(fd, bytes, len, offset);
    bytes_read += got > 0 ? (size_t)got : 0;
    return got;
}

ssize_t __real_pwrite(int fd, const void *bytes, size_t len, off_t offset);
ssize_t __wrap_pwrite(int fd, const void *bytes, size_t len, off_t offset);
ssize_t __wrap_pwrite(int fd, const void *bytes, size_t len, off_t offset)
{
    writer = (pid_t)syscall(SYS_getpid);
    if (child == STOPS)
        (void)syscall(SYS_kill, writer, SIGSTOP);
    if (child == IS_KILLED || (writes_until_kill > 0 && --writes_until_kill == 0))
        (void)syscall(SYS_kill, writer, SIGKILL);
    return __real_pwrite(fd, bytes, len, offset);
}

struct fixture {
    struct tree tree;
    struct buffer old;
    struct step step;
    struct leased job;
};

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    child = WRITES;
    writer = 0;
    bytes_read = 0;
    writes_until_kill = 0;
    tree_make(&fixture->tree);
    buffer_add_repeat(&fixture->old, 'a', 3 * LEASED_PAGE_BYTES);
    tree_write(&fixture->tree, "file", fixture->old.data, fixture->old.len);
    fixture->step = (struct step){.offset = 100, .text = STR("bbb")};
    fixture->job = (struct leased){
        .path = strdup(tree_path(&fixture->tree, "file")),
        .expected = buffer_str(&fixture->old),
        .steps = &fixture->step,
        .step_count = 1,
    };
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    union {
        const char *constant;
        char *owned;
    } path = {.constant = fixture->job.path};
    tree_remove(&fixture->tree);
    buffer_done(&fixture->old);
    free(path.owned);
    free(fixture);
    return 0;
}

static void assert_at(struct fixture *fixture, size_t offset, const char *expected)
{
    char *text = tree_read(&fixture->tree, "file");
    assert_non_null(text);
    assert_memory_equal(text + offset, expected, strlen(expected));
    free(text);
}

static void the_edit_is_made_in_another_process_and_no_descriptor_stays(void **state)
{
    struct fixture *fixture = *state;
    size_t before = tree_count(&(struct tree){"/proc/self"}, "fd");
    assert_int_equal(leased_run(&fixture->job), LEASED_DONE);
    assert_true(writer != 0 && writer != getpid());
    assert_at(fixture, 100, "bbba");
    assert_int_equal(tree_count(&(struct tree){"/proc/self"}, "fd"), before);
}

static void a_file_that_is_not_as_expected_is_left_alone(void **state)
{
    struct fixture *fixture = *state;
    fixture->old.data[5000] = 'x';
    assert_int_equal(leased_run(&fixture->job), LEASED_CHANGED);
    fixture->old.data[5000] = 'a';
    fixture->job.expected.len--;
    assert_int_equal(leased_run(&fixture->job), LEASED_CHANGED);
    assert_int_equal(writer, 0);
    assert_at(fixture, 100, "aaaa");
}

static void sixteen_bytes_over_an_edge_are_one_store_and_no_write(void **state)
{
    struct fixture *fixture = *state;
    fixture->step = (struct step){.offset = LEASED_PAGE_BYTES - 7, .text = STR("bbbbbbbbbbbbbbbb")};
    assert_int_equal(leased_run(&fixture->job), LEASED_DONE);
    assert_int_equal(writer, 0);
    assert_at(fixture, LEASED_PAGE_BYTES - 8, "abbbbbbbbbbbbbbbba");
    fixture->old.len = 0;
    buffer_add_repeat(&fixture->old, 'a', 2 * LEASED_PAGE_BYTES + 2);
    tree_write(&fixture->tree, "file", fixture->old.data, fixture->old.len);
    fixture->job.expected = buffer_str(&fixture->old);
    fixture->step = (struct step){.offset = 2 * LEASED_PAGE_BYTES - 1, .text = STR("bbb")};
    assert_int_equal(leased_run(&fixture->job), LEASED_DONE); /* at the very end of the file */
    assert_int_equal(writer, 0);
    assert_at(fixture, 2 * LEASED_PAGE_BYTES - 2, "abbb");
}

static void growth_is_white_space_first(void **state)
{
    struct fixture *fixture = *state;
    fixture->job.grows_by = 3000;
    fixture->job.step_count = 0;
    assert_int_equal(leased_run(&fixture->job), LEASED_DONE);
    char *text = tree_read(&fixture->tree, "file");
    assert_int_equal(strlen(text), 3 * LEASED_PAGE_BYTES + 3000);
    assert_int_equal(strspn(text + 3 * LEASED_PAGE_BYTES, " "), 3000);
    free(text);
}

static void a_child_that_is_stopped_is_ended_by_its_timer_and_the_lease_falls(void **state)
{
    struct fixture *fixture = *state;
    child = STOPS;
    assert_int_equal(leased_run(&fixture->job), LEASED_KILLED);
    assert_true(fixture->job.wrote);
    int fd = open(fixture->job.path, O_RDWR | O_NONBLOCK | O_CLOEXEC); /* a lease would refuse it */
    assert_true(fd >= 0);
    (void)close(fd);
    assert_at(fixture, 100, "aaaa");
}

static void a_child_that_is_killed_is_told_and_the_next_edit_works(void **state)
{
    struct fixture *fixture = *state;
    child = IS_KILLED;
    assert_int_equal(leased_run(&fixture->job), LEASED_KILLED);
    child = WRITES;
    assert_int_equal(leased_run(&fixture->job), LEASED_DONE);
    assert_at(fixture, 100, "bbba");
}

/* Not one for each step that was made. */
static void to_go_on_where_a_child_was_killed_costs_a_few_readings_of_the_file(void **state)
{
    enum { STEPS = 1000, APART = 3, KILLED_AT = 900, READINGS = 6 };
    static struct step steps[STEPS];
    struct fixture *fixture = *state;
    for (size_t i = 0; i < STEPS; i++)
        steps[i] = (struct step){.offset = i * APART, .text = STR("b")};
    fixture->job.steps = steps;
    fixture->job.step_count = STEPS;
    writes_until_kill = KILLED_AT;
    assert_int_equal(leased_run(&fixture->job), LEASED_DONE);
    assert_int_equal(writes_until_kill, 0);
    assert_true(bytes_read <= READINGS * fixture->old.len);
    for (size_t i = 0; i < STEPS; i++)
        assert_at(fixture, i * APART, "baa");
}

int main(void)
{
#define LEASED_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        LEASED_TEST(the_edit_is_made_in_another_process_and_no_descriptor_stays),
        LEASED_TEST(a_file_that_is_not_as_expected_is_left_alone),
        LEASED_TEST(sixteen_bytes_over_an_edge_are_one_store_and_no_write),
        LEASED_TEST(growth_is_white_space_first),
        LEASED_TEST(a_child_that_is_stopped_is_ended_by_its_timer_and_the_lease_falls),
        LEASED_TEST(a_child_that_is_killed_is_told_and_the_next_edit_works),
        LEASED_TEST(to_go_on_where_a_child_was_killed_costs_a_few_readings_of_the_file),
    };
    return cmocka_run_group_tests_name("leased", tests, NULL, NULL);
}
