/*
 * outcome.h - what the journal needs of an outcome: the stored entries before and after.
 *
 * Called right after operation_apply(), while the document still has the old bytes and the
 * registry the new entries; once for each operation of a batch, in its turn.
 */
#ifndef SLOTOP_CORE_OUTCOME_H
#define SLOTOP_CORE_OUTCOME_H

#include "core/document.h"
#include "core/operation.h"

/*
 * Fills before_json and after_json of each record that says "changed", by the outcome's arena.
 * The document's bytes are those of the file: of a batch that changes one entry twice, the later
 * record's "before" is what the file had. -ENOMEM: throw the outcome away.
 */
int outcome_fill_texts(const struct document *document, struct outcome *outcome,
                       struct error *error);

#endif
