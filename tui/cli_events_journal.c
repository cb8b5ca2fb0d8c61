/* What operators did, as events: each change of the journal is a registry of one entry that became
 * another one. */
#include "tui/cli_events_part.h"

#include "core/document.h"
#include "core/json.h"

#include <errno.h>
#include <stdlib.h>

void story_done(struct story *story)
{
    free(story->items);
    arena_done(&story->arena);
    *story = (struct story){0};
}

/* A copy in the story; absent for an absent text. */
static bool copy(struct story *story, struct str *text)
{
    if (text->data)
        *text = arena_copy(&story->arena, *text);
    return text->data;
}

static bool add(struct story *story, const struct history_event *event,
                const struct journal_operation *operation)
{
    if (story->count == story->capacity) {
        size_t capacity = story->capacity ? 2 * story->capacity : 64;
        struct told *items = reallocarray(story->items, capacity, sizeof(*items));
        if (!items)
            return false;
        story->items = items;
        story->capacity = capacity;
    }
    struct told told = {*event, operation->id, operation->user, operation->command};
    bool has_agent = told.event.agent_id.data, has_user = told.user.data;
    if (!copy(story, &told.event.session_id) || (!copy(story, &told.event.agent_id) && has_agent) ||
        !copy(story, &told.command) || (!copy(story, &told.user) && has_user))
        return false;
    story->items[story->count++] = told;
    return true;
}

/* The registry that has this entry (absent: none) and no other. */
static int parse_side(struct str session_id, struct str entry, struct document *document)
{
    struct buffer text = {0};
    buffer_add_str(&text, STR("{\"agents\":{"));
    if (entry.data) {
        json_quote(session_id, &text);
        buffer_add_char(&text, ':');
        buffer_add_str(&text, entry);
    }
    buffer_add_str(&text, STR("}}"));
    int result = text.failed ? -ENOMEM : document_parse(document, &text, NULL);
    buffer_done(&text);
    return result;
}

static enum entry_state state_in(const struct document *document)
{
    return document->registry.count ? (enum entry_state)document->registry.entries[0].state
                                    : STATE_OTHER;
}

/* The events between both sides; a change that has no name of its own is told, too. */
static int add_between(struct story *story, const struct journal_operation *operation,
                       const struct journal_change *change, const struct document *sides)
{
    struct events events = {0};
    int result = events_between(&sides[0].registry, &sides[1].registry, operation->time_ms, true,
                                &events, NULL);
    for (size_t i = 0; result == 0 && i < events.count; i++)
        result = add(story, &events.items[i], operation) ? 0 : -ENOMEM;
    if (result == 0 && events.count == 0) {
        struct history_event event = {
            .at_ms = (double)operation->time_ms,
            .kind = EVENT_CHANGED,
            .by = BY_OPERATOR,
            .session_id = change->session_id,
            .agent_id = change->slot_id,
            .from = state_in(&sides[0]),
            .to = state_in(&sides[1]),
        };
        result = add(story, &event, operation) ? 0 : -ENOMEM;
    }
    events_done(&events);
    return result;
}

static int add_change(struct story *story, const struct journal_operation *operation,
                      const struct journal_change *change)
{
    struct document sides[2];
    document_init(&sides[0]);
    document_init(&sides[1]);
    int result = parse_side(change->session_id, change->before, &sides[0]);
    if (result == 0)
        result = parse_side(change->session_id, change->after, &sides[1]);
    if (result == 0)
        result = add_between(story, operation, change, sides);
    document_done(&sides[0]);
    document_done(&sides[1]);
    return result;
}

/* Newest first, as the journal is walked. */
static int add_operation(struct story *story, const struct journal_operation *operation)
{
    int result = 0;
    for (size_t i = operation->change_count; result == 0 && i > 0; i--)
        result = add_change(story, operation, &operation->changes[i - 1]);
    return result;
}

static void turn_around(struct story *story)
{
    for (size_t i = 0; i < story->count / 2; i++) {
        struct told told = story->items[i];
        story->items[i] = story->items[story->count - 1 - i];
        story->items[story->count - 1 - i] = told;
    }
}

static int read_log(struct journal_log *log, struct str registry, double since_ms,
                    struct story *story, struct error *error)
{
    struct journal_operation operation;
    int result;
    while ((result = journal_previous(log, &operation, error)) > 0) {
        if ((double)operation.time_ms < since_ms || !str_equal(operation.registry, registry))
            continue;
        if (add_operation(story, &operation) != 0)
            return error_no_memory(error, "reading the journal");
    }
    return result;
}

int story_read(const struct cli *cli, double since_ms, struct story *ret_story, struct error *error)
{
    struct story story = {0};
    struct journal_log log = {0};
    struct buffer registry = {0};
    int result = cli->journal ? journal_open_log(cli->journal, &log, error) : 0;
    if (result == 0 && cli->journal) {
        journal_registry(cli->state->store.path, &registry);
        result = registry.failed ? error_no_memory(error, "reading the journal")
                                 : read_log(&log, buffer_str(&registry), since_ms, &story, error);
    }
    buffer_done(&registry);
    journal_close_log(&log);
    if (result != 0) {
        story_done(&story);
        return result;
    }
    turn_around(&story);
    *ret_story = story;
    return 0;
}

/* The first operation at this time or later. */
static size_t first_since(const struct story *story, double at_ms)
{
    size_t low = 0, high = story->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (story->items[middle].event.at_ms < at_ms)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const struct told *story_find(const struct story *story, const struct history_event *event)
{
    for (size_t i = first_since(story, event->at_ms - HISTORY_SAME_MS); i < story->count; i++) {
        const struct history_event *done = &story->items[i].event;
        if (done->at_ms > event->at_ms + HISTORY_SAME_MS)
            break;
        if (event->session_id.data && done->kind == event->kind && done->to == event->to &&
            str_equal(done->session_id, event->session_id))
            return &story->items[i];
    }
    return NULL;
}
