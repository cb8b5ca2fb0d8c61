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

static const char *nearest_command(struct str word)
{
    const char *nearest = NULL;
    size_t best = SUGGEST_DISTANCE_MAX + 1;
    if (word.len == 0 || word.len > SUGGEST_WORD_MAX)
        return NULL;
    for (size_t i = 0; i < command_count; i++) {
        struct str name = str_of(commands[i].name);
        if (!(commands[i].flags & COMMAND_IN_SHELL) || name.len > SUGGEST_WORD_MAX)
            continue;
        size_t away = distance(word, name);
        if (away < best && away < name.len) {
            best = away;
            nearest = commands[i].name;
        }
    }
    return nearest;
}

static int find_command(struct options *options, struct error *error)
{
    const char *word = options->arguments[0];
    options->command = command_by_name(str_of(word));
    if (options->command) {
        options->arguments++;
        options->argument_count--;
        return 0;
    }
    const char *nearest = nearest_command(str_of(word));
    if (nearest)
        return error_set(error, ERROR_USAGE, EINVAL,
                         "'%s': no such command; did you mean '%s'? See 'slotop --help'", word,
                         nearest);
    return error_set(error, ERROR_USAGE, EINVAL, "'%s': no such command; see 'slotop --help'",
                     word);
}

static int check_options_of_command(const struct options *options, uint32_t given,
                                    struct error *error)
{
    enum command_id id = options->command ? options->command->id : COMMAND_NONE;
    for (size_t i = 0; i < option_row_count; i++) {
        const struct option_row *row = &option_rows[i];
        if (!(given & (UINT32_C(1) << i)) || row->commands == 0)
            continue;
        if (row->commands & (UINT32_C(1) << id))
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
};

static void argument_range(const struct options *options, int *ret_min, int *ret_max)
{
    *ret_min = 0;
    *ret_max = 0;
    if (options->due || options->has_expired_before || options->list)
        return;
    for (size_t i = 0; i < sizeof(arities) / sizeof(arities[0]); i++) {
        if (arities[i].id == options->command->id) {
            *ret_min = arities[i].min;
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
