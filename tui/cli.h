/*
 * cli.h - the commands of the shell: one operation or question each, printed as text or JSON.
 */
#ifndef SLOTOP_TUI_CLI_H
#define SLOTOP_TUI_CLI_H

#include "core/state.h"
#include "tui/options.h"

#include <stdio.h>

/* Where a command prints and what it knows of its surroundings. */
struct cli {
    const struct options *options;
    struct state *state; /* initialised, not loaded */
    FILE *out;           /* data only */
    FILE *err;           /* messages: "slotop: what: why" */
    bool is_interactive; /* standard input and error are terminals: may ask */
    int width;           /* columns of the output for text; 0: no limit */
    bool color;
    int64_t (*now_ms)(void *context); /* --now is already in it */
    void *context;
};

/* Runs options->command (NULL: one snapshot, as `status`). Returns the exit status. */
int cli_run(struct cli *cli);

#endif
