#include "core/operation_reason.h"

#include <assert.h>
#include <stdlib.h>

/* What the functions below work on, as one argument. */
struct task {
    struct registry *registry;
    const struct operation *operation;
    const struct pool *pool;
    struct outcome *outcome;
};

static int no_memory(struct error *error)
{
    return error_no_memory(error, "recording what an operation does");
}

bool operation_needs_pool(enum operation_kind kind)
{
    return kind == OPERATION_ALLOCATE || kind == OPERATION_RESUME || kind == OPERATION_ENSURE;
}

bool operation_creates(enum operation_kind kind)
{
    return kind == OPERATION_ALLOCATE || kind == OPERATION_PUT_BACK;
}

void outcome_done(struct outcome *outcome)
{
    free(outcome->changes);
    buffer_done(&outcome->entry_json);
    arena_done(&outcome->arena);
    *outcome = (struct outcome){.entry_index = SIZE_MAX};
}

/* Copies `text` for the outcome; absent stays absent. False without memory. */
static bool keep(struct outcome *outcome, struct str text, struct str *ret_copy)
{
    *ret_copy = text.data ? arena_copy(&outcome->arena, text) : text;
    return ret_copy->data || !text.data;
}

static struct str word_of(const struct entry *entry)
{
    if (entry->state == STATE_OTHER && entry->is_odd && entry->odd->state.data)
        return entry->odd->state;
    return str_of(entry_state_name((enum entry_state)entry->state));
}

/* What the record says of the time before the operation; `entry` may be NULL. */
static int record_before(struct outcome *outcome, struct change_record *record,
                         struct str session_id, const struct entry *entry, struct error *error)
{
    if (!keep(outcome, session_id, &record->session_id))
        return no_memory(error);
    if (!entry)
        return 0;
    record->had_entry = true;
    record->from = (enum entry_state)entry->state;
    if (!keep(outcome, word_of(entry), &record->from_text) ||
        !keep(outcome, entry_chat_agent_id(entry), &record->slot_id))
        return no_memory(error);
    return 0;
}

/* What the record says of the time after it; `entry` may be NULL. */
static int record_after(struct outcome *outcome, struct change_record *record,
                        const struct entry *entry, struct error *error)
{
    record->has_entry = entry != NULL;
    if (!entry)
        return 0;
    record->to = (enum entry_state)entry->state;
    if (!keep(outcome, word_of(entry), &record->to_text))
        return no_memory(error);
    if (!record->had_entry && !keep(outcome, entry_chat_agent_id(entry), &record->slot_id))
        return no_memory(error);
    return 0;
}

static bool has_raw_time(const struct entry *entry)
{
    return entry->is_odd && entry->odd->last_active_at.data;
}

/* Whether a rule has done something to an entry, told from copies of before and after. A
 * re-allocation always changes the state; a text put back has oddities of its own. */
static bool entry_differs(const struct entry *before, bool had_raw_time, const struct entry *after)
{
    return before->state != after->state || entry_odd(before) != entry_odd(after) ||
           had_raw_time != has_raw_time(after) ||
           !same_number(before->last_active_at_ms, after->last_active_at_ms);
}

/* The rules that answer with an entry. */
static int call_allocating_rule(const struct task *task, struct error *error)
{
    const struct operation *operation = task->operation;
    struct registry *registry = task->registry;
    struct str id = operation->session_id;
    int64_t now_ms = operation->now_ms;
    const double *ttl_ms = operation->has_ttl ? &operation->ttl_ms : NULL;
    struct entry *answer = NULL;
    int result;
    if (operation->kind == OPERATION_ENSURE) {
        result = registry_ensure(registry, id, task->pool, now_ms, &answer, error);
        if (result == 0 && answer &&
            !keep(task->outcome, entry_chat_agent_id(answer), &task->outcome->agent_id))
            return no_memory(error);
        return result;
    }
    if (operation->kind == OPERATION_ALLOCATE)
        result = registry_allocate(registry, id, task->pool, ttl_ms, now_ms, &answer, error);
    else
        result = registry_resume(registry, id, task->pool, ttl_ms, now_ms, &answer, error);
    if (result == 0 && answer)
        task->outcome->entry_index = (size_t)(answer - registry->entries);
    return result;
}

static int call_put_back(const struct task *task, struct error *error)
{
    const struct operation *operation = task->operation;
    struct put_back wish = {operation->session_id, operation->entry_text, operation->force};
    bool is_held = false;
    if (!operation->entry_text.data) {
        registry_remove(task->registry, operation->session_id);
        return 0;
    }
    int result = registry_put_back(task->registry, &wish, &is_held, error);
    if (result == 0 && is_held) {
        task->outcome->changes->kind = ERROR_CONFLICT;
        task->outcome->changes->reason = "its slot is held by another session since";
    }
    return result;
}

/* Calls the rule of a kind that concerns one session. */
static int call_rule(const struct task *task, struct error *error)
{
    struct str id = task->operation->session_id;
    bool found;
    switch (task->operation->kind) {
    case OPERATION_ALLOCATE:
    case OPERATION_RESUME:
    case OPERATION_ENSURE:
        return call_allocating_rule(task, error);
    case OPERATION_TOUCH:
        return registry_touch(task->registry, id, task->operation->now_ms, &found, error);
    case OPERATION_IDLE:
        return registry_mark_idle(task->registry, id, &found, error);
    case OPERATION_RELEASE:
        return registry_release(task->registry, id, &found, error);
    case OPERATION_EXPIRE:
        registry_force_expire(task->registry, id);
        return 0;
    case OPERATION_PURGE:
        registry_remove(task->registry, id);
        return 0;
    case OPERATION_PUT_BACK:
        return call_put_back(task, error);
    case OPERATION_EXPIRE_DUE:
    case OPERATION_PURGE_DELETED:
    case OPERATION_PURGE_EXPIRED:
    case OPERATION_GC:
        break;
    }
    assert(false);
    return 0;
}

/* The entry as this kind sees it: some concern even what no look-up finds. */
static const struct entry *entry_for(const struct task *task)
{
    const struct entry *entry = registry_get(task->registry, task->operation->session_id);
    enum operation_kind kind = task->operation->kind;
    bool sees_all = kind == OPERATION_PURGE || kind == OPERATION_PUT_BACK;
    return entry && (entry_is_present(entry) || sees_all) ? entry : NULL;
}

static int apply_to_one(const struct task *task, struct error *error)
{
    assert(task->operation->session_id.data);
    struct change_record *record = calloc(1, sizeof(*record));
    if (!record)
        return no_memory(error);
    task->outcome->changes = record;
    task->outcome->change_count = 1;
    const struct entry *entry = entry_for(task);
    struct entry before = entry ? *entry : (struct entry){0};
    bool had_raw_time = entry && has_raw_time(entry);
    int result = record_before(task->outcome, record, task->operation->session_id, entry, error);
    if (result != 0)
        return result;
    if (!operation_refuse(task->operation, entry, record)) {
        result = call_rule(task, error);
        if (result != 0)
            return result;
        entry = entry_for(task);
        record->changed = record->had_entry != (entry != NULL) ||
                          (entry && entry_differs(&before, had_raw_time, entry));
        if (record->kind == ERROR_NONE)
            record->reason = operation_reason(task->operation, record);
    }
    task->outcome->found = entry != NULL;
    return record_after(task->outcome, record, entry, error);
}

/* Whether the walk of an operation of this kind changes the entry. */
static bool is_concerned(enum operation_kind kind, const struct operation *operation,
                         const struct entry *entry)
{
    if (kind == OPERATION_EXPIRE_DUE)
        return entry_is_due(entry, operation->now_ms);
    if (!entry_is_present(entry))
        return false;
    if (kind == OPERATION_PURGE_DELETED)
        return entry->state == STATE_DELETED;
    return entry->state == STATE_EXPIRED && entry->last_active_at_ms < (double)operation->before_ms;
}

/* Makes a record for each entry that the walk is about to change. */
static int record_walk(const struct task *task, enum operation_kind kind, struct error *error)
{
    const struct registry *registry = task->registry;
    struct outcome *outcome = task->outcome;
    size_t count = outcome->change_count;
    for (size_t i = 0; i < registry->count; i++)
        count += is_concerned(kind, task->operation, &registry->entries[i]);
    if (count == outcome->change_count)
        return 0;
    struct change_record *changes = realloc(outcome->changes, count * sizeof(*changes));
    if (!changes)
        return no_memory(error);
    outcome->changes = changes;
    for (size_t i = 0; i < registry->count; i++) {
        const struct entry *entry = &registry->entries[i];
        if (!is_concerned(kind, task->operation, entry))
            continue;
        struct change_record *record = &changes[outcome->change_count++];
        *record = (struct change_record){.changed = true};
        int result = record_before(outcome, record, entry_session_id(entry), entry, error);
        if (result != 0)
            return result;
        if (kind == OPERATION_EXPIRE_DUE) {
            record->has_entry = true;
            record->to = STATE_EXPIRED;
            record->to_text = str_of(entry_state_name(STATE_EXPIRED));
        }
    }
    return 0;
}

static int walk_expire_due(const struct task *task, struct error *error)
{
    int result = record_walk(task, OPERATION_EXPIRE_DUE, error);
    if (result != 0)
        return result;
    return registry_expire_due(task->registry, task->operation->now_ms, NULL,
                               &task->outcome->expired_count, error);
}

static int walk_purge_deleted(const struct task *task, struct error *error)
{
    int result = record_walk(task, OPERATION_PURGE_DELETED, error);
    if (result != 0)
        return result;
    return registry_purge_deleted(task->registry, &task->outcome->purged_count, error);
}

static int walk_purge_expired(const struct task *task, struct error *error)
{
    struct outcome *outcome = task->outcome;
    int result = record_walk(task, OPERATION_PURGE_EXPIRED, error);
    if (result != 0)
        return result;
    for (size_t i = 0; i < outcome->change_count; i++)
        outcome->purged_count += registry_remove(task->registry, outcome->changes[i].session_id);
    return 0;
}

static int apply(const struct task *task, struct error *error)
{
    switch (task->operation->kind) {
    case OPERATION_EXPIRE_DUE:
        return walk_expire_due(task, error);
    case OPERATION_PURGE_DELETED:
        return walk_purge_deleted(task, error);
    case OPERATION_PURGE_EXPIRED:
        return walk_purge_expired(task, error);
    case OPERATION_GC: {
        int result = walk_expire_due(task, error);
        return result == 0 ? walk_purge_deleted(task, error) : result;
    }
    case OPERATION_ALLOCATE:
    case OPERATION_TOUCH:
    case OPERATION_IDLE:
    case OPERATION_RELEASE:
    case OPERATION_EXPIRE:
    case OPERATION_RESUME:
    case OPERATION_ENSURE:
    case OPERATION_PURGE:
    case OPERATION_PUT_BACK:
        break;
    }
    return apply_to_one(task, error);
}

int operation_apply(struct registry *registry, const struct operation *operation,
                    const struct pool *pool, struct outcome *ret_outcome, struct error *error)
{
    assert(pool || !operation_needs_pool(operation->kind));
    struct outcome outcome = {.entry_index = SIZE_MAX};
    struct task task = {registry, operation, pool, &outcome};
    int result = apply(&task, error);
    if (result == 0)
        *ret_outcome = outcome;
    else
        outcome_done(&outcome);
    return result;
}
