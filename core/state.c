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
        .copies_dir = made.copies_dir.data,
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
    around_done(&state->around);
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

/* An event that is about the file and no session. */
static int tell_history(struct state *state, enum history_event_kind kind, int64_t now_ms,
                        struct error *error)
{
    struct history_event event = {.at_ms = (double)now_ms, .kind = kind, .by = BY_SOMEBODY};
    struct events events = {.items = &event, .count = 1};
    return state->around.history ? history_add(state->around.history, &events, error) : 0;
}

static int note_history(struct state *state, const struct document *document,
                        const struct state_look *look, struct error *error)
{
    const struct document *before = state_shown(state);
    struct events events;
    if (!state->around.history || !document->has_registry || !before->has_registry)
        return 0;
    int result = events_between(&before->registry, &document->registry, look->now_ms, look->is_ours,
                                &events, error);
    if (result != 0)
        return result;
    result = history_add(state->around.history, &events, error);
    events_done(&events);
    return result;
}

static int load_registry(struct state *state, const struct state_look *look, struct error *error)
{
    struct document document;
    document_init(&document);
    int result = store_load(&state->store, look->settle_ms, &document, &state->identity, error);
    if (result == 0)
        result = note_history(state, &document, look, error);
    if (result != 0) {
        document_done(&document);
        return result;
    }
    notice_wipe(state, &document);
    if (document.has_registry)
        document_set_missing(&state->last_good);
    else if (state->document.has_registry)
        replace(&state->last_good, &state->document);
    replace(&state->document, &document);
    document_done(&document);
    if (state->copies_dir.data && (state->is_wiped || !state->document.has_registry))
        state->has_copy = copies_exist(state->copies_dir.data);
    return 0;
}

int state_load(struct state *state, const struct state_look *look, struct error *error)
{
    bool wants_pool = look->parts & PART_CONFIG;
    int result = 0;
    forget_model(state);
    if (look->parts & (PART_UI_STATE | PART_WORKSPACES))
        result = load_workspace_and_pool(state, wants_pool, error);
    else if (wants_pool)
        result = load_pool(state, buffer_str(&state->workspace.agent_id), error);
    if (result == 0 && look->parts & PART_REGISTRY)
        result = load_registry(state, look, error);
    if (result != 0)
        return result;
    struct around_sources sources = {
        .state_dir = state->dir.data,
        .registry_path = state->registry_path.data,
        .state_home = state->environment.state_home,
        .registry = &state_shown(state)->registry,
        .pool = &state->pool,
    };
    return around_load(&state->around, look->parts, &sources, error);
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
    if (is_torn != state->is_torn_told) {
        int told = tell_history(state, is_torn ? EVENT_TORN : EVENT_MENDED, now_ms, error);
        if (told != 0)
            return told;
        state->is_torn_told = is_torn;
    }
    const struct document *lost = is_torn ? &state->last_good : &state->before_wipe;
    bool *is_kept = is_torn ? &state->is_torn_kept : &state->is_wipe_kept;
    if ((!is_torn && !state->is_wiped) || *is_kept || lost->bytes.len == 0 ||
        !state->copies_dir.data)
        return 0;
    int result = copies_save(state->copies_dir.data, buffer_str(&lost->bytes), now_ms,
                             is_torn ? COPIES_TORN : COPIES_WIPED, error);
    if (result == 0)
        *is_kept = state->has_copy = true;
    return result;
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
