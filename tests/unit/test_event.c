/* What the difference of two versions of the registry is called, and who is said to have done it.
 */
#include "core/document.h"
#include "core/event.h"
#include "core/json.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define NOW INT64_C(10000000)
#define TTL 1800000
#define SLOT "chat-slot-main-1"
/* Entries; the numbers are createdAt and lastActiveAt. */
#define ENTRY(agent, state, created, used)                                                         \
    "{\"chatAgentId\":\"" agent "\",\"workspaceAgentId\":\"main\",\"state\":\"" state              \
    "\",\"createdAt\":" #created ",\"lastActiveAt\":" #used ",\"idleTtlMs\":1800000}"
#define ACTIVE ENTRY(SLOT, "active", 9000000, 9000000)
#define IDLE ENTRY(SLOT, "idle", 9000000, 9000000)
#define EXPIRED ENTRY(SLOT, "expired", 9000000, 9000000)
#define RELEASED ENTRY(SLOT, "deleted", 9000000, 9000000)
#define OVERDUE ENTRY(SLOT, "active", 8000000, 8000000)
#define WENT_OVER ENTRY(SLOT, "expired", 8000000, 8000000)
#define ODD ENTRY(SLOT, "paused", 9000000, 9000000)

struct pair {
    struct document before, after;
    struct events events;
};

static void parse(struct document *document, const char *agents)
{
    struct buffer bytes = {0};
    document_init(document);
    buffer_addf(&bytes, "{\"agents\":{%s}}", agents);
    assert_int_equal(document_parse(document, &bytes, NULL), 0);
    assert_true(document->has_registry);
}

static void compare(struct pair *pair, const char *before, const char *after, bool is_ours)
{
    parse(&pair->before, before);
    parse(&pair->after, after);
    pair->events = (struct events){0};
    assert_int_equal(events_between(&pair->before.registry, &pair->after.registry, NOW, is_ours,
                                    &pair->events, NULL),
                     0);
}

static void done(struct pair *pair)
{
    events_done(&pair->events);
    document_done(&pair->before);
    document_done(&pair->after);
}

/* One session: its entry before and after (NULL: none), and the one event; kind -1 for none. */
struct change {
    const char *what, *before, *after;
    int kind;
    enum event_by by, by_ours;
    enum entry_state from, to;
    double at_ms;
};

enum { NOTHING = -1 };
#define FALLBACK ENTRY("main", "active", 9500000, 9500000)

static const struct change changes[] = {
    {"a new entry on a slot is an allocation of its createdAt", NULL, ACTIVE, EVENT_ALLOCATED,
     BY_SERVER, BY_OPERATOR, STATE_OTHER, STATE_ACTIVE, 9000000},
    {"a new entry on the workspace agent is a fallback", NULL, FALLBACK, EVENT_FELL_BACK, BY_SERVER,
     BY_OPERATOR, STATE_OTHER, STATE_ACTIVE, 9500000},
    {"an expired session that is live again is allocated anew", EXPIRED,
     ENTRY("chat-slot-main-2", "active", 9900000, 9900000), EVENT_ALLOCATED, BY_SERVER, BY_OPERATOR,
     STATE_EXPIRED, STATE_ACTIVE, 9900000},
    {"a released one, too", RELEASED, ENTRY("main", "active", 9900000, 9900000), EVENT_FELL_BACK,
     BY_SERVER, BY_OPERATOR, STATE_DELETED, STATE_ACTIVE, 9900000},
    {"a createdAt that is old tells no time", EXPIRED, ACTIVE, EVENT_ALLOCATED, BY_SERVER,
     BY_OPERATOR, STATE_EXPIRED, STATE_ACTIVE, NOW},
    {"a createdAt ahead of the clock tells no time", NULL,
     ENTRY(SLOT, "active", 10000001, 10000001), EVENT_ALLOCATED, BY_SERVER, BY_OPERATOR,
     STATE_OTHER, STATE_ACTIVE, NOW},
    {"a createdAt that is no number tells no time", NULL, ENTRY(SLOT, "active", "x", 9900000),
     EVENT_ALLOCATED, BY_SERVER, BY_OPERATOR, STATE_OTHER, STATE_ACTIVE, NOW},
    {"a live session with a newer createdAt was allocated anew meanwhile", ACTIVE,
     ENTRY("chat-slot-main-2", "active", 9900000, 9900000), EVENT_ALLOCATED, BY_SERVER, BY_OPERATOR,
     STATE_ACTIVE, STATE_ACTIVE, 9900000},
    {"a newer last use is a use", ACTIVE, ENTRY(SLOT, "active", 9000000, 9000001), EVENT_USED,
     BY_SERVER, BY_OPERATOR, STATE_ACTIVE, STATE_ACTIVE, NOW},
    {"idle to active is a use", IDLE, ACTIVE, EVENT_USED, BY_SERVER, BY_OPERATOR, STATE_IDLE,
     STATE_ACTIVE, NOW},
    {"active to idle is no use", ACTIVE, ENTRY(SLOT, "idle", 9000000, 9500000), EVENT_IDLED,
     BY_SERVER, BY_OPERATOR, STATE_ACTIVE, STATE_IDLE, NOW},
    {"an overdue session that expires was taken by GC", OVERDUE, WENT_OVER, EVENT_EXPIRED, BY_GC,
     BY_OPERATOR, STATE_ACTIVE, STATE_EXPIRED, NOW},
    {"one that was not due was expired by somebody", ACTIVE, EXPIRED, EVENT_EXPIRED, BY_SOMEBODY,
     BY_OPERATOR, STATE_ACTIVE, STATE_EXPIRED, NOW},
    {"a clock that is a little behind the server's sees GC all the same",
     ENTRY(SLOT, "idle", 8201000, 8201000), ENTRY(SLOT, "expired", 8201000, 8201000), EVENT_EXPIRED,
     BY_GC, BY_OPERATOR, STATE_IDLE, STATE_EXPIRED, NOW},
    {"but not one that is far behind", ENTRY(SLOT, "idle", 8202000, 8202000),
     ENTRY(SLOT, "expired", 8202000, 8202000), EVENT_EXPIRED, BY_SOMEBODY, BY_OPERATOR, STATE_IDLE,
     STATE_EXPIRED, NOW},
    {"nothing in the server releases", IDLE, RELEASED, EVENT_RELEASED, BY_SOMEBODY, BY_OPERATOR,
     STATE_IDLE, STATE_DELETED, NOW},
    {"an expired session can be released", EXPIRED, RELEASED, EVENT_RELEASED, BY_SOMEBODY,
     BY_OPERATOR, STATE_EXPIRED, STATE_DELETED, NOW},
    {"GC removes what is released", RELEASED, NULL, EVENT_REMOVED, BY_GC, BY_OPERATOR,
     STATE_DELETED, STATE_OTHER, NOW},
    {"and nothing else", EXPIRED, NULL, EVENT_REMOVED, BY_SOMEBODY, BY_OPERATOR, STATE_EXPIRED,
     STATE_OTHER, NOW},
    {"another agent while live is a change", ACTIVE,
     ENTRY("chat-slot-main-2", "active", 9000000, 9000000), EVENT_CHANGED, BY_SOMEBODY, BY_OPERATOR,
     STATE_ACTIVE, STATE_ACTIVE, NOW},
    {"an unknown state is a change", ACTIVE, ODD, EVENT_CHANGED, BY_SOMEBODY, BY_OPERATOR,
     STATE_ACTIVE, STATE_OTHER, NOW},
    {"GC expires unknown states", ENTRY(SLOT, "paused", 8000000, 8000000), WENT_OVER, EVENT_CHANGED,
     BY_GC, BY_OPERATOR, STATE_OTHER, STATE_EXPIRED, NOW},
    {"a new entry that is not live is a change", NULL, RELEASED, EVENT_CHANGED, BY_SOMEBODY,
     BY_OPERATOR, STATE_OTHER, STATE_DELETED, NOW},
    {"a new entry without an agent is a change", NULL, "{\"state\":\"active\"}", EVENT_CHANGED,
     BY_SOMEBODY, BY_OPERATOR, STATE_OTHER, STATE_ACTIVE, NOW},
    {"a string instead of an entry is a change", ACTIVE, "\"gone\"", EVENT_CHANGED, BY_SOMEBODY,
     BY_OPERATOR, STATE_ACTIVE, STATE_OTHER, NOW},
    {"another oddity instead of an odd one, too", "null", "[1]", EVENT_CHANGED, BY_SOMEBODY,
     BY_OPERATOR, STATE_OTHER, STATE_OTHER, NOW},
    {"null is removed like an entry", "null", NULL, EVENT_REMOVED, BY_SOMEBODY, BY_OPERATOR,
     STATE_OTHER, STATE_OTHER, NOW},
    {"the same is nothing", ACTIVE, ACTIVE, NOTHING, 0, 0, 0, 0, 0},
    {"the same oddity is nothing", "[1]", "[2]", NOTHING, 0, 0, 0, 0, 0},
    {"a touch of an expired session is nothing", EXPIRED, ENTRY(SLOT, "expired", 9000000, 9900000),
     NOTHING, 0, 0, 0, 0, 0},
    {"an older last use is nothing", ACTIVE, ENTRY(SLOT, "active", 9000000, 8000000), NOTHING, 0, 0,
     0, 0, 0},
};
enum { CHANGES = sizeof(changes) / sizeof(changes[0]) };

static bool is_as_wanted(const struct events *events, const struct change *change, bool is_ours)
{
    if (change->kind == NOTHING)
        return events->count == 0;
    const struct history_event *event = &events->items[0];
    return events->count == 1 && (int)event->kind == change->kind &&
           event->by == (is_ours ? change->by_ours : change->by) && event->from == change->from &&
           event->to == change->to && event->at_ms == (is_ours ? (double)NOW : change->at_ms) &&
           str_equal(event->session_id, STR("s"));
}

static void check_change(const struct change *change, bool is_ours)
{
    struct pair pair;
    char before[512] = "", after[512] = "";
    if (change->before)
        (void)snprintf(before, sizeof(before), "\"s\":%s", change->before);
    if (change->after)
        (void)snprintf(after, sizeof(after), "\"s\":%s", change->after);
    compare(&pair, before, after, is_ours);
    if (!is_as_wanted(&pair.events, change, is_ours))
        fail_msg("not so: %s", change->what);
    done(&pair);
}

static void a_change_of_one_session_is_one_event(void **state)
{
    (void)state;
    for (size_t i = 0; i < CHANGES; i++) {
        check_change(&changes[i], false);
        check_change(&changes[i], true);
    }
    print_message("changes: %d\n", CHANGES);
}

static void the_agent_is_the_one_after_or_the_last_one(void **state)
{
    (void)state;
    struct pair pair;
    compare(&pair, "\"a\":" EXPIRED ",\"b\":" RELEASED,
            "\"a\":" ENTRY("chat-slot-main-2", "active", 9900000, 9900000), false);
    assert_int_equal(pair.events.count, 2);
    assert_true(str_equal(pair.events.items[0].session_id, STR("b")));
    assert_true(str_equal(pair.events.items[0].agent_id, STR(SLOT)));
    assert_true(str_equal(pair.events.items[1].agent_id, STR("chat-slot-main-2")));
    done(&pair);
}

static void what_frees_a_slot_is_told_before_who_gets_it(void **state)
{
    (void)state;
    static const enum history_event_kind wanted[] = {
        EVENT_REMOVED, EVENT_EXPIRED, EVENT_RELEASED, EVENT_IDLED, EVENT_ALLOCATED, EVENT_FELL_BACK,
    };
    struct pair pair;
    compare(&pair,
            "\"e\":" EXPIRED ",\"i\":" ACTIVE ",\"x\":" OVERDUE ",\"r\":" IDLE ",\"g\":" RELEASED
            ",\"k\":" IDLE,
            "\"e\":" ENTRY(SLOT, "active", 9900000, 9900000) ",\"i\":" IDLE ",\"x\":" WENT_OVER
                                                             ",\"r\":" RELEASED ",\"n\":" FALLBACK
                                                             ",\"k\":" IDLE,
            false);
    assert_int_equal(pair.events.count, sizeof(wanted) / sizeof(wanted[0]));
    for (size_t i = 0; i < pair.events.count; i++)
        assert_int_equal(pair.events.items[i].kind, wanted[i]);
    done(&pair);
}

static void a_wipe_is_one_event(void **state)
{
    (void)state;
    const char *before = "\"a\":" ACTIVE ",\"b\":" IDLE ",\"c\":" ACTIVE;
    struct pair pair;
    compare(&pair, before, "\"n\":" ACTIVE, false);
    assert_int_equal(pair.events.count, 2);
    assert_int_equal(pair.events.items[0].kind, EVENT_WIPED);
    assert_null(pair.events.items[0].session_id.data);
    assert_int_equal(pair.events.items[1].kind, EVENT_ALLOCATED);
    done(&pair);
    compare(&pair, before, "", true);
    assert_int_equal(pair.events.count, 3); /* whoever purges is no wipe */
    assert_int_equal(pair.events.items[2].kind, EVENT_REMOVED);
    done(&pair);
}

static void entries_that_were_taken_out_in_memory_are_not_there(void **state)
{
    (void)state;
    struct pair pair;
    struct events events;
    compare(&pair, "\"a\":" ACTIVE, "\"a\":" ACTIVE, false);
    assert_true(registry_remove(&pair.after.registry, STR("a")));
    assert_int_equal(
        events_between(&pair.before.registry, &pair.after.registry, NOW, true, &events, NULL), 0);
    assert_int_equal(events.count, 1);
    assert_int_equal(events.items[0].kind, EVENT_REMOVED);
    events_done(&events);
    assert_int_equal(
        events_between(&pair.after.registry, &pair.before.registry, NOW, true, &events, NULL), 0);
    assert_int_equal(events.count, 1);
    assert_int_equal(events.items[0].kind, EVENT_ALLOCATED);
    events_done(&events);
    done(&pair);
}

static void a_line_of_json_is_read_as_it_was_written(void **state)
{
    (void)state;
    static const struct history_event events[] = {
        {1773890000000,
         EVENT_ALLOCATED,
         BY_SERVER,
         {"s1", 2},
         {SLOT, 16},
         STATE_OTHER,
         STATE_ACTIVE},
        {1.5, EVENT_EXPIRED, BY_GC, {"\n\"\\\0x", 5}, {"", 0}, STATE_IDLE, STATE_EXPIRED},
        {-1,
         EVENT_REMOVED,
         BY_OPERATOR,
         {"\xed\xa0\x80", 3},
         {NULL, 0},
         STATE_DELETED,
         STATE_OTHER},
        {0, EVENT_WIPED, BY_SOMEBODY, {NULL, 0}, {NULL, 0}, STATE_OTHER, STATE_OTHER},
    };
    struct arena arena = {0};
    struct buffer line = {0};
    for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
        struct history_event read;
        buffer_clear(&line);
        event_add_json(&events[i], &line);
        assert_int_equal(line.data[line.len - 1], '\n');
        assert_ptr_equal(memchr(line.data, '\n', line.len), line.data + line.len - 1);
        assert_int_equal(event_read_json(buffer_str(&line), &arena, &read), 1);
        assert_true(event_is_same(&events[i], &read));
        assert_true(read.at_ms == events[i].at_ms && read.by == events[i].by);
        assert_true(str_equal(read.agent_id, events[i].agent_id));
        assert_int_equal(!read.agent_id.data, !events[i].agent_id.data);
    }
    buffer_clear(&line);
    event_add_json(&events[0], &line);
    assert_string_equal(line.data,
                        "{\"at\":1773890000000,\"event\":\"allocated\",\"by\":\"server\","
                        "\"session\":\"s1\",\"agent\":\"" SLOT "\",\"to\":\"active\"}\n");
    buffer_done(&line);
    arena_done(&arena);
}

static void what_is_no_event_is_not_read(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "",
        "{",
        "null",
        "[]",
        "{}",
        "{\"at\":1,\"event\":\"idled\",\"by\":\"server\"}",
        "{\"at\":1,\"event\":\"slept\",\"by\":\"server\",\"session\":\"s\"}",
        "{\"at\":1,\"event\":\"idled\",\"by\":\"nobody\",\"session\":\"s\"}",
        "{\"at\":1,\"event\":\"idled\",\"session\":\"s\"}",
        "{\"at\":\"1\",\"event\":\"idled\",\"by\":\"server\",\"session\":\"s\"}",
        "{\"at\":1e999,\"event\":\"idled\",\"by\":\"server\",\"session\":\"s\"}",
        "{\"at\":1,\"event\":\"idled\",\"by\":\"server\",\"session\":7}",
        "{\"at\":1,\"event\":1,\"by\":[],\"session\":\"s\"}",
    };
    struct arena arena = {0};
    struct history_event event;
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
        assert_int_equal(event_read_json(str_of(lines[i]), &arena, &event), 0);
    arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_change_of_one_session_is_one_event),
        cmocka_unit_test(the_agent_is_the_one_after_or_the_last_one),
        cmocka_unit_test(what_frees_a_slot_is_told_before_who_gets_it),
        cmocka_unit_test(a_wipe_is_one_event),
        cmocka_unit_test(entries_that_were_taken_out_in_memory_are_not_there),
        cmocka_unit_test(a_line_of_json_is_read_as_it_was_written),
        cmocka_unit_test(what_is_no_event_is_not_read),
    };
    return cmocka_run_group_tests_name("event", tests, NULL, NULL);
}
