/* Input: agent id, NUL, a directory, NUL, a name, NUL, openclaw.json. Any text is a result. */
#include "core/config.h"
#include "core/json.h"
#include "core/paths.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

static struct str list_of(struct str text)
{
    return json_member(json_member(json_root(text), STR("agents")), STR("list"));
}

/* The first element that has no string as its id; SIZE_MAX where all have. */
static size_t first_invalid(struct str list)
{
    struct json_cursor cursor;
    struct json_item item;
    if (!json_enter(list, &cursor))
        return SIZE_MAX;
    for (size_t i = 0; json_next(&cursor, &item); i++)
        if (json_kind(json_member(item.value, STR("id"))) != JSON_STRING)
            return i;
    return SIZE_MAX;
}

static void check_state(struct str text, const struct config_pool *pool)
{
    bool is_json = json_check(text, NULL);
    FUZZ_CHECK((pool->state == CONFIG_NOT_STRICT) == !is_json);
    FUZZ_CHECK(pool->state != CONFIG_MISSING && pool->state != CONFIG_UNREADABLE);
    FUZZ_CHECK((pool->state == CONFIG_OK) == (pool->trouble[0] == '\0'));
    FUZZ_CHECK(is_json || (pool->line > 0 && pool->column > 0));
    FUZZ_CHECK(pool->state == CONFIG_OK || pool->slot_count == 0);
    if (!is_json)
        return;
    struct str list = list_of(text);
    bool is_list = json_kind(list) == JSON_ARRAY;
    size_t invalid = is_list ? first_invalid(list) : SIZE_MAX;
    FUZZ_CHECK((pool->state == CONFIG_NO_LIST) == !is_list);
    FUZZ_CHECK((pool->state == CONFIG_ENTRY_INVALID) == (invalid != SIZE_MAX));
    FUZZ_CHECK(pool->state != CONFIG_ENTRY_INVALID || pool->invalid_index == invalid);
}

/* The slots are, in order, the ids of the list that begin as they should. */
static void check_slots(struct str text, struct str agent_id, const struct config_pool *pool)
{
    struct buffer prefix = {0}, id = {0};
    struct json_cursor cursor;
    struct json_item item;
    size_t taken = 0;
    config_add_slot_prefix(agent_id, &prefix);
    FUZZ_CHECK(json_enter(list_of(text), &cursor));
    while (json_next(&cursor, &item)) {
        buffer_clear(&id);
        json_decode(json_member(item.value, STR("id")), &id);
        if (agent_id.len == 0 || !str_starts(buffer_str(&id), buffer_str(&prefix)))
            continue;
        FUZZ_CHECK(taken < pool->slot_count);
        FUZZ_CHECK(str_equal(pool->slots[taken++], buffer_str(&id)));
    }
    FUZZ_CHECK(taken == pool->slot_count);
    buffer_done(&prefix);
    buffer_done(&id);
}

/* A joined path is normal: joined with nothing it stays, and nothing in it can be taken out. */
static void check_paths(const char *directory, const char *name)
{
    struct buffer joined = {0}, again = {0}, state_dir = {0};
    struct environment environment = {.home = name, .openclaw_home = directory, .current_dir = "/"};
    paths_join(directory, name, &joined);
    FUZZ_CHECK(joined.len > 0);
    FUZZ_CHECK(!strstr(joined.data, "//") && !strstr(joined.data, "/./"));
    paths_join(joined.data, "", &again);
    fuzz_check_equal(&again, &joined);
    FUZZ_CHECK(paths_state_dir(&environment, &state_dir, NULL) == 0);
    FUZZ_CHECK(strcmp(state_dir.data + state_dir.len - 15, ".openclaw-dench") == 0);
    buffer_done(&joined);
    buffer_done(&again);
    buffer_done(&state_dir);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, data + size};
    struct buffer agent = fuzz_text(&input);
    struct buffer directory = fuzz_text(&input);
    struct buffer name = fuzz_text(&input);
    struct str text = fuzz_rest(&input);
    struct config_pool pool;
    FUZZ_CHECK(config_parse_pool(text, buffer_str(&agent), &pool, NULL) == 0);
    check_state(text, &pool);
    if (pool.state == CONFIG_OK)
        check_slots(text, buffer_str(&agent), &pool);
    check_paths(directory.data, name.data);
    config_pool_done(&pool);
    buffer_done(&agent);
    buffer_done(&directory);
    buffer_done(&name);
    return 0;
}
