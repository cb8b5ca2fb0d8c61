#include "tui/options.h"

#include "tui/options_table.h"

#include <stdio.h>
#include <string.h>

enum { HELP_COLUMN = 28, HELP_WIDTH = 80 };

/* The tables' "…" as "...": help is read in any locale. */
static void add_plain(struct buffer *out, const char *text)
{
    static const char ellipsis[] = "…";
    const char *cut;
    while ((cut = strstr(text, ellipsis))) {
        buffer_add(out, text, (size_t)(cut - text));
        buffer_add(out, "...", 3);
        text = cut + sizeof(ellipsis) - 1;
    }
    buffer_add_str(out, str_of(text));
}

/* The summary from HELP_COLUMN on, wrapped at words; `start` is where the line began. */
static void add_summary(struct buffer *out, size_t start, const char *summary)
{
    size_t used = out->len - start;
    struct buffer plain = {0};
    add_plain(&plain, summary);
    const char *word = plain.data ? plain.data : "";
    if (used + 2 > HELP_COLUMN) {
        buffer_add_char(out, '\n');
        used = 0;
    }
    buffer_add_repeat(out, ' ', HELP_COLUMN - used);
    size_t column = HELP_COLUMN;
    while (*word) {
        size_t len = strcspn(word, " ");
        if (column > HELP_COLUMN && column + 1 + len > HELP_WIDTH) {
            buffer_add_char(out, '\n');
            buffer_add_repeat(out, ' ', HELP_COLUMN);
            column = HELP_COLUMN;
        } else if (column > HELP_COLUMN) {
            buffer_add_char(out, ' ');
            column++;
        }
        buffer_add(out, word, len);
        column += len;
        word += len + strspn(word + len, " ");
    }
    buffer_add_char(out, '\n');
    buffer_done(&plain);
}

static void add_command(struct buffer *out, const struct command *command)
{
    size_t start = out->len;
    buffer_addf(out, "  %s", command->name);
    if (command->arguments && *command->arguments) {
        buffer_add_char(out, ' ');
        add_plain(out, command->arguments);
    }
    add_summary(out, start, command->summary);
}

static void add_option(struct buffer *out, const struct option_row *row)
{
    size_t start = out->len;
    if (row->code < OPTION_JSON)
        buffer_addf(out, "  -%c, ", row->code);
    else
        buffer_add(out, "      ", 6);
    buffer_addf(out, "--%s", row->name);
    if (row->argument)
        buffer_addf(out, row->may_lack_argument ? "[=%s]" : "=%s", row->argument);
    struct buffer summary = {0};
    bool is_first = true;
    for (size_t i = 0; row->commands != 0 && i < command_count; i++) {
        if (!(commands[i].flags & COMMAND_IN_SHELL) ||
            !(row->commands & (UINT32_C(1) << commands[i].id)))
            continue;
        buffer_addf(&summary, "%s%s", is_first ? "" : ", ", commands[i].name);
        is_first = false;
    }
    buffer_addf(&summary, "%s%s", is_first ? "" : ": ", row->summary);
    add_summary(out, start, summary.data ? summary.data : row->summary);
    buffer_done(&summary);
}

void options_print_help(struct buffer *out)
{
    buffer_addf(out,
                "Usage: slotop [OPTION]... [COMMAND [ARGUMENT]...]\n"
                "The pool of chat-agent slots of a DenchClaw host: who holds what, since when,\n"
                "and what to do about it. Without COMMAND: the dashboard; without a terminal: one\n"
                "snapshot as text.\n\nCommands:\n");
    for (size_t i = 0; i < command_count; i++)
        if (commands[i].flags & COMMAND_IN_SHELL)
            add_command(out, &commands[i]);
    buffer_addf(out, "\nOptions:\n");
    for (size_t i = 0; i < option_row_count; i++)
        if (option_rows[i].commands == 0)
            add_option(out, &option_rows[i]);
    buffer_addf(out, "\nOptions of single commands:\n");
    for (size_t i = 0; i < option_row_count; i++)
        if (option_rows[i].commands != 0)
            add_option(out, &option_rows[i]);
    buffer_addf(
        out, "\nSESSION is the whole id, or a unique prefix of at least 4 characters (never for\n"
             "allocate). T is a span of time: 90s, 30m, 2h, 7d, 1500ms; a bare number is\n"
             "milliseconds. Options may stand anywhere; -- ends them.\n"
             "\nExit status:\n"
             "  0  done\n"
             "  1  no such session; nothing matched; doctor found something\n"
             "  2  usage\n"
             "  3  conflict: the registry changed under us, and the change was not made\n"
             "  4  refused: read-only, a guard, or the answer was no\n"
             "  5  the registry cannot be used; nothing was changed\n"
             "  6  a system error; the message says what is true of the file now\n");
}
