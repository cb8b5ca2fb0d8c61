// LDFLAGS: -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=reallocarray
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/helpers/memory.h"
#include "tests/helpers/tree.h"
#include "tui/settings.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void parse(struct str text, struct settings *settings)
{
    struct error error;
    memset(settings, 0x5a, sizeof(*settings));
    assert_int_equal(settings_parse("/c/config", text, settings, &error), 0);
}

/* The only sentence about `text`, as a string. */
static void assert_only_problem(struct str text, const char *sentence)
{
    struct settings settings;
    parse(text, &settings);
    assert_int_equal(settings.problem_count, 1);
    if (!str_equal(settings.problems[0], str_of(sentence)))
        fail_msg("'%.*s' says: %.*s", (int)text.len, text.data, (int)settings.problems[0].len,
                 settings.problems[0].data);
    settings_done(&settings);
}

static void assert_defaults(const struct settings *settings)
{
    assert_int_equal(settings->theme, THEME_DARK);
    assert_int_equal(settings->sort, SORT_LAST_USE);
    assert_int_equal(settings->reverse, false);
    assert_int_equal(settings->confirm, CONFIRM_RISKY);
    assert_int_equal(settings->ascii, false);
    assert_int_equal(settings->color, COLOR_AUTO);
    assert_int_equal(settings->line, LINE_AUTO);
}

static void nothing_set_is_the_defaults(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",         "\n",           "\n\n  \t\n",       "# theme = mono", "  # sort\n#",
        "\r\n\r\n", "\xef\xbb\xbf", "\xef\xbb\xbf# x\n"};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct settings settings;
        parse(str_of(texts[i]), &settings);
        assert_defaults(&settings);
        assert_int_equal(settings.problem_count, 0);
        settings_done(&settings);
    }
}

static void every_setting_takes_its_words(void **state)
{
    (void)state;
    struct settings settings;
    parse(STR("\xef\xbb\xbftheme = light\nsort=title\n reverse =yes \r\n\tconfirm\t=\talways\n"
              "# between\n\nascii = yes\ncolor = never\nline = slow"),
          &settings);
    assert_int_equal(settings.problem_count, 0);
    assert_int_equal(settings.theme, THEME_LIGHT);
    assert_int_equal(settings.sort, SORT_TITLE);
    assert_true(settings.reverse);
    assert_int_equal(settings.confirm, CONFIRM_ALWAYS);
    assert_true(settings.ascii);
    assert_int_equal(settings.color, COLOR_NEVER);
    assert_int_equal(settings.line, LINE_SLOW);
    settings_done(&settings);
}

static void every_theme_and_every_column_can_be_named(void **state)
{
    (void)state;
    struct settings settings;
    char text[128];
    for (int i = 0; i < THEME_COUNT; i++) {
        (void)snprintf(text, sizeof(text), "theme = %s", theme_name((enum theme)i));
        parse(str_of(text), &settings);
        assert_int_equal(settings.theme, i);
        settings_done(&settings);
    }
    for (int i = 0; i < SORT_COUNT; i++) {
        (void)snprintf(text, sizeof(text), "sort = %s", sort_key_name((enum sort_key)i));
        parse(str_of(text), &settings);
        assert_int_equal(settings.sort, i);
        settings_done(&settings);
    }
}

static void the_later_line_of_a_name_holds(void **state)
{
    (void)state;
    struct settings settings;
    parse(STR("ascii = yes\nascii = no\ntheme = mono\ntheme = light\n"), &settings);
    assert_int_equal(settings.problem_count, 0);
    assert_false(settings.ascii);
    assert_int_equal(settings.theme, THEME_LIGHT);
    settings_done(&settings);
}

static void a_bad_line_is_named_with_what_is_allowed(void **state)
{
    (void)state;
    static const struct {
        const char *text, *sentence;
    } cases[] = {
        {"theme = drak", "/c/config:1: theme: 'drak' is not dark, light, high-contrast, "
                         "color-blind or mono; the line is skipped"},
        {"\n#\nconfirm = never", "/c/config:3: confirm: 'never' is not risky or always; the line "
                                 "is skipped"},
        {"reverse = Yes\n", "/c/config:1: reverse: 'Yes' is not no or yes; the line is skipped"},
        {"ascii =", "/c/config:1: ascii: '' is not no or yes; the line is skipped"},
        {"color = yes # or not", "/c/config:1: color: 'yes # or not' is not auto, always or never; "
                                 "the line is skipped"},
        {"theme", "/c/config:1: 'theme' is not of the form name = value; the line is skipped"},
        {"= dark", "/c/config:1: '' is no setting; there are theme, sort, reverse, confirm, ascii, "
                   "color, line, columns, key COMMAND; the line is skipped"},
        {"Theme = dark", "/c/config:1: 'Theme' is no setting; there are theme, sort, reverse, "
                         "confirm, ascii, color, line, columns, key COMMAND; the line is skipped"},
        {"themes = x", "/c/config:1: 'themes' is no setting; there are theme, sort, reverse, "
                       "confirm, ascii, color, line, columns, key COMMAND; the line is skipped"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_only_problem(str_of(cases[i].text), cases[i].sentence);
}

static void a_key_is_given_and_a_bad_one_is_named(void **state)
{
    (void)state;
    static const struct {
        const char *text, *sentence;
    } cases[] = {
        {"key relase = X",
         "/c/config:1: key: 'relase' is no command of the screen; the line is skipped"},
        {"key release = Del", "/c/config:1: key: Del is not to be had; the line is skipped"},
        {"key release =", "/c/config:1: key: no key is named; the line is skipped"},
        {"\nkey  release = X x", "/c/config:2: key release: expire has that key; give that another "
                                 "one; the line is skipped"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_only_problem(str_of(cases[i].text), cases[i].sentence);
    struct settings settings;
    struct keymap map;
    parse(STR("key release = X\nkey release = =\n"), &settings);
    keymap_apply(&map, &settings.keys);
    assert_int_equal(settings.problem_count, 0);
    assert_ptr_equal(keymap_command(&map, '='), command_by_id(COMMAND_RELEASE));
    assert_null(keymap_command(&map, 'X'));
    settings_done(&settings);
}

static void columns_are_chosen_and_a_bad_list_is_named(void **state)
{
    (void)state;
    static const char *const bad[] = {"columns = title, tilte", "columns = age, age",
                                      "columns = age,", "columns =", "columns = auto, age"};
    static const enum table_column wanted[] = {COLUMN_TITLE, COLUMN_EXPIRES, COLUMN_SESSION};
    struct settings settings;
    parse(STR("columns = title,expires in ,  session\n"), &settings);
    assert_int_equal(settings.problem_count, 0);
    assert_int_equal(settings.columns.count, 3);
    assert_memory_equal(settings.columns.columns, wanted, sizeof(wanted));
    settings_done(&settings);
    parse(STR("columns = age\ncolumns = auto"), &settings);
    assert_int_equal(settings.columns.count, 0);
    settings_done(&settings);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        parse(str_of(bad[i]), &settings);
        assert_int_equal(settings.problem_count, 1);
        assert_int_equal(settings.columns.count, 0);
        settings_done(&settings);
    }
    assert_only_problem(STR("columns = tilte"),
                        "/c/config:1: columns: 'tilte' is no column, or stands twice; there are "
                        "session, state, slot, title, workspace, run, age, quiet, expires in, and "
                        "auto alone; the line is skipped");
}

static void a_sort_that_is_no_column_is_told_all_columns(void **state)
{
    (void)state;
    struct settings settings;
    parse(STR("sort = tilte"), &settings);
    assert_int_equal(settings.problem_count, 1);
    assert_int_equal(settings.sort, SORT_LAST_USE);
    for (int i = 0; i < SORT_COUNT; i++)
        assert_non_null(memmem(settings.problems[0].data, settings.problems[0].len,
                               sort_key_name((enum sort_key)i),
                               strlen(sort_key_name((enum sort_key)i))));
    settings_done(&settings);
}

static void good_lines_hold_beside_bad_ones(void **state)
{
    (void)state;
    struct settings settings;
    parse(STR("theme = drak\nascii = yes\nfoo\ntheme = mono\ntheme = loud\n"), &settings);
    assert_int_equal(settings.problem_count, 3);
    assert_int_equal(settings.theme, THEME_MONO);
    assert_true(settings.ascii);
    settings_done(&settings);
}

static void a_line_may_have_1024_bytes_and_no_more(void **state)
{
    (void)state;
    char text[SETTINGS_LINE_BYTES + 32];
    for (size_t over = 0; over <= 1; over++) {
        struct settings settings;
        size_t len = SETTINGS_LINE_BYTES + over;
        memset(text, ' ', len);
        memcpy(text, "ascii =", 7);
        memcpy(text + len - 3, "yes", 3);
        memcpy(text + len, "\ntheme = mono", 13);
        parse((struct str){text, len + 13}, &settings);
        assert_int_equal(settings.ascii, over == 0);
        assert_int_equal(settings.theme, THEME_MONO);
        assert_int_equal(settings.problem_count, over);
        settings_done(&settings);
    }
    memset(text, 'x', sizeof(text));
    assert_only_problem((struct str){text, sizeof(text)},
                        "/c/config:1: longer than 1024 bytes; the line is skipped");
}

static void long_words_are_cut_between_characters(void **state)
{
    (void)state;
    static const char head[] = "theme = ";
    char text[sizeof(head) + 80], wanted[512];
    (void)snprintf(text, sizeof(text), "%s%059d\xc3\xa9%010d", head, 0, 0);
    (void)snprintf(wanted, sizeof(wanted),
                   "/c/config:1: theme: '%059d...' is not dark, light, high-contrast, color-blind "
                   "or mono; the line is skipped",
                   0);
    assert_only_problem(str_of(text), wanted);
}

static void hostile_bytes_stay_raw_in_sentences_and_whoever_prints_makes_them_harmless(void **state)
{
    (void)state;
    struct settings settings;
    struct buffer safe = {0};
    parse(STR("theme = \033]0;x\007\0\xff\xe2\x80\xae"), &settings);
    assert_int_equal(settings.problem_count, 1);
    struct str sentence = settings.problems[0];
    assert_non_null(memmem(sentence.data, sentence.len, "\033]0;x\007\0\xff", 8));
    (void)text_safe(sentence, SIZE_MAX, true, &safe);
    for (size_t i = 0; i < safe.len; i++)
        assert_in_range(safe.data[i], ' ', '~');
    buffer_done(&safe);
    settings_done(&settings);
}

static void of_many_bad_lines_all_are_counted_and_the_first_are_kept(void **state)
{
    (void)state;
    struct settings settings;
    struct buffer text = {0};
    buffer_add_repeat(&text, '\n', 2);
    for (int i = 0; i < 1000; i++)
        buffer_add_str(&text, STR("x\n"));
    parse(buffer_str(&text), &settings);
    assert_int_equal(settings.problem_count, 1000);
    for (size_t i = 0; i < SETTINGS_PROBLEMS_MAX; i++) {
        char start[32];
        (void)snprintf(start, sizeof(start), "/c/config:%zu: 'x'", i + 3);
        assert_true(str_starts(settings.problems[i], str_of(start)));
    }
    buffer_done(&text);
    settings_done(&settings);
}

/* ---- files ---- */

static int set_up(void **state)
{
    struct tree *tree = calloc(1, sizeof(*tree));
    tree_make(tree);
    *state = tree;
    return 0;
}

static int tear_down(void **state)
{
    tree_remove(*state);
    free(*state);
    return 0;
}

static void load(const char *path, struct settings *settings)
{
    struct error error;
    memset(settings, 0x5a, sizeof(*settings));
    assert_int_equal(settings_load(path, settings, &error), 0);
}

static void assert_file_says(const char *path, const char *sentence)
{
    struct settings settings;
    load(path, &settings);
    assert_defaults(&settings);
    assert_int_equal(settings.problem_count, 1);
    if (!memmem(settings.problems[0].data, settings.problems[0].len, sentence, strlen(sentence)))
        fail_msg("%.*s", (int)settings.problems[0].len, settings.problems[0].data);
    assert_non_null(
        memmem(settings.problems[0].data, settings.problems[0].len, path, strlen(path)));
    settings_done(&settings);
}

static void a_missing_file_is_the_defaults_without_a_word(void **state)
{
    static const char *const names[] = {"none", "none/slotop/config", "file/slotop/config"};
    tree_put(*state, "file", "");
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct settings settings;
        load(tree_path(*state, names[i]), &settings);
        assert_defaults(&settings);
        assert_int_equal(settings.problem_count, 0);
        settings_done(&settings);
    }
}

static void a_file_is_read_and_its_path_named(void **state)
{
    struct settings settings;
    const char *path = tree_path(*state, "config");
    char start[300];
    tree_put(*state, "config", "theme = mono\nnonsense");
    load(path, &settings);
    assert_int_equal(settings.theme, THEME_MONO);
    assert_int_equal(settings.problem_count, 1);
    (void)snprintf(start, sizeof(start), "%s:2: 'nonsense'", path);
    assert_true(str_starts(settings.problems[0], str_of(start)));
    settings_done(&settings);
}

static void what_is_no_file_that_can_be_read_is_one_sentence_and_never_blocks(void **state)
{
    assert_int_equal(mkdir(tree_path(*state, "dir"), 0700), 0);
    assert_int_equal(mkfifo(tree_path(*state, "fifo"), 0600), 0);
    assert_int_equal(symlink("loop", tree_path(*state, "loop")), 0);
    assert_file_says(tree_path(*state, "dir"), "not a regular file; the settings are the defaults");
    assert_file_says(tree_path(*state, "fifo"), "is a FIFO, not a regular file");
    assert_file_says(tree_path(*state, "loop"), "; the settings are the defaults");
}

static void a_file_may_have_64_KiB_and_no_more(void **state)
{
    struct buffer text = {0};
    struct settings settings;
    buffer_add_str(&text, STR("ascii = yes\n"));
    buffer_add_repeat(&text, '\n', SETTINGS_LIMIT_BYTES - text.len);
    tree_write(*state, "config", text.data, text.len);
    load(tree_path(*state, "config"), &settings);
    assert_true(settings.ascii);
    assert_int_equal(settings.problem_count, 0);
    settings_done(&settings);
    buffer_add_char(&text, '\n');
    tree_write(*state, "config", text.data, text.len);
    assert_file_says(tree_path(*state, "config"), "is larger than 64 KiB; nothing of it is used");
    buffer_done(&text);
}

static void without_memory_nothing_is_set_and_nothing_leaks(void **state)
{
    static const char text[] = "theme = mono\nthemes = mono\nnonsense\nsort = x\n";
    char path[300];
    size_t turns = 0;
    tree_put(*state, "config", text);
    (void)snprintf(path, sizeof(path), "%s", tree_path(*state, "config"));
    for (bool is_whole = false; !is_whole; turns++) {
        struct settings settings = {.theme = THEME_LIGHT, .problem_count = 7};
        struct error error = {0};
        calls_until_failure = turns + 1;
        int r = settings_load(path, &settings, &error);
        is_whole = calls_until_failure > 0;
        calls_until_failure = 0;
        if (is_whole) {
            assert_int_equal(r, 0);
            assert_int_equal(settings.problem_count, 3);
            settings_done(&settings);
            continue;
        }
        assert_int_equal(r, -ENOMEM);
        assert_string_equal(error.text,
                            "reading the configuration file: out of memory; nothing was changed");
        assert_int_equal(settings.theme, THEME_LIGHT);
        assert_int_equal(settings.problem_count, 7);
    }
    assert_true(turns > 3);
    (void)printf("vectors: %zu failed allocations\n", turns - 1);
}

#define FILE_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_set_is_the_defaults),
        cmocka_unit_test(every_setting_takes_its_words),
        cmocka_unit_test(every_theme_and_every_column_can_be_named),
        cmocka_unit_test(the_later_line_of_a_name_holds),
        cmocka_unit_test(a_bad_line_is_named_with_what_is_allowed),
        cmocka_unit_test(a_key_is_given_and_a_bad_one_is_named),
        cmocka_unit_test(columns_are_chosen_and_a_bad_list_is_named),
        cmocka_unit_test(a_sort_that_is_no_column_is_told_all_columns),
        cmocka_unit_test(good_lines_hold_beside_bad_ones),
        cmocka_unit_test(a_line_may_have_1024_bytes_and_no_more),
        cmocka_unit_test(long_words_are_cut_between_characters),
        cmocka_unit_test(
            hostile_bytes_stay_raw_in_sentences_and_whoever_prints_makes_them_harmless),
        cmocka_unit_test(of_many_bad_lines_all_are_counted_and_the_first_are_kept),
        FILE_TEST(a_missing_file_is_the_defaults_without_a_word),
        FILE_TEST(a_file_is_read_and_its_path_named),
        FILE_TEST(what_is_no_file_that_can_be_read_is_one_sentence_and_never_blocks),
        FILE_TEST(a_file_may_have_64_KiB_and_no_more),
        FILE_TEST(without_memory_nothing_is_set_and_nothing_leaks),
    };
    return cmocka_run_group_tests_name("settings", tests, NULL, NULL);
}
