#include "core/state_part.h"

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
    document_init(&made.incoming);
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
        .copies_dir = made.copies_dir.data,
        .fence_ms = STORE_DEFAULT_FENCE_MS,
    };
    *state = made;
    state->store.known = &state->document;
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
    around_done(&state->around);
    short_ids_done(&state->short_ids);
    tally_done(&state->tally);
    document_done(&state->document);
    document_done(&state->last_good);
    document_done(&state->before_wipe);
    document_done(&state->incoming);
    stream_done(&state->stream);
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
    tally_void(&state->tally);
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
    tally_void(&state->tally);
    return 0;
}

int state_load(struct state *state, const struct state_look *look, struct error *error)
{
    const unsigned compared = PART_SERVER | PART_TRACES | PART_HOLDER;
    bool wants_pool = look->parts & PART_CONFIG;
    int result = 0;
    if (look->parts & ~compared)
        forget_model(state);
    if (look->parts & (PART_UI_STATE | PART_WORKSPACES))
        result = load_workspace_and_pool(state, wants_pool, error);
    else if (wants_pool)
        result = load_pool(state, buffer_str(&state->workspace.agent_id), error);
    if (result == 0 && look->parts & PART_REGISTRY)
        result = state_load_registry(state, look, error);
    if (result != 0)
        return result;
    struct around_sources sources = {
        .state_dir = state->dir.data,
        .registry_path = state->registry_path.data,
        .state_home = state->environment.state_home,
        .registry = &state_shown(state)->registry,
        .pool = &state->pool,
    };
    result = around_load(&state->around, look->parts, &sources, error);
    if (result != 0 || !state->around.is_as_before)
        forget_model(state);
    return result;
}

const struct document *state_shown(const struct state *state)
{
    return state->document.has_registry ? &state->document : &state->last_good;
}

static const void *known(const struct state *state, unsigned part, const void *what)
{
    return state->around.known & part ? what : NULL;
}

int state_model(struct state *state, int64_t now_ms, struct error *error)
{
    const struct around *around = &state->around;
    state->beat = around_beat(around);
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
        .workspaces = known(state, PART_WORKSPACES, &around->workspaces),
        .chats = known(state, PART_CHATS, &around->chats),
        .evidences = known(state, PART_TRACES, &around->evidences),
        .server = known(state, PART_SERVER, &around->server),
        .beat = known(state, PART_SERVER, &state->beat),
        .short_ids = &state->short_ids,
        .tally = state->is_streamed ? &state->tally : NULL,
        .holder = around->holder[0] ? around->holder : NULL,
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

struct why_sources state_why_sources(const struct state *state, int64_t now_ms)
{
    struct why_sources sources = {
        .document = state_shown(state),
        .model = &state->model,
        .pool = &state->pool,
        .workspace = &state->workspace,
        .chats = known(state, PART_CHATS, &state->around.chats),
        .beat = state->beat,
        .now_ms = now_ms,
    };
    if (state->around.history)
        sources.events = history_events(state->around.history, &sources.event_count);
    return sources;
}
