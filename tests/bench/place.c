/* A state directory with a registry of a size, and a server that saves it. */
#include "tests/bench/bench.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { LIVE = 5, CHATS_MOST = 50, DIGITS = 13, LABEL = 5 };

static const char STATE_DIR[] = ".openclaw-dench";

/* Ids in no order, as a server makes them. */
static void add_id(struct buffer *out, size_t entry)
{
    uint64_t a = ((uint64_t)entry + 1) * UINT64_C(0x9E3779B97F4A7C15);
    uint64_t b = (a ^ a >> 29) * UINT64_C(0xBF58476D1CE4E5B9);
    buffer_addf(out, "%08x-%04x-4%03x-9%03x-%012" PRIx64, (unsigned)(a >> 32),
                (unsigned)(a >> 16 & 0xffff), (unsigned)(a & 0xfff), (unsigned)(b >> 52),
                b & UINT64_C(0xffffffffffff));
}

const char *place_short_id(size_t entry)
{
    static char ring[8][16];
    static unsigned next;
    struct buffer id = {0};
    char *text = ring[next++ % 8];
    add_id(&id, entry);
    (void)snprintf(text, sizeof(ring[0]), "%.8s", id.data);
    buffer_done(&id);
    return text;
}

/* The newest first: five that are live, then what expired an hour ago and earlier, one a minute. */
static void add_entry(struct buffer *out, const struct place *place, size_t entry)
{
    bool is_live = entry < LIVE;
    int64_t ago_ms = is_live ? 1000 * (int64_t)entry + 500 : 3600000 + 60000 * (int64_t)entry;
    int64_t used_ms = place->made_ms - ago_ms;
    buffer_addf(out, "%s\n    \"", entry ? "," : "");
    size_t at = out->len;
    add_id(out, entry);
    buffer_addf(out, "\": {\n      \"chatAgentId\": \"chat-slot-main-%05zu\",\n", entry % 8 + 1);
    buffer_addf(out, "      \"workspaceAgentId\": \"main\",\n      \"sessionId\": \"");
    add_id(out, entry);
    buffer_addf(out,
                "\",\n      \"workspaceDir\": \"\",\n      \"state\": \"%s\",\n"
                "      \"createdAt\": %" PRId64 ",\n      \"lastActiveAt\": %" PRId64
                ",\n      \"idleTtlMs\": 1800000\n    }",
                is_live ? "active" : "expired", used_ms - 60000, used_ms);
    place->entries[entry] = at;
}

static void put_registry(struct place *place)
{
    struct buffer text = {0};
    buffer_addf(&text, "{\n  \"version\": 1,\n  \"agents\": {");
    for (size_t i = 0; i < place->n; i++)
        add_entry(&text, place, i);
    buffer_addf(&text, "\n  }\n}\n");
    if (text.failed)
        abort();
    place->size = text.len;
    tree_write(&place->tree, ".openclaw-dench/chat-agents.json", text.data, text.len);
    buffer_done(&text);
}

static void put_config(const struct place *place)
{
    struct buffer text = {0};
    buffer_addf(&text, "{\"agents\":{\"list\":[{\"id\":\"main\"}");
    for (int slot = 1; slot <= 8; slot++)
        buffer_addf(&text, ",{\"id\":\"chat-slot-main-%05d\"}", slot);
    buffer_addf(&text, "]}}\n");
    tree_write(&place->tree, ".openclaw-dench/openclaw.json", text.data, text.len);
    buffer_done(&text);
}

static void put_chats(const struct place *place)
{
    struct buffer text = {0};
    for (size_t i = 0; i < CHATS_MOST && i < place->n; i++) {
        buffer_addf(&text, "%s{\"id\":\"", i ? ",\n" : "[");
        add_id(&text, i);
        buffer_addf(&text,
                    "\",\"title\":\"Invoice %zu\",\"createdAt\":%" PRId64 ",\"updatedAt\":%" PRId64
                    ",\"messageCount\":2,\"chatAgentId\":\"chat-slot-main-%05zu\"}",
                    i, place->made_ms - 7200000, place->made_ms - 3600000, i % 8 + 1);
    }
    buffer_addf(&text, "]\n");
    tree_write(&place->tree, ".openclaw-dench/workspace/.openclaw/web-chat/index.json", text.data,
               text.len);
    buffer_done(&text);
}

void place_make(struct place *place, size_t n)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    place->n = n;
    place->made_ms = (int64_t)now.tv_sec * 1000;
    place->entries = calloc(n, sizeof(*place->entries));
    if (!place->entries)
        abort();
    tree_make(&place->tree);
    put_registry(place);
    put_config(place);
    put_chats(place);
    (void)snprintf(place->registry, sizeof(place->registry), "%s/%s/chat-agents.json",
                   place->tree.path, STATE_DIR);
}

void place_remove(struct place *place)
{
    free(place->entries);
    tree_remove(&place->tree);
}

char *place_read(const struct place *place)
{
    return tree_read(&place->tree, ".openclaw-dench/chat-agents.json");
}

/* Where the digits of lastActiveAt stand: in the last lines of an entry, whose size is known. */
static size_t digits_at(const struct place *place, const char *text, size_t entry)
{
    static const char name[] = "\"lastActiveAt\": ";
    const char *from = text + place->entries[entry];
    return (size_t)(strstr(from, name) + strlen(name) - text);
}

void place_touch(const struct place *place, size_t first, size_t step, size_t count)
{
    static int64_t ever;
    char *text = place_read(place);
    int fd = open(place->registry, O_WRONLY | O_CLOEXEC);
    if (!text || fd < 0)
        abort();
    ever++;
    for (size_t i = 0; i < count; i++) {
        char digits[DIGITS + 1];
        size_t entry = first + i * step;
        int64_t used_ms = place->made_ms - 4000000 - 1000 * (int64_t)entry - ever % 1000;
        (void)snprintf(digits, sizeof(digits), "%0*" PRId64, DIGITS, used_ms);
        if (pwrite(fd, digits, DIGITS, (off_t)digits_at(place, text, entry)) != DIGITS)
            abort();
    }
    (void)close(fd);
    free(text);
}

double place_save(const struct place *place, const char *label)
{
    char *text = place_read(place);
    if (!text || strlen(label) != LABEL)
        abort();
    char *slot = strstr(text + place->entries[0], "chat-slot-main-");
    memcpy(slot + strlen("chat-slot-main-"), label, LABEL);
    int fd = open(place->registry, O_WRONLY | O_TRUNC | O_CLOEXEC);
    for (size_t done = 0; done < place->size;) {
        ssize_t put = write(fd, text + done, place->size - done);
        if (put <= 0)
            abort();
        done += (size_t)put;
    }
    double closed_ms = now_ms();
    (void)close(fd);
    free(text);
    return closed_ms;
}
