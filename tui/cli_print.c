#include "tui/cli_print.h"

#include "core/json.h"
#include "tui/text.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <time.h>

enum {
    FIELD_GAP = 2,
    /* Short ids cost a walk over the registry each: beyond this many entries, whole ids. */
    SHORT_ID_ENTRIES_MAX = 5000,
};

int64_t cli_now_ms(const struct cli *cli)
{
    return cli->now_ms(cli->context);
}

int cli_write(FILE *out, FILE *err, const struct buffer *text)
{
    errno = 0;
    bool written = text->len == 0 || fwrite(text->data, 1, text->len, out) == text->len;
    if (written && fflush(out) == 0)
        return 0;
    int errnum = errno;
    if (errnum != EPIPE)
        (void)fprintf(err, "slotop: standard output: %s\n", strerror(errnum));
    return ERROR_SYSTEM;
}

int cli_flush(struct cli *cli, int status)
{
    if (cli->output.failed)
        status = cli_fail_memory(cli, "printing");
    else if (cli_write(cli->out, cli->err, &cli->output) != 0)
        status = ERROR_SYSTEM;
    buffer_clear(&cli->output);
    return status;
}

void cli_message(const struct cli *cli, struct str text)
{
    struct buffer safe = {0};
    (void)text_safe(text, SIZE_MAX, cli->options->ascii, &safe);
    if (!safe.failed)
        (void)fprintf(cli->err, "slotop: %s\n", safe.data ? safe.data : "");
    buffer_done(&safe);
}

int cli_fail(const struct cli *cli, const struct error *error)
{
    cli_message(cli, str_of(error->text));
    return (int)error->kind;
}

int cli_fail_memory(const struct cli *cli, const char *doing)
{
    (void)fprintf(cli->err, "slotop: %s: out of memory\n", doing);
    return ERROR_SYSTEM;
}

int cli_look(struct cli *cli, unsigned parts, int64_t now_ms)
{
    struct error error;
    struct state_look look = {.parts = parts, .settle_ms = CLI_SETTLE_MS, .now_ms = now_ms};
    if (state_load(cli->state, &look, &error) < 0 || state_model(cli->state, now_ms, &error) < 0)
        return cli_fail(cli, &error);
    return 0;
}

int cli_check_usable(const struct cli *cli, const char *effect)
{
    const struct document *document = &cli->state->document;
    const char *path = cli->state->registry_path.data;
    struct error error;
    switch (document->state) {
    case DOCUMENT_OK:
    case DOCUMENT_MISSING:
        return 0;
    case DOCUMENT_TORN:
        (void)error_set(&error, ERROR_UNUSABLE, EUCLEAN,
                        "%s is torn (%s): the server takes it as empty and will overwrite it%s",
                        path, document->trouble, effect);
        break;
    case DOCUMENT_MALFORMED:
        (void)error_set(&error, ERROR_UNUSABLE, EUCLEAN,
                        "%s is malformed (%s): the server's code fails on it%s", path,
                        document->trouble, effect);
        break;
    case DOCUMENT_UNREADABLE:
        (void)error_set(&error, ERROR_UNUSABLE, EACCES, "%s%s", document->trouble, effect);
        break;
    }
    return cli_fail(cli, &error);
}

void cli_add_no_sessions(const struct cli *cli, struct buffer *text)
{
    buffer_add_str(text, STR("No sessions yet. The registry appears when the first chat starts: "));
    buffer_add_str(text, buffer_str(&cli->state->registry_path));
}

void cli_sentence(struct cli *cli, struct buffer *raw)
{
    if (raw->failed)
        cli->output.failed = true;
    (void)text_safe(buffer_str(raw), SIZE_MAX, cli->options->ascii, &cli->output);
    buffer_add_char(&cli->output, '\n');
    buffer_clear(raw);
}

void cli_json(struct cli *cli, struct buffer *json, bool one_line)
{
    if (json->failed)
        cli->output.failed = true;
    else
        json_stringify(buffer_str(json), one_line ? 0 : 2, 0, &cli->output);
    buffer_add_char(&cli->output, '\n');
    buffer_clear(json);
}

void cli_add_short_id(const struct cli *cli, struct str session_id, struct buffer *out)
{
    const struct registry *registry = &state_shown(cli->state)->registry;
    const struct entry *entry = registry_get(registry, session_id);
    if (entry && registry->count <= SHORT_ID_ENTRIES_MAX)
        session_id.len = model_short_len(&cli->state->model, registry, session_id);
    if (session_id.len == 0)
        session_id = STR("\"\"");
    buffer_add_str(out, session_id);
}

const char *cli_time(double epoch_ms, char text[CLI_TIME_SIZE])
{
    static const double limit_ms = 8.64e15; /* JavaScript's last date */
    struct tm tm;
    char seconds[CLI_TIME_SIZE];
    (void)snprintf(text, CLI_TIME_SIZE, "-");
    if (!(fabs(epoch_ms) <= limit_ms))
        return text;
    time_t whole = (time_t)floor(epoch_ms / 1000);
    int ms = (int)(floor(epoch_ms) - (double)whole * 1000);
    if (gmtime_r(&whole, &tm) && strftime(seconds, sizeof(seconds) - 8, "%Y-%m-%dT%H:%M:%S", &tm))
        (void)snprintf(text, CLI_TIME_SIZE, "%.32s.%03dZ", seconds, ms);
    return text;
}

/* How a role looks: an SGR sequence's parameters, or NULL for plain. */
static const char *sgr_of(enum role role)
{
    static const char *const looks[ROLE_COUNT] = {
        [ROLE_DIM] = "2",      [ROLE_HEADER] = "1",   [ROLE_RULE] = "1",     [ROLE_COLUMN] = "1",
        [ROLE_RUNNING] = "32", [ROLE_IDLE] = "36",    [ROLE_OVERDUE] = "33", [ROLE_FALLBACK] = "35",
        [ROLE_EXPIRED] = "2",  [ROLE_RELEASED] = "2", [ROLE_GOOD] = "32",    [ROLE_WARNING] = "33",
        [ROLE_ERROR] = "1;31",
    };
    return looks[role];
}

void cli_line_start(struct cli_line *line, struct cli *cli)
{
    size_t width = cli->width > 0 ? (size_t)cli->width : SIZE_MAX;
    *line = (struct cli_line){.cli = cli, .left = width};
}

static void put_field(struct cli_line *line, enum role role, struct str text, size_t columns,
                      bool is_right)
{
    struct cli *cli = line->cli;
    bool ascii = cli->options->ascii;
    size_t wanted = text_width(text, ascii);
    size_t room = columns && wanted > columns ? columns : wanted;
    size_t pad = columns > room ? columns - room : 0;
    size_t before = line->gap + (is_right ? pad : 0);
    line->gap = FIELD_GAP + (is_right ? 0 : pad);
    if (room == 0) {
        line->gap += before;
        return;
    }
    if (before >= line->left) { /* this field and all behind it are beyond the edge */
        line->left = 0;
        return;
    }
    line->left -= before;
    if (room > line->left)
        room = line->left;
    const char *sgr = cli->color ? sgr_of(role) : NULL;
    buffer_add_repeat(&cli->output, ' ', before);
    if (sgr)
        buffer_addf(&cli->output, "\033[%sm", sgr);
    line->left -= text_safe(text, room, ascii, &cli->output);
    if (sgr)
        buffer_addf(&cli->output, "\033[0m");
}

void cli_field(struct cli_line *line, enum role role, struct str text, size_t columns)
{
    put_field(line, role, text, columns, false);
}

void cli_field_right(struct cli_line *line, enum role role, struct str text, size_t columns)
{
    put_field(line, role, text, columns, true);
}

void cli_line_end(struct cli_line *line)
{
    buffer_add_char(&line->cli->output, '\n');
}
