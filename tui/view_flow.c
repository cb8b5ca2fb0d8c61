#include "tui/view_parts.h"

void pen_rule(struct pen *pen, struct area area)
{
    const char *glyph = pen->has_focus ? "\xe2\x94\x81" : "\xe2\x94\x80";
    cells_repeat(pen->cells, area.row, area.column, area.width, ROLE_RULE, glyph,
                 pen->has_focus ? '=' : '-');
}

int pen_title(struct pen *pen, struct area area, struct str title)
{
    enum { INDENT = 2 };
    pen_rule(pen, area);
    int column = area.column + INDENT;
    int width = area.width - 2 * INDENT;
    column += cells_text(pen->cells, area.row, column, width, ROLE_RULE, STR(" "));
    column += cells_text(pen->cells, area.row, column, width - 2, ROLE_HEADER, title);
    column += cells_text(pen->cells, area.row, column, 1, ROLE_RULE, STR(" "));
    return column;
}

void pen_head(struct pen *pen, int row, int column, int width, const char *word)
{
    int used = cells_text(pen->cells, row, column, width, ROLE_COLUMN, str_of(word));
    cells_text(pen->cells, row, column - 1, 1, ROLE_RULE, STR(" "));
    cells_text(pen->cells, row, column + used, 1, ROLE_RULE, STR(" "));
}

void pen_head_right(struct pen *pen, int row, int column, int width, const char *word)
{
    int len = (int)str_of(word).len;
    pen_head(pen, row, column + width - len, len, word);
}

int flow_row(const struct flow *flow)
{
    int line = flow->line - flow->skip;
    return line >= 0 && line < flow->area.height ? flow->area.row + line : -1;
}

/* What a key does is told as "w = why": the space at `at` is no place to break at. */
static bool is_beside_sign(struct str text, size_t at)
{
    return (at + 1 < text.len && text.data[at + 1] == '=') || (at > 0 && text.data[at - 1] == '=');
}

/* How many bytes of `text` make a line of `width` columns: up to a space where there is one. At
 * least one character, however narrow the line. */
static size_t line_bytes(struct str text, int width, bool ascii)
{
    struct str rest = text;
    struct text_state state = {{0}, 0, 0};
    struct glyph glyph;
    int used = 0;
    size_t fit = 0;
    size_t space = 0;
    bool has_word = false; /* spaces at the start are no place to break at */
    while (text_next(&rest, ascii, &state, &glyph)) {
        used += glyph.width;
        size_t at = text.len - rest.len;
        if (used > width) {
            bool is_word_end = fit > 0 && text.data[fit] == ' ' && !is_beside_sign(text, fit);
            return is_word_end || (space == 0 && fit > 0) ? fit : space > 0 ? space : at;
        }
        if (state.pending_at == state.pending_len)
            fit = at;
        bool is_space = glyph.len == 1 && glyph.text[0] == ' ';
        has_word = has_word || !is_space;
        if (is_space && has_word && !is_beside_sign(text, at - 1))
            space = at;
    }
    return text.len;
}

void flow_text(struct flow *flow, int indent, enum role role, struct str text)
{
    struct cells *cells = flow->pen->cells;
    int width = flow->area.width - indent;
    if (width <= 0)
        return;
    do {
        bool is_last = flow->is_cut_last && flow->line - flow->skip == flow->area.height - 1;
        size_t len = is_last ? text.len : line_bytes(text, width, cells->ascii);
        cells_text(cells, flow_row(flow), flow->area.column + indent, width, role,
                   (struct str){text.data, len});
        text = (struct str){text.data + len, text.len - len};
        while (text.len > 0 && text.data[0] == ' ')
            text = (struct str){text.data + 1, text.len - 1};
        flow->line++;
    } while (text.len > 0);
}

void flow_field(struct flow *flow, const char *name, enum role role, struct str text)
{
    cells_text(flow->pen->cells, flow_row(flow), flow->area.column, flow->name_columns - 1,
               flow->name_role, str_of(name));
    flow_text(flow, flow->name_columns, role, text);
}

void flow_title(struct flow *flow, struct str title)
{
    struct area area = flow->area;
    area.row = flow_row(flow);
    bool has_focus = flow->pen->has_focus;
    flow->pen->has_focus = false;
    (void)pen_title(flow->pen, area, title);
    flow->pen->has_focus = has_focus;
    flow->line++;
}

void flow_skip(struct flow *flow)
{
    flow->line++;
}
