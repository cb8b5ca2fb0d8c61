// LDFLAGS: -Wl,--wrap=getppid,--wrap=lease_fence,--wrap=pwrite
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/lease.h"
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

/* The server has saved since the edit was planned: it is planned anew while the lease is held. */

enum {
    FILE_BYTES = 3 * LEASED_PAGE_BYTES,
};

static struct tree tree;
static char path[512];
static struct buffer old, saved; /* what was expected, what is there */
static struct step step;
static struct leased job;
static enum { PLANS, REFUSES, KILLS_CHILD, DIES, STOPS } parent;
static unsigned planned;
static pid_t planner, child;
static bool was_leased;

/* Only the child asks, right before it has us plan. */
pid_t __real_getppid(void);
pid_t __wrap_getppid(void);
pid_t __wrap_getppid(void)
{
    child = (pid_t)syscall(SYS_getpid);
    return __real_getppid();
}

static unsigned writers; /* are met at so many fences */
enum lease_fence_result __real_lease_fence(const struct lease *lease, int fence_ms);
enum lease_fence_result __wrap_lease_fence(const struct lease *lease, int fence_ms);
enum lease_fence_result __wrap_lease_fence(const struct lease *lease, int fence_ms)
{
    return writers > 0 && writers-- > 0 ? LEASE_WRITER : __real_lease_fence(lease, fence_ms);
}

static bool is_killed_writing;
ssize_t __real_pwrite(int fd, const void *bytes, size_t len, off_t offset);
ssize_t __wrap_pwrite(int fd, const void *bytes, size_t len, off_t offset);
ssize_t __wrap_pwrite(int fd, const void *bytes, size_t len, off_t offset)
{
    if (is_killed_writing)
        (void)syscall(SYS_kill, (pid_t)syscall(SYS_getpid), SIGKILL);
    return __real_pwrite(fd, bytes, len, offset);
}

static bool is_leased_now(void)
{
    int fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (fd >= 0)
        (void)close(fd);
    return fd < 0 && errno == EWOULDBLOCK;
}

static bool plan(void *context, struct leased *ret_job)
{
    assert_ptr_equal(context, &tree);
    planned++;
    planner = getpid();
    if (parent == KILLS_CHILD)
        (void)kill(child, SIGKILL);
    if (parent == DIES)
        (void)raise(SIGKILL);
    if (parent == STOPS)
        (void)raise(SIGSTOP);
    assert_true(str_equal(buffer_str(&ret_job->found), buffer_str(&saved)));
    step.offset++;
    ret_job->expected = buffer_str(&saved);
    ret_job->steps = &step;
    ret_job->step_count = 1;
    return parent != REFUSES;
}

/* Opening breaks the lease, so it is asked only where nothing is written any more. */
static bool refuse_but_look(void *context, struct leased *ret_job)
{
    (void)context, (void)ret_job;
    planned++;
    was_leased = is_leased_now();
    return false;
}

static int set_up(void **state)
{
    (void)state;
    parent = PLANS;
    planned = 0;
    planner = child = 0;
    was_leased = false;
    writers = 0;
    is_killed_writing = false;
    tree_make(&tree);
    buffer_add_repeat(&old, 'a', FILE_BYTES);
    buffer_add_repeat(&saved, 'c', FILE_BYTES + 100);
    tree_write(&tree, "file", saved.data, saved.len);
    (void)strcpy(path, tree_path(&tree, "file"));
    step = (struct step){.offset = 100, .text = STR("bbb")};
    job = (struct leased){
        .path = path,
        .expected = buffer_str(&old),
        .steps = &step,
        .step_count = 1,
        .plan_anew = plan,
        .context = &tree,
    };
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    tree_remove(&tree);
    buffer_done(&old);
    buffer_done(&saved);
    return 0;
}

static void assert_at(size_t offset, const char *expected)
{
    char *text = tree_read(&tree, "file");
    assert_non_null(text);
    assert_memory_equal(text + offset, expected, strlen(expected));
    free(text);
}

static void assert_unchanged(void)
{
    char *text = tree_read(&tree, "file");
    assert_string_equal(text, saved.data);
    free(text);
}

static void another_version_is_planned_for_in_this_process_and_edited(void **state)
{
    (void)state;
    assert_int_equal(leased_run(&job), LEASED_DONE);
    assert_int_equal(planned, 1);
    assert_int_equal(planner, getpid());
    assert_true(child != 0 && child != getpid());
    assert_true(job.planned_anew);
    assert_at(100, "cbbbc");
}

static void the_version_that_was_expected_is_not(void **state)
{
    (void)state;
    job.expected = buffer_str(&saved);
    assert_int_equal(leased_run(&job), LEASED_DONE);
    assert_int_equal(planned, 0);
    assert_false(job.planned_anew);
    assert_at(99, "cbbbc");
}

static void who_plans_may_refuse(void **state)
{
    (void)state;
    parent = REFUSES;
    assert_int_equal(leased_run(&job), LEASED_CHANGED);
    assert_int_equal(planned, 1);
    assert_false(job.wrote);
    assert_unchanged();
}

static void nobody_can_open_the_file_meanwhile(void **state)
{
    (void)state;
    job.plan_anew = refuse_but_look;
    assert_int_equal(leased_run(&job), LEASED_CHANGED);
    assert_true(was_leased);
    assert_false(is_leased_now());
}

static void a_text_that_has_grown_too_much_is_left_to_the_next_try(void **state)
{
    (void)state;
    buffer_add_repeat(&saved, 'c', 1 << 20);
    tree_write(&tree, "file", saved.data, saved.len);
    assert_int_equal(leased_run(&job), LEASED_CHANGED);
    assert_int_equal(planned, 0);
}

static void a_new_plan_that_needs_a_mapping_is_left_to_the_next_try(void **state)
{
    (void)state;
    step.offset = LEASED_PAGE_BYTES - 3; /* one more, and it lies over the edge */
    assert_int_equal(leased_run(&job), LEASED_CHANGED);
    assert_int_equal(planned, 1);
    assert_unchanged();
}

static void a_child_that_is_killed_while_it_waits_is_followed_by_another(void **state)
{
    (void)state;
    parent = KILLS_CHILD;
    assert_int_equal(leased_run(&job), LEASED_DONE);
    assert_int_equal(planned, 1); /* that plan is good still */
    assert_false(is_leased_now());
    assert_at(100, "cbbbc");
}

static void a_writer_that_is_met_is_let_in_and_then_it_is_tried_again(void **state)
{
    (void)state;
    writers = 2;
    assert_int_equal(leased_run(&job), LEASED_DONE);
    assert_int_equal(writers, 0);
}

static void nothing_is_written_where_writers_come_again_and_again(void **state)
{
    (void)state;
    writers = 1000;
    assert_int_equal(leased_run(&job), LEASED_CHANGED);
    assert_false(job.wrote);
    assert_unchanged();
}

static void a_kill_after_a_writer_was_met_is_no_change_by_others(void **state)
{
    (void)state;
    writers = 1;
    is_killed_writing = true;
    assert_int_equal(leased_run(&job), LEASED_KILLED);
    assert_true(job.wrote);
}

static pid_t run_apart(void)
{
    pid_t editor = fork();
    if (editor == 0)
        _exit(leased_run(&job) == LEASED_DONE ? 0 : 1);
    assert_true(editor > 0);
    return editor;
}

static void a_child_does_not_outlive_who_plans(void **state)
{
    (void)state;
    int status = 0;
    parent = DIES;
    assert_int_equal(waitpid(run_apart(), &status, 0) > 0, 1);
    assert_true(WIFSIGNALED(status));
    int fd = open(path, O_RDWR | O_CLOEXEC); /* waits for the lease, which goes with the child */
    assert_true(fd >= 0);
    assert_unchanged();
    (void)close(fd);
}

static void who_is_stopped_while_he_plans_does_not_keep_the_lease(void **state)
{
    (void)state;
    int status = 0;
    parent = STOPS;
    pid_t editor = run_apart();
    assert_int_equal(waitpid(editor, &status, WUNTRACED), editor);
    assert_true(WIFSTOPPED(status));
    int fd = open(path, O_RDWR | O_CLOEXEC); /* waits for the lease, which the timer ends */
    assert_true(fd >= 0);
    assert_unchanged();
    (void)close(fd);
    (void)kill(editor, SIGKILL);
    assert_int_equal(waitpid(editor, &status, 0), editor);
    assert_unchanged();
}

int main(void)
{
#define PLAN_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        PLAN_TEST(another_version_is_planned_for_in_this_process_and_edited),
        PLAN_TEST(the_version_that_was_expected_is_not),
        PLAN_TEST(who_plans_may_refuse),
        PLAN_TEST(nobody_can_open_the_file_meanwhile),
        PLAN_TEST(a_text_that_has_grown_too_much_is_left_to_the_next_try),
        PLAN_TEST(a_new_plan_that_needs_a_mapping_is_left_to_the_next_try),
        PLAN_TEST(a_child_that_is_killed_while_it_waits_is_followed_by_another),
        PLAN_TEST(a_writer_that_is_met_is_let_in_and_then_it_is_tried_again),
        PLAN_TEST(nothing_is_written_where_writers_come_again_and_again),
        PLAN_TEST(a_kill_after_a_writer_was_met_is_no_change_by_others),
        PLAN_TEST(a_child_does_not_outlive_who_plans),
        PLAN_TEST(who_is_stopped_while_he_plans_does_not_keep_the_lease),
    };
    return cmocka_run_group_tests_name("leased_plan", tests, NULL, NULL);
}
