/* The real binary on a pty beside 50,000 chats with titles of strangers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base.h"
#include "tests/helpers/screen.h"
#include "tests/helpers/tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHATS = 50000, FEW_BYTES = 65536, ROUNDS = 40 };

#define NOW_MS 1773892506902

struct fixture {
    struct tree tree;
    struct screen *screen;
};

static void put_index(const struct fixture *fixture)
{
    struct buffer index = {0};
    for (int i = 0; i < CHATS; i++)
        buffer_addf(&index,
                    "%s{\"id\":\"%08x-5f6e\",\"title\":\"t%d \\u202e\\u001b]0;owned\\u0007\\u009b2J"
                    "\\ud800\\u200b\",\"createdAt\":%lld,\"updatedAt\":%lld,\"messageCount\":2,"
                    "\"chatAgentId\":\"chat-slot-main-%d\"}",
                    i ? ",\n" : "[", (unsigned)i, i, NOW_MS - 7200000LL - i, NOW_MS - 7200000LL - i,
                    i % 3 + 1);
    buffer_add_char(&index, ']');
    assert_false(index.failed);
    tree_write(&fixture->tree, ".openclaw-dench/workspace/.openclaw/web-chat/index.json",
               index.data, index.len);
    buffer_done(&index);
}

static void start(struct fixture *fixture)
{
    static char home[300], now[64];
    const char *slotop = getenv("SLOTOP");
    char program[512];
    char *argv[] = {program, now, NULL}, *env[] = {home, NULL};
    (void)snprintf(program, sizeof(program), "%s", slotop ? slotop : ".build/release/slotop");
    (void)snprintf(home, sizeof(home), "HOME=%s", fixture->tree.path);
    (void)snprintf(now, sizeof(now), "--now=%lld", (long long)NOW_MS);
    fixture->screen = screen_start(argv, env, "xterm-256color", 100, 30);
}

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    tree_make(&fixture->tree);
    tree_put(&fixture->tree, ".openclaw-dench/openclaw.json",
             "{\"agents\":{\"list\":[{\"id\":\"main\"},{\"id\":\"chat-slot-main-1\"},"
             "{\"id\":\"chat-slot-main-2\"},{\"id\":\"chat-slot-main-3\"}]}}");
    tree_put(&fixture->tree, ".openclaw-dench/chat-agents.json",
             "{\"version\":1,\"agents\":{\"00000000-5f6e\":{\"chatAgentId\":\"chat-slot-main-1\","
             "\"workspaceAgentId\":\"main\",\"state\":\"active\",\"createdAt\":1773892206902,"
             "\"lastActiveAt\":1773892206902,\"idleTtlMs\":1800000}}}");
    put_index(fixture);
    start(fixture);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    screen_free(fixture->screen);
    tree_remove(&fixture->tree);
    free(fixture);
    return 0;
}

/* Bytes that the program has had from system calls so far. */
static long long bytes_read(const struct fixture *fixture)
{
    char path[64], line[128];
    long long bytes = -1;
    (void)snprintf(path, sizeof(path), "/proc/%ld/io", (long)screen_pid(fixture->screen));
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    while (fgets(line, sizeof(line), file))
        (void)sscanf(line, "rchar: %lld", &bytes);
    (void)fclose(file);
    assert_true(bytes >= 0);
    return bytes;
}

static void type_and_wait(const struct fixture *fixture, const char *keys, const char *text)
{
    screen_type(fixture->screen, keys);
    if (!screen_wait(fixture->screen, text))
        fail_msg("after \"%s\" no \"%s\":\n%s", keys, text, screen_text(fixture->screen));
}

/* A version of the index is read twice before it is known; from then on keys read next to nothing,
 * where one look at the index would be eight million bytes. */
static void a_key_is_answered_without_reading_the_index(void **state)
{
    struct fixture *fixture = *state;
    int in_a_row = 0;
    assert_true(screen_wait(fixture->screen, "00000000"));
    for (int i = 0; i < ROUNDS && in_a_row < 3; i++) {
        long long before = bytes_read(fixture);
        screen_type(fixture->screen, "jjkjkjkjk");
        type_and_wait(fixture, "G", "0000c34f"); /* the last one */
        type_and_wait(fixture, "g", "00000001");
        in_a_row = bytes_read(fixture) - before < FEW_BYTES ? in_a_row + 1 : 0;
    }
    assert_int_equal(in_a_row, 3);
}

static void nothing_of_strangers_reaches_the_terminal_raw(void **state)
{
    struct fixture *fixture = *state;
    static const char *const raw_forms[] = {"\033]0;owned", "\xc2\x9b", "\xe2\x80\xae",
                                            "\xe2\x80\x8b", "\xed\xa0\x80"};
    assert_true(screen_wait(fixture->screen, "t0 <202E>^[]0;"));
    type_and_wait(fixture, "/t49999", "0000c34f");
    type_and_wait(fixture, "\r\r", "chat-slot-main-2");
    type_and_wait(fixture, "\033", "t49999");
    size_t len = 0;
    const char *raw = screen_raw(fixture->screen, &len);
    for (size_t i = 0; i < sizeof(raw_forms) / sizeof(raw_forms[0]); i++)
        assert_null(memmem(raw, len, raw_forms[i], strlen(raw_forms[i])));
    screen_type(fixture->screen, "qqq");
    assert_int_equal(screen_wait_end(fixture->screen), 0);
}

#define ON_A_SCREEN(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_A_SCREEN(a_key_is_answered_without_reading_the_index),
        ON_A_SCREEN(nothing_of_strangers_reaches_the_terminal_raw),
    };
    return cmocka_run_group_tests_name("many_chats", tests, NULL, NULL);
}
