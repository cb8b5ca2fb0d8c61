// LDFLAGS: -Wl,--wrap=pread -Wl,--wrap=model_build
/* The dashboard beside 50,000 chats with titles of strangers: what each key costs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sys/types.h>

#include "tests/helpers/desk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHATS = 50000 };

static size_t reads, models;

ssize_t __real_pread(int fd, void *bytes, size_t len, off_t offset);
ssize_t __wrap_pread(int fd, void *bytes, size_t len, off_t offset);
ssize_t __wrap_pread(int fd, void *bytes, size_t len, off_t offset)
{
    reads++;
    return __real_pread(fd, bytes, len, offset);
}

int __real_model_build(const struct model_sources *sources, struct model *ret_model,
                       struct error *error);
int __wrap_model_build(const struct model_sources *sources, struct model *ret_model,
                       struct error *error);
int __wrap_model_build(const struct model_sources *sources, struct model *ret_model,
                       struct error *error)
{
    models++;
    return __real_model_build(sources, ret_model, error);
}

static void put_index(const struct desk *desk)
{
    struct buffer index = {0};
    for (int i = 0; i < CHATS; i++)
        buffer_addf(&index,
                    "%s{\"id\":\"%08x-5f6e\",\"title\":\"t%d \\u202e\\u001b[31m\\u0007\\u009b2J "
                    "\\ud800\",\"createdAt\":%lld,\"updatedAt\":%lld,\"messageCount\":2,"
                    "\"chatAgentId\":\"chat-slot-main-%d\"}",
                    i ? ",\n" : "[", (unsigned)i, i, (long long)DESK_NOW_MS - 7200000,
                    (long long)DESK_NOW_MS - 7200000, i % 3 + 1);
    buffer_add_char(&index, ']');
    assert_false(index.failed);
    tree_write(&desk->tree, "state/workspace/.openclaw/web-chat/index.json", index.data, index.len);
    buffer_done(&index);
}

/* The index has come: it is read now, and once more, after which it is known. */
static int set_up(void **state)
{
    if (desk_set_up(state) != 0)
        return -1;
    struct desk *desk = *state;
    struct event event = {.kind = EVENT_FILES, .parts = PART_ALL};
    put_index(desk);
    app_handle(&desk->app, &event, desk->now_ms);
    app_handle(&desk->app, &event, desk->now_ms);
    return 0;
}

static void press(struct desk *desk, const uint32_t *keys, size_t count)
{
    reads = models = 0;
    for (size_t i = 0; i < count; i++) {
        desk_key(desk, keys[i]);
        if (reads + models > 0)
            fail_msg("key %zu, %x: %zu reads, %zu models", i, (unsigned)keys[i], reads, models);
    }
}
#define PRESS(desk, ...)                                                                           \
    press((desk), (const uint32_t[]){__VA_ARGS__},                                                 \
          sizeof((uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t))

static void all_of_them_are_rows(void **state)
{
    struct desk *desk = *state;
    assert_int_equal(desk->app.rows.count, desk_first_count + CHATS);
}

static void a_key_that_moves_reads_nothing_and_makes_nothing_anew(void **state)
{
    struct desk *desk = *state;
    PRESS(desk, 'j', 'j', 'k', KEY_CODE_DOWN, KEY_CODE_UP, KEY_CODE_PAGE_DOWN, KEY_CODE_PAGE_UP,
          'G', 'k', 'g', KEY_CODE_END, KEY_CODE_HOME, KEY_CTRL('D'), KEY_CTRL('U'));
    PRESS(desk, '\t', 'j', '\t', '?', 'j', KEY_ESCAPE);
    PRESS(desk, 'g', KEY_ENTER, 'j', KEY_ESCAPE);
}

static void typing_a_filter_and_sorting_reads_nothing(void **state)
{
    struct desk *desk = *state;
    PRESS(desk, '/', 't', '4', '9', '9', '9', '9');
    assert_int_equal(desk->app.rows.count, 1);
    PRESS(desk, KEY_ESCAPE, '>', '<', 'I', 'I');
    assert_int_equal(desk->app.rows.count, desk_first_count + CHATS);
}

static void a_known_index_is_not_read_again_when_the_registry_changes(void **state)
{
    struct desk *desk = *state;
    desk_save_changed(desk, "bbbbbbbb-2", "idle", 4 * DESK_MINUTE_MS);
    reads = models = 0;
    desk_files(desk);
    assert_int_equal(models, 1);
    assert_true(reads > 0 && reads < 16); /* an index of 8 MB alone takes more */
}

#define ON_A_DESK(test) cmocka_unit_test_setup_teardown(test, set_up, desk_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_A_DESK(all_of_them_are_rows),
        ON_A_DESK(a_key_that_moves_reads_nothing_and_makes_nothing_anew),
        ON_A_DESK(typing_a_filter_and_sorting_reads_nothing),
        ON_A_DESK(a_known_index_is_not_read_again_when_the_registry_changes),
    };
    return cmocka_run_group_tests_name("hostile_around", tests, NULL, NULL);
}
