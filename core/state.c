#include "core/state.h"

#include <errno.h>

/* A directory as given: ".." and the like are taken out, and the slash at the end. */
static void add_directory(const char *path, struct buffer *out)
{
    paths_join(path, "", out);
    if (!out->failed && out->len > 1 && out->data[out->len - 1] == '/')
        out->data[--out->len] = '\0';
}

static int find_paths(struct state *state, const char *state_dir_option, struct error *error)
{
    int result = 0;
    if (state_dir_option)
        add_directory(state_dir_option, &state->dir);
    else
        result = paths_state_dir(&state->environment, &state->dir, error);
    if (result != 0)
        return result;
    if (!state->dir.failed) {
        paths_join(state->dir.data, "chat-agents.json", &state->registry_path);
        paths_join(state->dir.data, "openclaw.json", &state->config_path);
    }
    if (state->dir.failed || state->registry_path.failed || state->config_path.failed)
        return error_no_memory(error, "finding the state directory");
    return 0;
}

static int find_copies(struct state *state, struct error *error)
{
    const char *home = state->environment.state_home;
    if (!home)
        return 0;
    return copies_add_dir(home, state->registry_path.data, &state->copies_dir, error);
}

static int take_workspace_option(struct state *state, const char *name, struct error *error)
{
    if (!workspace_name_is_valid(str_of(name)))
        return error_set(error, ERROR_USAGE, EINVAL,
                         "\"%s\" is no workspace name: it takes 1 to 64 letters, digits, _ and -, "
                         "beginning with a letter or digit",
                         name);
    buffer_add_str(&state->workspace_option, str_of(name));
    if (state->workspace_option.failed)
        return error_no_memory(error, "taking the workspace's name");
    return 0;
}

int state_init(struct state *state, const struct environment *environment,
               const char *state_dir_option, const char *workspace_option, struct error *error)
{
    struct state made = {.environment = *environment, .torn_since_ms = INT64_MIN};
    document_init(&made.document);
    document_init(&made.last_good);
    document_init(&made.before_wipe);
    int result = find_paths(&made, state_dir_option, error);
    if (result == 0)
        result = find_copies(&made, error);
    if (result == 0 && workspace_option)
        result = take_workspace_option(&made, workspace_option, error);
    if (result != 0) {
        state_done(&made);
        return result;
    }
    made.store = (struct store){
        .path = made.registry_path.data,
        .fence_ms = STORE_DEFAULT_FENCE_MS,
    };
    *state = made;
    return 0;
}

static void forget_model(struct state *state)
{
    model_done(&state->model);
    state->has_model = false;
}

void state_done(struct state *state)
{
    forget_model(state);
    document_done(&state->document);
    document_done(&state->last_good);
    document_done(&state->before_wipe);
    buffer_done(&state->copies_dir);
    config_pool_done(&state->pool);
    active_workspace_done(&state->workspace);
    buffer_done(&state->workspace_option);
    buffer_done(&state->config_path);
    buffer_done(&state->registry_path);
    buffer_done(&state->dir);
}

/* The workspace that -w names, discovered or not. */
static int use_option(struct str name, struct active_workspace *ret_active, struct error *error)
{
    struct active_workspace active = {.source = ACTIVE_OPTION};
    buffer_add_str(&active.name, name);
    workspace_agent_id(name, &active.agent_id);
    if (active.name.failed || active.agent_id.failed) {
        active_workspace_done(&active);
        return error_no_memory(error, "taking the workspace's name");
    }
    *ret_active = active;
    return 0;
}

static int find_workspace(const struct state *state, struct active_workspace *ret_active,
                          struct error *error)
{
    struct str option = buffer_str(&state->workspace_option);
    if (option.data)
        return use_option(option, ret_active, error);
    return paths_active_workspace(&state->environment, state->dir.data, ret_active, error);
}

static int load_pool(struct state *state, struct str agent_id, struct error *error)
{
    struct config_pool pool;
    int result = config_load_pool(state->config_path.data, agent_id, &pool, error);
    if (result != 0)
        return result;
    config_pool_done(&state->pool);
    state->pool = pool;
    return 0;
}

/* Both or neither: a session must never get a slot of another workspace's pool. */
static int load_workspace_and_pool(struct state *state, bool wants_pool, struct error *error)
{
    struct active_workspace active;
    int result = find_workspace(state, &active, error);
    if (result != 0)
        return result;
    struct str agent_id = buffer_str(&active.agent_id);
    if (wants_pool || !str_equal(agent_id, buffer_str(&state->workspace.agent_id)))
        result = load_pool(state, agent_id, error);
    if (result != 0) {
        active_workspace_done(&active);
        return result;
    }
    active_workspace_done(&state->workspace);
    state->workspace = active;
    return 0;
}

static void replace(struct document *document, struct document *with)
{
    document_done(document);
    *document = *with;
    document_init(with);
}

void state_dismiss_wipe(struct state *state)
{
    state->is_wiped = false;
    document_done(&state->before_wipe);
    document_init(&state->before_wipe);
}

/* Compares a look with the one before it, and with what stood there before a wipe. */
static void notice_wipe(struct state *state, const struct document *look)
{
    struct document *before = state->document.has_registry ? &state->document : &state->last_good;
    struct wipe wipe;
    if (!look->has_registry)
        return;
    if (wipe_is_between(&before->registry, &look->registry, &wipe)) {
        replace(&state->before_wipe, before);
        state->is_wiped = true;
        state->is_wipe_kept = false;
    } else if (state->is_wiped &&
               !wipe_is_between(&state->before_wipe.registry, &look->registry, &wipe)) {
        state_dismiss_wipe(state);
    }
    if (state->is_wiped)
        state->wipe = wipe;
}

static int load_registry(struct state *state, int settle_ms, struct error *error)
{
    struct document look;
    document_init(&look);
    int result = store_load(&state->store, settle_ms, &look, &state->identity, error);
    if (result != 0) {
        document_done(&look);
        return result;
    }
    notice_wipe(state, &look);
    if (look.has_registry)
        document_set_missing(&state->last_good);
    else if (state->document.has_registry)
        replace(&state->last_good, &state->document);
    replace(&state->document, &look);
    document_done(&look);
    if (state->copies_dir.data && (state->is_wiped || !state->document.has_registry))
        state->has_copy = copies_exist(state->copies_dir.data);
    return 0;
}

int state_load(struct state *state, unsigned parts, int settle_ms, struct error *error)
{
    bool wants_pool = parts & PART_CONFIG;
    int result = 0;
    forget_model(state);
    if (parts & (PART_UI_STATE | PART_WORKSPACES))
        result = load_workspace_and_pool(state, wants_pool, error);
    else if (wants_pool)
        result = load_pool(state, buffer_str(&state->workspace.agent_id), error);
    if (result == 0 && parts & PART_REGISTRY)
        result = load_registry(state, settle_ms, error);
    return result;
}

static int keep(struct state *state, const struct document *document, int64_t now_ms,
                const char *reason, struct error *error)
{
    return copies_save(state->copies_dir.data, buffer_str(&document->bytes), now_ms, reason, error);
}

/* True when the file has been torn for so long that nobody is writing it. */
static bool is_torn_for_good(struct state *state, int64_t now_ms)
{
    if (state->document.state != DOCUMENT_TORN) {
        state->torn_since_ms = INT64_MIN;
        return false;
    }
    if (state->torn_since_ms == INT64_MIN || now_ms < state->torn_since_ms) {
        state->torn_since_ms = now_ms;
        state->is_torn_kept = false;
    }
    return now_ms - state->torn_since_ms >= STATE_TORN_MS;
}

int state_keep_lost(struct state *state, int64_t now_ms, struct error *error)
{
    bool is_torn = is_torn_for_good(state, now_ms);
    const struct document *lost = is_torn ? &state->last_good : &state->before_wipe;
    bool *is_kept = is_torn ? &state->is_torn_kept : &state->is_wipe_kept;
    if ((!is_torn && !state->is_wiped) || *is_kept || lost->bytes.len == 0 ||
        !state->copies_dir.data)
        return 0;
    int result = keep(state, lost, now_ms, is_torn ? COPIES_TORN : COPIES_WIPED, error);
    if (result == 0)
        *is_kept = state->has_copy = true;
    return result;
}

int state_keep_copy(struct state *state, int64_t now_ms, struct error *error)
{
    const struct document *document = &state->document;
    bool is_empty = document->state == DOCUMENT_MISSING || document->state == DOCUMENT_UNREADABLE;
    bool is_edited = !state->store.dry_run && !state->store.read_only;
    if (is_empty || !is_edited || !state->copies_dir.data)
        return 0;
    const char *reason = document->has_registry ? COPIES_BEFORE_EDIT : COPIES_REPLACED;
    return keep(state, document, now_ms, reason, error);
}

bool state_can_restore(const struct state *state)
{
    bool is_lost = state->is_wiped || !state->document.has_registry;
    return is_lost && state->has_copy && state->document.state != DOCUMENT_UNREADABLE;
}

const struct document *state_shown(const struct state *state)
{
    return state->document.has_registry ? &state->document : &state->last_good;
}

int state_model(struct state *state, int64_t now_ms, struct error *error)
{
    struct model_sources sources = {
        .document = state_shown(state),
        .look = &state->document,
        .pool = &state->pool,
        .workspace = &state->workspace,
        .wipe = state->is_wiped ? &state->wipe : NULL,
        .has_copy = state->has_copy,
        .registry_path = state->registry_path.data,
        .config_path = state->config_path.data,
        .now_ms = now_ms,
    };
    struct model model;
    int result = model_build(&sources, &model, error);
    if (result != 0)
        return result;
    model_done(&state->model);
    state->model = model;
    state->has_model = true;
    return 0;
}
