// LDFLAGS: -Wl,--wrap=inotify_add_watch,--wrap=inotify_rm_watch,--wrap=read
/* watch on a kernel that gives the number of a watch away again as soon as it is free: case 36. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/helpers/watcher.h"

#include <sys/inotify.h>
#include <unistd.h>

enum { NUMBERS = 4096 };

/* Watch numbers as a kernel would give them that uses the lowest free one at once. */
static struct {
    int inotify_fd;
    int shown[NUMBERS];  /* by the kernel's number; also of watches that are gone */
    int behind[NUMBERS]; /* by the shown number: the kernel's; 0: free */
    bool was_used[NUMBERS];
    unsigned given_again;
} numbers;

int __real_inotify_add_watch(int fd, const char *path, uint32_t mask);
int __real_inotify_rm_watch(int fd, int wd);
ssize_t __real_read(int fd, void *bytes, size_t size);
int __wrap_inotify_add_watch(int fd, const char *path, uint32_t mask);
int __wrap_inotify_rm_watch(int fd, int wd);
ssize_t __wrap_read(int fd, void *bytes, size_t size);

int __wrap_inotify_add_watch(int fd, const char *path, uint32_t mask)
{
    int real = __real_inotify_add_watch(fd, path, mask);
    if (real < 0)
        return real;
    assert_true(real < NUMBERS);
    numbers.inotify_fd = fd;
    if (numbers.shown[real] && numbers.behind[numbers.shown[real]] == real)
        return numbers.shown[real];
    int shown = 1;
    while (numbers.behind[shown])
        shown++;
    numbers.given_again += numbers.was_used[shown];
    numbers.was_used[shown] = true;
    numbers.shown[real] = shown;
    numbers.behind[shown] = real;
    return shown;
}

int __wrap_inotify_rm_watch(int fd, int wd)
{
    int real = numbers.behind[wd];
    numbers.behind[wd] = 0;
    return __real_inotify_rm_watch(fd, real);
}

ssize_t __wrap_read(int fd, void *bytes, size_t size)
{
    ssize_t len = __real_read(fd, bytes, size);
    for (ssize_t at = 0; fd == numbers.inotify_fd && at < len;) {
        struct inotify_event *event = (void *)((char *)bytes + at);
        int real = event->wd;
        event->wd = numbers.shown[real];
        if ((event->mask & IN_IGNORED) && numbers.behind[event->wd] == real)
            numbers.behind[event->wd] = 0;
        at += (ssize_t)(sizeof(*event) + event->len);
    }
    return len;
}

static void numbers_that_are_used_again_mislead_nobody(void **state)
{
    struct watcher *watcher = *state;
    for (int round = 0; round < 40; round++) {
        watcher_save(watcher, "state/new", "{}");
        watcher_move(watcher, "state/new", "state/chat-agents.json");
        if (round % 2 == 0)
            assert_int_equal(watcher_drain(watcher, 0) & REGISTRY, REGISTRY);
        watcher_move(watcher, "state", "old");
        if (round % 3 == 0)
            assert_int_equal(watcher_drain(watcher, 0), ALL);
        watcher_mkdir(watcher, "state");
        watcher_save(watcher, "state/chat-agents.json", "{}");
        watcher_save(watcher, "old/chat-agents.json", "{}");
        if (round % 5 < 3)
            assert_int_equal(watcher_drain(watcher, 0) & REGISTRY, REGISTRY);
        watcher_remove(watcher, "old/chat-agents.json");
        watcher_remove(watcher, "old");
        assert_int_equal(watcher_drain(watcher, 0) & REGISTRY, round % 5 < 3 ? 0 : REGISTRY);
        assert_int_equal(watcher_drain(watcher, 0), 0);
        watcher_save(watcher, "state/chat-agents.json", "{ }");
        assert_int_equal(watcher_drain(watcher, 0), REGISTRY);
    }
    assert_int_equal(watch_mode(watcher->watch), WATCH_LIVE);
    assert_true(numbers.given_again > 40);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(numbers_that_are_used_again_mislead_nobody,
                                        watcher_set_up_live, watcher_tear_down),
    };
    return cmocka_run_group_tests_name("watch_numbers", tests, NULL, NULL);
}
