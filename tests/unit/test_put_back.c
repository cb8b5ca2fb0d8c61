/* An entry is put back: when, what of it, in which bytes, and what is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "core/document.h"
#include "core/operation.h"
#include "core/outcome.h"
#include "tests/helpers/edited.h"

#define TEXT(agent, state, last)                                                                   \
    "{\"chatAgentId\":\"" agent "\",\"workspaceAgentId\":\"main\",\"sessionId\":\"a\","            \
    "\"workspaceDir\":\"\",\"state\":\"" state "\",\"createdAt\":1000,\"lastActiveAt\":" last      \
    ",\"idleTtlMs\":1800000}"
#define MEMBER(id, text) "\"" id "\":" text
#define REGISTRY(members) "{\"version\":1,\"agents\":{" members "}}"

enum { LAST = 2000 };

/* One operation on a text, and everything that comes of it. */
struct trial {
    struct edited edited;
    struct outcome outcome;
    const struct change_record *record;
    struct operation operation;
};

static void open_trial(struct trial *trial, const char *registry, const char *entry_text)
{
    *trial = (struct trial){0};
    edited_open(&trial->edited, registry);
    trial->operation = (struct operation){
        .kind = OPERATION_PUT_BACK,
        .session_id = STR("a"),
        .entry_text = str_of(entry_text),
    };
}

static void set_guard(struct trial *trial, enum entry_state state, double last_ms)
{
    trial->operation.has_guard = true;
    trial->operation.guard_state = state;
    trial->operation.guard_last_active_at_ms = last_ms;
}

static void set_guard_absent(struct trial *trial)
{
    trial->operation.has_guard = true;
    trial->operation.guard_absent = true;
}

/* Applies it, plans the bytes and checks that they parse to the registry. */
static void run(struct trial *trial)
{
    struct document *document = &trial->edited.document;
    assert_int_equal(
        operation_apply(&document->registry, &trial->operation, NULL, &trial->outcome, NULL), 0);
    assert_int_equal(trial->outcome.change_count, 1);
    trial->record = &trial->outcome.changes[0];
    assert_int_equal(outcome_fill_texts(document, &trial->outcome, NULL), 0);
    edited_plan(&trial->edited);
}

static void close_trial(struct trial *trial)
{
    outcome_done(&trial->outcome);
    edited_close(&trial->edited);
}

/* The stored text of session a after the edit, in its shortest form. */
static void assert_stored(const struct trial *trial, const char *expected)
{
    struct str agents = json_member(json_root(buffer_str(&trial->edited.after)), STR("agents"));
    struct buffer text = {0};
    json_stringify(json_member(agents, STR("a")), 0, 0, &text);
    if (expected)
        assert_string_equal(text.data, expected);
    else
        assert_int_equal(text.len, 0);
    buffer_done(&text);
}

static void assert_left_alone(struct trial *trial, const char *reason)
{
    run(trial);
    assert_false(trial->record->changed);
    assert_int_equal(trial->record->kind, ERROR_CONFLICT);
    assert_string_equal(trial->record->reason, reason);
    assert_null(trial->record->before_json.data);
    assert_null(trial->record->after_json.data);
    assert_int_equal(trial->edited.plan.count, 0);
    close_trial(trial);
}

static void a_state_alone_goes_back_by_a_small_patch_of_the_same_length(void **state)
{
    (void)state;
    struct trial trial;
    static const char registry[] = EDITED_USUAL(EDITED_ENTRY("a", "deleted", "1773885306902"));
    struct buffer before = {0};
    buffer_addf(&before, "{\"chatAgentId\":\"main\",\"workspaceAgentId\":\"main\",\"sessionId\":"
                         "\"a\",\"workspaceDir\":\"\",\"state\":\"active\",\"createdAt\":"
                         "1773885306902,\"lastActiveAt\":1773885306902,\"idleTtlMs\":1800000}");
    open_trial(&trial, registry, before.data);
    set_guard(&trial, STATE_DELETED, 1773885306902.0);
    run(&trial);
    assert_true(trial.record->changed);
    assert_null(trial.record->reason);
    assert_int_equal(trial.record->from, STATE_DELETED);
    assert_int_equal(trial.record->to, STATE_ACTIVE);
    assert_true(str_equal(trial.record->after_json, buffer_str(&before)));
    assert_int_equal(trial.edited.plan.count, 1);
    assert_int_equal(trial.edited.plan.grows_by, 0);
    assert_true(trial.edited.plan.patches[0].text.len < 20);
    close_trial(&trial);
    buffer_done(&before);
}

static void a_touch_goes_back_to_the_former_time(void **state)
{
    (void)state;
    struct trial trial;
    open_trial(&trial, REGISTRY(MEMBER("a", TEXT("s1", "active", "2000"))),
               TEXT("s1", "idle", "1500"));
    set_guard(&trial, STATE_ACTIVE, LAST);
    run(&trial);
    assert_true(trial.record->changed);
    assert_stored(&trial, TEXT("s1", "idle", "1500"));
    close_trial(&trial);
}

static void members_that_the_rules_do_not_know_stay_as_the_server_has_them_now(void **state)
{
    (void)state;
    struct trial trial;
    open_trial(&trial,
               REGISTRY(MEMBER("a", "{\"state\":\"deleted\",\"lastActiveAt\":2000,\"x\":2}")),
               "{\"state\":\"active\",\"lastActiveAt\":2000,\"x\":1}");
    set_guard(&trial, STATE_DELETED, LAST);
    run(&trial);
    assert_stored(&trial, "{\"state\":\"active\",\"lastActiveAt\":2000,\"x\":2}");
    close_trial(&trial);
}

static void a_reallocation_goes_back_as_a_whole_with_what_it_dropped(void **state)
{
    (void)state;
    static const char before[] =
        "{\"chatAgentId\":\"s1\",\"state\":\"expired\",\"createdAt\":5,"
        "\"lastActiveAt\":6,\"title\":\"Caf\\u00e9\",\"deep\":[{\"n\":1e3}]}";
    struct trial trial;
    open_trial(&trial, REGISTRY(MEMBER("a", TEXT("s2", "active", "2000"))), before);
    set_guard(&trial, STATE_ACTIVE, LAST);
    run(&trial);
    assert_true(trial.record->changed);
    assert_stored(&trial, "{\"chatAgentId\":\"s1\",\"state\":\"expired\",\"createdAt\":5,"
                          "\"lastActiveAt\":6,\"title\":\"Café\",\"deep\":[{\"n\":1000}]}");
    close_trial(&trial);
}

static void an_entry_that_has_gone_since_is_added_at_the_end(void **state)
{
    (void)state;
    struct trial trial;
    open_trial(&trial, REGISTRY(MEMBER("b", TEXT("s2", "active", "1"))),
               " " TEXT("s1", "active", "2000") "\n");
    set_guard(&trial, STATE_DELETED, LAST);
    run(&trial);
    assert_true(trial.record->changed);
    assert_false(trial.record->had_entry);
    assert_null(trial.record->before_json.data);
    assert_true(str_equal(trial.record->slot_id, STR("s1")));
    assert_stored(&trial, TEXT("s1", "active", "2000"));
    assert_true(strstr(trial.edited.after.data, "\"b\"") <
                strstr(trial.edited.after.data, "\"a\""));
    close_trial(&trial);
}

static void without_a_guard_a_missing_file_s_session_gets_its_entry(void **state)
{
    (void)state;
    struct document document;
    struct outcome outcome;
    struct buffer text = {0};
    struct operation operation = {
        .kind = OPERATION_PUT_BACK,
        .session_id = STR("a"),
        .entry_text = STR("{\"x\":1}"),
    };
    document_init(&document);
    assert_int_equal(operation_apply(&document.registry, &operation, NULL, &outcome, NULL), 0);
    assert_int_equal(document_print_whole(&document, &text, NULL), 0);
    assert_string_equal(text.data, "{\n  \"version\": 1,\n  \"agents\": {\n    \"a\": {\n"
                                   "      \"x\": 1\n    }\n  }\n}\n");
    outcome_done(&outcome);
    buffer_done(&text);
    document_done(&document);
}

static void what_had_no_entry_is_removed_again(void **state)
{
    (void)state;
    struct trial trial;
    open_trial(&trial, REGISTRY(MEMBER("a", TEXT("s1", "active", "2000"))), NULL);
    set_guard(&trial, STATE_ACTIVE, LAST);
    run(&trial);
    assert_true(trial.record->changed);
    assert_false(trial.record->has_entry);
    assert_true(str_equal(trial.record->before_json, STR(TEXT("s1", "active", "2000"))));
    assert_null(trial.record->after_json.data);
    assert_stored(&trial, NULL);
    close_trial(&trial);
}

static void what_is_as_it_was_is_no_change_and_no_conflict(void **state)
{
    (void)state;
    struct trial trial;
    open_trial(&trial, REGISTRY(MEMBER("a", TEXT("s1", "active", "2000"))),
               TEXT("s1", "active", "2000"));
    set_guard(&trial, STATE_ACTIVE, LAST);
    run(&trial);
    assert_false(trial.record->changed);
    assert_int_equal(trial.record->kind, ERROR_NONE);
    assert_string_equal(trial.record->reason, "already as it was");
    assert_int_equal(trial.edited.plan.count, 0);
    close_trial(&trial);
    open_trial(&trial, REGISTRY(""), NULL);
    set_guard(&trial, STATE_ACTIVE, LAST);
    run(&trial);
    assert_false(trial.record->changed);
    assert_string_equal(trial.record->reason, "already gone");
    close_trial(&trial);
}

static void an_entry_that_has_moved_on_is_left_alone_and_it_is_said_how(void **state)
{
    (void)state;
    static const struct {
        const char *now;
        const char *reason;
    } rows[] = {
        {TEXT("s1", "deleted", "2001"), "it was used since"},
        {TEXT("s1", "active", "2000"), "it is active again since"},
        {TEXT("s1", "idle", "2000"), "it was marked idle since"},
        {TEXT("s1", "expired", "2000"), "it expired since"},
        {TEXT("s1", "paused", "2000"), "it changed since"},
        {"null", "it changed since"},
        {"7", "it changed since"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct trial trial;
        struct buffer registry = {0};
        buffer_addf(&registry, "{\"agents\":{\"a\":%s}}", rows[i].now);
        open_trial(&trial, registry.data, TEXT("s1", "active", "1500"));
        set_guard(&trial, STATE_DELETED, LAST);
        assert_left_alone(&trial, rows[i].reason);
        buffer_done(&registry);
    }
}

static void an_entry_that_was_left_active_and_is_released_is_left_alone(void **state)
{
    (void)state;
    struct trial trial;
    open_trial(&trial, REGISTRY(MEMBER("a", TEXT("s1", "deleted", "2000"))),
               TEXT("s1", "idle", "2000"));
    set_guard(&trial, STATE_ACTIVE, LAST);
    assert_left_alone(&trial, "it was released since");
}

static void what_was_left_without_an_entry_and_has_one_is_left_alone(void **state)
{
    (void)state;
    struct trial trial;
    open_trial(&trial, REGISTRY(MEMBER("a", TEXT("s1", "active", "2000"))),
               TEXT("s1", "deleted", "1500"));
    set_guard_absent(&trial);
    assert_left_alone(&trial, "it exists again since");
    open_trial(&trial, REGISTRY(MEMBER("a", TEXT("s1", "active", "2000"))),
               TEXT("s1", "deleted", "1500"));
    assert_left_alone(&trial, "it exists now");
}

static void a_slot_that_another_session_holds_is_not_taken_but_by_force(void **state)
{
    (void)state;
    static const char registry[] = REGISTRY(
        MEMBER("a", TEXT("s1", "deleted", "2000")) "," MEMBER("b", TEXT("s1", "idle", "1")));
    struct trial trial;
    open_trial(&trial, registry, TEXT("s1", "active", "2000"));
    set_guard(&trial, STATE_DELETED, LAST);
    assert_left_alone(&trial, "its slot is held by another session since");
    open_trial(&trial, registry, TEXT("s1", "active", "2000"));
    set_guard(&trial, STATE_DELETED, LAST);
    trial.operation.force = true;
    run(&trial);
    assert_true(trial.record->changed);
    close_trial(&trial);
}

static void a_slot_counts_as_held_only_where_it_would_be_taken_anew(void **state)
{
    (void)state;
    static const struct {
        const char *what, *now, *other, *back;
        enum entry_state guard;
    } rows[] = {
        {"it holds the slot itself, shared as it was", TEXT("s1", "idle", "2000"),
         TEXT("s1", "active", "1"), TEXT("s1", "active", "2000"), STATE_IDLE},
        {"what goes back holds nothing", TEXT("s1", "deleted", "2000"), TEXT("s1", "active", "1"),
         TEXT("s1", "expired", "2000"), STATE_DELETED},
        {"the other one holds nothing", TEXT("s1", "deleted", "2000"), TEXT("s1", "expired", "1"),
         TEXT("s1", "active", "2000"), STATE_DELETED},
        {"the workspace agent has room for all", TEXT("main", "deleted", "2000"),
         TEXT("main", "active", "1"), TEXT("main", "active", "2000"), STATE_DELETED},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct trial trial;
        struct buffer registry = {0};
        buffer_addf(&registry, "{\"agents\":{\"a\":%s,\"b\":%s}}", rows[i].now, rows[i].other);
        open_trial(&trial, registry.data, rows[i].back);
        set_guard(&trial, rows[i].guard, LAST);
        run(&trial);
        if (!trial.record->changed)
            fail_msg("%s: %s", rows[i].what, trial.record->reason);
        close_trial(&trial);
        buffer_done(&registry);
    }
}

static void the_rules_go_on_from_what_was_put_back(void **state)
{
    (void)state;
    struct trial trial;
    struct outcome second;
    struct operation touch = {.kind = OPERATION_TOUCH, .session_id = STR("a"), .now_ms = 3000};
    open_trial(&trial, REGISTRY(""), TEXT("s1", "idle", "2000"));
    struct registry *registry = &trial.edited.document.registry;
    assert_int_equal(operation_apply(registry, &trial.operation, NULL, &trial.outcome, NULL), 0);
    assert_int_equal(operation_apply(registry, &touch, NULL, &second, NULL), 0);
    edited_plan(&trial.edited);
    assert_stored(&trial, TEXT("s1", "active", "3000"));
    outcome_done(&second);
    close_trial(&trial);
}

static void any_json_that_stood_under_a_key_goes_back(void **state)
{
    (void)state;
    static const char *const texts[] = {"null", "7", "\"x\"", "[1,{}]", "{}"};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct trial trial;
        open_trial(&trial, REGISTRY(""), texts[i]);
        set_guard_absent(&trial);
        run(&trial);
        assert_true(trial.record->changed);
        assert_stored(&trial, texts[i]);
        close_trial(&trial);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_state_alone_goes_back_by_a_small_patch_of_the_same_length),
        cmocka_unit_test(a_touch_goes_back_to_the_former_time),
        cmocka_unit_test(members_that_the_rules_do_not_know_stay_as_the_server_has_them_now),
        cmocka_unit_test(a_reallocation_goes_back_as_a_whole_with_what_it_dropped),
        cmocka_unit_test(an_entry_that_has_gone_since_is_added_at_the_end),
        cmocka_unit_test(without_a_guard_a_missing_file_s_session_gets_its_entry),
        cmocka_unit_test(what_had_no_entry_is_removed_again),
        cmocka_unit_test(what_is_as_it_was_is_no_change_and_no_conflict),
        cmocka_unit_test(an_entry_that_has_moved_on_is_left_alone_and_it_is_said_how),
        cmocka_unit_test(an_entry_that_was_left_active_and_is_released_is_left_alone),
        cmocka_unit_test(what_was_left_without_an_entry_and_has_one_is_left_alone),
        cmocka_unit_test(a_slot_that_another_session_holds_is_not_taken_but_by_force),
        cmocka_unit_test(a_slot_counts_as_held_only_where_it_would_be_taken_anew),
        cmocka_unit_test(the_rules_go_on_from_what_was_put_back),
        cmocka_unit_test(any_json_that_stood_under_a_key_goes_back),
    };
    return cmocka_run_group_tests_name("put_back", tests, NULL, NULL);
}
