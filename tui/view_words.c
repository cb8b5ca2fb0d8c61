#include "tui/view_parts.h"

#include "core/gc.h"
#include "tui/pool_items.h"

#include <math.h>

/* Whatever is later needs no note. */
#define FAR_MS 1e15

/* What is around the registry, in few words: titles, runs, GC. */

bool view_knows_chats(const struct pen *pen)
{
    return pen->model->knows_chats;
}

bool view_is_retired(const struct pen *pen)
{
    return pool_is_retired(pen->model);
}

bool view_is_unknown(const struct pen *pen)
{
    return pen->shown && pen->shown != &pen->view->state->document &&
           pen->shown->state == DOCUMENT_MISSING;
}

const char *pen_slot_name(const struct pen *pen, enum slot_view view)
{
    return view == SLOT_FREE && view_is_unknown(pen) ? "unknown" : slot_view_name(view);
}

enum session_view pen_view_of(const struct pen *pen, size_t index)
{
    enum session_view view = model_view(pen->model, index);
    return pen->view->is_slow && view == VIEW_STRANDED ? VIEW_FALLBACK : view;
}

enum role pen_role_of(const struct pen *pen, enum session_view view)
{
    bool is_left_over = view == VIEW_OVERDUE || view == VIEW_FALLBACK || view == VIEW_STRANDED ||
                        view == VIEW_ORPHAN || view == VIEW_GHOST;
    return is_left_over && view_is_retired(pen) ? ROLE_TEXT : view_role_of(view);
}

int pen_chat_title(struct pen *pen, int row, int column, int width, enum role role, size_t index)
{
    struct str title = model_title(pen->model, index);
    if (title.len == 0)
        return cells_text(pen->cells, row, column, width, role, STR("-"));
    return cells_text(pen->cells, row, column, width, role, title);
}

bool view_has_looked(const struct pen *pen, size_t index)
{
    return model_evidence(pen->model, index);
}

static void add_age(struct pen *pen, struct line *line, const char *what, double at_ms)
{
    char text[DURATION_TEXT_SIZE];
    line_addf(line, "%s", what);
    if (!isnan(at_ms))
        line_addf(line, " %s", pen_elapsed(pen, at_ms, text));
}

/* No age where it is always seconds: nobody need wake up for it. */
void pen_add_run(struct pen *pen, struct line *line, size_t index)
{
    struct run run = model_run(pen->model, index);
    switch (run.source) {
    case EVIDENCE_STREAMING:
        line_add(line, STR("streaming"));
        break;
    case EVIDENCE_LOCK:
        add_age(pen, line, "lock", run.at_ms);
        break;
    case EVIDENCE_STATUS:
        add_age(pen, line, "status", run.at_ms);
        break;
    case EVIDENCE_TRANSCRIPT:
        add_age(pen, line, run.is_stalled ? "stale" : "wrote", run.at_ms);
        break;
    case EVIDENCE_WAL:
        add_age(pen, line, "WAL", run.at_ms);
        break;
    case EVIDENCE_NONE:
        line_add(line, view_has_looked(pen, index) ? STR("none seen") : STR("-"));
        break;
    }
}

/* The server's timers are late and drift: a moment of GC is inferred, and so it is told. */
bool pen_add_gc(struct pen *pen, struct line *line, const char *what, double at_ms)
{
    char text[DURATION_TEXT_SIZE];
    double ms = pen_until(pen, at_ms);
    if (isnan(at_ms))
        return false;
    if (ms < 0) {
        line_add(line, STR("GC is due"));
        return true;
    }
    line_addf(line, "%s ~%s", what, pen_remaining(pen, at_ms, text));
    pen_changes_in(pen, ms < FAR_MS ? (int64_t)ms + 1 : INT64_MAX);
    return true;
}

double view_gc_of_entry_ms(const struct pen *pen, const struct entry *entry)
{
    const struct state *state = pen->view->state;
    double ends_at_ms = entry_expires_at_ms(entry);
    double long_ago_ms = (double)pen->view->now_ms - 2 * GC_INTERVAL_MS;
    if (!(state->around.known & PART_SERVER))
        return NAN;
    if (entry->state == STATE_DELETED)
        return pen->model->next_gc_ms;
    if (!entry_is_live(entry) || isnan(ends_at_ms))
        return NAN;
    return beat_expiry_ms(&state->beat, fmax(ends_at_ms, long_ago_ms));
}
