#include "tui/term_row.h"

#include "tui/key.h"

enum { GAP_MAX = 16 }; /* blanks that cost less than two changes of attributes */

static bool is_blank(const struct cell *cell)
{
    return cell->glyph.width == 1 &&
           (cell->glyph.len == 0 || (cell->glyph.len == 1 && cell->glyph.text[0] == ' '));
}

static int end_of(const struct cell *row, int width)
{
    int end = width;
    while (end > 0 && is_blank(&row[end - 1]))
        end--;
    return end;
}

static bool shows_blank(const struct cell *cell, const bool shows_blanks[ROLE_COUNT])
{
    return cell->flags & CELL_CURSOR || shows_blanks[cell->role];
}

void term_row_smooth(struct cell *row, int width, const bool shows_blanks[ROLE_COUNT])
{
    int end = end_of(row, width);
    int next = 0;
    for (int column = 0; column < end; column = next) {
        next = column + 1;
        if (!is_blank(&row[column]))
            continue;
        while (is_blank(&row[next])) /* ends at the last word */
            next++;
        if (column == 0 || next - column > GAP_MAX)
            continue;
        for (int i = column; i < next; i++) {
            if (!shows_blank(&row[i], shows_blanks) && !shows_blank(&row[i - 1], shows_blanks))
                row[i].role = row[i - 1].role;
        }
    }
}

void term_row_text(const struct cell *cell, size_t most, wchar_t ret_text[])
{
    size_t count = 0;
    struct key_decoder decoder = {0};
    uint32_t code_point;
    for (uint8_t i = 0; i < cell->glyph.len && count < most; i++) {
        if (key_decode(&decoder, (unsigned char)cell->glyph.text[i], &code_point))
            ret_text[count++] = (wchar_t)code_point;
    }
    if (count == 0)
        ret_text[count++] = L' ';
    ret_text[count] = 0;
}
