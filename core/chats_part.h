/*
 * chats_part.h - what the files core/chats*.c share: from the text of an index to chats.
 */
#ifndef SLOTOP_CORE_CHATS_PART_H
#define SLOTOP_CORE_CHATS_PART_H

#include "core/chats.h"

/*
 * Appends the chats of an index's text to a folder that has none, and sets state and trouble: OK,
 * TORN with the whole elements before the tear, or UNREADABLE with the first CHATS_MAX. Linear in
 * the text, which is changed. -ENOMEM: the folder is good for chat_folder_done() only.
 */
int chats_add_text(struct chat_folder *folder, struct buffer *text);

/* Appends copies of the former load's chats whose ids the folder does not have, as far as they fit
 * in CHATS_MAX and FILE_SIDE_LIMIT_BYTES of strings. `former` may be NULL. -ENOMEM as above. */
int chats_add_former(struct chat_folder *folder, const struct chat_folder *former);

/* Makes by_id cover all items. -ENOMEM as above. */
int chats_index_ids(struct chat_folder *folder);

/* The last of the folder's chats with this id; NULL for none. */
const struct chat *chats_find_in(const struct chat_folder *folder, struct str id);

void chat_folder_done(struct chat_folder *folder);

#endif
