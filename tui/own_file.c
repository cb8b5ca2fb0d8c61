#include "tui/own_file.h"

#include "core/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DIRS_MOST = 3 }; /* .local, state, slotop: a home that is not there is not made */

/* Makes what is missing above the last slash (`path` is changed and put back meanwhile), unless
 * more is missing than ours. */
static bool make_dirs(char *path)
{
    int missing = 0;
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        missing += access(path, F_OK) != 0;
        *slash = '/';
    }
    char *last = strrchr(path + 1, '/');
    if (missing > DIRS_MOST || !last)
        return missing <= DIRS_MOST;
    *last = '\0';
    bool is_there = file_make_dirs(path, 0700, NULL) == 0;
    *last = '/';
    return is_there;
}

static int open_regular(const char *path, bool anew)
{
    struct stat status;
    int fd = open(
        path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0600);
    if (fd < 0)
        return -1;
    if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && (!anew || ftruncate(fd, 0) == 0))
        return fd;
    (void)close(fd);
    return -1;
}

bool own_file_append(const char *path, struct str text, bool anew)
{
    struct buffer copy = {0};
    buffer_addf(&copy, "%s", path);
    int fd = !copy.failed && path[0] == '/' && make_dirs(copy.data) ? open_regular(path, anew) : -1;
    buffer_done(&copy);
    if (fd < 0)
        return false;
    bool is_written = write(fd, text.data, text.len) == (ssize_t)text.len;
    return close(fd) == 0 && is_written;
}
