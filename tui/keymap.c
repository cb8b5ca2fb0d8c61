#include "tui/keymap.h"

#include "tui/key.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { QUOTE_BYTES = 40 };

static bool is_reserved(uint32_t key)
{
    static const uint32_t reserved[] = {KEY_ENTER,       KEY_ESCAPE,         KEY_CTRL('C'),
                                        KEY_CTRL('Z'),   KEY_CTRL('H'),      KEY_CTRL('K'),
                                        KEY_CODE_DELETE, KEY_CODE_BACKSPACE, 0x7f};
    for (size_t i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++) {
        if (reserved[i] == key)
            return true;
    }
    return false;
}

static size_t place_of(const struct command *command)
{
    return (size_t)(command - commands);
}

void keymap_init(struct keymap *map)
{
    assert(command_count <= KEYMAP_COMMANDS);
    *map = (struct keymap){0};
    for (size_t i = 0; i < command_count; i++)
        memcpy(map->keys[i], commands[i].keys, sizeof(map->keys[i]));
}

const struct command *keymap_command(const struct keymap *map, uint32_t key)
{
    for (size_t i = 0; i < command_count; i++) {
        for (const uint32_t *own = map->keys[i]; *own; own++) {
            if (*own == key)
                return &commands[i];
        }
    }
    return NULL;
}

const uint32_t *keymap_keys(const struct keymap *map, const struct command *command)
{
    return map->keys[place_of(command)];
}

const char *keymap_label(const struct keymap *map, enum command_id id, char text[KEYMAP_LABEL_SIZE])
{
    const struct command *command = command_by_id(id);
    uint32_t key = map->keys[place_of(command)][0];
    char name[KEY_NAME_SIZE];
    if (key)
        (void)snprintf(text, KEYMAP_LABEL_SIZE, "%s", key_label(key, name));
    else
        (void)snprintf(text, KEYMAP_LABEL_SIZE, ":%s", command->name);
    return text;
}

/* ---- wishes ---- */

static int add_key(struct key_wish *wish, size_t *count, struct str name, struct error *error)
{
    uint32_t key = key_by_name(name);
    int len = (int)(name.len < QUOTE_BYTES ? name.len : QUOTE_BYTES);
    if (key == 0)
        return error_set(error, ERROR_USAGE, EINVAL, "'%.*s' is no key", len, name.data);
    if (is_reserved(key))
        return error_set(error, ERROR_USAGE, EINVAL, "%.*s is not to be had", len, name.data);
    if (*count + 1 == COMMAND_KEYS_MAX)
        return error_set(error, ERROR_USAGE, EINVAL, "more than %d keys", COMMAND_KEYS_MAX - 1);
    wish->keys[(*count)++] = key;
    return 0;
}

/* Takes the next word off *text. */
static struct str next_word(struct str *text)
{
    size_t start = 0;
    while (start < text->len && text->data[start] == ' ')
        start++;
    size_t end = start;
    while (end < text->len && text->data[end] != ' ')
        end++;
    struct str word = {text->data + start, end - start};
    *text = (struct str){text->data + end, text->len - end};
    return word;
}

static int read_keys(struct str text, struct key_wish *wish, struct error *error)
{
    size_t count = 0;
    struct str word;
    if (str_equal(text, STR("none")))
        return 0;
    while ((word = next_word(&text)).len > 0) {
        int result = add_key(wish, &count, word, error);
        if (result != 0)
            return result;
    }
    return count > 0 ? 0 : error_set(error, ERROR_USAGE, EINVAL, "no key is named");
}

int keymap_wish(struct key_wishes *wishes, struct str name, struct str keys, size_t line,
                struct error *error)
{
    const struct command *command = command_by_name(name, COMMAND_ON_SCREEN);
    struct key_wish wish = {.line = line};
    if (!command)
        return error_set(error, ERROR_USAGE, EINVAL, "'%.*s' is no command of the screen",
                         (int)(name.len < QUOTE_BYTES ? name.len : QUOTE_BYTES), name.data);
    int result = read_keys(keys, &wish, error);
    if (result == 0)
        wishes->of[place_of(command)] = wish;
    return result;
}

/* The wish's keys, then those that stay with their command whatever is wished. */
static void grant(uint32_t own[COMMAND_KEYS_MAX], const struct command *command,
                  const struct key_wish *wish)
{
    size_t count = 0;
    memcpy(own, wish->keys, sizeof(wish->keys));
    while (own[count])
        count++;
    for (const uint32_t *key = command->keys; *key && count + 1 < COMMAND_KEYS_MAX; key++) {
        if (is_reserved(*key))
            own[count++] = *key;
    }
}

static bool share_a_key(const uint32_t *a, const uint32_t *b)
{
    for (; *a; a++) {
        for (const uint32_t *other = b; *other; other++) {
            if (*a == *other)
                return true;
        }
    }
    return false;
}

static bool is_granted(const struct key_wish *wish)
{
    return wish->line > 0 && !wish->owner;
}

/* Refuses one wish that takes a key of another command; false when there is none. */
static bool refuse_one(const struct keymap *map, struct key_wishes *wishes)
{
    for (size_t i = 0; i < command_count; i++) {
        struct key_wish *wish = &wishes->of[i];
        for (size_t j = 0; is_granted(wish) && j < command_count; j++) {
            const struct key_wish *other = &wishes->of[j];
            bool is_first = is_granted(other) && other->line > wish->line;
            if (j == i || is_first || !share_a_key(map->keys[i], map->keys[j]))
                continue;
            wish->owner = &commands[j];
            return true;
        }
    }
    return false;
}

void keymap_apply(struct keymap *map, struct key_wishes *wishes)
{
    do {
        keymap_init(map);
        for (size_t i = 0; i < command_count; i++) {
            if (is_granted(&wishes->of[i]))
                grant(map->keys[i], &commands[i], &wishes->of[i]);
        }
    } while (refuse_one(map, wishes));
}
