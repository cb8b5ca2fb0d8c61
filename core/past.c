#include "core/past.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A registry on its way back. */
struct rewind {
    const struct history_event *events;
    struct registry *registry;
    struct str workspace_agent_id;
};

static bool is_of(const struct history_event *event, struct str session_id)
{
    return event->session_id.data && str_equal(event->session_id, session_id);
}

static bool is_allocation(const struct history_event *event)
{
    return event->kind == EVENT_ALLOCATED || event->kind == EVENT_FELL_BACK;
}

/* What was told of the session before the event at `place`. */
static const struct history_event *told_before(const struct rewind *rewind, size_t place,
                                               struct str session_id, bool is_of_allocation)
{
    for (size_t i = place; i > 0; i--) {
        const struct history_event *event = &rewind->events[i - 1];
        if (is_of(event, session_id) && (!is_of_allocation || is_allocation(event)))
            return event;
    }
    return NULL;
}

static bool set_agent(const struct rewind *rewind, struct entry *entry, struct str agent_id,
                      bool keeps_ttl)
{
    struct entry_terms terms = {
        .chat_agent_id = agent_id,
        .workspace_agent_id =
            keeps_ttl ? entry_workspace_agent_id(entry) : rewind->workspace_agent_id,
        .idle_ttl_ms = keeps_ttl ? entry_idle_ttl_ms(entry) : NAN,
    };
    return registry_set_terms(rewind->registry, entry, &terms);
}

/* The entry of before, where the event made it anew: agent and times are those of an earlier one.
 */
static bool undo_again(const struct rewind *rewind, size_t place, struct entry *entry)
{
    const struct history_event *event = &rewind->events[place];
    const struct history_event *before = told_before(rewind, place, event->session_id, false);
    const struct history_event *made = told_before(rewind, place, event->session_id, true);
    entry->state = (uint8_t)event->from;
    entry->created_at_ms = made ? made->at_ms : NAN;
    entry->last_active_at_ms = NAN;
    return set_agent(rewind, entry, before ? before->agent_id : (struct str){0}, true);
}

static bool undo_removal(const struct rewind *rewind, size_t place)
{
    const struct history_event *event = &rewind->events[place];
    const struct history_event *made = told_before(rewind, place, event->session_id, true);
    struct entry *entry = registry_find(rewind->registry, event->session_id);
    if (!entry)
        entry = registry_add(rewind->registry, event->session_id);
    if (!entry)
        return false;
    entry->changes = CHANGE_NONE;
    entry->shape = ENTRY_OBJECT;
    entry->state = (uint8_t)event->from;
    entry->created_at_ms = made ? made->at_ms : NAN;
    entry->last_active_at_ms = NAN;
    return set_agent(rewind, entry, event->agent_id, false);
}

/* False without memory. */
static bool undo(const struct rewind *rewind, size_t place)
{
    const struct history_event *event = &rewind->events[place];
    if (!event->session_id.data)
        return true;
    if (event->kind == EVENT_REMOVED)
        return undo_removal(rewind, place);
    struct entry *entry = registry_find(rewind->registry, event->session_id);
    if (!entry || entry->changes & CHANGE_REMOVED)
        return true;
    if (is_allocation(event) && event->from == STATE_OTHER)
        entry->changes |= CHANGE_REMOVED;
    else if (is_allocation(event))
        return undo_again(rewind, place, entry);
    else
        entry->state = (uint8_t)event->from;
    return true;
}

/* A time that had not come yet is the last one that was told, or unknown. */
static void forget_later(const struct rewind *rewind, size_t place, double at_ms)
{
    for (size_t i = 0; i < rewind->registry->count; i++) {
        struct entry *entry = &rewind->registry->entries[i];
        if (entry->created_at_ms > at_ms)
            entry->created_at_ms = NAN;
        if (!(entry->last_active_at_ms > at_ms))
            continue;
        entry->last_active_at_ms = NAN;
        for (size_t j = place + 1; j > 0 && isnan(entry->last_active_at_ms); j--) {
            const struct history_event *event = &rewind->events[j - 1];
            bool is_use = event->kind == EVENT_USED || is_allocation(event);
            if (is_use && is_of(event, entry_session_id(entry)))
                entry->last_active_at_ms = event->at_ms;
        }
    }
}

/* The entries that are there, without what their rules did; false without memory. */
static bool copy_registry(const struct registry *from, struct registry *to)
{
    for (size_t i = 0; i < from->count; i++) {
        const struct entry *entry = &from->entries[i];
        if (entry->changes & CHANGE_REMOVED)
            continue;
        struct entry_terms terms = {entry_chat_agent_id(entry), entry_workspace_agent_id(entry),
                                    entry_idle_ttl_ms(entry)};
        struct entry *copy = registry_add(to, entry_session_id(entry));
        if (!copy || !registry_set_terms(to, copy, &terms))
            return false;
        copy->created_at_ms = entry->created_at_ms;
        copy->last_active_at_ms = entry->last_active_at_ms;
        copy->state = entry->state;
        copy->shape = entry->shape;
    }
    return true;
}

/* Those that were not there yet go: rows are made of entries that are. */
static int make_registry(const struct state *live, size_t place, const struct history_event *events,
                         size_t count, struct registry *registry)
{
    struct registry all;
    registry_init(&all);
    struct rewind rewind = {events, &all, buffer_str(&live->workspace.agent_id)};
    bool is_done = copy_registry(&state_shown(live)->registry, &all);
    for (size_t i = count; is_done && i > place + 1; i--)
        is_done = undo(&rewind, i - 1);
    if (is_done) {
        forget_later(&rewind, place, events[place].at_ms);
        is_done = copy_registry(&all, registry);
    }
    registry_done(&all);
    return is_done ? 0 : -ENOMEM;
}

/* Without what came later. A pin outlives all that happens to its entry; but who has no entry yet
 * has none. */
static bool copy_chats(const struct chats *from, double at_ms, struct past *past)
{
    size_t count = from->count;
    past->folders = calloc(count + 1, sizeof(*past->folders));
    past->state.around.chats = (struct chats){past->folders, 0};
    for (size_t i = 0; past->folders && i < count; i++) {
        struct chat_folder *folder = &past->folders[i];
        *folder = from->folders[i];
        folder->items = calloc(folder->count + 1, sizeof(*folder->items));
        past->state.around.chats.count++;
        if (!folder->items)
            return false;
        for (size_t j = 0; j < folder->count; j++) {
            struct chat *chat = &folder->items[j];
            *chat = from->folders[i].items[j];
            if (!registry_find(&past->state.document.registry, chat->id))
                chat->agent_id = (struct str){0};
            chat->updated_ms = chat->updated_ms > at_ms ? NAN : chat->updated_ms;
            chat->last_active_ms = chat->last_active_ms > at_ms ? NAN : chat->last_active_ms;
        }
    }
    return past->folders;
}

static bool is_wiped_since(const struct history_event *events, size_t count, size_t place)
{
    for (size_t i = place + 1; i < count; i++) {
        if (events[i].kind == EVENT_WIPED)
            return true;
    }
    return false;
}

/* What is borrowed, and what is not known of then. */
static void begin(const struct state *live, double at_ms, struct past *past)
{
    past->at_ms = at_ms;
    past->state = *live;
    past->state.is_wiped = false;
    past->state.has_copy = false;
    past->state.has_model = false;
    past->state.model = (struct model){0};
    past->state.short_ids = (struct short_ids){.is_made = false};
    past->state.tally = (struct tally){.is_made = false};
    past->state.is_streamed = false;
    past->state.around.known &= PART_WORKSPACES | PART_CHATS | PART_HISTORY;
    past->state.around.holder[0] = '\0';
    document_init(&past->state.document);
    document_init(&past->state.last_good);
    document_set_missing(&past->state.document);
    past->state.document.state = DOCUMENT_OK;
}

/* The model points into the state that it is made of, which therefore stays where it is. */
static int fill(const struct state *live, size_t place, struct past *past, struct error *error)
{
    size_t count;
    const struct history_event *events = history_events(live->around.history, &count);
    begin(live, events[place].at_ms, past);
    int result = make_registry(live, place, events, count, &past->state.document.registry);
    if (result == 0 && !copy_chats(&live->around.chats, past->at_ms, past))
        result = -ENOMEM;
    return result == 0 ? state_model(&past->state, (int64_t)past->at_ms, error) : result;
}

int past_make(const struct state *live, size_t place, struct past **ret_past, struct error *error)
{
    size_t count;
    const struct history_event *events = history_events(live->around.history, &count);
    if (place >= count || is_wiped_since(events, count, place))
        return error_set(error, ERROR_NOT_FOUND, ENOENT,
                         "A wipe lies between: the history does not name the entries that it took");
    struct past *past = calloc(1, sizeof(*past));
    if (!past || fill(live, place, past, error) != 0) {
        past_free(past);
        return error_no_memory(error, "looking at the past");
    }
    *ret_past = past;
    return 0;
}

void past_free(struct past *past)
{
    if (!past)
        return;
    if (past->state.has_model)
        model_done(&past->state.model);
    short_ids_done(&past->state.short_ids);
    document_done(&past->state.document);
    document_done(&past->state.last_good);
    for (size_t i = 0; past->folders && i < past->state.around.chats.count; i++)
        free(past->folders[i].items);
    free(past->folders);
    free(past);
}

size_t past_step(const struct history *history, size_t from, bool is_back)
{
    size_t count = 0;
    const struct history_event *events = history ? history_events(history, &count) : NULL;
    size_t at = from < count ? from : count - 1; /* now is as after the last one */
    if (count == 0 || (!is_back && from >= count))
        return SIZE_MAX;
    do {
        if (is_back ? at == 0 : at + 1 >= count)
            return SIZE_MAX;
        at += is_back ? SIZE_MAX : 1;
    } while (event_is_touch(&events[at]));
    return at;
}
