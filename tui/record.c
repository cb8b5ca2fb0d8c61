#include "tui/record.h"

#include "core/outcome.h"

#include <errno.h>
#include <stdlib.h>

/* "verified", and what an operator should know of the way there. */
static void add_outcome(const struct store_report *report, struct buffer *out)
{
    buffer_add_str(out, STR("verified"));
    if (report->reapplied)
        buffer_addf(out, "; applied again %u times over an older copy of the server's",
                    report->reapplied);
    if (report->weaker[0])
        buffer_addf(out, "; %s", report->weaker);
}

static int append(const struct journal *journal, const struct record *record, size_t count,
                  uint32_t *ret_id, struct error *error)
{
    struct buffer registry = {0}, outcome = {0};
    struct journal_change *changes = calloc(count, sizeof(*changes));
    int result = -ENOMEM;
    journal_registry(record->store->path, &registry);
    add_outcome(record->report, &outcome);
    if (!changes || registry.failed || outcome.failed) {
        (void)error_set(error, ERROR_SYSTEM, ENOMEM, "writing the journal: out of memory");
    } else {
        (void)outcome_changes(record->outcomes, record->count, changes);
        struct journal_operation operation = {
            .time_ms = record->time_ms,
            .registry = buffer_str(&registry),
            .command = str_of(record->command),
            .undoes = record->undoes,
            .outcome = buffer_str(&outcome),
            .changes = changes,
            .change_count = count,
        };
        result = journal_append(journal, &operation, ret_id, error);
    }
    free(changes);
    buffer_done(&registry);
    buffer_done(&outcome);
    return result;
}

int record_begin(const struct journal *journal, const struct store *store)
{
    return journal && !store->dry_run && !store->read_only ? journal_hold(journal) : -1;
}

void record_end(int hold)
{
    journal_let_go(hold);
}

int record_change(const struct journal *journal, const struct record *record, uint32_t *ret_id,
                  struct error *error)
{
    struct error trouble;
    size_t count = outcome_changes(record->outcomes, record->count, NULL);
    uint32_t id = 0;
    int result = 0;
    if (journal && !record->store->dry_run && count > 0)
        result = append(journal, record, count, &id, &trouble);
    if (result != 0)
        return error_set(error, trouble.kind, -result,
                         "the change is made, but it is not in the journal for undo: %s",
                         trouble.text);
    *ret_id = id;
    return 0;
}
