// LDFLAGS: -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=reallocarray
/* Every allocation fails in turn: copies are whole or absent, nothing is leaked. */
#include "core/restore.h"
#include "tests/helpers/memory.h"
#include "tests/helpers/tree.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define NOW 1773890000000
static const char GOOD[] = "{\"agents\":{\"a\":{\"state\":\"active\"},\"b\":{\"state\":\"idle\"},"
                           "\"c\":{\"state\":\"deleted\"}}}";

/* True when the nth allocation came and failed. */
static bool end_of_turn(void)
{
    bool reached = calls_until_failure == 0;
    calls_until_failure = 0;
    return reached;
}

static void set_dir(const struct tree *tree, char dir[512])
{
    (void)snprintf(dir, 512, "%s/copies", tree->path);
}

static void a_copy_is_kept_whole_or_not_at_all(void **context)
{
    size_t failures = 0;
    bool reached = true;
    (void)context;
    for (size_t nth = 1; reached; nth++) {
        struct tree tree;
        char dir[512];
        tree_make(&tree);
        set_dir(&tree, dir);
        /* as long as GOOD: it is read and compared */
        char other[sizeof(GOOD)];
        memset(other, ' ', sizeof(other));
        struct str text = {other, sizeof(other) - 1};
        assert_int_equal(copies_save(dir, text, NOW, COPIES_WIPED, NULL), 0);
        calls_until_failure = nth;
        int result = copies_save(dir, str_of(GOOD), NOW, COPIES_WIPED, NULL);
        reached = end_of_turn();
        assert_true(result == 0 || (reached && result == -ENOMEM));
        assert_int_equal(tree_count(&tree, "copies"), result == 0 ? 2 : 1);
        failures += reached;
        tree_remove(&tree);
    }
    printf("vectors: %zu failed allocations\n", failures);
    assert_true(failures > 3);
}

static void a_list_without_memory_fails_and_leaks_nothing(void **context)
{
    struct tree tree;
    char dir[512];
    bool reached = true;
    (void)context;
    tree_make(&tree);
    set_dir(&tree, dir);
    assert_int_equal(copies_save(dir, str_of(GOOD), NOW, COPIES_WIPED, NULL), 0);
    assert_int_equal(copies_save(dir, STR("{"), NOW, COPIES_TORN, NULL), 0);
    for (size_t nth = 1; reached; nth++) {
        struct copies copies = {0};
        calls_until_failure = nth;
        int result = copies_list(dir, &copies, NULL);
        reached = end_of_turn();
        assert_int_equal(result, reached ? -ENOMEM : 0);
        assert_int_equal(copies.count, reached ? 0 : 2);
        copies_done(&copies);
    }
    tree_remove(&tree);
}

/* `now`: what the registry holds. */
static size_t fail_to_prepare(const char *dir, const char *text)
{
    struct document now;
    struct buffer bytes = {0};
    size_t failures = 0;
    bool reached = true;
    document_init(&now);
    buffer_addf(&bytes, "%s", text);
    assert_int_equal(document_parse(&now, &bytes, NULL), 0);
    for (size_t nth = 1; reached; nth++) {
        struct restore restore;
        struct error error = {0};
        calls_until_failure = nth;
        int result = restore_prepare(dir, NULL, &now, NOW, &restore, &error);
        reached = end_of_turn();
        assert_int_equal(result, reached ? -ENOMEM : 0);
        assert_int_equal(error.kind, reached ? ERROR_SYSTEM : ERROR_NONE);
        if (result == 0) {
            assert_int_equal(restore.count, 2);
            restore_done(&restore);
        }
        failures += reached;
    }
    document_done(&now);
    return failures;
}

static void a_restore_without_memory_is_not_prepared(void **context)
{
    struct tree tree;
    char dir[512];
    (void)context;
    tree_make(&tree);
    set_dir(&tree, dir);
    assert_int_equal(copies_save(dir, str_of(GOOD), NOW, COPIES_WIPED, NULL), 0);
    assert_int_equal(copies_save(dir, STR("{"), NOW, COPIES_TORN, NULL), 0);
    size_t failures = fail_to_prepare(dir, "{\"agents\":{}}") + fail_to_prepare(dir, "{");
    printf("vectors: %zu failed allocations\n", failures);
    assert_true(failures > 20);
    tree_remove(&tree);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_copy_is_kept_whole_or_not_at_all),
        cmocka_unit_test(a_list_without_memory_fails_and_leaks_nothing),
        cmocka_unit_test(a_restore_without_memory_is_not_prepared),
    };
    return cmocka_run_group_tests_name("restore_memory", tests, NULL, NULL);
}
