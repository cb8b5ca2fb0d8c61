#include "tui/view_parts.h"

#include "tui/key.h"

#include <string.h>

/* All findings, worst first: severity and code, the sentence, the remedy and the key for it. */
enum { SEVERITY_COLUMNS = 9, NARROW = 60, NARROW_INDENT = 2 };

static enum role role_of(enum severity severity)
{
    static const enum role roles[] = {[SEVERITY_INFO] = ROLE_DIM,
                                      [SEVERITY_WARNING] = ROLE_WARNING,
                                      [SEVERITY_ERROR] = ROLE_ERROR};
    return roles[severity];
}

/* The key that does what the remedy says to the session that the finding is about. */
static const struct command *key_for(const struct pen *pen, const struct finding *finding)
{
    static const struct str program = {"slotop ", sizeof("slotop ") - 1};
    struct str word = finding->remedy;
    if (!str_starts(word, program))
        return NULL;
    word = (struct str){word.data + program.len, word.len - program.len};
    const char *blank = memchr(word.data, ' ', word.len);
    bool is_option =
        blank &&
        str_starts((struct str){blank, word.len - (size_t)(blank - word.data)}, STR(" --"));
    word.len = blank ? (size_t)(blank - word.data) : word.len;
    const struct command *command = command_by_name(word, COMMAND_IN_SHELL);
    if (!command || is_option || !(command->flags & COMMAND_ON_SCREEN))
        return NULL;
    bool is_possible = command->flags & COMMAND_NEEDS_SESSION
                           ? !pen->view->read_only &&
                                 ui_finding_row(finding, pen->model, pen->registry) != SIZE_MAX
                           : view_can(pen, command->id);
    return is_possible ? command : NULL;
}

static bool tells_of_fallback(const struct finding *finding)
{
    return strcmp(finding->code, "fallback") == 0 || strcmp(finding->code, "stranded") == 0;
}

static void draw_remedy(struct flow *flow, int indent, const struct finding *finding)
{
    char key[KEYMAP_LABEL_SIZE];
    struct line line = {.len = 0};
    const struct command *command = key_for(flow->pen, finding);
    const struct keymap *keymap = &flow->pen->view->ui->keymap;
    if (finding->remedy.len == 0)
        return;
    line_addf(&line, "-> ");
    if (tells_of_fallback(finding))
        line_addf(&line, "%s = why it fell back. ", keymap_label(keymap, COMMAND_WHY, key));
    if (command)
        line_addf(&line, "%s = ", keymap_label(keymap, command->id, key));
    line_add(&line, finding->remedy);
    flow_text(flow, indent, ROLE_DIM, line_str(&line));
}

static void draw_finding(struct flow *flow, const struct finding *finding)
{
    struct cells *cells = flow->pen->cells;
    struct line line = {.len = 0};
    bool is_narrow = flow->area.width < NARROW;
    int indent = is_narrow ? NARROW_INDENT : SEVERITY_COLUMNS;
    const char *severity = severity_name(finding->severity);
    enum role role = role_of(finding->severity);
    int row = flow_row(flow);
    int column = flow->area.column;
    if (is_narrow) {
        line_addf(&line, "%s %s", severity, finding->code);
        flow_text(flow, 0, role, line_str(&line));
        flow_text(flow, indent, ROLE_TEXT, finding->message);
    } else {
        cells_text(cells, row, column, indent, role, str_of(severity));
        line_addf(&line, "%s  ", finding->code);
        line_add(&line, finding->message);
        flow_text(flow, indent, ROLE_TEXT, line_str(&line));
        cells_fill(cells, row, column + indent, (int)strlen(finding->code), role, '\0');
    }
    draw_remedy(flow, indent, finding);
}

int view_draw_findings(struct pen *pen, struct area area, int scroll, struct view_span *ret_cursor)
{
    struct flow flow = {.pen = pen, .area = area, .skip = scroll};
    *ret_cursor = (struct view_span){.count = 0};
    if (pen->model->finding_count == 0)
        flow_text(&flow, 0, ROLE_GOOD, STR("No findings: nothing needs you."));
    for (size_t i = 0; i < pen->model->finding_count; i++) {
        int first = flow.line;
        int row = flow_row(&flow);
        draw_finding(&flow, &pen->model->findings[i]);
        if (i != pen->view->ui->findings.at)
            continue;
        *ret_cursor = (struct view_span){(size_t)first, (size_t)(flow.line - first), 0};
        cells_text(pen->cells, row, area.column - 1, 1, ROLE_TEXT, STR(">"));
        cells_mark_row(pen->cells, row, area.column - 1, area.width + 2);
    }
    return flow.line;
}
