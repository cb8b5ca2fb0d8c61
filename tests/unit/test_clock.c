#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/helpers/desk.h"

static void a_clock_set_back_makes_the_overdue_live_again_on_the_screen(void **state)
{
    struct desk *desk = *state;
    assert_int_equal(desk->state.model.counts.overdue, 0);
    desk->now_ms = DESK_NOW_MS + 40 * DESK_MINUTE_MS;
    desk_event(desk, EVENT_TIME);
    assert_int_not_equal(desk->state.model.counts.overdue, 0);
    desk->now_ms = DESK_NOW_MS;
    desk_event(desk, EVENT_TIME);
    assert_int_equal(desk->state.model.counts.overdue, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_clock_set_back_makes_the_overdue_live_again_on_the_screen,
                                        desk_set_up, desk_tear_down),
    };
    return cmocka_run_group_tests_name("clock", tests, NULL, NULL);
}
