#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/json.h"

#include <math.h>
#include <string.h>

/* STR for static tables, where C11 wants no compound literal. */
#define TEXT(literal)                                                                              \
    {                                                                                              \
        (literal), sizeof(literal) - 1                                                             \
    }
#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* Fails with what was tried beside what was wanted. */
static void assert_text(struct str tried, struct str got, struct str wanted)
{
    if (!str_equal(got, wanted))
        fail_msg("%.*s\n   gave %.*s\n wanted %.*s", (int)tried.len, tried.data, (int)got.len,
                 got.data ? got.data : "", (int)wanted.len, wanted.data);
}

static bool same_bits(double a, double b)
{
    return (isnan(a) && isnan(b)) || memcmp(&a, &b, sizeof(a)) == 0;
}

static void values_become_numbers_as_javascript_makes_them(void **state)
{
    (void)state;
    static const struct {
        struct str value;
        double number;
    } cases[] = {
        {{NULL, 0}, NAN},
        {TEXT("null"), 0},
        {TEXT(" true"), 1},
        {TEXT("false"), 0},
        {TEXT("{}"), NAN},
        {TEXT("1753000000000"), 1753000000000},
        {TEXT("-0"), -0.0},
        {TEXT("0.1e1"), 1},
        {TEXT("1e400"), INFINITY},
        {TEXT("-1e400"), -INFINITY},
        {TEXT("9007199254740993"), 9007199254740992},
        {TEXT("9007199254740993.0000000000000000000000000000001"), 9007199254740994},
        {TEXT("1e-400"), 0},
        {TEXT("0e99999999999999999999"), 0},
        {TEXT("\"\""), 0},
        {TEXT("\" \\u00a0\\ufeff\\u2029\\n\\u3000\""), 0},
        {TEXT("\"\xc2\xa0"
              "5\xe3\x80\x80\""),
         5},
        {TEXT("\"\\u200b5\""), NAN},
        {TEXT("\"+5\""), 5},
        {TEXT("\"-0\""), -0.0},
        {TEXT("\".5\""), 0.5},
        {TEXT("\"5.\""), 5},
        {TEXT("\"5.e1\""), 50},
        {TEXT("\".\""), NAN},
        {TEXT("\"1_000\""), NAN},
        {TEXT("\"1 2\""), NAN},
        {TEXT("\"1e\""), NAN},
        {TEXT("\"+-5\""), NAN},
        {TEXT("\"0x1F\""), 31},
        {TEXT("\"0O17\""), 15},
        {TEXT("\"0b101\""), 5},
        {TEXT("\"0x\""), NAN},
        {TEXT("\"0b2\""), NAN},
        {TEXT("\"0xg\""), NAN},
        {TEXT("\"-0x10\""), NAN},
        {TEXT("\"0x20000000000001\""), 9007199254740992},
        {TEXT("\"0x200000000000010000000001\""), 0x200000000000020000000000p0},
        {TEXT("\"Infinity\""), INFINITY},
        {TEXT("\"-Infinity \""), -INFINITY},
        {TEXT("\"infinity\""), NAN},
        {TEXT("\"Infinit\""), NAN},
        {TEXT("\"0010\""), 10},
        {TEXT("\"\\u0035\""), 5},
        {TEXT("\"5\\u0000\""), NAN},
        {TEXT("[]"), 0},
        {TEXT("[[ [] ] ]"), 0},
        {TEXT("[ [5] ]"), 5},
        {TEXT("[-0]"), 0},
        {TEXT("[null]"), 0},
        {TEXT("[true]"), NAN},
        {TEXT("[\"5\"]"), 5},
        {TEXT("[\"\"]"), 0},
        {TEXT("[1,2]"), NAN},
        {TEXT("[[],[]]"), NAN},
        {TEXT("[[1],[]]"), NAN},
        {TEXT("[{}]"), NAN},
        {TEXT("[1e400]"), INFINITY},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        double number = json_to_number(cases[i].value);
        if (!same_bits(number, cases[i].number))
            fail_msg("%.*s gave %.17g, wanted %.17g", (int)cases[i].value.len, cases[i].value.data,
                     number, cases[i].number);
    }
}

static void numbers_of_any_length_are_rounded_once(void **state)
{
    (void)state;
    enum { ZEROS = 100000 };
    struct buffer text = {0};
    buffer_add_str(&text, STR("9007199254740993.")); /* the middle of two doubles */
    buffer_add_repeat(&text, '0', ZEROS);
    assert_true(json_to_number(buffer_str(&text)) == 9007199254740992.0);
    buffer_add_char(&text, '1');
    assert_true(json_to_number(buffer_str(&text)) == 9007199254740994.0);

    buffer_clear(&text);
    buffer_add_str(&text, STR("0."));
    buffer_add_repeat(&text, '0', ZEROS);
    buffer_add_str(&text, STR("25e100002"));
    assert_true(json_to_number(buffer_str(&text)) == 25.0);

    buffer_clear(&text);
    buffer_add_char(&text, '7');
    buffer_add_repeat(&text, '0', ZEROS);
    buffer_add_str(&text, STR("e-100000"));
    assert_true(json_to_number(buffer_str(&text)) == 7.0);
    buffer_done(&text);
}

static void numbers_print_as_javascript_prints_them(void **state)
{
    (void)state;
    static const struct {
        double number;
        const char *text;
    } cases[] = {
        {0, "0"},
        {-0.0, "0"},
        {1753000000000, "1753000000000"},
        {-9007199254740991, "-9007199254740991"},
        {9007199254740992, "9007199254740992"},
        {0.1, "0.1"},
        {-1.5, "-1.5"},
        {0.1 + 0.2, "0.30000000000000004"},
        {1e20, "100000000000000000000"},
        {123456789012345680000.0, "123456789012345680000"},
        {1e21, "1e+21"},
        {-1.25e25, "-1.25e+25"},
        {1e-6, "0.000001"},
        {1e-7, "1e-7"},
        {1.5e-7, "1.5e-7"},
        {5e-324, "5e-324"},
        {2.2250738585072014e-308, "2.2250738585072014e-308"},
        {1.7976931348623157e308, "1.7976931348623157e+308"},
        {0x1p-44, "5.684341886080802e-14"},
        {9.5367431640625e-7, "9.5367431640625e-7"},
        {1e23, "1e+23"},
        {NAN, "null"},
        {INFINITY, "null"},
        {-INFINITY, "null"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct buffer out = {0};
        json_print_number(cases[i].number, &out);
        assert_string_equal(out.data, cases[i].text);
        buffer_done(&out);
    }
}

static void a_value_is_written_as_json_stringify_writes_it(void **state)
{
    (void)state;
    static const struct {
        struct str value;
        int indent, level;
        struct str text;
    } cases[] = {
        {{NULL, 0}, 2, 0, TEXT("")},
        {TEXT(" \"\\u0041\" "), 2, 0, TEXT("\"A\"")},
        {TEXT("1.50"), 0, 0, TEXT("1.5")},
        {TEXT("1e999"), 2, 0, TEXT("null")},
        {TEXT("{ }"), 2, 3, TEXT("{}")},
        {TEXT("[\n]"), 2, 0, TEXT("[]")},
        {TEXT("[1, true ,[],{}]"), 0, 0, TEXT("[1,true,[],{}]")},
        {TEXT("{\"a\":[1]}"), 2, 0, TEXT("{\n  \"a\": [\n    1\n  ]\n}")},
        {TEXT("{\"a\":[1]}"), 2, 2, TEXT("{\n      \"a\": [\n        1\n      ]\n    }")},
        {TEXT("[0]"), 12, 0, TEXT("[\n          0\n]")},
        {TEXT("{\"b\":1,\"2\":2,\"a\":3,\"10\":4,\"1\":5}"), 0, 0,
         TEXT("{\"1\":5,\"2\":2,\"10\":4,\"b\":1,\"a\":3}")},
        {TEXT("{\"a\":1,\"b\":2,\"\\u0061\":3}"), 0, 0, TEXT("{\"a\":3,\"b\":2}")},
        {TEXT("{\"a\":{\"x\":1},\"b\":[[]],\"a\":{\"y\":{}},\"c\":[2]}"), 0, 0,
         TEXT("{\"a\":{\"y\":{}},\"b\":[[]],\"c\":[2]}")},
        {TEXT("{\"z\":0,\"4294967295\":1,\"4294967294\":2,\"01\":3}"), 0, 0,
         TEXT("{\"4294967294\":2,\"z\":0,\"4294967295\":1,\"01\":3}")},
        {TEXT("{\"__proto__\":1,\"toJSON\":2,\"__proto__\":3}"), 0, 0,
         TEXT("{\"__proto__\":3,\"toJSON\":2}")},
        {TEXT("{\"\\ud800\":1,\"\xff\":2,\"\\ufffd\":3}"), 0, 0,
         TEXT("{\"\\ud800\":1,\"\xef\xbf\xbd\":3}")},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct buffer out = {0};
        json_stringify(cases[i].value, cases[i].indent, cases[i].level, &out);
        assert_false(out.failed);
        assert_text(cases[i].value, buffer_str(&out), cases[i].text);
        buffer_done(&out);
    }
}

/* "[[[…1…]]]" or, with names, "{"k":{"k":…1…}}". */
static struct buffer nested(size_t depth, struct str opening, char closing)
{
    struct buffer text = {0};
    for (size_t i = 0; i < depth; i++)
        buffer_add_str(&text, opening);
    buffer_add_char(&text, '1');
    buffer_add_repeat(&text, closing, depth);
    assert_false(text.failed);
    return text;
}

static void depth_costs_neither_stack_nor_square_time(void **state)
{
    (void)state;
    enum { DEPTH = 300000 };
    static const struct {
        struct str opening;
        char closing;
        double number;
    } cases[] = {{TEXT("["), ']', 1}, {TEXT("{\"k\":"), '}', NAN}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct buffer text = nested(DEPTH, cases[i].opening, cases[i].closing);
        struct buffer out = {0};
        struct json_cursor cursor;
        struct json_item item;
        assert_true(json_check(buffer_str(&text), NULL));
        assert_true(json_enter(buffer_str(&text), &cursor));
        assert_true(json_next(&cursor, &item));
        assert_int_equal(item.value.len, text.len - cases[i].opening.len - 1);
        assert_false(json_next(&cursor, &item));
        assert_true(same_bits(json_to_number(buffer_str(&text)), cases[i].number));
        json_stringify(buffer_str(&text), 0, 0, &out);
        assert_false(out.failed);
        assert_true(str_equal(buffer_str(&out), buffer_str(&text)));
        text.data[text.len - 1] = cases[i].closing == ']' ? '}' : ']';
        assert_false(json_check(buffer_str(&text), NULL));
        buffer_done(&out);
        buffer_done(&text);
    }
}

static void a_big_object_keeps_order_and_last_values(void **state)
{
    (void)state;
    enum { NAMES = 50000 };
    struct buffer text = {0};
    struct buffer wanted = {0};
    buffer_add_char(&text, '{');
    for (int i = 0; i < 2 * NAMES; i++)
        buffer_addf(&text, "%s\"s%d\":[%d]", i ? "," : "", (i % NAMES) * 7919 % NAMES, i);
    buffer_add_char(&text, '}');
    buffer_add_char(&wanted, '{');
    for (int i = 0; i < NAMES; i++)
        buffer_addf(&wanted, "%s\"s%d\":[%d]", i ? "," : "", i * 7919 % NAMES, i + NAMES);
    buffer_add_char(&wanted, '}');
    struct buffer out = {0};
    json_stringify(buffer_str(&text), 0, 0, &out);
    assert_false(out.failed);
    assert_true(str_equal(buffer_str(&out), buffer_str(&wanted)));
    buffer_done(&out);
    buffer_done(&wanted);
    buffer_done(&text);
}

static void a_failed_buffer_stays_failed(void **state)
{
    (void)state;
    struct buffer out = {.failed = true};
    json_stringify(STR("{\"a\":[1,{\"b\":2}]}"), 2, 0, &out);
    json_quote(STR("a"), &out);
    json_decode(STR("\"a\\n\""), &out);
    json_print_number(0.5, &out);
    assert_true(out.failed);
    assert_int_equal(out.len, 0);
    assert_null(out.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_become_numbers_as_javascript_makes_them),
        cmocka_unit_test(numbers_of_any_length_are_rounded_once),
        cmocka_unit_test(numbers_print_as_javascript_prints_them),
        cmocka_unit_test(a_value_is_written_as_json_stringify_writes_it),
        cmocka_unit_test(depth_costs_neither_stack_nor_square_time),
        cmocka_unit_test(a_big_object_keeps_order_and_last_values),
        cmocka_unit_test(a_failed_buffer_stays_failed),
    };
    return cmocka_run_group_tests_name("json_print", tests, NULL, NULL);
}
