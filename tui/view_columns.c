#include "tui/view_columns.h"

/*
 * Where nobody has chosen, columns go in the order WORKSPACE, RUN, TITLE, AGE, QUIET, SLOT, EXPIRES
 * IN; SESSION and STATE stay. Where nothing is known of chats, the first three are not there, and
 * their room is for whole session ids.
 */
enum {
    SESSION_LEAST = 8,
    SESSION_SHORT = 16, /* where whole ids do not fit */
    SESSION_UUID = 36,
    SESSION_MOST = 40,
    STATE_WIDTH = 8,
    SLOT_LEAST = 4,
    SLOT_MOST = 12,
    SLOT_BESIDE_TITLE_LEAST = 6,
    SLOT_BESIDE_TITLE = 8,
    SLOT_BESIDE_TITLE_WIDE = 100, /* from so many columns on as much as anywhere */
    TITLE_LEAST = 10,
    TITLE_BESIDE_MORE = 16, /* so much is left of it by RUN and WORKSPACE */
    RUN_WIDTH = 11,
    WORKSPACE_WIDTH = 9,
    TIME_WIDTH = 6,
    TIME_BESIDE_TITLE = 5,
    ENDS_SHORT = 7, /* "EXPIRES" */
    GAP = 2,
    GAP_MOST = 4,
    BAR_MOST = 50,
};

static int between(int least, int value, int most)
{
    return value > most ? most : value < least ? least : value;
}

static int slot_width(const struct pen *pen)
{
    int widest = SLOT_LEAST;
    size_t agent = text_width(buffer_str(&pen->view->state->workspace.agent_id), pen->cells->ascii);
    widest = agent > (size_t)widest ? (int)agent : widest;
    for (size_t i = 0; i < pen->model->slot_count; i++) {
        int width = (int)text_width(pen->model->slots[i].label, pen->cells->ascii);
        widest = width > widest ? width : widest;
    }
    return widest < SLOT_MOST ? widest : SLOT_MOST;
}

/* As wide as the pool's labels; the slots of orphans have others. */
static int slot_beside_title(const struct pen *pen, int slot, int width)
{
    int most = width < SLOT_BESIDE_TITLE_WIDE ? SLOT_BESIDE_TITLE : SLOT_MOST;
    return pen->model->counts.orphan > 0 ? most : between(SLOT_BESIDE_TITLE_LEAST, slot, most);
}

static bool claim(struct column *column, int width, int *room)
{
    if (*room < width + GAP)
        return false;
    *room -= width + GAP;
    column->width = width;
    return true;
}

/* A narrow one will do: the pool's labels are short. */
static bool claim_slot(struct column *column, int width, int *room)
{
    int most = *room - GAP < width ? *room - GAP : width;
    return claim(column, most > SLOT_LEAST ? most : SLOT_LEAST, room);
}

/* What all tables have, what matters most first. Returns the columns left over. */
static int claim_usual(const struct pen *pen, int width, struct columns *columns)
{
    int room = width - COLUMN_CURSOR_WIDTH - COLUMN_MARGIN;
    bool has_chats = view_knows_chats(pen);
    int slot = slot_width(pen);
    int time = has_chats ? TIME_BESIDE_TITLE : TIME_WIDTH;
    if (has_chats)
        slot = slot_beside_title(pen, slot, width);
    columns->session.width = room < SESSION_LEAST ? room : SESSION_LEAST;
    room -= columns->session.width;
    (void)(claim(&columns->state, STATE_WIDTH, &room) && claim(&columns->ends, ENDS_SHORT, &room) &&
           claim_slot(&columns->slot, slot, &room) && claim(&columns->quiet, time, &room) &&
           claim(&columns->age, time, &room));
    return room;
}

static void widen_ends(struct columns *columns, int *room)
{
    if (!columns->age.width || *room < COLUMN_ENDS_WIDTH - ENDS_SHORT)
        return;
    columns->ends.width = COLUMN_ENDS_WIDTH;
    *room -= COLUMN_ENDS_WIDTH - ENDS_SHORT;
}

/* One workspace is in the first line; only of several is it news. */
static bool has_workspaces(const struct pen *pen)
{
    const struct around *around = &pen->view->state->around;
    return around->known & PART_WORKSPACES && around->workspaces.count > 1;
}

/* The room of titles, from `room` columns. False where it is too little. */
static bool claim_titles(const struct pen *pen, struct columns *columns, int room)
{
    const int head = COLUMN_ENDS_WIDTH - ENDS_SHORT;
    if (room < GAP + TITLE_LEAST)
        return false;
    room -= GAP;
    if (room >= TITLE_BESIDE_MORE + GAP + RUN_WIDTH && pen->model->knows_traces &&
        !pen->view->is_slow)
        (void)claim(&columns->run, RUN_WIDTH, &room);
    if (room >= TITLE_BESIDE_MORE + GAP + WORKSPACE_WIDTH && columns->run.width &&
        has_workspaces(pen))
        (void)claim(&columns->workspace, WORKSPACE_WIDTH, &room);
    if (room >= TITLE_BESIDE_MORE + head)
        widen_ends(columns, &room);
    columns->title.width = room;
    return true;
}

/* Without titles. Returns the columns that nobody claimed. */
static int claim_ids(struct columns *columns, int room)
{
    widen_ends(columns, &room);
    int most = SESSION_LEAST + room >= SESSION_UUID ? SESSION_MOST : SESSION_SHORT;
    int session = SESSION_LEAST + room < most ? SESSION_LEAST + room : most;
    room -= session - SESSION_LEAST;
    columns->session.width = session;
    return room;
}

/* From the right: numbers, and what stands before them. */
static int place_before(struct column *column, int end)
{
    if (!column->width)
        return end;
    column->at = end - column->width;
    return column->at - GAP;
}

/* Words from the left, numbers from the right; what is between them goes to the title, or to the
 * slot. */
static struct columns usual_columns(const struct pen *pen, struct area area)
{
    struct columns columns = {.session = {0, 0}};
    int room = claim_usual(pen, area.width, &columns);
    bool has_titles = view_knows_chats(pen) && claim_titles(pen, &columns, room);
    int spare = has_titles ? 0 : claim_ids(&columns, room);
    int gap = GAP + (spare / 2 < GAP_MOST - GAP ? spare / 2 : GAP_MOST - GAP);
    columns.session.at = area.column + COLUMN_CURSOR_WIDTH;
    columns.state.at = columns.session.at + columns.session.width + gap;
    columns.slot.at = columns.state.at + columns.state.width + gap;
    columns.title.at = columns.slot.at + columns.slot.width + gap;
    int end = place_before(&columns.ends, area.column + area.width - COLUMN_MARGIN);
    end = place_before(&columns.quiet, end);
    end = place_before(&columns.age, end);
    end = place_before(&columns.run, end);
    end = place_before(&columns.workspace, end);
    if (columns.slot.width && !has_titles)
        columns.slot.width = end - columns.slot.at;
    return columns;
}

/* ---- columns that the operator has chosen ---- */

static struct column *column_of(struct columns *columns, enum table_column column)
{
    struct column *const all[COLUMN_COUNT] = {
        [COLUMN_SESSION] = &columns->session,
        [COLUMN_STATE] = &columns->state,
        [COLUMN_SLOT] = &columns->slot,
        [COLUMN_TITLE] = &columns->title,
        [COLUMN_WORKSPACE] = &columns->workspace,
        [COLUMN_RUN] = &columns->run,
        [COLUMN_AGE] = &columns->age,
        [COLUMN_QUIET] = &columns->quiet,
        [COLUMN_EXPIRES] = &columns->ends,
    };
    return all[column];
}

static int width_of(const struct pen *pen, enum table_column column)
{
    static const int widths[COLUMN_COUNT] = {
        [COLUMN_SESSION] = SESSION_LEAST, [COLUMN_STATE] = STATE_WIDTH,
        [COLUMN_TITLE] = TITLE_LEAST,     [COLUMN_WORKSPACE] = WORKSPACE_WIDTH,
        [COLUMN_RUN] = RUN_WIDTH,         [COLUMN_AGE] = TIME_WIDTH,
        [COLUMN_QUIET] = TIME_WIDTH,      [COLUMN_EXPIRES] = COLUMN_ENDS_WIDTH,
    };
    return column == COLUMN_SLOT ? between(SLOT_BESIDE_TITLE_LEAST, slot_width(pen), SLOT_MOST)
                                 : widths[column];
}

/* From the left, in their order; those behind that find no room are left out. The title takes what
 * is left over. */
static struct columns chosen_columns(const struct pen *pen, struct area area)
{
    const struct column_choice *choice = &pen->view->ui->columns;
    struct columns columns = {.session = {0, 0}};
    int room = area.width - COLUMN_CURSOR_WIDTH - COLUMN_MARGIN;
    size_t count = 0;
    for (; count < choice->count; count++) {
        int width = width_of(pen, choice->columns[count]);
        int needed = width + (count > 0 ? GAP : 0);
        if (needed > room && count > 0)
            break;
        column_of(&columns, choice->columns[count])->width = needed > room ? room : width;
        room -= needed;
    }
    if (columns.title.width > 0 && room > 0)
        columns.title.width += room;
    int at = area.column + COLUMN_CURSOR_WIDTH;
    for (size_t i = 0; i < count; i++) {
        struct column *column = column_of(&columns, choice->columns[i]);
        column->at = at;
        at += column->width + GAP;
    }
    return columns;
}

int view_columns_bar_end(const struct columns *columns)
{
    struct columns seen = *columns;
    int end = 0;
    for (enum table_column i = 0; i < COLUMN_COUNT; i++) {
        const struct column *column = column_of(&seen, i);
        int column_end = column->at + column->width;
        if (i == COLUMN_TITLE && column->at < BAR_MOST && column_end > BAR_MOST)
            return BAR_MOST;
        if (column_end <= BAR_MOST && column_end > end)
            end = column_end;
    }
    return end;
}

struct columns view_columns(const struct pen *pen, struct area area)
{
    return pen->view->ui->columns.count > 0 ? chosen_columns(pen, area) : usual_columns(pen, area);
}

enum sort_key view_head_at(const struct pen *pen, struct area area, int column)
{
    struct columns columns = view_columns(pen, area);
    const struct {
        struct column column;
        enum sort_key sort;
    } heads[] = {
        {columns.session, SORT_SESSION}, {columns.state, SORT_STATE},  {columns.slot, SORT_SLOT},
        {columns.title, SORT_TITLE},     {columns.run, SORT_RUN},      {columns.age, SORT_AGE},
        {columns.quiet, SORT_LAST_USE},  {columns.ends, SORT_EXPIRES},
    };
    for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
        struct column head = heads[i].column;
        if (column >= head.at && column < head.at + head.width)
            return heads[i].sort;
    }
    return SORT_COUNT;
}
