// LDFLAGS: -Wl,--wrap=model_build -Wl,--wrap=rows_build -Wl,--wrap=row_key
/* What a key, a save and a moment cost, in counts that no machine changes: models made, tables
 * arranged, rows and entries looked at. */
#include "tests/helpers/desk.h"
#include "tui/row_keys.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MANY = 5000, BLOCK = 16 };

static size_t models, tables, keyed;

uint64_t __real_row_key(struct row_keys *row_keys, size_t row);
uint64_t __wrap_row_key(struct row_keys *row_keys, size_t row);
uint64_t __wrap_row_key(struct row_keys *row_keys, size_t row)
{
    keyed++;
    return __real_row_key(row_keys, row);
}

int __real_model_build(const struct model_sources *sources, struct model *ret_model,
                       struct error *error);
int __wrap_model_build(const struct model_sources *sources, struct model *ret_model,
                       struct error *error);
int __wrap_model_build(const struct model_sources *sources, struct model *ret_model,
                       struct error *error)
{
    models++;
    return __real_model_build(sources, ret_model, error);
}

int __real_rows_build(struct rows *rows, const struct registry *registry, const struct model *model,
                      enum sort_key sort, bool reverse, struct str filter);
int __wrap_rows_build(struct rows *rows, const struct registry *registry, const struct model *model,
                      enum sort_key sort, bool reverse, struct str filter);
int __wrap_rows_build(struct rows *rows, const struct registry *registry, const struct model *model,
                      enum sort_key sort, bool reverse, struct str filter)
{
    tables++;
    return __real_rows_build(rows, registry, model, sort, reverse, filter);
}

static void assert_cost(size_t wanted_models, size_t wanted_tables)
{
    assert_int_equal(models, wanted_models);
    assert_int_equal(tables, wanted_tables);
    models = tables = 0;
}

static void look_at_it(struct desk *desk)
{
    struct cells cells = {.cells = NULL};
    assert_int_equal(cells_resize(&cells, 140, 40), 0);
    app_fit(&desk->app, 140, 40, desk->now_ms);
    struct view view = app_view(&desk->app, desk->now_ms, 14, 30);
    view_draw(&view, &cells);
    cells_done(&cells);
}

static void a_key_that_moves_makes_no_model_and_arranges_nothing(void **context)
{
    struct desk *desk = *context;
    static const char keys[] = "jjkGgjEjkEfjf?j?jd";
    models = tables = 0;
    for (size_t i = 0; i < sizeof(keys) - 1; i++) {
        desk_key(desk, (unsigned char)keys[i]);
        look_at_it(desk);
    }
    assert_cost(0, 0);
}

static void a_letter_of_a_filter_and_another_order_arrange_once(void **context)
{
    struct desk *desk = *context;
    models = tables = 0;
    desk_keys(desk, "/");
    assert_cost(0, 0);
    desk_keys(desk, "a");
    assert_cost(0, 1);
    desk_keys(desk, "\r>");
    assert_cost(0, 1);
    look_at_it(desk);
    assert_cost(0, 0);
}

static void a_save_makes_one_model_and_a_moment_at_which_nothing_is_due_none(void **context)
{
    struct desk *desk = *context;
    models = tables = 0;
    desk_save_changed(desk, "bbbbbbbb-2", "idle", 1000);
    desk_files(desk);
    look_at_it(desk);
    assert_cost(1, 1);
    desk->now_ms += 1000;
    desk_event(desk, EVENT_TIME);
    desk_event(desk, EVENT_RESIZE);
    look_at_it(desk);
    assert_cost(0, 0);
}

static void a_look_around_that_finds_nothing_new_makes_no_model(void **context)
{
    struct desk *desk = *context;
    const struct event look = {.kind = EVENT_FILES,
                               .parts = PART_SERVER | PART_TRACES | PART_HOLDER};
    app_handle(&desk->app, &look, desk->now_ms);
    models = tables = 0;
    app_handle(&desk->app, &look, desk->now_ms + 5000);
    assert_cost(0, 0);
    assert_true(desk->state.has_model);
    tree_put(&desk->tree, "state/web-runtime/process.json", "{\"pid\":1,\"port\":3100}");
    app_handle(&desk->app, &look, desk->now_ms + 10000);
    assert_cost(1, 1);
    app_handle(&desk->app, &look, desk->now_ms + 15000);
    assert_cost(0, 0);
}

/* A registry as the server writes it, of many entries, the one at `place` used later. */
static void save_many(struct desk *desk, size_t place, int64_t used_ms)
{
    struct buffer text = {0};
    buffer_addf(&text, "{\n  \"version\": 1,\n  \"agents\": {");
    for (size_t i = 0; i < MANY; i++) {
        long long ms = i == place ? used_ms : DESK_NOW_MS - 7200000 - (long long)i;
        buffer_addf(&text,
                    "%s\n    \"%08zx-5f6e\": {\n      \"chatAgentId\": \"chat-slot-main-1\",\n"
                    "      \"workspaceAgentId\": \"main\",\n      \"sessionId\": \"%08zx-5f6e\",\n"
                    "      \"workspaceDir\": \"\",\n      \"state\": \"expired\",\n"
                    "      \"createdAt\": %lld,\n      \"lastActiveAt\": %lld,\n"
                    "      \"idleTtlMs\": 1800000\n    }",
                    i ? "," : "", i, i, ms, ms);
    }
    buffer_addf(&text, "\n  }\n}\n");
    assert_false(text.failed);
    desk_write(desk, text.data);
    buffer_done(&text);
}

static void a_save_of_one_entry_reads_one_block_of_entries_again(void **context)
{
    struct desk *desk = *context;
    struct document_delta delta;
    struct stream *stream = &desk->state.stream;
    struct file_identity identity;
    save_many(desk, MANY, 0);
    desk_files(desk);
    assert_int_equal(desk->app.rows.count, MANY);
    for (size_t place = 0; place < MANY; place += MANY / 7) {
        save_many(desk, place, DESK_NOW_MS - 1000);
        assert_int_equal(stream_load(stream, desk->state.store.path, &desk->state.document, &delta),
                         0);
        assert_false(delta.is_whole);
        assert_in_range(delta.count, 1, 2); /* and the one before, which is as at first again */
        assert_true(delta.entries_read <= delta.count * BLOCK);
        stream_apply(stream, &identity);
    }
}

static void a_save_of_one_entry_moves_one_row(void **context)
{
    enum { PROBES = 16, PLACE = MANY / 3 }; /* 2^13 rows */
    struct desk *desk = *context;
    save_many(desk, MANY, 0);
    desk_files(desk);
    keyed = 0;
    save_many(desk, PLACE, DESK_NOW_MS - 1000);
    desk_files(desk);
    assert_true(desk->state.model.is_followed);
    assert_int_equal(desk->state.model.changed_count, 1);
    assert_in_range(keyed, 1, PROBES);
    assert_int_equal(desk->app.rows.count, MANY);
    assert_int_equal(desk->app.rows.entries[0], PLACE);
}

#define ON_A_DESK(test) cmocka_unit_test_setup_teardown(test, desk_set_up, desk_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_A_DESK(a_key_that_moves_makes_no_model_and_arranges_nothing),
        ON_A_DESK(a_letter_of_a_filter_and_another_order_arrange_once),
        ON_A_DESK(a_save_makes_one_model_and_a_moment_at_which_nothing_is_due_none),
        ON_A_DESK(a_look_around_that_finds_nothing_new_makes_no_model),
        ON_A_DESK(a_save_of_one_entry_reads_one_block_of_entries_again),
        ON_A_DESK(a_save_of_one_entry_moves_one_row),
    };
    return cmocka_run_group_tests_name("app_cost", tests, NULL, NULL);
}
