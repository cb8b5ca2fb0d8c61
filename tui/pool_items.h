/*
 * pool_items.h - what a cursor in the pool moves over: its slots, then the fallbacks.
 */
#ifndef SLOTOP_TUI_POOL_ITEMS_H
#define SLOTOP_TUI_POOL_ITEMS_H

#include "core/model.h"

/* DenchClaw creates no slots any more: what is left over is no cause for alarm. */
bool pool_is_retired(const struct model *model);
/* How many fallbacks the pool shows: none where every chat is one, as it should be. */
size_t pool_fallback_count(const struct model *model);
/* Slots and the fallbacks that are shown. */
size_t pool_item_count(const struct model *model);
/* The slot at a place; NULL for a fallback. */
const struct slot *pool_item_slot(const struct model *model, size_t place);
/* The row of who holds the slot, or of the fallback; SIZE_MAX: nobody. */
size_t pool_item_row(const struct model *model, size_t place);
/* What tells the item from others: the slot's agent id, the fallback's session id. Borrowed. */
struct str pool_item_id(const struct model *model, const struct registry *registry, size_t place);
/* Where it is by now; `before` where it is there more than once (a slot that is listed twice), and
 * SIZE_MAX where it is gone. */
size_t pool_item_find(const struct model *model, const struct registry *registry, struct str id,
                      size_t before);

#endif
