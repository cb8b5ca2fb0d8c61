#include "tui/demo_server.h"

#include "core/document.h"
#include "core/file.h"
#include "core/operation.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { STEPS_PER_GC = 8, LIVE_MAX = 8, SESSION_ID_SIZE = 37 };

static uint64_t next_random(struct demo_server *server)
{
    server->random ^= server->random << 13;
    server->random ^= server->random >> 7;
    server->random ^= server->random << 17;
    return server->random;
}

static void make_session_id(struct demo_server *server, char id[SESSION_ID_SIZE])
{
    unsigned long long high = next_random(server), low = next_random(server);
    (void)snprintf(id, SESSION_ID_SIZE, "%08llx-%04llx-4%03llx-a%03llx-%012llx", high >> 32,
                   high >> 16 & 0xffff, high & 0xfff, low >> 52, low & 0xffffffffffff);
}

/* The server's own writeFileSync: truncate, write, close. */
static int write_registry(const char *path, struct str text, struct error *error)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0) {
        int errnum = errno;
        return error_set(error, ERROR_SYSTEM, errnum, "writing %s: %s", path, strerror(errnum));
    }
    int result = file_write_at(fd, path, text, 0, error);
    (void)close(fd);
    return result;
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
        result = write_registry(path, buffer_str(&text), error);
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

/* A chat of the past: `age_s` seconds old, so long to live, then perhaps something happened. */
struct story {
    int age_s;
    int ttl_s;
    bool then_acts;
    enum operation_kind then;
};

static const struct story stories[] = {
    {640, 120, true, OPERATION_EXPIRE}, {420, 90, true, OPERATION_RELEASE},
    {156, 240, false, OPERATION_TOUCH}, {118, 180, true, OPERATION_IDLE},
    {96, 90, false, OPERATION_TOUCH},   {47, 150, false, OPERATION_TOUCH},
    {31, 120, true, OPERATION_IDLE},    {12, 90, false, OPERATION_TOUCH},
};

int demo_server_fill(struct demo_server *server, int64_t now_ms, struct error *error)
{
    struct document document;
    document_init(&document);
    document_set_missing(&document);
    int result = 0;
    for (size_t i = 0; result == 0 && i < sizeof(stories) / sizeof(stories[0]); i++) {
        char id[SESSION_ID_SIZE];
        make_session_id(server, id);
        struct operation operation = {
            .kind = OPERATION_ALLOCATE,
            .session_id = str_of(id),
            .now_ms = now_ms - stories[i].age_s * 1000,
            .has_ttl = true,
            .ttl_ms = stories[i].ttl_s * 1000.0,
        };
        result = apply(server, &document, &operation, error);
        operation.kind = stories[i].then;
        if (result == 0 && stories[i].then_acts)
            result = apply(server, &document, &operation, error);
    }
    if (result == 0)
        result = save_registry(server->registry_path, &document, error);
    document_done(&document);
    return result;
}

/* Some live session in this state; none: the absent string. */
static struct str pick(struct demo_server *server, const struct registry *registry,
                       enum entry_state state)
{
    struct str picked = {0};
    unsigned seen = 0;
    for (size_t i = 0; i < registry->count; i++)
        if (entry_is_live(&registry->entries[i]) && registry->entries[i].state == state &&
            next_random(server) % ++seen == 0)
            picked = registry->entries[i].session_id;
    return picked;
}

static size_t count_live(const struct registry *registry)
{
    size_t live = 0;
    for (size_t i = 0; i < registry->count; i++)
        live += entry_is_live(&registry->entries[i]);
    return live;
}

/* What happens next; false when nothing does. `id` is room for a new session's id. */
static bool choose(struct demo_server *server, const struct registry *registry,
                   char id[SESSION_ID_SIZE], struct operation *ret_operation)
{
    struct operation *operation = ret_operation;
    if (++server->steps % STEPS_PER_GC == 0) {
        operation->kind = OPERATION_GC;
        return true;
    }
    switch (next_random(server) % 8) {
    case 0:
    case 1:
    case 2:
        if (count_live(registry) >= LIVE_MAX)
            return false;
        make_session_id(server, id);
        operation->kind = OPERATION_ALLOCATE;
        operation->session_id = str_of(id);
        operation->has_ttl = true;
        operation->ttl_ms = 45000.0 + (double)(next_random(server) % 90000);
        return true;
    case 3:
    case 4:
        operation->kind = OPERATION_IDLE;
        operation->session_id = pick(server, registry, STATE_ACTIVE);
        break;
    default:
        operation->kind = OPERATION_TOUCH;
        operation->session_id = pick(server, registry, STATE_IDLE);
        break;
    }
    return operation->session_id.len > 0;
}

void demo_server_step(struct demo_server *server, int64_t now_ms)
{
    struct document document;
    struct operation operation = {.now_ms = now_ms};
    char id[SESSION_ID_SIZE];
    if (read_registry(server->registry_path, &document, NULL) == 0 &&
        choose(server, &document.registry, id, &operation) &&
        apply(server, &document, &operation, NULL) == 0 && !registry_is_clean(&document.registry))
        (void)save_registry(server->registry_path, &document, NULL);
    document_done(&document);
}

int demo_server_pause_ms(struct demo_server *server)
{
    return 400 + (int)(next_random(server) % 2000);
}
