#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/restore.h"
#include "tests/helpers/tree.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NOW 1773890000000
#define ENTRY(id, slot, state)                                                                     \
    "\"" id "\":{\"chatAgentId\":\"chat-slot-main-" slot                                           \
    "\",\"workspaceAgentId\":\"main\",\"sessionId\":\"" id "\",\"state\":\"" state                 \
    "\",\"createdAt\":1,\"lastActiveAt\":5,\"idleTtlMs\":1800000,\"x\":{\"odd\":[1]}}"
#define AGENTS(entries) "{\"version\":1,\"agents\":{" entries "}}\n"
#define GOOD                                                                                       \
    AGENTS(ENTRY("a", "1", "active") "," ENTRY("b", "2", "idle") "," ENTRY(                        \
        "c", "3", "expired") "," ENTRY("d", "1", "deleted"))
#define WIPED AGENTS(ENTRY("n", "1", "active"))
#define TORN "{\"version\":1,\"agents\":{\"a\":{\"chatAg"

struct fixture {
    struct tree tree;
    char dir[512];
    struct store store;
    char path[512];
    struct document now;
    struct restore restore;
    struct store_report report;
    struct error error;
};

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    if (!fixture)
        return -1;
    tree_make(&fixture->tree);
    (void)snprintf(fixture->dir, sizeof(fixture->dir), "%s/copies", fixture->tree.path);
    (void)snprintf(fixture->path, sizeof(fixture->path), "%s/chat-agents.json", fixture->tree.path);
    fixture->store.path = fixture->path;
    document_init(&fixture->now);
    document_init(&fixture->restore.document);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    restore_done(&fixture->restore);
    document_done(&fixture->now);
    tree_remove(&fixture->tree);
    free(fixture);
    return 0;
}

static void keep(struct fixture *fixture, const char *text, const char *reason)
{
    assert_int_equal(copies_save(fixture->dir, str_of(text), NOW, reason, NULL), 0);
}

/* What the server leaves; NULL: no file. */
static void leave(struct fixture *fixture, const char *text)
{
    if (text)
        tree_put(&fixture->tree, "chat-agents.json", text);
    else
        (void)unlink(fixture->path);
    assert_int_equal(store_load(&fixture->store, 0, &fixture->now, NULL, NULL), 0);
}

static int prepare(struct fixture *fixture, const char *name)
{
    restore_done(&fixture->restore);
    return restore_prepare(fixture->dir, name, &fixture->now, NOW, &fixture->restore,
                           &fixture->error);
}

static int apply(struct fixture *fixture)
{
    return restore_apply(&fixture->store, &fixture->restore, &fixture->report, &fixture->error);
}

/* The ids of the registry in the file, in its order; "torn" where it does not parse. */
static const char *ids(struct fixture *fixture)
{
    static char text[64];
    struct document document;
    document_init(&document);
    assert_int_equal(store_load(&fixture->store, 0, &document, NULL, NULL), 0);
    text[0] = '\0';
    if (!document.has_registry)
        (void)snprintf(text, sizeof(text), "%s", document_state_name(document.state));
    for (size_t i = 0; i < document.registry.count; i++)
        (void)strncat(text, entry_session_id(&document.registry.entries[i]).data, 1);
    document_done(&document);
    return text;
}

static void what_is_missing_comes_back_and_what_exists_stays(void **state)
{
    struct fixture *fixture = *state;
    keep(fixture, GOOD, COPIES_WIPED);
    leave(fixture, AGENTS(ENTRY("n", "1", "active") "," ENTRY("b", "7", "expired")));
    assert_int_equal(prepare(fixture, NULL), 0);
    assert_int_equal(fixture->restore.count, 2);
    assert_int_equal(fixture->restore.present, 1);
    assert_int_equal(fixture->restore.left_out, 1);
    assert_false(fixture->restore.replaces);
    assert_int_equal(apply(fixture), 0);
    assert_true(fixture->report.wrote);
    assert_string_equal(ids(fixture), "nbac");
    char *text = tree_read(&fixture->tree, "chat-agents.json");
    assert_non_null(strstr(text, ENTRY("b", "7", "expired")));
    assert_non_null(strstr(text, "\"odd\""));
    free(text);
    assert_string_equal(fixture->restore.outcomes[0].changes[0].to_text.data, "active");
}

static void a_slot_that_is_held_again_is_no_reason_to_lose_the_entry(void **state)
{
    struct fixture *fixture = *state;
    keep(fixture, GOOD, COPIES_WIPED);
    leave(fixture, WIPED);
    assert_int_equal(prepare(fixture, NULL), 0);
    assert_int_equal(apply(fixture), 0);
    assert_string_equal(ids(fixture), "nabc");
}

static void which_copy_is_chosen(void **state)
{
    static const struct {
        const char *copies[4]; /* oldest first */
        const char *now;
        uint64_t chosen; /* 0: none */
    } cases[] = {
        {{GOOD}, WIPED, 1},
        /* the newest against which it is a wipe, not what an edit kept since */
        {{GOOD, WIPED, AGENTS("")}, WIPED, 1},
        {{GOOD, AGENTS(ENTRY("n", "1", "active"))}, AGENTS(""), 1},
        /* none is: the newest with more live ones */
        {{AGENTS(ENTRY("a", "1", "idle")), AGENTS(ENTRY("b", "1", "idle")), AGENTS("")},
         AGENTS(""),
         2},
        {{AGENTS(ENTRY("a", "1", "idle"))}, AGENTS(ENTRY("b", "1", "idle")), 0},
        {{AGENTS(ENTRY("a", "1", "expired"))}, AGENTS(""), 0},
        /* torn and malformed copies are passed over */
        {{GOOD, TORN, "[]"}, WIPED, 1},
        /* a file that cannot be read: the newest good one */
        {{GOOD, TORN, "[]"}, TORN, 1},
        {{GOOD, AGENTS(ENTRY("a", "1", "expired"))}, TORN, 1},
        {{AGENTS(ENTRY("a", "1", "expired"))}, TORN, 1},
        {{TORN}, TORN, 0},
        {{GOOD}, "", 1},
        {{GOOD}, "{\"agents\":5}", 1},
        {{GOOD}, NULL, 1},
        {{GOOD}, GOOD, 0},
    };
    struct fixture *fixture = *state;
    size_t count = sizeof(cases) / sizeof(cases[0]);
    for (size_t i = 0; i < count; i++) {
        tree_remove(&fixture->tree);
        tree_make(&fixture->tree);
        (void)snprintf(fixture->dir, sizeof(fixture->dir), "%s/copies", fixture->tree.path);
        (void)snprintf(fixture->path, sizeof(fixture->path), "%s/chat-agents.json",
                       fixture->tree.path);
        for (size_t k = 0; cases[i].copies[k]; k++)
            keep(fixture, cases[i].copies[k], COPIES_BEFORE_EDIT);
        leave(fixture, cases[i].now);
        assert_int_equal(prepare(fixture, NULL), 0);
        if (fixture->restore.copy.number != cases[i].chosen)
            fail_msg("case %zu: copy %d", i, (int)fixture->restore.copy.number);
        assert_int_equal(restore_has_work(&fixture->restore), cases[i].chosen != 0);
    }
    print_message("choices: %zu cases\n", count);
}

static void a_named_copy_is_used_whatever_else_there_is(void **state)
{
    static const char *const names[] = {"1", "0000001", "0000001-1773890000000-edit.json"};
    struct fixture *fixture = *state;
    keep(fixture, AGENTS(ENTRY("a", "1", "expired")), COPIES_BEFORE_EDIT);
    keep(fixture, GOOD, COPIES_WIPED);
    leave(fixture, WIPED);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        assert_int_equal(prepare(fixture, names[i]), 0);
        assert_int_equal(fixture->restore.copy.number, 1);
        assert_int_equal(fixture->restore.count, 1);
    }
}

static void names_that_no_copy_has_are_not_found(void **state)
{
    static const char *const names[] = {"",   "3",  "x",    "-1",
                                        " 1", "1x", "../1", "18446744073709551617"};
    struct fixture *fixture = *state;
    keep(fixture, GOOD, COPIES_WIPED);
    leave(fixture, WIPED);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        assert_int_equal(prepare(fixture, names[i]), -ENOENT);
        assert_int_equal(fixture->error.kind, ERROR_NOT_FOUND);
    }
}

static void without_copies_nothing_is_found(void **state)
{
    struct fixture *fixture = *state;
    leave(fixture, TORN);
    assert_int_equal(prepare(fixture, NULL), -ENOENT);
    assert_int_equal(fixture->error.kind, ERROR_NOT_FOUND);
}

static void a_torn_copy_that_is_named_is_refused(void **state)
{
    struct fixture *fixture = *state;
    keep(fixture, TORN, COPIES_REPLACED);
    leave(fixture, WIPED);
    assert_int_equal(prepare(fixture, "1"), -EUCLEAN);
    assert_non_null(strstr(fixture->error.text, "0000001-1773890000000-replaced.json is no good"));
}

static void a_torn_file_is_replaced_without_the_released_entries(void **state)
{
    static const char *const broken[] = {TORN,     "",   "\xef\xbb\xbf" GOOD,
                                         GOOD "x", "[]", "{\"agents\":null}"};
    struct fixture *fixture = *state;
    keep(fixture, GOOD, COPIES_TORN);
    for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
        leave(fixture, broken[i]);
        assert_int_equal(prepare(fixture, NULL), 0);
        assert_true(fixture->restore.replaces);
        assert_int_equal(fixture->restore.count, 3);
        assert_int_equal(fixture->restore.left_out, 1);
        assert_int_equal(apply(fixture), 0);
        assert_true(fixture->report.wrote);
        assert_string_equal(ids(fixture), "abc");
        for (size_t k = 0; k < 3; k++)
            assert_true(fixture->restore.outcomes[k].changes[0].changed);
    }
}

static void a_good_copy_without_released_entries_is_put_in_place_byte_for_byte(void **state)
{
    static const char good[] = AGENTS(ENTRY("a", "1", "active") "," ENTRY("b", "2", "idle"));
    struct fixture *fixture = *state;
    keep(fixture, good, COPIES_TORN);
    leave(fixture, TORN);
    assert_int_equal(prepare(fixture, NULL), 0);
    assert_int_equal(apply(fixture), 0);
    char *text = tree_read(&fixture->tree, "chat-agents.json");
    assert_string_equal(text, good);
    free(text);
}

static void a_file_that_became_readable_meanwhile_is_not_replaced(void **state)
{
    struct fixture *fixture = *state;
    keep(fixture, GOOD, COPIES_TORN);
    leave(fixture, TORN);
    assert_int_equal(prepare(fixture, NULL), 0);
    tree_put(&fixture->tree, "chat-agents.json", WIPED);
    assert_int_equal(apply(fixture), -EEXIST);
    assert_int_equal(fixture->error.kind, ERROR_CONFLICT);
    assert_string_equal(ids(fixture), "n");
}

static void a_file_that_tore_meanwhile_is_left_alone(void **state)
{
    struct fixture *fixture = *state;
    keep(fixture, GOOD, COPIES_WIPED);
    leave(fixture, WIPED);
    assert_int_equal(prepare(fixture, NULL), 0);
    tree_put(&fixture->tree, "chat-agents.json", TORN);
    assert_int_equal(apply(fixture), -EUCLEAN);
    assert_string_equal(ids(fixture), "torn");
}

static void a_file_that_has_gone_is_made_again(void **state)
{
    struct fixture *fixture = *state;
    keep(fixture, GOOD, COPIES_WIPED);
    leave(fixture, NULL);
    assert_int_equal(prepare(fixture, NULL), 0);
    assert_int_equal(apply(fixture), 0);
    assert_string_equal(ids(fixture), "abc");
}

static void a_dry_run_and_a_read_only_store_write_nothing(void **state)
{
    static const char *const files[] = {WIPED, TORN};
    struct fixture *fixture = *state;
    keep(fixture, GOOD, COPIES_WIPED);
    for (size_t i = 0; i < 2; i++) {
        leave(fixture, files[i]);
        assert_int_equal(prepare(fixture, NULL), 0);
        fixture->store.read_only = true;
        assert_int_equal(apply(fixture), -EROFS);
        assert_int_equal(fixture->error.kind, ERROR_REFUSED);
        fixture->store.dry_run = true;
        assert_int_equal(apply(fixture), 0);
        assert_false(fixture->report.wrote);
        assert_true(fixture->restore.outcomes[0].changes[0].changed);
        char *text = tree_read(&fixture->tree, "chat-agents.json");
        assert_string_equal(text, files[i]);
        free(text);
        fixture->store.read_only = fixture->store.dry_run = false;
    }
}

static void what_is_no_entry_is_left_out(void **state)
{
    struct fixture *fixture = *state;
    keep(fixture, AGENTS("\"x\":null,\"y\":5,\"z\":[1]," ENTRY("a", "1", "active")), COPIES_WIPED);
    leave(fixture, WIPED);
    assert_int_equal(prepare(fixture, NULL), 0);
    assert_int_equal(fixture->restore.count, 1);
    assert_int_equal(fixture->restore.left_out, 3);
    assert_int_equal(apply(fixture), 0);
    assert_string_equal(ids(fixture), "na");
}

static void an_unreadable_file_is_refused(void **state)
{
    struct fixture *fixture = *state;
    keep(fixture, GOOD, COPIES_WIPED);
    document_set_unreadable(&fixture->now, "opening it: no");
    assert_int_equal(prepare(fixture, NULL), -EACCES);
    assert_int_equal(fixture->error.kind, ERROR_UNUSABLE);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(what_is_missing_comes_back_and_what_exists_stays),
        TEST(a_slot_that_is_held_again_is_no_reason_to_lose_the_entry),
        TEST(which_copy_is_chosen),
        TEST(a_named_copy_is_used_whatever_else_there_is),
        TEST(names_that_no_copy_has_are_not_found),
        TEST(without_copies_nothing_is_found),
        TEST(a_torn_copy_that_is_named_is_refused),
        TEST(a_torn_file_is_replaced_without_the_released_entries),
        TEST(a_good_copy_without_released_entries_is_put_in_place_byte_for_byte),
        TEST(a_file_that_became_readable_meanwhile_is_not_replaced),
        TEST(a_file_that_tore_meanwhile_is_left_alone),
        TEST(a_file_that_has_gone_is_made_again),
        TEST(a_dry_run_and_a_read_only_store_write_nothing),
        TEST(what_is_no_entry_is_left_out),
        TEST(an_unreadable_file_is_refused),
    };
    return cmocka_run_group_tests_name("restore", tests, NULL, NULL);
}
