#include "tui/demo_chats.h"

#include "core/file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHATS_DIR "workspace-kumareth/.openclaw/web-chat"

static const char *const titles[] = {
    "Onboarding of new colleagues",
    "Invoice dispute",
    "Refund copy for EU",
    "Q3 pipeline summary",
    "Survey wording",
    "Import of the price list",
    "Release notes 4.2",
    "Meeting with Lisbon",
    "Why is the build red?",
    "Contract renewal checklist",
    "New Chat",
    "Cohort analysis, May",
    "Translate the landing page",
    "Travel plan Hamburg",
    "Reply to the landlord",
    "Duplicate contacts in CRM",
    "Weekly report",
    "Regex for order numbers",
    "Job ad: support engineer",
    "Draft: data agreement",
    "Lead scoring ideas",
};

int demo_write(const char *path, struct str text, struct error *error)
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

/* Takes over both. */
static int write_text(struct buffer *path, struct buffer *text, struct error *error)
{
    int result = path->failed || text->failed ? error_no_memory(error, "writing the demo's chats")
                                              : demo_write(path->data, buffer_str(text), error);
    buffer_done(path);
    buffer_done(text);
    return result;
}

/* A file with this text, and the directories above it. */
static int make_file(const struct demo_chats *chats, const char *name, const char *text,
                     struct error *error)
{
    struct buffer path = {0};
    buffer_addf(&path, "%s/%s", chats->state_dir, name);
    int result = path.failed ? error_no_memory(error, "making the demo's chats")
                             : file_create_whole(path.data, str_of(text), error);
    buffer_done(&path);
    return result;
}

static int make_agent(const struct demo_chats *chats, struct str agent, struct error *error)
{
    char name[2 * DEMO_AGENT_SIZE];
    (void)snprintf(name, sizeof(name), "agents/%.*s/sessions/sessions.json", (int)agent.len,
                   agent.data);
    return make_file(chats, name, "{}\n", error);
}

int demo_chats_make(const struct demo_chats *chats, const struct pool *pool, struct error *error)
{
    int result = make_file(chats, CHATS_DIR "/index.json", "[]\n", error);
    if (result == 0)
        result = make_agent(chats, pool->workspace_agent_id, error);
    for (size_t i = 0; result == 0 && i < pool->slot_count; i++)
        result = make_agent(chats, pool->slots[i], error);
    return result;
}

struct demo_chat *demo_chats_add(struct demo_chats *chats, struct str id, struct str agent,
                                 int64_t created_ms)
{
    if (chats->count == DEMO_CHATS_MAX)
        demo_chats_remove(chats, 0);
    struct demo_chat *chat = &chats->items[chats->count++];
    *chat = (struct demo_chat){
        .title = titles[chats->made % (sizeof(titles) / sizeof(titles[0]))],
        .created_ms = created_ms,
        .used_ms = created_ms,
        .is_silent = chats->made % 4 == 3,
        .messages = 1,
    };
    chats->made++;
    (void)snprintf(chat->id, sizeof(chat->id), "%.*s", (int)id.len, id.data);
    (void)snprintf(chat->agent, sizeof(chat->agent), "%.*s", (int)agent.len, agent.data);
    return chat;
}

void demo_chat_run(struct demo_chat *chat, int64_t now_ms, int64_t until_ms)
{
    chat->used_ms = now_ms;
    chat->runs_until_ms = until_ms;
    chat->messages++;
}

void demo_chat_stop(struct demo_chat *chat, int64_t now_ms)
{
    chat->used_ms = now_ms;
    chat->runs_until_ms = 0;
}

static void add_transcript_path(const struct demo_chats *chats, const struct demo_chat *chat,
                                struct buffer *path)
{
    buffer_addf(path, "%s/" CHATS_DIR "/%s.jsonl", chats->state_dir, chat->id);
}

static void add_lock_path(const struct demo_chats *chats, const struct demo_chat *chat,
                          struct buffer *path)
{
    buffer_addf(path, "%s/agents/%s/sessions/%s.jsonl.lock", chats->state_dir, chat->agent,
                chat->id);
}

static int write_transcript(const struct demo_chats *chats, const struct demo_chat *chat,
                            struct error *error)
{
    bool is_streaming = chat->runs_until_ms != 0 && !chat->is_silent;
    struct buffer path = {0};
    struct buffer text = {0};
    add_transcript_path(chats, chat, &path);
    buffer_addf(&text,
                "{\"id\":\"u1\",\"role\":\"user\",\"content\":\"A question\"}\n"
                "{\"id\":\"a1\",\"role\":\"assistant\",\"content\":\"An answer\"%s}\n",
                is_streaming ? ",\"_streaming\":true" : "");
    int result = write_text(&path, &text, error);
    if (result != 0)
        return result;
    /* Of the chats of the past, too, it tells the last use. */
    struct timespec used = {.tv_sec = chat->used_ms / 1000,
                            .tv_nsec = chat->used_ms % 1000 * 1000000};
    const struct timespec times[] = {used, used};
    add_transcript_path(chats, chat, &path);
    if (!path.failed)
        (void)utimensat(AT_FDCWD, path.data, times, 0);
    buffer_done(&path);
    return 0;
}

static int write_lock(const struct demo_chats *chats, const struct demo_chat *chat,
                      struct error *error)
{
    struct buffer path = {0};
    struct buffer text = {0};
    add_lock_path(chats, chat, &path);
    if (chat->runs_until_ms == 0) {
        if (!path.failed)
            (void)unlink(path.data);
        buffer_done(&path);
        return 0;
    }
    if (!path.failed && access(path.data, F_OK) == 0) { /* it tells since when */
        buffer_done(&path);
        return 0;
    }
    buffer_addf(&text, "{\"pid\":%ld}\n", (long)getpid());
    return write_text(&path, &text, error);
}

int demo_chats_write_traces(const struct demo_chats *chats, const struct demo_chat *chat,
                            struct error *error)
{
    int result = write_transcript(chats, chat, error);
    return result == 0 && chat->is_silent ? write_lock(chats, chat, error) : result;
}

static void add_chat(const struct demo_chat *chat, struct buffer *text)
{
    buffer_addf(text,
                "  {\n    \"id\": \"%s\",\n    \"title\": \"%s\",\n    \"createdAt\": %" PRId64
                ",\n    \"updatedAt\": %" PRId64 ",\n    \"messageCount\": %u,\n"
                "    \"chatAgentId\": \"%s\",\n    \"gatewaySessionKey\": \"agent:%s:web:%s\",\n"
                "    \"gatewaySessionId\": \"%s\"\n  }",
                chat->id, chat->title, chat->created_ms, chat->used_ms, chat->messages, chat->agent,
                chat->agent, chat->id, chat->id);
}

int demo_chats_write_index(const struct demo_chats *chats, struct error *error)
{
    struct buffer path = {0};
    struct buffer text = {0};
    buffer_addf(&path, "%s/" CHATS_DIR "/index.json", chats->state_dir);
    buffer_addf(&text, "[\n");
    for (size_t i = chats->count; i-- > 0;) {
        add_chat(&chats->items[i], &text);
        buffer_addf(&text, i > 0 ? ",\n" : "\n");
    }
    buffer_addf(&text, "]\n");
    return write_text(&path, &text, error);
}

void demo_chats_remove(struct demo_chats *chats, size_t at)
{
    struct demo_chat chat = chats->items[at];
    struct buffer path = {0};
    demo_chat_stop(&chat, chat.used_ms);
    (void)write_lock(chats, &chat, NULL);
    add_transcript_path(chats, &chat, &path);
    if (!path.failed)
        (void)unlink(path.data);
    buffer_done(&path);
    chats->count--;
    memmove(&chats->items[at], &chats->items[at + 1],
            (chats->count - at) * sizeof(chats->items[0]));
}
