#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/helpers/setting.h"
#include "tui/filter.h"

#include <errno.h>
#include <string.h>

#define SLOT(n) "chat-slot-main-" #n
#define MINUTE 60000

/* One letter a session (a to h, in the order of the rows), so that what is shown is a word. */
struct world {
    struct fixture fixture;
    struct setting around;
};

static const char entries[] = ENTRY_MADE("aa11", SLOT(1), "main", "active", 300000, 300000) //
    "," ENTRY_MADE("bb22", SLOT(2), "main", "idle", 2400000, 1860000)                       //
    "," ENTRY_MADE("cc33", "main", "main", "active", 600000, 600000)                        //
    "," ENTRY_MADE("dd44", SLOT(3), "main", "active", 10800000, 600000)                     //
    "," ENTRY_MADE("ee55", SLOT(1), "main", "expired", 7200000, 7200000)                    //
    "," ENTRY_MADE("ff66", "chat-slot-foo-1", "foo", "deleted", 259200000, 259200000)       //
    ",\"gg77\":7";

static int set_up(void **state)
{
    static const struct setting_chat chats[] = {
        {"aa11", SLOT(1), 4 * MINUTE},   {"bb22", SLOT(2), 31 * MINUTE},
        {"cc33", "main", 9 * MINUTE},    {"ee55", SLOT(1), MINUTE},
        {"hh88", SLOT(2), 120 * MINUTE}, {0},
    };
    static const struct setting_trace traces[] = {
        {"aa11", 'R', 1000}, {"cc33", 'R', 2000}, {"dd44", '-', 0}, {0}};
    static const char *const titles[] = {"Invoice dispute", "Refund, EU", "copy of the INVOICE",
                                         "Onboarding (old tab): 2", NULL};
    static struct world world;
    fixture_load(&world.fixture, entries, 3);
    setting_init(&world.around, &world.fixture);
    setting_add_chats(&world.around, chats);
    setting_add_traces(&world.around, traces);
    for (size_t i = 0; i < sizeof(titles) / sizeof(titles[0]); i++)
        world.around.items[i].title = str_of(titles[i]);
    fixture_build(&world.fixture, NOW);
    *state = &world;
    return 0;
}

static int tear_down(void **state)
{
    struct world *world = *state;
    fixture_done(&world->fixture);
    setting_done(&world->around);
    return 0;
}

static void assert_shows(const struct world *world, const char *text, bool strict,
                         const char *wanted)
{
    const struct model *model = &world->fixture.model;
    char shown[16] = "";
    size_t count = 0;
    struct error error = {0};
    struct filter filter;
    if (filter_parse(str_of(text), strict, &filter, &error) != 0)
        fail_msg("%s: %s", text, error.text);
    for (size_t row = 0; row < model_row_count(model); row++)
        if (filter_matches(&filter, &world->fixture.document.registry, model, row))
            shown[count++] = (char)('a' + row);
    filter_done(&filter);
    if (strcmp(shown, wanted) != 0)
        fail_msg("%s: shows '%s', not '%s'", text, shown, wanted);
}

static void the_world_of_these_tests_has_these_words(void **state)
{
    static const char *const words[] = {"RUNNING", "OVERDUE",  "FALLBACK", "GHOST",
                                        "SHARED",  "released", "odd",      "no entry"};
    const struct world *world = *state;
    const struct model *model = &world->fixture.model;
    assert_int_equal(model_row_count(model), sizeof(words) / sizeof(words[0]));
    for (size_t row = 0; row < model_row_count(model); row++)
        assert_string_equal(session_view_name(model_view(model, row)), words[row]);
}

static const struct {
    const char *text, *rows;
} right[] = {
    {"", "abcdefgh"},
    {"  \t ", "abcdefgh"},
    /* text */
    {"invoice", "ac"},
    {"INVoice", "ac"},
    {"!invoice", "bdefgh"},
    {"\"refund, eu\"", "b"},
    {"refund eu", "b"},
    {"!\"Refund, EU\" !copy", "adefgh"},
    {"aa11", "a"},
    {"chat-slot-main-1", "ae"},
    {"main-2", "bh"},
    {"released", "f"},
    {"deleted", ""},
    {"odd", "g"},
    {"\"no entry\"", "h"},
    {"\"tab): 2\"", "e"},
    {"on\"boarding (\"old", "e"},
    /* states: the registry's, and what is true besides */
    {"state:active", "acd"},
    {"state:idle", "b"},
    {"state:expired", "e"},
    {"state:released", "f"},
    {"state:deleted", "f"},
    {"state:odd", "g"},
    {"state:live", "abcd"},
    {"state:overdue", "b"},
    {"state:fallback", "c"},
    {"state:stranded", ""},
    {"state:orphan", ""},
    {"state:running", "ac"},
    {"state:shared", "e"},
    {"state:ghost", "d"},
    {"state:in-use", ""},
    {"state:expired!", ""},
    {"state:no-entry", "h"},
    {"state:forgotten", "h"},
    {"state:\"No Entry\"", "h"},
    {"STATE:Idle,GHOST", "bd"},
    {"!state:live", "efgh"},
    {"!state:idle,ghost", "acefgh"},
    /* slots */
    {"slot:1", "ae"},
    {"slot:chat-slot-main-1", "ae"},
    {"slot:3,1", "ade"},
    {"slot:main", "c"},
    {"slot:-", "g"},
    {"slot:ain-1", ""},
    {"slot:foo-1", ""},
    {"slot:chat-slot-foo-1", "f"},
    {"slot:CHAT-SLOT-MAIN-1", ""},
    /* the others */
    {"title:invoice", "ac"},
    {"title:\"refund, e\"", "b"},
    {"title:refund,", "b"},
    {"title:main", ""},
    {"!title:invoice", "bdefgh"},
    {"id:AA", "a"},
    {"id:aa,bb2", "ab"},
    {"id:a1", ""},
    {"workspace:main", "abcdeh"},
    {"workspace:default", "abcdeh"},
    {"workspace:foo", "f"},
    {"workspace:mai", ""},
    {"workspace:FOO", ""},
    {"!workspace:main,foo", "g"},
    {"finding:ghost", "d"},
    {"finding:GHO", "d"},
    {"finding:fallback,overdue", "bc"},
    {"finding:nothing-like-it", ""},
    {"run:yes", "ac"},
    {"run:no", "bdefgh"},
    {"!run:YES", "bdefgh"},
    /* times; what has none matches neither way */
    {"age>2h", "dfh"},
    {"age<10m", "a"},
    {"age>600000", "bdefh"},
    {"!age>2h", "abceg"},
    {"quiet>5m", "bdfh"},
    {"quiet<61s", "ace"},
    {"left<0", "b"},
    {"left<21m", "bcd"},
    {"left>20m", "a"},
    {"AGE>2h", "dfh"},
    {"age>\"2h\"", "dfh"},
    /* several */
    {"state:active slot:1 title:invoice", "a"},
    {"invoice !run:no age>6m", "c"},
};

static void a_term_asks_for_what_it_says(void **state)
{
    for (size_t i = 0; i < sizeof(right) / sizeof(right[0]); i++)
        assert_shows(*state, right[i].text, true, right[i].rows);
    print_message("filters: %zu\n", sizeof(right) / sizeof(right[0]));
}

static void what_is_right_means_the_same_on_the_screen(void **state)
{
    for (size_t i = 0; i < sizeof(right) / sizeof(right[0]); i++)
        assert_shows(*state, right[i].text, false, right[i].rows);
}

static void what_is_wrong_is_refused_with_a_sentence_that_names_it(void **state)
{
    static const struct {
        const char *text, *says;
    } cases[] = {
        {"x fnord:3", "'fnord:3': there is no field 'fnord:'; fields are state: slot: title: id:"},
        {"!fnord>3", "'!fnord>3': there is no field 'fnord>'"},
        {"agent:main:web:x", "text with one of : < > in it stands in quotes"},
        {":x", "there is no field ':'"},
        {"title<x", "there is no field 'title<'"},
        {"age:2h", "there is no field 'age:'"},
        {"\"state\":idle", "there is no field '\"state\":'"},
        {"state:busy", "'state:busy': 'busy' is none of active, idle, expired"},
        {"state:idl", "'idl' is none of"},
        {"state:idle,", "'state:idle,': '' is no value"},
        {"state:", "'state:': nothing is asked for"},
        {"title:\"\"", "'' is no value"},
        {"run:maybe", "'maybe' is neither yes nor no"},
        {"run:y", "'y' is neither yes nor no"},
        {"run:yes,no", "'yes,no' is neither"},
        {"age>", "'' is no span of time"},
        {"age>2x", "'age>2x': '2x' is no span of time such as 90s"},
        {"left<-5m", "'-5m' is no span of time"},
        {"age>=2h", "'=2h' is no span of time"},
        {"!", "'!': nothing is asked for"},
        {"\"\"", "nothing is asked for"},
        {"title:\"open", "'title:\"open': a quote is not closed"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct filter filter = {.count = 4711};
        struct error error = {0};
        assert_int_equal(filter_parse(str_of(cases[i].text), true, &filter, &error), -EINVAL);
        assert_int_equal(error.kind, ERROR_USAGE);
        assert_int_equal(filter.count, 4711);
        if (!strstr(error.text, cases[i].says))
            fail_msg("%s: %s", cases[i].text, error.text);
    }
}

static void what_is_still_being_typed_hides_nothing_before_its_time(void **state)
{
    static const struct {
        const char *text, *rows;
    } cases[] = {
        {"!", "abcdefgh"},
        {"!\"", "abcdefgh"},
        {"\"", "abcdefgh"},
        {"state:", "abcdefgh"},
        {"!state:", "abcdefgh"},
        {"state:,", "abcdefgh"},
        {"title:\"", "abcdefgh"},
        {"run:", "abcdefgh"},
        {"age>", "abcdefgh"},
        {"left<", "abcdefgh"},
        {"invoice state:", "ac"},
        /* the beginning of a word; a whole one is that word alone */
        {"state:r", "acf"},
        {"state:ru", "ac"},
        {"state:o", "bg"},
        {"state:expired", "e"},
        {"state:idle,gh", "bd"},
        {"run:y", "ac"},
        {"run:n", "bdefgh"},
        /* what cannot be a field is text */
        {"tab):", "e"},
        {"\"tab): 2", "e"},
        {"state:busy", ""},
        {"age>2x", ""},
        {"!age>2x", "abcdefgh"},
        {"fnord:3", ""},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_shows(*state, cases[i].text, false, cases[i].rows);
}

static void whatever_is_typed_is_some_filter(void **state)
{
    static const char *const pieces[] = {
        "state:", "slot:", "title:", "age>", "left<", "run:", "!",   "\"",   ",",
        " ",      ":",     "<",      "-",    "2h",    "idle", "yes", "\xff", "x"};
    const struct world *world = *state;
    const struct model *model = &world->fixture.model;
    uint32_t dice = 1;
    size_t shown = 0;
    for (int round = 0; round < 3000; round++) {
        struct buffer text = {0};
        struct filter filter, strict;
        for (int len = round % 12; len > 0; len--) {
            dice = dice * 1664525 + 1013904223;
            buffer_add_str(&text,
                           str_of(pieces[(dice >> 16) % (sizeof(pieces) / sizeof(pieces[0]))]));
        }
        assert_int_equal(filter_parse(buffer_str(&text), false, &filter, NULL), 0);
        assert_true(filter.count <= FILTER_TERMS_MAX);
        if (filter_parse(buffer_str(&text), true, &strict, NULL) == 0) {
            assert_int_equal(strict.count, filter.count);
            filter_done(&strict);
        }
        for (size_t row = 0; row < model_row_count(model); row++)
            shown += filter_matches(&filter, &world->fixture.document.registry, model, row);
        filter_done(&filter);
        buffer_done(&text);
    }
    assert_true(shown > 0);
}

static void too_many_terms_are_refused_or_left_out(void **state)
{
    struct buffer text = {0};
    struct filter filter;
    struct error error;
    for (int i = 0; i < FILTER_TERMS_MAX; i++)
        buffer_add_str(&text, STR("invoice "));
    assert_shows(*state, text.data, true, "ac");
    buffer_add_str(&text, STR("dispute"));
    assert_shows(*state, text.data, false, "ac");
    assert_int_equal(filter_parse(buffer_str(&text), true, &filter, &error), -EINVAL);
    assert_non_null(strstr(error.text, "more than 32 terms"));
    buffer_clear(&text);
    buffer_add_str(&text, STR("id:aa"));
    for (int i = 0; i < FILTER_VALUES_MAX; i++)
        buffer_add_str(&text, STR(",bb"));
    assert_int_equal(filter_parse(buffer_str(&text), true, &filter, &error), -EINVAL);
    assert_non_null(strstr(error.text, "more than 32 values"));
    buffer_done(&text);
}

static void a_filter_knows_whether_the_registry_can_answer_it(void **state)
{
    static const struct {
        const char *text;
        bool needs_around;
    } cases[] = {
        {"", false},          {"state:idle,overdue,odd", false},
        {"slot:1", false},    {"state:stranded,orphan,fallback", false},
        {"id:aa", false},     {"age>2h left<5m", false},
        {"text", true},       {"state:idle,ghost", true},
        {"title:x", true},    {"state:running", true},
        {"run:no", true},     {"state:shared", true},
        {"quiet>1h", true},   {"state:in-use", true},
        {"finding:x", true},  {"workspace:foo", false},
        {"id:a !text", true}, {"state:no-entry", true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct filter filter;
        assert_int_equal(filter_parse(str_of(cases[i].text), true, &filter, NULL), 0);
        if (filter_needs_around(&filter) != cases[i].needs_around)
            fail_msg("%s", cases[i].text);
        assert_int_equal(filter_is_empty(&filter), cases[i].text[0] == '\0');
        filter_done(&filter);
    }
}

static void nothing_but_the_registry_is_enough_to_ask(void **state)
{
    static struct world world;
    (void)state;
    fixture_make(&world.fixture, entries, 3);
    assert_shows(&world, "state:active", true, "acd");
    assert_shows(&world, "run:yes", true, "");
    assert_shows(&world, "title:invoice", true, "");
    assert_shows(&world, "quiet>11m", true, "bef");
    assert_shows(&world, "invoice", true, "");
    fixture_done(&world.fixture);
}

static void values_can_be_added_as_they_are(void **state)
{
    struct world *world = *state;
    const struct str slots[] = {STR("a,b \"c"), STR("3")}, busy = STR("busy");
    struct filter filter = {0};
    struct error error;
    assert_int_equal(filter_add(&filter, FILTER_SLOT, slots, 2, NULL), 0);
    for (size_t row = 0; row < model_row_count(&world->fixture.model); row++)
        assert_int_equal(
            filter_matches(&filter, &world->fixture.document.registry, &world->fixture.model, row),
            row == 3);
    assert_int_equal(filter_add(&filter, FILTER_STATE, &busy, 1, &error), -EINVAL);
    assert_memory_equal(error.text, "'busy' is none of", 17);
    assert_int_equal(filter.count, 1);
    filter_done(&filter);
    assert_true(filter_is_empty(&filter));
}

int main(void)
{
#define WORLD_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        WORLD_TEST(the_world_of_these_tests_has_these_words),
        WORLD_TEST(a_term_asks_for_what_it_says),
        WORLD_TEST(what_is_right_means_the_same_on_the_screen),
        cmocka_unit_test(what_is_wrong_is_refused_with_a_sentence_that_names_it),
        WORLD_TEST(what_is_still_being_typed_hides_nothing_before_its_time),
        WORLD_TEST(whatever_is_typed_is_some_filter),
        WORLD_TEST(too_many_terms_are_refused_or_left_out),
        cmocka_unit_test(a_filter_knows_whether_the_registry_can_answer_it),
        cmocka_unit_test(nothing_but_the_registry_is_enough_to_ask),
        WORLD_TEST(values_can_be_added_as_they_are),
    };
    return cmocka_run_group_tests_name("filter", tests, NULL, NULL);
}
