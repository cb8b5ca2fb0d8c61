#include "tui/why_words.h"

#include "tui/duration.h"

#include <math.h>
#include <time.h>

enum {
    CLOCK_SIZE = 32,
    /* Short ids cost a walk over the registry each: beyond this many entries, whole ids. */
    SHORT_ID_ENTRIES_MAX = 5000,
};
#define DAY_MS 86400000.0

/* Words in the making: one buffer for every text, kept in the arena. */
struct writer {
    const struct why_sources *sources;
    const struct why *why;
    struct why_words *words;
    struct buffer text;
    bool failed;
};

static struct str keep(struct writer *writer)
{
    struct str kept = {0};
    if (!writer->text.failed)
        kept = arena_copy(&writer->words->arena, buffer_str(&writer->text));
    writer->failed |= !kept.data;
    buffer_clear(&writer->text);
    return kept;
}

static struct str keep_str(struct writer *writer, struct str text)
{
    buffer_add_str(&writer->text, text);
    return keep(writer);
}

static struct str title_of(const struct why_sources *sources, struct str session_id)
{
    const struct chat *chat = sources->chats ? chats_find(sources->chats, session_id) : NULL;
    return chat ? chat->title : (struct str){0};
}

static void add_short_id(const struct why_sources *sources, struct str id, struct buffer *out)
{
    const struct registry *registry = &sources->document->registry;
    const struct entry *entry = registry_get(registry, id);
    if (entry && registry->count <= SHORT_ID_ENTRIES_MAX)
        id.len = model_short_len(sources->model, registry, id);
    buffer_add_str(out, id.len > 0 ? id : STR("\"\""));
}

void why_words_add_clock(double at_ms, int64_t now_ms, struct buffer *out)
{
    static const double limit_ms = 8.64e15; /* JavaScript's last date */
    char text[CLOCK_SIZE];
    bool is_date = fabs(at_ms) <= limit_ms;
    time_t seconds = is_date ? (time_t)floor(at_ms / 1000) : 0;
    bool is_near = fabs((double)now_ms - at_ms) < DAY_MS;
    struct tm tm;
    if (is_date && localtime_r(&seconds, &tm) &&
        strftime(text, CLOCK_SIZE, is_near ? "%H:%M:%S" : "%Y-%m-%d %H:%M:%S", &tm) > 0)
        buffer_add_str(out, str_of(text));
    else
        buffer_add_char(out, '-');
}

void why_words_add_when(const struct why_words *words, int64_t now_ms, struct buffer *out)
{
    char age[DURATION_TEXT_SIZE];
    if (isnan(words->at_ms)) {
        buffer_addf(out, "at an unknown time");
        return;
    }
    buffer_addf(out, "at ");
    buffer_add_str(out, words->clock);
    double since_ms = (double)now_ms - words->at_ms;
    if (since_ms < 0)
        buffer_addf(out, ", %s in the future", duration_remaining(-since_ms, age));
    else
        buffer_addf(out, ", %s ago", duration_elapsed(since_ms, age));
}

void why_words_add_freed(const struct why_slot *slot, double at_ms, struct buffer *out)
{
    bool is_bound = slot->freed_ms < slot->freed_by_ms;
    if (slot->holds_still) {
        buffer_addf(out, "held still");
        return;
    }
    if (isnan(slot->freed_by_ms)) {
        buffer_add_char(out, '-');
        return;
    }
    if (is_bound)
        buffer_add_char(out, '<');
    if (is_bound)
        why_add_bound(slot->freed_by_ms - at_ms, out);
    else
        why_add_span(slot->freed_by_ms - at_ms, out);
    buffer_addf(out, slot->is_freed_seen ? " (seen)" : " (inferred)");
}

static enum role role_of(enum holding holding)
{
    static const enum role roles[] = {
        [HOLDING_UNKNOWN] = ROLE_DIM,   [HOLDING_BUSY] = ROLE_RUNNING,
        [HOLDING_QUIET] = ROLE_IDLE,    [HOLDING_OVERDUE] = ROLE_OVERDUE,
        [HOLDING_GHOST] = ROLE_WARNING, [HOLDING_FREE] = ROLE_DIM,
    };
    return roles[holding];
}

static struct str keep_span(struct writer *writer, double ms)
{
    if (isnan(ms))
        buffer_add_char(&writer->text, '-');
    else
        why_add_span(ms, &writer->text);
    return keep(writer);
}

static void write_line(struct writer *writer, size_t place)
{
    const struct why *why = writer->why;
    const struct why_slot *slot = &why->slots[place];
    struct why_line *line = &writer->words->lines[place];
    line->label = keep_str(writer, writer->sources->model->slots[slot->slot].label);
    line->role = role_of(slot->holding);
    line->holding = str_of(holding_name(slot->holding));
    line->held = keep_span(writer, why->at_ms - slot->since_ms);
    line->unused = keep_span(writer, why->at_ms - slot->used_ms);
    why_words_add_freed(slot, why->at_ms, &writer->text);
    line->freed = keep(writer);
    if (slot->session_id.data)
        add_short_id(writer->sources, slot->session_id, &writer->text);
    line->id = keep(writer);
    line->title = keep_str(writer, title_of(writer->sources, slot->session_id));
}

static void write_lines(struct writer *writer)
{
    struct why_words *words = writer->words;
    size_t count = isnan(writer->why->at_ms) ? 0 : writer->why->slot_count;
    if (count == 0)
        return;
    words->lines = arena_alloc(&words->arena, count * sizeof(*words->lines));
    writer->failed |= !words->lines;
    for (; words->lines && words->line_count < count; words->line_count++)
        write_line(writer, words->line_count);
}

/* What it is on, where it did not fall back; the sentence ends in a full stop. */
static void write_head(struct writer *writer)
{
    struct str sentence = writer->why->sentence;
    if (!writer->words->is_fallback) {
        sentence.len--;
        writer->words->head = keep_str(writer, sentence);
        return;
    }
    buffer_add_str(&writer->text, writer->words->id);
    if (writer->words->title.len > 0) {
        buffer_add_char(&writer->text, ' ');
        buffer_add_str(&writer->text, writer->words->title);
    }
    buffer_addf(&writer->text, " fell back to ");
    buffer_add_str(&writer->text, writer->why->agent_id);
    writer->words->head = keep(writer);
}

static void write_advice(struct writer *writer)
{
    const struct why *why = writer->why;
    buffer_addf(&writer->text, "Now: ");
    buffer_add_str(&writer->text, why->advice);
    writer->words->now = keep(writer);
    writer->words->now_is_command = str_starts(why->advice, STR("slotop "));
    if (!str_starts(why->advice, STR("slotop expire ")))
        return;
    buffer_addf(&writer->text, "What that frees goes to the next new chat; this one stays on ");
    buffer_add_str(&writer->text, why->agent_id);
    buffer_add_char(&writer->text, '.');
    writer->words->aftermath = keep(writer);
}

static void write_all(struct writer *writer)
{
    const struct why *why = writer->why;
    struct why_words *words = writer->words;
    words->is_fallback = why->cause != WHY_NO_FALLBACK;
    words->at_ms = why->at_ms;
    words->session_id = keep_str(writer, why->session_id);
    add_short_id(writer->sources, why->session_id, &writer->text);
    words->id = keep(writer);
    words->title = keep_str(writer, title_of(writer->sources, why->session_id));
    why_words_add_clock(why->at_ms, writer->sources->now_ms, &writer->text);
    words->clock = keep(writer);
    write_head(writer);
    if (!words->is_fallback)
        return;
    buffer_addf(&writer->text, "Cause: %s (%s). ", why_cause_name(why->cause),
                why->is_seen ? "seen" : "inferred");
    buffer_add_str(&writer->text, why->sentence);
    words->cause = keep(writer);
    write_lines(writer);
    write_advice(writer);
}

int why_words_make(const struct why_sources *sources, const struct why *why,
                   struct why_words *ret_words, struct error *error)
{
    struct why_words words = {.at_ms = why->at_ms};
    struct writer writer = {.sources = sources, .why = why, .words = &words};
    write_all(&writer);
    buffer_done(&writer.text);
    if (writer.failed) {
        why_words_done(&words);
        return error_no_memory(error, "explaining a fallback");
    }
    *ret_words = words;
    return 0;
}

void why_words_done(struct why_words *words)
{
    arena_done(&words->arena);
    *words = (struct why_words){0};
}
