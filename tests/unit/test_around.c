/* A state with what stands around its registry: whose traces are sought, what is watched, what the
 * history gets. */
#include "core/state.h"
#include "tests/helpers/tree.h"
#include "tui/look_hints.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define NOW 1773890000000
#define ENTRY(id, slot, state, last)                                                               \
    "\"" id "\":{\"chatAgentId\":\"" slot "\",\"workspaceAgentId\":\"a\",\"state\":\"" state       \
    "\",\"createdAt\":1773889000000,\"lastActiveAt\":" last ",\"idleTtlMs\":1800000}"
#define REGISTRY(entries) "{\"version\":1,\"agents\":{" entries "}}\n"
#define INDEX "workspace-a/.openclaw/web-chat/index.json"

struct fixture {
    struct tree tree;
    struct environment environment;
    char home[300];
    struct state state;
};

static int set_up(void **context)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    tree_make(&fixture->tree);
    tree_put(&fixture->tree, "openclaw.json",
             "{\"agents\":{\"list\":[{\"id\":\"chat-slot-a-1\"},{\"id\":\"chat-slot-a-2\"}]}}");
    tree_put(&fixture->tree, INDEX,
             "[{\"id\":\"old\",\"chatAgentId\":\"chat-slot-a-2\",\"updatedAt\":1773889999000},"
             "{\"id\":\"s1\",\"title\":\"Refund\",\"chatAgentId\":\"chat-slot-a-1\","
             "\"updatedAt\":1773889000000},"
             "{\"id\":\"elsewhere\",\"chatAgentId\":\"main\",\"updatedAt\":1773889999999}]");
    tree_put(&fixture->tree, "chat-agents.json",
             REGISTRY(ENTRY("gone", "chat-slot-a-2", "expired", "1773889999999") "," ENTRY(
                 "s1", "chat-slot-a-1", "active", "1773889500000") "," ENTRY("s2", "a", "idle",
                                                                             "1773889600000")));
    (void)snprintf(fixture->home, sizeof(fixture->home), "%s", tree_path(&fixture->tree, "home"));
    fixture->environment =
        (struct environment){.home = "/nowhere", .current_dir = "/", .state_home = fixture->home};
    assert_int_equal(
        state_init(&fixture->state, &fixture->environment, fixture->tree.path, NULL, NULL), 0);
    *context = fixture;
    return 0;
}

static int tear_down(void **context)
{
    struct fixture *fixture = *context;
    state_done(&fixture->state);
    tree_remove(&fixture->tree);
    free(fixture);
    return 0;
}

static void look(struct fixture *fixture, unsigned parts, int64_t now_ms, bool is_ours)
{
    struct state_look wanted = {.parts = parts, .now_ms = now_ms, .is_ours = is_ours};
    assert_int_equal(state_load(&fixture->state, &wanted, NULL), 0);
    assert_int_equal(state_model(&fixture->state, now_ms, NULL), 0);
}

static void save(struct fixture *fixture, const char *text)
{
    (void)unlink(tree_path(&fixture->tree, "chat-agents.json"));
    tree_put(&fixture->tree, "chat-agents.json", text);
}

static void traces_are_sought_of_the_live_and_the_pinned_the_latest_used_first(void **context)
{
    struct fixture *fixture = *context;
    look(fixture, PART_ALL, NOW, false);
    static const char *const wanted[] = {"old", "s2", "s1"};
    const struct evidences *found = &fixture->state.around.evidences;
    assert_int_equal(found->count, 3);
    for (size_t i = 0; i < 3; i++)
        assert_true(str_equal(found->items[i].session_id, str_of(wanted[i])));
}

static void what_was_never_loaded_is_not_known_to_the_model(void **context)
{
    struct fixture *fixture = *context;
    look(fixture, PART_BASE, NOW, false);
    assert_false(fixture->state.model.knows_chats);
    assert_false(fixture->state.model.knows_traces);
    look(fixture, PART_CHATS | PART_TRACES, NOW, false);
    size_t row =
        model_find_row(&fixture->state.model, &fixture->state.document.registry, STR("s1"));
    assert_true(str_equal(model_title(&fixture->state.model, row), STR("Refund")));
    assert_true(fixture->state.model.knows_traces);
}

/* Of no events one of kind CHANGED. */
static struct history_event last_event(struct fixture *fixture, size_t *ret_count)
{
    const struct history_event *events = history_events(fixture->state.around.history, ret_count);
    struct history_event none = {.kind = EVENT_CHANGED};
    return *ret_count > 0 ? events[*ret_count - 1] : none;
}

static void what_changes_between_two_looks_is_history_and_kept(void **context)
{
    struct fixture *fixture = *context;
    size_t count;
    look(fixture, PART_ALL, NOW, false);
    (void)last_event(fixture, &count);
    assert_int_equal(count, 0);
    save(fixture, REGISTRY(ENTRY("s1", "chat-slot-a-1", "deleted",
                                 "1773889500000") "," ENTRY("s2", "a", "idle", "1773889600000")));
    look(fixture, PART_REGISTRY, NOW + 5, true);
    struct history_event event = last_event(fixture, &count);
    assert_int_equal(count, 2); /* one was released, one removed */
    assert_true(event.at_ms >= NOW + 5 && event.at_ms <= NOW + 5);
    assert_int_equal(event.by, BY_OPERATOR);
    look(fixture, PART_HISTORY, NOW + 9, false);
    (void)last_event(fixture, &count);
    assert_int_equal(count, 2);
}

static void a_registry_that_stays_torn_is_history_and_so_is_its_end(void **context)
{
    struct fixture *fixture = *context;
    size_t count;
    look(fixture, PART_ALL, NOW, false);
    save(fixture, "{\"version\":1,");
    for (int64_t now_ms = NOW; now_ms <= NOW + 2 * STATE_TORN_MS; now_ms += STATE_TORN_MS) {
        look(fixture, PART_REGISTRY, now_ms, false);
        assert_int_equal(state_keep_lost(&fixture->state, now_ms, NULL), 0);
    }
    assert_int_equal(last_event(fixture, &count).kind, EVENT_TORN);
    assert_int_equal(count, 1);
    save(fixture, REGISTRY(ENTRY("gone", "chat-slot-a-2", "expired", "1773889999999") "," ENTRY(
                      "s1", "chat-slot-a-1", "active",
                      "1773889500000") "," ENTRY("s2", "a", "idle", "1773889600000")));
    look(fixture, PART_REGISTRY, NOW + 999, false);
    assert_int_equal(state_keep_lost(&fixture->state, NOW + 999, NULL), 0);
    assert_int_equal(last_event(fixture, &count).kind, EVENT_MENDED);
    assert_int_equal(count, 2);
}

static void a_change_in_a_watched_directory_is_a_hint_for_its_part(void **context)
{
    struct fixture *fixture = *context;
    struct look_hints hints;
    look(fixture, PART_ALL, NOW, false);
    assert_int_equal(look_hints_open(&hints, NULL), 0);
    assert_int_equal(look_hints_follow(&hints, &fixture->state, NULL), 0);
    static const struct {
        const char *file;
        unsigned parts;
    } changes[] = {
        {INDEX, PART_CHATS | PART_TRACES},
        {"web-runtime/process.json", PART_SERVER},
        {"agents/chat-slot-a-1/sessions/x.jsonl.lock", PART_TRACES},
        {"agents/a/sessions/x.jsonl.lock", PART_TRACES},
    };
    int64_t now_ms = 0;
    for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
        tree_put(&fixture->tree, changes[i].file, "[]");
        look_hints_take(&hints, now_ms);
        assert_int_equal(look_hints_due(&hints, now_ms), 0);
        now_ms += HINTS_SETTLE_MS;
        assert_int_equal(look_hints_due(&hints, now_ms), changes[i].parts);
        assert_int_equal(look_hints_due(&hints, now_ms), 0);
        look_hints_take(&hints, now_ms); /* what a directory that appeared tells once more */
        (void)look_hints_due(&hints, now_ms += HINTS_EVERY_MS);
        now_ms += HINTS_EVERY_MS;
    }
    look_hints_done(&hints);
}

static void hints_that_come_soon_after_a_look_wait_together(void **context)
{
    (void)context;
    struct look_hints hints;
    assert_int_equal(look_hints_open(&hints, NULL), 0);
    assert_int_equal(look_hints_wait_ms(&hints, 1000), -1);
    look_hints_add(&hints, PART_CHATS, 1000);
    assert_int_equal(look_hints_wait_ms(&hints, 1000), HINTS_SETTLE_MS);
    int64_t now_ms = 1000 + HINTS_SETTLE_MS;
    assert_int_equal(look_hints_due(&hints, now_ms), PART_CHATS);
    look_hints_add(&hints, PART_TRACES, now_ms + 1);
    look_hints_add(&hints, PART_SERVER, now_ms + 400);
    assert_int_equal(look_hints_due(&hints, now_ms + HINTS_EVERY_MS - 1), 0);
    assert_int_equal(look_hints_wait_ms(&hints, now_ms + 1), HINTS_EVERY_MS - 1);
    assert_int_equal(look_hints_due(&hints, now_ms + HINTS_EVERY_MS), PART_TRACES | PART_SERVER);
    look_hints_done(&hints);
}

int main(void)
{
#define AROUND_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        AROUND_TEST(traces_are_sought_of_the_live_and_the_pinned_the_latest_used_first),
        AROUND_TEST(what_was_never_loaded_is_not_known_to_the_model),
        AROUND_TEST(what_changes_between_two_looks_is_history_and_kept),
        AROUND_TEST(a_registry_that_stays_torn_is_history_and_so_is_its_end),
        AROUND_TEST(a_change_in_a_watched_directory_is_a_hint_for_its_part),
        cmocka_unit_test(hints_that_come_soon_after_a_look_wait_together),
    };
    return cmocka_run_group_tests_name("around", tests, NULL, NULL);
}
