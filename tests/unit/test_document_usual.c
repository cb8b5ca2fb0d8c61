/* The one-pass way for the server's own form must judge every text as the general way does. */
#include "core/document.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define ENTRY(id, state, ttl)                                                                      \
    "    \"" id "\": {\n      \"chatAgentId\": \"chat-slot-m-1\",\n"                               \
    "      \"workspaceAgentId\": \"m\",\n      \"sessionId\": \"" id "\",\n"                       \
    "      \"workspaceDir\": \"\",\n      \"state\": \"" state "\",\n"                             \
    "      \"createdAt\": 1773890082560,\n      \"lastActiveAt\": 1773889642251,\n"                \
    "      \"idleTtlMs\": " ttl "\n    }"
static const char TEXT[] = "{\n  \"version\": 1,\n  \"agents\": {\n" ENTRY(
    "a1", "idle", "0") ",\n" ENTRY("b2", "expired", "1800000") "\n  }\n}\n";

/* The second entry is like the first one, but for its id. */
static const char ALIKE[] = "{\n  \"version\": 1,\n  \"agents\": {\n" ENTRY(
    "71aa02bd-9c3e-4f0a-8d11-5b7a90c4e2f1", "expired",
    "1800000") ",\n" ENTRY("0c5e9d13-77b0-4a52-9f6e-1d2c3b4a5968", "expired",
                           "1800000") ",\n" ENTRY("b2", "idle", "0") "\n  }\n}\n";

static void open_text(struct document *document, struct str first, struct str rest)
{
    struct buffer bytes = {0};
    buffer_add_str(&bytes, first);
    buffer_add_str(&bytes, rest);
    document_init(document);
    assert_int_equal(document_parse(document, &bytes, NULL), 0);
}

static void check_same_entry(const struct document *a, const struct entry *x,
                             const struct document *b, const struct entry *y)
{
    assert_true(str_equal(entry_session_id(x), entry_session_id(y)));
    assert_true(str_equal(entry_chat_agent_id(x), entry_chat_agent_id(y)));
    assert_true(str_equal(entry_workspace_agent_id(x), entry_workspace_agent_id(y)));
    assert_memory_equal(&x->created_at_ms, &y->created_at_ms, sizeof(double));
    assert_memory_equal(&x->last_active_at_ms, &y->last_active_at_ms, sizeof(double));
    double ttls[] = {entry_idle_ttl_ms(x), entry_idle_ttl_ms(y)};
    assert_memory_equal(&ttls[0], &ttls[1], sizeof(double));
    assert_int_equal(x->state, y->state);
    assert_int_equal(x->shape, y->shape);
    assert_int_equal(x->is_odd, y->is_odd);
    assert_true(str_equal(document_entry_text(a, x), document_entry_text(b, y)));
}

/* A further member in the root sends a text the general way; its registry must not differ. */
static void check_both_ways(struct str text)
{
    struct document usual;
    struct document general;
    open_text(&usual, (struct str){0}, text);
    bool accepted = json_check(text, NULL);
    assert_int_equal(usual.state == DOCUMENT_TORN, !accepted);
    if (accepted && text.data[0] == '{') {
        open_text(&general, STR("{\"\":0,"), (struct str){text.data + 1, text.len - 1});
        assert_int_equal(usual.state, general.state);
        assert_int_equal(usual.has_registry, general.has_registry);
        assert_string_equal(usual.trouble, general.trouble);
        assert_int_equal(usual.agents.len, general.agents.len);
        assert_true(usual.agents.len == 0 || usual.agents.offset + 5 == general.agents.offset);
        assert_int_equal(usual.registry.count, general.registry.count);
        for (size_t i = 0; i < usual.registry.count; i++)
            check_same_entry(&usual, &usual.registry.entries[i], &general,
                             &general.registry.entries[i]);
        document_done(&general);
    }
    document_done(&usual);
}

static void check_each_byte_changed(struct str text)
{
    static const char others[] = "\"\\ \n\t0127-.eaA{}[],:\x01\x7F\x80\xFF";
    struct buffer changed = {0};
    for (size_t at = 0; at < text.len; at++) {
        for (size_t other = 0; other < sizeof(others); other++) {
            buffer_clear(&changed);
            buffer_add_str(&changed, text);
            changed.data[at] = others[other];
            check_both_ways(buffer_str(&changed));
        }
    }
    buffer_done(&changed);
}

static void any_one_byte_changed_is_judged_as_the_general_way_does(void **state)
{
    (void)state;
    check_each_byte_changed(STR(TEXT));
    check_each_byte_changed(STR(ALIKE));
}

static void check_each_byte_left_out_or_doubled(struct str whole)
{
    for (size_t at = 0; at < whole.len; at++) {
        struct buffer text = {0};
        buffer_add(&text, whole.data, at);
        buffer_add_str(&text, str_of(whole.data + at + 1));
        check_both_ways(buffer_str(&text));
        buffer_clear(&text);
        buffer_add(&text, whole.data, at + 1);
        buffer_add_str(&text, str_of(whole.data + at));
        check_both_ways(buffer_str(&text));
        buffer_done(&text);
    }
}

static void any_one_byte_left_out_or_doubled_is_judged_alike(void **state)
{
    (void)state;
    check_each_byte_left_out_or_doubled(STR(TEXT));
    check_each_byte_left_out_or_doubled(STR(ALIKE));
}

static void any_beginning_of_the_text_is_judged_alike(void **state)
{
    (void)state;
    for (size_t len = 0; len < sizeof(TEXT); len++)
        check_both_ways((struct str){TEXT, len});
    for (size_t len = 0; len < sizeof(ALIKE); len++)
        check_both_ways((struct str){ALIKE, len});
}

static void what_is_nearly_usual_keeps_its_meaning(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "{\"version\":1,\"agents\":{}}",
        "{\"version\":1,\"agents\":{\n}} \r\n",
        "{\"version\":1,\"agents\":{" ENTRY("a", "idle", "123456789012345") "}}",
        "{\"version\":1,\"agents\":{" ENTRY("a", "idle", "1234567890123456") "}}",
        "{\"version\":1,\"agents\":{" ENTRY("a", "idle", "12345678901234567890123") "}}",
        "{\"version\":1,\"agents\":{" ENTRY("a", "idle", "1.0") "}}",
        "{\"version\":1,\"agents\":{" ENTRY("a", "idle", "1") "," ENTRY("a", "active", "2") "}}",
        "{\"version\":1,\"agents\":{" ENTRY("9", "idle", "1") "," ENTRY("1", "active", "2") "}}",
        "{\"version\":1,\"agents\":{" ENTRY("", "paused", "1") "," ENTRY("1", "idle", "2") "}}",
        "{\"version\":1,\"agents\":{" ENTRY("a", "idle", "1") "},\"agents\":{}}",
        "{\"version\":1,\"agents\":{" ENTRY("a", "idle", "1") ",}}",
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        check_both_ways(str_of(texts[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_one_byte_changed_is_judged_as_the_general_way_does),
        cmocka_unit_test(any_one_byte_left_out_or_doubled_is_judged_alike),
        cmocka_unit_test(any_beginning_of_the_text_is_judged_alike),
        cmocka_unit_test(what_is_nearly_usual_keeps_its_meaning),
    };
    return cmocka_run_group_tests_name("document_usual", tests, NULL, NULL);
}
