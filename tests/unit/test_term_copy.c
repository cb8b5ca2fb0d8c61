#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tui/term_copy.h"

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

/* RFC 4648, section 10, and bytes beyond ASCII. */
static const struct {
    const char *text, *base64;
} vectors[] = {
    {"f", "Zg=="},         {"fo", "Zm8="},         {"foo", "Zm9v"},      {"foob", "Zm9vYg=="},
    {"fooba", "Zm9vYmE="}, {"foobar", "Zm9vYmFy"}, {"\xfb\xff", "+/8="}, {"\xff\xff\xff", "////"},
};

static void a_text_is_sent_in_base64_to_the_clipboard(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(vectors); i++) {
        struct buffer out = {0}, wanted = {0};
        term_copy_sequence(str_of(vectors[i].text), false, &out);
        buffer_addf(&wanted, "\033]52;c;%s\a", vectors[i].base64);
        assert_string_equal(out.data, wanted.data);
        buffer_done(&out);
        buffer_done(&wanted);
    }
}

static void inside_tmux_it_goes_to_tmux_and_wrapped_to_the_terminal_outside(void **state)
{
    (void)state;
    struct buffer out = {0};
    term_copy_sequence(STR("foo"), true, &out);
    assert_string_equal(out.data, "\033]52;c;Zm9v\a\033Ptmux;\033\033]52;c;Zm9v\a\033\\");
    buffer_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_is_sent_in_base64_to_the_clipboard),
        cmocka_unit_test(inside_tmux_it_goes_to_tmux_and_wrapped_to_the_terminal_outside),
    };
    return cmocka_run_group_tests_name("term_copy", tests, NULL, NULL);
}
