/* Tags: Space, a range, all, none. What is done to them is in app_batch.c. */
#include "tui/app_part.h"

static const struct entry *entry_at(const struct app *app, size_t row)
{
    return model_entry(&app->state->model, &state_shown(app->state)->registry,
                       app->rows.entries[row]);
}

static bool is_tagged(const struct app *app, size_t row)
{
    const struct tag *tag = tags_find(&app->ui.tags, entry_session_id(entry_at(app, row)));
    return tag && tag->marks & TAG_KEPT;
}

/* False, after a message, without memory: so many as there are stay tagged. */
static bool add(struct app *app, size_t row, enum tag_mark mark)
{
    if (tags_add(&app->ui.tags, entry_at(app, row), mark))
        return true;
    ui_say(&app->ui, TONE_ERROR, "Out of memory: not all of it could be tagged.");
    return false;
}

static void remove_mark(struct app *app, size_t row, enum tag_mark mark)
{
    tags_remove(&app->ui.tags, entry_session_id(entry_at(app, row)), mark);
}

static void end_range(struct app *app)
{
    app->ui.range.is_on = false;
    buffer_clear(&app->ui.range.anchor_id);
}

bool app_drop_range(struct app *app)
{
    if (!app->ui.range.is_on)
        return false;
    tags_drop_range(&app->ui.tags);
    end_range(app);
    return true;
}

bool app_keep_range(struct app *app)
{
    if (!app->ui.range.is_on)
        return false;
    tags_keep_range(&app->ui.tags);
    end_range(app);
    return true;
}

static void begin_range(struct app *app)
{
    struct range *range = &app->ui.range;
    range->anchor_row = app->ui.cursor_row;
    buffer_clear(&range->anchor_id);
    buffer_add_str(&range->anchor_id, buffer_str(&app->ui.cursor_id));
    range->is_on = add(app, range->anchor_row, TAG_RANGE);
}

static bool is_between(size_t row, size_t a, size_t b)
{
    return (a <= row && row <= b) || (b <= row && row <= a);
}

/* Only rows between the cursor's places come in or go out: a step costs a step, however long the
 * range is. */
static void stretch(struct app *app, size_t from, size_t to)
{
    size_t anchor = app->ui.range.anchor_row;
    size_t first = from < to ? from : to;
    size_t last = from < to ? to : from;
    bool is_done = true;
    for (size_t row = first; is_done && row <= last && row < app->rows.count; row++) {
        if (is_between(row, anchor, to))
            is_done = add(app, row, TAG_RANGE);
        else
            remove_mark(app, row, TAG_RANGE);
    }
}

void app_walk_to(struct app *app, size_t row)
{
    size_t from = app->ui.cursor_row;
    buffer_clear(&app->ui.follow_id);
    app_move_to(app, row);
    if (app->ui.range.is_on)
        stretch(app, from, app->ui.cursor_row);
}

static void toggle(struct app *app, const struct command *command, int64_t now_ms)
{
    size_t row = app->ui.cursor_row;
    if (app_keep_range(app) || app_is_unseen(app, command, now_ms))
        return;
    if (is_tagged(app, row))
        remove_mark(app, row, TAG_KEPT);
    else
        (void)add(app, row, TAG_KEPT);
    app_walk_to(app, row + 1);
}

static void untag_all(struct app *app)
{
    size_t count = app->ui.tags.marked;
    (void)app_drop_range(app);
    tags_done(&app->ui.tags);
    if (count == 0)
        ui_say(&app->ui, TONE_NONE, "Nothing is tagged.");
    else
        ui_say(&app->ui, TONE_NONE, "%zu untagged.", count);
}

static void invert(struct app *app)
{
    (void)app_keep_range(app);
    for (size_t row = 0; row < app->rows.count; row++) {
        if (is_tagged(app, row))
            remove_mark(app, row, TAG_KEPT);
        else if (!add(app, row, TAG_KEPT))
            return;
    }
}

void app_lend_tags(struct app *app)
{
    struct ui *ui = &app->ui;
    (void)app_keep_range(app);
    tags_done(&ui->pending.tags);
    ui->pending.tags = ui->tags;
    ui->tags = (struct tags){.count = 0};
}

void app_return_tags(struct app *app)
{
    struct ui *ui = &app->ui;
    tags_done(&ui->tags);
    ui->tags = ui->pending.tags;
    ui->pending.tags = (struct tags){.count = 0};
    ui->pending.is_lent = false;
}

void app_ask_lent(struct app *app, const struct action *action)
{
    app_batch_ask(app, action);
    app->ui.pending.is_lent = app->ui.mode == UI_CONFIRM;
    if (!app->ui.pending.is_lent)
        app_return_tags(app);
}

void app_tag(struct app *app, const struct command *command, int64_t now_ms)
{
    if (app->ui.mode != UI_NORMAL)
        ui_say(&app->ui, TONE_WARNING, "Tags are set in the table: Esc leads there.");
    else if (command->id == COMMAND_UNTAG)
        untag_all(app);
    else if (app->rows.count == 0)
        app_refuse(app);
    else if (command->id == COMMAND_TAG)
        toggle(app, command, now_ms);
    else if (command->id == COMMAND_INVERT)
        invert(app);
    else if (!app_keep_range(app))
        begin_range(app);
}

static bool is_gone(void *context, struct str session_id)
{
    const struct app *app = context;
    return model_find_row(&app->state->model, &state_shown(app->state)->registry, session_id) ==
           SIZE_MAX;
}

/* A range whose anchor goes stretches from where that was. */
static void find_anchor(struct app *app)
{
    struct range *range = &app->ui.range;
    size_t row = rows_find(&app->rows, &state_shown(app->state)->registry, &app->state->model,
                           buffer_str(&range->anchor_id));
    if (row != SIZE_MAX)
        range->anchor_row = row;
    else if (range->anchor_row >= app->rows.count)
        range->anchor_row = app->rows.count > 0 ? app->rows.count - 1 : 0;
}

void app_tags_follow(struct app *app)
{
    if (app->ui.tags.marked > 0)
        tags_sweep(&app->ui.tags, is_gone, app);
    if (app->ui.range.is_on)
        find_anchor(app);
}
