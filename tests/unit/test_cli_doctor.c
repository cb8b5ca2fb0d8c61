/*
 * `doctor --fix` where a person is at the terminal; and findings on a narrow one. What doctor finds
 * is tested with the real program in tests/cli.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/helpers/shell.h"
#include "tui/text.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#define ENTRY(id, agent, state)                                                                    \
    "\"" id "\":{\"chatAgentId\":\"" agent "\",\"workspaceAgentId\":\"main\",\"state\":\"" state   \
    "\",\"createdAt\":1773888906902,\"lastActiveAt\":1773888906902,\"idleTtlMs\":1800000}"

/* Two are past their TTL, one has expired. */
static const char due[] =
    "{\"version\":1,\"agents\":{\n" ENTRY("aaaa0001-0000", "chat-slot-main-1", "idle") ",\n" ENTRY(
        "bbbb0002-0000", "chat-slot-main-2",
        "active") ",\n" ENTRY("cccc0003-0000", "chat-slot-main-3", "expired") "\n}}\n";
/* Two live entries on one slot: nothing to be done about it here. */
static const char doubled[] =
    "{\"version\":1,\"agents\":{\n"
    "\"aaaa0001-0000\":{\"chatAgentId\":\"chat-slot-main-1\",\"workspaceAgentId\":\"main\","
    "\"state\":\"idle\",\"createdAt\":1773892496902,\"lastActiveAt\":1773892496902,"
    "\"idleTtlMs\":1800000},\n"
    "\"bbbb0002-0000\":{\"chatAgentId\":\"chat-slot-main-1\",\"workspaceAgentId\":\"main\","
    "\"state\":\"idle\",\"createdAt\":1773892496902,\"lastActiveAt\":1773892496902,"
    "\"idleTtlMs\":1800000}\n}}\n";

static int set_up(void **state)
{
    *state = shell_open(due);
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

static void a_person_sees_what_is_found_and_what_would_be_done_and_is_asked(void **state)
{
    struct shell *shell = *state;
    shell_answer(shell, "n\n");
    SAY(shell, W("doctor"), W("--fix"));
    assert_int_equal(shell->status, ERROR_REFUSED);
    assert_non_null(strstr(shell->out, "  overdue  "));
    assert_non_null(strstr(
        shell->err, "Expire: 2 sessions past TTL, as the next GC does (aaaa0001, bbbb0002)"));
    assert_non_null(strstr(shell->err, "do it? [y/N]"));
    assert_non_null(strstr(shell->err, "not confirmed; nothing was changed"));
    assert_true(registry_is(shell, due));
}

static void yes_mends_and_what_is_left_is_told(void **state)
{
    struct shell *shell = *state;
    shell_answer(shell, "y\n");
    SAY(shell, W("doctor"), W("--fix"));
    assert_int_equal(shell->status, ERROR_NONE);
    assert_non_null(strstr(shell->out, "Expired aaaa0001; slot chat-slot-main-1 is free.\n"
                                       "Expired bbbb0002; slot chat-slot-main-2 is free.\n"));
    assert_non_null(strstr(shell->out, "\n\nNo findings.\n"));
    assert_false(registry_is(shell, due));
}

static void nobody_is_asked_where_the_answer_is_clear(void **state)
{
    struct shell *shell = *state;
    struct {
        char *words[5];
        int count;
        bool interactive;
        const char *registry;
    } cases[] = {
        {{W("slotop"), W("doctor")}, 2, true, due},
        {{W("slotop"), W("doctor"), W("--fix"), W("-n")}, 4, true, due},
        {{W("slotop"), W("doctor"), W("--fix"), W("--read-only")}, 4, true, due},
        {{W("slotop"), W("doctor"), W("--fix")}, 3, true, doubled},
        {{W("slotop"), W("doctor"), W("--fix"), W("-y")}, 4, true, due},
        {{W("slotop"), W("doctor"), W("--fix")}, 3, false, due},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        shell_put_registry(shell, cases[i].registry);
        shell->interactive = cases[i].interactive;
        shell_say(shell, cases[i].count, cases[i].words);
        assert_null(strstr(shell->err, "[y/N]"));
    }
}

/* The words of a text, one blank between any two. */
static char *words_of(const char *text)
{
    char *words = calloc(1, strlen(text) + 1);
    size_t len = 0;
    assert_non_null(words);
    for (; *text; text++) {
        bool is_blank = *text == ' ' || *text == '\n';
        if (!is_blank)
            words[len++] = *text;
        else if (len > 0 && words[len - 1] != ' ')
            words[len++] = ' ';
    }
    return words;
}

static void findings_are_wrapped_at_the_width_and_lose_no_word(void **state)
{
    struct shell *shell = *state;
    shell_put_registry(shell, doubled);
    SAY(shell, W("doctor"));
    assert_int_equal(shell->status, ERROR_NOT_FOUND);
    char *whole = words_of(shell->out);
    for (shell->width = 40; shell->width <= 120; shell->width++) {
        SAY(shell, W("doctor"));
        for (const char *line = shell->out; *line; line += strcspn(line, "\n") + 1) {
            struct str text = {line, strcspn(line, "\n")};
            assert_true(text_width(text, false) <= (size_t)shell->width);
        }
        char *words = words_of(shell->out);
        assert_string_equal(words, whole);
        free(words);
    }
    free(whole);
}

int main(void)
{
#define AT_A_SHELL(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        AT_A_SHELL(a_person_sees_what_is_found_and_what_would_be_done_and_is_asked),
        AT_A_SHELL(yes_mends_and_what_is_left_is_told),
        AT_A_SHELL(nobody_is_asked_where_the_answer_is_clear),
        AT_A_SHELL(findings_are_wrapped_at_the_width_and_lose_no_word),
    };
    (void)setlocale(LC_CTYPE, "C.UTF-8");
    return cmocka_run_group_tests_name("cli_doctor", tests, NULL, NULL);
}
