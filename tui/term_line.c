#include "tui/term_line.h"

#include <sys/stat.h>
#include <sys/sysmacros.h>

/* The kernel's numbers for what is under /dev/pts. */
enum { PTS_MAJOR_FIRST = 136, PTS_MAJOR_LAST = 143 };

static bool is_pseudo_terminal(int fd)
{
    struct stat status;
    if (fstat(fd, &status) != 0 || !S_ISCHR(status.st_mode))
        return true;
    unsigned number = major(status.st_rdev);
    return number >= PTS_MAJOR_FIRST && number <= PTS_MAJOR_LAST;
}

bool term_line_is_slow(int fd, const struct termios *line)
{
    speed_t speed = cfgetospeed(line);
    if (speed == B0) /* hung up */
        return false;
    return is_pseudo_terminal(fd) ? speed < B9600 : speed <= B9600;
}
