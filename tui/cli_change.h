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
    const char *command;  /* the word it is recorded under */
    uint32_t undoes;      /* the recorded operation that it takes back, or 0 */
    uint32_t recorded_as; /* its own id, once it is in the journal; or 0 */
    struct arena arena;   /* the session ids */
};

/* Whether the server could give a slot: -EUCLEAN (ERROR_UNUSABLE) where it throws instead, for a
 * kind that needs the pool. */
int change_check_pool(const struct state *state, enum operation_kind kind, struct error *error);

/* Writes what the store has done into the journal. Where that fails the operator is told that it is
 * done all the same. */
void cli_record(struct cli *cli, struct change *change);

/* Says why the store has kept no copy before the edit, which does not hang on it. */
void cli_say_no_copy(const struct cli *cli, const struct store_report *report);

/* Has the store do it, and records it, with other slotops kept off meanwhile. Errors: those of the
 * store. */
int cli_apply(struct cli *cli, struct change *change, const struct pool *pool, struct error *error);

/* Runs one of them; returns the exit status: the most serious of all records decides. */
int cli_change(struct cli *cli);

void change_done(struct change *change);

#endif
