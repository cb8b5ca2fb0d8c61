/* watch and what leads to the files: directories, links, mounts. The numbers in comments are the
 * cases of the watching design. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/helpers/watcher.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

/* 12 */
static void a_directory_made_level_by_level_is_seen_at_every_pace(void **state)
{
    struct watcher *watcher = *state;
    static const char *const levels[] = {"a", "a/b", "a/b/state"};
    for (unsigned pauses = 0; pauses < 8; pauses++) {
        watcher_open(watcher, "a/b/state");
        assert_int_equal(watch_mode(watcher->watch), WATCH_LIVE);
        for (unsigned level = 0; level < 3; level++) {
            watcher_mkdir(watcher, levels[level]);
            if (pauses & 1u << level)
                assert_int_equal(watcher_await(watcher, ALL), ALL);
        }
        watcher_save(watcher, "a/b/state/chat-agents.json", "{}");
        (void)watcher_await(watcher, REGISTRY);
        watcher_assert_quiet(watcher);
        watcher_save(watcher, "a/b/state/chat-agents.json", "{ }");
        assert_int_equal(watcher_await(watcher, REGISTRY), REGISTRY);
        watch_close(watcher->watch);
        watcher->watch = NULL;
        watcher_remove(watcher, "a/b/state/chat-agents.json");
        for (unsigned level = 3; level > 0; level--)
            watcher_remove(watcher, levels[level - 1]);
    }
}

/* 13 */
static void a_directory_that_is_removed_and_remade_is_watched_again(void **state)
{
    struct watcher *watcher = *state;
    for (int round = 0; round < 4; round++) {
        watcher_remove(watcher, "state/chat-agents.json");
        watcher_remove(watcher, "state");
        if (round % 2 == 0)
            assert_int_equal(watcher_await(watcher, ALL), ALL);
        watcher_mkdir(watcher, "state");
        assert_int_equal(watcher_await(watcher, ALL), ALL);
        watcher_assert_sees_saves(watcher);
    }
}

/* 14 */
static void a_directory_put_in_place_of_another_is_the_one_watched(void **state)
{
    struct watcher *watcher = *state;
    watcher_move(watcher, "state", "old");
    watcher_mkdir(watcher, "state");
    assert_int_equal(watcher_await(watcher, ALL), ALL);
    watcher_assert_quiet(watcher);
    watcher_save(watcher, "old/chat-agents.json", "{\"wrong\": 1}");
    watcher_assert_quiet(watcher);
    watcher_assert_sees_saves(watcher);
}

/* 15 */
static void a_directory_moved_away_and_back_is_watched_again(void **state)
{
    struct watcher *watcher = *state;
    for (int round = 0; round < 2; round++) {
        watcher_move(watcher, "state", "old");
        if (round == 1)
            assert_int_equal(watcher_await(watcher, ALL), ALL);
        watcher_move(watcher, "old", "state");
        assert_int_equal(watcher_await(watcher, ALL), ALL);
        watcher_assert_sees_saves(watcher);
    }
}

static void a_parent_that_is_replaced_is_noticed_at_once(void **state)
{
    struct watcher *watcher = *state;
    watcher_mkdir(watcher, "a");
    watcher_mkdir(watcher, "a/b");
    watcher_mkdir(watcher, "a/b/state");
    watcher_open(watcher, "a/b/state");
    watcher_move(watcher, "a", "old");
    assert_int_equal(watcher_await(watcher, ALL), ALL);
    watcher_mkdir(watcher, "a");
    watcher_mkdir(watcher, "a/b");
    watcher_mkdir(watcher, "a/b/state");
    assert_int_equal(watcher_await(watcher, ALL), ALL);
    watcher_save(watcher, "a/b/state/openclaw.json", "{}");
    assert_int_equal(watcher_await(watcher, CONFIG), CONFIG);
    watcher_save(watcher, "old/b/state/openclaw.json", "{}");
    watcher_assert_quiet(watcher);
}

/* 16, 17 */
static void the_target_of_a_link_is_watched_where_it_lies(void **state)
{
    struct watcher *watcher = *state;
    watcher_mkdir(watcher, "state");
    watcher_mkdir(watcher, "far");
    watcher_save(watcher, "far/real.json", "{}");
    watcher_symlink(watcher, "../far/real.json", "state/chat-agents.json");
    watcher_open(watcher, "state");
    watcher_save(watcher, "far/real.json", "{ }");
    assert_int_equal(watcher_await(watcher, REGISTRY), REGISTRY);
    watcher_save(watcher, "far/neighbour.json", "{ }");
    watcher_assert_quiet(watcher);
    watcher_save(watcher, "far/new.json", "{  }");
    watcher_move(watcher, "far/new.json", "far/real.json");
    assert_int_equal(watcher_await(watcher, REGISTRY), REGISTRY);
    watcher_save(watcher, "far/real.json", "{}");
    assert_int_equal(watcher_await(watcher, REGISTRY), REGISTRY);
}

/* 18 */
static void a_swapped_link_is_followed_to_its_new_target(void **state)
{
    struct watcher *watcher = *state;
    watcher_mkdir(watcher, "state");
    watcher_mkdir(watcher, "one");
    watcher_mkdir(watcher, "two");
    watcher_save(watcher, "one/f", "1");
    watcher_save(watcher, "two/f", "2");
    watcher_symlink(watcher, tree_path(&watcher->tree, "one/f"), "state/chat-agents.json");
    watcher_open(watcher, "state");
    watcher_symlink(watcher, tree_path(&watcher->tree, "two/f"), "state/new");
    watcher_move(watcher, "state/new", "state/chat-agents.json");
    assert_int_equal(watcher_await(watcher, REGISTRY), REGISTRY);
    watcher_save(watcher, "one/f", "11");
    watcher_assert_quiet(watcher);
    watcher_save(watcher, "two/f", "22");
    assert_int_equal(watcher_await(watcher, REGISTRY), REGISTRY);
}

/* 19 */
static void a_link_in_the_middle_of_a_chain_may_be_swapped(void **state)
{
    struct watcher *watcher = *state;
    watcher_mkdir(watcher, "state");
    watcher_mkdir(watcher, "middle");
    watcher_mkdir(watcher, "end");
    watcher_save(watcher, "end/a", "a");
    watcher_save(watcher, "end/b", "b");
    watcher_symlink(watcher, "../middle/hop", "state/chat-agents.json");
    watcher_symlink(watcher, "../end/a", "middle/hop");
    watcher_open(watcher, "state");
    watcher_remove(watcher, "middle/hop");
    assert_int_equal(watcher_await(watcher, REGISTRY), REGISTRY);
    watcher_symlink(watcher, "../end/b", "middle/hop");
    assert_int_equal(watcher_await(watcher, REGISTRY), REGISTRY);
    watcher_save(watcher, "end/b", "bb");
    assert_int_equal(watcher_await(watcher, REGISTRY), REGISTRY);
}

/* 20 */
static void a_dangling_link_waits_for_its_target(void **state)
{
    struct watcher *watcher = *state;
    watcher_mkdir(watcher, "state");
    watcher_symlink(watcher, "../far/away/real.json", "state/chat-agents.json");
    watcher_open(watcher, "state");
    watcher_mkdir(watcher, "far");
    assert_int_equal(watcher_await(watcher, REGISTRY), REGISTRY);
    watcher_mkdir(watcher, "far/away");
    watcher_save(watcher, "far/away/real.json", "{}");
    assert_int_equal(watcher_await(watcher, REGISTRY), REGISTRY);
    watcher_save(watcher, "far/away/real.json", "{ }");
    assert_int_equal(watcher_await(watcher, REGISTRY), REGISTRY);
}

/* 21 */
static void a_loop_of_links_is_watched_until_it_is_broken(void **state)
{
    struct watcher *watcher = *state;
    watcher_mkdir(watcher, "state");
    watcher_symlink(watcher, "other", "state/chat-agents.json");
    watcher_symlink(watcher, "chat-agents.json", "state/other");
    watcher_open(watcher, "state");
    watcher_assert_quiet(watcher);
    watcher_remove(watcher, "state/other");
    assert_int_equal(watcher_await(watcher, REGISTRY), REGISTRY);
    watcher_save(watcher, "state/other", "{}");
    assert_int_equal(watcher_await(watcher, REGISTRY), REGISTRY);
}

/* 24, 25 */
static void a_mount_over_the_directory_and_its_end_are_seen(void **state)
{
    struct watcher *watcher = *state;
    if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) {
        print_message("skipped: mounting is not permitted\n");
        skip();
    }
    watcher_mkdir(watcher, "state");
    watcher_mkdir(watcher, "other");
    watcher_open(watcher, "state");
    assert_int_equal(mount(tree_path(&watcher->tree, "other"), tree_path(&watcher->tree, "state"),
                           NULL, MS_BIND, NULL),
                     0);
    assert_int_equal(watcher_await(watcher, ALL), ALL);
    watcher_save(watcher, "other/chat-agents.json", "{}");
    assert_int_equal(watcher_await(watcher, REGISTRY), REGISTRY);
    assert_int_equal(umount(tree_path(&watcher->tree, "state")), 0);
    assert_int_equal(watcher_await(watcher, ALL), ALL);
    assert_int_equal(mount("none", tree_path(&watcher->tree, "state"), "tmpfs", 0, "size=64k"), 0);
    assert_int_equal(watcher_await(watcher, ALL), ALL);
    watcher_assert_sees_saves(watcher);
    assert_int_equal(umount(tree_path(&watcher->tree, "state")), 0);
    assert_int_equal(watcher_await(watcher, ALL), ALL);
    watcher_assert_sees_saves(watcher);
}

static void a_linked_state_directory_may_be_swapped(void **state)
{
    struct watcher *watcher = *state;
    watcher_mkdir(watcher, "one");
    watcher_mkdir(watcher, "two");
    watcher_symlink(watcher, "one", "state");
    watcher_open(watcher, "state");
    watcher_save(watcher, "one/chat-agents.json", "1");
    assert_int_equal(watcher_await(watcher, REGISTRY), REGISTRY);
    watcher_symlink(watcher, "two", "new");
    watcher_move(watcher, "new", "state");
    assert_int_equal(watcher_await(watcher, ALL), ALL);
    watcher_save(watcher, "one/chat-agents.json", "1");
    watcher_assert_quiet(watcher);
    watcher_assert_sees_saves(watcher);
}

static void a_state_directory_that_is_a_file_may_become_one(void **state)
{
    struct watcher *watcher = *state;
    watcher_save(watcher, "state", "a file");
    watcher_open(watcher, "state");
    watcher_remove(watcher, "state");
    watcher_mkdir(watcher, "state");
    assert_int_equal(watcher_await(watcher, ALL), ALL);
    watcher_assert_sees_saves(watcher);
}

static void a_relative_directory_is_found_from_here(void **state)
{
    struct watcher *watcher = *state;
    const char *name = "chat-agents.json";
    struct error error;
    int here = open(".", O_PATH | O_CLOEXEC);
    assert_int_equal(chdir(watcher->tree.path), 0);
    assert_int_equal(watch_open("x/../state", &name, 1, &watcher->watch, &error), 0);
    watcher_mkdir(watcher, "x");
    watcher_mkdir(watcher, "state");
    assert_int_equal(watcher_await(watcher, 3), 3);
    watcher_assert_sees_saves(watcher);
    assert_int_equal(fchdir(here), 0);
    assert_int_equal(close(here), 0);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, watcher_set_up, watcher_tear_down)
#define TEST_LIVE(function)                                                                        \
    cmocka_unit_test_setup_teardown(function, watcher_set_up_live, watcher_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_directory_made_level_by_level_is_seen_at_every_pace),
        TEST_LIVE(a_directory_that_is_removed_and_remade_is_watched_again),
        TEST_LIVE(a_directory_put_in_place_of_another_is_the_one_watched),
        TEST_LIVE(a_directory_moved_away_and_back_is_watched_again),
        TEST(a_parent_that_is_replaced_is_noticed_at_once),
        TEST(the_target_of_a_link_is_watched_where_it_lies),
        TEST(a_swapped_link_is_followed_to_its_new_target),
        TEST(a_link_in_the_middle_of_a_chain_may_be_swapped),
        TEST(a_dangling_link_waits_for_its_target),
        TEST(a_loop_of_links_is_watched_until_it_is_broken),
        TEST(a_mount_over_the_directory_and_its_end_are_seen),
        TEST(a_linked_state_directory_may_be_swapped),
        TEST(a_state_directory_that_is_a_file_may_become_one),
        TEST(a_relative_directory_is_found_from_here),
    };
    return cmocka_run_group_tests_name("watch_places", tests, NULL, NULL);
}
