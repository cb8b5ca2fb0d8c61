/* The registry's part of a look: what is new in it, what a save took away, what is kept of that. */
#include "core/state_part.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static void replace(struct document *document, struct document *with)
{
    document_done(document);
    *document = *with;
    document_init(with);
}

void state_dismiss_wipe(struct state *state)
{
    state->is_wiped = false;
    document_done(&state->before_wipe);
    document_init(&state->before_wipe);
}

/* Compares a look with what stood there before a wipe. */
static void follow_wipe(struct state *state, const struct document *look)
{
    if (state->is_wiped &&
        !wipe_is_between(&state->before_wipe.registry, &look->registry, &state->wipe))
        state_dismiss_wipe(state);
}

/* Compares a look with the one before it, too. */
static void notice_wipe(struct state *state, const struct document *look)
{
    struct document *before = state->document.has_registry ? &state->document : &state->last_good;
    struct wipe wipe;
    if (!look->has_registry)
        return;
    if (wipe_is_between(&before->registry, &look->registry, &wipe)) {
        replace(&state->before_wipe, before);
        state->is_wiped = true;
        state->is_wipe_kept = false;
        state->wipe = wipe;
    } else {
        follow_wipe(state, look);
    }
}

/* An event that is about the file and no session. */
static int tell_history(struct state *state, enum history_event_kind kind, int64_t now_ms,
                        struct error *error)
{
    struct history_event event = {.at_ms = (double)now_ms, .kind = kind, .by = BY_SOMEBODY};
    struct events events = {.items = &event, .count = 1};
    return state->around.history ? history_add(state->around.history, &events, error) : 0;
}

/* Adds what happened, where result says that it could be found out. */
static int keep_events(struct state *state, int result, struct events *events, struct error *error)
{
    if (result != 0)
        return result;
    result = history_add(state->around.history, events, error);
    events_done(events);
    return result;
}

static int note_history(struct state *state, const struct document *document,
                        const struct state_look *look, struct error *error)
{
    const struct document *before = state_shown(state);
    struct events events;
    if (look->is_told || !state->around.history || !document->has_registry || !before->has_registry)
        return 0;
    int result = events_between(&before->registry, &document->registry, look->now_ms, look->is_ours,
                                &events, error);
    return keep_events(state, result, &events, error);
}

static int note_delta(struct state *state, const struct document_delta *delta,
                      const struct state_look *look, struct error *error)
{
    struct events events;
    if (look->is_told || !state->around.history || delta->count == 0)
        return 0;
    int result = events_of_delta(delta, look->now_ms, look->is_ours, &events, error);
    return keep_events(state, result, &events, error);
}

/* A new look takes the place of the one before. */
static int take_document(struct state *state, struct document *document,
                         const struct state_look *look, struct error *error)
{
    int result = note_history(state, document, look, error);
    if (result != 0)
        return result;
    notice_wipe(state, document);
    short_ids_done(&state->short_ids);
    tally_void(&state->tally);
    if (document->has_registry)
        document_set_missing(&state->last_good);
    else if (state->document.has_registry)
        replace(&state->last_good, &state->document);
    replace(&state->document, document);
    return 0;
}

/* ---- the registry as a stream ---- */

/* Not an error: what is known is of no help, or the file none that can be streamed; and a save of a
 * large one is going on, of which the watch will tell again. */
enum { NOT_STREAMED = 1, NOT_YET = 2 };

enum { PUT_OFF_MOST = 8 };

static bool is_large(const struct document *document)
{
    return document->size_bytes > DOCUMENT_KEEP_BYTES;
}

/* Half a save of a large file is read for nothing, and each reading holds up the one that counts.
 * A server that never rests is looked at all the same. */
static bool is_being_saved(struct state *state, const struct document *known)
{
    struct file_identity now;
    bool is_changing = is_large(known) && file_identify(state->store.path, &now, NULL) == 0 &&
                       now.exists && !file_identity_equal(&now, &state->stream.identity);
    if (!is_changing || state->put_off == PUT_OFF_MOST)
        return false;
    state->put_off++;
    return true;
}

/* Loads what has changed since the last good look. */
static int load_changes(struct state *state, const struct state_look *look, struct error *error)
{
    bool is_usable = state->document.has_registry;
    struct document *known = is_usable ? &state->document : &state->last_good;
    struct document_delta delta;
    if (!known->blocks.items)
        return NOT_STREAMED;
    int result = is_large(known)
                     ? stream_load_once(&state->stream, state->store.path, known, &delta)
                     : stream_load(&state->stream, state->store.path, known, &delta);
    if (result != 0 && is_being_saved(state, known))
        return NOT_YET;
    if (result != 0 || delta.is_whole)
        return NOT_STREAMED;
    result = note_delta(state, &delta, look, error);
    if (result != 0)
        return result;
    if (delta.moves_places)
        short_ids_done(&state->short_ids);
    tally_follow(&state->tally, &delta, &state->pool);
    stream_apply(&state->stream, &state->identity); /* the delta may be gone then */
    if (!is_usable) {
        replace(&state->document, &state->last_good);
        document_set_missing(&state->last_good);
    }
    follow_wipe(state, &state->document);
    return 0;
}

/* Loads it from nothing. */
static int load_stream(struct state *state, const struct state_look *look, struct error *error)
{
    struct document document;
    struct document_delta delta;
    document_init(&document);
    int result = stream_load(&state->stream, state->store.path, &document, &delta);
    if (result == 0) {
        stream_apply(&state->stream, &state->identity);
        result = take_document(state, &document, look, error);
    } else {
        result = NOT_STREAMED;
    }
    document_done(&document);
    return result;
}

/* Loads it with all that can be wrong with it. */
static int load_whole(struct state *state, const struct state_look *look, struct error *error)
{
    struct document document;
    document_init(&document);
    int result = store_load(&state->store, look->settle_ms, &document, &state->identity, error);
    if (result == 0)
        result = take_document(state, &document, look, error);
    document_done(&document);
    return result;
}

int state_load_registry(struct state *state, const struct state_look *look, struct error *error)
{
    int result = NOT_STREAMED;
    state->store.now_ms = look->now_ms;
    if (state->is_streamed)
        result = load_changes(state, look, error);
    if (result == NOT_STREAMED && state->is_streamed)
        result = load_stream(state, look, error);
    if (result == NOT_STREAMED)
        result = load_whole(state, look, error);
    if (result == NOT_YET)
        return 0;
    state->put_off = 0;
    if (result == 0 && state->copies_dir.data && (state->is_wiped || !state->document.has_registry))
        state->has_copy = copies_exist(state->copies_dir.data);
    return result;
}

void state_begin_loading(struct state *state)
{
    struct file_identity identity;
    if (!state->is_streamed || file_identify(state->store.path, &identity, NULL) != 0 ||
        !identity.exists || identity.size_bytes < STATE_SLICED_BYTES)
        return;
    document_done(&state->incoming);
    document_init(&state->incoming);
    state->loading = (struct state_loading){.size_bytes = identity.size_bytes};
    state->loading.is_on = stream_begin(&state->stream, state->store.path, &state->incoming) == 0;
}

/* All of it was read. */
static int end_loading(struct state *state, const struct state_look *look, struct error *error)
{
    struct document_delta delta;
    int result = stream_finish(&state->stream, &delta);
    if (result != 0)
        return state_load_registry(state, look, error);
    stream_apply(&state->stream, &state->identity);
    return take_document(state, &state->incoming, look, error);
}

int state_load_slice(struct state *state, size_t bytes, const struct state_look *look,
                     struct error *error)
{
    int result = stream_read(&state->stream, bytes);
    state->loading.read_bytes = state->stream.read_bytes;
    if (result == STREAM_MORE) {
        state->loading.entries = document_loader_made(state->stream.loader)->registry.count;
        return 0;
    }
    state->loading.is_on = false;
    return result == 0 ? end_loading(state, look, error) : state_load_registry(state, look, error);
}

bool state_add_text(const struct state *state, const struct entry *entry, struct buffer *out)
{
    const struct document *shown = state_shown(state);
    struct document_span span = document_entry_span(shown, entry);
    struct file_identity now;
    size_t before = out->len;
    bool is_read = false;
    int fd = -1;
    if ((shown->bytes.len > 0 && !shown->are_windows) || span.len == 0) {
        buffer_add_str(out, document_entry_text(shown, entry));
        return !out->failed;
    }
    if (shown != &state->document || !buffer_reserve(out, span.len) ||
        file_open(state->store.path, O_RDONLY, &fd, NULL) != 0)
        return false;
    if (file_identify_fd(fd, state->store.path, &now, NULL) == 0 &&
        file_identity_equal(&now, &state->identity))
        is_read = pread(fd, out->data + before, span.len, (off_t)span.offset) == (ssize_t)span.len;
    (void)close(fd);
    if (is_read) {
        out->len += span.len;
        out->data[out->len] = '\0';
    }
    return is_read;
}

/* True when the file has been torn for so long that nobody is writing it. */
static bool is_torn_for_good(struct state *state, int64_t now_ms)
{
    if (state->document.state != DOCUMENT_TORN) {
        state->torn_since_ms = INT64_MIN;
        return false;
    }
    if (state->torn_since_ms == INT64_MIN || now_ms < state->torn_since_ms) {
        state->torn_since_ms = now_ms;
        state->is_torn_kept = false;
    }
    return now_ms - state->torn_since_ms >= STATE_TORN_MS;
}

int state_keep_lost(struct state *state, int64_t now_ms, struct error *error)
{
    bool is_torn = is_torn_for_good(state, now_ms);
    if (is_torn != state->is_torn_told) {
        int told = tell_history(state, is_torn ? EVENT_TORN : EVENT_MENDED, now_ms, error);
        if (told != 0)
            return told;
        state->is_torn_told = is_torn;
    }
    const struct document *lost = is_torn ? &state->last_good : &state->before_wipe;
    bool *is_kept = is_torn ? &state->is_torn_kept : &state->is_wipe_kept;
    if ((!is_torn && !state->is_wiped) || *is_kept || lost->bytes.len == 0 ||
        !state->copies_dir.data)
        return 0;
    int result = copies_save(state->copies_dir.data, buffer_str(&lost->bytes), now_ms,
                             is_torn ? COPIES_TORN : COPIES_WIPED, error);
    if (result == 0)
        *is_kept = state->has_copy = true;
    return result;
}

/* What the file is, if that is still what was loaded. */
int state_keep_copy(const struct state *state, int64_t now_ms, struct error *error)
{
    struct buffer text = {0};
    struct file_identity now = {0};
    int result = file_load(state->store.path, COPIES_TOTAL_BYTES, &text, error);
    if (result == 0)
        result = file_identify(state->store.path, &now, error);
    if (result == 0 && file_identity_equal(&now, &state->identity))
        result =
            copies_save(state->copies_dir.data, buffer_str(&text), now_ms, COPIES_HOURLY, error);
    buffer_done(&text);
    return result;
}

bool state_needs_copy(struct state *state, int64_t now_ms)
{
    const struct document *document = &state->document;
    int64_t saved_ms;
    bool is_wanted = document->state == DOCUMENT_OK && document->bytes.len == 0 &&
                     is_large(document) && document->size_bytes <= COPIES_TOTAL_BYTES;
    if (!is_wanted || !state->copies_dir.data || state->is_wiped || now_ms < state->next_hourly_ms)
        return false;
    if (copies_newest(state->copies_dir.data, &saved_ms) && saved_ms <= now_ms &&
        now_ms - saved_ms < COPIES_LARGE_EVERY_MS) {
        state->next_hourly_ms = saved_ms + COPIES_LARGE_EVERY_MS;
        return false;
    }
    state->next_hourly_ms = now_ms + COPIES_LARGE_EVERY_MS;
    return true;
}

bool state_can_restore(const struct state *state)
{
    bool is_lost = state->is_wiped || !state->document.has_registry;
    return is_lost && state->has_copy && state->document.state != DOCUMENT_UNREADABLE;
}
