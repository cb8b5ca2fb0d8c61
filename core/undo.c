#include "core/undo.h"

#include "core/document_part.h"

#include <errno.h>
#include <stdlib.h>

/* A walk back through the log, knowing at each operation whether a newer one has undone it. */
struct history {
    struct journal_log *log;
    const struct undo_wish *wish;
    struct {
        uint32_t id, by;
    } * undone;
    size_t count;
    size_t capacity;
};

static int no_memory(struct error *error)
{
    return error_set(error, ERROR_SYSTEM, ENOMEM, "reading the journal: out of memory");
}

/* The undo that has taken an operation back; 0 if none has. */
static uint32_t undone_by(const struct history *history, uint32_t id)
{
    for (size_t i = 0; i < history->count; i++)
        if (history->undone[i].id == id)
            return history->undone[i].by;
    return 0;
}

/* Takes note of what this operation has undone, unless it is undone itself. */
static int note(struct history *history, const struct journal_operation *operation)
{
    if (!operation->undoes || undone_by(history, operation->id))
        return 0;
    if (history->count == history->capacity) {
        size_t capacity = history->capacity ? history->capacity * 2 : 16;
        void *grown = reallocarray(history->undone, capacity, sizeof(*history->undone));
        if (!grown)
            return -ENOMEM;
        history->undone = grown;
        history->capacity = capacity;
    }
    history->undone[history->count].id = operation->undoes;
    history->undone[history->count++].by = operation->id;
    return 0;
}

static bool is_undo(const struct journal_operation *operation)
{
    return str_equal(operation->command, STR("undo"));
}

const char *undo_word(const struct journal_operation *operation)
{
    return is_undo(operation) ? "redo" : "undo";
}

static bool is_by(const struct journal *by, const struct journal_operation *operation)
{
    return operation->pid == by->pid && str_equal(operation->host, str_of(by->host));
}

/* On this registry, and of this process where only its own count. */
static bool is_concerned(const struct undo_wish *wish, const struct journal_operation *operation)
{
    return str_equal(operation->registry, wish->registry) &&
           (!wish->by || is_by(wish->by, operation));
}

enum verdict { VERDICT_PASS, VERDICT_TAKE, VERDICT_UNDONE, VERDICT_NONE };

static enum verdict judge(const struct history *history, const struct journal_operation *operation)
{
    const struct undo_wish *wish = history->wish;
    bool is_undone = undone_by(history, operation->id) != 0;
    if (wish->id) {
        if (operation->id != wish->id)
            return VERDICT_PASS;
        return is_undone ? VERDICT_UNDONE : VERDICT_TAKE;
    }
    if (is_undone)
        return VERDICT_PASS;
    if (!wish->redo)
        return operation->undoes ? VERDICT_PASS : VERDICT_TAKE;
    if (is_undo(operation))
        return VERDICT_TAKE;
    return operation->undoes ? VERDICT_PASS : VERDICT_NONE;
}

static int say_none(const struct undo_wish *wish, struct error *error)
{
    char id[JOURNAL_ID_SIZE];
    int len = (int)(wish->registry.len < 300 ? wish->registry.len : 300);
    if (wish->id)
        return error_set(error, ERROR_NOT_FOUND, ENOENT, "%s: no such operation on %.*s",
                         journal_id_text(wish->id, id), len, wish->registry.data);
    return error_set(error, ERROR_NOT_FOUND, ENOENT, "nothing to %s on %.*s",
                     wish->redo ? "redo" : "undo", len, wish->registry.data);
}

static int say_undone(uint32_t undone, uint32_t by, struct error *error)
{
    char id[JOURNAL_ID_SIZE], by_id[JOURNAL_ID_SIZE];
    (void)journal_id_text(undone, id);
    (void)journal_id_text(by, by_id);
    return error_set(error, ERROR_CONFLICT, EALREADY,
                     "%s has been undone by %s since; nothing was changed; 'slotop undo %s' does "
                     "it again",
                     id, by_id, by_id);
}

int undo_find(struct journal_log *log, const struct undo_wish *wish,
              struct journal_operation *ret_operation, struct error *error)
{
    struct history history = {.log = log, .wish = wish};
    struct journal_operation operation;
    enum verdict verdict = VERDICT_PASS;
    int result;
    journal_rewind(log);
    while ((result = journal_previous(log, &operation, error)) > 0) {
        verdict = is_concerned(wish, &operation) ? judge(&history, &operation) : VERDICT_PASS;
        if (verdict != VERDICT_PASS)
            break;
        if (note(&history, &operation) != 0) {
            result = no_memory(error);
            break;
        }
    }
    if (result > 0 && verdict == VERDICT_TAKE)
        *ret_operation = operation;
    else if (result > 0 && verdict == VERDICT_UNDONE)
        result = say_undone(operation.id, undone_by(&history, operation.id), error);
    else if (result >= 0)
        result = say_none(wish, error);
    free(history.undone);
    return result > 0 ? 0 : result;
}

int undo_each(struct journal_log *log, const struct undo_wish *wish,
              bool (*take)(void *context, const struct journal_operation *operation), void *context,
              struct error *error)
{
    struct history history = {.log = log, .wish = wish};
    struct journal_operation operation;
    bool goes_on = true;
    int result = 0;
    journal_rewind(log);
    while (goes_on && (result = journal_previous(log, &operation, error)) > 0) {
        if (is_concerned(wish, &operation) && judge(&history, &operation) == VERDICT_TAKE)
            goes_on = take(context, &operation);
        if (note(&history, &operation) != 0) {
            result = no_memory(error);
            break;
        }
    }
    free(history.undone);
    return result < 0 ? result : 0;
}

/* The guard: the entry is as the operation left it. */
static int guard(const struct journal_change *change, struct operation *operation)
{
    operation->has_guard = true;
    operation->guard_absent = !change->after.data;
    if (operation->guard_absent)
        return 0;
    struct registry registry;
    struct entry entry = {0};
    struct buffer scratch = {0};
    registry_init(&registry);
    int result = document_fill_entry(&registry, &entry, change->after, &scratch);
    operation->guard_state = (enum entry_state)entry.state;
    operation->guard_last_active_at_ms = entry.last_active_at_ms;
    buffer_done(&scratch);
    registry_done(&registry);
    return result;
}

int undo_operations(const struct journal_operation *undone, int64_t now_ms,
                    struct operation **ret_operations, struct error *error)
{
    struct operation *operations = calloc(undone->change_count, sizeof(*operations));
    if (!operations)
        return no_memory(error);
    for (size_t i = 0; i < undone->change_count; i++) {
        const struct journal_change *change = &undone->changes[i];
        operations[i] = (struct operation){
            .kind = OPERATION_PUT_BACK,
            .session_id = change->session_id,
            .now_ms = now_ms,
            .entry_text = change->before,
        };
        if (guard(change, &operations[i]) != 0) {
            free(operations);
            return no_memory(error);
        }
    }
    *ret_operations = operations;
    return 0;
}

static bool has_changed(const struct journal_operation *operation, struct str session_id)
{
    for (size_t i = 0; i < operation->change_count; i++)
        if (str_equal(operation->changes[i].session_id, session_id))
            return true;
    return false;
}

int undo_is_by_other(struct journal_log *log, const struct journal *by, struct str registry,
                     struct str session_id, bool *ret_is_by_other, struct error *error)
{
    struct journal_operation operation;
    int result;
    journal_rewind(log);
    while ((result = journal_previous(log, &operation, error)) > 0)
        if (str_equal(operation.registry, registry) && has_changed(&operation, session_id))
            break;
    if (result < 0)
        return result;
    *ret_is_by_other = result > 0 && !is_by(by, &operation);
    return 0;
}
