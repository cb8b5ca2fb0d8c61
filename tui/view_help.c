#include "tui/view_parts.h"

#include "tui/key.h"

enum { NAME_COLUMNS = 16 };

const char *view_meaning(enum session_view view)
{
    static const char *const meanings[] = {
        [VIEW_ACTIVE] = "has a slot; no run of it has ended cleanly yet",
        [VIEW_IDLE] = "a run of it has ended; it keeps its slot, and may run again",
        [VIEW_OVERDUE] = "past its TTL; GC has not come by yet",
        [VIEW_FALLBACK] = "on the workspace agent, for no slot was free; it is not moved later",
        [VIEW_STRANDED] = "on the workspace agent while a slot is free; it is not moved later",
        [VIEW_ORPHAN] = "live on an agent that is no slot of the pool",
        [VIEW_EXPIRED] = "its hold has ended; its chat is still pinned to the agent",
        [VIEW_RELEASED] = "its hold was ended by hand; the next GC removes the entry",
        [VIEW_ODD] = "not an entry as the server writes them; it holds no slot",
        [VIEW_RUNNING] = "has a slot; a run of it is in progress, by its traces",
        [VIEW_GHOST] = "live, but its chat is gone: no index has it, and it has no transcript",
        [VIEW_SHARED] = "its hold has ended, but it still uses the slot that another one holds now",
        [VIEW_IN_USE] = "its hold has ended, but its chat is still in use",
        [VIEW_FORGOTTEN] =
            "the registry knows nothing of it; its chat is still pinned to the agent",
    };
    return meanings[view];
}

static void draw_command(struct flow *flow, const struct command *command)
{
    struct line keys = {.len = 0};
    char name[KEY_NAME_SIZE];
    for (const uint32_t *key = keymap_keys(&flow->pen->view->ui->keymap, command); *key; key++)
        line_addf(&keys, "%s%s", keys.len ? " " : "", key_label(*key, name));
    line_add(&keys, (struct str){"", 1}); /* ends the text */
    flow_field(flow, keys.text, ROLE_TEXT, str_of(command->summary));
}

static void draw_commands(struct flow *flow)
{
    flow->name_role = ROLE_KEY;
    for (size_t i = 0; i < command_count; i++) {
        const struct command *command = &commands[i];
        bool is_hidden = flow->pen->view->read_only && (command->flags & COMMAND_CHANGES);
        if ((command->flags & COMMAND_ON_SCREEN) && !is_hidden)
            draw_command(flow, command);
    }
    if (flow->pen->view->read_only)
        flow_field(flow, "READ-ONLY", ROLE_TEXT, STR("keys that change the registry do nothing"));
}

static void draw_words(struct flow *flow)
{
    for (enum session_view view = VIEW_ACTIVE; view <= VIEW_ODD; view++) {
        flow->name_role = view_role_of(view);
        flow_field(flow, session_view_name(view), ROLE_TEXT, str_of(view_meaning(view)));
    }
    flow->name_role = view_role_of_slot(SLOT_DOUBLE);
    flow_field(flow, slot_view_name(SLOT_DOUBLE), ROLE_TEXT,
               STR("a slot that two live sessions hold; their runs wait for each other"));
}

static void draw_letters(struct flow *flow)
{
    static const struct {
        const char *cell;
        enum role role;
        const char *meaning;
    } cells[] = {
        {"1a", ROLE_ACTIVE, "slot 1, its holder is active"},
        {"2i", ROLE_IDLE, "idle"},
        {"3!", ROLE_OVERDUE, "past its TTL"},
        {"4.", ROLE_FREE, "free"},
        {"5X", ROLE_ERROR, "held by two live sessions"},
        {"Fa Fi", ROLE_FALLBACK, "a session on the workspace agent"},
    };
    for (size_t i = 0; i < sizeof(cells) / sizeof(cells[0]); i++) {
        flow->name_role = cells[i].role;
        flow_field(flow, cells[i].cell, ROLE_TEXT, str_of(cells[i].meaning));
    }
}

int view_draw_help(struct pen *pen, struct area area, int scroll)
{
    struct flow flow = {.pen = pen, .area = area, .skip = scroll, .name_columns = NAME_COLUMNS};
    draw_commands(&flow);
    flow_skip(&flow);
    flow_title(&flow, STR("States"));
    draw_words(&flow);
    flow_skip(&flow);
    flow_title(&flow, STR("The pool in little room"));
    draw_letters(&flow);
    flow_skip(&flow);
    flow_text(&flow, 0, ROLE_DIM,
              STR("TTL: how long a session keeps its slot after its last use. GC: what the server "
                  "does every 5 minutes: it expires sessions past their TTL and removes released "
                  "ones. Times are rounded down."));
    return flow.line;
}
