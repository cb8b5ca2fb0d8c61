#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/helpers/scene.h"

#include "core/chats_part.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TTL_MS = 1800000, MINUTE_MS = 60000, HOUR_MINUTES = 60, DAY_MINUTES = 1440 };

void scene_init(struct scene *scene)
{
    *scene = (struct scene){.state.environment.home = "/home/ana"};
    struct state *state = &scene->state;
    document_init(&state->document);
    document_init(&state->last_good);
    document_set_missing(&state->document);
    buffer_addf(&state->dir, "/home/ana/.openclaw-dench");
    buffer_addf(&state->registry_path, "/home/ana/.openclaw-dench/chat-agents.json");
    buffer_addf(&state->config_path, "/home/ana/.openclaw-dench/openclaw.json");
    state->workspace.source = ACTIVE_UI_STATE;
    buffer_addf(&state->workspace.name, "kumareth");
    buffer_addf(&state->workspace.agent_id, "kumareth");
    state->pool.state = CONFIG_MISSING;
    ui_init(&scene->ui);
    scene->view = (struct view){
        .state = state,
        .ui = &scene->ui,
        .rows = &scene->rows,
        .watch_mode = WATCH_LIVE,
        .last_write_ms = SCENE_NOW_MS - 9000,
    };
}

void scene_done(struct scene *scene)
{
    rows_done(&scene->rows);
    ui_done(&scene->ui);
    state_done(&scene->state);
}

void scene_set_config(struct scene *scene, const char *text)
{
    struct state *state = &scene->state;
    config_pool_done(&state->pool);
    assert_int_equal(
        config_parse_pool(str_of(text), buffer_str(&state->workspace.agent_id), &state->pool, NULL),
        0);
}

void scene_set_pool(struct scene *scene, int count)
{
    struct buffer text = {0};
    buffer_addf(&text, "{\"agents\":{\"list\":[{\"id\":\"kumareth\"}");
    for (int i = 1; i <= count; i++)
        buffer_addf(&text, ",{\"id\":\"chat-slot-kumareth-%d\"}", i);
    buffer_addf(&text, "]}}");
    assert_false(text.failed);
    scene_set_config(scene, text.data);
    buffer_done(&text);
}

static void add_agent(struct buffer *text, const char *agent)
{
    if (strcmp(agent, "main") == 0)
        buffer_addf(text, "kumareth");
    else if (strspn(agent, "0123456789") == strlen(agent))
        buffer_addf(text, "chat-slot-kumareth-%s", agent);
    else
        buffer_addf(text, "%s", agent);
}

void scene_set_entries(struct scene *scene, const struct scene_entry *entries, size_t count)
{
    struct buffer text = {0};
    buffer_addf(&text, "{\n  \"version\": 1,\n  \"agents\": {");
    for (size_t i = 0; i < count; i++) {
        const struct scene_entry *entry = &entries[i];
        buffer_addf(&text, "%s\n    \"%s\": {\n      \"chatAgentId\": \"", i ? "," : "", entry->id);
        add_agent(&text, entry->agent);
        buffer_addf(&text,
                    "\",\n      \"workspaceAgentId\": \"kumareth\",\n      \"sessionId\": \"%s\",\n"
                    "      \"workspaceDir\": \"\",\n      \"state\": \"%s\",\n"
                    "      \"createdAt\": %" PRId64 ",\n      \"lastActiveAt\": %" PRId64
                    ",\n      \"idleTtlMs\": %" PRId64 "\n    }",
                    entry->id, entry->state, SCENE_NOW_MS - entry->age_ms,
                    SCENE_NOW_MS - entry->quiet_ms, entry->ttl_ms ? entry->ttl_ms : TTL_MS);
    }
    buffer_addf(&text, "\n  }\n}\n");
    assert_false(text.failed);
    scene_set_registry(scene, buffer_str(&text));
    buffer_done(&text);
}

/* As state_load() does with what it reads. */
static void put_aside_last_good(struct state *state)
{
    if (!state->document.has_registry)
        return;
    document_done(&state->last_good);
    state->last_good = state->document;
    document_init(&state->document);
}

void scene_set_registry(struct scene *scene, struct str text)
{
    struct buffer bytes = {0};
    buffer_add_str(&bytes, text);
    put_aside_last_good(&scene->state);
    assert_int_equal(document_parse(&scene->state.document, &bytes, NULL), 0);
    buffer_done(&bytes);
}

void scene_set_unreadable(struct scene *scene, const char *trouble)
{
    put_aside_last_good(&scene->state);
    document_set_unreadable(&scene->state.document, trouble);
}

/* ---- what is around ---- */

void scene_add_workspace(struct scene *scene, const char *name)
{
    struct around *around = &scene->state.around;
    struct workspaces *workspaces = &around->workspaces;
    struct str *names = realloc(workspaces->names, (workspaces->count + 1) * sizeof(*names));
    assert_non_null(names);
    names[workspaces->count++] = arena_copy(&workspaces->arena, str_of(name));
    workspaces->names = names;
    around->known |= PART_WORKSPACES;
}

void scene_set_chats(struct scene *scene, const struct scene_chat *chats, size_t count)
{
    struct buffer text = {0};
    struct chats *known = &scene->state.around.chats;
    buffer_addf(&text, "[");
    for (size_t i = 0; i < count; i++) {
        const struct scene_chat *chat = &chats[i];
        buffer_addf(&text,
                    "%s{\"id\":\"%s\",\"messageCount\":%d,\"createdAt\":%" PRId64
                    ",\"updatedAt\":%" PRId64,
                    i ? "," : "", chat->id, chat->messages, SCENE_NOW_MS - chat->age_ms,
                    SCENE_NOW_MS - chat->used_ms);
        if (chat->title)
            buffer_addf(&text, ",\"title\":\"%s\"", chat->title);
        if (chat->agent) {
            buffer_addf(&text, ",\"chatAgentId\":\"");
            add_agent(&text, chat->agent);
            buffer_addf(&text, "\",\"gatewaySessionKey\":\"agent:");
            add_agent(&text, chat->agent);
            buffer_addf(&text, ":web:%s\"", chat->id);
        }
        buffer_addf(&text, "}");
    }
    buffer_addf(&text, "]");
    assert_false(text.failed);
    chats_done(known);
    known->folders = calloc(1, sizeof(*known->folders));
    assert_non_null(known->folders);
    known->count = 1;
    known->folders[0].workspace = STR("kumareth");
    assert_int_equal(chats_add_text(known->folders, &text), 0);
    assert_int_equal(chats_index_ids(known->folders), 0);
    for (size_t i = 0; i < known->folders[0].count; i++)
        known->folders[0].items[i].folder = 0;
    buffer_done(&text);
    scene->state.around.known |= PART_CHATS;
}

static struct evidence evidence_of(const struct scene_trace *trace)
{
    double at_ms = (double)(SCENE_NOW_MS - trace->ago_ms);
    bool has_transcript = trace->kind == 's' || trace->kind == 't';
    bool is_locked = trace->kind == 'l';
    return (struct evidence){
        .has_transcript = has_transcript,
        .transcript_ms = has_transcript ? at_ms : NAN,
        .is_streaming = trace->kind == 's',
        .lock_pid = is_locked ? 4711 : 0,
        .lock_ms = is_locked ? at_ms : NAN,
        .says_running = trace->kind == 'r',
        .status_ms = trace->kind == 'r' ? at_ms : NAN,
        .wal_ms = trace->kind == 'w' ? at_ms : NAN,
    };
}

static struct str evidence_id(const void *owner, size_t place)
{
    return ((const struct evidence *)owner)[place].session_id;
}

void scene_set_traces(struct scene *scene, const struct scene_trace *traces, size_t count)
{
    struct evidences *known = &scene->state.around.evidences;
    evidences_done(known);
    known->items = arena_alloc(&known->arena, count * sizeof(*known->items));
    assert_non_null(known->items);
    struct string_source ids = {evidence_id, known->items};
    assert_true(string_index_reserve(&known->by_id, ids, count));
    for (size_t i = 0; i < count; i++) {
        known->items[i] = evidence_of(&traces[i]);
        known->items[i].session_id = arena_copy(&known->arena, str_of(traces[i].id));
        string_index_put(&known->by_id, ids, i);
    }
    known->count = count;
    scene->state.around.known |= PART_TRACES;
}

void scene_set_server(struct scene *scene, const char *version, int64_t started_ms)
{
    struct server *server = &scene->state.around.server;
    *server = (struct server){
        .state = started_ms ? SERVER_UP : SERVER_DOWN,
        .is_certain = true,
        .pid = 4711,
        .started_ms = (double)(SCENE_NOW_MS - started_ms),
        .retires_pool = server_version_compare(version, "2.3.6") >= 0,
    };
    (void)snprintf(server->version, sizeof(server->version), "%s", version);
    scene->state.around.known |= PART_SERVER;
}

void scene_select(struct scene *scene, const char *id)
{
    buffer_clear(&scene->ui.cursor_id);
    buffer_add_str(&scene->ui.cursor_id, str_of(id));
}

void scene_set_clock(struct scene *scene, int64_t now_ms)
{
    int64_t minutes = now_ms / MINUTE_MS;
    scene->view.now_ms = now_ms;
    scene->view.clock_hour = (int)(minutes / HOUR_MINUTES % (DAY_MINUTES / HOUR_MINUTES));
    scene->view.clock_minute = (int)(minutes % HOUR_MINUTES);
}

void scene_at(struct scene *scene, int64_t now_ms)
{
    struct state *state = &scene->state;
    assert_int_equal(state_model(state, now_ms, NULL), 0);
    assert_int_equal(rows_build(&scene->rows, &state_shown(state)->registry, &state->model,
                                scene->ui.sort, scene->ui.reverse, buffer_str(&scene->ui.filter)),
                     0);
    scene_set_clock(scene, now_ms);
}

void scene_draw(struct scene *scene, int64_t now_ms, int width, int height, struct cells *cells)
{
    scene_at(scene, now_ms);
    assert_int_equal(cells_resize(cells, width, height), 0);
    view_draw(&scene->view, cells);
}
