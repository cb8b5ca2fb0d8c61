#include "tui/cli_list.h"

#include "tui/cli_filter.h"
#include "tui/cli_print.h"
#include "tui/duration.h"
#include "tui/json_out.h"

enum { ID_COLUMNS = 36, VIEW_COLUMNS = 8, AGENT_COLUMNS = 14, SPAN_COLUMNS = 5 };

static enum role view_role(enum session_view view)
{
    static const enum role roles[] = {
        [VIEW_ACTIVE] = ROLE_TEXT,       [VIEW_IDLE] = ROLE_IDLE,
        [VIEW_OVERDUE] = ROLE_OVERDUE,   [VIEW_FALLBACK] = ROLE_FALLBACK,
        [VIEW_STRANDED] = ROLE_FALLBACK, [VIEW_ORPHAN] = ROLE_WARNING,
        [VIEW_EXPIRED] = ROLE_EXPIRED,   [VIEW_RELEASED] = ROLE_RELEASED,
        [VIEW_ODD] = ROLE_WARNING,       [VIEW_RUNNING] = ROLE_RUNNING,
        [VIEW_GHOST] = ROLE_WARNING,     [VIEW_SHARED] = ROLE_ERROR,
        [VIEW_IN_USE] = ROLE_WARNING,    [VIEW_FORGOTTEN] = ROLE_EXPIRED,
    };
    return roles[view];
}

/* The slot's label where it is one of the pool, else the agent's id. */
static struct str agent_label(const struct model *model, const struct entry *entry)
{
    for (size_t i = 0; i < model->slot_count; i++)
        if (str_equal(model->slots[i].id, entry_chat_agent_id(entry)))
            return model->slots[i].label;
    return entry_chat_agent_id(entry).len ? entry_chat_agent_id(entry) : STR("-");
}

static void print_columns(struct cli *cli)
{
    struct cli_line line;
    cli_line_start(&line, cli);
    cli_field(&line, ROLE_COLUMN, STR("SESSION"), ID_COLUMNS);
    cli_field(&line, ROLE_COLUMN, STR("STATE"), VIEW_COLUMNS);
    cli_field_right(&line, ROLE_COLUMN, STR("AGE"), SPAN_COLUMNS);
    cli_field_right(&line, ROLE_COLUMN, STR("QUIET"), SPAN_COLUMNS);
    cli_field_right(&line, ROLE_COLUMN, STR("LEFT"), SPAN_COLUMNS);
    cli_field(&line, ROLE_COLUMN, STR("SLOT"), AGENT_COLUMNS);
    cli_line_end(&line);
}

static void print_row(struct cli *cli, size_t entry_index, double now_ms)
{
    const struct model *model = &cli->state->model;
    const struct entry *entry = &state_shown(cli->state)->registry.entries[entry_index];
    enum session_view view = model_view(model, entry_index);
    char age[DURATION_TEXT_SIZE], quiet[DURATION_TEXT_SIZE], left[DURATION_TEXT_SIZE];
    struct str id = entry_session_id(entry).len ? entry_session_id(entry) : STR("\"\"");
    struct str expires = STR("-");
    if (entry_is_live(entry))
        expires = str_of(duration_remaining(entry_expires_at_ms(entry) - now_ms, left));
    struct cli_line line;
    cli_line_start(&line, cli);
    bool whole = cli->width == 0 && id.len > ID_COLUMNS; /* no terminal: nothing is cut */
    cli_field(&line, ROLE_TEXT, id, whole ? 0 : ID_COLUMNS);
    cli_field(&line, view_role(view), str_of(session_view_name(view)), VIEW_COLUMNS);
    cli_field_right(&line, ROLE_TEXT, str_of(duration_elapsed(now_ms - entry->created_at_ms, age)),
                    SPAN_COLUMNS);
    cli_field_right(&line, ROLE_TEXT,
                    str_of(duration_elapsed(now_ms - entry->last_active_at_ms, quiet)),
                    SPAN_COLUMNS);
    cli_field_right(&line, ROLE_TEXT, expires, SPAN_COLUMNS);
    cli_field(&line, ROLE_TEXT, agent_label(model, entry), 0);
    cli_line_end(&line);
}

/* Prints the entries that pass; returns how many. */
static size_t print_list(struct cli *cli, const struct filter *filter, int64_t now_ms)
{
    const struct document *document = state_shown(cli->state);
    const struct registry *registry = &document->registry;
    bool is_json = cli->options->json;
    struct buffer json = {0};
    size_t passed = 0;
    struct filter_scan scan = filter_scan_begin(filter, registry, &cli->state->model);
    json_out_open(&json, '[');
    for (size_t i = 0; i < registry->count; i++) {
        if (!filter_scan_matches(&scan, i))
            continue;
        if (is_json)
            json_out_raw(&json, document_entry_text(document, &registry->entries[i]));
        else if (passed == 0)
            print_columns(cli);
        if (!is_json)
            print_row(cli, i, (double)now_ms);
        passed++;
    }
    json_out_close(&json, ']');
    if (is_json)
        cli_json(cli, &json, false);
    buffer_done(&json);
    return passed;
}

static void say_nothing_listed(const struct cli *cli, bool has_filter)
{
    struct buffer text = {0};
    if (has_filter)
        buffer_add_str(&text, STR("list: no entry passes the filter"));
    else
        cli_add_no_sessions(cli, &text);
    cli_message(cli, buffer_str(&text));
    buffer_done(&text);
}

static int list_what_passes(struct cli *cli, const struct filter *filter)
{
    int64_t now_ms = cli_now_ms(cli);
    bool has_filter = !filter_is_empty(filter);
    int status = cli_look(cli, filter_needs_around(filter) ? PART_ALL : PART_BASE, now_ms);
    if (status != 0)
        return status;
    status = cli_check_usable(cli, "");
    if (status != 0 && !cli->state->document.has_registry)
        return status;
    size_t passed = print_list(cli, filter, now_ms);
    if (passed > 0 || status != 0)
        return status;
    if (!cli->options->json)
        say_nothing_listed(cli, has_filter);
    return has_filter ? ERROR_NOT_FOUND : 0;
}

int cli_list(struct cli *cli)
{
    struct error error;
    struct filter filter;
    if (cli_filter_parse(cli->options, &filter, &error) < 0)
        return cli_fail(cli, &error);
    int status = list_what_passes(cli, &filter);
    filter_done(&filter);
    return status;
}
