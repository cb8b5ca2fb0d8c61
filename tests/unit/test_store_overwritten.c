// LDFLAGS: -Wl,--wrap=nanosleep -Wl,--wrap=open
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/store.h"
#include "tests/helpers/tree.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Servers that write older copies, at the moments when the store waits or looks again. */

#define REGISTRY(state)                                                                            \
    "{\n  \"version\": 1,\n  \"agents\": {\n    \"s\": {\n      \"chatAgentId\": \"main\",\n"      \
    "      \"state\": \"" state "\",\n      \"lastActiveAt\": 100\n    }\n  }\n}\n"

#define ENTRY(id, state)                                                                           \
    "\"" id "\":{\"chatAgentId\":\"main\",\"state\":\"" state "\",\"lastActiveAt\":100}"
#define TWO(first, second)                                                                         \
    "{\"version\":1,\"agents\":{" ENTRY("s", first) "," ENTRY("t", second) "}}"

static struct tree tree;
static const char *older_copy;
static int older_copies;      /* how many checks shall find one */
static bool is_ours_put_back; /* by another server, right before the second look after one */
static int opens_since;       /* looks since an older copy was written; -1: none was */

int __wrap_nanosleep(const struct timespec *pause, struct timespec *rest);
int __wrap_nanosleep(const struct timespec *pause, struct timespec *rest)
{
    (void)rest;
    if (pause->tv_nsec == 50000000L && older_copies > 0) {
        older_copies--;
        opens_since = -1;
        tree_put(&tree, "file", older_copy);
        opens_since = 0;
    }
    return 0;
}

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...)
{
    if (is_ours_put_back && opens_since >= 0 && ++opens_since == 2) {
        opens_since = -1;
        tree_put(&tree, "file", REGISTRY("expired"));
    }
    return __real_open(path, flags, 0666);
}

static int set_up(void **state)
{
    (void)state;
    tree_make(&tree);
    tree_put(&tree, "file", REGISTRY("active"));
    older_copy = REGISTRY("active");
    older_copies = 0;
    is_ours_put_back = false;
    opens_since = -1;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    tree_remove(&tree);
    return 0;
}

static int expire(struct outcome *outcome, struct store_report *report, struct error *error)
{
    char path[512];
    (void)snprintf(path, sizeof(path), "%s", tree_path(&tree, "file"));
    const struct store store = {.path = path};
    const struct operation operation = {.kind = OPERATION_EXPIRE, .session_id = STR("s")};
    return store_apply(&store, &operation, 1, NULL, outcome, report, error);
}

static void assert_told(const struct outcome *outcome)
{
    assert_true(outcome->changes[0].changed);
    assert_int_equal(outcome->changes[0].from, STATE_ACTIVE);
    assert_int_equal(outcome->changes[0].to, STATE_EXPIRED);
    char *text = tree_read(&tree, "file");
    assert_non_null(strstr(text, "\"expired\""));
    free(text);
}

static void what_is_overwritten_is_applied_again_and_told_as_one_change(void **state)
{
    (void)state;
    struct outcome outcome;
    struct store_report report;
    older_copies = 3;
    assert_int_equal(expire(&outcome, &report, NULL), 0);
    assert_told(&outcome);
    assert_int_equal(report.reapplied, 3);
    outcome_done(&outcome);
}

static void a_change_that_comes_back_by_itself_is_told_as_made(void **state)
{
    (void)state;
    struct outcome outcome;
    struct store_report report;
    older_copies = 1;
    is_ours_put_back = true;
    assert_int_equal(expire(&outcome, &report, NULL), 0);
    assert_told(&outcome);
    outcome_done(&outcome);
}

/* What the operator was told of it is true, whatever the older copy would have allowed. */
static void what_was_refused_is_not_done_when_the_rest_is_applied_again(void **state)
{
    (void)state;
    char path[512];
    struct outcome outcomes[2];
    struct store_report report;
    struct operation operations[] = {
        {.kind = OPERATION_EXPIRE, .session_id = STR("s")},
        {.kind = OPERATION_RELEASE, .session_id = STR("t"), .has_guard = true},
    };
    operations[1].guard_state = STATE_ACTIVE;
    operations[1].guard_last_active_at_ms = 100;
    (void)snprintf(path, sizeof(path), "%s", tree_path(&tree, "file"));
    const struct store store = {.path = path};
    tree_put(&tree, "file", TWO("active", "idle"));
    older_copy = TWO("active", "active");
    older_copies = 1;
    assert_int_equal(store_apply(&store, operations, 2, NULL, outcomes, &report, NULL), 0);
    assert_int_equal(report.reapplied, 1);
    assert_true(outcomes[0].changes[0].changed);
    assert_false(outcomes[1].changes[0].changed);
    char *text = tree_read(&tree, "file");
    assert_string_equal(text, TWO("expired", "active"));
    free(text);
    for (size_t i = 0; i < 2; i++)
        outcome_done(&outcomes[i]);
}

static void what_is_overwritten_for_ever_is_a_conflict_and_said_not_to_be_there(void **state)
{
    (void)state;
    struct outcome outcome;
    struct store_report report;
    struct error error;
    older_copies = 1000;
    assert_true(expire(&outcome, &report, &error) < 0);
    assert_int_equal(error.kind, ERROR_CONFLICT);
    assert_non_null(strstr(error.text, "it is not in the file"));
    outcome_done(&outcome);
}

int main(void)
{
#define OVER_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        OVER_TEST(what_is_overwritten_is_applied_again_and_told_as_one_change),
        OVER_TEST(a_change_that_comes_back_by_itself_is_told_as_made),
        OVER_TEST(what_was_refused_is_not_done_when_the_rest_is_applied_again),
        OVER_TEST(what_is_overwritten_for_ever_is_a_conflict_and_said_not_to_be_there),
    };
    return cmocka_run_group_tests_name("store_overwritten", tests, NULL, NULL);
}
