#include "core/document_scan.h"

#include "core/document_part.h"
#include "core/json_scan.h"

#include <string.h>

enum { MOST_DIGITS = 15 }; /* exact in a double */

static bool take(struct scan *scan, char c)
{
    scan->at = json_skip_space(scan->at, scan->end);
    if (scan->at == scan->end || *scan->at != c)
        return false;
    scan->at++;
    return true;
}

/* These bytes and no others. Inline, so that the length is a constant and the comparison a few
 * words. */
static inline bool take_bytes(struct scan *scan, struct str bytes)
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

/* What follows must be a comma, a brace or white space; a fraction or an exponent fails there. */
static bool take_number(struct scan *scan, double *ret_number)
{
    const char *begin = scan->at;
    uint64_t number = 0;
    while (scan->at < scan->end && *scan->at >= '0' && *scan->at <= '9' &&
           scan->at - begin <= MOST_DIGITS)
        number = number * 10 + (uint64_t)(*scan->at++ - '0');
    ptrdiff_t digits = scan->at - begin;
    *ret_number = (double)number;
    return digits > 0 && digits <= MOST_DIGITS && (*begin != '0' || digits == 1);
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

/* A word between its quotes. STATE_OTHER: not one of the four, left to the general way. */
static enum entry_state state_of(struct str word)
{
    if (str_equal(word, STR("active")))
        return STATE_ACTIVE;
    if (str_equal(word, STR("idle")))
        return STATE_IDLE;
    if (str_equal(word, STR("expired")))
        return STATE_EXPIRED;
    return str_equal(word, STR("deleted")) ? STATE_DELETED : STATE_OTHER;
}

/* From the opening brace, with any white space. */
static bool take_spaced_entry(struct scan *scan, struct usual_member *ret_member)
{
    struct str ignored, state;
    struct entry_terms *terms = &ret_member->terms;
    bool taken =
        take(scan, '{') &&
        take_string_member(scan, STR("\"chatAgentId\""), &terms->chat_agent_id) &&
        take_string_member(scan, STR("\"workspaceAgentId\""), &terms->workspace_agent_id) &&
        take_string_member(scan, STR("\"sessionId\""), &ignored) &&
        take_string_member(scan, STR("\"workspaceDir\""), &ignored) &&
        take_string_member(scan, STR("\"state\""), &state) &&
        take_name(scan, STR("\"createdAt\"")) && take_number(scan, &ret_member->created_at_ms) &&
        take(scan, ',') && take_name(scan, STR("\"lastActiveAt\"")) &&
        take_number(scan, &ret_member->last_active_at_ms) && take(scan, ',') &&
        take_name(scan, STR("\"idleTtlMs\"")) && take_number(scan, &terms->idle_ttl_ms) &&
        take(scan, '}');
    if (taken)
        ret_member->state = state_of(state);
    return taken && ret_member->state != STATE_OTHER;
}

/* From the opening brace, laid out as JSON.stringify(data, null, 2) does. */
static bool take_written_entry(struct scan *scan, struct usual_member *ret_member)
{
    struct str ignored, state;
    struct entry_terms *terms = &ret_member->terms;
    bool taken = take_bytes(scan, STR("{\n      \"chatAgentId\": \"")) &&
                 take_plain(scan, &terms->chat_agent_id) &&
                 take_bytes(scan, STR(",\n      \"workspaceAgentId\": \"")) &&
                 take_plain(scan, &terms->workspace_agent_id) &&
                 take_bytes(scan, STR(",\n      \"sessionId\": \"")) &&
                 take_plain(scan, &ignored) &&
                 take_bytes(scan, STR(",\n      \"workspaceDir\": \"")) &&
                 take_plain(scan, &ignored) && take_bytes(scan, STR(",\n      \"state\": \"")) &&
                 take_plain(scan, &state) && take_bytes(scan, STR(",\n      \"createdAt\": ")) &&
                 take_number(scan, &ret_member->created_at_ms) &&
                 take_bytes(scan, STR(",\n      \"lastActiveAt\": ")) &&
                 take_number(scan, &ret_member->last_active_at_ms) &&
                 take_bytes(scan, STR(",\n      \"idleTtlMs\": ")) &&
                 take_number(scan, &terms->idle_ttl_ms) && take_bytes(scan, STR("\n    }"));
    if (taken)
        ret_member->state = state_of(state);
    return taken && ret_member->state != STATE_OTHER;
}

bool scan_head(struct scan *scan, const char **ret_agents)
{
    double version;
    if (!take(scan, '{') || !take_name(scan, STR("\"version\"")) || !take_number(scan, &version) ||
        !take(scan, ',') || !take_name(scan, STR("\"agents\"")) || !take(scan, '{'))
        return false;
    *ret_agents = scan->at - 1;
    scan->at = json_skip_space(scan->at, scan->end);
    return scan->at < scan->end && (*scan->at == '"' || *scan->at == '}');
}

/* The key, and what is between it and the value. */
static bool take_key(struct scan *scan, struct str *ret_id)
{
    if (!take_string(scan, ret_id) || !take(scan, ':'))
        return false;
    scan->at = json_skip_space(scan->at, scan->end);
    return true;
}

bool scan_usual_member(struct scan *scan, struct usual_member *ret_member)
{
    if (!take_key(scan, &ret_member->id))
        return false;
    const char *value = scan->at;
    if (!take_written_entry(scan, ret_member)) {
        scan->at = value;
        if (!take_spaced_entry(scan, ret_member))
            return false;
    }
    ret_member->value = (struct str){value, (size_t)(scan->at - value)};
    return true;
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

bool scan_any_member(struct scan *scan, struct usual_member *ret_member, bool *ret_is_cut)
{
    bool taken = take_key(scan, &ret_member->id);
    *ret_is_cut = scan->at == scan->end;
    if (!taken || *ret_is_cut || *scan->at != '{')
        return false;
    const char *end = behind_brackets(scan->at, scan->end);
    *ret_is_cut = !end;
    if (!end)
        return false;
    ret_member->value = (struct str){scan->at, (size_t)(end - scan->at)};
    scan->at = end;
    return true;
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
