#include "tests/stress/key_rules.h"

#include "tui/keymap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MARGIN_CELLS = 2000, FIRST_WIDTH = 80, FIRST_HEIGHT = 24, HOUR = 14, MINUTE = 30 };

static const struct cell untouched = {.glyph = {.width = 0x7e, .len = 0x7d}, .role = 0x7c};

#define CHECK(rules, rule) ((rule) ? (void)0 : fail(rules, #rule))

static _Noreturn void fail(const struct key_rules *rules, const char *rule)
{
    for (unsigned i = KEY_RULES_TRAIL; i > 0; i--) {
        const struct event *event = &rules->trail[(rules->event_count + 1 - i) % KEY_RULES_TRAIL];
        char name[KEY_NAME_SIZE];
        printf("# in mode %d: event %d, key %s\n",
               (int)rules->modes[(rules->event_count + 1 - i) % KEY_RULES_TRAIL], (int)event->kind,
               key_label(event->key, name));
    }
    printf("not ok 1 seed %s, event %u: this does not hold: %s\n", rules->seed, rules->event_count,
           rule);
    (void)fflush(stdout);
    abort();
}

/* ---- the grid ---- */

void key_rules_resize(struct key_rules *rules, int width, int height)
{
    size_t count = (size_t)width * (size_t)height, all = count + 2 * MARGIN_CELLS;
    free(rules->grid);
    rules->grid = malloc(all * sizeof(*rules->grid));
    if (!rules->grid)
        abort();
    for (size_t i = 0; i < all; i++)
        rules->grid[i] = untouched;
    rules->cells =
        (struct cells){.width = width, .height = height, .cells = rules->grid + MARGIN_CELLS};
}

static void check_margin(const struct key_rules *rules, size_t from)
{
    for (size_t i = from; i < from + MARGIN_CELLS; i++) {
        const struct cell *cell = &rules->grid[i];
        CHECK(rules, cell->glyph.width == untouched.glyph.width &&
                         cell->glyph.len == untouched.glyph.len && cell->role == untouched.role);
    }
}

static void draw(struct key_rules *rules)
{
    struct app *app = &rules->desk->app;
    struct cells *cells = &rules->cells;
    size_t count = (size_t)cells->width * (size_t)cells->height;
    int64_t now_ms = rules->desk->now_ms;
    cells_clear(cells);
    app_fit(app, cells->width, cells->height, now_ms);
    struct view view = app_view(app, now_ms, HOUR, MINUTE);
    view_draw(&view, cells);
    rules->drawn_count++;
    for (size_t i = 0; i < count; i++) {
        const struct glyph *glyph = &cells->cells[i].glyph;
        CHECK(rules, glyph->width <= 2 && glyph->len <= GLYPH_BYTES);
        CHECK(rules, glyph->len == 0 || (glyph->text[0] & 0xe0 && glyph->text[0] != 0x7f));
        CHECK(rules, cells->cells[i].role < ROLE_COUNT);
    }
    check_margin(rules, 0);
    check_margin(rules, MARGIN_CELLS + count);
    CHECK(rules, view_next_change_ms(&view, cells->width, cells->height) > now_ms);
}

/* ---- the operator's state ---- */

/* What was repaired is what is arranged anew. */
static void check_rows(const struct key_rules *rules)
{
    const struct app *app = &rules->desk->app;
    const struct state *state = app->state;
    struct rows anew = {0};
    if (!state->has_model)
        return;
    if (rows_build(&anew, &state_shown(state)->registry, &state->model, app->ui.sort,
                   app->ui.reverse, buffer_str(&app->ui.filter)) != 0)
        abort();
    CHECK(rules, anew.count == app->rows.count && anew.total == app->rows.total);
    for (size_t row = 0; row < anew.count; row++)
        CHECK(rules, anew.entries[row] == app->rows.entries[row]);
    rows_done(&anew);
}

static void check_cursor(const struct key_rules *rules)
{
    const struct app *app = &rules->desk->app;
    const struct ui *ui = &app->ui;
    const struct registry *registry = &state_shown(app->state)->registry;
    if (app->rows.count == 0) {
        CHECK(rules, ui->cursor_id.len == 0);
        return;
    }
    CHECK(rules, ui->cursor_row < app->rows.count);
    CHECK(rules, registry_get(registry, buffer_str(&ui->cursor_id)) != NULL);
}

static void check_mode(const struct key_rules *rules)
{
    const struct app *app = &rules->desk->app;
    const struct ui *ui = &app->ui;
    CHECK(rules, ui->mode < UI_MODES && ui->sort < SORT_COUNT);
    CHECK(rules, ui->filter.len <= UI_FILTER_MAX);
    CHECK(rules, ui->tags.ranged <= ui->tags.marked && ui->tags.marked <= ui->tags.count);
    CHECK(rules, ui->range.is_on || ui->tags.ranged == 0);
    CHECK(rules, (ui->mode == UI_CONFIRM) == (ui->question.len > 0));
    CHECK(rules, ui->mode != UI_MENU || !app->read_only);
    CHECK(rules, ui->mode != UI_CONFIRM || !app->read_only || app->is_locked);
    CHECK(rules, app->held_parts == 0 || ui->mode == UI_CONFIRM || ui->mode == UI_MENU ||
                     app->freeze.is_on);
    CHECK(rules, app->read_only == rules->desk->state.store.read_only);
}

/* What waits for a yes, so that it can be compared. */
struct question {
    bool is_asked;
    struct buffer words, session;
};

static struct question note_question(const struct ui *ui)
{
    struct question question = {.is_asked = ui->mode == UI_CONFIRM};
    buffer_add_str(&question.words, buffer_str(&ui->question));
    buffer_add_str(&question.session, buffer_str(&ui->pending.session_id));
    if (question.words.failed || question.session.failed)
        abort();
    return question;
}

static void check_question(const struct key_rules *rules, const struct question *before,
                           const struct event *event)
{
    const struct ui *ui = &rules->desk->app.ui;
    if (!before->is_asked || event->kind == EVENT_KEY)
        return;
    CHECK(rules, ui->mode == UI_CONFIRM);
    CHECK(rules, str_equal(buffer_str(&ui->question), buffer_str(&before->words)));
    CHECK(rules, str_equal(buffer_str(&ui->pending.session_id), buffer_str(&before->session)));
}

/* ---- the registry ---- */

/* Whether the event, in the mode in which it comes, may change the registry. */
static bool may_change(const struct key_rules *rules, const struct event *event)
{
    const struct app *app = &rules->desk->app;
    const struct command *command = keymap_command(&app->ui.keymap, event->key);
    if (app->held_parts != 0 || event->kind == EVENT_FILES || event->kind == EVENT_TIME ||
        event->kind == EVENT_RESUMED ||
        event->kind == EVENT_MOUSE) /* a click on a key of the bar */
        return true;
    if (event->kind != EVENT_KEY)
        return false;
    switch ((unsigned)app->ui.mode) {
    case UI_FILTER:
    case UI_SEARCH:
        return false;
    case UI_LINE:
        return event->key == KEY_ENTER;
    case UI_CONFIRM:
        return event->key == 'y' || event->key == 'Y';
    case UI_MENU:
        return event->key == KEY_ENTER || (command && command->flags & COMMAND_CHANGES);
    default:
        return command && (command->flags & COMMAND_CHANGES || command->id == COMMAND_RELOAD);
    }
}

static char *read_registry(const struct key_rules *rules)
{
    char *text = tree_read(&rules->desk->tree, "state/chat-agents.json");
    if (!text)
        abort();
    return text;
}

void key_rules_send(struct key_rules *rules, const struct event *event)
{
    struct app *app = &rules->desk->app;
    bool may = may_change(rules, event);
    bool was_read_only = app->read_only;
    struct question question = note_question(&app->ui);
    rules->trail[rules->event_count % KEY_RULES_TRAIL] = *event;
    rules->modes[rules->event_count % KEY_RULES_TRAIL] = app->ui.mode;
    free(rules->registry);
    rules->registry = read_registry(rules);
    app_handle(app, event, rules->desk->now_ms);
    char *after = read_registry(rules);
    bool has_changed = strcmp(after, rules->registry) != 0;
    free(after);
    CHECK(rules, !has_changed || (may && !(was_read_only && app->read_only)));
    rules->edit_count += has_changed;
    check_question(rules, &question, event);
    buffer_done(&question.words);
    buffer_done(&question.session);
    draw(rules);
    check_rows(rules);
    check_cursor(rules);
    check_mode(rules);
}

/* ---- a sitting ---- */

void key_rules_begin(struct key_rules *rules, struct desk *desk, bool read_only)
{
    rules->desk = desk;
    rules->sitting_count++;
    rules->journal = (struct journal){.dir = desk->tree.path,
                                      .user = "ana",
                                      .host = "ops1",
                                      .pid = 1,
                                      .rotate_bytes = JOURNAL_ROTATE_BYTES};
    desk->app.journal = &rules->journal;
    desk->app.fence_ms = 0; /* no server is in the middle of a save here */
    desk->app.read_only = read_only;
    desk->state.store.read_only = read_only;
    key_rules_resize(rules, FIRST_WIDTH, FIRST_HEIGHT);
}

void key_rules_end(struct key_rules *rules)
{
    free(rules->grid);
    free(rules->registry);
    rules->grid = NULL;
    rules->registry = NULL;
}
