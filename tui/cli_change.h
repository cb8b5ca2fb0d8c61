/*
 * cli_change.h - the commands that change the registry: arguments become operations, the operator
 * is asked where that is due, the store applies all of them as one edit, the outcomes are printed.
 */
#ifndef SLOTOP_TUI_CLI_CHANGE_H
#define SLOTOP_TUI_CLI_CHANGE_H

#include "tui/cli.h"

/* What the command line asks for, as data, and what came of it. */
struct change {
    enum operation_kind kind;
    struct operation *operations;
    struct outcome *outcomes; /* as many */
    size_t count;
    int64_t now_ms;
    struct store_report report;
    struct arena arena; /* the session ids */
};

/* Runs one of them; returns the exit status: the most serious of all records decides. */
int cli_change(struct cli *cli);

#endif
