/* Copying: what the terminal is to put on the operator's clipboard. */
#include "tui/app_part.h"

#include "core/shell.h"

/* Bytes of an id, and of a command for many: terminals take no more than some kilobytes. */
enum { COPY_MAX = 4096, COMMAND_MAX = 16384 };

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

/* Says what is on the clipboard now; nothing is, where the memory for it is missing. */
static void say_copied(struct app *app, bool is_command)
{
    struct buffer *out = &app->clipboard;
    struct buffer *message = ui_message(&app->ui, TONE_GOOD);
    buffer_addf(message, "Copied ");
    buffer_add_str(message, buffer_str(out));
    buffer_addf(message, is_command ? "" : ".");
    if (out->failed || message->failed) {
        buffer_clear(out);
        ui_say(&app->ui, TONE_ERROR, "Not copied: out of memory.");
    }
}

/* False, after a message, for an id that is not to be copied. */
static bool may_copy(struct app *app, struct str session_id)
{
    bool is_long = session_id.len > COPY_MAX;
    if (!is_long && is_harmless(session_id))
        return true;
    buffer_clear(&app->clipboard);
    ui_say(&app->ui, TONE_WARNING, "Not copied: this id %s.",
           is_long ? "is too long"
                   : "holds control characters, which a shell would obey when they are pasted");
    return false;
}

/* The end of a line has a shell obey it when it is pasted: so a line is a word without a meaning to
 * it. False, after a message, for others. */
static bool may_be_line(struct app *app, struct str session_id)
{
    struct buffer quoted = {0};
    shell_add_quoted(session_id, &quoted);
    bool is_word = !quoted.failed && str_equal(buffer_str(&quoted), session_id);
    buffer_done(&quoted);
    if (is_word)
        return true;
    buffer_clear(&app->clipboard);
    ui_say(&app->ui, TONE_WARNING,
           "Not copied: an id among them holds characters that a shell would obey when lines are "
           "pasted.");
    return false;
}

static bool begins_option(const struct tags *tags)
{
    for (size_t i = 0; i < tags->count; i++)
        if (tags->items[i].marks && str_starts(tag_session_id(&tags->items[i]), STR("-")))
            return true;
    return false;
}

/* Appends those that are tagged: words of a command, or lines. False, after a message, where one is
 * not to be copied, or they are too many. */
static bool add_tagged(struct app *app, bool is_command)
{
    const struct tags *tags = &app->ui.tags;
    struct buffer *out = &app->clipboard;
    for (size_t i = 0; i < tags->count; i++) {
        struct str session_id = tag_session_id(&tags->items[i]);
        if (!tags->items[i].marks)
            continue;
        bool is_line = !is_command && tags->marked > 1;
        if (!may_copy(app, session_id) || (is_line && !may_be_line(app, session_id)))
            return false;
        if (out->len > 0)
            buffer_add_char(out, is_command ? ' ' : '\n');
        if (is_command)
            shell_add_quoted(session_id, out);
        else
            buffer_add_str(out, session_id);
        if (out->len > COMMAND_MAX) {
            buffer_clear(out);
            ui_say(&app->ui, TONE_WARNING, "Not copied: %s %zu sessions %s longer than %d bytes.",
                   is_command ? "the command for" : "the ids of", tags->marked,
                   is_command ? "is" : "are", COMMAND_MAX);
            return false;
        }
    }
    return true;
}

/* "slotop release ID ID…" */
static void copy_for_tags(struct app *app, const struct command *command)
{
    struct buffer *out = &app->clipboard;
    buffer_clear(out);
    buffer_addf(out, "slotop %s%s", command->name, begins_option(&app->ui.tags) ? " --" : "");
    if (add_tagged(app, true))
        say_copied(app, true);
}

/* The ids of all that is tagged, one a line. */
static void copy_tagged_ids(struct app *app)
{
    size_t count = app->ui.tags.marked;
    buffer_clear(&app->clipboard);
    if (!add_tagged(app, false))
        return;
    say_copied(app, false);
    if (count > 1 && app->ui.tone == TONE_GOOD)
        ui_say(&app->ui, TONE_GOOD, "Copied the ids of %zu sessions, one a line.", count);
}

void app_copy_action(struct app *app, const struct command *command)
{
    struct str session_id = buffer_str(&app->ui.pending.session_id);
    if (app->ui.pending.what == PENDING_TAGS) {
        copy_for_tags(app, command);
        return;
    }
    if (!may_copy(app, session_id))
        return;
    buffer_clear(&app->clipboard);
    buffer_addf(&app->clipboard, "slotop %s ", command->name);
    shell_add_word(session_id, &app->clipboard);
    say_copied(app, true);
}

void app_copy(struct app *app, bool is_command)
{
    struct str session_id = session_of(app);
    struct buffer *out = &app->clipboard;
    buffer_clear(out);
    if (ui_acts_on_tags(&app->ui)) {
        if (is_command)
            copy_for_tags(app, command_by_id(COMMAND_RELEASE));
        else
            copy_tagged_ids(app);
    } else if (!session_id.data) {
        app_refuse(app);
    } else if (may_copy(app, session_id)) {
        if (is_command) {
            buffer_addf(out, "%s", command_for(app));
            shell_add_word(session_id, out);
        } else {
            buffer_add_str(out, session_id);
        }
        say_copied(app, is_command);
    }
}
