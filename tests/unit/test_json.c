#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/json.h"

#include <stdlib.h>
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

static void accepted_texts_are_accepted(void **state)
{
    (void)state;
    static const struct str texts[] = {
        TEXT("0"),
        TEXT("-0.0e-00"),
        TEXT(" \t\r\n[ ]\n"),
        TEXT("{}"),
        TEXT("\"\""),
        TEXT("\"\x7f\""),
        TEXT("\"\\u0000\\ud800\\/\""),
        TEXT("\"\xff\xed\xa0\x80\xef\xbb\xbf\""),
        TEXT("\"\xe2\x82\""),
        TEXT("{\"a\":1,\"a\":2,\"\":[{}, []]}"),
        TEXT("1e999999999999"),
        TEXT("[null,true,false]"),
        TEXT("\"control-free text longer than two words of eight bytes\""),
    };
    for (size_t i = 0; i < COUNT(texts); i++) {
        if (!json_check(texts[i], NULL))
            fail_msg("refused: %.*s", (int)texts[i].len, texts[i].data);
    }
}

static void a_refusal_names_place_and_reason(void **state)
{
    (void)state;
    static const struct {
        struct str text;
        size_t offset, line, column;
        const char *reason;
    } cases[] = {
        {{NULL, 0}, 0, 1, 1, "text is empty"},
        {TEXT(""), 0, 1, 1, "text is empty"},
        {TEXT(" \n "), 3, 2, 2, "text is empty"},
        {TEXT("\xEF\xBB\xBF{}"), 0, 1, 1, "byte order mark before the value"},
        {TEXT("{} \xEF\xBB\xBF"), 3, 1, 4, "text goes on behind the value"},
        {TEXT("1 2"), 2, 1, 3, "text goes on behind the value"},
        {TEXT("{}\0"), 2, 1, 3, "text goes on behind the value"},
        {TEXT("\v1"), 0, 1, 1, "unexpected character"},
        {TEXT("\xC2\xA0 1"), 0, 1, 1, "unexpected character"},
        {TEXT("'a'"), 0, 1, 1, "unexpected character"},
        {TEXT("NaN"), 0, 1, 1, "unexpected character"},
        {TEXT("+1"), 0, 1, 1, "unexpected character"},
        {TEXT("[1,]"), 3, 1, 4, "unexpected character"},
        {TEXT("nulL"), 3, 1, 4, "unexpected character"},
        {TEXT("tru"), 3, 1, 4, "text ends inside a word"},
        {TEXT("\"a\n\""), 2, 1, 3, "control character inside a string"},
        {TEXT("\"a long enough string\x1f\""), 21, 1, 22, "control character inside a string"},
        {TEXT("\"\0\""), 1, 1, 2, "control character inside a string"},
        {TEXT("\"\\x41\""), 2, 1, 3, "unknown escape in a string"},
        {TEXT("\"\\\0\""), 2, 1, 3, "unknown escape in a string"},
        {TEXT("\"\\u00g0\""), 5, 1, 6, "\\u needs four hexadecimal digits"},
        {TEXT("\"\\u00"), 5, 1, 6, "text ends inside a string"},
        {TEXT("\"\\"), 2, 1, 3, "text ends inside a string"},
        {TEXT("[\"a"), 3, 1, 4, "text ends inside a string"},
        {TEXT("007"), 0, 1, 1, "number with a leading zero"},
        {TEXT("[-01]"), 2, 1, 3, "number with a leading zero"},
        {TEXT("5.]"), 2, 1, 3, "malformed number"},
        {TEXT(".5"), 0, 1, 1, "unexpected character"},
        {TEXT("-"), 1, 1, 2, "text ends inside a number"},
        {TEXT("1."), 2, 1, 3, "text ends inside a number"},
        {TEXT("1e+"), 3, 1, 4, "text ends inside a number"},
        {TEXT("1e x"), 2, 1, 3, "malformed number"},
        {TEXT("-Infinity"), 1, 1, 2, "malformed number"},
        {TEXT("0x10"), 1, 1, 2, "text goes on behind the value"},
        {TEXT("{\n  a: 1}"), 4, 2, 3, "a member's name in quotes was expected"},
        {TEXT("{\"a\":1,}"), 7, 1, 8, "a member's name in quotes was expected"},
        {TEXT("{\"a\" 1}"), 5, 1, 6, "':' was expected"},
        {TEXT("{\"a\":1 \"b\":2}"), 7, 1, 8, "',' or '}' was expected"},
        {TEXT("{\"a\":1]"), 6, 1, 7, "',' or '}' was expected"},
        {TEXT("[{}}"), 3, 1, 4, "',' or ']' was expected"},
        {TEXT("[[[1]"), 5, 1, 6, "text ends before its last bracket is closed"},
        {TEXT("{\"a\":\n"), 6, 2, 1, "text ends before its last bracket is closed"},
        {TEXT("{\"a\"\n"), 5, 2, 1, "text ends before its last bracket is closed"},
        {TEXT("["), 1, 1, 2, "text ends before its last bracket is closed"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct json_fault fault = {0};
        assert_false(json_check(cases[i].text, &fault));
        assert_string_equal(fault.reason, cases[i].reason);
        assert_int_equal(fault.offset, cases[i].offset);
        assert_int_equal(fault.line, cases[i].line);
        assert_int_equal(fault.column, cases[i].column);
    }
}

static void every_cut_of_a_document_is_refused_at_its_end(void **state)
{
    (void)state;
    static const char document[] =
        "{\n  \"s1\": {\"state\": \"idle\\u00e9\\n\", \"n\": [-1.5e+3, true, false, null, {}]}\n}";
    for (size_t len = 0; len < sizeof(document) - 1; len++) {
        char *cut = malloc(len + 1); /* exact size: a read behind it is the sanitizer's to find */
        assert_non_null(cut);
        memcpy(cut, document, len);
        char *exact = realloc(cut, len ? len : 1);
        assert_non_null(exact);
        struct json_fault fault = {0};
        assert_false(json_check((struct str){exact, len}, &fault));
        assert_int_equal(fault.offset, len);
        free(exact);
    }
    assert_true(json_check(STR(document), NULL));
}

static void a_value_has_the_kind_of_its_first_character(void **state)
{
    (void)state;
    static const struct {
        struct str text;
        enum json_kind kind;
    } cases[] = {
        {{NULL, 0}, JSON_MISSING},     {TEXT(" null"), JSON_NULL},  {TEXT("false"), JSON_FALSE},
        {TEXT("\n\ttrue"), JSON_TRUE}, {TEXT("-1"), JSON_NUMBER},   {TEXT("\"{\""), JSON_STRING},
        {TEXT(" [1]"), JSON_ARRAY},    {TEXT("\r{}"), JSON_OBJECT}, {TEXT("0"), JSON_NUMBER},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_int_equal(json_kind(cases[i].text), cases[i].kind);
}

static void the_cursor_gives_bare_spans_in_order_of_the_text(void **state)
{
    (void)state;
    static const struct {
        struct str key, value;
    } wanted[] = {
        {TEXT("\"a\""), TEXT("1")},
        {TEXT("\"\\\"]\""), TEXT("[ 1 , {\"}\":\"\\\\\"} ]")},
        {TEXT("\"a\""), TEXT("\"x, \\\" y\"")},
        {TEXT("\"c\""), TEXT("{}")},
        {TEXT("\"d\""), TEXT("-1e5")},
    };
    struct str text = STR(" { \"a\" : 1 , \"\\\"]\":[ 1 , {\"}\":\"\\\\\"} ]\n,\"a\":\"x, \\\" y\","
                          "\"c\"\t:\t{}\r,\"d\":-1e5}\n");
    struct json_cursor cursor;
    struct json_item item;
    assert_true(json_check(text, NULL));
    assert_true(json_enter(text, &cursor));
    assert_true(cursor.is_object);
    for (size_t i = 0; i < COUNT(wanted); i++) {
        assert_true(json_next(&cursor, &item));
        assert_text(text, item.key, wanted[i].key);
        assert_text(text, item.value, wanted[i].value);
    }
    assert_false(json_next(&cursor, &item));
    assert_false(json_next(&cursor, &item));
}

static void array_elements_have_no_key(void **state)
{
    (void)state;
    struct str text = STR("[ null,[[]] , 7 ]");
    static const struct str wanted[] = {TEXT("null"), TEXT("[[]]"), TEXT("7")};
    struct json_cursor cursor;
    struct json_item item;
    assert_true(json_enter(text, &cursor));
    assert_false(cursor.is_object);
    for (size_t i = 0; i < COUNT(wanted); i++) {
        assert_true(json_next(&cursor, &item));
        assert_null(item.key.data);
        assert_text(text, item.value, wanted[i]);
    }
    assert_false(json_next(&cursor, &item));
}

static void only_arrays_and_objects_can_be_entered(void **state)
{
    (void)state;
    static const struct str others[] = {{NULL, 0},    TEXT("1"),     TEXT("\"[]\""),
                                        TEXT("null"), TEXT(" true"), TEXT("false")};
    struct json_cursor cursor;
    for (size_t i = 0; i < COUNT(others); i++)
        assert_false(json_enter(others[i], &cursor));
}

static void the_root_has_no_white_space_around_it(void **state)
{
    (void)state;
    assert_text(STR("root"), json_root(STR(" \n[ 1 ]\r\t ")), STR("[ 1 ]"));
    assert_text(STR("root"), json_root(STR("5")), STR("5"));
    assert_null(json_root((struct str){0}).data);
}

static void a_member_is_the_last_of_its_decoded_name(void **state)
{
    (void)state;
    struct str object = STR("{\"a\":1,\"b\":{\"a\":9},\"\\u0061\":2,\"\":3,\"\\ud83d\\ude00\":4,"
                            "\"\\ud800\":5,\"\\u0000\":6,\"\xff\":7,\"A\":8}");
    static const struct {
        struct str name, value;
    } cases[] = {
        {TEXT("a"), TEXT("2")},
        {TEXT("b"), TEXT("{\"a\":9}")},
        {TEXT(""), TEXT("3")},
        {TEXT("\xf0\x9f\x98\x80"), TEXT("4")},
        {TEXT("\xed\xa0\x80"), TEXT("5")},
        {TEXT("\0"), TEXT("6")},
        {TEXT("\xef\xbf\xbd"), TEXT("7")},
        {TEXT("A"), TEXT("8")},
    };
    assert_true(json_check(object, NULL));
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_text(cases[i].name, json_member(object, cases[i].name), cases[i].value);
    assert_null(json_member(object, STR("c")).data);
    assert_null(json_member(object, STR("aa")).data);
    assert_null(json_member(STR("[\"a\"]"), STR("a")).data);
    assert_null(json_member((struct str){0}, STR("a")).data);
}

struct string_case {
    struct str literal;
    struct str decoded;
    struct str quoted;
};

static const struct string_case STRINGS[] = {
    {TEXT("\"\""), TEXT(""), TEXT("\"\"")},
    {TEXT("\"plain text of some length\""), TEXT("plain text of some length"),
     TEXT("\"plain text of some length\"")},
    {TEXT("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\""), TEXT("\"\\/\b\f\n\r\t"),
     TEXT("\"\\\"\\\\/\\b\\f\\n\\r\\t\"")},
    {TEXT("\"\\u0000\\u001F\\u007f\""), TEXT("\0\x1f\x7f"), TEXT("\"\\u0000\\u001f\x7f\"")},
    {TEXT("\"\\u00e9\\u20AC\""), TEXT("é€"), TEXT("\"é€\"")},
    {TEXT("\"\\u2028\""), TEXT("\xe2\x80\xa8"), TEXT("\"\xe2\x80\xa8\"")},
    {TEXT("\"\\ud83d\\ude00\""), TEXT("\xf0\x9f\x98\x80"), TEXT("\"\xf0\x9f\x98\x80\"")},
    {TEXT("\"\\ud83d\""), TEXT("\xed\xa0\xbd"), TEXT("\"\\ud83d\"")},
    {TEXT("\"\\uDE00\\uD83D\""), TEXT("\xed\xb8\x80\xed\xa0\xbd"), TEXT("\"\\ude00\\ud83d\"")},
    {TEXT("\"\\ud83d\\ud83d\\ude00\""), TEXT("\xed\xa0\xbd\xf0\x9f\x98\x80"),
     TEXT("\"\\ud83d\xf0\x9f\x98\x80\"")},
    {TEXT("\"\\ud83d\\n\\ude00\""), TEXT("\xed\xa0\xbd\n\xed\xb8\x80"),
     TEXT("\"\\ud83d\\n\\ude00\"")},
    {TEXT("\"\xed\xa0\x80\""), TEXT("\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"),
     TEXT("\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"")},
    {TEXT("\"\xe2\x82\x41\""), TEXT("\xef\xbf\xbd\x41"), TEXT("\"\xef\xbf\xbd\x41\"")},
    {TEXT("\"\xf0\x9f\x98\""), TEXT("\xef\xbf\xbd"), TEXT("\"\xef\xbf\xbd\"")},
    {TEXT("\"\xf0\x80\x80\""), TEXT("\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"),
     TEXT("\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"")},
    {TEXT("\"\xf4\x90\""), TEXT("\xef\xbf\xbd\xef\xbf\xbd"), TEXT("\"\xef\xbf\xbd\xef\xbf\xbd\"")},
    {TEXT("\"\xc0\xaf\xff\""), TEXT("\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"),
     TEXT("\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"")},
};

static void strings_decode_to_one_encoding_and_quote_as_javascript_does(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(STRINGS); i++) {
        struct buffer decoded = {0};
        struct buffer quoted = {0};
        assert_true(json_check(STRINGS[i].literal, NULL));
        json_decode(STRINGS[i].literal, &decoded);
        assert_text(STRINGS[i].literal, buffer_str(&decoded), STRINGS[i].decoded);
        json_quote(STRINGS[i].decoded, &quoted);
        assert_text(STRINGS[i].literal, buffer_str(&quoted), STRINGS[i].quoted);
        buffer_done(&decoded);
        buffer_done(&quoted);
    }
}

static void a_literal_equals_its_own_decoded_form_only(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(STRINGS); i++) {
        for (size_t j = 0; j < COUNT(STRINGS); j++) {
            bool is_same = str_equal(STRINGS[i].decoded, STRINGS[j].decoded);
            assert_int_equal(json_string_equals(STRINGS[i].literal, STRINGS[j].decoded), is_same);
        }
    }
    assert_true(json_string_equals(STR("\"\""), (struct str){0}));
    assert_false(json_string_equals(STR("\"ab\""), STR("a")));
    assert_false(json_string_equals(STR("\"a\""), STR("ab")));
}

static void foreign_bytes_are_quoted_as_replacement_characters(void **state)
{
    (void)state;
    static const struct {
        struct str bytes, quoted;
    } cases[] = {
        {TEXT("a\xff"
              "b"),
         TEXT("\"a\xef\xbf\xbd"
              "b\"")},
        {TEXT("\xed\xa0"), TEXT("\"\xef\xbf\xbd\"")},
        {TEXT("\xed\xbf\xbf"), TEXT("\"\\udfff\"")},
        {TEXT("\\u0041"), TEXT("\"\\\\u0041\"")},
        {{NULL, 0}, TEXT("\"\"")},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct buffer out = {0};
        json_quote(cases[i].bytes, &out);
        assert_text(cases[i].bytes, buffer_str(&out), cases[i].quoted);
        buffer_done(&out);
    }
}

static void index_keys_are_canonical_and_below_the_limit(void **state)
{
    (void)state;
    static const struct {
        struct str key;
        bool is_index;
        uint32_t index;
    } cases[] = {
        {TEXT("0"), true, 0},
        {TEXT("7"), true, 7},
        {TEXT("4294967294"), true, UINT32_MAX - 1},
        {TEXT("4294967295"), false, 0},
        {TEXT("9999999999"), false, 0},
        {TEXT("10000000000"), false, 0},
        {TEXT("00"), false, 0},
        {TEXT("01"), false, 0},
        {TEXT("-1"), false, 0},
        {TEXT("1 "), false, 0},
        {TEXT(""), false, 0},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        uint32_t index = 12345;
        assert_int_equal(json_is_index_key(cases[i].key, &index), cases[i].is_index);
        assert_int_equal(index, cases[i].is_index ? cases[i].index : 12345);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepted_texts_are_accepted),
        cmocka_unit_test(a_refusal_names_place_and_reason),
        cmocka_unit_test(every_cut_of_a_document_is_refused_at_its_end),
        cmocka_unit_test(a_value_has_the_kind_of_its_first_character),
        cmocka_unit_test(the_cursor_gives_bare_spans_in_order_of_the_text),
        cmocka_unit_test(array_elements_have_no_key),
        cmocka_unit_test(only_arrays_and_objects_can_be_entered),
        cmocka_unit_test(the_root_has_no_white_space_around_it),
        cmocka_unit_test(a_member_is_the_last_of_its_decoded_name),
        cmocka_unit_test(strings_decode_to_one_encoding_and_quote_as_javascript_does),
        cmocka_unit_test(a_literal_equals_its_own_decoded_form_only),
        cmocka_unit_test(foreign_bytes_are_quoted_as_replacement_characters),
        cmocka_unit_test(index_keys_are_canonical_and_below_the_limit),
    };
    return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
