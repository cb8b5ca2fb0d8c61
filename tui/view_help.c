#include "tui/view_parts.h"

#include "tui/key.h"

#include <strings.h>

enum { NAME_COLUMNS = 16 };

const char *view_meaning(enum session_view view)
{
    static const char *const meanings[] = {
        [VIEW_ACTIVE] = "has a slot; no run of it has ended cleanly yet",
        [VIEW_IDLE] = "keeps its slot; a run of it has ended, and it may run again",
        [VIEW_OVERDUE] = "past its TTL; GC has not come by yet",
        [VIEW_FALLBACK] = "no slot was free; it is on the workspace agent, and is not moved later",
        [VIEW_STRANDED] = "a slot is free; it is on the workspace agent, and is not moved later",
        [VIEW_ORPHAN] = "live outside the pool; its agent is no slot of it",
        [VIEW_EXPIRED] = "its hold has ended; its chat is still pinned to the agent",
        [VIEW_RELEASED] = "given back by hand; the next GC removes the entry",
        [VIEW_ODD] = "not as the server writes them; it holds no slot",
        [VIEW_RUNNING] = "a run is in progress; it has a slot, and its traces say so",
        [VIEW_GHOST] = "its chat is gone; no index has it, and it has no transcript",
        [VIEW_SHARED] = "uses the slot of another one; its own hold has ended",
        [VIEW_IN_USE] = "its chat is in use; its hold has ended",
        [VIEW_FORGOTTEN] = "not in the registry; its chat is still pinned to the agent",
    };
    return meanings[view];
}

/* Help in the making: only lines that have the filter's text in them, under titles that have lines.
 */
struct help {
    struct flow flow;
    struct str filter;
    const char *title; /* of what comes; NULL: it is there */
    size_t lines;
};

static bool has_text(struct str text, struct str part)
{
    bool is_there = part.len == 0;
    for (size_t i = 0; !is_there && i + part.len <= text.len; i++)
        is_there = strncasecmp(text.data + i, part.data, part.len) == 0;
    return is_there;
}

static void begin_part(struct help *help, const char *title)
{
    help->title = title;
}

static void add(struct help *help, const char *name, enum role role, struct str text)
{
    struct flow *flow = &help->flow;
    if (!has_text(str_of(name), help->filter) && !has_text(text, help->filter))
        return;
    if (help->title) {
        if (help->lines > 0)
            flow_skip(flow);
        flow_title(flow, str_of(help->title));
        help->title = NULL;
    }
    flow->name_role = role;
    flow_field(flow, name, ROLE_TEXT, text);
    help->lines++;
}

/* Whether the command can do something here and now, whatever is under the cursor. */
static bool is_useful(const struct view *view, const struct command *command)
{
    switch ((unsigned)command->id) {
    case COMMAND_UNDO:
    case COMMAND_REDO:
        return !view->read_only && view->has_journal;
    case COMMAND_RESTORE:
        return !view->read_only && state_can_restore(view->state);
    case COMMAND_DISMISS:
        return view->state->is_wiped;
    default:
        return !(view->read_only && (command->flags & COMMAND_CHANGES));
    }
}

static void add_keys(struct help *help)
{
    const struct view *view = help->flow.pen->view;
    for (size_t i = 0; i < command_count; i++) {
        const uint32_t *keys = keymap_keys(&view->ui->keymap, &commands[i]);
        struct line line = {.len = 0};
        char name[KEY_NAME_SIZE];
        if (!*keys || !is_useful(view, &commands[i]))
            continue;
        for (const uint32_t *key = keys; *key; key++)
            line_addf(&line, "%s%s", line.len ? " " : "", key_label(*key, name));
        line_add(&line, (struct str){"", 1}); /* ends the text */
        add(help, line.text, ROLE_KEY, str_of(commands[i].summary));
    }
    if (view->read_only)
        add(help, "READ-ONLY", ROLE_KEY, STR("keys that change the registry do nothing"));
}

/* What can be typed only, and what takes more when it is typed. */
static void add_lines(struct help *help)
{
    const struct view *view = help->flow.pen->view;
    begin_part(help, "Typed after :");
    for (size_t i = 0; i < command_count; i++) {
        const struct command *command = &commands[i];
        struct line text = {.len = 0};
        bool has_key = *keymap_keys(&view->ui->keymap, command);
        bool is_more = !has_key || command->arguments[0];
        if (!(command->flags & COMMAND_IN_LINE) || !is_more || !is_useful(view, command))
            continue;
        line_addf(&text, "%s", command->arguments);
        if (!has_key)
            line_addf(&text, "%s%s", command->arguments[0] ? ": " : "", command->summary);
        add(help, command->name, ROLE_KEY, line_str(&text));
    }
}

static void add_words(struct help *help)
{
    begin_part(help, "States");
    for (enum session_view view = VIEW_ACTIVE; view <= VIEW_ODD; view++)
        add(help, session_view_name(view), view_role_of(view), str_of(view_meaning(view)));
    add(help, slot_view_name(SLOT_DOUBLE), view_role_of_slot(SLOT_DOUBLE),
        STR("a slot that two live sessions hold; their runs wait for each other"));
}

static void add_letters(struct help *help)
{
    static const struct {
        const char *cell;
        enum role role;
        const char *meaning;
    } cells[] = {
        {"1a", ROLE_TEXT, "slot 1, its holder is active"},
        {"1r", ROLE_RUNNING, "a run of it is in progress"},
        {"2i", ROLE_IDLE, "idle"},
        {"3!", ROLE_OVERDUE, "past its TTL"},
        {"4.", ROLE_DIM, "free"},
        {"4g", ROLE_WARNING, "held, but its chat is gone"},
        {"5S", ROLE_ERROR, "used by a session that does not hold it, too"},
        {"5X", ROLE_ERROR, "held by two live sessions"},
        {"Fa Fi", ROLE_FALLBACK, "a session on the workspace agent"},
    };
    begin_part(help, "The pool in little room");
    for (size_t i = 0; i < sizeof(cells) / sizeof(cells[0]); i++)
        add(help, cells[i].cell, cells[i].role, str_of(cells[i].meaning));
}

static void add_end(struct help *help)
{
    static const char end[] =
        "TTL: how long a session keeps its slot after its last use. GC: what the server does every "
        "5 minutes: it expires sessions past their TTL and removes released ones. Times are "
        "rounded down.";
    struct str text = str_of(end);
    struct line line = {.len = 0};
    if (has_text(text, help->filter)) {
        if (help->lines > 0)
            flow_skip(&help->flow);
        flow_text(&help->flow, 0, ROLE_DIM, text);
    } else if (help->lines == 0) {
        line_addf(&line, "Nothing in help has ");
        line_add(&line, help->filter);
        line_addf(&line, " in it. Esc shows all.");
        flow_text(&help->flow, 0, ROLE_TEXT, line_str(&line));
    }
}

int view_draw_help(struct pen *pen, struct area area, int scroll)
{
    struct help help = {
        .flow = {.pen = pen, .area = area, .skip = scroll, .name_columns = NAME_COLUMNS},
        .filter = buffer_str(&pen->view->ui->help_filter),
    };
    add_keys(&help);
    add_lines(&help);
    add_words(&help);
    add_letters(&help);
    add_end(&help);
    return help.flow.line;
}
