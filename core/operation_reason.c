#include "core/operation_reason.h"

static bool guard_holds(const struct operation *operation, const struct entry *entry)
{
    return entry && entry->state == operation->guard_state &&
           same_number(entry->last_active_at_ms, operation->guard_last_active_at_ms);
}

const char *operation_reason(const struct operation *operation, const struct change_record *record)
{
    static const struct {
        enum operation_kind kind;
        enum entry_state from;
        bool changed;
        const char *reason;
    } reasons[] = {
        {OPERATION_ALLOCATE, STATE_ACTIVE, false, "already active"},
        {OPERATION_TOUCH, STATE_ACTIVE, false, "already touched at this time"},
        {OPERATION_TOUCH, STATE_OTHER, false, "already touched at this time"},
        {OPERATION_TOUCH, STATE_EXPIRED, false, "already touched at this time"},
        {OPERATION_TOUCH, STATE_EXPIRED, true, "expired: touch moves its time only"},
        {OPERATION_TOUCH, STATE_DELETED, false, "already touched at this time"},
        {OPERATION_TOUCH, STATE_DELETED, true, "released: touch moves its time only"},
        {OPERATION_IDLE, STATE_IDLE, false, "already idle"},
        {OPERATION_IDLE, STATE_EXPIRED, false, "expired: mark idle does nothing"},
        {OPERATION_IDLE, STATE_DELETED, false, "released: mark idle does nothing"},
        {OPERATION_RELEASE, STATE_DELETED, false, "already released"},
        {OPERATION_EXPIRE, STATE_EXPIRED, false, "already expired"},
        {OPERATION_EXPIRE, STATE_DELETED, false, "released: only a live entry can expire"},
        {OPERATION_EXPIRE, STATE_OTHER, false, "of unknown state: only a live entry can expire"},
        {OPERATION_RESUME, STATE_ACTIVE, false, "not expired: left as it is"},
        {OPERATION_RESUME, STATE_IDLE, false, "not expired: left as it is"},
        {OPERATION_RESUME, STATE_DELETED, false, "released: left as it is"},
        {OPERATION_RESUME, STATE_OTHER, false, "not expired: left as it is"},
        {OPERATION_ENSURE, STATE_ACTIVE, false, "already touched at this time"},
        {OPERATION_ENSURE, STATE_OTHER, false, "already touched at this time"},
        {OPERATION_ENSURE, STATE_DELETED, false, "released: nobody takes the message"},
    };
    if (operation->kind == OPERATION_PUT_BACK && !record->changed)
        return operation->entry_text.data ? "already as it was" : "already gone";
    for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
        if (reasons[i].kind == operation->kind && reasons[i].from == record->from &&
            reasons[i].changed == record->changed)
            return reasons[i].reason;
    return NULL;
}

/* What has happened to an entry that is not as PUT_BACK's guard says; NULL if it is. */
static const char *moved_on(const struct operation *operation, const struct entry *entry)
{
    static const char *const words[] = {
        [STATE_OTHER] = "it changed since",        [STATE_ACTIVE] = "it is active again since",
        [STATE_IDLE] = "it was marked idle since", [STATE_EXPIRED] = "it expired since",
        [STATE_DELETED] = "it was released since",
    };
    if (!entry)
        return NULL;
    if (!operation->has_guard)
        return "it exists now";
    if (operation->guard_absent)
        return "it exists again since";
    if (entry->shape != ENTRY_OBJECT)
        return words[STATE_OTHER];
    if (entry->state != operation->guard_state)
        return words[entry->state];
    return guard_holds(operation, entry) ? NULL : "it was used since";
}

bool operation_refuse(const struct operation *operation, const struct entry *entry,
                      struct change_record *record)
{
    if (operation->kind == OPERATION_PUT_BACK) {
        record->reason = moved_on(operation, entry);
        record->kind = record->reason ? ERROR_CONFLICT : ERROR_NONE;
    } else if (!entry && !operation_creates(operation->kind)) {
        record->kind = ERROR_NOT_FOUND;
        record->reason = "no such session";
    } else if (operation->has_guard && !guard_holds(operation, entry)) {
        record->kind = ERROR_CONFLICT;
        record->reason = "changed since it was looked at";
    } else if (operation->kind == OPERATION_PURGE && entry_is_live(entry) && !operation->force) {
        record->kind = ERROR_REFUSED;
        record->reason = "live: purge takes it only with force";
    }
    return record->kind != ERROR_NONE;
}
