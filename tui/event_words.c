#include "tui/event_words.h"

#include "tui/cli_words.h"
#include "tui/rows.h"

#include <math.h>
#include <stdio.h>
#include <time.h>

enum { UUID_LEN = 36, UUID_FIRST = 8 };

static void add(struct event_words *words, struct str part)
{
    words->parts[words->count++] = part;
}

static void add_text(struct event_words *words, const char *text)
{
    add(words, str_of(text));
}

/* "active -> " */
static void add_before(struct event_words *words, const char *state)
{
    add_text(words, state);
    add_text(words, " -> ");
    words->optional_count = words->count;
}

/* The word for a state before or after; `is_none`: without a state there was no entry. */
static const char *side_word(enum entry_state state, bool is_none)
{
    if (state != STATE_OTHER)
        return entry_state_word(state);
    return is_none ? "none" : "other";
}

void event_words_change(const struct history_event *event, struct event_words *ret_words)
{
    bool is_change = event->from != event->to || event->kind == EVENT_REMOVED;
    *ret_words = (struct event_words){.count = 0};
    if (!event->session_id.data || !is_change) {
        add_text(ret_words, event_kind_name(event->kind));
        return;
    }
    /* What allocates or removes has no entry on one side; what operators change from nothing is
     * put back. */
    bool is_changed = event->kind == EVENT_CHANGED;
    add_before(ret_words, side_word(event->from, !is_changed || event->by == BY_OPERATOR));
    add_text(ret_words, side_word(event->to, !is_changed));
}

/* "slot 4"; an agent that is no slot by its whole id. */
static void add_agent(struct event_words *words, const struct model *model, struct str agent)
{
    const struct entry_terms terms = {.chat_agent_id = agent};
    const struct entry holder = {.terms = &terms};
    struct str label = rows_slot_label(model, &holder, model_slot_place(model, agent));
    bool is_slot = !str_equal(label, agent);
    if (is_slot)
        add_text(words, "slot ");
    add(words, label.len > 0 ? label : STR("\"\""));
}

/* Another session got the slot before, and holds it still. */
static bool is_shared(const struct slot *slot, const struct registry *registry,
                      const struct history_event *event)
{
    if (slot->holder_count == 0)
        return false;
    const struct entry *holder = &registry->entries[slot->holder];
    return holder->created_at_ms < event->at_ms &&
           !str_equal(entry_session_id(holder), event->session_id);
}

/* What became of the slot that a session left. */
static void add_left(struct event_words *words, const struct history_event *event,
                     const struct model *model, const struct registry *registry)
{
    size_t place = model_slot_place(model, event->agent_id);
    bool was_live = event->from == STATE_ACTIVE || event->from == STATE_IDLE;
    if (!was_live || place == SIZE_MAX)
        return;
    bool stays_held = is_shared(&model->slots[place], registry, event);
    add_text(words, stays_held ? "; leaves " : "; frees ");
    add_agent(words, model, event->agent_id);
    if (stays_held)
        add_text(words, ", still held");
}

static void tell_allocated(struct event_words *words, const struct history_event *event,
                           const struct model *model)
{
    *words = (struct event_words){.count = 0};
    if (event->from != STATE_OTHER)
        add_before(words, entry_state_word(event->from));
    if (event->kind == EVENT_FELL_BACK) {
        add_text(words, "FALLBACK to ");
        add(words, event->agent_id.data ? event->agent_id : STR("its workspace agent"));
        if (model->slot_count > 0)
            add_text(words, ": pool full");
        return;
    }
    if (event->from != STATE_OTHER) {
        add_text(words, entry_state_word(event->to));
        add_text(words, "; ");
        if (event->to == STATE_ACTIVE)
            words->optional_count = words->count;
    }
    add_text(words, "took ");
    if (event->agent_id.data)
        add_agent(words, model, event->agent_id);
    else
        add_text(words, "no agent");
}

static void tell_removed(struct event_words *words, const struct history_event *event,
                         const struct model *model, const struct registry *registry)
{
    *words = (struct event_words){.count = 0};
    add_before(words, side_word(event->from, true));
    add_text(words, "gone");
    add_left(words, event, model, registry);
}

/* Where one is kept or taken, the agent behind the change. */
static void tell_changed(struct event_words *words, const struct history_event *event,
                         const struct model *model)
{
    bool is_moved = event->kind == EVENT_CHANGED && event->from == event->to;
    if (!event->agent_id.data || event->kind == EVENT_USED)
        return;
    if (is_moved)
        *words = (struct event_words){.count = 0};
    add_text(words, is_moved ? "moved to " : event->kind == EVENT_IDLED ? "; keeps " : "; ");
    add_agent(words, model, event->agent_id);
}

void event_words_tell(const struct history_event *event, const struct model *model,
                      const struct registry *registry, struct event_words *ret_words)
{
    event_words_change(event, ret_words);
    switch (event->kind) {
    case EVENT_ALLOCATED:
    case EVENT_FELL_BACK:
        tell_allocated(ret_words, event, model);
        break;
    case EVENT_USED:
    case EVENT_IDLED:
    case EVENT_CHANGED:
        tell_changed(ret_words, event, model);
        break;
    case EVENT_EXPIRED:
    case EVENT_RELEASED:
        add_left(ret_words, event, model, registry);
        break;
    case EVENT_REMOVED:
        tell_removed(ret_words, event, model, registry);
        break;
    case EVENT_WIPED:
        ret_words->parts[0] = STR("registry wiped: most entries went in one save");
        break;
    case EVENT_TORN:
        ret_words->parts[0] = STR("registry torn: it cannot be read");
        break;
    case EVENT_MENDED:
        ret_words->parts[0] = STR("registry can be read again");
        break;
    }
}

void event_words_add(const struct event_words *words, struct buffer *out)
{
    for (size_t i = 0; i < words->count; i++)
        buffer_add_str(out, words->parts[i]);
}

static bool take_local(double at_ms, struct tm *ret_tm)
{
    static const double limit_ms = 8.64e15; /* JavaScript's last date */
    bool is_date = fabs(at_ms) <= limit_ms;
    time_t seconds = is_date ? (time_t)floor(at_ms / 1000) : 0;
    return is_date && localtime_r(&seconds, ret_tm);
}

static int64_t next_midnight_ms(const struct tm *now)
{
    struct tm next = {.tm_year = now->tm_year,
                      .tm_mon = now->tm_mon,
                      .tm_mday = now->tm_mday + 1,
                      .tm_isdst = -1};
    return (int64_t)mktime(&next) * 1000;
}

const char *event_words_time(double at_ms, int64_t now_ms, char text[EVENT_TIME_SIZE],
                             int64_t *ret_changes_in_ms)
{
    static const double near_ms = 6 * 86400000.0; /* a day of the week names one day */
    struct tm then, now;
    *ret_changes_in_ms = INT64_MAX;
    (void)snprintf(text, EVENT_TIME_SIZE, "-");
    if (!take_local(at_ms, &then) || !take_local((double)now_ms, &now))
        return text;
    double age_ms = (double)now_ms - floor(at_ms);
    bool is_today = then.tm_year == now.tm_year && then.tm_yday == now.tm_yday;
    bool is_near = age_ms >= 0 && age_ms < near_ms;
    size_t len = is_today  ? strftime(text, EVENT_TIME_SIZE, "%H:%M:%S", &then)
                 : is_near ? strftime(text, EVENT_TIME_SIZE, "%a %H:%M", &then)
                           : strftime(text, EVENT_TIME_SIZE, "%b %e", &then);
    if (len == 0)
        (void)snprintf(text, EVENT_TIME_SIZE, "-");
    if (is_today || age_ms < 0)
        *ret_changes_in_ms = next_midnight_ms(&now) - now_ms;
    else if (is_near)
        *ret_changes_in_ms = (int64_t)(near_ms - age_ms);
    return text;
}

const char *event_words_by(enum event_by by)
{
    static const char *const words[] = {
        [BY_SERVER] = "server",
        [BY_GC] = "GC?",
        [BY_OPERATOR] = "you",
        [BY_SOMEBODY] = "other",
    };
    return words[by];
}

enum role event_words_role(const struct history_event *event)
{
    switch (event->kind) {
    case EVENT_ALLOCATED:
        return ROLE_RUNNING;
    case EVENT_FELL_BACK:
        return ROLE_FALLBACK;
    case EVENT_IDLED:
        return ROLE_IDLE;
    case EVENT_EXPIRED:
    case EVENT_REMOVED:
        return ROLE_EXPIRED;
    case EVENT_WIPED:
    case EVENT_TORN:
        return ROLE_ERROR;
    case EVENT_MENDED:
        return ROLE_GOOD;
    case EVENT_USED:
    case EVENT_RELEASED:
    case EVENT_CHANGED:
        break;
    }
    return ROLE_TEXT;
}

struct str event_words_id(const struct model *model, const struct registry *registry,
                          struct str session_id)
{
    const struct entry *entry = registry_get(registry, session_id);
    if (!session_id.data)
        return STR("-");
    if (entry)
        session_id.len = model_short_len(model, registry, session_id);
    else if (session_id.len == UUID_LEN && session_id.data[UUID_FIRST] == '-')
        session_id.len = UUID_FIRST;
    return session_id.len ? session_id : STR("\"\"");
}
