#include "core/document.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define USUAL_ENTRY(id, state)                                                                     \
    "    \"" id "\": {\n      \"chatAgentId\": \"chat-slot-main-1\",\n"                            \
    "      \"workspaceAgentId\": \"main\",\n      \"sessionId\": \"" id "\",\n"                    \
    "      \"workspaceDir\": \"\",\n      \"state\": \"" state "\",\n"                             \
    "      \"createdAt\": 1773890082560,\n      \"lastActiveAt\": 1773889642251,\n"                \
    "      \"idleTtlMs\": 1800000\n    }"
#define USUAL(entries) "{\n  \"version\": 1,\n  \"agents\": {\n" entries "\n  }\n}\n"
#define AGENTS(entries) "{\"agents\":{" entries "}}"

static void open_text(struct document *document, struct str text)
{
    struct buffer bytes = {0};
    buffer_add_str(&bytes, text);
    document_init(document);
    assert_int_equal(document_parse(document, &bytes, NULL), 0);
    assert_null(bytes.data);
}

static struct entry *find(struct document *document, const char *id)
{
    struct entry *entry = registry_find(&document->registry, str_of(id));
    assert_non_null(entry);
    return entry;
}

static void assert_text(struct str text, const char *wanted)
{
    assert_int_equal(text.len, strlen(wanted));
    assert_memory_equal(text.data, wanted, text.len);
}

static void assert_whole(const struct document *document, const char *wanted)
{
    struct buffer out = {0};
    assert_int_equal(document_print_whole(document, &out, NULL), 0);
    assert_string_equal(out.data, wanted);
    buffer_done(&out);
}

static void a_text_that_json_parse_refuses_is_torn_and_says_where(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *trouble;
    } cases[] = {
        {"", "empty"},
        {" \n\t\r", "empty (white space only)"},
        {"{\n  \"version\": 01}", "line 2, column 14: number with a leading zero"},
        {"{\"agents\":{}}x", "line 1, column 14: text goes on behind the value"},
        {"{\"agents\":{\n", "line 2, column 1: text ends before its last bracket is closed"},
        {"\xEF\xBB\xBF{}", "line 1, column 1: byte order mark before the value"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct document document;
        open_text(&document, str_of(cases[i].text));
        assert_int_equal(document.state, DOCUMENT_TORN);
        assert_string_equal(document.trouble, cases[i].trouble);
        assert_false(document.has_registry);
        document_done(&document);
    }
}

static void a_document_without_an_agents_object_is_malformed_and_says_what_it_is(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *trouble;
    } cases[] = {
        {"null", "the document is null"},
        {"[]", "the document is an array"},
        {" 5 ", "the document is a number"},
        {"\"agents\"", "the document is a string"},
        {"true", "the document is true"},
        {"{}", "\"agents\" is missing"},
        {"{\"Agents\":{}}", "\"agents\" is missing"},
        {"{\"agents\":null}", "\"agents\" is null"},
        {"{\"agents\":[{}]}", "\"agents\" is an array"},
        {"{\"agents\":\"x\"}", "\"agents\" is a string"},
        {"{\"agents\":{},\"agents\":false}", "\"agents\" is false"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct document document;
        open_text(&document, str_of(cases[i].text));
        assert_int_equal(document.state, DOCUMENT_MALFORMED);
        assert_memory_equal(document.trouble, cases[i].trouble, strlen(cases[i].trouble));
        assert_false(document.has_registry);
        assert_int_equal(document.registry.count, 0);
        document_done(&document);
    }
}

static void an_entry_that_is_null_makes_the_document_malformed_but_readable(void **state)
{
    (void)state;
    struct document document;
    open_text(&document, STR(AGENTS("\"a\":{\"state\":\"idle\"},\"b\":null,\"c\":null")));
    assert_int_equal(document.state, DOCUMENT_MALFORMED);
    assert_non_null(strstr(document.trouble, "\"b\" is null"));
    assert_true(document.has_registry);
    assert_int_equal(document.registry.count, 3);
    assert_int_equal(find(&document, "a")->state, STATE_IDLE);
    assert_int_equal(find(&document, "b")->shape, ENTRY_NOTHING);
    assert_true(find(&document, "b")->odd->is_null);
    document_done(&document);
}

static void a_null_that_a_later_duplicate_overrides_does_no_harm(void **state)
{
    (void)state;
    struct document document;
    open_text(&document, STR(AGENTS("\"a\":null,\"a\":{}")));
    assert_int_equal(document.state, DOCUMENT_OK);
    assert_false(find(&document, "a")->is_odd);
    document_done(&document);
}

static void the_fields_of_a_usual_entry_are_read(void **state)
{
    (void)state;
    struct document document;
    open_text(&document, STR(USUAL(USUAL_ENTRY("s1", "expired"))));
    assert_int_equal(document.state, DOCUMENT_OK);
    const struct entry *entry = find(&document, "s1");
    assert_text(entry_chat_agent_id(entry), "chat-slot-main-1");
    assert_text(entry_workspace_agent_id(entry), "main");
    assert_int_equal(entry->state, STATE_EXPIRED);
    assert_int_equal(entry->shape, ENTRY_OBJECT);
    assert_true(entry->created_at_ms == 1773890082560.0);
    assert_true(entry->last_active_at_ms == 1773889642251.0);
    assert_true(entry_idle_ttl_ms(entry) == 1800000.0);
    assert_false(entry->is_odd);
    assert_int_equal(entry->changes, CHANGE_NONE);
    struct str text = document_entry_text(&document, entry);
    assert_int_equal(text.data[0], '{');
    assert_int_equal(text.data[text.len - 1], '}');
    document_done(&document);
}

static void what_is_not_an_object_has_its_shape_and_no_fields(void **state)
{
    (void)state;
    static const struct {
        const char *value;
        enum entry_shape shape;
    } cases[] = {
        {"{}", ENTRY_OBJECT},          {"[]", ENTRY_ARRAY},     {"[1]", ENTRY_ARRAY},
        {"false", ENTRY_NOTHING},      {"0", ENTRY_NOTHING},    {"-0", ENTRY_NOTHING},
        {"1e-999", ENTRY_NOTHING},     {"\"\"", ENTRY_NOTHING}, {"true", ENTRY_SCALAR},
        {"1", ENTRY_SCALAR},           {"\" \"", ENTRY_SCALAR}, {"\"active\"", ENTRY_SCALAR},
        {"\"\\u0000\"", ENTRY_SCALAR},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct document document;
        struct buffer text = {0};
        buffer_addf(&text, "{\"agents\":{\"x\":%s}}", cases[i].value);
        open_text(&document, buffer_str(&text));
        assert_int_equal(document.state, DOCUMENT_OK);
        const struct entry *entry = find(&document, "x");
        assert_int_equal(entry->shape, cases[i].shape);
        assert_int_equal(entry->state, STATE_OTHER);
        assert_true(isnan(entry_idle_ttl_ms(entry)));
        assert_false(entry->is_odd);
        document_done(&document);
        buffer_done(&text);
    }
}

static void fields_of_another_type_keep_their_raw_text_and_convert_as_in_javascript(void **state)
{
    (void)state;
    struct document document;
    open_text(&document, STR(AGENTS("\"x\":{\"chatAgentId\":5,\"state\":[\"a\"],\"createdAt\":null,"
                                    "\"lastActiveAt\":\" 5 \",\"idleTtlMs\":{\"a\":1}},"
                                    "\"y\":{\"state\":\"p\\u0061used\",\"idleTtlMs\":1e3}")));
    const struct entry *x = find(&document, "x");
    assert_null(entry_chat_agent_id(x).data);
    assert_null(entry_workspace_agent_id(x).data);
    assert_int_equal(x->state, STATE_OTHER);
    assert_text(x->odd->state, "[\"a\"]");
    assert_text(x->odd->created_at, "null");
    assert_true(x->created_at_ms == 0);
    assert_text(x->odd->last_active_at, "\" 5 \"");
    assert_true(x->last_active_at_ms == 5);
    assert_text(x->odd->idle_ttl, "{\"a\":1}");
    assert_true(isnan(entry_idle_ttl_ms(x)));
    const struct entry *y = find(&document, "y");
    assert_text(y->odd->state, "paused");
    assert_null(y->odd->idle_ttl.data);
    assert_true(isnan(y->last_active_at_ms));
    assert_true(entry_idle_ttl_ms(y) == 1000);
    document_done(&document);
}

static void the_last_of_duplicates_counts_at_every_level(void **state)
{
    (void)state;
    struct document document;
    open_text(&document,
              STR("{\"agents\":{\"gone\":{}},\"ag\\u0065nts\":{\"a\":{\"state\":[]},\"b\":{},"
                  "\"\\u0061\":{\"state\":\"idle\",\"st\\u0061te\":\"active\"}}}"));
    assert_int_equal(document.registry.count, 2);
    assert_text(entry_session_id(&document.registry.entries[0]), "a");
    assert_int_equal(find(&document, "a")->state, STATE_ACTIVE);
    assert_false(find(&document, "a")->is_odd);
    assert_null(registry_find(&document.registry, STR("gone")));
    document_done(&document);
}

static void entries_stand_in_the_order_that_javascript_sees(void **state)
{
    (void)state;
    static const char *const wanted[] = {"0",  "2",  "10",         "4294967294", "b",
                                         "01", "-1", "4294967295", "a"};
    struct document document;
    open_text(&document, STR(AGENTS("\"b\":{},\"10\":{},\"01\":{},\"2\":{},\"-1\":{},"
                                    "\"4294967295\":{},\"4294967294\":{},\"10\":{\"state\":"
                                    "\"idle\"},\"\\u0030\":{},\"a\":{},\"b\":{}")));
    assert_int_equal(document.registry.count, sizeof(wanted) / sizeof(wanted[0]));
    for (size_t i = 0; i < document.registry.count; i++)
        assert_text(entry_session_id(&document.registry.entries[i]), wanted[i]);
    assert_int_equal(find(&document, "10")->state, STATE_IDLE);
    document_done(&document);
}

static void ids_are_decoded_with_nul_lone_surrogates_and_broken_bytes(void **state)
{
    (void)state;
    struct document document;
    open_text(&document, STR(AGENTS("\"a\\u0000b\":{},\"x\\udfff\":{},\"\xFF\":{},\"\":{}")));
    assert_non_null(registry_find(&document.registry, STR("a\0b")));
    assert_non_null(registry_find(&document.registry, STR("x\xED\xBF\xBF")));
    assert_non_null(registry_find(&document.registry, STR("\xEF\xBF\xBD")));
    assert_non_null(registry_find(&document.registry, STR("")));
    document_done(&document);
}

static void the_whole_document_prints_as_the_server_writes_it(void **state)
{
    (void)state;
    struct document document;
    open_text(&document, STR(USUAL(USUAL_ENTRY("s1", "idle") ",\n" USUAL_ENTRY("s2", "active"))));
    assert_whole(&document, USUAL(USUAL_ENTRY("s1", "idle") ",\n" USUAL_ENTRY("s2", "active")));
    document_done(&document);

    open_text(&document, STR("{\"b\":1.0,\"agents\":{\"x\":{}},\"1\":\"\\u0041\","
                             "\"agents\":{\"z\":{\"n\":1E2,\"n\":[]},\"3\":null},\"b\":2}"));
    assert_whole(&document, "{\n  \"1\": \"A\",\n  \"b\": 2,\n  \"agents\": {\n    \"3\": null,\n"
                            "    \"z\": {\n      \"n\": []\n    }\n  }\n}\n");
    document_done(&document);
}

static void a_missing_file_is_an_empty_registry_of_version_1(void **state)
{
    (void)state;
    struct document document;
    document_init(&document);
    document_set_missing(&document);
    assert_int_equal(document.state, DOCUMENT_MISSING);
    assert_true(document.has_registry);
    assert_whole(&document, "{\n  \"version\": 1,\n  \"agents\": {}\n}\n");
    document_done(&document);
}

static void an_allocation_into_a_missing_file_prints_what_the_seed_would_write(void **state)
{
    (void)state;
    const struct str slots[] = {STR("chat-slot-main-1")};
    const struct pool pool = {STR("main"), slots, 1};
    struct document document;
    struct entry *entry;
    document_init(&document);
    document_set_missing(&document);
    assert_int_equal(
        registry_allocate(&document.registry, STR("s1"), &pool, NULL, 1773890082560, &entry, NULL),
        0);
    entry->last_active_at_ms = 1773889642251.0;
    assert_whole(&document, USUAL(USUAL_ENTRY("s1", "active")));
    document_done(&document);
}

static void an_unreadable_document_carries_the_clause_and_nothing_else(void **state)
{
    (void)state;
    struct document document;
    open_text(&document, STR(USUAL(USUAL_ENTRY("s1", "idle"))));
    document_set_unreadable(&document, "it is a FIFO");
    assert_int_equal(document.state, DOCUMENT_UNREADABLE);
    assert_string_equal(document.trouble, "it is a FIFO");
    assert_false(document.has_registry);
    assert_int_equal(document.bytes.len, 0);
    assert_int_equal(document.registry.count, 0);
    document_done(&document);
}

static void a_document_can_be_parsed_anew(void **state)
{
    (void)state;
    struct document document;
    open_text(&document, STR("{"));
    struct buffer bytes = {0};
    buffer_add_str(&bytes, STR(USUAL(USUAL_ENTRY("s1", "idle"))));
    assert_int_equal(document_parse(&document, &bytes, NULL), 0);
    assert_int_equal(document.state, DOCUMENT_OK);
    assert_string_equal(document.trouble, "");
    assert_int_equal(document.registry.count, 1);
    document_done(&document);
}

static void an_entry_prints_with_its_changes_in_place_and_new_members_last(void **state)
{
    (void)state;
    static const struct {
        const char *before;
        const char *after;
    } cases[] = {
        {"{\"state\":\"idle\",\"x\":1.50,\"lastActiveAt\":1}",
         "{\"state\":\"active\",\"x\":1.5,\"lastActiveAt\":77}"},
        {"{\"lastActiveAt\":1,\"state\":5,\"lastActiveAt\":2}",
         "{\"lastActiveAt\":77,\"state\":\"active\"}"},
        {"{\"x\":[1, 2]}", "{\"x\":[1,2],\"lastActiveAt\":77,\"state\":\"active\"}"},
        {"{ }", "{\"lastActiveAt\":77,\"state\":\"active\"}"},
        {"{\"7\":0,\"state\":\"\"}", "{\"7\":0,\"state\":\"active\",\"lastActiveAt\":77}"},
        {"[1 ]", "[1]"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct document document;
        struct buffer text = {0};
        struct buffer out = {0};
        buffer_addf(&text, "{\"agents\":{\"x\":%s}}", cases[i].before);
        open_text(&document, buffer_str(&text));
        struct entry *entry = find(&document, "x");
        entry->state = STATE_ACTIVE;
        entry->last_active_at_ms = 77;
        entry->changes = CHANGE_STATE | CHANGE_LAST_ACTIVE;
        assert_int_equal(document_print_entry(&document, entry, 0, 0, &out, NULL), 0);
        assert_string_equal(out.data, cases[i].after);
        document_done(&document);
        buffer_done(&text);
        buffer_done(&out);
    }
}

static void a_replaced_entry_prints_in_the_seeds_order_with_an_odd_ttl_as_it_was(void **state)
{
    (void)state;
    struct document document;
    struct buffer out = {0};
    const struct pool pool = {STR("main"), NULL, 0};
    struct entry *entry;
    open_text(&document, STR(AGENTS("\"x\":{\"extra\":1,\"state\":\"expired\","
                                    "\"idleTtlMs\":\"5\\u0030\"}")));
    assert_int_equal(registry_resume(&document.registry, STR("x"), &pool, NULL, 99, &entry, NULL),
                     0);
    assert_int_equal(document_print_entry(&document, entry, 2, 0, &out, NULL), 0);
    assert_string_equal(out.data,
                        "{\n  \"chatAgentId\": \"main\",\n  \"workspaceAgentId\": \"main\",\n"
                        "  \"sessionId\": \"x\",\n  \"workspaceDir\": \"\",\n"
                        "  \"state\": \"active\",\n  \"createdAt\": 99,\n"
                        "  \"lastActiveAt\": 99,\n  \"idleTtlMs\": \"50\"\n}");
    buffer_done(&out);
    document_done(&document);
}

static void every_state_has_its_word(void **state)
{
    (void)state;
    assert_string_equal(document_state_name(DOCUMENT_OK), "ok");
    assert_string_equal(document_state_name(DOCUMENT_MISSING), "missing");
    assert_string_equal(document_state_name(DOCUMENT_TORN), "torn");
    assert_string_equal(document_state_name(DOCUMENT_MALFORMED), "malformed");
    assert_string_equal(document_state_name(DOCUMENT_UNREADABLE), "unreadable");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_that_json_parse_refuses_is_torn_and_says_where),
        cmocka_unit_test(a_document_without_an_agents_object_is_malformed_and_says_what_it_is),
        cmocka_unit_test(an_entry_that_is_null_makes_the_document_malformed_but_readable),
        cmocka_unit_test(a_null_that_a_later_duplicate_overrides_does_no_harm),
        cmocka_unit_test(the_fields_of_a_usual_entry_are_read),
        cmocka_unit_test(what_is_not_an_object_has_its_shape_and_no_fields),
        cmocka_unit_test(fields_of_another_type_keep_their_raw_text_and_convert_as_in_javascript),
        cmocka_unit_test(the_last_of_duplicates_counts_at_every_level),
        cmocka_unit_test(entries_stand_in_the_order_that_javascript_sees),
        cmocka_unit_test(ids_are_decoded_with_nul_lone_surrogates_and_broken_bytes),
        cmocka_unit_test(the_whole_document_prints_as_the_server_writes_it),
        cmocka_unit_test(a_missing_file_is_an_empty_registry_of_version_1),
        cmocka_unit_test(an_allocation_into_a_missing_file_prints_what_the_seed_would_write),
        cmocka_unit_test(an_unreadable_document_carries_the_clause_and_nothing_else),
        cmocka_unit_test(a_document_can_be_parsed_anew),
        cmocka_unit_test(an_entry_prints_with_its_changes_in_place_and_new_members_last),
        cmocka_unit_test(a_replaced_entry_prints_in_the_seeds_order_with_an_odd_ttl_as_it_was),
        cmocka_unit_test(every_state_has_its_word),
    };
    return cmocka_run_group_tests_name("document", tests, NULL, NULL);
}
