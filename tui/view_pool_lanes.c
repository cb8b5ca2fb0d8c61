#include "tui/view_pool.h"

/* The swimlane: a line a slot, a column for one minute or more, over the last hour. */
enum {
    MINUTE_MS = 60000,
    LABEL_WIDTH = 5,
    LABEL_EVERY = 15,
    LABEL_EVERY_WIDE = 30,
    DAY_MINUTES = 1440
};

static const struct {
    char letter;
    enum role role;
    const char *word;
} signs[] = {
    [LANE_FREE] = {'.', ROLE_DIM, "free"},     [LANE_QUIET] = {'o', ROLE_IDLE, "quiet"},
    [LANE_USED] = {'A', ROLE_RUNNING, "used"}, [LANE_FALLBACK] = {'F', ROLE_FALLBACK, "fallback"},
    [LANE_TWO] = {'X', ROLE_ERROR, "two"},
};

/* Minutes of a column, so that the last hour fits; 0: it does not. */
int view_lane_minutes(int room)
{
    static const int steps[] = {1, 2, 3, 4};
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        if (LANES_MINUTES / steps[i] <= room)
            return steps[i];
    }
    return 0;
}

static void draw_letter(struct pen *pen, int row, int column, enum role role, char letter)
{
    cells_text(pen->cells, row, column, 1, role, (struct str){&letter, 1});
}

static enum lane_mark strongest(const struct lane *lane, int first, int count)
{
    uint8_t most = LANE_FREE;
    for (int i = first; i < first + count; i++)
        most = lane->marks[i] > most ? lane->marks[i] : most;
    return (enum lane_mark)most;
}

void view_draw_lane(struct pen *pen, struct area area, size_t place)
{
    const struct lanes *lanes = &pen->view->ui->lanes;
    int minutes = LANES_MINUTES / area.width;
    if (lanes->end_ms > pen->view->now_ms)
        pen_changes_in(pen, lanes->end_ms - pen->view->now_ms);
    for (int i = 0; place < lanes->count && i < area.width; i++) {
        enum lane_mark mark = strongest(&lanes->items[place], i * minutes, minutes);
        draw_letter(pen, area.row, area.column + i, signs[mark].role, signs[mark].letter);
    }
}

/* The minute of the day of a column, in the operator's time zone; the last one is that of now. */
static int minute_of_day(const struct pen *pen, int minute)
{
    int last = pen->view->clock_hour * 60 + pen->view->clock_minute;
    return (last - (LANES_MINUTES - 1 - minute) + DAY_MINUTES) % DAY_MINUTES;
}

/* Columns of which nobody saw all: inferred. */
static void draw_unwatched(struct pen *pen, struct area area, int minutes)
{
    const struct lanes *lanes = &pen->view->ui->lanes;
    int64_t start_ms = lanes->end_ms - (int64_t)LANES_MINUTES * MINUTE_MS;
    for (int i = 0; i < area.width; i++) {
        if (start_ms + (int64_t)i * minutes * MINUTE_MS < lanes->watched_from_ms)
            draw_letter(pen, area.row, area.column + i, ROLE_DIM, '~');
    }
}

void view_draw_lane_axis(struct pen *pen, struct area area)
{
    if (area.width < 1)
        return;
    int minutes = LANES_MINUTES / area.width;
    int every = minutes > 2 ? LABEL_EVERY_WIDE : LABEL_EVERY;
    pen_changes_in(pen, MINUTE_MS - pen->view->now_ms % MINUTE_MS);
    draw_unwatched(pen, area, minutes);
    for (int i = 0; i < LANES_MINUTES; i++) {
        int at = minute_of_day(pen, i);
        int column = i / minutes;
        if (at % every == 0 && column + LABEL_WIDTH <= area.width)
            cells_printf(pen->cells, area.row, area.column + column, LABEL_WIDTH, ROLE_COLUMN,
                         "%02d:%02d", at / 60, at % 60);
    }
}

/* Returns the columns it takes. A short one leaves out what can be guessed. */
static int draw_legend(struct pen *pen, int row, int column, bool is_short)
{
    static const enum lane_mark order[] = {LANE_USED, LANE_QUIET, LANE_FREE, LANE_TWO,
                                           LANE_FALLBACK};
    int start = column;
    for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
        if (is_short && order[i] == LANE_FREE)
            continue;
        draw_letter(pen, row, column, ROLE_RULE, ' ');
        draw_letter(pen, row, column + 1, signs[order[i]].role, signs[order[i]].letter);
        column += 2;
        column +=
            cells_printf(pen->cells, row, column, 16, ROLE_COLUMN, " %s", signs[order[i]].word);
    }
    column +=
        cells_printf(pen->cells, row, column, 16, ROLE_COLUMN, is_short ? " " : " ~ inferred ");
    return column - start;
}

void view_draw_lane_legend(struct pen *pen, struct area area, int column)
{
    struct cells nothing = {.width = INT16_MAX, .ascii = pen->cells->ascii};
    struct pen measuring = view_pen(pen->view, &nothing);
    int room = area.column + area.width - 1 - column;
    bool is_short = draw_legend(&measuring, 0, 0, false) > room;
    int width = draw_legend(&measuring, 0, 0, is_short);
    if (width <= room)
        (void)draw_legend(pen, area.row, area.column + area.width - 1 - width, is_short);
}
