/*
 * findings.h - the sentences of a model: what an operator should know, and what to do about it.
 *
 * Internal to core/model.c, which calls findings_tell() last; the words stand in one table.
 */
#ifndef SLOTOP_CORE_FINDINGS_H
#define SLOTOP_CORE_FINDINGS_H

#include "core/model.h"

enum { CLOCK_AHEAD_MS = 60000 }; /* last use this far in the future is a finding */

/* Past its TTL for longer than a GC that works would leave it. */
bool entry_is_long_due(const struct entry *entry, int64_t now_ms);
/* Live, with a last use that lies in the future. */
bool entry_is_ahead(const struct entry *entry, int64_t now_ms);

/* Fills the findings of a model that is complete otherwise. -ENOMEM. */
int findings_tell(const struct model_sources *sources, struct model *model);

#endif
