#include "tui/ui.h"

#include "tui/key.h"
#include "tui/pool_items.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void ui_init(struct ui *ui)
{
    *ui = (struct ui){.page_rows = 1};
    keymap_init(&ui->keymap);
}

void ui_done(struct ui *ui)
{
    buffer_done(&ui->cursor_id);
    buffer_done(&ui->filter);
    tags_done(&ui->tags);
    buffer_done(&ui->search.text);
    filter_done(&ui->search.filter);
    buffer_done(&ui->search.origin_id);
    buffer_done(&ui->follow_id);
    buffer_done(&ui->range.anchor_id);
    buffer_done(&ui->message);
    buffer_done(&ui->stored);
    buffer_done(&ui->pending.session_id);
    tags_done(&ui->pending.tags);
    buffer_done(&ui->pending.copy);
    buffer_done(&ui->question);
    buffer_done(&ui->pool.item);
    buffer_done(&ui->pool.session);
    lanes_done(&ui->lanes);
    buffer_done(&ui->findings.subject);
    free(ui->events.shown);
    buffer_done(&ui->events.session);
    buffer_done(&ui->events.filter);
    buffer_done(&ui->help_filter);
    why_words_done(&ui->why);
    why_words_done(&ui->side_why);
    arena_done(&ui->menu.arena);
    line_completion_done(&ui->prompt.completion);
    line_offers_done(&ui->prompt.offers);
    line_history_done(&ui->prompt.history);
    buffer_done(&ui->prompt.target_id);
    ui_init(ui);
}

enum ui_mode ui_body(const struct ui *ui)
{
    if (ui->mode == UI_FILTER && ui_filtered(ui) != UI_NORMAL)
        return ui_filtered(ui);
    if (ui->mode == UI_LINE)
        return ui->came_from[UI_LINE];
    return ui->mode == UI_CONFIRM ? ui->pending.asked_in : ui->mode;
}

enum ui_mode ui_pane(const struct ui *ui)
{
    enum ui_mode mode = ui_body(ui);
    return mode == UI_HELP ? ui->came_from[UI_HELP] : mode;
}

enum ui_mode ui_base(const struct ui *ui)
{
    enum ui_mode mode = ui_pane(ui);
    while (mode == UI_DETAIL || mode == UI_WHY || mode == UI_MENU || mode == UI_HELP)
        mode = ui->came_from[mode];
    return mode == UI_POOL || mode == UI_EVENTS || mode == UI_FINDINGS ? mode : UI_NORMAL;
}

enum ui_mode ui_filtered(const struct ui *ui)
{
    enum ui_mode mode = ui->mode == UI_FILTER ? ui->came_from[UI_FILTER] : ui->mode;
    return mode == UI_EVENTS || mode == UI_HELP ? mode : UI_NORMAL;
}

size_t ui_finding_row(const struct finding *finding, const struct model *model,
                      const struct registry *registry)
{
    size_t row = model_find_row(model, registry, finding->subject);
    bool is_it = row != SIZE_MAX && model_has_finding(model, row, str_of(finding->code));
    return is_it ? row : SIZE_MAX;
}

static size_t row_of_finding(const struct ui *ui, const struct model *model,
                             const struct registry *registry)
{
    size_t at = ui->findings.at;
    if (ui->findings.sessions != 1 || at >= model->finding_count)
        return SIZE_MAX;
    return ui_finding_row(&model->findings[at], model, registry);
}

size_t ui_target(const struct ui *ui, const struct model *model, const struct registry *registry)
{
    enum ui_mode pane = ui_pane(ui);
    if (pane == UI_FINDINGS)
        return row_of_finding(ui, model, registry);
    if (pane == UI_EVENTS)
        return ui->events.has_event && ui->events.event.session_id.data
                   ? model_find_row(model, registry, ui->events.event.session_id)
                   : SIZE_MAX;
    if (pane == UI_POOL)
        return pool_item_row(model, ui->pool.at);
    if (pane == UI_WHY)
        return model_find_row(model, registry, ui->why.session_id);
    if (pane == UI_MENU && ui->pending.what == PENDING_TAGS)
        return SIZE_MAX;
    if (pane == UI_MENU)
        return model_find_row(model, registry, buffer_str(&ui->pending.session_id));
    if (ui->cursor_id.len == 0)
        return SIZE_MAX;
    return model_find_row(model, registry, buffer_str(&ui->cursor_id));
}

bool ui_type(struct buffer *text, uint32_t key)
{
    char bytes[KEY_UTF8_SIZE];
    size_t len = key_is_text(key) ? key_encode(key, bytes) : 0;
    if (len == 0 || text->len + len > UI_FILTER_MAX || !buffer_reserve(text, len))
        return false;
    buffer_add(text, bytes, len);
    return true;
}

void ui_rub_out(struct buffer *text)
{
    bool is_middle = true;
    while (is_middle && text->len > 0) {
        is_middle = ((unsigned char)text->data[--text->len] & 0xc0) == 0x80;
        text->data[text->len] = '\0';
    }
}

bool ui_acts_on_tags(const struct ui *ui)
{
    bool is_cursor = tags_find(&ui->tags, buffer_str(&ui->cursor_id));
    return ui->mode == UI_NORMAL && (ui->tags.marked > 1 || (ui->tags.marked == 1 && !is_cursor));
}

struct buffer *ui_message(struct ui *ui, enum ui_tone tone)
{
    buffer_clear(&ui->message);
    ui->tone = tone;
    return &ui->message;
}

void ui_be_silent(struct ui *ui)
{
    (void)ui_message(ui, TONE_NONE);
}

void ui_say(struct ui *ui, enum ui_tone tone, const char *format, ...)
{
    char text[ERROR_TEXT_SIZE];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    buffer_add_str(ui_message(ui, tone), str_of(text));
}
