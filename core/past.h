/*
 * past.h - the registry as it was: the one of now, with what happened since taken back.
 *
 * From the events of the history. What they do not tell is not made up: of an entry that has gone
 * and was made before anybody looked, nobody knows when; of one used since, when it was used
 * before. Such times are NaN. Pool, titles, pins and workspaces are those of now. Pure.
 */
#ifndef SLOTOP_CORE_PAST_H
#define SLOTOP_CORE_PAST_H

#include "core/state.h"

struct past {
    struct state state; /* to look at: document and model are its own, and titles without what came
                           later; all else is borrowed from the live one, so nothing loads it */
    double at_ms;       /* of the event */
    struct chat_folder *folders; /* of state.around.chats */
};

/*
 * The state as it was after the event at `place` of the history. `live` has a model and outlives
 * it. Made anew when the live one was loaded again.
 * -ENOMEM; -ENOENT (ERROR_NOT_FOUND) where a wipe lies between, whose entries the history does not
 * name. *ret_past untouched on failure.
 */
int past_make(const struct state *live, size_t place, struct past **ret_past, struct error *error);
void past_free(struct past *past); /* NULL allowed */

/* The place of the event to step to from `from` (their number: now), the next one before it or
 * behind it that is no mere touch; SIZE_MAX for none. */
size_t past_step(const struct history *history, size_t from, bool is_back);

#endif
