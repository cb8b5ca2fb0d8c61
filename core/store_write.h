/*
 * store_write.h - the innermost part of the store: bytes of a plan into a file, whole or undone.
 */
#ifndef SLOTOP_CORE_STORE_WRITE_H
#define SLOTOP_CORE_STORE_WRITE_H

#include "core/intent.h"
#include "core/lease.h"
#include "core/store.h"

/* One call of store_apply() on its way. */
struct edit {
    const struct store *store;
    const struct operation *operations;
    size_t count;
    const struct pool *pool;
    struct outcome *outcomes;
    struct store_report *report;
    struct document document; /* the version that is being edited */
    struct plan plan;
    struct intents intents;
};

/*
 * Writes edit->plan into `fd`, whose content is edit->document.bytes, and reads it back.
 * Growth goes first, as white space behind the document, which every parser accepts; then each
 * patch with one pwrite. When a write fails, what was written is put back.
 * Returns 0 with report->wrote set, or -errno: -ENOSPC, -EIO…; the sentence says whether the file
 * is as before.
 */
int edit_write(struct edit *edit, int fd, struct error *error);

/* Appends to the sentence, as far as it fits. */
void error_add(struct error *error, const char *text);

#endif
