/* Where a new entry comes from: its members, its slot, its TTL, its place in the order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "core/registry.h"

enum { NOW = 5000, TTL = 100000 };

static const struct str SLOTS[] = {{"slot-1", 6}, {"slot-2", 6}, {"slot-3", 6}};
static const struct pool POOL = {{"main", 4}, SLOTS, 3};

/* An entry under `id` that has `agent` (NULL: no chat agent). */
static struct entry *add(struct registry *registry, const char *id, enum entry_state state,
                         const char *agent)
{
    struct entry *entry = registry_add(registry, str_of(id));
    assert_non_null(entry);
    entry->state = (uint8_t)state;
    const struct entry_terms terms = {.chat_agent_id = str_of(agent), .idle_ttl_ms = NAN};
    assert_true(registry_set_terms(registry, entry, &terms));
    return entry;
}

static struct entry_odd *make_odd(struct registry *registry, struct entry *entry)
{
    struct entry_odd *odd = registry_make_odd(registry, entry);
    assert_non_null(odd);
    return odd;
}

static struct entry *allocate(struct registry *registry, struct str id)
{
    struct entry *entry = NULL;
    assert_int_equal(registry_allocate(registry, id, &POOL, NULL, NOW, &entry, NULL), 0);
    return entry;
}

static void a_new_entry_has_all_the_members_of_the_seeds(void **state)
{
    (void)state;
    struct registry registry;
    struct entry *entry = NULL;
    registry_init(&registry);
    double ttl_ms = 7;
    assert_int_equal(registry_allocate(&registry, STR("a"), &POOL, &ttl_ms, NOW, &entry, NULL), 0);
    assert_true(str_equal(entry_session_id(entry), STR("a")));
    assert_true(str_equal(entry_chat_agent_id(entry), STR("slot-1")));
    assert_true(str_equal(entry_workspace_agent_id(entry), STR("main")));
    assert_int_equal(entry->state, STATE_ACTIVE);
    assert_int_equal(entry->shape, ENTRY_OBJECT);
    assert_int_equal(entry->changes, CHANGE_ADDED | CHANGE_REPLACED);
    assert_true(entry->created_at_ms == NOW && entry->last_active_at_ms == NOW);
    assert_true(entry_idle_ttl_ms(entry) == 7);
    assert_null(entry_odd(entry));
    assert_int_equal(registry_allocate(&registry, STR("b"), &POOL, NULL, NOW, &entry, NULL), 0);
    assert_true(entry_idle_ttl_ms(entry) == REGISTRY_DEFAULT_TTL_MS);
    registry_done(&registry);
}

static void a_resumed_entry_keeps_its_ttl_whatever_it_is(void **state)
{
    (void)state;
    static const struct {
        double ms;
        struct str raw;
        bool has_option;
        double option;
        double expected_ms;
        struct str expected_raw;
    } rows[] = {
        {TTL, {0}, false, 0, TTL, {0}},
        {TTL, {0}, true, 5, 5, {0}},
        {0, {0}, false, 0, 0, {0}},
        {NAN, {0}, false, 0, REGISTRY_DEFAULT_TTL_MS, {0}},
        {0, {"null", 4}, false, 0, REGISTRY_DEFAULT_TTL_MS, {0}},
        {0, {"null", 4}, true, 5, 5, {0}},
        {5000, {"\"5000\"", 6}, false, 0, 5000, {"\"5000\"", 6}},
        {5000, {"\"5000\"", 6}, true, 5, 5, {0}},
        {NAN, {"{}", 2}, false, 0, NAN, {"{}", 2}},
        {0, {"false", 5}, false, 0, 0, {"false", 5}},
        /* 1e999 parses to Infinity, which JSON.stringify writes as null */
        {INFINITY, {0}, false, 0, 0, {"null", 4}},
        {TTL, {0}, true, NAN, 0, {"null", 4}},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct registry registry;
        registry_init(&registry);
        struct entry *entry = add(&registry, "a", STATE_EXPIRED, "slot-1");
        struct entry_odd *odd = make_odd(&registry, entry);
        odd->idle_ttl = rows[i].raw;
        odd->created_at = STR("[]");
        odd->terms.idle_ttl_ms = rows[i].ms;
        const double *option = rows[i].has_option ? &rows[i].option : NULL;
        assert_int_equal(registry_resume(&registry, STR("a"), &POOL, option, NOW, &entry, NULL), 0);
        assert_true(isnan(rows[i].expected_ms) ? isnan(entry_idle_ttl_ms(entry))
                                               : entry_idle_ttl_ms(entry) == rows[i].expected_ms);
        struct str raw = entry->is_odd ? entry->odd->idle_ttl : (struct str){0};
        assert_int_equal(raw.data != NULL, rows[i].expected_raw.data != NULL);
        assert_true(str_equal(raw, rows[i].expected_raw));
        assert_true(!entry->is_odd || !entry->odd->created_at.data);
        registry_done(&registry);
    }
}

static void a_new_session_gets_the_first_slot_that_no_live_entry_has(void **state)
{
    (void)state;
    static const struct {
        struct {
            enum entry_state state;
            const char *agent;
        } held[3];
        const char *slots[4];
        const char *given;
    } rows[] = {
        {{{0}}, {"s1", "s2"}, "s1"},
        {{{STATE_ACTIVE, "s1"}}, {"s1", "s2"}, "s2"},
        {{{STATE_IDLE, "s1"}}, {"s1", "s2"}, "s2"},
        {{{STATE_EXPIRED, "s1"}}, {"s1", "s2"}, "s1"},
        {{{STATE_DELETED, "s1"}}, {"s1", "s2"}, "s1"},
        {{{STATE_OTHER, "s1"}}, {"s1", "s2"}, "s1"},
        {{{STATE_ACTIVE, "s2"}, {STATE_IDLE, "s1"}}, {"s1", "s2"}, "main"},
        {{{STATE_ACTIVE, "s1"}}, {"s1", "s1"}, "main"},
        {{{STATE_ACTIVE, "s1"}}, {"s1", "s1", "s2"}, "s2"},
        {{{STATE_ACTIVE, "main"}, {STATE_ACTIVE, "gone"}}, {"s1"}, "s1"},
        {{{STATE_ACTIVE, NULL}}, {""}, ""},
        {{{STATE_ACTIVE, ""}}, {""}, "main"},
        {{{0}}, {NULL}, "main"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        static const char *const ids[] = {"a", "b", "c"};
        struct registry registry;
        struct str slots[4];
        struct pool pool = {STR("main"), slots, 0};
        registry_init(&registry);
        for (; rows[i].slots[pool.slot_count]; pool.slot_count++)
            slots[pool.slot_count] = str_of(rows[i].slots[pool.slot_count]);
        for (size_t j = 0; j < 3; j++)
            add(&registry, ids[j], rows[i].held[j].state, rows[i].held[j].agent);
        struct entry *entry = NULL;
        assert_int_equal(registry_allocate(&registry, STR("x"), &pool, NULL, NOW, &entry, NULL), 0);
        assert_true(str_equal(entry_chat_agent_id(entry), str_of(rows[i].given)));
        assert_true(str_equal(entry_workspace_agent_id(entry), STR("main")));
        registry_done(&registry);
    }
}

static void a_reallocated_entry_keeps_its_place_and_a_purged_one_comes_last(void **state)
{
    (void)state;
    struct registry registry;
    size_t count = 0;
    registry_init(&registry);
    add(&registry, "a", STATE_EXPIRED, "slot-1");
    add(&registry, "b", STATE_DELETED, "slot-1");
    add(&registry, "c", STATE_ACTIVE, "slot-2");
    assert_ptr_equal(allocate(&registry, STR("a")), &registry.entries[0]);
    assert_int_equal(registry_purge_deleted(&registry, &count, NULL), 0);
    assert_int_equal(count, 1);
    struct entry *entry = &registry.entries[0];
    assert_int_equal(registry_resume(&registry, STR("b"), &POOL, NULL, NOW, &entry, NULL), 0);
    assert_null(entry);
    assert_ptr_equal(allocate(&registry, STR("b")), &registry.entries[3]);
    assert_int_equal(registry.entries[1].changes, CHANGE_REMOVED);
    assert_int_equal(registry.entries[3].changes, CHANGE_ADDED | CHANGE_REPLACED);
    assert_int_equal(registry_purge_deleted(&registry, &count, NULL), 0);
    assert_int_equal(count, 0);
    registry_done(&registry);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_entry_has_all_the_members_of_the_seeds),
        cmocka_unit_test(a_resumed_entry_keeps_its_ttl_whatever_it_is),
        cmocka_unit_test(a_new_session_gets_the_first_slot_that_no_live_entry_has),
        cmocka_unit_test(a_reallocated_entry_keeps_its_place_and_a_purged_one_comes_last),
    };
    return cmocka_run_group_tests_name("allocate", tests, NULL, NULL);
}
