// LDFLAGS: -Wl,--wrap=leased_run,--wrap=nanosleep,--wrap=store_load,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=reallocarray
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/leased.h"
#include "core/store.h"
#include "tests/helpers/memory.h"
#include "tests/helpers/tree.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* The leased part is killed after it wrote, and several servers show now this copy, now that. */

#define REGISTRY(state)                                                                            \
    "{\n  \"version\": 1,\n  \"agents\": {\n    \"s\": {\n      \"chatAgentId\": \"main\",\n"      \
    "      \"state\": \"" state "\",\n      \"lastActiveAt\": 100\n    }\n  }\n}\n"

#define ENTRY(id, state)                                                                           \
    "    \"" id "\": {\n      \"chatAgentId\": \"main\",\n      \"state\": \"" state               \
    "\",\n      \"lastActiveAt\": 100\n    }"
#define TWO(first, second)                                                                         \
    "{\n  \"version\": 1,\n  \"agents\": {\n" ENTRY("s", first) ",\n" ENTRY("t",                   \
                                                                            second) "\n  }\n}\n"

static struct tree tree;
static char path[400];
static struct outcome outcome;
static struct store_report report;
static struct error error;
static unsigned kills;           /* of leased parts that have written, to come */
static const char *left;         /* what a kill leaves in the file */
static size_t allocations;       /* after a kill, up to the one that fails; 0: none does */
static unsigned loads_until_new; /* looks that show the old copy after a kill; then ours again */

enum leased_result __real_leased_run(struct leased *job);
enum leased_result __wrap_leased_run(struct leased *job);
enum leased_result __wrap_leased_run(struct leased *job)
{
    enum leased_result result = __real_leased_run(job);
    if (kills == 0 || result != LEASED_DONE)
        return result;
    kills--;
    tree_put(&tree, "file", left);
    job->wrote = true;
    calls_until_failure = allocations;
    return job->result = LEASED_KILLED;
}

/* The first look after a kill is whether it landed; the second that of the next attempt. */
int __real_store_load(const struct store *store, int settle_ms, struct document *document,
                      struct file_identity *ret_identity, struct error *ret_error);
int __wrap_store_load(const struct store *store, int settle_ms, struct document *document,
                      struct file_identity *ret_identity, struct error *ret_error);
int __wrap_store_load(const struct store *store, int settle_ms, struct document *document,
                      struct file_identity *ret_identity, struct error *ret_error)
{
    if (loads_until_new > 0 && --loads_until_new == 0)
        tree_put(&tree, "file", REGISTRY("deleted"));
    return __real_store_load(store, settle_ms, document, ret_identity, ret_error);
}

int __wrap_nanosleep(const struct timespec *pause, struct timespec *rest);
int __wrap_nanosleep(const struct timespec *pause, struct timespec *rest)
{
    (void)pause, (void)rest;
    return 0;
}

static int set_up(void **state)
{
    (void)state;
    tree_make(&tree);
    (void)snprintf(path, sizeof(path), "%s/file", tree.path);
    tree_put(&tree, "file", REGISTRY("active"));
    kills = loads_until_new = 0;
    allocations = 0;
    left = REGISTRY("active");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    outcome_done(&outcome);
    tree_remove(&tree);
    return 0;
}

static int release(void)
{
    const struct store store = {.path = path};
    const struct operation operation = {
        .kind = OPERATION_RELEASE,
        .session_id = STR("s"),
        .has_guard = true,
        .guard_state = STATE_ACTIVE,
        .guard_last_active_at_ms = 100,
    };
    return store_apply(&store, &operation, 1, NULL, &outcome, &report, &error);
}

static void assert_done(void)
{
    assert_true(outcome.changes[0].changed);
    assert_int_equal(outcome.changes[0].from, STATE_ACTIVE);
    assert_int_equal(outcome.changes[0].to, STATE_DELETED);
    assert_true(report.wrote);
    char *text = tree_read(&tree, "file");
    assert_non_null(strstr(text, "\"deleted\""));
    free(text);
}

static void what_is_gone_after_a_kill_is_written_again(void **state)
{
    (void)state;
    kills = 2;
    assert_int_equal(release(), 0);
    assert_int_equal(report.attempts, 3);
    assert_done();
}

static void what_is_there_again_after_a_kill_is_ours_and_no_change_by_others(void **state)
{
    (void)state;
    kills = 1;
    loads_until_new = 3; /* the edit's own, whether it landed, the next attempt's */
    assert_int_equal(release(), 0);
    assert_int_equal(report.attempts, 2);
    assert_done();
}

/* Both are released; the process that does it is ended between the two. */
static void what_was_done_of_a_batch_before_a_kill_is_told_as_done(void **state)
{
    const struct store store = {.path = path};
    struct operation operations[2];
    struct outcome outcomes[2] = {0};
    (void)state;
    tree_put(&tree, "file", TWO("active", "idle"));
    left = TWO("deleted", "idle");
    kills = 1;
    for (size_t i = 0; i < 2; i++)
        operations[i] = (struct operation){.kind = OPERATION_RELEASE,
                                           .session_id = i == 0 ? STR("s") : STR("t"),
                                           .has_guard = true,
                                           .guard_state = i == 0 ? STATE_ACTIVE : STATE_IDLE,
                                           .guard_last_active_at_ms = 100};
    assert_int_equal(store_apply(&store, operations, 2, NULL, outcomes, &report, &error), 0);
    assert_int_equal(report.attempts, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_true(outcomes[i].changes[0].changed);
        assert_int_equal(outcomes[i].changes[0].from, i == 0 ? STATE_ACTIVE : STATE_IDLE);
        assert_non_null(
            strstr(outcomes[i].changes[0].before_json.data, i == 0 ? "active" : "idle"));
        outcome_done(&outcomes[i]);
    }
    char *text = tree_read(&tree, "file");
    assert_null(strstr(text, "\"active\""));
    assert_null(strstr(text, "\"idle\""));
    free(text);
}

#define DUE                                                                                        \
    "    \"s\": {\n      \"chatAgentId\": \"main\",\n      \"state\": \"active\",\n"               \
    "      \"lastActiveAt\": 100,\n      \"idleTtlMs\": 1000\n    }"
#define ENDED                                                                                      \
    "    \"s\": {\n      \"chatAgentId\": \"main\",\n      \"state\": \"expired\",\n"              \
    "      \"lastActiveAt\": 100,\n      \"idleTtlMs\": 1000\n    }"
#define WALKED(entries) "{\n  \"version\": 1,\n  \"agents\": {\n" entries "\n  }\n}\n"

static int walk(enum operation_kind kind, const char *before)
{
    const struct store store = {.path = path};
    struct operation operation = {.kind = kind, .now_ms = 100000, .before_ms = 100000};
    tree_put(&tree, "file", before);
    kills = 1;
    return store_apply(&store, &operation, 1, NULL, &outcome, &report, &error);
}

static void check_outcome(size_t expired, size_t purged)
{
    assert_int_equal(report.attempts, 2);
    assert_int_equal(outcome.expired_count, expired);
    assert_int_equal(outcome.purged_count, purged);
    assert_int_equal(outcome.change_count, expired + purged);
    for (size_t i = 0; i < outcome.change_count; i++) {
        const struct change_record *change = &outcome.changes[i];
        assert_true(change->changed && change->before_json.len > 0);
        assert_int_equal(change->has_entry, i < expired);
        assert_int_equal(change->after_json.len > 0, change->has_entry);
    }
    outcome_done(&outcome);
}

static void check_walk(enum operation_kind kind, const char *before, size_t expired, size_t purged)
{
    assert_int_equal(walk(kind, before), 0);
    check_outcome(expired, purged);
}

/* It can be undone, for the journal has what the outcome says. */
static void what_a_walk_did_before_a_kill_is_told_with_the_rest(void **state)
{
    (void)state;
    left = WALKED(ENDED ",\n" ENTRY("t", "deleted"));
    check_walk(OPERATION_GC, WALKED(DUE ",\n" ENTRY("t", "deleted")), 1, 1);
    left = WALKED(DUE);
    check_walk(OPERATION_GC, WALKED(DUE ",\n" ENTRY("t", "deleted")), 1, 1);
    left = WALKED(ENTRY("t", "deleted"));
    check_walk(OPERATION_PURGE_DELETED, TWO("deleted", "deleted"), 0, 2);
    left = WALKED(ENTRY("s", "expired"));
    check_walk(OPERATION_PURGE_EXPIRED, TWO("expired", "expired"), 0, 2);
}

static void without_memory_after_a_kill_a_walk_fails_or_is_told_whole(void **state)
{
    bool has_failed = true;
    (void)state;
    left = WALKED(ENDED ",\n" ENTRY("t", "deleted"));
    while (has_failed) {
        allocations++;
        int result = walk(OPERATION_GC, WALKED(DUE ",\n" ENTRY("t", "deleted")));
        has_failed = calls_until_failure == 0;
        calls_until_failure = 0;
        if (result == 0)
            check_outcome(1, 1);
        else
            assert_int_equal(result, -ENOMEM);
        outcome_done(&outcome);
    }
    print_message("%zu failed allocations\n", allocations - 1);
    assert_true(allocations > 20);
}

int main(void)
{
#define KILLED_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        KILLED_TEST(what_is_gone_after_a_kill_is_written_again),
        KILLED_TEST(what_was_done_of_a_batch_before_a_kill_is_told_as_done),
        KILLED_TEST(what_a_walk_did_before_a_kill_is_told_with_the_rest),
        KILLED_TEST(without_memory_after_a_kill_a_walk_fails_or_is_told_whole),
        KILLED_TEST(what_is_there_again_after_a_kill_is_ours_and_no_change_by_others),
    };
    return cmocka_run_group_tests_name("store_killed", tests, NULL, NULL);
}
