/*
 * rows.h - which sessions the table shows, in which order: filter and sort, stable, by session id.
 *
 * What was arranged is kept and repaired. The order of all rows and what the filter shows of them
 * are kept apart: a letter more in a filter sorts nothing, another order looks nothing up. Where a
 * model follows the one that the rows were arranged for (model.h), only the rows that it names are
 * looked at again; the result is that of arranging anew always (tests/unit/test_repair_property.c).
 */
#ifndef SLOTOP_TUI_ROWS_H
#define SLOTOP_TUI_ROWS_H

#include "core/model.h"

enum sort_key {
    SORT_LAST_USE, /* latest first, by all that tells of it: the default */
    SORT_SESSION,
    SORT_TITLE,   /* case ignored; those without one last */
    SORT_STATE,   /* what needs an operator first */
    SORT_SLOT,    /* pool order, then fallbacks, then slots that are not in the pool */
    SORT_AGE,     /* oldest first */
    SORT_EXPIRES, /* soonest first */
    SORT_RUN,     /* runs in progress, stalled ones, other traces; the newest first */
    SORT_FINDING, /* what the worst findings name first */
    SORT_COUNT,
};
const char *sort_key_name(enum sort_key key); /* "last use", "session", … */

struct rows {
    const uint32_t *entries; /* rows of the model: entries, then forgotten sessions */
    size_t count;
    size_t total; /* before the filter */

    /* What was arranged, and for what. */
    uint32_t *order;    /* all of them */
    uint32_t *matches;  /* what the filter shows; unused where it shows all */
    uint64_t *is_shown; /* a bit for each; the same */
    size_t capacity;    /* of these */
    size_t entry_count;
    uint64_t version; /* of the model; 0: to be arranged anew */
    enum sort_key sort;
    bool reverse;
    bool is_filtered;
    struct buffer filter;
};

/*
 * Arranges. `filter`: as filter.h reads what is still being typed; empty (or "!" alone) shows all.
 * Stable: ties keep the registry's order; what has no value to sort by comes last, also reversed.
 * -ENOMEM leaves what *rows shows as it was.
 */
int rows_build(struct rows *rows, const struct registry *registry, const struct model *model,
               enum sort_key sort, bool reverse, struct str filter);
void rows_done(struct rows *rows);
/* The row of a session, or SIZE_MAX. */
size_t rows_find(const struct rows *rows, const struct registry *registry,
                 const struct model *model, struct str session_id);

/* What the SLOT column says of an entry whose chat agent has this place: the pool's label; the
 * workspace agent of a fallback; the agent's id without "chat-slot-"; "-" for no agent. */
struct str rows_slot_label(const struct model *model, const struct entry *entry, size_t place);

#endif
