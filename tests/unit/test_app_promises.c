#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/helpers/desk.h"

#include <string.h>

/* desk_first as it was is what a server writes that read before the operator acted. */
static void write_older_copy(struct desk *desk)
{
    desk_save(desk, desk_first, desk_first_count);
    desk_files(desk);
}

static const char *first_live(void)
{
    for (size_t i = 0; i < desk_first_count; i++)
        if (strcmp(desk_first[i].state, "idle") == 0)
            return desk_first[i].id;
    fail_msg("no idle entry at the desk");
    return "";
}

static void an_older_copy_over_the_operators_change_is_mended_and_told(void **state)
{
    struct desk *desk = *state;
    const char *id = first_live();
    desk_select(desk, id);
    desk_keys(desk, "K");
    assert_string_equal(desk_stored(desk, id), "deleted");
    for (int i = 0; i < 3; i++) {
        write_older_copy(desk);
        assert_string_equal(desk_stored(desk, id), "deleted");
        assert_non_null(strstr(desk_message(desk), "older copy over your change; it was applied"));
    }
}

static void several_overwritten_at_once_are_told_by_their_number(void **state)
{
    struct desk *desk = *state;
    const char *ids[] = {desk_first[0].id, desk_first[1].id};
    for (size_t i = 0; i < 2; i++) {
        desk_select(desk, ids[i]);
        desk_keys(desk, "K");
        desk_keys(desk, "y");
        assert_string_equal(desk_stored(desk, ids[i]), "deleted");
    }
    write_older_copy(desk);
    for (size_t i = 0; i < 2; i++)
        assert_string_equal(desk_stored(desk, ids[i]), "deleted");
    assert_non_null(strstr(desk_message(desk), " and 1 more: the server wrote an older copy"));
}

static void a_session_that_is_used_again_is_told_and_left_alone(void **state)
{
    struct desk *desk = *state;
    const char *id = first_live();
    desk_select(desk, id);
    desk_keys(desk, "K");
    desk_save_changed(desk, id, "active", 1000);
    desk_files(desk);
    assert_string_equal(desk_stored(desk, id), "active");
    assert_non_null(strstr(desk_message(desk), "has moved on since your change"));
}

static void a_state_that_is_none_of_the_servers_is_told_and_left_alone(void **state)
{
    struct desk *desk = *state;
    const char *id = first_live();
    desk_select(desk, id);
    desk_keys(desk, "K");
    desk_save_changed(desk, id, "actctive", 0);
    desk_files(desk);
    assert_string_equal(desk_stored(desk, id), "actctive");
    assert_non_null(strstr(desk_message(desk), "a state that is none of the server's"));
}

static void what_gc_makes_of_a_released_session_is_no_news(void **state)
{
    struct desk *desk = *state;
    const char *id = first_live();
    desk_select(desk, id);
    desk_keys(desk, "K");
    desk_save_changed(desk, id, NULL, 0);
    desk_files(desk);
    assert_string_equal(desk_stored(desk, id), "");
    assert_null(strstr(desk_message(desk), "moved on"));
}

int main(void)
{
#define DESK_TEST(name) cmocka_unit_test_setup_teardown(name, desk_set_up, desk_tear_down)
    const struct CMUnitTest tests[] = {
        DESK_TEST(an_older_copy_over_the_operators_change_is_mended_and_told),
        DESK_TEST(several_overwritten_at_once_are_told_by_their_number),
        DESK_TEST(a_session_that_is_used_again_is_told_and_left_alone),
        DESK_TEST(a_state_that_is_none_of_the_servers_is_told_and_left_alone),
        DESK_TEST(what_gc_makes_of_a_released_session_is_no_news),
    };
    return cmocka_run_group_tests_name("app_promises", tests, NULL, NULL);
}
