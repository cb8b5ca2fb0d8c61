/* watch and our own edits: each is seen, and none makes us look for ever. The number in the comment
 * is the case of the watching design. Time is what the test says it is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/store.h"
#include "tests/helpers/watcher.h"

#define TEXT                                                                                       \
    "{\"version\":1,\"agents\":{\"s1\":{\"chatAgentId\":\"chat-slot-main-1\","                     \
    "\"workspaceAgentId\":\"main\",\"state\":\"active\",\"lastActiveAt\":1773890000000,"           \
    "\"idleTtlMs\":1800000}}}\n"

enum { REPORTS_MAX = 3, WAKES_MAX = 12 };

static void edit(const struct watcher *watcher, enum operation_kind kind)
{
    struct store store = {.path = tree_path(&watcher->tree, "state/chat-agents.json")};
    struct operation operation = {
        .kind = kind, .session_id = STR("s1"), .now_ms = INT64_C(1773890000000), .force = true};
    struct outcome outcome = {0};
    struct store_report report;
    struct error error = {0};
    int result = store_apply(&store, &operation, 1, NULL, &outcome, &report, &error);
    assert_int_equal(result, 0);
    assert_true(report.wrote);
    outcome_done(&outcome);
}

/* What a dashboard would do: look where it is told to, as often as it is told to, until nothing is
 * to be waited for. Returns how often it looked. */
static int look_until_idle(struct watcher *watcher, int64_t *now_ms)
{
    struct store store = {.path = tree_path(&watcher->tree, "state/chat-agents.json")};
    int reports = 0, wakes = 0;
    for (;;) {
        int timeout_ms = watch_timeout_ms(watcher->watch, *now_ms);
        bool is_woken = watcher_is_woken(watcher, 0);
        if (!is_woken && timeout_ms < 0)
            return reports;
        assert_true(++wakes <= WAKES_MAX);
        *now_ms += is_woken ? 0 : timeout_ms;
        if (watcher_drain(watcher, *now_ms) & REGISTRY) {
            struct document document;
            reports++;
            document_init(&document);
            assert_int_equal(store_load(&store, 0, &document, NULL, NULL), 0);
            assert_int_equal(document.state, DOCUMENT_OK);
            document_done(&document);
        }
    }
}

/* 33 */
static void an_edit_of_our_own_is_reported_a_few_times_and_then_no_more(void **state)
{
    static const enum operation_kind kinds[] = {OPERATION_IDLE, OPERATION_TOUCH, OPERATION_EXPIRE,
                                                OPERATION_RELEASE, OPERATION_PURGE};
    struct watcher *watcher = *state;
    int64_t now_ms = 0;
    watcher_save(watcher, "state/chat-agents.json", TEXT);
    (void)look_until_idle(watcher, &now_ms);
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        edit(watcher, kinds[i]);
        int reports = look_until_idle(watcher, &now_ms);
        assert_in_range(reports, 1, REPORTS_MAX);
        watcher_assert_quiet(watcher);
        assert_int_equal(watcher_check(watcher), 0);
    }
    watcher_assert_sees_saves(watcher);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_edit_of_our_own_is_reported_a_few_times_and_then_no_more,
                                        watcher_set_up_live, watcher_tear_down),
    };
    return cmocka_run_group_tests_name("watch_edits", tests, NULL, NULL);
}
