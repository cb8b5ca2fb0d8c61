/* What the server would write: the stored text with the changes behind, through json_stringify. */
#include "core/document_part.h"

#include <assert.h>

unsigned document_effective_changes(const struct entry *entry)
{
    unsigned changes = entry->changes;
    if (entry->shape != ENTRY_OBJECT && !(changes & CHANGE_REPLACED))
        changes &= ~((unsigned)CHANGE_STATE | (unsigned)CHANGE_LAST_ACTIVE);
    return changes;
}

void document_add_changed_value(const struct entry *entry, enum field field, struct buffer *out)
{
    if (field == FIELD_STATE)
        json_quote(str_of(entry_state_name((enum entry_state)entry->state)), out);
    else
        json_print_number(entry->last_active_at_ms, out);
}

static void add_name(const char *name, struct buffer *out)
{
    buffer_addf(out, ",\"%s\":", name);
}

static void add_string(const char *name, struct str value, struct buffer *out)
{
    if (!value.data)
        return;
    add_name(name, out);
    json_quote(value, out);
}

static void override_member(const struct entry *entry, enum field field, bool *is_empty,
                            struct buffer *out)
{
    if (!*is_empty)
        buffer_add_char(out, ',');
    *is_empty = false;
    buffer_add_str(out, field == FIELD_STATE ? STR("\"state\":") : STR("\"lastActiveAt\":"));
    document_add_changed_value(entry, field, out);
}

/* Behind the members of the text the changed ones override; where they were missing they are new,
 * in the order in which the seed's functions set them. */
static void add_overridden(const struct entry *entry, struct str text, unsigned changes,
                           struct buffer *out)
{
    if (!(changes & (CHANGE_STATE | CHANGE_LAST_ACTIVE))) {
        buffer_add_str(out, text);
        return;
    }
    struct json_cursor cursor;
    struct json_item item;
    bool is_empty = !json_enter(text, &cursor) || !json_next(&cursor, &item);
    buffer_add(out, text.data, text.len - 1);
    if (changes & CHANGE_LAST_ACTIVE)
        override_member(entry, FIELD_LAST_ACTIVE, &is_empty, out);
    if (changes & CHANGE_STATE)
        override_member(entry, FIELD_STATE, &is_empty, out);
    buffer_add_char(out, '}');
}

/* The seed's object literal. */
static void add_allocated(const struct entry *entry, struct buffer *out)
{
    size_t start = out->len;
    add_string("chatAgentId", entry_chat_agent_id(entry), out);
    add_string("workspaceAgentId", entry_workspace_agent_id(entry), out);
    add_string("sessionId", entry_session_id(entry), out);
    add_string("workspaceDir", STR(""), out);
    add_name("state", out);
    document_add_changed_value(entry, FIELD_STATE, out);
    add_name("createdAt", out);
    json_print_number(entry->created_at_ms, out);
    add_name("lastActiveAt", out);
    document_add_changed_value(entry, FIELD_LAST_ACTIVE, out);
    add_name("idleTtlMs", out);
    if (entry->is_odd && entry->odd->idle_ttl.data)
        buffer_add_str(out, entry->odd->idle_ttl);
    else
        json_print_number(entry_idle_ttl_ms(entry), out);
    buffer_add_char(out, '}');
    if (!out->failed)
        out->data[start] = '{';
}

void document_add_new_source(const struct entry *entry, struct buffer *out)
{
    if (entry->is_odd && entry->odd->put_back.data)
        add_overridden(entry, entry->odd->put_back, entry->changes, out);
    else
        add_allocated(entry, out);
}

static void add_source(const struct document *document, const struct entry *entry,
                       struct buffer *out)
{
    unsigned changes = document_effective_changes(entry);
    if (changes & (CHANGE_REPLACED | CHANGE_ADDED))
        document_add_new_source(entry, out);
    else
        add_overridden(entry, document_entry_text(document, entry), changes, out);
}

int document_print_entry(const struct document *document, const struct entry *entry,
                         int indent_spaces, int level, struct buffer *out, struct error *error)
{
    struct buffer source = {0};
    add_source(document, entry, &source);
    if (!source.failed)
        json_stringify(buffer_str(&source), indent_spaces, level, out);
    bool failed = source.failed || out->failed;
    buffer_done(&source);
    return failed ? error_no_memory(error, "printing an entry of the registry") : 0;
}

static void add_members(const struct document *document, bool new_ones, bool *is_empty,
                        struct buffer *out)
{
    for (size_t i = 0; i < document->registry.count; i++) {
        const struct entry *entry = &document->registry.entries[i];
        if (new_ones ? !document_is_new(entry) : document_is_gone(entry))
            continue;
        if (!*is_empty)
            buffer_add_char(out, ',');
        *is_empty = false;
        json_quote(entry_session_id(entry), out);
        buffer_add_char(out, ':');
        add_source(document, entry, out);
    }
}

static void add_agents(const struct document *document, struct buffer *out)
{
    bool is_empty = true;
    buffer_add_char(out, '{');
    add_members(document, false, &is_empty, out);
    add_members(document, true, &is_empty, out);
    buffer_add_char(out, '}');
}

int document_print_whole(const struct document *document, struct buffer *out, struct error *error)
{
    assert(document->has_registry);
    struct str text = buffer_str(&document->bytes);
    struct buffer source = {0};
    if (document->state == DOCUMENT_MISSING) {
        buffer_add_str(&source, STR("{\"version\":1,\"agents\":"));
        add_agents(document, &source);
        buffer_add_char(&source, '}');
    } else {
        size_t before = (size_t)document->agents.offset;
        size_t behind = before + document->agents.len;
        buffer_add(&source, text.data, before);
        add_agents(document, &source);
        buffer_add(&source, text.data + behind, text.len - behind);
    }
    if (!source.failed)
        json_stringify(buffer_str(&source), 2, 0, out);
    buffer_add_char(out, '\n');
    bool failed = source.failed || out->failed;
    buffer_done(&source);
    return failed ? error_no_memory(error, "printing the registry") : 0;
}
