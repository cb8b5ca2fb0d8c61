/*
 * options.h - the command line as a struct: getopt_long and nothing else.
 */
#ifndef SLOTOP_TUI_OPTIONS_H
#define SLOTOP_TUI_OPTIONS_H

#include "tui/command.h"

enum color_when { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

struct options {
    const char *state_dir;  /* -d */
    const char *workspace;  /* -w */
    bool json, read_only, dry_run, yes, demo, ascii, help, version;
    int fence_ms;           /* --fence */
    bool has_now;
    int64_t now_ms;         /* --now */
    enum color_when color;
    const struct command *command; /* NULL: the dashboard */
    char **arguments;       /* what stands behind the command, options taken out */
    int argument_count;
    /* of single commands */
    const char *states;     /* list --state */
    const char *slot;       /* list --slot */
    bool fallback;          /* list --fallback */
    bool has_ttl;
    double ttl_ms;          /* allocate, resume --ttl */
    bool due;               /* expire --due */
    bool has_expired_before;
    int64_t expired_before_ms; /* purge --expired-before T: a span back from now */
    bool force;             /* purge --force */
    bool has_every;
    int64_t every_ms;       /* gc --every [T] */
};

/* Parses argv (reordered by getopt). -EINVAL, ERROR_USAGE with a sentence; an option that its
 * command does not know is refused. Nothing is printed. */
int options_parse(int argc, char **argv, struct options *ret_options, struct error *error);
/* The text of --help. Made from the table of commands and the table of options. */
void options_print_help(struct buffer *out);
/* "90s", "30m", "2h", "7d", "1500ms", "1500" (milliseconds). -EINVAL. */
int options_parse_span(const char *text, int64_t *ret_ms, struct error *error);

#endif
