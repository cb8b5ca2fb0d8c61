#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/helpers/watcher.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { WAIT_MS = 10000, WAKES_MAX = 4, LONG_AFTER_MS = 1000000 };

int watcher_set_up(void **state)
{
    struct watcher *watcher = calloc(1, sizeof(*watcher));
    assert_non_null(watcher);
    tree_make(&watcher->tree);
    *state = watcher;
    return 0;
}

int watcher_set_up_live(void **state)
{
    (void)watcher_set_up(state);
    struct watcher *watcher = *state;
    watcher_mkdir(watcher, "state");
    watcher_save(watcher, "state/chat-agents.json", "{}\n");
    watcher_open(watcher, "state");
    assert_string_equal(watch_trouble(watcher->watch), "");
    assert_int_equal(watch_mode(watcher->watch), WATCH_LIVE);
    return 0;
}

int watcher_tear_down(void **state)
{
    struct watcher *watcher = *state;
    watch_close(watcher->watch);
    tree_remove(&watcher->tree);
    free(watcher);
    return 0;
}

void watcher_open(struct watcher *watcher, const char *directory)
{
    static const char *const names[] = {"chat-agents.json", "openclaw.json"};
    struct error error;
    watch_close(watcher->watch);
    watcher->watch = NULL;
    assert_int_equal(
        watch_open(tree_path(&watcher->tree, directory), names, 2, &watcher->watch, &error), 0);
}

void watcher_save(const struct watcher *watcher, const char *name, const char *text)
{
    const char *path = tree_path(&watcher->tree, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    assert_int_equal(close(fd), 0);
}

void watcher_mkdir(const struct watcher *watcher, const char *name)
{
    assert_int_equal(mkdir(tree_path(&watcher->tree, name), 0777), 0);
}

void watcher_move(const struct watcher *watcher, const char *from, const char *to)
{
    assert_int_equal(rename(tree_path(&watcher->tree, from), tree_path(&watcher->tree, to)), 0);
}

void watcher_remove(const struct watcher *watcher, const char *name)
{
    assert_int_equal(remove(tree_path(&watcher->tree, name)), 0);
}

void watcher_symlink(const struct watcher *watcher, const char *target, const char *name)
{
    assert_int_equal(symlink(target, tree_path(&watcher->tree, name)), 0);
}

uint32_t watcher_drain(struct watcher *watcher, int64_t steady_now_ms)
{
    uint32_t changed = UINT32_MAX;
    struct error error;
    assert_int_equal(watch_drain(watcher->watch, steady_now_ms, &changed, &error), 0);
    return changed;
}

uint32_t watcher_check(struct watcher *watcher)
{
    uint32_t changed = UINT32_MAX;
    struct error error;
    assert_int_equal(watch_check(watcher->watch, &changed, &error), 0);
    return changed;
}

bool watcher_is_woken(struct watcher *watcher, int timeout_ms)
{
    struct pollfd wait = {.fd = watch_fd(watcher->watch), .events = POLLIN};
    return poll(&wait, 1, timeout_ms) == 1;
}

uint32_t watcher_await(struct watcher *watcher, uint32_t bits)
{
    uint32_t changed = 0;
    while ((changed & bits) != bits) {
        assert_true(watcher_is_woken(watcher, WAIT_MS));
        changed |= watcher_drain(watcher, 0);
    }
    return changed;
}

void watcher_assert_quiet(struct watcher *watcher)
{
    assert_int_equal(watcher_drain(watcher, 0), 0);
    assert_false(watcher_is_woken(watcher, 0));
    if (watch_timeout_ms(watcher->watch, 0) >= 0) {
        assert_int_equal(watcher_drain(watcher, LONG_AFTER_MS), 0);
        assert_false(watcher_is_woken(watcher, 0));
    }
    assert_int_equal(watch_timeout_ms(watcher->watch, 0), -1);
}

void watcher_assert_sees_saves(struct watcher *watcher)
{
    for (int wakes = 0; watcher_is_woken(watcher, 0); wakes++) {
        assert_true(wakes < WAKES_MAX);
        (void)watcher_drain(watcher, 0);
    }
    watcher_assert_quiet(watcher);
    watcher_save(watcher, "state/chat-agents.json", "{\"after\": 1}\n");
    assert_int_equal(watcher_await(watcher, REGISTRY) & ~(uint32_t)DIRECTORIES, REGISTRY);
}
