#include "core/document_scan.h"

#include "core/document_part.h"
#include "core/json_scan.h"

#include <endian.h>
#include <string.h>

static bool take(struct scan *scan, char c)
{
    scan->at = json_skip_space(scan->at, scan->end);
    if (scan->at == scan->end || *scan->at != c)
        return false;
    scan->at++;
    return true;
}

/* These bytes and no others. Always inline: then their number is a constant, and comparing them
 * takes a few words. */
__attribute__((always_inline)) static inline bool take_bytes(struct scan *scan, struct str bytes)
{
    if ((size_t)(scan->end - scan->at) < bytes.len || memcmp(scan->at, bytes.data, bytes.len) != 0)
        return false;
    scan->at += bytes.len;
    return true;
}

/* Behind the opening quote: plain ASCII up to the closing one. */
static bool take_plain(struct scan *scan, struct str *ret_text)
{
    const char *begin = scan->at;
    scan->at = json_skip_ascii(begin, scan->end);
    *ret_text = (struct str){begin, (size_t)(scan->at - begin)};
    return scan->at < scan->end && *scan->at++ == '"';
}

static bool take_string(struct scan *scan, struct str *ret_text)
{
    return take(scan, '"') && take_plain(scan, ret_text);
}

#define EVERY(byte) (UINT64_C(0x0101010101010101) * (byte))

/* Eight bytes less '0' each, the first one lowest. */
static uint64_t eight_digits(const char *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof(word));
    return le64toh(word) ^ EVERY('0');
}

/* Not 0 where any of them is no digit. */
static uint64_t others_than_digits(uint64_t word)
{
    return ((word + EVERY(0x80 - 10)) | word) & EVERY(0x80);
}

/* By pairs, by fours, by eights. */
static uint64_t number_of(uint64_t word)
{
    word = (word * 10 + (word >> 8)) & UINT64_C(0x00FF00FF00FF00FF);
    word = (word * 100 + (word >> 16)) & UINT64_C(0x0000FFFF0000FFFF);
    return (word * 10000 + (word >> 32)) & UINT32_MAX;
}

bool scan_digits(const char *at, size_t count, double *ret_number)
{
    /* The sixteen bytes that end with it, those before it taken for zeros. */
    size_t before = SCAN_DIGITS_BYTES - count;
    const char *begin = at - before;
    uint64_t first = eight_digits(begin), second = eight_digits(begin + 8);
    if (before >= 8) {
        first = 0;
        second &= UINT64_MAX << 8 * (before - 8);
    } else {
        first &= UINT64_MAX << 8 * before;
    }
    if (others_than_digits(first) | others_than_digits(second) || (*at == '0' && count > 1))
        return false;
    *ret_number = (double)(number_of(first) * 100000000 + number_of(second));
    return true;
}

/* What follows must be a comma, a brace or white space; a fraction or an exponent fails there. */
static bool take_number(struct scan *scan, struct str *ret_digits, double *ret_number)
{
    char digits[2 * SCAN_DIGITS_BYTES] = {0};
    const char *begin = scan->at;
    while (scan->at < scan->end && *scan->at >= '0' && *scan->at <= '9')
        scan->at++;
    size_t count = (size_t)(scan->at - begin);
    if (count == 0 || count > SCAN_DIGITS_MOST)
        return false;
    *ret_digits = (struct str){begin, count};
    memcpy(digits + SCAN_DIGITS_BYTES, begin, count);
    return scan_digits(digits + SCAN_DIGITS_BYTES, count, ret_number);
}

/* A member's name, with its quotes, and the colon. */
static bool take_name(struct scan *scan, struct str name)
{
    scan->at = json_skip_space(scan->at, scan->end);
    if (!take_bytes(scan, name) || !take(scan, ':'))
        return false;
    scan->at = json_skip_space(scan->at, scan->end);
    return true;
}

static bool take_string_member(struct scan *scan, struct str name, struct str *ret_text)
{
    return take_name(scan, name) && take_string(scan, ret_text) && take(scan, ',');
}

static inline bool is_word(struct str text, struct str word)
{
    return text.len == word.len && memcmp(text.data, word.data, word.len) == 0;
}

/* STATE_OTHER: not one of the four, left to the general way. */
static enum entry_state state_of(struct str word)
{
    if (is_word(word, STR("active")))
        return STATE_ACTIVE;
    if (is_word(word, STR("idle")))
        return STATE_IDLE;
    if (is_word(word, STR("expired")))
        return STATE_EXPIRED;
    return is_word(word, STR("deleted")) ? STATE_DELETED : STATE_OTHER;
}

bool scan_head(struct scan *scan, const char **ret_agents)
{
    struct str digits;
    double version;
    if (!take(scan, '{') || !take_name(scan, STR("\"version\"")) ||
        !take_number(scan, &digits, &version) || !take(scan, ',') ||
        !take_name(scan, STR("\"agents\"")) || !take(scan, '{'))
        return false;
    *ret_agents = scan->at - 1;
    scan->at = json_skip_space(scan->at, scan->end);
    return scan->at < scan->end && (*scan->at == '"' || *scan->at == '}');
}

bool scan_key(struct scan *scan, struct str *ret_id)
{
    if (!take_string(scan, ret_id) || !take(scan, ':'))
        return false;
    scan->at = json_skip_space(scan->at, scan->end);
    return scan->at < scan->end;
}

bool scan_usual_entry(struct scan *scan, struct usual_entry *ret_entry)
{
    struct str ignored, state;
    struct entry_terms *terms = &ret_entry->terms;
    bool taken =
        take(scan, '{') &&
        take_string_member(scan, STR("\"chatAgentId\""), &terms->chat_agent_id) &&
        take_string_member(scan, STR("\"workspaceAgentId\""), &terms->workspace_agent_id) &&
        take_string_member(scan, STR("\"sessionId\""), &ret_entry->session_id) &&
        take_string_member(scan, STR("\"workspaceDir\""), &ignored) &&
        take_string_member(scan, STR("\"state\""), &state) &&
        take_name(scan, STR("\"createdAt\"")) &&
        take_number(scan, &ret_entry->created_at, &ret_entry->created_at_ms) && take(scan, ',') &&
        take_name(scan, STR("\"lastActiveAt\"")) &&
        take_number(scan, &ret_entry->last_active_at, &ret_entry->last_active_at_ms) &&
        take(scan, ',') && take_name(scan, STR("\"idleTtlMs\"")) &&
        take_number(scan, &ignored, &terms->idle_ttl_ms) && take(scan, '}');
    if (taken)
        ret_entry->state = state_of(state);
    return taken && ret_entry->state != STATE_OTHER;
}

/* Behind a string literal; NULL where the text ends before. */
static const char *behind_string(const char *at, const char *end)
{
    at++;
    while ((at = json_skip_plain(at, end)) < end && *at != '"')
        at += *at == '\\' && end - at > 1 ? 2 : 1;
    return at < end ? at + 1 : NULL;
}

/* Behind the bracket that closes the one at `at`; NULL where the text ends before. */
static const char *behind_brackets(const char *at, const char *end)
{
    size_t depth = 0;
    while (at && at < end) {
        if (*at == '"') {
            at = behind_string(at, end);
            continue;
        }
        depth += *at == '{' || *at == '[';
        depth -= *at == '}' || *at == ']';
        at++;
        if (depth == 0)
            return at;
    }
    return NULL;
}

bool scan_object(struct scan *scan, bool *ret_is_cut)
{
    *ret_is_cut = false;
    if (*scan->at != '{')
        return false;
    const char *end = behind_brackets(scan->at, scan->end);
    *ret_is_cut = !end;
    scan->at = end ? end : scan->end;
    return end != NULL;
}

bool scan_separator(struct scan *scan, bool *ret_is_last)
{
    if (take_bytes(scan, STR(",\n    \""))) {
        scan->at--;
        *ret_is_last = false;
        return true;
    }
    *ret_is_last = !take(scan, ',');
    scan->at = json_skip_space(scan->at, scan->end);
    return scan->at < scan->end && *scan->at == (*ret_is_last ? '}' : '"');
}
