#include "tui/cli_status.h"

#include "tui/cli_print.h"
#include "tui/duration.h"
#include "tui/json_out.h"

enum { LABEL_COLUMNS_MIN = 4, LABEL_COLUMNS_MAX = 24, STATE_COLUMNS = 8, SPAN_COLUMNS = 5 };
enum { SEVERITY_COLUMNS = 7 };

static struct str workspace_name(const struct state *state)
{
    const struct active_workspace *active = &state->workspace;
    bool has_name = active->source != ACTIVE_NONE && active->source != ACTIVE_THROWS;
    return has_name ? buffer_str(&active->name) : (struct str){0};
}

static struct str agent_id(const struct state *state)
{
    bool throws = state->workspace.source == ACTIVE_THROWS;
    return throws ? (struct str){0} : buffer_str(&state->workspace.agent_id);
}

static void json_lower(struct buffer *json, const char *word)
{
    struct buffer lower = {0};
    for (; *word; word++)
        buffer_add_char(&lower, *word >= 'A' && *word <= 'Z' ? (char)(*word | 0x20) : *word);
    json->failed |= lower.failed;
    json_out_string(json, buffer_str(&lower));
    buffer_done(&lower);
}

static void json_holders(const struct cli *cli, const struct slot *slot, struct buffer *json)
{
    const struct registry *registry = &state_shown(cli->state)->registry;
    json_out_open(json, '[');
    if (slot->holder_count == 1)
        json_out_string(json, registry->entries[slot->holder].session_id);
    for (size_t i = 0; slot->holder_count > 1 && i < registry->count; i++) {
        const struct entry *entry = &registry->entries[i];
        if (entry_is_live(entry) && str_equal(entry->chat_agent_id, slot->id))
            json_out_string(json, entry->session_id);
    }
    json_out_close(json, ']');
}

static void json_slots(const struct cli *cli, struct buffer *json)
{
    const struct model *model = &cli->state->model;
    json_out_key(json, "slots");
    json_out_open(json, '[');
    for (size_t i = 0; i < model->slot_count; i++) {
        json_out_open(json, '{');
        json_out_key(json, "id");
        json_out_string(json, model->slots[i].id);
        json_out_key(json, "state");
        json_lower(json, slot_view_name(model->slots[i].view));
        json_out_key(json, "holders");
        json_holders(cli, &model->slots[i], json);
        json_out_close(json, '}');
    }
    json_out_close(json, ']');
}

static void json_counts(const struct counts *counts, struct buffer *json)
{
    const struct {
        const char *name;
        size_t count;
    } rows[] = {
        {"entries", counts->entries},   {"active", counts->active},
        {"idle", counts->idle},         {"expired", counts->expired},
        {"released", counts->released}, {"odd", counts->odd},
        {"live", counts->live},         {"overdue", counts->overdue},
        {"fallback", counts->fallback}, {"stranded", counts->stranded},
        {"orphan", counts->orphan},     {"slots", counts->slots},
        {"held", counts->held},         {"free", counts->free},
    };
    json_out_key(json, "counts");
    json_out_open(json, '{');
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        json_out_key(json, rows[i].name);
        json_out_size(json, rows[i].count);
    }
    json_out_close(json, '}');
}

static void json_findings(const struct model *model, struct buffer *json)
{
    json_out_key(json, "findings");
    json_out_open(json, '[');
    for (size_t i = 0; i < model->finding_count; i++) {
        const struct finding *finding = &model->findings[i];
        json_out_open(json, '{');
        json_out_key(json, "code");
        json_out_string(json, str_of(finding->code));
        json_out_key(json, "severity");
        json_out_string(json, str_of(severity_name(finding->severity)));
        json_out_key(json, "subject");
        json_out_string(json, finding->subject);
        json_out_key(json, "message");
        json_out_string(json, finding->message);
        json_out_key(json, "remedy");
        json_out_string(json, finding->remedy);
        json_out_close(json, '}');
    }
    json_out_close(json, ']');
}

static void json_registry(const struct state *state, struct buffer *json)
{
    json_out_key(json, "registry");
    json_out_open(json, '{');
    json_out_key(json, "path");
    json_out_string(json, buffer_str(&state->registry_path));
    json_out_key(json, "state");
    json_out_string(json, str_of(document_state_name(state->document.state)));
    json_out_key(json, "entries");
    json_out_size(json, state->model.counts.entries);
    json_out_key(json, "bytes");
    json_out_size(json, state->document.bytes.len);
    json_out_close(json, '}');
}

static void print_json(struct cli *cli, int64_t now_ms)
{
    const struct state *state = cli->state;
    const struct registry *registry = &state_shown(state)->registry;
    char time[CLI_TIME_SIZE];
    struct buffer json = {0};
    json_out_open(&json, '{');
    json_out_key(&json, "schema");
    json_out_integer(&json, 1);
    json_out_key(&json, "now");
    json_out_integer(&json, now_ms);
    json_out_key(&json, "time");
    json_out_string(&json, str_of(cli_time((double)now_ms, time)));
    json_out_key(&json, "stateDir");
    json_out_string(&json, buffer_str(&state->dir));
    json_registry(state, &json);
    json_out_key(&json, "workspace");
    json_out_string(&json, workspace_name(state));
    json_out_key(&json, "agentId");
    json_out_string(&json, agent_id(state));
    json_slots(cli, &json);
    json_counts(&state->model.counts, &json);
    json_out_key(&json, "fallbacks");
    json_out_open(&json, '[');
    for (size_t i = 0; i < state->model.fallback_count; i++)
        json_out_string(&json, registry->entries[state->model.fallbacks[i]].session_id);
    json_out_close(&json, ']');
    json_findings(&state->model, &json);
    json_out_close(&json, '}');
    cli_json(cli, &json, false);
    buffer_done(&json);
}

static void print_head(struct cli *cli)
{
    const struct state *state = cli->state;
    const struct counts *counts = &state->model.counts;
    struct buffer text = {0};
    buffer_add_str(&text, STR("workspace  "));
    if (workspace_name(state).data)
        buffer_add_str(&text, workspace_name(state));
    else
        buffer_addf(&text, "none");
    if (agent_id(state).data) {
        buffer_add_str(&text, STR(", agent "));
        buffer_add_str(&text, agent_id(state));
    }
    cli_sentence(cli, &text);
    buffer_add_str(&text, STR("registry   "));
    buffer_add_str(&text, buffer_str(&state->registry_path));
    buffer_addf(&text, ": %s, %zu %s, %zu bytes", document_state_name(state->document.state),
                counts->entries, counts->entries == 1 ? "entry" : "entries",
                state->document.bytes.len);
    cli_sentence(cli, &text);
    buffer_addf(&text, "pool       %zu/%zu held, %zu free, %zu fallback", counts->held,
                counts->slots, counts->free, counts->fallback);
    cli_sentence(cli, &text);
    buffer_addf(&text, "sessions   %zu active, %zu idle, %zu expired, %zu released", counts->active,
                counts->idle, counts->expired, counts->released);
    if (counts->odd)
        buffer_addf(&text, ", %zu odd", counts->odd);
    if (counts->overdue)
        buffer_addf(&text, "; %zu overdue", counts->overdue);
    cli_sentence(cli, &text);
    if (state->document.state == DOCUMENT_MISSING) {
        cli_add_no_sessions(cli, &text);
        cli_sentence(cli, &text);
    }
    buffer_done(&text);
}

static enum role slot_role(enum slot_view view)
{
    static const enum role roles[] = {
        [SLOT_FREE] = ROLE_FREE,       [SLOT_ACTIVE] = ROLE_ACTIVE,  [SLOT_IDLE] = ROLE_IDLE,
        [SLOT_OVERDUE] = ROLE_OVERDUE, [SLOT_DOUBLE] = ROLE_WARNING,
    };
    return roles[view];
}

/* One line of the pool: whose it is, in which state, how long it may be quiet, since when it is. */
static void print_holder(struct cli *cli, struct cli_line *line, const struct entry *entry,
                         struct buffer *note)
{
    char left[DURATION_TEXT_SIZE], quiet[DURATION_TEXT_SIZE];
    double now_ms = (double)cli_now_ms(cli);
    struct buffer id = {0};
    cli_field_right(line, ROLE_TEXT,
                    str_of(duration_remaining(entry_expires_at_ms(entry) - now_ms, left)),
                    SPAN_COLUMNS);
    cli_field_right(line, ROLE_TEXT,
                    str_of(duration_elapsed(now_ms - entry->last_active_at_ms, quiet)),
                    SPAN_COLUMNS);
    cli_add_short_id(cli, entry->session_id, &id);
    cli_field(line, ROLE_TEXT, buffer_str(&id), 0);
    cli_field(line, ROLE_DIM, buffer_str(note), 0);
    cli->output.failed |= id.failed || note->failed;
    buffer_done(&id);
}

static void print_slot(struct cli *cli, const struct slot *slot, size_t label_columns)
{
    const struct registry *registry = &state_shown(cli->state)->registry;
    struct cli_line line;
    struct buffer note = {0};
    cli_line_start(&line, cli);
    cli_field(&line, ROLE_TEXT, slot->label, label_columns);
    cli_field(&line, slot_role(slot->view), str_of(slot_view_name(slot->view)), STATE_COLUMNS);
    if (slot->holder_count > 1)
        buffer_addf(&note, "and %zu more: two chats on one agent", slot->holder_count - 1);
    if (slot->is_duplicate)
        buffer_addf(&note, "listed twice in the config");
    if (slot->holder_count > 0) {
        print_holder(cli, &line, &registry->entries[slot->holder], &note);
    } else if (slot->has_last) {
        buffer_add_str(&note, STR("last held by "));
        cli_add_short_id(cli, registry->entries[slot->last_holder].session_id, &note);
        cli_field_right(&line, ROLE_DIM, STR("-"), SPAN_COLUMNS);
        cli_field_right(&line, ROLE_DIM, STR("-"), SPAN_COLUMNS);
        cli_field(&line, ROLE_DIM, buffer_str(&note), 0);
    }
    cli->output.failed |= note.failed;
    buffer_done(&note);
    cli_line_end(&line);
}

static void print_fallback(struct cli *cli, size_t entry_index, size_t label_columns)
{
    const struct entry *entry = &state_shown(cli->state)->registry.entries[entry_index];
    struct cli_line line;
    struct buffer note = {0};
    cli_line_start(&line, cli);
    cli_field(&line, ROLE_TEXT, STR("F"), label_columns);
    cli_field(&line, ROLE_FALLBACK,
              str_of(session_view_name(model_view(&cli->state->model, entry_index))),
              STATE_COLUMNS);
    buffer_add_str(&note, STR("on "));
    buffer_add_str(&note, entry->chat_agent_id);
    print_holder(cli, &line, entry, &note);
    buffer_done(&note);
    cli_line_end(&line);
}

static void print_pool(struct cli *cli)
{
    const struct model *model = &cli->state->model;
    struct cli_line line;
    size_t label_columns = LABEL_COLUMNS_MIN;
    if (model->slot_count + model->fallback_count == 0)
        return;
    for (size_t i = 0; i < model->slot_count; i++) {
        size_t width = text_width(model->slots[i].label, cli->options->ascii);
        if (width > label_columns)
            label_columns = width > LABEL_COLUMNS_MAX ? LABEL_COLUMNS_MAX : width;
    }
    buffer_add_char(&cli->output, '\n');
    cli_line_start(&line, cli);
    cli_field(&line, ROLE_COLUMN, STR("SLOT"), label_columns);
    cli_field(&line, ROLE_COLUMN, STR("STATE"), STATE_COLUMNS);
    cli_field_right(&line, ROLE_COLUMN, STR("LEFT"), SPAN_COLUMNS);
    cli_field_right(&line, ROLE_COLUMN, STR("QUIET"), SPAN_COLUMNS);
    cli_field(&line, ROLE_COLUMN, STR("SESSION"), 0);
    cli_line_end(&line);
    for (size_t i = 0; i < model->slot_count; i++)
        print_slot(cli, &model->slots[i], label_columns);
    for (size_t i = 0; i < model->fallback_count; i++)
        print_fallback(cli, model->fallbacks[i], label_columns);
}

static enum role severity_role(enum severity severity)
{
    static const enum role roles[] = {[SEVERITY_INFO] = ROLE_TEXT,
                                      [SEVERITY_WARNING] = ROLE_WARNING,
                                      [SEVERITY_ERROR] = ROLE_ERROR};
    return roles[severity];
}

static void print_findings(struct cli *cli)
{
    const struct model *model = &cli->state->model;
    for (size_t i = 0; i < model->finding_count; i++) {
        const struct finding *finding = &model->findings[i];
        struct cli_line line;
        if (i == 0)
            buffer_add_char(&cli->output, '\n');
        cli_line_start(&line, cli);
        cli_field(&line, severity_role(finding->severity), str_of(severity_name(finding->severity)),
                  SEVERITY_COLUMNS);
        cli_field(&line, ROLE_TEXT, finding->message, 0);
        cli_line_end(&line);
        if (finding->remedy.len == 0)
            continue;
        cli_line_start(&line, cli);
        cli_field(&line, ROLE_TEXT, STR(""), SEVERITY_COLUMNS);
        cli_field(&line, ROLE_DIM, finding->remedy, 0);
        cli_line_end(&line);
    }
}

int cli_status(struct cli *cli)
{
    int64_t now_ms = cli_now_ms(cli);
    int status = cli_look(cli, now_ms);
    if (status != 0)
        return status;
    if (cli->options->json) {
        print_json(cli, now_ms);
    } else {
        print_head(cli);
        print_pool(cli);
        print_findings(cli);
    }
    return cli_check_usable(cli, "");
}
