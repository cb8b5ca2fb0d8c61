// LDFLAGS: -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=reallocarray
/* Every allocation of a model fails in turn: -ENOMEM, nothing leaked, nothing half done. */
#include "tests/helpers/memory.h"
#include "tests/helpers/setting.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static struct model_sources sources_of(const struct fixture *fixture)
{
    struct model_sources sources = fixture->more;
    sources.document = &fixture->document;
    sources.pool = &fixture->pool;
    sources.workspace = &fixture->workspace;
    sources.registry_path = "/s/chat-agents.json";
    sources.config_path = "/s/openclaw.json";
    sources.now_ms = NOW;
    return sources;
}

static size_t fail_in_turn(const struct fixture *fixture)
{
    struct model_sources sources = sources_of(fixture);
    size_t failures = 0;
    for (bool is_done = false; !is_done;) {
        struct model model = {.slot_count = 77};
        struct error error = {0};
        calls_until_failure = failures + 1;
        int result = model_build(&sources, &model, &error);
        is_done = calls_until_failure > 0;
        calls_until_failure = 0;
        assert_int_equal(result, is_done ? 0 : -ENOMEM);
        assert_int_equal(error.kind, is_done ? ERROR_NONE : ERROR_SYSTEM);
        if (is_done) {
            assert_true(model.finding_count > 0);
            model_done(&model);
        } else {
            assert_int_equal(model.slot_count, 77);
            failures++;
        }
    }
    return failures;
}

static void a_model_without_memory_is_not_made_and_leaks_nothing(void **state)
{
    struct fixture fixture;
    (void)state;
    fixture_load(&fixture, ENTRY("a", "main", "main", "active", 5), 2);
    size_t failures = fail_in_turn(&fixture);
    assert_true(failures > 3);
    fixture_done(&fixture);
    print_message("allocations that failed: %zu\n", failures);
}

static void nor_is_one_with_chats_and_traces(void **state)
{
    struct fixture fixture;
    struct setting around;
    (void)state;
    fixture_load(&fixture,
                 ENTRY("a", "chat-slot-main-1", "main", "active",
                       5) "," ENTRY("b", "chat-slot-main-2", "gone", "idle", 2102001),
                 2);
    setting_init(&around, &fixture);
    setting_add_chats(&around, (const struct setting_chat[]){{"a", "chat-slot-main-1", 9},
                                                             {"c", "chat-slot-main-1", 9},
                                                             {NULL, NULL, 0}});
    setting_add_traces(&around, (const struct setting_trace[]){{"c", 'R', 9}, {NULL, 0, 0}});
    size_t failures = fail_in_turn(&fixture);
    assert_true(failures > 5);
    fixture_done(&fixture);
    setting_done(&around);
    print_message("allocations that failed: %zu\n", failures);
}

/* Beyond what one block of memory holds, each array is an allocation of its own. */
static void nor_is_one_of_many_entries(void **state)
{
    struct fixture fixture;
    struct setting around;
    struct buffer entries = {0};
    (void)state;
    for (int i = 0; i < 20000; i++)
        buffer_addf(&entries, "%s\"s%d\":{\"chatAgentId\":\"main\",\"state\":\"expired\"}",
                    i ? "," : "", i);
    fixture_load(&fixture, entries.data, 1);
    setting_init(&around, &fixture);
    around.server.state = SERVER_DOWN;
    size_t failures = fail_in_turn(&fixture);
    assert_true(failures > 8);
    fixture_done(&fixture);
    setting_done(&around);
    buffer_done(&entries);
    print_message("allocations that failed: %zu\n", failures);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_model_without_memory_is_not_made_and_leaks_nothing),
        cmocka_unit_test(nor_is_one_with_chats_and_traces),
        cmocka_unit_test(nor_is_one_of_many_entries),
    };
    return cmocka_run_group_tests_name("model_memory", tests, NULL, NULL);
}
