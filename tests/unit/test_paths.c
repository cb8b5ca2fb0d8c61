#include "core/paths.h"
#include "tests/helpers/tree.h"

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

static int make_tree(void **state)
{
    struct tree *tree = malloc(sizeof(*tree));
    if (!tree)
        return -1;
    tree_make(tree);
    *state = tree;
    return 0;
}

static int remove_tree(void **state)
{
    tree_remove(*state);
    free(*state);
    return 0;
}

static void make_directories(const struct tree *tree, const char *const *names)
{
    for (; *names; names++)
        assert_int_equal(mkdir(tree_path(tree, *names), 0777), 0);
}

static void paths_are_joined_as_in_node(void **state)
{
    static const char *const cases[][3] = {
        {"/a/b", "c", "/a/b/c"},
        {"/a/b/", "c", "/a/b/c"},
        {"/a//b/./x/..", "c", "/a/b/c"},
        {"/..", "c", "/c"},
        {"../..", "c", "../../c"},
        {"a/../..", "c", "../c"},
        {"a/..", "", "."},
        {"a/../", "", "./"},
        {"", "", "."},
        {"/", "", "/"},
        {"/a/../", "", "/"},
        {"a/b/", "", "a/b/"},
        {"~/x", "c", "~/x/c"},
        {"/a", "../../..", "/"},
        {"...", "..a", ".../..a"},
        {"../a/../..", "c", "../../c"},
        {"", "c", "c"},
        {"/a b", "\xFF", "/a b/\xFF"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct buffer path = {0};
        paths_join(cases[i][0], cases[i][1], &path);
        assert_string_equal(path.data, cases[i][2]);
        buffer_done(&path);
    }
}

static void the_state_directory_is_below_the_trimmed_home(void **state)
{
    static const char *const cases[][2] = {
        {NULL, "/home/ana/.openclaw-dench"},
        {"", "/home/ana/.openclaw-dench"},
        {" \t\r\n\v\f\xC2\xA0\xE1\x9A\x80\xE2\x80\x80\xE2\x80\x8A\xE2\x80\xA8\xE2\x80\xA9\xE2\x80"
         "\xAF"
         "\xE2\x81\x9F\xE3\x80\x80\xEF\xBB\xBF",
         "/home/ana/.openclaw-dench"},
        {"\xEF\xBB\xBF /srv \xC2\xA0", "/srv/.openclaw-dench"},
        {"\xE2\x80\x8B/srv", "\xE2\x80\x8B/srv/.openclaw-dench"}, /* zero width: no white space */
        {"/srv/\xC2", "/srv/\xC2/.openclaw-dench"},
        {"relative/../dir", "dir/.openclaw-dench"},
        {"~", "~/.openclaw-dench"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct environment environment = {
            .home = "/home/ana", .openclaw_home = cases[i][0], .current_dir = "/"};
        struct buffer dir = {0};
        assert_int_equal(paths_state_dir(&environment, &dir, NULL), 0);
        assert_string_equal(dir.data, cases[i][1]);
        buffer_done(&dir);
    }
}

static void only_letters_digits_and_inner_punctuation_name_a_workspace(void **state)
{
    static const struct {
        const char *name;
        bool valid;
    } cases[] = {
        {"a", true},
        {"Z9_-", true},
        {"0", true},
        {"", false},
        {"-a", false},
        {"_a", false},
        {"a b", false},
        {"a.b", false},
        {"a/b", false},
        {"\xC3\xA4", false},
        {"a\n", false},
        {"\xC5\xBF", false},
        {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", true},
        {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_int_equal(workspace_name_is_valid(str_of(cases[i].name)), cases[i].valid);
    assert_false(workspace_name_is_valid((struct str){"a\0b", 3}));
}

static void the_agent_of_default_and_of_no_workspace_is_main(void **state)
{
    static const char *const cases[][2] = {
        {NULL, "main"}, {"default", "main"}, {"Default", "Default"}, {"kumareth", "kumareth"}};
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct buffer agent = {0};
        workspace_agent_id(str_of(cases[i][0]), &agent);
        assert_string_equal(agent.data, cases[i][1]);
        buffer_done(&agent);
    }
}

static void check_names(const struct workspaces *found, const char *const *names)
{
    size_t count = 0;
    for (; names[count]; count++) {
        assert_true(count < found->count);
        assert_string_equal(found->names[count].data, names[count]);
    }
    assert_int_equal(found->count, count);
}

static void workspaces_are_sorted_as_icu_does(void **state)
{
    static const char *const made[] = {"workspace-b",
                                       "workspace-B",
                                       "workspace-10",
                                       "workspace-2",
                                       "workspace-ab",
                                       "workspace-a-b",
                                       "workspace-aB",
                                       "workspace-a_b",
                                       "workspace-a",
                                       "workspace-a1",
                                       "workspace-A",
                                       "workspace-Ab",
                                       NULL};
    static const char *const sorted[] = {"10", "2",  "a",  "A", "a_b", "a-b", "a1",
                                         "ab", "aB", "Ab", "b", "B",   NULL};
    struct workspaces found;
    make_directories(*state, made);
    assert_int_equal(workspaces_discover(((struct tree *)*state)->path, &found, NULL), 0);
    check_names(&found, sorted);
    assert_true(workspaces_contain(&found, STR("a-b")));
    assert_false(workspaces_contain(&found, STR("a-B")));
    assert_false(workspaces_contain(&found, (struct str){0}));
    workspaces_done(&found);
}

static void default_is_found_once_whatever_directories_it_has(void **state)
{
    static const char *const made[] = {"workspace", "workspace-default", "workspace- default ",
                                       "workspace-zed", NULL};
    static const char *const sorted[] = {"default", "zed", NULL};
    struct workspaces found;
    make_directories(*state, made);
    assert_int_equal(workspaces_discover(((struct tree *)*state)->path, &found, NULL), 0);
    check_names(&found, sorted);
    workspaces_done(&found);
}

static void links_and_files_and_other_names_are_no_workspaces(void **state)
{
    static const char *const made[] = {"other", "workspace-", "workspace-a.b", "Workspace-a", NULL};
    static const char *const sorted[] = {NULL};
    struct tree *tree = *state;
    struct workspaces found;
    make_directories(tree, made);
    tree_put(tree, "workspace-file", "");
    assert_int_equal(symlink(tree_path(tree, "other"), tree_path(tree, "workspace-link")), 0);
    assert_int_equal(workspaces_discover(tree->path, &found, NULL), 0);
    check_names(&found, sorted);
    workspaces_done(&found);
}

static void a_state_directory_that_is_none_has_no_workspaces(void **state)
{
    struct tree *tree = *state;
    struct workspaces found;
    tree_put(tree, "file", "");
    assert_int_equal(workspaces_discover(tree_path(tree, "missing"), &found, NULL), 0);
    assert_int_equal(found.count, 0);
    workspaces_done(&found);
    assert_int_equal(workspaces_discover(tree_path(tree, "file"), &found, NULL), 0);
    assert_int_equal(found.count, 0);
    workspaces_done(&found);
}

static void check_active(const struct environment *environment, const char *state_dir,
                         enum active_source source, const char *name)
{
    struct active_workspace active;
    assert_int_equal(paths_active_workspace(environment, state_dir, &active, NULL), 0);
    assert_int_equal(active.source, source);
    assert_true(str_equal(buffer_str(&active.name), str_of(name)));
    active_workspace_done(&active);
}

static void openclaw_workspace_points_into_the_state_directory(void **state)
{
    static const char *const made[] = {"s", "s/workspace", "s/workspace-b", NULL};
    static const struct {
        const char *value;
        enum active_source source;
        const char *name;
    } cases[] = {
        {"s/workspace-b", ACTIVE_ENVIRONMENT, "b"},
        {"./x/../s//workspace-b/", ACTIVE_ENVIRONMENT, "b"},
        {"s/workspace-b/deep/er", ACTIVE_ENVIRONMENT, "b"},
        {"s/workspace-b\\deeper", ACTIVE_ENVIRONMENT, "b"},
        {"s/workspace/x", ACTIVE_ENVIRONMENT, "default"},
        {"s/workspace-default", ACTIVE_ENVIRONMENT, "default"},
        {"~/s/workspace-b", ACTIVE_ENVIRONMENT, "b"},
        {"~s/workspace-b", ACTIVE_ENVIRONMENT, "b"}, /* the server joins what follows the ~ */
        {"s", ACTIVE_FIRST, "b"},
        {"s/..", ACTIVE_FIRST, "b"},
        {"sx/workspace", ACTIVE_FIRST, "b"},
        {"s/workspace-B", ACTIVE_FIRST, "b"},
        {"s/workspace-gone", ACTIVE_FIRST, "b"},
        {"s/\\workspace", ACTIVE_FIRST, "b"},
        {"/", ACTIVE_FIRST, "b"},
        {"~", ACTIVE_FIRST, "b"},
        {" \xC2\xA0", ACTIVE_FIRST, "b"},
    };
    struct tree *tree = *state;
    make_directories(tree, made);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct environment environment = {
            .home = tree->path, .openclaw_workspace = cases[i].value, .current_dir = tree->path};
        check_active(&environment, tree_path(tree, "s"), cases[i].source, cases[i].name);
    }
}

static void the_ui_state_names_a_discovered_workspace_or_breaks_the_server(void **state)
{
    static const char *const made[] = {"workspace-a", "workspace-b", NULL};
    static const struct {
        const char *text;
        enum active_source source;
        const char *name;
    } cases[] = {
        {"{\"activeWorkspace\":\"b\"}", ACTIVE_UI_STATE, "b"},
        {"{\"activeWorkspace\":\"\\ufeff\\u0062\\u00a0\"}", ACTIVE_UI_STATE, "b"},
        {"{\"activeWorkspace\":5,\"activeWorkspace\":\"b\"}", ACTIVE_UI_STATE, "b"},
        {"{\"activeWorkspace\":\"B\"}", ACTIVE_FIRST, "a"},
        {"{\"activeWorkspace\":\"b\\u0000\"}", ACTIVE_FIRST, "a"},
        {"{\"activeWorkspace\":\"\"}", ACTIVE_FIRST, "a"},
        {"{\"activeWorkspace\":null}", ACTIVE_FIRST, "a"},
        {"{}", ACTIVE_FIRST, "a"},
        {"\"b\"", ACTIVE_FIRST, "a"},
        {"7", ACTIVE_FIRST, "a"},
        {"", ACTIVE_FIRST, "a"},
        {"{\"activeWorkspace\":\"b\",}", ACTIVE_FIRST, "a"},
        {"null", ACTIVE_THROWS, NULL},
        {"{\"activeWorkspace\":false}", ACTIVE_THROWS, NULL},
        {"{\"activeWorkspace\":[\"b\"]}", ACTIVE_THROWS, NULL},
        {"{\"activeWorkspace\":{}}", ACTIVE_THROWS, NULL},
    };
    struct tree *tree = *state;
    struct environment environment = {.home = "/", .current_dir = "/"};
    make_directories(tree, made);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        tree_put(tree, ".dench-ui-state.json", cases[i].text);
        check_active(&environment, tree->path, cases[i].source, cases[i].name);
    }
}

static void the_environment_comes_before_a_ui_state_that_breaks_the_server(void **state)
{
    static const char *const made[] = {"workspace-a", NULL};
    struct tree *tree = *state;
    struct environment environment = {
        .home = "/", .openclaw_workspace = "workspace-a", .current_dir = tree->path};
    make_directories(tree, made);
    tree_put(tree, ".dench-ui-state.json", "null");
    check_active(&environment, tree->path, ACTIVE_ENVIRONMENT, "a");
}

static void a_ui_state_that_is_no_file_says_nothing(void **state)
{
    static const char *const made[] = {"workspace-a", ".dench-ui-state.json", NULL};
    struct tree *tree = *state;
    struct environment environment = {.home = "/", .current_dir = "/"};
    make_directories(tree, made);
    check_active(&environment, tree->path, ACTIVE_FIRST, "a");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_are_joined_as_in_node),
        cmocka_unit_test(the_state_directory_is_below_the_trimmed_home),
        cmocka_unit_test(only_letters_digits_and_inner_punctuation_name_a_workspace),
        cmocka_unit_test(the_agent_of_default_and_of_no_workspace_is_main),
        cmocka_unit_test_setup_teardown(workspaces_are_sorted_as_icu_does, make_tree, remove_tree),
        cmocka_unit_test_setup_teardown(default_is_found_once_whatever_directories_it_has,
                                        make_tree, remove_tree),
        cmocka_unit_test_setup_teardown(links_and_files_and_other_names_are_no_workspaces,
                                        make_tree, remove_tree),
        cmocka_unit_test_setup_teardown(a_state_directory_that_is_none_has_no_workspaces, make_tree,
                                        remove_tree),
        cmocka_unit_test_setup_teardown(openclaw_workspace_points_into_the_state_directory,
                                        make_tree, remove_tree),
        cmocka_unit_test_setup_teardown(
            the_ui_state_names_a_discovered_workspace_or_breaks_the_server, make_tree, remove_tree),
        cmocka_unit_test_setup_teardown(
            the_environment_comes_before_a_ui_state_that_breaks_the_server, make_tree, remove_tree),
        cmocka_unit_test_setup_teardown(a_ui_state_that_is_no_file_says_nothing, make_tree,
                                        remove_tree),
    };
    return cmocka_run_group_tests_name("paths", tests, NULL, NULL);
}
