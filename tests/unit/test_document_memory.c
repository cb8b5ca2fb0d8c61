// LDFLAGS: -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=reallocarray
/* Every allocation fails in turn: -ENOMEM, nothing leaked, outputs untouched. */
#include "core/document.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/helpers/memory.h"

static const char TEXT[] =
    "{\"agents\":{\"b\\u0031\":{\"state\":\"id\\u006ce\",\"lastActiveAt\":\"7\","
    "\"chatAgentId\":\"m\\u0031\"},\"7\":{\"state\":\"idle\",\"x\":[[1]]},"
    "\"gone\":{\"state\":\"deleted\"},\"3\":{\"state\":\"expired\"}}}";

static const char USUAL[] =
    "{\"version\":1,\"agents\":{\"a\":{\"chatAgentId\":\"m\",\"workspaceAgentId\":\"m\","
    "\"sessionId\":\"a\",\"workspaceDir\":\"\",\"state\":\"idle\",\"createdAt\":1,"
    "\"lastActiveAt\":2,\"idleTtlMs\":3}}}";

static void text_of(struct buffer *bytes, const char *text)
{
    memset(bytes, 0, sizeof(*bytes));
    buffer_add_str(bytes, str_of(text));
    assert_false(bytes->failed);
}

static void change(struct registry *registry)
{
    const struct pool pool = {STR("main"), NULL, 0};
    struct entry *entry;
    size_t count;
    bool found;
    assert_int_equal(registry_touch(registry, STR("b1"), 5, &found, NULL), 0);
    assert_int_equal(registry_release(registry, STR("7"), &found, NULL), 0);
    assert_int_equal(registry_purge_deleted(registry, &count, NULL), 0);
    assert_int_equal(registry_allocate(registry, STR("3"), &pool, NULL, 5, &entry, NULL), 0);
    assert_int_equal(registry_allocate(registry, STR("new"), &pool, NULL, 5, &entry, NULL), 0);
}

/* How many allocations failed until the parse went through. */
static size_t fail_parse_in_turn(const char *text, size_t entries)
{
    size_t failures = 0;
    bool reached = true;
    for (size_t nth = 1; reached; nth++) {
        struct document document;
        struct buffer bytes;
        struct error error;
        text_of(&bytes, text);
        document_init(&document);
        calls_until_failure = nth;
        int result = document_parse(&document, &bytes, &error);
        reached = calls_until_failure == 0;
        calls_until_failure = 0;
        assert_int_equal(result, reached ? -ENOMEM : 0);
        assert_int_equal(document.state, reached ? DOCUMENT_MISSING : DOCUMENT_OK);
        assert_int_equal(document.registry.count, reached ? 0 : entries);
        assert_null(bytes.data);
        document_done(&document);
        failures += reached;
    }
    return failures;
}

static void a_parse_without_memory_leaves_the_document_as_after_init(void **state)
{
    (void)state;
    size_t odd = fail_parse_in_turn(TEXT, 4);
    size_t usual = fail_parse_in_turn(USUAL, 1);
    printf("parse: %zu and %zu allocations failed in turn\n", odd, usual);
    assert_true(odd > 0 && usual > 0);
}

/* The document with its changes, ready to be planned or printed. */
static void open_changed(struct document *document)
{
    struct buffer bytes;
    text_of(&bytes, TEXT);
    document_init(document);
    assert_int_equal(document_parse(document, &bytes, NULL), 0);
    change(&document->registry);
}

static void a_plan_without_memory_leaves_the_result_untouched(void **state)
{
    (void)state;
    struct document document;
    size_t failures = 0;
    int result = -ENOMEM;
    open_changed(&document);
    for (size_t nth = 1; result != 0; nth++) {
        struct plan plan = {.count = 77};
        struct error error;
        calls_until_failure = nth;
        result = document_plan(&document, &plan, &error);
        calls_until_failure = 0;
        if (result != 0) {
            assert_int_equal(result, -ENOMEM);
            assert_int_equal(plan.count, 77);
            failures++;
        } else {
            assert_int_equal(plan.count, 3);
            plan_done(&plan);
        }
    }
    printf("plan: %zu allocations failed in turn\n", failures);
    assert_true(failures > 0);
    document_done(&document);
}

static void a_print_without_memory_says_so(void **state)
{
    (void)state;
    struct document document;
    size_t failures = 0;
    int result = -ENOMEM;
    open_changed(&document);
    for (size_t nth = 1; result != 0; nth++) {
        struct buffer out = {0};
        calls_until_failure = nth;
        result = document_print_whole(&document, &out, NULL);
        calls_until_failure = 0;
        assert_true(result == 0 || result == -ENOMEM);
        failures += result != 0;
        buffer_done(&out);
    }
    printf("print: %zu allocations failed in turn\n", failures);
    assert_true(failures > 0);
    document_done(&document);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_parse_without_memory_leaves_the_document_as_after_init),
        cmocka_unit_test(a_plan_without_memory_leaves_the_result_untouched),
        cmocka_unit_test(a_print_without_memory_says_so),
    };
    return cmocka_run_group_tests_name("document_memory", tests, NULL, NULL);
}
