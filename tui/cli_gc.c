#include "tui/cli_gc.h"

#include "core/gc.h"
#include "tui/cli_print.h"
#include "tui/cli_result.h"
#include "tui/clock.h"

#include <errno.h>
#include <signal.h>
#include <time.h>

static int run_pass(struct cli *cli)
{
    struct error error;
    struct operation operation = {.kind = OPERATION_GC, .now_ms = cli_now_ms(cli)};
    struct outcome outcome = {0};
    struct change change = {
        .kind = OPERATION_GC,
        .operations = &operation,
        .outcomes = &outcome,
        .count = 1,
        .now_ms = operation.now_ms,
        .command = "gc",
    };
    int status;
    if (cli_apply(cli, &change, NULL, &error) < 0)
        status = cli_fail(cli, &error);
    else
        status = cli_print_result(cli, &change);
    outcome_done(&outcome);
    return status;
}

/* Waits until the next beat or a signal; true for a signal. */
static bool wait_for_stop(const struct gc *gc, const sigset_t *stops)
{
    int64_t wait_ms = gc_wait_ms(gc, clock_steady_ms());
    struct timespec wait = {.tv_sec = (time_t)(wait_ms / 1000),
                            .tv_nsec = (long)(wait_ms % 1000) * 1000000L};
    return sigtimedwait(stops, NULL, &wait) > 0;
}

static int run_passes(struct cli *cli, const sigset_t *stops)
{
    struct gc gc = {0};
    gc_start(&gc, cli->options->every_ms, clock_steady_ms());
    for (bool is_due = true;; is_due = gc_take_due(&gc, clock_steady_ms())) {
        int status = is_due ? cli_flush(cli, run_pass(cli)) : 0;
        if (status == ERROR_REFUSED || (is_due && ferror(cli->out)))
            return status;
        if (wait_for_stop(&gc, stops))
            return 0;
    }
}

int cli_gc(struct cli *cli)
{
    sigset_t stops, saved;
    if (!cli->options->has_every)
        return run_pass(cli);
    (void)sigemptyset(&stops);
    (void)sigaddset(&stops, SIGTERM);
    (void)sigaddset(&stops, SIGINT);
    (void)sigaddset(&stops, SIGHUP);
    (void)sigprocmask(SIG_BLOCK, &stops, &saved);
    int status = run_passes(cli, &stops);
    (void)sigprocmask(SIG_SETMASK, &saved, NULL);
    return status;
}
