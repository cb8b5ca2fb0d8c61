#include "tui/job.h"

#include <signal.h>

void job_stop(void)
{
    struct sigaction action = {.sa_handler = SIG_DFL}, before;
    sigset_t stop, mask;
    (void)sigemptyset(&stop);
    (void)sigaddset(&stop, SIGTSTP);
    (void)sigaction(SIGTSTP, &action, &before);
    (void)sigprocmask(SIG_UNBLOCK, &stop, &mask);
    (void)kill(0, SIGTSTP);
    (void)sigprocmask(SIG_SETMASK, &mask, NULL);
    (void)sigaction(SIGTSTP, &before, NULL);
}
