/* Replays Node's verdicts, which tests/json_oracle.js made and explains. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

enum { FIELDS_MAX = 4 };

/* Undoes \xNN in place; the result may hold NULs. */
static struct str unescaped(char *field)
{
    char *to = field;
    for (const char *from = field; *from;) {
        if (*from == '\\') {
            char hex[] = {from[2], from[3], '\0'};
            *to++ = (char)strtoul(hex, NULL, 16);
            from += 4;
        } else {
            *to++ = *from++;
        }
    }
    return (struct str){field, (size_t)(to - field)};
}

static double number_of_bits(const char *text)
{
    uint64_t bits = strtoull(text, NULL, 16);
    double number;
    memcpy(&number, &bits, sizeof(number));
    return strcmp(text, "nan") == 0 ? NAN : number;
}

/* What must hold for any accepted document, beside Node's text. */
static void check_laws(struct str document)
{
    struct str root = json_root(document);
    struct buffer decoded = {0};
    struct buffer again = {0};
    struct json_cursor cursor;
    struct json_item item;
    bool entered = json_enter(root, &cursor);
    while (entered && json_next(&cursor, &item)) {
        assert_true(json_check(item.value, NULL));
        if (!item.key.data)
            continue;
        buffer_clear(&decoded);
        buffer_clear(&again);
        json_decode(item.key, &decoded);
        assert_true(json_string_equals(item.key, buffer_str(&decoded)));
        json_quote(buffer_str(&decoded), &again);
        assert_true(json_string_equals(buffer_str(&again), buffer_str(&decoded)));
        struct str last = json_member(root, buffer_str(&decoded));
        assert_true(last.data >= item.value.data);
    }
    buffer_done(&decoded);
    buffer_done(&again);
}

static void replay_text(struct str document, int indent, struct str wanted)
{
    struct buffer out = {0};
    if (!json_check(document, NULL))
        fail_msg("refused, but Node accepts: %.*s", (int)document.len, document.data);
    json_stringify(document, indent, 0, &out);
    assert_text(document, buffer_str(&out), wanted);
    check_laws(document);
    buffer_clear(&out);
    if (json_kind(document) == JSON_STRING) {
        struct buffer decoded = {0};
        json_decode(json_root(document), &decoded);
        json_quote(buffer_str(&decoded), &out);
        assert_text(document, buffer_str(&out), wanted);
        buffer_done(&decoded);
    }
    buffer_done(&out);
}

static void replay_number(struct str document, double wanted)
{
    assert_true(json_check(document, NULL));
    double number = json_to_number(document);
    if (!same_bits(number, wanted))
        fail_msg("%.*s gave %.17g, Node %.17g", (int)document.len, document.data, number, wanted);
}

static void replay_print(double number, struct str wanted)
{
    struct buffer out = {0};
    json_print_number(number, &out);
    assert_text(wanted, buffer_str(&out), wanted);
    buffer_done(&out);
}

static void replay_line(char *line)
{
    char *fields[FIELDS_MAX] = {NULL};
    for (size_t i = 0; i < FIELDS_MAX; i++)
        fields[i] = strsep(&line, "\t");
    assert_non_null(fields[1]);
    if (strcmp(fields[0], "refused") == 0) {
        struct str document = unescaped(fields[1]);
        if (json_check(document, NULL))
            fail_msg("accepted, but Node refuses: %.*s", (int)document.len, document.data);
        return;
    }
    assert_non_null(fields[2]);
    if (strcmp(fields[0], "text") == 0) {
        assert_non_null(fields[3]);
        replay_text(unescaped(fields[1]), (int)strtol(fields[2], NULL, 10), unescaped(fields[3]));
    } else if (strcmp(fields[0], "number") == 0) {
        replay_number(unescaped(fields[1]), number_of_bits(fields[2]));
    } else {
        assert_string_equal(fields[0], "print");
        replay_print(number_of_bits(fields[1]), unescaped(fields[2]));
    }
}

static void every_verdict_is_nodes(void **state)
{
    const char *path = *state;
    FILE *file = fopen(path, "re");
    if (!file)
        fail_msg("cannot open %s; tests are run from the project's root", path);
    char *line = NULL;
    size_t room = 0;
    size_t count = 0;
    ssize_t len;
    while ((len = getline(&line, &room, file)) > 0) {
        if (line[len - 1] == '\n')
            line[len - 1] = '\0';
        replay_line(line);
        count++;
    }
    free(line);
    (void)fclose(file);
    printf("json: %zu verdicts of %s\n", count, path);
    assert_true(count > 0);
}

/* Usage: test_json_verdicts [TABLE]; another table than the committed one is for long runs. */
int main(int argc, char **argv)
{
    char committed[] = "tests/vectors/json_verdicts.tsv";
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(every_verdict_is_nodes, argc > 1 ? argv[1] : committed),
    };
    return cmocka_run_group_tests_name("json_verdicts", tests, NULL, NULL);
}
