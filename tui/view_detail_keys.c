#include "tui/view_detail.h"

#include "tui/key.h"

#include <stdio.h>

static void add_slot(struct line *line, const struct slot *slot)
{
    line_add(line, STR("slot "));
    line_add(line, slot->label);
}

/* What ending a hold brings about: the server looks only at live entries when it gives slots to
 * new chats, and never moves a chat that runs. */
static void add_end_of_hold(struct line *line, const struct entry *entry, const struct slot *slot)
{
    if (slot && slot->holder_count > 1) {
        add_slot(line, slot);
        line_addf(line, " stays held by %zu more; this chat stays pinned to it.",
                  slot->holder_count - 1);
    } else if (slot) {
        add_slot(line, slot);
        line_add(line, STR(" is free for the next new chat. This chat stays pinned to it: if it "
                           "goes on, the two share one agent."));
    } else {
        line_add(line, STR("frees no slot of this pool; this chat stays on "));
        line_add(line,
                 entry_chat_agent_id(entry).data ? entry_chat_agent_id(entry) : STR("its agent"));
        line_add(line, STR("."));
    }
}

static void add_consequence(struct line *line, enum command_id id, const struct entry *entry,
                            const struct slot *slot)
{
    switch ((unsigned)id) {
    case COMMAND_IDLE:
        line_add(line,
                 entry_is_live(entry) ? STR("keeps ") : STR("makes the entry live: it takes "));
        if (slot)
            add_slot(line, slot);
        else
            line_add(line, STR("its agent"));
        line_add(line, STR(": idle holds it just as active does, until the TTL ends."));
        break;
    case COMMAND_EXPIRE:
        add_end_of_hold(line, entry, slot);
        line_add(line, STR(" The entry stays, as expired; GC never removes it."));
        break;
    case COMMAND_RELEASE:
        if (entry_is_live(entry))
            line_add(line, STR("does the same, and the next GC removes the entry."));
        else
            line_add(line, STR("frees nothing: it holds no slot. The next GC removes the entry."));
        break;
    case COMMAND_PURGE:
        line_add(line, entry->state == STATE_DELETED
                           ? STR("removes the entry now; the next GC would.")
                           : STR("removes the entry; the server never would."));
        break;
    default:
        break;
    }
}

void detail_draw_keys(struct flow *flow, const struct entry *entry, const struct slot *slot)
{
    struct pen *pen = flow->pen;
    size_t shown = 0;
    struct line tagged = {.len = 0};
    flow_title(flow, STR("What the keys do"));
    bool may_change = !pen->view->read_only && !pen->view->is_frozen;
    if (may_change && ui_acts_on_tags(pen->view->ui)) {
        line_addf(&tagged, "They are about what is tagged, %zu now.", pen->view->ui->tags.marked);
        flow_text(flow, 0, ROLE_TEXT, line_str(&tagged));
        return;
    }
    flow->name_role = ROLE_KEY;
    for (size_t i = 0; i < command_count; i++) {
        const struct command *command = &commands[i];
        char key[KEYMAP_LABEL_SIZE];
        char name[KEYMAP_LABEL_SIZE + 16];
        struct line line = {.len = 0};
        bool is_about_it =
            command->flags & COMMAND_CHANGES && command->flags & COMMAND_NEEDS_SESSION;
        if (!is_about_it || !(command->flags & COMMAND_ON_SCREEN) || !view_can(pen, command->id))
            continue;
        (void)snprintf(name, sizeof(name), "%s %.12s",
                       keymap_label(&pen->view->ui->keymap, command->id, key), command->label);
        add_consequence(&line, command->id, entry, slot);
        flow_field(flow, name, ROLE_TEXT, line_str(&line));
        shown++;
    }
    flow->name_role = ROLE_DIM;
    if (shown == 0)
        flow_text(flow, 0, ROLE_DIM,
                  pen->view->read_only    ? STR("Nothing: READ-ONLY.")
                  : pen->view->past_of_ms ? STR("Nothing: this is the past.")
                  : pen->view->is_frozen
                      ? STR("Nothing: FROZEN.")
                      : STR("Nothing: a registry in this state is not written to."));
}
