/* The container: order, look-ups, interning, and what can be asked of one entry. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/registry.h"

enum { MANY = 30000, ORDER_MAX = 8 };

static void add_all(struct registry *registry, const char *const *ids)
{
    for (size_t i = 0; i < ORDER_MAX && ids[i]; i++)
        assert_non_null(registry_add(registry, str_of(ids[i])));
}

static void assert_order(const struct registry *registry, const char *const *ids)
{
    for (size_t i = 0; i < registry->count; i++) {
        assert_non_null(ids[i]);
        assert_true(str_equal(entry_session_id(&registry->entries[i]), str_of(ids[i])));
        assert_ptr_equal(registry_find(registry, str_of(ids[i])), &registry->entries[i]);
    }
}

static void keys_stand_in_the_order_of_javascript(void **state)
{
    (void)state;
    static const struct {
        const char *added[ORDER_MAX];
        const char *order[ORDER_MAX];
    } rows[] = {
        {{"b", "a", "c"}, {"b", "a", "c"}},
        {{"b", "10", "a", "9"}, {"9", "10", "b", "a"}},
        {{"0", "b", "4294967294", "1"}, {"0", "1", "4294967294", "b"}},
        /* not array indexes: too large, not canonical, not whole, negative, blank */
        {{"4294967295", "01", "1.5", "-1", "", " 1", "7"},
         {"7", "4294967295", "01", "1.5", "-1", "", " 1"}},
        {{"5", "4", "3", "2", "x", "1"}, {"1", "2", "3", "4", "5", "x"}},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct registry registry;
        registry_init(&registry);
        add_all(&registry, rows[i].added);
        assert_order(&registry, rows[i].order);
        registry_done(&registry);
    }
}

static void a_new_entry_is_blank_and_owns_its_id(void **state)
{
    (void)state;
    struct registry registry;
    char id[] = "session";
    registry_init(&registry);
    const struct entry *entry = registry_add(&registry, str_of(id));
    memset(id, 'x', sizeof(id) - 1);
    assert_true(str_equal(entry_session_id(entry), STR("session")));
    assert_int_equal(entry->state, STATE_OTHER);
    assert_int_equal(entry->shape, ENTRY_OBJECT);
    assert_int_equal(entry->changes, CHANGE_NONE);
    assert_null(entry_chat_agent_id(entry).data);
    assert_false(entry->is_odd);
    assert_true(isnan(entry->created_at_ms) && isnan(entry->last_active_at_ms));
    assert_true(isnan(entry_idle_ttl_ms(entry)));
    registry_done(&registry);
}

static void ids_are_compared_by_all_their_bytes(void **state)
{
    (void)state;
    struct registry registry;
    registry_init(&registry);
    const struct str ids[] = {STR("a"), STR("a\0b"), STR("a\0"), STR(""), STR("\xed\xa0\x80")};
    for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
        assert_null(registry_find(&registry, ids[i]));
        assert_non_null(registry_add(&registry, ids[i]));
    }
    for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
        assert_ptr_equal(registry_find(&registry, ids[i]), &registry.entries[i]);
    registry_done(&registry);
}

static void every_one_of_many_entries_is_found(void **state)
{
    (void)state;
    struct registry registry;
    char id[32];
    registry_init(&registry);
    for (int i = 0; i < MANY; i++) {
        int len = snprintf(id, sizeof(id), i % 100 == 0 ? "%d" : "id-%d", i);
        assert_non_null(registry_add(&registry, (struct str){id, (size_t)len}));
    }
    assert_int_equal(registry.count, MANY);
    assert_int_equal(registry.integer_keys, MANY / 100);
    for (int i = 0; i < MANY; i++) {
        int len = snprintf(id, sizeof(id), i % 100 == 0 ? "%d" : "id-%d", i);
        const struct entry *entry = registry_find(&registry, (struct str){id, (size_t)len});
        assert_non_null(entry);
        assert_true(str_equal(entry_session_id(entry), str_of(id)));
    }
    registry_done(&registry);
}

static void removed_entries_are_found_but_not_got(void **state)
{
    (void)state;
    struct registry registry;
    registry_init(&registry);
    assert_null(registry_get(&registry, STR("a")));
    struct entry *entry = registry_add(&registry, STR("a"));
    assert_ptr_equal(registry_get(&registry, STR("a")), entry);
    entry->changes = CHANGE_REMOVED;
    assert_ptr_equal(registry_find(&registry, STR("a")), entry);
    assert_null(registry_get(&registry, STR("a")));
    registry_done(&registry);
}

static void an_id_added_again_after_its_removal_comes_last(void **state)
{
    (void)state;
    static const char *const order[] = {"7", "7", "a", "b", "a"};
    struct registry registry;
    registry_init(&registry);
    add_all(&registry, (const char *const[ORDER_MAX]){"7", "a", "b"});
    registry_find(&registry, STR("a"))->changes = CHANGE_REMOVED;
    registry_find(&registry, STR("7"))->changes = CHANGE_REMOVED;
    assert_ptr_equal(registry_add(&registry, STR("a")), &registry.entries[3]);
    assert_ptr_equal(registry_add(&registry, STR("7")), &registry.entries[1]);
    assert_int_equal(registry.count, 5);
    for (size_t i = 0; i < 5; i++)
        assert_true(str_equal(entry_session_id(&registry.entries[i]), str_of(order[i])));
    assert_ptr_equal(registry_get(&registry, STR("a")), &registry.entries[4]);
    assert_ptr_equal(registry_get(&registry, STR("7")), &registry.entries[1]);
    assert_ptr_equal(registry_get(&registry, STR("b")), &registry.entries[3]);
    registry_done(&registry);
}

static void equal_agent_ids_are_interned_once(void **state)
{
    (void)state;
    struct registry registry;
    char text[32];
    registry_init(&registry);
    struct str slot = registry_intern(&registry, STR("chat-slot-main-1"));
    assert_true(str_equal(slot, STR("chat-slot-main-1")));
    assert_null(registry_intern(&registry, (struct str){0}).data);
    assert_non_null(registry_intern(&registry, STR("")).data);
    for (int i = 0; i < 1000; i++) {
        int len = snprintf(text, sizeof(text), "agent-%d", i % 500);
        assert_non_null(registry_intern(&registry, (struct str){text, (size_t)len}).data);
    }
    assert_ptr_equal(registry_intern(&registry, STR("chat-slot-main-1")).data, slot.data);
    assert_int_equal(registry.interned_count, 502);
    registry_done(&registry);
}

static void what_an_entry_is_follows_from_shape_state_and_removal(void **state)
{
    (void)state;
    static const struct {
        enum entry_shape shape;
        enum entry_state state;
        uint8_t changes;
        bool live, present;
    } rows[] = {
        {ENTRY_OBJECT, STATE_ACTIVE, 0, true, true},
        {ENTRY_OBJECT, STATE_IDLE, CHANGE_STATE, true, true},
        {ENTRY_OBJECT, STATE_EXPIRED, 0, false, true},
        {ENTRY_OBJECT, STATE_DELETED, 0, false, true},
        {ENTRY_OBJECT, STATE_OTHER, 0, false, true},
        {ENTRY_OBJECT, STATE_ACTIVE, CHANGE_REMOVED, false, false},
        {ENTRY_NOTHING, STATE_OTHER, 0, false, false},
        {ENTRY_SCALAR, STATE_OTHER, 0, false, true},
        {ENTRY_ARRAY, STATE_OTHER, 0, false, true},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct entry_terms terms = {.chat_agent_id = STR("main"),
                                    .workspace_agent_id = STR("main")};
        struct entry entry = {
            .shape = (uint8_t)rows[i].shape,
            .state = (uint8_t)rows[i].state,
            .changes = rows[i].changes,
            .terms = &terms,
        };
        assert_int_equal(entry_is_live(&entry), rows[i].live);
        assert_int_equal(entry_is_present(&entry), rows[i].present);
        assert_int_equal(entry_is_fallback(&entry), rows[i].live);
        terms.chat_agent_id = STR("chat-slot-main-1");
        assert_false(entry_is_fallback(&entry));
        terms.chat_agent_id = terms.workspace_agent_id = (struct str){0};
        assert_false(entry_is_fallback(&entry));
    }
}

static void an_entry_is_due_when_more_than_its_ttl_has_passed(void **state)
{
    (void)state;
    static const struct {
        double last, ttl;
        enum entry_state state;
        double expires_at; /* NaN: never; -infinity: already */
    } rows[] = {
        {1000, 500, STATE_ACTIVE, 1500},       {1000, 500, STATE_IDLE, 1500},
        {1000, 500, STATE_OTHER, 1500},        {1000, 500, STATE_EXPIRED, NAN},
        {1000, 500, STATE_DELETED, NAN},       {NAN, 500, STATE_ACTIVE, NAN},
        {1000, NAN, STATE_ACTIVE, NAN},        {1000, 0, STATE_ACTIVE, 1000},
        {1000, -300, STATE_ACTIVE, 700},       {1500.5, 0.25, STATE_IDLE, 1500.75},
        {1e15, 500, STATE_ACTIVE, 1e15 + 500}, {0, 1e300, STATE_ACTIVE, 1e300},
        {1000, INFINITY, STATE_ACTIVE, NAN},   {-INFINITY, 5, STATE_ACTIVE, -INFINITY},
        {INFINITY, 5, STATE_ACTIVE, NAN},      {1000, -INFINITY, STATE_ACTIVE, -INFINITY},
    };
    static const int64_t times[] = {0, 700, 701, 1000, 1001, 1499, 1500, 1501, 2000000000000};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct entry_terms terms = {.idle_ttl_ms = rows[i].ttl};
        struct entry entry = {
            .terms = &terms,
            .state = (uint8_t)rows[i].state,
            .last_active_at_ms = rows[i].last,
        };
        double at = entry_expires_at_ms(&entry);
        assert_true(isnan(rows[i].expires_at) ? isnan(at) : at == rows[i].expires_at);
        for (size_t j = 0; j < sizeof(times) / sizeof(times[0]); j++)
            assert_int_equal(entry_is_due(&entry, times[j]), (double)times[j] > at);
        entry.shape = ENTRY_ARRAY;
        assert_true(isnan(entry_expires_at_ms(&entry)));
    }
}

static void a_registry_is_clean_until_something_has_to_be_written(void **state)
{
    (void)state;
    static const struct {
        uint8_t changes;
        bool clean;
    } rows[] = {
        {CHANGE_NONE, true},
        {CHANGE_STATE, false},
        {CHANGE_LAST_ACTIVE, false},
        {CHANGE_REPLACED, false},
        {CHANGE_ADDED | CHANGE_REPLACED, false},
        {CHANGE_REMOVED, false},
        {CHANGE_REMOVED | CHANGE_STATE, false},
        {CHANGE_ADDED | CHANGE_REPLACED | CHANGE_REMOVED, true},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct registry registry;
        registry_init(&registry);
        add_all(&registry, (const char *const[ORDER_MAX]){"a", "b", "c"});
        registry.entries[1].changes = rows[i].changes;
        assert_int_equal(registry_is_clean(&registry), rows[i].clean);
        registry_done(&registry);
    }
}

static void states_have_the_names_that_are_stored(void **state)
{
    (void)state;
    static const char *const names[] = {"?", "active", "idle", "expired", "deleted"};
    for (enum entry_state i = STATE_OTHER; i <= STATE_DELETED; i++)
        assert_string_equal(entry_state_name(i), names[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_stand_in_the_order_of_javascript),
        cmocka_unit_test(a_new_entry_is_blank_and_owns_its_id),
        cmocka_unit_test(ids_are_compared_by_all_their_bytes),
        cmocka_unit_test(every_one_of_many_entries_is_found),
        cmocka_unit_test(removed_entries_are_found_but_not_got),
        cmocka_unit_test(an_id_added_again_after_its_removal_comes_last),
        cmocka_unit_test(equal_agent_ids_are_interned_once),
        cmocka_unit_test(what_an_entry_is_follows_from_shape_state_and_removal),
        cmocka_unit_test(an_entry_is_due_when_more_than_its_ttl_has_passed),
        cmocka_unit_test(a_registry_is_clean_until_something_has_to_be_written),
        cmocka_unit_test(states_have_the_names_that_are_stored),
    };
    return cmocka_run_group_tests_name("registry", tests, NULL, NULL);
}
