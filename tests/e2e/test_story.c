#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/helpers/screen.h"
#include "tests/helpers/tree.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/*
 * The pool fills, a chat falls back, GC takes the slot of a run and it is given away, a chat is
 * deleted: done by a real Node process (story.js) to real files, told by the real binary beside it.
 */

#define STATE_DIR ".openclaw-dench"
#define TTL "8000" /* of the chat that is expired while it runs */
#define AGO "1200000"

enum { WIDTH = 140, HEIGHT = 40, LIMIT_MS = 30000, ID_SIZE = 40, SHOWN = 8, TEXT_SIZE = 16384 };

struct story {
    struct tree tree;
    struct screen *screen;
    bool has_server;
    pid_t server;
    int commands, answers; /* pipes to and from it */
    char answer[512];      /* the last one */
    char said[TEXT_SIZE];  /* what a command of the shell printed */
    char first[ID_SIZE], sixth[ID_SIZE];
};

static const char *program(void)
{
    const char *slotop = getenv("SLOTOP");
    return slotop ? slotop : ".build/release/slotop";
}

/* ---- the server ---- */

/* False where there is no node. */
static bool start_server(struct story *story)
{
    int in[2], out[2];
    char node[] = "node", script[] = "tests/e2e/story.js", directory[300];
    char *argv[] = {node, script, directory, NULL};
    posix_spawn_file_actions_t actions;
    (void)snprintf(directory, sizeof(directory), "%s", tree_path(&story->tree, STATE_DIR));
    assert_int_equal(pipe2(in, O_CLOEXEC), 0);
    assert_int_equal(pipe2(out, O_CLOEXEC), 0);
    assert_int_equal(posix_spawn_file_actions_init(&actions), 0);
    assert_int_equal(posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO), 0);
    assert_int_equal(posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO), 0);
    int result = posix_spawnp(&story->server, node, &actions, NULL, argv, environ);
    (void)posix_spawn_file_actions_destroy(&actions);
    (void)close(in[0]);
    (void)close(out[1]);
    story->commands = in[1];
    story->answers = out[0];
    return result == 0;
}

static void stop_server(struct story *story)
{
    (void)close(story->commands);
    (void)close(story->answers);
    if (story->has_server)
        (void)waitpid(story->server, NULL, 0);
}

/* Has the server do something, and waits until it is done. */
static void tell(struct story *story, const char *command)
{
    char line[128];
    size_t got = 0;
    int len = snprintf(line, sizeof(line), "%s\n", command);
    struct pollfd ready = {.fd = story->answers, .events = POLLIN};
    assert_int_equal(write(story->commands, line, (size_t)len), len);
    while (got == 0 || story->answer[got - 1] != '\n') {
        assert_int_equal(poll(&ready, 1, LIMIT_MS), 1);
        ssize_t more = read(story->answers, story->answer + got, sizeof(story->answer) - 1 - got);
        assert_true(more > 0);
        got += (size_t)more;
    }
    story->answer[got] = '\0';
}

/* A new chat must get this agent; its session id goes to *ret_id. */
static void begin(struct story *story, const char *words, const char *agent, char ret_id[ID_SIZE])
{
    char command[128], got_agent[ID_SIZE];
    (void)snprintf(command, sizeof(command), "begin %s", words);
    tell(story, command);
    assert_int_equal(
        sscanf(story->answer, "{\"id\":\"%39[^\"]\",\"agent\":\"%39[^\"]\"}", ret_id, got_agent),
        2);
    assert_string_equal(got_agent, agent);
}

/* ---- what slotop says ---- */

static void start_dashboard(struct story *story)
{
    static char home[300], path[512];
    char *argv[] = {path, NULL}, *env[] = {home, NULL};
    (void)snprintf(path, sizeof(path), "%s", program());
    (void)snprintf(home, sizeof(home), "HOME=%s", story->tree.path);
    story->screen = screen_start(argv, env, "xterm-256color", WIDTH, HEIGHT);
}

static int64_t steady_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool has_line_with(const char *text, const char *word, const char *other)
{
    for (const char *line = text; line && *line;) {
        char copy[4 * WIDTH + 1];
        size_t len = strcspn(line, "\n");
        (void)snprintf(copy, sizeof(copy), "%.*s", (int)len, line);
        if (strstr(copy, word) && strstr(copy, other))
            return true;
        line += len + (line[len] == '\n');
    }
    return false;
}

/* Waits until the screen has a line with both: a chat's title, and what is said of it. */
static void assert_told(struct story *story, const char *title, const char *word)
{
    for (int64_t end = steady_ms() + LIMIT_MS; steady_ms() < end;) {
        if (has_line_with(screen_text(story->screen), title, word))
            return;
        (void)screen_is_quiet(story->screen, 20);
    }
    (void)fprintf(stderr, "%s\n", screen_text(story->screen));
    fail_msg("never told of %s: %s", title, word);
}

/* Runs "slotop COMMAND ARGUMENT" and keeps what it prints. */
static void ask(struct story *story, const char *command, const char *argument, int wanted_status)
{
    char line[1024];
    (void)snprintf(line, sizeof(line), "HOME='%s' '%s' %s %s 2>&1", story->tree.path, program(),
                   command, argument);
    FILE *pipe = popen(line, "re");
    assert_non_null(pipe);
    size_t len = fread(story->said, 1, sizeof(story->said) - 1, pipe);
    story->said[len] = '\0';
    int status = pclose(pipe);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != wanted_status)
        fail_msg("slotop %s: status %d: %s", command, status, story->said);
}

static void assert_says(const struct story *story, const char *word)
{
    if (!strstr(story->said, word))
        fail_msg("it does not say %s: %s", word, story->said);
}

/* ---- the story ---- */

static int set_up(void **state)
{
    struct story *story = calloc(1, sizeof(*story));
    assert_non_null(story);
    tree_make(&story->tree);
    tree_put(&story->tree, STATE_DIR "/openclaw.json",
             "{\"agents\":{\"list\":[{\"id\":\"main\"},{\"id\":\"chat-slot-main-1\"},"
             "{\"id\":\"chat-slot-main-2\"},{\"id\":\"chat-slot-main-3\"},"
             "{\"id\":\"chat-slot-main-4\"},{\"id\":\"chat-slot-main-5\"}]}}");
    tree_put(&story->tree, STATE_DIR "/workspace/AGENTS.md", "");
    story->has_server = start_server(story);
    *state = story;
    return 0;
}

static int tear_down(void **state)
{
    struct story *story = *state;
    screen_free(story->screen);
    stop_server(story);
    tree_remove(&story->tree);
    free(story);
    return 0;
}

/* Four of the five ended long before slotop came. */
static void five_chats_fill_the_pool_and_a_sixth_falls_back(struct story *story)
{
    static const char *const titles[] = {"Refund", "Invoice", "Survey", "Pricing", "Import"};
    char ids[5][ID_SIZE], command[128];
    for (size_t i = 0; i < 4; i++) {
        char slot[] = "chat-slot-main-1";
        slot[sizeof(slot) - 2] = (char)('1' + i);
        (void)snprintf(command, sizeof(command), "%s " AGO, titles[i]);
        begin(story, command, slot, ids[i]);
        (void)snprintf(command, sizeof(command), "finish %s", titles[i]);
        tell(story, command);
    }
    start_dashboard(story);
    for (size_t i = 0; i < 4; i++)
        assert_told(story, titles[i], "idle");
    begin(story, "Import 0 " TTL, "chat-slot-main-5", ids[4]);
    tell(story, "run Import");
    begin(story, "Dispute", "main", story->sixth);
    assert_told(story, "Import", "RUNNING");
    assert_told(story, "Dispute", "FALLBACK");
    ask(story, "why", story->sixth, 0);
    assert_says(story, "Cause: hoarded");
    for (size_t i = 0; i < 5; i++) {
        ids[i][SHOWN] = '\0';
        assert_true(has_line_with(story->said, ids[i], titles[i]));
    }
    memcpy(story->first, ids[0], sizeof(ids[0]));
}

static void gc_expires_a_run_and_a_seventh_gets_its_slot(struct story *story)
{
    char seventh[ID_SIZE];
    assert_told(story, "Import", "OVERDUE");
    tell(story, "gc");
    assert_told(story, "Import", "expired!");
    assert_told(story, "Dispute", "STRANDED");
    begin(story, "Onboarding", "chat-slot-main-5", seventh);
    assert_told(story, "Import", "SHARED");
    assert_told(story, "Dispute", "FALLBACK");
    ask(story, "why", story->sixth, 0);
    assert_says(story, "Cause: hoarded");
    assert_says(story, "slot 5 was freed");
}

static void a_chat_is_deleted_and_nobody_frees_its_slot(struct story *story)
{
    tell(story, "delete Refund");
    assert_told(story, story->first, "GHOST");
    ask(story, "doctor", "", 1);
    assert_says(story, "ghost");
    assert_says(story, "shared-slot");
}

static void what_the_preview_of_a_release_promises_comes_true(struct story *story)
{
    char eighth[ID_SIZE];
    ask(story, "release --dry-run", story->first, 0);
    assert_says(story, "lot 1 is free for the next new chat");
    screen_type(story->screen, "/state:ghost\rK");
    assert_true(screen_wait(story->screen, "Released"));
    screen_type(story->screen, "\033");
    assert_told(story, story->first, "released");
    begin(story, "Review", "chat-slot-main-1", eighth);
    assert_told(story, "Review", "active");
}

static void a_day_in_the_pool_is_told_step_by_step(void **state)
{
    struct story *story = *state;
    if (!story->has_server) {
        print_message("skipped: there is no node\n");
        skip();
    }
    five_chats_fill_the_pool_and_a_sixth_falls_back(story);
    gc_expires_a_run_and_a_seventh_gets_its_slot(story);
    a_chat_is_deleted_and_nobody_frees_its_slot(story);
    what_the_preview_of_a_release_promises_comes_true(story);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_day_in_the_pool_is_told_step_by_step, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("story", tests, NULL, NULL);
}
