/* What is told of a registry with chats, traces, workspaces and a server around it. */
#include "tests/helpers/setting.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define SLOT1 "chat-slot-main-1"
#define SLOT2 "chat-slot-main-2"
#define SLOT3 "chat-slot-main-3"
#define HOUR 3600000
#define QUARTER 900000
#define LIVE(id, slot, made, ago) ENTRY_MADE(id, slot, "main", "active", made, ago)
#define IDLE(id, slot, made, ago) ENTRY_MADE(id, slot, "main", "idle", made, ago)
#define EXPIRED(id, slot) ENTRY_MADE(id, slot, "main", "expired", 9000000, 9000000)

struct situation {
    const char *entries;
    struct setting_chat chats[4];
    struct setting_trace traces[4];
    const char *codes; /* in their order */
    size_t slots;
    char server; /* 'd' down, 'r' retires the pool, 0 up */
};

struct stage {
    struct fixture fixture;
    struct setting around;
};

static void stage_put(struct stage *stage, const struct situation *situation)
{
    fixture_load(&stage->fixture, situation->entries, situation->slots);
    setting_init(&stage->around, &stage->fixture);
    setting_add_chats(&stage->around, situation->chats);
    setting_add_traces(&stage->around, situation->traces);
    if (situation->server == 'd')
        stage->around.server.state = SERVER_DOWN;
    stage->around.server.retires_pool = situation->server == 'r';
    fixture_build(&stage->fixture, NOW);
}

static void stage_clear(struct stage *stage)
{
    fixture_done(&stage->fixture);
    setting_done(&stage->around);
}

static void check_codes(const struct model *model, const char *name, const char *codes)
{
    struct buffer told = {0};
    buffer_add_str(&told, STR(""));
    for (size_t i = 0; i < model->finding_count; i++) {
        buffer_addf(&told, "%s%s", i ? " " : "", model->findings[i].code);
        assert_null(strpbrk(model->findings[i].message.data, "{}"));
        assert_null(strpbrk(model->findings[i].remedy.data, "{}"));
    }
    if (strcmp(told.data, codes) != 0)
        fail_msg("%s: told are '%s', not '%s'", name, told.data, codes);
    buffer_done(&told);
}

static void each_situation_has_exactly_its_findings(void **state)
{
    static const struct situation situations[] = {
        /* in order */
        {"", {{0}}, {{0}}, "", 2, 0},
        {LIVE("a", SLOT1, HOUR, 9), {{"a", SLOT1, 9}}, {{"a", 'R', 9}}, "", 2, 0},
        {LIVE("a", SLOT1, HOUR, QUARTER), {{"a", SLOT1, 300000}}, {{"a", 't', 310000}}, "", 2, 0},
        {IDLE("a", SLOT1, HOUR, QUARTER), {{"a", SLOT1, QUARTER}}, {{"a", 't', HOUR}}, "", 2, 0},
        {EXPIRED("a", SLOT1), {{"a", SLOT1, HOUR}}, {{"a", 't', HOUR}}, "", 2, 0},
        {EXPIRED("a", SLOT1), {{"a", SLOT1, 9}}, {{"a", 't', 9}}, "", 2, 0},
        {"", {{"a", SLOT1, HOUR}}, {{0}}, "", 2, 0},
        {LIVE("a", "chat-slot-other-1", HOUR, 9), {{"a", "x", 9}}, {{0}}, "orphan-slot", 2, 0},
        /* a chat that is gone */
        {LIVE("a", SLOT1, HOUR, 9), {{0}}, {{"a", '-', 0}}, "ghost", 2, 0},
        {LIVE("a", SLOT1, HOUR, QUARTER), {{0}}, {{"a", '-', 0}}, "ghost", 2, 0},
        {LIVE("a", SLOT1, HOUR, 1800001), {{0}}, {{"a", '-', 0}}, "ghost overdue", 2, 0},
        {LIVE("a", "main", HOUR, 9), {{0}}, {{"a", '-', 0}}, "ghost", 2, 0},
        /* pins and states that mislead */
        {LIVE("a", SLOT1, HOUR, 9), {{"a", NULL, 9}}, {{"a", 'R', 9}}, "lost-pin", 2, 0},
        {LIVE("a", "main", HOUR, 9), {{"a", NULL, 9}}, {{"a", 'R', 9}}, "stranded", 2, 0},
        {LIVE("a", SLOT1, HOUR, QUARTER),
         {{"a", SLOT1, 300001}},
         {{"a", 't', 310000}},
         "active-without-run",
         2,
         0},
        {LIVE("a", SLOT1, HOUR, QUARTER),
         {{"a", SLOT1, HOUR}},
         {{"a", '-', 0}},
         "active-without-run",
         2,
         0},
        {LIVE("a", SLOT1, HOUR, QUARTER), {{"a", SLOT1, HOUR}}, {{0}}, "", 2, 0},
        {EXPIRED("a", SLOT1), {{"a", SLOT1, HOUR}}, {{"a", 'R', 9}}, "running-but-expired", 2, 0},
        {ENTRY("a", "main", "main", "deleted", 9),
         {{"a", "main", 9}},
         {{"a", 'R', 9}},
         "running-but-expired",
         2,
         0},
        {"", {{"a", SLOT1, HOUR}}, {{"a", 'R', 9}}, "running-but-expired", 2, 0},
        {EXPIRED("a", SLOT1) "," LIVE("b", SLOT1, 9000, 9),
         {{"a", SLOT1, 900}, {"b", SLOT1, 9}},
         {{"b", 't', 9}},
         "shared-slot",
         2,
         0},
        {EXPIRED("a", SLOT1) "," LIVE("b", SLOT1, 9000, 9),
         {{"a", SLOT1, HOUR}, {"b", SLOT1, 9}},
         {{"a", 'R', 9}},
         "shared-slot",
         2,
         0},
        {LIVE("b", SLOT1, 9000, 9),
         {{"a", SLOT1, 900}, {"b", SLOT1, 9}},
         {{0}},
         "shared-slot",
         2,
         0},
        /* a full pool */
        {LIVE("a", SLOT1, HOUR, 9) "," LIVE("b", SLOT2, HOUR, 9),
         {{"a", SLOT1, 9}, {"b", SLOT2, 9}},
         {{"a", 't', 9}, {"b", 't', 9}},
         "pool-full",
         2,
         0},
        {IDLE("a", SLOT1, HOUR, QUARTER) "," LIVE("b", SLOT2, HOUR, 9),
         {{"a", SLOT1, HOUR}, {"b", SLOT2, 9}},
         {{"a", 't', HOUR}, {"b", 't', 9}},
         "pool-full",
         2,
         0},
        {IDLE("a", SLOT1, HOUR, QUARTER) "," IDLE("b", SLOT2, HOUR, QUARTER),
         {{"a", SLOT1, HOUR}, {"b", SLOT2, HOUR}},
         {{"a", 't', HOUR}, {"b", 't', HOUR}},
         "pool-full idle-hoard",
         2,
         0},
        {IDLE("a", SLOT1, HOUR, QUARTER) "," IDLE("b", SLOT2, HOUR, QUARTER),
         {{"a", SLOT1, HOUR}, {"b", SLOT2, HOUR}},
         {{0}},
         "pool-full",
         2,
         0},
        {IDLE("a", SLOT1, HOUR, QUARTER) "," LIVE("b", SLOT1, HOUR, QUARTER),
         {{"a", SLOT1, HOUR}, {"b", SLOT1, HOUR}},
         {{"a", 't', HOUR}},
         "double-booked",
         2,
         0},
        /* the server */
        {"", {{0}}, {{0}}, "server-down", 2, 'd'},
        {IDLE("a", SLOT1, HOUR, 2102001),
         {{"a", SLOT1, HOUR}},
         {{0}},
         "server-down overdue",
         2,
         'd'},
        {IDLE("a", SLOT1, HOUR, 2102001), {{"a", SLOT1, HOUR}}, {{0}}, "gc-stopped overdue", 2, 0},
        /* a pool that is retired, and one that should not be empty */
        {"", {{0}}, {{0}}, "pool-retired", 0, 'r'},
        {"", {{0}}, {{0}}, "pool-empty", 0, 0},
        {LIVE("a", "main", HOUR, 9) "," LIVE("b", SLOT1, HOUR, 9999999) "," EXPIRED("c", SLOT1),
         {{"c", SLOT1, 9}},
         {{"a", '-', 0}, {"c", 'R', 9}},
         "pool-retired",
         0,
         'r'},
        {LIVE("a", "gone", HOUR, -99999) ",\"b\":{}",
         {{0}},
         {{0}},
         "odd-entry pool-retired",
         0,
         'r'},
        {LIVE("a", "main", HOUR, 9), {{"a", "main", 9}}, {{0}}, "pool-empty fallback", 0, 0},
        {LIVE("a", "main", HOUR, 9), {{"a", "main", 9}}, {{0}}, "stranded", 2, 'r'},
        /* workspaces */
        {ENTRY("a", "chat-slot-x-1", "x", "active", 9),
         {{"a", "y", 9}},
         {{0}},
         "workspace-gone",
         2,
         0},
        {ENTRY("a", "chat-slot-x-1", "x", "active", 9),
         {{0}},
         {{"a", '-', 0}},
         "workspace-gone",
         2,
         0},
        {ENTRY("a", "chat-slot-x-1", "x", "expired", 9), {{0}}, {{0}}, "", 2, 0},
        {ENTRY("a", "chat-slot-main-x-1", "main-x", "idle", 9), {{"a", "y", 9}}, {{0}}, "", 2, 0},
        {"\"a\":{\"chatAgentId\":\"" SLOT1
         "\",\"state\":\"idle\",\"lastActiveAt\":@5@,\"idleTtlMs\":9999}",
         {{"a", SLOT1, 9}},
         {{0}},
         "",
         2,
         0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(situations) / sizeof(situations[0]); i++) {
        struct stage stage;
        stage_put(&stage, &situations[i]);
        setting_add_workspace(&stage.around, "main-x");
        fixture_build(&stage.fixture, NOW);
        check_codes(&stage.fixture.model, situations[i].entries, situations[i].codes);
        stage_clear(&stage);
    }
    print_message("situations: %zu\n", sizeof(situations) / sizeof(situations[0]));
}

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

static void a_finding_says_who_where_and_what_to_do(void **state)
{
    static const struct {
        struct situation situation;
        size_t which;
        struct expected expected;
    } cases[] = {
        {{EXPIRED("6be0917a-1", SLOT1) "," LIVE("44d1ce90-1", SLOT1, 9000, 9),
          {{"6be0917a-1", SLOT1, 900}, {"44d1ce90-1", SLOT1, 9}},
          {{0}},
          "",
          2,
          0},
         0,
         {"shared-slot", SEVERITY_ERROR, "6be0917a-1",
          "Session 6be0917a \"A title\" (expired) still sends to slot 1, which session 44d1ce90 "
          "\"A title\" holds by now: "
          "the runs of both wait for each other.",
          "Close one of the two chats: no command moves a chat to another agent."}},
        {{LIVE("b", SLOT1, 9000, 9),
          {{"6be0917a-1", SLOT1, 900}, {"b", SLOT1, 9}},
          {{0}},
          "",
          2,
          0},
         0,
         {"shared-slot", SEVERITY_ERROR, "6be0917a-1",
          "Session 6be0917a \"A title\" (without an entry) still sends to slot 1, which session b "
          "\"A title\" holds by "
          "now: the runs of both wait for each other.",
          "Close one of the two chats: no command moves a chat to another agent."}},
        {{LIVE("a", SLOT2, HOUR, 9), {{0}}, {{"a", '-', 0}}, "", 2, 0},
         0,
         {"ghost", SEVERITY_WARNING, "a",
          "Session a is live on slot 2, but its chat is gone: it is in no index, and has no "
          "transcript.",
          "slotop release a"}},
        {{LIVE("a", SLOT1, HOUR, 9), {{"a", NULL, 9}}, {{"a", 'R', 9}}, "", 2, 0},
         0,
         {"lost-pin", SEVERITY_INFO, "a",
          "Session a \"A title\" holds slot 1, but the session index has lost its pin: its "
          "messages may go to "
          "the workspace agent main.",
          "slotop show a"}},
        {{LIVE("a", SLOT1, HOUR, QUARTER), {{"a", SLOT1, HOUR}}, {{"a", '-', 0}}, "", 2, 0},
         0,
         {"active-without-run", SEVERITY_INFO, "a",
          "Session a \"A title\" is active on slot 1, but no run of it is seen: one that is "
          "stopped, or "
          "crashes, leaves it so.",
          "slotop idle a"}},
        {{EXPIRED("a", SLOT1), {{"a", SLOT1, HOUR}}, {{"a", 'R', 9}}, "", 2, 0},
         0,
         {"running-but-expired", SEVERITY_WARNING, "a",
          "Session a \"A title\" is expired, but a run of it is in progress on slot 1, which the "
          "server takes "
          "as free.",
          "Let the run end; a chat that is created before may get the same agent."}},
        {{ENTRY("a", "main", "main", "deleted", 9), {{"a", "main", 9}}, {{"a", 'R', 9}}, "", 2, 0},
         0,
         {"running-but-expired", SEVERITY_WARNING, "a",
          "Session a \"A title\" is released, but a run of it is in progress on main, which the "
          "server takes "
          "as free.",
          "Let the run end; a chat that is created before may get the same agent."}},
        {{IDLE("a", SLOT1, HOUR, QUARTER), {{"a", SLOT1, HOUR}}, {{"a", 't', HOUR}}, "", 1, 0},
         1,
         {"idle-hoard", SEVERITY_WARNING, "a",
          "Session a \"A title\" does nothing with its slot: no run of it is seen, and it was not "
          "used for 5 "
          "minutes.",
          "slotop expire a"}},
        {{IDLE("a", SLOT1, HOUR, QUARTER) "," IDLE("b", SLOT2, HOUR, QUARTER) "," IDLE("c", SLOT3,
                                                                                       HOUR, 9),
          {{"a", SLOT1, HOUR}, {"b", SLOT2, HOUR}, {"c", SLOT3, 9}},
          {{"a", 't', HOUR}, {"b", 't', HOUR}, {"c", 't', 9}},
          "",
          3,
          0},
         1,
         {"idle-hoard", SEVERITY_WARNING, "a",
          "2 of the 3 holders do nothing with their slots: no run of them is seen, and they were "
          "not used for 5 minutes: a, b.",
          "Expire one that nobody needs: its slot is then free for new chats, while its own chat "
          "stays pinned to it."}},
        {{"", {{0}}, {{0}}, "", 2, 'd'},
         0,
         {"server-down", SEVERITY_WARNING, "web-runtime/process.json",
          "DenchClaw is down (process 4711 of web-runtime/process.json is gone, or is another "
          "program): no chat goes on, no GC runs.",
          "Start DenchClaw; until then, slotop gc does the work of its GC."}},
        {{"", {{0}}, {{0}}, "", 0, 'r'},
         0,
         {"pool-retired", SEVERITY_INFO, "/s/openclaw.json",
          "The pool is retired: DenchClaw 2.3.5 creates no slots, and every chat runs on the "
          "workspace agent main; no entries are left over.",
          "Nothing has to be done."}},
        {{EXPIRED("a", SLOT1), {{0}}, {{0}}, "", 0, 'r'},
         0,
         {"pool-retired", SEVERITY_INFO, "/s/openclaw.json",
          "The pool is retired: DenchClaw 2.3.5 creates no slots, and every chat runs on the "
          "workspace agent main; entries left over: 0 live, 1 expired.",
          "slotop purge --expired-before 1d"}},
        {{LIVE("a", "main", HOUR, 9), {{0}}, {{0}}, "", 0, 'r'},
         0,
         {"pool-retired", SEVERITY_INFO, "/s/openclaw.json",
          "The pool is retired: DenchClaw 2.3.5 creates no slots, and every chat runs on the "
          "workspace agent main; entries left over: 1 live, 0 expired.",
          "To clean up: slotop expire --due, and a day later slotop purge --expired-before 1d."}},
        {{ENTRY("a", "chat-slot-x-1", "x", "active", 9), {{0}}, {{0}}, "", 2, 0},
         0,
         {"workspace-gone", SEVERITY_WARNING, "a",
          "Session a is live, but the workspace of its agent x is gone.", "slotop release a"}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct stage stage;
        stage_put(&stage, &cases[i].situation);
        assert_true(stage.fixture.model.finding_count > cases[i].which);
        check(&stage.fixture.model.findings[cases[i].which], &cases[i].expected);
        stage_clear(&stage);
    }
}

static void a_slot_of_a_workspace_with_a_longer_name_is_foreign(void **state)
{
    static const struct expected expected = {
        "foreign-slot", SEVERITY_WARNING, "chat-slot-main-x-1",
        "Slot x-1 belongs to the workspace of agent main-x: its id begins as those of this pool "
        "do, so chats of both workspaces get it.",
        "Rename one of the two workspaces, so that neither name begins with the other one and a "
        "hyphen."};
    struct stage stage;
    (void)state;
    stage_put(&stage, &(struct situation){.entries = "", .slots = 2});
    stage.fixture.pool.slots[1] = STR("chat-slot-main-x-1");
    setting_add_workspace(&stage.around, "mai");
    setting_add_workspace(&stage.around, "main-x-y");
    fixture_build(&stage.fixture, NOW);
    assert_int_equal(stage.fixture.model.finding_count, 0);
    setting_add_workspace(&stage.around, "main-x");
    fixture_build(&stage.fixture, NOW);
    assert_int_equal(stage.fixture.model.finding_count, 1);
    check(&stage.fixture.model.findings[0], &expected);
    stage_clear(&stage);
}

static void who_keeps_the_registry_open_is_told(void **state)
{
    static const struct expected expected = {
        "held-open", SEVERITY_INFO, "/s/chat-agents.json",
        "tail (pid 4711) keeps /s/chat-agents.json open, so slotop gets no lease on it: edits are "
        "checked before and afterwards, which is less sure than with one.",
        "End that program if it is not the server."};
    struct stage stage;
    (void)state;
    stage_put(&stage, &(struct situation){.entries = "", .slots = 2});
    stage.fixture.more.holder = "tail (pid 4711)";
    fixture_build(&stage.fixture, NOW);
    assert_int_equal(stage.fixture.model.finding_count, 1);
    check(&stage.fixture.model.findings[0], &expected);
    stage_clear(&stage);
}

static void a_config_that_cannot_be_used_is_no_retired_pool(void **state)
{
    static const enum config_state states[] = {CONFIG_NOT_STRICT, CONFIG_ENTRY_INVALID,
                                               CONFIG_UNREADABLE};
    static const char *const codes[] = {"config-not-strict", "config-entry-invalid", "pool-empty"};
    (void)state;
    for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
        struct stage stage;
        stage_put(&stage, &(struct situation){.entries = "", .slots = 0, .server = 'r'});
        stage.fixture.pool.state = states[i];
        fixture_build(&stage.fixture, NOW);
        check_codes(&stage.fixture.model, codes[i], codes[i]);
        stage_clear(&stage);
    }
}

/* Entries that ended so many ms ago, each of 100 bytes and more. */
static void put_expired(struct stage *stage, size_t count, long long ended_ago)
{
    struct buffer entries = {0};
    for (size_t i = 0; i < count; i++)
        buffer_addf(&entries,
                    "%s\"%zu\":{\"chatAgentId\":\"main\",\"state\":\"expired\",\"lastActiveAt\":"
                    "@%lld@,\"idleTtlMs\":1000}",
                    i ? "," : "", i, ended_ago + 1000 + (i == 7 ? 86400000LL : 0));
    stage_put(stage, &(struct situation){.entries = entries.data, .slots = 2});
    buffer_done(&entries);
}

static void a_hundred_entries_that_ended_a_day_ago_are_growth(void **state)
{
    static const struct expected expected = {
        "growth", SEVERITY_INFO, "/s/chat-agents.json",
        "100 entries of /s/chat-agents.json ended more than a day ago, the oldest 2 days ago, "
        "about 8 kB in all: GC never removes what is expired.",
        "slotop purge --expired-before 1d"};
    struct stage stage;
    (void)state;
    put_expired(&stage, 100, 86400001);
    const struct model *model = &stage.fixture.model;
    assert_int_equal(model->finding_count, 1);
    check(&model->findings[0], &expected);
    assert_true(model_has_finding(model, 99, STR("growth")));
    assert_true(model->next_change_ms == NOW + 86399999.0);
    stage_clear(&stage);
    put_expired(&stage, 99, 86400001);
    assert_int_equal(stage.fixture.model.finding_count, 0);
    assert_false(model_has_finding(&stage.fixture.model, 0, STR("growth")));
    stage_clear(&stage);
}

static void growth_begins_at_the_said_moment(void **state)
{
    struct stage stage;
    (void)state;
    put_expired(&stage, 100, 86399000);
    assert_int_equal(stage.fixture.model.finding_count, 0);
    assert_true(stage.fixture.model.next_change_ms == NOW + 1001.0);
    fixture_build(&stage.fixture, NOW + 1000);
    assert_int_equal(stage.fixture.model.finding_count, 0);
    fixture_build(&stage.fixture, NOW + 1001);
    assert_int_equal(stage.fixture.model.finding_count, 1);
    stage_clear(&stage);
}

static void a_row_knows_the_findings_that_name_it(void **state)
{
    static const struct situation situation = {
        EXPIRED("a", SLOT1) "," LIVE("b", SLOT1, HOUR,
                                     1800001) "," LIVE("c", SLOT2, 9, 9) "," LIVE("d", SLOT2, 9, 9),
        {{"a", SLOT1, 900}, {"b", SLOT1, 9}, {"c", SLOT2, 9}},
        {{0}},
        "",
        2,
        0};
    static const struct {
        size_t row;
        const char *code;
        bool is_named;
    } cases[] = {
        {0, "shared-slot", true},   {0, "shared", true},    {0, "slot", false},
        {1, "shared-slot", true},   {1, "overdue", true},   {0, "overdue", false},
        {2, "double-booked", true}, {3, "double", true},    {1, "double", false},
        {2, "pool-full", false},    {0, "overdue-", false},
    };
    struct stage stage;
    (void)state;
    stage_put(&stage, &situation);
    check_codes(&stage.fixture.model, "", "shared-slot double-booked pool-full overdue");
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        if (model_has_finding(&stage.fixture.model, cases[i].row, str_of(cases[i].code)) !=
            cases[i].is_named)
            fail_msg("row %zu: %s", cases[i].row, cases[i].code);
    }
    stage_clear(&stage);
}

static void a_row_is_named_where_one_finding_tells_of_many_too(void **state)
{
    struct fixture fixture;
    (void)state;
    fixture_make(&fixture, "\"a\":{},\"b\":{},\"c\":{},\"d\":{},\"e\":{}", 1);
    assert_int_equal(fixture.model.finding_count, 1);
    for (size_t row = 0; row < 5; row++)
        assert_true(model_has_finding(&fixture.model, row, STR("odd-entry")));
    fixture_done(&fixture);
}

/* Four of everything: no text of the table has a hole. */
static void every_text_for_many_is_filled_in(void **state)
{
    static const struct {
        const char *entry; /* its id follows "s" */
        const char *code;
        char trace; /* 0: none looked for */
        bool has_chat, has_pin;
    } cases[] = {
        {"\"chatAgentId\":\"chat-slot-x-1\",\"workspaceAgentId\":\"x\",\"state\":\"idle\"",
         "workspace-gone", 0, false, false},
        {"\"chatAgentId\":\"main\",\"workspaceAgentId\":\"main\",\"state\":\"idle\"", "ghost", '-',
         false, false},
        {"\"chatAgentId\":\"main\",\"state\":\"expired\"", "running-but-expired", 'R', true, false},
        {"\"chatAgentId\":\"chat-slot-main-%c\",\"state\":\"active\"", "lost-pin", 0, true, false},
        {"\"chatAgentId\":\"chat-slot-main-%c\",\"state\":\"active\"", "active-without-run", 't',
         true, true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct buffer entries = {0};
        struct stage stage;
        struct setting_chat chats[5] = {{NULL, NULL, 0}};
        struct setting_trace traces[5] = {{NULL, 0, 0}};
        static const char *const ids[] = {"s1", "s2", "s3", "s4"};
        for (size_t k = 0; k < 4; k++) {
            const char *hole = strstr(cases[i].entry, "%c");
            int head = hole ? (int)(hole - cases[i].entry) : (int)strlen(cases[i].entry);
            buffer_addf(&entries, "%s\"%s\":{%.*s", k ? "," : "", ids[k], head, cases[i].entry);
            if (hole)
                buffer_addf(&entries, "%c%s", ids[k][1], hole + 2);
            buffer_addf(&entries,
                        ",\"createdAt\":@900000@,\"lastActiveAt\":@900000@,\"idleTtlMs\":1800000}");
            if (cases[i].has_chat)
                chats[k] = (struct setting_chat){
                    ids[k], cases[i].has_pin ? "chat-slot-main-9" : NULL, 900000};
            if (cases[i].trace)
                traces[k] = (struct setting_trace){ids[k], cases[i].trace, 900000};
        }
        stage_put(&stage, &(struct situation){.entries = entries.data, .slots = 5});
        setting_add_chats(&stage.around, chats);
        setting_add_traces(&stage.around, traces);
        fixture_build(&stage.fixture, NOW);
        check_codes(&stage.fixture.model, cases[i].code, cases[i].code);
        const struct finding *finding = &stage.fixture.model.findings[0];
        assert_memory_equal(finding->message.data, "4 ", 2);
        assert_non_null(strstr(finding->message.data, ": s1, s2, s3 and 1 more."));
        stage_clear(&stage);
        buffer_done(&entries);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_situation_has_exactly_its_findings),
        cmocka_unit_test(a_finding_says_who_where_and_what_to_do),
        cmocka_unit_test(a_slot_of_a_workspace_with_a_longer_name_is_foreign),
        cmocka_unit_test(who_keeps_the_registry_open_is_told),
        cmocka_unit_test(a_config_that_cannot_be_used_is_no_retired_pool),
        cmocka_unit_test(a_hundred_entries_that_ended_a_day_ago_are_growth),
        cmocka_unit_test(growth_begins_at_the_said_moment),
        cmocka_unit_test(a_row_knows_the_findings_that_name_it),
        cmocka_unit_test(a_row_is_named_where_one_finding_tells_of_many_too),
        cmocka_unit_test(every_text_for_many_is_filled_in),
    };
    return cmocka_run_group_tests_name("findings_around", tests, NULL, NULL);
}
