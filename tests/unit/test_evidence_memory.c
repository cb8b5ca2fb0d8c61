// LDFLAGS: -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=reallocarray
/* Every allocation of a gathering fails in turn. */
#include "tests/helpers/memory.h"
#include "tests/helpers/traces.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#define DEEP "[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]"

static void a_gathering_without_memory_fails_and_leaves_nothing(void **state)
{
    struct traces *traces = *state;
    struct evidence_subject subjects[] = {traces_subject(traces), traces_subject(traces)};
    struct evidences found = {.count = 12345};
    size_t failures = 0;
    bool reached = true;
    subjects[1].session_id = STR("t");
    subjects[1].agent_id = STR("other");
    tree_put(&traces->tree, "chats/s.jsonl", "{\"_streaming\":true,\"a\":" DEEP "}\n");
    tree_put(&traces->tree, "state/agents/slot/sessions/sessions.json",
             "{\"agent:slot:web:s\":{\"sessionId\":\"gw\",\"a\":" DEEP "}}");
    tree_put(&traces->tree, "state/agents/slot/sessions/gw.jsonl.lock",
             "{\"pid\":77,\"createdAt\":\"2026-11-22T14:30:15.500Z\"}");
    traces_process(traces, 77, "node", 'R', 1);
    for (size_t nth = 1; reached; nth++) {
        struct error error = {0};
        calls_until_failure = nth;
        int result = evidence_gather(traces->state, traces->proc, subjects, 2, &found, &error);
        reached = calls_until_failure == 0;
        calls_until_failure = 0;
        assert_int_equal(result, reached ? -ENOMEM : 0);
        assert_int_equal(error.kind, reached ? ERROR_SYSTEM : ERROR_NONE);
        assert_int_equal(error.text[0] != 0, reached);
        assert_int_equal(found.count, reached ? 12345 : 2);
        failures += reached;
    }
    printf("vectors: %zu failed allocations\n", failures);
    assert_true(failures > 6);
    assert_true(found.items[0].is_streaming);
    assert_int_equal(found.items[0].lock_pid, 77);
    evidences_done(&found);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_gathering_without_memory_fails_and_leaves_nothing,
                                        traces_set_up, traces_tear_down),
    };
    return cmocka_run_group_tests_name("evidence_memory", tests, NULL, NULL);
}
