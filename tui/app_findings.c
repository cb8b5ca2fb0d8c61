/* The findings pane: its cursor holds a finding, by its code and subject, and leads to the session.
 */
#include "tui/app_part.h"

#include <string.h>

static const struct finding *current(const struct app *app)
{
    const struct state *state = app->state;
    size_t at = app->ui.findings.at;
    return state->has_model && at < state->model.finding_count ? &state->model.findings[at] : NULL;
}

/* More subjects of one kind than these are one finding: see struct finding. */
enum { EACH_MAX = 3 };

/* How many sessions a finding tells of: its own, or all of them where one tells of many. */
static size_t count_sessions(const struct app *app, const struct finding *finding)
{
    const struct model *model = &app->state->model;
    size_t named = 0, findings = 0;
    if (ui_finding_row(finding, model, &state_shown(app->state)->registry) == SIZE_MAX)
        return 0;
    for (size_t i = 0; i < model->finding_count; i++)
        findings += strcmp(model->findings[i].code, finding->code) == 0;
    for (size_t row = 0; findings == 1 && row < model_row_count(model); row++)
        named += model_has_finding(model, row, str_of(finding->code));
    return named > EACH_MAX ? named : 1;
}

/* Takes note of what stands under the cursor. */
static void note(struct app *app)
{
    struct findings_cursor *cursor = &app->ui.findings;
    const struct finding *finding = current(app);
    buffer_clear(&cursor->subject);
    cursor->code = finding ? finding->code : NULL;
    cursor->sessions = finding ? count_sessions(app, finding) : 0;
    if (finding)
        buffer_add_str(&cursor->subject, finding->subject);
    if (cursor->subject.failed) /* then it cannot be followed */
        cursor->code = NULL;
}

void app_findings_move_to(struct app *app, size_t at)
{
    app->ui.findings.at = at;
    note(app);
    app_see(app);
}

void app_findings(struct app *app)
{
    app->ui.findings.at = 0;
    note(app);
    app_open(app, UI_FINDINGS);
}

bool app_findings_follow(struct app *app)
{
    struct findings_cursor *cursor = &app->ui.findings;
    const struct model *model = &app->state->model;
    bool is_found = false;
    for (size_t i = 0; cursor->code && !is_found && i < model->finding_count; i++) {
        is_found = strcmp(model->findings[i].code, cursor->code) == 0 &&
                   str_equal(model->findings[i].subject, buffer_str(&cursor->subject));
        cursor->at = is_found ? i : cursor->at;
    }
    if (cursor->at >= model->finding_count)
        cursor->at = model->finding_count > 0 ? model->finding_count - 1 : 0;
    note(app);
    return is_found;
}

static const struct slot *slot_of(const struct app *app, const struct finding *finding)
{
    const struct model *model = &app->state->model;
    size_t place = model_slot_place(model, finding->subject);
    return place == SIZE_MAX ? NULL : &model->slots[place];
}

/* All sessions that it names, by the filter: no key acts on several. */
static void show_all(struct app *app, const struct finding *finding, int64_t now_ms)
{
    struct buffer *filter = &app->ui.filter;
    size_t count = app->ui.findings.sessions;
    buffer_clear(filter);
    buffer_addf(filter, "finding:%s", finding->code);
    if (filter->failed) {
        buffer_clear(filter);
        ui_say(&app->ui, TONE_ERROR, "Not done: out of memory.");
        return;
    }
    app_arrange(app, CAUSE_OPERATOR, now_ms);
    app_jump_to(app, finding->subject, now_ms);
    ui_say(&app->ui, TONE_NONE, "The %zu sessions that %s names. Esc shows all again.", count,
           finding->code);
}

void app_findings_enter(struct app *app, int64_t now_ms)
{
    const struct finding *finding = current(app);
    const struct slot *slot = finding ? slot_of(app, finding) : NULL;
    const struct registry *registry = &state_shown(app->state)->registry;
    if (!finding)
        ui_say(&app->ui, TONE_NONE, "No findings: nothing needs you.");
    else if (app->ui.findings.sessions > 1)
        show_all(app, finding, now_ms);
    else if (app->ui.findings.sessions == 1)
        app_jump_to(app, finding->subject, now_ms);
    else if (slot && slot->holder_count > 0)
        app_jump_to(app, entry_session_id(&registry->entries[slot->holder]), now_ms);
    else
        app_findings_refuse(app);
}

void app_findings_refuse(struct app *app)
{
    const struct finding *finding = current(app);
    struct buffer *out = ui_message(&app->ui, TONE_WARNING);
    const struct slot *slot = finding ? slot_of(app, finding) : NULL;
    if (!finding) {
        buffer_addf(out, "There is no finding: no session is selected.");
    } else if (app->ui.findings.sessions > 1) {
        buffer_addf(out, "%s names %zu sessions: Enter shows them, then choose one.", finding->code,
                    app->ui.findings.sessions);
    } else if (slot) {
        buffer_addf(out, "%s is about slot ", finding->code);
        buffer_add_str(out, slot->label);
        buffer_addf(out, slot->holder_count > 0 ? ": Enter goes to its holder."
                                                : ", which nobody holds.");
    } else {
        buffer_addf(out, "%s is not about one session, but about ", finding->code);
        buffer_add_str(out, finding->subject);
        buffer_addf(out, ".");
    }
}
