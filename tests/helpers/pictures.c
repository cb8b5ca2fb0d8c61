#include "tests/helpers/pictures.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int pictures_below(uint64_t *random, int limit)
{
    *random ^= *random << 13;
    *random ^= *random >> 7;
    *random ^= *random << 17;
    return (int)((*random >> 11) % (uint64_t)limit);
}

static int any_row(struct pictures *pictures)
{
    return pictures_below(&pictures->random, pictures->grid.height);
}

static struct cell *row_at(struct pictures *pictures, int row)
{
    return pictures->grid.cells + (size_t)row * (size_t)pictures->grid.width;
}

static void draw_words(struct pictures *pictures, int row, int column)
{
    static const char *const words[] = {
        "aaaaaaaa",    "running", "端末の行", "e\u0301te\u0301", "─────", "12m", "    ", "released",
        "chat-slot-1", "é",       "·",        "  2 h 14 min",
    };
    int end = pictures->grid.width - 1; /* what combines in the last column libvterm may lose */
    while (column < end && pictures_below(&pictures->random, 9)) {
        const char *word = words[pictures_below(&pictures->random, 12)];
        enum role role = (enum role)pictures_below(&pictures->random, ROLE_COUNT);
        column += cells_text(&pictures->grid, row, column, end - column, role, str_of(word));
        column += pictures_below(&pictures->random, 3);
    }
}

/* Of few numbers, so that rows come back and are equal; 0: blank. */
static void draw_row(struct pictures *pictures, int row)
{
    int number = pictures_below(&pictures->random, 12);
    cells_fill(&pictures->grid, row, 0, pictures->grid.width, ROLE_TEXT, ' ');
    if (number == 0)
        return;
    (void)cells_printf(&pictures->grid, row, 0, pictures->grid.width,
                       number % 3 ? ROLE_TEXT : ROLE_IDLE, "%d%0*d", number,
                       pictures_below(&pictures->random, 2) * 9, number);
    if (number > 4)
        draw_words(pictures, row, 12);
}

static void copy_row(struct pictures *pictures, int to, int from)
{
    memmove(row_at(pictures, to), row_at(pictures, from),
            (size_t)pictures->grid.width * sizeof(struct cell));
}

/* A row goes to where another is; what is between moves up or down by one. */
static void move_row(struct pictures *pictures, int from, int to)
{
    size_t bytes = (size_t)pictures->grid.width * sizeof(struct cell);
    struct cell *kept = malloc(bytes);
    if (!kept)
        abort();
    memcpy(kept, row_at(pictures, from), bytes);
    for (int step = from < to ? 1 : -1; from != to; from += step)
        copy_row(pictures, from, from + step);
    memcpy(row_at(pictures, to), kept, bytes);
    free(kept);
}

static void scroll(struct pictures *pictures)
{
    int top = any_row(pictures), lines = 1 + pictures_below(&pictures->random, 5);
    int count = pictures_below(&pictures->random, pictures->grid.height - top) + 1;
    bool is_up = pictures_below(&pictures->random, 2);
    for (int i = 0; i < count; i++) {
        int row = is_up ? top + i : top + count - 1 - i;
        int from = is_up ? row + lines : row - lines;
        if (from >= top && from < top + count)
            copy_row(pictures, row, from);
        else
            draw_row(pictures, row);
    }
}

static void move_cursor(struct pictures *pictures)
{
    size_t cells = (size_t)pictures->grid.width * (size_t)pictures->grid.height;
    for (size_t i = 0; i < cells; i++)
        pictures->grid.cells[i].flags = 0;
    cells_mark_row(&pictures->grid, any_row(pictures), 0, pictures->grid.width);
}

static void change(struct pictures *pictures)
{
    static const int distances[] = {1, 1, 2, 3, 7, 1000};
    int last = pictures->grid.height - 1, row = any_row(pictures);
    int distance = distances[pictures_below(&pictures->random, 6)];
    switch (pictures_below(&pictures->random, 10)) {
    case 0:
    case 1:
        move_row(pictures, row, row < distance ? 0 : row - distance);
        return;
    case 2:
        move_row(pictures, row, last - row < distance ? last : row + distance);
        return;
    case 3: /* comes in */
        move_row(pictures, last, row);
        draw_row(pictures, row);
        return;
    case 4: /* leaves */
        move_row(pictures, row, last);
        draw_row(pictures, last);
        return;
    case 5:
    case 6:
        scroll(pictures);
        return;
    case 7:
        draw_words(pictures, row, pictures_below(&pictures->random, pictures->grid.width));
        return;
    case 8:
        move_cursor(pictures);
        return;
    default:
        draw_row(pictures, row);
        return;
    }
}

static void draw_all(struct pictures *pictures)
{
    for (int row = 0; row < pictures->grid.height; row++)
        draw_row(pictures, row);
}

void pictures_next(struct pictures *pictures)
{
    pictures->number++;
    if (pictures_below(&pictures->random, 30) == 0)
        draw_all(pictures);
    if (pictures_below(&pictures->random, 60) == 0)
        cells_clear(&pictures->grid);
    for (int i = 1 + pictures_below(&pictures->random, 5); i > 0; i--)
        change(pictures);
}

void pictures_list(struct pictures *pictures)
{
    pictures->number++;
    for (int row = 0; row < pictures->grid.height; row++)
        cells_fill(&pictures->grid, row, 0, pictures->grid.width, row % 2 ? ROLE_TEXT : ROLE_IDLE,
                   (char)('A' + row));
}

void pictures_pass(struct pictures *pictures)
{
    pictures->number++;
    move_row(pictures, pictures->grid.height - 3, pictures->grid.height - 3 - PICTURES_PASSED);
}

void pictures_fall(struct pictures *pictures)
{
    pictures->number++;
    move_row(pictures, pictures->grid.height / 2, pictures->grid.height - 1);
}

void pictures_mark_text(const struct pictures *pictures, char phase, char *ret_text, size_t size)
{
    (void)snprintf(ret_text, size, "<%c%05u>", phase, pictures->number % 100000);
}

/* Nothing is in the last corner, and no wide glyph before it: how curses writes there loses some of
 * that, moved or not. */
void pictures_mark(struct pictures *pictures, char phase)
{
    char text[16];
    int last = pictures->grid.height - 1, row = pictures->is_mark_last ? last : 0;
    cells_fill(&pictures->grid, last, pictures->grid.width - 3, 3, ROLE_TEXT, ' ');
    pictures_mark_text(pictures, phase, text, sizeof(text));
    (void)cells_text(&pictures->grid, row, pictures->grid.width - 1 - PICTURES_MARK_COLUMNS,
                     PICTURES_MARK_COLUMNS, ROLE_TEXT, str_of(text));
}

void pictures_resize(struct pictures *pictures, int width, int height)
{
    pictures->number++;
    if (cells_resize(&pictures->grid, width, height) != 0)
        abort();
    draw_all(pictures);
}

struct pictures pictures_start(unsigned long seed, int width, int height)
{
    struct pictures pictures = {.random = seed * UINT64_C(0x9e3779b97f4a7c15) + 1};
    pictures.is_mark_last = pictures_below(&pictures.random, 2);
    pictures_resize(&pictures, width, height);
    return pictures;
}

void pictures_done(struct pictures *pictures)
{
    cells_done(&pictures->grid);
}
