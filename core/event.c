#include "core/event.h"

#include "core/wipe.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *event_kind_name(enum history_event_kind kind)
{
    static const char *const names[] = {
        [EVENT_ALLOCATED] = "allocated", [EVENT_FELL_BACK] = "fell-back",
        [EVENT_USED] = "used",           [EVENT_IDLED] = "idled",
        [EVENT_EXPIRED] = "expired",     [EVENT_RELEASED] = "released",
        [EVENT_REMOVED] = "removed",     [EVENT_CHANGED] = "changed",
        [EVENT_WIPED] = "wiped",         [EVENT_TORN] = "torn",
        [EVENT_MENDED] = "mended",
    };
    return names[kind];
}

const char *event_by_name(enum event_by by)
{
    static const char *const names[] = {[BY_SERVER] = "server",
                                        [BY_GC] = "gc",
                                        [BY_OPERATOR] = "operator",
                                        [BY_SOMEBODY] = "somebody"};
    return names[by];
}

/* In the order of events. */
enum phase { PHASE_FREES, PHASE_STAYS, PHASE_ALLOCATES, PHASE_COUNT };

struct list {
    struct history_event *items;
    size_t count, capacity;
};

/* Two versions that are being compared. */
struct comparing {
    const struct registry *before, *after;
    int64_t now_ms;
    bool is_ours;
    struct list lists[PHASE_COUNT];
    bool failed;
};

static enum phase phase_of(const struct history_event *event)
{
    switch (event->kind) {
    case EVENT_ALLOCATED:
    case EVENT_FELL_BACK:
        return PHASE_ALLOCATES;
    case EVENT_USED:
    case EVENT_IDLED:
    case EVENT_CHANGED:
        return PHASE_STAYS;
    case EVENT_EXPIRED:
    case EVENT_RELEASED:
    case EVENT_REMOVED:
    case EVENT_WIPED:
    case EVENT_TORN:
    case EVENT_MENDED:
        break;
    }
    return PHASE_FREES;
}

static void add(struct comparing *comparing, const struct history_event *event)
{
    struct list *list = &comparing->lists[phase_of(event)];
    if (list->count == list->capacity) {
        size_t capacity = list->capacity ? 2 * list->capacity : 16;
        struct history_event *items = reallocarray(list->items, capacity, sizeof(*items));
        if (!items) {
            comparing->failed = true;
            return;
        }
        list->items = items;
        list->capacity = capacity;
    }
    list->items[list->count++] = *event;
}

/* The state as rules see it: what is no object has none. */
static enum entry_state state_of(const struct entry *entry)
{
    return entry && entry->shape == ENTRY_OBJECT ? (enum entry_state)entry->state : STATE_OTHER;
}

static bool is_newer(double after_ms, double before_ms)
{
    return after_ms > before_ms || (isnan(before_ms) && !isnan(after_ms));
}

/* A session that is live and was not; or has been allocated anew between two looks. */
static bool is_allocated(const struct entry *before, const struct entry *after)
{
    if (!entry_is_live(after) || !entry_chat_agent_id(after).data)
        return false;
    enum entry_state from = state_of(before);
    return !before || from == STATE_EXPIRED || from == STATE_DELETED ||
           (entry_is_live(before) && after->created_at_ms > before->created_at_ms);
}

/* Which change it was; false for none that is told. */
static bool find_kind(const struct entry *before, const struct entry *after,
                      enum history_event_kind *ret_kind)
{
    enum entry_state from = state_of(before), to = state_of(after);
    bool was_live = before && entry_is_live(before), is_live = entry_is_live(after);
    *ret_kind = EVENT_CHANGED;
    if (is_allocated(before, after))
        *ret_kind = entry_is_fallback(after) ? EVENT_FELL_BACK : EVENT_ALLOCATED;
    else if (!before)
        return true;
    else if (was_live && is_live &&
             !str_equal(entry_chat_agent_id(before), entry_chat_agent_id(after)))
        return true;
    else if (from == STATE_ACTIVE && to == STATE_IDLE)
        *ret_kind = EVENT_IDLED;
    else if (was_live && is_live &&
             (from != to || is_newer(after->last_active_at_ms, before->last_active_at_ms)))
        *ret_kind = EVENT_USED;
    else if (was_live && to == STATE_EXPIRED)
        *ret_kind = EVENT_EXPIRED;
    else if (from != to && to == STATE_DELETED)
        *ret_kind = EVENT_RELEASED;
    else
        return from != to || before->shape != after->shape;
    return true;
}

/* Whether the server's GC would have expired it by now, with what is known of it last. */
static bool was_due(const struct entry *before, const struct entry *after, int64_t now_ms)
{
    struct entry probe = *after;
    probe.state = before->state;
    return entry_is_due(&probe, now_ms + HISTORY_GC_SLACK_MS);
}

static enum event_by find_by(const struct comparing *comparing, enum history_event_kind kind,
                             const struct entry *before, const struct entry *after)
{
    if (comparing->is_ours)
        return BY_OPERATOR;
    if (kind == EVENT_REMOVED)
        return state_of(before) == STATE_DELETED ? BY_GC : BY_SOMEBODY;
    if (before && after && state_of(after) == STATE_EXPIRED)
        return was_due(before, after, comparing->now_ms) ? BY_GC : BY_SOMEBODY;
    return kind == EVENT_RELEASED || kind == EVENT_CHANGED ? BY_SOMEBODY : BY_SERVER;
}

/* When a session was given its agent: the server says it, where it can be believed. */
static double allocated_at(const struct comparing *comparing, const struct entry *before,
                           const struct entry *after)
{
    double now_ms = (double)comparing->now_ms;
    bool is_old = before && before->created_at_ms == after->created_at_ms;
    bool is_said = isfinite(after->created_at_ms) && after->created_at_ms <= now_ms;
    return comparing->is_ours || is_old || !is_said ? now_ms : after->created_at_ms;
}

/* What became of a session that has an entry now. */
static void compare_entry(struct comparing *comparing, const struct entry *before,
                          const struct entry *after)
{
    enum history_event_kind kind;
    if (!find_kind(before, after, &kind))
        return;
    struct history_event event = {
        .at_ms = (double)comparing->now_ms,
        .kind = kind,
        .by = find_by(comparing, kind, before, after),
        .session_id = entry_session_id(after),
        .agent_id = entry_chat_agent_id(after),
        .from = state_of(before),
        .to = state_of(after),
    };
    if (kind == EVENT_ALLOCATED || kind == EVENT_FELL_BACK)
        event.at_ms = allocated_at(comparing, before, after);
    add(comparing, &event);
}

static bool is_there(const struct entry *entry)
{
    return !(entry->changes & CHANGE_REMOVED);
}

/* Most entries stand where they stood. */
static const struct entry *find(const struct registry *registry, size_t place,
                                struct str session_id)
{
    const struct entry *same = place < registry->count ? &registry->entries[place] : NULL;
    if (same && is_there(same) && str_equal(entry_session_id(same), session_id))
        return same;
    return registry_get(registry, session_id);
}

static void compare_removed(struct comparing *comparing, const struct entry *entry)
{
    struct history_event event = {
        .at_ms = (double)comparing->now_ms,
        .kind = EVENT_REMOVED,
        .by = find_by(comparing, EVENT_REMOVED, entry, NULL),
        .session_id = entry_session_id(entry),
        .agent_id = entry_chat_agent_id(entry),
        .from = state_of(entry),
    };
    add(comparing, &event);
}

static void compare_removals(struct comparing *comparing)
{
    for (size_t i = 0; i < comparing->before->count; i++) {
        const struct entry *entry = &comparing->before->entries[i];
        if (is_there(entry) && !find(comparing->after, i, entry_session_id(entry)))
            compare_removed(comparing, entry);
    }
}

static void compare(struct comparing *comparing)
{
    struct wipe wipe;
    if (!comparing->is_ours && wipe_is_between(comparing->before, comparing->after, &wipe))
        add(comparing, &(struct history_event){.at_ms = (double)comparing->now_ms,
                                               .kind = EVENT_WIPED,
                                               .by = BY_SERVER});
    else
        compare_removals(comparing);
    for (size_t i = 0; i < comparing->after->count; i++) {
        const struct entry *entry = &comparing->after->entries[i];
        if (is_there(entry))
            compare_entry(comparing, find(comparing->before, i, entry_session_id(entry)), entry);
    }
}

/* The copy of a string that may be absent; an empty one needs an address, too. */
static struct str copy(struct arena *arena, struct str text, bool *failed)
{
    if (!text.data)
        return text;
    struct str copied = arena_copy(arena, text);
    *failed |= !copied.data;
    return copied;
}

/* Puts the lists behind each other, with strings of their own. */
static bool join(const struct comparing *comparing, struct events *events)
{
    size_t count = 0;
    bool failed = comparing->failed;
    for (size_t phase = 0; phase < PHASE_COUNT; phase++)
        count += comparing->lists[phase].count;
    if (!failed && count > 0) {
        events->items = arena_alloc(&events->arena, count * sizeof(*events->items));
        failed = !events->items;
    }
    for (size_t phase = 0; phase < PHASE_COUNT; phase++) {
        for (size_t i = 0; !failed && i < comparing->lists[phase].count; i++) {
            struct history_event event = comparing->lists[phase].items[i];
            event.session_id = copy(&events->arena, event.session_id, &failed);
            event.agent_id = copy(&events->arena, event.agent_id, &failed);
            events->items[events->count++] = event;
        }
    }
    return !failed;
}

static int finish(struct comparing *comparing, struct events *ret_events, struct error *error)
{
    struct events events = {0};
    bool is_joined = join(comparing, &events);
    for (size_t phase = 0; phase < PHASE_COUNT; phase++)
        free(comparing->lists[phase].items);
    if (!is_joined) {
        events_done(&events);
        return error_no_memory(error, "noting what happened to the registry");
    }
    *ret_events = events;
    return 0;
}

int events_between(const struct registry *before, const struct registry *after, int64_t now_ms,
                   bool is_ours, struct events *ret_events, struct error *error)
{
    struct comparing comparing = {before, after, now_ms, is_ours, {{0}}, false};
    compare(&comparing);
    return finish(&comparing, ret_events, error);
}

int events_of_delta(const struct document_delta *delta, int64_t now_ms, bool is_ours,
                    struct events *ret_events, struct error *error)
{
    struct comparing comparing = {.now_ms = now_ms, .is_ours = is_ours};
    for (size_t i = 0; i < delta->count; i++)
        if (!delta->changes[i].after.id)
            compare_removed(&comparing, &delta->changes[i].before);
    for (size_t i = 0; i < delta->count; i++) {
        const struct document_change *change = &delta->changes[i];
        if (change->after.id)
            compare_entry(&comparing, change->before.id ? &change->before : NULL, &change->after);
    }
    return finish(&comparing, ret_events, error);
}

void events_done(struct events *events)
{
    arena_done(&events->arena);
    *events = (struct events){0};
}

bool event_is_touch(const struct history_event *event)
{
    return event->kind == EVENT_USED && event->from == event->to;
}

bool event_is_same(const struct history_event *a, const struct history_event *b)
{
    bool has_session = a->session_id.data && b->session_id.data;
    return a->kind == b->kind && a->from == b->from && a->to == b->to &&
           !a->session_id.data == !b->session_id.data &&
           (!has_session || str_equal(a->session_id, b->session_id));
}
