#include "tui/demo_server.h"

#include "core/document.h"
#include "core/file.h"
#include "core/operation.h"

#include <errno.h>
#include <stdio.h>

enum { STEPS_PER_GC = 8, LIVE_MAX = 8, MOMENTS = 8, DELETIONS = 24 };

static uint64_t next_random(struct demo_server *server)
{
    server->random ^= server->random << 13;
    server->random ^= server->random >> 7;
    server->random ^= server->random << 17;
    return server->random;
}

static void make_session_id(struct demo_server *server, char id[DEMO_ID_SIZE])
{
    unsigned long long high = next_random(server), low = next_random(server);
    (void)snprintf(id, DEMO_ID_SIZE, "%08llx-%04llx-4%03llx-a%03llx-%012llx", high >> 32,
                   high >> 16 & 0xffff, high & 0xfff, low >> 52, low & 0xffffffffffff);
}

static int read_registry(const char *path, struct document *document, struct error *error)
{
    struct buffer bytes = {0};
    int result = file_load(path, FILE_LIMIT_BYTES, &bytes, error);
    document_init(document);
    if (result == 0) {
        result = document_parse(document, &bytes, error);
    } else if (result == -ENOENT) {
        document_set_missing(document);
        result = 0;
    }
    buffer_done(&bytes);
    return result;
}

static int save_registry(const char *path, const struct document *document, struct error *error)
{
    struct buffer text = {0};
    int result = document_print_whole(document, &text, error);
    if (result == 0)
        result = demo_write(path, buffer_str(&text), error);
    buffer_done(&text);
    return result;
}

static int apply(struct demo_server *server, struct document *document,
                 const struct operation *operation, struct error *error)
{
    struct outcome outcome = {0};
    int result = operation_apply(&document->registry, operation, &server->pool, &outcome, error);
    outcome_done(&outcome);
    return result;
}

/* A chat of the past: `age_s` seconds old, so long to live, then perhaps something happened; used
 * `used_s` seconds ago, and it may run for `run_s` more. */
struct story {
    int age_s;
    int ttl_s;
    int used_s;
    int run_s;
    bool then_acts;
    enum operation_kind then;
};

static const struct story stories[] = {
    {640, 120, 8, 0, true, OPERATION_EXPIRE},  {420, 90, 405, 0, true, OPERATION_RELEASE},
    {156, 240, 0, 40, false, OPERATION_TOUCH}, {118, 180, 70, 0, true, OPERATION_IDLE},
    {96, 90, 88, 0, false, OPERATION_TOUCH},   {47, 150, 0, 25, false, OPERATION_TOUCH},
    {31, 120, 19, 0, true, OPERATION_IDLE},    {12, 90, 0, 30, false, OPERATION_TOUCH},
};

/* The chat of a session that was given an agent just now. */
static struct demo_chat *add_chat(struct demo_server *server, const struct registry *registry,
                                  struct str id, int64_t created_ms)
{
    const struct entry *entry = registry_find(registry, id);
    return entry ? demo_chats_add(&server->chats, id, entry_chat_agent_id(entry), created_ms)
                 : NULL;
}

static int tell_story(struct demo_server *server, struct document *document,
                      const struct story *story, int64_t now_ms, struct error *error)
{
    char id[DEMO_ID_SIZE];
    make_session_id(server, id);
    struct operation operation = {
        .kind = OPERATION_ALLOCATE,
        .session_id = str_of(id),
        .now_ms = now_ms - story->age_s * 1000,
        .has_ttl = true,
        .ttl_ms = story->ttl_s * 1000.0,
    };
    int result = apply(server, document, &operation, error);
    if (result != 0)
        return result;
    struct demo_chat *chat =
        add_chat(server, &document->registry, operation.session_id, operation.now_ms);
    operation.kind = story->then;
    if (story->then_acts)
        result = apply(server, document, &operation, error);
    if (result != 0 || !chat)
        return result;
    demo_chat_stop(chat, now_ms - story->used_s * 1000);
    if (story->run_s > 0)
        demo_chat_run(chat, now_ms, now_ms + story->run_s * 1000);
    return demo_chats_write_traces(&server->chats, chat, error);
}

int demo_server_fill(struct demo_server *server, int64_t now_ms, struct error *error)
{
    struct document document;
    document_init(&document);
    document_set_missing(&document);
    int result = demo_chats_make(&server->chats, &server->pool, error);
    for (size_t i = 0; result == 0 && i < sizeof(stories) / sizeof(stories[0]); i++)
        result = tell_story(server, &document, &stories[i], now_ms, error);
    if (result == 0)
        result = demo_chats_write_index(&server->chats, error);
    if (result == 0)
        result = save_registry(server->registry_path, &document, error);
    document_done(&document);
    return result;
}

static size_t count_live(const struct registry *registry)
{
    size_t live = 0;
    for (size_t i = 0; i < registry->count; i++)
        live += entry_is_live(&registry->entries[i]);
    return live;
}

/* A chat that does nothing; NULL for none. Users come back to it, whatever its entry says. */
static struct demo_chat *pick_quiet(struct demo_server *server)
{
    struct demo_chat *picked = NULL;
    unsigned seen = 0;
    for (size_t i = 0; i < server->chats.count; i++) {
        struct demo_chat *chat = &server->chats.items[i];
        if (chat->runs_until_ms == 0 && next_random(server) % ++seen == 0)
            picked = chat;
    }
    return picked;
}

static int64_t pick_end(struct demo_server *server, int64_t now_ms)
{
    return now_ms + 6000 + (int64_t)(next_random(server) % 40000);
}

static void begin_chat(struct demo_server *server, struct document *document, int64_t now_ms)
{
    char id[DEMO_ID_SIZE];
    if (count_live(&document->registry) >= LIVE_MAX)
        return;
    make_session_id(server, id);
    struct operation operation = {
        .kind = OPERATION_ALLOCATE,
        .session_id = str_of(id),
        .now_ms = now_ms,
        .has_ttl = true,
        .ttl_ms = 45000.0 + (double)(next_random(server) % 90000),
    };
    if (apply(server, document, &operation, NULL) != 0)
        return;
    struct demo_chat *chat = add_chat(server, &document->registry, operation.session_id, now_ms);
    if (chat)
        demo_chat_run(chat, now_ms, pick_end(server, now_ms));
}

/* Runs go on, or end: then, and only then, the server tells the registry. */
static void go_on(struct demo_server *server, struct document *document, int64_t now_ms)
{
    for (size_t i = 0; i < server->chats.count; i++) {
        struct demo_chat *chat = &server->chats.items[i];
        if (chat->runs_until_ms == 0)
            continue;
        chat->used_ms = now_ms;
        if (chat->runs_until_ms <= now_ms) {
            struct operation operation = {
                .kind = OPERATION_IDLE, .session_id = str_of(chat->id), .now_ms = now_ms};
            (void)apply(server, document, &operation, NULL);
            demo_chat_stop(chat, now_ms);
        }
        (void)demo_chats_write_traces(&server->chats, chat, NULL);
    }
}

/* What users do. */
static void happen(struct demo_server *server, struct document *document, int64_t now_ms)
{
    uint64_t moment = next_random(server) % MOMENTS;
    if (next_random(server) % DELETIONS == 0) {
        struct demo_chat *chat = pick_quiet(server);
        if (chat)
            demo_chats_remove(&server->chats, (size_t)(chat - server->chats.items));
    } else if (moment < 2) {
        begin_chat(server, document, now_ms);
    } else if (moment == 2) {
        struct demo_chat *chat = pick_quiet(server);
        if (chat)
            demo_chat_run(chat, now_ms, pick_end(server, now_ms));
    }
}

void demo_server_step(struct demo_server *server, int64_t now_ms)
{
    struct document document;
    struct operation gc = {.kind = OPERATION_GC, .now_ms = now_ms};
    if (read_registry(server->registry_path, &document, NULL) == 0) {
        if (++server->steps % STEPS_PER_GC == 0)
            (void)apply(server, &document, &gc, NULL);
        else
            happen(server, &document, now_ms);
        go_on(server, &document, now_ms);
        (void)demo_chats_write_index(&server->chats, NULL);
        if (!registry_is_clean(&document.registry))
            (void)save_registry(server->registry_path, &document, NULL);
    }
    document_done(&document);
}

int demo_server_pause_ms(struct demo_server *server)
{
    return 400 + (int)(next_random(server) % 2000);
}
