/* Where a change is a hint that something around the registry has changed. */
#include "core/around.h"

#include <string.h>

enum { ID_BYTES_MAX = 128 };

static void add(struct around_folders *folders, const char *path, unsigned parts)
{
    folders->paths[folders->count] = path;
    folders->parts[folders->count++] = parts;
}

static bool may_be_directory(struct str id)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
    for (size_t i = 0; i < id.len; i++)
        if (!memchr(allowed, id.data[i], sizeof(allowed) - 1))
            return false;
    return id.len > 0 && id.len <= ID_BYTES_MAX;
}

/* <state>/<before><id in lower case, as the gateway has it><behind>; NULL without memory. */
static const char *make_path(struct arena *arena, const char *state_dir, struct str id)
{
    struct buffer path = {0};
    struct str copy = {0};
    buffer_addf(&path, "%s/agents/", state_dir);
    for (size_t i = 0; i < id.len; i++) {
        char c = id.data[i];
        buffer_add_char(&path, c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c);
    }
    buffer_add_str(&path, STR("/sessions"));
    if (!path.failed)
        copy = arena_copy(arena, buffer_str(&path));
    buffer_done(&path);
    return copy.data;
}

static bool add_agents(struct around_folders *folders, const char *state_dir,
                       const struct config_pool *pool, struct str agent_id)
{
    for (size_t i = 0; i <= pool->slot_count; i++) {
        struct str id = i < pool->slot_count ? pool->slots[i] : agent_id;
        if (!may_be_directory(id))
            continue;
        const char *path = make_path(&folders->arena, state_dir, id);
        if (!path)
            return false;
        add(folders, path, PART_TRACES);
    }
    return true;
}

int around_folders(const struct around *around, const char *state_dir,
                   const struct config_pool *pool, struct str agent_id,
                   struct around_folders *ret_folders, struct error *error)
{
    struct around_folders *folders = ret_folders;
    size_t most = around->chats.count + pool->slot_count + 2;
    struct buffer server = {0};
    struct str copy = {0};
    *folders = (struct around_folders){0};
    folders->paths = arena_alloc(&folders->arena, most * sizeof(*folders->paths));
    folders->parts = arena_alloc(&folders->arena, most * sizeof(*folders->parts));
    buffer_addf(&server, "%s/web-runtime", state_dir);
    if (!server.failed)
        copy = arena_copy(&folders->arena, buffer_str(&server));
    buffer_done(&server);
    bool good = folders->paths && folders->parts && copy.data;
    if (good)
        add(folders, copy.data, PART_SERVER);
    for (size_t i = 0; good && i < around->chats.count; i++)
        add(folders, around->chats.folders[i].directory.data, PART_CHATS | PART_TRACES);
    if (!good || !add_agents(folders, state_dir, pool, agent_id))
        return error_no_memory(error, "watching the directories of chats and agents");
    return 0;
}
