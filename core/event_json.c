/* Events as lines of JSON, and back. */
#include "core/event.h"

#include "core/json.h"

#include <errno.h>
#include <math.h>

enum { KINDS = EVENT_MENDED + 1, BYS = BY_SOMEBODY + 1 };

static void add_string(const char *key, struct str value, struct buffer *out)
{
    if (!value.data)
        return;
    buffer_addf(out, ",\"%s\":", key);
    json_quote(value, out);
}

static void add_state(const char *key, enum entry_state state, struct buffer *out)
{
    if (state != STATE_OTHER)
        buffer_addf(out, ",\"%s\":\"%s\"", key, entry_state_name(state));
}

void event_add_json(const struct history_event *event, struct buffer *out)
{
    buffer_add_str(out, STR("{\"at\":"));
    json_print_number(event->at_ms, out);
    buffer_addf(out, ",\"event\":\"%s\",\"by\":\"%s\"", event_kind_name(event->kind),
                event_by_name(event->by));
    add_string("session", event->session_id, out);
    add_string("agent", event->agent_id, out);
    add_state("from", event->from, out);
    add_state("to", event->to, out);
    buffer_add_str(out, STR("}\n"));
}

static bool is_word(struct str literal, const char *word)
{
    return json_kind(literal) == JSON_STRING && json_string_equals(literal, str_of(word));
}

static bool read_kind(struct str literal, enum history_event_kind *ret_kind)
{
    for (unsigned i = 0; i < KINDS; i++) {
        if (is_word(literal, event_kind_name((enum history_event_kind)i))) {
            *ret_kind = (enum history_event_kind)i;
            return true;
        }
    }
    return false;
}

static bool read_by(struct str literal, enum event_by *ret_by)
{
    for (unsigned i = 0; i < BYS; i++) {
        if (is_word(literal, event_by_name((enum event_by)i))) {
            *ret_by = (enum event_by)i;
            return true;
        }
    }
    return false;
}

static enum entry_state read_state(struct str literal)
{
    for (unsigned i = STATE_ACTIVE; i <= STATE_DELETED; i++)
        if (is_word(literal, entry_state_name((enum entry_state)i)))
            return (enum entry_state)i;
    return STATE_OTHER;
}

/* The decoded string; absent where there is none. False without memory. */
static bool read_string(struct str literal, struct arena *arena, struct str *ret_text)
{
    struct buffer decoded = {0};
    *ret_text = (struct str){0};
    if (json_kind(literal) != JSON_STRING)
        return true;
    json_decode(literal, &decoded);
    if (!decoded.failed)
        *ret_text = arena_copy(arena, buffer_str(&decoded));
    buffer_done(&decoded);
    return ret_text->data;
}

static bool is_of_file(enum history_event_kind kind)
{
    return kind == EVENT_WIPED || kind == EVENT_TORN || kind == EVENT_MENDED;
}

int event_read_json(struct str line, struct arena *arena, struct history_event *ret_event)
{
    struct json_fault fault;
    struct history_event event;
    if (!json_check(line, &fault))
        return fault.reason == JSON_NO_MEMORY ? -ENOMEM : 0;
    struct str root = json_root(line), at = json_member(root, STR("at"));
    event.at_ms = json_kind(at) == JSON_NUMBER ? json_to_number(at) : NAN;
    if (!isfinite(event.at_ms) || !read_kind(json_member(root, STR("event")), &event.kind) ||
        !read_by(json_member(root, STR("by")), &event.by))
        return 0;
    if (!read_string(json_member(root, STR("session")), arena, &event.session_id) ||
        !read_string(json_member(root, STR("agent")), arena, &event.agent_id))
        return -ENOMEM;
    event.from = read_state(json_member(root, STR("from")));
    event.to = read_state(json_member(root, STR("to")));
    if (!event.session_id.data && !is_of_file(event.kind))
        return 0;
    *ret_event = event;
    return 1;
}
