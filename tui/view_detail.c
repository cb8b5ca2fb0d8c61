#include "tui/view_parts.h"

#include "tui/key.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* Everything known of one session, and what the keys would do to it. */
enum { NAME_COLUMNS = 10, MOMENT_AT = 10, ID_MOST = 4096, STORED_MOST = 16384 };
#define TIME_MOST_MS 8.64e15 /* JavaScript's last moment */

static struct str at_most(struct str text, size_t len)
{
    return (struct str){text.data, text.len < len ? text.len : len};
}

/* Puts what follows at its place in the line: it stays there when the span before it changes. */
static void add_gap(struct line *line)
{
    while (line->len < MOMENT_AT)
        line_add(line, STR(" "));
    line_add(line, STR("  "));
}

/* The exact moment: what one looks for in logs. */
static void add_moment(struct line *line, double at_ms)
{
    struct tm tm;
    if (!(fabs(at_ms) < TIME_MOST_MS))
        return;
    time_t seconds = (time_t)floor(at_ms / 1000);
    if (!gmtime_r(&seconds, &tm))
        return;
    add_gap(line);
    line_addf(line, "%04d-%02d-%02d %02d:%02d:%02d UTC", tm.tm_year + 1900, tm.tm_mon + 1,
              tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

static void add_raw(struct line *line, struct str raw)
{
    if (raw.data) {
        line_add(line, STR("stored as "));
        line_add(line, raw);
    } else {
        line_add(line, STR("none stored"));
    }
}

/* Draws a line that begins with a span; only where that is visible does it matter when it reads
 * differently, else what was noted before it stands. */
static void flow_time(struct flow *flow, const char *name, enum role role, const struct line *line,
                      int64_t next_before_ms)
{
    if (flow_row(flow) < 0)
        flow->pen->next_ms = next_before_ms;
    flow_field(flow, name, role, line_str(line));
}

static void draw_since(struct flow *flow, const char *name, double at_ms, struct str raw)
{
    char text[DURATION_TEXT_SIZE];
    struct line line = {.len = 0};
    int64_t next_ms = flow->pen->next_ms;
    double ms = pen_since(flow->pen, at_ms);
    if (isnan(at_ms))
        add_raw(&line, raw);
    else if (ms < 0)
        line_addf(&line, "in %s", pen_remaining(flow->pen, at_ms, text));
    else
        line_addf(&line, "%s ago", pen_elapsed(flow->pen, at_ms, text));
    pen_changes_in(flow->pen, ms < 0 ? (int64_t)fmin(-ms, TIME_MOST_MS) : INT64_MAX);
    add_moment(&line, at_ms);
    flow_time(flow, name, ROLE_TEXT, &line, next_ms);
}

static void draw_ttl(struct flow *flow, const struct entry *entry)
{
    char text[DURATION_TEXT_SIZE];
    struct line line = {.len = 0};
    double ttl_ms = entry->idle_ttl_ms;
    if (isnan(ttl_ms))
        add_raw(&line, entry->odd ? entry->odd->idle_ttl : (struct str){0});
    else if (ttl_ms < 1000)
        line_addf(&line, "%.0f ms", ttl_ms);
    else
        line_addf(&line, "%s", duration_elapsed(ttl_ms, text));
    flow_field(flow, "TTL", ROLE_TEXT, line_str(&line));
}

static void draw_end(struct flow *flow, const struct entry *entry)
{
    char text[DURATION_TEXT_SIZE];
    struct line line = {.len = 0};
    struct pen *pen = flow->pen;
    double ends_at_ms = entry_expires_at_ms(entry);
    int64_t next_ms = pen->next_ms;
    bool is_past = pen_until(pen, ends_at_ms) < 0;
    if (!entry_is_live(entry))
        return;
    (void)pen_time_left(pen, entry, text);
    if (isnan(ends_at_ms)) {
        line_add(&line, STR("never: its times are not numbers"));
    } else if (is_past) {
        line_addf(&line, "%s ago", text + (text[0] == '-'));
        add_gap(&line);
        line_add(&line, STR("the next GC expires it"));
    } else {
        line_addf(&line, "in %s", text);
        add_moment(&line, ends_at_ms);
    }
    flow_time(flow, "ends", is_past ? ROLE_OVERDUE : ROLE_TEXT, &line, next_ms);
}

static void draw_state(struct flow *flow, const struct entry *entry, size_t index)
{
    struct line line = {.len = 0};
    enum session_view view = model_view(flow->pen->model, index);
    const char *word = session_view_name(view);
    const char *stored = entry_state_name((enum entry_state)entry->state);
    line_addf(&line, "%s: %s", word, view_meaning(view));
    if (entry->odd && entry->odd->state.data) {
        line_add(&line, STR("; stored as "));
        line_add(&line, entry->odd->state);
    } else if (view != VIEW_ODD && strcmp(word, stored) != 0) {
        line_addf(&line, " (stored: %s)", stored);
    }
    int row = flow_row(flow);
    flow_field(flow, "state", ROLE_TEXT, line_str(&line));
    cells_fill(flow->pen->cells, row, flow->area.column + NAME_COLUMNS, (int)strlen(word),
               view_role_of(view), '\0');
}

static void draw_agent(struct flow *flow, const struct entry *entry, const struct slot *slot)
{
    struct line line = {.len = 0};
    line_add(&line, entry->chat_agent_id.data ? entry->chat_agent_id : STR("none stored"));
    if (slot && slot->holder_count > 1 && entry_is_live(entry))
        line_addf(&line, "   DOUBLE: %zu live sessions hold it", slot->holder_count);
    else if (slot && slot->holder_count > 0 && !entry_is_live(entry))
        line_add(&line, STR("   another session holds it now"));
    flow_field(flow, "agent", ROLE_TEXT, line_str(&line));
    struct str workspace = entry->workspace_agent_id;
    flow_field(flow, "workspace", ROLE_TEXT, workspace.data ? workspace : STR("none stored"));
}

/* ---- what the keys would do ---- */

static void add_slot(struct line *line, const struct slot *slot)
{
    line_add(line, STR("slot "));
    line_add(line, slot->label);
}

/* What ending a hold brings about: the server looks only at live entries when it gives slots to
 * new chats, and never moves a chat that runs. */
static void add_end_of_hold(struct line *line, const struct entry *entry, const struct slot *slot)
{
    if (slot && slot->holder_count > 1) {
        add_slot(line, slot);
        line_addf(line, " stays held by %zu more; this chat stays pinned to it.",
                  slot->holder_count - 1);
    } else if (slot) {
        add_slot(line, slot);
        line_add(line, STR(" is free for the next new chat. This chat stays pinned to it: if it "
                           "goes on, the two share one agent."));
    } else {
        line_add(line, STR("frees no slot of this pool; this chat stays on "));
        line_add(line, entry->chat_agent_id.data ? entry->chat_agent_id : STR("its agent"));
        line_add(line, STR("."));
    }
}

static void add_consequence(struct line *line, enum command_id id, const struct entry *entry,
                            const struct slot *slot)
{
    switch ((unsigned)id) {
    case COMMAND_IDLE:
        line_add(line,
                 entry_is_live(entry) ? STR("keeps ") : STR("makes the entry live: it takes "));
        if (slot)
            add_slot(line, slot);
        else
            line_add(line, STR("its agent"));
        line_add(line, STR(": idle holds it just as active does, until the TTL ends."));
        break;
    case COMMAND_EXPIRE:
        add_end_of_hold(line, entry, slot);
        line_add(line, STR(" The entry stays, as expired; GC never removes it."));
        break;
    case COMMAND_RELEASE:
        if (entry_is_live(entry))
            line_add(line, STR("does the same, and the next GC removes the entry."));
        else
            line_add(line, STR("frees nothing: it holds no slot. The next GC removes the entry."));
        break;
    case COMMAND_PURGE:
        line_add(line, entry->state == STATE_DELETED
                           ? STR("removes the entry now; the next GC would.")
                           : STR("removes the entry; the server never would."));
        break;
    default:
        break;
    }
}

static void draw_consequences(struct flow *flow, const struct entry *entry, const struct slot *slot)
{
    struct pen *pen = flow->pen;
    size_t shown = 0;
    flow_title(flow, STR("What the keys do"));
    flow->name_role = ROLE_KEY;
    for (size_t i = 0; i < command_count; i++) {
        const struct command *command = &commands[i];
        char key[KEY_NAME_SIZE];
        char name[KEY_NAME_SIZE + 16];
        struct line line = {.len = 0};
        bool is_about_it =
            command->flags & COMMAND_CHANGES && command->flags & COMMAND_NEEDS_SESSION;
        if (!is_about_it || !(command->flags & COMMAND_ON_SCREEN) || !view_can(pen, command->id))
            continue;
        (void)snprintf(name, sizeof(name), "%s %.12s", key_label(command->keys[0], key),
                       command->label);
        add_consequence(&line, command->id, entry, slot);
        flow_field(flow, name, ROLE_TEXT, line_str(&line));
        shown++;
    }
    flow->name_role = ROLE_DIM;
    if (shown == 0)
        flow_text(flow, 0, ROLE_DIM,
                  pen->view->read_only
                      ? STR("Nothing: READ-ONLY.")
                      : STR("Nothing: a registry in this state is not written to."));
}

/* ---- as it is stored ---- */

static void draw_stored(struct flow *flow, const struct entry *entry)
{
    enum { INDENT = 4 }; /* of an entry in the server's layout */
    struct str text = document_entry_text(flow->pen->shown, entry);
    struct str rest = at_most(text, STORED_MOST);
    flow_title(flow, STR("Stored"));
    while (rest.len > 0) {
        size_t len = 0;
        while (len < rest.len && rest.data[len] != '\n')
            len++;
        size_t indent = 0;
        while (indent < INDENT && indent < len && rest.data[indent] == ' ')
            indent++;
        flow_text(flow, 0, ROLE_DIM, (struct str){rest.data + indent, len - indent});
        len += len < rest.len;
        rest = (struct str){rest.data + len, rest.len - len};
    }
    if (text.len > STORED_MOST) {
        struct line line = {.len = 0};
        line_addf(&line, "(%zu bytes more)", text.len - STORED_MOST);
        flow_text(flow, 0, ROLE_DIM, line_str(&line));
    }
}

int view_draw_detail(struct pen *pen, struct area area, int scroll)
{
    struct flow flow = {.pen = pen,
                        .area = area,
                        .skip = scroll,
                        .name_columns = NAME_COLUMNS,
                        .name_role = ROLE_DIM};
    size_t index;
    const struct entry *entry = pen_selected(pen, &index);
    if (!entry) {
        flow_text(&flow, 0, ROLE_DIM, STR("No session selected."));
        return flow.line;
    }
    size_t place = rows_slot_place(pen->model, entry->chat_agent_id);
    const struct slot *slot = place == SIZE_MAX ? NULL : &pen->model->slots[place];
    const struct entry_odd *odd = entry->odd;
    /* Its end changes the words, and with them the place of all lines below. */
    pen_changes_at_end(pen, entry);
    flow_field(&flow, "session", ROLE_TEXT, at_most(entry->session_id, ID_MOST));
    draw_state(&flow, entry, index);
    draw_agent(&flow, entry, slot);
    draw_since(&flow, "created", entry->created_at_ms, odd ? odd->created_at : (struct str){0});
    draw_since(&flow, "last use", entry->last_active_at_ms,
               odd ? odd->last_active_at : (struct str){0});
    draw_ttl(&flow, entry);
    draw_end(&flow, entry);
    flow_skip(&flow);
    draw_consequences(&flow, entry, slot);
    flow_skip(&flow);
    draw_stored(&flow, entry);
    return flow.line;
}
