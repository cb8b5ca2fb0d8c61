/* The model with chats, traces and a server around the registry. */
#include "tests/helpers/setting.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define SLOT1 "chat-slot-main-1"
#define SLOT2 "chat-slot-main-2"
#define HOUR 3600000
#define LIVE(id, slot, made, ago) ENTRY_MADE(id, slot, "main", "active", made, ago)
#define EXPIRED(id, slot) ENTRY_MADE(id, slot, "main", "expired", 9000000, 9000000)

struct situation {
    const char *entries;
    struct setting_chat chats[3];
    struct setting_trace traces[3];
    const char *rows;  /* the words of all rows */
    const char *slots; /* of both slots */
};

static void put(struct fixture *fixture, struct setting *around, const struct situation *situation)
{
    fixture_load(fixture, situation->entries, 2);
    setting_init(around, fixture);
    setting_add_chats(around, situation->chats);
    setting_add_traces(around, situation->traces);
    fixture_build(fixture, NOW);
}

static void take_away(struct fixture *fixture, struct setting *around)
{
    fixture_done(fixture);
    setting_done(around);
}

static void check_words(const struct model *model, const struct situation *situation)
{
    struct buffer rows = {0}, slots = {0};
    buffer_add_str(&rows, STR(""));
    for (size_t row = 0; row < model_row_count(model); row++)
        buffer_addf(&rows, "%s%s", row ? ", " : "", session_view_name(model_view(model, row)));
    for (size_t i = 0; i < model->slot_count; i++)
        buffer_addf(&slots, "%s%s", i ? ", " : "", slot_view_name(model->slots[i].view));
    if (strcmp(rows.data, situation->rows) != 0 || strcmp(slots.data, situation->slots) != 0)
        fail_msg("%s: rows are %s, slots are %s", situation->entries, rows.data, slots.data);
    buffer_done(&rows);
    buffer_done(&slots);
}

static void rows_and_slots_say_what_chats_and_traces_tell(void **state)
{
    static const struct situation situations[] = {
        /* a run */
        {LIVE("a", SLOT1, 9000, 9000),
         {{"a", SLOT1, 9000}},
         {{"a", 'R', 9}},
         "RUNNING",
         "RUNNING, free"},
        {LIVE("a", SLOT1, 9000, 9000),
         {{"a", SLOT1, 9000}},
         {{"a", 't', 9}},
         "active",
         "active, free"},
        {LIVE("a", SLOT1, 9000, 1800001),
         {{"a", SLOT1, 9}},
         {{"a", 'R', 9}},
         "OVERDUE",
         "OVERDUE, free"},
        {LIVE("a", "main", 9000, 9), {{"a", "main", 9}}, {{"a", 'R', 9}}, "STRANDED", "free, free"},
        {LIVE("a", "chat-slot-main-9", 9, 9),
         {{"a", "x", 9}},
         {{"a", 'R', 9}},
         "ORPHAN",
         "free, free"},
        {ENTRY_MADE("a", "chat-slot-b-1", "b", "idle", 9, 9),
         {{"a", "x", 9}},
         {{"a", 'R', 9}},
         "RUNNING",
         "free, free"},
        /* a chat that is gone */
        {LIVE("a", SLOT1, 60001, 9), {{0}}, {{"a", '-', 0}}, "GHOST", "GHOST, free"},
        {LIVE("a", SLOT1, 60000, 9), {{0}}, {{"a", '-', 0}}, "active", "active, free"},
        {LIVE("a", SLOT1, HOUR, 9), {{"a", SLOT1, 9}}, {{"a", '-', 0}}, "active", "active, free"},
        {LIVE("a", SLOT1, HOUR, 9), {{0}}, {{"a", 't', HOUR}}, "active", "active, free"},
        {LIVE("a", SLOT1, HOUR, 9), {{0}}, {{0}}, "active", "active, free"},
        {LIVE("a", SLOT1, HOUR, 1800001), {{0}}, {{"a", '-', 0}}, "GHOST", "GHOST, free"},
        {LIVE("a", "main", HOUR, 9), {{0}}, {{"a", '-', 0}}, "GHOST", "free, free"},
        {LIVE("a", "chat-slot-main-9", HOUR, 9), {{0}}, {{"a", '-', 0}}, "ORPHAN", "free, free"},
        {EXPIRED("a", SLOT1), {{0}}, {{"a", '-', 0}}, "expired", "free, free"},
        /* in use although its hold has ended */
        {EXPIRED("a", SLOT1), {{"a", SLOT1, 60000}}, {{0}}, "expired!", "free, free"},
        {EXPIRED("a", SLOT1), {{"a", SLOT1, 60001}}, {{0}}, "expired", "free, free"},
        {EXPIRED("a", SLOT1), {{"a", SLOT1, HOUR}}, {{"a", 't', 5000}}, "expired!", "free, free"},
        {EXPIRED("a", SLOT1), {{"a", SLOT1, HOUR}}, {{"a", 'R', HOUR}}, "expired!", "free, free"},
        {EXPIRED("a", SLOT1), {{"a", SLOT1, -60000}}, {{0}}, "expired!", "free, free"},
        {EXPIRED("a", SLOT1), {{"a", SLOT1, -60001}}, {{0}}, "expired", "free, free"},
        {EXPIRED("a", "main"), {{"a", NULL, 9}}, {{0}}, "expired!", "free, free"},
        {ENTRY_MADE("a", SLOT1, "main", "deleted", 9, 9),
         {{"a", SLOT1, 9}},
         {{0}},
         "expired!",
         "free, free"},
        {ENTRY_MADE("a", SLOT1, "main", "what", 9, 9),
         {{"a", SLOT1, 9}},
         {{"a", 'R', 9}},
         "odd",
         "free, free"},
        /* two on one slot */
        {EXPIRED("a", SLOT1) "," LIVE("b", SLOT1, 90000, 9),
         {{"a", SLOT1, 90000}, {"b", SLOT1, 9}},
         {{0}},
         "SHARED, active",
         "SHARED, free"},
        {EXPIRED("a", SLOT1) "," LIVE("b", SLOT1, 90000, 9),
         {{"a", SLOT1, 90001}, {"b", SLOT1, 9}},
         {{0}},
         "expired, active",
         "active, free"},
        {EXPIRED("a", SLOT1) "," LIVE("b", SLOT1, 5000, 9),
         {{"a", SLOT1, 9000}, {"b", SLOT1, 9}},
         {{0}},
         "expired, active",
         "active, free"},
        {EXPIRED("a", SLOT1) "," LIVE("b", SLOT1, 5000, 9),
         {{"a", SLOT1, 9000}, {"b", SLOT1, 9}},
         {{"a", 'R', HOUR}, {"b", 'R', 9}},
         "SHARED, RUNNING",
         "SHARED, free"},
        {EXPIRED("a", SLOT1) "," LIVE("b", SLOT2, 5000, 9),
         {{"a", SLOT2, 900}, {"b", SLOT2, 9}},
         {{0}},
         "SHARED, active",
         "free, SHARED"},
        {EXPIRED("a", SLOT1) "," LIVE("b", SLOT1, 5000, 9) "," LIVE("c", SLOT1, 9, 9),
         {{"a", SLOT1, 5}, {"b", SLOT1, 9}},
         {{0}},
         "SHARED, active, active",
         "DOUBLE, free"},
        /* without an entry */
        {"", {{"a", SLOT1, HOUR}, {"b", "main", 9}}, {{0}}, "no entry", "free, free"},
        {"", {{"a", SLOT1, 9}}, {{0}}, "expired!", "free, free"},
        {"", {{"a", SLOT1, HOUR}}, {{"a", 'R', 9}}, "expired!", "free, free"},
        {"", {{"a", "chat-slot-other-1", 9}}, {{"a", 'R', 9}}, "", "free, free"},
        {LIVE("b", SLOT1, 5000, 9),
         {{"a", SLOT1, 900}, {"b", SLOT1, 9}},
         {{0}},
         "active, SHARED",
         "SHARED, free"},
        {LIVE("b", SLOT1, 5000, 9),
         {{"a", SLOT1, HOUR}, {"b", SLOT1, 9}},
         {{0}},
         "active, no entry",
         "active, free"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(situations) / sizeof(situations[0]); i++) {
        struct fixture fixture;
        struct setting around;
        put(&fixture, &around, &situations[i]);
        check_words(&fixture.model, &situations[i]);
        take_away(&fixture, &around);
    }
    print_message("situations: %zu\n", sizeof(situations) / sizeof(situations[0]));
}

static void nobody_is_a_ghost_while_an_index_cannot_be_read_whole(void **state)
{
    static const struct situation ghost = {
        LIVE("a", SLOT1, HOUR, 9), {{0}}, {{"a", '-', 0}}, "active", "active, free"};
    struct fixture fixture;
    struct setting around;
    (void)state;
    put(&fixture, &around, &ghost);
    assert_int_equal(fixture.model.counts.ghosts, 1);
    around.folder.state = INDEX_TORN;
    fixture_build(&fixture, NOW);
    check_words(&fixture.model, &ghost);
    assert_int_equal(fixture.model.counts.ghosts, 0);
    take_away(&fixture, &around);
}

static void nobody_is_forgotten_by_a_registry_that_was_not_read(void **state)
{
    static const struct situation forgotten = {
        "", {{"a", SLOT1, HOUR}}, {{0}}, "no entry", "free, free"};
    struct fixture fixture;
    struct setting around;
    (void)state;
    put(&fixture, &around, &forgotten);
    assert_int_equal(model_row_count(&fixture.model), 1);
    document_set_unreadable(&fixture.document, "why");
    fixture_build(&fixture, NOW);
    assert_int_equal(model_row_count(&fixture.model), 0);
    take_away(&fixture, &around);
}

static void a_forgotten_session_is_a_row_behind_the_entries(void **state)
{
    static const struct situation situation = {LIVE("b", SLOT2, 5000, 9),
                                               {{"b", SLOT2, 9}, {"forgotten-1", SLOT1, HOUR}},
                                               {{"forgotten-1", 't', 7000}},
                                               "active, no entry",
                                               "free, active"};
    struct fixture fixture;
    struct setting around;
    (void)state;
    put(&fixture, &around, &situation);
    const struct model *model = &fixture.model;
    const struct registry *registry = &fixture.document.registry;
    const struct entry *entry = model_entry(model, registry, 1);
    assert_int_equal(model_row_count(model), 2);
    assert_false(model_is_forgotten(model, 0));
    assert_true(model_is_forgotten(model, 1));
    assert_true(str_equal(entry_session_id(entry), STR("forgotten-1")));
    assert_true(str_equal(entry_chat_agent_id(entry), STR(SLOT1)));
    assert_true(entry->created_at_ms == NOW - 9000000.0);
    assert_true(entry->last_active_at_ms == (double)NOW - HOUR);
    assert_false(entry_is_live(entry));
    assert_false(entry_is_present(entry));
    assert_int_equal(model_find_row(model, registry, STR("b")), 0);
    assert_int_equal(model_find_row(model, registry, STR("forgotten-1")), 1);
    assert_true(model_find_row(model, registry, STR("nobody")) == SIZE_MAX);
    assert_ptr_equal(model_chat(model, 1), &around.items[1]);
    assert_true(str_equal(model_title(model, 1), STR("A title")));
    assert_int_equal(model_run(model, 1).source, EVIDENCE_TRANSCRIPT);
    assert_int_equal(model_run(model, 0).source, EVIDENCE_NONE);
    assert_true(model_used_ms(model, registry, 1) == NOW - 7000.0);
    assert_true(model_used_ms(model, registry, 0) == NOW - 9.0);
    assert_int_equal(model->counts.entries, 1);
    take_away(&fixture, &around);
}

static void what_is_not_known_is_not_there(void **state)
{
    struct fixture fixture;
    (void)state;
    fixture_make(&fixture, LIVE("a", SLOT1, HOUR, 9) "," LIVE("b", SLOT2, HOUR, 7), 2);
    const struct model *model = &fixture.model;
    assert_int_equal(model_row_count(model), 2);
    assert_null(model_chat(model, 0));
    assert_null(model_title(model, 0).data);
    assert_int_equal(model_run(model, 0).source, EVIDENCE_NONE);
    assert_true(isnan(model_run(model, 0).at_ms));
    assert_true(isnan(model->next_gc_ms));
    assert_true(isnan(model->slots[0].frees_at_ms));
    assert_true(model->next_free_slot == SIZE_MAX);
    assert_true(model_used_ms(model, &fixture.document.registry, 1) == NOW - 7.0);
    fixture_done(&fixture);
}

static void the_latest_used_of_several_sharers_is_named(void **state)
{
    static const struct situation situation = {
        EXPIRED("a", SLOT1) "," EXPIRED("c", SLOT1) "," LIVE("b", SLOT1, 90000, 9),
        {{"a", SLOT1, 10000}, {"c", SLOT1, 20000}},
        {{"b", 'R', 9}},
        "SHARED, SHARED, RUNNING",
        "SHARED, free"};
    struct fixture fixture;
    struct setting around;
    (void)state;
    put(&fixture, &around, &situation);
    check_words(&fixture.model, &situation);
    assert_int_equal(fixture.model.slots[0].sharer_count, 2);
    assert_int_equal(fixture.model.slots[0].sharer, 0);
    assert_int_equal(fixture.model.counts.shared, 2);
    assert_int_equal(fixture.model.counts.running, 1);
    setting_add_traces(&around, (const struct setting_trace[]){{"c", 'R', 50000}, {NULL, 0, 0}});
    fixture_build(&fixture, NOW);
    assert_int_equal(fixture.model.slots[0].sharer, 1);
    take_away(&fixture, &around);
}

static void a_free_slot_that_is_still_used_says_by_whom(void **state)
{
    static const struct situation situation = {
        EXPIRED("a", SLOT1), {{"a", SLOT1, 9}}, {{0}}, "expired!", "free, free"};
    struct fixture fixture;
    struct setting around;
    (void)state;
    put(&fixture, &around, &situation);
    assert_int_equal(fixture.model.slots[0].sharer_count, 1);
    assert_int_equal(fixture.model.slots[0].sharer, 0);
    assert_int_equal(fixture.model.slots[1].sharer_count, 0);
    assert_int_equal(fixture.model.counts.in_use, 1);
    assert_int_equal(fixture.model.counts.free, 2);
    take_away(&fixture, &around);
}

static void a_slot_is_freed_by_the_first_gc_after_its_last_holder_is_due(void **state)
{
    static const struct {
        const char *entries;
        double frees_in; /* NaN: not known */
    } cases[] = {
        {LIVE("a", SLOT1, 9, 0), 2000000},
        {LIVE("a", SLOT1, 9, 100000), 1700000 + 300000},
        {LIVE("a", SLOT1, 9, 99999), 2000000},
        {LIVE("a", SLOT1, 9, 1700000), 200000},
        {LIVE("a", SLOT1, 9, 1850000), 200000},
        {LIVE("a", SLOT1, 9, 1900000), 200000},
        {LIVE("a", SLOT1, 9, 1900001), -100000},
        {LIVE("a", SLOT1, 9, 1700000) "," LIVE("b", SLOT1, 9, 1200000), 800000},
        {LIVE("b", SLOT1, 9, 1200000) "," LIVE("a", SLOT1, 9, 1700000), 800000},
        {"\"a\":{\"chatAgentId\":\"" SLOT1 "\",\"state\":\"idle\"}", NAN},
        {"\"a\":{\"chatAgentId\":\"" SLOT1 "\",\"state\":\"idle\"}," LIVE("b", SLOT1, 9, 9), NAN},
        {EXPIRED("a", SLOT1), NAN},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct fixture fixture;
        struct setting around;
        put(&fixture, &around, &(struct situation){.entries = cases[i].entries});
        setting_set_beat(&around, 100000);
        fixture_build(&fixture, NOW);
        double frees_at_ms = fixture.model.slots[0].frees_at_ms;
        if (isnan(cases[i].frees_in) != isnan(frees_at_ms) ||
            (!isnan(frees_at_ms) && frees_at_ms != NOW + cases[i].frees_in))
            fail_msg("%zu: %s: in %.0f", i, cases[i].entries, frees_at_ms - NOW);
        assert_int_equal(fixture.model.next_free_slot, isnan(frees_at_ms) ? SIZE_MAX : 0);
        assert_true(fixture.model.next_gc_ms == NOW + 200000.0);
        take_away(&fixture, &around);
    }
}

static void the_slot_that_is_free_next_is_the_first_by_its_gc(void **state)
{
    struct fixture fixture;
    struct setting around;
    (void)state;
    put(&fixture, &around,
        &(struct situation){.entries = LIVE("a", SLOT1, 9, 9) "," LIVE("b", SLOT2, 9, 1700000)});
    setting_set_beat(&around, 0);
    fixture_build(&fixture, NOW);
    assert_int_equal(fixture.model.next_free_slot, 1);
    take_away(&fixture, &around);
}

/* At the moment itself something differs, and a millisecond before nothing does. */
static void time_alone_changes_what_chats_and_traces_tell_at_the_said_moment(void **state)
{
    static const struct {
        struct situation now; /* rows: as they are until then */
        double after_ms;      /* NaN: never */
        const char *then;
    } cases[] = {
        {{EXPIRED("a", SLOT1), {{"a", SLOT1, 59000}}, {{0}}, "expired!", "free, free"},
         1001,
         "expired"},
        {{EXPIRED("a", SLOT1), {{"a", SLOT1, -90000}}, {{0}}, "expired", "free, free"},
         30000,
         "expired!"},
        {{EXPIRED("a", SLOT1), {{"a", SLOT1, HOUR}}, {{0}}, "expired", "free, free"}, NAN, ""},
        {{LIVE("a", SLOT1, 59000, 9), {{0}}, {{"a", '-', 0}}, "active", "active, free"},
         1001,
         "GHOST"},
        {{LIVE("a", SLOT1, 9000, 9000), {{"a", SLOT1, 9000}}, {{0}}, "active", "active, free"},
         1791001,
         "OVERDUE"},
        {{"", {{"a", SLOT1, 59000}}, {{0}}, "expired!", "free, free"}, 1001, "no entry"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct fixture fixture;
        struct setting around;
        put(&fixture, &around, &cases[i].now);
        check_words(&fixture.model, &cases[i].now);
        double moment_ms = fixture.model.next_change_ms;
        if (isnan(cases[i].after_ms)) {
            assert_true(isnan(moment_ms));
        } else {
            assert_true(moment_ms == NOW + cases[i].after_ms);
            fixture_build(&fixture, (int64_t)moment_ms - 1);
            assert_string_equal(session_view_name(model_view(&fixture.model, 0)),
                                cases[i].now.rows);
            fixture_build(&fixture, (int64_t)moment_ms);
            assert_string_equal(session_view_name(model_view(&fixture.model, 0)), cases[i].then);
        }
        take_away(&fixture, &around);
    }
}

static void a_judgement_of_traces_that_ends_is_a_moment(void **state)
{
    static const struct situation situation = {LIVE("a", SLOT1, 9000, 9000),
                                               {{"a", SLOT1, 9000}},
                                               {{"a", 't', 5000}},
                                               "RUNNING",
                                               "RUNNING, free"};
    struct fixture fixture;
    struct setting around;
    (void)state;
    put(&fixture, &around, &situation);
    around.traces[0].is_streaming = true;
    fixture_build(&fixture, NOW);
    check_words(&fixture.model, &situation);
    assert_true(fixture.model.next_change_ms == NOW + 10001.0);
    take_away(&fixture, &around);
}

static void the_next_gc_is_a_moment(void **state)
{
    struct fixture fixture;
    struct setting around;
    (void)state;
    put(&fixture, &around, &(struct situation){.entries = EXPIRED("a", SLOT1)});
    assert_true(isnan(fixture.model.next_change_ms));
    setting_set_beat(&around, 100000);
    fixture_build(&fixture, NOW);
    assert_true(fixture.model.next_change_ms == NOW + 200000.0);
    take_away(&fixture, &around);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_and_slots_say_what_chats_and_traces_tell),
        cmocka_unit_test(nobody_is_a_ghost_while_an_index_cannot_be_read_whole),
        cmocka_unit_test(nobody_is_forgotten_by_a_registry_that_was_not_read),
        cmocka_unit_test(a_forgotten_session_is_a_row_behind_the_entries),
        cmocka_unit_test(what_is_not_known_is_not_there),
        cmocka_unit_test(the_latest_used_of_several_sharers_is_named),
        cmocka_unit_test(a_free_slot_that_is_still_used_says_by_whom),
        cmocka_unit_test(a_slot_is_freed_by_the_first_gc_after_its_last_holder_is_due),
        cmocka_unit_test(the_slot_that_is_free_next_is_the_first_by_its_gc),
        cmocka_unit_test(time_alone_changes_what_chats_and_traces_tell_at_the_said_moment),
        cmocka_unit_test(a_judgement_of_traces_that_ends_is_a_moment),
        cmocka_unit_test(the_next_gc_is_a_moment),
    };
    return cmocka_run_group_tests_name("model_around", tests, NULL, NULL);
}
