/*
 * config.h - the pool of slots, from openclaw.json as DenchClaw reads it (strict JSON.parse,
 * although the gateway itself accepts JSON5: then every chat falls back).
 */
#ifndef SLOTOP_CORE_CONFIG_H
#define SLOTOP_CORE_CONFIG_H

#include "core/base.h"
#include "core/error.h"

enum config_state {
    CONFIG_OK,
    CONFIG_MISSING,       /* no file: no slots */
    CONFIG_NOT_STRICT,    /* JSON.parse refuses it: no slots; line, column and reason are set */
    CONFIG_NO_LIST,       /* agents.list is missing or of the wrong type: no slots */
    CONFIG_ENTRY_INVALID, /* the server's code throws: sessions are created with no entry at all */
    CONFIG_UNREADABLE,    /* no permission, too large, I/O error: the server sees no slots */
};

struct config_pool {
    enum config_state state;
    struct str *slots; /* list order, duplicates kept; empty unless CONFIG_OK */
    size_t slot_count;
    size_t line, column;           /* NOT_STRICT */
    size_t invalid_index;          /* ENTRY_INVALID: the first element that is so, from 0 */
    char trouble[ERROR_TEXT_SIZE]; /* a clause for the operator; empty for OK and MISSING */
    struct arena arena;
};

/*
 * Slots of `agent_id`: agents.list[].id starting with "chat-slot-<agent>-", any suffix. An empty
 * agent id (the server's code throws before it asks) has no slots.
 * Every state is a result; -ENOMEM only, with *ret_pool untouched; caller: config_pool_done().
 * Source: getChatSlotAgentIds.
 */
int config_load_pool(const char *path, struct str agent_id, struct config_pool *ret_pool,
                     struct error *error);
/* The same from text: what config_load_pool does after reading. */
int config_parse_pool(struct str text, struct str agent_id, struct config_pool *ret_pool,
                      struct error *error);
void config_pool_done(struct config_pool *pool);
/* Appends what the ids of a pool begin with: "chat-slot-<agent>-". */
void config_add_slot_prefix(struct str agent_id, struct buffer *out);

#endif
