#include "tui/cli_restore.h"

#include "core/restore.h"
#include "tui/cli_change.h"
#include "tui/cli_confirm.h"
#include "tui/cli_print.h"
#include "tui/cli_result.h"
#include "tui/json_out.h"
#include "tui/record.h"

#include <errno.h>

enum {
    NUMBER_COLUMNS = 7,
    TIME_COLUMNS = 24,
    REASON_COLUMNS = 8,
    COUNT_COLUMNS = 7,
    BYTES_COLUMNS = 9,
    TRIES = 3
};

/* ---- the list ---- */

static void json_copy(const struct copy *copy, struct buffer *json)
{
    char time[CLI_TIME_SIZE];
    json_out_open(json, '{');
    json_out_key(json, "name");
    json_out_string(json, str_of(copy->name));
    json_out_key(json, "saved");
    json_out_integer(json, copy->saved_ms);
    json_out_key(json, "time");
    json_out_string(json, str_of(cli_time((double)copy->saved_ms, time)));
    json_out_key(json, "reason");
    json_out_string(json, str_of(copy->reason));
    json_out_key(json, "state");
    json_out_string(json, str_of(document_state_name(copy->state)));
    json_out_key(json, "entries");
    json_out_size(json, copy->entries);
    json_out_key(json, "live");
    json_out_size(json, copy->live);
    json_out_key(json, "bytes");
    json_out_integer(json, (int64_t)copy->bytes);
    json_out_close(json, '}');
}

static void add_number(struct cli_line *line, uint64_t number, size_t columns)
{
    struct buffer text = {0};
    buffer_addf(&text, "%llu", (unsigned long long)number);
    cli_field_right(line, ROLE_TEXT, buffer_str(&text), columns);
    buffer_done(&text);
}

static void print_columns(struct cli *cli)
{
    struct cli_line line;
    cli_line_start(&line, cli);
    cli_field_right(&line, ROLE_COLUMN, STR("COPY"), NUMBER_COLUMNS);
    cli_field(&line, ROLE_COLUMN, STR("KEPT"), TIME_COLUMNS);
    cli_field(&line, ROLE_COLUMN, STR("WHY"), REASON_COLUMNS);
    cli_field_right(&line, ROLE_COLUMN, STR("ENTRIES"), COUNT_COLUMNS);
    cli_field_right(&line, ROLE_COLUMN, STR("LIVE"), COUNT_COLUMNS);
    cli_field_right(&line, ROLE_COLUMN, STR("BYTES"), BYTES_COLUMNS);
    cli_line_end(&line);
}

static void print_row(struct cli *cli, const struct copy *copy)
{
    struct cli_line line;
    char time[CLI_TIME_SIZE];
    cli_line_start(&line, cli);
    add_number(&line, copy->number, NUMBER_COLUMNS);
    cli_field(&line, ROLE_TEXT, str_of(cli_time((double)copy->saved_ms, time)), TIME_COLUMNS);
    cli_field(&line, ROLE_TEXT, str_of(copy->reason), REASON_COLUMNS);
    add_number(&line, copy->entries, COUNT_COLUMNS);
    add_number(&line, copy->live, COUNT_COLUMNS);
    add_number(&line, copy->bytes, BYTES_COLUMNS);
    if (copy->state != DOCUMENT_OK)
        cli_field(&line, ROLE_WARNING, str_of(document_state_name(copy->state)), 0);
    cli_line_end(&line);
}

static void say_none(const struct cli *cli)
{
    struct buffer text = {0};
    buffer_addf(&text, "restore: no copy of the registry has been kept in %s",
                cli->state->copies_dir.data);
    cli_message(cli, buffer_str(&text));
    buffer_done(&text);
}

static int list_copies(struct cli *cli)
{
    struct error error;
    struct copies copies = {0};
    struct buffer json = {0};
    if (copies_list(cli->state->copies_dir.data, &copies, &error) < 0)
        return cli_fail(cli, &error);
    if (cli->options->json) {
        json_out_open(&json, '[');
        for (size_t i = 0; i < copies.count; i++)
            json_copy(&copies.items[i], &json);
        json_out_close(&json, ']');
        cli_json(cli, &json, false);
    } else if (copies.count > 0) {
        print_columns(cli);
        for (size_t i = 0; i < copies.count; i++)
            print_row(cli, &copies.items[i]);
    } else {
        say_none(cli);
    }
    buffer_done(&json);
    copies_done(&copies);
    return 0;
}

/* ---- bringing back ---- */

static void add_sessions(size_t count, struct buffer *text)
{
    buffer_addf(text, "%zu %s", count, count == 1 ? "session" : "sessions");
}

/* "from the copy of 2026-03-19T03:55:06.902Z (0000042-….json)", and what else becomes of it. */
static void add_source(const struct restore *restore, struct buffer *text)
{
    char time[CLI_TIME_SIZE];
    buffer_addf(text, " from the copy of %s (%s)", cli_time((double)restore->copy.saved_ms, time),
                restore->copy.name);
    if (restore->replaces)
        buffer_addf(text, ", which takes the place of the whole file");
}

static int confirm(struct cli *cli, const struct restore *restore)
{
    struct buffer text = {0};
    if (!cli->is_interactive || cli->options->yes || cli->state->store.dry_run)
        return 0;
    buffer_addf(&text, "Bring back ");
    add_sessions(restore->count, &text);
    add_source(restore, &text);
    buffer_addf(&text, "? What the registry has now stays as it is.");
    int status = cli_ask(cli, buffer_str(&text));
    buffer_done(&text);
    return status;
}

static void print_summary(struct cli *cli, const struct restore *restore)
{
    struct buffer text = {0};
    bool is_dry = cli->state->store.dry_run;
    if (cli->options->json)
        return;
    buffer_addf(&text, is_dry ? "Would bring back " : "Brought back ");
    add_sessions(restore->count, &text);
    add_source(restore, &text);
    buffer_add_char(&text, '.');
    if (restore->present > 0)
        buffer_addf(&text, " %zu that the registry has now %s as %s.", restore->present,
                    restore->present == 1 ? "stays" : "stay",
                    restore->present == 1 ? "it is" : "they are");
    if (restore->left_out > 0)
        buffer_addf(&text, " %zu released %s left out.", restore->left_out,
                    restore->left_out == 1 ? "entry is" : "entries are");
    cli_sentence(cli, &text);
    buffer_done(&text);
}

static int say_nothing_missing(struct cli *cli)
{
    struct buffer json = {0};
    if (cli->options->json) {
        json_out_open(&json, '[');
        json_out_close(&json, ']');
        cli_json(cli, &json, false);
    } else {
        cli_message(cli, STR("restore: nothing to bring back: the registry has what the copies "
                             "have"));
    }
    buffer_done(&json);
    return 0;
}

static int print_result(struct cli *cli, struct restore *restore, int64_t now_ms,
                        const struct store_report *report)
{
    struct change change = {
        .kind = OPERATION_PUT_BACK,
        .operations = restore->operations,
        .outcomes = restore->outcomes,
        .count = restore->count,
        .now_ms = now_ms,
        .report = *report,
        .command = "restore",
    };
    cli_record(cli, &change);
    print_summary(cli, restore);
    return cli_print_result(cli, &change);
}

/* One look, one question, one edit. *ret_again: the file became readable meanwhile. */
static int restore_once(struct cli *cli, int64_t now_ms, bool may_ask, bool *ret_again)
{
    struct error error;
    struct restore restore;
    struct store_report report;
    const struct state *state = cli->state;
    const char *name = cli->options->argument_count > 0 ? cli->options->arguments[0] : NULL;
    int status = cli_look(cli, PART_BASE, now_ms);
    if (status != 0)
        return status;
    if (restore_prepare(state->copies_dir.data, name, &state->document, now_ms, &restore, &error) <
        0)
        return cli_fail(cli, &error);
    if (!restore_has_work(&restore)) {
        status = say_nothing_missing(cli);
        goto done;
    }
    if (may_ask)
        status = confirm(cli, &restore);
    if (status != 0)
        goto done;
    int hold = record_begin(cli->journal, &state->store);
    int result = restore_apply(&state->store, &restore, &report, &error);
    cli_say_no_copy(cli, &report);
    *ret_again = result == -EEXIST;
    if (result == 0)
        status = print_result(cli, &restore, now_ms, &report);
    else
        status = *ret_again ? (int)error.kind : cli_fail(cli, &error);
    record_end(hold);
done:
    restore_done(&restore);
    return status;
}

static int refuse(const struct cli *cli)
{
    struct error error;
    const struct store *store = &cli->state->store;
    if (!cli->state->copies_dir.data) {
        (void)error_set(&error, ERROR_NOT_FOUND, ENOENT,
                        "restore: no copies are kept, for there is no place for them: set HOME or "
                        "XDG_STATE_HOME to an absolute path");
        return cli_fail(cli, &error);
    }
    if (!store->read_only || store->dry_run || cli->options->list)
        return 0;
    (void)error_set(&error, ERROR_REFUSED, EROFS,
                    "read-only: %s was not opened for writing and not changed", store->path);
    return cli_fail(cli, &error);
}

int cli_restore(struct cli *cli)
{
    int64_t now_ms = cli_now_ms(cli);
    bool is_again = true;
    int status = refuse(cli);
    if (status != 0)
        return status;
    if (cli->options->list)
        return list_copies(cli);
    for (int tries = 0; is_again && tries < TRIES; tries++) {
        is_again = false;
        status = restore_once(cli, now_ms, tries == 0, &is_again);
    }
    if (is_again)
        cli_message(cli, STR("restore: the registry keeps changing; nothing was changed"));
    return status;
}
