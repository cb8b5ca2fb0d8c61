#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/helpers/desk.h"

#include <string.h>

#define A "aaaaaaaa-1"
#define B "bbbbbbbb-2"
#define C "cccccccc-3"
#define D "dddddddd-4"
#define E "eeeeeeee-5"
#define F "ffffffff-6"

/* The first letters of what is tagged, in the order of the table. */
static const char *tagged(const struct desk *desk)
{
    static char letters[8];
    const struct app *app = &desk->app;
    const struct registry *registry = &state_shown(&desk->state)->registry;
    size_t count = 0;
    for (size_t i = 0; i < registry->count && count < sizeof(letters) - 1; i++) {
        struct str id = entry_session_id(&registry->entries[i]);
        if (tags_find(&app->ui.tags, id))
            letters[count++] = id.data[0];
    }
    letters[count] = '\0';
    assert_int_equal(count, app->ui.tags.marked);
    return letters;
}

static void space_tags_and_moves_down_and_untags(void **state)
{
    struct desk *desk = *state;
    desk_keys(desk, "  j ");
    assert_string_equal(tagged(desk), "abd");
    assert_string_equal(desk_cursor(desk), E);
    desk_keys(desk, "g ");
    assert_string_equal(tagged(desk), "bd");
    assert_string_equal(desk_cursor(desk), B);
    desk_keys(desk, "G ");
    assert_string_equal(tagged(desk), "bdf");
    assert_string_equal(desk_cursor(desk), F); /* there is nothing below */
}

static void a_range_goes_with_the_cursor_in_both_directions(void **state)
{
    struct desk *desk = *state;
    static const struct {
        const char *keys, *tagged;
    } steps[] = {
        {"jjv", "c"}, {"j", "cd"},   {"j", "cde"}, {"k", "cd"}, {"kk", "bc"},
        {"k", "abc"}, {"G", "cdef"}, {"g", "abc"}, {"jj", "c"}, {"\x04", "cdef"},
    };
    desk->app.ui.page_rows = 5;
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        desk_keys(desk, steps[i].keys);
        assert_string_equal(tagged(desk), steps[i].tagged);
        assert_true(desk->app.ui.range.is_on);
    }
}

static void v_and_space_keep_a_range_and_escape_drops_it(void **state)
{
    struct desk *desk = *state;
    static const struct {
        const char *keys, *tagged;
    } ways[] = {{"v", "abc"}, {" ", "abc"}, {"\x1b", "b"}};
    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        desk_keys(desk, "Ugj gvjj");
        assert_string_equal(tagged(desk), "abc");
        desk_keys(desk, ways[i].keys);
        assert_string_equal(tagged(desk), ways[i].tagged);
        assert_false(desk->app.ui.range.is_on);
        assert_false(desk->app.ui.quit);
        desk_key(desk, 'j');
        assert_string_equal(tagged(desk), ways[i].tagged);
    }
}

static void untagging_all_and_inverting(void **state)
{
    struct desk *desk = *state;
    desk_keys(desk, " j *");
    assert_string_equal(tagged(desk), "bdef");
    desk_key(desk, 'U');
    assert_string_equal(tagged(desk), "");
    assert_string_equal(desk_message(desk), "4 untagged.");
    desk_key(desk, 'U');
    assert_string_equal(desk_message(desk), "Nothing is tagged.");
    desk_key(desk, '*');
    assert_string_equal(tagged(desk), "abcdef");
    desk_key(desk, '*');
    assert_string_equal(tagged(desk), "");
    desk_keys(desk, "vjU");
    assert_string_equal(tagged(desk), "");
    assert_false(desk->app.ui.range.is_on);
}

static void inverting_is_about_what_the_filter_shows(void **state)
{
    struct desk *desk = *state;
    desk_keys(desk, " /state:active\r*");
    assert_string_equal(tagged(desk), "bc");
    desk_key(desk, KEY_ESCAPE);
    assert_string_equal(tagged(desk), "bc");
}

static void tags_stay_on_their_sessions_through_every_order(void **state)
{
    struct desk *desk = *state;
    desk_keys(desk, "j j ");
    for (int i = 0; i < SORT_COUNT; i++) {
        desk_keys(desk, ">I");
        assert_string_equal(tagged(desk), "bd");
    }
}

static void the_tag_of_a_session_that_vanishes_goes(void **state)
{
    struct desk *desk = *state;
    desk_keys(desk, "  ");
    desk_save_changed(desk, A, NULL, 0);
    desk_files(desk);
    assert_string_equal(tagged(desk), "b");
    desk_save(desk, desk_first, desk_first_count);
    desk_files(desk);
    assert_string_equal(tagged(desk), "b");
}

static void a_tag_keeps_what_was_seen_when_it_was_set(void **state)
{
    struct desk *desk = *state;
    desk_select(desk, B);
    desk_key(desk, ' ');
    desk_save_changed(desk, B, "idle", 1000);
    desk_files(desk);
    const struct tag *tag = tags_find(&desk->app.ui.tags, STR(B));
    assert_int_equal(tag->state, STATE_ACTIVE);
    desk->now_ms += UI_NOTICE_MS;
    desk_select(desk, B);
    desk_keys(desk, " ");
    desk_select(desk, B);
    desk_keys(desk, " ");
    tag = tags_find(&desk->app.ui.tags, STR(B));
    assert_int_equal(tag->state, STATE_IDLE);
}

static void a_row_that_changed_just_before_is_not_tagged(void **state)
{
    struct desk *desk = *state;
    desk_select(desk, B);
    desk_save_changed(desk, B, "idle", 5 * DESK_MINUTE_MS);
    desk_files(desk);
    desk_key(desk, ' ');
    assert_string_equal(desk_message(desk), "Not done: this row changed just before. Look, then "
                                            "press Space again.");
    assert_string_equal(tagged(desk), "");
    desk_key(desk, ' ');
    assert_string_equal(tagged(desk), "b");
}

static void a_range_whose_first_session_goes_is_stretched_from_its_place(void **state)
{
    struct desk *desk = *state;
    desk_keys(desk, "jvj");
    assert_string_equal(tagged(desk), "bc");
    desk_save_changed(desk, B, NULL, 0);
    desk_files(desk);
    assert_string_equal(tagged(desk), "c");
    desk_key(desk, 'j');
    assert_string_equal(tagged(desk), "cd");
    desk_save(desk, desk_first, 1);
    desk_files(desk);
    assert_string_equal(tagged(desk), "");
    desk_keys(desk, "Gv");
    assert_false(desk->app.ui.range.is_on);
}

static void tags_are_set_in_the_table_only(void **state)
{
    struct desk *desk = *state;
    for (const char *pane = "\rfEw"; *pane; pane++) {
        desk_select(desk, C);
        desk_key(desk, (uint32_t)*pane);
        desk_keys(desk, " *v");
        assert_string_equal(desk_message(desk), "Tags are set in the table: Esc leads there.");
        assert_string_equal(tagged(desk), "");
        desk_key(desk, KEY_ESCAPE);
        assert_int_equal(desk->app.ui.mode, UI_NORMAL);
    }
}

static void without_rows_there_is_nothing_to_tag(void **state)
{
    struct desk *desk = *state;
    desk_keys(desk, "/nothing\r *v");
    assert_string_equal(tagged(desk), "");
    assert_false(desk->app.ui.range.is_on);
    assert_string_equal(desk_message(desk), "No session is selected.");
}

#define ON_A_DESK(test) cmocka_unit_test_setup_teardown(test, desk_set_up, desk_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_A_DESK(space_tags_and_moves_down_and_untags),
        ON_A_DESK(a_range_goes_with_the_cursor_in_both_directions),
        ON_A_DESK(v_and_space_keep_a_range_and_escape_drops_it),
        ON_A_DESK(untagging_all_and_inverting),
        ON_A_DESK(inverting_is_about_what_the_filter_shows),
        ON_A_DESK(tags_stay_on_their_sessions_through_every_order),
        ON_A_DESK(the_tag_of_a_session_that_vanishes_goes),
        ON_A_DESK(a_tag_keeps_what_was_seen_when_it_was_set),
        ON_A_DESK(a_row_that_changed_just_before_is_not_tagged),
        ON_A_DESK(a_range_whose_first_session_goes_is_stretched_from_its_place),
        ON_A_DESK(tags_are_set_in_the_table_only),
        ON_A_DESK(without_rows_there_is_nothing_to_tag),
    };
    return cmocka_run_group_tests_name("app_tags", tests, NULL, NULL);
}
