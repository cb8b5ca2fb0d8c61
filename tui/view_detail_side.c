#include "tui/view_detail.h"

#include <math.h>
#include <string.h>

/*
 * The detail beside the table: one line a fact, always the same facts at the same places, so that a
 * move of the cursor sends the values that differ and nothing else. What takes sentences is one key
 * away.
 */
enum { NAME_COLUMNS = 10, STATE_COLUMNS = 8, TITLE_MOST = 4096 };

static void draw_fact(struct flow *flow, const char *name, struct str text)
{
    struct cells *cells = flow->pen->cells;
    struct area area = flow->area;
    int row = flow_row(flow);
    cells_text(cells, row, area.column, NAME_COLUMNS - 1, ROLE_DIM, str_of(name));
    cells_text(cells, row, area.column + NAME_COLUMNS, area.width - NAME_COLUMNS, ROLE_TEXT, text);
    flow->line++;
}

static void draw_title(struct flow *flow, size_t index)
{
    struct str title = model_title(flow->pen->model, index);
    if (!view_knows_chats(flow->pen))
        return;
    if (title.len > TITLE_MOST)
        title.len = TITLE_MOST;
    cells_text(flow->pen->cells, flow_row(flow), flow->area.column, flow->area.width, ROLE_TEXT,
               title.len > 0 ? title : STR("(no title)"));
    flow->line++;
}

/* The state as it is derived, and the first clause of what it means. */
static void draw_state(struct flow *flow, size_t index)
{
    enum session_view view = model_view(flow->pen->model, index);
    const char *meaning = view_meaning(view);
    struct line line = {.len = 0};
    line_addf(&line, "%s: %.*s", session_view_name(view), (int)strcspn(meaning, ";"), meaning);
    draw_fact(flow, "state", line_str(&line));
}

/* What the registry has of it: its state, and its agent. */
static void draw_stored(struct flow *flow, const struct entry *entry, size_t index)
{
    struct line line = {.len = 0};
    struct str agent = entry_chat_agent_id(entry);
    if (model_is_forgotten(flow->pen->model, index))
        line_add(&line, STR("nothing"));
    else if (entry->is_odd && entry->odd->state.data)
        line_add(&line, entry->odd->state);
    else
        line_addf(&line, "%s", entry_state_name((enum entry_state)entry->state));
    while (line.len < STATE_COLUMNS)
        line_add(&line, STR(" "));
    line_add(&line, STR(" "));
    line_add(&line, agent.data ? agent : STR("no agent"));
    draw_fact(flow, "stored", line_str(&line));
}

/* What the server's GC does to it next, and when. */
static void draw_gc(struct flow *flow, const struct entry *entry)
{
    struct pen *pen = flow->pen;
    struct line line = {.len = 0};
    if (!(pen->view->state->around.known & PART_SERVER))
        return;
    if (flow_row(flow) >= 0)
        (void)pen_add_gc(pen, &line, entry_is_live(entry) ? "expires it in" : "removes it in",
                         view_gc_of_entry_ms(pen, entry));
    draw_fact(flow, "GC", line.len > 0 ? line_str(&line) : STR("-"));
}

static void add_key(struct pen *pen, enum command_id id, struct line *line)
{
    char key[KEYMAP_LABEL_SIZE];
    if (view_can(pen, id))
        line_addf(line, "%s%s %s", line->len > 0 ? "  " : "",
                  keymap_label(&pen->view->ui->keymap, id, key), command_by_id(id)->label);
}

/* What can be done to it. What it allows in any state comes first, so that little changes. What a
 * wipe took has no entry, but can be brought back. */
static void draw_keys(struct flow *flow)
{
    struct line line = {.len = 0};
    add_key(flow->pen, COMMAND_RELEASE, &line);
    add_key(flow->pen, COMMAND_EXPIRE, &line);
    add_key(flow->pen, COMMAND_PURGE, &line);
    add_key(flow->pen, COMMAND_IDLE, &line);
    if (line.len == 0)
        add_key(flow->pen, COMMAND_RESTORE, &line);
    draw_fact(flow, "keys", line.len > 0 ? line_str(&line) : STR("-"));
}

/* What the end of its hold brings about; where keys are about what is tagged, that. */
static void draw_end(struct flow *flow, const struct entry *entry, const struct slot *slot)
{
    const struct view *view = flow->pen->view;
    struct line line = {.len = 0};
    if (ui_acts_on_tags(view->ui) && !view->read_only && !view->is_frozen) {
        line_addf(&line, "act on what is tagged: %zu", view->ui->tags.marked);
        draw_fact(flow, "", line_str(&line));
        return;
    }
    if (!slot || !entry_is_live(entry)) {
        line_add(&line, STR("frees no slot"));
    } else if (slot->holder_count > 1) {
        line_addf(&line, "frees no slot: %zu more on it", slot->holder_count - 1);
    } else {
        line_add(&line, STR("frees slot "));
        line_add(&line, slot->label);
    }
    draw_fact(flow, "its end", line_str(&line));
}

/* The worst finding that names it, by its code, and how many more codes there are. */
static void draw_findings(struct flow *flow, size_t index)
{
    const struct model *model = flow->pen->model;
    size_t more = 0;
    struct line line = {.len = 0};
    for (size_t i = 0; i < model->finding_count; i++) {
        const char *code = model->findings[i].code;
        bool is_new = i == 0 || strcmp(model->findings[i - 1].code, code) != 0;
        if (!is_new || !model_has_finding(model, index, str_of(code)))
            continue;
        more += line.len > 0;
        if (line.len == 0)
            line_add(&line, str_of(code));
    }
    if (more > 0)
        line_addf(&line, " +%zu", more);
    draw_fact(flow, "findings", line.len > 0 ? line_str(&line) : STR("none"));
}

void view_draw_side_detail(struct pen *pen, struct area area)
{
    size_t index;
    struct flow flow = {.pen = pen, .area = area};
    const struct entry *entry = pen_selected(pen, &index);
    if (!entry) {
        flow_text(&flow, 0, ROLE_DIM, STR("No session selected."));
        return;
    }
    size_t place = model_slot_place(pen->model, entry_chat_agent_id(entry));
    const struct slot *slot = place == SIZE_MAX ? NULL : &pen->model->slots[place];
    draw_title(&flow, index);
    draw_fact(&flow, "session", entry_session_id(entry));
    draw_state(&flow, index);
    draw_stored(&flow, entry, index);
    draw_findings(&flow, index);
    draw_gc(&flow, entry);
    draw_keys(&flow);
    draw_end(&flow, entry, slot);
}
