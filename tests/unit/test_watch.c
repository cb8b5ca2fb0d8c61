/* watch and the files; slow and lasting writers are in test_watch_writes.c. The numbers in comments
 * are the cases of the watching design. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/helpers/watcher.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* 1 */
static void a_save_of_the_server_is_reported_once(void **state)
{
    struct watcher *watcher = *state;
    watcher_save(watcher, "state/chat-agents.json", "{\"agents\": {}}\n");
    assert_int_equal(watcher_await(watcher, REGISTRY), REGISTRY);
    watcher_assert_quiet(watcher);
}

/* 2 */
static void two_saves_at_once_are_seen(void **state)
{
    struct watcher *watcher = *state;
    watcher_save(watcher, "state/chat-agents.json", "1");
    watcher_save(watcher, "state/chat-agents.json", "2");
    assert_int_equal(watcher_await(watcher, REGISTRY), REGISTRY);
    watcher_save(watcher, "state/chat-agents.json", "3");
    assert_int_equal(watcher_await(watcher, REGISTRY), REGISTRY);
}

/* 3 */
static void a_file_left_empty_and_then_filled_is_two_reports(void **state)
{
    struct watcher *watcher = *state;
    watcher_save(watcher, "state/chat-agents.json", "");
    assert_int_equal(watcher_await(watcher, REGISTRY), REGISTRY);
    watcher_save(watcher, "state/chat-agents.json", "{}");
    assert_int_equal(watcher_await(watcher, REGISTRY), REGISTRY);
}

/* 7, 8 */
static void a_thousand_renames_over_the_file_lose_nothing(void **state)
{
    struct watcher *watcher = *state;
    for (int i = 0; i < 1000; i++) {
        watcher_save(watcher, "state/chat-agents.json.tmp", "{}");
        watcher_move(watcher, "state/chat-agents.json.tmp", "state/chat-agents.json");
        if (i % 7 == 0)
            assert_int_equal(watcher_await(watcher, REGISTRY), REGISTRY);
    }
    assert_int_equal(watcher_await(watcher, REGISTRY), REGISTRY);
    watcher_assert_sees_saves(watcher);
}

/* 9, 10 */
static void a_file_that_is_removed_and_made_again_is_seen(void **state)
{
    struct watcher *watcher = *state;
    watcher_remove(watcher, "state/chat-agents.json");
    assert_int_equal(watcher_await(watcher, REGISTRY), REGISTRY);
    watcher_assert_quiet(watcher);
    watcher_save(watcher, "state/chat-agents.json", "{}");
    assert_int_equal(watcher_await(watcher, REGISTRY), REGISTRY);
    watcher_remove(watcher, "state/chat-agents.json");
    watcher_save(watcher, "state/chat-agents.json", "{}");
    assert_int_equal(watcher_await(watcher, REGISTRY), REGISTRY);
    watcher_assert_sees_saves(watcher);
}

/* 11 */
static void a_file_that_appears_is_seen(void **state)
{
    struct watcher *watcher = *state;
    watcher_save(watcher, "state/openclaw.json", "{}");
    assert_int_equal(watcher_await(watcher, CONFIG), CONFIG);
    watcher_assert_quiet(watcher);
}

/* 22 */
static void a_write_through_a_hard_link_elsewhere_is_seen(void **state)
{
    struct watcher *watcher = *state;
    watcher_mkdir(watcher, "far");
    assert_int_equal(link(tree_path(&watcher->tree, "state/chat-agents.json"),
                          tree_path(&watcher->tree, "far/twin")),
                     0);
    assert_int_equal(watcher_await(watcher, REGISTRY), REGISTRY);
    watcher_save(watcher, "far/twin", "{ }");
    assert_int_equal(watcher_await(watcher, REGISTRY), REGISTRY);
    /* A file that is renamed over takes the watch along: the new one must get its own. */
    watcher_save(watcher, "state/new", "{}");
    assert_int_equal(
        link(tree_path(&watcher->tree, "state/new"), tree_path(&watcher->tree, "far/second")), 0);
    watcher_move(watcher, "state/new", "state/chat-agents.json");
    assert_int_equal(watcher_await(watcher, REGISTRY), REGISTRY);
    watcher_save(watcher, "far/twin", "{  }");
    watcher_assert_quiet(watcher);
    watcher_save(watcher, "far/second", "{  }");
    assert_int_equal(watcher_await(watcher, REGISTRY), REGISTRY);
}

static void put_socket(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    assert_true(strlen(path) < sizeof(address.sun_path));
    memcpy(address.sun_path, path, strlen(path) + 1);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(close(fd), 0);
}

/* 23 */
static void a_path_that_is_no_file_does_not_block_and_may_become_one(void **state)
{
    struct watcher *watcher = *state;
    for (int kind = 0; kind < 4; kind++) {
        const char *path = tree_path(&watcher->tree, "state/chat-agents.json");
        watcher_remove(watcher, "state/chat-agents.json");
        if (kind == 0)
            assert_int_equal(mkdir(path, 0777), 0);
        else if (kind == 1)
            assert_int_equal(mkfifo(path, 0666), 0);
        else if (kind == 2)
            put_socket(path);
        else
            assert_int_equal(symlink("/dev/null", path), 0);
        assert_int_equal(watcher_await(watcher, REGISTRY) & ~(uint32_t)DIRECTORIES, REGISTRY);
        watcher_remove(watcher, "state/chat-agents.json");
        watcher_save(watcher, "state/chat-agents.json", "{}");
        assert_int_equal(watcher_await(watcher, REGISTRY) & ~(uint32_t)DIRECTORIES, REGISTRY);
        watcher_assert_sees_saves(watcher);
    }
}

/* 26 */
static void an_overflow_of_the_queue_reports_everything(void **state)
{
    struct watcher *watcher = *state;
    unsigned limit = 0;
    FILE *setting = fopen("/proc/sys/fs/inotify/max_queued_events", "re");
    assert_non_null(setting);
    assert_int_equal(fscanf(setting, "%u", &limit), 1);
    (void)fclose(setting);
    if (limit > 100000) {
        print_message("skipped: the queue takes %u events\n", limit);
        skip();
    }
    for (unsigned events = 0; events <= limit; events += 2) {
        int fd =
            open(tree_path(&watcher->tree, "state/noise"), O_RDONLY | O_CREAT | O_CLOEXEC, 0666);
        assert_int_equal(close(fd), 0);
        watcher_remove(watcher, "state/noise");
    }
    watcher_save(watcher, "state/chat-agents.json", "{ }");
    assert_int_equal(watcher_await(watcher, ALL), ALL);
    watcher_assert_sees_saves(watcher);
}

/* 29 */
static void other_content_with_the_same_size_and_time_is_seen(void **state)
{
    struct watcher *watcher = *state;
    struct stat before;
    assert_int_equal(stat(tree_path(&watcher->tree, "state/chat-agents.json"), &before), 0);
    int fd = open(tree_path(&watcher->tree, "state/chat-agents.json"), O_WRONLY | O_CLOEXEC);
    assert_int_equal(pwrite(fd, "[]\n", 3, 0), 3);
    struct timespec times[] = {before.st_atim, before.st_mtim};
    assert_int_equal(futimens(fd, times), 0);
    assert_int_equal(watcher_await(watcher, REGISTRY), REGISTRY);
    assert_int_equal(close(fd), 0);
    assert_int_equal(watcher_await(watcher, REGISTRY), REGISTRY);
    assert_int_equal(watcher_check(watcher), 0);
}

/* 31 */
static void permissions_taken_and_given_back_are_seen(void **state)
{
    struct watcher *watcher = *state;
    assert_int_equal(chmod(tree_path(&watcher->tree, "state/chat-agents.json"), 0), 0);
    assert_int_equal(watcher_await(watcher, REGISTRY), REGISTRY);
    assert_int_equal(chmod(tree_path(&watcher->tree, "state/chat-agents.json"), 0600), 0);
    assert_int_equal(watcher_await(watcher, REGISTRY), REGISTRY);
    assert_int_equal(chmod(tree_path(&watcher->tree, "state"), 0), 0);
    assert_int_equal(watcher_await(watcher, ALL), ALL);
    assert_int_equal(chmod(tree_path(&watcher->tree, "state"), 0700), 0);
    assert_int_equal(watcher_drain(watcher, 0) & ~(uint32_t)ALL, 0);
}

/* 33 */
static void looking_and_reading_cause_no_reports(void **state)
{
    struct watcher *watcher = *state;
    char byte;
    int fd = open(tree_path(&watcher->tree, "state/chat-agents.json"), O_RDONLY | O_CLOEXEC);
    assert_int_equal(read(fd, &byte, 1), 1);
    assert_int_equal(close(fd), 0);
    watcher_assert_quiet(watcher);
    assert_int_equal(watcher_check(watcher), 0);
}

/* 34 */
static void what_happened_during_a_stop_is_one_report(void **state)
{
    struct watcher *watcher = *state;
    for (int i = 0; i < 3000; i++)
        watcher_save(watcher, "state/chat-agents.json", "{}");
    assert_true(watcher_is_woken(watcher, 0));
    assert_int_equal(watcher_drain(watcher, 0), REGISTRY);
    watcher_assert_quiet(watcher);
}

static void other_files_of_the_directory_are_not_reported(void **state)
{
    struct watcher *watcher = *state;
    watcher_save(watcher, "state/chat-agents.json.tmp", "{}");
    watcher_save(watcher, "state/chat-agents.jsonx", "{}");
    watcher_save(watcher, "state/workspace", "a file");
    watcher_symlink(watcher, "/", "state/workspace-link");
    watcher_assert_quiet(watcher);
}

static void directories_in_the_directory_have_a_bit_of_their_own(void **state)
{
    struct watcher *watcher = *state;
    watcher_mkdir(watcher, "state/workspace-a");
    assert_int_equal(watcher_await(watcher, DIRECTORIES), DIRECTORIES);
    watcher_move(watcher, "state/workspace-a", "state/workspace-b");
    assert_int_equal(watcher_await(watcher, DIRECTORIES), DIRECTORIES);
    watcher_save(watcher, "state/workspace-b/chat-agents.json", "{}");
    watcher_assert_quiet(watcher);
    watcher_remove(watcher, "state/workspace-b/chat-agents.json");
    watcher_remove(watcher, "state/workspace-b");
    assert_int_equal(watcher_await(watcher, DIRECTORIES), DIRECTORIES);
}

static void too_many_names_are_refused(void **state)
{
    (void)state;
    const char *many[WATCH_NAMES_MAX + 1] = {"a", "b", "c", "d", "e", "f", "g", "h", "i"};
    struct watch *watch = NULL;
    struct error error = {0};
    assert_int_equal(watch_open("/", many, WATCH_NAMES_MAX + 1, &watch, &error), -EINVAL);
    assert_null(watch);
    assert_int_equal(error.kind, ERROR_SYSTEM);
    assert_int_equal(watch_open("/", many, WATCH_NAMES_MAX, &watch, &error), 0);
    watch_close(watch);
    watch_close(NULL);
}

#define TEST_LIVE(function)                                                                        \
    cmocka_unit_test_setup_teardown(function, watcher_set_up_live, watcher_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_LIVE(a_save_of_the_server_is_reported_once),
        TEST_LIVE(two_saves_at_once_are_seen),
        TEST_LIVE(a_file_left_empty_and_then_filled_is_two_reports),
        TEST_LIVE(a_thousand_renames_over_the_file_lose_nothing),
        TEST_LIVE(a_file_that_is_removed_and_made_again_is_seen),
        TEST_LIVE(a_file_that_appears_is_seen),
        TEST_LIVE(a_write_through_a_hard_link_elsewhere_is_seen),
        TEST_LIVE(a_path_that_is_no_file_does_not_block_and_may_become_one),
        TEST_LIVE(an_overflow_of_the_queue_reports_everything),
        TEST_LIVE(other_content_with_the_same_size_and_time_is_seen),
        TEST_LIVE(permissions_taken_and_given_back_are_seen),
        TEST_LIVE(looking_and_reading_cause_no_reports),
        TEST_LIVE(what_happened_during_a_stop_is_one_report),
        TEST_LIVE(other_files_of_the_directory_are_not_reported),
        TEST_LIVE(directories_in_the_directory_have_a_bit_of_their_own),
        cmocka_unit_test(too_many_names_are_refused),
    };
    return cmocka_run_group_tests_name("watch", tests, NULL, NULL);
}
