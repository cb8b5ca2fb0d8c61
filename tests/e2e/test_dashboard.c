#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/helpers/screen.h"
#include "tests/helpers/tree.h"

#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* The real binary on a pty, beside a writer that truncates and writes as the server does. */

#define REGISTRY ".openclaw-dench/chat-agents.json"

struct fixture {
    struct tree tree;
    struct screen *screen;
    int64_t base_ms; /* lastActiveAt of entries that are not fresh: 10 minutes ago */
};

static int64_t epoch_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

struct row {
    const char *id, *agent, *state;
    int64_t last_active_ms;
};

/* Rewrites the registry as the server does: in place, without a lock. */
static void save(struct fixture *fixture, const struct row *rows, size_t count)
{
    char text[8192];
    size_t len = (size_t)snprintf(text, sizeof(text), "{\n  \"version\": 1,\n  \"agents\": {");
    for (size_t i = 0; i < count; i++)
        len += (size_t)snprintf(
            text + len, sizeof(text) - len,
            "%s\n    \"%s\": {\n      \"chatAgentId\": \"%s\",\n"
            "      \"workspaceAgentId\": \"main\",\n      \"sessionId\": \"%s\",\n"
            "      \"workspaceDir\": \"\",\n      \"state\": \"%s\",\n"
            "      \"createdAt\": %" PRId64 ",\n      \"lastActiveAt\": %" PRId64 ",\n"
            "      \"idleTtlMs\": 1800000\n    }",
            i ? "," : "", rows[i].id, rows[i].agent, rows[i].id, rows[i].state,
            rows[i].last_active_ms, rows[i].last_active_ms);
    len += (size_t)snprintf(text + len, sizeof(text) - len, "\n  }\n}\n");
    tree_write(&fixture->tree, REGISTRY, text, len);
}

static void save_usual(struct fixture *fixture)
{
    const struct row rows[] = {
        {"aaaaaaaa-0000-4000-8000-000000000001", "chat-slot-main-1", "active", fixture->base_ms},
        {"bbbbbbbb-0000-4000-8000-000000000002", "chat-slot-main-2", "idle",
         fixture->base_ms - 1000},
        {"cccccccc-0000-4000-8000-000000000003", "chat-slot-main-3", "deleted",
         fixture->base_ms - 2000},
    };
    save(fixture, rows, 3);
}

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    tree_make(&fixture->tree);
    fixture->base_ms = epoch_ms() - 600000;
    tree_put(&fixture->tree, ".openclaw-dench/openclaw.json",
             "{\"agents\":{\"list\":[{\"id\":\"main\"},{\"id\":\"chat-slot-main-1\"},"
             "{\"id\":\"chat-slot-main-2\"},{\"id\":\"chat-slot-main-3\"}]}}");
    tree_put(&fixture->tree, ".openclaw-dench/workspace/AGENTS.md", "");
    save_usual(fixture);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    screen_free(fixture->screen);
    tree_remove(&fixture->tree);
    free(fixture);
    return 0;
}

static void start_with(struct fixture *fixture, char *const arguments[], int width, int height)
{
    static char home[300];
    char program[512], *argv[8] = {program};
    const char *slotop = getenv("SLOTOP");
    (void)snprintf(program, sizeof(program), "%s", slotop ? slotop : ".build/release/slotop");
    (void)snprintf(home, sizeof(home), "HOME=%s", fixture->tree.path);
    for (size_t i = 0; arguments[i]; i++)
        argv[i + 1] = arguments[i];
    char *env[] = {home, NULL};
    fixture->screen = screen_start(argv, env, "xterm-256color", width, height);
}

static void start(struct fixture *fixture, int width, int height)
{
    char *none[] = {NULL};
    start_with(fixture, none, width, height);
    assert_true(screen_wait(fixture->screen, "aaaaaaaa"));
}

static void assert_state(struct fixture *fixture, const char *id, const char *stored)
{
    char *text = tree_read(&fixture->tree, REGISTRY);
    char *entry = text ? strstr(text, id) : NULL;
    if (!stored) {
        assert_null(entry);
    } else {
        assert_non_null(entry);
        char *value = strstr(entry, "\"state\": \"");
        assert_non_null(value);
        assert_memory_equal(value + 10, stored, strlen(stored));
    }
    free(text);
}

static void assert_terminal_is_whole(struct fixture *fixture)
{
    assert_false(screen_is_alternate(fixture->screen));
    assert_true(screen_cursor_visible(fixture->screen));
    assert_false(screen_paste_on(fixture->screen));
}

static const int sizes[][2] = {{80, 24}, {140, 40}, {40, 10}};
enum { SIZE_COUNT = sizeof(sizes) / sizeof(sizes[0]) };

static void a_save_of_the_server_comes_to_the_screen_at_every_size(void **state)
{
    struct fixture *fixture = *state;
    for (size_t i = 0; i < SIZE_COUNT; i++) {
        save_usual(fixture);
        start(fixture, sizes[i][0], sizes[i][1]);
        assert_true(screen_wait(fixture->screen, "LIVE"));
        assert_true(screen_wait(fixture->screen, "2/3 held"));
        const struct row rows[] = {{"dddddddd-0000-4000-8000-000000000004", "chat-slot-main-3",
                                    "active", fixture->base_ms}};
        save(fixture, rows, 1);
        assert_true(screen_wait(fixture->screen, "dddddddd"));
        assert_true(screen_wait_gone(fixture->screen, "aaaaaaaa"));
        assert_true(screen_wait(fixture->screen, "1/3 held"));
        screen_type(fixture->screen, "q");
        int status = screen_wait_end(fixture->screen);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
        assert_terminal_is_whole(fixture);
        screen_free(fixture->screen);
        fixture->screen = NULL;
    }
}

static void i_x_and_K_change_the_file_and_say_what_was_verified(void **state)
{
    struct fixture *fixture = *state;
    for (size_t i = 0; i < SIZE_COUNT; i++) {
        save_usual(fixture);
        start(fixture, sizes[i][0], sizes[i][1]);
        screen_type(fixture->screen, "gi");
        assert_true(screen_wait_gone(fixture->screen, "active  "));
        assert_state(fixture, "aaaaaaaa", "idle");
        screen_type(fixture->screen, "x");
        assert_true(screen_wait(fixture->screen, "1/3 held"));
        assert_state(fixture, "aaaaaaaa", "expired");
        screen_type(fixture->screen, "K");
        assert_true(screen_wait(fixture->screen, "eleased"));
        assert_true(screen_wait(fixture->screen, "released"));
        screen_type(fixture->screen, "jK");
        assert_true(screen_wait(fixture->screen, "0/3 held"));
        assert_state(fixture, "bbbbbbbb", "deleted");
        screen_free(fixture->screen);
        fixture->screen = NULL;
    }
}

static void P_asks_and_purges_only_after_a_yes(void **state)
{
    struct fixture *fixture = *state;
    for (size_t i = 0; i < SIZE_COUNT; i++) {
        save_usual(fixture);
        start(fixture, sizes[i][0], sizes[i][1]);
        screen_type(fixture->screen, "GP");
        assert_true(screen_wait(fixture->screen, "any other key"));
        screen_type(fixture->screen, "\r");
        assert_true(screen_wait(fixture->screen, "Not done"));
        assert_state(fixture, "cccccccc", "deleted");
        screen_type(fixture->screen, "P");
        assert_true(screen_wait(fixture->screen, "any other key"));
        screen_type(fixture->screen, "y");
        assert_true(screen_wait(fixture->screen, "urged"));
        assert_state(fixture, "cccccccc", NULL);
        screen_free(fixture->screen);
        fixture->screen = NULL;
    }
}

static void a_session_in_use_is_released_only_after_a_yes(void **state)
{
    struct fixture *fixture = *state;
    const struct row rows[] = {
        {"aaaaaaaa-0000-4000-8000-000000000001", "chat-slot-main-1", "active", epoch_ms()}};
    save(fixture, rows, 1);
    start(fixture, 80, 24);
    screen_type(fixture->screen, "K");
    assert_true(screen_wait(fixture->screen, "y = yes"));
    assert_state(fixture, "aaaaaaaa", "active");
    screen_type(fixture->screen, "y");
    assert_true(screen_wait(fixture->screen, "0/3 held"));
    assert_state(fixture, "aaaaaaaa", "deleted");
}

static void read_only_hides_the_actions_and_changes_nothing(void **state)
{
    struct fixture *fixture = *state;
    char option[] = "--read-only", *arguments[] = {option, NULL};
    start_with(fixture, arguments, 80, 24);
    assert_true(screen_wait(fixture->screen, "READ-ONLY"));
    assert_false(screen_shows(fixture->screen, "K release"));
    screen_type(fixture->screen, "gK");
    assert_true(screen_wait(fixture->screen, "ead-only"));
    assert_state(fixture, "aaaaaaaa", "active");
}

static void a_torn_registry_is_told_and_the_last_good_view_stays(void **state)
{
    struct fixture *fixture = *state;
    start(fixture, 80, 24);
    tree_put(&fixture->tree, REGISTRY, "{\n  \"version\": 1,\n  \"agents\": {\n    \"aaaa");
    assert_true(screen_wait(fixture->screen, "TORN"));
    assert_true(screen_shows(fixture->screen, "bbbbbbbb"));
    screen_type(fixture->screen, "gK");
    assert_true(screen_wait(fixture->screen, "nothing was changed"));
    save_usual(fixture);
    assert_true(screen_wait_gone(fixture->screen, "TORN"));
}

static void a_wiped_registry_raises_an_alarm_and_B_brings_it_back(void **state)
{
    struct fixture *fixture = *state;
    const struct row rows[] = {
        {"dddddddd-0000-4000-8000-000000000004", "chat-slot-main-3", "active", fixture->base_ms}};
    for (size_t i = 0; i < SIZE_COUNT; i++) {
        save_usual(fixture);
        start(fixture, sizes[i][0], sizes[i][1]);
        save(fixture, rows, 1);
        assert_true(screen_wait(fixture->screen, "WIPED"));
        assert_true(screen_wait(fixture->screen, "B = bring"));
        screen_type(fixture->screen, "B");
        assert_true(screen_wait(fixture->screen, "any other key"));
        screen_type(fixture->screen, "y");
        assert_true(screen_wait(fixture->screen, "Brought back 2"));
        assert_true(screen_wait_gone(fixture->screen, "WIPED"));
        assert_state(fixture, "aaaaaaaa", "active");
        assert_state(fixture, "bbbbbbbb", "idle");
        assert_state(fixture, "cccccccc", NULL);
        assert_state(fixture, "dddddddd", "active");
        screen_free(fixture->screen);
        fixture->screen = NULL;
    }
}

static void a_registry_that_stays_torn_can_be_replaced_by_its_copy(void **state)
{
    struct fixture *fixture = *state;
    start(fixture, 80, 24);
    tree_put(&fixture->tree, REGISTRY, "{\n  \"version\": 1,\n  \"agents\": {\n    \"aaaa");
    assert_true(screen_wait(fixture->screen, "B = put the last good copy"));
    screen_type(fixture->screen, "By");
    assert_true(screen_wait(fixture->screen, "Brought back 2"));
    assert_true(screen_wait_gone(fixture->screen, "TORN"));
    assert_state(fixture, "aaaaaaaa", "active");
}

static void a_registry_and_a_directory_that_come_later_are_seen(void **state)
{
    struct fixture *fixture = *state;
    tree_remove(&fixture->tree);
    char *none[] = {NULL};
    start_with(fixture, none, 80, 24);
    assert_true(screen_wait(fixture->screen, "No sessions yet"));
    assert_int_equal(mkdir(fixture->tree.path, 0700), 0);
    save_usual(fixture);
    assert_true(screen_wait(fixture->screen, "aaaaaaaa"));
}

static void the_terminal_is_whole_after_each_signal(void **state)
{
    static const int signals[] = {SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGSEGV};
    struct fixture *fixture = *state;
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
        start(fixture, 80, 24);
        assert_true(screen_is_alternate(fixture->screen));
        assert_int_equal(kill(screen_pid(fixture->screen), signals[i]), 0);
        int status = screen_wait_end(fixture->screen);
        if (signals[i] != SIGSEGV)
            assert_int_equal(WIFEXITED(status) ? WEXITSTATUS(status) : -1, 128 + signals[i]);
        else /* a sanitizer turns it into an exit */
            assert_true(WIFSIGNALED(status) || WEXITSTATUS(status) != 0);
        assert_terminal_is_whole(fixture);
        screen_free(fixture->screen);
        fixture->screen = NULL;
    }
}

/* Under a shell with job control: a stopped program alone in its session could not be continued. */
static void it_stops_and_continues_and_gives_the_terminal_back_meanwhile(void **state)
{
    struct fixture *fixture = *state;
    char shell[] = "/bin/sh", flags[] = "-mc", home[300];
    char script[] = "\"${SLOTOP:-.build/release/slotop}\"; echo given back; read line; fg";
    char *argv[] = {shell, flags, script, NULL}, *env[] = {home, NULL};
    (void)snprintf(home, sizeof(home), "HOME=%s", fixture->tree.path);
    fixture->screen = screen_start(argv, env, "xterm-256color", 80, 24);
    assert_true(screen_wait(fixture->screen, "aaaaaaaa"));
    screen_type(fixture->screen, "\032");
    assert_true(screen_wait(fixture->screen, "given back"));
    assert_terminal_is_whole(fixture);
    const struct row rows[] = {
        {"eeeeeeee-0000-4000-8000-000000000005", "chat-slot-main-1", "idle", fixture->base_ms}};
    save(fixture, rows, 1);
    screen_type(fixture->screen, "\n");
    assert_true(screen_wait(fixture->screen, "eeeeeeee"));
    screen_type(fixture->screen, "q");
    int status = screen_wait_end(fixture->screen);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    assert_terminal_is_whole(fixture);
}

static void any_size_is_drawn_and_the_way_back_is_whole(void **state)
{
    static const int way[][2] = {{140, 40}, {40, 10},  {40, 8}, {20, 3},
                                 {1, 1},    {200, 60}, {80, 24}};
    struct fixture *fixture = *state;
    start(fixture, 80, 24);
    for (size_t i = 0; i < sizeof(way) / sizeof(way[0]); i++) {
        screen_resize(fixture->screen, way[i][0], way[i][1]);
        if (way[i][0] >= 40)
            assert_true(screen_wait(fixture->screen, "quit"));
    }
    assert_true(screen_wait(fixture->screen, "aaaaaaaa"));
    screen_type(fixture->screen, "q");
    int status = screen_wait_end(fixture->screen);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void filter_sort_detail_and_help_open_and_close(void **state)
{
    struct fixture *fixture = *state;
    start(fixture, 80, 24);
    screen_type(fixture->screen, "/bbbb\r");
    assert_true(screen_wait(fixture->screen, "1 of 3"));
    assert_true(screen_wait(fixture->screen, "> bbbbbbbb"));
    screen_type(fixture->screen, "\033");
    assert_true(screen_wait_gone(fixture->screen, "1 of 3"));
    screen_type(fixture->screen, ">");
    assert_true(screen_wait_gone(fixture->screen, "sort last use"));
    screen_type(fixture->screen, "\rG");
    assert_true(screen_wait(fixture->screen, "\"idleTtlMs\": 1800000"));
    screen_type(fixture->screen, "q?");
    assert_true(screen_wait(fixture->screen, "Help"));
    screen_type(fixture->screen, "q");
    assert_true(screen_wait_gone(fixture->screen, "Help"));
}

static void hostile_ids_reach_the_terminal_harmless(void **state)
{
    struct fixture *fixture = *state;
    const struct row rows[] = {{"\\u001b]0;owned\\u0007\\u009b31m\\u202eevil", "chat-slot-main-1",
                                "active", fixture->base_ms}};
    save(fixture, rows, 1);
    char *none[] = {NULL};
    start_with(fixture, none, 140, 40);
    assert_true(screen_wait(fixture->screen, "^[]0;owned^G"));
    size_t len = 0;
    const char *raw = screen_raw(fixture->screen, &len);
    assert_null(memmem(raw, len, "\033]0;owned", 9));
    assert_null(memmem(raw, len, "\xc2\x9b", 2));
    assert_null(memmem(raw, len, "\xe2\x80\xae", 3));
}

static long read_switches(pid_t pid)
{
    char path[64], line[256];
    long switches = -1;
    (void)snprintf(path, sizeof(path), "/proc/%ld/status", (long)pid);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    while (fgets(line, sizeof(line), file))
        (void)sscanf(line, "voluntary_ctxt_switches: %ld", &switches);
    (void)fclose(file);
    return switches;
}

static void idle_with_nothing_due_it_is_not_woken_and_writes_nothing(void **state)
{
    struct fixture *fixture = *state;
    char now[64], *arguments[] = {now, NULL};
    (void)snprintf(now, sizeof(now), "--now=%" PRId64, epoch_ms());
    start_with(fixture, arguments, 80, 24); /* the clock stands still: nothing can be due */
    assert_true(screen_wait(fixture->screen, "aaaaaaaa"));
    bool settled = false; /* what follows the first frame is over */
    for (int i = 0; i < 30 && !settled; i++)
        settled = screen_is_quiet(fixture->screen, 1000);
    assert_true(settled);
    long switches = read_switches(screen_pid(fixture->screen));
    size_t bytes = screen_bytes(fixture->screen);
    assert_true(screen_is_quiet(fixture->screen, 3000));
    assert_int_equal(read_switches(screen_pid(fixture->screen)), switches);
    assert_int_equal(screen_bytes(fixture->screen), bytes);
}

static void the_demo_lives_and_leaves_nothing_behind_after_SIGTERM(void **state)
{
    struct fixture *fixture = *state;
    char demo[] = "--demo", *arguments[] = {demo, NULL}, tmp[300];
    tree_put(&fixture->tree, "tmp/keep", "");
    (void)snprintf(tmp, sizeof(tmp), "%s/tmp", fixture->tree.path);
    char *saved = getenv("TMPDIR");
    assert_int_equal(setenv("TMPDIR", tmp, 1), 0);
    start_with(fixture, arguments, 80, 24);
    if (saved)
        (void)setenv("TMPDIR", saved, 1);
    else
        (void)unsetenv("TMPDIR");
    assert_true(screen_wait(fixture->screen, "DEMO"));
    assert_true(screen_wait(fixture->screen, "FALLBACK"));
    assert_int_equal(tree_count(&fixture->tree, "tmp"), 2);
    assert_int_equal(kill(screen_pid(fixture->screen), SIGTERM), 0);
    int status = screen_wait_end(fixture->screen);
    assert_int_equal(WIFEXITED(status) ? WEXITSTATUS(status) : -1, 128 + SIGTERM);
    assert_int_equal(tree_count(&fixture->tree, "tmp"), 1);
    assert_terminal_is_whole(fixture);
}

int main(void)
{
#define SCREEN_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        SCREEN_TEST(a_save_of_the_server_comes_to_the_screen_at_every_size),
        SCREEN_TEST(i_x_and_K_change_the_file_and_say_what_was_verified),
        SCREEN_TEST(P_asks_and_purges_only_after_a_yes),
        SCREEN_TEST(a_session_in_use_is_released_only_after_a_yes),
        SCREEN_TEST(read_only_hides_the_actions_and_changes_nothing),
        SCREEN_TEST(a_torn_registry_is_told_and_the_last_good_view_stays),
        SCREEN_TEST(a_wiped_registry_raises_an_alarm_and_B_brings_it_back),
        SCREEN_TEST(a_registry_that_stays_torn_can_be_replaced_by_its_copy),
        SCREEN_TEST(a_registry_and_a_directory_that_come_later_are_seen),
        SCREEN_TEST(the_terminal_is_whole_after_each_signal),
        SCREEN_TEST(it_stops_and_continues_and_gives_the_terminal_back_meanwhile),
        SCREEN_TEST(any_size_is_drawn_and_the_way_back_is_whole),
        SCREEN_TEST(filter_sort_detail_and_help_open_and_close),
        SCREEN_TEST(hostile_ids_reach_the_terminal_harmless),
        SCREEN_TEST(idle_with_nothing_due_it_is_not_woken_and_writes_nothing),
        SCREEN_TEST(the_demo_lives_and_leaves_nothing_behind_after_SIGTERM),
    };
    return cmocka_run_group_tests_name("dashboard", tests, NULL, NULL);
}
