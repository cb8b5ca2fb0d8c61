/*
 * The usual document in one pass: what the server itself writes, with any white space. Exactly two
 * members in the root, entries with the seed's eight members in their order, plain ASCII strings,
 * whole numbers. Anything else is left to the general way, which judges it from the start; so
 * nothing is accepted here that JSON.parse would not accept, and no meaning differs.
 */
#include "core/document_part.h"

#include <errno.h>
#include <string.h>

enum { MOST_DIGITS = 15 }; /* exact in a double */

struct scan {
    const char *at;
    const char *end;
};

static void skip_space(struct scan *scan)
{
    static const char line[] = "\n      "; /* before each member of an entry */
    if (scan->end - scan->at >= (ptrdiff_t)sizeof(line) &&
        memcmp(scan->at, line, sizeof(line) - 1) == 0)
        scan->at += sizeof(line) - 1;
    while (scan->at < scan->end && document_is_space(*scan->at))
        scan->at++;
}

static bool take(struct scan *scan, char c)
{
    skip_space(scan);
    if (scan->at == scan->end || *scan->at != c)
        return false;
    scan->at++;
    return true;
}

static bool is_plain(char c)
{
    return c >= ' ' && c <= '~' && c != '"' && c != '\\';
}

static bool take_string(struct scan *scan, struct str *ret_text)
{
    if (!take(scan, '"'))
        return false;
    const char *begin = scan->at;
    while (scan->at < scan->end && is_plain(*scan->at))
        scan->at++;
    *ret_text = (struct str){begin, (size_t)(scan->at - begin)};
    return scan->at < scan->end && *scan->at++ == '"';
}

/* What follows must be a comma or brace; a fraction or an exponent fails there. */
static bool take_number(struct scan *scan, double *ret_number)
{
    skip_space(scan);
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
    skip_space(scan);
    if ((size_t)(scan->end - scan->at) < name.len || memcmp(scan->at, name.data, name.len) != 0)
        return false;
    scan->at += name.len;
    return take(scan, ':');
}

static bool take_string_member(struct scan *scan, struct str name, struct str *ret_text)
{
    return take_name(scan, name) && take_string(scan, ret_text) && take(scan, ',');
}

/* One entry's value, but for what needs memory. */
struct usual_entry {
    struct entry_terms terms;
    struct str state;
    double created_at_ms;
    double last_active_at_ms;
    struct str value;
};

static bool take_entry(struct scan *scan, struct usual_entry *ret_entry)
{
    struct str ignored;
    if (!take(scan, '{'))
        return false;
    const char *begin = scan->at - 1;
    bool taken =
        take_string_member(scan, STR("\"chatAgentId\""), &ret_entry->terms.chat_agent_id) &&
        take_string_member(scan, STR("\"workspaceAgentId\""),
                           &ret_entry->terms.workspace_agent_id) &&
        take_string_member(scan, STR("\"sessionId\""), &ignored) &&
        take_string_member(scan, STR("\"workspaceDir\""), &ignored) &&
        take_string_member(scan, STR("\"state\""), &ret_entry->state) &&
        take_name(scan, STR("\"createdAt\"")) && take_number(scan, &ret_entry->created_at_ms) &&
        take(scan, ',') && take_name(scan, STR("\"lastActiveAt\"")) &&
        take_number(scan, &ret_entry->last_active_at_ms) && take(scan, ',') &&
        take_name(scan, STR("\"idleTtlMs\"")) && take_number(scan, &ret_entry->terms.idle_ttl_ms) &&
        take(scan, '}');
    ret_entry->value = (struct str){begin, (size_t)(scan->at - begin)};
    return taken;
}

/* STATE_OTHER: not one of the four, left to the general way. */
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

static int keep_entry(struct document *document, struct str id, const struct usual_entry *usual)
{
    struct registry *registry = &document->registry;
    enum entry_state state = state_of(usual->state);
    if (state == STATE_OTHER || json_is_index_key(id, NULL) || registry_find(registry, id))
        return DOCUMENT_NOT_USUAL;
    struct entry *entry = registry_add(registry, id);
    if (!entry)
        return -ENOMEM;
    entry->state = (uint8_t)state;
    entry->created_at_ms = usual->created_at_ms;
    entry->last_active_at_ms = usual->last_active_at_ms;
    entry->value_offset = (uint32_t)(usual->value.data - document->bytes.data);
    entry->value_len = (uint32_t)usual->value.len;
    return registry_set_terms(registry, entry, &usual->terms) ? 0 : -ENOMEM;
}

static int take_entries(struct document *document, struct scan *scan)
{
    struct usual_entry usual;
    struct str id;
    if (take(scan, '}'))
        return 0;
    do {
        if (!take_string(scan, &id) || !take(scan, ':') || !take_entry(scan, &usual))
            return DOCUMENT_NOT_USUAL;
        int result = keep_entry(document, id, &usual);
        if (result != 0)
            return result;
    } while (take(scan, ','));
    return take(scan, '}') ? 0 : DOCUMENT_NOT_USUAL;
}

int document_take_usual(struct document *document)
{
    struct str text = buffer_str(&document->bytes);
    struct scan scan = {text.data, text.data + text.len};
    double version;
    if (!take(&scan, '{') || !take_name(&scan, STR("\"version\"")) ||
        !take_number(&scan, &version) || !take(&scan, ',') ||
        !take_name(&scan, STR("\"agents\"")) || !take(&scan, '{'))
        return DOCUMENT_NOT_USUAL;
    const char *agents = scan.at - 1;
    int result = take_entries(document, &scan);
    if (result != 0)
        return result;
    document->agents = (struct str){agents, (size_t)(scan.at - agents)};
    if (!take(&scan, '}'))
        return DOCUMENT_NOT_USUAL;
    skip_space(&scan);
    return scan.at == scan.end ? 0 : DOCUMENT_NOT_USUAL;
}
