/* What the shell's commands say before and after a change where chats and runs are known. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/helpers/shell.h"

#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define CHATS ".openclaw-dench/workspace/.openclaw/web-chat/"
#define HOUR_AGO "1773888906902"
#define CHAT(id, title, pin)                                                                       \
    "{\"id\":\"" id "\",\"title\":\"" title "\",\"chatAgentId\":\"" pin                            \
    "\",\"updatedAt\":" HOUR_AGO "}"
#define ENTRY(id, agent, state)                                                                    \
    "\"" id "\":{\"chatAgentId\":\"" agent "\",\"workspaceAgentId\":\"main\",\"state\":\"" state   \
    "\",\"createdAt\":" HOUR_AGO ",\"lastActiveAt\":" HOUR_AGO ",\"idleTtlMs\":7200000}"

/* A chat that is running, one that is quiet, one that is deleted, one without a pin. */
static const char registry[] =
    "{\"version\":1,\"agents\":{\n" ENTRY("aaaa0001", "chat-slot-main-1", "active") ",\n" ENTRY(
        "bbbb0002", "chat-slot-main-2",
        "idle") ",\n" ENTRY("cccc0003", "chat-slot-main-3",
                            "active") ",\n" ENTRY("dddd0004", "main", "idle") "\n}}\n";

static void set_written(const struct shell *shell, const char *name, int64_t at_ms)
{
    struct timespec at = {.tv_sec = (time_t)(at_ms / 1000), .tv_nsec = at_ms % 1000 * 1000000};
    struct timespec times[] = {at, at};
    assert_int_equal(utimensat(AT_FDCWD, tree_path(&shell->tree, name), times, 0), 0);
}

static int set_up(void **state)
{
    struct shell *shell = shell_open(registry);
    shell->environment.state_home = shell->tree.path;
    tree_put(&shell->tree, CHATS "index.json",
             "[" CHAT("aaaa0001", "Refund \\u202ecopy\\u001b[2J", "chat-slot-main-1") "," CHAT(
                 "bbbb0002", "Q3", "chat-slot-main-2") ",{\"id\":"
                                                       "\"dddd0004\"}]");
    tree_put(&shell->tree, CHATS "aaaa0001.jsonl",
             "{\"role\":\"assistant\",\"_streaming\":true}\n");
    set_written(shell, CHATS "aaaa0001.jsonl", SHELL_NOW_MS - 3000);
    *state = shell;
    return 0;
}

static int tear_down(void **state)
{
    shell_close(*state);
    return 0;
}

static void assert_has(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("\"%s\" is not in \"%s\"", part, text);
}

static void a_run_in_progress_is_asked_about_whatever_the_registry_says(void **state)
{
    struct shell *shell = *state;
    shell_answer(shell, "n\n");
    SAY(shell, W("release"), W("aaaa"));
    assert_int_equal(shell->status, ERROR_REFUSED);
    assert_has(shell->err,
               "slotop: Release aaaa0001 \"Refund <202E>copy^[[2J\" (active, last used 3s ago, on "
               "chat-slot-main-1, a run is in progress (streaming, 3s ago))? Slot 1 is free for "
               "the next new chat. This chat stays pinned to it until it is closed: both will send "
               "to one agent. GC removes the entry.\nslotop: do it? [y/N] ");
}

static void afterwards_a_pin_is_told_where_there_is_one(void **state)
{
    static const struct {
        const char *id, *out;
    } table[] = {
        {"aaaa", "Released aaaa0001; slot chat-slot-main-1 is free; its chat stays pinned to it.\n"
                 "The server's GC removes what is released.\n"},
        {"bbbb", "Released bbbb0002; slot chat-slot-main-2 is free; its chat stays pinned to it.\n"
                 "The server's GC removes what is released.\n"},
        {"cccc", "Released cccc0003; slot chat-slot-main-3 is free.\n"
                 "The server's GC removes what is released.\n"},
        {"dddd", "Released dddd0004; it was on the workspace agent main.\n"
                 "The server's GC removes what is released.\n"},
    };
    struct shell *shell = *state;
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        char id[8];
        (void)snprintf(id, sizeof(id), "%s", table[i].id);
        shell_put_registry(shell, registry);
        shell_answer(shell, "y\n");
        SAY(shell, W("release"), id);
        assert_int_equal(shell->status, 0);
        assert_string_equal(shell->out, table[i].out);
    }
}

static void a_script_hears_nothing_of_chats(void **state)
{
    struct shell *shell = *state;
    shell->interactive = false;
    SAY(shell, W("expire"), W("aaaa"));
    assert_string_equal(shell->out,
                        "Expired aaaa0001; slot chat-slot-main-1 is free.\n"
                        "What is expired stays in the registry: GC never removes it.\n");
}

static void a_dry_run_tells_the_consequences_of_each(void **state)
{
    struct shell *shell = *state;
    shell->interactive = false;
    SAY(shell, W("-n"), W("release"), W("aaaa"), W("bbbb"), W("cccc"), W("dddd"));
    assert_string_equal(
        shell->out,
        "Would release aaaa0001, a run is in progress (streaming, 3s ago). Slot 1 is free for the "
        "next new chat. This chat stays pinned to it until it is closed: both will send to one "
        "agent. GC removes the entry.\n"
        "Would release bbbb0002. Slot 2 is free for the next new chat; this chat stays pinned to "
        "it. GC removes the entry.\n"
        "Would release cccc0003. Slot 3 is free for the next new chat; its chat is gone. GC "
        "removes the entry.\n"
        "Would release dddd0004. It holds no slot: nothing becomes free. GC removes the entry.\n");
    SAY(shell, W("-n"), W("idle"), W("aaaa"));
    assert_string_equal(shell->out, "Would mark as idle: aaaa0001. It keeps slot 1 until GC "
                                    "expires it, in 60m or later.\n");
    SAY(shell, W("-n"), W("touch"), W("bbbb"));
    assert_string_equal(shell->out, "Would touch bbbb0002. Its TTL begins anew: it keeps slot 2 "
                                    "until GC expires it, in 2h00 or later.\n");
}

static void holders_of_one_slot_that_go_together_free_it(void **state)
{
    static const char doubled[] =
        "{\"agents\":{" ENTRY("aaaa0001", "chat-slot-main-1",
                              "active") "," ENTRY("bbbb0002", "chat-slot-main-1", "idle") "}}";
    struct shell *shell = *state;
    shell_put_registry(shell, doubled);
    SAY(shell, W("-n"), W("expire"), W("bbbb"));
    assert_has(shell->out, "Would expire bbbb0002. Slot 1 stays held by aaaa0001; its chat is "
                           "pinned to slot 2. The entry stays, as expired.\n");
    SAY(shell, W("-n"), W("expire"), W("aaaa"), W("bbbb"));
    assert_has(shell->out, "Would expire aaaa0001; slot chat-slot-main-1 would be free; its chat "
                           "stays pinned to it.\n"
                           "Would expire bbbb0002; slot chat-slot-main-1 would be free.\n");
    SAY(shell, W("expire"), W("aaaa"), W("bbbb"));
    assert_has(shell->err,
               "Expire 2 sessions? 1 of them is in use (aaaa0001). 1 slot becomes free for new "
               "chats; nothing moves the old ones. What is expired stays in the "
               "registry: GC never removes it.\n");
    SAY(shell, W("expire"), W("bbbb"), W("dddd"));
    assert_int_equal(shell->status, ERROR_NOT_FOUND);
    assert_null(strstr(shell->err, "[y/N]"));
    shell_answer(shell, "y\n");
    SAY(shell, W("release"), W("aaaa"));
    assert_has(shell->out, "Released aaaa0001; slot chat-slot-main-1 is free; its chat stays "
                           "pinned to it.\n");
}

static void what_a_person_did_is_in_the_history_as_his(void **state)
{
    struct shell *shell = *state;
    SAY(shell, W("release"), W("bbbb"));
    assert_int_equal(shell->status, 0);
    SAY(shell, W("events"), W("--json"));
    assert_has(shell->out, "\"released\"");
    assert_has(shell->out, "\"operator\"");
    assert_null(strstr(shell->out, "\"somebody\""));
}

#define AT_A_SHELL(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        AT_A_SHELL(a_run_in_progress_is_asked_about_whatever_the_registry_says),
        AT_A_SHELL(afterwards_a_pin_is_told_where_there_is_one),
        AT_A_SHELL(a_script_hears_nothing_of_chats),
        AT_A_SHELL(a_dry_run_tells_the_consequences_of_each),
        AT_A_SHELL(holders_of_one_slot_that_go_together_free_it),
        AT_A_SHELL(what_a_person_did_is_in_the_history_as_his),
    };
    (void)setlocale(LC_CTYPE, "C.UTF-8");
    return cmocka_run_group_tests_name("cli_words", tests, NULL, NULL);
}
