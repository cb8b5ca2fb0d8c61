#include "tui/view_parts.h"

#include <string.h>

enum { MESSAGE_MOST = 800 };

/* "w" with what it does: "w = why." */
static void add_key(const struct pen *pen, struct line *line, enum command_id id, const char *does)
{
    char key[KEYMAP_LABEL_SIZE];
    line_addf(line, "%s%s", keymap_label(&pen->view->ui->keymap, id, key), does);
}

/* The way out of a file that the server cannot read: ours, where there is a copy. */
static void add_way_out(const struct pen *pen, struct line *line, const char *without)
{
    if (view_can(pen, COMMAND_RESTORE))
        add_key(pen, line, COMMAND_RESTORE, " = put the last good copy in its place.");
    else
        line_addf(line, "%s", without);
}

/* What the last look at the file means to the server, for texts that it or we cannot use. */
static void add_trouble(const struct pen *pen, struct line *line)
{
    const struct document *document = &pen->view->state->document;
    switch (document->state) {
    case DOCUMENT_TORN:
        line_add(line, STR("The registry is torn: the server takes it as empty, and its next new "
                           "chat wipes it. "));
        add_way_out(pen, line, "Put a good copy back before a chat starts.");
        break;
    case DOCUMENT_MALFORMED:
        line_add(line, STR("The registry is malformed: new chats get no slot, nothing expires. "));
        add_way_out(pen, line, "Mend the file, or put a good copy back.");
        break;
    case DOCUMENT_UNREADABLE:
        line_add(line, STR("The registry cannot be read; a server that cannot either takes it as "
                           "empty. Look at its owner and mode."));
        break;
    case DOCUMENT_OK:
    case DOCUMENT_MISSING:
        return;
    }
    if (pen->shown && pen->shown != document && pen->registry->count > 0)
        line_add(line, STR(" Shown: the last good rows; no changes."));
    line_addf(line, " (%s)", document->trouble);
}

/* What one save took away. */
static void add_wipe(const struct pen *pen, struct line *line)
{
    const struct wipe *wipe = &pen->view->state->wipe;
    line_addf(line,
              "WIPED: %zu of %zu entries went at once, as when the server takes a torn file as "
              "empty. ",
              wipe->lost, wipe->entries);
    if (view_can(pen, COMMAND_RESTORE)) {
        add_key(pen, line, COMMAND_RESTORE, " = bring them back, ");
        add_key(pen, line, COMMAND_DISMISS, " = dismiss. What came since stays.");
    } else if (pen->view->state->has_copy) {
        line_add(line, STR("'slotop restore' brings them back."));
    } else {
        line_add(line, STR("Put a good copy of the file back."));
    }
}

/* The alarm of lost content where there is little room: the key first. */
static bool add_alarm(const struct pen *pen, bool will_be_cut, struct line *line)
{
    const struct state *state = pen->view->state;
    bool is_wiped = state->is_wiped && state->document.has_registry;
    if (will_be_cut && view_can(pen, COMMAND_RESTORE))
        add_key(pen, line, COMMAND_RESTORE, is_wiped ? " = bring back: " : " = put back: ");
    if (is_wiped)
        add_wipe(pen, line);
    else if (state->document.state != DOCUMENT_OK && state->document.state != DOCUMENT_MISSING)
        add_trouble(pen, line);
    return line->len > 0;
}

/* Adds what a key does about it, where one does. */
static bool add_key_hint(const struct pen *pen, const struct finding *finding, struct line *line)
{
    static const struct {
        const char *code;
        enum command_id command;
        const char *does;
    } hints[] = {
        {"pool-full", COMMAND_DETAIL, " = look at a holder before you free its slot."},
        {"stranded", COMMAND_WHY, " = why."},
        {"fallback", COMMAND_WHY, " = why."},
        {"gc-stopped", COMMAND_EXPIRE, " = expire."},
        {"double-booked", COMMAND_EXPIRE, " on one of them = expire."},
        {"orphan-slot", COMMAND_EXPIRE, " = expire."},
        {"odd-entry", COMMAND_DETAIL, " = look at it."},
        {"ghost", COMMAND_RELEASE, " = release."},
        {"workspace-gone", COMMAND_RELEASE, " = release."},
        {"idle-hoard", COMMAND_EXPIRE, " on one = expire."},
    };
    for (size_t i = 0; i < sizeof(hints) / sizeof(hints[0]); i++) {
        bool changes = command_by_id(hints[i].command)->flags & COMMAND_CHANGES;
        if (strcmp(finding->code, hints[i].code) != 0 || (changes && pen->view->read_only))
            continue;
        add_key(pen, line, hints[i].command, hints[i].does);
        return true;
    }
    return false;
}

static bool is_of_pool(const struct finding *finding)
{
    return strcmp(finding->code, "pool-empty") == 0 || strcmp(finding->code, "pool-retired") == 0 ||
           strcmp(finding->code, "config-not-strict") == 0 ||
           strcmp(finding->code, "config-entry-invalid") == 0;
}

const struct finding *view_pool_finding(const struct pen *pen)
{
    for (size_t i = 0; i < pen->model->finding_count; i++) {
        if (is_of_pool(&pen->model->findings[i]))
            return &pen->model->findings[i];
    }
    return NULL;
}

/* The worst one that the screen does not tell elsewhere. */
static const struct finding *worst(const struct pen *pen)
{
    for (size_t i = 0; pen->model && i < pen->model->finding_count; i++) {
        const struct finding *finding = &pen->model->findings[i];
        if (finding->severity != SEVERITY_INFO && !is_of_pool(finding))
            return finding;
    }
    return NULL;
}

/* So much of a sentence that what to press has room behind it. */
static void add_message(struct line *line, struct str message)
{
    size_t len = message.len < MESSAGE_MOST ? message.len : MESSAGE_MOST;
    while (len > 0 && len < message.len && ((unsigned char)message.data[len] & 0xC0) == 0x80)
        len--;
    line_add(line, (struct str){message.data, len});
    if (len < message.len)
        line_add(line, STR("..."));
}

bool view_finding(const struct pen *pen, bool will_be_cut, struct line *ret_line,
                  enum role *ret_role)
{
    ret_line->len = 0;
    *ret_role = ROLE_ERROR;
    if (add_alarm(pen, will_be_cut, ret_line))
        return true;
    const struct finding *finding = worst(pen);
    if (!finding)
        return false;
    *ret_role = finding->severity == SEVERITY_ERROR ? ROLE_ERROR : ROLE_WARNING;
    if (will_be_cut)
        line_addf(ret_line, "%s: ", finding->code);
    add_message(ret_line, finding->message);
    line_add(ret_line, STR("  "));
    bool has_hint = add_key_hint(pen, finding, ret_line);
    size_t count = pen->model->finding_count;
    if (count > 1) {
        line_addf(ret_line, "%s", has_hint ? " " : "");
        add_key(pen, ret_line, COMMAND_FINDINGS, " = all ");
        line_addf(ret_line, "%zu.", count);
    } else if (!has_hint) {
        add_key(pen, ret_line, COMMAND_FINDINGS, " = what to do.");
    }
    return true;
}

void view_draw_finding(struct pen *pen, struct area area)
{
    enum { INDENT = 3 };
    struct line line;
    enum role role;
    if (area.height < 1)
        return;
    int pressure = view_pressure_width(pen, area.width);
    view_draw_pressure(pen, area);
    if (!view_finding(pen, false, &line, &role))
        return;
    area.width -= 1 + pressure;
    if (area.height == 1 &&
        !text_fits(line_str(&line), (size_t)(area.width - INDENT), pen->cells->ascii))
        (void)view_finding(pen, true, &line, &role);
    struct flow flow = {.pen = pen, .area = area, .is_cut_last = true};
    cells_text(pen->cells, area.row, area.column + 1, 1, role, STR("!"));
    flow_text(&flow, INDENT, role, line_str(&line));
}
