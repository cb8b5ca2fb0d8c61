#include "core/outcome.h"

/* Keeps the text for the outcome; what is empty stays absent. False without memory. */
static bool keep(struct outcome *outcome, const struct buffer *text, struct str *ret_copy)
{
    if (text->failed)
        return false;
    *ret_copy = text->len ? arena_copy(&outcome->arena, buffer_str(text)) : (struct str){0};
    return text->len == 0 || ret_copy->data;
}

static bool fill_record(const struct document *document, struct outcome *outcome,
                        struct change_record *record, struct buffer *scratch)
{
    const struct entry *entry = registry_find(&document->registry, record->session_id);
    if (!record->changed || !entry)
        return true;
    buffer_clear(scratch);
    json_stringify(document_entry_text(document, entry), 0, 0, scratch);
    if (!keep(outcome, scratch, &record->before_json))
        return false;
    buffer_clear(scratch);
    if (!(entry->changes & CHANGE_REMOVED) &&
        document_print_entry(document, entry, 0, 0, scratch, NULL) != 0)
        return false;
    return keep(outcome, scratch, &record->after_json);
}

int outcome_fill_texts(const struct document *document, struct outcome *outcome,
                       struct error *error)
{
    struct buffer scratch = {0};
    bool is_filled = true;
    for (size_t i = 0; is_filled && i < outcome->change_count; i++)
        is_filled = fill_record(document, outcome, &outcome->changes[i], &scratch);
    buffer_done(&scratch);
    return is_filled ? 0 : error_no_memory(error, "remembering an entry as it was");
}

size_t outcome_changes(const struct outcome *outcomes, size_t count,
                       struct journal_change *ret_changes)
{
    size_t changed = 0;
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < outcomes[i].change_count; k++) {
            const struct change_record *change = &outcomes[i].changes[k];
            if (change->changed && ret_changes)
                ret_changes[changed] = (struct journal_change){
                    .session_id = change->session_id,
                    .slot_id = change->slot_id,
                    .before = change->before_json,
                    .after = change->after_json,
                };
            changed += change->changed;
        }
    }
    return changed;
}
