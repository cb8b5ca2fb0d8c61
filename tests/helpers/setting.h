/*
 * setting.h - what is around a registry, put together by hand for tests of the model: chats,
 * traces, workspaces, a server and its beat. Times are in ms before the fixture's NOW.
 */
#ifndef SLOTOP_TESTS_AROUND_H
#define SLOTOP_TESTS_AROUND_H

#include "tests/helpers/fixture.h"

enum { AROUND_MAX = 8 };

struct setting_chat {
    const char *id;
    const char *agent; /* NULL: no pin */
    double used_ago;
};

struct setting_trace {
    const char *id;
    char kind;  /* 'R' running by a living lock, 't' a transcript, '-' looked for and none seen */
    double ago; /* of the transcript */
};

struct setting {
    struct workspaces workspaces;
    struct str names[AROUND_MAX];
    struct chats chats;
    struct chat_folder folder;
    struct chat items[AROUND_MAX];
    struct evidences evidences;
    struct evidence traces[AROUND_MAX];
    struct server server;
    struct beat beat;
};

/* Everything is known and in order: the workspace default, an index without chats, no traces, a
 * server that is up, of version 2.3.5. The fixture borrows it; fixture_load() went before. */
void setting_init(struct setting *around, struct fixture *fixture);
void setting_add_chats(struct setting *around, const struct setting_chat *chats); /* to id NULL */
void setting_add_traces(struct setting *around,
                        const struct setting_trace *traces); /* to id NULL */
void setting_add_workspace(struct setting *around, const char *name);
/* GC came by at this time, and comes every five minutes. */
void setting_set_beat(struct setting *around, double pass_ago);
void setting_done(struct setting *around);

#endif
