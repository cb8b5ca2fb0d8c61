/*
 * chats.h - the chats of every workspace, as the web app's session indexes tell of them: titles,
 * true last use, and the agent that each chat is pinned to.
 *
 * An index is <workspace directory>/.openclaw/web-chat/index.json, a JSON array that the server
 * rewrites in place. One that does not parse may be a save in progress: the elements before the
 * tear count, and for all others what the load before knew; so too where it cannot be read at all.
 * Everything in it is data from strangers. Links are not followed below the state directory, and
 * an index has limits: FILE_SIDE_LIMIT_BYTES and CHATS_MAX.
 *
 * Calling sequence: zero-initialise; chats_load() as often as something changed; chats_done().
 *
 * A version is told by its file_identity, whose times move on only every few milliseconds: two
 * saves of one length within such a tick look alike. So a version is read at two calls before it
 * is taken for known, which is safe when calls lie 20 ms apart or more, and needs no clock.
 */
#ifndef SLOTOP_CORE_CHATS_H
#define SLOTOP_CORE_CHATS_H

#include "core/file.h"
#include "core/paths.h"
#include "core/string_index.h"

enum { CHATS_MAX = 1 << 18 }; /* chats of one index; those beyond are not looked at */

struct chat {
    struct str id;
    struct str title;              /* decoded; absent when missing or no string */
    struct str agent_id;           /* chatAgentId: where its messages go (the pin); absent: none */
    struct str gateway_key;        /* gatewaySessionKey; absent when missing */
    struct str gateway_session_id; /* gatewaySessionId; absent when missing */
    double created_ms;             /* NaN when missing or no finite number; so all below */
    double updated_ms;
    double last_active_ms;
    double message_count;
    size_t folder; /* place in chats.folders */
};

enum index_state {
    INDEX_OK,
    INDEX_MISSING,    /* no file: no chats yet */
    INDEX_TORN,       /* does not parse, is no array, or was written while it was read */
    INDEX_UNREADABLE, /* no permission, a link, I/O error, too long, more than CHATS_MAX */
};

/* The web-chat directory of one workspace. */
struct chat_folder {
    struct str workspace;    /* its name */
    struct buffer directory; /* path of <workspace directory>/.openclaw/web-chat */
    enum index_state state;
    char trouble[ERROR_TEXT_SIZE]; /* TORN, UNREADABLE: a clause; else empty */
    struct file_identity identity; /* of index.json before it was read */
    bool is_settled;               /* that version was read at two calls */
    struct chat *items;            /* in the order of the file; elements that are no object, or
                                      have no id that is a string, are left out. Behind them those
                                      of the load before, where the index is not known whole */
    size_t count;
    struct string_index by_id; /* id -> items; the last of duplicates */
    struct arena arena;
};

struct chats {
    struct chat_folder *folders; /* in the order of the workspaces */
    size_t count;
};

/* Appends the directory of a workspace: <state>/workspace-<name>; for "default" <state>/workspace
 * where that is a directory, else <state>/workspace-default. ret_path->failed tells. */
void chats_workspace_dir(const char *state_dir, struct str workspace, struct buffer *ret_path);

/*
 * Reads the index of each workspace, but for those whose file is the same version as at the last
 * call. What an index is, is a result, never an error; -ENOMEM only, with *chats as it was.
 */
int chats_load(struct chats *chats, const char *state_dir, const struct workspaces *workspaces,
               struct error *error);
void chats_done(struct chats *chats);

/* The chat of this id, of the first workspace that has it; NULL for none. Good until the next
 * chats_load(). */
const struct chat *chats_find(const struct chats *chats, struct str id);
/* True when absence means something: there is an index, and every one could be read whole. */
bool chats_are_complete(const struct chats *chats);

#endif
