#include "tests/sweep/trial.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE_BYTES = 4096, SLOT_COUNT = 5 };

static const int64_t now_ms = 1773890060000;

static const struct str slots[SLOT_COUNT] = {
    {"chat-slot-main-1", 16}, {"chat-slot-main-2", 16}, {"chat-slot-main-3", 16},
    {"chat-slot-main-4", 16}, {"chat-slot-main-5", 16},
};
const struct pool trial_pool = {{"main", 4}, slots, SLOT_COUNT};
static const char good_text[] = "{\n  \"version\": 1,\n  \"agents\": {}\n}\n";
const struct str trial_good_text = {good_text, sizeof(good_text) - 1};

enum layout { LAYOUT_USUAL, LAYOUT_COMPACT, LAYOUT_NONE, LAYOUT_TORN };

#define DO(operation_kind, id)                                                                     \
    {                                                                                              \
        .kind = (operation_kind), .session_id = { id, sizeof(id) - 1 }                             \
    }
#define ONE(operation_kind, id) .operations = {DO(operation_kind, id)}, .count = 1
#define FIVE                                                                                       \
    .operations = {DO(OPERATION_EXPIRE, "aaaa"), DO(OPERATION_TOUCH, "bbbb"),                      \
                   DO(OPERATION_ALLOCATE, "cccc"), DO(OPERATION_PURGE, "dddd"),                    \
                   DO(OPERATION_RELEASE, "eeee")},                                                 \
    .count = 5

/* `needle`: what is edited begins there. */
static const struct kind {
    const char *name;
    const char *needle;
    enum layout layout;
    struct operation operations[TRIAL_OPERATIONS_MAX];
    size_t count;
    struct world world;
    size_t shift; /* not 0: over a page's edge by itself already */
    bool replaces;
} kinds[] = {
    {"state change", "\"active\"", .shift = 0, ONE(OPERATION_EXPIRE, "aaaa")},
    {"state change over a page's edge", "\"active\"", .shift = 3, ONE(OPERATION_EXPIRE, "aaaa")},
    {"touch that activates", "\"idle\"", .shift = 0, ONE(OPERATION_TOUCH, "bbbb")},
    {"touch that activates over a page's edge", "\"idle\"", .shift = 40,
     ONE(OPERATION_TOUCH, "bbbb")},
    {"re-allocation", "\"cccc\"", .shift = 0, ONE(OPERATION_ALLOCATE, "cccc")},
    {"re-allocation over a page's edge", "\"cccc\"", .shift = 200, ONE(OPERATION_ALLOCATE, "cccc")},
    {"new entry", "\n  }\n}\n", .shift = 0, ONE(OPERATION_ALLOCATE, "new")},
    {"new entry over a page's edge", "\n  }\n}\n", .shift = 100, ONE(OPERATION_ALLOCATE, "new")},
    {"removal", "\"cccc\"", .shift = 0, ONE(OPERATION_PURGE, "cccc")},
    {"removal over a page's edge", "\"cccc\"", .shift = 100, ONE(OPERATION_PURGE, "cccc")},
    {"batch of five", "\"cccc\"", .shift = 0, FIVE},
    {"batch of five over a page's edge", "\"cccc\"", .shift = 50, FIVE},
    {"batch with a new entry", "\n  }\n}\n", .shift = 0,
     .operations = {DO(OPERATION_RELEASE, "aaaa"), DO(OPERATION_ALLOCATE, "new"),
                    DO(OPERATION_ALLOCATE, "newer"), DO(OPERATION_PURGE, "dddd")},
     .count = 4},
    {"garbage collection", NULL, ONE(OPERATION_GC, "")},
    {"nothing to do", NULL, ONE(OPERATION_IDLE, "bbbb")},
    {"nobody there", NULL, LAYOUT_NONE, ONE(OPERATION_RELEASE, "aaaa")},
    {"new file", NULL, LAYOUT_NONE, ONE(OPERATION_ALLOCATE, "new")},
    {"new file by a temporary name", NULL, LAYOUT_NONE, ONE(OPERATION_ALLOCATE, "new"),
     .world = {.no_nameless_file = true}},
    {"state change in compact JSON", "\"active\"", LAYOUT_COMPACT, ONE(OPERATION_EXPIRE, "aaaa")},
    {"new entry in compact JSON", "}}", LAYOUT_COMPACT, ONE(OPERATION_ALLOCATE, "new")},
    {"batch of five without leases", "\"cccc\"", .shift = 0, FIVE, .world = {.no_lease = true}},
    {"new entry without leases", "\n  }\n}\n", .shift = 100, ONE(OPERATION_ALLOCATE, "new"),
     .world = {.no_lease = true}},
    {"batch of five without a child", "\"cccc\"", .shift = 0, FIVE, .world = {.no_child = true}},
    {"new entry without a child", "\n  }\n}\n", .shift = 100, ONE(OPERATION_ALLOCATE, "new"),
     .world = {.no_child = true}},
    {"torn file replaced", NULL, LAYOUT_TORN, .replaces = true},
};

static void add_entry(struct buffer *out, const char *id, const char *slot, const char *dir,
                      const char *state)
{
    buffer_addf(out,
                "    \"%s\": {\n      \"chatAgentId\": \"%s\",\n"
                "      \"workspaceAgentId\": \"main\",\n      \"sessionId\": \"%s\",\n"
                "      \"workspaceDir\": \"%s\",\n      \"state\": \"%s\",\n"
                "      \"createdAt\": 1773880000000,\n      \"lastActiveAt\": 1773888000000,\n"
                "      \"idleTtlMs\": 1800000\n    }",
                id, slot, id, dir, state);
}

static void remove_space(struct buffer *text)
{
    size_t kept = 0;
    for (size_t i = 0; i < text->len; i++)
        if (text->data[i] != ' ' && text->data[i] != '\n')
            text->data[kept++] = text->data[i];
    text->len = kept;
}

/* Five entries, and before them one that moves them on by `padding` bytes. */
static void write_registry(struct buffer *out, size_t padding)
{
    struct buffer dir = {0};
    buffer_addf(&dir, "/w");
    buffer_add_repeat(&dir, 'x', padding);
    buffer_clear(out);
    buffer_addf(out, "{\n  \"version\": 1,\n  \"agents\": {\n");
    add_entry(out, "pppp", "main", dir.data, "deleted");
    buffer_addf(out, ",\n");
    add_entry(out, "aaaa", "chat-slot-main-1", "", "active");
    buffer_addf(out, ",\n");
    add_entry(out, "bbbb", "chat-slot-main-2", "", "idle");
    buffer_addf(out, ",\n");
    add_entry(out, "cccc", "chat-slot-main-3", "", "expired");
    buffer_addf(out, ",\n");
    add_entry(out, "dddd", "chat-slot-main-4", "", "deleted");
    buffer_addf(out, ",\n");
    add_entry(out, "eeee", "chat-slot-main-5", "", "idle");
    buffer_addf(out, "\n  }\n}\n");
    buffer_done(&dir);
}

static void write_text(const struct kind *kind, size_t padding, struct buffer *out)
{
    if (kind->layout == LAYOUT_NONE)
        return;
    write_registry(out, padding);
    if (kind->layout == LAYOUT_COMPACT)
        remove_space(out);
    if (kind->layout == LAYOUT_TORN)
        out->len /= 2;
    if (out->failed)
        abort();
    out->data[out->len] = '\0';
}

static void make(const struct kind *kind, size_t shift, struct trial *trial)
{
    *trial = (struct trial){.count = kind->count, .world = kind->world};
    trial->replaces = kind->replaces;
    (void)snprintf(trial->name, sizeof(trial->name), "%s", kind->name);
    memcpy(trial->operations, kind->operations, sizeof(trial->operations));
    for (size_t i = 0; i < trial->count; i++)
        trial->operations[i].now_ms = now_ms;
    write_text(kind, 0, &trial->before);
    if (shift == 0)
        return;
    const char *found = strstr(trial->before.data, kind->needle);
    size_t at = found ? (size_t)(found - trial->before.data) : 0;
    size_t wanted = (at + shift + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES - shift;
    write_text(kind, wanted - at, &trial->before);
    (void)snprintf(trial->name, sizeof(trial->name), "%s (%zu bytes before an edge)", kind->name,
                   shift);
}

size_t trial_count(void)
{
    return sizeof(kinds) / sizeof(kinds[0]);
}

void trial_make(size_t index, struct trial *trial)
{
    make(&kinds[index], kinds[index].shift, trial);
}

bool trial_make_at_edge(size_t index, size_t shift, struct trial *trial)
{
    if (!kinds[index].needle || kinds[index].shift != 0)
        return false;
    make(&kinds[index], shift, trial);
    return true;
}

void trial_done(struct trial *trial)
{
    buffer_done(&trial->before);
}
