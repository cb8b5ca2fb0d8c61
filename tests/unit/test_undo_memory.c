// LDFLAGS: -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=reallocarray
/* Every allocation of journal, undo and putting back fails in turn: -ENOMEM, nothing leaked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>

#include "core/outcome.h"
#include "core/undo.h"
#include "tests/helpers/memory.h"
#include "tests/helpers/tree.h"

static const char REGISTRY[] = "{\"agents\":{\"a\":{\"state\":\"deleted\",\"lastActiveAt\":5}}}";
static const char ENTRY[] = "{\"state\":\"odd\",\"chatAgentId\":\"s1\",\"x\":\"\\u00e9\"}";

struct fixture {
    struct tree tree;
    struct journal journal;
};

/* One of the things below, wholly: 0 or -ENOMEM. */
typedef int (*deed_function)(struct fixture *fixture);

static int append_one(struct fixture *fixture)
{
    struct journal_change change = {.session_id = STR("a"), .before = str_of(ENTRY)};
    struct journal_operation operation = {
        .registry = STR("/r"),
        .command = STR("release"),
        .changes = &change,
        .change_count = 1,
    };
    uint32_t id = 0;
    return journal_append(&fixture->journal, &operation, &id, NULL);
}

static int find_and_prepare(struct fixture *fixture)
{
    struct journal_log log;
    struct journal_operation undone;
    struct undo_wish wish = {.registry = STR("/r")};
    struct operation *operations = NULL;
    int result = journal_open_log(&fixture->journal, &log, NULL);
    if (result != 0)
        return result;
    result = undo_find(&log, &wish, &undone, NULL);
    if (result == 0)
        result = undo_operations(&undone, 1, &operations, NULL);
    free(operations);
    journal_close_log(&log);
    return result;
}

/* An entry that is there is replaced, one that is not is added; texts and plan are made. */
static int put_back_both(struct fixture *fixture)
{
    (void)fixture;
    struct buffer bytes = {0};
    struct document document;
    struct plan plan = {0};
    struct operation operations[] = {
        {.kind = OPERATION_PUT_BACK,
         .session_id = STR("a"),
         .entry_text = str_of(ENTRY),
         .has_guard = true,
         .guard_state = STATE_DELETED,
         .guard_last_active_at_ms = 5},
        {.kind = OPERATION_PUT_BACK, .session_id = STR("new"), .entry_text = str_of(ENTRY)},
    };
    document_init(&document);
    buffer_add_str(&bytes, str_of(REGISTRY));
    int result = bytes.failed ? -ENOMEM : document_parse(&document, &bytes, NULL);
    for (size_t i = 0; result == 0 && i < 2; i++) {
        struct outcome outcome = {0};
        result = operation_apply(&document.registry, &operations[i], NULL, &outcome, NULL);
        if (result == 0) {
            assert_true(outcome.changes[0].changed);
            result = outcome_fill_texts(&document, &outcome, NULL);
        }
        outcome_done(&outcome);
    }
    if (result == 0)
        result = document_plan(&document, &plan, NULL);
    plan_done(&plan);
    buffer_done(&bytes);
    document_done(&document);
    return result;
}

static void sweep(deed_function deed, const char *name)
{
    struct fixture fixture = {0};
    size_t points = 0;
    int result = -ENOMEM;
    tree_make(&fixture.tree);
    fixture.journal = (struct journal){
        .dir = fixture.tree.path,
        .user = "ana",
        .host = "h",
        .rotate_bytes = JOURNAL_ROTATE_BYTES,
    };
    tree_put(&fixture.tree, "journal.jsonl",
             "{\"id\":\"op-0001\",\"registry\":\"/r\",\"command\":\"release\",\"changes\":["
             "{\"session\":\"a\",\"before\":{},\"after\":{\"state\":\"\\u0064\"}}]}\n"
             "{\"id\":\"op-0002\",\"registry\":\"/r\",\"command\":\"idle\",\"changes\":["
             "{\"session\":\"a\",\"after\":{}}]}\n"
             "{\"id\":\"op-0003\",\"registry\":\"/r\",\"command\":\"undo\",\"undoes\":\"op-0002\","
             "\"changes\":[{\"session\":\"a\"}]}\n");
    while (result == -ENOMEM) {
        calls_until_failure = ++points;
        result = deed(&fixture);
        bool has_failed = calls_until_failure == 0;
        calls_until_failure = 0;
        if (has_failed && result == 0)
            fail_msg("%s: allocation %zu failed and nobody noticed", name, points);
        assert_true(result == 0 || result == -ENOMEM);
    }
    print_message("%s: %zu allocations failed in turn\n", name, points - 1);
    tree_remove(&fixture.tree);
}

static void appending_survives_every_failed_allocation(void **state)
{
    (void)state;
    sweep(append_one, "append");
}

static void finding_survives_every_failed_allocation(void **state)
{
    (void)state;
    sweep(find_and_prepare, "find");
}

static void putting_back_survives_every_failed_allocation(void **state)
{
    (void)state;
    sweep(put_back_both, "put back");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(appending_survives_every_failed_allocation),
        cmocka_unit_test(finding_survives_every_failed_allocation),
        cmocka_unit_test(putting_back_survives_every_failed_allocation),
    };
    return cmocka_run_group_tests_name("undo_memory", tests, NULL, NULL);
}
