/*
 * options.h - the command line as a struct: getopt_long and nothing else.
 *
 * Options and operands may stand in any order, whatever POSIXLY_CORRECT says; `--` ends options,
 * so that an id may begin with '-'. The first operand is the command. Long options take their
 * argument with '=' or as the next word, and may be shortened while they stay unique; the T of
 * `--every` is optional: the next word is taken for it if it reads as a span of time.
 */
#ifndef SLOTOP_TUI_OPTIONS_H
#define SLOTOP_TUI_OPTIONS_H

#include "core/error.h"
#include "tui/command.h"

enum color_when { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER, COLOR_WHENS };
const char *color_when_name(enum color_when when); /* "auto", "always", "never" */

/* How much the line to the terminal carries; LINE_AUTO: as term_is_slow() has it. */
enum line_speed { LINE_AUTO, LINE_SLOW, LINE_FAST, LINE_SPEEDS };

enum { OPTIONS_FENCE_MAX_MS = 10000 };

struct options {
    const char *state_dir; /* -d */
    const char *workspace; /* -w */
    bool json, read_only, dry_run, yes, demo, ascii, help, version;
    int fence_ms; /* --fence */
    bool has_now;
    int64_t now_ms; /* --now */
    bool has_color;
    enum color_when color;         /* --color */
    enum line_speed line;          /* the configuration file's */
    bool in_line;                  /* typed on the screen */
    const struct command *command; /* NULL: the dashboard */
    char **arguments;              /* what stands behind the command, options taken out */
    int argument_count;
    /* of single commands */
    const char *states; /* list --state */
    const char *slot;   /* list --slot */
    bool fallback;      /* list --fallback */
    const char *where;  /* list --where: see filter.h */
    bool has_ttl;
    double ttl_ms; /* allocate, resume --ttl */
    bool due;      /* expire --due */
    bool has_expired_before;
    int64_t expired_before_ms; /* purge --expired-before T: a span back from now */
    bool force;                /* purge --force */
    bool list;                 /* restore --list */
    bool fix;                  /* doctor --fix */
    bool follow;               /* events -f */
    bool has_since;
    int64_t since_ms;    /* events --since T: a span back from now */
    bool is_openmetrics; /* metrics --format openmetrics */
    bool has_every;
    int64_t every_ms; /* gc --every [T] */
};

/* Parses argv, whose pointers are reordered and borrowed. At --help or --version it stops, with
 * the rest unread. -EINVAL, ERROR_USAGE with a sentence; an option that its command does not
 * know, and a number of arguments that it cannot take, are refused. Nothing is printed. */
int options_parse(int argc, char **argv, struct options *ret_options, struct error *error);
/* The same for words that were typed on the screen, argv[0] aside: with the commands and options
 * that make sense there. A SESSION may be left out, and so may the end of the name of a command
 * that changes nothing, as long as no other begins so. */
int options_parse_line(int argc, char **argv, struct options *ret_options, struct error *error);
/* The command of the screen that such a word means, also one that is not unique; NULL. */
const struct command *options_line_command(struct str word);
/* The text of --help. Made from the table of commands and the table of options. */
void options_print_help(struct buffer *out);

#endif
