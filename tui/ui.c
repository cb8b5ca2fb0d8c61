#include "tui/ui.h"

#include <stdarg.h>
#include <stdio.h>

void ui_init(struct ui *ui)
{
    *ui = (struct ui){.page_rows = 1};
}

void ui_done(struct ui *ui)
{
    buffer_done(&ui->cursor_id);
    buffer_done(&ui->filter);
    buffer_done(&ui->message);
    buffer_done(&ui->pending.session_id);
    buffer_done(&ui->pending.copy);
    buffer_done(&ui->question);
    ui_init(ui);
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
