#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tui/term_input.h"

#include <string.h>

static const char *capability(const char *name)
{
    if (strcmp(name, "kf1") == 0)
        return "\033OP";
    if (strcmp(name, "kf2") == 0)
        return "\033[[B"; /* the Linux console */
    if (strcmp(name, "kpp") == 0)
        return "\033[5~";
    if (strcmp(name, "kcuu1") == 0)
        return "\013"; /* an old terminal's, which is Ctrl-K: not learned */
    return NULL;
}

static void put(struct term_input *input, const char *bytes, size_t len)
{
    size_t room;
    char *to = term_input_room(input, &room);
    assert_true(len <= room);
    memcpy(to, bytes, len);
    input->len += len;
}

/* Events as words: "a", "Esc", "paste:x", "mouse:0,3,5". */
static void take(struct term_input *input, bool is_over, struct buffer *out)
{
    struct event event;
    char name[KEY_NAME_SIZE];
    while (term_input_next(input, is_over, &event)) {
        buffer_addf(out, "%s", out->len ? " " : "");
        if (event.kind == EVENT_MOUSE)
            buffer_addf(out, "mouse:%d,%d,%d", (int)event.mouse, event.row, event.column);
        else
            buffer_addf(out, "%s%s", event.kind == EVENT_PASTE ? "paste:" : "",
                        key_label(event.key, name));
    }
}

static const struct {
    const char *bytes, *events;
} cases[] = {
    {"a", "a"},
    {"ab\r", "a b Enter"},
    {"\xc3\xa9x", "\xc3\xa9 x"},
    {"\033", "Esc"},
    {"\033\033", "Esc Esc"},
    {"\033[A", "Up"},
    {"\033OA", "Up"},
    {"\033[5~", "PgUp"},
    {"\033OP", "F1"},
    {"\033[[B", "F2"},
    {"\033[3~", "Del"},
    {"\033[Z", "S-Tab"},
    {"\033[Aj", "Up j"},
    {"\033x", ""},            /* Alt-x */
    {"\033\xc3\xa9x", "x"},   /* Alt with a character of several bytes */
    {"\033[1;5Aj", "j"},      /* Ctrl-Up */
    {"\033[[Zj", "j"},        /* an F-key that this terminal does not know */
    {"\033O5Pj", "j"},        /* a modified F-key */
    {"\033[?1;2cj", "j"},     /* an answer that came late */
    {"\033[12", ""},          /* cut off */
    {"\033[M !!K", "K"},      /* a press as old terminals tell it */
    {"\033[M !", ""},         /* and cut off */
    {"\033\033[A", "Esc Up"}, /* Escape twice in a hurry would be two ways out */
    {"\033[\033[B", "Down"},  /* what is no sequence ends where it ends */
    {"\013", "^K"},
    {"\033[200~Kx\033[201~j", "paste:K paste:x j"},
    {"\033[200~\033[A\033[201~", "paste:Esc paste:[ paste:A"},
    {"\033[200~\x1a\003\033[201~", "paste:^Z paste:^C"},
    {"\033[201~j", "j"},
    {"\033[<0;12;5M", "mouse:0,4,11"},
    {"\033[<0;12;5m", ""}, /* let go */
    {"\033[<64;1;1M", "mouse:1,0,0"},
    {"\033[<65;1;1M", "mouse:2,0,0"},
    {"\033[<2;1;1M", ""},  /* another button */
    {"\033[<32;1;1M", ""}, /* moved */
    {"\033[<0;0;1M", ""},
    {"\033[<0;1M", ""},
    {"\033[<0;99999999999;1M", ""},
    {"\033[<;;M", ""},
};

static void bytes_become_keys(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct term_input input = {0};
        struct buffer out = {0};
        term_input_learn_keys(&input, capability);
        put(&input, cases[i].bytes, strlen(cases[i].bytes));
        take(&input, false, &out);
        take(&input, true, &out);
        if (!str_equal(buffer_str(&out), str_of(cases[i].events)) &&
            out.len + strlen(cases[i].events) > 0)
            fail_msg("case %zu: %s", i, out.data);
        assert_false(term_input_waits(&input));
        buffer_done(&out);
    }
}

/* However the kernel cuts it, as long as it comes in time. */
static void where_the_bytes_are_cut_makes_no_difference(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct term_input input = {0};
        struct buffer out = {0};
        term_input_learn_keys(&input, capability);
        for (const char *at = cases[i].bytes; *at; at++) {
            put(&input, at, 1);
            take(&input, false, &out);
        }
        take(&input, true, &out);
        if (!str_equal(buffer_str(&out), str_of(cases[i].events)) &&
            out.len + strlen(cases[i].events) > 0)
            fail_msg("case %zu: %s", i, out.data);
        buffer_done(&out);
    }
}

static void an_escape_alone_is_known_only_when_nothing_follows(void **state)
{
    (void)state;
    struct term_input input = {0};
    struct event event;
    put(&input, "\033", 1);
    assert_false(term_input_next(&input, false, &event));
    assert_true(term_input_waits(&input));
    assert_true(term_input_next(&input, true, &event));
    assert_int_equal(event.key, KEY_ESCAPE);
    assert_false(term_input_waits(&input));
}

static uint32_t next_random(uint32_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed;
}

/* Bytes that sequences are made of, so that many are nearly ones. */
static void whatever_comes_is_used_up_and_there_is_always_room(void **state)
{
    (void)state;
    static const char likely[] = "\033\033[[O<>?;0123456789~MmABP\x9b\xc3\xa9\xffKx\r";
    struct term_input input = {0};
    uint32_t seed = 20261126;
    size_t events = 0;
    term_input_learn_keys(&input, capability);
    for (int round = 0; round < 20000; round++) {
        size_t room, count = next_random(&seed) % 40;
        char *to = term_input_room(&input, &room);
        struct event event;
        assert_true(room > 0);
        count = count < room ? count : room;
        for (size_t i = 0; i < count; i++)
            to[i] = next_random(&seed) % 4 ? likely[next_random(&seed) % (sizeof(likely) - 1)]
                                           : (char)next_random(&seed);
        input.len += count;
        bool is_over = next_random(&seed) % 4 == 0;
        while (term_input_next(&input, is_over, &event)) {
            assert_true(event.kind == EVENT_MOUSE || event.key != 0);
            assert_true(event.kind != EVENT_MOUSE || (event.row >= 0 && event.column >= 0));
            assert_true(event.key <= KEY_CODE_F12);
            events++;
        }
        assert_true(!is_over || !term_input_waits(&input));
    }
    assert_true(events > 1000);
}

static void a_sequence_without_an_end_is_given_up_when_there_is_no_room(void **state)
{
    (void)state;
    struct term_input input = {0};
    struct event event;
    size_t room;
    put(&input, "\033[", 2);
    char *to = term_input_room(&input, &room);
    memset(to, '1', room);
    input.len += room;
    assert_false(term_input_next(&input, false, &event));
    (void)term_input_room(&input, &room);
    assert_int_equal(room, TERM_INPUT_BYTES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_become_keys),
        cmocka_unit_test(where_the_bytes_are_cut_makes_no_difference),
        cmocka_unit_test(an_escape_alone_is_known_only_when_nothing_follows),
        cmocka_unit_test(whatever_comes_is_used_up_and_there_is_always_room),
        cmocka_unit_test(a_sequence_without_an_end_is_given_up_when_there_is_no_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
