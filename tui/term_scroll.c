#include "tui/term_scroll.h"

#include <stdlib.h>
#include <string.h>

enum {
    ROWS_MOST = 1000, /* what struct cells can be */
    SCROLL_COST = 24, /* bytes of term_scroll_print() by a line */
    JUMP_COST = 7,    /* to where something else is written */
};

/* Bytes of each row: to change it where it is, and to write it on a blank line. */
struct costs {
    int stay[ROWS_MOST], anew[ROWS_MOST];
    int first, last; /* of the rows that change */
};

/* What rows before a row cost, all in all, where they stay, come from elsewhere, are blank. */
struct sums {
    int stay[ROWS_MOST + 1], move[ROWS_MOST + 1], anew[ROWS_MOST + 1];
};

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

/* About how many bytes make one row of another; from NULL, of a blank line. */
static int cost_of(const struct cell *from, const struct cell *to, int width)
{
    int cost = 0;
    bool is_writing = false;
    if (from && is_scrolled_in(from))
        from = NULL;
    if (from && is_same_row(from, to, width))
        return 0;
    for (int column = 0; column < width; column++) {
        bool stays = from ? memcmp(&from[column], &to[column], sizeof(*to)) == 0
                          : is_blank(&to[column]);
        if (!stays)
            cost += (is_writing ? 0 : JUMP_COST) + to[column].glyph.len;
        is_writing = !stays;
    }
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
    for (int row = costs->first; row <= costs->last; row++)
        costs->anew[row] = cost_of(NULL, row_of(wanted, row), wanted->width);
    return costs->first < costs->last;
}

/* By how many lines most of the rows that change came up whole, 0 where none did. */
static int usual_lines(const struct cells *shown, const struct cells *wanted,
                       const struct costs *costs)
{
    int votes[2 * ROWS_MOST] = {0};
    int usual = 0;
    for (int row = costs->first; row <= costs->last; row++) {
        if (costs->stay[row] == 0 || costs->anew[row] == 0)
            continue;
        for (int from = costs->first; from <= costs->last; from++) {
            int lines = from - row;
            if (lines != 0 && is_same_row(row_of(shown, from), row_of(wanted, row), wanted->width) &&
                ++votes[lines + ROWS_MOST] > votes[usual + ROWS_MOST])
                usual = lines;
        }
    }
    return usual;
}

/* All among the rows that change: nothing else has to be written for a move. */
static void add_up(const struct cells *shown, const struct cells *wanted, const struct costs *costs,
                   int lines, struct sums *sums)
{
    sums->stay[costs->first] = sums->move[costs->first] = sums->anew[costs->first] = 0;
    for (int row = costs->first; row <= costs->last; row++) {
        int from = row + lines;
        int move = costs->anew[row];
        if (from >= costs->first && from <= costs->last)
            move = cost_of(row_of(shown, from), row_of(wanted, row), wanted->width);
        sums->stay[row + 1] = sums->stay[row] + costs->stay[row];
        sums->move[row + 1] = sums->move[row] + move;
        sums->anew[row + 1] = sums->anew[row] + costs->anew[row];
    }
}

/* The best of all moves by so many lines; bytes saved, 0 where none does. */
static int find_best(const struct costs *costs, const struct sums *sums, int lines,
                     struct term_scroll *ret_scroll)
{
    int count = abs(lines);
    int best = 0;
    for (int top = costs->first; top + count <= costs->last; top++) {
        for (int bottom = top + count; bottom <= costs->last; bottom++) {
            int blank = lines < 0 ? top : bottom + 1 - count; /* the first such row */
            int moved = lines < 0 ? top + count : top;
            int moved_end = moved + bottom + 1 - top - count;
            int gain = sums->stay[bottom + 1] - sums->stay[top] -
                       (sums->move[moved_end] - sums->move[moved]) -
                       (sums->anew[blank + count] - sums->anew[blank]) - SCROLL_COST - 2 * count;
            if (gain <= best)
                continue;
            best = gain;
            *ret_scroll = (struct term_scroll){top, bottom, lines};
        }
    }
    return best;
}

bool term_scroll_find(const struct cells *shown, const struct cells *wanted,
                      struct term_scroll *ret_scroll)
{
    struct costs costs;
    struct sums sums;
    int best = 0;
    if (!measure(shown, wanted, &costs))
        return false;
    int candidates[] = {-1, 1, usual_lines(shown, wanted, &costs)};
    for (size_t i = 0; i < sizeof(candidates) / sizeof(candidates[0]); i++) {
        struct term_scroll scroll;
        if (candidates[i] == 0)
            continue;
        add_up(shown, wanted, &costs, candidates[i], &sums);
        int gain = find_best(&costs, &sums, candidates[i], &scroll);
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
        buffer_add_str(out, is_up ? STR("\n") : STR("\033M"));
    buffer_add_str(out, STR("\033[r\0338"));
}
