#include "tui/view_parts.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Whatever ends later than this needs no note. */
#define FAR_MS 1e15

struct pen view_pen(const struct view *view, struct cells *cells)
{
    struct pen pen = {.view = view, .cells = cells, .next_ms = INT64_MAX};
    if (view->state->has_model) {
        pen.model = &view->state->model;
        pen.shown = state_shown(view->state);
        pen.registry = &pen.shown->registry;
    }
    return pen;
}

void pen_changes_in(struct pen *pen, int64_t ms)
{
    if (ms < INT64_MAX - pen->view->now_ms && pen->view->now_ms + ms < pen->next_ms)
        pen->next_ms = pen->view->now_ms + ms;
}

/* Times may have fractions; whole ones keep what is drawn and what is predicted in step. */
double pen_since(const struct pen *pen, double at_ms)
{
    return (double)pen->view->now_ms - floor(at_ms);
}

double pen_until(const struct pen *pen, double at_ms)
{
    return floor(at_ms) - (double)pen->view->now_ms;
}

/* Over a slow line no seconds: it would carry something all the time. */
const char *pen_elapsed(struct pen *pen, double at_ms, char text[DURATION_TEXT_SIZE])
{
    double ms = pen_since(pen, at_ms);
    bool is_slow = pen->view->is_slow;
    pen_changes_in(pen,
                   is_slow ? duration_elapsed_minutes_next_ms(ms) : duration_elapsed_next_ms(ms));
    return is_slow ? duration_elapsed_minutes(ms, text) : duration_elapsed(ms, text);
}

const char *pen_remaining(struct pen *pen, double at_ms, char text[DURATION_TEXT_SIZE])
{
    double ms = pen_until(pen, at_ms);
    bool is_slow = pen->view->is_slow;
    pen_changes_in(pen, is_slow ? duration_remaining_minutes_next_ms(ms)
                                : duration_remaining_next_ms(ms));
    return is_slow ? duration_remaining_minutes(ms, text) : duration_remaining(ms, text);
}

void pen_changes_at_end(struct pen *pen, const struct entry *entry)
{
    double ms = pen_until(pen, entry_expires_at_ms(entry));
    if (entry_is_live(entry) && ms >= 0 && ms < FAR_MS)
        pen_changes_in(pen, (int64_t)ms + 1);
}

const char *pen_time_left(struct pen *pen, const struct entry *entry, char text[DURATION_TEXT_SIZE])
{
    double ends_at_ms = entry_expires_at_ms(entry);
    bool is_live = entry_is_live(entry);
    if (is_live && !isnan(ends_at_ms))
        return pen_remaining(pen, ends_at_ms, text);
    (void)snprintf(text, DURATION_TEXT_SIZE, "%s",
                   !is_live                ? "-"
                   : pen->view->past_of_ms ? "?" /* nobody knows when it was used before */
                                           : "never");
    return text;
}

const struct entry *pen_entry(const struct pen *pen, size_t index)
{
    return model_entry(pen->model, pen->registry, index);
}

const struct entry *pen_selected(const struct pen *pen, size_t *ret_index)
{
    size_t row = pen->model ? ui_target(pen->view->ui, pen->model, pen->registry) : SIZE_MAX;
    if (row == SIZE_MAX)
        return NULL;
    *ret_index = row;
    return pen_entry(pen, row);
}

struct str pen_id(const struct pen *pen, size_t index, int width)
{
    struct str id = entry_session_id(pen_entry(pen, index));
    if (id.len == 0)
        return STR("\"\"");
    if (width > 0 && text_fits(id, (size_t)width, pen->cells->ascii))
        return id;
    /* Looking through all ids for a short one is not worth it where nothing is drawn. */
    if (!pen->cells->cells)
        return id;
    return (struct str){id.data, model_short_len(pen->model, pen->registry, id)};
}

enum role view_role_of(enum session_view view)
{
    switch (view) {
    case VIEW_ACTIVE:
        return ROLE_TEXT;
    case VIEW_RUNNING:
        return ROLE_RUNNING;
    case VIEW_IDLE:
        return ROLE_IDLE;
    case VIEW_OVERDUE:
        return ROLE_OVERDUE;
    case VIEW_FALLBACK:
    case VIEW_STRANDED:
        return ROLE_FALLBACK;
    case VIEW_ORPHAN:
    case VIEW_GHOST:
    case VIEW_IN_USE:
        return ROLE_WARNING;
    case VIEW_EXPIRED:
    case VIEW_FORGOTTEN:
        return ROLE_EXPIRED;
    case VIEW_RELEASED:
        return ROLE_RELEASED;
    case VIEW_SHARED:
    case VIEW_ODD:
        break;
    }
    return ROLE_ERROR;
}

enum role view_role_of_slot(enum slot_view view)
{
    switch (view) {
    case SLOT_FREE:
    case SLOT_ACTIVE:
        return ROLE_TEXT;
    case SLOT_RUNNING:
        return ROLE_RUNNING;
    case SLOT_IDLE:
        return ROLE_IDLE;
    case SLOT_OVERDUE:
        return ROLE_OVERDUE;
    case SLOT_GHOST:
        return ROLE_WARNING;
    case SLOT_SHARED:
    case SLOT_DOUBLE:
        break;
    }
    return ROLE_ERROR;
}

void line_add(struct line *line, struct str text)
{
    size_t room = sizeof(line->text) - line->len;
    size_t len = text.len < room ? text.len : room;
    if (len > 0)
        memcpy(line->text + line->len, text.data, len);
    line->len += len;
}

void line_addf(struct line *line, const char *format, ...)
{
    char text[ERROR_TEXT_SIZE];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    line_add(line, str_of(text));
}

struct str line_str(const struct line *line)
{
    return (struct str){line->text, line->len};
}
