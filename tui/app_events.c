/* The events pane: what happened, newest first. Its cursor holds an event, which stays where it is
 * on the screen while new ones come above it; on the newest it stays on the newest. */
#include "tui/app_part.h"

#include "tui/event_words.h"

#include <stdlib.h>
#include <string.h>

static const struct history_event *all_events(const struct app *app, size_t *ret_count)
{
    const struct history *history = app->state->around.history;
    *ret_count = 0;
    return history && app->state->has_model ? history_events(history, ret_count) : NULL;
}

/* ---- the filter ---- */

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static void add_lower(struct str text, struct buffer *out)
{
    for (size_t i = 0; i < text.len; i++)
        buffer_add_char(out, lower(text.data[i]));
}

/* The line of an event, in lower case. */
static void add_line(const struct app *app, const struct history_event *event, struct buffer *out)
{
    const struct model *model = &app->state->model;
    const struct registry *registry = &state_shown(app->state)->registry;
    struct event_words words;
    if (event->session_id.data) {
        size_t row = model_find_row(model, registry, event->session_id);
        add_lower(event->session_id, out);
        buffer_add_char(out, '\n');
        if (row != SIZE_MAX)
            add_lower(model_title(model, row), out);
    }
    buffer_add_char(out, '\n');
    event_words_tell(event, model, registry, &words);
    for (size_t i = 0; i < words.count; i++)
        add_lower(words.parts[i], out);
    buffer_add_char(out, '\n');
    add_lower(str_of(event_words_by(event->by)), out);
}

/* Takes the next word off *rest. */
static struct str next_word(struct str *rest)
{
    struct str word;
    while (rest->len > 0 && *rest->data == ' ')
        *rest = (struct str){rest->data + 1, rest->len - 1};
    const char *end = rest->len > 0 ? memchr(rest->data, ' ', rest->len) : NULL;
    word = (struct str){rest->data, end ? (size_t)(end - rest->data) : rest->len};
    *rest = (struct str){rest->data + word.len, rest->len - word.len};
    return word;
}

static bool has_all(struct str line, struct str words)
{
    struct str word;
    while ((word = next_word(&words)).len > 0) {
        bool is_inverted = word.data[0] == '!';
        if (is_inverted)
            word = (struct str){word.data + 1, word.len - 1};
        if (word.len > 0 &&
            (memmem(line.data, line.len, word.data, word.len) != NULL) == is_inverted)
            return false;
    }
    return true;
}

/* The places of those that match. False without memory. */
static bool fill(const struct app *app, struct events_pane *pane, struct str wanted)
{
    struct buffer line = {0};
    size_t count;
    const struct history_event *events = all_events(app, &count);
    pane->count = 0;
    pane->total = count;
    for (size_t i = count; i > 0 && !line.failed; i--) {
        buffer_clear(&line);
        if (wanted.len > 0)
            add_line(app, &events[i - 1], &line);
        if (wanted.len == 0 || has_all(buffer_str(&line), wanted))
            pane->shown[pane->count++] = i - 1;
    }
    bool is_done = !line.failed;
    buffer_done(&line);
    return is_done;
}

static bool reserve(struct events_pane *pane, size_t count)
{
    if (count <= pane->capacity)
        return true;
    size_t *shown = reallocarray(pane->shown, count, sizeof(*shown));
    if (!shown)
        return false;
    pane->shown = shown;
    pane->capacity = count;
    return true;
}

static void list(struct app *app)
{
    struct events_pane *pane = &app->ui.events;
    struct buffer wanted = {0};
    size_t count;
    (void)all_events(app, &count);
    add_lower(buffer_str(&pane->filter), &wanted);
    if (wanted.failed || !reserve(pane, count) || !fill(app, pane, buffer_str(&wanted))) {
        pane->count = 0;
        ui_say(&app->ui, TONE_ERROR, "Out of memory: the events cannot be listed.");
    }
    buffer_done(&wanted);
}

/* ---- the cursor ---- */

static const struct history_event *current(const struct app *app)
{
    const struct events_pane *pane = &app->ui.events;
    size_t count;
    const struct history_event *events = all_events(app, &count);
    return pane->at < pane->count && pane->shown[pane->at] < count ? &events[pane->shown[pane->at]]
                                                                   : NULL;
}

/* Takes note of what stands under the cursor. */
static void note(struct app *app)
{
    struct events_pane *pane = &app->ui.events;
    const struct history_event *event = current(app);
    pane->has_event = event;
    if (!event)
        return;
    pane->event = *event;
    pane->event.agent_id = (struct str){0};
    buffer_clear(&pane->session);
    buffer_add_str(&pane->session, event->session_id);
    if (event->session_id.data)
        pane->event.session_id = pane->session.len > 0 ? buffer_str(&pane->session) : STR("");
    pane->has_event = !pane->session.failed; /* else it cannot be followed */
}

void app_events_move_to(struct app *app, size_t at)
{
    app->ui.events.at = at;
    note(app);
    app_see(app);
}

/* The place of the event that was noted, or SIZE_MAX. */
static size_t find_noted(const struct app *app)
{
    const struct events_pane *pane = &app->ui.events;
    size_t count;
    const struct history_event *events = all_events(app, &count);
    for (size_t i = 0; pane->has_event && i < pane->count; i++) {
        const struct history_event *event = &events[pane->shown[i]];
        if (event->at_ms == pane->event.at_ms && event_is_same(event, &pane->event))
            return i;
    }
    return SIZE_MAX;
}

bool app_events_follow(struct app *app)
{
    struct ui *ui = &app->ui;
    struct events_pane *pane = &ui->events;
    list(app);
    size_t place = find_noted(app);
    bool is_same = place == pane->at;
    if (pane->at > 0 && place != SIZE_MAX) {
        is_same = true;
        if (ui->mode == UI_EVENTS && place > pane->at)
            ui->scroll += place - pane->at;
        pane->at = place;
    }
    if (pane->at >= pane->count)
        pane->at = pane->count > 0 ? pane->count - 1 : 0;
    note(app);
    return is_same;
}

/* ---- what keys do ---- */

void app_events(struct app *app)
{
    const struct history *history = app->state->around.history;
    struct events_pane *pane = &app->ui.events;
    buffer_clear(&pane->filter);
    list(app);
    pane->at = 0;
    note(app);
    app_open(app, UI_EVENTS);
    if (history && history_trouble(history)[0] != '\0')
        ui_say(&app->ui, TONE_WARNING, "%s", history_trouble(history));
}

void app_events_arrange(struct app *app)
{
    list(app);
    size_t place = find_noted(app);
    app_events_move_to(app, place == SIZE_MAX ? 0 : place);
}

void app_events_enter(struct app *app, int64_t now_ms)
{
    const struct registry *registry = &state_shown(app->state)->registry;
    size_t row = app_target(app);
    if (row == SIZE_MAX)
        app_events_refuse(app);
    else
        app_jump_to(app, entry_session_id(model_entry(&app->state->model, registry, row)), now_ms);
}

void app_events_refuse(struct app *app)
{
    const struct events_pane *pane = &app->ui.events;
    const struct registry *registry = &state_shown(app->state)->registry;
    struct buffer *out = ui_message(&app->ui, TONE_WARNING);
    if (!pane->has_event) {
        buffer_addf(out, "There is no event: no session is selected.");
    } else if (!pane->event.session_id.data) {
        buffer_addf(out, "That event is not about one session.");
    } else {
        buffer_add_str(out, event_words_id(&app->state->model, registry, pane->event.session_id));
        buffer_addf(out, " is no longer in the registry.");
    }
}
