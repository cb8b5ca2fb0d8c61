/* What a load on top of another costs, what it says has changed, and when it is not possible. */
#include "core/document_loader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/helpers/reload.h"

enum { MANY = 1000, BLOCK = 16, BLOCKS = (MANY + BLOCK - 1) / BLOCK };

/* An entry as the server writes it; the tests look for "lastActiveAt": NUMBER. */
static void add_entry(struct buffer *text, size_t number, const char *state)
{
    buffer_addf(text,
                "%s\n    \"session-%zu\": {\n      \"chatAgentId\": \"chat-slot-m-%zu\",\n"
                "      \"workspaceAgentId\": \"m\",\n      \"sessionId\": \"session-%zu\",\n"
                "      \"workspaceDir\": \"\",\n      \"state\": \"%s\",\n"
                "      \"createdAt\": 1773890082560,\n      \"lastActiveAt\": 17738900%05zu,\n"
                "      \"idleTtlMs\": 1800000\n    }",
                text->data[text->len - 1] == '{' ? "" : ",", number, number % 5 + 1, number, state,
                number);
}

static void begin_text(struct buffer *text)
{
    buffer_clear(text);
    buffer_add_str(text, STR("{\n  \"version\": 1,\n  \"agents\": {"));
}

static void end_text(struct buffer *text)
{
    buffer_add_str(text, STR("\n  }\n}\n"));
    assert_false(text->failed);
}

static void make_text(struct buffer *text, size_t count)
{
    begin_text(text);
    for (size_t i = 0; i < count; i++)
        add_entry(text, i, "idle");
    end_text(text);
}

/* Puts `with` in the place of the first `what` behind `session-NUMBER": {`. */
static void replace_in(struct buffer *text, size_t number, const char *what, const char *with)
{
    char key[40];
    struct buffer made = {0};
    (void)snprintf(key, sizeof(key), "\"session-%zu\": {", number);
    const char *at = strstr(text->data, key);
    assert_non_null(at);
    at = strstr(at, what);
    assert_non_null(at);
    buffer_add(&made, text->data, (size_t)(at - text->data));
    buffer_add_str(&made, str_of(with));
    buffer_add_str(&made, str_of(at + strlen(what)));
    buffer_done(text);
    *text = made;
}

static void load_next(struct reload *reload, const struct buffer *text, bool is_repaired)
{
    const char *trouble = reload_next(reload, buffer_str(text));
    if (trouble)
        fail_msg("%s", trouble);
    assert_int_equal(reload->was_repaired, is_repaired);
}

/* MANY entries, loaded. */
static void begin(struct reload *reload, struct buffer *text)
{
    reload_init(reload, 0x5107);
    *text = (struct buffer){0};
    make_text(text, MANY);
    load_next(reload, text, false);
    assert_true(reload->was_streamed && reload->delta.is_whole);
    assert_int_equal(reload->delta.entries_read, MANY);
    assert_int_equal(reload->known.blocks.count, BLOCKS);
}

static void end(struct reload *reload, struct buffer *text)
{
    reload_done(reload);
    buffer_done(text);
}

static void a_save_that_changes_nothing_reads_no_entry(void **state)
{
    (void)state;
    struct reload reload;
    struct buffer text;
    begin(&reload, &text);
    load_next(&reload, &text, true);
    assert_int_equal(reload.delta.entries_read, 0);
    assert_int_equal(reload.delta.blocks_skipped, BLOCKS);
    assert_int_equal(reload.delta.count, 0);
    end(&reload, &text);
}

static void one_changed_entry_costs_the_entries_of_its_block(void **state)
{
    (void)state;
    struct reload reload;
    struct buffer text;
    begin(&reload, &text);
    replace_in(&text, 500, "\"idle\"", "\"active\"");
    load_next(&reload, &text, true);
    assert_int_equal(reload.delta.entries_read, BLOCK);
    assert_int_equal(reload.delta.blocks_skipped, BLOCKS - 1);
    assert_int_equal(reload.delta.count, 1);
    assert_false(reload.delta.moves_places);
    const struct document_change *change = &reload.delta.changes[0];
    assert_int_equal(change->place, 500);
    assert_int_equal(change->old_place, 500);
    assert_int_equal(change->before.state, STATE_IDLE);
    assert_int_equal(change->after.state, STATE_ACTIVE);
    assert_true(str_equal(entry_session_id(&change->after), STR("session-500")));
    end(&reload, &text);
}

static void scattered_changes_cost_the_entries_of_their_blocks(void **state)
{
    (void)state;
    struct reload reload;
    struct buffer text;
    begin(&reload, &text);
    for (size_t i = 0; i < 10; i++)
        replace_in(&text, i * 97, "17738900", "17738901");
    load_next(&reload, &text, true);
    assert_int_equal(reload.delta.entries_read, 10 * BLOCK);
    assert_int_equal(reload.delta.blocks_skipped, BLOCKS - 10);
    assert_int_equal(reload.delta.count, 10);
    for (size_t i = 0; i < 10; i++)
        assert_int_equal(reload.delta.changes[i].place, i * 97);
    end(&reload, &text);
}

static void a_new_session_costs_the_last_block(void **state)
{
    (void)state;
    struct reload reload;
    struct buffer text;
    begin(&reload, &text);
    for (size_t count = MANY + 1; count < MANY + 5 * BLOCK; count++) {
        make_text(&text, count);
        load_next(&reload, &text, true);
        assert_in_range(reload.delta.entries_read, 1, BLOCK + 1);
        assert_int_equal(reload.delta.count, 1);
        assert_null(reload.delta.changes[0].before.id);
        assert_int_equal(reload.delta.changes[0].place, count - 1);
        assert_false(reload.delta.moves_places);
        assert_int_equal(reload.known.blocks.count, (count + BLOCK - 1) / BLOCK);
    }
    end(&reload, &text);
}

static void without_white_space_a_new_session_is_no_other_matter(void **state)
{
    (void)state;
    struct reload reload;
    reload_init(&reload, 0x5107);
    assert_null(reload_next(&reload, STR("{\"version\":1,\"agents\":{\"a\":{}}}")));
    assert_null(reload_next(&reload, STR("{\"version\":1,\"agents\":{\"a\":{},\"b\":{}}}")));
    assert_true(reload.was_repaired);
    assert_int_equal(reload.delta.count, 1);
    assert_null(reload_next(&reload, STR("{\"version\":1,\"agents\":{\"a\":{}}}")));
    assert_true(reload.was_repaired);
    reload_done(&reload);
}

static void a_purged_entry_costs_its_block_and_moves_those_behind(void **state)
{
    (void)state;
    struct reload reload;
    struct buffer text;
    begin(&reload, &text);
    begin_text(&text);
    for (size_t i = 0; i < MANY; i++) {
        if (i == 500)
            continue;
        add_entry(&text, i, "idle");
    }
    end_text(&text);
    load_next(&reload, &text, true);
    assert_int_equal(reload.delta.entries_read, BLOCK - 1);
    assert_int_equal(reload.delta.count, 1);
    assert_true(reload.delta.moves_places);
    assert_null(reload.delta.changes[0].after.id);
    assert_int_equal(reload.delta.changes[0].old_place, 500);
    assert_int_equal(reload.known.registry.count, MANY - 1);
    end(&reload, &text);
}

static void an_entry_put_in_between_costs_no_block_but_its_own(void **state)
{
    (void)state;
    struct reload reload;
    struct buffer text;
    begin(&reload, &text);
    begin_text(&text);
    for (size_t i = 0; i < MANY; i++) {
        if (i == 504)
            add_entry(&text, MANY, "active");
        add_entry(&text, i, "idle");
    }
    end_text(&text);
    load_next(&reload, &text, true);
    assert_int_equal(reload.delta.entries_read, BLOCK + 1);
    assert_int_equal(reload.delta.count, 1);
    assert_true(reload.delta.moves_places);
    assert_int_equal(reload.delta.changes[0].place, 504);
    end(&reload, &text);
}

/* Many times in the same place: entries come one by one between others, and go again. */
static void blocks_do_not_wear_out(void **state)
{
    (void)state;
    struct reload reload;
    struct buffer text;
    uint64_t random = 4711;
    bool is_there[MANY] = {false};
    reload_init(&reload, 0x5107);
    text = (struct buffer){0};
    for (size_t version = 0; version < 500; version++) {
        size_t count = 0;
        is_there[reload_below(&random, MANY)] ^= true;
        is_there[reload_below(&random, MANY)] = true;
        begin_text(&text);
        for (size_t i = 0; i < MANY; i++) {
            count += is_there[i];
            if (is_there[i])
                add_entry(&text, i, "idle");
        }
        end_text(&text);
        const char *trouble = reload_next(&reload, buffer_str(&text));
        assert_null(trouble);
        assert_true(reload.known.blocks.count <= count / (BLOCK / 4) + 1);
    }
    assert_true(reload.was_repaired);
    end(&reload, &text);
}

static void a_torn_text_leaves_what_is_known_and_the_next_one_repairs_it(void **state)
{
    (void)state;
    struct buffer text = {0};
    struct document document;
    struct document_loader *loader = document_loader_new();
    size_t room;
    make_text(&text, MANY);
    document_init(&document);
    for (size_t len = text.len; len > 0; len = len > 20011 ? len - 20011 : 0) {
        document_loader_begin(loader, &document, text.len);
        for (size_t at = 0, count = 1; count > 0; at += count) {
            char *to = document_loader_room(loader, &room);
            count = len - at < room ? len - at : room;
            if (count > 0)
                memcpy(to, text.data + at, count);
            int result = document_loader_take(loader, count);
            assert_int_equal(result, count > 0 || len == text.len ? 0 : DOCUMENT_NOT_USUAL);
        }
        assert_int_equal(document_loader_finish(loader, NULL),
                         len == text.len ? 0 : DOCUMENT_NOT_USUAL);
        if (len == text.len)
            document_loader_apply(loader);
        assert_int_equal(document.registry.count, MANY);
        assert_true(str_equal(buffer_str(&document.bytes), buffer_str(&text)));
    }
    document_loader_free(loader);
    document_done(&document);
    buffer_done(&text);
}

static void what_cannot_be_repaired_is_left_to_others(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool is_streamed; /* at least from nothing */
    } rows[] = {
        {"{\"version\":1,\"agents\":{\"b\":{},\"a\":{},\"c\":{},\"d\":{}}}", true},
        {"{\"version\":1,\"agents\":{\"d\":{}}}", true},
        {"{\"version\":1,\"agents\":{}}", true},
        {"{\"version\":1,\"agents\":{\"a\":{},\"b\":{},\"a\":{},\"c\":{},\"d\":{}}}", false},
        {"{\"version\":1,\"agents\":{\"a\":{},\"n\":{},\"n\":{},\"c\":{},\"d\":{}}}", false},
        {"{\"version\":1,\"agents\":{\"a\":{},\"b\":{},\"c\":{},\"d\":{},\"7\":{}}}", false},
        {"{\"version\":1,\"agents\":{\"a\":{},\"b\":null,\"c\":{},\"d\":{}}}", false},
        {"{\"version\":1,\"agents\":{\"a\":{},\"b\":[],\"c\":{},\"d\":{}}}", false},
        {"{\"version\":1,\"agents\":{\"a\":{},\"\\u0062\":{},\"c\":{},\"d\":{}}}", false},
        {"{\"version\":1,\"agents\":{\"a\":{},\"b\":{\"x\":01},\"c\":{},\"d\":{}}}", false},
        {"{\"version\":1,\"agents\":{\"a\":{},\"b\":{},\"c\":{},\"d\":{},}}", false},
        {"{\"version\":1,\"agents\":{\"a\":{},\"b\":{},\"c\":{} \"d\":{}}}", false},
        {"{\"version\":1,\"agents\":{\"a\":{},\"b\":{},\"c\":{},\"d\":{}},\"more\":1}", false},
        {"{\"version\":1,\"agents\":{\"a\":{},\"b\":{},\"c\":{},\"d\":{}}} x", false},
        {"{\"agents\":{\"a\":{},\"b\":{},\"c\":{},\"d\":{}}}", false},
        {"{\"version\":1,\"agents\":{\"a\":{},\"b\":{},\"c\":{},\"d\":{}}", false},
        {"", false},
    };
    struct reload reload;
    reload_init(&reload, 0x5107);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct str good = STR("{\"version\":1,\"agents\":{\"a\":{},\"b\":{},\"c\":{},\"d\":{}}}");
        assert_null(reload_next(&reload, good));
        assert_true(reload.was_streamed);
        const char *trouble = reload_next(&reload, str_of(rows[i].text));
        if (trouble)
            fail_msg("%s: %s", trouble, rows[i].text);
        assert_false(reload.was_repaired);
        if (reload.was_streamed != rows[i].is_streamed)
            fail_msg("streamed: %d: %s", reload.was_streamed, rows[i].text);
    }
    reload_done(&reload);
}

static void a_long_text_is_not_kept(void **state)
{
    (void)state;
    struct buffer text = {0};
    struct document document;
    struct document_loader *loader = document_loader_new();
    size_t at = 0, count, room;
    make_text(&text, 2 * DOCUMENT_KEEP_BYTES / 300);
    assert_true(text.len > DOCUMENT_KEEP_BYTES);
    document_init(&document);
    document_loader_begin(loader, &document, text.len);
    do {
        char *to = document_loader_room(loader, &room);
        assert_in_range(room, 1, 128 << 10);
        count = text.len - at < room ? text.len - at : room;
        if (count > 0)
            memcpy(to, text.data + at, count);
        at += count;
        assert_int_equal(document_loader_take(loader, count), 0);
        assert_in_range(document_loader_taken(loader), at > 20000 ? at - 20000 : 0, at);
    } while (count > 0);
    assert_int_equal(document_loader_finish(loader, NULL), 0);
    assert_int_equal(document.registry.count, 0);
    document_loader_apply(loader);
    assert_null(document.bytes.data);
    assert_int_equal(document.size_bytes, text.len);
    document_loader_free(loader);
    document_done(&document);
    buffer_done(&text);
}

static void a_long_entry_is_begun_anew_few_times(void **state)
{
    (void)state;
    enum { LONG = 8 << 20 };
    struct buffer text = {0};
    struct document document;
    struct document_loader *loader = document_loader_new();
    size_t at = 0, count, room, pieces = 0;
    begin_text(&text);
    buffer_add_str(&text, STR("\"long\":{\"note\":\""));
    buffer_add_repeat(&text, 'x', LONG);
    buffer_add_str(&text, STR("\"}"));
    end_text(&text);
    document_init(&document);
    document_loader_begin(loader, &document, text.len);
    do {
        char *to = document_loader_room(loader, &room);
        count = text.len - at < room ? text.len - at : room;
        if (count > 0)
            memcpy(to, text.data + at, count);
        at += count;
        pieces++;
        assert_int_equal(document_loader_take(loader, count), 0);
    } while (count > 0);
    assert_in_range(pieces, 1, 10);
    assert_int_equal(document_loader_finish(loader, NULL), 0);
    document_loader_apply(loader);
    assert_int_equal(document.registry.count, 1);
    document_loader_free(loader);
    document_done(&document);
    buffer_done(&text);
}

/* What is odd is read anew each time its block is: the memory comes back in the end. */
static void memory_that_loads_leave_behind_is_given_back(void **state)
{
    (void)state;
    struct reload reload;
    struct buffer text = {0};
    size_t versions = 0;
    reload_init(&reload, 0x5107);
    reload.known.waste_bytes = 0;
    for (bool is_whole = false; !is_whole || versions == 1; versions++) {
        begin_text(&text);
        add_entry(&text, versions, "idle");
        for (size_t i = 1; i < BLOCK; i++)
            buffer_addf(&text, ",\"odd-%zu\":{\"state\":\"%0999zu\"}", i, versions);
        end_text(&text);
        const char *trouble = reload_next(&reload, buffer_str(&text));
        assert_null(trouble);
        is_whole = reload.delta.is_whole;
        assert_true(versions < 1000);
    }
    assert_true(versions > 10);
    assert_true(reload.known.waste_bytes < 20000);
    end(&reload, &text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_save_that_changes_nothing_reads_no_entry),
        cmocka_unit_test(one_changed_entry_costs_the_entries_of_its_block),
        cmocka_unit_test(scattered_changes_cost_the_entries_of_their_blocks),
        cmocka_unit_test(a_new_session_costs_the_last_block),
        cmocka_unit_test(without_white_space_a_new_session_is_no_other_matter),
        cmocka_unit_test(a_purged_entry_costs_its_block_and_moves_those_behind),
        cmocka_unit_test(an_entry_put_in_between_costs_no_block_but_its_own),
        cmocka_unit_test(blocks_do_not_wear_out),
        cmocka_unit_test(a_torn_text_leaves_what_is_known_and_the_next_one_repairs_it),
        cmocka_unit_test(what_cannot_be_repaired_is_left_to_others),
        cmocka_unit_test(a_long_text_is_not_kept),
        cmocka_unit_test(a_long_entry_is_begun_anew_few_times),
        cmocka_unit_test(memory_that_loads_leave_behind_is_given_back),
    };
    return cmocka_run_group_tests_name("reload", tests, NULL, NULL);
}
