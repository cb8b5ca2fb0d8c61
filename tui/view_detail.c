#include "tui/view_detail.h"

#include <math.h>
#include <string.h>
#include <time.h>

/* Everything known of one session. */
enum {
    NAME_COLUMNS = 10,
    MOMENT_AT = 10,
    ID_MOST = 4096,
    STORED_MOST = 16384,
    MESSAGE_MOST = 2048
};
#define TIME_MOST_MS 8.64e15 /* JavaScript's last moment */

static struct str at_most(struct str text, size_t len)
{
    return (struct str){text.data, text.len < len ? text.len : len};
}

void detail_gap(struct line *line)
{
    while (line->len < MOMENT_AT)
        line_add(line, STR(" "));
    line_add(line, STR("  "));
}

void detail_add_moment(struct line *line, double at_ms)
{
    struct tm tm;
    if (!(fabs(at_ms) < TIME_MOST_MS))
        return;
    time_t seconds = (time_t)floor(at_ms / 1000);
    if (!gmtime_r(&seconds, &tm))
        return;
    line_addf(line, "%04d-%02d-%02d %02d:%02d:%02d UTC", tm.tm_year + 1900, tm.tm_mon + 1,
              tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

void detail_time(struct flow *flow, const char *name, enum role role, const struct line *line,
                 int64_t before_ms)
{
    if (flow_row(flow) < 0)
        flow->pen->next_ms = before_ms;
    flow_field(flow, name, role, line_str(line));
}

void detail_since(struct flow *flow, const char *name, double at_ms, struct str what)
{
    char text[DURATION_TEXT_SIZE];
    struct line line = {.len = 0};
    int64_t before_ms = flow->pen->next_ms;
    double ms = pen_since(flow->pen, at_ms);
    if (isnan(at_ms))
        line_add(&line, STR("-"));
    else if (ms < 0)
        line_addf(&line, "in %s", pen_remaining(flow->pen, at_ms, text));
    else
        line_addf(&line, "%s ago", pen_elapsed(flow->pen, at_ms, text));
    pen_changes_in(flow->pen, ms < 0 ? (int64_t)fmin(-ms, TIME_MOST_MS) : INT64_MAX);
    if (what.len > 0) {
        detail_gap(&line);
        line_add(&line, what);
    }
    detail_time(flow, name, ROLE_TEXT, &line, before_ms);
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

/* A time of the entry, or what stands there instead. */
static void draw_since(struct flow *flow, const char *name, double at_ms, struct str raw)
{
    struct line line = {.len = 0};
    if (isnan(at_ms)) {
        add_raw(&line, raw);
        flow_field(flow, name, ROLE_TEXT, line_str(&line));
        return;
    }
    detail_add_moment(&line, at_ms);
    detail_since(flow, name, at_ms, line_str(&line));
}

static void draw_ttl(struct flow *flow, const struct entry *entry)
{
    char text[DURATION_TEXT_SIZE];
    struct line line = {.len = 0};
    double ttl_ms = entry_idle_ttl_ms(entry);
    if (isnan(ttl_ms))
        add_raw(&line, entry->is_odd ? entry->odd->idle_ttl : (struct str){0});
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
    if (isnan(ends_at_ms)) {
        line_add(&line, STR("never: its times are not numbers"));
    } else {
        (void)pen_time_left(pen, entry, text);
        pen_changes_at_end(pen, entry);
        line_addf(&line, is_past ? "%s ago" : "in %s", text + (text[0] == '-'));
        detail_gap(&line);
        detail_add_moment(&line, ends_at_ms);
    }
    detail_time(flow, "ends", is_past ? ROLE_OVERDUE : ROLE_TEXT, &line, next_ms);
}

/* What the server's GC does to it next, and when. */
static void draw_gc(struct flow *flow, const struct entry *entry, const struct slot *slot)
{
    struct line line = {.len = 0};
    struct pen *pen = flow->pen;
    int64_t before_ms = pen->next_ms;
    double gc_ms = view_gc_of_entry_ms(pen, entry);
    if (isnan(gc_ms))
        return;
    (void)pen_add_gc(pen, &line, "in", gc_ms);
    detail_gap(&line);
    if (!entry_is_live(entry)) {
        line_add(&line, STR("removes the entry"));
    } else {
        line_add(&line, STR("expires it"));
        if (slot && slot->holder_count == 1) {
            line_add(&line, STR(": frees slot "));
            line_add(&line, slot->label);
        }
    }
    detail_time(flow, "GC", ROLE_TEXT, &line, before_ms);
}

static void draw_state(struct flow *flow, const struct entry *entry, size_t index)
{
    struct line line = {.len = 0};
    enum session_view view = model_view(flow->pen->model, index);
    const char *word = session_view_name(view);
    const char *stored = entry_state_name((enum entry_state)entry->state);
    line_addf(&line, "%s: %s", word, view_meaning(view));
    if (entry->is_odd && entry->odd->state.data) {
        line_add(&line, STR("; stored as "));
        line_add(&line, entry->odd->state);
    } else if (view != VIEW_ODD && !model_is_forgotten(flow->pen->model, index) &&
               strcmp(word, stored) != 0) {
        line_addf(&line, " (stored: %s)", stored);
    }
    int row = flow_row(flow);
    flow_field(flow, "state", ROLE_TEXT, line_str(&line));
    cells_fill(flow->pen->cells, row, flow->area.column + NAME_COLUMNS, (int)strlen(word),
               pen_role_of(flow->pen, view), '\0');
}

static void draw_agent(struct flow *flow, const struct entry *entry, const struct slot *slot)
{
    struct line line = {.len = 0};
    line_add(&line,
             entry_chat_agent_id(entry).data ? entry_chat_agent_id(entry) : STR("none stored"));
    if (slot && slot->holder_count > 1 && entry_is_live(entry))
        line_addf(&line, "   DOUBLE: %zu live sessions hold it", slot->holder_count);
    else if (slot && slot->holder_count > 0 && !entry_is_live(entry))
        line_add(&line, STR("   another session holds it now"));
    flow_field(flow, "agent", ROLE_TEXT, line_str(&line));
}

/* The agent that the entry names, and the workspace whose index has the chat. */
static void draw_workspace(struct flow *flow, const struct entry *entry, size_t index)
{
    struct line line = {.len = 0};
    const struct chat *chat = model_chat(flow->pen->model, index);
    struct str agent = entry_workspace_agent_id(entry);
    if (chat) {
        struct str name = flow->pen->view->state->around.chats.folders[chat->folder].workspace;
        line_add(&line, name);
        if (str_equal(name, agent) || model_is_forgotten(flow->pen->model, index))
            agent = (struct str){0};
        else
            line_add(&line, STR(", agent "));
    }
    if (agent.data || line.len == 0 || line.text[line.len - 1] == ' ')
        line_add(&line, agent.data ? agent : STR("none stored"));
    flow_field(flow, "workspace", ROLE_TEXT, line_str(&line));
}

/* ---- as it is stored ---- */

static void draw_stored(struct flow *flow, const struct entry *entry)
{
    enum { INDENT = 4 }; /* of an entry in the server's layout */
    struct str text = flow->pen->shown->bytes.len > 0 ? document_entry_text(flow->pen->shown, entry)
                                                      : buffer_str(&flow->pen->view->ui->stored);
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

/* ---- what is wrong with it ---- */

/* The finding is about this session: the only one of its code, or the one whose subject it is. */
static bool names(const struct pen *pen, const struct finding *finding, size_t index)
{
    const struct model *model = pen->model;
    const struct entry *entry = pen_entry(pen, index);
    size_t same = 0;
    if (!model_has_finding(model, index, str_of(finding->code)))
        return false;
    for (size_t i = 0; i < model->finding_count; i++)
        same += strcmp(model->findings[i].code, finding->code) == 0;
    return same == 1 || str_equal(finding->subject, entry_session_id(entry)) ||
           str_equal(finding->subject, entry_chat_agent_id(entry));
}

static void draw_findings(struct flow *flow, size_t index)
{
    const struct model *model = flow->pen->model;
    size_t shown = 0;
    for (size_t i = 0; i < model->finding_count; i++) {
        const struct finding *finding = &model->findings[i];
        if (!names(flow->pen, finding, index))
            continue;
        if (shown++ == 0) {
            flow_skip(flow);
            flow_title(flow, STR("Findings"));
        }
        flow_field(flow, severity_name(finding->severity),
                   finding->severity == SEVERITY_ERROR     ? ROLE_ERROR
                   : finding->severity == SEVERITY_WARNING ? ROLE_WARNING
                                                           : ROLE_TEXT,
                   at_most(finding->message, MESSAGE_MOST));
    }
}

/* ---- all of it ---- */

static void draw_entry(struct flow *flow, const struct entry *entry, const struct slot *slot,
                       size_t index)
{
    const struct entry_odd *odd = entry_odd(entry);
    struct str title = model_title(flow->pen->model, index);
    if (title.len > 0)
        flow_text(flow, 0, ROLE_HEADER, at_most(title, ID_MOST));
    flow_field(flow, "session", ROLE_TEXT, at_most(entry_session_id(entry), ID_MOST));
    draw_state(flow, entry, index);
    draw_agent(flow, entry, slot);
    draw_workspace(flow, entry, index);
    draw_since(flow, "created", entry->created_at_ms, odd ? odd->created_at : (struct str){0});
    if (!model_is_forgotten(flow->pen->model, index)) {
        draw_since(flow, "last use", entry->last_active_at_ms,
                   odd ? odd->last_active_at : (struct str){0});
        draw_ttl(flow, entry);
        draw_end(flow, entry);
        draw_gc(flow, entry, slot);
    }
    detail_draw_chat(flow, index);
    detail_draw_runs(flow, index);
    draw_findings(flow, index);
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
    size_t place = model_slot_place(pen->model, entry_chat_agent_id(entry));
    const struct slot *slot = place == SIZE_MAX ? NULL : &pen->model->slots[place];
    draw_entry(&flow, entry, slot, index);
    flow_skip(&flow);
    if (model_is_forgotten(pen->model, index)) {
        flow_text(&flow, 0, ROLE_DIM,
                  STR("The registry has no entry of it: there is nothing to change. Its chat is "
                      "still pinned to the agent."));
        return flow.line;
    }
    detail_draw_keys(&flow, entry, slot);
    flow_skip(&flow);
    draw_stored(&flow, entry);
    return flow.line;
}
