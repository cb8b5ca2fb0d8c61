// LDFLAGS: -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=reallocarray
/* Every allocation fails in turn: nothing is half made, nothing is leaked. */
#include "core/document.h"
#include "core/history.h"
#include "tests/helpers/memory.h"
#include "tests/helpers/tree.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* True when the nth allocation came and failed. */
static bool end_of_turn(void)
{
    bool has_failed = calls_until_failure == 0;
    calls_until_failure = 0;
    return has_failed;
}

#define NOW INT64_C(1773890000000)
#define NAME "state/slotop/history/0.jsonl"

static void parse(struct document *document, const char *text)
{
    struct buffer bytes = {0};
    document_init(document);
    buffer_add_str(&bytes, str_of(text));
    assert_int_equal(document_parse(document, &bytes, NULL), 0);
}

struct pair {
    struct tree tree;
    struct document before, after;
};

static int set_up(void **state)
{
    struct pair *pair = calloc(1, sizeof(*pair));
    if (!pair)
        return -1;
    tree_make(&pair->tree);
    parse(&pair->before, "{\"agents\":{\"a\":{\"state\":\"active\",\"chatAgentId\":\"x\"},"
                         "\"b\":{\"state\":\"deleted\"}}}");
    parse(&pair->after, "{\"agents\":{\"a\":{\"state\":\"idle\",\"chatAgentId\":\"x\"},"
                        "\"c\":{\"state\":\"active\",\"chatAgentId\":\"y\",\"createdAt\":5}}}");
    *state = pair;
    return 0;
}

static int tear_down(void **state)
{
    struct pair *pair = *state;
    document_done(&pair->before);
    document_done(&pair->after);
    tree_remove(&pair->tree);
    free(pair);
    return 0;
}

static int compare(const struct pair *pair, struct events *ret_events, struct error *error)
{
    return events_between(&pair->before.registry, &pair->after.registry, NOW, false, ret_events,
                          error);
}

static void events_are_all_there_or_none(void **state)
{
    const struct pair *pair = *state;
    size_t turns = 0;
    for (bool has_failed = true; has_failed; turns++) {
        struct events events = {.count = 77};
        struct error error = {0};
        calls_until_failure = turns + 1;
        int result = compare(pair, &events, &error);
        has_failed = end_of_turn();
        assert_int_equal(result, has_failed ? -ENOMEM : 0);
        assert_int_equal(events.count, has_failed ? 77 : 3);
        assert_int_equal(error.kind, has_failed ? ERROR_SYSTEM : ERROR_NONE);
        if (!has_failed)
            events_done(&events);
    }
    print_message("events_between: %zu allocations\n", turns - 1);
    assert_true(turns > 3);
}

static void a_history_is_opened_whole_or_not(void **state)
{
    struct pair *pair = *state;
    struct events events;
    struct history *history;
    size_t turns = 0, count;
    char path[300];
    (void)snprintf(path, sizeof(path), "%s/" NAME, pair->tree.path);
    assert_int_equal(compare(pair, &events, NULL), 0);
    assert_int_equal(history_open(path, &history, NULL), 0);
    assert_int_equal(history_add(history, &events, NULL), 0);
    history_close(history);
    events_done(&events);
    for (bool has_failed = true; has_failed; turns++) {
        struct error error = {0};
        history = NULL;
        calls_until_failure = turns + 1;
        int result = history_open(path, &history, &error);
        has_failed = end_of_turn();
        assert_int_equal(result, has_failed ? -ENOMEM : 0);
        assert_int_equal(error.kind, has_failed ? ERROR_SYSTEM : ERROR_NONE);
        assert_int_equal(history == NULL, has_failed);
    }
    (void)history_events(history, &count);
    assert_int_equal(count, 3);
    history_close(history);
    print_message("history_open: %zu allocations\n", turns - 1);
    assert_true(turns > 10);
}

static void what_was_noted_is_whole(void **state)
{
    struct pair *pair = *state;
    struct events events;
    size_t turns = 0, count;
    char path[300];
    (void)snprintf(path, sizeof(path), "%s/" NAME, pair->tree.path);
    assert_int_equal(compare(pair, &events, NULL), 0);
    for (bool has_failed = true; has_failed; turns++) {
        struct history *history;
        struct error error = {0};
        assert_int_equal(history_open(path, &history, NULL), 0);
        (void)history_events(history, &count);
        size_t kept = count;
        calls_until_failure = turns + 1;
        int result = history_add(history, &events, &error);
        has_failed = end_of_turn();
        assert_int_equal(result, has_failed ? -ENOMEM : 0);
        assert_int_equal(error.kind, has_failed ? ERROR_SYSTEM : ERROR_NONE);
        const struct history_event *all = history_events(history, &count);
        assert_true(has_failed ? count <= kept + 3 : count == kept + 3);
        for (size_t i = kept; i < count; i++)
            assert_true(event_is_same(&all[i], &events.items[i - kept]));
        history_close(history);
    }
    events_done(&events);
    print_message("history_add: %zu allocations\n", turns - 1);
    assert_true(turns > 4);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(events_are_all_there_or_none),
        TEST(a_history_is_opened_whole_or_not),
        TEST(what_was_noted_is_whole),
    };
    return cmocka_run_group_tests_name("history_memory", tests, NULL, NULL);
}
