/*
 * outcome.h - what the journal needs of an outcome: the stored entries before and after.
 *
 * Called right after operation_apply(), while the document still has the old bytes and the
 * registry the new entries; once for each operation of a batch, in its turn.
 */
#ifndef SLOTOP_CORE_OUTCOME_H
#define SLOTOP_CORE_OUTCOME_H

#include "core/document.h"
#include "core/journal.h"
#include "core/operation.h"

/*
 * Fills before_json and after_json of each record that says "changed", by the outcome's arena.
 * The document's bytes are those of the file: of a batch that changes one entry twice, the later
 * record's "before" is what the file had. -ENOMEM: throw the outcome away.
 */
int outcome_fill_texts(const struct document *document, struct outcome *outcome,
                       struct error *error);

/*
 * A try was ended halfway: drops from its outcome, whose texts are filled, all changes but those
 * that the registry, as it was read since, has. -ENOMEM: nothing is dropped.
 */
int outcome_keep_done(struct outcome *ended, const struct registry *registry, struct error *error);
/*
 * Adds what an ended try did (outcome_keep_done) to what the rest of the same walk came to: behind
 * the others of their sort, not in file order. -ENOMEM: throw the outcome away.
 */
int outcome_add(struct outcome *outcome, const struct outcome *ended, struct error *error);

/* What the journal keeps of each record that says "changed": their number, and where `ret_changes`
 * is not NULL, so many of them. Strings are the outcomes'. */
size_t outcome_changes(const struct outcome *outcomes, size_t count,
                       struct journal_change *ret_changes);

#endif
