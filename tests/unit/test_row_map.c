// LDFLAGS: -Wl,--wrap=calloc
/* A row that was put is found, others are not, however many there are; also without memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/row_map.h"

#include <stdlib.h>

enum { ROWS = 5000, STEP = 7 };

static bool has_no_memory;

void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size)
{
    return has_no_memory ? NULL : __real_calloc(count, size);
}

static void what_was_put_is_found_and_nothing_else(void **state)
{
    struct row_map map = {0};
    (void)state;
    assert_int_equal(row_map_find(&map, 0), ROW_MAP_NONE);
    for (size_t i = 0; i < ROWS; i++)
        assert_true(row_map_put(&map, i * STEP, ROWS - i));
    for (size_t row = 0; row < ROWS * STEP; row++)
        assert_int_equal(row_map_find(&map, row),
                         row % STEP == 0 ? ROWS - row / STEP : ROW_MAP_NONE);
    assert_int_equal(row_map_find(&map, SIZE_MAX), ROW_MAP_NONE);
    assert_int_equal(map.count, ROWS);
    row_map_done(&map);
    assert_int_equal(row_map_find(&map, 0), ROW_MAP_NONE);
}

static void without_memory_it_stays_as_it_was(void **state)
{
    struct row_map map = {0};
    size_t count = 0;
    (void)state;
    has_no_memory = true;
    assert_false(row_map_put(&map, 1, 1));
    has_no_memory = false;
    assert_true(row_map_put(&map, 1, 1));
    has_no_memory = true;
    for (size_t row = 2; row_map_put(&map, row, row); row++)
        count++;
    has_no_memory = false;
    assert_int_equal(map.count, count + 1);
    for (size_t row = 1; row <= count + 1; row++)
        assert_int_equal(row_map_find(&map, row), row);
    row_map_done(&map);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_put_is_found_and_nothing_else),
        cmocka_unit_test(without_memory_it_stays_as_it_was),
    };
    return cmocka_run_group_tests_name("row_map", tests, NULL, NULL);
}
