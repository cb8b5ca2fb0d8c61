#include "tui/term_check.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <termcap.h>
#include <unistd.h>

int term_check(bool *ret_is_ansi, struct error *error)
{
    const char *name = getenv("TERM");
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
        return error_set(error, ERROR_USAGE, ENOTTY,
                         "the dashboard needs a terminal as standard input and output; "
                         "`slotop status` prints the same once");
    if (!name || !name[0])
        return error_set(error, ERROR_USAGE, ENOENT,
                         "TERM is not set; set TERM=xterm-256color, or run `slotop status`");
    if (tgetent(NULL, name) != 1)
        return error_set(error, ERROR_USAGE, ENOENT,
                         "TERM=%s is not known here; set TERM=xterm-256color", name);
    const char *cursor_motion = tgetstr("cm", NULL);
    if (!cursor_motion)
        return error_set(error, ERROR_USAGE, ENOENT,
                         "TERM=%s cannot place text on the screen; set TERM=xterm-256color, or "
                         "run `slotop status`",
                         name);
    *ret_is_ansi = strncmp(cursor_motion, "\033[", 2) == 0;
    return 0;
}
