// LDFLAGS: -Wl,--wrap=write
/* u and Ctrl-R on the dashboard, and what the journal then holds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/helpers/desk.h"

#define QUIET "bbbbbbbb-2"    /* active on slot 2 */
#define IDLE "dddddddd-4"     /* idle on slot 3 */
#define RELEASED "ffffffff-6" /* was on slot 2 */
#define REDO KEY_CTRL('R')

static int write_errno;
ssize_t __real_write(int fd, const void *bytes, size_t len);
ssize_t __wrap_write(int fd, const void *bytes, size_t len);

ssize_t __wrap_write(int fd, const void *bytes, size_t len)
{
    errno = write_errno;
    return write_errno ? -1 : __real_write(fd, bytes, len);
}

static int set_up(void **state)
{
    write_errno = 0;
    return desk_set_up_with_journal(state);
}

static int tear_down(void **state)
{
    write_errno = 0;
    return desk_tear_down(state);
}

static void assert_says(const struct desk *desk, enum ui_tone tone, const char *message)
{
    assert_string_equal(desk_message(desk), message);
    assert_int_equal(desk->app.ui.tone, tone);
}

static size_t count_lines(const struct desk *desk)
{
    char *text = tree_read(&desk->tree, "journal/journal.jsonl");
    size_t count = 0;
    for (const char *at = text; at && (at = strchr(at, '\n')); at++)
        count++;
    free(text);
    return count;
}

static void an_action_is_undone_and_done_again(void **state)
{
    struct desk *desk = *state;
    desk_select(desk, QUIET);
    desk_key(desk, 'K');
    assert_says(desk, TONE_GOOD, "Released bbbbbbbb; slot 2 is free.  u = undo");
    desk_key(desk, 'u');
    assert_says(desk, TONE_GOOD, "Undone op-0001 (release): bbbbbbbb is active again.  ^R = redo");
    assert_string_equal(desk_stored(desk, QUIET), "active");
    desk_key(desk, REDO);
    assert_says(desk, TONE_GOOD, "Done again op-0001: bbbbbbbb is released again.  u = undo");
    assert_string_equal(desk_stored(desk, QUIET), "deleted");
    assert_int_equal(count_lines(desk), 3);
}

static void undo_goes_back_step_by_step_and_then_there_is_nothing(void **state)
{
    struct desk *desk = *state;
    desk_select(desk, QUIET);
    desk_key(desk, 'i');
    desk_key(desk, 'x');
    assert_string_equal(desk_stored(desk, QUIET), "expired");
    desk_key(desk, 'u');
    assert_string_equal(desk_stored(desk, QUIET), "idle");
    desk_key(desk, 'u');
    assert_string_equal(desk_stored(desk, QUIET), "active");
    desk_key(desk, 'u');
    assert_non_null(strstr(desk_message(desk), "Not done: nothing to undo on "));
    assert_int_equal(desk->app.ui.tone, TONE_WARNING);
    desk_key(desk, REDO);
    desk_key(desk, REDO);
    assert_string_equal(desk_stored(desk, QUIET), "expired");
    desk_key(desk, REDO);
    assert_non_null(strstr(desk_message(desk), "Not done: nothing to redo on "));
    assert_int_equal(count_lines(desk), 6);
}

static void a_purged_entry_comes_back(void **state)
{
    struct desk *desk = *state;
    desk_select(desk, RELEASED);
    desk_keys(desk, "Py");
    assert_string_equal(desk_stored(desk, RELEASED), "");
    desk_key(desk, 'u');
    assert_says(desk, TONE_GOOD, "Undone op-0001 (purge): ffffffff is released again.  ^R = redo");
    desk_key(desk, REDO);
    assert_says(desk, TONE_GOOD, "Done again op-0001: ffffffff-6 has no entry again.  u = undo");
}

static void what_has_happened_since_is_said_and_nothing_is_undone(void **state)
{
    struct desk *desk = *state;
    desk_select(desk, QUIET);
    desk_key(desk, 'K');
    desk_save_changed(desk, QUIET, "active", 0);
    desk_files(desk);
    desk_key(desk, 'u');
    assert_says(
        desk, TONE_WARNING,
        "Not undone: op-0001 (release). Left alone: bbbbbbbb, for it is active again since.");
    assert_string_equal(desk_stored(desk, QUIET), "active");
    assert_int_equal(count_lines(desk), 1);
}

static void what_another_process_did_is_asked_about_after_what_was_done_here(void **state)
{
    struct desk *desk = *state;
    desk_select(desk, QUIET);
    desk_key(desk, 'K');
    desk->journal.pid = 200;
    desk_select(desk, IDLE);
    desk_key(desk, 'K');
    desk->journal.pid = 100;
    desk_key(desk, 'u');
    assert_string_equal(desk_stored(desk, QUIET), "active");
    assert_string_equal(desk_stored(desk, IDLE), "deleted");
    desk_keys(desk, "un");
    assert_string_equal(desk_stored(desk, IDLE), "deleted");
    desk_key(desk, 'u');
    assert_string_equal(desk->app.ui.question.data,
                        "Undo op-0002 (release) of 1 session? It was not done here, but by ana, 0s "
                        "ago.");
    desk_key(desk, 'y');
    assert_string_equal(desk_stored(desk, IDLE), "idle");
}

/* The undo was made by another process: to do again what it undid is asked about, too. */
static void what_another_process_undid_is_asked_about_before_it_is_done_again(void **state)
{
    struct desk *desk = *state;
    desk_select(desk, QUIET);
    desk_keys(desk, "Ku");
    desk->journal.pid = 200;
    desk_key(desk, REDO);
    assert_string_equal(desk_stored(desk, QUIET), "active");
    assert_string_equal(desk->app.ui.question.data,
                        "Do again op-0001 of 1 session? It was not done here, but by ana, 0s ago.");
    desk_key(desk, 'y');
    assert_string_equal(desk_stored(desk, QUIET), "deleted");
}

/* As another slotop does: the entry as it was, and a line in the journal. */
static void undo_elsewhere(struct desk *desk, bool is_recorded)
{
    struct buffer registry = {0};
    struct journal_change change = {.session_id = STR(QUIET)};
    struct journal other = desk->journal;
    uint32_t id;
    other.pid = 200;
    desk_save(desk, desk_first, desk_first_count);
    journal_registry(desk->state.store.path, &registry);
    struct journal_operation operation = {
        .registry = buffer_str(&registry),
        .command = STR("undo"),
        .undoes = 1,
        .changes = &change,
        .change_count = 1,
    };
    if (is_recorded)
        assert_int_equal(journal_append(&other, &operation, &id, NULL), 0);
    buffer_done(&registry);
    desk_files(desk);
}

static void what_another_slotop_took_back_is_not_done_again(void **state)
{
    struct desk *desk = *state;
    desk_select(desk, QUIET);
    desk_key(desk, 'K');
    undo_elsewhere(desk, true);
    assert_string_equal(desk_stored(desk, QUIET), "active");
    desk_files(desk);
    assert_string_equal(desk_stored(desk, QUIET), "active");
}

static void what_a_server_wrote_over_is_done_again(void **state)
{
    struct desk *desk = *state;
    desk_select(desk, QUIET);
    desk_key(desk, 'K');
    undo_elsewhere(desk, false);
    assert_string_equal(desk_stored(desk, QUIET), "deleted");
}

static void an_action_that_is_not_recorded_is_done_and_told(void **state)
{
    struct desk *desk = *state;
    desk_select(desk, QUIET);
    desk_key(desk, 'K');
    desk_select(desk, IDLE);
    write_errno = ENOSPC;
    desk_key(desk, 'K');
    write_errno = 0;
    assert_int_equal(desk->app.ui.tone, TONE_WARNING);
    assert_non_null(
        strstr(desk_message(desk), "Released dddddddd; slot 3 is free. But the change is made"));
    assert_non_null(strstr(desk_message(desk), "No space left on device"));
    assert_null(strstr(desk_message(desk), "u = undo"));
    desk_key(desk, 'u');
    assert_says(desk, TONE_WARNING,
                "The last change is not in the journal: it cannot be undone from here.");
    assert_string_equal(desk_stored(desk, QUIET), "deleted");
    assert_string_equal(desk_stored(desk, IDLE), "deleted");
}

static void read_only_refuses_both(void **state)
{
    struct desk *desk = *state;
    desk_select(desk, QUIET);
    desk_key(desk, 'K');
    desk->app.read_only = true;
    desk_key(desk, 'u');
    assert_says(desk, TONE_WARNING, "Read-only: undo is switched off; nothing was changed.");
    desk_key(desk, REDO);
    assert_says(desk, TONE_WARNING, "Read-only: redo is switched off; nothing was changed.");
    assert_string_equal(desk_stored(desk, QUIET), "deleted");
}

static void a_dry_run_undoes_and_records_nothing(void **state)
{
    struct desk *desk = *state;
    desk_select(desk, QUIET);
    desk_key(desk, 'K');
    desk->state.store.dry_run = true;
    desk_key(desk, 'u');
    assert_string_equal(desk_message(desk), "Dry run: nothing was changed. It would undo op-0001 "
                                            "(release): bbbbbbbb would be active again.");
    assert_string_equal(desk_stored(desk, QUIET), "deleted");
    assert_int_equal(count_lines(desk), 1);
}

static void without_a_journal_actions_work_and_nothing_can_be_undone(void **state)
{
    struct desk *desk = *state;
    desk->app.journal = NULL;
    desk_select(desk, QUIET);
    desk_key(desk, 'K');
    assert_says(desk, TONE_GOOD, "Released bbbbbbbb; slot 2 is free.");
    desk_key(desk, 'u');
    assert_says(desk, TONE_WARNING, "No journal is kept here: nothing can be undone.");
}

static void pasted_text_undoes_nothing(void **state)
{
    struct desk *desk = *state;
    desk_select(desk, QUIET);
    desk_key(desk, 'K');
    desk_paste(desk, "u");
    assert_string_equal(desk_stored(desk, QUIET), "deleted");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(an_action_is_undone_and_done_again),
        TEST(undo_goes_back_step_by_step_and_then_there_is_nothing),
        TEST(a_purged_entry_comes_back),
        TEST(what_has_happened_since_is_said_and_nothing_is_undone),
        TEST(what_another_process_did_is_asked_about_after_what_was_done_here),
        TEST(what_another_process_undid_is_asked_about_before_it_is_done_again),
        TEST(what_another_slotop_took_back_is_not_done_again),
        TEST(what_a_server_wrote_over_is_done_again),
        TEST(an_action_that_is_not_recorded_is_done_and_told),
        TEST(read_only_refuses_both),
        TEST(a_dry_run_undoes_and_records_nothing),
        TEST(without_a_journal_actions_work_and_nothing_can_be_undone),
        TEST(pasted_text_undoes_nothing),
    };
    return cmocka_run_group_tests_name("app_undo", tests, NULL, NULL);
}
