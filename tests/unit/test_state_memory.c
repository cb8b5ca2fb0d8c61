// LDFLAGS: -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=reallocarray
/* Every allocation of a look fails in turn: -ENOMEM, nothing leaked, nothing half done. */
#include "core/state.h"
#include "tests/helpers/memory.h"
#include "tests/helpers/tree.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static const char REGISTRY[] =
    "{\"agents\":{\"s\":{\"chatAgentId\":\"chat-slot-a-1\",\"state\":\"active\"},"
    "\"t\":{\"chatAgentId\":\"b\",\"workspaceAgentId\":\"b\",\"state\":\"idle\","
    "\"lastActiveAt\":5,\"idleTtlMs\":9}}}";
static const char CONFIG[] = "{\"agents\":{\"list\":[{\"id\":\"chat-slot-a-1\"},"
                             "{\"id\":\"chat-slot-b-1\"},{\"id\":\"chat-slot-b-2\"}]}}";

static void put_all(const struct tree *tree)
{
    tree_put(tree, "workspace-a/x", "");
    tree_put(tree, "workspace-b/x", "");
    tree_put(tree, "openclaw.json", CONFIG);
    tree_put(tree, ".dench-ui-state.json", "{\"activeWorkspace\":\"b\"}");
    tree_put(tree, "chat-agents.json", REGISTRY);
}

/* True when the nth allocation came and failed. */
static bool end_of_turn(void)
{
    bool reached = calls_until_failure == 0;
    calls_until_failure = 0;
    return reached;
}

static int first_look(struct state *state, const struct environment *environment,
                      const char *workspace, const char *dir, struct error *error)
{
    int result = state_init(state, environment, dir, workspace, error);
    if (result != 0)
        return result;
    result = state_load(state, &(struct state_look){.parts = PART_ALL}, error);
    if (result == 0)
        result = state_model(state, 7, error);
    if (result != 0)
        state_done(state);
    return result;
}

static size_t fail_first_look_in_turn(const struct environment *environment, const char *workspace,
                                      const char *dir)
{
    size_t failures = 0;
    bool reached = true;
    for (size_t nth = 1; reached; nth++) {
        struct state state;
        struct error error = {0};
        calls_until_failure = nth;
        int result = first_look(&state, environment, workspace, dir, &error);
        reached = end_of_turn();
        assert_int_equal(result, reached ? -ENOMEM : 0);
        assert_int_equal(error.kind, reached ? ERROR_SYSTEM : ERROR_NONE);
        assert_int_equal(error.text[0] != 0, reached);
        failures += reached;
        if (!reached)
            state_done(&state);
    }
    return failures;
}

static void a_first_look_without_memory_fails_and_leaks_nothing(void **context)
{
    struct tree tree;
    (void)context;
    tree_make(&tree);
    put_all(&tree);
    const struct environment environment = {
        .home = "/nowhere",
        .openclaw_home = tree.path,
        .openclaw_workspace = "~/elsewhere",
        .current_dir = "/",
    };
    size_t active = fail_first_look_in_turn(&environment, NULL, tree.path);
    size_t option = fail_first_look_in_turn(&environment, "a", tree.path);
    size_t resolved = fail_first_look_in_turn(&environment, NULL, NULL);
    printf("vectors: %zu failed allocations\n", active + option + resolved);
    assert_true(active > 20 && option > 10 && resolved > 5);
    tree_remove(&tree);
}

/* The workspace and the pool belong together, whichever of the two looks they are of. */
static void check_whole(const struct state *state)
{
    bool is_b = str_equal(buffer_str(&state->workspace.agent_id), STR("b"));
    assert_true(is_b || str_equal(buffer_str(&state->workspace.agent_id), STR("a")));
    assert_int_equal(state->pool.slot_count, is_b ? 2 : 1);
    assert_int_equal(state_shown(state)->registry.count, 2);
    assert_false(state->has_model);
}

static void a_later_look_without_memory_leaves_every_part_whole(void **context)
{
    struct tree tree;
    const struct environment environment = {.home = "/nowhere", .current_dir = "/"};
    bool reached = true;
    size_t failures = 0;
    (void)context;
    tree_make(&tree);
    put_all(&tree);
    for (size_t nth = 1; reached; nth++) {
        struct state state;
        tree_put(&tree, ".dench-ui-state.json", "{\"activeWorkspace\":\"b\"}");
        assert_int_equal(first_look(&state, &environment, NULL, tree.path, NULL), 0);
        tree_put(&tree, ".dench-ui-state.json", "{\"activeWorkspace\":\"a\"}");
        calls_until_failure = nth;
        int result = state_load(&state, &(struct state_look){.parts = PART_ALL}, NULL);
        reached = end_of_turn();
        assert_int_equal(result, reached ? -ENOMEM : 0);
        check_whole(&state);
        failures += reached;
        assert_int_equal(state_load(&state, &(struct state_look){.parts = PART_ALL}, NULL), 0);
        assert_string_equal(state.workspace.agent_id.data, "a");
        assert_int_equal(state_model(&state, 7, NULL), 0);
        state_done(&state);
    }
    printf("vectors: %zu failed allocations\n", failures);
    assert_true(failures > 15);
    tree_remove(&tree);
}

static void a_model_without_memory_is_as_it_was(void **context)
{
    struct tree tree;
    const struct environment environment = {.home = "/nowhere", .current_dir = "/"};
    struct state state;
    bool reached = true;
    (void)context;
    tree_make(&tree);
    put_all(&tree);
    assert_int_equal(first_look(&state, &environment, NULL, tree.path, NULL), 0);
    for (size_t nth = 1; reached; nth++) {
        const struct slot *slots = state.model.slots;
        calls_until_failure = nth;
        int result = state_model(&state, 8, NULL);
        reached = end_of_turn();
        assert_int_equal(result, reached ? -ENOMEM : 0);
        assert_true(state.has_model);
        assert_int_equal(state.model.slots == slots, reached);
    }
    state_done(&state);
    tree_remove(&tree);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_first_look_without_memory_fails_and_leaks_nothing),
        cmocka_unit_test(a_later_look_without_memory_leaves_every_part_whole),
        cmocka_unit_test(a_model_without_memory_is_as_it_was),
    };
    return cmocka_run_group_tests_name("state_memory", tests, NULL, NULL);
}
