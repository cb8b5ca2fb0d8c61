#include "tui/view_parts.h"

#include <math.h>

/* Why a chat fell back: when, the cause, who held each slot then, what to do now. */
enum {
    LABEL_MIN = 4,
    LABEL_MAX = 12,
    HOLDING_COLUMNS = 7,
    SPAN_COLUMNS = 6,
    FREED_COLUMNS = 16,
    ID_COLUMNS = 8,
    GAP = 2,
    WIDE = 68, /* from here on all columns */
    TITLE_MIN = 8,
};

/* A row of the table: draws a cell and goes on behind it. */
struct row {
    struct flow *flow;
    int at;
};

static void put(struct row *row, enum role role, struct str text, int columns)
{
    const struct area *area = &row->flow->area;
    int room = area->width - row->at;
    cells_text(row->flow->pen->cells, flow_row(row->flow), area->column + row->at,
               columns < room ? columns : room, role, text);
    row->at += columns + GAP;
}

static void put_right(struct row *row, enum role role, struct str text, int columns)
{
    const struct area *area = &row->flow->area;
    cells_right(row->flow->pen->cells, flow_row(row->flow), area->column + row->at, columns, role,
                text);
    row->at += columns + GAP;
}

static int label_columns(const struct why_words *words, bool ascii)
{
    size_t columns = LABEL_MIN;
    for (size_t i = 0; i < words->line_count; i++) {
        size_t width = text_width(words->lines[i].label, ascii);
        columns = width > columns ? width : columns;
    }
    return columns < LABEL_MAX ? (int)columns : LABEL_MAX;
}

/* Heads and lines alike; where there is little room without what the sentence tells, too. */
static void draw_row(struct flow *flow, int columns, const struct why_line *line, bool is_head)
{
    bool is_wide = flow->area.width >= WIDE;
    enum role role = is_head ? ROLE_COLUMN : ROLE_TEXT;
    struct row row = {.flow = flow};
    put(&row, role, line->label, columns);
    put(&row, line->role, line->holding, HOLDING_COLUMNS);
    if (is_wide)
        put_right(&row, role, line->held, SPAN_COLUMNS);
    put_right(&row, role, line->unused, SPAN_COLUMNS);
    if (is_wide)
        put(&row, role, line->freed, FREED_COLUMNS);
    put(&row, role, line->id, ID_COLUMNS);
    int left = flow->area.width - row.at;
    if (left >= TITLE_MIN)
        put(&row, role, line->title, left);
    flow->line++;
}

static void draw_slots(struct flow *flow, const struct why_words *words)
{
    static const struct why_line heads = {
        .label = {"SLOT", 4},
        .role = ROLE_COLUMN,
        .holding = {"WAS", 3},
        .held = {"HELD", 4},
        .unused = {"UNUSED", 6},
        .freed = {"FREED AFTER", 11},
        .id = {"SESSION", 7},
        .title = {"TITLE", 5},
    };
    int columns = label_columns(words, flow->pen->cells->ascii);
    flow_skip(flow);
    draw_row(flow, columns, &heads, true);
    for (size_t i = 0; i < words->line_count; i++)
        draw_row(flow, columns, &words->lines[i], false);
}

/* By this clock; the entry's time may be of another. */
static void add_age(struct pen *pen, double at_ms, struct line *line)
{
    char age[DURATION_TEXT_SIZE];
    if (pen_since(pen, at_ms) < 0)
        line_addf(line, ", %s in the future.", pen_remaining(pen, at_ms, age));
    else
        line_addf(line, ", %s ago.", pen_elapsed(pen, at_ms, age));
}

static void draw_head(struct flow *flow, const struct why_words *words)
{
    struct pen *pen = flow->pen;
    struct line line = {.len = 0};
    line_add(&line, words->head);
    if (isnan(words->at_ms)) {
        line_addf(&line, " at an unknown time.");
    } else {
        line_addf(&line, " at ");
        line_add(&line, words->clock);
        add_age(pen, words->at_ms, &line);
    }
    flow_text(flow, 0, ROLE_HEADER, line_str(&line));
}

static void draw_advice(struct flow *flow, const struct why_words *words)
{
    flow_text(flow, 0, ROLE_TEXT, words->now);
    if (words->aftermath.len > 0)
        flow_text(flow, 0, ROLE_TEXT, words->aftermath);
}

int view_draw_why(struct pen *pen, struct area area, int scroll)
{
    const struct why_words *words = &pen->view->ui->why;
    struct flow flow = {.pen = pen, .area = area, .skip = scroll};
    draw_head(&flow, words);
    if (!words->is_fallback)
        return flow.line;
    flow_text(&flow, 0, ROLE_TEXT, words->cause);
    if (words->line_count > 0)
        draw_slots(&flow, words);
    flow_skip(&flow);
    draw_advice(&flow, words);
    return flow.line;
}

/* The lines of the table and of the advice, with those between. */
static int lines_below_cause(const struct pen *pen, int width, const struct why_words *words)
{
    int table = words->line_count > 0 ? (int)words->line_count + 2 : 0;
    int aftermath = words->aftermath.len > 0 ? view_text_lines(pen, width, words->aftermath) : 0;
    return table + 1 + view_text_lines(pen, width, words->now) + aftermath;
}

bool view_draw_why_short(struct pen *pen, struct area area, const struct why_words *words)
{
    struct flow flow = {.pen = pen, .area = area, .is_cut_last = true};
    draw_head(&flow, words);
    if (!words->is_fallback)
        return flow.line <= area.height;
    flow_text(&flow, 0, ROLE_TEXT, words->cause);
    bool is_whole = flow.line + lines_below_cause(pen, area.width, words) <= area.height;
    if (is_whole && words->line_count > 0)
        draw_slots(&flow, words);
    if (is_whole)
        flow_skip(&flow);
    draw_advice(&flow, words);
    return is_whole;
}
