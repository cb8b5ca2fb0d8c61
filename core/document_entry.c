/* The value of one entry: which members it has, and what they are to JavaScript. */
#include "core/document_part.h"

#include <errno.h>
#include <string.h>

static const struct str FIELD_NAMES[FIELD_COUNT] = {
    [FIELD_CHAT_AGENT] = {"chatAgentId", 11},
    [FIELD_WORKSPACE_AGENT] = {"workspaceAgentId", 16},
    [FIELD_STATE] = {"state", 5},
    [FIELD_CREATED_AT] = {"createdAt", 9},
    [FIELD_LAST_ACTIVE] = {"lastActiveAt", 12},
    [FIELD_IDLE_TTL] = {"idleTtlMs", 9},
};

static struct str unquoted(struct str literal)
{
    return (struct str){literal.data + 1, literal.len - 2};
}

static enum field field_of(struct str key)
{
    struct str name = unquoted(key);
    bool has_escape = memchr(name.data, '\\', name.len) != NULL;
    int field = 0;
    while (field < FIELD_COUNT && (has_escape ? !json_string_equals(key, FIELD_NAMES[field])
                                              : !str_equal(name, FIELD_NAMES[field])))
        field++;
    return (enum field)field;
}

void document_scan_fields(struct str value, struct fields *ret_fields)
{
    memset(ret_fields, 0, sizeof(*ret_fields));
    struct json_cursor cursor;
    struct json_item item;
    if (!json_enter(value, &cursor) || !cursor.is_object)
        return;
    while (json_next(&cursor, &item)) {
        enum field field = field_of(item.key);
        if (field != FIELD_COUNT)
            ret_fields->of[field] = item;
        ret_fields->last = item;
    }
}

struct str document_decode(struct str literal, struct buffer *scratch)
{
    struct str inner = unquoted(literal);
    size_t plain = 0;
    while (plain < inner.len && inner.data[plain] != '\\' &&
           (unsigned char)inner.data[plain] < 0x80)
        plain++;
    if (plain == inner.len)
        return inner;
    buffer_clear(scratch);
    json_decode(literal, scratch);
    return scratch->failed ? (struct str){0} : buffer_str(scratch);
}

static enum entry_shape shape_of(struct str value)
{
    switch (json_kind(value)) {
    case JSON_OBJECT:
        return ENTRY_OBJECT;
    case JSON_ARRAY:
        return ENTRY_ARRAY;
    case JSON_STRING:
        return value.len > 2 ? ENTRY_SCALAR : ENTRY_NOTHING;
    case JSON_NUMBER:
        return json_to_number(value) != 0 ? ENTRY_SCALAR : ENTRY_NOTHING;
    case JSON_TRUE:
        return ENTRY_SCALAR;
    case JSON_MISSING:
    case JSON_NULL:
    case JSON_FALSE:
        break;
    }
    return ENTRY_NOTHING;
}

/* A fill in progress: where the strings go, and what is odd so far. */
struct filler {
    struct registry *registry;
    struct buffer *scratch;
    struct entry_odd odd;
    bool is_odd;
    bool failed;
};

static struct str keep_odd(struct filler *filler, struct str text)
{
    struct str copy = arena_copy(&filler->registry->arena, text);
    filler->is_odd = true;
    filler->failed |= !copy.data;
    return copy;
}

static struct str agent_id(struct filler *filler, struct str value)
{
    struct str id = {0};
    if (json_kind(value) != JSON_STRING)
        return id;
    id = document_decode(value, filler->scratch);
    if (id.data)
        id = registry_intern(filler->registry, id);
    filler->failed |= !id.data;
    return id;
}

static double number(struct filler *filler, struct str value, struct str *ret_odd)
{
    enum json_kind kind = json_kind(value);
    if (kind != JSON_NUMBER && kind != JSON_MISSING)
        *ret_odd = keep_odd(filler, value);
    return json_to_number(value);
}

static enum entry_state state_of(struct filler *filler, struct str value)
{
    enum json_kind kind = json_kind(value);
    if (kind == JSON_MISSING)
        return STATE_OTHER;
    if (kind != JSON_STRING) {
        filler->odd.state = keep_odd(filler, value);
        return STATE_OTHER;
    }
    struct str word = document_decode(value, filler->scratch);
    filler->failed |= !word.data;
    for (int state = STATE_ACTIVE; state <= STATE_DELETED; state++) {
        if (str_equal(word, str_of(entry_state_name((enum entry_state)state))))
            return (enum entry_state)state;
    }
    filler->odd.state = keep_odd(filler, word);
    return STATE_OTHER;
}

static bool set_terms(struct filler *filler, struct entry *entry, const struct entry_terms *terms)
{
    entry->is_odd = false;
    entry->terms = NULL;
    if (filler->failed || !registry_set_terms(filler->registry, entry, terms))
        return false;
    if (!filler->is_odd && !filler->odd.is_null)
        return true;
    struct entry_odd *odd = registry_make_odd(filler->registry, entry);
    if (!odd)
        return false;
    filler->odd.terms = odd->terms;
    *odd = filler->odd;
    return true;
}

int document_fill_entry(struct registry *registry, struct entry *entry, struct str value,
                        struct buffer *scratch)
{
    struct filler filler = {.registry = registry, .scratch = scratch};
    struct fields fields;
    document_scan_fields(value, &fields);
    entry->shape = (uint8_t)shape_of(value);
    entry->state = (uint8_t)state_of(&filler, fields.of[FIELD_STATE].value);
    entry->created_at_ms =
        number(&filler, fields.of[FIELD_CREATED_AT].value, &filler.odd.created_at);
    entry->last_active_at_ms =
        number(&filler, fields.of[FIELD_LAST_ACTIVE].value, &filler.odd.last_active_at);
    const struct entry_terms terms = {
        agent_id(&filler, fields.of[FIELD_CHAT_AGENT].value),
        agent_id(&filler, fields.of[FIELD_WORKSPACE_AGENT].value),
        number(&filler, fields.of[FIELD_IDLE_TTL].value, &filler.odd.idle_ttl),
    };
    filler.odd.is_null = json_kind(value) == JSON_NULL;
    return set_terms(&filler, entry, &terms) ? 0 : -ENOMEM;
}
