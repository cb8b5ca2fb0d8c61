#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <math.h>
#include <string.h>

#include "core/operation.h"

enum { OLD = 1000, NOW = 5000, TTL = 100000 };

static const struct str SLOTS[] = {{"slot-1", 6}, {"slot-2", 6}};
static const struct pool POOL = {{"main", 4}, SLOTS, 2};

static struct entry *add(struct registry *registry, const char *id, enum entry_state state)
{
    struct entry *entry = registry_add(registry, str_of(id));
    assert_non_null(entry);
    entry->state = (uint8_t)state;
    entry->created_at_ms = OLD;
    entry->last_active_at_ms = OLD;
    const struct entry_terms terms = {.chat_agent_id = STR("slot-2"), .idle_ttl_ms = TTL};
    assert_true(registry_set_terms(registry, entry, &terms));
    return entry;
}

static struct entry_odd *make_odd(struct registry *registry, struct entry *entry)
{
    struct entry_odd *odd = registry_make_odd(registry, entry);
    assert_non_null(odd);
    return odd;
}

static void set_ttl(struct registry *registry, struct entry *entry, double ttl_ms)
{
    const struct entry_terms terms = {entry_chat_agent_id(entry), entry_workspace_agent_id(entry),
                                      ttl_ms};
    assert_true(registry_set_terms(registry, entry, &terms));
}

static struct outcome apply(struct registry *registry, const struct operation *operation)
{
    struct outcome outcome;
    struct error error;
    assert_int_equal(operation_apply(registry, operation, &POOL, &outcome, &error), 0);
    return outcome;
}

static void assert_text(struct str text, const char *expected)
{
    assert_int_equal(text.data != NULL, expected != NULL);
    assert_true(str_equal(text, str_of(expected)));
}

static void assert_reason(const char *reason, const char *expected)
{
    assert_int_equal(reason != NULL, expected != NULL);
    if (expected)
        assert_string_equal(reason, expected);
}

static void each_kind_says_what_it_did_to_each_state_or_why_not(void **state)
{
    (void)state;
    static const char SAME_TIME[] = "already touched at this time";
    static const struct {
        enum operation_kind kind;
        enum entry_state from, to;
        bool changed;
        int64_t now_ms;
        const char *reason;
    } rows[] = {
        {OPERATION_ALLOCATE, STATE_ACTIVE, STATE_ACTIVE, true, NOW, NULL},
        {OPERATION_ALLOCATE, STATE_ACTIVE, STATE_ACTIVE, false, OLD, "already active"},
        {OPERATION_ALLOCATE, STATE_IDLE, STATE_ACTIVE, true, OLD, NULL},
        {OPERATION_ALLOCATE, STATE_EXPIRED, STATE_ACTIVE, true, OLD, NULL},
        {OPERATION_ALLOCATE, STATE_DELETED, STATE_ACTIVE, true, OLD, NULL},
        {OPERATION_TOUCH, STATE_ACTIVE, STATE_ACTIVE, true, NOW, NULL},
        {OPERATION_TOUCH, STATE_ACTIVE, STATE_ACTIVE, false, OLD, SAME_TIME},
        {OPERATION_TOUCH, STATE_OTHER, STATE_OTHER, false, OLD, SAME_TIME},
        {OPERATION_TOUCH, STATE_IDLE, STATE_ACTIVE, true, OLD, NULL},
        {OPERATION_TOUCH, STATE_EXPIRED, STATE_EXPIRED, true, NOW,
         "expired: touch moves its time only"},
        {OPERATION_TOUCH, STATE_DELETED, STATE_DELETED, true, NOW,
         "released: touch moves its time only"},
        {OPERATION_TOUCH, STATE_EXPIRED, STATE_EXPIRED, false, OLD, SAME_TIME},
        {OPERATION_TOUCH, STATE_DELETED, STATE_DELETED, false, OLD, SAME_TIME},
        {OPERATION_IDLE, STATE_ACTIVE, STATE_IDLE, true, NOW, NULL},
        {OPERATION_IDLE, STATE_OTHER, STATE_IDLE, true, NOW, NULL},
        {OPERATION_IDLE, STATE_IDLE, STATE_IDLE, false, NOW, "already idle"},
        {OPERATION_IDLE, STATE_EXPIRED, STATE_EXPIRED, false, NOW,
         "expired: mark idle does nothing"},
        {OPERATION_IDLE, STATE_DELETED, STATE_DELETED, false, NOW,
         "released: mark idle does nothing"},
        {OPERATION_RELEASE, STATE_EXPIRED, STATE_DELETED, true, NOW, NULL},
        {OPERATION_RELEASE, STATE_DELETED, STATE_DELETED, false, NOW, "already released"},
        {OPERATION_EXPIRE, STATE_ACTIVE, STATE_EXPIRED, true, NOW, NULL},
        {OPERATION_EXPIRE, STATE_EXPIRED, STATE_EXPIRED, false, NOW, "already expired"},
        {OPERATION_EXPIRE, STATE_DELETED, STATE_DELETED, false, NOW,
         "released: only a live entry can expire"},
        {OPERATION_EXPIRE, STATE_OTHER, STATE_OTHER, false, NOW,
         "of unknown state: only a live entry can expire"},
        {OPERATION_RESUME, STATE_EXPIRED, STATE_ACTIVE, true, OLD, NULL},
        {OPERATION_RESUME, STATE_ACTIVE, STATE_ACTIVE, false, NOW, "not expired: left as it is"},
        {OPERATION_RESUME, STATE_IDLE, STATE_IDLE, false, NOW, "not expired: left as it is"},
        {OPERATION_RESUME, STATE_OTHER, STATE_OTHER, false, NOW, "not expired: left as it is"},
        {OPERATION_RESUME, STATE_DELETED, STATE_DELETED, false, NOW, "released: left as it is"},
        {OPERATION_ENSURE, STATE_EXPIRED, STATE_ACTIVE, true, NOW, NULL},
        {OPERATION_ENSURE, STATE_IDLE, STATE_ACTIVE, true, NOW, NULL},
        {OPERATION_ENSURE, STATE_ACTIVE, STATE_ACTIVE, false, OLD, SAME_TIME},
        {OPERATION_ENSURE, STATE_DELETED, STATE_DELETED, false, NOW,
         "released: nobody takes the message"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct registry registry;
        registry_init(&registry);
        add(&registry, "a", rows[i].from);
        struct outcome outcome = apply(&registry, &(struct operation){.kind = rows[i].kind,
                                                                      .session_id = STR("a"),
                                                                      .now_ms = rows[i].now_ms});
        const struct change_record *change = outcome.changes;
        assert_int_equal(outcome.change_count, 1);
        assert_true(outcome.found && change->had_entry && change->has_entry);
        assert_int_equal(change->kind, ERROR_NONE);
        assert_text(change->session_id, "a");
        assert_text(change->slot_id, "slot-2");
        assert_int_equal(change->from, rows[i].from);
        assert_int_equal(change->to, rows[i].to);
        assert_text(change->from_text, entry_state_name(rows[i].from));
        assert_text(change->to_text, entry_state_name(rows[i].to));
        assert_int_equal(change->changed, rows[i].changed);
        assert_int_equal(registry_is_clean(&registry), !rows[i].changed);
        assert_reason(change->reason, rows[i].reason);
        outcome_done(&outcome);
        registry_done(&registry);
    }
}

static void a_session_that_is_not_there_is_not_found_but_allocate_makes_it(void **state)
{
    (void)state;
    for (enum operation_kind kind = OPERATION_ALLOCATE; kind <= OPERATION_PURGE; kind++) {
        if (kind == OPERATION_EXPIRE_DUE)
            continue;
        struct registry registry;
        registry_init(&registry);
        add(&registry, "other", STATE_ACTIVE);
        struct outcome outcome = apply(
            &registry, &(struct operation){.kind = kind, .session_id = STR("a"), .now_ms = NOW});
        const struct change_record *change = outcome.changes;
        bool makes = kind == OPERATION_ALLOCATE;
        assert_int_equal(operation_creates(kind), makes);
        assert_int_equal(outcome.found, makes);
        assert_int_equal(outcome.entry_index, makes ? 1 : SIZE_MAX);
        assert_false(change->had_entry);
        assert_int_equal(change->has_entry, makes);
        assert_int_equal(change->changed, makes);
        assert_int_equal(change->kind, makes ? ERROR_NONE : ERROR_NOT_FOUND);
        assert_reason(change->reason, makes ? NULL : "no such session");
        assert_text(change->slot_id, makes ? "slot-1" : NULL);
        assert_text(change->from_text, NULL);
        assert_text(change->to_text, makes ? "active" : NULL);
        assert_null(outcome.agent_id.data);
        assert_int_equal(registry_is_clean(&registry), !makes);
        outcome_done(&outcome);
        registry_done(&registry);
    }
}

static void allocate_and_resume_answer_with_an_entry_and_ensure_with_an_agent(void **state)
{
    (void)state;
    static const struct {
        enum operation_kind kind;
        enum entry_state from;
        size_t entry_index;
        const char *agent;
    } rows[] = {
        {OPERATION_ALLOCATE, STATE_ACTIVE, 1, NULL},
        {OPERATION_ALLOCATE, STATE_EXPIRED, 1, NULL},
        {OPERATION_RESUME, STATE_EXPIRED, 1, NULL},
        {OPERATION_RESUME, STATE_DELETED, 1, NULL},
        {OPERATION_ENSURE, STATE_ACTIVE, SIZE_MAX, "slot-2"},
        {OPERATION_ENSURE, STATE_EXPIRED, SIZE_MAX, "slot-1"},
        {OPERATION_ENSURE, STATE_DELETED, SIZE_MAX, NULL},
        {OPERATION_TOUCH, STATE_ACTIVE, SIZE_MAX, NULL},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct registry registry;
        registry_init(&registry);
        add(&registry, "other", STATE_EXPIRED);
        add(&registry, "a", rows[i].from);
        struct operation operation = {.kind = rows[i].kind,
                                      .session_id = STR("a"),
                                      .now_ms = NOW,
                                      .has_ttl = true,
                                      .ttl_ms = 77};
        struct outcome outcome = apply(&registry, &operation);
        assert_int_equal(outcome.entry_index, rows[i].entry_index);
        assert_text(outcome.agent_id, rows[i].agent);
        assert_int_equal(operation_needs_pool(rows[i].kind), rows[i].kind != OPERATION_TOUCH);
        const struct entry *entry = &registry.entries[1];
        bool has_new_ttl = (entry->changes & CHANGE_REPLACED) && rows[i].kind != OPERATION_ENSURE;
        assert_int_equal(entry_idle_ttl_ms(entry), has_new_ttl ? 77 : TTL);
        outcome_done(&outcome);
        registry_done(&registry);
    }
}

static void an_entry_that_differs_from_what_was_seen_is_left_alone(void **state)
{
    (void)state;
    static const struct {
        double last, guard_last;
        enum entry_state guard_state;
        const char *session;
        enum error_kind kind;
    } rows[] = {
        {OLD, OLD, STATE_IDLE, "a", ERROR_NONE},
        {OLD, OLD, STATE_ACTIVE, "a", ERROR_CONFLICT},
        {OLD, OLD + 1, STATE_IDLE, "a", ERROR_CONFLICT},
        {NAN, NAN, STATE_IDLE, "a", ERROR_NONE},
        {NAN, OLD, STATE_IDLE, "a", ERROR_CONFLICT},
        {OLD, NAN, STATE_IDLE, "a", ERROR_CONFLICT},
        {OLD, OLD, STATE_IDLE, "gone", ERROR_NOT_FOUND},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct registry registry;
        registry_init(&registry);
        add(&registry, "a", STATE_IDLE)->last_active_at_ms = rows[i].last;
        struct operation operation = {
            .kind = OPERATION_RELEASE,
            .session_id = str_of(rows[i].session),
            .has_guard = true,
            .guard_state = rows[i].guard_state,
            .guard_last_active_at_ms = rows[i].guard_last,
        };
        struct outcome outcome = apply(&registry, &operation);
        assert_int_equal(outcome.changes->kind, rows[i].kind);
        assert_int_equal(outcome.changes->changed, rows[i].kind == ERROR_NONE);
        assert_int_equal(outcome.changes->reason == NULL, rows[i].kind == ERROR_NONE);
        assert_int_equal(registry_is_clean(&registry), rows[i].kind != ERROR_NONE);
        outcome_done(&outcome);
        registry_done(&registry);
    }
}

static void an_allocate_that_saw_an_entry_does_not_make_a_new_one(void **state)
{
    (void)state;
    struct registry registry;
    registry_init(&registry);
    struct outcome outcome = apply(
        &registry,
        &(struct operation){.kind = OPERATION_ALLOCATE, .session_id = STR("a"), .has_guard = true});
    assert_int_equal(outcome.changes->kind, ERROR_CONFLICT);
    assert_int_equal(registry.count, 0);
    outcome_done(&outcome);
    registry_done(&registry);
}

static void purge_takes_a_live_entry_only_with_force(void **state)
{
    (void)state;
    static const struct {
        enum entry_state from;
        enum entry_shape shape;
        bool force;
        bool removed;
    } rows[] = {
        {STATE_ACTIVE, ENTRY_OBJECT, false, false}, {STATE_IDLE, ENTRY_OBJECT, false, false},
        {STATE_ACTIVE, ENTRY_OBJECT, true, true},   {STATE_EXPIRED, ENTRY_OBJECT, false, true},
        {STATE_DELETED, ENTRY_OBJECT, false, true}, {STATE_OTHER, ENTRY_OBJECT, false, true},
        {STATE_OTHER, ENTRY_NOTHING, false, true},  {STATE_OTHER, ENTRY_ARRAY, false, true},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct registry registry;
        registry_init(&registry);
        add(&registry, "a", rows[i].from)->shape = (uint8_t)rows[i].shape;
        struct outcome outcome = apply(&registry, &(struct operation){.kind = OPERATION_PURGE,
                                                                      .session_id = STR("a"),
                                                                      .force = rows[i].force});
        const struct change_record *change = outcome.changes;
        assert_int_equal(change->kind, rows[i].removed ? ERROR_NONE : ERROR_REFUSED);
        assert_int_equal(change->changed, rows[i].removed);
        assert_int_equal(change->has_entry, !rows[i].removed);
        assert_int_equal(outcome.found, !rows[i].removed);
        assert_true(change->had_entry);
        assert_int_equal(registry.entries[0].changes, rows[i].removed ? CHANGE_REMOVED : 0);
        outcome_done(&outcome);
        registry_done(&registry);
    }
}

/* a expired long ago, b deleted, c due, d active, e expired just now, f due, g expired without a
 * time, h deleted. */
static void fill_for_walks(struct registry *registry)
{
    add(registry, "a", STATE_EXPIRED);
    add(registry, "b", STATE_DELETED);
    set_ttl(registry, add(registry, "c", STATE_IDLE), 0);
    add(registry, "d", STATE_ACTIVE);
    add(registry, "e", STATE_EXPIRED)->last_active_at_ms = NOW;
    struct entry *entry = add(registry, "f", STATE_OTHER);
    set_ttl(registry, entry, 0);
    make_odd(registry, entry)->state = STR("paused");
    add(registry, "g", STATE_EXPIRED)->last_active_at_ms = NAN;
    add(registry, "h", STATE_DELETED);
}

static void walks_list_what_they_change_in_the_order_of_the_file(void **state)
{
    (void)state;
    static const struct {
        enum operation_kind kind;
        const char *expired, *purged;
    } rows[] = {
        {OPERATION_EXPIRE_DUE, "cf", ""},
        {OPERATION_PURGE_DELETED, "", "bh"},
        {OPERATION_PURGE_EXPIRED, "", "a"},
        {OPERATION_GC, "cf", "bh"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct registry registry;
        registry_init(&registry);
        fill_for_walks(&registry);
        struct outcome outcome = apply(
            &registry, &(struct operation){.kind = rows[i].kind, .now_ms = NOW, .before_ms = NOW});
        size_t expired = strlen(rows[i].expired);
        assert_int_equal(outcome.expired_count, expired);
        assert_int_equal(outcome.purged_count, strlen(rows[i].purged));
        assert_int_equal(outcome.change_count, expired + outcome.purged_count);
        assert_int_equal(outcome.entry_index, SIZE_MAX);
        for (size_t j = 0; j < outcome.change_count; j++) {
            const struct change_record *change = &outcome.changes[j];
            bool is_expiry = j < expired;
            char id = is_expiry ? rows[i].expired[j] : rows[i].purged[j - expired];
            assert_int_equal(change->session_id.data[0], id);
            assert_true(change->had_entry && change->changed && change->kind == ERROR_NONE);
            assert_int_equal(change->has_entry, is_expiry);
            assert_text(change->to_text, is_expiry ? "expired" : NULL);
            assert_text(change->slot_id, "slot-2");
            uint8_t changes = registry_find(&registry, change->session_id)->changes;
            assert_int_equal(changes, is_expiry ? CHANGE_STATE : CHANGE_REMOVED);
        }
        outcome_done(&outcome);
        registry_done(&registry);
    }
}

static void a_walk_that_finds_nothing_has_no_records(void **state)
{
    (void)state;
    struct registry registry;
    registry_init(&registry);
    add(&registry, "a", STATE_ACTIVE);
    struct outcome outcome = apply(&registry, &(struct operation){.kind = OPERATION_GC});
    assert_int_equal(outcome.change_count, 0);
    assert_null(outcome.changes);
    assert_true(registry_is_clean(&registry));
    outcome_done(&outcome);
    registry_done(&registry);
}

static void an_unknown_state_is_told_in_its_own_word(void **state)
{
    (void)state;
    struct registry registry;
    registry_init(&registry);
    make_odd(&registry, add(&registry, "a", STATE_OTHER))->state = STR("paused");
    struct operation operation = {.kind = OPERATION_TOUCH, .session_id = STR("a"), .now_ms = NOW};
    struct outcome outcome = apply(&registry, &operation);
    assert_text(outcome.changes->from_text, "paused");
    assert_text(outcome.changes->to_text, "paused");
    outcome_done(&outcome);
    operation.kind = OPERATION_RELEASE;
    outcome = apply(&registry, &operation);
    registry_done(&registry);
    /* the outcome's strings are its own */
    assert_text(outcome.changes->from_text, "paused");
    assert_text(outcome.changes->to_text, "deleted");
    assert_text(outcome.changes->slot_id, "slot-2");
    outcome_done(&outcome);
}

static void what_an_earlier_operation_marked_is_not_a_change_of_this_one(void **state)
{
    (void)state;
    struct registry registry;
    registry_init(&registry);
    add(&registry, "a", STATE_ACTIVE);
    struct operation operation = {.kind = OPERATION_IDLE, .session_id = STR("a")};
    struct outcome outcome = apply(&registry, &operation);
    assert_true(outcome.changes->changed);
    outcome_done(&outcome);
    outcome = apply(&registry, &operation);
    assert_false(outcome.changes->changed);
    outcome_done(&outcome);
    registry_done(&registry);
}

static void where_the_seed_throws_nothing_is_changed_and_no_outcome_given(void **state)
{
    (void)state;
    static const enum operation_kind kinds[] = {OPERATION_ALLOCATE, OPERATION_EXPIRE_DUE,
                                                OPERATION_PURGE_DELETED, OPERATION_GC};
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        struct registry registry;
        struct error error;
        struct outcome outcome = {.change_count = 42};
        registry_init(&registry);
        fill_for_walks(&registry);
        struct entry *null = add(&registry, "null", STATE_OTHER);
        null->shape = ENTRY_NOTHING;
        make_odd(&registry, null)->is_null = true;
        struct operation operation = {.kind = kinds[i], .session_id = STR("new"), .now_ms = NOW};
        assert_int_equal(operation_apply(&registry, &operation, &POOL, &outcome, &error), -EUCLEAN);
        assert_int_equal(error.kind, ERROR_UNUSABLE);
        assert_int_equal(outcome.change_count, 42);
        assert_true(registry_is_clean(&registry));
        assert_null(registry_find(&registry, STR("new")));
        registry_done(&registry);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_says_what_it_did_to_each_state_or_why_not),
        cmocka_unit_test(a_session_that_is_not_there_is_not_found_but_allocate_makes_it),
        cmocka_unit_test(allocate_and_resume_answer_with_an_entry_and_ensure_with_an_agent),
        cmocka_unit_test(an_entry_that_differs_from_what_was_seen_is_left_alone),
        cmocka_unit_test(an_allocate_that_saw_an_entry_does_not_make_a_new_one),
        cmocka_unit_test(purge_takes_a_live_entry_only_with_force),
        cmocka_unit_test(walks_list_what_they_change_in_the_order_of_the_file),
        cmocka_unit_test(a_walk_that_finds_nothing_has_no_records),
        cmocka_unit_test(an_unknown_state_is_told_in_its_own_word),
        cmocka_unit_test(what_an_earlier_operation_marked_is_not_a_change_of_this_one),
        cmocka_unit_test(where_the_seed_throws_nothing_is_changed_and_no_outcome_given),
    };
    return cmocka_run_group_tests_name("operation", tests, NULL, NULL);
}
