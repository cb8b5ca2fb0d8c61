#include "core/chats_part.h"

#include "core/json.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_CAPACITY = 16 };

enum member {
    MEMBER_ID,
    MEMBER_TITLE,
    MEMBER_AGENT_ID,
    MEMBER_GATEWAY_KEY,
    MEMBER_GATEWAY_SESSION_ID,
    MEMBER_CREATED,
    MEMBER_UPDATED,
    MEMBER_LAST_ACTIVE,
    MEMBER_MESSAGE_COUNT,
    MEMBER_COUNT,
};

#define NAME(literal)                                                                              \
    {                                                                                              \
        literal, sizeof(literal) - 1                                                               \
    }
static const struct str member_names[MEMBER_COUNT] = {
    [MEMBER_ID] = NAME("id"),
    [MEMBER_TITLE] = NAME("title"),
    [MEMBER_AGENT_ID] = NAME("chatAgentId"),
    [MEMBER_GATEWAY_KEY] = NAME("gatewaySessionKey"),
    [MEMBER_GATEWAY_SESSION_ID] = NAME("gatewaySessionId"),
    [MEMBER_CREATED] = NAME("createdAt"),
    [MEMBER_UPDATED] = NAME("updatedAt"),
    [MEMBER_LAST_ACTIVE] = NAME("lastActiveAt"),
    [MEMBER_MESSAGE_COUNT] = NAME("messageCount"),
};

/* The items of a folder as they grow. */
struct adding {
    struct chat_folder *folder;
    size_t capacity;
    struct buffer decoded;
};

/* A place for one more; NULL without memory. It counts once folder->count does. */
static struct chat *next_place(struct adding *adding)
{
    struct chat_folder *folder = adding->folder;
    if (folder->count == adding->capacity) {
        size_t wanted = adding->capacity ? adding->capacity * 2 : FIRST_CAPACITY;
        struct chat *items = reallocarray(folder->items, wanted, sizeof(*items));
        if (!items)
            return NULL;
        folder->items = items;
        adding->capacity = wanted;
    }
    return &folder->items[folder->count];
}

/* Which member a name in quotes is; MEMBER_COUNT for none that matters. Decoding each name for each
 * member would cost more than all else: most are as they are. */
static size_t member_of(struct str key)
{
    bool has_escapes = memchr(key.data, '\\', key.len) != NULL;
    struct str bare = {key.data + 1, key.len - 2};
    size_t member = 0;
    while (member < MEMBER_COUNT && !(has_escapes ? json_string_equals(key, member_names[member])
                                                  : str_equal(bare, member_names[member])))
        member++;
    return member;
}

/* The values of the members that matter, the last of duplicates; absent where there is none. */
static void find_members(struct str object, struct str values[static MEMBER_COUNT])
{
    struct json_cursor cursor;
    struct json_item item;
    for (size_t i = 0; i < MEMBER_COUNT; i++)
        values[i] = (struct str){0};
    if (!json_enter(object, &cursor) || !cursor.is_object)
        return;
    while (json_next(&cursor, &item)) {
        size_t member = member_of(item.key);
        if (member < MEMBER_COUNT)
            values[member] = item.value;
    }
}

/* False without memory. */
static bool take_string(struct adding *adding, struct str value, struct str *ret_string)
{
    *ret_string = (struct str){0};
    if (json_kind(value) != JSON_STRING)
        return true;
    buffer_clear(&adding->decoded);
    json_decode(value, &adding->decoded);
    if (!adding->decoded.failed)
        *ret_string = arena_copy(&adding->folder->arena, buffer_str(&adding->decoded));
    return ret_string->data != NULL;
}

static double take_number(struct str value)
{
    double number = json_kind(value) == JSON_NUMBER ? json_to_number(value) : (double)NAN;
    return isfinite(number) ? number : (double)NAN;
}

static int add_element(struct adding *adding, struct str element)
{
    struct str values[MEMBER_COUNT];
    find_members(element, values);
    if (json_kind(values[MEMBER_ID]) != JSON_STRING)
        return 0;
    struct chat *chat = next_place(adding);
    if (!chat || !take_string(adding, values[MEMBER_ID], &chat->id) ||
        !take_string(adding, values[MEMBER_TITLE], &chat->title) ||
        !take_string(adding, values[MEMBER_AGENT_ID], &chat->agent_id) ||
        !take_string(adding, values[MEMBER_GATEWAY_KEY], &chat->gateway_key) ||
        !take_string(adding, values[MEMBER_GATEWAY_SESSION_ID], &chat->gateway_session_id))
        return -ENOMEM;
    chat->created_ms = take_number(values[MEMBER_CREATED]);
    chat->updated_ms = take_number(values[MEMBER_UPDATED]);
    chat->last_active_ms = take_number(values[MEMBER_LAST_ACTIVE]);
    chat->message_count = take_number(values[MEMBER_MESSAGE_COUNT]);
    adding->folder->count++;
    return 0;
}

__attribute__((format(printf, 3, 4))) static void
set_state(struct chat_folder *folder, enum index_state state, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    folder->state = state;
    (void)vsnprintf(folder->trouble, sizeof(folder->trouble), format, arguments);
    va_end(arguments);
}

static int add_array(struct chat_folder *folder, struct str array)
{
    struct adding adding = {.folder = folder};
    struct json_cursor cursor;
    struct json_item item;
    int result = 0;
    (void)json_enter(array, &cursor);
    while (result == 0 && folder->count < CHATS_MAX && json_next(&cursor, &item))
        result = add_element(&adding, item.value);
    if (result == 0 && folder->count == CHATS_MAX && json_next(&cursor, &item))
        set_state(folder, INDEX_UNREADABLE, "more than %d chats", CHATS_MAX);
    buffer_done(&adding.decoded);
    return result;
}

/* Behind a string's first quote; the string may end with the text. */
static const char *skip_string(const char *at, const char *end)
{
    while (at < end && *at != '"')
        at += *at == '\\' && end - at > 1 ? 2 : 1;
    return at < end ? at + 1 : end;
}

/* Where the last element that is a container ends, in an array without its end that is well-formed
 * as far as it goes; 0 for none. Other elements are no chats. */
static size_t end_of_elements(struct str array)
{
    const char *at = array.data;
    const char *end = at + array.len;
    size_t depth = 0;
    size_t behind = 0;
    while (at < end) {
        char c = *at++;
        if (c == '"')
            at = skip_string(at, end);
        else if (c == '{' || c == '[')
            depth++;
        else if ((c == '}' || c == ']') && --depth == 1)
            behind = (size_t)(at - array.data);
    }
    return behind;
}

/* What stands before the place that was refused is well-formed: its whole elements are an array
 * again with a bracket behind them. */
static int add_torn(struct chat_folder *folder, struct buffer *text, size_t fault_offset)
{
    struct str before = {text->data, fault_offset};
    if (json_kind(before) != JSON_ARRAY)
        return 0;
    size_t end = end_of_elements(before);
    if (end == 0)
        return 0;
    text->len = end;
    buffer_add_char(text, ']');
    return text->failed ? -ENOMEM : add_array(folder, buffer_str(text));
}

int chats_add_text(struct chat_folder *folder, struct buffer *text)
{
    struct json_fault fault;
    if (!json_check(buffer_str(text), &fault)) {
        if (fault.reason == JSON_NO_MEMORY)
            return -ENOMEM;
        if (json_root(buffer_str(text)).len == 0)
            set_state(folder, INDEX_TORN, "empty");
        else
            set_state(folder, INDEX_TORN, "line %zu, column %zu: %s", fault.line, fault.column,
                      fault.reason);
        return add_torn(folder, text, fault.offset);
    }
    if (json_kind(buffer_str(text)) != JSON_ARRAY) {
        set_state(folder, INDEX_TORN, "not an array");
        return 0;
    }
    folder->state = INDEX_OK;
    return add_array(folder, buffer_str(text));
}

static struct str id_at(const void *owner, size_t place)
{
    const struct chat_folder *folder = owner;
    return folder->items[place].id;
}

int chats_index_ids(struct chat_folder *folder)
{
    struct string_source source = {.at = id_at, .owner = folder};
    if (folder->count == 0)
        return 0;
    if (!string_index_reserve(&folder->by_id, source, folder->count))
        return -ENOMEM;
    while (folder->by_id.reach < folder->count)
        string_index_put(&folder->by_id, source, folder->by_id.reach);
    return 0;
}

const struct chat *chats_find_in(const struct chat_folder *folder, struct str id)
{
    struct string_source source = {.at = id_at, .owner = folder};
    size_t place = string_index_find(&folder->by_id, source, id);
    return place == STRING_INDEX_NONE ? NULL : &folder->items[place];
}

enum { CHAT_STRINGS = 5 };

static void strings_of(struct chat *chat, struct str *ret_strings[static CHAT_STRINGS])
{
    ret_strings[0] = &chat->id;
    ret_strings[1] = &chat->title;
    ret_strings[2] = &chat->agent_id;
    ret_strings[3] = &chat->gateway_key;
    ret_strings[4] = &chat->gateway_session_id;
}

static size_t string_bytes(struct chat chat)
{
    struct str *strings[CHAT_STRINGS];
    size_t bytes = 0;
    strings_of(&chat, strings);
    for (size_t i = 0; i < CHAT_STRINGS; i++)
        bytes += strings[i]->len;
    return bytes;
}

static int add_copy(struct adding *adding, const struct chat *chat)
{
    struct chat *copy = next_place(adding);
    struct str *strings[CHAT_STRINGS];
    if (!copy)
        return -ENOMEM;
    *copy = *chat;
    strings_of(copy, strings);
    for (size_t i = 0; i < CHAT_STRINGS; i++) {
        if (!strings[i]->data)
            continue;
        *strings[i] = arena_copy(&adding->folder->arena, *strings[i]);
        if (!strings[i]->data)
            return -ENOMEM;
    }
    adding->folder->count++;
    return 0;
}

int chats_add_former(struct chat_folder *folder, const struct chat_folder *former)
{
    struct adding adding = {.folder = folder, .capacity = folder->count};
    size_t bytes = 0;
    int result = chats_index_ids(folder);
    for (size_t i = 0; i < folder->count; i++)
        bytes += string_bytes(folder->items[i]);
    for (size_t i = 0; former && result == 0 && i < former->count; i++) {
        const struct chat *chat = &former->items[i];
        if (chats_find_in(former, chat->id) != chat || chats_find_in(folder, chat->id))
            continue;
        bytes += string_bytes(*chat);
        if (folder->count == CHATS_MAX || bytes > FILE_SIDE_LIMIT_BYTES)
            break;
        result = add_copy(&adding, chat);
    }
    return result;
}

void chat_folder_done(struct chat_folder *folder)
{
    buffer_done(&folder->directory);
    free(folder->items);
    string_index_done(&folder->by_id);
    arena_done(&folder->arena);
    *folder = (struct chat_folder){0};
}
