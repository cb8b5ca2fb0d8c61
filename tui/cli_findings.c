#include "tui/cli_findings.h"

#include "tui/cli_print.h"
#include "tui/json_out.h"
#include "tui/text.h"

enum { SEVERITY_COLUMNS = 7 };

void cli_json_findings(const struct model *model, struct buffer *json)
{
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

static enum role severity_role(enum severity severity)
{
    static const enum role roles[] = {[SEVERITY_INFO] = ROLE_TEXT,
                                      [SEVERITY_WARNING] = ROLE_WARNING,
                                      [SEVERITY_ERROR] = ROLE_ERROR};
    return roles[severity];
}

/* Takes as many whole words off *rest as fit into `columns`, at least one. */
static struct str take_words(struct str *rest, size_t columns, bool ascii)
{
    struct str taken = {rest->data, 0};
    for (size_t at = 0; at <= rest->len; at++) {
        if (at < rest->len && rest->data[at] != ' ')
            continue;
        if (taken.len > 0 && !text_fits((struct str){rest->data, at}, columns, ascii))
            break;
        taken.len = at;
    }
    size_t used = taken.len < rest->len ? taken.len + 1 : rest->len;
    rest->data += used;
    rest->len -= used;
    return taken;
}

/* The text as the last field of a line, and of as many indented lines as it takes. */
static void print_wrapped(struct cli_line *line, enum role role, struct str text)
{
    struct cli *cli = line->cli;
    for (;;) {
        size_t room = line->left > line->gap ? line->left - line->gap : 0;
        cli_field(line, role, take_words(&text, room, cli->options->ascii), 0);
        cli_line_end(line);
        if (text.len == 0)
            return;
        cli_line_start(line, cli);
        cli_field(line, ROLE_TEXT, STR(""), SEVERITY_COLUMNS);
    }
}

static void print_finding(struct cli *cli, const struct finding *finding)
{
    struct cli_line line;
    struct buffer remedy = {0};
    cli_line_start(&line, cli);
    cli_field(&line, severity_role(finding->severity), str_of(severity_name(finding->severity)),
              SEVERITY_COLUMNS);
    cli_field(&line, ROLE_COLUMN, str_of(finding->code), 0);
    print_wrapped(&line, ROLE_TEXT, finding->message);
    if (finding->remedy.len == 0)
        return;
    buffer_add_str(&remedy, STR("-> "));
    buffer_add_str(&remedy, finding->remedy);
    cli->output.failed |= remedy.failed;
    cli_line_start(&line, cli);
    cli_field(&line, ROLE_TEXT, STR(""), SEVERITY_COLUMNS);
    print_wrapped(&line, ROLE_DIM, buffer_str(&remedy));
    buffer_done(&remedy);
}

void cli_print_findings(struct cli *cli)
{
    const struct model *model = &cli->state->model;
    for (size_t i = 0; i < model->finding_count; i++)
        print_finding(cli, &model->findings[i]);
}
