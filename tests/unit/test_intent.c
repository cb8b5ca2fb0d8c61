#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/intent.h"
#include "core/outcome.h"

#include <string.h>

#define AGENTS(entry) "{\"version\":1,\"agents\":{" entry "}}"
#define ENTRY(state, last) "\"s\":{\"state\":\"" state "\",\"lastActiveAt\":" last "}"

static void parse(struct document *document, const char *text)
{
    struct buffer bytes = {0};
    buffer_add_str(&bytes, str_of(text));
    document_init(document);
    assert_int_equal(document_parse(document, &bytes, NULL), 0);
    buffer_done(&bytes);
    assert_true(document->has_registry);
}

/* Each row: what the file was, what we did, what a later version shows, what that means. */
static const struct {
    const char *before, *later;
    char edit; /* i idle, r release, p purge, t touch at 200 */
    enum intent_fate fate;
} rows[] = {
    {AGENTS(ENTRY("active", "100")), AGENTS(ENTRY("idle", "100")), 'i', INTENT_HOLDS},
    {AGENTS(ENTRY("active", "100")), AGENTS(ENTRY("active", "100")), 'i', INTENT_OVERWRITTEN},
    {AGENTS(ENTRY("active", "100")), AGENTS(ENTRY("active", "101")), 'i', INTENT_MOVED_ON},
    {AGENTS(ENTRY("active", "100")), AGENTS(ENTRY("expired", "100")), 'i', INTENT_MOVED_ON},
    {AGENTS(ENTRY("active", "100")), AGENTS(""), 'i', INTENT_OUTDATED},
    {AGENTS(ENTRY("active", "100")), AGENTS(ENTRY("idle", "99")), 'i', INTENT_OUTDATED},
    {AGENTS(ENTRY("active", "100")), AGENTS(ENTRY("active", "99")), 't', INTENT_OUTDATED},
    {AGENTS(ENTRY("active", "100")), AGENTS(""), 'r', INTENT_GONE},
    {AGENTS(ENTRY("idle", "100")), AGENTS(ENTRY("active", "100")), 'r', INTENT_OUTDATED},
    {AGENTS(ENTRY("idle", "100")), AGENTS(ENTRY("expired", "100")), 'r', INTENT_OUTDATED},
    {AGENTS(ENTRY("idle", "100")), AGENTS(ENTRY("active", "101")), 'r', INTENT_MOVED_ON},
    {AGENTS(ENTRY("idle", "100")), AGENTS(ENTRY("odd", "100")), 'r', INTENT_MOVED_ON},
    {AGENTS(ENTRY("deleted", "100")), AGENTS(ENTRY("active", "100")), 'p', INTENT_OUTDATED},
    {AGENTS(ENTRY("odd", "null")), AGENTS(ENTRY("odd", "null")), 'r', INTENT_OVERWRITTEN},
    {AGENTS("\"s\":{\"state\":\"idle\"}"), AGENTS("\"s\":{\"state\":\"idle\"}"), 'r',
     INTENT_OVERWRITTEN},
    {AGENTS(ENTRY("deleted", "100")), AGENTS(""), 'p', INTENT_HOLDS},
    {AGENTS(ENTRY("deleted", "100")), AGENTS(ENTRY("deleted", "100")), 'p', INTENT_OVERWRITTEN},
    {AGENTS(ENTRY("deleted", "100")), AGENTS(ENTRY("active", "300")), 'p', INTENT_MOVED_ON},
    {AGENTS(ENTRY("active", "100")), AGENTS(ENTRY("active", "200")), 't', INTENT_HOLDS},
    {AGENTS(ENTRY("active", "100")), AGENTS(ENTRY("active", "100")), 't', INTENT_OVERWRITTEN},
    /* Times that no clock gives: several servers have written into each other's text. */
    {AGENTS(ENTRY("active", "100")), AGENTS("\"s\":{\"state\":\"active\"}"), 'i', INTENT_OUTDATED},
    {AGENTS(ENTRY("active", "100")), AGENTS(ENTRY("active", "17738900001238900")), 'i',
     INTENT_OUTDATED},
    {AGENTS(ENTRY("active", "100")), AGENTS(ENTRY("idle", "9999999999999")), 'i', INTENT_MOVED_ON},
    {AGENTS(ENTRY("active", "100")), AGENTS(ENTRY("idle", "10000000000000")), 'i', INTENT_OUTDATED},
    {AGENTS(ENTRY("deleted", "100")), AGENTS(ENTRY("deleted", "null")), 'p', INTENT_OUTDATED},
    {AGENTS(ENTRY("active", "null")), AGENTS(ENTRY("expired", "null")), 'i', INTENT_MOVED_ON},
    {AGENTS(ENTRY("active", "null")), AGENTS(ENTRY("idle", "200")), 'i', INTENT_MOVED_ON},
};

static enum operation_kind kind_of(char what)
{
    switch (what) {
    case 'i':
        return OPERATION_IDLE;
    case 'r':
        return OPERATION_RELEASE;
    case 'p':
        return OPERATION_PURGE;
    case 't':
        return OPERATION_TOUCH;
    default:
        return OPERATION_ALLOCATE;
    }
}

/* What the store does: the operation, its texts, its intents. */
static void edit(struct document *document, char what, struct intents *ret_intents)
{
    const struct pool pool = {STR("main"), NULL, 0};
    struct operation operation = {.kind = kind_of(what), .session_id = STR("s"), .now_ms = 200};
    struct outcome outcome;
    assert_int_equal(operation_apply(&document->registry, &operation, &pool, &outcome, NULL), 0);
    assert_int_equal(outcome_fill_texts(document, &outcome, NULL), 0);
    assert_int_equal(intents_collect(&outcome, 1, ret_intents, NULL), 0);
    assert_int_equal(ret_intents->count, 1);
    outcome_done(&outcome);
}

static void the_fate_of_an_edit_shows_in_a_later_version(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct document before, later;
        struct intents intents;
        parse(&before, rows[i].before);
        parse(&later, rows[i].later);
        edit(&before, rows[i].edit, &intents);
        assert_int_equal(intent_fate(&intents.items[0], &later.registry), rows[i].fate);
        bool is_there = registry_find(&later.registry, STR("s")) != NULL;
        assert_int_equal(intents_overwritten(&intents, &later.registry),
                         rows[i].fate == INTENT_OVERWRITTEN ||
                             (rows[i].fate == INTENT_OUTDATED && is_there));
        intents_done(&intents);
        document_done(&before);
        document_done(&later);
    }
}

static void a_new_entry_that_vanishes_was_overwritten(void **state)
{
    (void)state;
    struct document before, later;
    struct intents intents;
    parse(&before, AGENTS(""));
    parse(&later, AGENTS(""));
    edit(&before, 'a', &intents);
    assert_true(intents_overwritten(&intents, &later.registry));
    assert_false(intents_overwritten(&intents, &before.registry));
    intents_done(&intents);
    document_done(&before);
    document_done(&later);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_fate_of_an_edit_shows_in_a_later_version),
        cmocka_unit_test(a_new_entry_that_vanishes_was_overwritten),
    };
    return cmocka_run_group_tests_name("intent", tests, NULL, NULL);
}
