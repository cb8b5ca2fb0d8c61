#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/helpers/console.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Without colours, without more than ASCII, without a screen: the same facts. */

enum {
    TEXT_SIZE = 65536,
    LINE_SIZE = 1024,
    WORD_SIZE = 64,
    LIMIT_MS = 30000,
    LISTEN_MS = 500,
    QUIET_MS = 20
};

static char *const none[] = {NULL};

/* What "slotop ARGUMENTS" prints. */
static void ask(const struct console *console, const char *arguments, char ret_text[TEXT_SIZE])
{
    char line[LINE_SIZE];
    (void)snprintf(line, sizeof(line), "HOME='%s' '%s' %s", console->tree.path, console_program(),
                   arguments);
    FILE *pipe = popen(line, "re");
    assert_non_null(pipe);
    ret_text[fread(ret_text, 1, TEXT_SIZE - 1, pipe)] = '\0';
    assert_int_not_equal(pclose(pipe), -1);
}

/* Everything that is wrong at once, as tests/fixtures describes it. */
static void put_everything(const struct console *console)
{
    char line[LINE_SIZE];
    (void)snprintf(line, sizeof(line),
                   "rm -rf '%s/%s' && sh tests/fixtures/make everything '%s/%s'",
                   console->tree.path, CONSOLE_STATE_DIR, console->tree.path, CONSOLE_STATE_DIR);
    assert_int_equal(system(line), 0);
}

static const char *time_of_everything(void)
{
    static char option[WORD_SIZE + sizeof("--now=")];
    char number[WORD_SIZE] = "";
    FILE *pipe = popen("sh tests/fixtures/make -n everything", "re");
    assert_non_null(pipe);
    assert_non_null(fgets(number, sizeof(number), pipe));
    assert_int_equal(pclose(pipe), 0);
    number[strcspn(number, "\n")] = '\0';
    (void)snprintf(option, sizeof(option), "--now=%s", number);
    return option;
}

static void ascii_mode_sends_no_byte_beyond_ascii(void **state)
{
    static const struct {
        const char *keys, *shown;
    } panes[] = {
        {"", "SERVER DOWN"},    {"f", "Findings"},      {"qE", "Events"},
        {"qG\r", "session "},   {"qw", "Why"},          {"q?", "Help"},
        {"qjka", "Actions"},    {"qt", "A used"},       {"/Chat", "Enter keep"},
        {"\r:li", "Esc leave"}, {"\003L", "READ-ONLY"},
    };
    struct console *console = *state;
    char now[WORD_SIZE], ascii[] = "--ascii", *arguments[] = {now, ascii, NULL};
    put_everything(console);
    (void)snprintf(now, sizeof(now), "%s", time_of_everything());
    console_start_with(console, arguments, "xterm-256color", 140, 40);
    for (size_t i = 0; i < sizeof(panes) / sizeof(panes[0]); i++) {
        screen_type(console->screen, panes[i].keys);
        assert_true(screen_wait(console->screen, panes[i].shown));
    }
    size_t len;
    const char *raw = screen_raw(console->screen, &len);
    for (size_t i = 0; i < len; i++)
        assert_true((unsigned char)raw[i] < 0x7f);
}

/* The first two words of `line` are on one line of the screen. */
static bool shows_line(struct console *console, const char *line)
{
    char words[2][WORD_SIZE], *text = strdup(screen_text(console->screen)), *rest = text;
    bool is_found = false;
    assert_int_equal(sscanf(line, "%63s %63s", words[0], words[1]), 2);
    for (char *row = strsep(&rest, "\n"); row && !is_found; row = strsep(&rest, "\n"))
        is_found = strstr(row, words[0]) && strstr(row, words[1]);
    free(text);
    return is_found;
}

static void assert_shows_line(struct console *console, const char *line)
{
    for (int i = 0; i < LIMIT_MS / QUIET_MS && !shows_line(console, line); i++)
        (void)screen_is_quiet(console->screen, QUIET_MS);
    if (!shows_line(console, line))
        fail_msg("no line of the screen tells: %s", line);
}

/* Slots by label and state, findings by severity and code, line by line. */
static void what_status_prints_is_on_the_screen(void **state)
{
    struct console *console = *state;
    static char text[TEXT_SIZE];
    char now[WORD_SIZE], command[2 * WORD_SIZE], *arguments[] = {now, NULL}, *rest = text;
    int slots = 0, findings = 0;
    bool is_in_slots = false;
    put_everything(console);
    (void)snprintf(now, sizeof(now), "%s", time_of_everything());
    (void)snprintf(command, sizeof(command), "%s status", now);
    ask(console, command, text);
    assert_non_null(strstr(text, "4/4 held, 0 free, 2 fallback"));
    console_start_with(console, arguments, "xterm-256color", 220, 120);
    screen_type(console->screen, "f");
    assert_true(screen_wait(console->screen, "Findings: "));
    assert_true(screen_wait(console->screen, "SERVER DOWN"));
    for (char *line = strsep(&rest, "\n"); line; line = strsep(&rest, "\n")) {
        if (is_in_slots && line[0]) {
            assert_shows_line(console, line);
            slots++;
        } else if (strncmp(line, "error", 5) == 0 || strncmp(line, "warning", 7) == 0 ||
                   strncmp(line, "info", 4) == 0) {
            assert_shows_line(console, line);
            findings++;
        }
        is_in_slots = line[0] && (is_in_slots || strncmp(line, "SLOT", 4) == 0);
    }
    assert_int_equal(slots, 6);
    assert_true(findings > 10);
    assert_true(screen_shows(console->screen, "4/4 held"));
    assert_true(screen_shows(console->screen, "2 fallback"));
}

/* slotop events -f in the background; its output comes through a pipe. */
static pid_t follow(const struct console *console, int *ret_fd)
{
    int ends[2];
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    pid_t pid = fork();
    if (pid == 0) {
        char path[LINE_SIZE];
        (void)snprintf(path, sizeof(path), "%s", console_program());
        (void)setenv("HOME", console->tree.path, 1);
        (void)dup2(ends[1], STDOUT_FILENO);
        (void)execl(path, path, "events", "-f", (char *)NULL);
        _exit(127);
    }
    (void)close(ends[1]);
    *ret_fd = ends[0];
    return pid;
}

static void read_until(int fd, char text[TEXT_SIZE], const char *wanted)
{
    size_t len = strlen(text);
    struct pollfd ready = {.fd = fd, .events = POLLIN};
    while (!strstr(text, wanted)) {
        if (poll(&ready, 1, LIMIT_MS) != 1)
            fail_msg("events -f never told: %s, but: %s", wanted, text);
        ssize_t got = read(fd, text + len, TEXT_SIZE - 1 - len);
        assert_true(got > 0);
        len += (size_t)got;
        text[len] = '\0';
    }
}

/* Saves until the first event comes: what is saved before it listens is none for it. */
static void wait_until_it_listens(struct console *console, struct console_row *row, int fd,
                                  char text[TEXT_SIZE])
{
    struct pollfd ready = {.fd = fd, .events = POLLIN};
    for (int i = 0; i < LIMIT_MS / LISTEN_MS; i++) {
        row->state = i % 2 ? "active" : "idle";
        console_save(console, row, 1);
        if (poll(&ready, 1, LISTEN_MS) == 1)
            break;
    }
    read_until(fd, text, "\n");
}

static void what_the_events_pane_tells_is_told_by_events_f(void **state)
{
    static const struct {
        const char *state, *told;
    } steps[] = {
        {"expired", "-> expired"}, {"idle", "expired -> idle"}, {"deleted", "-> released"}};
    struct console *console = *state;
    static char text[TEXT_SIZE];
    int fd;
    struct console_row row = {"aaaaaaaa-0000-4000-8000-000000000001", "chat-slot-main-1", "active",
                              console->base_ms};
    console_save(console, &row, 1);
    console_start_with(console, none, "xterm-256color", 140, 40);
    assert_true(screen_wait(console->screen, "aaaaaaaa"));
    screen_type(console->screen, "E");
    pid_t pid = follow(console, &fd);
    wait_until_it_listens(console, &row, fd, text);
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        row.state = steps[i].state;
        console_save(console, &row, 1);
        read_until(fd, text, steps[i].told);
        assert_true(screen_wait(console->screen, steps[i].told));
    }
    (void)kill(pid, SIGTERM);
    (void)waitpid(pid, NULL, 0);
    (void)close(fd);
}

int main(void)
{
#define SCREEN_TEST(name) cmocka_unit_test_setup_teardown(name, console_set_up, console_tear_down)
    const struct CMUnitTest tests[] = {
        SCREEN_TEST(ascii_mode_sends_no_byte_beyond_ascii),
        SCREEN_TEST(what_status_prints_is_on_the_screen),
        SCREEN_TEST(what_the_events_pane_tells_is_told_by_events_f),
    };
    return cmocka_run_group_tests_name("plain text", tests, NULL, NULL);
}
