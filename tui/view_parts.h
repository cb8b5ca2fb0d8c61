/*
 * view_parts.h - what the parts of the view share: the pen, the layout, lines of text.
 *
 * Drawing and "when does this change by itself" are one walk: whatever depends on time is drawn
 * through the pen, which remembers the first moment at which it would read differently. To ask
 * without drawing, the pen gets cells without a grid.
 */
#ifndef SLOTOP_TUI_VIEW_PARTS_H
#define SLOTOP_TUI_VIEW_PARTS_H

#include "tui/command.h"
#include "tui/duration.h"
#include "tui/view.h"

struct area {
    int row, column, width, height;
};

struct pen {
    const struct view *view;
    struct cells *cells;
    const struct document *shown;
    const struct registry *registry;
    const struct model *model; /* NULL before the first look */
    int64_t next_ms;           /* the first moment at which something drawn reads differently */
    bool has_focus;            /* what is being drawn has it: its title says so by a heavy rule */
};

/* A line a slot; cells "1a 2i 3."; a letter a slot. */
enum pool_form { POOL_LINES, POOL_CELLS, POOL_MAP };

struct layout {
    bool is_bare; /* too small for more than the first line and the last */
    enum pool_form pool_form;
    bool has_titles; /* rules with the names of the panes */
    struct area finding, pool, table, body, detail, events, why, message, keys; /* height 0: none */
    int covered_row; /* from here on a message of several lines covers what is above the keys */
};

/* A pen for this view; nothing noted yet. */
struct pen view_pen(const struct view *view, struct cells *cells);
void view_layout(struct pen *pen, int width, int height, struct layout *ret_layout);
/* Too small for more than the first line and the last. */
bool view_is_bare(int width, int height);

/* ---- time ---- */

/* Notes that something drawn reads differently `ms` from now (INT64_MAX: never). */
void pen_changes_in(struct pen *pen, int64_t ms);
/* Whole milliseconds since; until; NaN where there is no such time. */
double pen_since(const struct pen *pen, double at_ms);
double pen_until(const struct pen *pen, double at_ms);
/* The words for these, noted. Returns text. */
const char *pen_elapsed(struct pen *pen, double at_ms, char text[DURATION_TEXT_SIZE]);
const char *pen_remaining(struct pen *pen, double at_ms, char text[DURATION_TEXT_SIZE]);
/* Notes that a live entry becomes overdue. */
void pen_changes_at_end(struct pen *pen, const struct entry *entry);
/* "24m", "-3m" past its end, "never" for a live entry that does not expire; "-" for others. */
const char *pen_time_left(struct pen *pen, const struct entry *entry,
                          char text[DURATION_TEXT_SIZE]);

/* ---- sessions ---- */

const struct entry *pen_entry(const struct pen *pen, size_t index);
/* The entry that keys act on (ui_target()), or NULL; *ret_index is its row in the model. */
const struct entry *pen_selected(const struct pen *pen, size_t *ret_index);
/* The whole id where it fits, else its shortest unique prefix. */
struct str pen_id(const struct pen *pen, size_t index, int width);
/* What a session is called. Over a slow line all on the workspace agent are called fallbacks: they
 * would be stranded, and not any more, all together with each slot, and a finding says so. */
enum session_view pen_view_of(const struct pen *pen, size_t index);
enum role view_role_of(enum session_view view);
/* The same, but nothing alarms that is left over from a pool that is retired. */
enum role pen_role_of(const struct pen *pen, enum session_view view);
enum role view_role_of_slot(enum slot_view view);

/* Chats are known: titles are shown. */
bool view_knows_chats(const struct pen *pen);
/* DenchClaw creates no slots any more: what is left over is no cause for alarm. */
bool view_is_retired(const struct pen *pen);
/* The registry is not read, and no good version of it was: of slots nothing is known. */
bool view_is_unknown(const struct pen *pen);
/* The word for the state of a slot; "unknown" for one that nobody can know to be free. */
const char *pen_slot_name(const struct pen *pen, enum slot_view view);
/* Draws the title of a session's chat, "-" for none. Returns the columns used. */
int pen_chat_title(struct pen *pen, int row, int column, int width, enum role role, size_t index);
/* Somebody looked for traces of this session. */
bool view_has_looked(const struct pen *pen, size_t index);
/* When the server's GC expires or removes the entry (inferred); NaN: unknown, or never. */
double view_gc_of_entry_ms(const struct pen *pen, const struct entry *entry);

/* ---- lines ---- */

/* A sentence put together without allocation; what does not fit is left out. */
struct line {
    char text[2 * ERROR_TEXT_SIZE];
    size_t len;
};
void line_add(struct line *line, struct str text);
void line_addf(struct line *line, const char *format, ...) __attribute__((format(printf, 2, 3)));
struct str line_str(const struct line *line);

/* The best trace of a session: "streaming", "lock 4m", "status 2m", "stale 5m", "wrote 9m",
 * "none seen"; "-" where nobody looked. */
void pen_add_run(struct pen *pen, struct line *line, size_t index);
/* "GC in ~48s" with `what` "GC in"; "GC is due" when it is past. False for a time not known. */
bool pen_add_gc(struct pen *pen, struct line *line, const char *what, double at_ms);

/* Draws a horizontal rule over the whole width. */
void pen_rule(struct pen *pen, struct area area);
/* The same with a title in it; returns the column behind the title. */
int pen_title(struct pen *pen, struct area area, struct str title);
/* A word in a rule that heads a column; right-aligned in [column, column + width) if `right`. */
void pen_head(struct pen *pen, int row, int column, int width, const char *word);
void pen_head_right(struct pen *pen, int row, int column, int width, const char *word);

/*
 * Lines that flow down an area, wrapped at words. The first `skip` are above it, what does not
 * fit is below; `line` counts them all.
 */
struct flow {
    struct pen *pen;
    struct area area;
    int skip;
    int line;
    bool is_cut_last; /* the last line of the area ends in a cut mark when there is more */
    int name_columns; /* of flow_field() */
    enum role name_role;
};
/* The grid row of the line that comes next; -1 when it is not visible. */
int flow_row(const struct flow *flow);
/* Wraps `text` from the next line on, `indent` columns in. */
void flow_text(struct flow *flow, int indent, enum role role, struct str text);
/* A name at the left, text wrapped at its right. */
void flow_field(struct flow *flow, const char *name, enum role role, struct str text);
void flow_title(struct flow *flow, struct str title);
void flow_skip(struct flow *flow);

/* ---- parts ---- */

void view_draw_header(struct pen *pen, int width);
/* The worst thing an operator should know, as a sentence, and what to press. False when there is
 * none. */
bool view_finding(const struct pen *pen, struct line *ret_line, enum role *ret_role);
/* The finding that says why there are no slots, which the pool itself shows; NULL for none. */
const struct finding *view_pool_finding(const struct pen *pen);
void view_draw_finding(struct pen *pen, struct area area);
/* How hard the pool was pressed, at the right of it where the screen is wide: the columns it takes,
 * 0 for nothing worth a word. */
int view_pressure_width(const struct pen *pen, int width);
void view_draw_pressure(struct pen *pen, struct area area);
/* How many entries there are, and what becomes of them, below a table that leaves room for it. */
void view_draw_summary(struct pen *pen, struct area area);
/* Why the newest fallback is one, beside the last events. */
void view_draw_side_why(struct pen *pen, struct area area);
/* The newest event in a line, where there is no room for more of them. */
void view_draw_last_event(struct pen *pen, struct area area);
/* Lines that the pool takes, its title included, in a screen of this size. */
int view_pool_height(const struct pen *pen, int width, int height, const struct layout *layout);
/* The form that it takes in a screen of this height; `width` is its own. */
enum pool_form view_pool_form(const struct pen *pen, int width, int height);
void view_draw_pool(struct pen *pen, const struct layout *layout);
void view_draw_table(struct pen *pen, const struct layout *layout);
/* What the operator has marked: " range 3  tagged 5 "; nothing where that is nothing. */
void view_add_marks(const struct pen *pen, struct line *line);
/* These draw from the line `scroll` on and return how many lines there are. */
int view_draw_detail(struct pen *pen, struct area area, int scroll);
enum { VIEW_SIDE_LINES = 9 }; /* of that, with its title */
/* The same in few lines, beside the pool: the same facts at the same places for every session. */
void view_draw_side_detail(struct pen *pen, struct area area);
int view_draw_help(struct pen *pen, struct area area, int scroll);
int view_draw_why(struct pen *pen, struct area area, int scroll);
/* Beside others: without the table where that has no room to the end, for the advice says what to
 * do. False: there is more in the pane. */
bool view_draw_why_short(struct pen *pen, struct area area, const struct why_words *words);
/* The same for panes with a cursor; *ret_cursor: the lines that it is on. */
int view_draw_findings(struct pen *pen, struct area area, int scroll, struct view_span *ret_cursor);
int view_draw_menu(struct pen *pen, struct area area, int scroll, struct view_span *ret_cursor);
int view_draw_events(struct pen *pen, struct area area, int scroll, struct view_span *ret_cursor);
void view_add_events_title(const struct pen *pen, struct line *line);
/* The last events below the table: lines that this takes in a screen of this height, title
 * included; 0 where there is no room, or nothing is known of them. */
int view_strip_height(const struct pen *pen, int height);
/* There is a history, though nothing may be in it yet. */
bool view_knows_events(const struct pen *pen);
void view_draw_strip(struct pen *pen, struct area area);
/* The pane that is open, whichever it is; `ret_cursor` stays as it is where there is none. */
int view_draw_pane(struct pen *pen, struct area area, int scroll, struct view_span *ret_cursor);
void view_add_pane_title(const struct pen *pen, struct line *line);
/* The pane takes the place of the table; or of the detail beside it, where there is room for that.
 */
bool view_pane_is_over(const struct pen *pen, const struct layout *layout);
bool view_pane_is_beside(const struct pen *pen, const struct layout *layout);
/* The pane that is open stands there where the screen is wide. */
bool view_pane_is_narrow(const struct pen *pen);
/* The events have the focus in the lines below the table that they always have. */
bool view_events_are_in_strip(const struct pen *pen, const struct layout *layout);
/* A pane other than table and pool is open, wherever. */
bool view_has_pane(const struct pen *pen, const struct layout *layout);
/* What a state word means: in a clause, then more behind a semicolon. */
const char *view_meaning(enum session_view view);
void view_draw_bottom(struct pen *pen, const struct layout *layout);
/* The columns of what stands in the last line about filter and marks, where no title tells. */
int view_untitled_width(const struct pen *pen, const struct layout *layout);
void view_draw_keys(struct pen *pen, const struct layout *layout);
/* The key that the bar names at a column; 0 for none. */
uint32_t view_key_at(const struct pen *pen, const struct layout *layout, int column);
/* The column of the table whose head stands at a column of the screen; SORT_COUNT for none that is
 * sorted by. */
enum sort_key view_head_at(const struct pen *pen, struct area area, int column);
/* A question, a filter being typed or a message is to be shown. */
bool view_has_message(const struct pen *pen);
/* The lines it takes, from the message line upwards, over what is there. */
int view_message_lines(const struct pen *pen, int width);
/* Lines that a text takes when wrapped into this width. */
int view_text_lines(const struct pen *pen, int width, struct str text);
/* The line after ':', and above it as many lines as it has more than one. */
int view_line_lines(const struct pen *pen);
void view_draw_line(struct pen *pen, struct area area);
/* What the body of the screen shows: behind a question, what it was asked in. */
enum ui_mode view_mode(const struct pen *pen);
/* Whether a command can be given now (read-only, state of the session, of the registry). */
bool view_can(const struct pen *pen, enum command_id id);

#endif
