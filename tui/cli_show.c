#include "tui/cli_list.h"

#include "core/json.h"
#include "tui/cli_print.h"
#include "tui/cli_session.h"
#include "tui/duration.h"
#include "tui/json_out.h"

enum { NAME_COLUMNS = 16 };

/* What stands behind a number so that a person can read it: a date with its age, or a span. */
static void add_meaning(struct str key, struct str value, double now_ms, struct buffer *text)
{
    char time[CLI_TIME_SIZE], span[DURATION_TEXT_SIZE];
    if (json_kind(value) != JSON_NUMBER)
        return;
    double number = json_to_number(value);
    if (json_string_equals(key, STR("createdAt")) || json_string_equals(key, STR("lastActiveAt")))
        buffer_addf(text, "  %s, %s ago", cli_time(number, time),
                    duration_elapsed(now_ms - number, span));
    else if (json_string_equals(key, STR("idleTtlMs")))
        buffer_addf(text, "  %s", duration_elapsed(number, span));
}

/* One member a line, unknown ones included; strings without quotes. */
static void print_members(struct cli *cli, struct str object, double now_ms)
{
    struct json_cursor cursor;
    struct json_item item;
    bool is_object = json_enter(object, &cursor) && cursor.is_object;
    while (is_object && json_next(&cursor, &item)) {
        struct buffer name = {0}, text = {0};
        struct cli_line line;
        json_decode(item.key, &name);
        if (json_kind(item.value) == JSON_STRING)
            json_decode(item.value, &text);
        else
            buffer_add_str(&text, item.value);
        add_meaning(item.key, item.value, now_ms, &text);
        cli_line_start(&line, cli);
        cli_field(&line, ROLE_COLUMN, buffer_str(&name), NAME_COLUMNS);
        cli_field(&line, ROLE_TEXT, buffer_str(&text), 0);
        cli_line_end(&line);
        cli->output.failed |= name.failed || text.failed;
        buffer_done(&name);
        buffer_done(&text);
    }
}

static void print_text(struct cli *cli, const struct entry *entry, double now_ms)
{
    const struct document *document = state_shown(cli->state);
    size_t index = (size_t)(entry - document->registry.entries);
    struct str stored = document_entry_text(document, entry);
    struct buffer plain = {0};
    struct cli_line line;
    cli_line_start(&line, cli);
    cli_field(&line, ROLE_COLUMN, STR("session"), NAME_COLUMNS);
    cli_field(&line, ROLE_HEADER, entry_session_id(entry), 0);
    cli_line_end(&line);
    cli_line_start(&line, cli);
    cli_field(&line, ROLE_COLUMN, STR("is"), NAME_COLUMNS);
    cli_field(&line, ROLE_TEXT, str_of(session_view_name(model_view(&cli->state->model, index))),
              0);
    if (entry_is_live(entry)) {
        char left[DURATION_TEXT_SIZE];
        cli_field(&line, ROLE_TEXT, STR("TTL left"), 0);
        cli_field(&line, ROLE_TEXT,
                  str_of(duration_remaining(entry_expires_at_ms(entry) - now_ms, left)), 0);
    }
    cli_line_end(&line);
    json_stringify(stored, 0, 0, &plain); /* duplicates and order as JavaScript has them */
    if (json_kind(stored) == JSON_OBJECT && !plain.failed)
        print_members(cli, buffer_str(&plain), now_ms);
    else
        cli_sentence(cli, &plain);
    cli->output.failed |= plain.failed;
    buffer_done(&plain);
}

static void print_entry(struct cli *cli, const struct entry *entry, double now_ms)
{
    struct buffer json = {0};
    if (cli->options->json) {
        json_out_raw(&json, document_entry_text(state_shown(cli->state), entry));
        cli_json(cli, &json, false);
    } else {
        print_text(cli, entry, now_ms);
    }
    buffer_done(&json);
}

static int say_missing(struct cli *cli, struct str wanted)
{
    struct buffer text = {0};
    if (cli->options->json) {
        json_out_raw(&text, STR("null"));
        cli_json(cli, &text, true);
    } else {
        buffer_add_str(&text, wanted);
        buffer_add_str(&text, STR(": no such session"));
        cli_message(cli, buffer_str(&text));
    }
    buffer_done(&text);
    return ERROR_NOT_FOUND;
}

static int show_wanted(struct cli *cli, struct str wanted, double now_ms)
{
    struct error error;
    const struct entry *entry = NULL;
    int status = cli_check_usable(cli, "");
    if (status != 0 && !cli->state->document.has_registry)
        return status;
    if (session_resolve(&cli->state->document.registry, wanted, &entry, &error) < 0)
        return cli_fail(cli, &error);
    if (entry)
        print_entry(cli, entry, now_ms);
    else if (status == 0)
        status = say_missing(cli, wanted);
    return status;
}

int cli_show(struct cli *cli)
{
    struct buffer wanted = {0};
    int64_t now_ms = cli_now_ms(cli);
    int status = cli_look(cli, PART_BASE, now_ms);
    session_decode(cli->options->arguments[0], &wanted);
    if (wanted.failed)
        status = cli_fail_memory(cli, "show");
    if (status == 0)
        status = show_wanted(cli, buffer_str(&wanted), (double)now_ms);
    buffer_done(&wanted);
    return status;
}
