/*
 * findings.h - the sentences of a model: what an operator should know, and what to do about it.
 *
 * Internal to core/model.c, which calls findings_tell() last; the words stand in one table.
 *
 * Where the facts leave room:
 *   retired    the server is of a version that creates no slots, and the config has none: that is
 *              as it should be, so pool-retired is the only word on the pool and on what is left
 *              over in the registry. Only a registry, a server or an entry in disorder is told of
 *              beside it. A config that cannot be read or used may have slots: not retired.
 *   gc-stopped one for all, beside the "overdue" of each; not where the server is known to be down,
 *              for then server-down says it.
 *   ghost      not told of an entry whose workspace is gone, and neither active-without-run of a
 *              ghost, workspace-gone of an orphan, running-but-expired of a session that shares
 *   known agents  the active workspace's, and one for each workspace that there is
 *   idle       nothing seen of a session's traces, and no use that anything tells of for
 *              FINDINGS_QUIET_MS; a session whose traces nobody looked for is not idle
 */
#ifndef SLOTOP_CORE_FINDINGS_H
#define SLOTOP_CORE_FINDINGS_H

#include "core/gc.h"
#include "core/history.h"
#include "core/model_part.h"

enum {
    LONG_DUE_MS = GC_INTERVAL_MS + HISTORY_GC_SLACK_MS,
    FINDINGS_QUIET_MS = 300000,    /* after a use, a session is not idle for so long */
    FINDINGS_GROWTH_MIN = 100,     /* so many old expired entries are worth a word */
    FINDINGS_GROWTH_MS = 86400000, /* an expired entry is old: a day after its TTL */
};

/* Past its TTL for longer than a GC that works would leave it. */
bool entry_is_long_due(const struct entry *entry, int64_t now_ms);
/* Live, with a last use that lies in the future. */
bool entry_is_ahead(const struct entry *entry, int64_t now_ms);

/* Fills the findings of a model that is complete otherwise, and which of them name which row.
 * -ENOMEM. */
int findings_tell(struct making *making);

#endif
