// LDFLAGS: -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=reallocarray,--wrap=pread
/* Indexes that are torn, hostile, in the way, or read without memory. */
#include "core/chats.h"
#include "tests/helpers/memory.h"
#include "tests/helpers/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#define OPENCLAW "workspace-a/.openclaw"
#define WEB_CHAT OPENCLAW "/web-chat"
#define A WEB_CHAT "/index.json"
enum { NOBODY = 65534 };

/* A file that is saved anew between two of our reads. */
static const struct tree *saved_meanwhile;
static int pread_errno;

ssize_t __real_pread(int fd, void *bytes, size_t count, off_t offset);
ssize_t __wrap_pread(int fd, void *bytes, size_t count, off_t offset);

ssize_t __wrap_pread(int fd, void *bytes, size_t count, off_t offset)
{
    if (pread_errno) {
        errno = pread_errno;
        return -1;
    }
    ssize_t got = __real_pread(fd, bytes, count, offset);
    if (saved_meanwhile)
        tree_put(saved_meanwhile, A, "[{\"id\":\"saved\"}]");
    saved_meanwhile = NULL;
    return got;
}

static struct str name_of_a = {"a", 1};
static const struct workspaces only_a = {.names = &name_of_a, .count = 1};

struct home {
    struct tree tree;
    struct chats chats;
};

static int set_up(void **state)
{
    static struct home home;
    home = (struct home){0};
    tree_make(&home.tree);
    assert_int_equal(chmod(home.tree.path, 0755), 0);
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

static const struct chat_folder *load(struct home *home)
{
    assert_int_equal(chats_load(&home->chats, home->tree.path, &only_a, NULL), 0);
    return &home->chats.folders[0];
}

static const struct chat_folder *put_and_load(struct home *home, const char *text)
{
    tree_put(&home->tree, A, text);
    return load(home);
}

static bool has(const struct home *home, const char *id)
{
    return chats_find(&home->chats, str_of(id)) != NULL;
}

static void check_title(const struct home *home, const char *id, const char *title)
{
    const struct chat *chat = chats_find(&home->chats, str_of(id));
    assert_non_null(chat);
    assert_true(str_equal(chat->title, str_of(title)));
}

static void an_index_that_is_no_array_is_torn(void **state)
{
    static const struct {
        const char *text;
        const char *trouble;
    } cases[] = {
        {"", "empty"},
        {" \n\t", "empty"},
        {"{}", "not an array"},
        {"null", "not an array"},
        {"7", "not an array"},
        {"\"[]\"", "not an array"},
        {"\xEF\xBB\xBF[]", "line 1, column 1: byte order mark before the value"},
        {"[\n{\"id\":\"x\"},]", "line 2, column 12: unexpected character"},
        {"[{\"id\":\"x\"}]]", "line 1, column 13: text goes on behind the value"},
        {"{\"a\":{\"id\":\"x\"}", "line 1, column 16: text ends before its last bracket is closed"},
        {"[[{\"id\":\"x\"}", "line 1, column 13: text ends before its last bracket is closed"},
        {"// [\n[{\"id\":\"x\"}]", "line 1, column 1: unexpected character"},
    };
    static const bool has_x[sizeof(cases) / sizeof(cases[0])] = {[7] = true, [8] = true};
    struct home *home = *state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        chats_done(&home->chats);
        const struct chat_folder *folder = put_and_load(home, cases[i].text);
        assert_int_equal(folder->state, INDEX_TORN);
        assert_string_equal(folder->trouble, cases[i].trouble);
        assert_int_equal(folder->count, has_x[i]);
        assert_int_equal(has(home, "x"), has_x[i]);
    }
}

static const char WHOLE[] =
    "[ {\"id\":\"a\",\"title\":\"new [{\\\"}\\\\\",\"x\":[{\"id\":\"no\"}],\"createdAt\":1} , 5,"
    " \"]\", [{\"id\":\"no\"}],{\"id\":\"b\\u0000\",\"title\":\"new\",\"n\":-1.5e3},"
    "{\"title\":true,\"id\":\"c\"} ]\n";

/* How many bytes of WHOLE the n-th chat needs. */
static size_t end_of_chat(size_t n)
{
    static const char *const ends[] = {"\"createdAt\":1}", "1.5e3}", "\"id\":\"c\"}"};
    return (size_t)(strstr(WHOLE, ends[n]) - WHOLE) + strlen(ends[n]);
}

static void check_cut(struct home *home, size_t len)
{
    bool is_whole = len >= strlen(WHOLE) - 1;
    size_t count = 0;
    while (count < 3 && len >= end_of_chat(count))
        count++;
    tree_write(&home->tree, A, WHOLE, len);
    const struct chat_folder *folder = load(home);
    assert_int_equal(folder->state, is_whole ? INDEX_OK : INDEX_TORN);
    assert_int_equal(folder->trouble[0] == 0, is_whole);
    assert_int_equal(chats_are_complete(&home->chats), is_whole);
    check_title(home, "a", count > 0 ? "new [{\"}\\" : "old");
    const struct chat *second = chats_find(&home->chats, (struct str){"b\0", 2});
    assert_int_equal(second != NULL, count > 1);
    assert_int_equal(has(home, "c"), count > 2);
    assert_int_equal(has(home, "kept"), !is_whole);
    assert_int_equal(folder->count, is_whole ? 3 : count + (count > 0 ? 1 : 2));
    assert_false(has(home, "no"));
    if (!is_whole)
        check_title(home, "kept", "old");
}

static void
wherever_an_index_is_torn_what_stands_before_counts_and_else_what_was_known(void **state)
{
    struct home *home = *state;
    size_t cuts = 0;
    for (size_t len = 0; len <= strlen(WHOLE); len++, cuts++) {
        chats_done(&home->chats);
        put_and_load(home,
                     "[{\"id\":\"a\",\"title\":\"older\"},{\"id\":\"kept\",\"title\":\"old\"},"
                     "{\"id\":\"a\",\"title\":\"old\"}]");
        check_cut(home, len);
    }
    printf("vectors: %zu cuts\n", cuts);
}

/* Every byte of the index, replaced by each of those that mean something. */
static void no_wrong_byte_loses_a_chat_that_was_known(void **state)
{
    static const char bytes[] = "\"\\[]{},:\0n\x80";
    struct home *home = *state;
    size_t texts = 0;
    for (size_t at = 0; at < strlen(WHOLE); at++) {
        for (size_t i = 0; i < sizeof(bytes); i++, texts++) {
            char text[sizeof(WHOLE)];
            memcpy(text, WHOLE, sizeof(text));
            text[at] = bytes[i];
            chats_done(&home->chats);
            put_and_load(home, "[{\"id\":\"kept\",\"title\":\"old\"}]");
            tree_write(&home->tree, A, text, strlen(WHOLE));
            const struct chat_folder *folder = load(home);
            assert_true(folder->state == INDEX_OK || folder->state == INDEX_TORN);
            assert_int_equal(has(home, "kept"), folder->state == INDEX_TORN);
            assert_true(folder->count <= 4);
        }
    }
    printf("vectors: %zu texts\n", texts);
}

static void what_was_known_outlives_many_torn_saves_and_goes_with_a_whole_one(void **state)
{
    struct home *home = *state;
    put_and_load(home, "[{\"id\":\"a\",\"title\":\"1\"},{\"id\":\"b\",\"title\":\"1\"}]");
    put_and_load(home, "");
    put_and_load(home, "[{\"id\":\"a\",\"title\":\"2\"},{\"id");
    put_and_load(home, "[");
    check_title(home, "a", "2");
    check_title(home, "b", "1");
    assert_int_equal(home->chats.folders[0].count, 2);
    put_and_load(home, "[{\"id\":\"a\"}]");
    assert_true(has(home, "a") && !has(home, "b"));
}

static void a_save_while_we_read_is_torn_and_read_again(void **state)
{
    struct home *home = *state;
    put_and_load(home, "[{\"id\":\"before\"}]");
    tree_put(&home->tree, A, "[{\"id\":\"read, and longer\"}]");
    saved_meanwhile = &home->tree;
    const struct chat_folder *folder = load(home);
    assert_int_equal(folder->state, INDEX_TORN);
    assert_string_equal(folder->trouble, "written while it was read");
    assert_true(has(home, "read, and longer") && has(home, "before"));
    folder = load(home);
    assert_int_equal(folder->state, INDEX_OK);
    assert_true(has(home, "saved") && !has(home, "before"));
}

static void a_missing_index_forgets_what_was_known(void **state)
{
    static const char *const missing[] = {A, WEB_CHAT, OPENCLAW, "workspace-a"};
    struct home *home = *state;
    for (size_t i = 0; i < sizeof(missing) / sizeof(missing[0]); i++) {
        put_and_load(home, "[{\"id\":\"x\"}]");
        assert_int_equal(rename(tree_path(&home->tree, missing[i]), tree_path(&home->tree, "away")),
                         0);
        const struct chat_folder *folder = load(home);
        assert_int_equal(folder->state, INDEX_MISSING);
        assert_string_equal(folder->trouble, "");
        assert_int_equal(folder->count, 0);
        assert_false(has(home, "x"));
        assert_int_equal(rename(tree_path(&home->tree, "away"), tree_path(&home->tree, missing[i])),
                         0);
    }
}

static void check_unreadable(struct home *home, const char *trouble)
{
    const struct chat_folder *folder = load(home);
    assert_int_equal(folder->state, INDEX_UNREADABLE);
    assert_non_null(strstr(folder->trouble, trouble));
    assert_true(has(home, "kept"));
    assert_false(has(home, "other"));
    assert_false(chats_are_complete(&home->chats));
}

static void links_below_the_state_directory_are_not_followed(void **state)
{
    static const char *const places[] = {A, WEB_CHAT, OPENCLAW, "workspace-a"};
    struct home *home = *state;
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        chats_done(&home->chats);
        put_and_load(home, "[{\"id\":\"kept\"}]");
        const char *place = tree_path(&home->tree, places[i]);
        const char *target = tree_path(&home->tree, "elsewhere");
        char trouble[512];
        (void)snprintf(trouble, sizeof(trouble), "%s is a symbolic link, which is not followed",
                       place);
        assert_int_equal(rename(place, target), 0);
        assert_int_equal(symlink(target, place), 0);
        check_unreadable(home, trouble);
        assert_int_equal(unlink(place), 0);
        assert_int_equal(symlink("/nowhere", place), 0);
        check_unreadable(home, trouble);
        assert_int_equal(unlink(place), 0);
        assert_int_equal(rename(target, place), 0);
    }
}

static void the_state_directory_itself_may_be_a_link(void **state)
{
    struct home *home = *state;
    tree_put(&home->tree, "real/" A, "[{\"id\":\"x\"}]");
    assert_int_equal(symlink("real", tree_path(&home->tree, "link")), 0);
    assert_int_equal(chats_load(&home->chats, tree_path(&home->tree, "link"), &only_a, NULL), 0);
    assert_int_equal(home->chats.folders[0].state, INDEX_OK);
    assert_true(has(home, "x"));
}

static void make_socket(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_true(strlen(path) < sizeof(address.sun_path));
    memcpy(address.sun_path, path, strlen(path) + 1);
    assert_int_equal(bind(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(close(fd), 0);
}

static void what_is_no_regular_file_is_refused_and_does_not_block(void **state)
{
    struct home *home = *state;
    put_and_load(home, "[{\"id\":\"kept\"}]");
    const char *path = tree_path(&home->tree, A);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkfifo(path, 0666), 0);
    check_unreadable(home, "index.json is not a regular file");
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkdir(path, 0777), 0);
    check_unreadable(home, "index.json is not a regular file");
    assert_int_equal(rmdir(path), 0);
    make_socket(path);
    check_unreadable(home, "index.json");
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(tree_path(&home->tree, WEB_CHAT)), 0);
    tree_put(&home->tree, WEB_CHAT, "a file in the place of a directory");
    check_unreadable(home, "web-chat: Not a directory");
}

static void an_index_that_may_not_be_read_keeps_what_was_known(void **state)
{
    struct home *home = *state;
    put_and_load(home, "[{\"id\":\"kept\"}]");
    bool is_root = getuid() == 0;
    assert_int_equal(chmod(tree_path(&home->tree, A), is_root ? 0600 : 0), 0);
    if (is_root && seteuid(NOBODY) != 0) {
        print_message("skipped: cannot be another user\n");
        return;
    }
    check_unreadable(home, "index.json: Permission denied");
    check_unreadable(home, "index.json: Permission denied");
    if (is_root)
        assert_int_equal(seteuid(0), 0);
}

static void an_error_of_the_disk_keeps_what_was_known_and_is_tried_again(void **state)
{
    struct home *home = *state;
    put_and_load(home, "[{\"id\":\"kept\"}]");
    tree_put(&home->tree, A, "[{\"id\":\"other\"}]");
    pread_errno = EIO;
    for (int i = 0; i < 3; i++)
        check_unreadable(home, "index.json: Input/output error");
    pread_errno = 0;
    load(home);
    assert_true(has(home, "other") && !has(home, "kept"));
}

static void an_index_above_the_limit_in_bytes_is_not_looked_at(void **state)
{
    struct home *home = *state;
    put_and_load(home, "[{\"id\":\"kept\"}]");
    tree_put(&home->tree, A, "[{\"id\":\"other\"}]");
    assert_int_equal(truncate(tree_path(&home->tree, A), FILE_SIDE_LIMIT_BYTES + 1), 0);
    for (int i = 0; i < 3; i++)
        check_unreadable(home, "is larger than the limit");
}

static void of_too_many_chats_the_first_count(void **state)
{
    struct home *home = *state;
    struct buffer text = {0};
    for (size_t i = 0; i < CHATS_MAX; i++)
        buffer_addf(&text, "%s{\"id\":\"%zu\"}", i ? "," : "[", i);
    size_t len = text.len;
    buffer_add_str(&text, STR("]"));
    tree_write(&home->tree, A, text.data, text.len);
    assert_int_equal(load(home)->state, INDEX_OK);
    text.len = len;
    buffer_add_str(&text, STR(",{\"id\":\"beyond\"}]"));
    tree_write(&home->tree, A, text.data, text.len);
    const struct chat_folder *folder = load(home);
    assert_int_equal(folder->state, INDEX_UNREADABLE);
    assert_string_equal(folder->trouble, "more than 262144 chats");
    assert_int_equal(folder->count, CHATS_MAX);
    assert_true(has(home, "262143") && !has(home, "beyond"));
    put_and_load(home, "[{\"id\":\"new\"}");
    assert_int_equal(home->chats.folders[0].count, CHATS_MAX);
    assert_true(has(home, "new") && has(home, "0") && !has(home, "262143"));
    buffer_done(&text);
}

/* A quadratic reader would take hours for these. */
static void depth_and_length_cost_no_more_than_their_bytes(void **state)
{
    static const struct {
        const char *start, *middle;
    } cases[] = {
        {"[{\"id\":\"x\"}", ",["},
        {"[{\"id\":\"x\"}", ",{\"\":[[],\""},
        {"[{\"id\":\"x\"}", ",{},{\"id\":{}}"},
        {"[{\"id\":\"x\"},\"", "\\\""},
        {"[{\"id\":\"x\"},[", "[],"},
    };
    struct home *home = *state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct buffer text = {0};
        buffer_add_str(&text, str_of(cases[i].start));
        while (text.len < 1000000)
            buffer_add_str(&text, str_of(cases[i].middle));
        chats_done(&home->chats);
        tree_write(&home->tree, A, text.data, text.len);
        const struct chat_folder *folder = load(home);
        assert_int_equal(folder->state, INDEX_TORN);
        assert_int_equal(folder->count, 1);
        assert_true(has(home, "x"));
        buffer_done(&text);
    }
}

/* Both workspaces: one known already, one of which something new is to be read. */
static struct str two_names[] = {{"a", 1}, {"b", 1}};
static const struct workspaces two = {.names = two_names, .count = 2};
#define B "workspace-b/.openclaw/web-chat/index.json"

static void a_load_without_memory_leaves_the_chats_as_they_were(void **state)
{
    struct home *home = *state;
    bool reached = true;
    size_t failures = 0;
    tree_put(&home->tree, B, "[{\"id\":\"y\",\"title\":\"t\"}]");
    for (size_t nth = 1; reached; nth++, failures += reached) {
        struct error error = {0};
        chats_done(&home->chats);
        put_and_load(home, "[{\"id\":\"kept\",\"title\":\"old\",\"chatAgentId\":\"p\"}]");
        const struct chat *items = home->chats.folders[0].items;
        tree_put(&home->tree, A, "[{\"id\":\"n\\u0000\",\"title\":\"\\t\",\"x\":[[]]},{\"id\"");
        calls_until_failure = nth;
        int result = chats_load(&home->chats, home->tree.path, &two, &error);
        reached = calls_until_failure == 0;
        calls_until_failure = 0;
        assert_int_equal(result, reached ? -ENOMEM : 0);
        assert_int_equal(error.kind, reached ? ERROR_SYSTEM : ERROR_NONE);
        assert_int_equal(home->chats.count, reached ? 1 : 2);
        assert_int_equal(home->chats.folders[0].items == items, reached);
        check_title(home, "kept", "old");
    }
    check_title(home, "y", "t");
    printf("vectors: %zu failed allocations\n", failures);
    assert_true(failures > 20);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_index_that_is_no_array_is_torn),
        TEST(wherever_an_index_is_torn_what_stands_before_counts_and_else_what_was_known),
        TEST(no_wrong_byte_loses_a_chat_that_was_known),
        TEST(what_was_known_outlives_many_torn_saves_and_goes_with_a_whole_one),
        TEST(a_save_while_we_read_is_torn_and_read_again),
        TEST(a_missing_index_forgets_what_was_known),
        TEST(links_below_the_state_directory_are_not_followed),
        TEST(the_state_directory_itself_may_be_a_link),
        TEST(what_is_no_regular_file_is_refused_and_does_not_block),
        TEST(an_index_that_may_not_be_read_keeps_what_was_known),
        TEST(an_error_of_the_disk_keeps_what_was_known_and_is_tried_again),
        TEST(an_index_above_the_limit_in_bytes_is_not_looked_at),
        TEST(of_too_many_chats_the_first_count),
        TEST(depth_and_length_cost_no_more_than_their_bytes),
        TEST(a_load_without_memory_leaves_the_chats_as_they_were),
    };
    return cmocka_run_group_tests_name("chats_trouble", tests, NULL, NULL);
}
