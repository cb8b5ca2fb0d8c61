#include "tests/helpers/docs_part.h"

#define ZSH_APOSTROPHE "'\\''"
#define FISH_APOSTROPHE "\\'"

static bool has_letter(const struct option_row *row)
{
    return row->code < OPTION_JSON;
}

/* "-d --state-dir" with something between. */
static void add_names(struct buffer *out, const struct option_row *row, const char *between)
{
    if (has_letter(row))
        buffer_addf(out, "-%c%s", row->code, between);
    buffer_addf(out, "--%s", row->name);
}

static void add_states(struct buffer *out, const char *before, const char *behind)
{
    buffer_addf(out, "%s", before);
    docs_states(out);
    buffer_addf(out, "%s", behind);
}

/* ---- bash ---- */

static void add_bash_options(struct buffer *out, const struct command *command)
{
    bool is_first = true;
    for (size_t i = 0; i < option_row_count; i++) {
        const struct option_row *row = &option_rows[i];
        if (command ? !docs_belongs(row, command) : row->commands != 0)
            continue;
        if (is_first && command)
            buffer_addf(out, "    %s) echo '", command->name);
        else
            buffer_addf(out, is_first ? "    echo '" : " ");
        add_names(out, row, " ");
        is_first = false;
    }
    if (!is_first)
        buffer_addf(out, command ? "' ;;\n" : "'\n");
}

static void add_bash_arguments(struct buffer *out)
{
    for (size_t i = 0; i < option_row_count; i++) {
        if (!option_rows[i].argument)
            continue;
        buffer_addf(out, "    ");
        add_names(out, &option_rows[i], " | ");
        buffer_addf(out, ") echo ");
        docs_argument_word(option_rows[i].argument, out);
        buffer_addf(out, " ;;\n");
    }
    for (size_t i = 0; i < command_count; i++) {
        struct buffer word = {0};
        if (commands[i].flags & COMMAND_IN_SHELL)
            (void)docs_operand(&commands[i], &word);
        if (word.len > 0)
            buffer_addf(out, "    %s) echo %s ;;\n", commands[i].name, word.data);
        buffer_done(&word);
    }
}

void docs_bash(struct buffer *out)
{
    buffer_addf(out, "_slotop_commands='");
    const char *between = "";
    for (size_t i = 0; i < command_count; i++) {
        if (!(commands[i].flags & COMMAND_IN_SHELL))
            continue;
        buffer_addf(out, "%s%s", between, commands[i].name);
        between = " ";
    }
    add_states(out, "'\n_slotop_states='", "'\n");
    buffer_addf(out, "_slotop_options_of() {\n");
    add_bash_options(out, NULL);
    buffer_addf(out, "    case $1 in\n");
    for (size_t i = 0; i < command_count; i++)
        add_bash_options(out, &commands[i]);
    buffer_addf(out, "    esac\n}\n_slotop_argument_of() {\n    case $1 in\n");
    add_bash_arguments(out);
    buffer_addf(out, "    esac\n}\n");
}

/* ---- zsh ---- */

static void add_zsh_option(struct buffer *out, const struct option_row *row)
{
    const char *equals = row->argument ? "=" : "";
    buffer_addf(out, "        ");
    if (has_letter(row))
        buffer_addf(out, "'(-%c --%s)'{-%c%s,--%s%s}'[", row->code, row->name, row->code,
                    row->argument ? "+" : "", row->name, equals);
    else
        buffer_addf(out, "'--%s%s[", row->name, equals);
    docs_clause(row->summary, ZSH_APOSTROPHE, out);
    buffer_addf(out, "]");
    if (row->argument) {
        buffer_addf(out, row->may_lack_argument ? "::" : ":");
        docs_argument_word(row->argument, out);
        buffer_addf(out, ":_slotop_");
        docs_argument_word(row->argument, out);
    }
    buffer_addf(out, "'\n");
}

/* What a command takes: its own options, and sessions and the like. */
static void add_zsh_command(struct buffer *out, const struct command *command)
{
    struct buffer word = {0};
    bool repeats = docs_operand(command, &word);
    buffer_addf(out, "    (%s) specs+=(\n", command->name);
    for (size_t i = 0; i < option_row_count; i++)
        if (docs_belongs(&option_rows[i], command))
            add_zsh_option(out, &option_rows[i]);
    if (word.len > 0)
        buffer_addf(out, "        '%s:%s:_slotop_%s'\n", repeats ? "*" : "2", word.data, word.data);
    buffer_addf(out, "    ) ;;\n");
    buffer_done(&word);
}

void docs_zsh(struct buffer *out)
{
    buffer_addf(out, "_slotop_commands() {\n    local -a commands=(\n");
    for (size_t i = 0; i < command_count; i++) {
        if (!(commands[i].flags & COMMAND_IN_SHELL))
            continue;
        buffer_addf(out, "        '%s:", commands[i].name);
        docs_clause(commands[i].summary, ZSH_APOSTROPHE, out);
        buffer_addf(out, "'\n");
    }
    buffer_addf(out, "    )\n    _describe -t commands command commands\n}\n");
    add_states(out, "_slotop_S() {\n    _values -s , state ", "\n}\n");
    buffer_addf(out, "_slotop_specs_of() {\n    specs=(\n");
    for (size_t i = 0; i < option_row_count; i++)
        if (option_rows[i].commands == 0)
            add_zsh_option(out, &option_rows[i]);
    buffer_addf(out, "    )\n    case $1 in\n");
    for (size_t i = 0; i < command_count; i++)
        if (commands[i].flags & COMMAND_IN_SHELL)
            add_zsh_command(out, &commands[i]);
    buffer_addf(out, "    esac\n}\n");
}

/* ---- fish ---- */

static void add_fish_option(struct buffer *out, const struct option_row *row)
{
    const char *before = " -n '__slotop_is";
    buffer_addf(out, "complete -c slotop");
    for (size_t i = 0; i < command_count; i++) {
        if (!docs_belongs(row, &commands[i]))
            continue;
        buffer_addf(out, "%s %s", before, commands[i].name);
        before = "";
    }
    buffer_addf(out, row->commands ? "'" : "");
    if (has_letter(row))
        buffer_addf(out, " -s %c", row->code);
    buffer_addf(out, " -l %s", row->name);
    if (row->argument) {
        buffer_addf(out, " -x -a '(__slotop_complete ");
        docs_argument_word(row->argument, out);
        buffer_addf(out, ")'");
    }
    buffer_addf(out, " -d '");
    docs_clause(row->summary, FISH_APOSTROPHE, out);
    buffer_addf(out, "'\n");
}

static void add_fish_command(struct buffer *out, const struct command *command)
{
    struct buffer word = {0};
    buffer_addf(out, "complete -c slotop -n '__slotop_is \"\"' -a %s -d '", command->name);
    docs_clause(command->summary, FISH_APOSTROPHE, out);
    buffer_addf(out, "'\n");
    (void)docs_operand(command, &word);
    if (word.len > 0)
        buffer_addf(out, "complete -c slotop -n '__slotop_is %s' -k -a '(__slotop_complete %s)'\n",
                    command->name, word.data);
    buffer_done(&word);
}

void docs_fish(struct buffer *out)
{
    const char *before = "set -g __slotop_with_argument";
    for (size_t i = 0; i < option_row_count; i++) {
        if (!option_rows[i].argument)
            continue;
        buffer_addf(out, "%s ", before);
        add_names(out, &option_rows[i], " ");
        before = "";
    }
    add_states(out, "\nset -g __slotop_states ", "\n");
    for (size_t i = 0; i < command_count; i++)
        if (commands[i].flags & COMMAND_IN_SHELL)
            add_fish_command(out, &commands[i]);
    for (size_t i = 0; i < option_row_count; i++)
        add_fish_option(out, &option_rows[i]);
}
