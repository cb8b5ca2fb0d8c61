#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/helpers/desk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *filter_of(const struct desk *desk)
{
    return desk->app.ui.filter.data ? desk->app.ui.filter.data : "";
}

static void the_dashboard_opens_on_the_first_row(void **state)
{
    struct desk *desk = *state;
    assert_string_equal(desk_cursor(desk), desk_first[0].id);
    assert_int_equal(desk->app.rows.count, desk_first_count);
    assert_true(desk->app.dirty);
    assert_true(desk->app.last_write_ms > 0);
}

/* "" is the id of a session, too, and not where nothing has been chosen yet. */
static void it_opens_on_the_first_row_though_a_session_has_an_empty_id(void **state)
{
    struct desk *desk = *state;
    const struct desk_entry entries[] = {desk_first[0], {"", "chat-slot-main-2", "active", 300000}};
    desk_save(desk, entries, 2);
    app_done(&desk->app);
    assert_int_equal(state_load(&desk->state, &(struct state_look){.parts = PART_ALL}, NULL), 0);
    assert_int_equal(state_model(&desk->state, desk->now_ms, NULL), 0);
    assert_int_equal(app_init(&desk->app, &desk->state, NULL), 0);
    assert_string_equal(desk_cursor(desk), desk_first[0].id);
}

static void movements_go_where_they_say_and_stop_at_the_ends(void **state)
{
    struct desk *desk = *state;
    static const struct {
        uint32_t key;
        size_t from, to;
    } table[] = {
        {'j', 0, 1},
        {'j', 5, 5},
        {'k', 3, 2},
        {'k', 0, 0},
        {KEY_CODE_DOWN, 2, 3},
        {KEY_CODE_UP, 2, 1},
        {'g', 4, 0},
        {KEY_CODE_HOME, 4, 0},
        {'G', 1, 5},
        {KEY_CODE_END, 1, 5},
        {KEY_CODE_PAGE_DOWN, 0, 3},
        {KEY_CTRL('D'), 4, 5},
        {KEY_CODE_PAGE_UP, 5, 2},
        {KEY_CTRL('U'), 1, 0},
    };
    desk->app.ui.page_rows = 3;
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        desk_select(desk, desk_first[table[i].from].id);
        desk_key(desk, table[i].key);
        assert_int_equal(desk->app.ui.cursor_row, table[i].to);
        assert_string_equal(desk_cursor(desk), desk_first[table[i].to].id);
    }
}

static void the_cursor_follows_its_session_through_every_order(void **state)
{
    struct desk *desk = *state;
    desk_select(desk, "cccccccc-3");
    for (int i = 0; i < SORT_COUNT; i++) {
        desk_keys(desk, ">I");
        assert_string_equal(desk_cursor(desk), "cccccccc-3");
        size_t row = rows_find(&desk->app.rows, &state_shown(&desk->state)->registry,
                               &desk->state.model, STR("cccccccc-3"));
        assert_int_equal(desk->app.ui.cursor_row, row);
    }
    assert_int_equal(desk->app.ui.sort, SORT_LAST_USE);
    desk_key(desk, '<');
    assert_int_equal(desk->app.ui.sort, SORT_COUNT - 1);
    desk_key(desk, KEY_CODE_F1 + 5);
    assert_int_equal(desk->app.ui.sort, SORT_LAST_USE);
}

static void the_cursor_follows_its_session_when_the_file_changes(void **state)
{
    struct desk *desk = *state;
    desk_select(desk, "dddddddd-4");
    desk_save_changed(desk, "dddddddd-4", "active", 1000);
    desk_files(desk);
    assert_int_equal(desk->app.ui.cursor_row, 0);
    assert_string_equal(desk_cursor(desk), "dddddddd-4");
}

static void the_cursor_stays_at_its_row_when_its_session_goes(void **state)
{
    struct desk *desk = *state;
    desk_select(desk, "cccccccc-3");
    desk_save_changed(desk, "cccccccc-3", NULL, 0);
    desk_files(desk);
    assert_int_equal(desk->app.ui.cursor_row, 2);
    assert_string_equal(desk_cursor(desk), "dddddddd-4");
    desk_key(desk, 'G');
    desk_save(desk, desk_first, 2);
    desk_files(desk);
    assert_int_equal(desk->app.ui.cursor_row, 1);
    assert_string_equal(desk_cursor(desk), "bbbbbbbb-2");
}

static void the_detail_closes_when_its_session_goes(void **state)
{
    struct desk *desk = *state;
    desk_select(desk, "cccccccc-3");
    desk_key(desk, KEY_ENTER);
    assert_int_equal(desk->app.ui.mode, UI_DETAIL);
    desk_save_changed(desk, "cccccccc-3", NULL, 0);
    desk_files(desk);
    assert_int_equal(desk->app.ui.mode, UI_NORMAL);
    assert_int_equal(desk->app.ui.tone, TONE_WARNING);
}

static void the_filter_works_as_it_is_typed(void **state)
{
    struct desk *desk = *state;
    static const struct {
        const char *keys, *filter;
        size_t count;
    } steps[] = {
        {"/", "", 6},
        {"b", "b", 2 /* and "fallback" */},
        {"b", "bb", 1},
        {"\x7f", "b", 2},
        {"\x15", "", 6},
        {"!expired", "!expired", 5},
        {"\x15\xc3\xa9", "\xc3\xa9", 0},
        {"\x08", "", 6},
        {"q?xKPijG", "q?xKPijG", 0},
        {"\x15slot-main-2\r", "slot-main-2", 2},
    };
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        desk_keys(desk, steps[i].keys);
        assert_string_equal(filter_of(desk), steps[i].filter);
        assert_int_equal(desk->app.rows.count, steps[i].count);
    }
    assert_int_equal(desk->app.ui.mode, UI_NORMAL);
    assert_string_equal(desk_stored(desk, "aaaaaaaa-1"), "active");
}

static void escape_clears_a_filter_that_is_typed(void **state)
{
    struct desk *desk = *state;
    static const uint32_t ways[] = {KEY_ESCAPE, KEY_CTRL('C')};
    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        desk_keys(desk, "/dddd");
        assert_string_equal(desk_cursor(desk), "dddddddd-4");
        desk_key(desk, ways[i]);
        assert_int_equal(desk->app.ui.mode, UI_NORMAL);
        assert_string_equal(filter_of(desk), "");
        assert_int_equal(desk->app.rows.count, desk_first_count);
        assert_string_equal(desk_cursor(desk), "dddddddd-4");
        assert_false(desk->app.ui.quit);
    }
}

static void escape_clears_a_kept_filter_first_and_then_closes(void **state)
{
    struct desk *desk = *state;
    desk_keys(desk, "/dddd\r");
    desk_key(desk, KEY_ESCAPE);
    assert_string_equal(filter_of(desk), "");
    assert_false(desk->app.ui.quit);
    desk_key(desk, KEY_ESCAPE);
    assert_true(desk->app.ui.quit);
}

static void a_filter_without_a_match_leaves_no_row_to_act_on(void **state)
{
    struct desk *desk = *state;
    desk_keys(desk, "/nothing\rKPxi\r");
    assert_int_equal(desk->app.rows.count, 0);
    assert_string_equal(desk_cursor(desk), "");
    assert_int_equal(desk->app.ui.mode, UI_NORMAL);
    desk_key(desk, KEY_ESCAPE);
    assert_int_equal(desk->app.rows.count, desk_first_count);
    assert_string_equal(desk_cursor(desk), desk_first[0].id);
}

static void the_filter_has_a_limit_and_never_cuts_a_character(void **state)
{
    struct desk *desk = *state;
    desk_key(desk, '/');
    desk_key(desk, 'a');
    for (int i = 0; i < UI_FILTER_MAX; i++)
        desk_key(desk, 0xe9);
    assert_int_equal(desk->app.ui.filter.len, UI_FILTER_MAX - 1);
    desk_key(desk, KEY_CODE_BACKSPACE);
    assert_int_equal(desk->app.ui.filter.len, UI_FILTER_MAX - 3);
}

static void arrows_move_while_a_filter_is_typed(void **state)
{
    struct desk *desk = *state;
    desk_key(desk, '/');
    desk_key(desk, KEY_CODE_DOWN);
    assert_int_equal(desk->app.ui.cursor_row, 1);
    desk_key(desk, KEY_CODE_END);
    assert_int_equal(desk->app.ui.cursor_row, desk_first_count - 1);
    assert_int_equal(desk->app.ui.mode, UI_FILTER);
    assert_string_equal(filter_of(desk), "");
}

static void pasted_text_fires_no_command(void **state)
{
    struct desk *desk = *state;
    static const char paste[] = "KyPyxyiq?/\r\x1b\x03";
    desk_select(desk, "bbbbbbbb-2");
    desk_paste(desk, paste);
    assert_int_equal(desk->app.ui.mode, UI_NORMAL);
    assert_string_equal(desk_stored(desk, "bbbbbbbb-2"), "active");
    desk_key(desk, '?');
    desk_paste(desk, paste);
    assert_int_equal(desk->app.ui.mode, UI_HELP);
    assert_false(desk->app.ui.quit);
}

static void pasted_text_answers_no_question(void **state)
{
    struct desk *desk = *state;
    desk_select(desk, "aaaaaaaa-1");
    desk_key(desk, 'K');
    desk_paste(desk, "y\rY");
    assert_int_equal(desk->app.ui.mode, UI_CONFIRM);
    assert_string_equal(desk_stored(desk, "aaaaaaaa-1"), "active");
}

static void pasted_text_is_typed_into_the_filter_without_its_controls(void **state)
{
    struct desk *desk = *state;
    desk_key(desk, '/');
    desk_paste(desk, "bbbb\r\n\x1b\tbbbb");
    assert_string_equal(filter_of(desk), "bbbbbbbb");
    assert_int_equal(desk->app.ui.mode, UI_FILTER);
}

static void back_leads_out_of_help_and_detail_before_it_quits(void **state)
{
    struct desk *desk = *state;
    static const uint32_t ways[] = {'q', KEY_ESCAPE, KEY_CTRL('C'), KEY_CODE_F1 + 9};
    static const uint32_t modes[] = {'?', 'h', KEY_CODE_F1, KEY_ENTER, 'd'};
    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        for (size_t j = 0; j < sizeof(modes) / sizeof(modes[0]); j++) {
            desk_key(desk, modes[j]);
            assert_int_not_equal(desk->app.ui.mode, UI_NORMAL);
            desk_key(desk, ways[i]);
            assert_int_equal(desk->app.ui.mode, UI_NORMAL);
            assert_false(desk->app.ui.quit);
        }
    }
    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        desk->app.ui.quit = false;
        desk_key(desk, ways[i]);
        assert_true(desk->app.ui.quit);
    }
}

static void the_end_of_input_and_a_signal_quit_from_every_mode(void **state)
{
    struct desk *desk = *state;
    static const char *const into[] = {"", "/", "?", "\r", "K"};
    for (size_t i = 0; i < sizeof(into) / sizeof(into[0]); i++) {
        desk_keys(desk, into[i]);
        desk->app.ui.quit = false;
        desk_event(desk, i % 2 ? EVENT_QUIT : EVENT_INPUT_END);
        assert_true(desk->app.ui.quit);
        desk_key(desk, KEY_ESCAPE);
    }
}

static void reload_reads_what_no_event_told_and_asks_for_a_repaint(void **state)
{
    struct desk *desk = *state;
    static const uint32_t ways[] = {'r', 'R', KEY_CTRL('L')};
    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        desk_save(desk, desk_first, i + 1);
        desk->app.repaint = false;
        desk_key(desk, ways[i]);
        assert_int_equal(desk->app.rows.count, i + 1);
        assert_true(desk->app.repaint);
    }
}

static void a_write_is_noticed_by_the_file_and_not_by_the_event(void **state)
{
    struct desk *desk = *state;
    int64_t before_ms = desk->app.last_write_ms;
    desk_files(desk);
    assert_true(desk->app.last_write_ms == before_ms);
    desk_save_changed(desk, "aaaaaaaa-1", "idle", 12345);
    desk->now_ms += 777;
    desk_files(desk);
    assert_true(desk->app.last_write_ms == desk->now_ms);
}

static void time_makes_an_entry_overdue_without_a_write(void **state)
{
    struct desk *desk = *state;
    assert_int_equal(desk->state.model.counts.overdue, 0);
    for (int changes = 0; changes < 9 && desk->state.model.counts.overdue == 0; changes++) {
        desk->now_ms = (int64_t)desk->state.model.next_change_ms + 1;
        desk_event(desk, EVENT_TIME);
    }
    assert_int_equal(desk->state.model.counts.overdue, 1);
    desk->now_ms += 40 * DESK_MINUTE_MS;
    desk_event(desk, EVENT_RESUMED);
    assert_int_equal(desk->state.model.counts.overdue, 4);
}

static void the_cursor_is_always_on_the_screen(void **state)
{
    struct desk *desk = *state;
    static const struct {
        int width, height;
    } sizes[] = {{80, 24}, {40, 10}, {140, 40}, {1, 1}, {80, 3}};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        for (const char *key = "GkkgjjG"; *key; key++) {
            const struct ui *ui = &desk->app.ui;
            desk_key(desk, (uint32_t)*key);
            app_fit(&desk->app, sizes[i].width, sizes[i].height, desk->now_ms);
            assert_true(ui->page_rows >= 1);
            assert_in_range(ui->cursor_row, ui->top_row, ui->top_row + ui->page_rows - 1);
        }
    }
}

static bool shows_cursor(const struct desk *desk, int width, int height)
{
    struct view view = app_view(&desk->app, desk->now_ms, 0, 0);
    struct cells cells = {0};
    bool is_shown = false;
    assert_int_equal(cells_resize(&cells, width, height), 0);
    view_draw(&view, &cells);
    for (int row = 0; row < height; row++)
        is_shown = is_shown || cells_at(&cells, row, 0)->flags & CELL_CURSOR;
    cells_done(&cells);
    return is_shown;
}

static void a_message_does_not_cover_the_cursor(void **state)
{
    struct desk *desk = *state;
    const struct ui *ui = &desk->app.ui;
    desk_key(desk, 'G');
    for (int height = 8; height < 30; height++) {
        app_fit(&desk->app, 40, height, desk->now_ms);
        size_t top = ui->top_row;
        ui_say(&desk->app.ui, TONE_WARNING, "Not done: %0200d", 0);
        app_fit(&desk->app, 40, height, desk->now_ms);
        assert_true(shows_cursor(desk, 40, height));
        ui_be_silent(&desk->app.ui);
        app_fit(&desk->app, 40, height, desk->now_ms);
        assert_int_equal(ui->top_row, top);
    }
}

static void reading_scrolls_no_further_than_there_is_text(void **state)
{
    struct desk *desk = *state;
    static const uint32_t modes[] = {'?', KEY_ENTER};
    for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
        desk_key(desk, modes[i]);
        app_fit(&desk->app, 40, 10, desk->now_ms);
        assert_int_equal(desk->app.ui.scroll, 0);
        assert_true(desk->app.ui.scroll_last > 0);
        desk_key(desk, 'G');
        assert_int_equal(desk->app.ui.scroll, desk->app.ui.scroll_last);
        desk_key(desk, 'k');
        assert_int_equal(desk->app.ui.scroll, desk->app.ui.scroll_last - 1);
        desk_key(desk, 'G');
        app_fit(&desk->app, 140, 200, desk->now_ms);
        assert_int_equal(desk->app.ui.scroll, 0);
        desk_key(desk, 'q');
    }
}

/* xorshift: the same keys in every run. */
static uint32_t next_random(uint32_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed;
}

static uint32_t random_key(uint32_t *seed)
{
    switch (next_random(seed) % 5) {
    case 0:
        return next_random(seed) % 0x80;
    case 1:
        return KEY_CODE_BASE + next_random(seed) % 40;
    case 2: {
        const struct command *command = &commands[next_random(seed) % command_count];
        return command->keys[next_random(seed) % COMMAND_KEYS_MAX];
    }
    case 3:
        return (uint32_t) "ixKPynfwa"[next_random(seed) % 9];
    default:
        return next_random(seed) % 0x120000;
    }
}

static void assert_consistent(const struct desk *desk)
{
    const struct ui *ui = &desk->app.ui;
    const struct rows *rows = &desk->app.rows;
    const struct registry *registry = &state_shown(desk->app.state)->registry;
    assert_true(ui->mode < UI_MODES);
    assert_true(desk->app.state->has_model);
    if (rows->count == 0) {
        assert_int_equal(ui->cursor_id.len, 0);
        return;
    }
    assert_true(ui->cursor_row < rows->count);
    assert_true(str_equal(buffer_str(&ui->cursor_id),
                          entry_session_id(&registry->entries[rows->entries[ui->cursor_row]])));
    assert_int_equal(ui->mode == UI_CONFIRM, ui->question.len > 0);
}

/* Nothing is written, so that the run is quick: the store is in a dry run. */
static void random_keys_never_break_it_and_escape_always_leads_out(void **state)
{
    struct desk *desk = *state;
    enum { KEYS = 20000, EVERY = 40 };
    uint32_t seed = 20260131;
    size_t in_mode[UI_MODES] = {0};
    desk->state.store.dry_run = true;
    for (int i = 0; i < KEYS; i++) {
        bool is_paste = next_random(&seed) % 16 == 0;
        struct event event = {.kind = is_paste ? EVENT_PASTE : EVENT_KEY, .key = random_key(&seed)};
        app_handle(&desk->app, &event, desk->now_ms);
        in_mode[desk->app.ui.mode]++;
        desk->app.ui.quit = false;
        assert_consistent(desk);
        if (i % EVERY == 0) {
            for (int j = 0; j < UI_MODES && desk->app.ui.mode != UI_NORMAL; j++)
                desk_key(desk, KEY_ESCAPE);
            desk_keys(desk, desk->app.is_locked ? ".Ly" : ".");
            desk->now_ms = DESK_NOW_MS;
            desk_save(desk, desk_first, next_random(&seed) % (desk_first_count + 1));
            desk_files(desk);
            app_fit(&desk->app, 80, 24, desk->now_ms);
        }
        desk->now_ms += next_random(&seed) % 100;
    }
    for (int i = 0; i < UI_MODES && !desk->app.ui.quit; i++)
        desk_key(desk, KEY_ESCAPE);
    assert_true(desk->app.ui.quit);
    for (size_t mode = 0; mode < UI_MODES; mode++)
        assert_true(in_mode[mode] > 100);
    print_message("vectors: %d random keys, %zu while a question was open\n", KEYS,
                  in_mode[UI_CONFIRM]);
}

#define ON_A_DESK(test) cmocka_unit_test_setup_teardown(test, desk_set_up, desk_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_A_DESK(the_dashboard_opens_on_the_first_row),
        ON_A_DESK(it_opens_on_the_first_row_though_a_session_has_an_empty_id),
        ON_A_DESK(movements_go_where_they_say_and_stop_at_the_ends),
        ON_A_DESK(the_cursor_follows_its_session_through_every_order),
        ON_A_DESK(the_cursor_follows_its_session_when_the_file_changes),
        ON_A_DESK(the_cursor_stays_at_its_row_when_its_session_goes),
        ON_A_DESK(the_detail_closes_when_its_session_goes),
        ON_A_DESK(the_filter_works_as_it_is_typed),
        ON_A_DESK(escape_clears_a_filter_that_is_typed),
        ON_A_DESK(escape_clears_a_kept_filter_first_and_then_closes),
        ON_A_DESK(a_filter_without_a_match_leaves_no_row_to_act_on),
        ON_A_DESK(the_filter_has_a_limit_and_never_cuts_a_character),
        ON_A_DESK(arrows_move_while_a_filter_is_typed),
        ON_A_DESK(pasted_text_fires_no_command),
        ON_A_DESK(pasted_text_answers_no_question),
        ON_A_DESK(pasted_text_is_typed_into_the_filter_without_its_controls),
        ON_A_DESK(back_leads_out_of_help_and_detail_before_it_quits),
        ON_A_DESK(the_end_of_input_and_a_signal_quit_from_every_mode),
        ON_A_DESK(reload_reads_what_no_event_told_and_asks_for_a_repaint),
        ON_A_DESK(a_write_is_noticed_by_the_file_and_not_by_the_event),
        ON_A_DESK(time_makes_an_entry_overdue_without_a_write),
        ON_A_DESK(the_cursor_is_always_on_the_screen),
        ON_A_DESK(a_message_does_not_cover_the_cursor),
        ON_A_DESK(reading_scrolls_no_further_than_there_is_text),
        ON_A_DESK(random_keys_never_break_it_and_escape_always_leads_out),
    };
    return cmocka_run_group_tests_name("app", tests, NULL, NULL);
}
