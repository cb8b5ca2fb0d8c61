// LDFLAGS: -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=reallocarray,--wrap=readlinkat
#include "core/server.h"
#include "tests/helpers/memory.h"
#include "tests/helpers/tree.h"

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define PROCESS "web-runtime/process.json"
#define MANIFEST "web-runtime/manifest.json"

static int readlink_errno;

ssize_t __real_readlinkat(int fd, const char *path, char *text, size_t size);
ssize_t __wrap_readlinkat(int fd, const char *path, char *text, size_t size);

/* Another user's process lets nobody but root read its directory. */
ssize_t __wrap_readlinkat(int fd, const char *path, char *text, size_t size)
{
    if (readlink_errno == 0)
        return __real_readlinkat(fd, path, text, size);
    errno = readlink_errno;
    return -1;
}

/* The state directory is the tree; process 1 and 42 "run" in its proc, 42 in its app. */
static int set_up(void **state)
{
    static struct tree tree;
    tree_make(&tree);
    tree_put(&tree, "app/server.js", "");
    tree_put(&tree, "proc/1/stat", "1 (init) S 0");
    tree_put(&tree, "proc/42/stat", "42 (next-server (v1) S 1 42");
    assert_int_equal(symlink(tree_path(&tree, "app"), tree_path(&tree, "proc/42/cwd")), 0);
    *state = &tree;
    return 0;
}

static int tear_down(void **state)
{
    tree_remove(*state);
    return 0;
}

static struct server look_in(const struct tree *tree, const char *proc)
{
    struct server server;
    struct error error = {0};
    assert_int_equal(server_look(tree->path, proc, &server, &error), 0);
    assert_int_equal(error.kind, ERROR_NONE);
    return server;
}

static struct server look(const struct tree *tree)
{
    return look_in(tree, tree_path(tree, "proc"));
}

/* process.json with this pid and the tree's directory. */
static struct server look_for(const struct tree *tree, const char *pid, const char *directory)
{
    char text[1024];
    (void)snprintf(text, sizeof(text), "{\"pid\":%s,\"runtimeAppDir\":\"%s/%s\"}", pid, tree->path,
                   directory);
    tree_put(tree, PROCESS, text);
    return look(tree);
}

static void check(struct server server, enum server_state state, bool is_certain)
{
    assert_int_equal(server.state, state);
    assert_int_equal(server.is_certain, is_certain);
}

static void put_cwd(const struct tree *tree, const char *target)
{
    assert_int_equal(unlink(tree_path(tree, "proc/42/cwd")), 0);
    assert_int_equal(symlink(target, tree_path(tree, "proc/42/cwd")), 0);
}

static void a_process_in_the_directory_of_the_web_app_is_the_server(void **state)
{
    static const char *const directories[] = {"app", "app/", "./app/.", "x/..//app", "link"};
    const struct tree *tree = *state;
    assert_int_equal(symlink("app", tree_path(tree, "link")), 0);
    for (size_t i = 0; i < sizeof(directories) / sizeof(directories[0]); i++) {
        struct server server = look_for(tree, "42", directories[i]);
        check(server, SERVER_UP, true);
        assert_int_equal(server.pid, 42);
    }
}

static void a_process_elsewhere_is_not_the_server(void **state)
{
    static const char *const directories[] = {"", "ap", "app2", "app/x", "APP"};
    const struct tree *tree = *state;
    for (size_t i = 0; i < sizeof(directories) / sizeof(directories[0]); i++)
        check(look_for(tree, "42", directories[i]), SERVER_DOWN, true);
    put_cwd(tree, tree_path(tree, "app (deleted) (deleted)"));
    check(look_for(tree, "42", "app"), SERVER_DOWN, true);
}

static void a_server_whose_directory_was_deleted_is_up(void **state)
{
    const struct tree *tree = *state;
    put_cwd(tree, tree_path(tree, "app (deleted)"));
    check(look_for(tree, "42", "app"), SERVER_UP, true);
    check(look_for(tree, "42", "app/"), SERVER_UP, true);
    assert_int_equal(unlink(tree_path(tree, "app/server.js")), 0);
    assert_int_equal(rmdir(tree_path(tree, "app")), 0);
    check(look_for(tree, "42", "app"), SERVER_UP, true);
}

static void a_process_that_is_gone_is_a_server_that_is_down(void **state)
{
    const struct tree *tree = *state;
    check(look_for(tree, "43", "app"), SERVER_DOWN, true);
    assert_int_equal(unlink(tree_path(tree, "proc/42/cwd")), 0);
    check(look_for(tree, "42", "app"), SERVER_DOWN, true);
    readlink_errno = ESRCH;
    check(look_for(tree, "42", "app"), SERVER_DOWN, true);
    readlink_errno = 0;
}

static void a_zombie_is_not_alive(void **state)
{
    static const struct {
        const char *stat;
        enum server_state state;
    } cases[] = {
        {"42 (node) Z 1 42", SERVER_DOWN}, {"42 (a) S ) Z 1", SERVER_DOWN},
        {"42 (node) X 1 42", SERVER_DOWN}, {"42 (Z) Z) S 1", SERVER_UP},
        {"42 (node) R 1 42", SERVER_UP},   {"", SERVER_UP},
        {"42 (node)", SERVER_UP},
    };
    const struct tree *tree = *state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        tree_put(tree, "proc/42/stat", cases[i].stat);
        check(look_for(tree, "42", "app"), cases[i].state, true);
    }
}

static void a_living_process_that_cannot_be_compared_is_taken_for_the_server(void **state)
{
    static const char *const documents[] = {
        "{\"pid\":42}",
        "{\"pid\":42,\"runtimeAppDir\":7}",
        "{\"pid\":42,\"runtimeAppDir\":\"\"}",
        "{\"pid\":42,\"runtimeAppDir\":\"relative/app\"}",
        "{\"pid\":42,\"runtimeAppDir\":\"/a\\u0000b\"}",
    };
    const struct tree *tree = *state;
    for (size_t i = 0; i < sizeof(documents) / sizeof(documents[0]); i++) {
        tree_put(tree, PROCESS, documents[i]);
        check(look(tree), SERVER_UP, false);
    }
    readlink_errno = EACCES;
    check(look_for(tree, "42", "app"), SERVER_UP, false);
    readlink_errno = 0;
}

static void where_processes_are_hidden_nothing_is_certain(void **state)
{
    const struct tree *tree = *state;
    (void)look_for(tree, "43", "app");
    assert_int_equal(unlink(tree_path(tree, "proc/1/stat")), 0);
    assert_int_equal(rmdir(tree_path(tree, "proc/1")), 0);
    check(look(tree), SERVER_DOWN, false);
    check(look_for(tree, "42", "app"), SERVER_UP, true);
    check(look_in(tree, tree_path(tree, "nothing")), SERVER_UNKNOWN, false);
}

static void without_a_document_that_names_a_process_nothing_is_known(void **state)
{
    static const char *const documents[] = {
        "",
        "null",
        "[42]",
        "42",
        "{\"pid\":42",
        "{\"pid\":42,}",
        "{'pid':42}",
        "\xEF\xBB\xBF{\"pid\":42}",
        "{\"pid\":\"42\"}",
        "{\"pid\":null}",
        "{\"pid\":-1}",
        "{\"pid\":0}",
        "{\"pid\":-42}",
        "{\"pid\":42.5}",
        "{\"pid\":4294967338}",
        "{\"pid\":1e999}",
        "{\"pid\":42,\"pid\":-1}",
        "{\"Pid\":42}",
    };
    const struct tree *tree = *state;
    check(look(tree), SERVER_UNKNOWN, false);
    for (size_t i = 0; i < sizeof(documents) / sizeof(documents[0]); i++) {
        tree_put(tree, PROCESS, documents[i]);
        struct server server = look(tree);
        check(server, SERVER_UNKNOWN, false);
        assert_int_equal(server.pid, 0);
    }
}

static void files_that_are_too_long_or_no_files_are_not_read(void **state)
{
    const struct tree *tree = *state;
    tree_put(tree, MANIFEST, "{\"deployedDenchVersion\":\"2.3.5\"}");
    check(look_for(tree, "42", "app"), SERVER_UP, true);
    assert_string_equal(look(tree).version, "2.3.5");
    assert_int_equal(truncate(tree_path(tree, MANIFEST), SERVER_FILE_BYTES + 1), 0);
    assert_string_equal(look(tree).version, "");
    char spaces[SERVER_FILE_BYTES];
    memset(spaces, ' ', sizeof(spaces));
    memcpy(spaces, "{\"pid\":42}", 10);
    tree_write(tree, PROCESS, spaces, sizeof(spaces));
    check(look(tree), SERVER_UP, false);
    assert_int_equal(unlink(tree_path(tree, PROCESS)), 0);
    assert_int_equal(mkfifo(tree_path(tree, PROCESS), 0666), 0);
    check(look(tree), SERVER_UNKNOWN, false);
    assert_int_equal(unlink(tree_path(tree, PROCESS)), 0);
    assert_int_equal(mkdir(tree_path(tree, PROCESS), 0777), 0);
    check(look(tree), SERVER_UNKNOWN, false);
}

static void the_port_is_a_port_and_the_start_a_time(void **state)
{
    static const struct {
        const char *members;
        int port;
        double started_ms;
    } cases[] = {
        {"\"port\":3100,\"gatewayPort\":19001,\"startedAt\":\"2026-11-22T14:30:16.123Z\"", 3100,
         1795357816123},
        {"\"port\":65535,\"startedAt\":1795357816123", 65535, 1795357816123},
        {"\"port\":65536,\"startedAt\":\"2026-11-22T16:30:16+02:00\"", 0, 1795357816000},
        {"\"port\":0,\"startedAt\":12.5", 0, 12.5},
        {"\"port\":-1,\"startedAt\":1e999", 0, (double)NAN},
        {"\"port\":\"3100\",\"startedAt\":\"1795357816123\"", 0, (double)NAN},
        {"\"port\":3100.5,\"startedAt\":null", 0, (double)NAN},
        {"\"startedAt\":\"yesterday\",\"startedAt\":[7]", 0, (double)NAN},
        {"\"x\":1", 0, (double)NAN},
    };
    const struct tree *tree = *state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[256];
        (void)snprintf(text, sizeof(text), "{\"pid\":-1,%s}", cases[i].members);
        tree_put(tree, PROCESS, text);
        struct server server = look(tree);
        assert_int_equal(server.port, cases[i].port);
        assert_true(server.started_ms == cases[i].started_ms ||
                    (isnan(server.started_ms) && isnan(cases[i].started_ms)));
    }
}

static void the_manifest_tells_the_version_and_whether_it_retires_the_pool(void **state)
{
    static const struct {
        const char *manifest, *version;
        bool retires_pool;
    } cases[] = {
        {"{\"schemaVersion\":1,\"deployedDenchVersion\":\"2.3.5\"}", "2.3.5", false},
        {"{\"deployedDenchVersion\":\"2.3.6\"}", "2.3.6", true},
        {"{\"deployedDenchVersion\":\"2.3.10\"}", "2.3.10", true},
        {"{\"deployedDenchVersion\":\"2.3.6-rc.1\"}", "2.3.6", true},
        {"{\"deployedDenchVersion\":\"2.3.5+build.9\"}", "2.3.5", false},
        {"{\"deployedDenchVersion\":\"2.4\"}", "2.4", true},
        {"{\"deployedDenchVersion\":\"10\"}", "10", true},
        {"{\"deployedDenchVersion\":\"2.2\",\"deployedDenchVersion\":\"3.0.0\"}", "3.0.0", true},
        {"{\"deployedDenchVersion\":\"\"}", "", false},
        {"{\"deployedDenchVersion\":\"v2.3.6\"}", "", false},
        {"{\"deployedDenchVersion\":\"2.3.6 \"}", "", false},
        {"{\"deployedDenchVersion\":\"2.3.6\\u0000\"}", "", false},
        {"{\"deployedDenchVersion\":\"2..6\"}", "", false},
        {"{\"deployedDenchVersion\":\"2.3.\"}", "", false},
        {"{\"deployedDenchVersion\":\".3\"}", "", false},
        {"{\"deployedDenchVersion\":\"2.3.6x\"}", "", false},
        {"{\"deployedDenchVersion\":\"\\u001b[2J\"}", "", false},
        {"{\"deployedDenchVersion\":\"9999999999.9999999999.99999999\"}",
         "9999999999.9999999999.99999999", true},
        {"{\"deployedDenchVersion\":\"9999999999.9999999999.9999999999\"}", "", false},
        {"{\"deployedDenchVersion\":2.4}", "", false},
        {"{\"deployedDenchVersion\":\"2.3.6\"", "", false},
        {"[\"2.3.6\"]", "", false},
        {"", "", false},
    };
    const struct tree *tree = *state;
    assert_string_equal(look(tree).version, "");
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        tree_put(tree, MANIFEST, cases[i].manifest);
        struct server server = look(tree);
        assert_string_equal(server.version, cases[i].version);
        assert_int_equal(server.retires_pool, cases[i].retires_pool);
    }
}

static void versions_are_ordered_by_their_numbers(void **state)
{
    static const char *const ascending[] = {"",
                                            "0.0.1",
                                            "1",
                                            "2.2.9",
                                            "2.3",
                                            "2.3.1",
                                            "2.3.6",
                                            "2.3.10",
                                            "2.10.0",
                                            "10.0",
                                            "99999999999999999999",
                                            "100000000000000000000"};
    static const char *const alike[][2] = {
        {"2.3", "2.3.0"},
        {"2.03.6", "2.3.006"},
        {"", "0.0"},
        {"2.3.6-rc.1", "2.3.6"},
    };
    const size_t count = sizeof(ascending) / sizeof(ascending[0]);
    (void)state;
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < count; k++) {
            int order = server_version_compare(ascending[i], ascending[k]);
            assert_int_equal((order > 0) - (order < 0), (i > k) - (i < k));
        }
    }
    for (size_t i = 0; i < sizeof(alike) / sizeof(alike[0]); i++) {
        assert_int_equal(server_version_compare(alike[i][0], alike[i][1]), 0);
        assert_int_equal(server_version_compare(alike[i][1], alike[i][0]), 0);
    }
}

/* Ourselves in the place of the server, then a child that nobody has waited for. */
static void the_real_proc_is_understood(void **state)
{
    const struct tree *tree = *state;
    char directory[512], text[1024];
    assert_non_null(getcwd(directory, sizeof(directory)));
    (void)snprintf(text, sizeof(text), "{\"pid\":%ld,\"runtimeAppDir\":\"%s\"}", (long)getpid(),
                   directory);
    tree_put(tree, PROCESS, text);
    check(look_in(tree, "/proc"), SERVER_UP, true);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(0);
    siginfo_t info;
    assert_int_equal(waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT), 0);
    (void)snprintf(text, sizeof(text), "{\"pid\":%ld,\"runtimeAppDir\":\"%s\"}", (long)child,
                   directory);
    tree_put(tree, PROCESS, text);
    check(look_in(tree, "/proc"), SERVER_DOWN, true);
    assert_int_equal(waitpid(child, NULL, 0), child);
    assert_int_equal(look_in(tree, "/proc").state, SERVER_DOWN);
}

static void a_look_without_memory_fails_and_says_so(void **state)
{
    const struct tree *tree = *state;
    bool reached = true;
    size_t failures = 0;
    char text[1024];
    tree_put(tree, MANIFEST, "{\"deployedDenchVersion\":\"2.3.5\"}");
    (void)snprintf(text, sizeof(text),
                   "{\"pid\":42,\"startedAt\":\"2026-11-22T14:30Z\",\"runtimeAppDir\":\"%s/app\"}",
                   tree->path);
    tree_put(tree, PROCESS, text);
    for (size_t nth = 1; reached; nth++, failures += reached) {
        struct server server = {.pid = 7};
        struct error error = {0};
        calls_until_failure = nth;
        int result = server_look(tree->path, tree_path(tree, "proc"), &server, &error);
        reached = calls_until_failure == 0;
        calls_until_failure = 0;
        assert_int_equal(result, reached ? -ENOMEM : 0);
        assert_int_equal(error.kind, reached ? ERROR_SYSTEM : ERROR_NONE);
        assert_int_equal(server.pid, reached ? 7 : 42);
        assert_int_equal(server.state, reached ? SERVER_UNKNOWN : SERVER_UP);
    }
    printf("vectors: %zu failed allocations\n", failures);
    assert_true(failures > 8);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_process_in_the_directory_of_the_web_app_is_the_server),
        TEST(a_process_elsewhere_is_not_the_server),
        TEST(a_server_whose_directory_was_deleted_is_up),
        TEST(a_process_that_is_gone_is_a_server_that_is_down),
        TEST(a_zombie_is_not_alive),
        TEST(a_living_process_that_cannot_be_compared_is_taken_for_the_server),
        TEST(where_processes_are_hidden_nothing_is_certain),
        TEST(without_a_document_that_names_a_process_nothing_is_known),
        TEST(files_that_are_too_long_or_no_files_are_not_read),
        TEST(the_port_is_a_port_and_the_start_a_time),
        TEST(the_manifest_tells_the_version_and_whether_it_retires_the_pool),
        cmocka_unit_test(versions_are_ordered_by_their_numbers),
        TEST(the_real_proc_is_understood),
        TEST(a_look_without_memory_fails_and_says_so),
    };
    return cmocka_run_group_tests_name("server", tests, NULL, NULL);
}
