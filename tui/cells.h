/*
 * cells.h - the grid that views draw into: characters and roles, no terminal.
 *
 * Everything outside the grid is clipped, so a view may draw anywhere at any size. Strangers'
 * text enters only through cells_text(), which makes it harmless (text.h).
 */
#ifndef SLOTOP_TUI_CELLS_H
#define SLOTOP_TUI_CELLS_H

#include "tui/text.h"

/* What a cell means; the terminal decides how it looks. Words carry the meaning, roles repeat it.
 */
enum role {
    ROLE_TEXT,
    ROLE_DIM,
    ROLE_HEADER,  /* the first line */
    ROLE_RULE,    /* pane titles */
    ROLE_COLUMN,  /* table heads */
    ROLE_RUNNING, /* a run is in progress: what is only held is plain text */
    ROLE_IDLE,
    ROLE_OVERDUE,
    ROLE_FALLBACK,
    ROLE_EXPIRED,
    ROLE_RELEASED,
    ROLE_GOOD, /* LIVE, "verified" */
    ROLE_WARNING,
    ROLE_ERROR,
    ROLE_KEY, /* a key's name in bars and help */
    ROLE_ASK, /* a question that waits for y or n */
    ROLE_COUNT,
};

enum cell_flag { CELL_CURSOR = 1 << 0 /* the selected row: shown reversed */ };

struct cell {
    struct glyph glyph; /* width 0: right half of the wide glyph on its left */
    uint8_t role;
    uint8_t flags;
};

struct cells {
    int width;
    int height;
    bool ascii;
    struct cell *cells; /* height * width, row by row; NULL: measures only, draws nothing */
};

/* 1..1000 each way. -ENOMEM leaves *cells as it was. Content is blank afterwards. */
int cells_resize(struct cells *cells, int width, int height);
void cells_done(struct cells *cells);
void cells_clear(struct cells *cells);
const struct cell *cells_at(const struct cells *cells, int row, int column);

/* Draws text from (row, column), at most `width` columns; cut text ends in '~' or '…'.
 * Returns the columns used (0..width). Never writes outside the grid. */
int cells_text(struct cells *cells, int row, int column, int width, enum role role,
               struct str text);
/* The same for text of our own making. */
int cells_printf(struct cells *cells, int row, int column, int width, enum role role,
                 const char *format, ...) __attribute__((format(printf, 6, 7)));
/* Right-aligned in [column, column + width). */
void cells_right(struct cells *cells, int row, int column, int width, enum role role,
                 struct str text);
/* Repeats one ASCII character, or with role only (c = 0) recolours what is there. */
void cells_fill(struct cells *cells, int row, int column, int width, enum role role, char c);
/* Repeats a one-column character of our own ("─"); `plain` stands for it where cells->ascii. */
void cells_repeat(struct cells *cells, int row, int column, int width, enum role role,
                  const char *glyph, char plain);
/* Marks a row as the cursor's; what is drawn over it later takes the mark away. */
void cells_mark_row(struct cells *cells, int row, int column, int width);

/* Two planes for golden tests: the text, line by line without spaces at the end, and one letter a
 * cell for the role ('.' plain text, dropped at the end), with " <" behind a row of the cursor. */
void cells_print_text(const struct cells *cells, struct buffer *out);
void cells_print_roles(const struct cells *cells, struct buffer *out);

#endif
