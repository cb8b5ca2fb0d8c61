/* The rules: what each does to each state, to odd entries, and in any order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/registry.h"

enum { OLD = 1000, NOW = 5000, TTL = 100000, SAME = 0, ROUNDS = 20000, SESSIONS = 12 };
enum { ST = CHANGE_STATE, LA = CHANGE_LAST_ACTIVE, RE = CHANGE_REPLACED, RM = CHANGE_REMOVED };

enum rule { ALLOCATE, TOUCH, IDLE, RELEASE, FORCE, RESUME, ENSURE, DUE, PURGE, REMOVE, RULE_COUNT };

static const struct str SLOTS[] = {{"slot-1", 6}, {"slot-2", 6}, {"slot-3", 6}};
static const struct pool POOL = {{"main", 4}, SLOTS, 3};

/* What a call answered: the seed's undefined is neither found nor an entry. */
struct answer {
    int result;
    bool found;
    struct entry *entry;
    size_t count;
};

static struct answer call(struct registry *registry, enum rule rule, struct str id, int64_t now_ms,
                          struct error *error)
{
    struct answer a = {0};
    switch (rule) {
    case ALLOCATE:
        a.result = registry_allocate(registry, id, &POOL, NULL, now_ms, &a.entry, error);
        break;
    case TOUCH:
        a.result = registry_touch(registry, id, now_ms, &a.found, error);
        break;
    case IDLE:
        a.result = registry_mark_idle(registry, id, &a.found, error);
        break;
    case RELEASE:
        a.result = registry_release(registry, id, &a.found, error);
        break;
    case FORCE:
        a.found = registry_force_expire(registry, id);
        break;
    case RESUME:
        a.result = registry_resume(registry, id, &POOL, NULL, now_ms, &a.entry, error);
        break;
    case ENSURE:
        a.result = registry_ensure(registry, id, &POOL, now_ms, &a.entry, error);
        break;
    case DUE:
        a.result = registry_expire_due(registry, now_ms, NULL, &a.count, error);
        break;
    case PURGE:
        a.result = registry_purge_deleted(registry, &a.count, error);
        break;
    case REMOVE:
    case RULE_COUNT:
        a.found = registry_remove(registry, id);
        break;
    }
    a.found = a.found || a.entry || a.count;
    return a;
}

/* A proper entry under `id` that has `slot` (NULL: no chat agent). */
static struct entry *add(struct registry *registry, const char *id, enum entry_state state,
                         const char *slot)
{
    struct entry *entry = registry_add(registry, str_of(id));
    assert_non_null(entry);
    entry->state = (uint8_t)state;
    const struct entry_terms terms = {str_of(slot), STR("main"), TTL};
    assert_true(registry_set_terms(registry, entry, &terms));
    entry->created_at_ms = OLD;
    entry->last_active_at_ms = OLD;
    return entry;
}

static struct entry_odd *make_odd(struct registry *registry, struct entry *entry)
{
    struct entry_odd *odd = registry_make_odd(registry, entry);
    assert_non_null(odd);
    return odd;
}

static void each_rule_does_to_each_state_what_the_seed_does(void **state)
{
    (void)state;
    static const struct {
        enum rule rule;
        enum entry_state from, to;
        int64_t last_active_ms;
        uint8_t changes;
        bool found;
    } rows[] = {
        {ALLOCATE, STATE_ACTIVE, STATE_ACTIVE, NOW, LA, true},
        {ALLOCATE, STATE_IDLE, STATE_ACTIVE, NOW, LA | ST, true},
        {ALLOCATE, STATE_OTHER, STATE_ACTIVE, NOW, LA | ST, true},
        {ALLOCATE, STATE_EXPIRED, STATE_ACTIVE, NOW, RE, true},
        {ALLOCATE, STATE_DELETED, STATE_ACTIVE, NOW, RE, true},
        {TOUCH, STATE_ACTIVE, STATE_ACTIVE, NOW, LA, true},
        {TOUCH, STATE_IDLE, STATE_ACTIVE, NOW, LA | ST, true},
        {TOUCH, STATE_OTHER, STATE_OTHER, NOW, LA, true},
        {TOUCH, STATE_EXPIRED, STATE_EXPIRED, NOW, LA, true},
        {TOUCH, STATE_DELETED, STATE_DELETED, NOW, LA, true},
        {IDLE, STATE_ACTIVE, STATE_IDLE, OLD, ST, true},
        {IDLE, STATE_IDLE, STATE_IDLE, OLD, SAME, true},
        {IDLE, STATE_OTHER, STATE_IDLE, OLD, ST, true},
        {IDLE, STATE_EXPIRED, STATE_EXPIRED, OLD, SAME, true},
        {IDLE, STATE_DELETED, STATE_DELETED, OLD, SAME, true},
        {RELEASE, STATE_ACTIVE, STATE_DELETED, OLD, ST, true},
        {RELEASE, STATE_IDLE, STATE_DELETED, OLD, ST, true},
        {RELEASE, STATE_OTHER, STATE_DELETED, OLD, ST, true},
        {RELEASE, STATE_EXPIRED, STATE_DELETED, OLD, ST, true},
        {RELEASE, STATE_DELETED, STATE_DELETED, OLD, SAME, true},
        {FORCE, STATE_ACTIVE, STATE_EXPIRED, OLD, ST, true},
        {FORCE, STATE_IDLE, STATE_EXPIRED, OLD, ST, true},
        {FORCE, STATE_OTHER, STATE_OTHER, OLD, SAME, true},
        {FORCE, STATE_EXPIRED, STATE_EXPIRED, OLD, SAME, true},
        {FORCE, STATE_DELETED, STATE_DELETED, OLD, SAME, true},
        {RESUME, STATE_ACTIVE, STATE_ACTIVE, OLD, SAME, true},
        {RESUME, STATE_IDLE, STATE_IDLE, OLD, SAME, true},
        {RESUME, STATE_OTHER, STATE_OTHER, OLD, SAME, true},
        {RESUME, STATE_EXPIRED, STATE_ACTIVE, NOW, RE, true},
        {RESUME, STATE_DELETED, STATE_DELETED, OLD, SAME, true},
        {ENSURE, STATE_ACTIVE, STATE_ACTIVE, NOW, LA, true},
        {ENSURE, STATE_IDLE, STATE_ACTIVE, NOW, LA | ST, true},
        {ENSURE, STATE_OTHER, STATE_OTHER, NOW, LA, true},
        {ENSURE, STATE_EXPIRED, STATE_ACTIVE, NOW, RE, true},
        {ENSURE, STATE_DELETED, STATE_DELETED, OLD, SAME, false},
        {PURGE, STATE_ACTIVE, STATE_ACTIVE, OLD, SAME, false},
        {PURGE, STATE_EXPIRED, STATE_EXPIRED, OLD, SAME, false},
        {PURGE, STATE_DELETED, STATE_DELETED, OLD, RM, true},
        {PURGE, STATE_OTHER, STATE_OTHER, OLD, SAME, false},
        {REMOVE, STATE_ACTIVE, STATE_ACTIVE, OLD, RM, true},
        {DUE, STATE_ACTIVE, STATE_ACTIVE, OLD, SAME, false},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct registry registry;
        struct error error;
        registry_init(&registry);
        const struct entry *entry = add(&registry, "a", rows[i].from, "slot-2");
        struct answer answer = call(&registry, rows[i].rule, STR("a"), NOW, &error);
        assert_int_equal(answer.result, 0);
        assert_int_equal(answer.found, rows[i].found);
        assert_int_equal(entry->state, rows[i].to);
        assert_int_equal(entry->last_active_at_ms, rows[i].last_active_ms);
        assert_int_equal(entry->changes, rows[i].changes);
        registry_done(&registry);
    }
}

static void a_session_without_an_entry_gets_one_only_by_allocate(void **state)
{
    (void)state;
    for (enum rule rule = ALLOCATE; rule < RULE_COUNT; rule++) {
        struct registry registry;
        struct error error;
        registry_init(&registry);
        struct answer answer = call(&registry, rule, STR("toString"), NOW, &error);
        assert_int_equal(answer.result, 0);
        assert_int_equal(answer.found, rule == ALLOCATE);
        assert_int_equal(registry.count, rule == ALLOCATE);
        assert_int_equal(registry_is_clean(&registry), rule != ALLOCATE);
        registry_done(&registry);
    }
}

/* What the rules make of a value that is no entry: the outcome of each of them. */
enum verdict { LEFT, THROWS, NEW };

static void check_odd_shape(enum entry_shape shape, bool is_null, enum rule rule,
                            enum verdict verdict)
{
    struct registry registry;
    struct error error = {0};
    registry_init(&registry);
    add(&registry, "before", STATE_DELETED, "slot-1");
    struct entry *entry = registry_add(&registry, STR("odd-one"));
    entry->shape = (uint8_t)shape;
    if (is_null)
        make_odd(&registry, entry)->is_null = true;
    struct answer answer = call(&registry, rule, STR("odd-one"), NOW, &error);
    assert_int_equal(answer.result, verdict == THROWS ? -EUCLEAN : 0);
    if (verdict == THROWS) {
        assert_int_equal(error.kind, ERROR_UNUSABLE);
        assert_non_null(strstr(error.text, "odd-one"));
        assert_true(registry_is_clean(&registry));
    }
    assert_int_equal(registry.count, 2);
    assert_int_equal(registry.entries[1].changes, verdict == NEW ? RE : SAME);
    assert_int_equal(registry.entries[1].shape, verdict == NEW ? ENTRY_OBJECT : shape);
    registry_done(&registry);
}

static void odd_values_instead_of_an_entry_meet_what_javascript_does_with_them(void **state)
{
    (void)state;
    static const struct {
        enum entry_shape shape;
        bool is_null;
        enum verdict of[REMOVE]; /* in the order of enum rule */
    } rows[] = {
        {ENTRY_NOTHING, true, {THROWS, LEFT, LEFT, LEFT, LEFT, LEFT, LEFT, THROWS, THROWS}},
        {ENTRY_NOTHING, false, {NEW, LEFT, LEFT, LEFT, LEFT, LEFT, LEFT, LEFT, LEFT}},
        {ENTRY_SCALAR, false, {THROWS, THROWS, THROWS, THROWS, LEFT, LEFT, THROWS, LEFT, LEFT}},
        {ENTRY_ARRAY, false, {THROWS, THROWS, THROWS, THROWS, LEFT, LEFT, THROWS, LEFT, LEFT}},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        for (enum rule rule = ALLOCATE; rule < REMOVE; rule++)
            check_odd_shape(rows[i].shape, rows[i].is_null, rule, rows[i].of[rule]);
}

static void a_null_breaks_the_walk_for_every_new_session_until_it_is_removed(void **state)
{
    (void)state;
    struct registry registry;
    struct error error;
    registry_init(&registry);
    struct entry *null = registry_add(&registry, STR("null"));
    null->shape = ENTRY_NOTHING;
    make_odd(&registry, null)->is_null = true;
    add(&registry, "live", STATE_ACTIVE, "slot-1");
    assert_int_equal(call(&registry, ALLOCATE, STR("new"), NOW, &error).result, -EUCLEAN);
    assert_int_equal(call(&registry, DUE, STR(""), NOW * TTL, &error).result, -EUCLEAN);
    assert_true(registry_is_clean(&registry));
    assert_int_equal(call(&registry, ALLOCATE, STR("live"), NOW, &error).result, 0);
    assert_true(registry_remove(&registry, STR("null")));
    assert_int_equal(call(&registry, ALLOCATE, STR("new"), NOW, &error).result, 0);
    assert_int_equal(call(&registry, DUE, STR(""), NOW * TTL, &error).count, 2);
    registry_done(&registry);
}

static void what_is_stored_already_leaves_no_mark(void **state)
{
    (void)state;
    static const enum rule rules[] = {ALLOCATE, TOUCH, ENSURE};
    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
        struct registry registry;
        registry_init(&registry);
        struct entry *entry = add(&registry, "a", STATE_ACTIVE, "slot-1");
        assert_true(call(&registry, rules[i], STR("a"), OLD, NULL).found);
        assert_true(registry_is_clean(&registry));
        /* the same number, but stored as "1000": not the same */
        make_odd(&registry, entry)->last_active_at = STR("\"1000\"");
        assert_true(call(&registry, rules[i], STR("a"), OLD, NULL).found);
        assert_int_equal(entry->changes, LA);
        assert_null(entry->odd->last_active_at.data);
        registry_done(&registry);
    }
}

static void a_new_state_takes_the_place_of_an_unknown_word(void **state)
{
    (void)state;
    struct registry registry;
    registry_init(&registry);
    struct entry *entry = add(&registry, "a", STATE_OTHER, "slot-1");
    make_odd(&registry, entry)->state = STR("paused");
    assert_true(call(&registry, IDLE, STR("a"), NOW, NULL).found);
    assert_null(entry->odd->state.data);
    registry_done(&registry);
}

static void the_expired_are_listed_in_order(void **state)
{
    (void)state;
    struct registry registry;
    size_t *expired = NULL;
    size_t count = 99;
    registry_init(&registry);
    assert_int_equal(registry_expire_due(&registry, NOW, &expired, &count, NULL), 0);
    assert_int_equal(count, 0);
    assert_null(expired);
    for (int i = 0; i < 6; i++)
        add(&registry, (char[]){(char)('a' + i), '\0'}, STATE_IDLE, NULL)->last_active_at_ms =
            i % 3 == 1 ? NOW : NOW - TTL - 1;
    assert_int_equal(registry_expire_due(&registry, NOW, &expired, &count, NULL), 0);
    assert_int_equal(count, 4);
    assert_memory_equal(expired, ((size_t[]){0, 2, 3, 5}), 4 * sizeof(size_t));
    free(expired);
    assert_int_equal(registry_expire_due(&registry, NOW, &expired, &count, NULL), 0);
    assert_int_equal(count, 0);
    registry_done(&registry);
}

static void assert_slots_are_held_once(const struct registry *registry)
{
    size_t holders[sizeof(SLOTS) / sizeof(SLOTS[0])] = {0};
    for (size_t i = 0; i < registry->count; i++)
        for (size_t slot = 0; slot < POOL.slot_count; slot++)
            if (entry_is_live(&registry->entries[i]) &&
                str_equal(entry_chat_agent_id(&registry->entries[i]), SLOTS[slot]))
                assert_true(++holders[slot] <= 1);
}

static void two_live_sessions_never_get_one_slot(void **state)
{
    (void)state;
    struct registry registry;
    uint32_t random = 2463534242u;
    size_t fallbacks = 0;
    int64_t now_ms = NOW;
    registry_init(&registry);
    for (int i = 0; i < ROUNDS; i++) {
        random = random * 1664525u + 1013904223u;
        char id[] = {'s', (char)('a' + (random >> 16) % SESSIONS), '\0'};
        enum rule rule = (enum rule)((random >> 24) % RULE_COUNT);
        struct answer answer = call(&registry, rule, str_of(id), now_ms, NULL);
        assert_int_equal(answer.result, 0);
        fallbacks += answer.entry && entry_is_fallback(answer.entry);
        assert_slots_are_held_once(&registry);
        now_ms += (random >> 8) % 128 == 0 ? (int64_t)REGISTRY_DEFAULT_TTL_MS : 10;
        if (registry.count > 200) /* most are only marks of removal by now */
            registry_done(&registry);
    }
    assert_true(fallbacks > 0);
    registry_done(&registry);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_rule_does_to_each_state_what_the_seed_does),
        cmocka_unit_test(a_session_without_an_entry_gets_one_only_by_allocate),
        cmocka_unit_test(odd_values_instead_of_an_entry_meet_what_javascript_does_with_them),
        cmocka_unit_test(a_null_breaks_the_walk_for_every_new_session_until_it_is_removed),
        cmocka_unit_test(what_is_stored_already_leaves_no_mark),
        cmocka_unit_test(a_new_state_takes_the_place_of_an_unknown_word),
        cmocka_unit_test(the_expired_are_listed_in_order),
        cmocka_unit_test(two_live_sessions_never_get_one_slot),
    };
    return cmocka_run_group_tests_name("rules", tests, NULL, NULL);
}
