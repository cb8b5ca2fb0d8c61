/* Hints of directories that change, come, go and are replaced, from a real kernel. */
#include "core/folders.h"
#include "tests/helpers/tree.h"

#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

enum { NAMES_MAX = 8 };

/* A tree, and the directories of it that are watched. */
struct watched {
    struct tree tree;
    struct folders *folders;
};

static int set_up(void **state)
{
    struct watched *watched = calloc(1, sizeof(*watched));
    if (!watched)
        return -1;
    tree_make(&watched->tree);
    *state = watched;
    return folders_open(&watched->folders, NULL);
}

static int tear_down(void **state)
{
    struct watched *watched = *state;
    folders_close(watched->folders);
    tree_remove(&watched->tree);
    free(watched);
    return 0;
}

/* Watches these, of names that end with NULL. */
static void watch(struct watched *watched, const char *const *names)
{
    static char paths[NAMES_MAX][512];
    const char *list[NAMES_MAX];
    size_t count = 0;
    for (; names[count]; count++) {
        (void)snprintf(paths[count], sizeof(paths[count]), "%s/%s", watched->tree.path,
                       names[count]);
        list[count] = paths[count];
    }
    assert_int_equal(folders_set(watched->folders, list, count, NULL), 0);
    memset(paths, 'x', sizeof(paths)); /* they were copied */
}

#define WATCH(watched, ...) watch(watched, (const char *const[]){__VA_ARGS__, NULL})

/* Takes what is pending, in bits: bit i for the directory at place i. */
static unsigned drain(struct watched *watched)
{
    static bool changed[FOLDERS_MAX];
    unsigned bits = 0;
    memset(changed, 0, sizeof(changed));
    bool any = folders_drain(watched->folders, changed);
    for (unsigned i = 0; i < NAMES_MAX; i++)
        bits |= changed[i] ? 1u << i : 0;
    assert_int_equal(any, bits != 0);
    return bits;
}

static bool is_woken(const struct watched *watched)
{
    struct pollfd ready = {.fd = folders_fd(watched->folders), .events = POLLIN};
    return poll(&ready, 1, 0) == 1;
}

static void make(const struct watched *watched, const char *name)
{
    assert_int_equal(mkdir(tree_path(&watched->tree, name), 0777), 0);
}

static void put(const struct watched *watched, const char *name)
{
    tree_put(&watched->tree, name, "x");
}

static void move(const struct watched *watched, const char *from, const char *to)
{
    assert_int_equal(rename(tree_path(&watched->tree, from), tree_path(&watched->tree, to)), 0);
}

static void drop(const struct watched *watched, const char *name)
{
    assert_int_equal(remove(tree_path(&watched->tree, name)), 0);
}

static void make_link(const struct watched *watched, const char *target, const char *name)
{
    assert_int_equal(symlink(tree_path(&watched->tree, target), tree_path(&watched->tree, name)),
                     0);
}

/* Nothing is pending; then a file in it is reported of exactly these, and of them alone. */
static void assert_sees(struct watched *watched, const char *directory, unsigned bits)
{
    char name[256];
    (void)snprintf(name, sizeof(name), "%s/probe", directory);
    assert_int_equal(drain(watched), 0);
    put(watched, name);
    assert_true(is_woken(watched) || bits == 0);
    assert_int_equal(drain(watched), bits);
    assert_false(is_woken(watched));
    drop(watched, name);
    assert_int_equal(drain(watched), bits);
}

static void a_change_in_a_directory_is_reported_of_it_alone(void **state)
{
    struct watched *watched = *state;
    make(watched, "a");
    make(watched, "b");
    WATCH(watched, "a", "b");
    assert_false(is_woken(watched));
    assert_int_equal(drain(watched), 0);
    assert_sees(watched, "a", 1);
    assert_sees(watched, "b", 2);
}

static void every_kind_of_change_is_reported(void **state)
{
    struct watched *watched = *state;
    make(watched, "a");
    make(watched, "other");
    WATCH(watched, "a");
    put(watched, "a/file");
    assert_int_equal(drain(watched), 1);
    int fd = open(tree_path(&watched->tree, "a/file"), O_WRONLY | O_CLOEXEC);
    assert_int_equal(drain(watched), 0); /* opening is no change */
    assert_int_equal(write(fd, "y", 1), 1);
    assert_int_equal(drain(watched), 1); /* a file that stays open */
    assert_int_equal(close(fd), 0);
    assert_int_equal(drain(watched), 1);
    assert_int_equal(truncate(tree_path(&watched->tree, "a/file"), 0), 0);
    assert_int_equal(drain(watched), 1);
    assert_int_equal(utimensat(AT_FDCWD, tree_path(&watched->tree, "a/file"), NULL, 0), 0);
    assert_int_equal(drain(watched), 1);
    move(watched, "a/file", "a/file2");
    assert_int_equal(drain(watched), 1);
    move(watched, "a/file2", "other/file");
    assert_int_equal(drain(watched), 1);
    move(watched, "other/file", "a/file");
    assert_int_equal(drain(watched), 1);
    drop(watched, "a/file");
    assert_int_equal(drain(watched), 1);
}

static void reading_is_no_change(void **state)
{
    struct watched *watched = *state;
    put(watched, "a/file");
    WATCH(watched, "a");
    free(tree_read(&watched->tree, "a/file"));
    assert_int_equal(tree_count(&watched->tree, "a"), 1);
    assert_false(is_woken(watched));
}

static void a_missing_directory_is_reported_when_it_appears(void **state)
{
    struct watched *watched = *state;
    WATCH(watched, "a/b/c");
    make(watched, "a");
    assert_int_equal(drain(watched), 0);
    make(watched, "a/b");
    put(watched, "a/b/x");
    assert_int_equal(drain(watched), 0);
    make(watched, "a/b/c");
    assert_int_equal(drain(watched), 1);
    assert_sees(watched, "a/b/c", 1);
}

static void one_that_appears_with_all_above_it_at_once_is_reported(void **state)
{
    struct watched *watched = *state;
    WATCH(watched, "a/b/c", "a/b/d", "a/e");
    put(watched, "a/b/c/x");
    assert_int_equal(drain(watched), 1);
    make(watched, "new");
    make(watched, "new/d");
    move(watched, "new/d", "a/b/d");
    assert_int_equal(drain(watched), 2);
    assert_sees(watched, "a/b/d", 2);
}

static void the_traffic_of_a_parent_says_nothing_of_a_missing_child(void **state)
{
    struct watched *watched = *state;
    make(watched, "agents");
    WATCH(watched, "agents/a/sessions", "agents/b/sessions");
    make(watched, "agents/c");
    put(watched, "agents/c/x");
    put(watched, "agents/file");
    drop(watched, "agents/file");
    make(watched, "agents/a");
    put(watched, "agents/a/x");
    assert_int_equal(drain(watched), 0);
    make(watched, "agents/b");
    make(watched, "agents/b/sessions");
    assert_int_equal(drain(watched), 2);
    make(watched, "agents/a/sessions");
    assert_int_equal(drain(watched), 1);
    assert_sees(watched, "agents/a/sessions", 1);
    assert_sees(watched, "agents/b/sessions", 2);
}

static void a_parent_that_is_wanted_itself_is_reported_for_its_own_changes(void **state)
{
    struct watched *watched = *state;
    make(watched, "a");
    WATCH(watched, "a", "a/b");
    put(watched, "a/file");
    assert_int_equal(drain(watched), 1);
    make(watched, "a/b");
    assert_int_equal(drain(watched), 3);
    put(watched, "a/b/x");
    assert_int_equal(drain(watched), 2);
}

static void a_directory_that_goes_is_reported_and_so_is_its_return(void **state)
{
    struct watched *watched = *state;
    make(watched, "a");
    make(watched, "a/b");
    WATCH(watched, "a/b");
    for (int i = 0; i < 5; i++) {
        drop(watched, "a/b");
        assert_int_equal(drain(watched), 1);
        assert_int_equal(drain(watched), 0);
        make(watched, "a/b");
        assert_int_equal(drain(watched), 1);
        assert_sees(watched, "a/b", 1);
        drop(watched, "a/b");
        drop(watched, "a");
        assert_int_equal(drain(watched), 1);
        make(watched, "a");
        assert_int_equal(drain(watched), 0);
        make(watched, "a/b");
        assert_int_equal(drain(watched), 1);
    }
    assert_sees(watched, "a/b", 1);
}

static void one_that_is_replaced_between_two_looks_is_watched_again(void **state)
{
    struct watched *watched = *state;
    make(watched, "a");
    make(watched, "new");
    WATCH(watched, "a");
    move(watched, "a", "old");
    move(watched, "new", "a");
    assert_int_equal(drain(watched), 1);
    assert_sees(watched, "a", 1);
    assert_sees(watched, "old", 0);
    drop(watched, "a");
    make(watched, "a");
    assert_int_equal(drain(watched), 1);
    assert_sees(watched, "a", 1);
}

/* Nothing tells the directory itself: it was not moved. */
static void a_replaced_directory_above_is_noticed(void **state)
{
    struct watched *watched = *state;
    put(watched, "a/b/c/x");
    put(watched, "new/b/c/x");
    WATCH(watched, "a/b/c");
    move(watched, "a", "old");
    assert_int_equal(drain(watched), 1);
    assert_sees(watched, "old/b/c", 0);
    move(watched, "new", "a");
    assert_int_equal(drain(watched), 1);
    assert_sees(watched, "a/b/c", 1);
}

static void one_that_somebody_holds_open_is_still_seen_to_go(void **state)
{
    struct watched *watched = *state;
    make(watched, "a");
    WATCH(watched, "a");
    int fd = open(tree_path(&watched->tree, "a"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_true(fd >= 0);
    drop(watched, "a");
    assert_int_equal(drain(watched), 1);
    make(watched, "a");
    assert_int_equal(drain(watched), 1);
    assert_sees(watched, "a", 1);
    (void)close(fd);
    assert_sees(watched, "a", 1);
}

static void two_that_change_places_are_both_watched_again(void **state)
{
    struct watched *watched = *state;
    make(watched, "a");
    make(watched, "b");
    WATCH(watched, "a", "b");
    assert_int_equal(renameat2(AT_FDCWD, tree_path(&watched->tree, "a"), AT_FDCWD,
                               tree_path(&watched->tree, "b"), RENAME_EXCHANGE),
                     0);
    assert_int_equal(drain(watched), 3);
    assert_sees(watched, "a", 1);
    assert_sees(watched, "b", 2);
}

static void a_directory_twice_in_the_list_is_reported_twice(void **state)
{
    struct watched *watched = *state;
    make(watched, "a");
    make_link(watched, "", "here"); /* another way to it */
    WATCH(watched, "a", "a", "a/", ".//a", "here/a", "b", "b");
    assert_sees(watched, "a", 0x1f);
    make(watched, "b");
    assert_int_equal(drain(watched), 0x60);
    assert_sees(watched, "b", 0x60);
    WATCH(watched, "here/a", "b");
    assert_sees(watched, "a", 1);
    assert_sees(watched, "b", 2);
}

static void a_link_or_a_file_in_its_place_is_a_missing_directory(void **state)
{
    struct watched *watched = *state;
    make(watched, "elsewhere");
    make_link(watched, "elsewhere", "a");
    put(watched, "b");
    WATCH(watched, "a", "b");
    assert_sees(watched, "elsewhere", 0);
    drop(watched, "a");
    drop(watched, "b");
    make(watched, "a");
    make(watched, "b");
    assert_int_equal(drain(watched), 3);
    assert_sees(watched, "a", 1);
    drop(watched, "a");
    make_link(watched, "elsewhere", "a");
    assert_int_equal(drain(watched), 1);
    assert_sees(watched, "elsewhere", 0);
}

static void what_is_pending_of_a_directory_that_stays_is_not_lost(void **state)
{
    struct watched *watched = *state;
    make(watched, "a");
    make(watched, "b");
    make(watched, "gone");
    WATCH(watched, "gone", "a", "missing");
    put(watched, "a/x");
    put(watched, "gone/x");
    make(watched, "missing");
    WATCH(watched, "missing", "b", "a");
    assert_int_equal(drain(watched), 5);
    assert_sees(watched, "gone", 0);
    assert_sees(watched, "a", 4);
    assert_sees(watched, "b", 2);
    assert_sees(watched, "missing", 1);
}

static void what_was_before_a_directory_was_wanted_is_not_reported(void **state)
{
    struct watched *watched = *state;
    make(watched, "a");
    make(watched, "a/b");
    WATCH(watched, "a/b");
    put(watched, "a/x");
    make(watched, "c");
    WATCH(watched, "a/b", "c");
    assert_int_equal(drain(watched), 0);
    assert_sees(watched, "c", 2);
}

static void one_on_the_way_may_become_wanted_and_back(void **state)
{
    struct watched *watched = *state;
    put(watched, "a/b/c/x");
    WATCH(watched, "a/b/c");
    assert_sees(watched, "a", 0);
    WATCH(watched, "a/b/c", "a");
    assert_sees(watched, "a", 2);
    assert_sees(watched, "a/b/c", 1);
    WATCH(watched, "a/b/c");
    assert_sees(watched, "a", 0);
    assert_sees(watched, "a/b/c", 1);
}

static void without_a_list_nothing_is_reported(void **state)
{
    struct watched *watched = *state;
    make(watched, "a");
    assert_int_equal(drain(watched), 0);
    WATCH(watched, "a");
    put(watched, "a/x");
    assert_int_equal(folders_set(watched->folders, NULL, 0, NULL), 0);
    assert_int_equal(drain(watched), 0);
    put(watched, "a/y");
    assert_false(is_woken(watched));
}

static void the_empty_path_is_never_reported(void **state)
{
    struct watched *watched = *state;
    make(watched, "a");
    const char *paths[] = {"", tree_path(&watched->tree, "a"), ""};
    assert_int_equal(folders_set(watched->folders, paths, 3, NULL), 0);
    assert_sees(watched, "a", 2);
}

static void a_relative_path_is_below_the_current_directory(void **state)
{
    struct watched *watched = *state;
    int here = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const char *paths[] = {"a/b", "."};
    assert_true(here >= 0);
    assert_int_equal(chdir(watched->tree.path), 0);
    assert_int_equal(folders_set(watched->folders, paths, 2, NULL), 0);
    put(watched, "a/b/x");
    assert_int_equal(drain(watched), 3);
    assert_sees(watched, "a/b", 1);
    assert_int_equal(fchdir(here), 0);
    (void)close(here);
}

static void a_hint_is_not_taken_back(void **state)
{
    struct watched *watched = *state;
    bool changed[FOLDERS_MAX] = {true, false};
    make(watched, "a");
    make(watched, "b");
    WATCH(watched, "a", "b");
    put(watched, "b/x");
    assert_true(folders_drain(watched->folders, changed));
    assert_true(changed[0] && changed[1]);
    put(watched, "b/y");
    assert_true(folders_drain(watched->folders, NULL));
    assert_false(folders_drain(watched->folders, NULL));
}

static int limit_of_queue(void)
{
    FILE *file = fopen("/proc/sys/fs/inotify/max_queued_events", "r");
    int limit = 0;
    if (file) {
        if (fscanf(file, "%d", &limit) != 1)
            limit = 0;
        (void)fclose(file);
    }
    return limit;
}

/* The directory `late` appears when the queue is full. */
static void after_an_overflow_all_are_reported_and_looked_at_again(void **state)
{
    struct watched *watched = *state;
    int limit = limit_of_queue();
    if (limit <= 0 || limit > 200000)
        skip();
    make(watched, "a");
    make(watched, "b");
    make(watched, "late");
    drop(watched, "late");
    WATCH(watched, "a", "b", "late");
    char names[2][512];
    (void)snprintf(names[0], sizeof(names[0]), "%s/a/x", watched->tree.path);
    (void)snprintf(names[1], sizeof(names[1]), "%s/a/y", watched->tree.path);
    put(watched, "a/x");
    for (int i = 0; i < limit / 2 + 1; i++) /* two events each, never two alike in a row */
        assert_int_equal(rename(names[i % 2], names[(i + 1) % 2]), 0);
    drop(watched, "b");
    make(watched, "b");
    make(watched, "late");
    assert_int_equal(drain(watched), 7);
    assert_sees(watched, "a", 1);
    assert_sees(watched, "b", 2);
    assert_sees(watched, "late", 4);
}

static void directories_beyond_the_most_are_not_watched(void **state)
{
    struct watched *watched = *state;
    static const char *paths[FOLDERS_MAX + 1];
    static char last[512], others[512];
    make(watched, "a");
    make(watched, "b");
    make(watched, "c");
    (void)snprintf(last, sizeof(last), "%s/b", watched->tree.path);
    (void)snprintf(others, sizeof(others), "%s/a", watched->tree.path);
    for (size_t i = 0; i < FOLDERS_MAX; i++)
        paths[i] = others;
    paths[FOLDERS_MAX - 1] = last;
    paths[FOLDERS_MAX] = tree_path(&watched->tree, "c");
    assert_int_equal(folders_set(watched->folders, paths, FOLDERS_MAX + 1, NULL), 0);
    static bool changed[FOLDERS_MAX];
    put(watched, "c/x");
    assert_false(folders_drain(watched->folders, changed));
    put(watched, "b/x");
    assert_true(folders_drain(watched->folders, changed));
    assert_true(changed[FOLDERS_MAX - 1]);
    assert_false(changed[FOLDERS_MAX - 2]);
}

static void closing_nothing_is_allowed(void **state)
{
    (void)state;
    folders_close(NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_change_in_a_directory_is_reported_of_it_alone),
        TEST(every_kind_of_change_is_reported),
        TEST(reading_is_no_change),
        TEST(a_missing_directory_is_reported_when_it_appears),
        TEST(one_that_appears_with_all_above_it_at_once_is_reported),
        TEST(the_traffic_of_a_parent_says_nothing_of_a_missing_child),
        TEST(a_parent_that_is_wanted_itself_is_reported_for_its_own_changes),
        TEST(a_directory_that_goes_is_reported_and_so_is_its_return),
        TEST(one_that_is_replaced_between_two_looks_is_watched_again),
        TEST(a_replaced_directory_above_is_noticed),
        TEST(one_that_somebody_holds_open_is_still_seen_to_go),
        TEST(two_that_change_places_are_both_watched_again),
        TEST(a_directory_twice_in_the_list_is_reported_twice),
        TEST(a_link_or_a_file_in_its_place_is_a_missing_directory),
        TEST(what_is_pending_of_a_directory_that_stays_is_not_lost),
        TEST(what_was_before_a_directory_was_wanted_is_not_reported),
        TEST(one_on_the_way_may_become_wanted_and_back),
        TEST(without_a_list_nothing_is_reported),
        TEST(the_empty_path_is_never_reported),
        TEST(a_relative_path_is_below_the_current_directory),
        TEST(a_hint_is_not_taken_back),
        TEST(after_an_overflow_all_are_reported_and_looked_at_again),
        TEST(directories_beyond_the_most_are_not_watched),
        cmocka_unit_test(closing_nothing_is_allowed),
    };
    return cmocka_run_group_tests_name("folders", tests, NULL, NULL);
}
