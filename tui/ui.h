/*
 * ui.h - the operator's side of the screen: cursor, filter, pending question, last message.
 *
 * Plain data; app.c changes it, the view reads it. The cursor and a pending action hold a session
 * id with what the operator saw, never a row number.
 */
#ifndef SLOTOP_TUI_UI_H
#define SLOTOP_TUI_UI_H

#include "core/lanes.h"
#include "core/operation.h"
#include "core/pressure.h"
#include "core/state.h"
#include "tui/columns.h"
#include "tui/filter.h"
#include "tui/keymap.h"
#include "tui/prompt.h"
#include "tui/rows.h"
#include "tui/tags.h"
#include "tui/why_words.h"

enum ui_mode {
    UI_NORMAL,
    UI_FILTER,  /* typing after '/' */
    UI_CONFIRM, /* a question waits: y does it, all else does not */
    UI_HELP,
    UI_DETAIL,   /* the detail of one session over the table (where there is no room beside it) */
    UI_FINDINGS, /* all findings */
    UI_WHY,      /* why one session fell back */
    UI_EVENTS,   /* what happened */
    UI_LINE,     /* typing a command after ':' */
    UI_MENU,     /* what can be done to one session; files wait meanwhile, as under a question */
    UI_POOL,     /* the focus is on the pool, not on the table */
    UI_SEARCH,   /* typing what the cursor of the table is to find */
    UI_MODES,
};

enum {
    UI_NOTICE_MS = 500,       /* what a person needs to see a change and not press the key */
    UI_RECENT_USE_MS = 60000, /* sessions used within this time are acted on only after a yes */
    UI_FILTER_MAX = 256,      /* bytes of a filter; more is not typed */
    UI_MENU_MOST = 8,         /* commands of the action menu */
    UI_SIDE_WIDTH = 120,      /* from here on there is something beside pool and table */
};

enum ui_tone { TONE_NONE, TONE_GOOD, TONE_WARNING, TONE_ERROR };

/* What waits for a yes. */
enum pending_what {
    PENDING_ONE,    /* the action, on the session that is held */
    PENDING_TAGS,   /* the action, on all that is tagged */
    PENDING_GC,     /* what GC does */
    PENDING_COPY,   /* a copy is to be brought back */
    PENDING_UNLOCK, /* it is to be read-only no more */
    PENDING_UNDO,   /* what was not done here is to be taken back, or done again */
};

struct pending {
    enum pending_what what;
    bool is_lent; /* PENDING_TAGS: the tags were set by a line; a no puts `tags` in their place */
    struct tags tags;
    enum operation_kind kind;
    struct buffer session_id;
    enum entry_state guard_state;
    double guard_last_active_at_ms;
    enum ui_mode asked_in; /* where the answer leads back to */
    struct buffer copy;    /* PENDING_COPY: this one */
    uint32_t operation;    /* PENDING_UNDO: this one */
    bool is_redo;
};

/* A range of tags in the making: from the anchor to the cursor. */
struct range {
    bool is_on;
    struct buffer anchor_id;
    size_t anchor_row; /* of that session, or where it was last */
};

/* How much of the screen a pane has, where there is a choice. */
enum ui_size { UI_SMALL = -1, UI_USUAL, UI_HALF, UI_FULL };

/* The pool's cursor: a slot, or a fallback (pool_items.h). */
struct pool_cursor {
    size_t at;
    struct buffer item;    /* its id */
    struct buffer session; /* whom keys act on; empty: nobody */
    size_t top;            /* first row in sight */
    size_t page;           /* what PgDn moves, at the last layout */
};

/* What the operator looks for in the table: rows stay, the cursor goes to the next that matches. */
struct search {
    struct buffer text;      /* empty: nothing is looked for */
    struct filter filter;    /* the same, parsed */
    struct buffer origin_id; /* where the cursor was when it began */
    size_t origin_row;
    size_t found, place; /* how many rows match, and which of them the cursor is on, from 1 */
};

/* The finding under the cursor of that pane. */
struct findings_cursor {
    size_t at;             /* place in the model's findings */
    const char *code;      /* what stood there when last looked; NULL: nothing */
    struct buffer subject; /* of that finding */
    size_t sessions;       /* how many it names; 1: its subject, or the one of which it tells */
};

/* The pane of events: which of the history it shows, and the one under its cursor. */
struct events_pane {
    size_t *shown;              /* places in history_events(), newest first */
    size_t count, capacity;     /* of them */
    size_t total;               /* of the history */
    size_t at;                  /* place in `shown`; 0: the newest, which the cursor stays on */
    bool has_event;             /* `event` is what stood there when last looked */
    struct history_event event; /* its session is in `session`, its agent is not kept */
    struct buffer session;
    struct buffer filter; /* words that must all be in the line of an event */
};

/* The lines that the finding has, in a screen of this size; more than it needs until then. */
struct finding_place {
    int width, height;
    int lines;
    int64_t until_ms; /* epoch; 0: it needs all of them, or not asked since */
};

/* What was made for the wide screen, and of what. */
struct made_beside {
    int64_t model_now_ms; /* 0: nothing yet */
    uint64_t model_version;
    size_t events;
};

/* One command of the action menu. */
struct menu_item {
    const struct command *command;
    bool can;
    struct str text; /* raw: what it comes to, or why it makes no sense now */
};

/* The action menu of the session in `pending`, as it was when the menu opened. */
struct menu {
    struct menu_item items[UI_MENU_MOST];
    size_t count;
    size_t at;        /* under the cursor */
    struct str title; /* raw: id and title */
    struct str note;  /* raw: what does not help, and what does; empty: nothing */
    struct arena arena;
};

/* What the operator has seen of the entry that keys act on: see ui_target(). An action key that
 * comes sooner than UI_NOTICE_MS after it changed by itself was meant for what stood there before.
 */
struct seen {
    enum entry_state state;
    double last_active_at_ms;
    bool changed;
    int64_t changed_ms;
};

struct ui {
    enum ui_mode mode;
    struct keymap keymap;
    struct column_choice columns; /* of the table */
    struct buffer cursor_id;      /* session under the cursor; empty: none, the table has no rows */
    struct seen seen;             /* of that session */
    size_t cursor_row;  /* where it was last: where the cursor stays when its session goes */
    size_t top_row;     /* first visible row of the table */
    size_t page_rows;   /* rows of the table at the last layout: what PgDn moves */
    size_t scroll;      /* of a pane that is open: first visible line */
    size_t scroll_last; /* the last that it may be, at the last layout */
    enum sort_key sort;
    bool reverse;
    struct buffer filter;
    struct buffer help_filter; /* what must be in a line of help */
    struct tags tags;
    struct range range;
    struct search search;
    struct buffer follow_id; /* the session that the cursor stays on; empty: none */
    size_t cursor_line;      /* of the table at the last layout: there what is followed stays */
    struct buffer message;   /* raw text; made harmless when drawn */
    enum ui_tone tone;
    struct pending pending;
    struct buffer stored;             /* the stored text of the entry that keys act on */
    struct buffer question;           /* UI_CONFIRM: raw text */
    enum ui_mode came_from[UI_MODES]; /* where each pane leads back to */
    enum ui_size sizes[UI_MODES];     /* of pool, table (UI_NORMAL), events, findings */
    struct pool_cursor pool;
    bool has_lanes; /* the pool over the last hour, in the place of its bars */
    struct lanes lanes;
    int64_t lanes_model_ms; /* the model that they were made of; 0: none */
    struct findings_cursor findings;
    struct events_pane events;
    struct why_words why; /* UI_WHY */
    struct finding_place finding_place;
    struct made_beside beside;
    struct pressure pressure;  /* has_pressure: the history tells of it */
    struct why_words side_why; /* has_side_why: of the newest fallback */
    bool has_pressure, has_side_why;
    struct menu menu;     /* UI_MENU */
    struct prompt prompt; /* UI_LINE */
    bool has_mouse;       /* the terminal is to tell what it does */
    bool quit;
};

void ui_init(struct ui *ui);
void ui_done(struct ui *ui);

/* What the body shows: the pane behind a question or a line that is typed. */
enum ui_mode ui_body(const struct ui *ui);
/* The same, but the pane under help. */
enum ui_mode ui_pane(const struct ui *ui);
/* The pane of the dashboard that has the focus, whatever lies over it: UI_NORMAL (the table),
 * UI_POOL, UI_EVENTS or UI_FINDINGS. */
enum ui_mode ui_base(const struct ui *ui);
/* Whose filter it is that is typed, or is there: UI_EVENTS, UI_HELP, or UI_NORMAL for the table. */
enum ui_mode ui_filtered(const struct ui *ui);
/* The row of the session that keys act on and panes tell of: of the pane that is open, else under
 * the cursor of the table; SIZE_MAX for none. */
size_t ui_target(const struct ui *ui, const struct model *model, const struct registry *registry);
/* Keys that change a session are about what is tagged, not about the one under the cursor. */
bool ui_acts_on_tags(const struct ui *ui);
/* The row of a session that is the subject of a finding; SIZE_MAX: it is about something else. */
size_t ui_finding_row(const struct finding *finding, const struct model *model,
                      const struct registry *registry);

/* Types a key into a text of at most UI_FILTER_MAX bytes; false where it is none, or has no room.
 */
bool ui_type(struct buffer *text, uint32_t key);
/* Takes its last character away. */
void ui_rub_out(struct buffer *text);

/* Replaces the message. */
void ui_say(struct ui *ui, enum ui_tone tone, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Empties the message for a new one of this tone, to be appended to what is returned. */
struct buffer *ui_message(struct ui *ui, enum ui_tone tone);
void ui_be_silent(struct ui *ui);

#endif
