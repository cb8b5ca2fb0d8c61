/* The line after ':': its keys, completion, history. What it does is in app_line_run.c. */
#include "tui/app_part.h"

static struct prompt *prompt_of(struct app *app)
{
    return &app->ui.prompt;
}

static void complete(struct app *app)
{
    struct prompt *prompt = prompt_of(app);
    struct line_sources sources = {app->state, &app->rows, app->read_only, &prompt->offers};
    prompt->chosen = SIZE_MAX;
    line_complete(&sources, &prompt->edit, &prompt->completion);
    if (app_line_find_offers(app, prompt->completion.command))
        line_complete(&sources, &prompt->edit, &prompt->completion);
}

void app_line(struct app *app)
{
    struct ui *ui = &app->ui;
    const struct entry *entry = app_target_entry(app);
    ui->came_from[UI_LINE] = ui->mode;
    ui->mode = UI_LINE;
    line_edit_set(&ui->prompt.edit, STR(""));
    ui->prompt.history_at = ui->prompt.history.count;
    buffer_clear(&ui->prompt.target_id);
    if (entry)
        buffer_add_str(&ui->prompt.target_id, entry_session_id(entry));
    complete(app);
}

/* What lies behind it is as it was: its scroll, too. */
static void leave(struct app *app)
{
    app->ui.mode = app->ui.came_from[UI_LINE];
    line_completion_done(&prompt_of(app)->completion);
    line_offers_done(&prompt_of(app)->offers);
}

/* ---- completion ---- */

static bool ends_open(struct str word)
{
    char last = word.len > 0 ? word.data[word.len - 1] : '\0';
    return last == ':' || last == '>' || last == '<';
}

/* The only one there is, and a blank behind it unless it goes on. */
static void finish(struct app *app, struct str word)
{
    struct prompt *prompt = prompt_of(app);
    bool is_done = line_edit_replace(&prompt->edit, prompt->completion.from, word);
    if (is_done && !ends_open(word))
        line_edit_paste(&prompt->edit, ' ');
    complete(app);
}

/* Puts a candidate into the line; the others stay to be chosen from. */
static void choose(struct app *app, size_t item)
{
    struct prompt *prompt = prompt_of(app);
    const struct line_completion *completion = &prompt->completion;
    if (line_edit_replace(&prompt->edit, completion->from, completion->items[item].word))
        prompt->chosen = item;
}

/* As far as all candidates agree; then one after the other. */
static void tab(struct app *app, bool backward)
{
    struct prompt *prompt = prompt_of(app);
    const struct line_completion *completion = &prompt->completion;
    size_t count = completion->count;
    if (count == 0)
        return;
    if (prompt->chosen != SIZE_MAX)
        choose(app, (prompt->chosen + (backward ? count - 1 : 1)) % count);
    else if (completion->total == 1)
        finish(app, completion->items[0].word);
    else if (completion->common.len > prompt->edit.at - completion->from &&
             line_edit_replace(&prompt->edit, completion->from, completion->common))
        complete(app);
    else
        choose(app, backward ? count - 1 : 0);
}

/* ---- history ---- */

/* The line before, or the next, that begins with what was typed. */
static void recall(struct app *app, bool forward)
{
    struct prompt *prompt = prompt_of(app);
    const struct line_history *history = &prompt->history;
    if (prompt->history_at >= history->count)
        prompt->typed = prompt->edit;
    size_t at =
        line_history_find(history, line_edit_str(&prompt->typed), prompt->history_at, forward);
    if (at != SIZE_MAX) {
        prompt->history_at = at;
        line_edit_set(&prompt->edit, str_of(history->lines[at]));
    } else if (forward) {
        prompt->history_at = history->count;
        prompt->edit = prompt->typed;
    }
    complete(app);
}

/* ---- keys ---- */

static void enter(struct app *app, int64_t now_ms)
{
    struct prompt *prompt = prompt_of(app);
    struct line_edit edit = prompt->edit;
    if (app_line_check(app, line_edit_str(&edit)) != 0)
        return;
    leave(app);
    line_history_add(&prompt->history, line_edit_str(&edit));
    app_line_run(app, line_edit_str(&edit), now_ms);
}

static bool is_rub_out(uint32_t key)
{
    return key == KEY_CODE_BACKSPACE || key == KEY_RUBOUT || key == KEY_CTRL('H');
}

static void edit(struct app *app, uint32_t key)
{
    struct prompt *prompt = prompt_of(app);
    if (!line_edit_key(&prompt->edit, key))
        return;
    prompt->history_at = prompt->history.count;
    complete(app);
}

void app_line_key(struct app *app, uint32_t key, int64_t now_ms)
{
    ui_be_silent(&app->ui);
    if (key == KEY_ENTER)
        enter(app, now_ms);
    else if (key == KEY_ESCAPE || key == KEY_CTRL('C') ||
             (is_rub_out(key) && prompt_of(app)->edit.len == 0))
        leave(app);
    else if (key == KEY_TAB || key == KEY_CODE_BACK_TAB)
        tab(app, key == KEY_CODE_BACK_TAB);
    else if (key == KEY_CODE_UP || key == KEY_CTRL('P'))
        recall(app, false);
    else if (key == KEY_CODE_DOWN || key == KEY_CTRL('N'))
        recall(app, true);
    else
        edit(app, key);
}

void app_line_paste(struct app *app, uint32_t key)
{
    ui_be_silent(&app->ui);
    line_edit_paste(&prompt_of(app)->edit, key);
    complete(app);
}
