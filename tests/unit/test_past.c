#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/past.h"
#include "tests/helpers/scene.h"

#include <errno.h>
#include <math.h>

/* What happened is taken back, event by event. */

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))
#define M INT64_C(60000)
#define A "aaaaaaaa-0000-4000-8000-000000000001"
#define B "bbbbbbbb-0000-4000-8000-000000000002"
#define SLOT "chat-slot-kumareth-"

struct happening {
    int64_t ago_ms;
    enum history_event_kind kind;
    const char *id, *agent;
    enum entry_state from, to;
};

static void set_history(struct scene *scene, const struct happening *happenings, size_t count)
{
    struct history_event items[16];
    struct events events = {.items = items, .count = count};
    assert_true(count <= COUNT(items));
    for (size_t i = 0; i < count; i++)
        items[i] = (struct history_event){
            .at_ms = (double)(SCENE_NOW_MS - happenings[i].ago_ms),
            .kind = happenings[i].kind,
            .by = BY_SERVER,
            .session_id = str_of(happenings[i].id),
            .agent_id = str_of(happenings[i].agent),
            .from = happenings[i].from,
            .to = happenings[i].to,
        };
    assert_int_equal(history_open(NULL, &scene->state.around.history, NULL), 0);
    assert_int_equal(history_add(scene->state.around.history, &events, NULL), 0);
    scene_at(scene, SCENE_NOW_MS);
}

static int set_up(void **state)
{
    static struct scene scene;
    scene_init(&scene);
    scene_set_pool(&scene, 2);
    *state = &scene;
    return 0;
}

static int tear_down(void **state)
{
    scene_done(*state);
    return 0;
}

static void assert_entry(const struct past *past, const char *id, enum entry_state state,
                         const char *agent)
{
    const struct registry *registry = &past->state.document.registry;
    const struct entry *entry = registry_find(registry, str_of(id));
    assert_non_null(entry);
    assert_int_equal(entry->state, state);
    assert_true(str_equal(entry_chat_agent_id(entry), str_of(agent)));
}

static const struct entry *entry_of(const struct past *past, const char *id)
{
    return registry_find(&past->state.document.registry, str_of(id));
}

/* A got slot 1, B fell back, A expired, B was released and removed. */
static const struct scene_entry now[] = {{A, "1", "expired", 40 * M, 40 * M, 0}};
static const struct happening story[] = {
    {40 * M, EVENT_ALLOCATED, A, SLOT "1", STATE_OTHER, STATE_ACTIVE},
    {30 * M, EVENT_FELL_BACK, B, "kumareth", STATE_OTHER, STATE_ACTIVE},
    {9 * M, EVENT_EXPIRED, A, SLOT "1", STATE_ACTIVE, STATE_EXPIRED},
    {8 * M, EVENT_RELEASED, B, "kumareth", STATE_ACTIVE, STATE_DELETED},
    {5 * M, EVENT_REMOVED, B, "kumareth", STATE_DELETED, STATE_OTHER},
};

static void each_step_back_takes_one_event_back(void **state)
{
    struct scene *scene = *state;
    static const struct {
        size_t place;
        enum entry_state a, b; /* OTHER: no entry */
        size_t held, fallback;
    } steps[] = {
        {4, STATE_EXPIRED, STATE_OTHER, 0, 0},  {3, STATE_EXPIRED, STATE_DELETED, 0, 0},
        {2, STATE_EXPIRED, STATE_ACTIVE, 0, 1}, {1, STATE_ACTIVE, STATE_ACTIVE, 1, 1},
        {0, STATE_ACTIVE, STATE_OTHER, 1, 0},
    };
    scene_set_entries(scene, now, 1);
    set_history(scene, story, COUNT(story));
    for (size_t i = 0; i < COUNT(steps); i++) {
        struct past *past;
        assert_int_equal(past_make(&scene->state, steps[i].place, &past, NULL), 0);
        assert_true(past->at_ms == (double)(SCENE_NOW_MS - story[steps[i].place].ago_ms));
        assert_entry(past, A, steps[i].a, SLOT "1");
        if (steps[i].b == STATE_OTHER)
            assert_null(entry_of(past, B));
        else
            assert_entry(past, B, steps[i].b, "kumareth");
        assert_int_equal(past->state.model.counts.held, steps[i].held);
        assert_int_equal(past->state.model.counts.fallback, steps[i].fallback);
        past_free(past);
    }
    assert_entry(&(struct past){.state = scene->state}, A, STATE_EXPIRED, SLOT "1");
}

static void a_removed_entry_was_made_when_that_was_seen_and_its_ttl_is_unknown(void **state)
{
    struct scene *scene = *state;
    struct past *past;
    scene_set_entries(scene, now, 1);
    set_history(scene, story, COUNT(story));
    assert_int_equal(past_make(&scene->state, 2, &past, NULL), 0);
    assert_true(entry_of(past, B)->created_at_ms == (double)(SCENE_NOW_MS - 30 * M));
    assert_true(isnan(entry_idle_ttl_ms(entry_of(past, B))));
    past_free(past);
}

static void a_use_that_had_not_come_yet_is_not_told(void **state)
{
    struct scene *scene = *state;
    static const struct scene_entry entries[] = {{A, "1", "active", 40 * M, 2 * M, 0}};
    static const struct happening uses[] = {
        {30 * M, EVENT_USED, A, SLOT "1", STATE_ACTIVE, STATE_ACTIVE},
        {10 * M, EVENT_ALLOCATED, B, SLOT "2", STATE_OTHER, STATE_ACTIVE},
        {2 * M, EVENT_USED, A, SLOT "1", STATE_ACTIVE, STATE_ACTIVE},
    };
    struct past *past;
    scene_set_entries(scene, entries, 1);
    set_history(scene, uses, COUNT(uses));
    assert_int_equal(past_make(&scene->state, 1, &past, NULL), 0);
    assert_true(entry_of(past, A)->last_active_at_ms == (double)(SCENE_NOW_MS - 30 * M));
    past_free(past);
    tear_down(state);
    set_up(state);
    scene_set_entries(scene, entries, 1);
    set_history(scene, uses + 1, COUNT(uses) - 1);
    assert_int_equal(past_make(&scene->state, 0, &past, NULL), 0);
    assert_true(isnan(entry_of(past, A)->last_active_at_ms));
    past_free(past);
}

static void titles_are_there_but_who_came_later_is_not(void **state)
{
    struct scene *scene = *state;
    static const struct scene_entry entries[] = {{A, "1", "active", 40 * M, 40 * M, 0},
                                                 {B, "2", "active", 10 * M, 10 * M, 0}};
    static const struct scene_chat chats[] = {{A, "Refund", "1", 40 * M, 2 * M, 3},
                                              {B, "Later", "2", 10 * M, M, 3}};
    static const struct happening events[] = {
        {40 * M, EVENT_ALLOCATED, A, SLOT "1", STATE_OTHER, STATE_ACTIVE},
        {10 * M, EVENT_ALLOCATED, B, SLOT "2", STATE_OTHER, STATE_ACTIVE},
    };
    struct past *past;
    scene_set_entries(scene, entries, 2);
    scene_set_chats(scene, chats, 2);
    set_history(scene, events, 2);
    assert_int_equal(past_make(&scene->state, 0, &past, NULL), 0);
    assert_int_equal(model_row_count(&past->state.model), 1);
    assert_true(str_equal(model_title(&past->state.model, 0), STR("Refund")));
    assert_true(isnan(model_chat(&past->state.model, 0)->updated_ms));
    past_free(past);
}

static void behind_a_wipe_nobody_can_look(void **state)
{
    struct scene *scene = *state;
    static const struct happening events[] = {
        {40 * M, EVENT_ALLOCATED, A, SLOT "1", STATE_OTHER, STATE_ACTIVE},
        {20 * M, EVENT_WIPED, NULL, NULL, STATE_OTHER, STATE_OTHER},
        {10 * M, EVENT_ALLOCATED, B, SLOT "1", STATE_OTHER, STATE_ACTIVE},
    };
    static const struct scene_entry entries[] = {{B, "1", "active", 10 * M, 10 * M, 0}};
    struct past *past;
    struct error error = {0};
    scene_set_entries(scene, entries, 1);
    set_history(scene, events, COUNT(events));
    assert_int_equal(past_make(&scene->state, 1, &past, NULL), 0);
    past_free(past);
    assert_int_equal(past_make(&scene->state, 0, &past, &error), -ENOENT);
    assert_int_equal(error.kind, ERROR_NOT_FOUND);
}

static void steps_pass_over_touches_and_stop_at_the_ends(void **state)
{
    struct scene *scene = *state;
    static const struct happening events[] = {
        {40 * M, EVENT_ALLOCATED, A, SLOT "1", STATE_OTHER, STATE_ACTIVE},
        {30 * M, EVENT_USED, A, SLOT "1", STATE_ACTIVE, STATE_ACTIVE},
        {20 * M, EVENT_IDLED, A, SLOT "1", STATE_ACTIVE, STATE_IDLE},
        {10 * M, EVENT_EXPIRED, A, SLOT "1", STATE_IDLE, STATE_EXPIRED},
    };
    static const struct {
        size_t from;
        bool is_back;
        size_t to;
    } steps[] = {
        {SIZE_MAX, true, 2}, {3, true, 2},  {2, true, 0},         {0, true, SIZE_MAX},
        {0, false, 2},       {2, false, 3}, {3, false, SIZE_MAX}, {SIZE_MAX, false, SIZE_MAX}};
    scene_set_entries(scene, now, 1);
    set_history(scene, events, COUNT(events));
    for (size_t i = 0; i < COUNT(steps); i++)
        assert_int_equal(past_step(scene->state.around.history, steps[i].from, steps[i].is_back),
                         steps[i].to);
    assert_int_equal(past_step(NULL, SIZE_MAX, true), SIZE_MAX);
}

int main(void)
{
#define IN_A_SCENE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        IN_A_SCENE(each_step_back_takes_one_event_back),
        IN_A_SCENE(a_removed_entry_was_made_when_that_was_seen_and_its_ttl_is_unknown),
        IN_A_SCENE(a_use_that_had_not_come_yet_is_not_told),
        IN_A_SCENE(titles_are_there_but_who_came_later_is_not),
        IN_A_SCENE(behind_a_wipe_nobody_can_look),
        IN_A_SCENE(steps_pass_over_touches_and_stop_at_the_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
