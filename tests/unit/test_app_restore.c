#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/helpers/desk.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define TORN "{\"version\": 1, \"agents\": {\"aaaaaaaa-1\": {\"chat"

static const struct desk_entry new_one[] = {{"99999999-9", "chat-slot-main-1", "active", 0}};

static int set_up(void **state)
{
    if (desk_set_up(state) != 0)
        return -1;
    struct desk *desk = *state;
    buffer_addf(&desk->state.copies_dir, "%s/own/copies", desk->tree.path);
    desk->state.store.copies_dir = desk->state.copies_dir.data;
    return desk->state.copies_dir.failed ? -1 : 0;
}

/* The server's save after it has found the file torn. */
static void wipe(struct desk *desk)
{
    desk_save(desk, new_one, 1);
    desk_files(desk);
}

static void tear(struct desk *desk)
{
    desk_write(desk, TORN);
    desk_files(desk);
    desk->now_ms += STATE_TORN_MS;
    desk_files(desk);
}

static void assert_says(const struct desk *desk, enum ui_tone tone, const char *message)
{
    assert_string_equal(desk_message(desk), message);
    assert_int_equal(desk->app.ui.tone, tone);
}

static void b_brings_a_wiped_registry_back_after_a_yes(void **state)
{
    struct desk *desk = *state;
    wipe(desk);
    assert_true(desk->state.is_wiped);
    assert_int_equal(desk->app.rows.count, 1);
    desk->now_ms += 3 * DESK_MINUTE_MS;
    desk_key(desk, 'B');
    assert_int_equal(desk->app.ui.mode, UI_CONFIRM);
    assert_string_equal(desk_question(desk), "Bring back 5 sessions from the copy kept 3m ago? "
                                             "What the server has written since stays.");
    assert_string_equal(desk_stored(desk, "aaaaaaaa-1"), "");
    desk_key(desk, 'y');
    assert_says(desk, TONE_GOOD,
                "Brought back 5 sessions; read back from the file. 1 written since stays as it "
                "is.");
    assert_string_equal(desk_stored(desk, "99999999-9"), "active");
    assert_string_equal(desk_stored(desk, "aaaaaaaa-1"), "active");
    assert_string_equal(desk_stored(desk, "dddddddd-4"), "idle");
    assert_string_equal(desk_stored(desk, "eeeeeeee-5"), "expired");
    assert_string_equal(desk_stored(desk, "ffffffff-6"), ""); /* was released */
    assert_int_equal(desk->app.rows.count, 6);
    assert_false(desk->state.is_wiped);
}

static void anything_but_yes_leaves_it_and_the_alarm_stays(void **state)
{
    struct desk *desk = *state;
    wipe(desk);
    desk_keys(desk, "Bn");
    assert_says(desk, TONE_WARNING, "Not done.");
    assert_string_equal(desk_stored(desk, "aaaaaaaa-1"), "");
    assert_true(desk->state.is_wiped);
    /* and the next yes is about what it asks */
    desk->now_ms += 1000;
    desk_keys(desk, "Ky");
    assert_string_equal(desk_stored(desk, "99999999-9"), "deleted");
    assert_string_equal(desk_stored(desk, "aaaaaaaa-1"), "");
}

static void b_puts_a_copy_in_the_place_of_a_torn_file(void **state)
{
    struct desk *desk = *state;
    tear(desk);
    desk_key(desk, 'B');
    assert_string_equal(desk_question(desk),
                        "Put the copy kept 0s ago, with 5 sessions, in the place of a file that "
                        "the server cannot read?");
    desk_key(desk, 'y');
    assert_says(desk, TONE_GOOD, "Brought back 5 sessions; read back from the file.");
    assert_int_equal(desk->state.document.state, DOCUMENT_OK);
    assert_string_equal(desk_stored(desk, "bbbbbbbb-2"), "active");
    assert_int_equal(desk->app.rows.count, 5);
}

static void a_save_while_the_question_was_open_wins(void **state)
{
    static const struct desk_entry saved[] = {{"aaaaaaaa-1", "chat-slot-main-3", "idle", 0},
                                              {"99999999-9", "chat-slot-main-1", "active", 0}};
    struct desk *desk = *state;
    tear(desk);
    desk_key(desk, 'B');
    desk_save(desk, saved, 2);
    desk_files(desk);
    desk_key(desk, 'y');
    assert_says(desk, TONE_GOOD,
                "Brought back 4 sessions; read back from the file. 2 written since stay as they "
                "are.");
    assert_string_equal(desk_stored(desk, "aaaaaaaa-1"), "idle");
    assert_string_equal(desk_stored(desk, "bbbbbbbb-2"), "active");
}

static void what_came_back_by_itself_needs_nothing(void **state)
{
    struct desk *desk = *state;
    wipe(desk);
    desk_key(desk, 'B');
    desk_save(desk, desk_first, desk_first_count);
    desk_key(desk, 'y');
    assert_says(desk, TONE_WARNING,
                "Nothing to bring back: the registry has what the copies have.");
}

static void d_dismisses_the_alarm_and_keeps_the_copy(void **state)
{
    struct desk *desk = *state;
    desk_key(desk, 'D');
    assert_says(desk, TONE_WARNING, "There is no alarm of a wiped registry to dismiss.");
    wipe(desk);
    desk_key(desk, 'D');
    assert_says(desk, TONE_GOOD, "Dismissed. The copy is kept: B brings it back still.");
    assert_false(desk->state.is_wiped);
    desk_keys(desk, "By");
    assert_string_equal(desk_stored(desk, "aaaaaaaa-1"), "active");
}

static void without_a_loss_there_is_nothing_to_bring_back(void **state)
{
    struct desk *desk = *state;
    desk_key(desk, 'B');
    assert_int_equal(desk->app.ui.mode, UI_NORMAL);
    assert_int_equal(desk->app.ui.tone, TONE_WARNING);
    assert_non_null(
        strstr(desk_message(desk), "Not done: no copy of the registry has been kept in "));
    desk_select(desk, "bbbbbbbb-2");
    desk_key(desk, 'K');
    desk_key(desk, 'B');
    assert_int_equal(desk->app.ui.mode, UI_NORMAL);
    assert_says(desk, TONE_WARNING,
                "Nothing to bring back: the registry has what the copies have.");
}

static void an_action_keeps_a_copy_of_what_was_before(void **state)
{
    struct desk *desk = *state;
    struct copies copies = {0};
    desk_select(desk, "bbbbbbbb-2");
    desk_key(desk, 'K');
    assert_int_equal(copies_list(desk->state.copies_dir.data, &copies, NULL), 0);
    assert_int_equal(copies.count, 1);
    assert_string_equal(copies.items[0].reason, COPIES_BEFORE_EDIT);
    assert_int_equal(copies.items[0].live, 4);
    copies_done(&copies);
}

static void an_action_is_done_without_a_copy_and_says_so(void **state)
{
    struct desk *desk = *state;
    tree_put(&desk->tree, "own", "a file stands here");
    desk_select(desk, "bbbbbbbb-2");
    desk_key(desk, 'K');
    assert_string_equal(desk_stored(desk, "bbbbbbbb-2"), "deleted");
    assert_non_null(strstr(desk_message(desk), "Released bbbbbbbb"));
    assert_non_null(strstr(desk_message(desk), ". But no copy of the registry was kept: "));
    assert_int_equal(desk->app.ui.tone, TONE_WARNING);
}

static void read_only_brings_nothing_back(void **state)
{
    struct desk *desk = *state;
    desk->app.read_only = desk->state.store.read_only = true;
    wipe(desk);
    desk_key(desk, 'B');
    assert_says(desk, TONE_WARNING, "Read-only: bring back is switched off; nothing was changed.");
    assert_int_equal(desk->app.ui.mode, UI_NORMAL);
    assert_true(copies_exist(desk->state.copies_dir.data));
}

static void a_dry_run_says_what_would_come_back(void **state)
{
    struct desk *desk = *state;
    wipe(desk);
    desk->state.store.dry_run = true;
    desk_keys(desk, "By");
    assert_says(desk, TONE_GOOD,
                "Dry run: nothing was changed. Without it: bring back 5 sessions.");
    assert_string_equal(desk_stored(desk, "aaaaaaaa-1"), "");
}

static void a_copy_that_went_before_the_yes_is_an_error(void **state)
{
    struct desk *desk = *state;
    struct copies copies = {0};
    char path[512];
    wipe(desk);
    desk_key(desk, 'B');
    assert_int_equal(copies_list(desk->state.copies_dir.data, &copies, NULL), 0);
    (void)snprintf(path, sizeof(path), "%s/%s", desk->state.copies_dir.data, copies.items[0].name);
    assert_int_equal(unlink(path), 0);
    desk_key(desk, 'y');
    assert_int_equal(desk->app.ui.tone, TONE_ERROR);
    assert_string_equal(desk_stored(desk, "aaaaaaaa-1"), "");
    copies_done(&copies);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, desk_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(b_brings_a_wiped_registry_back_after_a_yes),
        TEST(anything_but_yes_leaves_it_and_the_alarm_stays),
        TEST(b_puts_a_copy_in_the_place_of_a_torn_file),
        TEST(a_save_while_the_question_was_open_wins),
        TEST(what_came_back_by_itself_needs_nothing),
        TEST(d_dismisses_the_alarm_and_keeps_the_copy),
        TEST(without_a_loss_there_is_nothing_to_bring_back),
        TEST(an_action_keeps_a_copy_of_what_was_before),
        TEST(an_action_is_done_without_a_copy_and_says_so),
        TEST(read_only_brings_nothing_back),
        TEST(a_dry_run_says_what_would_come_back),
        TEST(a_copy_that_went_before_the_yes_is_an_error),
    };
    return cmocka_run_group_tests_name("app_restore", tests, NULL, NULL);
}
