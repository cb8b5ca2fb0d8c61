/* The lines of the finding above the pool: they are not taken back under the operator's eyes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/helpers/desk.h"

enum { WIDTH = 50, HEIGHT = 24, CALM_MS = 10000 };

/* The place of the finding after a frame, and how many lines it needs. */
static int lines_of(struct desk *desk, int width, int height, int *ret_needed)
{
    app_fit(&desk->app, width, height, desk->now_ms);
    struct view view = app_view(&desk->app, desk->now_ms, 0, 0);
    *ret_needed = view_finding_lines(&view, width, height);
    return desk->app.ui.finding_place.lines;
}

static void assert_lines(struct desk *desk, int lines, int needed)
{
    int is_needed;
    assert_int_equal(lines_of(desk, WIDTH, HEIGHT, &is_needed), lines);
    assert_int_equal(is_needed, needed);
}

static void save(struct desk *desk, const char *state)
{
    const struct desk_entry entries[] = {
        {"aaaaaaaa-1", "chat-slot-main-1", "active", 12000},
        {"bbbbbbbb-2", "chat-slot-main-2", state, DESK_MINUTE_MS},
        {"dddddddd-4", "chat-slot-main-3", "idle", DESK_MINUTE_MS},
    };
    desk_save(desk, entries, sizeof(entries) / sizeof(entries[0]));
    desk_files(desk);
}

/* Of a full pool a sentence of two lines tells; of one with a free slot none. */
static void free_a_slot(struct desk *desk)
{
    save(desk, "active");
    assert_lines(desk, 2, 2);
    save(desk, "deleted");
    assert_lines(desk, 2, 0);
}

static int64_t next_change_ms(struct desk *desk)
{
    struct view view = app_view(&desk->app, desk->now_ms, 0, 0);
    return view_next_change_ms(&view, WIDTH, HEIGHT);
}

static void its_lines_stay_until_it_was_calm_for_ten_seconds(void **state)
{
    struct desk *desk = *state;
    free_a_slot(desk);
    desk->now_ms += CALM_MS - 1;
    desk_event(desk, EVENT_TIME);
    assert_lines(desk, 2, 0);
    assert_int_equal(next_change_ms(desk), desk->now_ms + 1);
    desk->now_ms++;
    desk_event(desk, EVENT_TIME);
    assert_lines(desk, 0, 0);
}

static void a_key_begins_the_calm_anew(void **state)
{
    struct desk *desk = *state;
    free_a_slot(desk);
    desk->now_ms += CALM_MS - 1;
    desk_key(desk, 'j');
    assert_lines(desk, 2, 0);
    desk->now_ms += CALM_MS - 1;
    desk_event(desk, EVENT_TIME);
    assert_lines(desk, 2, 0);
    desk->now_ms++;
    desk_event(desk, EVENT_TIME);
    assert_lines(desk, 0, 0);
}

static void a_longer_one_gets_its_lines_at_once(void **state)
{
    struct desk *desk = *state;
    free_a_slot(desk);
    desk->now_ms += CALM_MS;
    assert_lines(desk, 0, 0);
    save(desk, "active");
    assert_lines(desk, 2, 2);
}

static void another_size_has_its_own_lines(void **state)
{
    struct desk *desk = *state;
    int needed;
    free_a_slot(desk);
    assert_int_equal(lines_of(desk, WIDTH, HEIGHT + 1, &needed), 0);
    assert_int_equal(needed, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_set_up, desk_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(its_lines_stay_until_it_was_calm_for_ten_seconds),
        TEST(a_key_begins_the_calm_anew),
        TEST(a_longer_one_gets_its_lines_at_once),
        TEST(another_size_has_its_own_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
