#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/copies.h"
#include "core/promises.h"
#include "tests/helpers/tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REGISTRY(state, last)                                                                      \
    "{\n  \"version\": 1,\n  \"agents\": {\n    \"s\": {\n      \"chatAgentId\": \"main\",\n"      \
    "      \"state\": \"" state "\",\n      \"lastActiveAt\": " last "\n    }\n  }\n}\n"

struct fixture {
    struct tree tree;
    char path[512];
    struct store store;
    struct promises promises;
    struct promise_news news;
};

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    tree_make(&fixture->tree);
    (void)snprintf(fixture->path, sizeof(fixture->path), "%s/file", fixture->tree.path);
    fixture->store = (struct store){.path = fixture->path};
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    promises_done(&fixture->promises);
    promise_news_done(&fixture->news);
    tree_remove(&fixture->tree);
    free(fixture);
    return 0;
}

static void promise_that(struct fixture *fixture, const struct operation *operation)
{
    const struct pool pool = {STR("main"), NULL, 0};
    struct outcome outcome;
    struct store_report report;
    assert_int_equal(store_apply(&fixture->store, operation, 1, &pool, &outcome, &report, NULL), 0);
    assert_int_equal(promises_add(&fixture->promises, &outcome, NULL), 0);
    outcome_done(&outcome);
}

static void promise_at(struct fixture *fixture, enum operation_kind kind, int64_t now_ms)
{
    const struct operation operation = {.kind = kind, .session_id = STR("s"), .now_ms = now_ms};
    promise_that(fixture, &operation);
}

static void promise(struct fixture *fixture, enum operation_kind kind)
{
    promise_at(fixture, kind, 0);
}

static void release(struct fixture *fixture)
{
    promise(fixture, OPERATION_RELEASE);
}

static void look(struct fixture *fixture)
{
    struct document document;
    document_init(&document);
    assert_int_equal(store_load(&fixture->store, 0, &document, NULL, NULL), 0);
    promise_news_done(&fixture->news);
    promises_keep(&fixture->promises, &fixture->store, &document.registry, &fixture->news);
    document_done(&document);
}

static bool file_has(struct fixture *fixture, const char *text)
{
    char *content = tree_read(&fixture->tree, "file");
    bool has = strstr(content, text) != NULL;
    free(content);
    return has;
}

static void an_edit_that_is_overwritten_is_applied_again_every_time(void **state)
{
    struct fixture *fixture = *state;
    tree_put(&fixture->tree, "file", REGISTRY("active", "100"));
    release(fixture);
    for (int i = 0; i < 3; i++) {
        tree_put(&fixture->tree, "file", REGISTRY("active", "100"));
        look(fixture);
        assert_int_equal(fixture->news.applied.count, 1);
        assert_string_equal(fixture->news.applied.session_id.data, "s");
        assert_true(file_has(fixture, "\"deleted\""));
    }
    look(fixture);
    assert_int_equal(
        fixture->news.applied.count + fixture->news.moved_on.count + fixture->news.failed.count, 0);
}

static void an_entry_that_has_moved_on_is_told_once_and_left_alone(void **state)
{
    struct fixture *fixture = *state;
    tree_put(&fixture->tree, "file", REGISTRY("active", "100"));
    release(fixture);
    tree_put(&fixture->tree, "file", REGISTRY("active", "200"));
    look(fixture);
    assert_int_equal(fixture->news.moved_on.count, 1);
    assert_int_equal(fixture->news.moved_to, STATE_ACTIVE);
    assert_true(file_has(fixture, "\"active\""));
    tree_put(&fixture->tree, "file", REGISTRY("active", "100"));
    look(fixture);
    assert_int_equal(fixture->news.applied.count + fixture->news.moved_on.count, 0);
}

static void a_copy_from_two_edits_ago_is_no_activity(void **state)
{
    struct fixture *fixture = *state;
    tree_put(&fixture->tree, "file", REGISTRY("active", "100"));
    promise(fixture, OPERATION_IDLE);
    release(fixture);
    tree_put(&fixture->tree, "file", REGISTRY("active", "100"));
    look(fixture);
    assert_int_equal(fixture->news.applied.count, 1);
    assert_true(file_has(fixture, "\"deleted\""));
}

/* What was let go, since it was used again, still tells what is older than the edits after it. */
static void a_copy_from_before_an_edit_that_was_let_go_is_no_activity(void **state)
{
    struct fixture *fixture = *state;
    tree_put(&fixture->tree, "file", REGISTRY("odd", "100"));
    promise(fixture, OPERATION_TOUCH);
    tree_put(&fixture->tree, "file", REGISTRY("idle", "100"));
    look(fixture);
    assert_int_equal(fixture->news.moved_on.count, 1);
    release(fixture);
    tree_put(&fixture->tree, "file", REGISTRY("odd", "100"));
    look(fixture);
    assert_int_equal(fixture->news.applied.count, 1);
    assert_true(file_has(fixture, "\"deleted\""));
}

/* GC takes it away, whoever made it; but a server may still come back with it as it was before. */
static void a_released_entry_that_is_gone_is_left_so_and_watched_on(void **state)
{
    struct fixture *fixture = *state;
    static const char none[] = "{\n  \"version\": 1,\n  \"agents\": {}\n}\n";
    for (int made_here = 0; made_here <= 1; made_here++) {
        tree_put(&fixture->tree, "file", made_here ? none : REGISTRY("active", "100"));
        if (made_here)
            promise_at(fixture, OPERATION_ALLOCATE, 100);
        release(fixture);
        tree_put(&fixture->tree, "file", none);
        look(fixture);
        assert_int_equal(fixture->news.applied.count + fixture->news.moved_on.count, 0);
        assert_true(file_has(fixture, "\"agents\": {}"));
        tree_put(&fixture->tree, "file", REGISTRY("active", "100"));
        look(fixture);
        assert_int_equal(fixture->news.applied.count, 1);
        assert_true(file_has(fixture, "\"deleted\""));
    }
}

/* An expiry is taken back, and there again: before its time is over that is an older copy. */
static void what_is_overdue_and_expires_again_was_expired_by_gc(void **state)
{
    struct fixture *fixture = *state;
    static const char live[] = "{\"state\":\"idle\",\"lastActiveAt\":100,\"idleTtlMs\":50}";
    static const char expired[] = "{\"version\":1,\"agents\":{\"s\":{\"state\":\"expired\","
                                  "\"lastActiveAt\":100,\"idleTtlMs\":50}}}";
    static const int64_t now_ms[] = {150, 151};
    for (size_t i = 0; i < 2; i++) {
        const struct operation put_back = {
            .kind = OPERATION_PUT_BACK,
            .session_id = STR("s"),
            .entry_text = STR(live),
            .has_guard = true,
            .guard_state = STATE_EXPIRED,
            .guard_last_active_at_ms = 100,
        };
        tree_put(&fixture->tree, "file", expired);
        promise_that(fixture, &put_back);
        tree_put(&fixture->tree, "file", expired);
        fixture->store.now_ms = now_ms[i];
        look(fixture);
        assert_int_equal(fixture->news.applied.count, i == 0);
        assert_int_equal(fixture->news.ended.count, i == 1);
        assert_int_equal(file_has(fixture, "\"idle\""), i == 0);
    }
}

/* What expires before its time is over, somebody expired: that is told. */
static void what_expires_when_it_is_due_is_no_news_and_before_that_it_is(void **state)
{
    struct fixture *fixture = *state;
    static const char live[] = "{\"version\":1,\"agents\":{\"s\":{\"state\":\"active\","
                               "\"lastActiveAt\":100,\"idleTtlMs\":50}}}";
    static const char expired[] = "{\"version\":1,\"agents\":{\"s\":{\"state\":\"expired\","
                                  "\"lastActiveAt\":100,\"idleTtlMs\":50}}}";
    static const int64_t now_ms[] = {150, 151};
    for (size_t i = 0; i < 2; i++) {
        tree_put(&fixture->tree, "file", live);
        promise(fixture, OPERATION_IDLE);
        tree_put(&fixture->tree, "file", expired);
        fixture->store.now_ms = now_ms[i];
        look(fixture);
        assert_int_equal(fixture->news.moved_on.count, i == 0);
        assert_int_equal(fixture->news.ended.count, i == 1);
        assert_true(file_has(fixture, "\"expired\""));
    }
}

static void an_entry_that_is_older_gone_or_of_no_possible_time_is_put_back(void **state)
{
    struct fixture *fixture = *state;
    static const char *const older[] = {REGISTRY("active", "99"), "{\"version\":1,\"agents\":{}}",
                                        REGISTRY("active", "17738900001238900")};
    for (size_t i = 0; i < sizeof(older) / sizeof(older[0]); i++) {
        tree_put(&fixture->tree, "file", REGISTRY("active", "100"));
        promise(fixture, OPERATION_EXPIRE);
        tree_put(&fixture->tree, "file", older[i]);
        look(fixture);
        assert_int_equal(fixture->news.applied.count, 1);
        assert_true(file_has(fixture, "\"expired\""));
        assert_true(file_has(fixture, "100"));
    }
}

static void what_cannot_be_applied_again_is_kept_for_the_next_look(void **state)
{
    struct fixture *fixture = *state;
    tree_put(&fixture->tree, "file", REGISTRY("active", "100"));
    release(fixture);
    tree_put(&fixture->tree, "file", REGISTRY("active", "100"));
    fixture->store.read_only = true;
    look(fixture);
    assert_int_equal(fixture->news.failed.count, 1);
    assert_int_equal(fixture->news.error.kind, ERROR_REFUSED);
    fixture->store.read_only = false;
    look(fixture);
    assert_int_equal(fixture->news.applied.count, 1);
    assert_true(file_has(fixture, "\"deleted\""));
}

static void an_operation_that_changed_nothing_is_no_promise(void **state)
{
    struct fixture *fixture = *state;
    tree_put(&fixture->tree, "file", REGISTRY("deleted", "100"));
    release(fixture);
    assert_int_equal(fixture->promises.count, 0);
}

static void an_edit_applied_again_keeps_no_copy(void **state)
{
    struct fixture *fixture = *state;
    char dir[512];
    (void)snprintf(dir, sizeof(dir), "%s/own", fixture->tree.path);
    fixture->store.copies_dir = dir;
    tree_put(&fixture->tree, "file", REGISTRY("active", "100"));
    release(fixture);
    assert_int_equal(tree_count(&fixture->tree, "own"), 1);
    tree_put(&fixture->tree, "file", REGISTRY("active", "100") " ");
    look(fixture);
    assert_int_equal(fixture->news.applied.count, 1);
    assert_int_equal(tree_count(&fixture->tree, "own"), 1);
}

int main(void)
{
#define PROMISE_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        PROMISE_TEST(an_edit_that_is_overwritten_is_applied_again_every_time),
        PROMISE_TEST(an_entry_that_has_moved_on_is_told_once_and_left_alone),
        PROMISE_TEST(a_copy_from_two_edits_ago_is_no_activity),
        PROMISE_TEST(a_copy_from_before_an_edit_that_was_let_go_is_no_activity),
        PROMISE_TEST(a_released_entry_that_is_gone_is_left_so_and_watched_on),
        PROMISE_TEST(what_is_overdue_and_expires_again_was_expired_by_gc),
        PROMISE_TEST(what_expires_when_it_is_due_is_no_news_and_before_that_it_is),
        PROMISE_TEST(an_entry_that_is_older_gone_or_of_no_possible_time_is_put_back),
        PROMISE_TEST(what_cannot_be_applied_again_is_kept_for_the_next_look),
        PROMISE_TEST(an_operation_that_changed_nothing_is_no_promise),
        PROMISE_TEST(an_edit_applied_again_keeps_no_copy),
    };
    return cmocka_run_group_tests_name("promises", tests, NULL, NULL);
}
