#include "tui/cli_result.h"

#include "core/json.h"
#include "tui/cli_print.h"
#include "tui/cli_words.h"
#include "tui/json_out.h"

void cli_print_report(const struct cli *cli, const struct store_report *report)
{
    struct buffer text = {0};
    if (report->weaker[0])
        cli_message(cli, str_of(report->weaker));
    if (report->reapplied) {
        buffer_addf(&text,
                    "the server wrote an older copy over the change %u %s; applied again and "
                    "checked",
                    report->reapplied, report->reapplied == 1 ? "time" : "times");
        cli_message(cli, buffer_str(&text));
    }
    buffer_done(&text);
}

/* Which of two exit statuses says more: a broken system, a broken registry, a conflict, a refusal,
 * nothing found. */
static int more_serious(int a, int b)
{
    static const int ranks[] = {
        [ERROR_NONE] = 0,     [ERROR_NOT_FOUND] = 1, [ERROR_USAGE] = 2,  [ERROR_REFUSED] = 3,
        [ERROR_CONFLICT] = 4, [ERROR_UNUSABLE] = 5,  [ERROR_SYSTEM] = 6,
    };
    return ranks[b] > ranks[a] ? b : a;
}

int cli_status_of(const struct change *change)
{
    int status = ERROR_NONE;
    for (size_t i = 0; i < change->count; i++)
        for (size_t j = 0; j < change->outcomes[i].change_count; j++)
            status = more_serious(status, (int)change->outcomes[i].changes[j].kind);
    if (change->kind == OPERATION_ENSURE && !change->outcomes[0].agent_id.data)
        status = more_serious(status, ERROR_NOT_FOUND);
    return status;
}

static struct str state_text(bool has_entry, struct str text)
{
    return has_entry ? text : (struct str){0};
}

/* A dry run changes nothing, so "to" is "from"; "would" has what the state would become. */
static void json_record(const struct cli *cli, const struct change_record *record,
                        struct buffer *json)
{
    bool is_dry = cli->state->store.dry_run;
    struct str from = state_text(record->had_entry, record->from_text);
    struct str to = state_text(record->has_entry, record->to_text);
    const char *reason = record->reason;
    if (is_dry && (record->changed || !reason))
        reason = "dry run";
    json_out_open(json, '{');
    json_out_key(json, "session");
    json_out_string(json, record->session_id);
    json_out_key(json, "from");
    json_out_string(json, from);
    json_out_key(json, "to");
    json_out_string(json, is_dry ? from : to);
    json_out_key(json, "changed");
    json_out_bool(json, !is_dry && record->changed);
    if (reason) {
        json_out_key(json, "reason");
        json_out_string(json, str_of(reason));
    }
    if (is_dry) {
        json_out_key(json, "would");
        json_out_string(json, to);
    }
    json_out_close(json, '}');
}

void cli_json_records(const struct cli *cli, const struct change *change, struct buffer *json)
{
    json_out_open(json, '[');
    for (size_t i = 0; i < change->count; i++)
        for (size_t j = 0; j < change->outcomes[i].change_count; j++)
            json_record(cli, &change->outcomes[i].changes[j], json);
    json_out_close(json, ']');
}

static void json_expired(const struct outcome *outcome, struct buffer *json)
{
    json_out_open(json, '[');
    for (size_t i = 0; i < outcome->expired_count; i++)
        json_out_string(json, outcome->changes[i].session_id);
    json_out_close(json, ']');
}

static void print_json(struct cli *cli, const struct change *change)
{
    const struct outcome *outcome = &change->outcomes[0];
    struct buffer json = {0};
    switch (change->kind) {
    case OPERATION_ALLOCATE:
    case OPERATION_RESUME:
        json_out_raw(&json, buffer_str(&outcome->entry_json));
        break;
    case OPERATION_ENSURE:
        json_out_string(&json, outcome->agent_id);
        break;
    case OPERATION_TOUCH:
        json_record(cli, &outcome->changes[0], &json);
        break;
    case OPERATION_EXPIRE_DUE:
        json_expired(outcome, &json);
        break;
    case OPERATION_PURGE_DELETED:
        json_out_size(&json, outcome->purged_count);
        break;
    case OPERATION_GC:
        json_out_open(&json, '{');
        json_out_key(&json, "expired");
        json_expired(outcome, &json);
        json_out_key(&json, "purged");
        json_out_size(&json, outcome->purged_count);
        json_out_close(&json, '}');
        break;
    case OPERATION_IDLE:
    case OPERATION_RELEASE:
    case OPERATION_EXPIRE:
    case OPERATION_PURGE:
    case OPERATION_PURGE_EXPIRED:
    case OPERATION_PUT_BACK:
        cli_json_records(cli, change, &json);
        break;
    }
    cli_json(cli, &json, change->kind == OPERATION_GC);
    buffer_done(&json);
}

/* ALLOCATE, RESUME: where the session is now. */
static void print_place(struct cli *cli, const struct change *change)
{
    const struct outcome *outcome = &change->outcomes[0];
    struct str entry = buffer_str(&outcome->entry_json);
    struct str agent = json_member(entry, STR("chatAgentId"));
    const struct change_record *record = &outcome->changes[0];
    bool is_dry = cli->state->store.dry_run;
    struct buffer text = {0}, agent_id = {0};
    if (json_kind(agent) == JSON_STRING)
        json_decode(agent, &agent_id);
    cli_add_short_id(cli, record->session_id, &text);
    buffer_add_str(&text, is_dry && record->changed ? STR(" would be ") : STR(" is "));
    buffer_addf(&text, "%s on ", entry_state_word(record->to));
    if (str_equal(buffer_str(&agent_id), buffer_str(&cli->state->workspace.agent_id)))
        buffer_add_str(&text, STR("the workspace agent "));
    buffer_add_str(&text, buffer_str(&agent_id));
    if (!record->changed && record->reason)
        buffer_addf(&text, " (%s)", record->reason);
    buffer_add_char(&text, '.');
    text.failed |= agent_id.failed;
    cli_sentence(cli, &text);
    buffer_done(&agent_id);
    buffer_done(&text);
}

/* A sentence a session; what was not done is a message. Then, once, what becomes of such entries:
 * in a dry run each sentence has said it. */
static void print_records(struct cli *cli, const struct change *change)
{
    struct buffer text = {0};
    bool any_changed = false;
    for (size_t i = 0; i < change->count; i++) {
        for (size_t j = 0; j < change->outcomes[i].change_count; j++) {
            const struct change_record *record = &change->outcomes[i].changes[j];
            any_changed = any_changed || record->changed;
            words_of_record(cli, change, record, &text);
            if (record->kind == ERROR_NONE)
                cli_sentence(cli, &text);
            else
                cli_message(cli, buffer_str(&text));
            buffer_clear(&text);
        }
    }
    if (any_changed && !cli->state->store.dry_run && change_words(change->kind)->next[0]) {
        buffer_addf(&text, "%s", change_words(change->kind)->next);
        cli_sentence(cli, &text);
    }
    buffer_done(&text);
}

static void add_gc_line(const struct cli *cli, const struct change *change, struct buffer *text)
{
    const struct outcome *outcome = &change->outcomes[0];
    bool is_dry = cli->state->store.dry_run;
    char time[CLI_TIME_SIZE];
    if (cli->options->has_every)
        buffer_addf(text, "%s  ", cli_time((double)change->now_ms, time));
    buffer_addf(text, "%s %zu, %s %zu released.", is_dry ? "Would expire" : "Expired",
                outcome->expired_count, is_dry ? "would remove" : "removed", outcome->purged_count);
}

/* The walks: their sessions, or that there were none. */
static void print_walk(struct cli *cli, const struct change *change)
{
    const struct outcome *outcome = &change->outcomes[0];
    bool is_dry = cli->state->store.dry_run;
    struct buffer text = {0};
    if (change->kind == OPERATION_EXPIRE_DUE && outcome->expired_count == 0)
        buffer_addf(&text, "Nothing is past its TTL.");
    else if (change->kind == OPERATION_GC)
        add_gc_line(cli, change, &text);
    else if (change->kind == OPERATION_PURGE_DELETED)
        buffer_addf(&text, "%s %zu released %s.", is_dry ? "Would remove" : "Removed",
                    outcome->purged_count, outcome->purged_count == 1 ? "entry" : "entries");
    else if (change->kind == OPERATION_PURGE_EXPIRED)
        buffer_addf(&text, "%s %zu expired %s.", is_dry ? "Would remove" : "Removed",
                    outcome->purged_count, outcome->purged_count == 1 ? "entry" : "entries");
    if (text.len)
        cli_sentence(cli, &text);
    if (change->kind == OPERATION_EXPIRE_DUE || change->kind == OPERATION_PURGE_EXPIRED)
        print_records(cli, change);
    buffer_done(&text);
}

static void print_text(struct cli *cli, const struct change *change)
{
    const struct outcome *outcome = &change->outcomes[0];
    struct buffer text = {0};
    switch (change->kind) {
    case OPERATION_ALLOCATE:
    case OPERATION_RESUME:
        if (outcome->entry_json.len)
            print_place(cli, change);
        else
            print_records(cli, change);
        break;
    case OPERATION_ENSURE:
        buffer_add_str(&text, outcome->agent_id);
        if (outcome->agent_id.data)
            cli_sentence(cli, &text);
        else
            print_records(cli, change);
        break;
    case OPERATION_TOUCH:
    case OPERATION_IDLE:
    case OPERATION_RELEASE:
    case OPERATION_EXPIRE:
    case OPERATION_PURGE:
    case OPERATION_PUT_BACK:
        print_records(cli, change);
        break;
    case OPERATION_EXPIRE_DUE:
    case OPERATION_PURGE_DELETED:
    case OPERATION_PURGE_EXPIRED:
    case OPERATION_GC:
        print_walk(cli, change);
        break;
    }
    cli->output.failed |= text.failed;
    buffer_done(&text);
}

/* The sentences tell what is in the file now; numbers need no second look. */
static bool needs_look(const struct cli *cli, const struct change *change)
{
    return change->report.wrote && !cli->options->json && change->kind != OPERATION_GC &&
           change->kind != OPERATION_PURGE_DELETED;
}

void cli_print_way_back(const struct cli *cli, const struct change *change)
{
    char id[JOURNAL_ID_SIZE];
    struct buffer text = {0};
    if (!change->recorded_as || !cli->is_interactive || cli->options->json)
        return;
    (void)journal_id_text(change->recorded_as, id);
    if (change->undoes)
        buffer_addf(&text, "recorded as %s; 'slotop undo %s' takes that back", id, id);
    else
        buffer_addf(&text, "recorded as %s; 'slotop undo' takes it back", id);
    cli_message(cli, buffer_str(&text));
    buffer_done(&text);
}

/* What is new in the registry is the change. What else was known before it still is. */
static int look_again(struct cli *cli, int64_t now_ms)
{
    struct error error;
    struct state_look look = {
        .parts = PART_BASE, .settle_ms = CLI_SETTLE_MS, .now_ms = now_ms, .is_ours = true};
    if (state_load(cli->state, &look, &error) < 0 || state_model(cli->state, now_ms, &error) < 0)
        return cli_fail(cli, &error);
    return 0;
}

int cli_print_result(struct cli *cli, const struct change *change)
{
    int status = cli_status_of(change);
    if (needs_look(cli, change))
        status = more_serious(status, look_again(cli, change->now_ms));
    if (cli->options->json)
        print_json(cli, change);
    else
        print_text(cli, change);
    cli_print_report(cli, &change->report);
    cli_print_way_back(cli, change);
    return status;
}
