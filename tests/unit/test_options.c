#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/gc.h"
#include "core/store.h"
#include "tui/options.h"
#include "tui/options_table.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS_MAX = 24 };

/* Splits at spaces; the words live in *line. */
static int split(const char *text, char line[static 256], char *words[static WORDS_MAX + 1])
{
    char *rest = line;
    int count = 0;
    (void)snprintf(line, 256, "slotop %s", text);
    for (char *word; count < WORDS_MAX && (word = strsep(&rest, " "));)
        if (*word)
            words[count++] = word;
    words[count] = NULL;
    return count;
}

struct parsed {
    char line[256];
    char *words[WORDS_MAX + 1];
    struct options options;
    struct error error;
    int result;
};

static void parse(struct parsed *parsed, const char *text)
{
    int count = split(text, parsed->line, parsed->words);
    memset(&parsed->options, 0x5a, sizeof(parsed->options));
    parsed->error = (struct error){0};
    parsed->result = options_parse(count, parsed->words, &parsed->options, &parsed->error);
}

static void what_makes_no_sense_is_refused_with_a_sentence(void **state)
{
    (void)state;
    static const struct {
        const char *words;
        const char *sentence; /* part of it */
    } cases[] = {
        {"--bogus", "--bogus: no such option"},
        {"-x", "-x: no such option"},
        {"-yx status", "-x: no such option"},
        {"--s", "--s: no such option, or short for several"},
        {"--json=5", "--json=5: this option takes no argument"},
        {"--state-dir", "--state-dir: this option needs an argument"},
        {"-d", "-d: this option needs an argument"},
        {"--fence 10001", "--fence: '10001' is no whole number from 0 to 10000"},
        {"--fence -1", "--fence: '-1'"},
        {"--fence 5x", "--fence: '5x'"},
        {"--fence=", "--fence: ''"},
        {"--now 1.5", "--now: '1.5'"},
        {"--now 8640000000000001", "--now: '8640000000000001'"},
        {"--color sometimes", "--color: 'sometimes' is not auto, always or never"},
        {"relase x", "'relase': no such command; did you mean 'release'?"},
        {"stats", "did you mean 'status'?"},
        {"frobnicate", "'frobnicate': no such command; see"},
        {"undo op-1 op-2", "undo: 'op-2' is one argument too many"},
        {"doctor x", "doctor: 'x' is one argument too many"},
        {"status --fix", "--fix: 'status' has no such option"},
        {"list -f", "--follow: 'list' has no such option"},
        {"list -q", "-q: no such option"},
        {"events x", "events: 'x' is one argument too many"},
        {"events --since soon", "--since: 'soon'"},
        {"down", "'down': no such command"},
        {"show", "show: which SESSION?"},
        {"show a b", "show: 'b' is one argument too many"},
        {"allocate", "allocate: which SESSION?"},
        {"touch a b", "touch: 'b' is one argument too many"},
        {"status x", "status: 'x' is one argument too many"},
        {"list x", "list: 'x' is one argument too many"},
        {"gc x", "gc: 'x' is one argument too many"},
        {"idle", "idle: which SESSION?"},
        {"release", "release: which SESSION?"},
        {"expire", "expire: which SESSION, or --due?"},
        {"expire a --due", "expire: either SESSION or --due"},
        {"purge a --expired-before 1d", "purge: either SESSION or --expired-before"},
        {"purge --force", "purge: --force goes with a SESSION"},
        {"purge --expired-before yesterday", "--expired-before: 'yesterday'"},
        {"touch a --ttl 5m", "--ttl: 'touch' has no such option"},
        {"release a --due", "--due: 'release' has no such option"},
        {"status --every", "--every: 'status' has no such option"},
        {"list --force", "--force: 'list' has no such option"},
        {"--fallback", "--fallback: an option of a command"},
        {"allocate a --ttl 5x", "--ttl: '5x'"},
        {"gc --every=soon", "--every: 'soon'"},
        {"gc --every=0", "--every: the time between two passes is 0"},
        {"gc --every soon", "gc: 'soon' is one argument too many"},
        {"--demo -d /tmp status", "--demo: it makes its own state directory"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct parsed parsed;
        parse(&parsed, cases[i].words);
        assert_int_equal(parsed.result, -EINVAL);
        assert_int_equal(parsed.error.kind, ERROR_USAGE);
        if (!strstr(parsed.error.text, cases[i].sentence))
            fail_msg("'%s' says: %s", cases[i].words, parsed.error.text);
    }
}

static void nothing_given_is_the_dashboard_with_the_defaults(void **state)
{
    (void)state;
    struct parsed parsed;
    parse(&parsed, "");
    assert_int_equal(parsed.result, 0);
    assert_null(parsed.options.command);
    assert_null(parsed.options.state_dir);
    assert_int_equal(parsed.options.fence_ms, STORE_DEFAULT_FENCE_MS);
    assert_int_equal(parsed.options.color, COLOR_AUTO);
    assert_false(parsed.options.json || parsed.options.read_only || parsed.options.dry_run ||
                 parsed.options.yes || parsed.options.demo || parsed.options.has_now ||
                 parsed.options.has_every || parsed.options.has_ttl);
}

static void options_stand_anywhere_in_either_spelling(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "-d /s -w foo --json -n -y --fence 7 --now 42 release a b",
        "release a b -d /s -w foo --json -n -y --fence 7 --now 42",
        "release -d /s a -w foo b --json -ny --fence=7 --now=42",
        "-nyd/s --workspace=foo release --json --fence=7 a --now 42 b",
        "--state-dir=/s --workspace foo --dry-run --yes release --json a --fence 7 b --now=42",
        "--state-d /s --work=foo --dry --y release --js --fen 7 --now 42 a b",
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct parsed parsed;
        parse(&parsed, cases[i]);
        const struct options *options = &parsed.options;
        assert_int_equal(parsed.result, 0);
        assert_string_equal(options->command->name, "release");
        assert_string_equal(options->state_dir, "/s");
        assert_string_equal(options->workspace, "foo");
        assert_true(options->json && options->dry_run && options->yes);
        assert_int_equal(options->fence_ms, 7);
        assert_true(options->has_now && options->now_ms == 42);
        assert_int_equal(options->argument_count, 2);
        assert_string_equal(options->arguments[0], "a");
        assert_string_equal(options->arguments[1], "b");
    }
}

static void two_dashes_end_the_options(void **state)
{
    (void)state;
    static const char *const cases[] = {"release -n -- -y --json", "-n release -- -y --json",
                                        "-n -- release -y --json"};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct parsed parsed;
        parse(&parsed, cases[i]);
        assert_int_equal(parsed.result, 0);
        assert_true(parsed.options.dry_run);
        assert_false(parsed.options.yes || parsed.options.json);
        assert_int_equal(parsed.options.argument_count, 2);
        assert_string_equal(parsed.options.arguments[0], "-y");
        assert_string_equal(parsed.options.arguments[1], "--json");
    }
}

static void the_order_is_free_even_with_posixly_correct(void **state)
{
    (void)state;
    struct parsed parsed;
    assert_int_equal(setenv("POSIXLY_CORRECT", "1", 1), 0);
    parse(&parsed, "release a --json");
    assert_int_equal(unsetenv("POSIXLY_CORRECT"), 0);
    assert_int_equal(parsed.result, 0);
    assert_true(parsed.options.json);
    assert_int_equal(parsed.options.argument_count, 1);
}

static void the_span_of_every_may_be_left_out(void **state)
{
    (void)state;
    static const struct {
        const char *words;
        bool has_every;
        int64_t every_ms;
        bool json;
    } cases[] = {
        {"gc", false, 0, false},
        {"gc --every", true, GC_INTERVAL_MS, false},
        {"gc --every=10s", true, 10000, false},
        {"gc --every 10s", true, 10000, false},
        {"--every 10s gc", true, 10000, false},
        {"--every gc", true, GC_INTERVAL_MS, false},
        {"gc --every --json", true, GC_INTERVAL_MS, true},
        {"gc --every 250 --json", true, 250, true},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct parsed parsed;
        parse(&parsed, cases[i].words);
        assert_int_equal(parsed.result, 0);
        assert_int_equal(parsed.options.command->id, COMMAND_GC);
        assert_int_equal(parsed.options.has_every, cases[i].has_every);
        assert_int_equal(parsed.options.every_ms, cases[i].every_ms);
        assert_int_equal(parsed.options.json, cases[i].json);
    }
}

static void options_of_commands_reach_their_command(void **state)
{
    (void)state;
    struct parsed parsed;
    parse(&parsed, "list --state active,idle --slot 4 --fallback --where age>2h");
    assert_int_equal(parsed.result, 0);
    assert_string_equal(parsed.options.states, "active,idle");
    assert_string_equal(parsed.options.where, "age>2h");
    assert_string_equal(parsed.options.slot, "4");
    assert_true(parsed.options.fallback);
    parse(&parsed, "resume a --ttl 2h");
    assert_int_equal(parsed.result, 0);
    assert_true(parsed.options.has_ttl && parsed.options.ttl_ms == 7200000.0);
    parse(&parsed, "purge --expired-before 7d");
    assert_int_equal(parsed.result, 0);
    assert_true(parsed.options.has_expired_before);
    assert_int_equal(parsed.options.expired_before_ms, 604800000);
    parse(&parsed, "expire --due");
    assert_int_equal(parsed.result, 0);
    assert_true(parsed.options.due);
    parse(&parsed, "purge --force a");
    assert_int_equal(parsed.result, 0);
    assert_true(parsed.options.force);
}

static void help_and_version_win_over_what_follows(void **state)
{
    (void)state;
    struct parsed parsed;
    parse(&parsed, "frobnicate --help --bogus");
    assert_int_equal(parsed.result, 0);
    assert_true(parsed.options.help);
    parse(&parsed, "-V show");
    assert_int_equal(parsed.result, 0);
    assert_true(parsed.options.version);
}

static void a_failed_parse_leaves_the_result_alone(void **state)
{
    (void)state;
    struct parsed parsed;
    struct options before;
    memset(&before, 0x5a, sizeof(before));
    parse(&parsed, "-n show");
    assert_int_equal(parsed.result, -EINVAL);
    assert_memory_equal(&parsed.options, &before, sizeof(before));
}

static void help_names_every_option_and_every_command_of_the_tables(void **state)
{
    (void)state;
    struct buffer help = {0};
    options_print_help(&help);
    assert_false(help.failed);
    for (size_t i = 0; i < option_row_count; i++) {
        char option[64];
        (void)snprintf(option, sizeof(option), "--%s", option_rows[i].name);
        assert_non_null(strstr(help.data, option));
    }
    for (size_t i = 0; i < command_count; i++) {
        char line[64];
        (void)snprintf(line, sizeof(line), "\n  %s ", commands[i].name);
        if (commands[i].flags & COMMAND_IN_SHELL)
            assert_non_null(strstr(help.data, line));
    }
    buffer_done(&help);
}

static void help_is_ascii_and_no_line_is_longer_than_80(void **state)
{
    (void)state;
    struct buffer help = {0};
    options_print_help(&help);
    size_t column = 0;
    for (size_t i = 0; i < help.len; i++) {
        assert_true(help.data[i] == '\n' || (help.data[i] >= ' ' && help.data[i] <= '~'));
        column = help.data[i] == '\n' ? 0 : column + 1;
        assert_true(column <= 80);
    }
    buffer_done(&help);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_makes_no_sense_is_refused_with_a_sentence),
        cmocka_unit_test(nothing_given_is_the_dashboard_with_the_defaults),
        cmocka_unit_test(options_stand_anywhere_in_either_spelling),
        cmocka_unit_test(two_dashes_end_the_options),
        cmocka_unit_test(the_order_is_free_even_with_posixly_correct),
        cmocka_unit_test(the_span_of_every_may_be_left_out),
        cmocka_unit_test(options_of_commands_reach_their_command),
        cmocka_unit_test(help_and_version_win_over_what_follows),
        cmocka_unit_test(a_failed_parse_leaves_the_result_alone),
        cmocka_unit_test(help_names_every_option_and_every_command_of_the_tables),
        cmocka_unit_test(help_is_ascii_and_no_line_is_longer_than_80),
    };
    return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
