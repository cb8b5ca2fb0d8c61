#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/file.h"
#include "tests/helpers/screen.h"
#include "tests/helpers/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * What happens to the registry comes to the screen. The numbers in comments are the cases of the
 * watching design. The dashboard's clock stands still (--now), so that nothing but the watch ever
 * wakes it: what is shown was told, not found by chance.
 */

#define DIRECTORY ".openclaw-dench"
#define REGISTRY DIRECTORY "/chat-agents.json"
#define FIRST "aaaaaaaa"
#define SECOND "bbbbbbbb"
#define THIRD "cccccccc"
#define WRONG "eeeeeeee"

enum { WIDTH = 200, TEXT_SIZE = 512, FLOOD_SAVES = 3000, WRITES = 6, QUIET_MS = 500 };

struct fixture {
    struct tree tree;
    struct screen *screen;
};

/* A registry with one session. */
static const char *text_of(const char *id)
{
    static char text[TEXT_SIZE];
    (void)snprintf(text, sizeof(text),
                   "{\n  \"version\": 1,\n  \"agents\": {\n    \"%s\": {\n"
                   "      \"chatAgentId\": \"chat-slot-main-1\",\n"
                   "      \"workspaceAgentId\": \"main\",\n      \"sessionId\": \"%s\",\n"
                   "      \"workspaceDir\": \"\",\n      \"state\": \"active\",\n"
                   "      \"createdAt\": 1773890000000,\n      \"lastActiveAt\": 1773890000000,\n"
                   "      \"idleTtlMs\": 1800000\n    }\n  }\n}\n",
                   id, id);
    return text;
}

static const char *path_of(const struct fixture *fixture, const char *name)
{
    return tree_path(&fixture->tree, name);
}

static void put(const struct fixture *fixture, const char *name, const char *id)
{
    tree_put(&fixture->tree, name, text_of(id));
}

static void move(const struct fixture *fixture, const char *from, const char *to)
{
    assert_int_equal(rename(path_of(fixture, from), path_of(fixture, to)), 0);
}

static void put_pool(const struct fixture *fixture)
{
    tree_put(&fixture->tree, DIRECTORY "/openclaw.json",
             "{\"agents\":{\"list\":[{\"id\":\"main\"},{\"id\":\"chat-slot-main-1\"}]}}");
    tree_put(&fixture->tree, DIRECTORY "/workspace/AGENTS.md", "");
}

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    assert_non_null(fixture);
    tree_make(&fixture->tree);
    put_pool(fixture);
    put(fixture, REGISTRY, FIRST);
    *state = fixture;
    return 0;
}

/* In memory where there is such a place: a slow disk makes no flood. */
static int set_up_in_memory(void **state)
{
    char *saved = getenv("TMPDIR");
    if (access("/dev/shm", W_OK | X_OK) == 0)
        assert_int_equal(setenv("TMPDIR", "/dev/shm", 1), 0);
    int result = set_up(state);
    if (saved)
        (void)setenv("TMPDIR", saved, 1);
    else
        (void)unsetenv("TMPDIR");
    return result;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    screen_free(fixture->screen);
    tree_remove(&fixture->tree);
    free(fixture);
    return 0;
}

static void start(struct fixture *fixture)
{
    static char home[300];
    const char *slotop = getenv("SLOTOP");
    char program[512], now[] = "--now=1773890060000", *argv[] = {program, now, NULL};
    (void)snprintf(program, sizeof(program), "%s", slotop ? slotop : ".build/release/slotop");
    (void)snprintf(home, sizeof(home), "HOME=%s", fixture->tree.path);
    char *env[] = {home, NULL};
    fixture->screen = screen_start(argv, env, "xterm-256color", WIDTH, 24);
    assert_true(screen_wait(fixture->screen, FIRST));
}

static void assert_comes(struct fixture *fixture, const char *text)
{
    assert_true(screen_wait(fixture->screen, text));
}

static void assert_goes(struct fixture *fixture, const char *text)
{
    assert_true(screen_wait_gone(fixture->screen, text));
}

/* 7 */
static void a_file_renamed_over_the_registry_is_shown(void **state)
{
    struct fixture *fixture = *state;
    start(fixture);
    put(fixture, DIRECTORY "/new", SECOND);
    move(fixture, DIRECTORY "/new", REGISTRY);
    assert_comes(fixture, SECOND);
    put(fixture, REGISTRY, THIRD); /* the new file is watched, not the old one */
    assert_comes(fixture, THIRD);
    assert_goes(fixture, SECOND);
}

/* 9, 10 */
static void a_registry_that_is_removed_is_gone_and_comes_back(void **state)
{
    struct fixture *fixture = *state;
    start(fixture);
    assert_int_equal(unlink(path_of(fixture, REGISTRY)), 0);
    assert_comes(fixture, "NO REGISTRY");
    assert_goes(fixture, FIRST);
    put(fixture, REGISTRY, SECOND);
    assert_comes(fixture, SECOND);
    assert_comes(fixture, "LIVE");
    assert_int_equal(unlink(path_of(fixture, REGISTRY)), 0);
    put(fixture, REGISTRY, THIRD);
    assert_comes(fixture, THIRD);
}

/* 13 */
static void a_directory_that_is_removed_and_remade_is_shown_again(void **state)
{
    struct fixture *fixture = *state;
    struct tree directory;
    start(fixture);
    (void)snprintf(directory.path, sizeof(directory.path), "%s", path_of(fixture, DIRECTORY));
    tree_remove(&directory);
    assert_comes(fixture, "NO REGISTRY");
    put_pool(fixture);
    put(fixture, REGISTRY, SECOND);
    assert_comes(fixture, SECOND);
    assert_comes(fixture, "1/1 held");
    put(fixture, REGISTRY, THIRD);
    assert_comes(fixture, THIRD);
}

/* 14, 15 */
static void a_directory_put_in_place_of_another_is_the_one_shown(void **state)
{
    struct fixture *fixture = *state;
    start(fixture);
    move(fixture, DIRECTORY, "old");
    assert_comes(fixture, "NO REGISTRY");
    put_pool(fixture);
    put(fixture, REGISTRY, SECOND);
    assert_comes(fixture, SECOND);
    put(fixture, "old/chat-agents.json", WRONG);
    put(fixture, REGISTRY, THIRD);
    assert_comes(fixture, THIRD);
    assert_false(screen_shows(fixture->screen, WRONG));
    move(fixture, DIRECTORY, "new");
    move(fixture, "old", DIRECTORY);
    assert_comes(fixture, WRONG);
    put(fixture, REGISTRY, FIRST);
    assert_comes(fixture, FIRST);
}

/* 16, 17 */
static void the_target_of_a_linked_registry_is_shown_written_and_renamed_over(void **state)
{
    struct fixture *fixture = *state;
    put(fixture, "far/real.json", FIRST);
    assert_int_equal(unlink(path_of(fixture, REGISTRY)), 0);
    assert_int_equal(symlink("../far/real.json", path_of(fixture, REGISTRY)), 0);
    start(fixture);
    put(fixture, "far/real.json", SECOND);
    assert_comes(fixture, SECOND);
    put(fixture, "far/new", THIRD);
    move(fixture, "far/new", "far/real.json");
    assert_comes(fixture, THIRD);
    put(fixture, "far/real.json", FIRST);
    assert_comes(fixture, FIRST);
}

/* 31: the dashboard runs without root's right to read everything; this process keeps it. */
static void a_registry_that_may_not_be_read_keeps_the_last_view_until_it_may(void **state)
{
    struct fixture *fixture = *state;
    (void)prctl(PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, 0, 0, 0);
    (void)prctl(PR_CAPBSET_DROP, CAP_DAC_READ_SEARCH, 0, 0, 0);
    start(fixture);
    const char *const names[] = {REGISTRY, DIRECTORY};
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(chmod(path_of(fixture, names[i]), 0), 0);
        assert_comes(fixture, "UNREADABLE");
        assert_comes(fixture, "Permission denied");
        assert_true(screen_shows(fixture->screen, FIRST));
        assert_int_equal(chmod(path_of(fixture, names[i]), 0700), 0);
        assert_comes(fixture, "LIVE");
        assert_true(screen_shows(fixture->screen, FIRST));
    }
    put(fixture, REGISTRY, SECOND);
    assert_comes(fixture, SECOND);
}

/* 35: a sparse file costs no room. */
static void a_registry_past_the_size_limit_keeps_the_last_view_until_it_shrinks(void **state)
{
    struct fixture *fixture = *state;
    start(fixture);
    if (truncate(path_of(fixture, REGISTRY), (off_t)FILE_LIMIT_BYTES + 1) != 0) {
        print_message("skipped: no file may be that large here: %s\n", strerror(errno));
        skip();
    }
    assert_comes(fixture, "UNREADABLE");
    assert_comes(fixture, "larger than the limit");
    assert_true(screen_shows(fixture->screen, FIRST));
    put(fixture, REGISTRY, SECOND);
    assert_comes(fixture, SECOND);
    assert_comes(fixture, "LIVE");
}

/* 5: every text is as long as the one before. */
static void each_write_of_a_writer_that_keeps_the_file_open_is_shown(void **state)
{
    static const char *const ids[] = {SECOND, THIRD, FIRST};
    struct fixture *fixture = *state;
    start(fixture);
    int fd = open(path_of(fixture, REGISTRY), O_WRONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    for (size_t i = 0; i < WRITES; i++) {
        const char *text = text_of(ids[i % 3]);
        assert_int_equal(pwrite(fd, text, strlen(text), 0), (ssize_t)strlen(text));
        assert_comes(fixture, ids[i % 3]);
    }
    assert_int_equal(close(fd), 0);
}

/* 6 */
static void what_was_stored_through_a_mapping_is_shown_when_it_ends(void **state)
{
    struct fixture *fixture = *state;
    start(fixture);
    const char *text = text_of(SECOND);
    int fd = open(path_of(fixture, REGISTRY), O_RDWR | O_CLOEXEC);
    char *mapped = mmap(NULL, strlen(text), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    assert_ptr_not_equal(mapped, MAP_FAILED);
    memcpy(mapped, text, strlen(text));
    assert_int_equal(munmap(mapped, strlen(text)), 0);
    assert_int_equal(close(fd), 0);
    assert_comes(fixture, SECOND);
}

/* Until a while went by without output. */
static void settle(struct fixture *fixture)
{
    int tries = 100;
    while (tries > 0 && !screen_is_quiet(fixture->screen, QUIET_MS))
        tries--;
    assert_true(tries > 0);
}

static long read_switches(pid_t pid)
{
    char path[64], line[256];
    long switches = -1;
    (void)snprintf(path, sizeof(path), "/proc/%ld/status", (long)pid);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    while (fgets(line, sizeof(line), file))
        (void)sscanf(line, "voluntary_ctxt_switches: %ld", &switches);
    (void)fclose(file);
    return switches;
}

/* 33 */
static void after_an_edit_of_its_own_it_sleeps_again(void **state)
{
    struct fixture *fixture = *state;
    start(fixture);
    screen_type(fixture->screen, "gi");
    assert_comes(fixture, "idle");
    pid_t pid = screen_pid(fixture->screen);
    long before = -1, switches = read_switches(pid);
    for (int tries = 0; tries < 20 && switches != before; tries++) {
        before = switches;
        settle(fixture);
        switches = read_switches(pid);
    }
    assert_true(screen_is_quiet(fixture->screen, 2 * QUIET_MS));
    assert_int_equal(read_switches(pid), switches);
}

/* In a child, as fast as it can; every save shows another session. */
static void flood(const struct fixture *fixture)
{
    for (unsigned i = 0; i < FLOOD_SAVES; i++) {
        char id[16];
        (void)snprintf(id, sizeof(id), "f%07u", i);
        put(fixture, REGISTRY, i + 1 < FLOOD_SAVES ? id : "zzzzzzzz");
    }
}

static void of_a_flood_of_saves_the_last_is_shown_and_few_are_drawn(void **state)
{
    struct fixture *fixture = *state;
    start(fixture);
    settle(fixture);
    size_t before = screen_bytes(fixture->screen);
    put(fixture, REGISTRY, SECOND);
    assert_comes(fixture, SECOND);
    settle(fixture);
    size_t frame_bytes = screen_bytes(fixture->screen) - before;
    before = screen_bytes(fixture->screen);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        flood(fixture);
        _exit(0);
    }
    assert_comes(fixture, "zzzzzzzz");
    int status = -1;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    settle(fixture);
    size_t flood_bytes = screen_bytes(fixture->screen) - before;
    print_message("vectors: %d saves, %zu bytes; one change: %zu\n", FLOOD_SAVES, flood_bytes,
                  frame_bytes);
    assert_true(flood_bytes < FLOOD_SAVES * frame_bytes / 4);
}

int main(void)
{
#define SCREEN_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        SCREEN_TEST(a_file_renamed_over_the_registry_is_shown),
        SCREEN_TEST(a_registry_that_is_removed_is_gone_and_comes_back),
        SCREEN_TEST(a_directory_that_is_removed_and_remade_is_shown_again),
        SCREEN_TEST(a_directory_put_in_place_of_another_is_the_one_shown),
        SCREEN_TEST(the_target_of_a_linked_registry_is_shown_written_and_renamed_over),
        SCREEN_TEST(a_registry_that_may_not_be_read_keeps_the_last_view_until_it_may),
        SCREEN_TEST(a_registry_past_the_size_limit_keeps_the_last_view_until_it_shrinks),
        SCREEN_TEST(each_write_of_a_writer_that_keeps_the_file_open_is_shown),
        SCREEN_TEST(what_was_stored_through_a_mapping_is_shown_when_it_ends),
        SCREEN_TEST(after_an_edit_of_its_own_it_sleeps_again),
        cmocka_unit_test_setup_teardown(of_a_flood_of_saves_the_last_is_shown_and_few_are_drawn,
                                        set_up_in_memory, tear_down),
    };
    return cmocka_run_group_tests_name("watch_screen", tests, NULL, NULL);
}
