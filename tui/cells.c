#include "tui/cells.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SIDE_MAX = 1000, PRINTF_BYTES = 1024 };

static const struct cell blank = {.glyph = {.text = " ", .len = 1, .width = 1}};

int cells_resize(struct cells *cells, int width, int height)
{
    assert(width >= 1 && width <= SIDE_MAX && height >= 1 && height <= SIDE_MAX);
    struct cell *grid = calloc((size_t)width * (size_t)height, sizeof(*grid));
    if (!grid)
        return -ENOMEM;
    free(cells->cells);
    cells->cells = grid;
    cells->width = width;
    cells->height = height;
    cells_clear(cells);
    return 0;
}

void cells_done(struct cells *cells)
{
    free(cells->cells);
    *cells = (struct cells){0};
}

void cells_clear(struct cells *cells)
{
    size_t count = cells->cells ? (size_t)cells->width * (size_t)cells->height : 0;
    for (size_t i = 0; i < count; i++)
        cells->cells[i] = blank;
}

static struct cell *cell_at(struct cells *cells, int row, int column)
{
    return &cells->cells[(size_t)row * (size_t)cells->width + (size_t)column];
}

const struct cell *cells_at(const struct cells *cells, int row, int column)
{
    assert(row >= 0 && row < cells->height && column >= 0 && column < cells->width);
    return &cells->cells[(size_t)row * (size_t)cells->width + (size_t)column];
}

/* Takes a cell out of the wide glyph it may be half of: the other half becomes a space. */
static void part(struct cells *cells, int row, int column)
{
    struct cell *cell = cell_at(cells, row, column);
    if (cell->glyph.width == 0 && column > 0)
        cell_at(cells, row, column - 1)->glyph = blank.glyph;
    if (cell->glyph.width == 2 && column + 1 < cells->width)
        cell_at(cells, row, column + 1)->glyph = blank.glyph;
    cell->glyph = blank.glyph;
}

/* The glyph lies within the grid's width. */
static void put(struct cells *cells, int row, int column, enum role role, const struct glyph *glyph)
{
    if (!cells->cells || row < 0 || row >= cells->height)
        return;
    for (int i = 0; i < glyph->width; i++) {
        part(cells, row, column + i);
        cell_at(cells, row, column + i)->role = (uint8_t)role;
        cell_at(cells, row, column + i)->flags = 0;
    }
    cell_at(cells, row, column)->glyph = *glyph;
    if (glyph->width == 2)
        cell_at(cells, row, column + 1)->glyph = (struct glyph){.len = 0, .width = 0};
}

static struct glyph glyph_of(struct str text)
{
    struct glyph glyph = {.len = (uint8_t)text.len, .width = 1};
    assert(text.len <= sizeof(glyph.text));
    memcpy(glyph.text, text.data, text.len);
    return glyph;
}

/* How many of `width` columns from `column` on are left of the grid's right edge. */
static int within(const struct cells *cells, int column, int width)
{
    int room = cells->width - column;
    return width < room ? width : room;
}

int cells_text(struct cells *cells, int row, int column, int width, enum role role, struct str text)
{
    width = within(cells, column, width);
    if (width <= 0)
        return 0;
    bool is_cut = !text_fits(text, (size_t)width, cells->ascii);
    if (!cells->cells && !is_cut)
        return (int)text_width(text, cells->ascii);
    int room = is_cut ? width - 1 : width;
    struct text_state state = {{0}, 0, 0};
    struct glyph glyph;
    int used = 0;
    while (text_next(&text, cells->ascii, &state, &glyph) && used + glyph.width <= room) {
        if (column + used >= 0)
            put(cells, row, column + used, role, &glyph);
        used += glyph.width;
    }
    if (!is_cut)
        return used;
    glyph = glyph_of(text_cut_mark(cells->ascii));
    if (column + used >= 0)
        put(cells, row, column + used, role, &glyph);
    return used + 1;
}

int cells_printf(struct cells *cells, int row, int column, int width, enum role role,
                 const char *format, ...)
{
    char text[PRINTF_BYTES];
    va_list arguments;
    va_start(arguments, format);
    int len = vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    if (len < 0)
        return 0;
    size_t kept = (size_t)len < sizeof(text) ? (size_t)len : sizeof(text) - 1;
    return cells_text(cells, row, column, width, role, (struct str){text, kept});
}

void cells_right(struct cells *cells, int row, int column, int width, enum role role,
                 struct str text)
{
    if (width <= 0)
        return;
    size_t needed = text_fits(text, (size_t)width, cells->ascii) ? text_width(text, cells->ascii)
                                                                 : (size_t)width;
    int indent = width - (int)needed;
    cells_text(cells, row, column + indent, width - indent, role, text);
}

void cells_repeat(struct cells *cells, int row, int column, int width, enum role role,
                  const char *text, char plain)
{
    struct glyph glyph =
        glyph_of(cells->ascii ? (struct str){&plain, 1} : (struct str){text, strlen(text)});
    width = within(cells, column, width);
    for (int i = column < 0 ? -column : 0; i < width; i++)
        put(cells, row, column + i, role, &glyph);
}

void cells_fill(struct cells *cells, int row, int column, int width, enum role role, char c)
{
    if (c != '\0') {
        char text[] = {c, '\0'};
        cells_repeat(cells, row, column, width, role, text, c);
        return;
    }
    width = within(cells, column, width);
    if (!cells->cells || row < 0 || row >= cells->height)
        return;
    for (int i = column < 0 ? -column : 0; i < width; i++)
        cell_at(cells, row, column + i)->role = (uint8_t)role;
}

void cells_mark_row(struct cells *cells, int row, int column, int width)
{
    width = within(cells, column, width);
    if (!cells->cells || row < 0 || row >= cells->height)
        return;
    for (int i = column < 0 ? -column : 0; i < width; i++)
        cell_at(cells, row, column + i)->flags |= CELL_CURSOR;
}

static void trim(struct buffer *out, size_t start, char c)
{
    while (out->len > start && out->data[out->len - 1] == c)
        out->data[--out->len] = '\0';
}

void cells_print_text(const struct cells *cells, struct buffer *out)
{
    for (int row = 0; row < cells->height; row++) {
        size_t start = out->len;
        for (int column = 0; column < cells->width; column++) {
            const struct glyph *glyph = &cells_at(cells, row, column)->glyph;
            buffer_add(out, glyph->text, glyph->len);
        }
        trim(out, start, ' ');
        buffer_add_char(out, '\n');
    }
}

void cells_print_roles(const struct cells *cells, struct buffer *out)
{
    static const char letters[ROLE_COUNT] = {
        [ROLE_TEXT] = '.',     [ROLE_DIM] = 'd',     [ROLE_HEADER] = 'h',   [ROLE_RULE] = 'r',
        [ROLE_COLUMN] = 'c',   [ROLE_RUNNING] = 'N', [ROLE_IDLE] = 'I',     [ROLE_OVERDUE] = 'O',
        [ROLE_FALLBACK] = 'B', [ROLE_EXPIRED] = 'E', [ROLE_RELEASED] = 'R', [ROLE_GOOD] = 'G',
        [ROLE_WARNING] = 'W',  [ROLE_ERROR] = '!',   [ROLE_KEY] = 'k',      [ROLE_ASK] = '?',
    };
    for (int row = 0; row < cells->height; row++) {
        size_t start = out->len;
        bool is_cursor = false;
        for (int column = 0; column < cells->width; column++) {
            const struct cell *cell = cells_at(cells, row, column);
            buffer_add_char(out, letters[cell->role]);
            is_cursor = is_cursor || (cell->flags & CELL_CURSOR);
        }
        trim(out, start, '.');
        buffer_add_str(out, is_cursor ? STR(" <\n") : STR("\n"));
    }
}
