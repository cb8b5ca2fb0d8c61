#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/lease.h"
#include "tests/helpers/tree.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LONG_FENCE_MS = 10000 };

struct fixture {
    struct tree tree;
    int fd;
    struct lease lease;
};

/* A stranger that opens the file with these flags as soon as it is told, and then ends. */
static pid_t start_stranger(struct fixture *fixture, int flags, int *ret_tell)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    if (pid == 0) {
        char byte;
        (void)close(ends[1]);
        (void)close(fixture->fd);
        (void)!read(ends[0], &byte, 1);
        int fd = open(tree_path(&fixture->tree, "file"), flags);
        _exit(fd >= 0 ? 0 : 1);
    }
    (void)close(ends[0]);
    *ret_tell = ends[1];
    return pid;
}

static int set_up(void **state)
{
    static struct fixture fixture;
    tree_make(&fixture.tree);
    tree_put(&fixture.tree, "file", "{}\n");
    fixture.fd = open(tree_path(&fixture.tree, "file"), O_RDWR | O_CLOEXEC);
    *state = &fixture;
    return fixture.fd < 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    (void)close(fixture->fd);
    tree_remove(&fixture->tree);
    return 0;
}

static enum lease_fence_result fence_against(struct fixture *fixture, int flags)
{
    int tell = -1, errnum = 0, status = 0;
    pid_t stranger = start_stranger(fixture, flags, &tell);
    assert_int_equal(lease_take(&fixture->lease, fixture->fd, &errnum), LEASE_HELD);
    assert_int_equal(write(tell, "x", 1), 1);
    enum lease_fence_result result = lease_fence(&fixture->lease, LONG_FENCE_MS);
    lease_drop(&fixture->lease);
    (void)close(tell);
    assert_int_equal(waitpid(stranger, &status, 0), stranger);
    assert_int_equal(status, 0);
    return result;
}

static void a_writer_that_waits_says_change_nothing(void **state)
{
    assert_int_equal(fence_against(*state, O_WRONLY | O_TRUNC), LEASE_WRITER);
}

static void a_reader_that_waits_says_write_now(void **state)
{
    assert_int_equal(fence_against(*state, O_RDONLY), LEASE_CLEAR);
}

static void nobody_waiting_says_write_now(void **state)
{
    struct fixture *fixture = *state;
    int errnum = 0;
    assert_int_equal(lease_take(&fixture->lease, fixture->fd, &errnum), LEASE_HELD);
    assert_int_equal(lease_fence(&fixture->lease, 0), LEASE_CLEAR);
    lease_drop(&fixture->lease);
}

static void a_second_open_descriptor_is_busy(void **state)
{
    struct fixture *fixture = *state;
    int errnum = 0;
    int other = open(tree_path(&fixture->tree, "file"), O_RDONLY | O_CLOEXEC);
    assert_int_equal(lease_take(&fixture->lease, fixture->fd, &errnum), LEASE_BUSY);
    (void)close(other);
    assert_int_equal(lease_take(&fixture->lease, fixture->fd, &errnum), LEASE_HELD);
    lease_drop(&fixture->lease);
}

static void dropping_restores_the_signal_mask_and_takes_the_pending_sigio(void **state)
{
    sigset_t before, after, pending;
    assert_int_equal(sigprocmask(SIG_SETMASK, NULL, &before), 0);
    (void)fence_against(*state, O_RDONLY); /* an unblocked SIGIO would have ended this process */
    assert_int_equal(sigprocmask(SIG_SETMASK, NULL, &after), 0);
    assert_int_equal(sigpending(&pending), 0);
    for (int number = 1; number < 32; number++)
        assert_int_equal(sigismember(&before, number), sigismember(&after, number));
    assert_false(sigismember(&pending, SIGIO));
}

static void dropping_what_is_not_held_is_harmless(void **state)
{
    (void)state;
    struct lease none = {.fd = -1};
    lease_drop(&none);
    assert_false(none.held);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_writer_that_waits_says_change_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_reader_that_waits_says_write_now, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nobody_waiting_says_write_now, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_second_open_descriptor_is_busy, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            dropping_restores_the_signal_mask_and_takes_the_pending_sigio, set_up, tear_down),
        cmocka_unit_test(dropping_what_is_not_held_is_harmless),
    };
    return cmocka_run_group_tests_name("lease", tests, NULL, NULL);
}
