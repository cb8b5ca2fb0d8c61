#include "tui/view_parts.h"

#include "tui/event_words.h"

#include <math.h>

/* What wide screens have room for: how hard the pool was pressed, the sum of the table, why the
 * newest fallback is one. */
enum { GAP = 3, MARGIN = 2, SUMMARY_LEAST = 2 };

static const char *time_of(struct pen *pen, double at_ms, char text[EVENT_TIME_SIZE])
{
    int64_t changes_in_ms;
    const char *words = event_words_time(at_ms, pen->view->now_ms, text, &changes_in_ms);
    pen_changes_in(pen, changes_in_ms);
    return words;
}

/* Once it is over: while it is full an alarm says so. */
static void add_full(struct pen *pen, struct line *line, const struct pressure *pressure)
{
    char since[EVENT_TIME_SIZE], until[EVENT_TIME_SIZE];
    if (!pressure->is_full && !isnan(pressure->full_since_ms))
        line_addf(line, "Full %s to %s   ", time_of(pen, pressure->full_since_ms, since),
                  time_of(pen, pressure->full_until_ms, until));
}

static void add_pressure(struct pen *pen, struct line *line)
{
    const struct ui *ui = pen->view->ui;
    if (!ui->has_pressure || pen->cells->width < UI_SIDE_WIDTH || !pen->model)
        return;
    add_full(pen, line, &ui->pressure);
    if (ui->pressure.fell_back > 0)
        line_addf(line, "%zu of %zu %s fell back in 24h", ui->pressure.fell_back,
                  ui->pressure.chats, ui->pressure.chats == 1 ? "chat" : "chats");
}

int view_pressure_width(const struct pen *pen, int width)
{
    struct cells nothing = {.width = width, .ascii = pen->cells->ascii};
    struct pen measuring = view_pen(pen->view, &nothing);
    struct line line = {.len = 0};
    add_pressure(&measuring, &line);
    return line.len > 0 ? (int)line.len + GAP : 0;
}

void view_draw_pressure(struct pen *pen, struct area area)
{
    struct line line = {.len = 0};
    add_pressure(pen, &line);
    cells_right(pen->cells, area.row, area.column, area.width - 1, ROLE_TEXT, line_str(&line));
}

static void add_purge(const struct pen *pen, struct line *line)
{
    char key[KEYMAP_LABEL_SIZE];
    if (pen->view->read_only || pen->view->is_frozen)
        return;
    line_addf(line, " %s purges one of them, 'slotop purge --expired-before 1d' the old ones.",
              keymap_label(&pen->view->ui->keymap, COMMAND_PURGE, key));
}

void view_draw_summary(struct pen *pen, struct area area)
{
    const struct counts *counts = &pen->model->counts;
    struct line line = {.len = 0};
    if (area.height < SUMMARY_LEAST || counts->entries == 0 || pen->view->is_slow)
        return;
    line_addf(&line, "%zu %s: %zu live, %zu expired, %zu released", counts->entries,
              counts->entries == 1 ? "entry" : "entries", counts->live, counts->expired,
              counts->released);
    if (counts->odd > 0)
        line_addf(&line, ", %zu odd", counts->odd);
    line_add(&line, STR("."));
    if (counts->expired > 0) {
        line_add(&line, STR(" GC never removes expired ones."));
        add_purge(pen, &line);
    }
    area.row++;
    area.height--;
    area.width -= MARGIN;
    struct flow flow = {.pen = pen, .area = area, .is_cut_last = true};
    flow_text(&flow, MARGIN, ROLE_DIM, line_str(&line));
}

void view_draw_side_why(struct pen *pen, struct area area)
{
    struct line title = {.len = 0};
    struct area inside = {area.row + 1, area.column + 1, area.width - 2, area.height - 1};
    line_add(&title, STR("Why: "));
    line_add(&title, pen->view->ui->side_why.id);
    (void)pen_title(pen, area, line_str(&title));
    if (view_draw_why_short(pen, inside, &pen->view->ui->side_why))
        return;
    char key[KEYMAP_LABEL_SIZE];
    struct line all = {.len = 0};
    line_addf(&all, "%s = all", keymap_label(&pen->view->ui->keymap, COMMAND_WHY, key));
    line_add(&all, (struct str){"", 1}); /* ends the text */
    pen_head_right(pen, area.row, area.column, area.width - 2, all.text);
}
