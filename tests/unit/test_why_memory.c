// LDFLAGS: -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=reallocarray
/* Every allocation of an explanation fails in turn: -ENOMEM, nothing leaked, nothing half told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "tests/helpers/memory.h"
#include "tests/helpers/why_scene.h"

static const struct history_event events[] = {
    {NOW - 660000,
     EVENT_ALLOCATED,
     BY_SERVER,
     {"a", 1},
     {"chat-slot-main-1", 16},
     STATE_OTHER,
     STATE_ACTIVE},
    {NOW - 650000, EVENT_FELL_BACK, BY_SERVER, {"gone", 4}, {"main", 4}, STATE_OTHER, STATE_ACTIVE},
};

static void make(struct why_scene *scene)
{
    why_scene_make(scene,
                   FELL("f", "active", 600000) "," HELD("a", "1", "active", 660000,
                                                        660000) "," HELD("b", "2", "expired",
                                                                         2300000, 2300000),
                   2);
    scene->sources.events = events;
    scene->sources.event_count = 2;
}

static void a_failed_explanation_leaves_nothing(void **state)
{
    struct why_scene scene;
    int result = -ENOMEM;
    size_t failed = 0;
    (void)state;
    make(&scene);
    while (result == -ENOMEM) {
        struct why why = {.at_ms = 7};
        struct error error = {0};
        calls_until_failure = failed + 1;
        result = why_explain(&scene.sources, STR("f"), &why, &error);
        bool has_failed = calls_until_failure == 0;
        calls_until_failure = 0;
        assert_int_equal(has_failed, result == -ENOMEM);
        if (result == -ENOMEM) {
            assert_int_equal(error.kind, ERROR_SYSTEM);
            assert_true(why.at_ms == 7);
            failed++;
        } else {
            why_done(&why);
        }
    }
    assert_int_equal(result, 0);
    assert_true(failed >= 5);
    why_scene_done(&scene);
    print_message("vectors: %zu allocations failed\n", failed);
}

static void a_failed_list_of_explanations_leaves_nothing(void **state)
{
    struct why_scene scene;
    int result = -ENOMEM;
    size_t failed = 0;
    (void)state;
    make(&scene);
    while (result == -ENOMEM) {
        struct why *whys = NULL;
        size_t count = 7;
        calls_until_failure = failed + 1;
        result = why_recent(&scene.sources, 0, 10, &whys, &count, NULL);
        calls_until_failure = 0;
        if (result == -ENOMEM) {
            assert_int_equal(count, 7);
            assert_null(whys);
            failed++;
        } else {
            assert_int_equal(count, 2);
            why_scene_forget(whys, count);
        }
    }
    assert_int_equal(result, 0);
    assert_true(failed >= 10);
    why_scene_done(&scene);
    print_message("vectors: %zu allocations of a list failed\n", failed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_failed_explanation_leaves_nothing),
        cmocka_unit_test(a_failed_list_of_explanations_leaves_nothing),
    };
    return cmocka_run_group_tests_name("why_memory", tests, NULL, NULL);
}
