/* The line after ':' on the dashboard: what is typed, completed, refused and done. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/helpers/desk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RECENT "aaaaaaaa-1"   /* active on slot 1, used 12 s ago */
#define QUIET "bbbbbbbb-2"    /* active on slot 2 */
#define FALLBACK "cccccccc-3" /* active on the workspace agent */
#define IDLE "dddddddd-4"     /* idle on slot 3 */
#define EXPIRED "eeeeeeee-5"
#define RELEASED "ffffffff-6"

static const struct prompt *prompt_of(const struct desk *desk)
{
    return &desk->app.ui.prompt;
}

/* ':' and the line, without Enter. */
static void type(struct desk *desk, const char *line)
{
    desk_keys(desk, ":");
    assert_int_equal(desk->app.ui.mode, UI_LINE);
    desk_keys(desk, line);
}

static void run(struct desk *desk, const char *line)
{
    type(desk, line);
    desk_key(desk, KEY_ENTER);
}

static void assert_begins(const char *text, const char *beginning)
{
    if (strncmp(text, beginning, strlen(beginning)) != 0)
        fail_msg("'%s' does not begin with '%s'", text, beginning);
}

/* ---- what it does ---- */

static void a_command_acts_on_the_session_that_is_named(void **state)
{
    struct desk *desk = *state;
    run(desk, "release bbbb");
    assert_string_equal(desk_stored(desk, QUIET), "deleted");
    assert_begins(desk_message(desk), "Released bbbbbbbb; slot 2 is free.");
    assert_string_equal(desk_cursor(desk), RECENT);
    desk_keys(desk, "u");
    assert_string_equal(desk_stored(desk, QUIET), "active");
}

static void without_a_session_it_acts_on_the_one_under_the_cursor(void **state)
{
    struct desk *desk = *state;
    desk_select(desk, QUIET);
    run(desk, "idle");
    assert_string_equal(desk_stored(desk, QUIET), "idle");
    assert_string_equal(desk_stored(desk, RECENT), "active");
}

/* The session that was meant may be gone, and another one be under the cursor. */
static void a_cursor_that_moved_meanwhile_is_not_acted_on(void **state)
{
    struct desk *desk = *state;
    desk_select(desk, QUIET);
    type(desk, "release");
    desk_save_changed(desk, QUIET, NULL, 0);
    desk_files(desk);
    desk->now_ms += 60000;
    desk_key(desk, KEY_ENTER);
    assert_begins(desk_message(desk), "Not done: another session is under the cursor");
    assert_string_equal(desk_stored(desk, FALLBACK), "active");
}

static void it_asks_where_the_key_asks(void **state)
{
    struct desk *desk = *state;
    run(desk, "release " RECENT);
    assert_int_equal(desk->app.ui.mode, UI_CONFIRM);
    assert_string_equal(desk_stored(desk, RECENT), "active");
    desk_keys(desk, "n");
    assert_string_equal(desk_stored(desk, RECENT), "active");
    run(desk, "release " RECENT);
    desk_keys(desk, "y");
    assert_string_equal(desk_stored(desk, RECENT), "deleted");
}

static void several_sessions_are_one_guarded_edit(void **state)
{
    struct desk *desk = *state;
    run(desk, "release bbbb cccc");
    assert_int_equal(desk->app.ui.mode, UI_CONFIRM);
    assert_begins(desk_question(desk), "Release the 2 tagged sessions?");
    desk_keys(desk, "y");
    assert_string_equal(desk_stored(desk, QUIET), "deleted");
    assert_string_equal(desk_stored(desk, FALLBACK), "deleted");
    desk_keys(desk, "u");
    assert_string_equal(desk_stored(desk, QUIET), "active");
}

/* What a line names is tagged while it is asked, and no longer. */
static void the_operators_own_tags_are_there_again_afterwards(void **state)
{
    struct desk *desk = *state;
    const struct tags *tags = &desk->app.ui.tags;
    desk_select(desk, IDLE);
    desk_keys(desk, " ");
    run(desk, "release bbbb cccc");
    assert_int_equal(tags->marked, 2);
    assert_null(tags_find(tags, STR(IDLE)));
    desk_keys(desk, "n");
    assert_int_equal(tags->marked, 1);
    assert_non_null(tags_find(tags, STR(IDLE)));
    run(desk, "purge --expired-before 30m");
    desk_keys(desk, "n");
    run(desk, "expire ffff eeee"); /* nothing to do: no question */
    assert_int_equal(desk->app.ui.mode, UI_NORMAL);
    run(desk, "release bbbb zzzz");
    assert_int_equal(tags->marked, 1);
    run(desk, "release bbbb cccc");
    desk_keys(desk, "y");
    assert_string_equal(desk_stored(desk, QUIET), "deleted");
    assert_int_equal(tags->marked, 1);
    assert_non_null(tags_find(tags, STR(IDLE)));
}

static void what_is_due_is_expired_after_a_yes(void **state)
{
    struct desk *desk = *state;
    run(desk, "expire --due");
    assert_string_equal(desk_message(desk), "Nothing is past its TTL.");
    desk_save_changed(desk, QUIET, "active", (int64_t)40 * DESK_MINUTE_MS);
    desk_files(desk);
    run(desk, "expire --due");
    assert_int_equal(desk->app.ui.mode, UI_CONFIRM);
    assert_begins(desk_question(desk), "Expire bbbbbbbb");
    desk_keys(desk, "y");
    assert_string_equal(desk_stored(desk, QUIET), "expired");
    assert_string_equal(desk_stored(desk, RECENT), "active");
}

static void old_expired_entries_are_purged_after_a_yes(void **state)
{
    struct desk *desk = *state;
    run(desk, "purge --expired-before 2h");
    assert_string_equal(desk_message(desk), "No expired entry is that old.");
    run(desk, "purge --expired-before 30m");
    assert_begins(desk_question(desk), "Purge eeeeeeee");
    desk_keys(desk, "y");
    assert_string_equal(desk_stored(desk, EXPIRED), "");
    assert_string_equal(desk_stored(desk, RELEASED), "deleted");
}

static void gc_asks_and_does_what_gc_does(void **state)
{
    struct desk *desk = *state;
    run(desk, "gc");
    assert_begins(desk_question(desk),
                  "Do what GC does: expire 0 past their TTL, purge 1 released?");
    desk_keys(desk, "n");
    assert_string_equal(desk_stored(desk, RELEASED), "deleted");
    run(desk, "gc");
    desk_keys(desk, "y");
    assert_string_equal(desk_stored(desk, RELEASED), "");
    assert_begins(desk_message(desk), "Expired 0, purged 1.  u = undo");
    run(desk, "gc");
    assert_string_equal(desk_message(desk), "Nothing is past its TTL, nothing is released.");
}

static void what_no_key_does_is_typed(void **state)
{
    struct desk *desk = *state;
    static const struct {
        const char *line, *id, *stored, *message;
    } cases[] = {
        {"touch dddd", IDLE, "active", "Touched dddddddd: active, on slot 3.  u = undo"},
        {"release bbbb", QUIET, "deleted", "Released bbbbbbbb; slot 2 is free."},
        {"resume eeee --ttl 5m", EXPIRED, "active",
         "Resumed eeeeeeee: active, on slot 2.  u = undo"},
        {"allocate new-one", "new-one", "active",
         "Allocated new-one: active, on main, for no slot is free.  u = undo"},
        {"ensure new-one", "new-one", "active", "Ensured new-one: active, on main"},
        {"resume " RECENT, RECENT, "active", "Not done: aaaaaaaa: "},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        run(desk, cases[i].line);
        assert_string_equal(desk_stored(desk, cases[i].id), cases[i].stored);
        assert_begins(desk_message(desk), cases[i].message);
        desk->now_ms += 1000;
    }
}

static void an_operation_is_undone_by_its_name(void **state)
{
    struct desk *desk = *state;
    run(desk, "release bbbb");
    run(desk, "idle cccc");
    run(desk, "undo op-0001");
    assert_string_equal(desk_stored(desk, QUIET), "active");
    assert_string_equal(desk_stored(desk, FALLBACK), "idle");
    run(desk, "undo op-0077");
    assert_begins(desk_message(desk), "Not done: ");
    run(desk, "undo last");
    assert_string_equal(desk_message(desk), "'last' names no operation, as op-0042 does.");
    run(desk, "undo");
    assert_string_equal(desk_stored(desk, FALLBACK), "active");
}

static void it_changes_what_is_shown(void **state)
{
    struct desk *desk = *state;
    struct app *app = &desk->app;
    run(desk, "sort expires in");
    assert_int_equal(app->ui.sort, SORT_EXPIRES);
    run(desk, "sort ag");
    assert_int_equal(app->ui.sort, SORT_AGE);
    run(desk, "filter state:idle slot:3");
    assert_int_equal(app->rows.count, 1);
    run(desk, "filter");
    assert_int_equal(app->ui.mode, UI_FILTER);
    desk_key(desk, KEY_ESCAPE);
    assert_int_equal(app->rows.count, desk_first_count);
    run(desk, "theme light");
    assert_int_equal(app->theme, THEME_LIGHT);
    run(desk, "theme");
    assert_int_equal(app->theme, THEME_HIGH_CONTRAST);
    run(desk, "show cccc");
    assert_int_equal(app->ui.mode, UI_DETAIL);
    assert_string_equal(desk_cursor(desk), FALLBACK);
    run(desk, "why cccc");
    assert_int_equal(app->ui.mode, UI_WHY);
    run(desk, "doctor");
    assert_int_equal(app->ui.mode, UI_FINDINGS);
    run(desk, "events");
    assert_int_equal(app->ui.mode, UI_EVENTS);
    run(desk, "help");
    assert_int_equal(app->ui.mode, UI_HELP);
    desk_key(desk, KEY_ESCAPE);
    run(desk, "q");
    assert_true(app->ui.quit);
}

static void help_is_searched_apart_from_the_table(void **state)
{
    struct desk *desk = *state;
    struct ui *ui = &desk->app.ui;
    desk_keys(desk, "/idle\r?/slot");
    assert_int_equal(ui_body(ui), UI_HELP);
    assert_string_equal(ui->help_filter.data, "slot");
    assert_string_equal(ui->filter.data, "idle");
    desk_paste(desk, " K\n");
    assert_string_equal(ui->help_filter.data, "slot K");
    desk_key(desk, KEY_ENTER);
    assert_int_equal(ui->mode, UI_HELP);
    desk_keys(desk, "KxPi");
    assert_string_equal(desk_stored(desk, IDLE), "idle");
    desk_key(desk, KEY_ESCAPE);
    assert_int_equal(ui->mode, UI_HELP);
    assert_int_equal(ui->help_filter.len, 0);
    desk_key(desk, KEY_ESCAPE);
    assert_int_equal(ui->mode, UI_NORMAL);
    assert_string_equal(ui->filter.data, "idle");
    run(desk, "help tag a");
    assert_int_equal(ui->mode, UI_HELP);
    assert_string_equal(ui->help_filter.data, "tag a");
}

/* ---- what it refuses ---- */

static void a_line_that_is_no_command_stays_to_be_mended(void **state)
{
    struct desk *desk = *state;
    static const struct {
        const char *line, *message;
    } cases[] = {
        {"relase", "'relase': no such command; did you mean 'release'?"},
        {"xyzzy", "'xyzzy': no such command."},
        {"rel", "'rel': no such command; did you mean 'release'?"}, /* what changes something is
                                                                       written out */
        {"status", "'status' is a command of the shell only."},
        {"release --json bbbb", "--json: an option of the shell only."},
        {"purge --force bbbb", "--force: an option of the shell only."},
        {"release --dry-run bbbb", "--dry-run: an option of the shell only."},
        {"release --yes bbbb", "--yes: an option of the shell only."},
        {"release --help", "--help: an option of the shell only."},
        {"gc --every 5m", "--every: an option of the shell only."},
        {"release --due", "--due: 'release' has no such option."},
        {"expire --nope", "--nope: no such option, or short for several."},
        {"allocate", "allocate: which SESSION?"},
        {"expire --due bbbb", "expire: either SESSION or --due, not both."},
        {"theme light dark", "theme: 'dark' is one argument too many."},
        {"resume eeee --ttl soon",
         "--ttl: 'soon' is no span of time such as 90s, 30m, 2h, 7d or 1500ms."},
        {"release 'bbbb", "A quote is not closed."},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        run(desk, cases[i].line);
        assert_int_equal(desk->app.ui.mode, UI_LINE);
        assert_string_equal(desk_message(desk), cases[i].message);
        assert_string_equal(prompt_of(desk)->edit.text, cases[i].line);
        desk_key(desk, KEY_ESCAPE);
        assert_string_equal(desk_stored(desk, QUIET), "active");
    }
}

static void what_is_no_session_column_or_theme_is_said(void **state)
{
    struct desk *desk = *state;
    static const struct {
        const char *line, *message;
    } cases[] = {
        {"release zzzz", "No session begins with zzzz; Tab lists them, also by their titles."},
        {"release bbbb zzzz", "No session begins with zzzz; Tab lists them, also by their titles."},
        {"release bb", "No session begins with bb; Tab lists them, also by their titles."},
        {"sort tilte", "There is no column 'tilte'; Tab lists them."},
        {"theme pink", "There is no theme 'pink'; Tab lists them."},
        {"purge bbbb", "bbbbbbbb is live. Release it first"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        run(desk, cases[i].line);
        assert_int_equal(desk->app.ui.mode, UI_NORMAL);
        assert_begins(desk_message(desk), cases[i].message);
        assert_string_equal(desk_stored(desk, QUIET), "active");
    }
}

static void read_only_changes_nothing(void **state)
{
    struct desk *desk = *state;
    static const char *const lines[] = {
        "release bbbb", "expire --due",      "purge ffff", "gc",
        "touch bbbb",   "allocate x-1",      "undo",       "restore",
        "resume eeee",  "release bbbb cccc", "idle",       "redo"};
    desk->app.read_only = true;
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        run(desk, lines[i]);
        assert_begins(desk_message(desk), "Read-only: ");
        assert_int_equal(desk->app.ui.mode, UI_NORMAL);
    }
    assert_string_equal(desk_stored(desk, QUIET), "active");
    assert_string_equal(desk_stored(desk, "x-1"), "");
}

/* ---- typing ---- */

static void escape_and_an_empty_backspace_lead_out(void **state)
{
    struct desk *desk = *state;
    static const uint32_t keys[] = {KEY_ESCAPE, KEY_CTRL('C'), KEY_CODE_BACKSPACE, 0x7f};
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        type(desk, "");
        desk_key(desk, keys[i]);
        assert_int_equal(desk->app.ui.mode, UI_NORMAL);
    }
    type(desk, "release");
    desk_key(desk, KEY_ESCAPE);
    assert_int_equal(desk->app.ui.mode, UI_NORMAL);
    run(desk, "");
    assert_int_equal(desk->app.ui.mode, UI_NORMAL);
    assert_false(desk->app.ui.quit);
}

static void it_leads_back_to_the_pane_it_was_opened_in(void **state)
{
    struct desk *desk = *state;
    desk_keys(desk, "f");
    type(desk, "");
    desk_key(desk, KEY_ESCAPE);
    assert_int_equal(desk->app.ui.mode, UI_FINDINGS);
}

static void tab_completes_as_far_as_it_is_sure_then_goes_round(void **state)
{
    struct desk *desk = *state;
    const struct prompt *prompt = prompt_of(desk);
    type(desk, "exp");
    desk_key(desk, KEY_TAB);
    assert_string_equal(prompt->edit.text, "expire ");
    desk_keys(desk, "--");
    desk_key(desk, KEY_TAB);
    assert_string_equal(prompt->edit.text, "expire --due ");
    desk_key(desk, KEY_CTRL('U'));
    desk_keys(desk, "release ccc");
    desk_key(desk, KEY_TAB);
    assert_string_equal(prompt->edit.text, "release cccccccc ");
    desk_key(desk, KEY_CTRL('U'));
    desk_keys(desk, "theme ");
    desk_key(desk, KEY_TAB);
    assert_string_equal(prompt->edit.text, "theme dark");
    desk_key(desk, KEY_TAB);
    assert_string_equal(prompt->edit.text, "theme light");
    desk_key(desk, KEY_CODE_BACK_TAB);
    desk_key(desk, KEY_CODE_BACK_TAB);
    assert_string_equal(prompt->edit.text, "theme mono");
    desk_key(desk, KEY_CTRL('U'));
    desk_keys(desk, "sort expires i");
    desk_key(desk, KEY_TAB);
    assert_string_equal(prompt->edit.text, "sort expires in ");
    desk_key(desk, KEY_CTRL('U'));
    desk_keys(desk, "filter !x st");
    desk_key(desk, KEY_TAB);
    assert_string_equal(prompt->edit.text, "filter !x state:");
    desk_keys(desk, "id");
    desk_key(desk, KEY_TAB);
    assert_string_equal(prompt->edit.text, "filter !x state:idle ");
}

static bool offers(const struct desk *desk, const char *word)
{
    const struct line_completion *completion = &prompt_of(desk)->completion;
    for (size_t i = 0; i < completion->count; i++) {
        if (str_equal(completion->items[i].word, str_of(word)))
            return true;
    }
    return false;
}

static void only_what_can_be_done_is_offered(void **state)
{
    struct desk *desk = *state;
    type(desk, "re");
    assert_true(offers(desk, "release"));
    assert_true(offers(desk, "reload"));
    desk_key(desk, KEY_ESCAPE);
    desk->app.read_only = true;
    type(desk, "re");
    assert_false(offers(desk, "release"));
    assert_true(offers(desk, "reload"));
    desk_key(desk, KEY_CTRL('U'));
    desk_keys(desk, "m");
    assert_false(offers(desk, "metrics"));
    assert_true(offers(desk, "mouse"));
}

static void operations_that_can_be_undone_are_offered_newest_first(void **state)
{
    struct desk *desk = *state;
    const struct line_completion *completion = &prompt_of(desk)->completion;
    run(desk, "release bbbb");
    run(desk, "idle cccc");
    run(desk, "undo op-0001");
    desk->now_ms += 5 * DESK_MINUTE_MS;
    desk_event(desk, EVENT_RESUMED);
    type(desk, "undo ");
    assert_int_equal(completion->total, 1);
    assert_true(offers(desk, "op-0002"));
    assert_non_null(strstr(completion->items[0].note.data, "idle of 1 session, 5m ago, by "));
    desk_key(desk, KEY_ESCAPE);
    run(desk, "expire dddd");
    type(desk, "undo op-");
    assert_int_equal(completion->total, 2);
    assert_true(str_equal(completion->items[0].word, STR("op-0004")));
    desk_keys(desk, "0002");
    desk_key(desk, KEY_TAB);
    desk_key(desk, KEY_ENTER);
    assert_string_equal(desk_stored(desk, FALLBACK), "active");
}

static void copies_that_can_be_restored_are_offered_newest_first(void **state)
{
    struct desk *desk = *state;
    const struct line_completion *completion = &prompt_of(desk)->completion;
    buffer_addf(&desk->state.copies_dir, "%s/own/copies", desk->tree.path);
    desk->state.store.copies_dir = desk->state.copies_dir.data;
    type(desk, "restore ");
    assert_int_equal(completion->total, 0);
    desk_key(desk, KEY_ESCAPE);
    run(desk, "release bbbb");
    run(desk, "idle cccc");
    type(desk, "restore ");
    assert_int_equal(completion->total, 2);
    assert_true(str_equal(completion->items[0].word, STR("2")));
    assert_true(str_equal(completion->items[1].word, STR("1")));
    assert_non_null(strstr(completion->items[0].note.data, "kept 0s ago, "));
    desk_keys(desk, "1");
    desk_key(desk, KEY_TAB);
    assert_string_equal(prompt_of(desk)->edit.text, "restore 1 ");
}

/* An id with a control character cannot be typed, so it is not offered. */
static void hostile_ids_are_not_offered(void **state)
{
    struct desk *desk = *state;
    static const struct desk_entry entries[] = {
        {"abcd\\u001b[2Jx", "main", "active", 1000},
        {"abcd 'x' \\\"y\\\"", "main", "active", 2000},
    };
    desk_save(desk, entries, 2);
    desk_files(desk);
    type(desk, "release abcd");
    assert_int_equal(prompt_of(desk)->completion.total, 1);
    desk_key(desk, KEY_TAB);
    desk_key(desk, KEY_ENTER);
    assert_int_equal(desk->app.ui.mode, UI_CONFIRM); /* the quotes were understood */
}

static void up_goes_back_in_what_was_typed(void **state)
{
    struct desk *desk = *state;
    const struct prompt *prompt = prompt_of(desk);
    run(desk, "sort age");
    run(desk, "theme light");
    run(desk, "sort title");
    type(desk, "");
    desk_key(desk, KEY_CODE_UP);
    assert_string_equal(prompt->edit.text, "sort title");
    desk_key(desk, KEY_CODE_UP);
    assert_string_equal(prompt->edit.text, "theme light");
    desk_key(desk, KEY_CODE_DOWN);
    desk_key(desk, KEY_CODE_DOWN);
    assert_string_equal(prompt->edit.text, "");
    desk_keys(desk, "sort");
    desk_key(desk, KEY_CODE_UP);
    desk_key(desk, KEY_CODE_UP);
    assert_string_equal(prompt->edit.text, "sort age");
    desk_key(desk, KEY_CODE_UP);
    assert_string_equal(prompt->edit.text, "sort age");
    desk_key(desk, KEY_ENTER);
    assert_int_equal(desk->app.ui.sort, SORT_AGE);
}

static void pasted_text_goes_into_the_line_and_never_runs_it(void **state)
{
    struct desk *desk = *state;
    type(desk, "");
    desk_paste(desk, "release bbbb\r\n\033[201~\003y");
    assert_int_equal(desk->app.ui.mode, UI_LINE);
    assert_string_equal(prompt_of(desk)->edit.text, "release bbbb  [201~y");
    assert_string_equal(desk_stored(desk, QUIET), "active");
}

/* ---- whatever is typed ---- */

static uint32_t next_random(uint32_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed;
}

static uint32_t random_key(uint32_t *seed)
{
    static const char likely[] = "release expire --due purge gc aaaabbbb' \"\\y K";
    switch (next_random(seed) % 4) {
    case 0:
        return next_random(seed) % 0x80;
    case 1:
        return KEY_CODE_BASE + next_random(seed) % 32;
    case 2:
        return (uint32_t)likely[next_random(seed) % (sizeof(likely) - 1)];
    default:
        return next_random(seed) % 0x120000;
    }
}

/* Bytes that anybody could type or paste, but for the one key that means it. */
static void without_enter_nothing_is_ever_done(void **state)
{
    struct desk *desk = *state;
    enum { KEYS = 60000 };
    uint32_t seed = 71;
    char *before = tree_read(&desk->tree, "state/chat-agents.json");
    size_t typed = 0;
    for (int i = 0; i < KEYS; i++) {
        struct event event = {
            .kind = next_random(&seed) % 8 == 0 ? EVENT_PASTE : EVENT_KEY,
            .key = random_key(&seed),
        };
        if (event.kind == EVENT_KEY && event.key == KEY_ENTER)
            continue;
        if (desk->app.ui.mode != UI_LINE)
            type(desk, "");
        app_handle(&desk->app, &event, desk->now_ms);
        typed += prompt_of(desk)->edit.len > 0;
        assert_true(desk->app.ui.mode == UI_LINE || desk->app.ui.mode == UI_NORMAL);
        assert_false(desk->app.ui.quit);
    }
    assert_true(typed > KEYS / 4);
    char *after = tree_read(&desk->tree, "state/chat-agents.json");
    assert_string_equal(before, after);
    free(before);
    free(after);
}

/* And with it: every line ends, and the dashboard lives. */
static void every_line_comes_to_an_end(void **state)
{
    struct desk *desk = *state;
    uint32_t seed = 72;
    desk->state.store.dry_run = true;
    for (int i = 0; i < 3000; i++) {
        desk_key(desk, ':');
        for (uint32_t keys = next_random(&seed) % 24; keys > 0; keys--)
            desk_key(desk, random_key(&seed));
        desk_key(desk, KEY_ENTER);
        desk_key(desk, KEY_ESCAPE);
        desk_key(desk, KEY_ESCAPE);
        desk_key(desk, KEY_ESCAPE);
        desk->app.ui.quit = false;
        app_fit(&desk->app, 80, 24, desk->now_ms);
        assert_true(desk->state.has_model);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_set_up_with_journal, desk_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_command_acts_on_the_session_that_is_named),
        TEST(without_a_session_it_acts_on_the_one_under_the_cursor),
        TEST(a_cursor_that_moved_meanwhile_is_not_acted_on),
        TEST(it_asks_where_the_key_asks),
        TEST(several_sessions_are_one_guarded_edit),
        TEST(the_operators_own_tags_are_there_again_afterwards),
        TEST(what_is_due_is_expired_after_a_yes),
        TEST(old_expired_entries_are_purged_after_a_yes),
        TEST(gc_asks_and_does_what_gc_does),
        TEST(what_no_key_does_is_typed),
        TEST(an_operation_is_undone_by_its_name),
        TEST(it_changes_what_is_shown),
        TEST(help_is_searched_apart_from_the_table),
        TEST(a_line_that_is_no_command_stays_to_be_mended),
        TEST(what_is_no_session_column_or_theme_is_said),
        TEST(read_only_changes_nothing),
        TEST(escape_and_an_empty_backspace_lead_out),
        TEST(it_leads_back_to_the_pane_it_was_opened_in),
        TEST(tab_completes_as_far_as_it_is_sure_then_goes_round),
        TEST(only_what_can_be_done_is_offered),
        TEST(operations_that_can_be_undone_are_offered_newest_first),
        TEST(copies_that_can_be_restored_are_offered_newest_first),
        TEST(hostile_ids_are_not_offered),
        TEST(up_goes_back_in_what_was_typed),
        TEST(pasted_text_goes_into_the_line_and_never_runs_it),
        TEST(without_enter_nothing_is_ever_done),
        TEST(every_line_comes_to_an_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
