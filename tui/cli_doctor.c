#include "tui/cli_doctor.h"

#include "tui/cli_confirm.h"
#include "tui/cli_findings.h"
#include "tui/cli_print.h"
#include "tui/cli_result.h"
#include "tui/json_out.h"

#include <errno.h>
#include <stdlib.h>

enum { DAY_MS = 86400000, NAMED_MAX = 3 };

/* What is mended, by the code of its finding. In this order no entry is changed twice: what expires
 * now is not purged in the same breath, and what is released is not expired as well. */
static const struct mending {
    const char *code;
    enum operation_kind kind;
    const char *ask; /* the question, around the number of sessions and their ids */
    const char *which;
    const char *next;
} mendings[] = {
    {"growth", OPERATION_PURGE_EXPIRED, "Remove from the registry",
     "expired, last used more than a day ago",
     "The server knows nothing of a session that has no entry."},
    {"ghost", OPERATION_RELEASE, "Release", "without a chat", "New chats get the slots."},
    {"overdue", OPERATION_EXPIRE_DUE, "Expire", "past TTL, as the next GC does",
     "New chats get the slots; the old ones stay pinned to them."},
};
enum { MENDINGS = sizeof(mendings) / sizeof(mendings[0]) };

static bool is_found(const struct model *model, const char *code)
{
    for (size_t i = 0; i < model->finding_count; i++)
        if (str_equal(str_of(model->findings[i].code), str_of(code)))
            return true;
    return false;
}

/* A run in progress without a chat is something that nobody here understands: hands off. */
static bool is_mended(const struct model *model, size_t row, const struct mending *mending)
{
    return model_has_finding(model, row, str_of(mending->code)) &&
           !model_run(model, row).is_running;
}

/* ---- the operations ---- */

static int add_sessions(const struct cli *cli, const struct mending *mending, struct change *change)
{
    const struct registry *registry = &cli->state->document.registry;
    for (size_t i = 0; i < registry->count; i++) {
        const struct entry *entry = &registry->entries[i];
        if (!is_mended(&cli->state->model, i, mending))
            continue;
        struct operation *operation = &change->operations[change->count++];
        *operation = (struct operation){
            .kind = mending->kind,
            .session_id = arena_copy(&change->arena, entry_session_id(entry)),
            .now_ms = change->now_ms,
            .has_guard = true,
            .guard_state = (enum entry_state)entry->state,
            .guard_last_active_at_ms = entry->last_active_at_ms,
        };
        if (!operation->session_id.data)
            return -ENOMEM;
    }
    return 0;
}

/* Fills the change with all that is to be mended; none where nothing is. */
static int plan(const struct cli *cli, struct change *change, struct error *error)
{
    size_t most = cli->state->document.registry.count + MENDINGS;
    int r = 0;
    if (!cli->state->document.has_registry)
        return 0;
    change->operations = calloc(most, sizeof(*change->operations));
    if (!change->operations)
        return error_no_memory(error, "planning what to mend");
    for (size_t i = 0; i < MENDINGS && r == 0; i++) {
        if (!is_found(&cli->state->model, mendings[i].code))
            continue;
        if (mendings[i].kind == OPERATION_RELEASE)
            r = add_sessions(cli, &mendings[i], change);
        else
            change->operations[change->count++] = (struct operation){
                .kind = mendings[i].kind,
                .now_ms = change->now_ms,
                .before_ms = change->now_ms - DAY_MS,
            };
    }
    change->outcomes = calloc(change->count + 1, sizeof(*change->outcomes));
    if (r < 0 || !change->outcomes)
        return error_no_memory(error, "planning what to mend");
    return 0;
}

/* The part of a change that is of one kind. Reports and records are of the whole. */
static struct change part_of(const struct change *change, enum operation_kind kind)
{
    struct change part = {.kind = kind, .now_ms = change->now_ms, .command = change->command};
    for (size_t i = 0; i < change->count; i++) {
        if (change->operations[i].kind != kind)
            continue;
        if (part.count++ > 0)
            continue;
        part.operations = &change->operations[i];
        part.outcomes = &change->outcomes[i];
    }
    return part;
}

/* ---- the question ---- */

static size_t count_changes(const struct change *change)
{
    size_t count = 0;
    for (size_t i = 0; i < change->count; i++)
        count += change->outcomes[i].change_count;
    return count;
}

static void add_names(const struct cli *cli, const struct change *part, struct buffer *text)
{
    size_t named = 0;
    for (size_t i = 0; i < part->count; i++) {
        const struct outcome *outcome = &part->outcomes[i];
        for (size_t j = 0; j < outcome->change_count && named < NAMED_MAX; j++) {
            buffer_add_str(text, named++ ? STR(", ") : STR(" ("));
            cli_add_short_id(cli, outcome->changes[j].session_id, text);
        }
    }
    if (count_changes(part) > named)
        buffer_addf(text, " and %zu more", count_changes(part) - named);
    buffer_add_char(text, ')');
}

/* How many of the sessions of a finding have a run in progress. */
static size_t count_running(const struct model *model, const char *code)
{
    size_t count = 0;
    for (size_t row = 0; row < model->entry_count; row++)
        count += model_has_finding(model, row, str_of(code)) && model_run(model, row).is_running;
    return count;
}

/* A line for each kind: "Expire: 2 sessions past TTL, as the next GC does (71aa02bd, …)." */
static void preview(const struct cli *cli, const struct change *change)
{
    for (size_t i = 0; i < MENDINGS; i++) {
        const struct mending *mending = &mendings[i];
        struct change part = part_of(change, mending->kind);
        size_t count = count_changes(&part);
        size_t running = count_running(&cli->state->model, mending->code);
        struct buffer text = {0};
        if (count == 0)
            continue;
        buffer_addf(&text, "%s: %zu %s %s", mending->ask, count,
                    count == 1 ? "session" : "sessions", mending->which);
        add_names(cli, &part, &text);
        buffer_addf(&text, ". %s", mending->next);
        if (mending->kind == OPERATION_EXPIRE_DUE && running > 0)
            buffer_addf(&text, " %zu of them %s a run in progress.", running,
                        running == 1 ? "has" : "have");
        cli_message(cli, buffer_str(&text));
        buffer_done(&text);
    }
}

static void forget_outcomes(struct change *change)
{
    for (size_t i = 0; i < change->count; i++) {
        outcome_done(&change->outcomes[i]);
        change->outcomes[i] = (struct outcome){0};
    }
}

/* Shows what is found and, by a dry run, what would be done; returns 0 to go on. */
static int confirm(struct cli *cli, struct change *change)
{
    struct error error;
    struct store store = cli->state->store;
    if (!cli->is_interactive || cli->options->yes || cli->options->dry_run)
        return 0;
    store.dry_run = true;
    if (store_apply(&store, change->operations, change->count, NULL, change->outcomes,
                    &change->report, &error) < 0)
        return cli_fail(cli, &error);
    if (!cli->options->json)
        cli_print_findings(cli);
    int status = cli_flush(cli, 0);
    if (status == 0) {
        preview(cli, change);
        status = cli_ask(cli, STR("Everything else stays as it is."));
    }
    forget_outcomes(change);
    return status;
}

/* ---- printing ---- */

static void add_count(size_t count, const char *one, const char *many, struct buffer *text)
{
    if (count > 0)
        buffer_addf(text, "%s%zu %s", text->len ? ", " : "", count, count == 1 ? one : many);
}

static void print_counts(struct cli *cli)
{
    const struct model *model = &cli->state->model;
    size_t counts[] = {[SEVERITY_INFO] = 0, [SEVERITY_WARNING] = 0, [SEVERITY_ERROR] = 0};
    struct buffer text = {0};
    for (size_t i = 0; i < model->finding_count; i++)
        counts[model->findings[i].severity]++;
    add_count(counts[SEVERITY_ERROR], "error", "errors", &text);
    add_count(counts[SEVERITY_WARNING], "warning", "warnings", &text);
    add_count(counts[SEVERITY_INFO], "note", "notes", &text);
    if (text.len == 0)
        buffer_add_str(&text, STR("No findings"));
    buffer_add_char(&text, '.');
    cli_sentence(cli, &text);
    buffer_done(&text);
}

static void print_findings(struct cli *cli)
{
    cli_print_findings(cli);
    if (cli->state->model.finding_count > 0)
        buffer_add_char(&cli->output, '\n');
    print_counts(cli);
}

/* `change` is NULL where nothing was to be mended. */
static void print_json(struct cli *cli, const struct change *change)
{
    struct buffer json = {0};
    if (change) {
        json_out_open(&json, '{');
        json_out_key(&json, "changes");
        cli_json_records(cli, change, &json);
        json_out_key(&json, "findings");
    }
    cli_json_findings(&cli->state->model, &json);
    if (change)
        json_out_close(&json, '}');
    cli_json(cli, &json, false);
    buffer_done(&json);
}

/* The sentences of each kind; once, at the end, how the edit went and how to take it back. */
static void print_change(struct cli *cli, const struct change *change)
{
    for (size_t i = 0; i < MENDINGS; i++) {
        struct change part = part_of(change, mendings[i].kind);
        if (count_changes(&part) > 0)
            (void)cli_print_result(cli, &part);
    }
    if (cli->output.len > 0)
        buffer_add_char(&cli->output, '\n');
    cli_print_report(cli, &change->report);
    cli_print_way_back(cli, change);
}

static int status_of_findings(const struct model *model)
{
    /* The worst comes first. */
    bool is_ill = model->finding_count > 0 && model->findings[0].severity >= SEVERITY_WARNING;
    return is_ill ? ERROR_NOT_FOUND : ERROR_NONE;
}

/* ---- the command ---- */

static int refuse(const struct cli *cli)
{
    struct error error;
    const struct store *store = &cli->state->store;
    if (!cli->options->fix || !store->read_only || store->dry_run)
        return 0;
    (void)error_set(&error, ERROR_REFUSED, EROFS,
                    "read-only: %s was not opened for writing and not changed", store->path);
    return cli_fail(cli, &error);
}

/* What is found, or is left. */
static int tell(struct cli *cli, const struct change *change)
{
    int status = change ? cli_status_of(change) : 0;
    if (cli->options->json) {
        print_json(cli, change);
    } else {
        if (change && change->count > 0)
            print_change(cli, change);
        print_findings(cli);
    }
    if (status == 0)
        status = cli_check_usable(cli, "");
    return status ? status : status_of_findings(&cli->state->model);
}

static int mend(struct cli *cli, struct change *change)
{
    struct error error;
    if (plan(cli, change, &error) < 0)
        return cli_fail(cli, &error);
    if (change->count == 0) {
        if (cli->state->model.finding_count > 0)
            cli_message(cli, STR("doctor: nothing of this is safe to mend by itself"));
        return 0;
    }
    int status = confirm(cli, change);
    if (status != 0)
        return status;
    if (cli_apply(cli, change, NULL, &error) < 0)
        return cli_fail(cli, &error);
    struct state_look look = {.parts = PART_ALL | PART_HOLDER,
                              .settle_ms = CLI_SETTLE_MS,
                              .now_ms = change->now_ms,
                              .is_ours = true};
    if (state_load(cli->state, &look, &error) < 0 ||
        state_model(cli->state, change->now_ms, &error) < 0)
        return cli_fail(cli, &error);
    return 0;
}

int cli_doctor(struct cli *cli)
{
    struct change change = {.now_ms = cli_now_ms(cli), .command = "doctor"};
    bool fixes = cli->options->fix;
    int status = refuse(cli);
    if (status == 0)
        status = cli_look(cli, PART_ALL | PART_HOLDER, change.now_ms);
    if (status == 0 && fixes)
        status = mend(cli, &change);
    if (status == 0)
        status = tell(cli, fixes ? &change : NULL);
    change_done(&change);
    return status;
}
