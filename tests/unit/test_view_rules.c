// LDFLAGS: -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/helpers/titled.h"

#include <inttypes.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What holds of every screen: scenes made by chance, at every size. */

#define S INT64_C(1000)
#define M (60 * S)
#define H (60 * M)
#define DAY (24 * H)

static size_t allocations;

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);

void *__wrap_malloc(size_t size)
{
    allocations++;
    return __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    allocations++;
    return __real_calloc(count, size);
}

void *__wrap_realloc(void *memory, size_t size)
{
    allocations++;
    return __real_realloc(memory, size);
}

/* ---- scenes by chance ---- */

static uint64_t pick(uint64_t *seed, uint64_t below)
{
    *seed = *seed * 6364136223846793005U + 1442695040888963407U;
    return (*seed >> 20) % below;
}

/* Spans as they come, more of the short ones, some in the future. */
static int64_t pick_span(uint64_t *seed)
{
    static const int64_t ranges[] = {3 * S, 2 * M, 35 * M, 3 * H, 3 * DAY, 90 * DAY};
    int64_t range = ranges[pick(seed, 6)];
    int64_t span = (int64_t)pick(seed, (uint64_t)range);
    return pick(seed, 12) == 0 ? -span : span;
}

enum { SESSIONS_MAX = 14, ID_SIZE = 64 };

static void add_entry(uint64_t *seed, struct buffer *text, int number, char id[ID_SIZE])
{
    static const char *const states[] = {"active", "idle", "active", "expired", "deleted", "odd"};
    static const char *const tails[] = {"", "-5f6e-4c1b-9a3e-0d7f2b6a11c4", "\u8acb\u6c42\u66f8",
                                        "\\u202e\\u0301", "\\u0007"};
    static const char *const fractions[] = {"", "", "", ".25", ".9"};
    (void)snprintf(id, ID_SIZE, "%08" PRIx64 "%s", pick(seed, UINT32_MAX), tails[pick(seed, 5)]);
    buffer_addf(text, "%s\"%s\":{\"state\":\"%s\",\"workspaceAgentId\":\"kumareth\"",
                number ? "," : "", id, states[pick(seed, 6)]);
    if (pick(seed, 4) == 0)
        buffer_addf(text, ",\"chatAgentId\":\"kumareth\"");
    else
        buffer_addf(text, ",\"chatAgentId\":\"chat-slot-kumareth-%d\"", (int)pick(seed, 9));
    if (pick(seed, 10) != 0)
        buffer_addf(text, ",\"createdAt\":%" PRId64 "%s", SCENE_NOW_MS - pick_span(seed),
                    fractions[pick(seed, 5)]);
    buffer_addf(text, ",\"lastActiveAt\":%" PRId64 "%s", SCENE_NOW_MS - pick_span(seed),
                fractions[pick(seed, 5)]);
    if (pick(seed, 10) != 0)
        buffer_addf(text, ",\"idleTtlMs\":%" PRId64 "%s", pick(seed, 3) ? 30 * M : pick_span(seed),
                    fractions[pick(seed, 5)]);
    buffer_addf(text, "}");
}

/* Chats of most sessions and of one that is forgotten; traces of all kinds; a server or none. */
static void make_around(uint64_t *seed, struct scene *scene, char ids[][ID_SIZE], int count)
{
    static const char *const titles[] = {NULL, "", "New Chat",
                                         "\u8acb\u6c42\u66f8 \\u202e long title"};
    static const char *const agents[] = {NULL, "1", "2", "5", "main", "chat-slot-gone"};
    struct scene_chat chats[SESSIONS_MAX + 1];
    struct scene_trace traces[SESSIONS_MAX + 1];
    size_t chat_count = 0, trace_count = 0;
    for (int i = 0; i <= count; i++) {
        const char *id = i < count ? ids[i] : "forgotten";
        if (pick(seed, 4) != 0)
            chats[chat_count++] = (struct scene_chat){id,
                                                      titles[pick(seed, 4)],
                                                      agents[pick(seed, 6)],
                                                      pick_span(seed),
                                                      pick_span(seed),
                                                      (int)pick(seed, 40)};
        if (pick(seed, 4) != 0)
            traces[trace_count++] =
                (struct scene_trace){id, "slrtw-"[pick(seed, 6)], pick_span(seed)};
    }
    scene_add_workspace(scene, "kumareth");
    if (pick(seed, 2))
        scene_add_workspace(scene, "other");
    scene_set_chats(scene, chats, chat_count);
    if (pick(seed, 6) != 0)
        scene_set_traces(scene, traces, trace_count);
    if (pick(seed, 5) != 0)
        scene_set_server(scene, pick(seed, 6) ? "2.3.5" : "2.3.6",
                         pick(seed, 4) ? 1 + (int64_t)pick(seed, 9 * H) : 0);
}

static void make_registry(uint64_t *seed, struct scene *scene)
{
    struct buffer text = {0};
    static char ids[SESSIONS_MAX][ID_SIZE];
    int count = (int)pick(seed, SESSIONS_MAX);
    buffer_addf(&text, "{\"agents\":{");
    for (int i = 0; i < count; i++)
        add_entry(seed, &text, i, ids[i]);
    buffer_addf(&text, "}}");
    assert_false(text.failed);
    scene_set_registry(scene, buffer_str(&text));
    buffer_done(&text);
    if (pick(seed, 3) != 0)
        make_around(seed, scene, ids, count);
    if (pick(seed, 10) == 0)
        scene_set_registry(scene, STR("{\"agents\":"));
}

static void make_ui(uint64_t *seed, struct scene *scene)
{
    static const enum ui_mode modes[] = {UI_NORMAL, UI_NORMAL,  UI_NORMAL, UI_DETAIL, UI_HELP,
                                         UI_FILTER, UI_CONFIRM, UI_POOL,   UI_POOL};
    struct ui *ui = &scene->ui;
    ui->mode = modes[pick(seed, sizeof(modes) / sizeof(modes[0]))];
    ui->sizes[UI_POOL] = (enum ui_size)((int)pick(seed, 4) - 1);
    ui->sizes[UI_NORMAL] = (enum ui_size)pick(seed, 3);
    ui->pool.at = pick(seed, 12);
    ui->pool.top = pick(seed, 5);
    ui->has_lanes = pick(seed, 4) == 0;
    ui->sort = (enum sort_key)pick(seed, SORT_COUNT);
    ui->reverse = pick(seed, 2);
    ui->scroll = pick(seed, 30);
    ui->top_row = pick(seed, 5);
    if (pick(seed, 4) == 0)
        buffer_addf(&ui->filter, "a");
    if (pick(seed, 3) == 0)
        buffer_addf(&ui->message, "Released \u202e; slot 4 is free and this is a long message.");
    buffer_addf(&ui->question, "Release this one, used 9s ago? It is somewhat long a question.");
    size_t count = scene->state.document.registry.count;
    if (count > 0)
        buffer_add_str(
            &ui->cursor_id,
            entry_session_id(&scene->state.document.registry.entries[pick(seed, count)]));
}

static void make_scene(uint64_t *seed, struct scene *scene)
{
    scene_init(scene);
    if (pick(seed, 12) != 0)
        scene_set_pool(scene, (int)pick(seed, 9));
    if (pick(seed, 12) != 0)
        make_registry(seed, scene);
    make_ui(seed, scene);
    scene->view.read_only = pick(seed, 5) == 0;
    scene->view.is_demo = pick(seed, 5) == 0;
    scene->view.watch_mode = pick(seed, 5) ? WATCH_LIVE : WATCH_POLLING;
    scene->view.last_write_ms = pick(seed, 5) ? SCENE_NOW_MS - pick_span(seed) : 0;
}

/* ---- time ---- */

static bool is_same(const struct cells *a, const struct cells *b)
{
    return memcmp(a->cells, b->cells, sizeof(*a->cells) * (size_t)a->width * (size_t)a->height) ==
           0;
}

static void fail_at(struct cells *a, struct cells *b, const char *what, int64_t ms)
{
    struct buffer text = {0};
    cells_print_text(a, &text);
    cells_print_text(b, &text);
    print_error("%s\n", text.data);
    buffer_done(&text);
    fail_msg("%s, %" PRId64 " ms on", what, ms);
}

/* Under a question and the menu files wait, and so does the model. */
static void draw_at(struct scene *scene, int64_t now_ms, struct cells *cells,
                    const struct cells *as)
{
    enum ui_mode mode = scene->ui.mode;
    if (mode != UI_CONFIRM && mode != UI_MENU) {
        scene_draw(scene, now_ms, as->width, as->height, cells);
        return;
    }
    scene_set_clock(scene, now_ms);
    assert_int_equal(cells_resize(cells, as->width, as->height), 0);
    view_draw(&scene->view, cells);
}

/* From `at_ms` on: nothing changes before the moment foretold, something does at it. */
static int64_t check_next(struct scene *scene, int64_t at_ms, int width, int height, uint64_t *seed)
{
    struct cells first = {0};
    struct cells later = {0};
    scene_draw(scene, at_ms, width, height, &first);
    int64_t next_ms = view_next_change_ms(&scene->view, width, height);
    double model_ms = scene->state.model.next_change_ms;
    assert_true(next_ms > at_ms);
    if (next_ms != INT64_MAX) {
        int64_t between_ms = at_ms + (int64_t)pick(seed, (uint64_t)(next_ms - at_ms));
        draw_at(scene, between_ms, &later, &first);
        if (!is_same(&first, &later))
            fail_at(&first, &later, "changed early", between_ms - at_ms);
        draw_at(scene, next_ms - 1, &later, &first);
        if (!is_same(&first, &later))
            fail_at(&first, &later, "changed just before its time", next_ms - 1 - at_ms);
        draw_at(scene, next_ms, &later, &first);
        /* What the model foretells need not be on this screen. */
        if (is_same(&first, &later) && (double)next_ms != model_ms)
            fail_at(&first, &later, "woke for nothing", next_ms - at_ms);
    }
    cells_done(&first);
    cells_done(&later);
    return next_ms;
}

static void nothing_changes_before_the_moment_foretold_and_something_at_it(void **state)
{
    (void)state;
    static const int sizes[][2] = {{80, 24}, {140, 40}, {40, 10}, {60, 20}, {20, 4}, {9, 1}};
    enum { SCENES = 400, STEPS = 6 };
    uint64_t seed = 20261122;
    size_t steps = 0;
    for (int i = 0; i < SCENES; i++) {
        struct scene scene;
        make_scene(&seed, &scene);
        const int *size = sizes[pick(&seed, 6)];
        int64_t at_ms = SCENE_NOW_MS + (int64_t)pick(&seed, 100000);
        for (int step = 0; step < STEPS && at_ms != INT64_MAX; step++, steps++)
            at_ms = check_next(&scene, at_ms, size[0], size[1], &seed);
        scene_done(&scene);
    }
    print_message("moments: %zu\n", steps);
}

/* ---- every size ---- */

static void assert_grid_is_whole(const struct cells *cells, bool ascii)
{
    for (int row = 0; row < cells->height; row++) {
        for (int column = 0; column < cells->width; column++) {
            const struct cell *cell = cells_at(cells, row, column);
            assert_true(cell->role < ROLE_COUNT);
            if (cell->glyph.width == 0)
                assert_true(column > 0 && cells_at(cells, row, column - 1)->glyph.width == 2);
            for (int i = 0; i < cell->glyph.len; i++) {
                unsigned char byte = (unsigned char)cell->glyph.text[i];
                assert_true(byte >= 0x20 && byte != 0x7f && (byte < 0x80 || !ascii));
            }
        }
    }
}

/* Reversed is never the only sign: a marked row has its '>', a marked cell its '_'. */
static void assert_marks_are_told(const struct cells *cells)
{
    for (int row = 0; row < cells->height; row++) {
        for (int column = 0; column < cells->width; column++) {
            bool starts = cells_at(cells, row, column)->flags & CELL_CURSOR &&
                          (column == 0 || !(cells_at(cells, row, column - 1)->flags & CELL_CURSOR));
            char sign = cells_at(cells, row, column)->glyph.text[0];
            assert_true(!starts || sign == '>' || sign == '_');
        }
    }
}

static void every_scene_fits_every_size_and_drawing_allocates_nothing(void **state)
{
    (void)state;
    enum { SCENES = 60, SCREENS = 60 };
    uint64_t seed = 7;
    for (int i = 0; i < SCENES; i++) {
        struct scene scene;
        make_scene(&seed, &scene);
        for (int j = 0; j < SCREENS; j++) {
            int width = j % 4 == 0 ? 1 + (int)pick(&seed, 200) : 1 + (int)pick(&seed, 60);
            int height = 1 + (int)pick(&seed, j % 4 ? 20 : 60);
            struct cells cells = {.ascii = j % 2};
            scene_draw(&scene, SCENE_NOW_MS, width, height, &cells);
            assert_grid_is_whole(&cells, cells.ascii);
            assert_marks_are_told(&cells);
            size_t before = allocations;
            view_draw(&scene.view, &cells);
            size_t rows = view_page_rows(&scene.view, width, height);
            size_t scroll = view_scroll_max(&scene.view, width, height);
            (void)view_next_change_ms(&scene.view, width, height);
            assert_int_equal(allocations, before);
            assert_true(rows >= 1 && rows <= (size_t)height);
            assert_true(scroll == 0 || scene.ui.mode == UI_HELP || scene.ui.mode == UI_DETAIL);
            cells_done(&cells);
        }
        scene_done(&scene);
    }
    print_message("screens: %d\n", SCENES * SCREENS);
}

/* ---- single rules ---- */

static bool shows(const struct cells *cells, const char *text)
{
    struct buffer all = {0};
    cells_print_text(cells, &all);
    bool result = strstr(all.data, text);
    buffer_done(&all);
    return result;
}

static void a_question_always_shows_what_answers_it(void **state)
{
    (void)state;
    static const int sizes[][2] = {{80, 24}, {40, 10}, {40, 8}, {30, 6}, {20, 3}, {20, 1}};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        struct scene scene;
        struct cells cells = {0};
        scene_init(&scene);
        scene_set_pool(&scene, 5);
        scene.ui.mode = UI_CONFIRM;
        for (int j = 0; j < 12; j++)
            buffer_addf(&scene.ui.question, "A very long question that goes on? ");
        scene_draw(&scene, SCENE_NOW_MS, sizes[i][0], sizes[i][1], &cells);
        assert_true(shows(&cells, "y = yes"));
        cells_done(&cells);
        scene_done(&scene);
    }
}

static void before_the_first_look_there_is_a_screen_without_a_model(void **state)
{
    (void)state;
    struct scene scene;
    struct cells cells = {0};
    scene_init(&scene);
    assert_int_equal(cells_resize(&cells, 80, 24), 0);
    scene.view.now_ms = SCENE_NOW_MS;
    view_draw(&scene.view, &cells);
    assert_true(shows(&cells, "slotop"));
    assert_int_equal(view_scroll_max(&scene.view, 80, 24), 0);
    scene.ui.mode = UI_DETAIL;
    view_draw(&scene.view, &cells);
    assert_grid_is_whole(&cells, false);
    cells_done(&cells);
    scene_done(&scene);
}

static void read_only_hides_what_changes_the_registry(void **state)
{
    (void)state;
    static const struct scene_entry entry = {"9f2c11d0", "1", "active", M, M, 0};
    static const char *const words[] = {"x expire", "K release", "i idle"};
    for (int read_only = 0; read_only < 2; read_only++) {
        struct scene scene;
        struct cells cells = {0};
        scene_init(&scene);
        scene_set_pool(&scene, 5);
        scene_set_entries(&scene, &entry, 1);
        scene_select(&scene, "9f2c11d0");
        scene.view.read_only = read_only;
        scene_draw(&scene, SCENE_NOW_MS, 140, 40, &cells);
        for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
            assert_int_equal(shows(&cells, words[i]), !read_only);
        assert_int_equal(shows(&cells, "READ-ONLY"), read_only);
        cells_done(&cells);
        scene_done(&scene);
    }
}

static void a_server_that_is_down_is_told_in_a_word_at_every_size(void **state)
{
    (void)state;
    static const int sizes[][2] = {{140, 40}, {80, 24}, {60, 20}, {40, 10}, {40, 8}, {30, 4}};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        struct scene scene;
        struct cells cells = {0};
        scene_init(&scene);
        titled_set_server_down(&scene);
        scene_draw(&scene, SCENE_NOW_MS, sizes[i][0], sizes[i][1], &cells);
        assert_true(shows(&cells, "SERVER DOWN"));
        cells_done(&cells);
        scene_done(&scene);
    }
}

/* Absence of evidence is no evidence. */
static void no_screen_says_that_something_does_not_run(void **state)
{
    (void)state;
    static void (*const sets[])(struct scene *) = {
        titled_set_usual,     titled_set_shared,  titled_set_ghost,  titled_set_running,
        titled_set_forgotten, titled_set_retired, titled_set_detail, titled_set_server_down};
    for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++) {
        struct scene scene;
        struct cells cells = {0};
        scene_init(&scene);
        sets[i](&scene);
        scene_draw(&scene, SCENE_NOW_MS, 140, 60, &cells);
        assert_false(shows(&cells, "not running"));
        cells_done(&cells);
        scene_done(&scene);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_changes_before_the_moment_foretold_and_something_at_it),
        cmocka_unit_test(every_scene_fits_every_size_and_drawing_allocates_nothing),
        cmocka_unit_test(a_question_always_shows_what_answers_it),
        cmocka_unit_test(before_the_first_look_there_is_a_screen_without_a_model),
        cmocka_unit_test(read_only_hides_what_changes_the_registry),
        cmocka_unit_test(a_server_that_is_down_is_told_in_a_word_at_every_size),
        cmocka_unit_test(no_screen_says_that_something_does_not_run),
    };
    assert_non_null(setlocale(LC_CTYPE, "C.UTF-8"));
    return cmocka_run_group_tests_name("view_rules", tests, NULL, NULL);
}
