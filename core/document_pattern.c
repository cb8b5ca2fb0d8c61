#include "core/document_pattern.h"

#include "core/json_scan.h"

#include <string.h>

/* As wide as every machine of the kind has it; the compiler makes words of it where there is none.
 */
typedef uint64_t lane __attribute__((vector_size(16)));
typedef int8_t lane_bytes __attribute__((vector_size(16)));

static inline lane lane_at(const char *at)
{
    lane bytes;
    memcpy(&bytes, at, sizeof(bytes));
    return bytes;
}

static inline bool is_zero(lane bytes)
{
    return (bytes[0] | bytes[1]) == 0;
}

/* Of a member and the quote of the next one, in whole lanes. */
static size_t bytes_compared(size_t len)
{
    return (len + sizeof(lane)) / sizeof(lane) * sizeof(lane);
}

static bool has_same_bytes(const struct pattern *pattern, const char *text)
{
    lane differs = {0};
    size_t len = bytes_compared(pattern->spans.len);
    for (size_t at = 0; at < len; at += sizeof(lane))
        differs |= (lane_at(text + at) ^ lane_at(pattern->text + at)) & lane_at(pattern->mask + at);
    return is_zero(differs);
}

/* Control characters, quotes, backslashes, and what is not ASCII (negative here). */
static inline lane not_plain(lane text)
{
    lane_bytes bytes = (lane_bytes)text;
    return (lane)((bytes < 0x20) | (bytes == '"') | (bytes == '\\'));
}

/* The same plain ASCII, twice. */
static bool is_plain_twice(const char *text, const char *again, size_t len)
{
    lane bad = {0};
    size_t last = len - sizeof(bad);
    if (len < sizeof(bad))
        return memcmp(text, again, len) == 0 && json_skip_ascii(text, text + len) == text + len;
    for (size_t at = 0; at < last; at += sizeof(bad))
        bad |= (lane_at(text + at) ^ lane_at(again + at)) | not_plain(lane_at(text + at));
    bad |= (lane_at(text + last) ^ lane_at(again + last)) | not_plain(lane_at(text + last));
    return is_zero(bad);
}

static const struct entry_terms **terms_place(struct pattern *pattern, struct str chat_agent_id)
{
    unsigned last = (unsigned char)chat_agent_id.data[chat_agent_id.len - 1];
    return &pattern->terms[last % PATTERN_TERMS];
}

static bool take_fitting(struct pattern *pattern, const char *text,
                         struct scanned_member *ret_member, struct entry *ret_entry)
{
    const struct pattern_spans *spans = &pattern->spans;
    struct str id = {text + 1, spans->id_len};
    struct str chat_agent_id = {text + spans->chat_agent, spans->chat_agent_len};
    if (!has_same_bytes(pattern, text))
        return false;
    const struct entry_terms *terms = *terms_place(pattern, chat_agent_id);
    double created_at_ms, last_active_at_ms;
    if (!terms || memcmp(terms->chat_agent_id.data, chat_agent_id.data, chat_agent_id.len) != 0 ||
        !is_plain_twice(id.data, text + spans->session_id, id.len) ||
        !scan_digits(text + spans->created_at, spans->created_at_len, &created_at_ms) ||
        !scan_digits(text + spans->last_active, spans->last_active_len, &last_active_at_ms))
        return false;
    *ret_member = (struct scanned_member){
        .text = {text, spans->len}, .id = id, .value = {text + spans->value, spans->value_len}};
    *ret_entry = (struct entry){
        .terms = terms,
        .created_at_ms = created_at_ms,
        .last_active_at_ms = last_active_at_ms,
        .state = (uint8_t)pattern->state,
    };
    return true;
}

bool patterns_take(struct patterns *patterns, struct scan *scan, struct scanned_member *ret_member,
                   struct entry *ret_entry)
{
    size_t left = (size_t)(scan->end - scan->at);
    for (size_t tried = 0, i = patterns->lately; tried < patterns->count; tried++) {
        struct pattern *pattern = &patterns->items[i];
        if (bytes_compared(pattern->spans.len) <= left &&
            take_fitting(pattern, scan->at, ret_member, ret_entry)) {
            scan->at += pattern->spans.len;
            patterns->lately = i;
            return true;
        }
        i = i + 1 < patterns->count ? i + 1 : 0;
    }
    return false;
}

/* ---- learning ---- */

static uint16_t distance(const char *text, const char *at)
{
    return (uint16_t)(at - text);
}

static struct pattern_spans spans_of(const struct scanned_member *member,
                                     const struct usual_entry *usual)
{
    const char *text = member->text.data;
    return (struct pattern_spans){
        .id_len = (uint16_t)member->id.len,
        .chat_agent = distance(text, usual->terms.chat_agent_id.data),
        .chat_agent_len = (uint16_t)usual->terms.chat_agent_id.len,
        .session_id = distance(text, usual->session_id.data),
        .created_at = distance(text, usual->created_at.data),
        .created_at_len = (uint16_t)usual->created_at.len,
        .last_active = distance(text, usual->last_active_at.data),
        .last_active_len = (uint16_t)usual->last_active_at.len,
        .value = distance(text, member->value.data),
        .value_len = (uint16_t)member->value.len,
        .len = (uint16_t)member->text.len,
    };
}

static void make_pattern(struct pattern *pattern, const char *text,
                         const struct pattern_spans *spans, enum entry_state state)
{
    *pattern = (struct pattern){.spans = *spans, .state = state};
    size_t len = spans->len + 1U; /* the next member's quote as well */
    memcpy(pattern->text, text, len);
    memset(pattern->mask, 0xff, len);
    memset(pattern->mask + 1, 0, spans->id_len);
    memset(pattern->mask + spans->chat_agent, 0, spans->chat_agent_len);
    memset(pattern->mask + spans->session_id, 0, spans->id_len);
    memset(pattern->mask + spans->created_at, 0, spans->created_at_len);
    memset(pattern->mask + spans->last_active, 0, spans->last_active_len);
}

/* The one that this member fits, but for terms that were not met with it yet. */
static struct pattern *find_pattern(struct patterns *patterns, const char *text,
                                    const struct pattern_spans *spans)
{
    for (size_t i = 0; i < patterns->count; i++) {
        if (memcmp(spans, &patterns->items[i].spans, sizeof(*spans)) == 0 &&
            has_same_bytes(&patterns->items[i], text))
            return &patterns->items[i];
    }
    return NULL;
}

void patterns_learn(struct patterns *patterns, const struct scanned_member *member, const char *end,
                    const struct usual_entry *usual, const struct entry_terms *terms)
{
    const char *text = member->text.data;
    size_t compared = bytes_compared(member->text.len);
    if (member->is_last || compared > PATTERN_BYTES || compared > (size_t)(end - text) ||
        terms->chat_agent_id.len == 0 || !str_equal(member->id, usual->session_id))
        return;
    struct pattern_spans spans = spans_of(member, usual);
    struct pattern *pattern = find_pattern(patterns, text, &spans);
    if (!pattern) {
        pattern = &patterns->items[patterns->oldest];
        make_pattern(pattern, text, &spans, usual->state);
        patterns->count += patterns->count < PATTERN_COUNT;
        patterns->oldest = (patterns->oldest + 1) % PATTERN_COUNT;
    }
    *terms_place(pattern, terms->chat_agent_id) = terms;
}

void patterns_forget(struct patterns *patterns)
{
    patterns->count = patterns->lately = patterns->oldest = 0;
}
