/*
 * demo_chats.h - the chats of the demo's server: an index with titles, transcripts, locks.
 *
 * Written as the real ones are: the index whole and in place, a transcript whose last line streams
 * while a run goes on, or a lock of a process that lives.
 */
#ifndef SLOTOP_TUI_DEMO_CHATS_H
#define SLOTOP_TUI_DEMO_CHATS_H

#include "core/error.h"
#include "core/registry.h"

enum { DEMO_CHATS_MAX = 24, DEMO_ID_SIZE = 37, DEMO_AGENT_SIZE = 40 };

struct demo_chat {
    char id[DEMO_ID_SIZE];
    char agent[DEMO_AGENT_SIZE]; /* the pin */
    const char *title;
    int64_t created_ms, used_ms;
    int64_t runs_until_ms; /* 0: no run */
    bool is_silent;        /* its runs hold a lock and stream nothing */
    unsigned messages;
};

struct demo_chats {
    const char *state_dir;
    struct demo_chat items[DEMO_CHATS_MAX];
    size_t count;
    unsigned made; /* so far: the next one gets the next title */
};

/* Makes the directories of index and locks. */
int demo_chats_make(const struct demo_chats *chats, const struct pool *pool, struct error *error);
/* A new chat with its first message. Where there are too many, the oldest is deleted. */
struct demo_chat *demo_chats_add(struct demo_chats *chats, struct str id, struct str agent,
                                 int64_t created_ms);
/* Deletes a chat, as a user does: index and transcript know it no more, the registry does. */
void demo_chats_remove(struct demo_chats *chats, size_t at);
/* A message begins a run of the chat, or a run ends. */
void demo_chat_run(struct demo_chat *chat, int64_t now_ms, int64_t until_ms);
void demo_chat_stop(struct demo_chat *chat, int64_t now_ms);
/* Writes what a run writes now, or wrote last. */
int demo_chats_write_traces(const struct demo_chats *chats, const struct demo_chat *chat,
                            struct error *error);
int demo_chats_write_index(const struct demo_chats *chats, struct error *error);
/* As the server writes files: truncate, write, close. */
int demo_write(const char *path, struct str text, struct error *error);

#endif
