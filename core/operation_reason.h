/*
 * operation_reason.h - why an operation is refused, or did less than its name says; of operation.c.
 *
 * Reasons are clauses, static: "no such session", "already released".
 */
#ifndef SLOTOP_CORE_OPERATION_REASON_H
#define SLOTOP_CORE_OPERATION_REASON_H

#include "core/operation.h"

/* True, with the record's reason and kind of error, where an operation that concerns one session
 * must not be done; `entry` (may be NULL) is the entry as its kind sees it. */
bool operation_refuse(const struct operation *operation, const struct entry *entry,
                      struct change_record *record);
/* Of an operation that was done: why it left the entry as it was, or what it did not do; NULL where
 * there is nothing to say. */
const char *operation_reason(const struct operation *operation, const struct change_record *record);

#endif
