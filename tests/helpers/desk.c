#include "tests/helpers/desk.h"

#include "core/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REGISTRY "state/chat-agents.json"

enum { TTL_MS = 30 * DESK_MINUTE_MS };

/* In the order of last use, which is the order of the table. */
const struct desk_entry desk_first[] = {
    {"aaaaaaaa-1", "chat-slot-main-1", "active", 12000},
    {"bbbbbbbb-2", "chat-slot-main-2", "active", 5 * DESK_MINUTE_MS},
    {"cccccccc-3", "main", "active", 6 * DESK_MINUTE_MS},
    {"dddddddd-4", "chat-slot-main-3", "idle", 7 * DESK_MINUTE_MS},
    {"eeeeeeee-5", "chat-slot-main-1", "expired", 50 * DESK_MINUTE_MS},
    {"ffffffff-6", "chat-slot-main-2", "deleted", 60 * DESK_MINUTE_MS},
};
const size_t desk_first_count = sizeof(desk_first) / sizeof(desk_first[0]);

void desk_write(struct desk *desk, const char *text)
{
    tree_put(&desk->tree, REGISTRY, text);
}

void desk_save(struct desk *desk, const struct desk_entry *entries, size_t count)
{
    struct buffer text = {0};
    buffer_addf(&text, "{\n  \"version\": 1,\n  \"agents\": {");
    for (size_t i = 0; i < count; i++) {
        long long at_ms = DESK_NOW_MS - entries[i].ago_ms;
        buffer_addf(&text, "%s\n    \"%s\": {\n", i ? "," : "", entries[i].id);
        buffer_addf(&text, "      \"chatAgentId\": \"%s\",\n", entries[i].agent);
        buffer_addf(&text, "      \"workspaceAgentId\": \"main\",\n");
        buffer_addf(&text, "      \"sessionId\": \"%s\",\n", entries[i].id);
        buffer_addf(&text, "      \"workspaceDir\": \"\",\n");
        buffer_addf(&text, "      \"state\": \"%s\",\n", entries[i].state);
        buffer_addf(&text, "      \"createdAt\": %lld,\n", at_ms);
        buffer_addf(&text, "      \"lastActiveAt\": %lld,\n", at_ms);
        buffer_addf(&text, "      \"idleTtlMs\": %d\n    }", TTL_MS);
    }
    buffer_addf(&text, "\n  }\n}\n");
    if (text.failed)
        abort();
    desk_write(desk, text.data);
    buffer_done(&text);
}

void desk_save_changed(struct desk *desk, const char *id, const char *state, int64_t ago_ms)
{
    struct desk_entry entries[sizeof(desk_first) / sizeof(desk_first[0])];
    size_t count = 0;
    for (size_t i = 0; i < desk_first_count; i++) {
        bool is_it = strcmp(desk_first[i].id, id) == 0;
        if (is_it && !state)
            continue;
        entries[count] = desk_first[i];
        if (is_it) {
            entries[count].state = state;
            entries[count].ago_ms = ago_ms;
        }
        count++;
    }
    desk_save(desk, entries, count);
}

int desk_set_up(void **state)
{
    struct desk *desk = calloc(1, sizeof(*desk));
    struct error error;
    if (!desk)
        return -1;
    tree_make(&desk->tree);
    tree_put(&desk->tree, "state/openclaw.json",
             "{\"agents\": {\"list\": [{\"id\": \"main\"}, {\"id\": \"chat-slot-main-1\"},"
             " {\"id\": \"chat-slot-main-2\"}, {\"id\": \"chat-slot-main-3\"}]}}");
    desk_save(desk, desk_first, desk_first_count);
    struct environment environment = {.home = desk->tree.path, .current_dir = "/"};
    desk->now_ms = DESK_NOW_MS;
    if (state_init(&desk->state, &environment, tree_path(&desk->tree, "state"), NULL, &error))
        return -1;
    desk->state.is_streamed = true;
    if (state_load(&desk->state, &(struct state_look){.parts = PART_ALL}, &error) ||
        state_model(&desk->state, desk->now_ms, &error) ||
        app_init(&desk->app, &desk->state, &error))
        return -1;
    desk->state.store.fence_ms = 0;
    *state = desk;
    return 0;
}

int desk_set_up_with_journal(void **state)
{
    if (desk_set_up(state) != 0)
        return -1;
    struct desk *desk = *state;
    (void)snprintf(desk->journal_dir, sizeof(desk->journal_dir), "%s",
                   tree_path(&desk->tree, "journal"));
    desk->journal = (struct journal){
        .dir = desk->journal_dir,
        .user = "ana",
        .host = "ops1",
        .pid = 100,
        .rotate_bytes = JOURNAL_ROTATE_BYTES,
    };
    desk->app.journal = &desk->journal;
    return 0;
}

int desk_tear_down(void **state)
{
    struct desk *desk = *state;
    app_done(&desk->app);
    state_done(&desk->state);
    tree_remove(&desk->tree);
    free(desk);
    return 0;
}

void desk_event(struct desk *desk, enum event_kind kind)
{
    struct event event = {.kind = kind, .parts = kind == EVENT_FILES ? PART_REGISTRY : 0};
    app_handle(&desk->app, &event, desk->now_ms);
}

void desk_files(struct desk *desk)
{
    desk_event(desk, EVENT_FILES);
}

void desk_key(struct desk *desk, uint32_t key)
{
    struct event event = {.kind = EVENT_KEY, .key = key};
    app_handle(&desk->app, &event, desk->now_ms);
}

static void type(struct desk *desk, enum event_kind kind, const char *text)
{
    struct key_decoder decoder = {0};
    struct event event = {.kind = kind};
    for (; *text; text++) {
        if (key_decode(&decoder, (unsigned char)*text, &event.key))
            app_handle(&desk->app, &event, desk->now_ms);
    }
}

void desk_keys(struct desk *desk, const char *keys)
{
    type(desk, EVENT_KEY, keys);
}

void desk_paste(struct desk *desk, const char *text)
{
    type(desk, EVENT_PASTE, text);
}

void desk_select(struct desk *desk, const char *id)
{
    desk_key(desk, 'g');
    for (size_t i = 0; i < desk->app.rows.count; i++) {
        if (strcmp(desk_cursor(desk), id) == 0)
            return;
        desk_key(desk, 'j');
    }
    abort();
}

static const char *text_of(const struct buffer *buffer)
{
    return buffer->data ? buffer->data : "";
}

const char *desk_cursor(const struct desk *desk)
{
    return text_of(&desk->app.ui.cursor_id);
}

const char *desk_message(const struct desk *desk)
{
    return text_of(&desk->app.ui.message);
}

const char *desk_question(const struct desk *desk)
{
    return text_of(&desk->app.ui.question);
}

const char *desk_stored(struct desk *desk, const char *id)
{
    static char word[16];
    char *text = tree_read(&desk->tree, REGISTRY);
    if (!text || !json_check(str_of(text), NULL))
        abort();
    struct str agents = json_member(json_root(str_of(text)), STR("agents"));
    struct str state = json_member(json_member(agents, str_of(id)), STR("state"));
    (void)snprintf(word, sizeof(word), "%.*s", state.len > 2 ? (int)state.len - 2 : 0,
                   state.len > 2 ? state.data + 1 : "");
    free(text);
    return word;
}
