#include "core/paths_part.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { NAME_MAX_BYTES = 64, FIRST_CAPACITY = 8 };

/* Length of the white space at the start (or the end) of `text`; 0 for none. */
static size_t space_at(struct str text, bool at_end)
{
    static const char *const spaces[] = {
        " ",
        "\t",
        "\n",
        "\v",
        "\f",
        "\r",
        "\xC2\xA0",
        "\xE1\x9A\x80",
        "\xE2\x80\x80",
        "\xE2\x80\x81",
        "\xE2\x80\x82",
        "\xE2\x80\x83",
        "\xE2\x80\x84",
        "\xE2\x80\x85",
        "\xE2\x80\x86",
        "\xE2\x80\x87",
        "\xE2\x80\x88",
        "\xE2\x80\x89",
        "\xE2\x80\x8A",
        "\xE2\x80\xA8",
        "\xE2\x80\xA9",
        "\xE2\x80\xAF",
        "\xE2\x81\x9F",
        "\xE3\x80\x80",
        "\xEF\xBB\xBF",
    };
    for (size_t i = 0; i < sizeof(spaces) / sizeof(spaces[0]); i++) {
        size_t len = strlen(spaces[i]);
        if (text.len >= len &&
            memcmp(at_end ? text.data + text.len - len : text.data, spaces[i], len) == 0)
            return len;
    }
    return 0;
}

struct str paths_trim(struct str text)
{
    size_t len;
    while ((len = space_at(text, false)) > 0) {
        text.data += len;
        text.len -= len;
    }
    while ((len = space_at(text, true)) > 0)
        text.len -= len;
    return text;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool workspace_name_is_valid(struct str name)
{
    if (name.len < 1 || name.len > NAME_MAX_BYTES)
        return false;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.data[i];
        bool punctuation = i > 0 && (c == '_' || c == '-');
        if (!is_letter(c) && !is_digit(c) && !punctuation)
            return false;
    }
    return true;
}

struct str workspace_name_of_directory(struct str directory)
{
    struct str prefix = STR("workspace-");
    if (str_equal(directory, STR("workspace")))
        return STR("default");
    if (!str_starts(directory, prefix))
        return (struct str){0};
    struct str name =
        paths_trim((struct str){directory.data + prefix.len, directory.len - prefix.len});
    return workspace_name_is_valid(name) ? name : (struct str){0};
}

static struct str agent_of(struct str workspace)
{
    bool is_main = !workspace.data || str_equal(workspace, STR("default"));
    return is_main ? STR("main") : workspace;
}

void workspace_agent_id(struct str workspace, struct buffer *ret_agent_id)
{
    buffer_add_str(ret_agent_id, agent_of(workspace));
}

bool workspace_has_agent(struct str workspace, struct str agent_id)
{
    return str_equal(agent_of(workspace), agent_id);
}

/* What ICU's root collation compares first: _ - 0…9, then letters ignoring case. */
static int primary_weight(char c)
{
    if (c == '_')
        return 0;
    if (c == '-')
        return 1;
    if (is_digit(c))
        return 2 + (c - '0');
    return 12 + ((c | 0x20) - 'a');
}

static int by_collation(const void *left, const void *right)
{
    const struct str *a = left;
    const struct str *b = right;
    size_t shorter = a->len < b->len ? a->len : b->len;
    for (size_t i = 0; i < shorter; i++) {
        int order = primary_weight(a->data[i]) - primary_weight(b->data[i]);
        if (order != 0)
            return order;
    }
    if (a->len != b->len)
        return a->len < b->len ? -1 : 1;
    /* Equal but for case: the first difference decides, lower case (the larger byte) first. */
    return str_compare(*b, *a);
}

/* A directory itself: a symbolic link to one does not count. */
static bool is_real_directory(DIR *parent, const struct dirent *entry)
{
    struct stat info;
    if (entry->d_type != DT_UNKNOWN)
        return entry->d_type == DT_DIR;
    return fstatat(dirfd(parent), entry->d_name, &info, AT_SYMLINK_NOFOLLOW) == 0 &&
           S_ISDIR(info.st_mode);
}

static int add_name(struct workspaces *workspaces, size_t *capacity, struct str name)
{
    if (workspaces->count == *capacity) {
        size_t wanted = *capacity ? *capacity * 2 : FIRST_CAPACITY;
        struct str *names = reallocarray(workspaces->names, wanted, sizeof(*names));
        if (!names)
            return -ENOMEM;
        workspaces->names = names;
        *capacity = wanted;
    }
    struct str copy = arena_copy(&workspaces->arena, name);
    if (!copy.data)
        return -ENOMEM;
    workspaces->names[workspaces->count++] = copy;
    return 0;
}

/* -ENOMEM, or another error of readdir(): then the server sees no workspaces at all. */
static int read_names(DIR *directory, struct workspaces *workspaces)
{
    size_t capacity = 0;
    for (;;) {
        errno = 0;
        const struct dirent *entry = readdir(directory);
        if (!entry)
            return -errno;
        struct str name = workspace_name_of_directory(str_of(entry->d_name));
        if (!name.data || !is_real_directory(directory, entry))
            continue;
        int result = add_name(workspaces, &capacity, name);
        if (result != 0)
            return result;
    }
}

/* "workspace" and "workspace-default" are both "default": one name, once. */
static void sort_unique(struct workspaces *workspaces)
{
    size_t kept = 0;
    if (workspaces->count > 1)
        qsort(workspaces->names, workspaces->count, sizeof(*workspaces->names), by_collation);
    for (size_t i = 0; i < workspaces->count; i++) {
        if (kept == 0 || !str_equal(workspaces->names[i], workspaces->names[kept - 1]))
            workspaces->names[kept++] = workspaces->names[i];
    }
    workspaces->count = kept;
}

int workspaces_discover(const char *state_dir, struct workspaces *ret_workspaces,
                        struct error *error)
{
    struct workspaces found = {0};
    int result = 0;
    DIR *directory = opendir(state_dir);
    if (directory) {
        result = read_names(directory, &found);
        (void)closedir(directory);
    } else if (errno == ENOMEM) {
        result = -ENOMEM;
    }
    if (result != 0)
        workspaces_done(&found);
    if (result == -ENOMEM)
        return error_no_memory(error, "looking for workspaces");
    sort_unique(&found);
    *ret_workspaces = found;
    return 0;
}

void workspaces_done(struct workspaces *workspaces)
{
    free(workspaces->names);
    arena_done(&workspaces->arena);
    *workspaces = (struct workspaces){0};
}

bool workspaces_contain(const struct workspaces *workspaces, struct str name)
{
    for (size_t i = 0; i < workspaces->count; i++) {
        if (str_equal(workspaces->names[i], name))
            return true;
    }
    return false;
}
