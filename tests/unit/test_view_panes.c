#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/helpers/eventful.h"
#include "tests/helpers/golden.h"
#include "tests/helpers/titled.h"
#include "tui/app.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The panes of findings, events, why and actions, opened by their keys on a scene (golden.h). */

#define M INT64_C(60000)
#define DAY (24 * 60 * M)
#define SLOT "chat-slot-kumareth-"
#define REFUND "9f2c11d0-5f6e-4c1b-9a3e-0d7f2b6a11c4"
#define ONBOARDING "44d1ce90-6e0f-4c3a-b1d2-c0ffee15600d"
#define INVOICE "c77ab90e-90b1-4f52-8a07-1f1f6f1e2c3d"
#define OLD_TAB "6be0917a-28a4-4c95-bd7e-0e1d2c3b4a58"
#define PIPELINE "b31e88f2-7a54-4d0b-8f66-2e90d1c4b7f8"
#define NEW_CHAT "0c9d4a7e-1b2f-4b6c-9d8e-5a4f3c2b1a09"
#define DRAFT "e05f1a22-3c1d-4e0f-b0a9-77d0c5b3a6e1"
#define HELLO "71aa02bd-52e7-4d39-a5f0-9be7c2d4f610"
#define GONE "5d2e7f10-1111-4222-8333-444455556666"

enum { SIZES_MAX = 3 };

static void set_calm(struct scene *scene)
{
    static const struct scene_entry entries[] = {{REFUND, "1", "idle", 9 * M, 5 * M, 0}};
    scene_set_pool(scene, 3);
    scene_set_entries(scene, entries, 1);
}

/* Quiet chats held all slots when one more came. */
static void set_hoarded(struct scene *scene)
{
    static const struct scene_entry entries[] = {
        {REFUND, "1", "active", 29 * M, 29 * M, 0},
        {OLD_TAB, "2", "idle", 28 * M, 24 * M, 0},
        {ONBOARDING, "3", "active", 14 * M, 5 * M, 0},
        {INVOICE, "main", "active", 4 * M, 4 * M, 0},
    };
    scene_set_pool(scene, 3);
    scene_set_entries(scene, entries, sizeof(entries) / sizeof(entries[0]));
}

/* By an entry of which a clock ahead of this one dates the fallback. */
static void set_ahead(struct scene *scene)
{
    static const struct scene_entry entries[] = {
        {REFUND, "1", "active", 29 * M, 29 * M, 0},
        {INVOICE, "main", "active", -125 * M, -125 * M, 0},
    };
    scene_set_pool(scene, 1);
    scene_set_entries(scene, entries, sizeof(entries) / sizeof(entries[0]));
}

static void set_eventful(struct scene *scene)
{
    titled_set_usual(scene);
    eventful_add(scene, EVENTFUL_ALL);
}

/* The only chat that was seen to begin. */
static void set_one_fallback(struct scene *scene)
{
    struct history_event item = {
        .at_ms = (double)(SCENE_NOW_MS - 4 * M),
        .kind = EVENT_FELL_BACK,
        .by = BY_SERVER,
        .session_id = str_of(INVOICE),
        .agent_id = str_of("kumareth"),
        .from = STATE_OTHER,
        .to = STATE_ACTIVE,
    };
    titled_set_usual(scene);
    assert_int_equal(history_open(NULL, &scene->state.around.history, NULL), 0);
    assert_int_equal(history_add(scene->state.around.history,
                                 &(struct events){.items = &item, .count = 1}, NULL),
                     0);
}

/* Two that the strip shows. */
static void set_few(struct scene *scene)
{
    titled_set_usual(scene);
    eventful_add(scene, 2);
}

/* 200 slots: held, then overdue, then free. */
static void set_many(struct scene *scene)
{
    static char ids[160][40], slots[160][16];
    static struct scene_entry entries[160];
    for (int i = 0; i < 160; i++) {
        (void)snprintf(ids[i], sizeof(ids[i]), "%08x-0000-4000-8000-%012x",
                       0x9e3779b1U * (unsigned)(i + 1), (unsigned)i);
        (void)snprintf(slots[i], sizeof(slots[i]), "%d", i + 1);
        entries[i] = (struct scene_entry){ids[i],      slots[i], i % 3 == 1 ? "idle" : "active",
                                          (i + 2) * M, i * M,    i < 80 ? 90 * M : 0};
    }
    scene_set_pool(scene, 200);
    scene_set_entries(scene, entries, 160);
}

static void set_eventless(struct scene *scene)
{
    set_calm(scene);
    eventful_add(scene, 0);
}

static const struct picture {
    const char *name;
    void (*set)(struct scene *scene);
    const char *session; /* under the cursor; NULL: the first */
    const char *keys;
    bool ascii, read_only;
    struct {
        int width, height;
    } sizes[SIZES_MAX];
} pictures[] = {
    {"findings", titled_set_usual, NULL, "f", false, false, {{80, 24}, {140, 40}, {40, 10}}},
    {"findings-moved", titled_set_usual, NULL, "fjj", false, false, {{80, 24}, {40, 10}}},
    {"findings-none", set_calm, NULL, "f", false, false, {{80, 24}, {40, 10}}},
    {"findings-refused", titled_set_server_down, NULL, "fgjK", false, false, {{80, 24}}},
    {"findings-read-only", titled_set_usual, NULL, "f", false, true, {{80, 24}}},
    {"findings-retired", titled_set_retired, NULL, "f", false, false, {{80, 24}}},
    {"findings-hostile", titled_set_hostile, NULL, "f", false, false, {{80, 24}}},
    {"findings-ascii", titled_set_usual, NULL, "f", true, false, {{80, 24}}},
    {"why", titled_set_usual, INVOICE, "w", false, false, {{80, 24}, {140, 40}, {40, 10}}},
    {"why-hoarded", set_hoarded, INVOICE, "w", false, false, {{80, 24}, {120, 30}}},
    {"why-ahead", set_ahead, INVOICE, "w", false, false, {{80, 24}}},
    {"why-no-fallback", titled_set_usual, REFUND, "w", false, false, {{80, 24}, {140, 40}}},
    {"why-end", titled_set_usual, INVOICE, "wG", false, false, {{40, 10}}},
    {"why-ascii", titled_set_usual, INVOICE, "w", true, false, {{80, 24}}},
    {"events", set_eventful, NULL, "E", false, false, {{80, 24}, {140, 40}, {40, 10}}},
    {"events-moved", set_eventful, NULL, "EG", false, false, {{80, 24}, {40, 10}}},
    {"events-none", set_eventless, NULL, "3", false, false, {{80, 24}}},
    {"events-typed", set_eventful, NULL, "E/gc", false, false, {{80, 24}}},
    {"events-no-match", set_eventful, NULL, "E/nothing\r", false, false, {{80, 24}}},
    {"events-refused", set_eventful, NULL, "EGK", false, false, {{80, 24}}},
    {"events-ascii", set_eventful, NULL, "E", true, false, {{80, 24}}},
    {"strip", set_eventful, NULL, "", false, false, {{140, 40}, {100, 30}, {80, 29}}},
    {"strip-one-chat", set_one_fallback, NULL, "", false, false, {{140, 24}}},
    {"strip-few", set_few, NULL, "", false, false, {{80, 34}}},
    {"strip-none", set_eventless, NULL, "", true, false, {{140, 40}}},
    {"strip-why", set_eventful, INVOICE, "w", false, false, {{140, 40}}},
    {"events-strip", set_eventful, NULL, "3jj", false, false, {{140, 40}}},
    {"events-half", set_eventful, NULL, "3+", false, false, {{140, 40}, {80, 24}}},
    {"pool", titled_set_usual, NULL, "1jj", false, false, {{80, 24}, {40, 10}, {140, 40}}},
    {"pool-ascii", titled_set_usual, NULL, "1jj", true, false, {{80, 24}}},
    {"pool-full-screen",
     titled_set_usual,
     NULL,
     "1++",
     false,
     false,
     {{80, 24}, {140, 40}, {40, 8}}},
    {"pool-small", titled_set_usual, NULL, "1_", false, false, {{80, 24}}},
    {"pool-refused", titled_set_usual, NULL, "1jjjK", false, false, {{80, 24}}},
    {"pool-many", set_many, NULL, "1jjjjj", false, false, {{80, 24}, {140, 40}, {40, 8}}},
    {"pool-many-half", set_many, NULL, "1+G", false, false, {{80, 24}, {140, 40}}},
    {"sessions-half", set_eventful, NULL, "+", false, false, {{80, 24}, {140, 40}}},
    {"sessions-full-screen", set_eventful, NULL, "++", false, false, {{80, 24}, {140, 40}}},
    {"swimlane", set_eventful, NULL, "t", false, false, {{140, 40}, {80, 24}, {200, 60}}},
    {"swimlane-narrow", set_eventful, NULL, "t", false, false, {{60, 20}, {52, 16}, {40, 10}}},
    {"swimlane-ascii", set_eventful, NULL, "t", true, false, {{80, 24}}},
    {"past", set_eventful, NULL, "[[", false, false, {{80, 24}, {140, 40}, {40, 10}}},
    {"past-refused", set_eventful, NULL, "[x", false, false, {{80, 24}}},
    {"past-detail", set_eventful, REFUND, "[[d", false, false, {{80, 24}}},
    {"past-first", set_eventful, NULL, "[[[[[[[[[[[[[[[[[[[[[[", false, false, {{80, 24}}},
    {"past-swimlane", set_eventful, NULL, "[[t", false, false, {{140, 40}}},
    {"past-live", set_eventful, NULL, "[]", false, false, {{80, 24}}},
    {"beside", set_eventful, INVOICE, "", false, false, {{140, 40}, {200, 60}}},
    {"beside-another", set_eventful, REFUND, "", false, false, {{140, 40}}},
    {"menu", titled_set_usual, REFUND, "a", false, false, {{80, 24}, {140, 40}, {40, 10}}},
    {"menu-of-running", titled_set_usual, ONBOARDING, "aj", false, false, {{80, 24}, {40, 10}}},
    {"menu-of-fallback", titled_set_usual, INVOICE, "a", false, false, {{80, 24}, {140, 40}}},
    {"menu-of-shared", titled_set_usual, OLD_TAB, "a", false, false, {{80, 24}}},
    {"menu-not-now", titled_set_usual, REFUND, "aP", false, false, {{80, 24}}},
    {"menu-asked", titled_set_usual, ONBOARDING, "ax", false, false, {{80, 24}}},
    {"menu-hostile", titled_set_hostile, NULL, "a", false, false, {{80, 24}}},
    {"menu-ascii", titled_set_usual, INVOICE, "a", true, false, {{80, 24}}},
    {"menu-of-tagged", titled_set_usual, NULL, "  j a", false, false, {{80, 24}, {140, 40}}},
    {"tagged", titled_set_usual, NULL, " j  ", false, false, {{80, 24}, {140, 40}, {40, 10}}},
    {"tagged", titled_set_usual, NULL, " j  ", false, false, {{40, 8}}},
    {"tagged-ascii", titled_set_usual, NULL, " j  ", true, false, {{80, 24}}},
    {"tagged-asked", titled_set_usual, NULL, "  j  K", false, false, {{80, 24}, {40, 10}}},
    {"tagged-nothing-to-do", titled_set_usual, NULL, "  P", false, false, {{80, 24}}},
    {"range", titled_set_usual, NULL, " jvjj", false, false, {{80, 24}, {60, 20}, {40, 10}}},
    {"search-typed", titled_set_usual, NULL, "son", false, false, {{80, 24}, {40, 10}}},
    {"search-none", titled_set_usual, NULL, "szebra", false, false, {{80, 24}}},
    {"search-kept", titled_set_usual, NULL, "sslot:5\rn", false, false, {{80, 24}}},
    {"follow", titled_set_usual, REFUND, "F>>", false, false, {{80, 24}, {40, 10}}},
    {"frozen", titled_set_usual, NULL, "Z", false, false, {{80, 24}, {140, 40}, {40, 10}}},
    {"frozen-refused", titled_set_usual, NULL, "ZK", false, false, {{80, 24}}},
    {"locked", titled_set_usual, NULL, "L", false, false, {{80, 24}, {40, 10}}},
    {"locked-asked", titled_set_usual, NULL, "LL", false, false, {{80, 24}}},
    {"follow-hidden", titled_set_usual, REFUND, "F/invoice\r", false, false, {{80, 24}}},
    {"line", titled_set_usual, NULL, ":", false, false, {{80, 24}, {140, 40}, {40, 8}}},
    {"help-searched", titled_set_usual, NULL, "?/slot", false, false, {{80, 24}, {40, 8}}},
    {"help-kept", titled_set_usual, NULL, "?/ttl\r", false, true, {{80, 24}}},
    {"help-none", titled_set_usual, NULL, "?/zebra", false, false, {{80, 24}}},
    {"line-read-only", titled_set_usual, NULL, ":re", false, true, {{80, 24}}},
    {"line-typed",
     titled_set_usual,
     REFUND,
     ":release ",
     false,
     false,
     {{80, 24}, {140, 40}, {40, 8}}},
    {"line-chosen", titled_set_usual, REFUND, ":release \t\t\t", false, false, {{80, 24}}},
    {"line-usage", titled_set_usual, REFUND, ":allocate new", false, false, {{80, 24}, {40, 8}}},
    {"line-error", titled_set_usual, REFUND, ":relase\r", false, false, {{80, 24}, {40, 8}}},
    {"line-hostile", titled_set_hostile, NULL, ":release ", false, false, {{80, 24}}},
    {"line-ascii", titled_set_usual, NULL, ":why ", true, false, {{80, 24}}},
};

struct stage {
    struct scene scene;
    struct app app;
};

static void press(struct stage *stage, uint32_t key)
{
    struct event event = {.kind = EVENT_KEY, .key = key};
    app_handle(&stage->app, &event, SCENE_NOW_MS);
}

static void set_up(struct stage *stage, const struct picture *picture, bool is_slow, int width,
                   int height)
{
    struct app *app = &stage->app;
    scene_init(&stage->scene);
    picture->set(&stage->scene);
    assert_int_equal(app_init(app, &stage->scene.state, NULL), 0);
    app->read_only = picture->read_only;
    app->is_slow = is_slow;
    app->watch_mode = WATCH_LIVE;
    app->last_write_ms = SCENE_NOW_MS - 9000;
    app_fit(app, width, height, SCENE_NOW_MS);
    for (size_t i = 0; picture->session && i < app->rows.count; i++) {
        if (strcmp(app->ui.cursor_id.data, picture->session) != 0)
            press(stage, 'j');
    }
    for (const char *key = picture->keys; *key; key++) {
        press(stage, (uint32_t)*key);
        app_fit(app, width, height, SCENE_NOW_MS);
    }
}

static void tear_down(struct stage *stage)
{
    app_done(&stage->app);
    scene_done(&stage->scene);
}

static struct view view_at(const struct stage *stage, int64_t now_ms)
{
    int64_t minutes = app_time_ms(&stage->app, now_ms) / M;
    return app_view(&stage->app, now_ms, (int)(minutes / 60 % 24), (int)(minutes % 60));
}

static void draw_at(const struct stage *stage, int64_t now_ms, struct cells *cells, int width,
                    int height)
{
    struct view view = view_at(stage, now_ms);
    assert_int_equal(cells_resize(cells, width, height), 0);
    view_draw(&view, cells);
}

/* Calls for each picture in each size. */
static void for_each(void (*check)(const struct picture *picture, const struct stage *stage,
                                   int width, int height))
{
    size_t count = 0;
    for (size_t i = 0; i < sizeof(pictures) / sizeof(pictures[0]); i++) {
        for (size_t j = 0; j < SIZES_MAX && pictures[i].sizes[j].width; j++, count++) {
            int width = pictures[i].sizes[j].width, height = pictures[i].sizes[j].height;
            struct stage stage;
            set_up(&stage, &pictures[i], false, width, height);
            check(&pictures[i], &stage, width, height);
            tear_down(&stage);
        }
    }
    print_message("golden screens: %zu\n", count);
}

static void check_golden(const struct picture *picture, const struct stage *stage, int width,
                         int height)
{
    struct cells cells = {.ascii = picture->ascii};
    draw_at(stage, SCENE_NOW_MS, &cells, width, height);
    golden_check(picture->name, &cells);
    cells_done(&cells);
}

static void every_pane_is_as_its_golden_file(void **state)
{
    (void)state;
    for_each(check_golden);
}

static void check_time(const struct picture *picture, const struct stage *stage, int width,
                       int height)
{
    struct cells cells = {.ascii = picture->ascii};
    struct buffer now = {0}, then = {0};
    struct view view = view_at(stage, SCENE_NOW_MS);
    int64_t next_ms = view_next_change_ms(&view, width, height);
    assert_true(next_ms > SCENE_NOW_MS);
    draw_at(stage, SCENE_NOW_MS, &cells, width, height);
    cells_print_text(&cells, &now);
    draw_at(stage, next_ms - 1, &cells, width, height);
    cells_print_text(&cells, &then);
    assert_string_equal(now.data, then.data);
    buffer_done(&now);
    buffer_done(&then);
    cells_done(&cells);
}

static void over_a_slow_line_nothing_stands_there_that_is_told_twice(void **state)
{
    static const struct picture rows[] = {
        {"strip-slow-line", set_eventful, NULL, "", false, false, {{140, 40}}},
        {"events-slow-line", set_eventful, NULL, "3", false, false, {{140, 40}}},
        {"findings-slow-line", titled_set_usual, NULL, "f", false, false, {{140, 40}}},
        {"slow-line", titled_set_usual, NULL, "", false, false, {{80, 24}}},
        {"full-slow-line", set_hoarded, NULL, "", false, false, {{80, 24}}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct stage stage;
        int width = rows[i].sizes[0].width, height = rows[i].sizes[0].height;
        set_up(&stage, &rows[i], true, width, height);
        check_golden(&rows[i], &stage, width, height);
        check_time(&rows[i], &stage, width, height);
        tear_down(&stage);
    }
}

static void no_pane_changes_before_the_moment_it_tells(void **state)
{
    (void)state;
    for_each(check_time);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_pane_is_as_its_golden_file),
        cmocka_unit_test(over_a_slow_line_nothing_stands_there_that_is_told_twice),
        cmocka_unit_test(no_pane_changes_before_the_moment_it_tells),
    };
    assert_non_null(setlocale(LC_CTYPE, "C.UTF-8"));
    assert_int_equal(setenv("TZ", "UTC", 1), 0);
    return cmocka_run_group_tests_name("view_panes", tests, NULL, NULL);
}
