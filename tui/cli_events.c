#include "tui/cli_events.h"

#include "core/config.h"
#include "core/json.h"
#include "tui/cli_events_part.h"
#include "tui/cli_print.h"
#include "tui/cli_words.h"
#include "tui/event_words.h"
#include "tui/text.h"

#include <math.h>
#include <stdio.h>
#include <time.h>

enum { TIME_SIZE = 40, TIME_COLUMNS = 19, CHANGE_COLUMNS = 19, ID_COLUMNS = 8 };

static const char *local_time(double epoch_ms, char text[TIME_SIZE])
{
    static const double limit_ms = 8.64e15; /* JavaScript's last date */
    time_t seconds = fabs(epoch_ms) <= limit_ms ? (time_t)floor(epoch_ms / 1000) : -1;
    struct tm tm;
    if (!(fabs(epoch_ms) <= limit_ms) || !localtime_r(&seconds, &tm) ||
        strftime(text, TIME_SIZE, "%Y-%m-%d %H:%M:%S", &tm) == 0)
        (void)snprintf(text, TIME_SIZE, "-");
    return text;
}

/* "slot 4", "workspace agent main", or another agent's id. */
static void add_agent(const struct cli *cli, const struct history_event *event, struct buffer *out)
{
    struct str agent = event->agent_id, workspace = buffer_str(&cli->state->workspace.agent_id);
    struct buffer prefix = {0};
    if (!agent.data)
        return;
    config_add_slot_prefix(workspace, &prefix);
    buffer_addf(out, "; ");
    if (str_starts(agent, buffer_str(&prefix)) && agent.len > prefix.len) {
        buffer_addf(out, "slot ");
        buffer_add(out, agent.data + prefix.len, agent.len - prefix.len);
    } else {
        if (event->kind == EVENT_FELL_BACK || str_equal(agent, workspace))
            buffer_addf(out, "workspace agent ");
        buffer_add_str(out, agent);
    }
    out->failed |= prefix.failed;
    buffer_done(&prefix);
}

static void add_by(const struct told *told, struct buffer *out)
{
    char id[JOURNAL_ID_SIZE];
    buffer_addf(out, "%s", event_by_name(told->event.by));
    if (told->operation == 0)
        return;
    if (told->user.data) {
        buffer_add_char(out, ' ');
        buffer_add_str(out, told->user);
    }
    buffer_addf(out, ", ");
    buffer_add_str(out, told->command);
    buffer_addf(out, " %s", journal_id_text(told->operation, id));
}

static void print_text(struct cli *cli, const struct registry *registry, const struct told *told)
{
    const struct history_event *event = &told->event;
    struct str id = event_words_id(&cli->state->model, registry, event->session_id);
    struct buffer change = {0}, rest = {0};
    struct event_words words;
    struct cli_line line;
    char time[TIME_SIZE];
    bool ascii = cli->options->ascii;
    event_words_change(event, &words);
    event_words_add(&words, &change);
    add_by(told, &rest);
    add_agent(cli, event, &rest);
    cli->output.failed |= change.failed || rest.failed;
    cli_line_start(&line, cli);
    cli_field(&line, ROLE_DIM, str_of(local_time(event->at_ms, time)), TIME_COLUMNS);
    cli_field(&line, ROLE_TEXT, id, text_fits(id, ID_COLUMNS, ascii) ? ID_COLUMNS : 0);
    cli_field(&line, event_words_role(event), buffer_str(&change), CHANGE_COLUMNS);
    cli_field(&line, ROLE_TEXT, buffer_str(&rest), 0);
    cli_line_end(&line);
    buffer_done(&change);
    buffer_done(&rest);
}

/* As the history keeps it, with the operation behind. */
static void print_json(struct cli *cli, const struct told *told)
{
    char id[JOURNAL_ID_SIZE];
    struct buffer *out = &cli->output;
    event_add_json(&told->event, out);
    if (told->operation == 0 || out->failed)
        return;
    out->len -= sizeof("}\n") - 1;
    if (told->user.data) {
        buffer_addf(out, ",\"user\":");
        json_quote(told->user, out);
    }
    buffer_addf(out, ",\"command\":");
    json_quote(told->command, out);
    buffer_addf(out, ",\"operation\":\"%s\"}\n", journal_id_text(told->operation, id));
}

void events_print(struct cli *cli, const struct registry *registry, const struct told *told)
{
    if (cli->options->json)
        print_json(cli, told);
    else
        print_text(cli, registry, told);
}

/* Both in one row, by their times. */
static void print_all(struct cli *cli, const struct history *history, const struct story *story,
                      double since_ms)
{
    const struct registry *registry = &state_shown(cli->state)->registry;
    size_t count, next = 0;
    const struct history_event *events = history_events(history, &count);
    for (size_t i = 0; i < count; i++) {
        if (events[i].at_ms < since_ms || story_find(story, &events[i]))
            continue;
        for (; next < story->count && story->items[next].event.at_ms <= events[i].at_ms; next++)
            events_print(cli, registry, &story->items[next]);
        events_print(cli, registry, &(struct told){.event = events[i]});
    }
    for (; next < story->count; next++)
        events_print(cli, registry, &story->items[next]);
}

static int open_history(const struct cli *cli, struct history **ret_history, struct error *error)
{
    const char *home = cli->state->environment.state_home;
    struct buffer path = {0};
    int result = home ? history_add_path(home, cli->state->store.path, &path, error) : 0;
    if (result == 0)
        result = history_open(home ? path.data : NULL, ret_history, error);
    buffer_done(&path);
    return result;
}

static int tell_kept(struct cli *cli, const struct history *history, double since_ms)
{
    struct story story;
    struct error error;
    if (story_read(cli, since_ms, &story, &error) < 0)
        return cli_fail(cli, &error);
    print_all(cli, history, &story, since_ms);
    story_done(&story);
    if (history_trouble(history)[0] == '\0')
        return 0;
    cli_message(cli, str_of(history_trouble(history)));
    return ERROR_SYSTEM;
}

int cli_events(struct cli *cli)
{
    const struct options *options = cli->options;
    struct history *history = NULL;
    struct error error;
    int64_t now_ms = cli_now_ms(cli);
    double since_ms = options->has_since ? (double)(now_ms - options->since_ms) : -INFINITY;
    int status = cli_look(cli, PART_BASE, now_ms);
    if (status != 0)
        return status;
    if (open_history(cli, &history, &error) < 0)
        return cli_fail(cli, &error);
    status = tell_kept(cli, history, since_ms);
    if (options->follow)
        status = events_follow(cli, history);
    history_close(history);
    return status;
}
