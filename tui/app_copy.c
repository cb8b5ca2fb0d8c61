/* Copying: what the terminal is to put on the operator's clipboard. */
#include "tui/app_part.h"

#include "core/shell.h"

enum { COPY_MAX = 4096 }; /* bytes of an id; terminals take no more than some kilobytes */

/* The session of the entry that keys act on, or of an event whose entry is gone. Absent: none. */
static struct str session_of(const struct app *app)
{
    const struct entry *entry = app_target_entry(app);
    const struct events_pane *pane = &app->ui.events;
    if (entry)
        return entry_session_id(entry);
    return ui_pane(&app->ui) == UI_EVENTS && pane->has_event ? pane->event.session_id
                                                             : (struct str){0};
}

/* What is pasted into a shell is obeyed: an id may hold a line of commands. */
static bool is_harmless(struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.data[i];
        bool is_c1 = c == 0xc2 && i + 1 < text.len && (unsigned char)text.data[i + 1] < 0xa0;
        if (c < ' ' || c == 0x7f || is_c1)
            return false;
    }
    return true;
}

static const char *command_for(const struct app *app)
{
    return ui_pane(&app->ui) == UI_WHY ? "slotop why " : "slotop show ";
}

void app_copy(struct app *app, bool is_command)
{
    struct str session_id = session_of(app);
    struct buffer *out = &app->clipboard;
    buffer_clear(out);
    if (!session_id.data) {
        app_refuse(app);
        return;
    }
    if (session_id.len > COPY_MAX || !is_harmless(session_id)) {
        ui_say(&app->ui, TONE_WARNING, "Not copied: this id %s.",
               session_id.len > COPY_MAX
                   ? "is too long"
                   : "holds control characters, which a shell would obey when they are pasted");
        return;
    }
    if (is_command) {
        buffer_addf(out, "%s", command_for(app));
        shell_add_word(session_id, out);
    } else {
        buffer_add_str(out, session_id);
    }
    struct buffer *message = ui_message(&app->ui, TONE_GOOD);
    buffer_addf(message, "Copied ");
    buffer_add_str(message, buffer_str(out));
    buffer_addf(message, is_command ? "" : ".");
    if (out->failed || message->failed) {
        buffer_clear(out);
        ui_say(&app->ui, TONE_ERROR, "Not copied: out of memory.");
    }
}
