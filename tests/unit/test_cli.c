/*
 * The shell's commands where a person is at the terminal: questions, guards, width, harmless text.
 * What needs no terminal is tested with the real program in tests/cli.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/helpers/shell.h"
#include "tui/cli_session.h"
#include "tui/json_out.h"
#include "tui/text.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Two entries used an hour ago, one used ten seconds ago, one released. */
static const char registry[] =
    "{\"version\":1,\"agents\":{\n"
    "\"aaaa0001-0000\":{\"chatAgentId\":\"chat-slot-main-1\",\"workspaceAgentId\":\"main\","
    "\"state\":\"active\",\"createdAt\":1773888906902,\"lastActiveAt\":1773888906902,"
    "\"idleTtlMs\":7200000},\n"
    "\"bbbb0002-0000\":{\"chatAgentId\":\"chat-slot-main-2\",\"workspaceAgentId\":\"main\","
    "\"state\":\"idle\",\"createdAt\":1773888906902,\"lastActiveAt\":1773888906902,"
    "\"idleTtlMs\":7200000},\n"
    "\"cccc0003-0000\":{\"chatAgentId\":\"chat-slot-main-3\",\"workspaceAgentId\":\"main\","
    "\"state\":\"active\",\"createdAt\":1773888906902,\"lastActiveAt\":1773892496902,"
    "\"idleTtlMs\":7200000},\n"
    "\"dddd0004-0000\":{\"chatAgentId\":\"chat-slot-main-3\",\"workspaceAgentId\":\"main\","
    "\"state\":\"deleted\",\"createdAt\":1773888906902,\"lastActiveAt\":1773888906902,"
    "\"idleTtlMs\":7200000}\n}}\n";

static int set_up(void **state)
{
    *state = shell_open(registry);
    return 0;
}

static int tear_down(void **state)
{
    shell_close(*state);
    return 0;
}

static bool registry_is(const struct shell *shell, const char *text)
{
    char *now = shell_registry(shell);
    bool same = now && strcmp(now, text) == 0;
    free(now);
    return same;
}

static bool registry_has(const struct shell *shell, const char *text)
{
    char *now = shell_registry(shell);
    bool has = now && strstr(now, text);
    free(now);
    return has;
}

static void anything_but_yes_is_no_and_changes_nothing(void **state)
{
    static const char *const answers[] = {"", "\n", "n\n", "no\n", "Y es\n", "yep\n", "\033\n"};
    struct shell *shell = *state;
    for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        shell_answer(shell, answers[i]);
        SAY(shell, W("release"), W("cccc"));
        assert_int_equal(shell->status, ERROR_REFUSED);
        assert_string_equal(shell->out, "");
        assert_non_null(strstr(shell->err, "do it? [y/N]"));
        assert_non_null(strstr(shell->err, "not confirmed; nothing was changed"));
        assert_true(registry_is(shell, registry));
    }
}

static void yes_does_it(void **state)
{
    static const char *const answers[] = {"y\n", "Y\n", "yes\n", " YES \r\n", "y"};
    struct shell *shell = *state;
    for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        shell_put_registry(shell, registry);
        shell_answer(shell, answers[i]);
        SAY(shell, W("expire"), W("cccc"));
        assert_int_equal(shell->status, 0);
        assert_non_null(strstr(shell->out, "Expired cccc0003; slot chat-slot-main-3 is free."));
        assert_true(registry_has(shell, "\"state\":\"expired\""));
    }
}

/* Which command lines lead to a question when a person is there. Nobody answers: that is a No. */
static void questions_are_for_many_for_purge_and_for_what_was_just_used(void **state)
{
    struct shell *shell = *state;
    struct {
        char *words[5];
        int count;
        bool asks;
    } cases[] = {
        {{W("slotop"), W("release"), W("aaaa")}, 3, false},
        {{W("slotop"), W("idle"), W("aaaa")}, 3, false},
        {{W("slotop"), W("release"), W("cccc")}, 3, true},
        {{W("slotop"), W("idle"), W("cccc")}, 3, false},
        {{W("slotop"), W("idle"), W("aaaa"), W("bbbb")}, 4, true},
        {{W("slotop"), W("expire"), W("cccc")}, 3, true},
        {{W("slotop"), W("touch"), W("cccc")}, 3, false},
        {{W("slotop"), W("ensure"), W("cccc")}, 3, false},
        {{W("slotop"), W("release"), W("aaaa"), W("bbbb")}, 4, true},
        {{W("slotop"), W("release"), W("aaaa"), W("aaaa0001")}, 4, false},
        {{W("slotop"), W("release"), W("aaaa"), W("nobody")}, 4, false},
        {{W("slotop"), W("release"), W("nobody")}, 3, false},
        {{W("slotop"), W("purge"), W("dddd")}, 3, true},
        {{W("slotop"), W("purge"), W("aaaa")}, 3, false}, /* live: refused */
        {{W("slotop"), W("purge"), W("--force"), W("aaaa")}, 4, true},
        {{W("slotop"), W("purge")}, 2, true},
        {{W("slotop"), W("purge"), W("--expired-before=1d")}, 3, false},
        {{W("slotop"), W("expire"), W("--due")}, 3, false},
        {{W("slotop"), W("gc")}, 2, false},
        {{W("slotop"), W("-y"), W("purge"), W("dddd")}, 4, false},
        {{W("slotop"), W("-n"), W("purge"), W("dddd")}, 4, false},
        {{W("slotop"), W("--read-only"), W("purge"), W("dddd")}, 4, false},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        shell_put_registry(shell, registry);
        shell_say(shell, cases[i].count, cases[i].words);
        if ((strstr(shell->err, "[y/N]") != NULL) != cases[i].asks)
            fail_msg("case %zu: %s", i, shell->err);
        if (cases[i].asks)
            assert_true(registry_is(shell, registry));
    }
}

static void without_a_terminal_nothing_is_asked(void **state)
{
    struct shell *shell = *state;
    shell->interactive = false;
    SAY(shell, W("release"), W("aaaa"), W("bbbb"), W("cccc"));
    assert_int_equal(shell->status, 0);
    assert_string_equal(shell->err, "");
}

static void a_question_says_what_it_is_about_and_what_the_server_does_next(void **state)
{
    struct shell *shell = *state;
    SAY(shell, W("release"), W("cccc"));
    assert_non_null(strstr(shell->err, "slotop: Release cccc0003 (active, last used 10s ago, on "
                                       "chat-slot-main-3)?"));
    assert_non_null(strstr(shell->err, "? Slot 3 is free for the next new chat. Its chat may stay "
                                       "pinned to it: both would send to one agent. GC removes "
                                       "the entry.\n"));
    SAY(shell, W("purge"));
    assert_non_null(strstr(shell->err, "Remove all released entries: 1 session?"));
    SAY(shell, W("release"), W("aaaa"), W("bbbb"));
    assert_non_null(strstr(shell->err, "slotop: aaaa0001 (active"));
    assert_non_null(strstr(shell->err, "slotop: bbbb0002 (idle"));
    assert_non_null(strstr(shell->err, "Release 2 sessions? 2 slots become free for new chats; "
                                       "nothing moves the old ones. The server's GC removes what "
                                       "is released.\n"));
}

static void restore_asks_a_person_whatever_it_brings_back(void **state)
{
    static const char wiped[] = "{\"agents\":{\"n\":{\"state\":\"active\"}}}";
    struct shell *shell = *state;
    shell->environment.state_home = shell->tree.path;
    SAY(shell, W("touch"), W("aaaa"));
    shell_put_registry(shell, wiped);
    shell_answer(shell, "no\n");
    SAY(shell, W("restore"));
    assert_int_equal(shell->status, ERROR_REFUSED);
    assert_non_null(
        strstr(shell->err, "slotop: Bring back 3 sessions from the copy of 2026-03-19T"));
    assert_non_null(strstr(shell->err, "What the registry has now stays as it is."));
    assert_true(registry_is(shell, wiped));
    shell_answer(shell, "y\n");
    SAY(shell, W("restore"));
    assert_int_equal(shell->status, 0);
    assert_true(registry_has(shell, "aaaa0001-0000") && registry_has(shell, "\"n\""));
    shell_put_registry(shell, wiped);
    SAY(shell, W("restore"), W("-y"));
    assert_int_equal(shell->status, 0);
    assert_null(strstr(shell->err, "[y/N]"));
    assert_true(registry_has(shell, "cccc0003-0000"));
}

/* An operator who takes his time: the server uses the session before the answer comes. */
static ssize_t read_late_answer(void *cookie, char *text, size_t size)
{
    struct shell *shell = cookie;
    char *now = shell_registry(shell);
    char *used = now ? strstr(now, "1773892496902") : NULL;
    if (used)
        memcpy(used, "1773892506000", 13);
    if (now)
        shell_put_registry(shell, now);
    free(now);
    return size >= 2 ? (ssize_t)(memcpy(text, "y\n", 2) ? 2 : 0) : 0;
}

static void what_changed_while_the_operator_decided_is_a_conflict(void **state)
{
    struct shell *shell = *state;
    cookie_io_functions_t late = {.read = read_late_answer};
    shell->in = fopencookie(shell, "r", late);
    assert_non_null(shell->in);
    SAY(shell, W("release"), W("cccc"), W("aaaa"));
    assert_int_equal(shell->status, ERROR_CONFLICT);
    assert_non_null(strstr(shell->err, "cccc0003: changed since it was looked at"));
    assert_non_null(strstr(shell->out, "Released aaaa0001"));
    assert_true(registry_has(shell, "\"lastActiveAt\":1773892506000"));
    SAY(shell, W("show"), W("cccc"), W("--json"));
    assert_non_null(strstr(shell->out, "\"state\": \"active\""));
}

static void tables_are_cut_at_the_width_of_the_terminal(void **state)
{
    struct shell *shell = *state;
    for (shell->width = 1; shell->width <= 100; shell->width += 3) {
        SAY(shell, W("list"));
        assert_int_equal(shell->status, 0);
        for (char *line = strtok(shell->out, "\n"); line; line = strtok(NULL, "\n"))
            assert_true(text_width(str_of(line), false) <= (size_t)shell->width);
    }
}

static void hostile_ids_are_harmless_in_every_text(void **state)
{
    static const char hostile[] =
        "{\"agents\":{\"x\\u001b[2J\\u0000\\u202e\\ud800\\n\xff\\u009b0\":{\"chatAgentId\":"
        "\"\\u001b]0;a\\u0007\",\"workspaceAgentId\":\"\\u001b]0;a\\u0007\",\"state\":"
        "\"\\u001b[7m\",\"createdAt\":1,\"lastActiveAt\":1,\"idleTtlMs\":1,\"\\u001b\":\"\\r\"}}}";
    struct shell *shell = *state;
    struct {
        char *words[4];
        int count;
    } cases[] = {
        {{W("slotop"), W("status")}, 2},
        {{W("slotop"), W("list")}, 2},
        {{W("slotop"), W("show"), W("x\033[2J")}, 3},
        {{W("slotop"), W("-n"), W("release"), W("x\033[2J")}, 4},
        {{W("slotop"), W("touch"), W("x\033[2J")}, 3},
        {{W("slotop"), W("expire"), W("--due")}, 3},
        {{W("slotop"), W("show"), W("no\033[2J")}, 3},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        shell_put_registry(shell, hostile);
        shell_say(shell, cases[i].count, cases[i].words);
        assert_true(strlen(shell->out) + strlen(shell->err) > 0);
        for (const char *at = shell->out; *at; at++)
            assert_true((unsigned char)*at >= ' ' || *at == '\n');
        for (const char *at = shell->err; *at; at++)
            assert_true((unsigned char)*at >= ' ' || *at == '\n');
        assert_null(strstr(shell->out, "\xe2\x80\xae"));
        assert_null(strstr(shell->out, "\xc2\x9b"));
    }
}

static void a_prefix_of_four_characters_finds_the_only_one(void **state)
{
    struct shell *shell = *state;
    static const struct {
        const char *id;
        int status;
    } cases[] = {
        {"aaaa0001-0000", 0},     {"aaaa", 0},           {"aaaa0001-", 0},
        {"aaa", ERROR_NOT_FOUND}, {"", ERROR_NOT_FOUND}, {"aaaab", ERROR_NOT_FOUND},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char id[32];
        (void)snprintf(id, sizeof(id), "%s", cases[i].id);
        SAY(shell, W("show"), id, W("--json"));
        assert_int_equal(shell->status, cases[i].status);
    }
}

static void a_prefix_counts_characters_not_bytes(void **state)
{
    struct shell *shell = *state;
    shell_put_registry(
        shell, "{\"agents\":{\"\xc3\xa4\xc3\xb6\xc3\xbc\xc3\x9f-1\":{\"state\":\"idle\"}}}");
    SAY(shell, W("show"), W("\xc3\xa4\xc3\xb6\xc3\xbc"), W("--json"));
    assert_int_equal(shell->status, ERROR_NOT_FOUND);
    SAY(shell, W("show"), W("\xc3\xa4\xc3\xb6\xc3\xbc\xc3\x9f"), W("--json"));
    assert_int_equal(shell->status, 0);
}

static void the_exact_id_wins_over_longer_ones(void **state)
{
    struct shell *shell = *state;
    shell_put_registry(shell,
                       "{\"agents\":{\"abcd-1\":{\"state\":\"idle\"},\"abcd\":{\"state\":\"odd\"},"
                       "\"abcd-2\":{}}}");
    SAY(shell, W("show"), W("abcd"), W("--json"));
    assert_int_equal(shell->status, 0);
    assert_non_null(strstr(shell->out, "\"odd\""));
    SAY(shell, W("show"), W("abcd-"), W("--json"));
    assert_int_equal(shell->status, ERROR_USAGE);
    assert_string_equal(shell->out, "");
    assert_non_null(strstr(shell->err, "abcd-: several sessions begin so: abcd-1, abcd-2"));
}

static void an_argument_is_decoded_as_node_decodes_it(void **state)
{
    (void)state;
    static const struct {
        const char *argument;
        const char *id;
    } cases[] = {
        {"plain", "plain"},
        {"", ""},
        {"a\"b\\u0041\\", "a\"b\\u0041\\"},
        {"tab\tnewline\n\x7f", "tab\tnewline\n\x7f"},
        {"\xc3\xa4", "\xc3\xa4"},
        {"a\xff"
         "b",
         "a\xef\xbf\xbd"
         "b"},
        {"\xe2\x82", "\xef\xbf\xbd"},
        {"\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
        {"\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct buffer id = {0};
        session_decode(cases[i].argument, &id);
        assert_false(id.failed);
        assert_true(str_equal(buffer_str(&id), str_of(cases[i].id)));
        buffer_done(&id);
    }
}

static void json_gets_its_commas_by_itself(void **state)
{
    (void)state;
    struct buffer out = {0};
    json_out_open(&out, '{');
    json_out_key(&out, "a");
    json_out_open(&out, '[');
    json_out_integer(&out, -1);
    json_out_bool(&out, true);
    json_out_string(&out, STR("[:{\0\n\""));
    json_out_string(&out, (struct str){0});
    json_out_open(&out, '{');
    json_out_close(&out, '}');
    json_out_open(&out, '[');
    json_out_close(&out, ']');
    json_out_close(&out, ']');
    json_out_key(&out, "b");
    json_out_raw(&out, STR("{\"x\":1}"));
    json_out_key(&out, "c");
    json_out_raw(&out, (struct str){0});
    json_out_key(&out, "d");
    json_out_size(&out, 7);
    json_out_close(&out, '}');
    assert_string_equal(out.data, "{\"a\":[-1,true,\"[:{\\u0000\\n\\\"\",null,{},[]],"
                                  "\"b\":{\"x\":1},\"c\":null,\"d\":7}");
    buffer_done(&out);
}

int main(void)
{
#define AT_A_SHELL(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        AT_A_SHELL(anything_but_yes_is_no_and_changes_nothing),
        AT_A_SHELL(yes_does_it),
        AT_A_SHELL(questions_are_for_many_for_purge_and_for_what_was_just_used),
        AT_A_SHELL(without_a_terminal_nothing_is_asked),
        AT_A_SHELL(a_question_says_what_it_is_about_and_what_the_server_does_next),
        AT_A_SHELL(restore_asks_a_person_whatever_it_brings_back),
        AT_A_SHELL(what_changed_while_the_operator_decided_is_a_conflict),
        AT_A_SHELL(tables_are_cut_at_the_width_of_the_terminal),
        AT_A_SHELL(hostile_ids_are_harmless_in_every_text),
        AT_A_SHELL(a_prefix_of_four_characters_finds_the_only_one),
        AT_A_SHELL(a_prefix_counts_characters_not_bytes),
        AT_A_SHELL(the_exact_id_wins_over_longer_ones),
        cmocka_unit_test(an_argument_is_decoded_as_node_decodes_it),
        cmocka_unit_test(json_gets_its_commas_by_itself),
    };
    (void)setlocale(LC_CTYPE, "C.UTF-8");
    return cmocka_run_group_tests_name("cli", tests, NULL, NULL);
}
