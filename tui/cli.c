#include "tui/cli.h"

#include "tui/cli_change.h"
#include "tui/cli_doctor.h"
#include "tui/cli_events.h"
#include "tui/cli_gc.h"
#include "tui/cli_list.h"
#include "tui/cli_metrics.h"
#include "tui/cli_print.h"
#include "tui/cli_restore.h"
#include "tui/cli_status.h"
#include "tui/cli_undo.h"
#include "tui/cli_why.h"
#include "tui/mend.h"

static const struct {
    enum command_id id;
    int (*run)(struct cli *cli);
} runners[] = {
    {COMMAND_STATUS, cli_status}, {COMMAND_LIST, cli_list},       {COMMAND_SHOW, cli_show},
    {COMMAND_WHY, cli_why},       {COMMAND_ALLOCATE, cli_change}, {COMMAND_TOUCH, cli_change},
    {COMMAND_IDLE, cli_change},   {COMMAND_RELEASE, cli_change},  {COMMAND_EXPIRE, cli_change},
    {COMMAND_RESUME, cli_change}, {COMMAND_ENSURE, cli_change},   {COMMAND_PURGE, cli_change},
    {COMMAND_GC, cli_gc},         {COMMAND_UNDO, cli_undo},       {COMMAND_RESTORE, cli_restore},
    {COMMAND_DOCTOR, cli_doctor}, {COMMAND_EVENTS, cli_events},   {COMMAND_METRICS, cli_metrics},
};

/* Before a change: what a slotop that was killed has left half done. */
static void mend(const struct cli *cli)
{
    struct buffer message = {0};
    mend_batches(&cli->state->store, cli->journal, cli_now_ms(cli), &message);
    if (message.len > 0)
        cli_message(cli, buffer_str(&message));
    buffer_done(&message);
}

int cli_run(struct cli *cli)
{
    enum command_id id = cli->options->command ? cli->options->command->id : COMMAND_STATUS;
    int status = ERROR_USAGE;
    if (cli->options->command && (cli->options->command->flags & COMMAND_CHANGES))
        mend(cli);
    for (size_t i = 0; i < sizeof(runners) / sizeof(runners[0]); i++)
        if (runners[i].id == id)
            status = runners[i].run(cli);
    status = cli_flush(cli, status);
    buffer_done(&cli->output);
    return status;
}
