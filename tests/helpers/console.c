#include "tests/helpers/console.h"

#include "core/base.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

enum { AGO_MS = 600000, MINUTE_MS = 60000, ARGUMENTS_MAX = 6 };

int64_t console_epoch_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void console_save(struct console *console, const struct console_row *rows, size_t count)
{
    struct buffer text = {0};
    buffer_addf(&text, "{\n  \"version\": 1,\n  \"agents\": {");
    for (size_t i = 0; i < count; i++) {
        buffer_addf(&text, "%s\n    \"%s\": {\n", i ? "," : "", rows[i].id);
        buffer_addf(&text, "      \"chatAgentId\": \"%s\",\n", rows[i].agent);
        buffer_addf(&text, "      \"workspaceAgentId\": \"main\",\n");
        buffer_addf(&text, "      \"sessionId\": \"%s\",\n", rows[i].id);
        buffer_addf(&text, "      \"workspaceDir\": \"\",\n");
        buffer_addf(&text, "      \"state\": \"%s\",\n", rows[i].state);
        buffer_addf(&text, "      \"createdAt\": %" PRId64 ",\n", rows[i].last_active_ms);
        buffer_addf(&text, "      \"lastActiveAt\": %" PRId64 ",\n", rows[i].last_active_ms);
        buffer_addf(&text, "      \"idleTtlMs\": 1800000\n    }");
    }
    buffer_addf(&text, "\n  }\n}\n");
    assert_false(text.failed);
    tree_write(&console->tree, CONSOLE_REGISTRY, text.data, text.len);
    buffer_done(&text);
}

void console_save_usual(struct console *console)
{
    const struct console_row rows[] = {
        {"aaaaaaaa-0000-4000-8000-000000000001", "chat-slot-main-1", "active", console->base_ms},
        {"bbbbbbbb-0000-4000-8000-000000000002", "chat-slot-main-2", "idle",
         console->base_ms - 1000},
        {"cccccccc-0000-4000-8000-000000000003", "chat-slot-main-3", "deleted",
         console->base_ms - 2000},
    };
    console_save(console, rows, 3);
}

void console_save_many(struct console *console, struct console_row rows[CONSOLE_MANY])
{
    static char ids[CONSOLE_MANY][40];
    static const char *const slots[] = {"chat-slot-main-1", "chat-slot-main-2", "chat-slot-main-3"};
    struct buffer index = {0};
    for (int i = 0; i < CONSOLE_MANY; i++) {
        (void)snprintf(ids[i], sizeof(ids[i]), "%08x-0000-4000-8000-%012x",
                       0xaaaaaaaaU + (unsigned)i, (unsigned)i);
        rows[i] = (struct console_row){ids[i], slots[i % 3], i < 3 ? "active" : "expired",
                                       console->base_ms - (int64_t)i * MINUTE_MS};
        buffer_addf(&index, "%s{\"id\": \"%s\", \"title\": \"Chat %d\",", i ? ",\n" : "[", ids[i],
                    i);
        buffer_addf(&index, " \"createdAt\": %" PRId64 ", \"updatedAt\": %" PRId64 ",",
                    rows[i].last_active_ms, rows[i].last_active_ms);
        buffer_addf(&index, " \"messageCount\": 2, \"chatAgentId\": \"%s\"}", rows[i].agent);
    }
    buffer_add_char(&index, ']');
    assert_false(index.failed);
    tree_write(&console->tree, CONSOLE_STATE_DIR "/workspace/.openclaw/web-chat/index.json",
               index.data, index.len);
    buffer_done(&index);
    console_save(console, rows, CONSOLE_MANY);
}

int console_set_up(void **state)
{
    struct console *console = calloc(1, sizeof(*console));
    assert_non_null(console);
    tree_make(&console->tree);
    console->base_ms = console_epoch_ms() - AGO_MS;
    tree_put(&console->tree, CONSOLE_STATE_DIR "/openclaw.json",
             "{\"agents\":{\"list\":[{\"id\":\"main\"},{\"id\":\"chat-slot-main-1\"},"
             "{\"id\":\"chat-slot-main-2\"},{\"id\":\"chat-slot-main-3\"}]}}");
    tree_put(&console->tree, CONSOLE_STATE_DIR "/workspace/AGENTS.md", "");
    tree_put(&console->tree, CONSOLE_STARTED, "");
    console_save_usual(console);
    *state = console;
    return 0;
}

int console_tear_down(void **state)
{
    struct console *console = *state;
    screen_free(console->screen);
    tree_remove(&console->tree);
    free(console);
    return 0;
}

const char *console_program(void)
{
    const char *program = getenv("SLOTOP");
    return program ? program : ".build/release/slotop";
}

void console_start_with(struct console *console, char *const arguments[], const char *term,
                        int width, int height)
{
    char program[512], home[300];
    char *argv[ARGUMENTS_MAX + 5] = {"/bin/sh", "-c", "stty 4800; exec \"$0\" \"$@\""};
    char *env[] = {home, NULL};
    size_t count = console->has_slow_line ? 3 : 0;
    (void)snprintf(program, sizeof(program), "%s", console_program());
    (void)snprintf(home, sizeof(home), "HOME=%s", console->tree.path);
    argv[count++] = program;
    for (size_t i = 0; i < ARGUMENTS_MAX && arguments[i]; i++)
        argv[count++] = arguments[i];
    argv[count] = NULL;
    assert_null(console->screen);
    console->screen = screen_start(argv, env, term, width, height);
}

void console_start(struct console *console, int width, int height)
{
    char *none[] = {NULL};
    console_start_with(console, none, "xterm-256color", width, height);
    assert_true(screen_wait(console->screen, "aaaaaaaa"));
}

void console_end(struct console *console)
{
    screen_free(console->screen);
    console->screen = NULL;
}

void console_quit(struct console *console)
{
    screen_type(console->screen, "q");
    int status = screen_wait_end(console->screen);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    console_assert_whole(console);
    console_end(console);
}

void console_assert_stored(struct console *console, const char *id, const char *stored)
{
    char *text = tree_read(&console->tree, CONSOLE_REGISTRY);
    char *entry = text ? strstr(text, id) : NULL;
    if (!stored) {
        assert_null(entry);
    } else {
        assert_non_null(entry);
        char *value = strstr(entry, "\"state\": \"");
        assert_non_null(value);
        assert_memory_equal(value + 10, stored, strlen(stored));
    }
    free(text);
}

void console_assert_whole(struct console *console)
{
    char why[SCREEN_TROUBLE_SIZE];
    if (!screen_is_whole(console->screen, why))
        fail_msg("the terminal is not as it was: %s", why);
}
