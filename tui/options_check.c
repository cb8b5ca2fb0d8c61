#include "tui/options_check.h"

#include "tui/options_table.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

enum { SUGGEST_WORD_MAX = 24, SUGGEST_DISTANCE_MAX = 2 };

/* Edit distance of two words, a changed, missing or added byte counting 1. */
static size_t distance(struct str a, struct str b)
{
    size_t row[SUGGEST_WORD_MAX + 1];
    for (size_t j = 0; j <= b.len; j++)
        row[j] = j;
    for (size_t i = 1; i <= a.len; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            size_t best = diagonal + (a.data[i - 1] != b.data[j - 1]);
            diagonal = row[j];
            if (row[j] + 1 < best)
                best = row[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            row[j] = best;
        }
    }
    return row[b.len];
}

static unsigned place_of(const struct options *options)
{
    return options->in_line ? COMMAND_IN_LINE : COMMAND_IN_SHELL;
}

static const char *nearest_command(struct str word, unsigned place)
{
    const char *nearest = NULL;
    size_t best = SUGGEST_DISTANCE_MAX + 1;
    if (word.len == 0 || word.len > SUGGEST_WORD_MAX)
        return NULL;
    for (size_t i = 0; i < command_count; i++) {
        struct str name = str_of(commands[i].name);
        if (!(commands[i].flags & place) || name.len > SUGGEST_WORD_MAX)
            continue;
        bool is_begun = word.len > 1 && str_starts(name, word);
        size_t away = is_begun ? 0 : distance(word, name);
        if (away < best && away < name.len) {
            best = away;
            nearest = commands[i].name;
        }
    }
    return nearest;
}

/* "q" is quit; what changes something is to be written out. */
static const struct command *harmless_command(struct str beginning)
{
    const struct command *found = NULL;
    for (size_t i = 0; i < command_count && beginning.len > 0; i++) {
        if (!(commands[i].flags & COMMAND_IN_LINE) ||
            !str_starts(str_of(commands[i].name), beginning))
            continue;
        if (found || commands[i].flags & COMMAND_CHANGES)
            return NULL;
        found = &commands[i];
    }
    return found;
}

const struct command *options_line_command(struct str word)
{
    const struct command *command = command_by_name(word, COMMAND_IN_LINE);
    return command ? command : harmless_command(word);
}

static int find_command(struct options *options, struct error *error)
{
    const char *word = options->arguments[0];
    options->command = options->in_line ? options_line_command(str_of(word))
                                        : command_by_name(str_of(word), COMMAND_IN_SHELL);
    if (options->command) {
        options->arguments++;
        options->argument_count--;
        return 0;
    }
    const char *nearest = nearest_command(str_of(word), place_of(options));
    const char *look = options->in_line ? ""
                       : nearest        ? " See 'slotop --help'"
                                        : "; see 'slotop --help'";
    if (options->in_line && command_by_name(str_of(word), COMMAND_IN_SHELL))
        return error_set(error, ERROR_USAGE, EINVAL, "'%s' is a command of the shell only", word);
    if (nearest)
        return error_set(error, ERROR_USAGE, EINVAL, "'%s': no such command; did you mean '%s'?%s",
                         word, nearest, look);
    return error_set(error, ERROR_USAGE, EINVAL, "'%s': no such command%s", word, look);
}

static int check_options_of_command(const struct options *options, uint32_t given,
                                    struct error *error)
{
    enum command_id id = options->command ? options->command->id : COMMAND_NONE;
    for (size_t i = 0; i < option_row_count; i++) {
        const struct option_row *row = &option_rows[i];
        if (!(given & (UINT32_C(1) << i)))
            continue;
        if (options->in_line && !(row->commands & OPTION_IN_LINE))
            return error_set(error, ERROR_USAGE, EINVAL, "--%s: an option of the shell only",
                             row->name);
        if (row->commands == 0)
            continue;
        if (option_is_of(row, id))
            continue;
        if (id == COMMAND_NONE)
            return error_set(error, ERROR_USAGE, EINVAL,
                             "--%s: an option of a command; see 'slotop --help'", row->name);
        return error_set(error, ERROR_USAGE, EINVAL, "--%s: '%s' has no such option", row->name,
                         options->command->name);
    }
    return 0;
}

/* How many sessions the commands take; those that are not here take none. */
static const struct {
    enum command_id id;
    int min, max;
} arities[] = {
    {COMMAND_SHOW, 1, 1},          {COMMAND_ALLOCATE, 1, 1},     {COMMAND_TOUCH, 1, 1},
    {COMMAND_RESUME, 1, 1},        {COMMAND_ENSURE, 1, 1},       {COMMAND_IDLE, 1, INT_MAX},
    {COMMAND_RELEASE, 1, INT_MAX}, {COMMAND_EXPIRE, 1, INT_MAX}, {COMMAND_PURGE, 0, INT_MAX},
    {COMMAND_UNDO, 0, 1},          {COMMAND_RESTORE, 0, 1},      {COMMAND_WHY, 0, 1},
    {COMMAND_FILTER, 0, INT_MAX},  {COMMAND_SORT_NEXT, 0, 2},    {COMMAND_HELP, 0, INT_MAX},
    {COMMAND_THEME, 0, 1},
};

static void argument_range(const struct options *options, int *ret_min, int *ret_max)
{
    *ret_min = 0;
    *ret_max = 0;
    if (options->due || options->has_expired_before || options->list)
        return;
    for (size_t i = 0; i < sizeof(arities) / sizeof(arities[0]); i++) {
        if (arities[i].id == options->command->id) {
            bool has_target = options->in_line && options->command->id != COMMAND_ALLOCATE;
            *ret_min = has_target ? 0 : arities[i].min; /* the one under the cursor */
            *ret_max = arities[i].max;
        }
    }
}

static int check_arguments(const struct options *options, struct error *error)
{
    const char *name = options->command->name;
    int min, max;
    argument_range(options, &min, &max);
    if (options->argument_count < min && options->command->id == COMMAND_EXPIRE)
        return error_set(error, ERROR_USAGE, EINVAL, "expire: which SESSION, or --due?");
    if (options->argument_count < min)
        return error_set(error, ERROR_USAGE, EINVAL, "%s: which SESSION?", name);
    if (options->argument_count > max && options->due)
        return error_set(error, ERROR_USAGE, EINVAL, "expire: either SESSION or --due, not both");
    if (options->argument_count > max && options->has_expired_before)
        return error_set(error, ERROR_USAGE, EINVAL,
                         "purge: either SESSION or --expired-before, not both");
    if (options->argument_count > max && options->list)
        return error_set(error, ERROR_USAGE, EINVAL, "restore: either COPY or --list, not both");
    if (options->argument_count > max)
        return error_set(error, ERROR_USAGE, EINVAL, "%s: '%s' is one argument too many", name,
                         options->arguments[max]);
    if (options->force && options->argument_count == 0)
        return error_set(error, ERROR_USAGE, EINVAL, "purge: --force goes with a SESSION");
    return 0;
}

int options_check(struct options *options, uint32_t given, struct error *error)
{
    int r = options->argument_count > 0 ? find_command(options, error) : 0;
    if (r == 0)
        r = check_options_of_command(options, given, error);
    if (r == 0 && options->command)
        r = check_arguments(options, error);
    if (r == 0 && options->demo && options->state_dir)
        r = error_set(error, ERROR_USAGE, EINVAL,
                      "--demo: it makes its own state directory; leave --state-dir out");
    return r;
}
