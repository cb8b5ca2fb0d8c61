/*
 * rows.h - which sessions the table shows, in which order: filter and sort, stable, by session id.
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
    uint32_t *entries; /* rows of the model: entries, then forgotten sessions */
    size_t count;
    size_t total; /* before the filter */
};

/*
 * Rebuilds. `filter`: as filter.h reads what is still being typed; empty (or "!" alone) shows all.
 * Stable: ties keep the registry's order; what has no value to sort by comes last, also reversed.
 * -ENOMEM leaves *rows as it was.
 */
int rows_build(struct rows *rows, const struct registry *registry, const struct model *model,
               enum sort_key sort, bool reverse, struct str filter);
void rows_done(struct rows *rows);
/* The row of a session, or SIZE_MAX. */
size_t rows_find(const struct rows *rows, const struct registry *registry,
                 const struct model *model, struct str session_id);

/* The place of an agent id in the pool, or SIZE_MAX. */
size_t rows_slot_place(const struct model *model, struct str agent_id);
/* What the SLOT column says of an entry whose chat agent has this place: the pool's label; the
 * workspace agent of a fallback; the agent's id without "chat-slot-"; "-" for no agent. */
struct str rows_slot_label(const struct model *model, const struct entry *entry, size_t place);

#endif
