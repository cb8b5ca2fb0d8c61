/*
 * Input: the newer file of the journal, NUL, the older one. Whatever the lines are, the walk ends,
 * gives the whole records from the last to the first, and what it gives can be written again and
 * taken back.
 */
#include "core/document.h"
#include "core/undo.h"
#include "tests/fuzz/fuzz.h"
#include "tests/helpers/tree.h"

#include <stdlib.h>
#include <string.h>

static void check_entry(struct str entry)
{
    FUZZ_CHECK(!entry.data || (json_check(entry, NULL) && json_kind(entry) != JSON_NULL));
}

static void check_operation(const struct journal_operation *operation)
{
    char text[JOURNAL_ID_SIZE];
    FUZZ_CHECK(operation->id > 0 && operation->id <= JOURNAL_ID_MAX);
    FUZZ_CHECK(operation->undoes <= JOURNAL_ID_MAX);
    FUZZ_CHECK(journal_id_parse(str_of(journal_id_text(operation->id, text))) == operation->id);
    FUZZ_CHECK(operation->registry.data && operation->command.data && operation->change_count > 0);
    for (size_t i = 0; i < operation->change_count; i++) {
        FUZZ_CHECK(operation->changes[i].session_id.data);
        check_entry(operation->changes[i].before);
        check_entry(operation->changes[i].after);
    }
}

/* Ids of the whole records of a text, each line read by itself, from the first to the last. */
static size_t read_lines(struct str text, uint32_t *ids)
{
    size_t count = 0;
    for (size_t at = 0; at < text.len;) {
        const char *newline = memchr(text.data + at, '\n', text.len - at);
        size_t end = newline ? (size_t)(newline - text.data) : text.len;
        struct journal_operation operation;
        struct arena arena = {0};
        int result = journal_read_line((struct str){text.data + at, end - at}, &arena, &operation);
        FUZZ_CHECK(result == 0 || result == 1);
        if (result == 1) {
            check_operation(&operation);
            ids[count++] = operation.id;
        }
        arena_done(&arena);
        at = end + 1;
    }
    return count;
}

/* The walk gives the same, backwards; returns the ids it took off the end of `ids`. */
static void check_walk(struct journal_log *log, const uint32_t *ids, size_t count)
{
    struct journal_operation operation;
    int result;
    journal_rewind(log);
    while ((result = journal_previous(log, &operation, NULL)) == 1) {
        check_operation(&operation);
        FUZZ_CHECK(count > 0 && operation.id == ids[--count]);
    }
    FUZZ_CHECK(result == 0 && count == 0);
}

static void check_same_text(struct str a, struct str b)
{
    FUZZ_CHECK((a.data == NULL) == (b.data == NULL) && str_equal(a, b));
}

static void check_same_entry(struct str a, struct str b)
{
    struct buffer one = {0}, other = {0};
    json_stringify(a, 0, 0, &one);
    json_stringify(b, 0, 0, &other);
    fuzz_check_equal(&one, &other);
    buffer_done(&one);
    buffer_done(&other);
}

static void check_same_operation(const struct journal_operation *a,
                                 const struct journal_operation *b)
{
    FUZZ_CHECK(a->time_ms == b->time_ms && a->undoes == b->undoes);
    FUZZ_CHECK(a->change_count == b->change_count);
    check_same_text(a->registry, b->registry);
    check_same_text(a->command, b->command);
    for (size_t i = 0; i < a->change_count; i++) {
        check_same_text(a->changes[i].session_id, b->changes[i].session_id);
        check_same_entry(a->changes[i].before, b->changes[i].before);
        check_same_entry(a->changes[i].after, b->changes[i].after);
    }
}

/* The newest operation, behind a torn line in a journal of its own, is read as it was. */
static void check_written_again(struct journal_log *log)
{
    struct tree tree;
    struct journal_operation operation, again;
    struct journal_log other;
    uint32_t id = 0;
    journal_rewind(log);
    if (journal_previous(log, &operation, NULL) != 1)
        return;
    tree_make(&tree);
    tree_put(&tree, "journal.jsonl", "{\"id\":\"op-0007\",\"ti");
    struct journal journal = {.dir = tree.path, .user = "u", .host = "h", .pid = 1};
    journal.rotate_bytes = JOURNAL_ROTATE_BYTES;
    FUZZ_CHECK(journal_append(&journal, &operation, &id, NULL) == 0);
    FUZZ_CHECK(journal_open_log(&journal, &other, NULL) == 0);
    FUZZ_CHECK(journal_previous(&other, &again, NULL) == 1 && again.id == id);
    check_same_operation(&again, &operation);
    FUZZ_CHECK(journal_previous(&other, &again, NULL) == 0);
    journal_close_log(&other);
    tree_remove(&tree);
}

/* A registry as the operation left it. */
static void open_after(const struct journal_operation *operation, struct document *document)
{
    struct buffer text = {0};
    const char *comma = "";
    buffer_add_str(&text, STR("{\"agents\":{"));
    for (size_t i = 0; i < operation->change_count; i++) {
        const struct journal_change *change = &operation->changes[i];
        if (!change->after.data)
            continue;
        buffer_add_str(&text, str_of(comma));
        json_quote(change->session_id, &text);
        buffer_add_char(&text, ':');
        buffer_add_str(&text, change->after);
        comma = ",";
    }
    buffer_add_str(&text, STR("}}\n"));
    document_init(document);
    FUZZ_CHECK(document_parse(document, &text, NULL) == 0 && document->has_registry);
}

/* What the document says after its plan, it says when it is read again. */
static void check_planned(const struct document *document)
{
    struct plan plan;
    struct document again;
    struct buffer text = {0}, wanted = {0}, got = {0};
    FUZZ_CHECK(document_plan(document, &plan, NULL) == 0);
    FUZZ_CHECK(plan_apply(document, &plan, &text, NULL) == 0);
    document_init(&again);
    FUZZ_CHECK(document_parse(&again, &text, NULL) == 0 && again.has_registry);
    FUZZ_CHECK(document_print_whole(document, &wanted, NULL) == 0);
    FUZZ_CHECK(document_print_whole(&again, &got, NULL) == 0);
    fuzz_check_equal(&got, &wanted);
    plan_done(&plan);
    document_done(&again);
    buffer_done(&wanted);
    buffer_done(&got);
}

/* No operation leaves what is no object, and such is not touched. */
static bool is_left_so(const struct journal_change *change)
{
    return !change->after.data || json_kind(change->after) == JSON_OBJECT;
}

static void take_back(const struct journal_operation *undone)
{
    struct document document;
    struct operation *operations = NULL;
    bool is_alone = undone->change_count == 1 && is_left_so(&undone->changes[0]);
    FUZZ_CHECK(undo_operations(undone, 1, &operations, NULL) == 0);
    open_after(undone, &document);
    for (size_t i = 0; i < undone->change_count; i++) {
        struct outcome outcome;
        FUZZ_CHECK(operation_apply(&document.registry, &operations[i], NULL, &outcome, NULL) == 0);
        const struct change_record *record = &outcome.changes[0];
        bool wants_entry = operations[i].entry_text.data != NULL;
        FUZZ_CHECK(!is_alone || (record->kind == ERROR_NONE && record->has_entry == wants_entry));
        outcome_done(&outcome);
    }
    check_planned(&document);
    document_done(&document);
    free(operations);
}

/* Whatever undo finds can be taken back where everything is as the operation left it. */
static void check_undo(struct journal_log *log)
{
    struct journal_operation operation;
    struct buffer registry = {0};
    journal_rewind(log);
    if (journal_previous(log, &operation, NULL) != 1)
        return;
    struct undo_wish wish = {.registry = operation.registry};
    buffer_add_str(&registry, operation.registry);
    wish.registry = registry.data ? buffer_str(&registry) : STR("");
    for (int redo = 0; redo < 2; redo++) {
        wish.redo = redo;
        if (undo_find(log, &wish, &operation, NULL) == 0)
            take_back(&operation);
    }
    buffer_done(&registry);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, data + size};
    struct journal_log log = {0};
    log.files[0] = fuzz_text(&input);
    log.files[1] = fuzz_text(&input);
    uint32_t *ids = malloc((size + 1) * sizeof(*ids));
    FUZZ_CHECK(ids);
    size_t count = read_lines(buffer_str(&log.files[1]), ids);
    count += read_lines(buffer_str(&log.files[0]), ids + count);
    check_walk(&log, ids, count);
    check_written_again(&log);
    check_undo(&log);
    free(ids);
    journal_close_log(&log);
    return 0;
}
