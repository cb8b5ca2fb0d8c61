#include "tui/term_rescue.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

static const int fatal_signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGQUIT};
enum {
    FATAL_COUNT = sizeof(fatal_signals) / sizeof(fatal_signals[0]),
    STACK_BYTES = 64 << 10, /* its own: the crash may be a stack that ran over */
};

static struct {
    bool is_armed;
    int fd;
    char bytes[TERM_RESCUE_BYTES];
    size_t len;
    struct termios line;
    struct sigaction before[FATAL_COUNT];
    stack_t stack_before;
    char stack[STACK_BYTES];
} rescue;

static void restore_signals(void)
{
    for (size_t i = 0; i < FATAL_COUNT; i++)
        (void)sigaction(fatal_signals[i], &rescue.before[i], NULL);
}

static void give_back(int signal_number)
{
    size_t written = 0;
    while (written < rescue.len) {
        ssize_t n = write(rescue.fd, rescue.bytes + written, rescue.len - written);
        if (n <= 0)
            break;
        written += (size_t)n;
    }
    (void)tcsetattr(rescue.fd, TCSANOW, &rescue.line);
    restore_signals();
    (void)raise(signal_number); /* blocked until this handler returns */
}

void term_rescue_add(struct buffer *out, const char *capability)
{
    while (capability && *capability) {
        bool is_padding = capability[0] == '$' && capability[1] == '<';
        const char *end = is_padding ? strchr(capability, '>') : NULL;
        if (end)
            capability = end + 1;
        else
            buffer_add_char(out, *capability++);
    }
}

void term_rescue_arm(int fd, struct str bytes, const struct termios *line)
{
    struct sigaction action = {.sa_handler = give_back, .sa_flags = SA_ONSTACK};
    stack_t stack = {.ss_sp = rescue.stack, .ss_size = STACK_BYTES};
    term_rescue_disarm();
    rescue.fd = fd;
    rescue.len = bytes.len < TERM_RESCUE_BYTES ? bytes.len : TERM_RESCUE_BYTES;
    memcpy(rescue.bytes, bytes.data, rescue.len);
    rescue.line = *line;
    (void)sigaltstack(&stack, &rescue.stack_before);
    (void)sigfillset(&action.sa_mask);
    for (size_t i = 0; i < FATAL_COUNT; i++)
        (void)sigaction(fatal_signals[i], &action, &rescue.before[i]);
    rescue.is_armed = true;
}

void term_rescue_disarm(void)
{
    if (!rescue.is_armed)
        return;
    restore_signals();
    (void)sigaltstack(&rescue.stack_before, NULL);
    rescue.is_armed = false;
}
