#include "tui/view_parts.h"

/* Which pane is open, what it is called, and where it stands. */

int view_draw_pane(struct pen *pen, struct area area, int scroll, struct view_span *ret_cursor)
{
    switch ((unsigned)view_mode(pen)) {
    case UI_HELP:
        return view_draw_help(pen, area, scroll);
    case UI_FINDINGS:
        return view_draw_findings(pen, area, scroll, ret_cursor);
    case UI_EVENTS:
        return view_draw_events(pen, area, scroll, ret_cursor);
    case UI_WHY:
        return view_draw_why(pen, area, scroll);
    case UI_MENU:
        return view_draw_menu(pen, area, scroll, ret_cursor);
    default:
        return view_draw_detail(pen, area, scroll);
    }
}

static void add_findings_title(const struct pen *pen, struct line *line)
{
    static const enum severity worst_first[] = {SEVERITY_ERROR, SEVERITY_WARNING, SEVERITY_INFO};
    size_t counts[SEVERITY_ERROR + 1] = {0};
    const char *before = ": ";
    for (size_t i = 0; i < pen->model->finding_count; i++)
        counts[pen->model->findings[i].severity]++;
    line_addf(line, "4 Findings");
    for (size_t i = 0; i < sizeof(worst_first) / sizeof(worst_first[0]); i++) {
        size_t count = counts[worst_first[i]];
        bool is_many = count > 1 && worst_first[i] != SEVERITY_INFO;
        if (count == 0)
            continue;
        line_addf(line, "%s%zu %s%s", before, count, severity_name(worst_first[i]),
                  is_many ? "s" : "");
        before = ", ";
    }
}

void view_add_pane_title(const struct pen *pen, struct line *line)
{
    const struct ui *ui = pen->view->ui;
    switch ((unsigned)view_mode(pen)) {
    case UI_HELP:
        line_addf(line, "Help");
        if (ui->help_filter.len > 0) {
            line_addf(line, ": what has ");
            line_add(line, buffer_str(&ui->help_filter));
            line_addf(line, " in it");
        }
        break;
    case UI_FINDINGS:
        add_findings_title(pen, line);
        break;
    case UI_EVENTS:
        view_add_events_title(pen, line);
        break;
    case UI_WHY:
        line_addf(line, "Why: ");
        line_add(line, ui->why.id);
        break;
    case UI_MENU:
        line_addf(line, "Actions: ");
        line_add(line, ui->menu.title);
        break;
    default:
        line_addf(line, "Session");
    }
}

/* What tells of one session leaves the table in sight where there is room; and so do findings that
 * are not enlarged. */
bool view_pane_is_narrow(const struct pen *pen)
{
    enum ui_mode mode = view_mode(pen);
    bool is_full = pen->view->ui->sizes[UI_FINDINGS] == UI_FULL;
    return mode == UI_DETAIL || mode == UI_WHY || mode == UI_MENU ||
           (mode == UI_FINDINGS && !is_full);
}

bool view_pane_is_beside(const struct pen *pen, const struct layout *layout)
{
    return pen->model && !layout->is_bare && layout->detail.height > 1 && view_pane_is_narrow(pen);
}

bool view_pane_is_over(const struct pen *pen, const struct layout *layout)
{
    enum ui_mode mode = view_mode(pen);
    bool is_open = mode == UI_HELP || mode == UI_DETAIL || mode == UI_FINDINGS ||
                   mode == UI_EVENTS || mode == UI_WHY || mode == UI_MENU;
    return (pen->model || mode == UI_HELP) && !layout->is_bare && is_open &&
           !view_pane_is_beside(pen, layout) && !view_events_are_in_strip(pen, layout);
}

bool view_has_pane(const struct pen *pen, const struct layout *layout)
{
    return view_pane_is_over(pen, layout) || view_pane_is_beside(pen, layout) ||
           view_events_are_in_strip(pen, layout);
}
