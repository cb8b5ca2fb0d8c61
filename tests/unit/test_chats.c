/* What an index says of its chats, and which index counts. How it can fail: test_chats_trouble. */
#include "core/chats.h"
#include "tests/helpers/tree.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define INDEX_OF(directory) directory "/.openclaw/web-chat/index.json"
#define A INDEX_OF("workspace-a")
#define B INDEX_OF("workspace-b")

struct home {
    struct tree tree;
    struct chats chats;
};

static int set_up(void **state)
{
    static struct home home;
    home = (struct home){0};
    tree_make(&home.tree);
    *state = &home;
    return 0;
}

static int tear_down(void **state)
{
    struct home *home = *state;
    chats_done(&home->chats);
    tree_remove(&home->tree);
    return 0;
}

static void load(struct home *home)
{
    struct workspaces workspaces;
    assert_int_equal(workspaces_discover(home->tree.path, &workspaces, NULL), 0);
    assert_int_equal(chats_load(&home->chats, home->tree.path, &workspaces, NULL), 0);
    assert_int_equal(home->chats.count, workspaces.count);
    workspaces_done(&workspaces);
}

static void put_and_load(struct home *home, const char *name, const char *text)
{
    tree_put(&home->tree, name, text);
    load(home);
}

static const struct chat *find(const struct home *home, const char *id)
{
    return chats_find(&home->chats, str_of(id));
}

static void check_title(const struct home *home, const char *id, const char *title)
{
    const struct chat *chat = find(home, id);
    assert_non_null(chat);
    assert_true(str_equal(chat->title, str_of(title)));
}

static void an_index_tells_title_pin_keys_times_and_messages(void **state)
{
    struct home *home = *state;
    put_and_load(home, A,
                 "[{\"id\":\"x\",\"title\":\"Plan\",\"createdAt\":10,\"updatedAt\":12.5,"
                 "\"messageCount\":7,\"workspaceName\":\"a\",\"chatAgentId\":\"chat-slot-a-1\","
                 "\"gatewaySessionKey\":\"agent:chat-slot-a-1:web:x\",\"lastActiveAt\":11,"
                 "\"gatewaySessionId\":\"g\",\"agentMode\":{\"id\":\"no\"}}]");
    const struct chat *chat = find(home, "x");
    assert_non_null(chat);
    assert_true(str_equal(chat->title, STR("Plan")));
    assert_true(str_equal(chat->agent_id, STR("chat-slot-a-1")));
    assert_true(str_equal(chat->gateway_key, STR("agent:chat-slot-a-1:web:x")));
    assert_true(str_equal(chat->gateway_session_id, STR("g")));
    assert_true(chat->created_ms == 10 && chat->updated_ms == 12.5);
    assert_true(chat->last_active_ms == 11 && chat->message_count == 7);
    const struct chat_folder *folder = &home->chats.folders[chat->folder];
    assert_true(str_equal(folder->workspace, STR("a")));
    assert_string_equal(folder->directory.data,
                        tree_path(&home->tree, "workspace-a/.openclaw/web-chat"));
    assert_int_equal(folder->state, INDEX_OK);
    assert_string_equal(folder->trouble, "");
    assert_null(find(home, "no"));
}

static void what_is_missing_or_of_another_type_is_absent(void **state)
{
    static const char *const members[] = {
        "",
        ",\"title\":null,\"createdAt\":null,\"chatAgentId\":null",
        ",\"title\":5,\"createdAt\":\"5\",\"updatedAt\":\"\",\"chatAgentId\":{}",
        ",\"title\":[\"t\"],\"createdAt\":[5],\"messageCount\":true,\"gatewaySessionKey\":1",
        ",\"createdAt\":1e999,\"updatedAt\":-1e999,\"gatewaySessionId\":false",
        ",\"title\":\"t\",\"title\":7,\"chatAgentId\":\"a\",\"chatAgentId\":null",
        ",\"Title\":\"t\",\"title \":\"t\",\"createdat\":1,\"titl\":\"t\",\"\":\"t\"",
    };
    struct home *home = *state;
    for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
        char text[256];
        (void)snprintf(text, sizeof(text), "[{\"id\":\"%zu\"%s}]", i, members[i]);
        put_and_load(home, A, text);
        (void)snprintf(text, sizeof(text), "%zu", i);
        const struct chat *chat = find(home, text);
        assert_non_null(chat);
        assert_null(chat->title.data);
        assert_null(chat->agent_id.data);
        assert_null(chat->gateway_key.data);
        assert_null(chat->gateway_session_id.data);
        assert_true(isnan(chat->created_ms) && isnan(chat->updated_ms));
        assert_true(isnan(chat->last_active_ms) && isnan(chat->message_count));
    }
}

static void strings_are_what_javascript_makes_of_them(void **state)
{
    static const struct {
        const char *literal;
        struct str decoded;
    } cases[] = {
        {"", {"", 0}},
        {"a\\u0000b", {"a\0b", 3}},
        {"\\ud83d\\ude00", {"\xF0\x9F\x98\x80", 4}},
        {"\\ud83d", {"\xED\xA0\xBD", 3}},
        {"\\udE00\\ud83D", {"\xED\xB8\x80\xED\xA0\xBD", 6}},
        {"\\\"\\\\\\/\\n", {"\"\\/\n", 4}},
        {"\x80\xFF", {"\xEF\xBF\xBD\xEF\xBF\xBD", 6}},
        {"\\u001b]0;x\\u0007", {"\x1B]0;x\x07", 6}},
        {"../../etc", {"../../etc", 9}},
    };
    struct home *home = *state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[256];
        (void)snprintf(text, sizeof(text), "[{\"\\u0069d\":\"%s\",\"title\":\"%s\"}]",
                       cases[i].literal, cases[i].literal);
        put_and_load(home, A, text);
        const struct chat *chat = chats_find(&home->chats, cases[i].decoded);
        assert_non_null(chat);
        assert_true(str_equal(chat->title, cases[i].decoded));
        assert_non_null(chat->title.data);
    }
}

static void the_last_of_duplicate_members_counts(void **state)
{
    struct home *home = *state;
    put_and_load(home, A,
                 "[{\"id\":\"old\",\"title\":5,\"createdAt\":1,\"\\u0069d\":\"new\","
                 "\"title\":\"t\",\"createdAt\":2},{\"id\":\"gone\",\"id\":1}]");
    check_title(home, "new", "t");
    assert_true(find(home, "new")->created_ms == 2);
    assert_null(find(home, "old"));
    assert_null(find(home, "gone"));
}

static void elements_that_are_no_chats_are_left_out(void **state)
{
    struct home *home = *state;
    put_and_load(home, A,
                 "[null,1,\"id\",[],[{\"id\":\"in\"}],{},{\"id\":7},{\"title\":\"t\"},"
                 "{\"x\":{\"id\":\"in\"}}, {\"id\":\"a\"} ,true,{\"id\":\"b\"}]");
    const struct chat_folder *folder = &home->chats.folders[0];
    assert_int_equal(folder->state, INDEX_OK);
    assert_int_equal(folder->count, 2);
    assert_true(str_equal(folder->items[0].id, STR("a")));
    assert_true(str_equal(folder->items[1].id, STR("b")));
    assert_null(find(home, "in"));
}

static void the_last_of_two_chats_with_one_id_is_found(void **state)
{
    struct home *home = *state;
    put_and_load(home, A,
                 "[{\"id\":\"x\",\"title\":\"1\"},{\"id\":\"y\",\"title\":\"2\"},"
                 "{\"id\":\"\\u0078\",\"title\":\"3\"}]");
    check_title(home, "x", "3");
    check_title(home, "y", "2");
    assert_int_equal(home->chats.folders[0].count, 3);
}

static void the_first_workspace_that_has_an_id_gives_the_chat(void **state)
{
    struct home *home = *state;
    tree_put(&home->tree, B, "[{\"id\":\"x\",\"title\":\"b\"},{\"id\":\"only b\"}]");
    put_and_load(home, A, "[{\"id\":\"x\",\"title\":\"a\"}]");
    check_title(home, "x", "a");
    assert_int_equal(find(home, "x")->folder, 0);
    assert_int_equal(find(home, "only b")->folder, 1);
}

static void the_default_workspace_is_in_either_of_two_directories(void **state)
{
    struct home *home = *state;
    put_and_load(home, INDEX_OF("workspace-default"), "[{\"id\":\"second\"}]");
    assert_non_null(find(home, "second"));
    put_and_load(home, INDEX_OF("workspace"), "[{\"id\":\"first\"}]");
    assert_int_equal(home->chats.count, 1);
    assert_non_null(find(home, "first"));
    assert_null(find(home, "second"));
}

static void the_directory_of_a_workspace_is_named_after_it(void **state)
{
    struct home *home = *state;
    struct buffer path = {0};
    chats_workspace_dir("/x//y/.", STR("default"), &path);
    assert_string_equal(path.data, "/x/y/workspace-default");
    buffer_clear(&path);
    chats_workspace_dir("/", STR("a"), &path);
    assert_string_equal(path.data, "/workspace-a");
    buffer_clear(&path);
    tree_put(&home->tree, "workspace", "no directory");
    chats_workspace_dir(home->tree.path, STR("default"), &path);
    assert_string_equal(path.data, tree_path(&home->tree, "workspace-default"));
    assert_int_equal(unlink(tree_path(&home->tree, "workspace")), 0);
    assert_int_equal(mkdir(tree_path(&home->tree, "workspace"), 0777), 0);
    buffer_clear(&path);
    chats_workspace_dir(home->tree.path, STR("default"), &path);
    assert_string_equal(path.data, tree_path(&home->tree, "workspace"));
    buffer_done(&path);
}

static void no_workspaces_are_no_chats(void **state)
{
    struct home *home = *state;
    load(home);
    assert_int_equal(home->chats.count, 0);
    assert_null(find(home, "x"));
    assert_false(chats_are_complete(&home->chats));
    put_and_load(home, A, "[{\"id\":\"x\"}]");
    assert_non_null(find(home, "x"));
    const struct workspaces none = {0};
    assert_int_equal(chats_load(&home->chats, home->tree.path, &none, NULL), 0);
    assert_null(find(home, "x"));
}

static void chats_are_complete_when_every_index_there_is_could_be_read_whole(void **state)
{
    struct home *home = *state;
    assert_int_equal(mkdir(tree_path(&home->tree, "workspace-a"), 0777), 0);
    load(home);
    assert_int_equal(home->chats.folders[0].state, INDEX_MISSING);
    assert_false(chats_are_complete(&home->chats));
    put_and_load(home, B, "[]");
    assert_true(chats_are_complete(&home->chats));
    put_and_load(home, A, "[");
    assert_false(chats_are_complete(&home->chats));
    put_and_load(home, A, " [ ] ");
    assert_true(chats_are_complete(&home->chats));
}

static void a_version_read_at_two_calls_is_not_read_again(void **state)
{
    struct home *home = *state;
    put_and_load(home, A, "[{\"id\":\"x\"}]");
    assert_false(home->chats.folders[0].is_settled);
    load(home);
    assert_true(home->chats.folders[0].is_settled);
    const struct chat *items = home->chats.folders[0].items;
    load(home);
    assert_ptr_equal(home->chats.folders[0].items, items);
    put_and_load(home, A, "[{\"id\":\"longer\"}]");
    assert_non_null(find(home, "longer"));
    assert_null(find(home, "x"));
}

/* Two saves of one length within a tick of the file system's clock, as it would look to us. */
static void a_save_that_looks_like_the_one_before_is_seen(void **state)
{
    struct home *home = *state;
    struct chat_folder *folder;
    put_and_load(home, A, "[{\"id\":\"x\"}]");
    tree_put(&home->tree, A, "[{\"id\":\"y\"}]");
    folder = &home->chats.folders[0];
    assert_int_equal(file_identify(tree_path(&home->tree, A), &folder->identity, NULL), 0);
    load(home);
    assert_non_null(find(home, "y"));
    assert_null(find(home, "x"));
}

static void a_known_index_stays_as_it_is_when_workspaces_come_and_go(void **state)
{
    struct home *home = *state;
    put_and_load(home, B, "[{\"id\":\"b\"}]");
    load(home);
    const struct chat *items = home->chats.folders[0].items;
    put_and_load(home, A, "[{\"id\":\"a\"}]");
    assert_ptr_equal(home->chats.folders[1].items, items);
    assert_int_equal(find(home, "b")->folder, 1);
    assert_true(str_equal(home->chats.folders[1].workspace, STR("b")));
    assert_int_equal(find(home, "a")->folder, 0);
    assert_int_equal(unlink(tree_path(&home->tree, A)), 0);
    assert_int_equal(rmdir(tree_path(&home->tree, "workspace-a/.openclaw/web-chat")), 0);
    assert_int_equal(rmdir(tree_path(&home->tree, "workspace-a/.openclaw")), 0);
    assert_int_equal(rmdir(tree_path(&home->tree, "workspace-a")), 0);
    load(home);
    assert_ptr_equal(home->chats.folders[0].items, items);
    assert_int_equal(find(home, "b")->folder, 0);
    assert_null(find(home, "a"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_index_tells_title_pin_keys_times_and_messages),
        TEST(what_is_missing_or_of_another_type_is_absent),
        TEST(strings_are_what_javascript_makes_of_them),
        TEST(the_last_of_duplicate_members_counts),
        TEST(elements_that_are_no_chats_are_left_out),
        TEST(the_last_of_two_chats_with_one_id_is_found),
        TEST(the_first_workspace_that_has_an_id_gives_the_chat),
        TEST(the_default_workspace_is_in_either_of_two_directories),
        TEST(the_directory_of_a_workspace_is_named_after_it),
        TEST(no_workspaces_are_no_chats),
        TEST(chats_are_complete_when_every_index_there_is_could_be_read_whole),
        TEST(a_version_read_at_two_calls_is_not_read_again),
        TEST(a_save_that_looks_like_the_one_before_is_seen),
        TEST(a_known_index_stays_as_it_is_when_workspaces_come_and_go),
    };
    return cmocka_run_group_tests_name("chats", tests, NULL, NULL);
}
