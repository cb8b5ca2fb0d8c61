// LDFLAGS: -Wl,--wrap=pwrite
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/store.h"
#include "tests/helpers/tree.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#define FILE_NAME "state/chat-agents.json"
#define ENTRY(id, slot, state)                                                                     \
    "    \"" id "\": {\n      \"chatAgentId\": \"" slot "\",\n"                                    \
    "      \"workspaceAgentId\": \"main\",\n      \"sessionId\": \"" id "\",\n"                    \
    "      \"workspaceDir\": \"\",\n      \"state\": \"" state "\",\n"                             \
    "      \"createdAt\": 1773890000000,\n      \"lastActiveAt\": 1773890000000,\n"                \
    "      \"idleTtlMs\": 1800000\n    }"
#define REGISTRY(entries) "{\n  \"version\": 1,\n  \"agents\": {\n" entries "\n  }\n}\n"

enum { NOW_OFFSET_MS = 60000 };
static const int64_t now_ms = 1773890000000 + NOW_OFFSET_MS;
static const struct str slots[] = {{"chat-slot-main-1", 16}, {"chat-slot-main-2", 16}};
static const struct pool pool = {{"main", 4}, slots, 2};

/* The pwrite to fail, counted from 1; 0: none. */
static int fail_at, write_number, fail_errno;
ssize_t __real_pwrite(int fd, const void *bytes, size_t len, off_t offset);
ssize_t __wrap_pwrite(int fd, const void *bytes, size_t len, off_t offset);
ssize_t __wrap_pwrite(int fd, const void *bytes, size_t len, off_t offset)
{
    if (++write_number == fail_at) {
        errno = fail_errno;
        return -1;
    }
    return __real_pwrite(fd, bytes, len, offset);
}

struct fixture {
    struct tree tree;
    char path[512];
    struct store store;
    struct outcome outcome;
    struct store_report report;
    struct error error;
};

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    tree_make(&fixture->tree);
    (void)snprintf(fixture->path, sizeof(fixture->path), "%s/" FILE_NAME, fixture->tree.path);
    fixture->store = (struct store){.path = fixture->path};
    fail_at = write_number = 0;
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    outcome_done(&fixture->outcome);
    tree_remove(&fixture->tree);
    free(fixture);
    return 0;
}

static int apply(struct fixture *fixture, enum operation_kind kind, const char *session)
{
    struct operation operation = {.kind = kind, .session_id = str_of(session), .now_ms = now_ms};
    outcome_done(&fixture->outcome);
    return store_apply(&fixture->store, &operation, 1, &pool, &fixture->outcome, &fixture->report,
                       &fixture->error);
}

static void assert_file(struct fixture *fixture, const char *expected)
{
    char *text = tree_read(&fixture->tree, FILE_NAME);
    if (!expected)
        assert_null(text);
    else
        assert_string_equal(text, expected);
    free(text);
}

static struct stat look(struct fixture *fixture)
{
    struct stat info;
    assert_int_equal(stat(fixture->path, &info), 0);
    return info;
}

static void a_state_change_keeps_inode_length_and_mode(void **state)
{
    struct fixture *fixture = *state;
    tree_put(&fixture->tree, FILE_NAME, REGISTRY(ENTRY("aaaa", "chat-slot-main-1", "active")));
    assert_int_equal(chmod(fixture->path, 0640), 0);
    struct stat before = look(fixture);
    assert_int_equal(apply(fixture, OPERATION_EXPIRE, "aaaa"), 0);
    struct stat after = look(fixture);
    assert_true(before.st_ino == after.st_ino && before.st_size == after.st_size &&
                before.st_mode == after.st_mode);
    assert_true(fixture->outcome.changes[0].changed);
    assert_int_equal(fixture->outcome.changes[0].to, STATE_EXPIRED);
    assert_true(fixture->report.wrote);
    char *text = tree_read(&fixture->tree, FILE_NAME);
    assert_non_null(strstr(text, "\"expired\""));
    free(text);
}

static void a_new_entry_is_written_byte_for_byte_as_the_server_would(void **state)
{
    struct fixture *fixture = *state;
    tree_put(&fixture->tree, FILE_NAME, REGISTRY(ENTRY("aaaa", "chat-slot-main-1", "active")));
    struct stat before = look(fixture);
    assert_int_equal(apply(fixture, OPERATION_ALLOCATE, "bbbb"), 0);
    assert_true(before.st_ino == look(fixture).st_ino);
    char *text = tree_read(&fixture->tree, FILE_NAME);
    char *last = strstr(text, "\"bbbb\": {");
    assert_non_null(last);
    assert_non_null(strstr(last, "\"createdAt\": 1773890060000"));
    assert_string_equal(strchr(last, '}'), "}\n  }\n}\n");
    assert_non_null(strstr((char *)fixture->outcome.entry_json.data, "chat-slot-main-2"));
    free(text);
}

static void allocating_without_a_file_makes_directories_and_the_whole_file(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(apply(fixture, OPERATION_ALLOCATE, "aaaa"), 0);
    char *text = tree_read(&fixture->tree, FILE_NAME);
    assert_non_null(text);
    assert_non_null(strstr(text, "{\n  \"version\": 1,\n  \"agents\": {\n    \"aaaa\": {\n"));
    free(text);
    assert_int_equal(tree_count(&fixture->tree, "state"), 1); /* no temporary file is left */
}

static void other_operations_without_a_file_find_nothing_and_make_nothing(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(apply(fixture, OPERATION_RELEASE, "aaaa"), 0);
    assert_int_equal(fixture->outcome.changes[0].kind, ERROR_NOT_FOUND);
    assert_int_equal(tree_count(&fixture->tree, ""), 0);
}

static void nothing_is_written_when_nothing_changes(void **state)
{
    struct fixture *fixture = *state;
    const char *text = REGISTRY(ENTRY("aaaa", "chat-slot-main-1", "idle"));
    tree_put(&fixture->tree, FILE_NAME, text);
    struct stat before = look(fixture);
    assert_int_equal(apply(fixture, OPERATION_IDLE, "aaaa"), 0);
    struct stat after = look(fixture);
    assert_false(fixture->report.wrote);
    assert_int_equal(write_number, 0);
    assert_memory_equal(&before.st_mtim, &after.st_mtim, sizeof(before.st_mtim));
    assert_file(fixture, text);
}

static void a_read_only_store_refuses_and_changes_nothing(void **state)
{
    struct fixture *fixture = *state;
    const char *text = REGISTRY(ENTRY("aaaa", "chat-slot-main-1", "active"));
    tree_put(&fixture->tree, FILE_NAME, text);
    fixture->store.read_only = true;
    assert_int_equal(apply(fixture, OPERATION_RELEASE, "aaaa"), -EROFS);
    assert_int_equal(fixture->error.kind, ERROR_REFUSED);
    assert_file(fixture, text);
    assert_int_equal(write_number, 0);
}

static void a_dry_run_tells_and_changes_nothing(void **state)
{
    struct fixture *fixture = *state;
    const char *text = REGISTRY(ENTRY("aaaa", "chat-slot-main-1", "active"));
    tree_put(&fixture->tree, FILE_NAME, text);
    fixture->store.dry_run = true;
    assert_int_equal(apply(fixture, OPERATION_RELEASE, "aaaa"), 0);
    assert_int_equal(fixture->outcome.changes[0].from, STATE_ACTIVE);
    assert_int_equal(fixture->outcome.changes[0].to, STATE_DELETED);
    assert_file(fixture, text);
    assert_int_equal(write_number, 0);
}

static const char *const unusable[] = {
    "",
    " \n",
    "{",
    "\xef\xbb\xbf{\"version\":1,\"agents\":{}}",
    "{\"version\":1,\"agents\":{}}x",
    "null",
    "[]",
    "5",
    "{}",
    "{\"agents\":null}",
    "{\"agents\":[]}",
    "{\"agents\":\"x\"}",
    "\x01\x02\xff\xfe",
    "{\"agents\":{\"a\":{\"idleTtlMs\":007}}}",
};

static void an_unusable_registry_is_refused_and_left_as_it_is(void **state)
{
    struct fixture *fixture = *state;
    for (size_t i = 0; i < sizeof(unusable) / sizeof(unusable[0]); i++) {
        tree_put(&fixture->tree, FILE_NAME, unusable[i]);
        assert_int_equal(apply(fixture, OPERATION_ALLOCATE, "aaaa"), -EUCLEAN);
        assert_int_equal(fixture->error.kind, ERROR_UNUSABLE);
        assert_non_null(strstr(fixture->error.text, "nothing was changed"));
        assert_file(fixture, unusable[i]);
    }
    assert_int_equal(write_number, 0);
}

static void what_is_no_regular_file_is_refused_without_blocking(void **state)
{
    struct fixture *fixture = *state;
    tree_put(&fixture->tree, "state/other", "");
    assert_int_equal(mkfifo(fixture->path, 0600), 0);
    assert_true(apply(fixture, OPERATION_ALLOCATE, "aaaa") < 0);
    assert_int_equal(fixture->error.kind, ERROR_UNUSABLE);
    assert_non_null(strstr(fixture->error.text, "FIFO"));
    assert_int_equal(unlink(fixture->path), 0);
    assert_int_equal(mkdir(fixture->path, 0700), 0);
    assert_true(apply(fixture, OPERATION_ALLOCATE, "aaaa") < 0);
    assert_non_null(strstr(fixture->error.text, "directory"));
}

static void a_symlinked_registry_is_edited_where_it_lies(void **state)
{
    struct fixture *fixture = *state;
    tree_put(&fixture->tree, "state/other", "");
    tree_put(&fixture->tree, "real.json", REGISTRY(ENTRY("aaaa", "chat-slot-main-1", "active")));
    assert_int_equal(symlink("../real.json", fixture->path), 0);
    assert_int_equal(apply(fixture, OPERATION_RELEASE, "aaaa"), 0);
    char *text = tree_read(&fixture->tree, "real.json");
    assert_non_null(strstr(text, "\"deleted\""));
    free(text);
    struct stat info;
    assert_int_equal(lstat(fixture->path, &info), 0);
    assert_true(S_ISLNK(info.st_mode));
}

static void a_failed_write_leaves_the_file_as_it_was_and_says_so(void **state)
{
    static const int errnums[] = {ENOSPC, EIO, EDQUOT};
    struct fixture *fixture = *state;
    const char *text = REGISTRY(ENTRY("aaaa", "chat-slot-main-1", "active"));
    for (size_t i = 0; i < sizeof(errnums) / sizeof(errnums[0]); i++) {
        for (int point = 1; point <= 2; point++) { /* the growth, then the entry */
            tree_put(&fixture->tree, FILE_NAME, text);
            write_number = 0;
            fail_at = point;
            fail_errno = errnums[i];
            assert_int_equal(apply(fixture, OPERATION_ALLOCATE, "bbbb"), -errnums[i]);
            assert_int_equal(fixture->error.kind, ERROR_SYSTEM);
            assert_non_null(strstr(fixture->error.text, "the file is as it was"));
            assert_file(fixture, text);
        }
    }
}

static void several_operations_are_one_edit(void **state)
{
    struct fixture *fixture = *state;
    tree_put(&fixture->tree, FILE_NAME,
             REGISTRY(ENTRY("aaaa", "chat-slot-main-1", "active") ",\n" ENTRY(
                 "bbbb", "chat-slot-main-2", "idle") ",\n" ENTRY("cccc", "main", "deleted")));
    struct operation operations[] = {
        {.kind = OPERATION_RELEASE, .session_id = STR("aaaa"), .now_ms = now_ms},
        {.kind = OPERATION_EXPIRE, .session_id = STR("bbbb"), .now_ms = now_ms},
        {.kind = OPERATION_PURGE, .session_id = STR("cccc"), .now_ms = now_ms},
    };
    struct outcome outcomes[3];
    assert_int_equal(store_apply(&fixture->store, operations, 3, NULL, outcomes, &fixture->report,
                                 &fixture->error),
                     0);
    for (size_t i = 0; i < 3; i++) {
        assert_true(outcomes[i].changes[0].changed);
        outcome_done(&outcomes[i]);
    }
    struct document document;
    document_init(&document);
    assert_int_equal(store_load(&fixture->store, 0, &document, NULL, &fixture->error), 0);
    assert_int_equal(document.state, DOCUMENT_OK);
    assert_int_equal(document.registry.count, 2);
    assert_int_equal(document.registry.entries[0].state, STATE_DELETED);
    assert_int_equal(document.registry.entries[1].state, STATE_EXPIRED);
    document_done(&document);
}

/* A stranger (tail -f, an editor) that keeps the file open until its pipe is closed. */
static pid_t start_holder(struct fixture *fixture, int *ret_tell)
{
    int ready[2], tell[2];
    char byte;
    assert_int_equal(pipe(ready), 0);
    assert_int_equal(pipe(tell), 0);
    pid_t pid = fork();
    if (pid == 0) {
        (void)close(tell[1]);
        FILE *file = fopen(fixture->path, "r");
        (void)!write(ready[1], "r", 1);
        (void)!read(tell[0], &byte, 1);
        _exit(file ? 0 : 1);
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    (void)close(ready[0]);
    (void)close(ready[1]);
    (void)close(tell[0]);
    *ret_tell = tell[1];
    return pid;
}

static void a_file_kept_open_is_edited_the_weaker_way_and_the_holder_is_named(void **state)
{
    struct fixture *fixture = *state;
    int tell = -1;
    tree_put(&fixture->tree, FILE_NAME, REGISTRY(ENTRY("aaaa", "chat-slot-main-1", "active")));
    pid_t holder = start_holder(fixture, &tell);
    char name[32];
    (void)snprintf(name, sizeof(name), "(pid %ld)", (long)holder);
    assert_int_equal(apply(fixture, OPERATION_RELEASE, "aaaa"), 0);
    assert_true(fixture->report.wrote);
    assert_non_null(strstr(fixture->report.weaker, name));
    (void)close(tell);
    assert_int_equal(waitpid(holder, NULL, 0), holder);
}

int main(void)
{
#define STORE_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        STORE_TEST(a_state_change_keeps_inode_length_and_mode),
        STORE_TEST(a_new_entry_is_written_byte_for_byte_as_the_server_would),
        STORE_TEST(allocating_without_a_file_makes_directories_and_the_whole_file),
        STORE_TEST(other_operations_without_a_file_find_nothing_and_make_nothing),
        STORE_TEST(nothing_is_written_when_nothing_changes),
        STORE_TEST(a_read_only_store_refuses_and_changes_nothing),
        STORE_TEST(a_dry_run_tells_and_changes_nothing),
        STORE_TEST(an_unusable_registry_is_refused_and_left_as_it_is),
        STORE_TEST(what_is_no_regular_file_is_refused_without_blocking),
        STORE_TEST(a_symlinked_registry_is_edited_where_it_lies),
        STORE_TEST(a_failed_write_leaves_the_file_as_it_was_and_says_so),
        STORE_TEST(several_operations_are_one_edit),
        STORE_TEST(a_file_kept_open_is_edited_the_weaker_way_and_the_holder_is_named),
    };
    return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
