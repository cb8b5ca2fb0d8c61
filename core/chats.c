#include "core/chats_part.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define WEB_CHAT_DIRECTORY "/.openclaw/web-chat"
#define INDEX_NAME "/index.json"

void chats_workspace_dir(const char *state_dir, struct str workspace, struct buffer *ret_path)
{
    size_t start = ret_path->len;
    struct stat info;
    paths_join(state_dir, "workspace", ret_path);
    if (!ret_path->failed && str_equal(workspace, STR("default")) &&
        stat(ret_path->data + start, &info) == 0 && S_ISDIR(info.st_mode))
        return;
    buffer_add_char(ret_path, '-');
    buffer_add_str(ret_path, workspace);
}

/* Where in a workspace's path its own name begins. */
static size_t name_offset(struct str path)
{
    const char *slash = memrchr(path.data, '/', path.len);
    return slash ? (size_t)(slash - path.data) + 1 : 0;
}

static bool is_link(int dir_fd, const char *name)
{
    struct stat info;
    return fstatat(dir_fd, name, &info, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(info.st_mode);
}

__attribute__((format(printf, 2, 3))) static void set_unreadable(struct chat_folder *folder,
                                                                 const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    folder->state = INDEX_UNREADABLE;
    (void)vsnprintf(folder->trouble, sizeof(folder->trouble), format, arguments);
    va_end(arguments);
}

static int open_step(int dir_fd, const char *name, bool is_file)
{
    int flags = is_file ? O_RDONLY | O_NONBLOCK | O_NOCTTY : O_PATH | O_DIRECTORY;
    int fd;
    do
        fd = openat(dir_fd, name, flags | O_NOFOLLOW | O_CLOEXEC);
    while (fd < 0 && errno == EINTR);
    return fd;
}

/* `path` ends with `name`, the step that failed. */
static void note_failure(struct chat_folder *folder, int dir_fd, const char *path, const char *name)
{
    int errnum = errno;
    if (errnum == ENOENT)
        folder->state = INDEX_MISSING;
    else if ((errnum == ELOOP || errnum == ENOTDIR) && is_link(dir_fd, name))
        set_unreadable(folder, "%s is a symbolic link, which is not followed", path);
    else
        set_unreadable(folder, "opening %s: %s", path, strerror(errnum));
}

/* Follows no link from the name at `offset` on. -1: the folder's state says why. `path` is cut in
 * pieces meanwhile. */
static int open_index(struct chat_folder *folder, char *path, size_t offset)
{
    char first = path[offset];
    path[offset] = '\0';
    int fd = open(offset ? path : ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        note_failure(folder, AT_FDCWD, path, path);
    path[offset] = first;
    for (char *name = path + offset; fd >= 0 && name;) {
        char *slash = strchr(name, '/');
        if (slash)
            *slash = '\0';
        int next = open_step(fd, name, !slash);
        if (next < 0)
            note_failure(folder, fd, path, name);
        (void)close(fd);
        fd = next;
        if (slash)
            *slash = '/';
        name = slash ? slash + 1 : NULL;
    }
    return fd;
}

/* Known from two calls of before; else notes which version this is. */
static bool is_known(struct chat_folder *folder, const struct chat_folder *former)
{
    if (!former || !file_identity_equal(&folder->identity, &former->identity))
        return false;
    folder->is_settled = true;
    return former->is_settled;
}

/* From an open file; what is wrong with it goes into the folder's state. -ENOMEM. */
static int read_text(struct chat_folder *folder, int fd, const char *path)
{
    struct buffer text = {0};
    struct file_identity after;
    struct error error;
    int result = file_read(fd, path, FILE_SIDE_LIMIT_BYTES, &text, &error);
    if (result == 0) {
        result = chats_add_text(folder, &text);
    } else if (result != -ENOMEM) {
        set_unreadable(folder, "%s", error.text);
        folder->is_settled &= result == -EFBIG;
        result = 0;
    }
    if (result == 0 && folder->state == INDEX_OK &&
        (file_identify_fd(fd, path, &after, &error) != 0 ||
         !file_identity_equal(&folder->identity, &after))) {
        folder->state = INDEX_TORN;
        (void)snprintf(folder->trouble, sizeof(folder->trouble), "written while it was read");
    }
    buffer_done(&text);
    return result;
}

/* *ret_is_known: nothing was read, for the former load has this version. */
static int read_index(struct chat_folder *folder, const struct chat_folder *former, size_t offset,
                      bool *ret_is_known)
{
    struct buffer path = {0};
    struct error error;
    buffer_add_str(&path, buffer_str(&folder->directory));
    buffer_add_str(&path, STR(INDEX_NAME));
    if (path.failed) {
        buffer_done(&path);
        return -ENOMEM;
    }
    int result = 0;
    int fd = open_index(folder, path.data, offset);
    if (fd < 0)
        goto done;
    if (file_identify_fd(fd, path.data, &folder->identity, &error) != 0) {
        set_unreadable(folder, "%s", error.text);
    } else if (!S_ISREG(folder->identity.mode)) {
        set_unreadable(folder, "%s is not a regular file", path.data);
    } else {
        *ret_is_known = is_known(folder, former);
        if (!*ret_is_known)
            result = read_text(folder, fd, path.data);
    }
    (void)close(fd);
done:
    buffer_done(&path);
    return result;
}

/* Workspaces seldom come and go: it is usually at the same place as before. */
static struct chat_folder *find_former(const struct chats *chats, struct str directory,
                                       size_t place)
{
    for (size_t i = 0; i < chats->count; i++) {
        struct chat_folder *folder = &chats->folders[(place + i) % chats->count];
        if (str_equal(buffer_str(&folder->directory), directory))
            return folder;
    }
    return NULL;
}

/* A folder in the making, and the one to be kept in its place where nothing is new. */
struct draft {
    struct chat_folder folder;
    struct chat_folder *known;
};

static int load_folder(struct draft *draft, const struct chats *chats, const char *state_dir,
                       struct str workspace, size_t place)
{
    struct chat_folder *folder = &draft->folder;
    bool is_known = false;
    chats_workspace_dir(state_dir, workspace, &folder->directory);
    if (folder->directory.failed)
        return -ENOMEM;
    size_t offset = name_offset(buffer_str(&folder->directory));
    buffer_add_str(&folder->directory, STR(WEB_CHAT_DIRECTORY));
    folder->workspace = arena_copy(&folder->arena, workspace);
    if (folder->directory.failed || !folder->workspace.data)
        return -ENOMEM;
    struct chat_folder *former = find_former(chats, buffer_str(&folder->directory), place);
    int result = read_index(folder, former, offset, &is_known);
    if (result != 0)
        return result;
    if (is_known)
        draft->known = former;
    else if (folder->state == INDEX_TORN || folder->state == INDEX_UNREADABLE)
        result = chats_add_former(folder, former);
    return result == 0 ? chats_index_ids(folder) : result;
}

/* Moves known folders over, and frees those that are gone. */
static void replace_folders(struct chats *chats, struct draft *drafts, struct chat_folder *folders,
                            size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (drafts[i].known) {
            chat_folder_done(&drafts[i].folder);
            folders[i] = *drafts[i].known;
            *drafts[i].known = (struct chat_folder){0};
        } else {
            folders[i] = drafts[i].folder;
        }
        for (size_t k = 0; k < folders[i].count; k++)
            folders[i].items[k].folder = i;
    }
    chats_done(chats);
    *chats = (struct chats){.folders = folders, .count = count};
}

int chats_load(struct chats *chats, const char *state_dir, const struct workspaces *workspaces,
               struct error *error)
{
    size_t count = workspaces->count;
    struct draft *drafts = calloc(count ? count : 1, sizeof(*drafts));
    struct chat_folder *folders = calloc(count ? count : 1, sizeof(*folders));
    int result = drafts && folders ? 0 : -ENOMEM;
    for (size_t i = 0; result == 0 && i < count; i++)
        result = load_folder(&drafts[i], chats, state_dir, workspaces->names[i], i);
    if (result == 0) {
        replace_folders(chats, drafts, folders, count);
    } else {
        for (size_t i = 0; drafts && i < count; i++)
            chat_folder_done(&drafts[i].folder);
        free(folders);
        (void)error_no_memory(error, "reading the session indexes");
    }
    free(drafts);
    return result;
}

void chats_done(struct chats *chats)
{
    for (size_t i = 0; i < chats->count; i++)
        chat_folder_done(&chats->folders[i]);
    free(chats->folders);
    *chats = (struct chats){0};
}

const struct chat *chats_find(const struct chats *chats, struct str id)
{
    const struct chat *found = NULL;
    for (size_t i = 0; i < chats->count && !found; i++)
        found = chats_find_in(&chats->folders[i], id);
    return found;
}

bool chats_are_complete(const struct chats *chats)
{
    bool has_index = false;
    for (size_t i = 0; i < chats->count; i++) {
        enum index_state state = chats->folders[i].state;
        if (state != INDEX_OK && state != INDEX_MISSING)
            return false;
        has_index |= state == INDEX_OK;
    }
    return has_index;
}
