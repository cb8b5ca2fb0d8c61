#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tui/term_rescue.h"

#include <pty.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define BYTES "\033[?1049l\033[?25h"

/* In the child: the terminal taken over, then killed by a signal, as by a crash. */
static void crash(int signal_number, const struct termios *line, bool disarm)
{
    struct termios raw_line = *line;
    struct rlimit no_core = {0, 0};
    (void)setrlimit(RLIMIT_CORE, &no_core);
    (void)signal(signal_number, SIG_DFL); /* cmocka and sanitizers have handlers of their own */
    term_rescue_arm(STDOUT_FILENO, STR(BYTES), line);
    cfmakeraw(&raw_line);
    if (tcsetattr(STDIN_FILENO, TCSANOW, &raw_line) != 0)
        _exit(1);
    if (disarm)
        term_rescue_disarm();
    (void)raise(signal_number);
    _exit(2);
}

/* Returns what the child wrote; *ret_line: the line settings that it left. */
static size_t output_of_crash(int signal_number, bool disarm, char bytes[64],
                              struct termios *ret_line)
{
    int controller, terminal, status;
    struct termios line;
    assert_int_equal(openpty(&controller, &terminal, NULL, NULL, NULL), 0);
    assert_int_equal(tcgetattr(terminal, &line), 0);
    line.c_oflag &= ~(tcflag_t)OPOST;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        (void)dup2(terminal, STDIN_FILENO);
        (void)dup2(terminal, STDOUT_FILENO);
        crash(signal_number, &line, disarm);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), signal_number);
    assert_int_equal(tcgetattr(terminal, ret_line), 0);
    assert_int_equal(write(terminal, ".", 1), 1); /* so that there is something to read */
    size_t len = 0;
    while (len == 0 || bytes[len - 1] != '.') {
        ssize_t n = read(controller, bytes + len, 63 - len);
        assert_true(n > 0);
        len += (size_t)n;
    }
    bytes[len] = '\0';
    (void)close(controller);
    (void)close(terminal);
    return len;
}

static void a_crash_gives_the_terminal_back_and_still_is_that_crash(void **state)
{
    (void)state;
    static const int signals[] = {SIGSEGV, SIGABRT, SIGQUIT};
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
        char bytes[64];
        struct termios line;
        (void)output_of_crash(signals[i], false, bytes, &line);
        assert_string_equal(bytes, BYTES ".");
        assert_true(line.c_lflag & ICANON);
        assert_true(line.c_lflag & ECHO);
    }
}

static void disarmed_it_leaves_the_terminal_alone(void **state)
{
    (void)state;
    char bytes[64];
    struct termios line;
    assert_int_equal(output_of_crash(SIGABRT, true, bytes, &line), 1);
    assert_false(line.c_lflag & ICANON);
}

static void a_capability_is_taken_without_its_padding(void **state)
{
    static const struct {
        const char *capability, *text;
    } cases[] = {
        {"\033[?25h$<5>", "\033[?25h"},
        {"$<20/>a$<1*>b", "ab"},
        {"a$<b", "a$<b"},
        {NULL, ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct buffer out = {0};
        term_rescue_add(&out, cases[i].capability);
        assert_true(str_equal(buffer_str(&out), str_of(cases[i].text)));
        buffer_done(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_capability_is_taken_without_its_padding),
        cmocka_unit_test(a_crash_gives_the_terminal_back_and_still_is_that_crash),
        cmocka_unit_test(disarmed_it_leaves_the_terminal_alone),
    };
    return cmocka_run_group_tests_name("term_rescue", tests, NULL, NULL);
}
