#include "tui/term_read.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

enum { ESCAPE_DELAY_MS = 25 };

enum got { GOT_BYTES, GOT_NOTHING, GOT_END };

/* Reads what the terminal has sent, for which it waits so long. */
static enum got read_more(struct term_input *input, int fd, int wait_ms)
{
    struct pollfd terminal = {.fd = fd, .events = POLLIN};
    size_t room;
    char *bytes = term_input_room(input, &room);
    int ready = poll(&terminal, 1, wait_ms);
    if (ready <= 0)
        return ready < 0 && errno != EINTR ? GOT_END : GOT_NOTHING;
    if (!(terminal.revents & POLLIN))
        return GOT_END;
    ssize_t n = read(fd, bytes, room);
    if (n < 0)
        return errno == EINTR || errno == EAGAIN ? GOT_NOTHING : GOT_END;
    input->len += (size_t)n;
    return n > 0 ? GOT_BYTES : GOT_END;
}

bool term_read_event(struct term_input *input, int fd, struct event *ret_event)
{
    while (!term_input_next(input, false, ret_event)) {
        bool waits = term_input_waits(input);
        enum got got = read_more(input, fd, waits ? ESCAPE_DELAY_MS : 0);
        if (got == GOT_END) {
            *ret_event = (struct event){.kind = EVENT_INPUT_END};
            return true;
        }
        if (got == GOT_NOTHING && (!waits || term_input_next(input, true, ret_event)))
            return waits;
    }
    return true;
}
