#include "tui/clock.h"

#include <sys/timerfd.h>
#include <time.h>

enum { MS_PER_S = 1000, NS_PER_MS = 1000000 };

static int64_t now_ms(clockid_t clock)
{
    struct timespec now = {0};
    (void)clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * MS_PER_S + now.tv_nsec / NS_PER_MS;
}

int64_t clock_epoch_ms(void)
{
    return now_ms(CLOCK_REALTIME);
}

int64_t clock_steady_ms(void)
{
    return now_ms(CLOCK_MONOTONIC);
}

int clock_open_set_fd(void)
{
    struct itimerspec never = {.it_value.tv_sec = (time_t)1 << 40};
    int fd = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
    if (fd >= 0)
        (void)timerfd_settime(fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &never, NULL);
    return fd;
}
