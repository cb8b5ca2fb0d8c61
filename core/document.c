#include "core/document.h"

#include "core/document_loader_part.h"
#include "core/document_part.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NEEDS_ORDER = 1, SHOWN_ID_BYTES = 80 };

const char *document_state_name(enum document_state state)
{
    static const char *const names[] = {
        [DOCUMENT_OK] = "ok",
        [DOCUMENT_MISSING] = "missing",
        [DOCUMENT_TORN] = "torn",
        [DOCUMENT_MALFORMED] = "malformed",
        [DOCUMENT_UNREADABLE] = "unreadable",
    };
    return names[state];
}

void document_init(struct document *document)
{
    memset(document, 0, sizeof(*document));
    document->state = DOCUMENT_MISSING;
    document->has_registry = true;
    registry_init(&document->registry);
}

void document_done(struct document *document)
{
    registry_done(&document->registry);
    buffer_done(&document->bytes);
    free(document->blocks.items);
    document->blocks = (struct document_blocks){0};
    document->agents = (struct document_span){0};
    document->has_registry = false;
}

void document_set_missing(struct document *document)
{
    document_done(document);
    document_init(document);
}

static void set_trouble(struct document *document, const char *trouble)
{
    (void)snprintf(document->trouble, sizeof(document->trouble), "%s", trouble);
}

void document_set_unreadable(struct document *document, const char *trouble)
{
    document_set_missing(document);
    document->state = DOCUMENT_UNREADABLE;
    document->has_registry = false;
    set_trouble(document, trouble);
}

static int set_torn(struct document *document, const struct json_fault *fault)
{
    struct str text = buffer_str(&document->bytes);
    if (fault->reason == JSON_NO_MEMORY)
        return -ENOMEM;
    document->state = DOCUMENT_TORN;
    if (json_root(text).len == 0)
        set_trouble(document, text.len ? "empty (white space only)" : "empty");
    else
        (void)snprintf(document->trouble, sizeof(document->trouble), "line %zu, column %zu: %s",
                       fault->line, fault->column, fault->reason);
    return 0;
}

static const char *kind_words(enum json_kind kind)
{
    static const char *const words[] = {
        [JSON_MISSING] = "missing", [JSON_NULL] = "null",        [JSON_FALSE] = "false",
        [JSON_TRUE] = "true",       [JSON_NUMBER] = "a number",  [JSON_STRING] = "a string",
        [JSON_ARRAY] = "an array",  [JSON_OBJECT] = "an object",
    };
    return words[kind];
}

static void set_malformed(struct document *document, const char *what, struct str value)
{
    document->state = DOCUMENT_MALFORMED;
    (void)snprintf(document->trouble, sizeof(document->trouble),
                   "%s is %s where the server expects an object: its functions throw", what,
                   kind_words(json_kind(value)));
}

static void set_null_entry(struct document *document, struct str session_id)
{
    int shown = session_id.len < SHOWN_ID_BYTES ? (int)session_id.len : SHOWN_ID_BYTES;
    document->state = DOCUMENT_MALFORMED;
    (void)snprintf(document->trouble, sizeof(document->trouble),
                   "the entry of session \"%.*s\" is null: the server's allocate and GC fail on it",
                   shown, session_id.data);
}

/* The ids that JavaScript puts first; their order by value is not that of the text. */
struct index_keys {
    uint32_t *items;
    size_t count;
    size_t capacity;
};

static int add_index_key(struct index_keys *keys, uint32_t index)
{
    if (keys->count == keys->capacity) {
        size_t capacity = keys->capacity ? keys->capacity * 2 : 16;
        uint32_t *grown = reallocarray(keys->items, capacity, sizeof(*grown));
        if (!grown)
            return -ENOMEM;
        keys->items = grown;
        keys->capacity = capacity;
    }
    keys->items[keys->count++] = index;
    return 0;
}

static int by_value(const void *left, const void *right)
{
    const uint32_t *a = left;
    const uint32_t *b = right;
    return (*a > *b) - (*a < *b);
}

static int add_sorted(struct registry *registry, struct index_keys *keys)
{
    if (keys->count > 0)
        qsort(keys->items, keys->count, sizeof(*keys->items), by_value);
    for (size_t i = 0; i < keys->count; i++) {
        char id[16];
        if (i > 0 && keys->items[i] == keys->items[i - 1])
            continue;
        (void)snprintf(id, sizeof(id), "%" PRIu32, keys->items[i]);
        if (!registry_add(registry, str_of(id)))
            return -ENOMEM;
    }
    return 0;
}

/* Empties the registry and gives it the index keys only, in their order. */
static int start_with_index_keys(struct document *document, struct buffer *scratch)
{
    struct index_keys keys = {0};
    struct json_cursor cursor;
    struct json_item item;
    uint32_t index;
    int result = 0;
    registry_done(&document->registry);
    registry_init(&document->registry);
    (void)json_enter(document_agents(document), &cursor);
    while (result == 0 && json_next(&cursor, &item)) {
        struct str id = document_decode(item.key, scratch);
        if (!id.data)
            result = -ENOMEM;
        else if (json_is_index_key(id, &index))
            result = add_index_key(&keys, index);
    }
    if (result == 0)
        result = add_sorted(&document->registry, &keys);
    free(keys.items);
    return result;
}

/* Takes one member of `agents`; NEEDS_ORDER at an index key that is not in the registry yet. */
static int take_member(struct document *document, const struct json_item *item,
                       struct buffer *scratch)
{
    struct str id = document_decode(item->key, scratch);
    if (!id.data)
        return -ENOMEM;
    struct entry *entry = registry_find(&document->registry, id);
    if (!entry) {
        if (json_is_index_key(id, NULL))
            return NEEDS_ORDER;
        entry = registry_add(&document->registry, id);
    }
    if (!entry)
        return -ENOMEM;
    entry->value_offset = (uint32_t)(item->value.data - document->bytes.data);
    entry->value_len = (uint32_t)item->value.len;
    return document_fill_entry(&document->registry, entry, item->value, scratch);
}

static int take_members(struct document *document, struct buffer *scratch)
{
    struct json_cursor cursor;
    struct json_item item;
    int result = 0;
    (void)json_enter(document_agents(document), &cursor);
    while (result == 0 && json_next(&cursor, &item))
        result = take_member(document, &item, scratch);
    return result;
}

static int parse_agents(struct document *document)
{
    struct buffer scratch = {0};
    int result = take_members(document, &scratch);
    if (result == NEEDS_ORDER) {
        result = start_with_index_keys(document, &scratch);
        if (result == 0)
            result = take_members(document, &scratch);
    }
    buffer_done(&scratch);
    if (result != 0)
        return result;
    document->has_registry = true;
    for (size_t i = 0; i < document->registry.count; i++) {
        const struct entry *entry = &document->registry.entries[i];
        if (entry->is_odd && entry->odd->is_null) {
            set_null_entry(document, entry_session_id(entry));
            break;
        }
    }
    return 0;
}

/* The way for every text: check it all, then walk it. */
static int parse_any(struct document *document)
{
    struct str text = buffer_str(&document->bytes);
    struct json_fault fault;
    if (!json_check(text, &fault))
        return set_torn(document, &fault);
    struct str root = json_root(text);
    if (json_kind(root) != JSON_OBJECT) {
        set_malformed(document, "the document", root);
        return 0;
    }
    struct str agents = json_member(root, STR("agents"));
    if (json_kind(agents) != JSON_OBJECT) {
        set_malformed(document, "\"agents\"", agents);
        return 0;
    }
    document->agents =
        (struct document_span){(uint64_t)(agents.data - document->bytes.data), agents.len};
    return parse_agents(document);
}

int document_parse(struct document *document, struct buffer *bytes, struct error *error)
{
    document_set_missing(document);
    assert(bytes->len <= UINT32_MAX);
    int result = loader_load_text(document, bytes);
    if (result == DOCUMENT_NOT_USUAL) {
        document->state = DOCUMENT_OK;
        document->has_registry = false;
        document->bytes = *bytes;
        document->size_bytes = bytes->len;
        *bytes = (struct buffer){0};
        result = parse_any(document);
    }
    buffer_done(bytes);
    if (result != 0) {
        document_set_missing(document);
        return error_no_memory(error, "reading the registry");
    }
    return 0;
}

/* The block of an entry by its place in the file. */
static const struct document_block *block_of(const struct document_blocks *blocks, size_t place)
{
    size_t low = 0, high = blocks->count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (blocks->items[middle].first <= place)
            low = middle;
        else
            high = middle;
    }
    return &blocks->items[low];
}

struct document_span document_entry_span(const struct document *document, const struct entry *entry)
{
    if (entry->value_len == 0)
        return (struct document_span){0};
    struct document_span span = {entry->value_offset, entry->value_len};
    if (document->blocks.count > 0) {
        /* integer-like keys lead, and where there are blocks the rules have added them */
        size_t place = (size_t)(entry - document->registry.entries);
        span.offset += block_of(&document->blocks, place - document->registry.integer_keys)->offset;
    }
    return span;
}

struct str document_entry_text(const struct document *document, const struct entry *entry)
{
    struct document_span span = document_entry_span(document, entry);
    if (span.len == 0 || !document->bytes.data)
        return (struct str){0};
    struct str text = {document->bytes.data + span.offset, span.len};
    return text.data[0] == '\0' ? (struct str){0} : text; /* not fetched */
}
