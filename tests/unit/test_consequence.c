#include "core/consequence.h"
#include "tests/helpers/setting.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define MINUTE 60000
#define SLOT_1 "chat-slot-main-1"
#define SLOT_2 "chat-slot-main-2"
#define ON(id, agent, state, ago) ENTRY(id, agent, "main", state, ago)
#define NO_RISK ""

/* An action on the session "a", and what is said. */
struct telling {
    const char *entries;
    struct setting_chat chats[3];
    struct setting_trace traces[3];
    enum operation_kind kind;
    const char *told, *risk;
};

enum { KNOWS_NOTHING, KNOWS_ALL };

static void tell(const struct telling *telling, struct fixture *fixture, struct buffer *told,
                 struct buffer *risk)
{
    const struct registry *registry = &fixture->document.registry;
    size_t row = model_find_row(&fixture->model, registry, STR("a"));
    assert_int_not_equal(row, SIZE_MAX);
    consequence_add(registry, &fixture->model, row, telling->kind, told);
    consequence_add_risk(registry, &fixture->model, row, telling->kind, risk);
    assert_false(told->failed || risk->failed);
}

static void check(const struct telling *table, size_t count, int knows)
{
    for (size_t i = 0; i < count; i++) {
        struct fixture fixture;
        struct setting setting;
        struct buffer told = {0}, risk = {0};
        fixture_load(&fixture, table[i].entries, 2);
        setting_init(&setting, &fixture);
        setting_add_chats(&setting, table[i].chats);
        setting_add_traces(&setting, table[i].traces);
        setting_set_beat(&setting, 2 * MINUTE);
        if (knows == KNOWS_NOTHING)
            fixture.more = (struct model_sources){0};
        fixture_build(&fixture, NOW);
        tell(&table[i], &fixture, &told, &risk);
        if (!str_equal(buffer_str(&told), str_of(table[i].told)) ||
            !str_equal(buffer_str(&risk), str_of(table[i].risk)))
            fail_msg("case %zu: \"%.*s\" risk \"%.*s\"", i, (int)told.len,
                     told.len ? told.data : "", (int)risk.len, risk.len ? risk.data : "");
        buffer_done(&told);
        buffer_done(&risk);
        fixture_done(&fixture);
        setting_done(&setting);
    }
}
#define CHECK(table, knows) check((table), sizeof(table) / sizeof((table)[0]), (knows))

#define LIVE ON("a", SLOT_1, "active", 360000)
#define FREE "Slot 1 is free for the next new chat"

static void a_hold_that_ends_frees_the_slot_and_moves_no_chat(void **state)
{
    static const struct telling table[] = {
        {ON("a", SLOT_1, "active", 360000),
         {{"a", SLOT_1, 360000}},
         {{"a", 't', 360000}},
         OPERATION_RELEASE,
         FREE "; this chat stays pinned to it. GC removes the entry.",
         NO_RISK},
        {ON("a", SLOT_1, "idle", 360000),
         {{"a", SLOT_1, 360000}},
         {{"a", 't', 360000}},
         OPERATION_EXPIRE,
         FREE "; this chat stays pinned to it. The entry stays, as expired.",
         NO_RISK},
        {ON("a", SLOT_1, "idle", 360000),
         {{"a", SLOT_1, 360000}},
         {{"a", 't', 360000}},
         OPERATION_PURGE,
         FREE "; this chat stays pinned to it. The registry forgets it.",
         NO_RISK},
        /* in use: by its chat, by a run */
        {ON("a", SLOT_1, "active", 360000),
         {{"a", SLOT_1, 12000}},
         {{"a", 't', 360000}},
         OPERATION_RELEASE,
         FREE ". This chat stays pinned to it until it is closed: both will send to one agent. GC "
              "removes the entry.",
         "used 12s ago"},
        {ON("a", SLOT_1, "idle", 360000),
         {{"a", SLOT_1, 360000}},
         {{"a", 'R', 180000}},
         OPERATION_EXPIRE,
         FREE ". This chat stays pinned to it until it is closed: both will send to one agent. The "
              "entry stays, as expired.",
         "a run is in progress (lock, 3m ago)"},
        /* its chat is gone, has lost its pin, is pinned to another agent, was not found */
        {ON("a", SLOT_2, "active", 360000),
         {{"b", SLOT_1, 360000}},
         {{"a", '-', 0}},
         OPERATION_RELEASE,
         "Slot 2 is free for the next new chat; its chat is gone. GC removes the entry.",
         NO_RISK},
        {ON("a", SLOT_1, "idle", 360000),
         {{"a", NULL, 360000}},
         {{"a", 't', 360000}},
         OPERATION_EXPIRE,
         FREE "; the session index has lost its chat's pin. The entry stays, as expired.",
         NO_RISK},
        {ON("a", SLOT_1, "idle", 360000),
         {{"a", SLOT_2, 10000}},
         {{"a", 't', 360000}},
         OPERATION_RELEASE,
         FREE "; its chat is pinned to slot 2. GC removes the entry.",
         "used 10s ago"},
        {ON("a", SLOT_1, "idle", 360000),
         {{"a", "main", 360000}},
         {{"a", 't', 360000}},
         OPERATION_RELEASE,
         FREE "; its chat is pinned to main. GC removes the entry.",
         NO_RISK},
        {ON("a", SLOT_1, "idle", 360000),
         {{NULL, NULL, 0}},
         {{"a", 't', 360000}},
         OPERATION_RELEASE,
         FREE "; its chat may stay pinned to it. GC removes the entry.",
         NO_RISK},
    };
    (void)state;
    CHECK(table, KNOWS_ALL);
}

static void what_holds_no_slot_of_the_pool_frees_none(void **state)
{
    static const struct telling table[] = {
        {ON("a", "main", "active", 360000),
         {{"a", "main", 360000}},
         {{"a", 't', 360000}},
         OPERATION_RELEASE,
         "It holds no slot: nothing becomes free. This chat stays on the workspace agent main. GC "
         "removes the entry.",
         NO_RISK},
        {ON("a", "main", "idle", 360000),
         {{"a", "main", 360000}},
         {{"a", 'R', 5000}},
         OPERATION_EXPIRE,
         "It holds no slot: nothing becomes free. This chat stays on the workspace agent main. The "
         "entry stays, as expired.",
         "a run is in progress (lock, 5s ago)"},
        {ON("a", "main", "idle", 360000),
         {{NULL, NULL, 0}},
         {{"a", '-', 0}},
         OPERATION_RELEASE,
         "It holds no slot: nothing becomes free; its chat is gone. GC removes the entry.",
         NO_RISK},
        {ON("a", "main", "idle", 360000),
         {{NULL, NULL, 0}},
         {{"a", 't', 360000}},
         OPERATION_RELEASE,
         "It holds no slot: nothing becomes free. GC removes the entry.",
         NO_RISK},
        {ON("a", "chat-slot-main-9", "idle", 360000),
         {{"a", "chat-slot-main-9", 360000}},
         {{"a", 't', 360000}},
         OPERATION_RELEASE,
         "No slot of this pool becomes free: it is on chat-slot-main-9; this chat stays pinned to "
         "it. GC removes the entry.",
         NO_RISK},
        {"\"a\":{\"state\":\"active\"}",
         {{NULL, NULL, 0}},
         {{NULL, 0, 0}},
         OPERATION_RELEASE,
         "It holds no slot: nothing becomes free. GC removes the entry.",
         NO_RISK},
        {ON("a", SLOT_1, "expired", 360000),
         {{"a", SLOT_1, 360000}},
         {{"a", 't', 360000}},
         OPERATION_RELEASE,
         "It holds no slot: nothing becomes free. GC removes the entry.",
         NO_RISK},
        {ON("a", SLOT_1, "paused", 360000),
         {{"a", SLOT_1, 360000}},
         {{"a", 't', 360000}},
         OPERATION_RELEASE,
         "It holds no slot: nothing becomes free. GC removes the entry.",
         NO_RISK},
    };
    (void)state;
    CHECK(table, KNOWS_ALL);
}

#define DOUBLE(other) LIVE "," ON(other, SLOT_1, "idle", 720000)

static void a_slot_that_others_hold_or_use_stays_so(void **state)
{
    static const struct telling table[] = {
        {DOUBLE("bbbbbbbb-2"),
         {{"a", SLOT_1, 360000}},
         {{"a", 't', 360000}},
         OPERATION_EXPIRE,
         "Slot 1 stays held by bbbbbbbb; this chat stays pinned to it. The entry stays, as "
         "expired.",
         NO_RISK},
        {DOUBLE("b") "," ON("c", SLOT_1, "active", 60000),
         {{"a", SLOT_1, 20000}},
         {{"a", 't', 360000}},
         OPERATION_RELEASE,
         "Slot 1 stays held by c and 1 more. This chat stays pinned to it until it is closed: both "
         "will send to one agent. GC removes the entry.",
         "used 20s ago"},
        /* "a" was used last, so the slot names it as its holder */
        {ON("c", SLOT_1, "idle", 900000) "," LIVE "," ON("b", SLOT_1, "idle", 600000),
         {{"a", SLOT_1, 360000}},
         {{"a", 't', 360000}},
         OPERATION_RELEASE,
         "Slot 1 stays held by b and 1 more; this chat stays pinned to it. GC removes the entry.",
         NO_RISK},
        {LIVE "," ON("b", SLOT_1, "expired", 7200000),
         {{"a", SLOT_1, 360000}, {"b", SLOT_1, 360000}},
         {{"a", 't', 360000}},
         OPERATION_RELEASE,
         FREE "; this chat stays pinned to it. b goes on sending to it. GC removes the entry.",
         NO_RISK},
    };
    (void)state;
    CHECK(table, KNOWS_ALL);
}

static void what_is_over_ends_no_more_than_its_entry(void **state)
{
    static const struct telling table[] = {
        {ON("a", SLOT_1, "expired", 7200000),
         {{"a", SLOT_1, 7200000}},
         {{"a", 't', 7200000}},
         OPERATION_PURGE,
         "The registry forgets it; nothing else changes.",
         NO_RISK},
        {ON("a", SLOT_1, "deleted", 7200000),
         {{"a", SLOT_1, 7200000}},
         {{"a", 't', 7200000}},
         OPERATION_PURGE,
         "The registry forgets it; nothing else changes.",
         NO_RISK},
        {"\"a\":null",
         {{NULL, NULL, 0}},
         {{NULL, 0, 0}},
         OPERATION_PURGE,
         "The registry forgets it, and the server's code no longer fails on it.",
         NO_RISK},
        {"\"a\":\"x\"",
         {{NULL, NULL, 0}},
         {{NULL, 0, 0}},
         OPERATION_PURGE,
         "The registry forgets it; nothing else changes.",
         NO_RISK},
        /* used a moment ago: its slot is free, or another holds it */
        {ON("a", SLOT_1, "expired", 7200000),
         {{"a", SLOT_1, 5000}},
         {{"a", 't', 7200000}},
         OPERATION_PURGE,
         "The registry forgets it; its chat goes on sending to slot 1.",
         NO_RISK},
        {ON("a", SLOT_1, "expired", 7200000) "," ON("b", SLOT_1, "active", 60000),
         {{"a", SLOT_1, 5000}},
         {{"a", 't', 7200000}},
         OPERATION_RELEASE,
         "It holds no slot: nothing becomes free; its chat goes on sending to slot 1. GC removes "
         "the entry.",
         NO_RISK},
        {ON("a", "main", "expired", 7200000),
         {{"a", "main", 5000}},
         {{"a", 't', 7200000}},
         OPERATION_PURGE,
         "The registry forgets it; its chat goes on sending to main.",
         NO_RISK},
    };
    (void)state;
    CHECK(table, KNOWS_ALL);
}

static void idle_and_touch_say_how_long_the_hold_lasts(void **state)
{
    static const struct telling table[] = {
        /* due in 24 minutes; GC came by 2 minutes ago and comes every 5 */
        {LIVE,
         {{NULL, NULL, 0}},
         {{NULL, 0, 0}},
         OPERATION_IDLE,
         "It keeps slot 1 until GC expires it, in about 28m.",
         NO_RISK},
        {DOUBLE("b"),
         {{NULL, NULL, 0}},
         {{NULL, 0, 0}},
         OPERATION_IDLE,
         "It keeps slot 1 until GC expires it, in 24m or later.",
         NO_RISK},
        {ON("a", SLOT_1, "active", 2400000),
         {{NULL, NULL, 0}},
         {{NULL, 0, 0}},
         OPERATION_IDLE,
         "It keeps slot 1 until the next GC expires it.",
         NO_RISK},
        {"\"a\":{\"chatAgentId\":\"" SLOT_1 "\",\"state\":\"active\"}",
         {{NULL, NULL, 0}},
         {{NULL, 0, 0}},
         OPERATION_IDLE,
         "It keeps slot 1 for good: its TTL never ends.",
         NO_RISK},
        {ON("a", "main", "active", 360000),
         {{NULL, NULL, 0}},
         {{NULL, 0, 0}},
         OPERATION_IDLE,
         "It stays on the workspace agent main.",
         NO_RISK},
        {ON("a", "chat-slot-main-9", "active", 360000),
         {{NULL, NULL, 0}},
         {{NULL, 0, 0}},
         OPERATION_IDLE,
         "It keeps chat-slot-main-9 until GC expires it, in 24m or later.",
         NO_RISK},
        {"\"a\":{\"state\":\"active\"}",
         {{NULL, NULL, 0}},
         {{NULL, 0, 0}},
         OPERATION_IDLE,
         "It holds no slot.",
         NO_RISK},
        /* a state that nobody knows holds nothing until it is marked idle */
        {ON("a", SLOT_1, "paused", 360000),
         {{NULL, NULL, 0}},
         {{NULL, 0, 0}},
         OPERATION_IDLE,
         "It becomes live, and holds slot 1 until GC expires it, in 24m or later.",
         NO_RISK},
        {ON("a", SLOT_1, "paused", 360000) "," ON("b", SLOT_1, "idle", 0),
         {{NULL, NULL, 0}},
         {{NULL, 0, 0}},
         OPERATION_IDLE,
         "It becomes live on slot 1, which b holds: that is double-booked then.",
         NO_RISK},
        {ON("a", "main", "paused", 360000),
         {{NULL, NULL, 0}},
         {{NULL, 0, 0}},
         OPERATION_IDLE,
         "It becomes live, on the workspace agent main.",
         NO_RISK},
        {"\"a\":{\"state\":\"paused\"}",
         {{NULL, NULL, 0}},
         {{NULL, 0, 0}},
         OPERATION_IDLE,
         "It becomes live, and holds no slot.",
         NO_RISK},
        {LIVE,
         {{NULL, NULL, 0}},
         {{NULL, 0, 0}},
         OPERATION_TOUCH,
         "Its TTL begins anew: it keeps slot 1 until GC expires it, in 30m or later.",
         NO_RISK},
        {ON("a", "main", "idle", 360000),
         {{NULL, NULL, 0}},
         {{NULL, 0, 0}},
         OPERATION_TOUCH,
         "Its TTL begins anew; it stays on the workspace agent main.",
         NO_RISK},
        {"\"a\":{\"state\":\"active\"}",
         {{NULL, NULL, 0}},
         {{NULL, 0, 0}},
         OPERATION_TOUCH,
         "Its TTL begins anew; it holds no slot.",
         NO_RISK},
        {ON("a", SLOT_1, "expired", 360000),
         {{NULL, NULL, 0}},
         {{NULL, 0, 0}},
         OPERATION_TOUCH,
         "Only its time of last use changes: it holds no slot.",
         NO_RISK},
    };
    (void)state;
    CHECK(table, KNOWS_ALL);
}

static void what_changes_nothing_is_not_told(void **state)
{
    static const struct telling table[] = {
        {ON("a", SLOT_1, "idle", 0), {{"a", SLOT_1, 0}}, {{NULL, 0, 0}}, OPERATION_IDLE, "", ""},
        {ON("a", SLOT_1, "expired", 0), {{"a", SLOT_1, 0}}, {{NULL, 0, 0}}, OPERATION_IDLE, "", ""},
        {ON("a", SLOT_1, "deleted", 0), {{"a", SLOT_1, 0}}, {{NULL, 0, 0}}, OPERATION_IDLE, "", ""},
        {ON("a", SLOT_1, "expired", 0),
         {{"a", SLOT_1, 0}},
         {{NULL, 0, 0}},
         OPERATION_EXPIRE,
         "",
         ""},
        {ON("a", SLOT_1, "paused", 0),
         {{"a", SLOT_1, 0}},
         {{NULL, 0, 0}},
         OPERATION_EXPIRE,
         "",
         ""},
        {ON("a", SLOT_1, "deleted", 0),
         {{"a", SLOT_1, 0}},
         {{NULL, 0, 0}},
         OPERATION_RELEASE,
         "",
         ""},
        {"\"a\":7", {{NULL, NULL, 0}}, {{NULL, 0, 0}}, OPERATION_RELEASE, "", ""},
        {"\"a\":null", {{NULL, NULL, 0}}, {{NULL, 0, 0}}, OPERATION_TOUCH, "", ""},
        {"\"a\":[]", {{NULL, NULL, 0}}, {{NULL, 0, 0}}, OPERATION_IDLE, "", ""},
        {LIVE, {{"a", SLOT_1, 0}}, {{NULL, 0, 0}}, OPERATION_GC, "", ""},
        {LIVE, {{"a", SLOT_1, 0}}, {{NULL, 0, 0}}, OPERATION_RESUME, "", ""},
        {"", {{"a", SLOT_1, 0}}, {{NULL, 0, 0}}, OPERATION_PURGE, "", ""}, /* forgotten */
        {"", {{"a", SLOT_1, 0}}, {{NULL, 0, 0}}, OPERATION_RELEASE, "", ""},
    };
    (void)state;
    CHECK(table, KNOWS_ALL);
}

static void without_chats_nothing_certain_is_said_of_the_pin(void **state)
{
    static const struct telling table[] = {
        {LIVE,
         {{NULL, NULL, 0}},
         {{NULL, 0, 0}},
         OPERATION_RELEASE,
         FREE "; its chat may stay pinned to it. GC removes the entry.",
         NO_RISK},
        {ON("a", SLOT_1, "active", 12000),
         {{NULL, NULL, 0}},
         {{NULL, 0, 0}},
         OPERATION_EXPIRE,
         FREE ". Its chat may stay pinned to it: both would send to one agent. The entry stays, as "
              "expired.",
         "used 12s ago"},
        {ON("a", "main", "active", 360000),
         {{NULL, NULL, 0}},
         {{NULL, 0, 0}},
         OPERATION_RELEASE,
         "It holds no slot: nothing becomes free. GC removes the entry.",
         NO_RISK},
        {LIVE,
         {{NULL, NULL, 0}},
         {{NULL, 0, 0}},
         OPERATION_IDLE,
         "It keeps slot 1 until GC expires it, in 24m or later.",
         NO_RISK},
        {ON("a", SLOT_1, "expired", 1000),
         {{NULL, NULL, 0}},
         {{NULL, 0, 0}},
         OPERATION_PURGE,
         "The registry forgets it; nothing else changes.",
         NO_RISK},
    };
    (void)state;
    CHECK(table, KNOWS_NOTHING);
}

static void risky_is_what_takes_a_hold_from_a_session_in_use(void **state)
{
    static const struct {
        const char *entry;
        enum operation_kind kind;
        double chat_ago;
        struct setting_trace trace;
        const char *risk;
    } table[] = {
        {LIVE, OPERATION_RELEASE, 60000, {"a", 't', 360000}, "used 1m00 ago"},
        {LIVE, OPERATION_RELEASE, 60001, {"a", 't', 360000}, ""},
        {LIVE, OPERATION_PURGE, 360000, {"a", 't', 3000}, "used 3s ago"},
        {LIVE, OPERATION_EXPIRE, -500, {"a", 't', 360000}, "used 0s ago"},
        {LIVE, OPERATION_EXPIRE, -90000, {"a", 't', 360000}, "last used in the future"},
        {LIVE, OPERATION_EXPIRE, 3000, {"a", 'R', 5000}, "a run is in progress (lock, 5s ago)"},
        {LIVE, OPERATION_IDLE, 3000, {"a", 'R', 5000}, ""},
        {LIVE, OPERATION_TOUCH, 3000, {"a", 'R', 5000}, ""},
        {ON("a", SLOT_1, "expired", 1000), OPERATION_PURGE, 3000, {"a", 'R', 5000}, ""},
        {ON("a", SLOT_1, "expired", 1000), OPERATION_RELEASE, 3000, {"a", 'R', 5000}, ""},
        {"\"a\":{\"state\":\"idle\"}", OPERATION_RELEASE, 360000, {"a", '-', 0}, ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        struct setting_chat chats[] = {{"a", SLOT_1, table[i].chat_ago}, {NULL, NULL, 0}};
        struct setting_trace traces[] = {table[i].trace, {NULL, 0, 0}};
        struct fixture fixture;
        struct setting setting;
        struct buffer risk = {0};
        fixture_load(&fixture, table[i].entry, 2);
        setting_init(&setting, &fixture);
        setting_add_chats(&setting, chats);
        setting_add_traces(&setting, traces);
        fixture_build(&fixture, NOW);
        consequence_add_risk(&fixture.document.registry, &fixture.model, 0, table[i].kind, &risk);
        if (!str_equal(buffer_str(&risk), str_of(table[i].risk)))
            fail_msg("case %zu: \"%.*s\"", i, (int)risk.len, risk.len ? risk.data : "");
        buffer_done(&risk);
        fixture_done(&fixture);
        setting_done(&setting);
    }
}

static void an_id_listed_twice_in_the_pool_is_one_slot(void **state)
{
    static const char config[] =
        "{\"agents\":{\"list\":[{\"id\":\"" SLOT_1 "\"},{\"id\":\"" SLOT_1 "\"}]}}";
    struct telling telling = {.kind = OPERATION_RELEASE};
    struct fixture fixture;
    struct buffer told = {0}, risk = {0};
    (void)state;
    fixture_load(&fixture, LIVE, 1);
    config_pool_done(&fixture.pool);
    assert_int_equal(config_parse_pool(STR(config), STR("main"), &fixture.pool, NULL), 0);
    fixture_build(&fixture, NOW);
    tell(&telling, &fixture, &told, &risk);
    assert_true(str_equal(buffer_str(&told),
                          STR(FREE "; its chat may stay pinned to it. GC removes the entry.")));
    buffer_done(&told);
    buffer_done(&risk);
    fixture_done(&fixture);
}

/* ---- promises come true ---- */

static bool says(const struct buffer *told, const char *text)
{
    return told->len > 0 && memmem(told->data, told->len, text, strlen(text));
}

/* How many slots are free; whether the one of the first entry is. */
static size_t free_slots(const struct fixture *fixture, bool *ret_first)
{
    const struct model *model = &fixture->model;
    *ret_first = model->slots[0].holder_count == 0;
    return model->counts.free;
}

/* Tells, does it, and looks whether it is so. Returns whether something was told. */
static bool prove(const char *entries, enum operation_kind kind)
{
    struct fixture fixture;
    struct outcome outcome = {0};
    struct telling telling = {.kind = kind};
    struct buffer told = {0}, risk = {0};
    struct operation operation = {
        .kind = kind, .session_id = STR("a"), .now_ms = NOW, .force = true};
    bool was_free, is_free;
    fixture_make(&fixture, entries, 2);
    size_t before = free_slots(&fixture, &was_free);
    tell(&telling, &fixture, &told, &risk);
    assert_int_equal(operation_apply(&fixture.document.registry, &operation, NULL, &outcome, NULL),
                     0);
    fixture_build(&fixture, NOW);
    size_t after = free_slots(&fixture, &is_free);
    assert_int_equal(told.len > 0, outcome.changes[0].changed);
    assert_int_equal(says(&told, " is free for the next new chat"), after == before + 1);
    assert_int_equal(says(&told, "Slot 1 is free"), is_free && !was_free);
    if (says(&told, "stays held by b"))
        assert_int_equal(fixture.model.counts.held, 1);
    if (says(&told, "becomes free") || says(&told, "nothing else") || says(&told, "keeps"))
        assert_int_equal(after, before);
    if (says(&told, "double-booked then"))
        assert_int_equal(fixture.model.slots[0].holder_count + fixture.model.slots[1].holder_count,
                         2);
    assert_int_equal(says(&told, "The registry forgets it"), !outcome.changes[0].has_entry);
    bool has_told = told.len > 0;
    outcome_done(&outcome);
    buffer_done(&told);
    buffer_done(&risk);
    fixture_done(&fixture);
    return has_told;
}

static void what_is_told_before_comes_true(void **state)
{
    static const char *const agents[] = {SLOT_1, SLOT_2, "main", "chat-slot-main-9"};
    static const char *const states[] = {"active", "idle", "expired", "deleted", "paused"};
    static const enum operation_kind kinds[] = {OPERATION_IDLE, OPERATION_EXPIRE, OPERATION_RELEASE,
                                                OPERATION_PURGE, OPERATION_TOUCH};
    size_t cases = 0, told = 0;
    (void)state;
    for (size_t i = 0; i < 4 * 5 * 4 * 5; i++) {
        char text[512];
        (void)snprintf(text, sizeof(text),
                       "\"a\":{\"chatAgentId\":\"%s\",\"workspaceAgentId\":\"main\",\"state\":"
                       "\"%s\",\"createdAt\":1,\"lastActiveAt\":@90000@,\"idleTtlMs\":1800000},"
                       "\"b\":{\"chatAgentId\":\"%s\",\"workspaceAgentId\":\"main\",\"state\":"
                       "\"%s\",\"createdAt\":1,\"lastActiveAt\":@80000@,\"idleTtlMs\":1800000}",
                       agents[i % 4], states[i / 4 % 5], agents[i / 20 % 4], states[i / 80]);
        for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++, cases++)
            told += prove(text, kinds[k]);
    }
    print_message("consequences: %zu of %zu actions told, and proved\n", told, cases);
    assert_true(told > cases / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hold_that_ends_frees_the_slot_and_moves_no_chat),
        cmocka_unit_test(what_holds_no_slot_of_the_pool_frees_none),
        cmocka_unit_test(a_slot_that_others_hold_or_use_stays_so),
        cmocka_unit_test(what_is_over_ends_no_more_than_its_entry),
        cmocka_unit_test(idle_and_touch_say_how_long_the_hold_lasts),
        cmocka_unit_test(what_changes_nothing_is_not_told),
        cmocka_unit_test(without_chats_nothing_certain_is_said_of_the_pin),
        cmocka_unit_test(risky_is_what_takes_a_hold_from_a_session_in_use),
        cmocka_unit_test(an_id_listed_twice_in_the_pool_is_one_slot),
        cmocka_unit_test(what_is_told_before_comes_true),
    };
    return cmocka_run_group_tests_name("consequence", tests, NULL, NULL);
}
