#include "core/state.h"
#include "tests/helpers/tree.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define NOW 1773890000000
#define REGISTRY(id, slot)                                                                         \
    "{\"version\":1,\"agents\":{\"" id "\":{\"chatAgentId\":\"" slot                               \
    "\",\"workspaceAgentId\":\"a\",\"state\":\"active\",\"lastActiveAt\":1773890000000,"           \
    "\"idleTtlMs\":1800000}}}\n"
#define CONFIG                                                                                     \
    "{\"agents\":{\"list\":[{\"id\":\"chat-slot-a-1\"},{\"id\":\"chat-slot-b-1\"},"                \
    "{\"id\":\"chat-slot-b-2\"}]}}"

struct fixture {
    struct tree tree;
    struct environment environment;
    struct state state;
};

static int set_up(void **context)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    if (!fixture)
        return -1;
    tree_make(&fixture->tree);
    tree_put(&fixture->tree, "workspace-a/x", "");
    tree_put(&fixture->tree, "workspace-b/x", "");
    tree_put(&fixture->tree, "openclaw.json", CONFIG);
    tree_put(&fixture->tree, "chat-agents.json", REGISTRY("s1", "chat-slot-a-1"));
    fixture->environment = (struct environment){.home = "/nowhere", .current_dir = "/"};
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

/* Replaces the file, so that a look finds another version whatever the clock's grain. */
static void put(struct fixture *fixture, const char *name, const char *text)
{
    (void)unlink(tree_path(&fixture->tree, name));
    tree_put(&fixture->tree, name, text);
}

static void look(struct fixture *fixture, unsigned parts)
{
    assert_int_equal(state_load(&fixture->state, &(struct state_look){.parts = parts}, NULL), 0);
    assert_false(fixture->state.has_model);
    assert_int_equal(state_model(&fixture->state, NOW, NULL), 0);
    assert_true(fixture->state.has_model);
}

static bool shows(const struct fixture *fixture, const char *session_id)
{
    return registry_find(&state_shown(&fixture->state)->registry, str_of(session_id));
}

static bool tells(const struct fixture *fixture, const char *code)
{
    for (size_t i = 0; i < fixture->state.model.finding_count; i++) {
        if (strcmp(fixture->state.model.findings[i].code, code) == 0)
            return true;
    }
    return false;
}

static void paths_are_in_the_directory_as_given_or_resolved(void **context)
{
    static const struct {
        const char *option;
        const char *openclaw_home;
        const char *dir, *registry_path, *config_path;
    } cases[] = {
        {"/s/x/..//t/", NULL, "/s/t", "/s/t/chat-agents.json", "/s/t/openclaw.json"},
        {"rel/", NULL, "rel", "rel/chat-agents.json", "rel/openclaw.json"},
        {"/", NULL, "/", "/chat-agents.json", "/openclaw.json"},
        {NULL, NULL, "/nowhere/.openclaw-dench", "/nowhere/.openclaw-dench/chat-agents.json",
         "/nowhere/.openclaw-dench/openclaw.json"},
        {NULL, "/o", "/o/.openclaw-dench", "/o/.openclaw-dench/chat-agents.json",
         "/o/.openclaw-dench/openclaw.json"},
    };
    (void)context;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct environment environment = {
            .home = "/nowhere", .openclaw_home = cases[i].openclaw_home, .current_dir = "/"};
        struct state state;
        assert_int_equal(state_init(&state, &environment, cases[i].option, NULL, NULL), 0);
        assert_string_equal(state.dir.data, cases[i].dir);
        assert_string_equal(state.registry_path.data, cases[i].registry_path);
        assert_string_equal(state.config_path.data, cases[i].config_path);
        assert_string_equal(state.store.path, cases[i].registry_path);
        assert_int_equal(state.store.fence_ms, STORE_DEFAULT_FENCE_MS);
        assert_false(state.store.read_only || state.store.dry_run || state.has_model);
        state_done(&state);
    }
}

static void a_workspace_that_cannot_be_one_is_a_usage_error(void **context)
{
    static const char *const names[] = {"", "-x", "a b", "../a", "a/b"};
    struct fixture *fixture = *context;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct error error = {0};
        struct state state;
        assert_int_equal(
            state_init(&state, &fixture->environment, fixture->tree.path, names[i], &error),
            -EINVAL);
        assert_int_equal(error.kind, ERROR_USAGE);
        assert_non_null(strstr(error.text, "is no workspace name"));
    }
}

static void all_parts_make_a_model_of_the_active_workspace(void **context)
{
    struct fixture *fixture = *context;
    look(fixture, PART_ALL);
    assert_int_equal(fixture->state.workspace.source, ACTIVE_FIRST);
    assert_string_equal(fixture->state.workspace.name.data, "a");
    assert_int_equal(fixture->state.pool.slot_count, 1);
    assert_int_equal(fixture->state.document.state, DOCUMENT_OK);
    assert_true(fixture->state.identity.exists);
    assert_int_equal(fixture->state.model.counts.held, 1);
    assert_ptr_equal(state_shown(&fixture->state), &fixture->state.document);
}

static void the_workspace_option_beats_everything(void **context)
{
    struct fixture *fixture = *context;
    struct state state;
    tree_put(&fixture->tree, ".dench-ui-state.json", "null");
    assert_int_equal(state_init(&state, &fixture->environment, fixture->tree.path, "b", NULL), 0);
    assert_int_equal(state_load(&state, &(struct state_look){.parts = PART_ALL}, NULL), 0);
    assert_int_equal(state.workspace.source, ACTIVE_OPTION);
    assert_string_equal(state.workspace.agent_id.data, "b");
    assert_int_equal(state.pool.slot_count, 2);
    state_done(&state);
    assert_int_equal(state_init(&state, &fixture->environment, fixture->tree.path, "default", NULL),
                     0);
    assert_int_equal(state_load(&state, &(struct state_look){.parts = PART_ALL}, NULL), 0);
    assert_string_equal(state.workspace.agent_id.data, "main");
    state_done(&state);
}

static void another_active_workspace_brings_its_pool(void **context)
{
    struct fixture *fixture = *context;
    look(fixture, PART_ALL);
    put(fixture, ".dench-ui-state.json", "{\"activeWorkspace\":\"b\"}");
    look(fixture, PART_UI_STATE);
    assert_int_equal(fixture->state.workspace.source, ACTIVE_UI_STATE);
    assert_int_equal(fixture->state.pool.slot_count, 2);
    assert_int_equal(unlink(tree_path(&fixture->tree, "workspace-b/x")), 0);
    assert_int_equal(rmdir(tree_path(&fixture->tree, "workspace-b")), 0);
    look(fixture, PART_WORKSPACES);
    assert_int_equal(fixture->state.workspace.source, ACTIVE_FIRST);
    assert_int_equal(fixture->state.pool.slot_count, 1);
}

static void only_the_parts_asked_for_are_looked_at(void **context)
{
    struct fixture *fixture = *context;
    look(fixture, PART_ALL);
    put(fixture, "openclaw.json", "{}");
    put(fixture, "chat-agents.json", REGISTRY("s2", "chat-slot-a-1"));
    look(fixture, PART_REGISTRY);
    assert_true(shows(fixture, "s2"));
    assert_int_equal(fixture->state.pool.slot_count, 1);
    put(fixture, "chat-agents.json", REGISTRY("s3", "chat-slot-a-1"));
    look(fixture, PART_CONFIG);
    assert_true(shows(fixture, "s2"));
    assert_int_equal(fixture->state.pool.state, CONFIG_NO_LIST);
    look(fixture, PART_UI_STATE | PART_WORKSPACES);
    assert_true(shows(fixture, "s2"));
}

static void a_registry_that_cannot_be_used_leaves_the_last_good_one(void **context)
{
    static const struct {
        const char *text; /* NULL: a directory stands there */
        enum document_state state;
        const char *code;
    } cases[] = {
        {"{\"version\":1,\"ag", DOCUMENT_TORN, "registry-torn"},
        {"", DOCUMENT_TORN, "registry-torn"},
        {"[]", DOCUMENT_MALFORMED, "registry-malformed"},
        {NULL, DOCUMENT_UNREADABLE, "registry-unreadable"},
    };
    struct fixture *fixture = *context;
    look(fixture, PART_ALL);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        if (cases[i].text) {
            put(fixture, "chat-agents.json", cases[i].text);
        } else {
            assert_int_equal(unlink(tree_path(&fixture->tree, "chat-agents.json")), 0);
            assert_int_equal(mkdir(tree_path(&fixture->tree, "chat-agents.json"), 0777), 0);
        }
        look(fixture, PART_REGISTRY);
        assert_int_equal(fixture->state.document.state, cases[i].state);
        assert_ptr_equal(state_shown(&fixture->state), &fixture->state.last_good);
        assert_true(shows(fixture, "s1"));
        assert_int_equal(fixture->state.model.counts.held, 1);
        assert_true(tells(fixture, cases[i].code));
    }
    assert_int_equal(rmdir(tree_path(&fixture->tree, "chat-agents.json")), 0);
    put(fixture, "chat-agents.json", REGISTRY("s2", "chat-slot-a-1"));
    look(fixture, PART_REGISTRY);
    assert_ptr_equal(state_shown(&fixture->state), &fixture->state.document);
    assert_true(shows(fixture, "s2"));
    assert_int_equal(fixture->state.last_good.registry.count, 0);
}

static void a_registry_torn_at_the_first_look_shows_an_empty_one(void **context)
{
    struct fixture *fixture = *context;
    put(fixture, "chat-agents.json", "{");
    look(fixture, PART_ALL);
    assert_int_equal(fixture->state.document.state, DOCUMENT_TORN);
    assert_int_equal(state_shown(&fixture->state)->registry.count, 0);
    assert_true(tells(fixture, "registry-torn"));
}

static void a_missing_registry_is_an_empty_one(void **context)
{
    struct fixture *fixture = *context;
    look(fixture, PART_ALL);
    assert_int_equal(unlink(tree_path(&fixture->tree, "chat-agents.json")), 0);
    look(fixture, PART_REGISTRY);
    assert_int_equal(fixture->state.document.state, DOCUMENT_MISSING);
    assert_ptr_equal(state_shown(&fixture->state), &fixture->state.document);
    assert_false(fixture->state.identity.exists);
    assert_int_equal(fixture->state.model.counts.entries, 0);
}

static void a_malformed_registry_with_entries_is_shown_itself(void **context)
{
    struct fixture *fixture = *context;
    look(fixture, PART_ALL);
    put(fixture, "chat-agents.json", "{\"agents\":{\"n\":null,\"m\":{}}}");
    look(fixture, PART_REGISTRY);
    assert_int_equal(fixture->state.document.state, DOCUMENT_MALFORMED);
    assert_ptr_equal(state_shown(&fixture->state), &fixture->state.document);
    assert_true(shows(fixture, "m"));
    assert_true(tells(fixture, "registry-malformed"));
}

static void a_ui_state_that_breaks_the_server_leaves_no_slots(void **context)
{
    struct fixture *fixture = *context;
    put(fixture, ".dench-ui-state.json", "null");
    look(fixture, PART_ALL);
    assert_int_equal(fixture->state.workspace.source, ACTIVE_THROWS);
    assert_int_equal(fixture->state.pool.slot_count, 0);
    assert_true(tells(fixture, "ui-state-breaks-server"));
    assert_false(tells(fixture, "pool-empty"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_are_in_the_directory_as_given_or_resolved),
        cmocka_unit_test_setup_teardown(a_workspace_that_cannot_be_one_is_a_usage_error, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(all_parts_make_a_model_of_the_active_workspace, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(the_workspace_option_beats_everything, set_up, tear_down),
        cmocka_unit_test_setup_teardown(another_active_workspace_brings_its_pool, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(only_the_parts_asked_for_are_looked_at, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_registry_that_cannot_be_used_leaves_the_last_good_one,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_registry_torn_at_the_first_look_shows_an_empty_one,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_missing_registry_is_an_empty_one, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_malformed_registry_with_entries_is_shown_itself, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_ui_state_that_breaks_the_server_leaves_no_slots, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests_name("state", tests, NULL, NULL);
}
