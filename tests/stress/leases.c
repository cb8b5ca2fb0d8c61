#include "tests/stress/edits.h"

#include "core/json.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

struct lease_watch lease_watch;

int __real_fcntl(int fd, int command, ...);
int __wrap_fcntl(int fd, int command, ...);

/* While the lease is held nobody else has the file open, so what does not parse now is of our own
 * making, if it parsed when we took it. */
static bool parses(int fd)
{
    static char text[1 << 20];
    ssize_t len = pread(fd, text, sizeof(text), 0);
    return len > 0 && json_check((struct str){text, (size_t)len}, NULL);
}

/* The raw calls: this may be a child on its parent's memory, which must not allocate. */
static void strike_from(enum strike_at now)
{
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL,
                             .sigev_signo = lease_watch.signal_number};
    struct itimerspec when = {.it_value = {.tv_nsec = 1 + 1000 * lease_watch.strike_after_us}};
    int timer = 0;
    if (lease_watch.strike_at != now || *lease_watch.is_struck)
        return;
    *lease_watch.is_struck = true;
    if (syscall(SYS_timer_create, CLOCK_MONOTONIC, &event, &timer) == 0)
        (void)syscall(SYS_timer_settime, timer, 0, &when, NULL);
}

static int set_lease(int fd, int type)
{
    static bool parsed;
    if (lease_watch.refuse) {
        lease_watch.refused++;
        errno = EINVAL;
        return -1;
    }
    if (lease_watch.prove && type == F_UNLCK) {
        lease_watch.proved++;
        lease_watch.caused += parsed && !parses(fd);
    }
    int result = __real_fcntl(fd, F_SETLEASE, type);
    if (result == 0 && lease_watch.prove && type == F_WRLCK)
        parsed = parses(fd);
    if (result == 0 && type == F_WRLCK)
        strike_from(STRIKE_AT_GRANT);
    return result;
}

static int get_lease(int fd)
{
    int type = __real_fcntl(fd, F_GETLEASE);
    strike_from(type == F_RDLCK ? STRIKE_AT_WRITE : STRIKE_AT_FENCE);
    return type;
}

int __wrap_fcntl(int fd, int command, ...)
{
    va_list arguments;
    if (command == F_GETLEASE)
        return get_lease(fd);
    va_start(arguments, command);
    int result;
    if (command == F_SETLEASE)
        result = set_lease(fd, va_arg(arguments, int));
    else
        result = __real_fcntl(fd, command, va_arg(arguments, void *));
    va_end(arguments);
    return result;
}
