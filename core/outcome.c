#include "core/outcome.h"

#include "core/intent.h"

#include <stdlib.h>
#include <string.h>

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

int outcome_keep_done(struct outcome *ended, const struct registry *registry, struct error *error)
{
    struct intents intents;
    int result = intents_collect(ended, 1, &intents, error);
    if (result != 0)
        return result;
    const struct intent *intent = intents.items;
    size_t kept = 0;
    for (size_t i = 0; i < ended->change_count; i++) {
        if (ended->changes[i].changed && intent_fate(intent++, registry) == INTENT_HOLDS)
            ended->changes[kept++] = ended->changes[i];
    }
    ended->change_count = kept;
    intents_done(&intents);
    return 0;
}

static bool copy_record(struct outcome *outcome, const struct change_record *record,
                        struct change_record *ret_copy)
{
    struct change_record copy = *record;
    struct str *const texts[] = {&copy.session_id, &copy.from_text,   &copy.to_text,
                                 &copy.slot_id,    &copy.before_json, &copy.after_json};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        if (!texts[i]->data)
            continue;
        *texts[i] = arena_copy(&outcome->arena, *texts[i]);
        if (!texts[i]->data)
            return false;
    }
    *ret_copy = copy;
    return true;
}

/* Expiries first, then removals; there is room. */
static void insert(struct outcome *outcome, const struct change_record *record)
{
    size_t at = record->has_entry ? outcome->expired_count++ : outcome->change_count;
    outcome->purged_count += !record->has_entry;
    memmove(&outcome->changes[at + 1], &outcome->changes[at],
            (outcome->change_count - at) * sizeof(*record));
    outcome->changes[at] = *record;
    outcome->change_count++;
}

int outcome_add(struct outcome *outcome, const struct outcome *ended, struct error *error)
{
    size_t count = outcome->change_count + ended->change_count;
    if (ended->change_count == 0)
        return 0;
    struct change_record copy, *changes = realloc(outcome->changes, count * sizeof(*changes));
    if (!changes)
        return error_no_memory(error, "remembering what was done before");
    outcome->changes = changes;
    for (size_t i = 0; i < ended->change_count; i++) {
        if (!copy_record(outcome, &ended->changes[i], &copy))
            return error_no_memory(error, "remembering what was done before");
        insert(outcome, &copy);
    }
    return 0;
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
