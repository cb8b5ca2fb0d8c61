#include "tests/stress/lean.h"

#include "core/base.h"
#include "core/file.h"

#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { ID_SIZE = 40, COMMAND_SIZE = 16, NS_PER_S = 1000000000 };

struct lean {
    const char *path;
    struct buffer others; /* the members of agents that stay as they are */
    struct buffer text;
    unsigned long saves, rests;
    char marker[ID_SIZE];
    int64_t begin_ns; /* 0: rests */
    unsigned long due;
};

static int64_t clock_ns(clockid_t clock)
{
    struct timespec now;
    (void)clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}

/* All members but the last brace and what is behind it. */
static bool take_others(struct lean *lean)
{
    static const char head[] = "\"agents\": {";
    struct buffer text = {0};
    if (file_load(lean->path, FILE_SIDE_LIMIT_BYTES, &text, NULL) != 0)
        return false;
    const char *from = strstr(text.data, head), *end = strrchr(text.data, '}');
    while (from && end && end > from && *--end != '}') /* the root's; then agents' */
        continue;
    while (from && end > from && end[-1] != '}') /* of the last entry */
        end--;
    if (from && end > from)
        buffer_add(&lean->others, from + strlen(head), (size_t)(end - from) - strlen(head));
    buffer_done(&text);
    return lean->others.len > 0;
}

static void add_entry(struct lean *lean, const char *id, const char *state)
{
    int64_t now_ms = clock_ns(CLOCK_REALTIME) / 1000000;
    buffer_addf(&lean->text,
                ",\n    \"%s\": {\n      \"chatAgentId\": \"main\",\n      \"workspaceAgentId\": "
                "\"main\",\n      \"sessionId\": \"%s\",\n      \"workspaceDir\": \"\",\n      "
                "\"state\": \"%s\",\n      \"createdAt\": %" PRId64
                ",\n      \"lastActiveAt\": %" PRId64 ",\n      \"idleTtlMs\": 1800000\n    }",
                id, id, state, now_ms, now_ms);
}

static void save(struct lean *lean)
{
    buffer_clear(&lean->text);
    buffer_add_str(&lean->text, STR("{\n  \"version\": 1,\n  \"agents\": {"));
    buffer_add_str(&lean->text, buffer_str(&lean->others));
    add_entry(lean, "0000babe-0000-4000-8000-000000000000", lean->saves % 2 ? "idle" : "active");
    if (lean->marker[0])
        add_entry(lean, lean->marker, "active");
    buffer_add_str(&lean->text, STR("\n  }\n}\n"));
    int fd = open(lean->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0 || write(fd, lean->text.data, lean->text.len) != (ssize_t)lean->text.len)
        perror("saving");
    if (fd >= 0)
        (void)close(fd);
    lean->saves++;
    lean->due++;
}

static void obey(struct lean *lean, const char *command)
{
    if (strncmp(command, "rest", 4) == 0) {
        (void)snprintf(lean->marker, sizeof(lean->marker), "%08lx-0000-4000-8000-000000000000",
                       0xa0000000UL + ++lean->rests);
        lean->begin_ns = 0;
        save(lean);
        printf("%s %lu\n", lean->marker, lean->saves);
        (void)fflush(stdout);
    } else {
        lean->begin_ns = clock_ns(CLOCK_MONOTONIC);
        lean->due = 0;
    }
}

/* How long until the next save is due; -1: none is. */
static int64_t until_due_ns(const struct lean *lean, long rate)
{
    if (lean->begin_ns == 0)
        return -1;
    int64_t due_ns = lean->begin_ns + (int64_t)lean->due * (NS_PER_S / rate);
    int64_t now_ns = clock_ns(CLOCK_MONOTONIC);
    return due_ns > now_ns ? due_ns - now_ns : 0;
}

int lean_run(const char *path, long saves_per_second)
{
    struct lean lean = {.path = path};
    char command[COMMAND_SIZE];
    if (!take_others(&lean))
        return 1;
    for (;;) {
        struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
        int64_t wait_ns = until_due_ns(&lean, saves_per_second);
        struct timespec wait = {.tv_nsec = wait_ns};
        if (ppoll(&input, 1, wait_ns < 0 ? NULL : &wait, NULL) > 0) {
            ssize_t got = read(STDIN_FILENO, command, sizeof(command));
            if (got <= 0)
                break;
            obey(&lean, command);
        } else if (lean.begin_ns != 0) {
            save(&lean);
        }
    }
    buffer_done(&lean.others);
    buffer_done(&lean.text);
    return 0;
}
