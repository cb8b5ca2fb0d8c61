// LDFLAGS: -Wl,--wrap=leased_run,--wrap=nanosleep,--wrap=mkdir,--wrap=openat,--wrap=linkat,--wrap=pwrite,--wrap=fsync
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/copies.h"
#include "core/leased.h"
#include "core/store.h"
#include "tests/helpers/tree.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* What the store keeps of a registry before it is edited. */

#define NOW 1773890060000
#define TEXT(state, last)                                                                          \
    "{\n  \"version\": 1,\n  \"agents\": {\n    \"s\": {\n      \"chatAgentId\": \"main\",\n"      \
    "      \"state\": \"" state "\",\n      \"lastActiveAt\": " last ",\n"                         \
    "      \"idleTtlMs\": 1800000\n    }\n  }\n}\n"
#define FIRST TEXT("active", "1773890000000")
#define SECOND TEXT("active", "1773890000001")
#define THIRD TEXT("active", "1773890000002")

static struct tree tree;
static char path[512], dir[512];
static struct store store;
static struct outcome outcome;
static struct store_report report;
static struct error error;
static const char *saved_before_lease; /* by a server, once, when the leased part begins */
static bool is_disk_full;              /* for the leased part */
static size_t copies_at_lease;         /* how many there were then */
static int older_copies; /* written by a server over ours, where the store looks again */

static bool is_keeping; /* from the call of the store to the leased part */
static int call_number; /* of those calls that are wrapped below, from 1, while it is */
static int fail_at;     /* 0: none */

/* True, and errno set, for the call that is to fail. */
static bool fails(void)
{
    if (!is_keeping || ++call_number != fail_at)
        return false;
    errno = ENOSPC;
    return true;
}

#define WRAP(type, name, parameters, arguments)                                                    \
    type __real_##name parameters;                                                                 \
    type __wrap_##name parameters;                                                                 \
    type __wrap_##name parameters                                                                  \
    {                                                                                              \
        return fails() ? -1 : __real_##name arguments;                                             \
    }

WRAP(int, mkdir, (const char *name, mode_t mode), (name, mode))
WRAP(int, linkat, (int from_fd, const char *from, int to_fd, const char *to, int flags),
     (from_fd, from, to_fd, to, flags))
WRAP(ssize_t, pwrite, (int fd, const void *bytes, size_t len, off_t offset),
     (fd, bytes, len, offset))
WRAP(int, fsync, (int fd), (fd))

int __real_openat(int fd, const char *name, int flags, ...);
int __wrap_openat(int fd, const char *name, int flags, ...);
int __wrap_openat(int fd, const char *name, int flags, ...)
{
    return fails() ? -1 : __real_openat(fd, name, flags, 0600);
}

enum leased_result __real_leased_run(struct leased *job);
enum leased_result __wrap_leased_run(struct leased *job);
enum leased_result __wrap_leased_run(struct leased *job)
{
    is_keeping = false;
    copies_at_lease = access(dir, F_OK) == 0 ? tree_count(&tree, "own") : 0;
    if (saved_before_lease)
        tree_put(&tree, "file", saved_before_lease);
    saved_before_lease = NULL;
    if (is_disk_full) {
        job->errnum = ENOSPC;
        return job->result = LEASED_WRITE_FAILED;
    }
    return __real_leased_run(job);
}

int __wrap_nanosleep(const struct timespec *pause, struct timespec *rest);
int __wrap_nanosleep(const struct timespec *pause, struct timespec *rest)
{
    (void)rest;
    if (pause->tv_nsec == 50000000L && older_copies > 0) {
        older_copies--;
        tree_put(&tree, "file", FIRST " "); /* a text that no copy has */
    }
    return 0;
}

static int set_up(void **state)
{
    (void)state;
    tree_make(&tree);
    (void)snprintf(path, sizeof(path), "%s/file", tree.path);
    (void)snprintf(dir, sizeof(dir), "%s/own", tree.path);
    store = (struct store){.path = path, .copies_dir = dir};
    saved_before_lease = NULL;
    is_disk_full = is_keeping = false;
    older_copies = fail_at = 0;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    outcome_done(&outcome);
    tree_remove(&tree);
    return 0;
}

static int apply_at(enum operation_kind kind, int64_t now_ms)
{
    bool is_walk = kind == OPERATION_GC || kind == OPERATION_EXPIRE_DUE;
    const struct operation operation = {
        .kind = kind, .session_id = is_walk ? (struct str){0} : STR("s"), .now_ms = now_ms};
    outcome_done(&outcome);
    return store_apply(&store, &operation, 1, NULL, &outcome, &report, &error);
}

static int expire(void)
{
    return apply_at(OPERATION_EXPIRE, NOW);
}

/* The names of the copies without their numbers, newest first. */
static const char *kept(void)
{
    static char words[512];
    struct copies copies = {0};
    assert_int_equal(copies_list(dir, &copies, NULL), 0);
    words[0] = '\0';
    for (size_t i = 0; i < copies.count; i++)
        (void)snprintf(words + strlen(words), sizeof(words) - strlen(words), "%s%s", i ? " " : "",
                       strchr(copies.items[i].name, '-') + 1);
    copies_done(&copies);
    return words;
}

static void assert_newest(const char *expected)
{
    struct copies copies = {0};
    struct document document;
    document_init(&document);
    assert_int_equal(copies_list(dir, &copies, NULL), 0);
    assert_true(copies.count > 0);
    assert_int_equal(copies_load(dir, &copies.items[0], &document, NULL), 0);
    assert_true(str_equal(buffer_str(&document.bytes), str_of(expected)));
    document_done(&document);
    copies_done(&copies);
}

static void assert_file_has(const char *words)
{
    char *text = tree_read(&tree, "file");
    assert_non_null(strstr(text, words));
    free(text);
}

static void a_copy_is_kept_before_the_leased_part(void **state)
{
    (void)state;
    tree_put(&tree, "file", FIRST);
    assert_int_equal(expire(), 0);
    assert_int_equal(copies_at_lease, 1);
    assert_string_equal(kept(), "1773890060000-edit.json");
    assert_newest(FIRST);
    assert_string_equal(report.no_copy, "");
}

static void the_copy_is_what_was_edited_not_what_the_caller_saw(void **state)
{
    (void)state;
    struct document seen;
    document_init(&seen);
    tree_put(&tree, "file", FIRST);
    assert_int_equal(store_load(&store, 0, &seen, NULL, NULL), 0);
    tree_put(&tree, "file", SECOND);
    assert_int_equal(expire(), 0);
    assert_string_equal(kept(), "1773890060000-edit.json");
    assert_newest(SECOND);
    document_done(&seen);
}

static void a_version_saved_after_the_copy_is_kept_too_once_it_was_edited(void **state)
{
    (void)state;
    tree_put(&tree, "file", SECOND);
    saved_before_lease = THIRD;
    assert_int_equal(expire(), 0);
    assert_int_equal(report.attempts, 1); /* planned anew while the lease was held */
    assert_int_equal(copies_at_lease, 1);
    assert_string_equal(kept(), "1773890060000-edit.json 1773890060000-edit.json");
    assert_newest(THIRD);
    assert_file_has("\"expired\"");
}

static void an_edit_that_comes_to_nothing_after_a_save_keeps_what_it_kept(void **state)
{
    (void)state;
    tree_put(&tree, "file", SECOND);
    saved_before_lease = TEXT("expired", "1773890000002");
    assert_int_equal(expire(), 0);
    assert_false(report.wrote);
    assert_string_equal(kept(), "1773890060000-edit.json");
}

static void gc_keeps_one_where_it_changes_something(void **state)
{
    (void)state;
    tree_put(&tree, "file", FIRST);
    assert_int_equal(apply_at(OPERATION_GC, NOW), 0); /* nothing is due yet */
    assert_string_equal(kept(), "");
    assert_int_equal(apply_at(OPERATION_GC, NOW + 1800000), 0);
    assert_string_equal(kept(), "1773891860000-gc.json");
    assert_newest(FIRST);
    tree_put(&tree, "file", SECOND);
    assert_int_equal(apply_at(OPERATION_EXPIRE_DUE, NOW + 1800000), 0);
    assert_string_equal(kept(), "1773891860000-edit.json 1773891860000-gc.json");
}

static void what_is_applied_again_keeps_none(void **state)
{
    (void)state;
    tree_put(&tree, "file", FIRST);
    older_copies = 3;
    assert_int_equal(expire(), 0);
    assert_int_equal(report.reapplied, 3);
    assert_string_equal(kept(), "1773890060000-edit.json");
    assert_newest(FIRST);
}

static void where_nothing_is_written_nothing_is_kept(void **state)
{
    (void)state;
    assert_int_equal(expire(), 0); /* no file */
    tree_put(&tree, "file", TEXT("expired", "1773890000000"));
    assert_int_equal(expire(), 0); /* as wished */
    tree_put(&tree, "file", "{\"agents\":");
    assert_int_equal(expire(), -EUCLEAN);
    tree_put(&tree, "file", FIRST);
    store.dry_run = true;
    assert_int_equal(expire(), 0);
    store.dry_run = false;
    store.read_only = true;
    assert_int_equal(expire(), -EROFS);
    assert_int_equal(tree_count(&tree, "."), 1);
    store.read_only = false;
    store.copies_dir = NULL;
    assert_int_equal(expire(), 0);
    assert_int_equal(tree_count(&tree, "."), 1);
    assert_string_equal(report.no_copy, "");
}

static void a_registry_that_is_made_anew_has_nothing_to_keep(void **state)
{
    (void)state;
    const struct pool pool = {.workspace_agent_id = STR("main")};
    const struct operation operation = {
        .kind = OPERATION_ALLOCATE, .session_id = STR("s"), .now_ms = NOW};
    assert_int_equal(store_apply(&store, &operation, 1, &pool, &outcome, &report, &error), 0);
    assert_true(report.wrote);
    assert_int_equal(tree_count(&tree, "."), 1);
}

static void an_edit_is_made_where_no_copy_can_be_kept_and_that_is_told(void **state)
{
    (void)state;
    tree_put(&tree, "file", FIRST);
    tree_put(&tree, "own", "a file stands here");
    assert_int_equal(expire(), 0);
    assert_true(report.wrote);
    assert_file_has("\"expired\"");
    assert_non_null(strstr(report.no_copy, "no copy of the registry was kept: opening "));
}

static void whatever_fails_a_copy_is_whole_or_told_to_be_absent(void **state)
{
    (void)state;
    bool was_told;
    int told = 0;
    fail_at = 1;
    do {
        tree_remove(&tree);
        tree_make(&tree);
        (void)snprintf(path, sizeof(path), "%s/file", tree.path);
        (void)snprintf(dir, sizeof(dir), "%s/own", tree.path);
        tree_put(&tree, "file", FIRST);
        is_keeping = true;
        call_number = 0;
        assert_int_equal(expire(), 0);
        assert_file_has("\"expired\"");
        was_told = strstr(report.no_copy, "no copy of the registry was kept: ") != NULL;
        told += was_told;
        assert_string_equal(kept(), was_told ? "" : "1773890060000-edit.json");
    } while (call_number >= fail_at++);
    assert_false(was_told); /* there was no such call any more */
    assert_true(told >= 5);
}

static void a_failed_edit_tells_that_no_copy_was_kept_too(void **state)
{
    (void)state;
    tree_put(&tree, "file", FIRST);
    store.copies_dir = "/dev/null/copies";
    is_disk_full = true;
    assert_int_equal(expire(), -ENOSPC);
    assert_non_null(strstr(report.no_copy, "no copy of the registry was kept: "));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_copy_is_kept_before_the_leased_part),
        TEST(the_copy_is_what_was_edited_not_what_the_caller_saw),
        TEST(a_version_saved_after_the_copy_is_kept_too_once_it_was_edited),
        TEST(an_edit_that_comes_to_nothing_after_a_save_keeps_what_it_kept),
        TEST(gc_keeps_one_where_it_changes_something),
        TEST(what_is_applied_again_keeps_none),
        TEST(where_nothing_is_written_nothing_is_kept),
        TEST(a_registry_that_is_made_anew_has_nothing_to_keep),
        TEST(an_edit_is_made_where_no_copy_can_be_kept_and_that_is_told),
        TEST(whatever_fails_a_copy_is_whole_or_told_to_be_absent),
        TEST(a_failed_edit_tells_that_no_copy_was_kept_too),
    };
    return cmocka_run_group_tests_name("store_copies", tests, NULL, NULL);
}
