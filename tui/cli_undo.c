#include "tui/cli_undo.h"

#include "core/undo.h"
#include "tui/cli_change.h"
#include "tui/cli_print.h"
#include "tui/cli_result.h"

#include <errno.h>
#include <stdlib.h>

static int check_possible(const struct cli *cli, struct error *error)
{
    const struct store *store = &cli->state->store;
    if (store->read_only && !store->dry_run)
        return error_set(error, ERROR_REFUSED, EROFS, "read-only: nothing was undone on %s",
                         store->path);
    if (!cli->journal)
        return error_set(error, ERROR_NOT_FOUND, ENOENT,
                         "there is no journal: no home directory to keep it in is known");
    return 0;
}

/* The operation that is wished for; its strings are the log's. */
static int find(const struct cli *cli, struct journal_log *log, struct journal_operation *ret_found,
                struct error *error)
{
    struct buffer registry = {0};
    struct undo_wish wish = {0};
    int result;
    if (cli->options->argument_count > 0) {
        wish.id = journal_id_parse(str_of(cli->options->arguments[0]));
        if (wish.id == 0)
            return error_set(error, ERROR_USAGE, EINVAL, "'%s' names no operation, as op-0042 does",
                             cli->options->arguments[0]);
    }
    journal_registry(cli->state->store.path, &registry);
    wish.registry = buffer_str(&registry);
    if (registry.failed)
        result = error_no_memory(error, "looking for the operation");
    else
        result = undo_find(log, &wish, ret_found, error);
    buffer_done(&registry);
    return result;
}

/* Takes it back as one edit, and records that. */
static int apply(struct cli *cli, const struct journal_operation *undone, struct change *change,
                 struct error *error)
{
    int result = undo_operations(undone, change->now_ms, &change->operations, error);
    if (result != 0)
        return result;
    change->outcomes = calloc(undone->change_count, sizeof(*change->outcomes));
    if (!change->outcomes)
        return error_no_memory(error, "undoing an operation");
    change->count = undone->change_count;
    change->command = undo_word(undone);
    change->undoes = undone->id;
    return cli_apply(cli, change, NULL, error);
}

/* Which one it is: who says just "undo" need not know. */
static void say_which(struct cli *cli, const struct journal_operation *undone)
{
    char id[JOURNAL_ID_SIZE], time[CLI_TIME_SIZE];
    struct buffer text = {0};
    if (cli->options->json)
        return;
    buffer_addf(&text, "Taking back %s, ", journal_id_text(undone->id, id));
    buffer_add_str(&text, undone->command);
    buffer_addf(&text, " of %s.", cli_time((double)undone->time_ms, time));
    cli_sentence(cli, &text);
    buffer_done(&text);
}

int cli_undo(struct cli *cli)
{
    struct error error;
    struct journal_log log = {0};
    struct journal_operation undone;
    struct change change = {.kind = OPERATION_PUT_BACK, .now_ms = cli_now_ms(cli)};
    int status;
    if (check_possible(cli, &error) < 0)
        return cli_fail(cli, &error);
    status = cli_look(cli, PART_BASE, change.now_ms);
    if (status != 0)
        return status;
    if (journal_open_log(cli->journal, &log, &error) < 0 || find(cli, &log, &undone, &error) < 0 ||
        apply(cli, &undone, &change, &error) < 0) {
        status = cli_fail(cli, &error);
    } else {
        say_which(cli, &undone);
        status = cli_print_result(cli, &change);
    }
    for (size_t i = 0; change.outcomes && i < change.count; i++)
        outcome_done(&change.outcomes[i]);
    free(change.outcomes);
    free(change.operations);
    journal_close_log(&log);
    return status;
}
