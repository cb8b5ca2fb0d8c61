#include "tests/helpers/fixture.h"

#include "core/findings_part.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define SLOT1 "chat-slot-main-1"
#define HELD(id) ENTRY(id, SLOT1, "main", "active", 5)

struct expected {
    const char *code;
    enum severity severity;
    const char *subject;
    const char *message;
    const char *remedy;
};

static void check(const struct finding *finding, const struct expected *expected)
{
    assert_string_equal(finding->code, expected->code);
    assert_string_equal(finding->message.data, expected->message);
    assert_string_equal(finding->remedy.data, expected->remedy);
    assert_string_equal(finding->subject.data, expected->subject);
    assert_int_equal(finding->severity, expected->severity);
}

static void a_pool_in_order_has_no_findings(void **state)
{
    struct fixture fixture;
    (void)state;
    fixture_make(&fixture, HELD("a") "," ENTRY("b", SLOT1, "main", "expired", 1800001), 2);
    assert_int_equal(fixture.model.finding_count, 0);
    fixture_done(&fixture);
}

static void a_session_is_told_of_with_its_remedy(void **state)
{
    static const struct {
        const char *entries;
        size_t slots;
        struct expected expected;
    } cases[] = {
        {ENTRY("c77ab90e-1", "main", "main", "active", 5),
         2,
         {"stranded", SEVERITY_WARNING, "c77ab90e-1",
          "Session c77ab90e is on the workspace agent main while slot 1 is free.",
          "A new chat gets that slot; this one stays where it is."}},
        {HELD("a") "," ENTRY("c77ab90e-1", "main", "main", "idle",
                             5) "," ENTRY("b", "chat-slot-main-2", "main", "active", 5),
         3,
         {"stranded", SEVERITY_WARNING, "c77ab90e-1",
          "Session c77ab90e is on the workspace agent main while slot 3 is free.",
          "A new chat gets that slot; this one stays where it is."}},
        {ENTRY("0c9d4a7e-1", SLOT1, "main", "active", 1800001),
         2,
         {"overdue", SEVERITY_INFO, "0c9d4a7e-1",
          "Session 0c9d4a7e is past its TTL: the next GC expires it.", "slotop expire --due"}},
        {ENTRY("0c9d4a7e-1", SLOT1, "main", "active", 2102000),
         2,
         {"overdue", SEVERITY_INFO, "0c9d4a7e-1",
          "Session 0c9d4a7e is past its TTL: the next GC expires it.", "slotop expire --due"}},
        {ENTRY("s", "chat-slot-main-9", "main", "idle", 5),
         2,
         {"orphan-slot", SEVERITY_WARNING, "s",
          "Session s is live on chat-slot-main-9, which is no slot of the pool.",
          "slotop expire s"}},
        {ENTRY("s", SLOT1, "main", "idle", -60001),
         2,
         {"clock-ahead", SEVERITY_WARNING, "s",
          "Session s was last used in the future, by its entry: its TTL ends too late.",
          "slotop touch s"}},
        {HELD("44d1ce90-1") "," ENTRY("6be0917a-1", SLOT1, "main", "idle", 9),
         2,
         {"double-booked", SEVERITY_ERROR, SLOT1,
          "Slot 1 is double-booked: 2 live sessions hold it, 44d1ce90 used last, and their runs "
          "wait for each other.",
          "slotop list --slot chat-slot-main-1"}},
        {"\"s\":7",
         2,
         {"odd-entry", SEVERITY_WARNING, "s", "The entry of session s is odd: it is no object.",
          "slotop show s"}},
        {"\"s\":{\"state\":\"paused\"}",
         2,
         {"odd-entry", SEVERITY_WARNING, "s",
          "The entry of session s is odd: the server does not know its state, so it holds no slot.",
          "slotop show s"}},
        {"\"s\":{\"state\":\"idle\"}",
         2,
         {"odd-entry", SEVERITY_WARNING, "s",
          "The entry of session s is odd: it has no chat agent.", "slotop show s"}},
        {"\"s\":{\"state\":\"idle\",\"chatAgentId\":\"" SLOT1 "\",\"lastActiveAt\":\"noon\"}",
         2,
         {"odd-entry", SEVERITY_WARNING, "s",
          "The entry of session s is odd: its times are not numbers, so it never expires.",
          "slotop show s"}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct fixture fixture;
        fixture_make(&fixture, cases[i].entries, cases[i].slots);
        assert_int_equal(fixture.model.finding_count, 1);
        check(&fixture.model.findings[0], &cases[i].expected);
        fixture_done(&fixture);
    }
}

static void findings_come_worst_first_then_in_order_of_code(void **state)
{
    static const char *const codes[] = {"double-booked", "pool-full", "gc-stopped", "odd-entry",
                                        "fallback",      "overdue",   "overdue"};
    struct fixture fixture;
    (void)state;
    fixture_make(
        &fixture,
        "\"o\":{}," ENTRY("i", SLOT1, "main", "idle", 1800001) "," ENTRY(
            "w", SLOT1, "main", "idle", 9900000) "," ENTRY("f", "main", "main", "active", 5),
        1);
    assert_int_equal(fixture.model.finding_count, 7);
    for (size_t i = 0; i < 7; i++)
        assert_string_equal(fixture.model.findings[i].code, codes[i]);
    assert_int_equal(fixture.model.findings[2].severity, SEVERITY_WARNING);
    assert_int_equal(fixture.model.findings[5].severity, SEVERITY_INFO);
    assert_string_equal(fixture.model.findings[1].message.data,
                        "The only slot is held: the next new chat falls back to the workspace "
                        "agent main.");
    assert_string_equal(fixture.model.findings[1].headline.data,
                        "Pool full: new chats fall back to main.");
    assert_string_equal(fixture.model.findings[4].message.data,
                        "Session f is on the workspace agent main: no slot was free for it, and "
                        "it is not moved later.");
    fixture_done(&fixture);
}

static void gc_that_has_not_come_by_for_long_is_one_finding_beside_the_overdue(void **state)
{
    static const struct expected one = {
        "gc-stopped", SEVERITY_WARNING, "0c9d4a7e-1",
        "Session 0c9d4a7e is past its TTL by more than 5 minutes: GC does not run.",
        "slotop expire --due"};
    static const struct expected two = {
        "gc-stopped", SEVERITY_WARNING, "0c9d4a7e-1",
        "2 sessions are past their TTL by more than 5 minutes, so GC does not run: 0c9d4a7e, b.",
        "slotop expire --due"};
    struct fixture fixture;
    (void)state;
    fixture_make(&fixture, ENTRY("0c9d4a7e-1", SLOT1, "main", "active", 2102001), 2);
    assert_int_equal(fixture.model.finding_count, 2);
    check(&fixture.model.findings[0], &one);
    assert_string_equal(fixture.model.findings[1].code, "overdue");
    fixture_done(&fixture);
    fixture_make(&fixture,
                 ENTRY("0c9d4a7e-1", SLOT1, "main", "active",
                       2102001) "," ENTRY("b", "chat-slot-main-2", "main", "idle", 9102001),
                 3);
    assert_int_equal(fixture.model.finding_count, 3);
    check(&fixture.model.findings[0], &two);
    fixture_done(&fixture);
}

static void more_than_three_of_a_kind_are_one_finding(void **state)
{
    static const struct expected stranded = {
        "stranded", SEVERITY_WARNING, "s1",
        "5 sessions are on the workspace agent main while slot 1 is free: s1, s2, s3 and 2 more.",
        "slotop list --fallback"};
    struct fixture fixture;
    (void)state;
    fixture_make(&fixture,
                 ENTRY("s1", "main", "main", "active", 5) "," ENTRY(
                     "s2", "main", "main", "idle",
                     5) "," ENTRY("s3", "main", "main", "active",
                                  5) "," ENTRY("s4", "main", "main", "active",
                                               5) "," ENTRY("s5", "main", "main", "active", 5),
                 1);
    assert_int_equal(fixture.model.finding_count, 1);
    check(&fixture.model.findings[0], &stranded);
    fixture_done(&fixture);
    fixture_make(&fixture, "\"a\":{},\"b\":{},\"c\":{}", 1);
    assert_int_equal(fixture.model.finding_count, 3);
    fixture_done(&fixture);
}

/* Four of everything: no text of the table has a hole. */
static void every_text_for_many_is_filled_in(void **state)
{
    static const struct {
        const char *chat, *state;
        long long ago;
        size_t slots;
        const char *code;
    } cases[] = {
        {"main", "active", 5, 2, "stranded"},
        {"main", "active", 5, 0, "fallback"},
        {"main", "active", 1800001, 2, "overdue"},
        {"main", "active", 9900000, 2, "gc-stopped"},
        {"chat-slot-main-9", "idle", 5, 2, "orphan-slot"},
        {"main", "what", 5, 2, "odd-entry"},
        {"chat-slot-other-1", "idle", -99000, 2, "clock-ahead"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct buffer entries = {0};
        struct fixture fixture;
        const struct finding *told = NULL;
        for (char id = 'a'; id <= 'd'; id++)
            buffer_addf(&entries,
                        "%s\"%c\":{\"chatAgentId\":\"%s\",\"workspaceAgentId\":\"main\","
                        "\"state\":\"%s\",\"lastActiveAt\":@%lld@,\"idleTtlMs\":1800000}",
                        id > 'a' ? "," : "", id, cases[i].chat, cases[i].state, cases[i].ago);
        fixture_make(&fixture, entries.data, cases[i].slots);
        for (size_t k = 0; k < fixture.model.finding_count; k++) {
            if (strcmp(fixture.model.findings[k].code, cases[i].code) == 0)
                told = &fixture.model.findings[k];
        }
        if (!told) {
            fail_msg("%s is not told", cases[i].code);
            return;
        }
        assert_memory_equal(told->message.data, "4 ", 2);
        assert_non_null(strstr(told->message.data, ": a, b, c and 1 more."));
        assert_null(strpbrk(told->message.data, "{}"));
        assert_null(strpbrk(told->headline.data, "{}"));
        assert_null(strpbrk(told->remedy.data, "{}"));
        fixture_done(&fixture);
        buffer_done(&entries);
    }
}

static void four_double_booked_slots_are_one_finding(void **state)
{
    static const struct expected expected = {
        "double-booked", SEVERITY_ERROR, SLOT1,
        "4 slots are double-booked, and the runs on each wait for each other: 1, 2, 3 and 1 more.",
        "Look who holds them: slotop list --state active,idle."};
    struct buffer entries = {0};
    struct fixture fixture;
    (void)state;
    for (int i = 0; i < 8; i++)
        buffer_addf(&entries,
                    "%s\"%d\":{\"chatAgentId\":\"chat-slot-main-%d\",\"state\":\"idle\","
                    "\"lastActiveAt\":@5@,\"idleTtlMs\":1800000}",
                    i > 0 ? "," : "", i, i / 2 + 1);
    fixture_make(&fixture, entries.data, 5);
    assert_int_equal(fixture.model.finding_count, 1);
    check(&fixture.model.findings[0], &expected);
    fixture_done(&fixture);
    buffer_done(&entries);
}

static void an_empty_pool_says_why_and_orphans_nobody(void **state)
{
    static const struct {
        const char *config; /* NULL: missing */
        struct expected expected;
    } cases[] = {
        {NULL,
         {"pool-empty", SEVERITY_WARNING, "/s/openclaw.json",
          "The pool has no slots because /s/openclaw.json is missing: every chat runs on the "
          "workspace agent main.",
          "Look for the state directory that the server uses: slotop -d DIR."}},
        {"{}",
         {"pool-empty", SEVERITY_WARNING, "/s/openclaw.json",
          "The pool has no slots because of /s/openclaw.json (agents.list is missing): every chat "
          "runs on the workspace agent main.",
          "Put the slots' agents into agents.list of /s/openclaw.json."}},
        {"{\"agents\":{\"list\":[]}}",
         {"pool-empty", SEVERITY_WARNING, "/s/openclaw.json",
          "The pool has no slots because /s/openclaw.json lists no agent that begins with "
          "chat-slot-main-: every chat runs on the workspace agent main.",
          "DenchClaw 2.3.6 and later create no slots; with an older one, put the slots' agents "
          "into agents.list."}},
        {"\xEF\xBB\xBF{}",
         {"config-not-strict", SEVERITY_ERROR, "/s/openclaw.json",
          "/s/openclaw.json is not strict JSON (it begins with a byte order mark): DenchClaw sees "
          "no slots in it, "
          "so every chat falls back, and its next change of the config keeps nothing but the "
          "agents.",
          "Take out of /s/openclaw.json what only JSON5 allows: comments, trailing commas, a byte "
          "order mark."}},
        {"{\"agents\":{\"list\":[{}]}}",
         {"config-entry-invalid", SEVERITY_ERROR, "/s/openclaw.json",
          "In /s/openclaw.json, element 0 of agents.list (from 0) has no id: the server's code "
          "throws on it, and new sessions get no entry at all.",
          "Give that element of /s/openclaw.json an id that is a string, or take it out."}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct fixture fixture;
        fixture_load(&fixture, HELD("left-over"), 0);
        config_pool_done(&fixture.pool);
        if (cases[i].config)
            assert_int_equal(
                config_parse_pool(str_of(cases[i].config), STR("main"), &fixture.pool, NULL), 0);
        fixture_build(&fixture, NOW);
        assert_int_equal(fixture.model.finding_count, 1);
        check(&fixture.model.findings[0], &cases[i].expected);
        fixture_done(&fixture);
    }
}

static void an_unreadable_config_is_told_as_what_we_could_not_see(void **state)
{
    struct fixture fixture;
    (void)state;
    fixture_load(&fixture, "", 0);
    fixture.pool.state = CONFIG_UNREADABLE;
    (void)snprintf(fixture.pool.trouble, sizeof(fixture.pool.trouble), "opening X: denied");
    fixture_build(&fixture, NOW);
    assert_int_equal(fixture.model.finding_count, 1);
    assert_string_equal(fixture.model.findings[0].message.data,
                        "The config cannot be read (opening X: denied): if the server cannot "
                        "either, every chat runs on the workspace agent main.");
    fixture_done(&fixture);
}

static void a_ui_state_that_breaks_the_server_is_the_only_word_on_the_pool(void **state)
{
    static const struct expected expected = {
        "ui-state-breaks-server", SEVERITY_ERROR, ".dench-ui-state.json",
        "It holds null: the server's code throws on it, and no chat can be created.",
        "Choose the workspace in DenchClaw again, or remove .dench-ui-state.json."};
    struct fixture fixture;
    (void)state;
    fixture_load(&fixture, ENTRY("a", "main", "main", "active", 5), 0);
    active_workspace_done(&fixture.workspace);
    fixture.workspace.source = ACTIVE_THROWS;
    (void)snprintf(fixture.workspace.trouble, sizeof(fixture.workspace.trouble), "It holds null");
    fixture_build(&fixture, NOW);
    assert_int_equal(fixture.model.finding_count, 1);
    check(&fixture.model.findings[0], &expected);
    assert_int_equal(fixture.model.fallback_count, 0);
    fixture_done(&fixture);
}

static void the_newest_look_at_the_registry_is_told_while_an_older_one_is_shown(void **state)
{
    static const struct {
        enum document_state state;
        struct expected expected;
    } cases[] = {
        {DOCUMENT_TORN,
         {"registry-torn", SEVERITY_ERROR, "/s/chat-agents.json",
          "/s/chat-agents.json is torn (why): the server takes it as empty, and its next save "
          "wipes every entry.",
          "Put a good copy of the file back before the server's next save."}},
        {DOCUMENT_MALFORMED,
         {"registry-malformed", SEVERITY_ERROR, "/s/chat-agents.json",
          "/s/chat-agents.json is malformed (why).", "Mend the file, or put a good copy back."}},
        {DOCUMENT_UNREADABLE,
         {"registry-unreadable", SEVERITY_ERROR, "/s/chat-agents.json",
          "The registry cannot be read (why): what is shown may be old.",
          "Make /s/chat-agents.json a file that you can read."}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct document look;
        struct fixture fixture;
        document_init(&look);
        document_set_unreadable(&look, "why");
        look.state = cases[i].state;
        fixture_load(&fixture, HELD("a"), 2);
        struct model_sources sources = {
            .document = &fixture.document,
            .look = &look,
            .pool = &fixture.pool,
            .workspace = &fixture.workspace,
            .registry_path = "/s/chat-agents.json",
            .config_path = "/s/openclaw.json",
            .now_ms = NOW,
        };
        assert_int_equal(model_build(&sources, &fixture.model, NULL), 0);
        assert_int_equal(fixture.model.finding_count, 1);
        check(&fixture.model.findings[0], &cases[i].expected);
        assert_int_equal(fixture.model.counts.held, 1);
        fixture_done(&fixture);
        document_done(&look);
    }
}

static void a_null_entry_is_told_with_its_session(void **state)
{
    struct fixture fixture;
    (void)state;
    fixture_make(&fixture, "\"s\":null", 1);
    assert_int_equal(fixture.model.finding_count, 2);
    assert_string_equal(fixture.model.findings[0].code, "registry-malformed");
    assert_string_equal(fixture.model.findings[1].message.data,
                        "The entry of session s is odd: it is null, on which the server's allocate "
                        "and GC fail.");
    fixture_done(&fixture);
}

static void ids_in_commands_are_quoted_for_the_shell(void **state)
{
    static const char *const cases[][2] = {
        {"a b", "slotop show 'a b'"},       {"$(id)", "slotop show '$(id)'"},
        {"it's", "slotop show 'it'\\''s'"}, {"-n", "slotop show -- -n"},
        {"-n;", "slotop show -- '-n;'"},    {"", "slotop show ''"},
        {"~ana", "slotop show '~ana'"},     {"\xC3\xA4", "slotop show '\xC3\xA4'"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct buffer entries = {0};
        struct fixture fixture;
        buffer_addf(&entries, "\"%s\":{}", cases[i][0]);
        fixture_make(&fixture, entries.data, 1);
        assert_int_equal(fixture.model.finding_count, 1);
        assert_string_equal(fixture.model.findings[0].remedy.data, cases[i][1]);
        assert_string_equal(fixture.model.findings[0].subject.data, cases[i][0]);
        fixture_done(&fixture);
        buffer_done(&entries);
    }
}

/* The dashboard tells the worst one in a line of 80 columns, with a key behind it. What its alarms
 * tell, or the pool, is not told so. */
static void what_alarms_has_words_for_a_single_line(void **state)
{
    enum { MOST = 64 }; /* names in braces count as they are: values are about as long */
    static const enum finding_kind elsewhere[] = {
        KIND_TORN,          KIND_WIPED,     KIND_MALFORMED, KIND_UNREADABLE,        KIND_NOT_STRICT,
        KIND_ENTRY_INVALID, KIND_NO_CONFIG, KIND_NO_LIST,   KIND_CONFIG_UNREADABLE, KIND_NO_SLOTS,
    };
    uint64_t told_elsewhere = 0;
    (void)state;
    for (size_t i = 0; i < sizeof(elsewhere) / sizeof(elsewhere[0]); i++)
        told_elsewhere |= UINT64_C(1) << elsewhere[i];
    for (int kind = 0; kind < KIND_COUNT; kind++) {
        const struct finding_words *words = &findings_words[kind];
        if (words->severity == SEVERITY_INFO || told_elsewhere >> kind & 1)
            continue;
        const char *one = words->headline ? words->headline : words->message;
        const char *many = words->headline_many ? words->headline_many : words->message_many;
        assert_in_range(strlen(one), 1, MOST);
        if (many)
            assert_in_range(strlen(many), 1, MOST);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pool_in_order_has_no_findings),
        cmocka_unit_test(a_session_is_told_of_with_its_remedy),
        cmocka_unit_test(findings_come_worst_first_then_in_order_of_code),
        cmocka_unit_test(gc_that_has_not_come_by_for_long_is_one_finding_beside_the_overdue),
        cmocka_unit_test(more_than_three_of_a_kind_are_one_finding),
        cmocka_unit_test(every_text_for_many_is_filled_in),
        cmocka_unit_test(four_double_booked_slots_are_one_finding),
        cmocka_unit_test(an_empty_pool_says_why_and_orphans_nobody),
        cmocka_unit_test(an_unreadable_config_is_told_as_what_we_could_not_see),
        cmocka_unit_test(a_ui_state_that_breaks_the_server_is_the_only_word_on_the_pool),
        cmocka_unit_test(the_newest_look_at_the_registry_is_told_while_an_older_one_is_shown),
        cmocka_unit_test(a_null_entry_is_told_with_its_session),
        cmocka_unit_test(ids_in_commands_are_quoted_for_the_shell),
        cmocka_unit_test(what_alarms_has_words_for_a_single_line),
    };
    return cmocka_run_group_tests_name("findings", tests, NULL, NULL);
}
