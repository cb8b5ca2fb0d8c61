#include "tui/cli_status.h"

#include "tui/cli_findings.h"
#include "tui/cli_print.h"
#include "tui/duration.h"
#include "tui/json_out.h"

#include <math.h>

enum {
    LABEL_COLUMNS_MIN = 4,
    LABEL_COLUMNS_MAX = 24,
    STATE_COLUMNS = 8,
    SPAN_COLUMNS = 5,
    ID_COLUMNS = 8,
    TITLE_COLUMNS = 30
};

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
        json_out_string(json, entry_session_id(&registry->entries[slot->holder]));
    for (size_t i = 0; slot->holder_count > 1 && i < registry->count; i++) {
        const struct entry *entry = &registry->entries[i];
        if (entry_is_live(entry) && str_equal(entry_chat_agent_id(entry), slot->id))
            json_out_string(json, entry_session_id(entry));
    }
    json_out_close(json, ']');
}

/* A moment that is only inferred, or unknown. */
static void json_moment(const char *key, double moment_ms, struct buffer *json)
{
    json_out_key(json, key);
    if (isfinite(moment_ms))
        json_out_integer(json, (int64_t)moment_ms);
    else
        json_out_raw(json, STR("null"));
}

static void json_sharers(const struct cli *cli, const struct slot *slot, struct buffer *json)
{
    const struct model *model = &cli->state->model;
    const struct registry *registry = &state_shown(cli->state)->registry;
    json_out_open(json, '[');
    for (size_t i = 0; slot->sharer_count > 0 && i < model_row_count(model); i++) {
        enum session_view view = model_view(model, i);
        const struct chat *chat = model_chat(model, i);
        if ((view == VIEW_SHARED || view == VIEW_IN_USE) && chat &&
            str_equal(chat->agent_id, slot->id))
            json_out_string(json, entry_session_id(model_entry(model, registry, i)));
    }
    json_out_close(json, ']');
}

static void json_server(const struct state *state, struct buffer *json)
{
    static const char *const words[] = {
        [SERVER_UNKNOWN] = "unknown", [SERVER_UP] = "up", [SERVER_DOWN] = "down"};
    const struct server *server = &state->around.server;
    json_out_key(json, "server");
    json_out_open(json, '{');
    json_out_key(json, "state");
    json_out_string(json, str_of(words[server->state]));
    json_out_key(json, "version");
    if (server->version[0])
        json_out_string(json, str_of(server->version));
    else
        json_out_raw(json, STR("null"));
    json_moment("startedAt", server->started_ms, json);
    json_moment("nextGc", state->model.next_gc_ms, json);
    json_out_close(json, '}');
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
        json_out_key(json, "sharers");
        json_sharers(cli, &model->slots[i], json);
        json_moment("freesAt", model->slots[i].frees_at_ms, json);
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
        {"orphan", counts->orphan},     {"running", counts->running},
        {"shared", counts->shared},     {"ghosts", counts->ghosts},
        {"inUse", counts->in_use},      {"slots", counts->slots},
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
    json_out_size(json, state->document.size_bytes);
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
    json_server(state, &json);
    json_slots(cli, &json);
    json_counts(&state->model.counts, &json);
    json_out_key(&json, "fallbacks");
    json_out_open(&json, '[');
    for (size_t i = 0; i < state->model.fallback_count; i++)
        json_out_string(&json, entry_session_id(&registry->entries[state->model.fallbacks[i]]));
    json_out_close(&json, ']');
    json_out_key(&json, "findings");
    cli_json_findings(&state->model, &json);
    json_out_close(&json, '}');
    cli_json(cli, &json, false);
    buffer_done(&json);
}

/* "server     up, 2.3.5; next GC in about 3m; slot 2 is free then" */
static void add_server(const struct state *state, int64_t now_ms, struct buffer *out)
{
    const struct server *server = &state->around.server;
    const struct model *model = &state->model;
    char span[DURATION_TEXT_SIZE];
    if (server->state == SERVER_UNKNOWN)
        return;
    buffer_addf(out, "server     %s", server->state == SERVER_UP ? "up" : "DOWN");
    if (server->version[0])
        buffer_addf(out, ", version %s", server->version);
    if (server->state == SERVER_DOWN || !isfinite(model->next_gc_ms))
        return;
    buffer_addf(out, "; next GC in about %s",
                duration_elapsed(model->next_gc_ms - (double)now_ms, span));
    if (model->next_free_slot == SIZE_MAX)
        return;
    const struct slot *slot = &model->slots[model->next_free_slot];
    buffer_addf(out, "; slot ");
    buffer_add_str(out, slot->label);
    buffer_addf(out, " is the next to be free, in %s if nobody uses it",
                duration_elapsed(slot->frees_at_ms - (double)now_ms, span));
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
                state->document.size_bytes);
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
    add_server(state, cli_now_ms(cli), &text);
    if (text.len > 0)
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
        [SLOT_FREE] = ROLE_TEXT,       [SLOT_ACTIVE] = ROLE_TEXT,    [SLOT_IDLE] = ROLE_IDLE,
        [SLOT_OVERDUE] = ROLE_OVERDUE, [SLOT_DOUBLE] = ROLE_WARNING, [SLOT_RUNNING] = ROLE_RUNNING,
        [SLOT_SHARED] = ROLE_ERROR,    [SLOT_GHOST] = ROLE_WARNING,
    };
    return roles[view];
}

/* One line of the pool: whose it is, in which state, how long it may be quiet, since when it is. */
static void print_holder(struct cli *cli, struct cli_line *line, size_t row, struct buffer *note)
{
    const struct model *model = &cli->state->model;
    const struct registry *registry = &state_shown(cli->state)->registry;
    const struct entry *entry = &registry->entries[row];
    char left[DURATION_TEXT_SIZE], quiet[DURATION_TEXT_SIZE];
    double now_ms = (double)cli_now_ms(cli);
    struct buffer id = {0};
    cli_field_right(line, ROLE_TEXT,
                    str_of(duration_remaining(entry_expires_at_ms(entry) - now_ms, left)),
                    SPAN_COLUMNS);
    cli_field_right(line, ROLE_TEXT,
                    str_of(duration_elapsed(now_ms - model_used_ms(model, registry, row), quiet)),
                    SPAN_COLUMNS);
    cli_add_short_id(cli, entry_session_id(entry), &id);
    bool has_title = model_title(model, row).len > 0;
    cli_field(line, ROLE_TEXT, buffer_str(&id), id.len > ID_COLUMNS ? 0 : ID_COLUMNS);
    if (has_title)
        cli_field(line, ROLE_TEXT, model_title(model, row), TITLE_COLUMNS);
    if (model_run(model, row).is_running)
        cli_field(line, ROLE_RUNNING, STR("run in progress"), 0);
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
    if (slot->sharer_count > 0) {
        buffer_addf(&note, "%s used by ", note.len ? "; also" : "also");
        cli_add_short_id(
            cli, entry_session_id(model_entry(&cli->state->model, registry, slot->sharer)), &note);
    }
    if (slot->is_duplicate)
        buffer_addf(&note, "listed twice in the config");
    if (slot->holder_count > 0) {
        print_holder(cli, &line, slot->holder, &note);
    } else if (slot->has_last) {
        buffer_add_str(&note, STR("last held by "));
        cli_add_short_id(cli, entry_session_id(&registry->entries[slot->last_holder]), &note);
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
    buffer_add_str(&note, entry_chat_agent_id(entry));
    print_holder(cli, &line, entry_index, &note);
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
    cli_field(&line, ROLE_COLUMN, STR("SESSION"), model->knows_chats ? ID_COLUMNS : 0);
    if (model->knows_chats)
        cli_field(&line, ROLE_COLUMN, STR("TITLE"), 0);
    cli_line_end(&line);
    for (size_t i = 0; i < model->slot_count; i++)
        print_slot(cli, &model->slots[i], label_columns);
    for (size_t i = 0; i < model->fallback_count; i++)
        print_fallback(cli, model->fallbacks[i], label_columns);
}

int cli_status(struct cli *cli)
{
    int64_t now_ms = cli_now_ms(cli);
    int status = cli_look(cli, PART_ALL, now_ms);
    if (status != 0)
        return status;
    if (cli->options->json) {
        print_json(cli, now_ms);
    } else {
        print_head(cli);
        print_pool(cli);
        if (cli->state->model.finding_count > 0)
            buffer_add_char(&cli->output, '\n');
        cli_print_findings(cli);
    }
    return cli_check_usable(cli, "");
}
