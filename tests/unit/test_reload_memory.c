// LDFLAGS: -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=reallocarray
/* Every allocation of a load, of one on top of it, and of a fetch fails in turn: -ENOMEM, nothing
 * leaked, and the document is as it was. */
#include "core/document_loader.h"
#include "core/document_windows.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/helpers/memory.h"

enum { OLD_ENTRIES = 20, NEW_ENTRIES = 60 };

/* A usual entry, and now and then an odd one. */
static void add_entry(struct buffer *text, size_t number, const char *state)
{
    buffer_addf(text, "%s\"s%zu\":{", text->data[text->len - 1] == '{' ? "" : ",", number);
    if (number % 7 == 3)
        buffer_addf(text, "\"state\":[\"%s\"],\"idleTtlMs\":null}", state);
    else
        buffer_addf(text,
                    "\"chatAgentId\":\"slot-%zu\",\"workspaceAgentId\":\"m\",\"sessionId\":\"\","
                    "\"workspaceDir\":\"\",\"state\":\"%s\",\"createdAt\":1,\"lastActiveAt\":2,"
                    "\"idleTtlMs\":3}",
                    number, state);
}

static void begin_text(struct buffer *text)
{
    buffer_add_str(text, STR("{\"version\":1,\"agents\":{"));
}

static void end_text(struct buffer *text)
{
    buffer_add_str(text, STR("}}"));
    assert_false(text->failed);
}

static int load(struct document_loader *loader, struct document *document, struct str text,
                struct document_delta *ret_delta)
{
    size_t at = 0, count, room;
    int result;
    document_loader_begin(loader, document, 100);
    do {
        char *to = document_loader_room(loader, &room);
        if (!to)
            return -ENOMEM;
        count = text.len - at < room ? text.len - at : room;
        if (count > 0)
            memcpy(to, text.data + at, count);
        at += count;
        result = document_loader_take(loader, count);
    } while (result == 0 && count > 0);
    if (result == 0)
        result = document_loader_finish(loader, ret_delta);
    if (result == 0)
        document_loader_apply(loader);
    return result;
}

/* Loads `before`, then `after`, in which the nth allocation fails. False when there was none. */
static bool fail_nth(size_t nth, struct str before, struct str after, size_t old_count)
{
    struct document document;
    struct entry old[OLD_ENTRIES];
    document_init(&document);
    struct document_loader *loader = document_loader_new();
    assert_non_null(loader);
    if (before.len > 0)
        assert_int_equal(load(loader, &document, before, NULL), 0);
    assert_int_equal(document.registry.count, old_count);
    if (old_count > 0)
        memcpy(old, document.registry.entries, old_count * sizeof(*old));
    calls_until_failure = nth;
    int result = load(loader, &document, after, NULL);
    bool reached = calls_until_failure == 0;
    calls_until_failure = 0;
    if (result != 0) {
        assert_int_equal(result, -ENOMEM);
        assert_int_equal(document.registry.count, old_count);
        if (old_count > 0)
            assert_memory_equal(old, document.registry.entries, old_count * sizeof(*old));
        assert_int_equal(load(loader, &document, after, NULL), 0);
    }
    assert_int_equal(document.size_bytes, after.len);
    document_loader_free(loader);
    document_done(&document);
    return reached;
}

static size_t fail_in_turn(struct str before, struct str after, size_t old_count)
{
    size_t nth = 1;
    while (fail_nth(nth, before, after, old_count))
        nth++;
    return nth - 1;
}

static void a_load_without_memory_leaves_the_document_as_it_was(void **state)
{
    (void)state;
    struct buffer old = {0}, longer = {0}, mixed = {0};
    begin_text(&old);
    begin_text(&longer);
    begin_text(&mixed);
    for (size_t i = 0; i < OLD_ENTRIES; i++) {
        add_entry(&old, i, "idle");
        add_entry(&longer, i, i == 5 ? "active" : "idle");
        if (i != 9)
            add_entry(&mixed, i, i == 11 ? "expired" : "idle");
        add_entry(&mixed, 100 + i, "idle");
    }
    for (size_t i = OLD_ENTRIES; i < NEW_ENTRIES; i++)
        add_entry(&longer, i, "idle");
    end_text(&old);
    end_text(&longer);
    end_text(&mixed);
    size_t first = fail_in_turn(STR(""), buffer_str(&longer), 0);
    size_t longer_again = fail_in_turn(buffer_str(&old), buffer_str(&longer), OLD_ENTRIES);
    size_t mixed_again = fail_in_turn(buffer_str(&old), buffer_str(&mixed), OLD_ENTRIES);
    printf("loads: %zu, %zu and %zu allocations failed in turn\n", first, longer_again,
           mixed_again);
    assert_true(first > 5 && longer_again > 5 && mixed_again > 5);
    buffer_done(&old);
    buffer_done(&longer);
    buffer_done(&mixed);
}

static void a_loader_is_made_or_not(void **state)
{
    (void)state;
    calls_until_failure = 1;
    assert_null(document_loader_new());
    calls_until_failure = 0;
    document_loader_free(NULL);
}

static int read_text(void *context, uint64_t offset, char *at, size_t len)
{
    memcpy(at, (const char *)context + offset, len);
    return 0;
}

static void a_fetch_without_memory_leaves_no_bytes(void **state)
{
    (void)state;
    struct buffer text = {0};
    struct document document;
    begin_text(&text);
    add_entry(&text, 1, "idle");
    end_text(&text);
    document_init(&document);
    struct document_loader *loader = document_loader_new();
    assert_int_equal(load(loader, &document, buffer_str(&text), NULL), 0);
    buffer_done(&document.bytes);
    calls_until_failure = 1;
    assert_int_equal(document_fetch(&document, read_text, text.data), -ENOMEM);
    calls_until_failure = 0;
    assert_null(document.bytes.data);
    assert_int_equal(document_fetch(&document, read_text, text.data), 0);
    document_loader_free(loader);
    document_done(&document);
    buffer_done(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_load_without_memory_leaves_the_document_as_it_was),
        cmocka_unit_test(a_loader_is_made_or_not),
        cmocka_unit_test(a_fetch_without_memory_leaves_no_bytes),
    };
    return cmocka_run_group_tests_name("reload_memory", tests, NULL, NULL);
}
