/*
 * model_part.h - what the parts of a model in the making share; not for others.
 *
 * model_build() in core/model.c calls them in this order: the slots, the tally, model_join() (core/
 * model_join.c: chats, forgotten sessions and traces beside the entries), model_look()
 * (core/model_look.c: the views of rows and slots), model_shorten() (core/model_short.c: short
 * ids), findings_tell() (core/findings.c).
 */
#ifndef SLOTOP_CORE_MODEL_PART_H
#define SLOTOP_CORE_MODEL_PART_H

#include "core/model.h"
#include "core/string_index.h"

enum {
    CLOCK_AHEAD_MS = 60000, /* a use this far in the future is a finding, or no use at all */
    PLACE_MEMO_BITS = 8,
    /* The bits of model.views. */
    ROW_VIEW = 0x0f,     /* enum session_view */
    ROW_BESIDE = 0x10,   /* it is in model.beside */
    ROW_OUTLIVED = 0x20, /* one of the old expired entries, which are too many for that */
    ROW_OVER = 0x40,     /* the tally has it */
};

/* A model in the making. */
struct making {
    const struct model_sources *sources;
    const struct registry *registry;
    struct str agent_id; /* of this workspace; empty when the server's code throws */
    struct tally *tally;
    struct string_index places; /* slot id -> place in the pool; the last one of duplicates */
    struct {
        const struct entry_terms *terms;
        size_t place;
    } memo[1 << PLACE_MEMO_BITS]; /* few terms are shared by all entries */
    bool failed;                  /* something could not be noted for want of memory */
    bool marks_old;               /* the old ones among those that are over are told of */
    bool chats_are_complete;      /* whoever is in no index has no chat */
    struct model model;
};

/* The place of a slot; STRING_INDEX_NONE where it is none of the pool. Of an id that is listed
 * twice it is the last: what is noted there counts for all of them. */
size_t making_place(const struct making *making, struct str agent_id);
/* The same of an entry's chat agent. */
size_t making_place_of(struct making *making, const struct entry *entry);
/* The first row from this one on that is not merely over, with nothing beside it; the number of
 * rows for none. */
size_t making_next(const struct making *making, size_t row);
void making_set_view(struct making *making, size_t row, enum session_view view);
/* What is beside a row, made where there was nothing; NULL (and making->failed) without memory.
 * Good until the next call. */
struct beside *making_beside(struct making *making, size_t row);
/* Time alone changes the model at this moment, if it lies ahead. */
void making_note_moment(struct making *making, double moment_ms);
/* The same when what was at at_ms is longer ago than age_ms, which it is not yet. */
void making_note_age(struct making *making, double at_ms, double age_ms);

/* Fills what is beside the rows, and forgotten. -ENOMEM. */
int model_join(struct making *making);
/* When its chat or its traces were used last; what is said to be in the future does not count, but
 * is noted as a moment. NaN: not known. */
double making_chat_used_ms(struct making *making, size_t row);
/* Where the messages of a session go: what its index says, else its entry. */
struct str making_pin(const struct making *making, size_t row);

/* Fills short_ids. -ENOMEM. */
int model_shorten(struct making *making);

/* Fills views, holders, sharers, fallbacks and counts. -ENOMEM. */
int model_look(struct making *making);

#endif
