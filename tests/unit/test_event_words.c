#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/helpers/desk.h"
#include "tui/event_words.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))
#define SLOT "chat-slot-main-"
#define ID "9f2c11d0-5f6e-4c1b-9a3e-0d7f2b6a11c4"

enum { NONE = STATE_OTHER, ACTIVE = STATE_ACTIVE, IDLE = STATE_IDLE };
enum { EXPIRED = STATE_EXPIRED, DELETED = STATE_DELETED };

/* On a desk whose slots 1 and 2 are held since before NOW; nobody is on slot 3. */
static const struct {
    enum history_event_kind kind;
    const char *id, *agent;
    int from, to;
    const char *change, *all;
} table[] = {
    {EVENT_ALLOCATED, ID, SLOT "3", NONE, ACTIVE, "none -> active", "took slot 3"},
    {EVENT_ALLOCATED, ID, SLOT "3", EXPIRED, ACTIVE, "expired -> active",
     "expired -> active; took slot 3"},
    {EVENT_ALLOCATED, ID, SLOT "3", EXPIRED, IDLE, "expired -> idle",
     "expired -> idle; took slot 3"},
    {EVENT_ALLOCATED, ID, SLOT "9", NONE, ACTIVE, "none -> active", "took slot main-9"},
    {EVENT_ALLOCATED, ID, "chat-slot-", NONE, ACTIVE, "none -> active", "took chat-slot-"},
    {EVENT_ALLOCATED, ID, NULL, NONE, ACTIVE, "none -> active", "took no agent"},
    {EVENT_FELL_BACK, ID, "main", NONE, ACTIVE, "none -> active", "FALLBACK to main: pool full"},
    {EVENT_FELL_BACK, ID, "main", EXPIRED, ACTIVE, "expired -> active",
     "expired -> FALLBACK to main: pool full"},
    {EVENT_USED, ID, SLOT "3", ACTIVE, ACTIVE, "used", "used"},
    {EVENT_USED, ID, SLOT "3", IDLE, ACTIVE, "idle -> active", "idle -> active"},
    {EVENT_IDLED, ID, SLOT "3", ACTIVE, IDLE, "active -> idle", "active -> idle; keeps slot 3"},
    {EVENT_IDLED, ID, "main", ACTIVE, IDLE, "active -> idle", "active -> idle; keeps main"},
    {EVENT_EXPIRED, ID, SLOT "3", IDLE, EXPIRED, "idle -> expired",
     "idle -> expired; frees slot 3"},
    {EVENT_EXPIRED, ID, SLOT "1", ACTIVE, EXPIRED, "active -> expired",
     "active -> expired; leaves slot 1, still held"},
    {EVENT_EXPIRED, "aaaaaaaa-1", SLOT "1", ACTIVE, EXPIRED, "active -> expired",
     "active -> expired; frees slot 1"}, /* it came back since, and holds it again */
    {EVENT_EXPIRED, ID, "main", ACTIVE, EXPIRED, "active -> expired", "active -> expired"},
    {EVENT_EXPIRED, ID, SLOT "9", ACTIVE, EXPIRED, "active -> expired", "active -> expired"},
    {EVENT_RELEASED, ID, SLOT "3", ACTIVE, DELETED, "active -> released",
     "active -> released; frees slot 3"},
    {EVENT_RELEASED, ID, SLOT "3", EXPIRED, DELETED, "expired -> released", "expired -> released"},
    {EVENT_REMOVED, ID, SLOT "3", DELETED, NONE, "released -> none", "released -> gone"},
    {EVENT_REMOVED, ID, SLOT "3", ACTIVE, NONE, "active -> none", "active -> gone; frees slot 3"},
    {EVENT_REMOVED, ID, SLOT "3", NONE, NONE, "none -> none", "none -> gone"},
    {EVENT_CHANGED, ID, SLOT "3", IDLE, IDLE, "changed", "moved to slot 3"},
    {EVENT_CHANGED, ID, SLOT "3", ACTIVE, NONE, "active -> other", "active -> other; slot 3"},
    {EVENT_CHANGED, ID, NULL, ACTIVE, NONE, "active -> other", "active -> other"},
    {EVENT_WIPED, NULL, NULL, NONE, NONE, "wiped", "registry wiped: most entries went in one save"},
    {EVENT_TORN, NULL, NULL, NONE, NONE, "torn", "registry torn: it cannot be read"},
    {EVENT_MENDED, NULL, NULL, NONE, NONE, "mended", "registry can be read again"},
};

static void assert_words(const struct event_words *words, const char *wanted)
{
    struct buffer text = {0};
    assert_true(words->count <= EVENT_WORDS_MAX);
    event_words_add(words, &text);
    assert_string_equal(text.data, wanted);
    buffer_done(&text);
}

static void every_kind_of_event_is_told_in_words(void **state)
{
    struct desk *desk = *state;
    const struct registry *registry = &state_shown(&desk->state)->registry;
    desk_save_changed(desk, "dddddddd-4", "expired", 7 * DESK_MINUTE_MS);
    desk_files(desk);
    for (size_t i = 0; i < COUNT(table); i++) {
        struct event_words words;
        struct history_event event = {
            .at_ms = (double)DESK_NOW_MS,
            .kind = table[i].kind,
            .session_id = str_of(table[i].id),
            .agent_id = str_of(table[i].agent),
            .from = (enum entry_state)table[i].from,
            .to = (enum entry_state)table[i].to,
        };
        event_words_change(&event, &words);
        assert_words(&words, table[i].change);
        event_words_tell(&event, &desk->state.model, registry, &words);
        assert_words(&words, table[i].all);
    }
    print_message("vectors: %zu events\n", COUNT(table));
}

static void the_state_before_may_be_left_out_and_that_who_takes_a_slot_is_active(void **state)
{
    struct desk *desk = *state;
    const struct registry *registry = &state_shown(&desk->state)->registry;
    static const struct {
        enum history_event_kind kind;
        enum entry_state from, to;
        const char *rest;
    } rows[] = {
        {EVENT_ALLOCATED, STATE_EXPIRED, STATE_ACTIVE, "took slot 3"},
        {EVENT_ALLOCATED, STATE_EXPIRED, STATE_IDLE, "idle; took slot 3"},
        {EVENT_ALLOCATED, STATE_OTHER, STATE_ACTIVE, "took slot 3"},
        {EVENT_IDLED, STATE_ACTIVE, STATE_IDLE, "idle; keeps slot 3"},
        {EVENT_REMOVED, STATE_DELETED, STATE_OTHER, "gone"},
        {EVENT_CHANGED, STATE_IDLE, STATE_IDLE, "moved to slot 3"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct event_words words;
        struct history_event event = {.at_ms = (double)DESK_NOW_MS,
                                      .kind = rows[i].kind,
                                      .session_id = STR(ID),
                                      .agent_id = STR(SLOT "3"),
                                      .from = rows[i].from,
                                      .to = rows[i].to};
        event_words_tell(&event, &desk->state.model, registry, &words);
        words.count -= words.optional_count;
        memmove(words.parts, words.parts + words.optional_count,
                words.count * sizeof(words.parts[0]));
        assert_words(&words, rows[i].rest);
    }
}

static void what_an_operator_puts_back_was_not_there(void **state)
{
    struct event_words words;
    struct history_event event = {
        .kind = EVENT_CHANGED, .session_id = STR(ID), .to = STATE_EXPIRED, .by = BY_SOMEBODY};
    (void)state;
    event_words_change(&event, &words);
    assert_words(&words, "other -> expired");
    event.by = BY_OPERATOR;
    event_words_change(&event, &words);
    assert_words(&words, "none -> expired");
}

static void a_slot_that_was_taken_after_the_event_was_free_then(void **state)
{
    struct desk *desk = *state;
    const struct registry *registry = &state_shown(&desk->state)->registry;
    struct event_words words;
    struct history_event event = {
        .at_ms = (double)DESK_NOW_MS - 50 * DESK_MINUTE_MS,
        .kind = EVENT_EXPIRED,
        .session_id = STR(ID),
        .agent_id = STR(SLOT "1"),
        .from = STATE_ACTIVE,
        .to = STATE_EXPIRED,
    };
    event_words_tell(&event, &desk->state.model, registry, &words);
    assert_words(&words, "active -> expired; frees slot 1");
}

static void a_session_is_told_by_its_shortest_prefix_while_it_has_an_entry(void **state)
{
    struct desk *desk = *state;
    static const struct {
        const char *id, *shown;
    } ids[] = {{"aaaaaaaa-1", "aaaaaaaa"},
               {ID, "9f2c11d0"},
               {"stranger", "stranger"},
               {"", "\"\""},
               {NULL, "-"}};
    const struct registry *registry = &state_shown(&desk->state)->registry;
    for (size_t i = 0; i < COUNT(ids); i++) {
        struct str shown = event_words_id(&desk->state.model, registry, str_of(ids[i].id));
        assert_true(str_equal(shown, str_of(ids[i].shown)));
    }
}

#define S INT64_C(1000)
#define HOUR (3600 * S)
#define DAY (24 * HOUR)

static void a_time_is_as_exact_as_it_is_near_and_tells_when_it_changes(void **state)
{
    (void)state;
    const int64_t now_ms = INT64_C(1795357816000); /* 2026-11-22 14:30:16 UTC, a Sunday */
    const int64_t midnight_ms = now_ms + 9 * HOUR + 29 * 60 * S + 44 * S;
    const struct {
        int64_t ago_ms;
        const char *text;
        int64_t changes_in_ms;
    } times[] = {
        {0, "14:30:16", midnight_ms - now_ms},
        {-HOUR, "15:30:16", midnight_ms - now_ms},
        {14 * HOUR, "00:30:16", midnight_ms - now_ms},
        {15 * HOUR, "Sat 23:30", 6 * DAY - 15 * HOUR},
        {6 * DAY - S, "Mon 14:30", S},
        {6 * DAY, "Nov 16", INT64_MAX},
        {21 * DAY, "Nov  1", INT64_MAX},
        {-DAY, "Nov 23", midnight_ms - now_ms},
    };
    for (size_t i = 0; i < COUNT(times); i++) {
        char text[EVENT_TIME_SIZE];
        int64_t changes_in_ms;
        double at_ms = (double)(now_ms - times[i].ago_ms);
        assert_string_equal(event_words_time(at_ms, now_ms, text, &changes_in_ms), times[i].text);
        assert_int_equal(changes_in_ms, times[i].changes_in_ms);
    }
}

static void what_is_no_date_has_no_time(void **state)
{
    (void)state;
    const double times[] = {NAN, INFINITY, -1e300, 9e15};
    for (size_t i = 0; i < COUNT(times); i++) {
        char text[EVENT_TIME_SIZE];
        int64_t changes_in_ms;
        assert_string_equal(event_words_time(times[i], 0, text, &changes_in_ms), "-");
        assert_int_equal(changes_in_ms, INT64_MAX);
    }
}

static void everybody_has_a_name(void **state)
{
    (void)state;
    assert_string_equal(event_words_by(BY_SERVER), "server");
    assert_string_equal(event_words_by(BY_GC), "GC?");
    assert_string_equal(event_words_by(BY_OPERATOR), "you");
    assert_string_equal(event_words_by(BY_SOMEBODY), "other");
}

#define ON_A_DESK(test) cmocka_unit_test_setup_teardown(test, desk_set_up, desk_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_A_DESK(every_kind_of_event_is_told_in_words),
        cmocka_unit_test_setup_teardown(
            the_state_before_may_be_left_out_and_that_who_takes_a_slot_is_active, desk_set_up,
            desk_tear_down),
        cmocka_unit_test(what_an_operator_puts_back_was_not_there),
        ON_A_DESK(a_slot_that_was_taken_after_the_event_was_free_then),
        ON_A_DESK(a_session_is_told_by_its_shortest_prefix_while_it_has_an_entry),
        cmocka_unit_test(a_time_is_as_exact_as_it_is_near_and_tells_when_it_changes),
        cmocka_unit_test(what_is_no_date_has_no_time),
        cmocka_unit_test(everybody_has_a_name),
    };
    assert_int_equal(setenv("TZ", "UTC", 1), 0);
    return cmocka_run_group_tests_name("event_words", tests, NULL, NULL);
}
