/* Which operation is taken back, and what takes it back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/undo.h"
#include "tests/helpers/tree.h"

enum { OWN_PID = 100, OTHER_PID = 200, NOW_MS = 9000, NONE = 0 };

struct desk {
    struct tree tree;
    struct journal journal;
    struct journal_log log;
};

static int set_up(void **state)
{
    struct desk *desk = calloc(1, sizeof(*desk));
    if (!desk)
        return -1;
    tree_make(&desk->tree);
    desk->journal = (struct journal){.dir = desk->tree.path, .host = "ops1", .pid = OWN_PID};
    *state = desk;
    return 0;
}

static int tear_down(void **state)
{
    struct desk *desk = *state;
    journal_close_log(&desk->log);
    tree_remove(&desk->tree);
    free(desk);
    return 0;
}

/*
 * A journal from words like "release, undo 1, other release": the operations 1, 2, 3… "other" was
 * done by another process, "away" on another registry.
 */
static void write_history(struct desk *desk, const char *words)
{
    struct buffer text = {0};
    char copy[256], *rest = copy;
    unsigned id = 0;
    (void)snprintf(copy, sizeof(copy), "%s", words);
    for (char *part = strtok_r(copy, ",", &rest); part; part = strtok_r(NULL, ",", &rest)) {
        char command[32] = "";
        unsigned undoes = 0;
        bool is_other = strstr(part, "other "), is_away = strstr(part, "away ");
        const char *what = is_other ? strstr(part, "other ") + 6 : part;
        what = is_away ? strstr(part, "away ") + 5 : what;
        assert_true(sscanf(what, " %31s %u", command, &undoes) >= 1);
        buffer_addf(&text, "{\"id\":\"op-%04u\",\"host\":\"ops1\",\"pid\":%d,\"registry\":\"%s\",",
                    ++id, is_other ? OTHER_PID : OWN_PID, is_away ? "/away" : "/r");
        if (undoes)
            buffer_addf(&text, "\"undoes\":\"op-%04u\",", undoes);
        buffer_addf(&text, "\"command\":\"%s\",\"changes\":[{\"session\":\"a\"}]}\n", command);
    }
    tree_write(&desk->tree, "journal.jsonl", text.data ? text.data : "", text.len);
    buffer_done(&text);
    journal_close_log(&desk->log);
    assert_int_equal(journal_open_log(&desk->journal, &desk->log, NULL), 0);
}

/* The id of what is found; NONE. */
static uint32_t found(struct desk *desk, const struct undo_wish *wish, struct error *error)
{
    struct journal_operation operation = {0};
    struct undo_wish whole = *wish;
    whole.registry = STR("/r");
    int result = undo_find(&desk->log, &whole, &operation, error);
    if (result != 0)
        assert_true(result == -ENOENT || result == -EALREADY);
    return result == 0 ? operation.id : NONE;
}

static void undo_steps_back_and_redo_steps_forward_again(void **state)
{
    struct desk *desk = *state;
    static const struct {
        const char *history;
        uint32_t undo, redo;
    } rows[] = {
        {"", NONE, NONE},
        {"release", 1, NONE},
        {"release,expire", 2, NONE},
        {"release,expire,undo 2", 1, 3},
        {"release,expire,undo 2,undo 1", NONE, 4},
        {"release,expire,undo 2,undo 1,redo 4", 1, 3},
        {"release,expire,undo 2,undo 1,redo 4,redo 3", 2, NONE},
        {"release,expire,undo 2,undo 1,redo 4,redo 3,undo 2", 1, 7},
        {"release,expire,undo 2,undo 1,redo 4,redo 3,undo 2,undo 1", NONE, 8},
        {"release,undo 1,expire", 3, NONE},
        {"release,undo 1,expire,undo 3", NONE, 4},
        {"release,undo 1,expire,undo 3,redo 4", 3, NONE},
        {"release,away expire", 1, NONE},
        {"away release,away undo 1", NONE, NONE},
        {"undo 99", NONE, 1},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct undo_wish undo = {0}, redo = {.redo = true};
        write_history(desk, rows[i].history);
        if (found(desk, &undo, NULL) != rows[i].undo || found(desk, &redo, NULL) != rows[i].redo)
            fail_msg("%s: undo %u, redo %u", rows[i].history, found(desk, &undo, NULL),
                     found(desk, &redo, NULL));
    }
}

static void what_others_did_is_passed_over_where_only_own_deeds_count(void **state)
{
    struct desk *desk = *state;
    struct undo_wish own = {.by = &desk->journal}, anybody = {0};
    write_history(desk, "release,other expire");
    assert_int_equal(found(desk, &own, NULL), 1);
    assert_int_equal(found(desk, &anybody, NULL), 2);
    write_history(desk, "release,other undo 1");
    assert_int_equal(found(desk, &own, NULL), NONE);
    desk->journal.host = "ops2";
    write_history(desk, "release");
    assert_int_equal(found(desk, &own, NULL), NONE);
}

static void a_named_operation_is_found_whatever_came_after(void **state)
{
    struct desk *desk = *state;
    struct undo_wish wish = {.id = 1};
    write_history(desk, "release,expire,idle");
    assert_int_equal(found(desk, &wish, NULL), 1);
    write_history(desk, "release,undo 1");
    wish.id = 2;
    assert_int_equal(found(desk, &wish, NULL), 2);
}

static void what_is_undone_already_is_said_with_the_way_to_do_it_again(void **state)
{
    struct desk *desk = *state;
    struct undo_wish wish = {.id = 1};
    struct error error = {0};
    write_history(desk, "release,undo 1");
    assert_int_equal(found(desk, &wish, &error), NONE);
    assert_int_equal(error.kind, ERROR_CONFLICT);
    assert_string_equal(error.text,
                        "op-0001 has been undone by op-0002 since; nothing was changed; "
                        "'slotop undo op-0002' does it again");
    write_history(desk, "release,undo 1,redo 2");
    assert_int_equal(found(desk, &wish, &error), 1);
}

static void what_there_is_not_is_said(void **state)
{
    struct desk *desk = *state;
    static const struct {
        struct undo_wish wish;
        const char *text;
    } rows[] = {
        {{.id = 0}, "nothing to undo on /r"},
        {{.redo = true}, "nothing to redo on /r"},
        {{.id = 7}, "op-0007: no such operation on /r"},
        {{.id = 1}, "op-0001: no such operation on /r"},
    };
    write_history(desk, "away release");
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct error error = {0};
        assert_int_equal(found(desk, &rows[i].wish, &error), NONE);
        assert_int_equal(error.kind, ERROR_NOT_FOUND);
        assert_string_equal(error.text, rows[i].text);
    }
}

static void who_changed_a_session_last_is_known(void **state)
{
    struct desk *desk = *state;
    static const struct {
        const char *history;
        bool is_by_other;
    } rows[] = {
        {"", false},
        {"release", false},
        {"release,other undo 1", true},
        {"release,other undo 1,release", false},
        {"other release", true},
        {"release,away expire", false},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        bool is_by_other = !rows[i].is_by_other;
        write_history(desk, rows[i].history);
        assert_int_equal(
            undo_is_by_other(&desk->log, &desk->journal, STR("/r"), STR("a"), &is_by_other, NULL),
            0);
        assert_int_equal(is_by_other, rows[i].is_by_other);
        assert_int_equal(
            undo_is_by_other(&desk->log, &desk->journal, STR("/r"), STR("b"), &is_by_other, NULL),
            0);
        assert_false(is_by_other);
    }
}

static void an_undo_is_recorded_as_undo_and_its_undo_as_redo(void **state)
{
    (void)state;
    struct journal_operation operation = {.command = STR("release")};
    assert_string_equal(undo_word(&operation), "undo");
    operation.command = STR("undo");
    assert_string_equal(undo_word(&operation), "redo");
    operation.command = STR("redo");
    assert_string_equal(undo_word(&operation), "undo");
}

static void each_session_goes_back_guarded_by_what_was_left_of_it(void **state)
{
    (void)state;
    struct journal_change changes[] = {
        {.session_id = STR("a"),
         .before = STR("{\"state\":\"active\"}"),
         .after = STR("{\"state\":\"deleted\",\"lastActiveAt\":5}")},
        {.session_id = STR("b"), .before = STR("{\"x\":1}")},
        {.session_id = STR("c"), .after = STR("{\"state\":\"paused\"}")},
    };
    struct journal_operation undone = {.changes = changes, .change_count = 3};
    struct operation *operations = NULL;
    assert_int_equal(undo_operations(&undone, NOW_MS, &operations, NULL), 0);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(operations[i].kind, OPERATION_PUT_BACK);
        assert_int_equal(operations[i].now_ms, NOW_MS);
        assert_true(operations[i].has_guard);
        assert_false(operations[i].force);
        assert_true(str_equal(operations[i].session_id, changes[i].session_id));
        assert_true(str_equal(operations[i].entry_text, changes[i].before));
    }
    assert_int_equal(operations[0].guard_state, STATE_DELETED);
    assert_true(operations[0].guard_last_active_at_ms == 5);
    assert_false(operations[0].guard_absent);
    assert_true(operations[1].guard_absent);
    assert_null(operations[2].entry_text.data);
    assert_int_equal(operations[2].guard_state, STATE_OTHER);
    assert_true(isnan(operations[2].guard_last_active_at_ms));
    free(operations);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(undo_steps_back_and_redo_steps_forward_again),
        TEST(what_others_did_is_passed_over_where_only_own_deeds_count),
        TEST(a_named_operation_is_found_whatever_came_after),
        TEST(what_is_undone_already_is_said_with_the_way_to_do_it_again),
        TEST(what_there_is_not_is_said),
        TEST(who_changed_a_session_last_is_known),
        TEST(an_undo_is_recorded_as_undo_and_its_undo_as_redo),
        TEST(each_session_goes_back_guarded_by_what_was_left_of_it),
    };
    return cmocka_run_group_tests_name("undo", tests, NULL, NULL);
}
