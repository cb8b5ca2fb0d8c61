// LDFLAGS: -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=reallocarray
/* Every allocation of a filter and of the rows it shows fails in turn: -ENOMEM, nothing leaked,
 * nothing half done. */
#include "tests/helpers/fixture.h"
#include "tests/helpers/memory.h"
#include "tui/filter.h"
#include "tui/rows.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct str text = {"invoice state:idle,act slot:1 !age>2h \"x", 40};

static void a_filter_is_made_whole_or_not_at_all(void **state)
{
    struct filter filter = {.count = 4711};
    struct error error;
    size_t failures = 0;
    int r;
    (void)state;
    do {
        calls_until_failure = failures + 1;
        r = filter_parse(text, false, &filter, &error);
        failures += r != 0;
        assert_true(r == 0 || (r == -ENOMEM && error.kind == ERROR_SYSTEM && filter.count == 4711));
    } while (r != 0);
    calls_until_failure = 0;
    assert_true(failures > 0);
    assert_int_equal(filter.count, 5);
    filter_done(&filter);
}

static void rows_stay_as_they_were_without_memory(void **state)
{
    struct fixture fixture;
    struct rows rows = {0};
    size_t failures = 0;
    int r;
    (void)state;
    fixture_make(&fixture,
                 ENTRY("a", "x", "main", "idle", 9) "," ENTRY("b", "y", "main", "idle", 9), 1);
    const struct registry *registry = &fixture.document.registry;
    assert_int_equal(
        rows_build(&rows, registry, &fixture.model, SORT_SESSION, true, STR("!nothing")), 0);
    do {
        assert_int_equal(rows.count, 2);
        assert_int_equal(rows.entries[0], 1);
        calls_until_failure = failures + 1;
        r = rows_build(&rows, registry, &fixture.model, SORT_SESSION, false, STR("id:a"));
        failures += r != 0;
        assert_true(r == 0 || r == -ENOMEM);
    } while (r != 0);
    calls_until_failure = 0;
    assert_true(failures >= 3);
    assert_int_equal(rows.count, 1);
    assert_int_equal(rows.entries[0], 0);
    rows_done(&rows);
    fixture_done(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_filter_is_made_whole_or_not_at_all),
        cmocka_unit_test(rows_stay_as_they_were_without_memory),
    };
    return cmocka_run_group_tests_name("filter_memory", tests, NULL, NULL);
}
