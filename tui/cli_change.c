#include "tui/cli_change.h"

#include "tui/cli_confirm.h"
#include "tui/cli_print.h"
#include "tui/cli_result.h"
#include "tui/cli_session.h"
#include "tui/record.h"

#include <errno.h>
#include <stdlib.h>

static enum operation_kind kind_of(const struct options *options)
{
    static const struct {
        enum command_id id;
        enum operation_kind kind;
    } kinds[] = {
        {COMMAND_ALLOCATE, OPERATION_ALLOCATE}, {COMMAND_TOUCH, OPERATION_TOUCH},
        {COMMAND_IDLE, OPERATION_IDLE},         {COMMAND_RELEASE, OPERATION_RELEASE},
        {COMMAND_EXPIRE, OPERATION_EXPIRE},     {COMMAND_RESUME, OPERATION_RESUME},
        {COMMAND_ENSURE, OPERATION_ENSURE},     {COMMAND_PURGE, OPERATION_PURGE},
    };
    if (options->due)
        return OPERATION_EXPIRE_DUE;
    if (options->has_expired_before)
        return OPERATION_PURGE_EXPIRED;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (kinds[i].id == options->command->id && options->argument_count > 0)
            return kinds[i].kind;
    return options->command->id == COMMAND_PURGE ? OPERATION_PURGE_DELETED : OPERATION_GC;
}

/* The session of an argument, in full; ids that are new (or unknown) are taken as they stand. */
static int resolve(const struct cli *cli, const struct change *change, struct str *session_id,
                   const struct entry **ret_entry, struct error *error)
{
    const struct document *document = &cli->state->document;
    *ret_entry = NULL;
    if (!document->has_registry)
        return 0;
    if (change->kind == OPERATION_ALLOCATE) {
        *ret_entry = registry_get(&document->registry, *session_id);
        return 0;
    }
    int r = session_resolve(&document->registry, *session_id, ret_entry, error);
    if (r == 0 && *ret_entry)
        *session_id = entry_session_id((*ret_entry));
    return r;
}

/* What the operator saw: a change behind his back while he decides is a conflict then. */
static void guard(const struct cli *cli, const struct entry *entry, struct operation *operation)
{
    if (!entry || !cli_asks(cli, operation->kind))
        return;
    operation->has_guard = true;
    operation->guard_state = (enum entry_state)entry->state;
    operation->guard_last_active_at_ms = entry->last_active_at_ms;
}

/* `seen` marks entries that are concerned already: `release a a` is one operation. */
static int add_argument(const struct cli *cli, struct change *change, const char *argument,
                        bool *seen, struct error *error)
{
    struct buffer decoded = {0};
    const struct entry *entry = NULL;
    session_decode(argument, &decoded);
    struct str id = buffer_str(&decoded);
    int r = decoded.failed ? error_no_memory(error, "reading the arguments")
                           : resolve(cli, change, &id, &entry, error);
    if (r < 0)
        goto done;
    size_t index = entry ? (size_t)(entry - cli->state->document.registry.entries) : 0;
    if (entry && seen[index])
        goto done;
    struct operation *operation = &change->operations[change->count];
    *operation = (struct operation){
        .kind = change->kind,
        .session_id = arena_copy(&change->arena, id),
        .now_ms = change->now_ms,
        .has_ttl = cli->options->has_ttl,
        .ttl_ms = cli->options->ttl_ms,
        .force = cli->options->force,
    };
    if (!operation->session_id.data) {
        r = error_no_memory(error, "reading the arguments");
        goto done;
    }
    guard(cli, entry, operation);
    if (entry)
        seen[index] = true;
    change->count++;
done:
    buffer_done(&decoded);
    return r;
}

static int add_arguments(const struct cli *cli, struct change *change, struct error *error)
{
    size_t arguments = (size_t)cli->options->argument_count;
    size_t slots = arguments > 0 ? arguments : 1;
    bool *seen = calloc(cli->state->document.registry.count + 1, sizeof(*seen));
    change->operations = calloc(slots, sizeof(*change->operations));
    change->outcomes = calloc(slots, sizeof(*change->outcomes));
    int r = 0;
    if (!seen || !change->operations || !change->outcomes) {
        r = error_no_memory(error, "reading the arguments");
        goto done;
    }
    for (size_t i = 0; r == 0 && i < arguments; i++)
        r = add_argument(cli, change, cli->options->arguments[i], seen, error);
    if (r == 0 && arguments == 0) {
        change->operations[0] = (struct operation){
            .kind = change->kind,
            .now_ms = change->now_ms,
            .before_ms = change->now_ms - cli->options->expired_before_ms,
        };
        change->count = 1;
    }
done:
    free(seen);
    return r;
}

/* Where the server's own code throws before it has chosen a slot, so must we refuse to choose. */
int change_check_pool(const struct state *state, enum operation_kind kind, struct error *error)
{
    if (!operation_needs_pool(kind))
        return 0;
    if (state->workspace.source == ACTIVE_THROWS)
        return error_set(error, ERROR_UNUSABLE, EUCLEAN,
                         "%s: the server can create no chat then; nothing was changed",
                         state->workspace.trouble);
    if (state->pool.state == CONFIG_ENTRY_INVALID)
        return error_set(error, ERROR_UNUSABLE, EUCLEAN,
                         "%s: %s: the server can give no slot then; nothing was changed",
                         state->config_path.data, state->pool.trouble);
    return 0;
}

void cli_say_no_copy(const struct cli *cli, const struct store_report *report)
{
    if (report->no_copy[0])
        cli_message(cli, str_of(report->no_copy));
}

void cli_record(struct cli *cli, struct change *change)
{
    struct error error;
    struct record record = {
        .command = change->command,
        .undoes = change->undoes,
        .time_ms = change->now_ms,
        .store = &cli->state->store,
        .outcomes = change->outcomes,
        .count = change->count,
        .report = &change->report,
    };
    if (record_change(cli->journal, &record, &change->recorded_as, &error) != 0)
        (void)cli_fail(cli, &error);
}

int cli_apply(struct cli *cli, struct change *change, const struct pool *pool, struct error *error)
{
    const struct store *store = &cli->state->store;
    int hold = record_begin(cli->journal, store);
    int result = store_apply(store, change->operations, change->count, pool, change->outcomes,
                             &change->report, error);
    cli_say_no_copy(cli, &change->report);
    if (result == 0)
        cli_record(cli, change);
    record_end(hold);
    return result;
}

static int apply(struct cli *cli, struct change *change, struct error *error)
{
    struct pool pool = model_pool(&cli->state->pool, &cli->state->workspace);
    int r = change_check_pool(cli->state, change->kind, error);
    return r != 0 ? r : cli_apply(cli, change, &pool, error);
}

void change_done(struct change *change)
{
    for (size_t i = 0; change->outcomes && i < change->count; i++)
        outcome_done(&change->outcomes[i]);
    free(change->outcomes);
    free(change->operations);
    arena_done(&change->arena);
}

/* Who asks, or says what would be, wants to know of chats and runs; a plain change is to be fast.
 */
static unsigned parts_for(const struct cli *cli, enum operation_kind kind)
{
    bool tells = cli->options->dry_run && !cli->options->json && !operation_needs_pool(kind);
    return tells || cli_asks(cli, kind) ? PART_ALL : PART_BASE;
}

int cli_change(struct cli *cli)
{
    struct error error;
    struct change change = {
        .kind = kind_of(cli->options),
        .now_ms = cli_now_ms(cli),
        .command = cli->options->command->name,
    };
    int status = cli_look(cli, parts_for(cli, change.kind), change.now_ms);
    if (status != 0)
        return status;
    bool is_refused = cli->state->store.read_only && !cli->state->store.dry_run;
    if (!is_refused && !cli->state->document.has_registry)
        status = cli_check_usable(cli, "; nothing was changed");
    if (status == 0 && add_arguments(cli, &change, &error) < 0)
        status = cli_fail(cli, &error);
    if (status == 0 && !is_refused)
        status = cli_confirm(cli, &change);
    if (status == 0 && apply(cli, &change, &error) < 0)
        status = cli_fail(cli, &error);
    else if (status == 0)
        status = cli_print_result(cli, &change);
    change_done(&change);
    return status;
}
