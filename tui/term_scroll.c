#include "tui/term_scroll.h"

#include <stdlib.h>
#include <string.h>

enum {
    ROWS_MOST = 300, /* of a screen whose moves are looked for */
    SHIFTS_MOST = 6,
    SCROLL_COST = 24, /* bytes of term_scroll_print() by a line */
    JUMP_COST = 7,    /* to where something else is written */
    CLEAR_COST = 3,   /* the rest of a row */
};

/* What rows cost in bytes, each of them. */
struct costs {
    int stay[ROWS_MOST];  /* to change it where it is */
    int anew[ROWS_MOST];  /* to write it on a blank line */
    int worth[ROWS_MOST]; /* what is shown there: it would spare so many... */
    int place[ROWS_MOST]; /* ...in this row */
    int first, last;      /* of the rows that change */
};

/* A number of lines by which rows may have moved, and what they cost then. */
struct shift {
    int lines;
    int move[ROWS_MOST];
};

/* The rows before a row, all in all. */
struct sums {
    int stay[ROWS_MOST + 1], move[ROWS_MOST + 1], anew[ROWS_MOST + 1];
};

bool term_scroll_fits(const char *(*find_string)(const char *name), bool (*has)(const char *name))
{
    static const struct {
        const char *name, *begins;
    } needed[] = {
        {"csr", "\033[%i%p1%d;%p2%dr"}, {"ri", "\033M"}, {"sc", "\0337"}, {"rc", "\0338"}};
    static const char *const odd[] = {"da", "db", "ndscr", "xmc"};
    const char *on = find_string("smcup");
    for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
        const char *text = find_string(needed[i].name);
        if (!text || strncmp(text, needed[i].begins, strlen(needed[i].begins)) != 0)
            return false;
    }
    for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
        if (has(odd[i]))
            return false;
    }
    return !on || !strstr(on, "\0337");
}

/* Of rows from..to. */
static int sum_of(const int *sums, int from, int to)
{
    return sums[to + 1] - sums[from];
}

static const struct cell *row_of(const struct cells *cells, int row)
{
    return cells_at(cells, row, 0);
}

static bool is_blank(const struct cell *cell)
{
    return cell->glyph.len == 0 || (cell->glyph.len == 1 && cell->glyph.text[0] == ' ');
}

static bool is_same_row(const struct cell *one, const struct cell *other, int width)
{
    return memcmp(one, other, (size_t)width * sizeof(*one)) == 0;
}

/* The first cell of a row is no right half: it has no glyph where term_scroll_apply() left none. */
static bool is_scrolled_in(const struct cell *row)
{
    return row->glyph.width == 0;
}

/* Columns up to the last word: what is behind it is cleared at once. */
static int end_of(const struct cell *row, int width)
{
    while (width > 0 && is_blank(&row[width - 1]))
        width--;
    return width;
}

/* About how many bytes make one row of another; from NULL, of a blank line. What stays between two
 * changes is written again where that is less than to jump over it. */
static int cost_of(const struct cell *from, const struct cell *to, int width)
{
    int end = end_of(to, width);
    int cost = 0;
    int since = JUMP_COST; /* bytes since the last change */
    if (from && is_scrolled_in(from))
        from = NULL;
    if (from && is_same_row(from, to, width))
        return 0;
    for (int column = 0; column < end; column++) {
        int len = to[column].glyph.len;
        bool stays =
            from ? memcmp(&from[column], &to[column], sizeof(*to)) == 0 : is_blank(&to[column]);
        if (!stays)
            cost += len + (since < JUMP_COST ? since : JUMP_COST);
        since = stays ? since + len : 0;
    }
    if (from && !is_same_row(from + end, to + end, width - end))
        cost += CLEAR_COST + (since < JUMP_COST ? since : JUMP_COST);
    return cost;
}

/* False where fewer than two rows change: nothing moved. */
static bool measure(const struct cells *shown, const struct cells *wanted, struct costs *costs)
{
    costs->first = wanted->height;
    costs->last = 0;
    for (int row = 0; row < wanted->height; row++) {
        const struct cell *to = row_of(wanted, row);
        costs->stay[row] = cost_of(row_of(shown, row), to, wanted->width);
        if (costs->stay[row] == 0)
            continue;
        costs->first = row < costs->first ? row : costs->first;
        costs->last = row;
    }
    for (int row = costs->first; row <= costs->last; row++) {
        costs->anew[row] = cost_of(NULL, row_of(wanted, row), wanted->width);
        costs->worth[row] = 0;
    }
    return costs->first < costs->last;
}

/* Counts by how many lines rows moved that are whole. */
static void find_moved(const struct cells *shown, const struct cells *wanted,
                       const struct costs *costs, int votes[2 * ROWS_MOST])
{
    for (int row = costs->first; row <= costs->last; row++) {
        if (costs->stay[row] == 0 || costs->anew[row] == 0)
            continue;
        for (int from = costs->first; from <= costs->last; from++)
            votes[from - row + ROWS_MOST] +=
                from != row && is_same_row(row_of(shown, from), row_of(wanted, row), wanted->width);
    }
}

/* By one line each way, and those by which most rows moved. Returns how many. */
static int find_shifts(const struct cells *shown, const struct cells *wanted,
                       const struct costs *costs, struct shift shifts[SHIFTS_MOST])
{
    int votes[2 * ROWS_MOST] = {0};
    int count = 0, range = costs->last - costs->first;
    find_moved(shown, wanted, costs, votes);
    votes[ROWS_MOST - 1] = votes[ROWS_MOST + 1] = ROWS_MOST;
    for (; count < SHIFTS_MOST; count++) {
        int usual = 0;
        for (int lines = -range; lines <= range; lines++)
            usual = votes[lines + ROWS_MOST] > votes[usual + ROWS_MOST] ? lines : usual;
        if (usual == 0)
            break;
        shifts[count].lines = usual;
        votes[usual + ROWS_MOST] = 0;
    }
    return count;
}

/* What a row costs that comes from elsewhere. One that is not much like the row there is not that
 * row: it saves nothing, for rows that move by accident would flicker. */
static int move_cost(const struct cells *shown, const struct cells *wanted,
                     const struct costs *costs, int row, int from)
{
    int cost = cost_of(row_of(shown, from), row_of(wanted, row), wanted->width);
    bool is_alike = 2 * cost <= costs->anew[row];
    return !is_alike && cost < costs->stay[row] ? costs->stay[row] : cost;
}

/* All among the rows that change: nothing else has to be written for a move. */
static void measure_shift(const struct cells *shown, const struct cells *wanted,
                          struct costs *costs, struct shift *shift)
{
    for (int row = costs->first; row <= costs->last; row++) {
        int from = row + shift->lines;
        shift->move[row] = costs->anew[row];
        if (from < costs->first || from > costs->last)
            continue;
        shift->move[row] = move_cost(shown, wanted, costs, row, from);
        int spared = costs->stay[row] - shift->move[row];
        if (spared > costs->worth[from]) {
            costs->worth[from] = spared;
            costs->place[from] = row;
        }
    }
}

static void add_up(const struct costs *costs, const struct shift *shift, struct sums *sums)
{
    int first = costs->first;
    sums->stay[first] = sums->move[first] = sums->anew[first] = 0;
    for (int row = first; row <= costs->last; row++) {
        sums->stay[row + 1] = sums->stay[row] + costs->stay[row];
        sums->move[row + 1] = sums->move[row] + shift->move[row];
        sums->anew[row + 1] = sums->anew[row] + costs->anew[row];
    }
}

/* Of what a move pushes out: what would have been wanted elsewhere. Where that is among the rows
 * that move, they cost what they cost. */
static int loss_of(const struct costs *costs, const struct term_scroll *scroll)
{
    int count = abs(scroll->lines), loss = 0;
    int lost = scroll->lines > 0 ? scroll->top : scroll->bottom + 1 - count;
    for (int row = lost; row < lost + count; row++) {
        bool is_outside = costs->place[row] < scroll->top || costs->place[row] > scroll->bottom;
        loss += is_outside ? costs->worth[row] : 0;
    }
    return loss;
}

/* Bytes that a move saves. */
static int gain_of(const struct sums *sums, const struct term_scroll *scroll)
{
    int top = scroll->top, bottom = scroll->bottom, count = abs(scroll->lines);
    bool is_up = scroll->lines > 0;
    int blank = is_up ? bottom + 1 - count : top; /* the first of those */
    int moved = is_up ? top : top + count;
    return sum_of(sums->stay, top, bottom) -
           sum_of(sums->move, moved, moved + bottom - top - count) -
           sum_of(sums->anew, blank, blank + count - 1) - SCROLL_COST - 2 * count;
}

/* The best of all moves by so many lines; bytes saved, 0 where none does. */
static int find_best(const struct costs *costs, const struct sums *sums, int lines,
                     struct term_scroll *ret_scroll)
{
    int count = abs(lines);
    int best = 0;
    for (int top = costs->first; top + count <= costs->last; top++) {
        for (int bottom = top + count; bottom <= costs->last; bottom++) {
            struct term_scroll scroll = {top, bottom, lines};
            int gain = gain_of(sums, &scroll);
            if (gain > best)
                gain -= loss_of(costs, &scroll);
            if (gain <= best)
                continue;
            best = gain;
            *ret_scroll = scroll;
        }
    }
    return best;
}

bool term_scroll_find(const struct cells *shown, const struct cells *wanted,
                      struct term_scroll *ret_scroll)
{
    struct costs costs;
    struct shift shifts[SHIFTS_MOST];
    struct sums sums;
    int best = 0;
    if (wanted->height > ROWS_MOST || !measure(shown, wanted, &costs))
        return false;
    int count = find_shifts(shown, wanted, &costs, shifts);
    for (int i = 0; i < count; i++)
        measure_shift(shown, wanted, &costs, &shifts[i]);
    for (int i = 0; i < count; i++) {
        struct term_scroll scroll;
        add_up(&costs, &shifts[i], &sums);
        int gain = find_best(&costs, &sums, shifts[i].lines, &scroll);
        if (gain > best)
            *ret_scroll = scroll;
        best = gain > best ? gain : best;
    }
    return best > 0;
}

void term_scroll_apply(const struct term_scroll *scroll, struct cells *shown)
{
    size_t width = (size_t)shown->width;
    size_t blank = (size_t)abs(scroll->lines) * width;
    size_t count = (size_t)(scroll->bottom - scroll->top + 1) * width - blank;
    struct cell *first = shown->cells + (size_t)scroll->top * width;
    bool is_up = scroll->lines > 0;
    memmove(is_up ? first : first + blank, is_up ? first + blank : first, count * sizeof(*first));
    memset(is_up ? first + count : first, 0, blank * sizeof(*first));
}

void term_scroll_print(const struct term_scroll *scroll, struct buffer *out)
{
    bool is_up = scroll->lines > 0;
    buffer_addf(out, "\0337\033[%d;%dr\033[%d;1H", scroll->top + 1, scroll->bottom + 1,
                (is_up ? scroll->bottom : scroll->top) + 1);
    for (int i = 0; i < abs(scroll->lines); i++)
        buffer_add_str(out, is_up ? STR("\033D") : STR("\033M"));
    buffer_add_str(out, STR("\033[r\0338"));
}
