#include "tui/view_parts.h"

#include <ctype.h>
#include <string.h>

enum {
    MESSAGE_MOST = 800,
    INDENT = 3,
    STEP = 4,             /* bytes by which a sentence is cut that has too little room */
    LINE_WITH_A_KEY = 30, /* columns of a single line that has room for words and a key */
};

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
        line_add(line, STR("The registry is torn: the next new chat wipes it. "));
        add_way_out(pen, line, "Put a good copy back before a chat starts.");
        line_add(line, STR(" To the server it is empty."));
        break;
    case DOCUMENT_MALFORMED:
        line_add(line, STR("The registry is malformed: new chats get no slot, nothing expires. "));
        add_way_out(pen, line, "Mend the file, or put a good copy back.");
        break;
    case DOCUMENT_UNREADABLE:
        line_addf(line,
                  "The registry cannot be read: %s. A server that cannot either takes it as "
                  "empty.",
                  document->trouble);
        break;
    case DOCUMENT_OK:
    case DOCUMENT_MISSING:
        return;
    }
    if (pen->shown && pen->shown != document && pen->registry->count > 0)
        line_add(line, STR(" Shown: the last good rows; no changes."));
    if (document->state != DOCUMENT_UNREADABLE)
        line_addf(line, " (%s)", document->trouble);
}

/* What one save took away. */
static void add_wipe(const struct pen *pen, struct line *line)
{
    const struct wipe *wipe = &pen->view->state->wipe;
    bool is_gone = pen->view->state->document.state == DOCUMENT_MISSING;
    if (is_gone)
        line_addf(line, "GONE: the registry's file, with %zu entries. ", wipe->entries);
    else
        line_addf(line, "WIPED: %zu of %zu entries went at once. ", wipe->lost, wipe->entries);
    if (view_can(pen, COMMAND_RESTORE)) {
        add_key(pen, line, COMMAND_RESTORE, " = bring them back, ");
        add_key(pen, line, COMMAND_DISMISS, " = dismiss; what came since stays.");
    } else if (pen->view->state->has_copy) {
        line_add(line, STR("'slotop restore' brings them back."));
    } else {
        line_add(line, STR("Put a good copy of the file back."));
    }
    if (!is_gone)
        line_add(line, STR(" A server does that which takes a torn file as empty."));
}

static bool has_wipe(const struct pen *pen)
{
    return pen->view->state->is_wiped && pen->view->state->document.has_registry;
}

/* Content is lost, or soon will be: that comes before all findings. */
static bool has_alarm(const struct pen *pen)
{
    enum document_state state = pen->view->state->document.state;
    return has_wipe(pen) || (state != DOCUMENT_OK && state != DOCUMENT_MISSING);
}

/* Where there is little room the key first. */
static void add_alarm(const struct pen *pen, bool is_line, struct line *line)
{
    if (is_line && view_can(pen, COMMAND_RESTORE))
        add_key(pen, line, COMMAND_RESTORE, has_wipe(pen) ? " = bring back: " : " = put back: ");
    if (has_wipe(pen))
        add_wipe(pen, line);
    else
        add_trouble(pen, line);
}

/* Adds what a key does about it, where one does. */
static bool add_key_hint(const struct pen *pen, const struct finding *finding, struct line *line)
{
    static const struct {
        const char *code;
        enum command_id command;
        const char *does;
    } hints[] = {
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

/* Over a slow line "0 free" in the first line is enough: a sentence that comes and goes with the
 * last slot would cost more than all else that changes then. */
static bool is_of_full_pool(const struct finding *finding)
{
    return strcmp(finding->code, "pool-full") == 0 || strcmp(finding->code, "idle-hoard") == 0;
}

/* The worst one that the screen does not tell elsewhere. */
static const struct finding *worst(const struct pen *pen)
{
    for (size_t i = 0; pen->model && i < pen->model->finding_count; i++) {
        const struct finding *finding = &pen->model->findings[i];
        if (finding->severity != SEVERITY_INFO && !is_of_pool(finding) &&
            !(pen->view->is_slow && is_of_full_pool(finding)))
            return finding;
    }
    return NULL;
}

/* So much of a sentence, up to a word's end. */
static void add_message(struct line *line, struct str message, size_t most)
{
    size_t len = message.len < most ? message.len : most;
    while (len > 0 && len < message.len && message.data[len] != ' ')
        len--;
    line_add(line, (struct str){message.data, len});
    if (len < message.len)
        line_add(line, STR("..."));
}

/* The key that leads to all of them. */
static void add_all(const struct pen *pen, struct line *line)
{
    size_t count = pen->model->finding_count;
    add_key(pen, line, COMMAND_FINDINGS, count > 1 ? " = all " : " = advice.");
    if (count > 1)
        line_addf(line, "%zu.", count);
}

/* So much of what it says, and all of what to press. */
static void add_finding(const struct pen *pen, const struct finding *finding, size_t most,
                        struct line *line)
{
    add_message(line, finding->headline, most);
    line_add(line, STR("  "));
    bool has_hint = add_key_hint(pen, finding, line);
    if (has_hint && (pen->model->finding_count == 1 || pen->view->is_slow))
        return;
    line_addf(line, "%s", has_hint ? " " : "");
    add_all(pen, line);
}

static enum role role_of(const struct finding *finding)
{
    return finding && finding->severity != SEVERITY_ERROR ? ROLE_WARNING : ROLE_ERROR;
}

bool view_finding(const struct pen *pen, struct line *ret_line, enum role *ret_role)
{
    const struct finding *finding = has_alarm(pen) ? NULL : worst(pen);
    ret_line->len = 0;
    *ret_role = role_of(finding);
    if (has_alarm(pen))
        add_alarm(pen, false, ret_line);
    else if (finding)
        add_finding(pen, finding, MESSAGE_MOST, ret_line);
    return ret_line->len > 0;
}

/* "Pool full: ..." of pool-full begins with the word for it. */
static bool begins_with_code(const struct finding *finding)
{
    size_t len = strlen(finding->code);
    bool is_same = finding->headline.len > len;
    for (size_t i = 0; is_same && i < len; i++) {
        char letter = finding->code[i] == '-' ? ' ' : finding->code[i];
        is_same = tolower((unsigned char)finding->headline.data[i]) == letter;
    }
    return is_same;
}

/* A single line has a word for it, as much of the sentence as there is room for, and a key. */
static void draw_single(struct pen *pen, struct area area, const struct finding *finding)
{
    struct line line = {.len = 0}, key = {.len = 0};
    int at = area.column + INDENT, width = area.width - INDENT, room = width;
    if (!begins_with_code(finding))
        line_addf(&line, "%s: ", finding->code);
    add_message(&line, finding->headline, MESSAGE_MOST);
    if (width >= LINE_WITH_A_KEY) {
        add_all(pen, &key);
        room -= 1 + (int)text_width(line_str(&key), pen->cells->ascii);
    }
    cells_text(pen->cells, area.row, at, room, role_of(finding), line_str(&line));
    cells_right(pen->cells, area.row, at, width, role_of(finding), line_str(&key));
}

/* What has no room as a whole is cut, but not what to press. */
static void cut(const struct pen *pen, struct area area, struct line *line)
{
    const struct finding *finding = has_alarm(pen) ? NULL : worst(pen);
    int width = area.width - INDENT;
    if (!finding && area.height == 1) {
        line->len = 0;
        add_alarm(pen, true, line);
    }
    for (size_t most = line->len; finding && width > 0 && most > STEP &&
                                  view_text_lines(pen, width, line_str(line)) > area.height;) {
        most -= STEP;
        line->len = 0;
        add_finding(pen, finding, most, line);
    }
}

void view_draw_finding(struct pen *pen, struct area area)
{
    struct line line;
    enum role role;
    if (area.height < 1)
        return;
    int pressure = view_pressure_width(pen, area.width);
    view_draw_pressure(pen, area);
    if (!view_finding(pen, &line, &role))
        return;
    area.width -= 1 + pressure;
    cells_text(pen->cells, area.row, area.column + 1, 1, role, STR("!"));
    bool is_whole = view_text_lines(pen, area.width - INDENT, line_str(&line)) <= area.height;
    if (!is_whole && area.height == 1 && !has_alarm(pen)) {
        draw_single(pen, area, worst(pen));
        return;
    }
    if (!is_whole)
        cut(pen, area, &line);
    struct flow flow = {.pen = pen, .area = area, .is_cut_last = true};
    flow_text(&flow, INDENT, role, line_str(&line));
}
