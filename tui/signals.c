#include "tui/signals.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

static const int taken[] = {SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGWINCH, SIGTSTP, SIGCONT};

static bool is_ignored(int number)
{
    struct sigaction action;
    return sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

int signals_open(struct signals *signals, struct error *error)
{
    sigset_t set;
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    (void)sigemptyset(&set);
    for (size_t i = 0; i < sizeof(taken) / sizeof(*taken); i++)
        if (!is_ignored(taken[i]))
            (void)sigaddset(&set, taken[i]);
    int fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    if (fd < 0) {
        int errnum = errno;
        return error_set(error, ERROR_SYSTEM, errnum,
                         "preparing for signals: %s; the dashboard did not start",
                         strerror(errnum));
    }
    signals->fd = fd;
    (void)sigprocmask(SIG_BLOCK, &set, &signals->saved_mask);
    (void)sigaction(SIGPIPE, &ignore, &signals->saved_pipe);
    return 0;
}

void signals_close(struct signals *signals)
{
    int number;
    while (signals_next(signals, &number))
        ;
    (void)close(signals->fd);
    (void)sigaction(SIGPIPE, &signals->saved_pipe, NULL);
    (void)sigprocmask(SIG_SETMASK, &signals->saved_mask, NULL);
}

bool signals_next(struct signals *signals, int *ret_signal)
{
    struct signalfd_siginfo info;
    if (read(signals->fd, &info, sizeof(info)) != (ssize_t)sizeof(info))
        return false;
    *ret_signal = (int)info.ssi_signo;
    return true;
}
