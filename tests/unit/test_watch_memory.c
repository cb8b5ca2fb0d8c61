// LDFLAGS: -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc
/* watch with every allocation failing in turn. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/helpers/watcher.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static bool fails;
static unsigned left; /* allocations until they fail */

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);

static bool is_out(void)
{
    return fails && (left == 0 || left-- == 0);
}

void *__wrap_malloc(size_t size)
{
    return is_out() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return is_out() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *memory, size_t size)
{
    return is_out() ? NULL : __real_realloc(memory, size);
}

static void opening_without_memory_fails_and_leaves_nothing(void **state)
{
    struct watcher *watcher = *state;
    const char *name = "chat-agents.json";
    const char *directory = tree_path(&watcher->tree, "state");
    struct watch *watch = NULL;
    struct error error;
    int result = -ENOMEM;
    unsigned failures = 0;
    while (result != 0) {
        left = failures++;
        fails = true;
        result = watch_open(directory, &name, 1, &watch, &error);
        fails = false;
        if (result != 0) {
            assert_int_equal(result, -ENOMEM);
            assert_null(watch);
            assert_int_equal(error.kind, ERROR_SYSTEM);
        }
    }
    print_message("%u allocations failed in turn\n", failures - 1);
    assert_true(failures > 8);
    watch_close(watch);
}

static void a_drain_without_memory_loses_no_report(void **state)
{
    struct watcher *watcher = *state;
    int result = -ENOMEM;
    unsigned failures = 0;
    while (result != 0) {
        watcher_open(watcher, "state");
        uint32_t changed = 0;
        struct error error;
        watcher_save(watcher, "state/chat-agents.json", "{}");
        left = failures++;
        fails = true;
        result = watch_drain(watcher->watch, 0, &changed, &error);
        fails = false;
        if (result != 0) {
            assert_int_equal(result, -ENOMEM);
            assert_int_equal(changed, 0);
            changed = watcher_drain(watcher, 0);
        }
        assert_int_equal(changed, REGISTRY);
        watcher_save(watcher, "state/chat-agents.json", "{}");
        assert_int_equal(watcher_drain(watcher, 0), REGISTRY);
    }
    print_message("%u allocations failed in turn\n", failures - 1);
    assert_true(failures > 2);
}

/* 50 ms after a write the file is armed again, and looked at. */
static void settling_without_memory_loses_no_report(void **state)
{
    struct watcher *watcher = *state;
    int result = -ENOMEM;
    unsigned failures = 0;
    int fd = open(tree_path(&watcher->tree, "state/chat-agents.json"), O_WRONLY | O_CLOEXEC);
    for (int64_t now_ms = 0; result != 0; now_ms += 1000) {
        uint32_t changed = 0;
        struct error error;
        assert_int_equal(pwrite(fd, "{}", 2, 0), 2);
        assert_int_equal(watcher_drain(watcher, now_ms), 0);
        left = failures++;
        fails = true;
        result = watch_drain(watcher->watch, now_ms + WATCH_SETTLE_MS, &changed, &error);
        fails = false;
        if (result != 0) {
            assert_int_equal(result, -ENOMEM);
            assert_int_equal(changed, 0);
            changed = watcher_drain(watcher, now_ms + WATCH_SETTLE_MS);
        }
        assert_int_equal(changed & REGISTRY, REGISTRY);
        assert_int_equal(watch_timeout_ms(watcher->watch, now_ms + WATCH_SETTLE_MS), -1);
    }
    print_message("%u allocations failed in turn\n", failures - 1);
    assert_true(failures > 3);
    assert_int_equal(close(fd), 0);
}

#define TEST(function)                                                                             \
    cmocka_unit_test_setup_teardown(function, watcher_set_up_live, watcher_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(opening_without_memory_fails_and_leaves_nothing),
        TEST(a_drain_without_memory_loses_no_report),
        TEST(settling_without_memory_loses_no_report),
    };
    return cmocka_run_group_tests_name("watch_memory", tests, NULL, NULL);
}
