// LDFLAGS: -Wl,--wrap=realloc
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tui/term_palette.h"

/* Cannot be otherwise: the wrapped call has no argument for it. 0: nothing fails. */
static size_t calls_until_failure;

void *__real_realloc(void *memory, size_t size);
void *__wrap_realloc(void *memory, size_t size);

void *__wrap_realloc(void *memory, size_t size)
{
    if (calls_until_failure > 0 && --calls_until_failure == 0)
        return NULL;
    return __real_realloc(memory, size);
}

static void each_number_is_set_once_and_put_back_alone(void **state)
{
    (void)state;
    struct term_palette palette = {0};
    term_palette_set(&palette, 25, 0x0b57a4);
    term_palette_set(&palette, 255, 0x0100ff);
    term_palette_set(&palette, 25, 0xffffff);
    assert_string_equal(palette.on.data,
                        "\033]4;25;rgb:0b/57/a4\033\\\033]4;255;rgb:01/00/ff\033\\");
    assert_string_equal(palette.off.data, "\033]104;25\033\\\033]104;255\033\\");
    term_palette_done(&palette);
}

static void only_terminals_that_say_OSC_4_and_104_are_asked(void **state)
{
    (void)state;
    assert_true(term_palette_fits("\033]4;%p1%d;rgb:…", "\033]104\007"));
    assert_false(term_palette_fits("\033]P%p1%x", "\033]R"));
    assert_false(term_palette_fits("\033]4;%p1%d;rgb:…", NULL));
    assert_false(term_palette_fits(NULL, "\033]104\007"));
    assert_false(term_palette_fits("", ""));
}

static void without_memory_the_palette_stays_the_terminals_own(void **state)
{
    (void)state;
    for (size_t turn = 1; turn <= 2; turn++) {
        struct term_palette palette = {0};
        calls_until_failure = turn;
        term_palette_set(&palette, 22, 0x0a5c0a);
        calls_until_failure = 0;
        term_palette_set(&palette, 23, 0x00595c);
        assert_int_equal(palette.on.len, 0);
        assert_int_equal(palette.off.len, 0);
        term_palette_done(&palette);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_number_is_set_once_and_put_back_alone),
        cmocka_unit_test(only_terminals_that_say_OSC_4_and_104_are_asked),
        cmocka_unit_test(without_memory_the_palette_stays_the_terminals_own),
    };
    return cmocka_run_group_tests_name("term_palette", tests, NULL, NULL);
}
