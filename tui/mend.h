/*
 * mend.h - at the start: batches that a slotop before this one was killed in (core/unfinished.h).
 *
 * Used by the commands of the shell that change the registry, and by the dashboard.
 */
#ifndef SLOTOP_TUI_MEND_H
#define SLOTOP_TUI_MEND_H

#include "core/journal.h"
#include "core/store.h"

/*
 * Brings them to their end, writes what was done of each into the journal (NULL: there is none),
 * and appends a sentence for each to `message`; nothing where there was none, and for a store that
 * may not write. What fails is in the sentences, too; and stays for the next start.
 */
void mend_batches(const struct store *store, const struct journal *journal, int64_t now_ms,
                  struct buffer *message);

#endif
