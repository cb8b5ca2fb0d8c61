#include "core/config.h"

#include "core/file.h"
#include "core/json.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#define BYTE_ORDER_MARK "\xEF\xBB\xBF"

__attribute__((format(printf, 3, 4))) static void
set_state(struct config_pool *pool, enum config_state state, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    pool->state = state;
    (void)vsnprintf(pool->trouble, sizeof(pool->trouble), format, arguments);
    va_end(arguments);
}

static int set_not_strict(struct config_pool *pool, struct str text, const struct json_fault *fault)
{
    if (fault->reason == JSON_NO_MEMORY)
        return -ENOMEM;
    pool->line = fault->line;
    pool->column = fault->column;
    if (json_root(text).len == 0)
        set_state(pool, CONFIG_NOT_STRICT, "it is empty");
    else if (str_starts(text, STR(BYTE_ORDER_MARK)))
        set_state(pool, CONFIG_NOT_STRICT, "it begins with a byte order mark");
    else
        set_state(pool, CONFIG_NOT_STRICT, "line %zu, column %zu: %s", fault->line, fault->column,
                  fault->reason);
    return 0;
}

/* Looks at every element first: one without an id breaks the server, wherever it stands. */
static size_t count_elements(struct str list, struct config_pool *pool)
{
    struct json_cursor cursor;
    struct json_item item;
    size_t count = 0;
    (void)json_enter(list, &cursor);
    for (; json_next(&cursor, &item); count++) {
        enum json_kind kind = json_kind(json_member(item.value, STR("id")));
        if (kind == JSON_STRING)
            continue;
        pool->invalid_index = count;
        set_state(pool, CONFIG_ENTRY_INVALID, "element %zu of agents.list (from 0) %s", count,
                  json_kind(item.value) != JSON_OBJECT ? "is not an object"
                  : kind == JSON_MISSING               ? "has no id"
                                                       : "has an id that is not a string");
        break;
    }
    return count;
}

static int add_slots(struct str list, struct str prefix, struct config_pool *pool)
{
    struct buffer id = {0};
    struct json_cursor cursor;
    struct json_item item;
    int result = 0;
    (void)json_enter(list, &cursor);
    while (result == 0 && json_next(&cursor, &item)) {
        buffer_clear(&id);
        json_decode(json_member(item.value, STR("id")), &id);
        struct str slot = buffer_str(&id);
        if (id.failed)
            result = -ENOMEM;
        if (result != 0 || !str_starts(slot, prefix))
            continue;
        slot = arena_copy(&pool->arena, slot);
        if (!slot.data)
            result = -ENOMEM;
        else
            pool->slots[pool->slot_count++] = slot;
    }
    buffer_done(&id);
    return result;
}

static int take_list(struct str list, struct str agent_id, struct config_pool *pool)
{
    size_t count = count_elements(list, pool);
    if (pool->state != CONFIG_OK || count == 0 || agent_id.len == 0)
        return 0;
    struct buffer prefix = {0};
    int result = -ENOMEM;
    config_add_slot_prefix(agent_id, &prefix);
    pool->slots = arena_alloc(&pool->arena, count * sizeof(*pool->slots));
    if (pool->slots && !prefix.failed)
        result = add_slots(list, buffer_str(&prefix), pool);
    buffer_done(&prefix);
    return result;
}

static int parse(struct str text, struct str agent_id, struct config_pool *pool)
{
    struct json_fault fault;
    if (!json_check(text, &fault))
        return set_not_strict(pool, text, &fault);
    struct str root = json_root(text);
    struct str list = json_member(json_member(root, STR("agents")), STR("list"));
    if (json_kind(list) == JSON_ARRAY)
        return take_list(list, agent_id, pool);
    if (json_kind(root) != JSON_OBJECT)
        set_state(pool, CONFIG_NO_LIST, "the document is not an object");
    else
        set_state(pool, CONFIG_NO_LIST, "agents.list is %s",
                  json_kind(list) == JSON_MISSING ? "missing" : "not an array");
    return 0;
}

void config_add_slot_prefix(struct str agent_id, struct buffer *out)
{
    buffer_add_str(out, STR("chat-slot-"));
    buffer_add_str(out, agent_id);
    buffer_add_char(out, '-');
}

int config_parse_pool(struct str text, struct str agent_id, struct config_pool *ret_pool,
                      struct error *error)
{
    struct config_pool pool = {.state = CONFIG_OK};
    if (parse(text, agent_id, &pool) != 0) {
        config_pool_done(&pool);
        return error_no_memory(error, "reading the pool of slots");
    }
    *ret_pool = pool;
    return 0;
}

int config_load_pool(const char *path, struct str agent_id, struct config_pool *ret_pool,
                     struct error *error)
{
    struct buffer text = {0};
    struct error trouble = {0};
    struct config_pool pool = {.state = CONFIG_MISSING};
    int result = file_load(path, FILE_SIDE_LIMIT_BYTES, &text, &trouble);
    if (result == 0) {
        result = config_parse_pool(buffer_str(&text), agent_id, ret_pool, error);
    } else if (result == -ENOMEM) {
        result = error_no_memory(error, "reading the pool of slots");
    } else {
        if (result != -ENOENT && result != -ENOTDIR)
            set_state(&pool, CONFIG_UNREADABLE, "%s", trouble.text);
        *ret_pool = pool;
        result = 0;
    }
    buffer_done(&text);
    return result;
}

void config_pool_done(struct config_pool *pool)
{
    arena_done(&pool->arena);
    *pool = (struct config_pool){.state = CONFIG_MISSING};
}
