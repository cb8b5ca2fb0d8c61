// LDFLAGS: -Wl,--wrap=pwrite,--wrap=linkat,--wrap=unlink,--wrap=fsync,--wrap=fcntl,--wrap=clone
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/unfinished.h"
#include "tests/helpers/tree.h"
#include "tui/mend.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* A slotop that is killed in the middle of a batch, and the next one. */

#define ENTRY(id, state, last)                                                                     \
    "    \"" id "\": {\n      \"chatAgentId\": \"slot-" id "\",\n      \"state\": \"" state        \
    "\",\n"                                                                                        \
    "      \"lastActiveAt\": " last ",\n      \"idleTtlMs\": 1800000\n    }"
#define REGISTRY(a, b, c)                                                                          \
    "{\n  \"version\": 1,\n  \"agents\": {\n" ENTRY("aaaa", a, "100") ",\n" ENTRY(                 \
        "bbbb", b, "200") ",\n" ENTRY("cccc", c, "300") "\n  }\n}\n"
#define BEFORE REGISTRY("active", "active", "active")

enum { BATCH = 3, NOW = 5000, STEPS_MAX = 200, SLOTOP_DONE = 7 };

static struct tree tree;
static char path[400], dir[400];
static struct store store;
static struct journal journal;
static const char *const ids[BATCH] = {"aaaa", "bbbb", "cccc"};

/* Shared with the process that edits, and its child: so many calls from now it is killed. */
static struct {
    int left;
    pid_t main_pid;
} * strike;

/* All of slotop is killed before the call: the kill of a whole control group, or of a machine. */
static void step(void)
{
    if (!strike || strike->main_pid == 0 || --strike->left != 0)
        return;
    (void)kill(strike->main_pid, SIGKILL);
    (void)kill(getpid(), SIGKILL);
}

#define WRAP(type, name, parameters, arguments)                                                    \
    type __real_##name parameters;                                                                 \
    type __wrap_##name parameters;                                                                 \
    type __wrap_##name parameters                                                                  \
    {                                                                                              \
        step();                                                                                    \
        return __real_##name arguments;                                                            \
    }

WRAP(ssize_t, pwrite, (int fd, const void *bytes, size_t len, off_t offset),
     (fd, bytes, len, offset))
WRAP(int, linkat, (int from_fd, const char *from, int to_fd, const char *to, int flags),
     (from_fd, from, to_fd, to, flags))
WRAP(int, unlink, (const char *name), (name))
WRAP(int, fsync, (int fd), (fd))

int __real_fcntl(int fd, int command, long argument);
int __wrap_fcntl(int fd, int command, long argument);
int __wrap_fcntl(int fd, int command, long argument)
{
    step();
    return __real_fcntl(fd, command, argument);
}

int __real_clone(int (*run)(void *), void *stack, int flags, void *argument, void *a, void *b,
                 void *c);
int __wrap_clone(int (*run)(void *), void *stack, int flags, void *argument, void *a, void *b,
                 void *c);
int __wrap_clone(int (*run)(void *), void *stack, int flags, void *argument, void *a, void *b,
                 void *c)
{
    step();
    return __real_clone(run, stack, flags, argument, a, b, c);
}

/* Without copies: each run has the same steps. */
static void start_afresh(void)
{
    DIR *stream = opendir(dir);
    for (struct dirent *item; stream && (item = readdir(stream));)
        (void)unlinkat(dirfd(stream), item->d_name, 0);
    if (stream)
        (void)closedir(stream);
    tree_put(&tree, "file", BEFORE);
}

static int set_up(void **state)
{
    (void)state;
    tree_make(&tree);
    (void)snprintf(path, sizeof(path), "%s/file", tree.path);
    (void)snprintf(dir, sizeof(dir), "%s/own", tree.path);
    tree_put(&tree, "file", BEFORE);
    store = (struct store){.path = path, .copies_dir = dir};
    journal = (struct journal){.dir = tree.path, .rotate_bytes = JOURNAL_ROTATE_BYTES};
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    tree_remove(&tree);
    return 0;
}

static int release_all(struct store_report *report)
{
    struct operation operations[BATCH];
    struct outcome outcomes[BATCH];
    for (int i = 0; i < BATCH; i++)
        operations[i] = (struct operation){
            .kind = OPERATION_RELEASE, .session_id = str_of(ids[i]), .now_ms = NOW};
    int result = store_apply(&store, operations, BATCH, NULL, outcomes, report, NULL);
    for (int i = 0; i < BATCH; i++)
        outcome_done(&outcomes[i]);
    return result;
}

/* The one that a killed slotop leaves behind is ours; it holds the record until it has ended. */
static void reap_children(void)
{
    while (waitpid(-1, NULL, __WALL) > 0)
        continue;
}

/* Runs the batch in a slotop that is killed at its step `at`. True when it came to that. */
static bool run_killed(int at)
{
    int status = 0;
    pid_t slotop = fork();
    if (slotop == 0) {
        struct store_report report;
        strike->left = at;
        strike->main_pid = getpid();
        _exit(release_all(&report) == 0 ? SLOTOP_DONE : 1);
    }
    assert_int_equal(waitpid(slotop, &status, 0), slotop);
    reap_children();
    strike->main_pid = 0;
    assert_true(WIFSIGNALED(status) || WEXITSTATUS(status) == SLOTOP_DONE);
    return WIFSIGNALED(status);
}

static bool file_is(const char *expected)
{
    char *text = tree_read(&tree, "file");
    struct document now, wanted;
    struct buffer bytes[2] = {{0}, {0}};
    document_init(&now);
    document_init(&wanted);
    buffer_add_str(&bytes[0], str_of(text));
    buffer_add_str(&bytes[1], str_of(expected));
    assert_int_equal(document_parse(&now, &bytes[0], NULL), 0);
    assert_int_equal(document_parse(&wanted, &bytes[1], NULL), 0);
    assert_int_equal(now.state, DOCUMENT_OK);
    bool is = now.registry.count == wanted.registry.count;
    for (size_t i = 0; is && i < now.registry.count; i++)
        is = now.registry.entries[i].state == wanted.registry.entries[i].state;
    document_done(&now);
    document_done(&wanted);
    free(text);
    return is;
}

static size_t count_records(void)
{
    size_t count = 0;
    DIR *stream = opendir(dir);
    for (struct dirent *item; stream && (item = readdir(stream));)
        count += strncmp(item->d_name, UNFINISHED_NAME_START, strlen(UNFINISHED_NAME_START)) == 0;
    if (stream)
        (void)closedir(stream);
    return count;
}

/* The next slotop starts; what it says. */
static struct buffer next_start(void)
{
    struct buffer message = {0};
    mend_batches(&store, &journal, NOW + 1, &message);
    buffer_add_char(&message, '\0');
    return message;
}

static void assert_says(struct buffer *message, const char *words)
{
    if (!strstr(message->data, words))
        fail_msg("\"%s\" does not say \"%s\"", message->data, words);
    buffer_done(message);
}

/* Kills a slotop between the entries, so that the first `done` of them are released. */
static void leave_half_done(int done)
{
    static const char *const wanted[] = {BEFORE, REGISTRY("deleted", "active", "active"),
                                         REGISTRY("deleted", "deleted", "active"),
                                         REGISTRY("deleted", "deleted", "deleted")};
    for (int at = 1; at < STEPS_MAX; at++) {
        start_afresh();
        assert_true(run_killed(at));
        if (count_records() == 1 && file_is(wanted[done]))
            return;
        struct buffer message = next_start();
        buffer_done(&message);
    }
    fail_msg("no kill leaves %d done", done);
}

static void whenever_it_is_killed_the_next_start_makes_all_of_it_or_none(void **state)
{
    (void)state;
    int at = 1, completed = 0, begun = 0;
    for (; at < STEPS_MAX; at++) {
        start_afresh();
        if (!run_killed(at))
            break;
        bool is_half = !file_is(BEFORE) && !file_is(REGISTRY("deleted", "deleted", "deleted"));
        begun += count_records() > 0;
        struct buffer message = next_start();
        assert_true(file_is(BEFORE) || file_is(REGISTRY("deleted", "deleted", "deleted")));
        assert_int_equal(count_records(), 0);
        if (is_half) {
            assert_says(&message, "release of 3 sessions was cut short");
            completed++;
        }
        buffer_done(&message);
    }
    assert_true(at < STEPS_MAX);            /* the last one was not killed any more */
    assert_int_equal(completed, BATCH - 1); /* between each two writes */
    assert_true(begun > completed);
    assert_true(file_is(REGISTRY("deleted", "deleted", "deleted")));
    assert_int_equal(count_records(), 0);
}

static void the_slotop_that_mends_may_be_killed_as_well(void **state)
{
    (void)state;
    int at = 1;
    for (bool is_killed = true; is_killed && at < STEPS_MAX; at++) {
        int status = 0;
        leave_half_done(1);
        pid_t slotop = fork();
        if (slotop == 0) {
            strike->left = at;
            strike->main_pid = getpid();
            struct buffer message = next_start();
            buffer_done(&message);
            _exit(0);
        }
        assert_int_equal(waitpid(slotop, &status, 0), slotop);
        reap_children();
        strike->main_pid = 0;
        is_killed = WIFSIGNALED(status);
        struct buffer message = next_start();
        buffer_done(&message);
        assert_true(file_is(REGISTRY("deleted", "deleted", "deleted")));
        assert_int_equal(count_records(), 0);
    }
    assert_true(at < STEPS_MAX);
}

static void what_was_completed_is_told_and_in_the_journal_as_one_operation(void **state)
{
    (void)state;
    struct journal_log log;
    struct journal_operation operation;
    leave_half_done(1);
    (void)unlink(tree_path(&tree, "journal.jsonl"));
    struct buffer message = next_start();
    assert_says(&message, "1 had been done, 2 more are now (op-0001).");
    assert_int_equal(journal_open_log(&journal, &log, NULL), 0);
    assert_int_equal(journal_previous(&log, &operation, NULL), 1);
    assert_true(str_equal(operation.command, STR("release")));
    assert_int_equal(operation.change_count, BATCH);
    assert_int_equal(journal_previous(&log, &operation, NULL), 0);
    journal_close_log(&log);
}

static void an_entry_that_has_changed_since_is_left_alone_and_named(void **state)
{
    (void)state;
    leave_half_done(1);
    tree_put(&tree, "file", REGISTRY("deleted", "idle", "active"));
    struct buffer message = next_start();
    assert_says(&message, "1 had been done, 1 more is now; changed by others since and left alone: "
                          "bbbb (op-");
    assert_true(file_is(REGISTRY("deleted", "idle", "deleted")));
}

static void a_batch_that_was_not_begun_is_not_made_later(void **state)
{
    (void)state;
    leave_half_done(0);
    struct buffer message = next_start();
    assert_says(&message, "none of them had been changed, and none was now.");
    assert_true(file_is(BEFORE));
    assert_int_equal(count_records(), 0);
}

static void read_only_and_a_dry_run_mend_nothing(void **state)
{
    (void)state;
    leave_half_done(2);
    store.read_only = true;
    struct buffer message = next_start();
    assert_string_equal(message.data, "");
    buffer_done(&message);
    store.read_only = false;
    store.dry_run = true;
    message = next_start();
    assert_string_equal(message.data, "");
    buffer_done(&message);
    assert_true(file_is(REGISTRY("deleted", "deleted", "active")));
    assert_int_equal(count_records(), 1);
}

static void a_torn_registry_keeps_the_record_for_later(void **state)
{
    (void)state;
    leave_half_done(2);
    char *text = tree_read(&tree, "file");
    tree_put(&tree, "file", "{\"agents\":");
    struct buffer message = next_start();
    assert_string_equal(message.data, "");
    buffer_done(&message);
    assert_int_equal(count_records(), 1);
    tree_put(&tree, "file", text);
    message = next_start();
    assert_says(&message, "2 had been done, 1 more is now");
    free(text);
}

static void the_record_of_a_slotop_that_lives_is_not_touched(void **state)
{
    (void)state;
    leave_half_done(1);
    char name[700] = "";
    DIR *stream = opendir(dir);
    for (struct dirent *item; (item = readdir(stream));)
        if (strncmp(item->d_name, UNFINISHED_NAME_START, strlen(UNFINISHED_NAME_START)) == 0)
            (void)snprintf(name, sizeof(name), "%s/%s", dir, item->d_name);
    (void)closedir(stream);
    int fd = open(name, O_RDONLY | O_CLOEXEC);
    assert_int_equal(flock(fd, LOCK_EX), 0);
    struct buffer message = next_start();
    assert_string_equal(message.data, "");
    buffer_done(&message);
    assert_true(file_is(REGISTRY("deleted", "active", "active")));
    (void)close(fd);
    message = next_start();
    assert_says(&message, "1 had been done, 2 more are now");
}

static void one_entry_needs_no_record(void **state)
{
    (void)state;
    struct operation operation = {
        .kind = OPERATION_RELEASE, .session_id = STR("aaaa"), .now_ms = NOW};
    struct outcome outcome;
    struct unfinished unfinished = {0};
    struct document document;
    document_init(&document);
    assert_int_equal(store_load(&store, 0, &document, NULL, NULL), 0);
    assert_int_equal(operation_apply(&document.registry, &operation, NULL, &outcome, NULL), 0);
    assert_int_equal(unfinished_keep(&unfinished, &store, &operation, &outcome, 1, NULL), 0);
    assert_int_equal(count_records(), 0);
    unfinished_drop(&unfinished);
    outcome_done(&outcome);
    document_done(&document);
}

static void an_edit_does_not_hang_on_its_record(void **state)
{
    (void)state;
    struct store_report report;
    store.copies_dir = "/dev/null/own";
    assert_int_equal(release_all(&report), 0);
    assert_true(report.no_copy[0] != '\0');
    assert_true(file_is(REGISTRY("deleted", "deleted", "deleted")));
}

static int share(void **state)
{
    (void)state;
    (void)prctl(PR_SET_CHILD_SUBREAPER, 1);
    strike = mmap(NULL, sizeof(*strike), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return strike == MAP_FAILED ? -1 : 0;
}

int main(void)
{
#define MEND_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        MEND_TEST(whenever_it_is_killed_the_next_start_makes_all_of_it_or_none),
        MEND_TEST(the_slotop_that_mends_may_be_killed_as_well),
        MEND_TEST(what_was_completed_is_told_and_in_the_journal_as_one_operation),
        MEND_TEST(an_entry_that_has_changed_since_is_left_alone_and_named),
        MEND_TEST(a_batch_that_was_not_begun_is_not_made_later),
        MEND_TEST(read_only_and_a_dry_run_mend_nothing),
        MEND_TEST(a_torn_registry_keeps_the_record_for_later),
        MEND_TEST(the_record_of_a_slotop_that_lives_is_not_touched),
        MEND_TEST(one_entry_needs_no_record),
        MEND_TEST(an_edit_does_not_hang_on_its_record),
    };
    return cmocka_run_group_tests_name("unfinished", tests, share, NULL);
}
