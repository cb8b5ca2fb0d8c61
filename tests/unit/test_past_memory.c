// LDFLAGS: -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=reallocarray
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/lanes.h"
#include "core/past.h"
#include "core/pressure.h"
#include "tests/helpers/eventful.h"
#include "tests/helpers/memory.h"

#include <errno.h>
#include <math.h>

/* What is made of the history: every allocation fails in turn. */

static void set_up(struct scene *scene)
{
    scene_init(scene);
    titled_set_usual(scene);
    eventful_add(scene, EVENTFUL_ALL);
    scene_at(scene, SCENE_NOW_MS);
}

static int make_past(const struct scene *scene, struct error *error)
{
    struct past *past = NULL;
    int result = past_make(&scene->state, 8, &past, error);
    assert_int_equal(result == 0, past != NULL);
    past_free(past);
    return result;
}

static int make_lanes(const struct scene *scene, struct error *error)
{
    struct lanes lanes = {.items = NULL};
    size_t count;
    struct lanes_sources sources = {
        .model = &scene->state.model,
        .registry = &state_shown(&scene->state)->registry,
        .events = history_events(scene->state.around.history, &count),
        .beat = scene->state.beat,
        .now_ms = SCENE_NOW_MS,
    };
    sources.event_count = count;
    int result = lanes_make(&sources, &lanes, error);
    assert_int_equal(result == 0, lanes.items != NULL);
    lanes_done(&lanes);
    return result;
}

static int find_pressure(const struct scene *scene, struct error *error)
{
    struct pressure pressure = {.full_since_ms = -1};
    size_t count;
    const struct history_event *events = history_events(scene->state.around.history, &count);
    int result = pressure_find(&scene->state.model, events, count, 0, &pressure, error);
    assert_int_equal(result == 0, !(pressure.full_since_ms < 0));
    return result;
}

static void without_memory_nothing_is_made_and_nothing_is_lost(void **state)
{
    (void)state;
    int (*const makers[])(const struct scene *scene, struct error *error) = {make_past, make_lanes,
                                                                             find_pressure};
    struct scene scene;
    set_up(&scene);
    for (size_t i = 0; i < sizeof(makers) / sizeof(makers[0]); i++) {
        bool has_failed = true;
        size_t count = 0;
        for (size_t n = 1; has_failed; n++, count++) {
            struct error error = {0};
            calls_until_failure = n;
            int result = makers[i](&scene, &error);
            has_failed = calls_until_failure == 0;
            calls_until_failure = 0;
            if (!has_failed) {
                assert_int_equal(result, 0);
            } else if (result != 0) {
                assert_int_equal(result, -ENOMEM);
                assert_true(error.text[0] != '\0');
            }
        }
        assert_true(count > 1);
        print_message("vectors: %zu failed allocations\n", count - 1);
    }
    scene_done(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_memory_nothing_is_made_and_nothing_is_lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
