/*
 * view_detail.h - what the parts of the detail pane share; not for others.
 *
 * Each draws its lines into the flow. A line whose words change with time has as many lines before
 * as after, so that those below it stay where they are.
 */
#ifndef SLOTOP_TUI_VIEW_DETAIL_H
#define SLOTOP_TUI_VIEW_DETAIL_H

#include "tui/view_parts.h"

/* Puts what follows at its place in the line, behind a span: "24m ago     what follows". */
void detail_gap(struct line *line);
/* Draws a line that begins with a span. `before_ms` is pen->next_ms before the span was worked out:
 * only where the line is visible does it matter when it reads differently. */
void detail_time(struct flow *flow, const char *name, enum role role, const struct line *line,
                 int64_t before_ms);
/* "24m ago     what", or "in 3s"; for what has no time "-". */
void detail_since(struct flow *flow, const char *name, double at_ms, struct str what);
/* Appends the exact moment: what one looks for in logs. Nothing where there is none. */
void detail_add_moment(struct line *line, double at_ms);

/* What the index tells of its chat. */
void detail_draw_chat(struct flow *flow, size_t index);
/* The traces of runs, each with its age. */
void detail_draw_runs(struct flow *flow, size_t index);
/* What the keys would do to it. */
void detail_draw_keys(struct flow *flow, const struct entry *entry, const struct slot *slot);

#endif
