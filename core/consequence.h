/*
 * consequence.h - what an operator's action comes to, by the server's own code: said before it is
 * done, in the question, the action menu and a dry run.
 *
 * The registry's entry decides only which slot is free for the next new chat. The chat itself stays
 * pinned to its agent by the session index, whatever becomes of its entry; nothing moves a chat.
 * Where the model knows nothing of chats, nothing is said for certain of the pin. Times count from
 * the model's now_ms: build it anew before asking. Pure; sentences hold raw ids, which whoever
 * shows them makes harmless.
 */
#ifndef SLOTOP_CORE_CONSEQUENCE_H
#define SLOTOP_CORE_CONSEQUENCE_H

#include "core/model.h"
#include "core/operation.h"

/*
 * Appends a few short sentences on what `kind` (IDLE, EXPIRE, RELEASE, PURGE, TOUCH) would do to
 * the entry of a row, as it is in the model, and what the server does next; nothing for other kinds
 * and where it would change nothing (a forgotten session has no entry to change). PURGE of a live
 * entry is told as with `force`. The most important comes first. out->failed tells.
 */
void consequence_add(const struct registry *registry, const struct model *model, size_t row,
                     enum operation_kind kind, struct buffer *out);

/* Appends why the action is risky now ("a run is in progress (streaming, 3s ago)", "used 12s ago"):
 * a clause; nothing when it is not. Only what takes a hold away is: EXPIRE, RELEASE and PURGE of a
 * live entry. Such an action needs a yes. */
void consequence_add_risk(const struct registry *registry, const struct model *model, size_t row,
                          enum operation_kind kind, struct buffer *out);
/* Whether there is anything for it to append. */
bool consequence_is_risky(const struct registry *registry, const struct model *model, size_t row,
                          enum operation_kind kind);

/* An action on several rows at once, for each of which it makes sense. */
struct consequence_many {
    const size_t *rows;
    size_t count;
    enum operation_kind kind; /* as consequence_add() */
};
/* Appends what they come to together: how many are in use, how many slots become free (each once,
 * and only where nobody else holds it), what the server does next. Linear in rows and slots. */
void consequence_add_many(const struct registry *registry, const struct model *model,
                          const struct consequence_many *many, struct buffer *out);

#endif
