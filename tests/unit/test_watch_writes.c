/* watch and writers that take their time or keep the file open. The numbers in comments are the
 * cases of the watching design. Time is what the tests say it is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/helpers/watcher.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SOON = WATCH_SETTLE_MS };

static int open_registry(const struct watcher *watcher, int flags)
{
    int fd = open(tree_path(&watcher->tree, "state/chat-agents.json"), flags | O_CLOEXEC);
    assert_true(fd >= 0);
    return fd;
}

static void append(int fd, const char *text)
{
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
}

static int timeout(const struct watcher *watcher, int64_t now_ms)
{
    return watch_timeout_ms(watcher->watch, now_ms);
}

static void assert_idle(struct watcher *watcher, int64_t now_ms)
{
    assert_int_equal(timeout(watcher, now_ms), -1);
    assert_false(watcher_is_woken(watcher, 0));
}

/* 4 */
static void a_slow_writer_is_reported_while_it_writes_and_when_it_closes(void **state)
{
    struct watcher *watcher = *state;
    int fd = open_registry(watcher, O_WRONLY | O_TRUNC);
    append(fd, "{\"agents\"");
    assert_int_equal(watcher_drain(watcher, 0), 0);
    append(fd, ": {}}");
    assert_int_equal(watcher_drain(watcher, SOON), REGISTRY);
    append(fd, "\n");
    assert_int_equal(close(fd), 0);
    assert_int_equal(watcher_drain(watcher, SOON), REGISTRY);
    watcher_assert_quiet(watcher);
}

/* 5 */
static void each_write_of_a_writer_that_keeps_the_file_open_is_reported(void **state)
{
    struct watcher *watcher = *state;
    int fd = open_registry(watcher, O_WRONLY | O_APPEND);
    for (int64_t now_ms = 0; now_ms < 10000; now_ms += 1000) {
        append(fd, " ");
        assert_true(watcher_is_woken(watcher, 0));
        assert_int_equal(watcher_drain(watcher, now_ms), 0);
        assert_false(watcher_is_woken(watcher, 0));
        assert_int_equal(timeout(watcher, now_ms), SOON);
        assert_int_equal(watcher_drain(watcher, now_ms + SOON - 1), 0);
        assert_int_equal(timeout(watcher, now_ms + SOON - 1), 1);
        assert_int_equal(timeout(watcher, now_ms + SOON), 0);
        assert_int_equal(watcher_drain(watcher, now_ms + SOON), REGISTRY);
        assert_idle(watcher, now_ms + SOON);
    }
    assert_int_equal(watcher_check(watcher), 0);
    assert_int_equal(close(fd), 0);
    assert_int_equal(watcher_drain(watcher, 10000), REGISTRY);
    assert_idle(watcher, 10000);
}

static void a_write_of_the_same_size_into_an_open_file_is_reported(void **state)
{
    struct watcher *watcher = *state;
    int fd = open_registry(watcher, O_WRONLY);
    assert_int_equal(pwrite(fd, "[]", 2, 0), 2);
    assert_int_equal(watcher_drain(watcher, 0), 0);
    assert_int_equal(watcher_drain(watcher, SOON), REGISTRY);
    assert_int_equal(close(fd), 0);
}

static void a_flood_of_writes_costs_two_wakes_a_settling_time_and_its_last_is_seen(void **state)
{
    enum { WRITES = 2000, PER_MS = 4 };
    struct watcher *watcher = *state;
    int fd = open_registry(watcher, O_WRONLY | O_APPEND);
    int64_t now_ms = 0, told_ms = -1;
    int wakes = 0, reports = 0;
    for (int written = 0; written < WRITES || timeout(watcher, now_ms) >= 0; now_ms++) {
        for (int i = 0; i < PER_MS && written < WRITES; i++, written++)
            append(fd, " ");
        if (!watcher_is_woken(watcher, 0) && timeout(watcher, now_ms) != 0)
            continue;
        wakes++;
        if (watcher_drain(watcher, now_ms) & REGISTRY) {
            reports++;
            told_ms = now_ms;
        }
    }
    assert_true(reports >= WRITES / PER_MS / (SOON + 1));
    assert_true(reports <= WRITES / PER_MS / SOON + 1);
    assert_true(wakes <= 2 * reports);
    assert_true(told_ms >= WRITES / PER_MS);
    assert_idle(watcher, now_ms);
    assert_int_equal(watcher_check(watcher), 0);
    assert_int_equal(close(fd), 0);
}

static void a_save_that_ends_in_time_is_reported_when_it_ends_and_never_again(void **state)
{
    struct watcher *watcher = *state;
    watcher_save(watcher, "state/chat-agents.json", "{ }");
    assert_int_equal(watcher_drain(watcher, 7), REGISTRY);
    assert_int_equal(timeout(watcher, 7), SOON);
    assert_int_equal(watcher_drain(watcher, 7 + SOON), 0);
    assert_idle(watcher, 7 + SOON);
}

static void a_large_file_is_given_the_time_that_a_save_of_it_takes(void **state)
{
    enum { MS_MORE = 300 };
    struct watcher *watcher = *state;
    int fd = open_registry(watcher, O_WRONLY);
    assert_int_equal(ftruncate(fd, (off_t)MS_MORE * WATCH_SETTLE_BYTES_EACH_MS), 0);
    assert_int_equal(close(fd), 0);
    (void)watcher_drain(watcher, 0);
    (void)watcher_drain(watcher, SOON + MS_MORE);
    fd = open_registry(watcher, O_WRONLY | O_TRUNC);
    assert_int_equal(watcher_drain(watcher, 1000), 0);
    assert_int_equal(timeout(watcher, 1000), SOON + MS_MORE);
    append(fd, "{\"agents\"");
    assert_int_equal(watcher_drain(watcher, 1000 + SOON), 0);
    assert_int_equal(watcher_drain(watcher, 1000 + SOON + MS_MORE), REGISTRY);
    assert_int_equal(close(fd), 0);
}

static void a_write_while_a_save_settles_is_found_afterwards(void **state)
{
    struct watcher *watcher = *state;
    int fd = open_registry(watcher, O_WRONLY | O_APPEND);
    watcher_save(watcher, "state/chat-agents.json", "{ }");
    assert_int_equal(watcher_drain(watcher, 0), REGISTRY);
    append(fd, " ");
    assert_false(watcher_is_woken(watcher, 0));
    assert_int_equal(watcher_drain(watcher, SOON), REGISTRY);
    assert_idle(watcher, SOON);
    append(fd, " ");
    assert_true(watcher_is_woken(watcher, 0));
    assert_int_equal(close(fd), 0);
}

static void a_write_that_the_check_finds_settles_all_the_same(void **state)
{
    struct watcher *watcher = *state;
    int fd = open_registry(watcher, O_WRONLY | O_APPEND);
    append(fd, " ");
    assert_int_equal(watcher_check(watcher), REGISTRY);
    assert_int_equal(watcher_check(watcher), 0);
    assert_int_equal(timeout(watcher, 300), 0);
    assert_int_equal(watcher_drain(watcher, 300), 0);
    assert_int_equal(timeout(watcher, 300), SOON);
    (void)watcher_drain(watcher, 300 + SOON);
    assert_idle(watcher, 300 + SOON);
    assert_int_equal(close(fd), 0);
}

static void a_file_that_is_replaced_settles_at_once_and_its_successor_in_its_own_time(void **state)
{
    struct watcher *watcher = *state;
    int fd = open_registry(watcher, O_WRONLY | O_APPEND);
    append(fd, " ");
    assert_int_equal(watcher_drain(watcher, 0), 0);
    watcher_save(watcher, "state/new", "{}");
    watcher_move(watcher, "state/new", "state/chat-agents.json");
    assert_int_equal(watcher_drain(watcher, 1), REGISTRY);
    assert_int_equal(watcher_drain(watcher, 1), 0); /* the end of the former watch */
    assert_idle(watcher, 1);
    append(fd, " ");
    assert_idle(watcher, 2);
    int successor = open_registry(watcher, O_WRONLY | O_APPEND);
    append(successor, " ");
    assert_int_equal(watcher_drain(watcher, 3000), 0);
    assert_int_equal(timeout(watcher, 3000), SOON);
    assert_int_equal(watcher_drain(watcher, 3000 + SOON), REGISTRY);
    assert_int_equal(close(successor), 0);
    assert_int_equal(close(fd), 0);
}

static void a_lasting_writer_of_a_links_target_is_reported(void **state)
{
    struct watcher *watcher = *state;
    watcher_mkdir(watcher, "far");
    watcher_save(watcher, "far/real.json", "{}");
    watcher_symlink(watcher, "../far/real.json", "state/openclaw.json");
    assert_int_equal(watcher_drain(watcher, 0), CONFIG);
    int fd = open(tree_path(&watcher->tree, "far/real.json"), O_WRONLY | O_APPEND | O_CLOEXEC);
    append(fd, " ");
    assert_int_equal(watcher_drain(watcher, 0), 0);
    assert_int_equal(watcher_drain(watcher, SOON), CONFIG);
    assert_idle(watcher, SOON);
    assert_int_equal(close(fd), 0);
}

static bool is_noted_in_times(const struct watcher *watcher, const struct stat *before)
{
    struct stat now;
    assert_int_equal(stat(tree_path(&watcher->tree, "state/chat-agents.json"), &now), 0);
    return now.st_mtim.tv_sec != before->st_mtim.tv_sec ||
           now.st_mtim.tv_nsec != before->st_mtim.tv_nsec;
}

static char *map_registry(const struct watcher *watcher)
{
    int fd = open_registry(watcher, O_RDWR);
    char *text = mmap(NULL, 3, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    assert_ptr_not_equal(text, MAP_FAILED);
    assert_int_equal(close(fd), 0);
    return text;
}

/* 6 */
static void stores_into_a_mapping_are_no_events_and_reported_when_it_ends(void **state)
{
    struct watcher *watcher = *state;
    char *text = map_registry(watcher);
    text[0] = '[';
    assert_int_equal(msync(text, 3, MS_SYNC), 0);
    text[1] = ']';
    watcher_assert_quiet(watcher);
    assert_int_equal(munmap(text, 3), 0);
    assert_int_equal(watcher_await(watcher, REGISTRY), REGISTRY);
    watcher_assert_quiet(watcher);
}

/* 6 */
static void a_store_that_the_times_tell_of_is_found_by_the_check(void **state)
{
    struct watcher *watcher = *state;
    struct stat before;
    assert_int_equal(stat(tree_path(&watcher->tree, "state/chat-agents.json"), &before), 0);
    char *text = map_registry(watcher);
    text[0] = '[';
    bool is_noted = is_noted_in_times(watcher, &before);
    if (is_noted) {
        assert_int_equal(watcher_check(watcher), REGISTRY);
        assert_int_equal(watcher_check(watcher), 0);
    }
    assert_int_equal(munmap(text, 3), 0);
    assert_int_equal(watcher_await(watcher, REGISTRY), REGISTRY);
    if (!is_noted) {
        print_message("skipped: this file system notes no store into a mapping\n");
        skip();
    }
}

#define TEST(function)                                                                             \
    cmocka_unit_test_setup_teardown(function, watcher_set_up_live, watcher_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_slow_writer_is_reported_while_it_writes_and_when_it_closes),
        TEST(each_write_of_a_writer_that_keeps_the_file_open_is_reported),
        TEST(a_write_of_the_same_size_into_an_open_file_is_reported),
        TEST(a_flood_of_writes_costs_two_wakes_a_settling_time_and_its_last_is_seen),
        TEST(a_save_that_ends_in_time_is_reported_when_it_ends_and_never_again),
        TEST(a_large_file_is_given_the_time_that_a_save_of_it_takes),
        TEST(a_write_while_a_save_settles_is_found_afterwards),
        TEST(a_write_that_the_check_finds_settles_all_the_same),
        TEST(a_file_that_is_replaced_settles_at_once_and_its_successor_in_its_own_time),
        TEST(a_lasting_writer_of_a_links_target_is_reported),
        TEST(stores_into_a_mapping_are_no_events_and_reported_when_it_ends),
        TEST(a_store_that_the_times_tell_of_is_found_by_the_check),
    };
    return cmocka_run_group_tests_name("watch_writes", tests, NULL, NULL);
}
