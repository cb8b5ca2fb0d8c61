#include "tests/helpers/fixture.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define TTL 1800000

static void an_entry_is_shown_by_state_ttl_and_pool(void **state)
{
    /* One of two slots is held by the entry itself or by nobody, so a slot is always free. */
    static const struct {
        const char *entry;
        enum session_view view;
    } cases[] = {
        {ENTRY("s", "chat-slot-main-1", "main", "active", 0), VIEW_ACTIVE},
        {ENTRY("s", "chat-slot-main-1", "main", "idle", 0), VIEW_IDLE},
        {ENTRY("s", "chat-slot-main-1", "main", "active", 1800000), VIEW_ACTIVE},
        {ENTRY("s", "chat-slot-main-1", "main", "active", 1800001), VIEW_OVERDUE},
        {ENTRY("s", "chat-slot-main-1", "main", "idle", 1800001), VIEW_OVERDUE},
        {ENTRY("s", "chat-slot-main-1", "main", "expired", 0), VIEW_EXPIRED},
        {ENTRY("s", "chat-slot-main-1", "main", "deleted", 9900000), VIEW_RELEASED},
        {ENTRY("s", "chat-slot-main-1", "main", "Active", 0), VIEW_ODD},
        {ENTRY("s", "main", "main", "active", 0), VIEW_STRANDED},
        {ENTRY("s", "main", "main", "idle", 0), VIEW_STRANDED},
        {ENTRY("s", "main", "main", "active", 1800001), VIEW_OVERDUE},
        {ENTRY("s", "main", "main", "expired", 0), VIEW_EXPIRED},
        {ENTRY("s", "chat-slot-main-9", "main", "active", 0), VIEW_ORPHAN},
        {ENTRY("s", "chat-slot-main-9", "main", "idle", 1800001), VIEW_OVERDUE},
        {ENTRY("s", "other", "other", "active", 0), VIEW_FALLBACK},
        {ENTRY("s", "chat-slot-other-1", "other", "active", 0), VIEW_ACTIVE},
        {ENTRY("s", "chat-slot-other-1", "Main", "idle", 0), VIEW_IDLE},
        {ENTRY("s", "chat-slot-main-1", "other", "active", 0), VIEW_ACTIVE},
        {"\"s\":{\"chatAgentId\":5,\"workspaceAgentId\":\"main\",\"state\":\"active\"}", VIEW_ODD},
        {"\"s\":{}", VIEW_ODD},
        {"\"s\":null", VIEW_ODD},
        {"\"s\":\"active\"", VIEW_ODD},
        {"\"s\":[]", VIEW_ODD},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct fixture fixture;
        fixture_make(&fixture, cases[i].entry, 2);
        if (model_view(&fixture.model, 0) != cases[i].view)
            fail_msg("%s is %s", cases[i].entry, session_view_name(model_view(&fixture.model, 0)));
        fixture_done(&fixture);
    }
}

static void a_fallback_is_stranded_only_while_a_slot_is_free(void **state)
{
    struct fixture fixture;
    (void)state;
    fixture_make(
        &fixture,
        ENTRY("a", "main", "main", "active", 5) "," ENTRY("b", "chat-slot-main-1", "x", "idle", 5),
        1);
    assert_int_equal(model_view(&fixture.model, 0), VIEW_FALLBACK);
    assert_int_equal(fixture.model.counts.fallback, 1);
    assert_int_equal(fixture.model.counts.stranded, 0);
    fixture_done(&fixture);
    fixture_make(&fixture, ENTRY("a", "main", "main", "active", 5), 0);
    assert_int_equal(model_view(&fixture.model, 0), VIEW_FALLBACK);
    fixture_done(&fixture);
}

static void fallbacks_are_those_of_this_workspace_in_order(void **state)
{
    struct fixture fixture;
    (void)state;
    fixture_make(&fixture,
                 ENTRY("a", "main", "main", "active", 5) "," ENTRY(
                     "b", "other", "other", "active",
                     5) "," ENTRY("c", "main", "main", "expired",
                                  5) "," ENTRY("d", "main", "main", "idle",
                                               1800001) "," ENTRY("e", "chat-slot-main-1", "main",
                                                                  "active", 5),
                 2);
    assert_int_equal(fixture.model.fallback_count, 2);
    assert_int_equal(fixture.model.fallbacks[0], 0);
    assert_int_equal(fixture.model.fallbacks[1], 3);
    assert_int_equal(fixture.model.counts.fallback, 2);
    assert_int_equal(fixture.model.counts.stranded, 1);
    fixture_done(&fixture);
}

static void a_slot_shows_its_holder(void **state)
{
    struct fixture fixture;
    (void)state;
    fixture_make(&fixture,
                 ENTRY("a", "chat-slot-main-1", "main", "active", 5) "," ENTRY(
                     "b", "chat-slot-main-2", "main", "idle",
                     5) "," ENTRY("c", "chat-slot-main-3", "main", "idle",
                                  1800001) "," ENTRY("d", "chat-slot-main-4", "main", "expired", 5),
                 5);
    const struct slot *slots = fixture.model.slots;
    static const enum slot_view views[] = {SLOT_ACTIVE, SLOT_IDLE, SLOT_OVERDUE, SLOT_FREE,
                                           SLOT_FREE};
    assert_int_equal(fixture.model.slot_count, 5);
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(slots[i].view, views[i]);
        assert_int_equal(slots[i].holder_count, i < 3);
        assert_int_equal(slots[i].has_last, i == 3);
        if (i < 3)
            assert_int_equal(slots[i].holder, i);
    }
    assert_int_equal(slots[3].last_holder, 3);
    assert_true(str_equal(slots[4].id, STR("chat-slot-main-5")));
    assert_true(str_equal(slots[4].label, STR("5")));
    assert_int_equal(fixture.model.counts.slots, 5);
    assert_int_equal(fixture.model.counts.held, 3);
    assert_int_equal(fixture.model.counts.free, 2);
    fixture_done(&fixture);
}

static void of_several_holders_the_latest_used_is_shown(void **state)
{
    static const struct {
        const char *entries;
        size_t holder;
    } cases[] = {
        {ENTRY("a", "chat-slot-main-1", "main", "active", 5) "," ENTRY("b", "chat-slot-main-1",
                                                                       "other", "idle", 9),
         0},
        {ENTRY("a", "chat-slot-main-1", "main", "active", 9) "," ENTRY("b", "chat-slot-main-1",
                                                                       "main", "idle", 5),
         1},
        {ENTRY("a", "chat-slot-main-1", "main", "active", 5) "," ENTRY("b", "chat-slot-main-1",
                                                                       "main", "idle", 5),
         1},
        {ENTRY("a", "chat-slot-main-1", "main", "active",
               5) ","
                  "\"b\":{\"chatAgentId\":\"chat-slot-main-1\",\"state\":\"idle\"}",
         0},
        {"\"a\":{\"chatAgentId\":\"chat-slot-main-1\",\"state\":\"idle\"}," ENTRY(
             "b", "chat-slot-main-1", "main", "active", 5),
         1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct fixture fixture;
        fixture_make(&fixture, cases[i].entries, 1);
        assert_int_equal(fixture.model.slots[0].view, SLOT_DOUBLE);
        assert_int_equal(fixture.model.slots[0].holder_count, 2);
        assert_int_equal(fixture.model.slots[0].holder, cases[i].holder);
        assert_int_equal(fixture.model.counts.held, 1);
        fixture_done(&fixture);
    }
}

static void a_free_slot_was_last_held_by_the_latest_used(void **state)
{
    struct fixture fixture;
    (void)state;
    fixture_make(&fixture,
                 ENTRY("a", "chat-slot-main-1", "main", "expired",
                       9) "," ENTRY("b", "chat-slot-main-1", "other", "deleted",
                                    3) "," ENTRY("c", "chat-slot-main-1", "main", "expired", 5),
                 1);
    assert_true(fixture.model.slots[0].has_last);
    assert_int_equal(fixture.model.slots[0].last_holder, 1);
    fixture_done(&fixture);
}

static void a_slot_listed_twice_is_one_slot(void **state)
{
    struct fixture fixture;
    (void)state;
    fixture_load(&fixture, ENTRY("a", "chat-slot-main-1", "main", "active", 5), 3);
    fixture.pool.slots[2] = fixture.pool.slots[0];
    fixture_build(&fixture, NOW);
    const struct slot *slots = fixture.model.slots;
    assert_false(slots[0].is_duplicate);
    assert_false(slots[1].is_duplicate);
    assert_true(slots[2].is_duplicate);
    assert_int_equal(slots[0].view, SLOT_ACTIVE);
    assert_int_equal(slots[2].view, SLOT_ACTIVE);
    assert_int_equal(fixture.model.counts.slots, 2);
    assert_int_equal(fixture.model.counts.held, 1);
    assert_int_equal(fixture.model.counts.free, 1);
    fixture_done(&fixture);
}

static void a_label_is_what_follows_the_prefix_or_the_whole_id(void **state)
{
    static const char *const ids[] = {"chat-slot-main-", "chat-slot-main-b-1"};
    static const char *const labels[] = {"chat-slot-main-", "b-1"};
    struct fixture fixture;
    (void)state;
    fixture_load(&fixture, "", 2);
    for (size_t i = 0; i < 2; i++)
        fixture.pool.slots[i] = str_of(ids[i]);
    fixture_build(&fixture, NOW);
    for (size_t i = 0; i < 2; i++)
        assert_true(str_equal(fixture.model.slots[i].label, str_of(labels[i])));
    fixture_done(&fixture);
}

static void counts_are_by_stored_state(void **state)
{
    struct fixture fixture;
    (void)state;
    fixture_make(
        &fixture,
        ENTRY("a", "chat-slot-main-1", "main", "active", 5) "," ENTRY(
            "b", "chat-slot-main-2", "main", "active",
            1800001) "," ENTRY("c", "main", "main", "idle",
                               5) "," ENTRY("d", "chat-slot-main-9", "main", "idle",
                                            5) "," ENTRY("e", "x", "main", "expired",
                                                         5) "," ENTRY("f", "x", "main", "deleted",
                                                                      5) ","
                                                                         "\"g\":null,\"h\":{"
                                                                         "\"state\":\"odd\"}",
        3);
    const struct counts *counts = &fixture.model.counts;
    assert_int_equal(counts->entries, 8);
    assert_int_equal(counts->active, 2);
    assert_int_equal(counts->idle, 2);
    assert_int_equal(counts->expired, 1);
    assert_int_equal(counts->released, 1);
    assert_int_equal(counts->odd, 2);
    assert_int_equal(counts->live, 4);
    assert_int_equal(counts->overdue, 1);
    assert_int_equal(counts->fallback, 1);
    assert_int_equal(counts->stranded, 1);
    assert_int_equal(counts->orphan, 1);
    fixture_done(&fixture);
}

static void removed_entries_count_for_nothing(void **state)
{
    struct fixture fixture;
    (void)state;
    fixture_load(&fixture, ENTRY("a", "chat-slot-main-1", "main", "active", 5), 1);
    assert_true(registry_remove(&fixture.document.registry, STR("a")));
    fixture_build(&fixture, NOW);
    assert_int_equal(fixture.model.counts.entries, 0);
    assert_int_equal(fixture.model.counts.free, 1);
    assert_int_equal(fixture.model.finding_count, 0);
    fixture_done(&fixture);
}

/* next_change_ms is honest: nothing changes before it, and something does at it. */
static void time_alone_changes_the_model_first_at_the_said_moment(void **state)
{
    static const struct {
        const char *entries;
        double after_ms; /* from NOW; NaN: never */
    } cases[] = {
        {"", NAN},
        {ENTRY("a", "chat-slot-main-1", "main", "active", 0), TTL + 1},
        {ENTRY("a", "chat-slot-main-1", "main", "idle", 1799999) "," ENTRY("b", "chat-slot-main-2",
                                                                           "main", "idle", 1700000),
         2},
        {ENTRY("a", "main", "main", "active", 1800000), 1},
        {ENTRY("a", "chat-slot-main-1", "main", "active", 1800001), 302000},
        {ENTRY("a", "chat-slot-main-1", "main", "active", 2102000), 1},
        {ENTRY("a", "chat-slot-main-1", "main", "active", 2102001), NAN},
        {ENTRY("a", "chat-slot-main-1", "main", "expired", 0), NAN},
        {ENTRY("a", "chat-slot-main-1", "main", "strange", 0), NAN},
        {ENTRY("a", "chat-slot-main-1", "main", "active", -60001), 1},
        {ENTRY("a", "chat-slot-main-1", "main", "active", -60000), TTL + 60001},
        {"\"a\":{\"chatAgentId\":\"main\",\"state\":\"active\",\"lastActiveAt\":1773890000000.5,"
         "\"idleTtlMs\":10}",
         11},
        {"\"a\":{\"chatAgentId\":\"main\",\"state\":\"active\",\"idleTtlMs\":10}", NAN},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct fixture fixture;
        fixture_make(&fixture, cases[i].entries, 3);
        if (isnan(cases[i].after_ms))
            assert_true(isnan(fixture.model.next_change_ms));
        else
            assert_true(fixture.model.next_change_ms == NOW + cases[i].after_ms);
        fixture_done(&fixture);
    }
}

static void the_model_becomes_overdue_at_its_next_change_and_not_before(void **state)
{
    struct fixture fixture;
    (void)state;
    fixture_make(&fixture, ENTRY("a", "chat-slot-main-1", "main", "active", 77), 1);
    int64_t moment_ms = (int64_t)fixture.model.next_change_ms;
    fixture_build(&fixture, moment_ms - 1);
    assert_int_equal(fixture.model.slots[0].view, SLOT_ACTIVE);
    fixture_build(&fixture, moment_ms);
    assert_int_equal(fixture.model.slots[0].view, SLOT_OVERDUE);
    fixture_done(&fixture);
}

static void an_id_is_shown_by_its_shortest_unique_prefix(void **state)
{
    static const struct {
        const char *entries; /* the first one is asked for */
        size_t len;
    } cases[] = {
        {"\"9f2c11d0-5f6e\":{}", 8},
        {"\"9f2c11d0-5f6e\":{},\"9f2c11d1-5f6e\":{}", 8},
        {"\"9f2c11d0-5f6e\":{},\"9f2c11d0-5f7e\":{},\"9f2c11d0-4\":{}", 12},
        {"\"9f2c11d0\":{},\"9f2c11d0-5f6e\":{}", 8},
        {"\"9f2c11d0-5f6e\":{},\"9f2c11d0\":{}", 9},
        {"\"short\":{},\"shorter\":{}", 5},
        {"\"\":{}", 0},
        {"\"1234567\xC3\xA4z\":{}", 9},
        {"\"1234567\xE2\x82\xACz\":{},\"1234567\xE2\x82\xADz\":{}", 10},
        {"\"1234567\xF0\x9F\x98\x80\":{}", 11},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct fixture fixture;
        fixture_load(&fixture, cases[i].entries, 0);
        struct str id = entry_session_id(&fixture.document.registry.entries[0]);
        assert_int_equal(model_short_len(&fixture.model, &fixture.document.registry, id),
                         cases[i].len);
        fixture_done(&fixture);
    }
}

static void the_pool_of_the_rules_has_the_agent_and_the_slots(void **state)
{
    struct fixture fixture;
    (void)state;
    fixture_load(&fixture, "", 2);
    struct pool pool = model_pool(&fixture.pool, &fixture.workspace);
    assert_true(str_equal(pool.workspace_agent_id, STR("main")));
    assert_int_equal(pool.slot_count, 2);
    assert_true(str_equal(pool.slots[1], STR("chat-slot-main-2")));
    fixture_done(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_entry_is_shown_by_state_ttl_and_pool),
        cmocka_unit_test(a_fallback_is_stranded_only_while_a_slot_is_free),
        cmocka_unit_test(fallbacks_are_those_of_this_workspace_in_order),
        cmocka_unit_test(a_slot_shows_its_holder),
        cmocka_unit_test(of_several_holders_the_latest_used_is_shown),
        cmocka_unit_test(a_free_slot_was_last_held_by_the_latest_used),
        cmocka_unit_test(a_slot_listed_twice_is_one_slot),
        cmocka_unit_test(a_label_is_what_follows_the_prefix_or_the_whole_id),
        cmocka_unit_test(counts_are_by_stored_state),
        cmocka_unit_test(removed_entries_count_for_nothing),
        cmocka_unit_test(time_alone_changes_the_model_first_at_the_said_moment),
        cmocka_unit_test(the_model_becomes_overdue_at_its_next_change_and_not_before),
        cmocka_unit_test(an_id_is_shown_by_its_shortest_unique_prefix),
        cmocka_unit_test(the_pool_of_the_rules_has_the_agent_and_the_slots),
    };
    return cmocka_run_group_tests_name("model", tests, NULL, NULL);
}
