// LDFLAGS: -Wl,--wrap=inotify_init1,--wrap=inotify_add_watch,--wrap=statfs
/* watch where the kernel refuses. The numbers in comments are the cases of the watching design. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/helpers/watcher.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

/* What the wrapped calls do; all zero: what the kernel does. */
static struct {
    int init_errno;
    int add_errno;
    const char *add_only; /* NULL, or the end of the paths that add_errno is for */
    uint32_t file_system; /* what statfs answers; 0: the truth */
} fault;

int __real_inotify_init1(int flags);
int __real_inotify_add_watch(int fd, const char *path, uint32_t mask);
int __real_statfs(const char *path, struct statfs *status);
int __wrap_inotify_init1(int flags);
int __wrap_inotify_add_watch(int fd, const char *path, uint32_t mask);
int __wrap_statfs(const char *path, struct statfs *status);

int __wrap_inotify_init1(int flags)
{
    if (!fault.init_errno)
        return __real_inotify_init1(flags);
    errno = fault.init_errno;
    return -1;
}

static bool ends_with(const char *text, const char *end)
{
    size_t len = strlen(text), end_len = strlen(end);
    return len >= end_len && strcmp(text + len - end_len, end) == 0;
}

int __wrap_inotify_add_watch(int fd, const char *path, uint32_t mask)
{
    if (!fault.add_errno || (fault.add_only && !ends_with(path, fault.add_only)))
        return __real_inotify_add_watch(fd, path, mask);
    errno = fault.add_errno;
    return -1;
}

int __wrap_statfs(const char *path, struct statfs *status)
{
    int result = __real_statfs(path, status);
    if (result == 0 && fault.file_system)
        status->f_type = (__typeof__(status->f_type))fault.file_system;
    return result;
}

static int tear_down(void **state)
{
    memset(&fault, 0, sizeof(fault));
    return watcher_tear_down(state);
}

/* 27, 28 */
static void without_inotify_it_polls_says_why_and_ends_when_it_can(void **state)
{
    struct watcher *watcher = *state;
    static const struct {
        int init_errno, add_errno;
        uint32_t file_system;
        bool has_fd;
        const char *trouble;
    } cases[] = {
        {EMFILE, 0, 0, false, "limit of inotify instances or open files reached"},
        {ENFILE, 0, 0, false, "system limit of open files reached"},
        {ENOSYS, 0, 0, false, "inotify does not work here: Function not implemented"},
        {0, ENOSPC, 0, true, "inotify watch limit reached"},
        {0, EACCES, 0, true, "no permission to watch the directory"},
        {0, ENOMEM, 0, true, "inotify does not work here: Cannot allocate memory"},
        {0, ENOENT, 0, true, "the directories keep being replaced"},
        {0, 0, 0x6969, true, "NFS does not tell of changes made elsewhere"},
        {0, 0, 0xfe534d42, true, "SMB does not tell of changes made elsewhere"},
        {0, 0, 0x65735546, true, "FUSE does not tell of changes made elsewhere"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        fault.init_errno = cases[i].init_errno;
        fault.add_errno = cases[i].add_errno;
        fault.file_system = cases[i].file_system;
        watcher_open(watcher, "state");
        assert_int_equal(watch_mode(watcher->watch), WATCH_POLLING);
        assert_string_equal(watch_trouble(watcher->watch), cases[i].trouble);
        assert_int_equal(watch_fd(watcher->watch) >= 0, cases[i].has_fd);
        fault.init_errno = fault.add_errno = 0;
        fault.file_system = 0;
        watcher_move(watcher, "state", "other");
        watcher_move(watcher, "other", "state");
        watcher_save(watcher, "state/new", "{}");
        watcher_move(watcher, "state/new", "state/chat-agents.json");
        assert_int_equal(watcher_drain(watcher, 0) & REGISTRY, REGISTRY);
        assert_int_equal(watch_mode(watcher->watch), WATCH_LIVE);
        assert_string_equal(watch_trouble(watcher->watch), "");
        assert_int_equal(watch_timeout_ms(watcher->watch, 0), -1);
        watcher_save(watcher, "state/chat-agents.json", "{}");
        assert_int_equal(watcher_await(watcher, REGISTRY), REGISTRY);
    }
}

static void polling_looks_twice_a_second_and_reports_what_differs(void **state)
{
    struct watcher *watcher = *state;
    fault.init_errno = EMFILE;
    watcher_open(watcher, "state");
    assert_int_equal(watch_timeout_ms(watcher->watch, 1000), 0);
    assert_int_equal(watcher_drain(watcher, 1000), 0);
    assert_int_equal(watch_timeout_ms(watcher->watch, 1000), 500);
    assert_int_equal(watch_timeout_ms(watcher->watch, 1499), 1);
    watcher_save(watcher, "state/chat-agents.json", "{ }");
    assert_int_equal(watcher_drain(watcher, 1499), 0);
    assert_int_equal(watch_timeout_ms(watcher->watch, 1500), 0);
    assert_int_equal(watcher_drain(watcher, 1500), REGISTRY);
    assert_int_equal(watcher_drain(watcher, 2000), 0);
    watcher_mkdir(watcher, "state/workspace");
    assert_int_equal(watcher_drain(watcher, 9000), DIRECTORIES);
    watcher_move(watcher, "state", "other");
    assert_int_equal(watcher_drain(watcher, 9500), REGISTRY | DIRECTORIES);
    assert_int_equal(watcher_drain(watcher, 10000), 0);
    watcher_move(watcher, "other", "state");
    assert_int_equal(watcher_drain(watcher, 10500), REGISTRY | DIRECTORIES);
}

/* 29 */
static void polling_sees_other_content_of_the_same_size_and_time(void **state)
{
    struct watcher *watcher = *state;
    struct stat before, now;
    fault.init_errno = EMFILE;
    watcher_open(watcher, "state");
    assert_int_equal(stat(tree_path(&watcher->tree, "state/chat-agents.json"), &before), 0);
    int fd = open(tree_path(&watcher->tree, "state/chat-agents.json"), O_WRONLY | O_CLOEXEC);
    do { /* until the kernel's clock has ticked */
        struct timespec times[] = {before.st_atim, before.st_mtim};
        assert_int_equal(pwrite(fd, "[]", 2, 0), 2);
        assert_int_equal(futimens(fd, times), 0);
        assert_int_equal(fstat(fd, &now), 0);
    } while (now.st_ctim.tv_sec == before.st_ctim.tv_sec &&
             now.st_ctim.tv_nsec == before.st_ctim.tv_nsec);
    assert_int_equal(close(fd), 0);
    assert_int_equal(now.st_size, before.st_size);
    assert_int_equal(watcher_drain(watcher, 0), REGISTRY);
}

/* 30 */
static void a_clock_that_went_back_does_not_stop_the_polling(void **state)
{
    struct watcher *watcher = *state;
    fault.init_errno = EMFILE;
    watcher_open(watcher, "state");
    assert_int_equal(watcher_drain(watcher, 1000000), 0);
    assert_int_equal(watch_timeout_ms(watcher->watch, 5), WATCH_POLL_MS);
}

static void what_may_not_be_read_itself_is_told_by_its_directory(void **state)
{
    struct watcher *watcher = *state;
    const char *parent = strrchr(watcher->tree.path, '/');
    const char *const unwatchable[] = {"/chat-agents.json", parent};
    for (size_t i = 0; i < 2; i++) {
        fault.add_errno = EACCES;
        fault.add_only = unwatchable[i];
        watcher_open(watcher, "state");
        assert_int_equal(watch_mode(watcher->watch), WATCH_LIVE);
        watcher_save(watcher, "state/chat-agents.json", "{}");
        assert_int_equal(watcher_drain(watcher, 0), REGISTRY);
    }
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, watcher_set_up_live, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(without_inotify_it_polls_says_why_and_ends_when_it_can),
        TEST(polling_looks_twice_a_second_and_reports_what_differs),
        TEST(polling_sees_other_content_of_the_same_size_and_time),
        TEST(a_clock_that_went_back_does_not_stop_the_polling),
        TEST(what_may_not_be_read_itself_is_told_by_its_directory),
    };
    return cmocka_run_group_tests_name("watch_faults", tests, NULL, NULL);
}
