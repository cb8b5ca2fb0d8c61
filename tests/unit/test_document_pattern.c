/* What is taken by a pattern is what the scanner takes, and nothing else. */
#include "core/document_pattern.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define NEXT "the one behind it"
#define ENTRY(id, slot, created, active)                                                           \
    "\"" id "\": {\n      \"chatAgentId\": \"" slot "\",\n"                                        \
    "      \"workspaceAgentId\": \"m\",\n      \"sessionId\": \"" id "\",\n"                       \
    "      \"workspaceDir\": \"\",\n      \"state\": \"idle\",\n"                                  \
    "      \"createdAt\": " created ",\n      \"lastActiveAt\": " active ",\n"                     \
    "      \"idleTtlMs\": 1800000\n    },\n    \"" NEXT
#define ID "71aa02bd-9c3e-4f0a-8d11-5b7a90c4e2f1"
#define OTHER_ID "0c5e9d13-77b0-4a52-9f6e-1d2c3b4a5968"
#define CREATED "1773890082560"
#define ACTIVE "1773889642251"

/* By the scanner alone. */
static bool scan_member(struct scan *scan, struct scanned_member *ret_member,
                        struct usual_entry *ret_usual)
{
    const char *text = scan->at;
    if (!scan_key(scan, &ret_member->id))
        return false;
    const char *value = scan->at;
    if (!scan_usual_entry(scan, ret_usual))
        return false;
    ret_member->value = (struct str){value, (size_t)(scan->at - value)};
    if (!scan_separator(scan, &ret_member->is_last))
        return false;
    ret_member->text = (struct str){text, (size_t)(scan->at - text)};
    return true;
}

static void learn(struct patterns *patterns, struct str text, struct entry_terms *terms)
{
    struct scan scan = {text.data, text.data + text.len};
    struct scanned_member member;
    struct usual_entry usual;
    assert_true(scan_member(&scan, &member, &usual));
    *terms = usual.terms;
    patterns_learn(patterns, &member, scan.end, &usual, terms);
}

/* False where no pattern takes it; what one takes is compared with the scanner's. */
static bool is_taken(struct patterns *patterns, struct str text)
{
    struct scan scan = {text.data, text.data + text.len}, other = scan;
    struct scanned_member member, expected;
    struct entry entry;
    struct usual_entry usual;
    if (!patterns_take(patterns, &scan, &member, &entry)) {
        assert_ptr_equal(scan.at, text.data);
        return false;
    }
    assert_true(scan_member(&other, &expected, &usual));
    assert_false(expected.is_last);
    assert_ptr_equal(scan.at, other.at);
    assert_true(str_equal(member.id, expected.id));
    assert_ptr_equal(member.value.data, expected.value.data);
    assert_int_equal(member.value.len, expected.value.len);
    assert_int_equal(entry.state, usual.state);
    assert_true(str_equal(entry_chat_agent_id(&entry), usual.terms.chat_agent_id));
    assert_true(str_equal(entry_workspace_agent_id(&entry), usual.terms.workspace_agent_id));
    assert_true(entry_idle_ttl_ms(&entry) == usual.terms.idle_ttl_ms);
    assert_true(entry.created_at_ms == usual.created_at_ms);
    assert_true(entry.last_active_at_ms == usual.last_active_at_ms);
    return true;
}

static void a_member_with_another_id_and_other_times_is_taken(void **state)
{
    (void)state;
    static struct patterns patterns;
    struct entry_terms terms;
    learn(&patterns, STR(ENTRY(ID, "slot-1", CREATED, ACTIVE)), &terms);
    assert_true(is_taken(&patterns, STR(ENTRY(ID, "slot-1", CREATED, ACTIVE))));
    assert_true(
        is_taken(&patterns, STR(ENTRY(OTHER_ID, "slot-1", "1000000000000", "9999999999999"))));
    patterns_forget(&patterns);
    assert_false(is_taken(&patterns, STR(ENTRY(ID, "slot-1", CREATED, ACTIVE))));
}

static void a_slot_of_the_same_length_is_learned_beside_the_others(void **state)
{
    (void)state;
    static struct patterns patterns;
    struct entry_terms first, second;
    learn(&patterns, STR(ENTRY(ID, "slot-1", CREATED, ACTIVE)), &first);
    assert_false(is_taken(&patterns, STR(ENTRY(ID, "slot-2", CREATED, ACTIVE))));
    learn(&patterns, STR(ENTRY(ID, "slot-2", CREATED, ACTIVE)), &second);
    assert_int_equal(patterns.count, 1);
    assert_true(is_taken(&patterns, STR(ENTRY(ID, "slot-1", CREATED, ACTIVE))));
    assert_true(is_taken(&patterns, STR(ENTRY(ID, "slot-2", CREATED, ACTIVE))));
}

static void what_differs_in_length_or_is_cut_is_left_to_the_scanner(void **state)
{
    (void)state;
    static struct patterns patterns;
    static const char text[] = ENTRY(ID, "slot-1", CREATED, ACTIVE);
    struct entry_terms terms;
    learn(&patterns, STR(text), &terms);
    assert_false(is_taken(&patterns, STR(ENTRY("a", "slot-1", CREATED, ACTIVE))));
    assert_false(is_taken(&patterns, STR(ENTRY(ID, "slot-10", CREATED, ACTIVE))));
    assert_false(is_taken(&patterns, STR(ENTRY(ID, "slot-1", "5", ACTIVE))));
    assert_false(is_taken(&patterns, STR(ENTRY(ID, "slot-1", "0000000000001", ACTIVE))));
    for (size_t len = 0; len < sizeof(text) - sizeof(NEXT) - 1; len++)
        assert_false(is_taken(&patterns, (struct str){text, len}));
}

static void any_byte_changed_into_any_other_is_taken_only_where_the_scanner_takes_it(void **state)
{
    (void)state;
    static struct patterns patterns;
    char text[] = ENTRY(ID, "slot-1", CREATED, ACTIVE);
    struct entry_terms terms;
    size_t taken = 0;
    learn(&patterns, STR(ENTRY(ID, "slot-1", CREATED, ACTIVE)), &terms);
    for (size_t at = 0; at < sizeof(text) - sizeof(NEXT) - 1; at++) {
        char was = text[at];
        for (int byte = 0; byte < 256; byte++) {
            text[at] = (char)byte;
            taken += is_taken(&patterns, (struct str){text, sizeof(text) - 1});
        }
        text[at] = was;
    }
    /* each byte as it was, and other digits: none that leads is 0 */
    size_t digits = strlen(CREATED) + strlen(ACTIVE);
    assert_int_equal(taken, sizeof(text) - sizeof(NEXT) - 1 + digits * 9 - 2);
}

static void digits_are_a_number_up_to_fifteen_of_them(void **state)
{
    (void)state;
    static const char text[] = "                123456789012345678";
    double number = 0, expected = 0;
    for (size_t count = 1; count <= SCAN_DIGITS_MOST; count++) {
        expected = expected * 10 + (double)(count % 10);
        assert_true(scan_digits(text + 16, count, &number));
        assert_true(number == expected);
        assert_false(scan_digits(text + 15, count, &number));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_member_with_another_id_and_other_times_is_taken),
        cmocka_unit_test(a_slot_of_the_same_length_is_learned_beside_the_others),
        cmocka_unit_test(what_differs_in_length_or_is_cut_is_left_to_the_scanner),
        cmocka_unit_test(any_byte_changed_into_any_other_is_taken_only_where_the_scanner_takes_it),
        cmocka_unit_test(digits_are_a_number_up_to_fifteen_of_them),
    };
    return cmocka_run_group_tests_name("document_pattern", tests, NULL, NULL);
}
