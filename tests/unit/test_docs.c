#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/helpers/docs.h"
#include "tui/filter.h"
#include "tui/options.h"
#include "tui/settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The man page and the completions say what the tables of commands and options say.
 * UPDATE_DOCS=1 (make docs) writes the parts that are made from them anew. */

#define MANUAL "assets/slotop.1"
#define CONFIG_MANUAL "assets/slotop-config.5"
#define BASH "assets/completions/slotop.bash"
#define ZSH "assets/completions/_slotop"
#define FISH "assets/completions/slotop.fish"

static char *read_text(const char *path)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    size_t size = (size_t)ftell(file);
    rewind(file);
    char *text = malloc(size + 1);
    assert_non_null(text);
    assert_int_equal(fread(text, 1, size, file), size);
    text[size] = '\0';
    assert_int_equal(fclose(file), 0);
    return text;
}

static void write_text(const char *path, const struct buffer *text)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text->data, 1, text->len, file), text->len);
    assert_int_equal(fclose(file), 0);
}

static void what_is_made_from_the_tables_is_what_they_make(void **state)
{
    (void)state;
    static const char *const paths[] = {MANUAL, CONFIG_MANUAL, BASH, ZSH, FISH};
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        char *text = read_text(paths[i]);
        struct buffer made = {0};
        assert_int_equal(docs_renew(text, &made), 1);
        if (getenv("UPDATE_DOCS"))
            write_text(paths[i], &made);
        else if (strcmp(text, made.data) != 0)
            fail_msg("%s is not what the tables make: make docs", paths[i]);
        buffer_done(&made);
        free(text);
    }
}

/* ---- the man page ---- */

/* The lines of a section that begin so, each with its line end. */
static void add_lines(const char *manual, const char *section, const char *beginning,
                      struct buffer *lines)
{
    const char *line = strstr(manual, section);
    assert_non_null(line);
    line++;
    while ((line = strchr(line, '\n')) && strncmp(++line, ".Sh ", 4) != 0)
        if (strncmp(line, beginning, strlen(beginning)) == 0)
            buffer_add(lines, line, strcspn(line, "\n") + 1);
}

static void compare_headings(const char *section, const char *beginning, struct buffer *wanted)
{
    char *manual = read_text(MANUAL);
    struct buffer found = {0};
    add_lines(manual, section, beginning, &found);
    assert_non_null(found.data);
    assert_string_equal(found.data, wanted->data);
    buffer_done(&found);
    buffer_done(wanted);
    free(manual);
}

static void the_manual_has_a_paragraph_for_each_command_of_the_shell(void **state)
{
    (void)state;
    struct buffer wanted = {0};
    for (size_t i = 0; i < command_count; i++) {
        if (!(commands[i].flags & COMMAND_IN_SHELL))
            continue;
        docs_command_heading(&commands[i], &wanted);
        buffer_add_char(&wanted, '\n');
    }
    compare_headings("\n.Sh COMMANDS\n", ".It Ic ", &wanted);
}

static void the_manual_has_a_paragraph_for_each_option(void **state)
{
    (void)state;
    struct buffer wanted = {0};
    for (size_t i = 0; i < option_row_count; i++) {
        docs_option_heading(&option_rows[i], &wanted);
        buffer_add_char(&wanted, '\n');
    }
    compare_headings("\n.Sh OPTIONS\n", ".It Fl ", &wanted);
}

static bool is_option(struct str name)
{
    for (size_t i = 0; i < option_row_count; i++)
        if (str_equal(str_of(option_rows[i].name), name))
            return true;
    return name.len == 0; /* what ends options */
}

static void the_manual_names_no_option_that_does_not_exist(void **state)
{
    (void)state;
    char *manual = read_text(MANUAL);
    size_t count = 0;
    for (const char *at = manual; (at = strstr(at, "Fl -")); count++) {
        at += strlen("Fl -");
        struct str name = {at, strspn(at, "abcdefghijklmnopqrstuvwxyz-")};
        if (!is_option(name))
            fail_msg("no such option: --%.*s", (int)name.len, name.data);
    }
    assert_true(count > option_row_count);
    free(manual);
}

static void the_manual_names_no_command_that_does_not_exist(void **state)
{
    (void)state;
    char *manual = read_text(MANUAL);
    size_t count = 0;
    for (const char *at = manual; (at = strstr(at, "\n.Ic ")); count++) {
        at += strlen("\n.Ic ");
        struct str name = {at, strcspn(at, " \n")};
        if (!command_by_name(name, COMMAND_IN_SHELL | COMMAND_IN_LINE))
            fail_msg("no such command: %.*s", (int)name.len, name.data);
    }
    assert_true(count > 10);
    free(manual);
}

/* The manual speaks of these states where it explains --state. */
static void the_manual_explains_each_state_that_a_filter_takes(void **state)
{
    (void)state;
    char *manual = read_text(MANUAL);
    struct buffer states = {0}, option = {0};
    const char *start = strstr(manual, "\n.It Fl -state ");
    assert_non_null(start);
    buffer_add(&option, start, (size_t)(strstr(start + 1, "\n.It Fl ") - start));
    docs_states(&states);
    size_t count = 0;
    char *rest = states.data;
    for (char *word; (word = strsep(&rest, " ")); count++) {
        struct filter filter = {0};
        struct str value = str_of(word);
        assert_int_equal(filter_add(&filter, FILTER_STATE, &value, 1, NULL), 0);
        filter_done(&filter);
        if (!strstr(option.data, word))
            fail_msg("%s: --state is explained without '%s'", MANUAL, word);
    }
    assert_true(count > 4);
    buffer_done(&states);
    buffer_done(&option);
    free(manual);
}

/* Cuts at blanks, as a shell does; quotes are single ones. */
static int split(char *text, char *words[], int max)
{
    int count = 0;
    char *out = text;
    for (bool is_quoted = false; *text && count < max; count++) {
        text += strspn(text, " ");
        words[count] = out;
        for (; *text && (is_quoted || *text != ' '); text++) {
            if (*text == '\'')
                is_quoted = !is_quoted;
            else
                *out++ = *text;
        }
        text += *text == ' ';
        *out++ = '\0';
    }
    words[count] = NULL;
    return count;
}

static void every_example_of_the_manual_is_understood(void **state)
{
    (void)state;
    enum { WORDS_MAX = 16 };
    char *manual = read_text(MANUAL);
    struct buffer lines = {0};
    size_t count = 0;
    add_lines(manual, "\n.Sh EXAMPLES\n", ".Dl ", &lines);
    char *rest = lines.data;
    for (char *line; (line = strsep(&rest, "\n"));) {
        char *call = strstr(line, "slotop");
        char *words[WORDS_MAX + 1];
        struct options options;
        struct error error = {0};
        struct filter filter = {0};
        if (!call)
            continue;
        call[strcspn(call, "|")] = '\0';
        int r = options_parse(split(call, words, WORDS_MAX), words, &options, &error);
        if (r == 0 && options.where)
            r = filter_parse(str_of(options.where), true, &filter, &error);
        if (r != 0)
            fail_msg("%s: %s", line, error.text);
        filter_done(&filter);
        count++;
    }
    assert_true(count >= 10);
    buffer_done(&lines);
    free(manual);
}

/* ---- the man page of the configuration ---- */

static void the_manual_has_the_values_of(const char *(*name_of)(unsigned), unsigned count)
{
    char *manual = read_text(CONFIG_MANUAL);
    for (unsigned i = 0; i < count; i++) {
        struct buffer wanted = {0};
        buffer_addf(&wanted, "Cm %s", name_of(i));
        const char *found = strstr(manual, wanted.data);
        if (!found || !strchr(" \n", found[wanted.len]))
            fail_msg("%s does not have the value '%s'", CONFIG_MANUAL, name_of(i));
        buffer_done(&wanted);
    }
    free(manual);
}

static const char *name_of_theme(unsigned i)
{
    return theme_name((enum theme)i);
}

static const char *name_of_sort(unsigned i)
{
    return sort_key_name((enum sort_key)i);
}

static void the_manual_has_every_theme_and_every_column(void **state)
{
    (void)state;
    the_manual_has_the_values_of(name_of_theme, THEME_COUNT);
    the_manual_has_the_values_of(name_of_sort, SORT_COUNT);
}

/* A paragraph each, and a line of the file. */
static const struct {
    const char *name, *line;
} settings_told[] = {
    {"theme", "theme = mono"},
    {"sort", "sort = last use"},
    {"reverse", "reverse = yes"},
    {"confirm", "confirm = risky"},
    {"ascii", "ascii = no"},
    {"color", "color = auto"},
    {"line", "line = slow"},
    {"columns", "columns = auto"},
    {"key COMMAND", "key release = X"},
};
enum { SETTINGS_TOLD = sizeof(settings_told) / sizeof(settings_told[0]) };

static void every_setting_of_the_manual_exists(void **state)
{
    (void)state;
    char *manual = read_text(CONFIG_MANUAL);
    for (size_t i = 0; i < SETTINGS_TOLD; i++) {
        struct buffer heading = {0};
        struct settings settings;
        buffer_addf(&heading, "\n.It Cm %s\n", settings_told[i].name);
        assert_non_null(strstr(manual, heading.data));
        assert_int_equal(settings_parse("config", str_of(settings_told[i].line), &settings, NULL),
                         0);
        assert_int_equal(settings.problem_count, 0);
        settings_done(&settings);
        buffer_done(&heading);
    }
    free(manual);
}

/* What the program says there is, when it is asked for something else. */
static void every_setting_that_exists_is_in_the_manual(void **state)
{
    (void)state;
    static const char begins[] = "there are ";
    struct settings settings;
    struct buffer wanted = {0};
    for (size_t i = 0; i < SETTINGS_TOLD; i++)
        buffer_addf(&wanted, "%s%s", i ? ", " : "", settings_told[i].name);
    assert_int_equal(settings_parse("config", STR("fnord = 1"), &settings, NULL), 0);
    assert_int_equal(settings.problem_count, 1);
    struct str sentence = settings.problems[0];
    const char *names = memmem(sentence.data, sentence.len, begins, strlen(begins));
    assert_non_null(names);
    names += strlen(begins);
    const char *end = memchr(names, ';', sentence.len - (size_t)(names - sentence.data));
    assert_non_null(end);
    assert_int_equal(end - names, wanted.len);
    assert_memory_equal(names, wanted.data, wanted.len);
    settings_done(&settings);
    buffer_done(&wanted);
}

static void the_example_of_a_configuration_has_no_problem(void **state)
{
    (void)state;
    char *manual = read_text(CONFIG_MANUAL);
    struct settings settings;
    const char *begin = strstr(manual, ".Bd -literal\n");
    assert_non_null(begin);
    begin = strchr(begin, '\n') + 1;
    struct str text = {begin, (size_t)(strstr(begin, ".Ed\n") - begin)};
    assert_int_equal(settings_parse("config", text, &settings, NULL), 0);
    assert_int_equal(settings.problem_count, 0);
    assert_int_equal(settings.confirm, CONFIRM_ALWAYS);
    settings_done(&settings);
    free(manual);
}

/* ---- completions ---- */

static void has_function(const char *path, const char *format, const char *argument)
{
    char *text = read_text(path);
    struct buffer word = {0}, line = {0};
    docs_argument_word(argument, &word);
    buffer_add_str(&line, str_of(format));
    char *place = strchr(line.data, '@');
    struct buffer wanted = {0};
    buffer_add(&wanted, line.data, (size_t)(place - line.data));
    buffer_add_str(&wanted, buffer_str(&word));
    buffer_add_str(&wanted, str_of(place + 1));
    if (!strstr(text, wanted.data))
        fail_msg("%s does not know what a %s is", path, word.data);
    buffer_done(&word);
    buffer_done(&line);
    buffer_done(&wanted);
    free(text);
}

static void completions_know_the_values_of(const char *argument)
{
    has_function(BASH, "\n    @)", argument);
    has_function(ZSH, "\n_slotop_@() {", argument);
    has_function(FISH, "\n        case @\n", argument);
}

static void the_completions_know_what_every_argument_is(void **state)
{
    (void)state;
    static const char *const operands[] = {"SESSION", "OPERATION", "COPY"};
    for (size_t i = 0; i < option_row_count; i++)
        if (option_rows[i].argument)
            completions_know_the_values_of(option_rows[i].argument);
    for (size_t i = 0; i < sizeof(operands) / sizeof(operands[0]); i++)
        completions_know_the_values_of(operands[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_made_from_the_tables_is_what_they_make),
        cmocka_unit_test(the_manual_has_a_paragraph_for_each_command_of_the_shell),
        cmocka_unit_test(the_manual_has_a_paragraph_for_each_option),
        cmocka_unit_test(the_manual_names_no_option_that_does_not_exist),
        cmocka_unit_test(the_manual_names_no_command_that_does_not_exist),
        cmocka_unit_test(the_manual_explains_each_state_that_a_filter_takes),
        cmocka_unit_test(every_example_of_the_manual_is_understood),
        cmocka_unit_test(the_manual_has_every_theme_and_every_column),
        cmocka_unit_test(every_setting_of_the_manual_exists),
        cmocka_unit_test(every_setting_that_exists_is_in_the_manual),
        cmocka_unit_test(the_example_of_a_configuration_has_no_problem),
        cmocka_unit_test(the_completions_know_what_every_argument_is),
    };
    return cmocka_run_group_tests_name("docs", tests, NULL, NULL);
}
