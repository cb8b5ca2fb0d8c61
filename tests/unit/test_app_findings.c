#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/helpers/desk.h"

#include <string.h>

#define FALLBACK "cccccccc-3" /* the second finding; the first is pool-full */
#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

/* On slots that the pool does not have. */
static const struct desk_entry orphans[] = {
    {"aaaaaaaa-1", "chat-slot-main-1", "active", 12000},
    {"oooooooo-1", "chat-slot-main-6", "active", 2 * DESK_MINUTE_MS},
    {"oooooooo-2", "chat-slot-main-7", "active", 3 * DESK_MINUTE_MS},
    {"oooooooo-3", "chat-slot-main-8", "idle", 4 * DESK_MINUTE_MS},
    {"oooooooo-4", "chat-slot-main-9", "idle", 5 * DESK_MINUTE_MS},
};

static void save(struct desk *desk, const struct desk_entry *entries, size_t count)
{
    desk_save(desk, entries, count);
    desk_files(desk);
    desk->now_ms += UI_NOTICE_MS; /* the operator has seen it */
}

static const struct finding *under_cursor(const struct desk *desk)
{
    assert_true(desk->app.ui.findings.at < desk->state.model.finding_count);
    return &desk->state.model.findings[desk->app.ui.findings.at];
}

/* Moves the cursor of the pane to a finding of this code. */
static void go_to(struct desk *desk, const char *code)
{
    desk_key(desk, 'g');
    for (size_t i = 0; strcmp(under_cursor(desk)->code, code) != 0; i++) {
        assert_true(i < desk->state.model.finding_count);
        desk_key(desk, 'j');
    }
}

static void f_and_4_show_the_findings_and_f_q_and_escape_lead_back(void **state)
{
    struct desk *desk = *state;
    static const uint32_t in[] = {'f', '4'}, out[] = {'f', '4', 'q', KEY_ESCAPE, KEY_CTRL('C')};
    desk_select(desk, "bbbbbbbb-2");
    for (size_t i = 0; i < COUNT(in); i++) {
        for (size_t j = 0; j < COUNT(out); j++) {
            desk_key(desk, in[i]);
            assert_int_equal(desk->app.ui.mode, UI_FINDINGS);
            desk_key(desk, out[j]);
            assert_int_equal(desk->app.ui.mode, UI_NORMAL);
            assert_string_equal(desk_cursor(desk), "bbbbbbbb-2");
            assert_false(desk->app.ui.quit);
        }
    }
}

static void movements_go_through_the_findings_and_stop_at_the_ends(void **state)
{
    struct desk *desk = *state;
    static const struct {
        const char *key;
        size_t at;
    } steps[] = {{"j", 1}, {"j", 1}, {"k", 0}, {"k", 0}, {"G", 1}, {"g", 0}};
    assert_int_equal(desk->state.model.finding_count, 2);
    desk_key(desk, 'f');
    for (size_t i = 0; i < COUNT(steps); i++) {
        desk_keys(desk, steps[i].key);
        assert_int_equal(desk->app.ui.findings.at, steps[i].at);
    }
    assert_string_equal(desk_cursor(desk), desk_first[0].id);
}

static void enter_goes_to_the_session_of_the_finding(void **state)
{
    struct desk *desk = *state;
    static const struct {
        const char *filter, *kept;
    } table[] = {{"", ""}, {"/cccc\r", "cccc"}, {"/aaaa\r", "" /* it would hide the session */}};
    for (size_t i = 0; i < COUNT(table); i++) {
        desk_keys(desk, table[i].filter);
        desk_key(desk, 'f');
        go_to(desk, "fallback");
        desk_key(desk, KEY_ENTER);
        assert_int_equal(desk->app.ui.mode, UI_NORMAL);
        assert_string_equal(desk_cursor(desk), FALLBACK);
        assert_true(str_equal(buffer_str(&desk->app.ui.filter), str_of(table[i].kept)) ||
                    (desk->app.ui.filter.len == 0 && !*table[i].kept));
    }
}

static void a_key_acts_on_the_session_of_the_finding_as_in_the_table(void **state)
{
    struct desk *desk = *state;
    static const struct {
        uint32_t key;
        const char *stored;
    } table[] = {{'i', "idle"}, {'x', "expired"}, {'K', "deleted"}};
    for (size_t i = 0; i < COUNT(table); i++) {
        desk_save(desk, desk_first, desk_first_count);
        desk_key(desk, 'r');
        desk_select(desk, "dddddddd-4");
        desk_key(desk, 'f');
        go_to(desk, "fallback");
        desk_key(desk, table[i].key);
        assert_string_equal(desk_stored(desk, FALLBACK), table[i].stored);
        assert_string_equal(desk_stored(desk, "dddddddd-4"), "idle");
        assert_int_equal(desk->app.ui.mode, UI_FINDINGS);
        assert_int_equal(desk->app.ui.tone, TONE_GOOD);
        desk_key(desk, 'f');
        assert_string_equal(desk_cursor(desk), "dddddddd-4");
    }
}

static void a_key_for_one_session_does_nothing_where_a_finding_is_about_another_thing(void **state)
{
    struct desk *desk = *state;
    desk_key(desk, 'f');
    for (const char *key = "ixKPaw\r"; *key; key++) {
        go_to(desk, "pool-full");
        desk_key(desk, (uint32_t)*key);
        assert_int_equal(desk->app.ui.mode, UI_FINDINGS);
        assert_string_equal(desk_message(desk),
                            "pool-full is not about one session, but about main.");
        assert_string_equal(desk_stored(desk, desk_first[0].id), "active");
    }
}

static void a_finding_of_many_sessions_leads_to_all_of_them_and_no_key_acts_on_them(void **state)
{
    struct desk *desk = *state;
    save(desk, orphans, COUNT(orphans));
    desk_key(desk, 'f');
    go_to(desk, "orphan-slot");
    desk_key(desk, 'x');
    assert_string_equal(desk_message(desk),
                        "orphan-slot names 4 sessions: Enter shows them, then choose one.");
    assert_string_equal(desk_stored(desk, "oooooooo-1"), "active");
    desk_key(desk, KEY_ENTER);
    assert_int_equal(desk->app.ui.mode, UI_NORMAL);
    assert_int_equal(desk->app.rows.count, 4);
    assert_string_equal(desk_cursor(desk), "oooooooo-1");
    desk_key(desk, KEY_ESCAPE);
    assert_int_equal(desk->app.rows.count, COUNT(orphans));
}

static void three_sessions_are_three_findings_with_keys_of_their_own(void **state)
{
    struct desk *desk = *state;
    save(desk, orphans, 4);
    desk_key(desk, 'f');
    go_to(desk, "orphan-slot");
    desk_keys(desk, "jx");
    assert_string_equal(desk_stored(desk, "oooooooo-1"), "active");
    assert_string_equal(desk_stored(desk, "oooooooo-2"), "expired");
}

static void a_finding_of_a_slot_leads_to_its_holder(void **state)
{
    struct desk *desk = *state;
    static const struct desk_entry entries[] = {
        {"aaaaaaaa-1", "chat-slot-main-2", "active", 12000},
        {"bbbbbbbb-2", "chat-slot-main-1", "active", 2 * DESK_MINUTE_MS},
        {"cccccccc-3", "chat-slot-main-1", "idle", 3 * DESK_MINUTE_MS},
    };
    save(desk, entries, COUNT(entries));
    desk_key(desk, 'f');
    go_to(desk, "double-booked");
    desk_key(desk, 'K');
    assert_string_equal(desk_message(desk),
                        "double-booked is about slot 1: Enter goes to its holder.");
    desk_key(desk, KEY_ENTER);
    assert_int_equal(desk->app.ui.mode, UI_NORMAL);
    assert_string_equal(desk_cursor(desk), "bbbbbbbb-2");
}

static void the_cursor_follows_its_finding_and_stays_where_it_was_when_that_goes(void **state)
{
    struct desk *desk = *state;
    static const struct desk_entry ended[] = {
        {"oooooooo-3", "chat-slot-main-8", "expired", 4 * DESK_MINUTE_MS},
        {"oooooooo-4", "chat-slot-main-9", "expired", 5 * DESK_MINUTE_MS},
    };
    save(desk, orphans, 4);
    desk_key(desk, 'f');
    go_to(desk, "orphan-slot");
    desk_key(desk, 'j');
    save(desk, orphans + 2, 2); /* that one is the first now */
    assert_string_equal(under_cursor(desk)->subject.data, "oooooooo-2");
    assert_int_equal(desk->app.ui.mode, UI_FINDINGS);
    size_t at = desk->app.ui.findings.at;
    save(desk, orphans + 3, 1);
    assert_string_equal(under_cursor(desk)->subject.data, "oooooooo-3");
    assert_int_equal(desk->app.ui.findings.at, at);
    save(desk, ended, COUNT(ended));
    assert_string_equal(under_cursor(desk)->code, "registry-wiped"); /* so many went at once */
    desk_key(desk, 'D');
    assert_int_equal(desk->state.model.finding_count, 0);
    desk_key(desk, 'x');
    assert_string_equal(desk_message(desk), "There is no finding: no session is selected.");
    desk_key(desk, KEY_ENTER);
    assert_string_equal(desk_message(desk), "No findings: nothing needs you.");
}

static void what_slid_under_the_cursor_a_moment_ago_is_not_acted_on(void **state)
{
    struct desk *desk = *state;
    save(desk, orphans, 3);
    desk_key(desk, 'f');
    go_to(desk, "orphan-slot");
    desk_save(desk, orphans + 2, 1);
    desk_files(desk);
    desk_key(desk, 'x');
    assert_non_null(strstr(desk_message(desk), "changed just before"));
    assert_string_equal(desk_stored(desk, "oooooooo-2"), "active");
    desk_key(desk, 'x');
    assert_string_equal(desk_stored(desk, "oooooooo-2"), "expired");
}

static void a_question_asked_in_the_pane_leads_back_to_it(void **state)
{
    struct desk *desk = *state;
    static const struct desk_entry entries[] = {{"oooooooo-1", "chat-slot-main-6", "active", 2000}};
    save(desk, entries, 1);
    desk_key(desk, 'f');
    go_to(desk, "orphan-slot");
    desk_key(desk, 'K');
    assert_int_equal(desk->app.ui.mode, UI_CONFIRM);
    desk_key(desk, 'n');
    assert_int_equal(desk->app.ui.mode, UI_FINDINGS);
    desk_keys(desk, "Ky");
    assert_int_equal(desk->app.ui.mode, UI_FINDINGS);
    assert_string_equal(desk_stored(desk, "oooooooo-1"), "deleted");
}

static void why_and_help_and_the_menu_lead_back_to_the_findings(void **state)
{
    struct desk *desk = *state;
    static const struct {
        uint32_t key;
        enum ui_mode mode;
    } panes[] = {{'w', UI_WHY}, {'a', UI_MENU}, {'?', UI_HELP}};
    desk_key(desk, 'f');
    for (size_t i = 0; i < COUNT(panes); i++) {
        go_to(desk, "fallback");
        desk_key(desk, panes[i].key);
        assert_int_equal(desk->app.ui.mode, panes[i].mode);
        desk_key(desk, KEY_ESCAPE);
        assert_int_equal(desk->app.ui.mode, UI_FINDINGS);
        assert_string_equal(under_cursor(desk)->code, "fallback");
    }
}

static void read_only_shows_findings_and_refuses_their_keys(void **state)
{
    struct desk *desk = *state;
    desk->app.read_only = true;
    desk_key(desk, 'f');
    go_to(desk, "fallback");
    desk_key(desk, 'K');
    assert_non_null(strstr(desk_message(desk), "Read-only"));
    assert_string_equal(desk_stored(desk, FALLBACK), "active");
    desk_key(desk, KEY_ENTER);
    assert_string_equal(desk_cursor(desk), FALLBACK);
}

static void the_finding_under_the_cursor_is_in_sight_at_every_size(void **state)
{
    struct desk *desk = *state;
    static const int widths[] = {40, 60, 80, 140}, heights[] = {8, 10, 24};
    save(desk, orphans, 4);
    desk_key(desk, 'f');
    size_t count = desk->state.model.finding_count;
    for (size_t i = 0; i < COUNT(widths) * COUNT(heights) * count; i++) {
        int width = widths[i % COUNT(widths)], height = heights[i / COUNT(widths) % COUNT(heights)];
        app_fit(&desk->app, width, height, desk->now_ms);
        struct view view = app_view(&desk->app, desk->now_ms, 0, 0);
        struct view_span span = view_cursor_span(&view, width, height);
        size_t scroll = desk->app.ui.scroll;
        assert_true(span.count > 0 && span.room > 0);
        assert_true(scroll <= span.first && span.first < scroll + span.room);
        assert_true(span.first + span.count <= scroll + span.room || span.first == scroll);
        desk_key(desk, i % (2 * count) < count ? 'j' : 'k');
    }
}

static void where_there_is_no_room_the_pane_is_not_open(void **state)
{
    struct desk *desk = *state;
    desk_key(desk, 'f');
    app_fit(&desk->app, 39, 24, desk->now_ms);
    assert_int_equal(desk->app.ui.mode, UI_NORMAL);
    assert_string_equal(desk_message(desk), "Too little room for that pane.");
}

#define ON_A_DESK(test) cmocka_unit_test_setup_teardown(test, desk_set_up, desk_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_A_DESK(f_and_4_show_the_findings_and_f_q_and_escape_lead_back),
        ON_A_DESK(movements_go_through_the_findings_and_stop_at_the_ends),
        ON_A_DESK(enter_goes_to_the_session_of_the_finding),
        ON_A_DESK(a_key_acts_on_the_session_of_the_finding_as_in_the_table),
        ON_A_DESK(a_key_for_one_session_does_nothing_where_a_finding_is_about_another_thing),
        ON_A_DESK(a_finding_of_many_sessions_leads_to_all_of_them_and_no_key_acts_on_them),
        ON_A_DESK(three_sessions_are_three_findings_with_keys_of_their_own),
        ON_A_DESK(a_finding_of_a_slot_leads_to_its_holder),
        ON_A_DESK(the_cursor_follows_its_finding_and_stays_where_it_was_when_that_goes),
        ON_A_DESK(what_slid_under_the_cursor_a_moment_ago_is_not_acted_on),
        ON_A_DESK(a_question_asked_in_the_pane_leads_back_to_it),
        ON_A_DESK(why_and_help_and_the_menu_lead_back_to_the_findings),
        ON_A_DESK(read_only_shows_findings_and_refuses_their_keys),
        ON_A_DESK(the_finding_under_the_cursor_is_in_sight_at_every_size),
        ON_A_DESK(where_there_is_no_room_the_pane_is_not_open),
    };
    return cmocka_run_group_tests_name("app_findings", tests, NULL, NULL);
}
