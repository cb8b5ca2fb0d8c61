/*
 * cli.h - the commands of the shell: one operation or question each, printed as text or JSON.
 *
 * Every command collects what it prints and cli_run() writes it at once, so that a full disk or a
 * closed pipe behind standard output is noticed, said and part of the exit status.
 */
#ifndef SLOTOP_TUI_CLI_H
#define SLOTOP_TUI_CLI_H

#include "core/journal.h"
#include "core/state.h"
#include "tui/options.h"

#include <stdio.h>

/* Where a command prints and what it knows of its surroundings. */
struct cli {
    const struct options *options;
    struct state *state;           /* initialised, not loaded */
    const struct journal *journal; /* of operations; NULL: there is none */
    FILE *in;                      /* answers to questions */
    FILE *out;                     /* data only */
    FILE *err;                     /* messages: "slotop: what: why" */
    bool is_interactive;           /* standard input and error are terminals: may ask */
    int width;                     /* columns of the output for text; 0: no limit */
    bool color;
    int64_t (*now_ms)(void *context); /* --now is already in it */
    void *context;
    struct buffer output; /* the commands' own: starts zeroed, empty again after cli_run() */
};

/* Runs options->command (NULL: one snapshot, as `status`). Returns the exit status. */
int cli_run(struct cli *cli);

/*
 * Writes `text` to a stream and flushes it. Returns 0, or ERROR_SYSTEM after a sentence on `err`
 * (EPIPE, nobody reads any more, is quiet). For --help and --version, too.
 */
int cli_write(FILE *out, FILE *err, const struct buffer *text);

#endif
