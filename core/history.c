#include "core/history_part.h"

#include "core/copies.h"
#include "core/string_index.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct history {
    char *path;                  /* NULL: in memory alone */
    struct history_event *items; /* HISTORY_MAX of them */
    char **texts;                /* where the strings of each item are */
    size_t count;
    char trouble[ERROR_TEXT_SIZE];
};

/* A copy of an event whose strings are in one block, *ret_text. */
static bool copy_event(const struct history_event *event, struct history_event *ret_copy,
                       char **ret_text)
{
    struct str session = event->session_id, agent = event->agent_id;
    char *text = malloc(session.len + agent.len + 1);
    if (!text)
        return false;
    if (session.len)
        memcpy(text, session.data, session.len);
    if (agent.len)
        memcpy(text + session.len, agent.data, agent.len);
    *ret_copy = *event;
    if (session.data)
        ret_copy->session_id.data = text;
    if (agent.data)
        ret_copy->agent_id.data = text + session.len;
    *ret_text = text;
    return true;
}

static void drop_oldest(struct history *history, size_t count)
{
    size_t left = history->count - count;
    for (size_t i = 0; i < count; i++)
        free(history->texts[i]);
    memmove(history->items, history->items + count, left * sizeof(*history->items));
    memmove(history->texts, history->texts + count, left * sizeof(*history->texts));
    history->count = left;
}

/* The newest HISTORY_MAX events of `count`, noted; the oldest make room. */
static int note(struct history *history, const struct history_event *events, size_t count,
                struct error *error)
{
    size_t room = HISTORY_MAX - history->count;
    if (count > room)
        drop_oldest(history, count - room);
    for (size_t i = 0; i < count; i++) {
        size_t place = history->count;
        if (!copy_event(&events[i], &history->items[place], &history->texts[place]))
            return error_no_memory(error, "noting what happened to the registry");
        history->count++;
    }
    return 0;
}

/* Events that are sought by their session. */
struct sought {
    const struct history_event *items;
};

static struct str session_at(const void *owner, size_t place)
{
    const struct sought *sought = owner;
    return sought->items[place].session_id;
}

/* Several programs have told the same: takes out all but the first, which is an operator's if any
 * is. `before[i]` becomes the place of the last event of the same session before that at i. */
static bool merge_same(struct events *events, size_t *before)
{
    struct sought sought = {events->items};
    struct string_source source = {session_at, &sought};
    struct string_index index = {0};
    size_t kept = 0;
    bool has_room = string_index_reserve(&index, source, events->count);
    for (size_t i = 0; has_room && i < events->count; i++) {
        struct history_event event = events->items[i];
        size_t last = string_index_find(&index, source, event.session_id), same = last;
        while (same != STRING_INDEX_NONE &&
               fabs(event.at_ms - events->items[same].at_ms) <= HISTORY_SAME_MS &&
               !event_is_same(&event, &events->items[same]))
            same = before[same];
        if (same != STRING_INDEX_NONE &&
            fabs(event.at_ms - events->items[same].at_ms) <= HISTORY_SAME_MS) {
            if (event.by == BY_OPERATOR)
                events->items[same].by = BY_OPERATOR;
            continue;
        }
        before[kept] = last;
        events->items[kept] = event;
        string_index_put(&index, source, kept++);
    }
    string_index_done(&index);
    if (has_room)
        events->count = kept;
    return has_room;
}

static int merge(struct events *events, struct error *error)
{
    if (events->count == 0)
        return 0;
    size_t *before = calloc(events->count, sizeof(*before));
    bool is_merged = before && merge_same(events, before);
    free(before);
    return is_merged ? 0 : error_no_memory(error, "reading what happened to the registry");
}

static int read_kept(struct history *history, struct error *error)
{
    struct events events = {0};
    struct error trouble;
    int result = history_file_read(history->path, &events, &trouble);
    if (result != 0 && result != -ENOMEM) {
        memcpy(history->trouble, trouble.text, sizeof(trouble.text));
        result = 0;
    } else if (result != 0) {
        result = error_no_memory(error, "reading what happened to the registry");
    }
    if (result == 0)
        result = merge(&events, error);
    if (result == 0 && events.count > 0) {
        size_t count = events.count < HISTORY_MAX ? events.count : HISTORY_MAX;
        result = note(history, events.items + (events.count - count), count, error);
    }
    events_done(&events);
    return result;
}

int history_open(const char *path, struct history **ret_history, struct error *error)
{
    struct history *history = calloc(1, sizeof(*history));
    int result = -ENOMEM;
    if (history) {
        history->path = path ? strdup(path) : NULL;
        history->items = calloc(HISTORY_MAX, sizeof(*history->items));
        history->texts = calloc(HISTORY_MAX, sizeof(*history->texts));
    }
    if (!history || !history->items || !history->texts || (path && !history->path))
        (void)error_no_memory(error, "reading what happened to the registry");
    else
        result = path ? read_kept(history, error) : 0;
    if (result != 0) {
        history_close(history);
        return result;
    }
    *ret_history = history;
    return 0;
}

void history_close(struct history *history)
{
    if (!history)
        return;
    if (history->count > 0)
        drop_oldest(history, history->count);
    free(history->items);
    free(history->texts);
    free(history->path);
    free(history);
}

const char *history_trouble(const struct history *history)
{
    return history->trouble;
}

const struct history_event *history_events(const struct history *history, size_t *ret_count)
{
    *ret_count = history->count;
    return history->items;
}

/* The lines of what is to be kept: short enough, and no touch. */
static void add_lines(const struct history_event *events, size_t count, struct buffer *lines)
{
    for (size_t i = 0; i < count; i++) {
        size_t start = lines->len;
        if (event_is_touch(&events[i]))
            continue;
        event_add_json(&events[i], lines);
        if (!lines->failed && lines->len - start > HISTORY_LINE_BYTES) {
            lines->len = start;
            lines->data[start] = '\0';
        }
    }
}

static int keep(struct history *history, const struct history_event *events, size_t count,
                struct error *error)
{
    struct buffer lines = {0};
    struct error trouble = {0};
    int result = 0;
    add_lines(events, count, &lines);
    if (lines.failed)
        result = -ENOMEM;
    else if (lines.len > 0)
        result = history_file_append(history->path, buffer_str(&lines), &trouble);
    bool is_written = result == 0 && lines.len > 0;
    buffer_done(&lines);
    if (result == -ENOMEM)
        return error_no_memory(error, "keeping what happened to the registry");
    if (result != 0 || is_written)
        memcpy(history->trouble, trouble.text, sizeof(trouble.text));
    return 0;
}

int history_add(struct history *history, const struct events *events, struct error *error)
{
    size_t count = events->count < HISTORY_MAX ? events->count : HISTORY_MAX;
    if (count == 0)
        return 0;
    const struct history_event *newest = events->items + (events->count - count);
    int result = note(history, newest, count, error);
    if (result == 0 && history->path)
        result = keep(history, newest, count, error);
    return result;
}

int history_add_path(const char *state_home, const char *registry_path, struct buffer *ret_path,
                     struct error *error)
{
    struct buffer copies = {0};
    int result = copies_add_dir(state_home, registry_path, &copies, error);
    if (result == 0) {
        buffer_addf(ret_path, "%s/slotop/history%s.jsonl", state_home, strrchr(copies.data, '/'));
        if (ret_path->failed)
            result = error_no_memory(error, "finding what happened to the registry");
    }
    buffer_done(&copies);
    return result;
}
