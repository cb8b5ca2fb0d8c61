#include "tui/view_parts.h"

#include "tui/key.h"

#include <stdio.h>

/* The action menu: a key, its word, what it comes to; dim what makes no sense now. */
enum { NAME_COLUMNS = 12, KEY_COLUMNS = 3, SHORT = 12 };

/* In little room only the item under the cursor says everything. */
static void draw_item(struct flow *flow, const struct menu_item *item, bool is_whole)
{
    enum role role = item->can ? ROLE_TEXT : ROLE_DIM;
    int row = flow_row(flow);
    char key[KEYMAP_LABEL_SIZE];
    char name[KEYMAP_LABEL_SIZE + NAME_COLUMNS];
    (void)snprintf(name, sizeof(name), "%-*s%.*s", KEY_COLUMNS,
                   keymap_label(&flow->pen->view->ui->keymap, item->command->id, key),
                   NAME_COLUMNS - KEY_COLUMNS - 1, item->command->label);
    flow->name_role = item->can ? ROLE_KEY : ROLE_DIM;
    if (is_whole) {
        flow_field(flow, name, role, item->text);
        return;
    }
    flow_field(flow, name, role, STR(""));
    cells_text(flow->pen->cells, row, flow->area.column + NAME_COLUMNS,
               flow->area.width - NAME_COLUMNS, role, item->text);
}

int view_draw_menu(struct pen *pen, struct area area, int scroll, struct view_span *ret_cursor)
{
    struct flow flow = {.pen = pen, .area = area, .skip = scroll, .name_columns = NAME_COLUMNS};
    const struct menu *menu = &pen->view->ui->menu;
    *ret_cursor = (struct view_span){.count = 0};
    for (size_t i = 0; i < menu->count; i++) {
        int first = flow.line;
        int row = flow_row(&flow);
        draw_item(&flow, &menu->items[i], area.height >= SHORT || i == menu->at);
        if (i != menu->at)
            continue;
        *ret_cursor = (struct view_span){(size_t)first, (size_t)(flow.line - first), 0};
        cells_text(pen->cells, row, area.column - 1, 1, ROLE_TEXT, STR(">"));
        cells_mark_row(pen->cells, row, area.column - 1, area.width + 1);
    }
    if (menu->note.len > 0) {
        flow_skip(&flow);
        flow_text(&flow, 0, ROLE_TEXT, menu->note);
    }
    return flow.line;
}
