/* One action on all that is tagged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/helpers/desk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define A "aaaaaaaa-1" /* active on slot 1, used 12 s ago */
#define B "bbbbbbbb-2" /* active on slot 2 */
#define C "cccccccc-3" /* active on the workspace agent */
#define D "dddddddd-4" /* idle on slot 3 */
#define E "eeeeeeee-5" /* expired */
#define F "ffffffff-6" /* released */
#define REDO KEY_CTRL('R')
#define GC_REMOVES "The server's GC removes what is released."
#define FREE_FOR_NEW " free for new chats; nothing moves the old ones. "

static void assert_says(const struct desk *desk, enum ui_tone tone, const char *message)
{
    assert_string_equal(desk_message(desk), message);
    assert_int_equal(desk->app.ui.tone, tone);
}

static void assert_asks(const struct desk *desk, const char *question)
{
    assert_string_equal(desk_question(desk), question);
    assert_int_equal(desk->app.ui.mode, UI_CONFIRM);
}

/* The first letters of the stored states of all six. */
static const char *stored(struct desk *desk)
{
    static char letters[8];
    for (size_t i = 0; i < desk_first_count; i++) {
        char letter = desk_stored(desk, desk_first[i].id)[0];
        letters[i] = letter ? letter : '-';
    }
    return letters;
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

static void several_are_asked_about_with_what_the_server_does_next(void **state)
{
    struct desk *desk = *state;
    static const struct {
        const char *keys, *question;
    } table[] = {
        {"  K", "Release the 2 tagged sessions? 1 of them is in use (aaaaaaaa). 2 slots "
                "become" FREE_FOR_NEW GC_REMOVES},
        {"jvjjx", "Expire the 3 tagged sessions? 2 slots become" FREE_FOR_NEW
                  "What is expired stays in the registry: GC never removes it."},
        {"jvi", NULL},
        {"j ki", NULL}, /* the one that is tagged is under the cursor */
        {"*i", "Mark idle 3 of the 6 tagged sessions? An idle session keeps its slot until GC "
               "expires it. Skipped: 3 for which it makes no sense."},
        {"G k kP", "Purge the 2 tagged sessions? The server knows nothing of a session that has "
                   "no entry."},
        {"jj  /state:active\rK", "Release the 2 tagged sessions, of which the filter hides 1? 1 "
                                 "slot becomes" FREE_FOR_NEW GC_REMOVES},
    };
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        desk_save(desk, desk_first, desk_first_count);
        desk_key(desk, 'r');
        desk_keys(desk, "Ug");
        desk_keys(desk, table[i].keys);
        if (!table[i].question) {
            assert_int_equal(desk->app.ui.mode, UI_NORMAL);
            assert_string_equal(stored(desk), "aiaied");
            continue;
        }
        assert_asks(desk, table[i].question);
        desk_key(desk, '\r');
        assert_says(desk, TONE_WARNING, "Not done.");
        assert_string_equal(stored(desk), "aaaied");
        assert_true(desk->app.ui.tags.marked > 1);
    }
}

static void a_yes_does_all_as_one_and_u_takes_all_back(void **state)
{
    struct desk *desk = *state;
    desk_keys(desk, "vjjjKy");
    assert_says(desk, TONE_GOOD, "Released 4 sessions; slots 1, 2, 3 are free.  u = undo");
    assert_string_equal(stored(desk), "dddded");
    assert_int_equal(desk->app.ui.tags.marked, 0);
    assert_int_equal(count_lines(desk), 1);
    desk_key(desk, 'u');
    assert_says(desk, TONE_GOOD,
                "Undone op-0001 (release): 4 of 4 sessions are as they were before.  ^R = redo");
    assert_string_equal(stored(desk), "aaaied");
    desk_key(desk, REDO);
    assert_says(desk, TONE_GOOD,
                "Done again op-0001: 4 of 4 sessions are as they were before.  u = undo");
    assert_string_equal(stored(desk), "dddded");
    assert_int_equal(count_lines(desk), 3);
}

static void what_was_used_under_the_question_is_skipped_and_said(void **state)
{
    struct desk *desk = *state;
    desk_keys(desk, " j jK");
    desk_keys(desk, "n");
    desk_keys(desk, "gj K");
    desk_save_changed(desk, C, "active", 1000);
    desk_files(desk);
    desk_key(desk, 'y');
    assert_says(desk, TONE_WARNING,
                "Released 2 of 3 sessions; slots 1, 2 are free. cccccccc was used meanwhile: "
                "skipped, and still tagged.  u = undo");
    assert_string_equal(stored(desk), "ddaied");
    assert_int_equal(desk->app.ui.tags.marked, 1);
    assert_non_null(tags_find(&desk->app.ui.tags, STR(C)));
}

static void what_changed_otherwise_or_went_is_told_by_what_it_is_now(void **state)
{
    struct desk *desk = *state;
    static const struct {
        const char *id, *to, *message;
    } table[] = {
        {C, "idle", "cccccccc is idle now: skipped, and still tagged."},
        {C, "deleted", "cccccccc is released now: skipped, and still tagged."},
        {C, NULL, "cccccccc is gone: skipped."},
    };
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        char message[200];
        desk_save(desk, desk_first, desk_first_count);
        desk_key(desk, 'r');
        desk_keys(desk, "Ugj  x");
        desk_save_changed(desk, table[i].id, table[i].to, 6 * DESK_MINUTE_MS);
        desk_key(desk, 'y');
        (void)snprintf(message, sizeof(message),
                       "Expired 1 of 2 sessions; slot 2 is free. %s  u = undo", table[i].message);
        assert_says(desk, TONE_WARNING, message);
    }
}

static void what_changed_before_the_question_is_told_in_it_and_left_alone(void **state)
{
    struct desk *desk = *state;
    desk_keys(desk, "j   ");
    desk_save_changed(desk, D, "active", 1000);
    desk_files(desk);
    desk->now_ms += UI_NOTICE_MS;
    desk_key(desk, 'K');
    assert_asks(desk, "Release 2 of the 3 tagged sessions? 1 slot becomes" FREE_FOR_NEW GC_REMOVES
                      " Skipped: 1 changed since it was tagged.");
    desk_key(desk, 'y');
    assert_says(desk, TONE_WARNING,
                "Released 2 of 3 sessions; slot 2 is free. dddddddd is active now: skipped, and "
                "still tagged.  u = undo");
    assert_string_equal(desk_stored(desk, D), "active");
}

static void where_nothing_is_left_to_do_it_is_said_at_once(void **state)
{
    struct desk *desk = *state;
    desk_keys(desk, "G k kx");
    assert_says(desk, TONE_WARNING, "Nothing to expire: 2 for which it makes no sense.");
    desk_keys(desk, "Ug  P");
    assert_says(desk, TONE_WARNING, "Nothing to purge: 2 are live.");
    desk_keys(desk, "Ugj ");
    desk_save_changed(desk, B, "idle", 1000);
    desk_files(desk);
    desk->now_ms += UI_NOTICE_MS;
    desk_keys(desk, "GK");
    assert_says(desk, TONE_WARNING,
                "Nothing to release: 1 changed since it was tagged. Space twice tags one as it is "
                "now.");
    assert_string_equal(stored(desk), "aiaied");
}

static void a_tag_elsewhere_is_acted_on_only_after_a_yes_that_names_it(void **state)
{
    struct desk *desk = *state;
    desk_keys(desk, "j GK");
    assert_asks(desk, "Release bbbbbbbb? Slot 2 is free for the next new chat; its chat may stay "
                      "pinned to it. GC removes the entry.");
    desk_key(desk, 'y');
    assert_string_equal(stored(desk), "adaied");
    assert_says(desk, TONE_GOOD, "Released 1 session; slot 2 is free.  u = undo");
}

static void in_a_pane_keys_are_about_what_it_shows(void **state)
{
    struct desk *desk = *state;
    desk_keys(desk, "jj  ");
    desk_select(desk, B);
    desk_keys(desk, "\rK");
    assert_string_equal(stored(desk), "adaied");
    assert_int_equal(desk->app.ui.tags.marked, 2);
}

static void the_menu_is_about_all_that_is_tagged(void **state)
{
    struct desk *desk = *state;
    desk_keys(desk, "j   a");
    const struct menu *menu = &desk->app.ui.menu;
    assert_int_equal(desk->app.ui.mode, UI_MENU);
    assert_true(str_equal(menu->title, STR("3 tagged sessions")));
    assert_int_equal(menu->count, 4);
    assert_true(menu->items[0].can);
    assert_true(str_equal(menu->items[0].text,
                          STR("An idle session keeps its slot until GC expires it. Skipped: 1 is "
                              "already idle.")));
    assert_false(menu->items[3].can);
    assert_true(str_equal(menu->items[3].text, STR("Nothing to purge: 3 are live.")));
    desk_key(desk, 'P');
    assert_says(desk, TONE_WARNING, "Nothing to purge: 3 are live.");
    desk_key(desk, 'x');
    assert_int_equal(desk->app.ui.mode, UI_CONFIRM);
    desk_key(desk, 'y');
    assert_string_equal(stored(desk), "aeeeed");
    assert_int_equal(desk->app.ui.mode, UI_NORMAL);
}

static const char *copied(struct desk *desk)
{
    static char text[256];
    const struct buffer *clipboard = &desk->app.clipboard;
    (void)snprintf(text, sizeof(text), "%.*s", (int)clipboard->len, clipboard->data);
    return text;
}

static void the_command_that_does_the_same_is_copied(void **state)
{
    struct desk *desk = *state;
    desk_keys(desk, " j Y");
    assert_string_equal(copied(desk), "slotop release " A " " C);
    assert_says(desk, TONE_GOOD, "Copied slotop release " A " " C);
    desk_keys(desk, "aY");
    assert_string_equal(copied(desk), "slotop idle " A " " C);
    desk_keys(desk, "jY");
    assert_string_equal(copied(desk), "slotop expire " A " " C);
    assert_int_equal(desk->app.ui.mode, UI_MENU);
    desk_key(desk, KEY_ESCAPE);
    desk_keys(desk, "Uga");
    desk_keys(desk, "Y");
    assert_string_equal(copied(desk), "slotop idle " A);
}

static void the_ids_of_all_that_is_tagged_are_copied_one_a_line(void **state)
{
    struct desk *desk = *state;
    desk_keys(desk, " y");
    assert_string_equal(copied(desk), A);
    assert_says(desk, TONE_GOOD, "Copied " A ".");
    desk_keys(desk, "j y");
    assert_string_equal(copied(desk), A "\n" C);
    assert_says(desk, TONE_GOOD, "Copied the ids of 2 sessions, one a line.");
    desk_keys(desk, "Ugy");
    assert_string_equal(copied(desk), A);
}

static void an_id_that_a_shell_would_obey_as_a_line_is_not_among_them(void **state)
{
    struct desk *desk = *state;
    static const struct desk_entry entries[] = {
        {"a", "chat-slot-main-1", "active", 1},
        {"rm -r .", "chat-slot-main-2", "active", 2},
    };
    desk_save(desk, entries, 2);
    desk_key(desk, 'r');
    desk_keys(desk, "g*y");
    assert_string_equal(copied(desk), "");
    assert_says(desk, TONE_WARNING,
                "Not copied: an id among them holds characters that a shell would obey when lines "
                "are pasted.");
}

static void ids_that_look_like_options_stand_behind_two_dashes(void **state)
{
    struct desk *desk = *state;
    static const struct desk_entry entries[] = {
        {"-a", "chat-slot-main-1", "active", 1},
        {"b c", "chat-slot-main-2", "active", 2},
        {"--all", "main", "active", 3},
    };
    desk_save(desk, entries, 3);
    desk_key(desk, 'r');
    desk_keys(desk, "g*Y");
    assert_string_equal(copied(desk), "slotop release -- -a 'b c' --all");
}

static void read_only_does_nothing_to_tags(void **state)
{
    struct desk *desk = *state;
    desk->app.read_only = true;
    desk_keys(desk, "  K");
    assert_says(desk, TONE_WARNING, "Read-only: release is switched off; nothing was changed.");
    assert_int_equal(desk->app.ui.tags.marked, 2);
    assert_string_equal(stored(desk), "aaaied");
}

static void a_dry_run_says_what_would_be(void **state)
{
    struct desk *desk = *state;
    desk->state.store.dry_run = true;
    desk_keys(desk, "j  G Ky");
    assert_says(desk, TONE_GOOD,
                "Dry run: nothing was changed. Without it: Release what is tagged. 1 slot "
                "becomes" FREE_FOR_NEW GC_REMOVES " Skipped: 1 is already released.");
    assert_string_equal(stored(desk), "aaaied");
    assert_int_equal(desk->app.ui.tags.marked, 3);
}

static void a_torn_registry_is_not_written_and_tags_stay(void **state)
{
    struct desk *desk = *state;
    desk_keys(desk, "  K");
    desk_write(desk, "{\"version\": 1, \"agents\": {");
    desk_key(desk, 'y');
    assert_int_equal(desk->app.ui.tone, TONE_ERROR);
    assert_non_null(strstr(desk_message(desk), "is torn"));
    assert_int_equal(desk->app.ui.tags.marked, 2);
}

static void more_than_one_edit_can_take_are_refused(void **state)
{
    enum { MOST = 2000 };
    struct desk *desk = *state;
    static char ids[MOST + 1][16];
    struct desk_entry *entries = calloc(MOST + 1, sizeof(*entries));
    assert_non_null(entries);
    for (size_t i = 0; i <= MOST; i++) {
        (void)snprintf(ids[i], sizeof(ids[i]), "%08zx", i);
        entries[i] = (struct desk_entry){ids[i], "main", "active", 1};
    }
    desk_save(desk, entries, MOST + 1);
    desk_keys(desk, "r*K");
    assert_int_equal(desk->app.ui.mode, UI_NORMAL);
    assert_says(desk, TONE_WARNING,
                "Not done: 2001 sessions are too many for one edit. Tag at most 2000; 'slotop "
                "release' in a shell takes more.");
    desk_keys(desk, "g K");
    assert_int_equal(desk->app.ui.mode, UI_CONFIRM);
    free(entries);
}

static void more_than_the_journal_can_take_back_are_refused(void **state)
{
    struct desk *desk = *state;
    desk_keys(desk, "  ");
    struct entry *first = &desk->state.document.registry.entries[0];
    uint32_t len = first->value_len;
    first->value_len = JOURNAL_LINE_MAX_BYTES; /* as if it were that long */
    desk_key(desk, 'K');
    first->value_len = len;
    assert_says(desk, TONE_WARNING,
                "Not done: 2 sessions are too many for one edit. Tag at most 0.");
}

static void of_several_that_changed_the_first_is_named(void **state)
{
    struct desk *desk = *state;
    desk_keys(desk, "    K");
    desk_save_changed(desk, A, "expired", 12000);
    desk_files(desk);
    static const struct desk_entry later[] = {
        {A, "chat-slot-main-1", "active", 0},
        {B, "chat-slot-main-2", "idle", 5 * DESK_MINUTE_MS},
        {C, "main", "active", 6 * DESK_MINUTE_MS},
        {D, "chat-slot-main-3", "idle", 7 * DESK_MINUTE_MS},
    };
    desk_save(desk, later, 4);
    desk_key(desk, 'y');
    assert_says(desk, TONE_WARNING,
                "Released 2 of 4 sessions; slot 3 is free. 2 changed: aaaaaaaa was used meanwhile, "
                "...; skipped, and still tagged.  u = undo");
    assert_int_equal(desk->app.ui.tags.marked, 2);
}

#define ON_A_DESK(test)                                                                            \
    cmocka_unit_test_setup_teardown(test, desk_set_up_with_journal, desk_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_A_DESK(several_are_asked_about_with_what_the_server_does_next),
        ON_A_DESK(a_yes_does_all_as_one_and_u_takes_all_back),
        ON_A_DESK(what_was_used_under_the_question_is_skipped_and_said),
        ON_A_DESK(what_changed_otherwise_or_went_is_told_by_what_it_is_now),
        ON_A_DESK(what_changed_before_the_question_is_told_in_it_and_left_alone),
        ON_A_DESK(where_nothing_is_left_to_do_it_is_said_at_once),
        ON_A_DESK(a_tag_elsewhere_is_acted_on_only_after_a_yes_that_names_it),
        ON_A_DESK(in_a_pane_keys_are_about_what_it_shows),
        ON_A_DESK(the_menu_is_about_all_that_is_tagged),
        ON_A_DESK(the_command_that_does_the_same_is_copied),
        ON_A_DESK(the_ids_of_all_that_is_tagged_are_copied_one_a_line),
        ON_A_DESK(an_id_that_a_shell_would_obey_as_a_line_is_not_among_them),
        ON_A_DESK(ids_that_look_like_options_stand_behind_two_dashes),
        ON_A_DESK(read_only_does_nothing_to_tags),
        ON_A_DESK(a_dry_run_says_what_would_be),
        ON_A_DESK(a_torn_registry_is_not_written_and_tags_stay),
        ON_A_DESK(more_than_one_edit_can_take_are_refused),
        ON_A_DESK(more_than_the_journal_can_take_back_are_refused),
        ON_A_DESK(of_several_that_changed_the_first_is_named),
    };
    return cmocka_run_group_tests_name("app_batch", tests, NULL, NULL);
}
