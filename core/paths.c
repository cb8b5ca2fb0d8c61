#include "core/paths_part.h"

#include "core/file.h"
#include "core/json.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define STATE_DIR_NAME ".openclaw-dench"
#define UI_STATE_NAME ".dench-ui-state.json"

static void cut(struct buffer *buffer, size_t len)
{
    buffer->len = len;
    if (buffer->data)
        buffer->data[len] = '\0';
}

/* Takes the last segment off again, unless it is one of the leading ".." before `fixed`. */
static void drop_segment(struct buffer *out, size_t fixed)
{
    const char *slash = memrchr(out->data + fixed, '/', out->len - fixed);
    cut(out, slash ? (size_t)(slash - out->data) : fixed);
}

/* Appends path.normalize(path); a slash at the end stays. */
static void add_normalised(struct str path, struct buffer *out)
{
    size_t start = out->len;
    bool is_absolute = path.len > 0 && path.data[0] == '/';
    if (is_absolute)
        buffer_add_char(out, '/');
    size_t root = out->len;
    size_t fixed = root;
    for (size_t at = 0; at < path.len && !out->failed;) {
        const char *slash = memchr(path.data + at, '/', path.len - at);
        size_t end = slash ? (size_t)(slash - path.data) : path.len;
        struct str segment = {path.data + at, end - at};
        bool is_up = str_equal(segment, STR(".."));
        at = end + 1;
        if (segment.len == 0 || str_equal(segment, STR(".")))
            continue;
        if (is_up && out->len > fixed) {
            drop_segment(out, fixed);
        } else if (!is_up || !is_absolute) {
            if (out->len > root)
                buffer_add_char(out, '/');
            buffer_add_str(out, segment);
            if (is_up)
                fixed = out->len;
        }
    }
    if (out->len == start)
        buffer_add_char(out, '.');
    if (path.len > 0 && path.data[path.len - 1] == '/' && out->len > root)
        buffer_add_char(out, '/');
}

/* Appends path.join(first, second). */
static void add_joined(struct str first, struct str second, struct buffer *out)
{
    struct buffer both = {0};
    buffer_add_str(&both, first);
    if (first.len > 0 && second.len > 0)
        buffer_add_char(&both, '/');
    buffer_add_str(&both, second);
    add_normalised(buffer_str(&both), out);
    out->failed |= both.failed;
    buffer_done(&both);
}

/* Appends path.resolve(current_dir, path): no slash at the end. */
static void add_resolved(const char *current_dir, struct str path, struct buffer *out)
{
    bool is_absolute = path.len > 0 && path.data[0] == '/';
    size_t start = out->len;
    add_joined(is_absolute ? (struct str){0} : str_of(current_dir), path, out);
    if (!out->failed && out->len > start + 1 && out->data[out->len - 1] == '/')
        cut(out, out->len - 1);
}

int paths_state_dir(const struct environment *environment, struct buffer *ret_dir,
                    struct error *error)
{
    struct str home = paths_trim(str_of(environment->openclaw_home));
    add_joined(home.len > 0 ? home : str_of(environment->home), STR(STATE_DIR_NAME), ret_dir);
    return ret_dir->failed ? error_no_memory(error, "finding the state directory") : 0;
}

void paths_join(const char *dir, const char *name, struct buffer *ret_path)
{
    add_joined(str_of(dir), str_of(name), ret_path);
}

/* The first segment of `path` below `root`, both resolved; absent when it is not below. */
static struct str first_segment_below(struct str root, struct str path)
{
    size_t skip = root.len > 1 ? root.len + 1 : 1;
    if (path.len <= skip || !str_starts(path, root) || path.data[skip - 1] != '/')
        return (struct str){0};
    struct str below = {path.data + skip, path.len - skip};
    /* The server takes a path apart at backslashes too. */
    for (size_t i = 0; i < below.len; i++) {
        if (below.data[i] == '/' || below.data[i] == '\\')
            below.len = i;
    }
    return below;
}

/* Appends the workspace that OPENCLAW_WORKSPACE points into; nothing where there is none. */
static void add_environment_name(const struct environment *environment, const char *state_dir,
                                 struct buffer *name)
{
    struct str wanted = paths_trim(str_of(environment->openclaw_workspace));
    struct buffer expanded = {0};
    struct buffer path = {0};
    struct buffer root = {0};
    if (wanted.len == 0)
        return;
    if (wanted.data[0] == '~') {
        struct str rest = {wanted.data + 1, wanted.len - 1};
        add_joined(str_of(environment->home), rest, &expanded);
        wanted = buffer_str(&expanded);
    }
    add_resolved(environment->current_dir, wanted, &path);
    add_resolved(environment->current_dir, str_of(state_dir), &root);
    name->failed |= expanded.failed || path.failed || root.failed;
    if (!name->failed) {
        struct str segment = first_segment_below(buffer_str(&root), buffer_str(&path));
        buffer_add_str(name, workspace_name_of_directory(segment));
    }
    buffer_done(&expanded);
    buffer_done(&path);
    buffer_done(&root);
}

/* Takes activeWorkspace from the text of the UI state; ACTIVE_THROWS where the server does. */
static enum active_source parse_ui_state(struct str text, struct buffer *name, char *trouble,
                                         size_t trouble_size)
{
    struct str root = json_root(text);
    if (json_kind(root) == JSON_NULL) {
        (void)snprintf(trouble, trouble_size, "%s", UI_STATE_NAME " holds null, not an object");
        return ACTIVE_THROWS;
    }
    struct str value = json_member(root, STR("activeWorkspace"));
    enum json_kind kind = json_kind(value);
    if (kind == JSON_MISSING || kind == JSON_NULL)
        return ACTIVE_NONE;
    if (kind != JSON_STRING) {
        (void)snprintf(trouble, trouble_size, "%s",
                       "activeWorkspace in " UI_STATE_NAME " is not a string");
        return ACTIVE_THROWS;
    }
    json_decode(value, name);
    return ACTIVE_UI_STATE;
}

/* *ret_source is NONE when the file says nothing: missing, unreadable and unparsable are one. */
static int read_ui_state(const char *state_dir, struct active_workspace *active,
                         struct buffer *name, enum active_source *ret_source)
{
    struct buffer path = {0};
    struct buffer text = {0};
    struct json_fault fault;
    int result = 0;
    *ret_source = ACTIVE_NONE;
    paths_join(state_dir, UI_STATE_NAME, &path);
    if (path.failed) {
        result = -ENOMEM;
        goto done;
    }
    result = file_load(path.data, FILE_SIDE_LIMIT_BYTES, &text, NULL);
    if (result != 0) {
        result = result == -ENOMEM ? result : 0;
        goto done;
    }
    if (json_check(buffer_str(&text), &fault))
        *ret_source =
            parse_ui_state(buffer_str(&text), name, active->trouble, sizeof(active->trouble));
    else if (fault.reason == JSON_NO_MEMORY)
        result = -ENOMEM;
    if (name->failed)
        result = -ENOMEM;
done:
    buffer_done(&path);
    buffer_done(&text);
    return result;
}

static int choose(const struct environment *environment, const char *state_dir,
                  const struct workspaces *found, struct active_workspace *active)
{
    struct buffer candidate = {0};
    struct str chosen = {0};
    int result = 0;
    add_environment_name(environment, state_dir, &candidate);
    if (candidate.failed) {
        result = -ENOMEM;
        goto done;
    }
    active->source = ACTIVE_ENVIRONMENT;
    chosen = buffer_str(&candidate);
    if (!workspaces_contain(found, chosen)) {
        buffer_clear(&candidate);
        result = read_ui_state(state_dir, active, &candidate, &active->source);
        chosen = paths_trim(buffer_str(&candidate));
    }
    if (result != 0 || active->source == ACTIVE_THROWS)
        goto done;
    if (!workspaces_contain(found, chosen)) {
        active->source = found->count > 0 ? ACTIVE_FIRST : ACTIVE_NONE;
        chosen = found->count > 0 ? found->names[0] : (struct str){0};
    }
    buffer_add_str(&active->name, chosen);
    workspace_agent_id(chosen, &active->agent_id);
    if (active->name.failed || active->agent_id.failed)
        result = -ENOMEM;
done:
    buffer_done(&candidate);
    return result;
}

int paths_active_workspace(const struct environment *environment, const char *state_dir,
                           struct active_workspace *ret_active, struct error *error)
{
    struct workspaces found = {0};
    struct active_workspace active = {0};
    int result = workspaces_discover(state_dir, &found, error);
    if (result != 0)
        return result;
    result = choose(environment, state_dir, &found, &active);
    workspaces_done(&found);
    if (result != 0) {
        active_workspace_done(&active);
        return error_no_memory(error, "finding the active workspace");
    }
    *ret_active = active;
    return 0;
}

void active_workspace_done(struct active_workspace *active)
{
    buffer_done(&active->name);
    buffer_done(&active->agent_id);
    *active = (struct active_workspace){0};
}
