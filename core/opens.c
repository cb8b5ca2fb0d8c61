#include "core/opens.h"

#include <errno.h>
#include <limits.h>
#include <sys/inotify.h>
#include <unistd.h>

void opens_init(struct opens *opens)
{
    *opens = (struct opens){.fd = -1, .wd = -1};
}

void opens_done(struct opens *opens)
{
    if (opens->fd >= 0)
        (void)close(opens->fd);
    opens_init(opens);
}

/* The watch ends with its file; a new file may get the same inode. */
static void notice_end(struct opens *opens, const char *events, size_t len)
{
    const struct inotify_event *event;
    for (size_t at = 0; at < len; at += sizeof(*event) + event->len) {
        event = (const void *)(events + at);
        if (event->wd == opens->wd && event->mask & IN_IGNORED)
            opens->wd = -1;
    }
}

static bool take_events(struct opens *opens)
{
    _Alignas(struct inotify_event) char events[4096];
    const ssize_t nearly_full = sizeof(events) - sizeof(struct inotify_event) - NAME_MAX - 1;
    bool any = false;
    ssize_t got;
    do {
        got = read(opens->fd, events, sizeof(events));
        any |= got > 0;
        if (got > 0)
            notice_end(opens, events, (size_t)got);
    } while (got > nearly_full || (got < 0 && errno == EINTR));
    return any;
}

/* Watches the file that the path leads to now. True when that is another one than before. */
static bool watch_file(struct opens *opens, const char *path, uint32_t mask)
{
    struct file_identity now = {0};
    if (file_identify(path, &now, NULL) == 0 && now.exists && opens->wd >= 0 &&
        now.device == opens->watched.device && now.inode == opens->watched.inode)
        return false;
    if (opens->wd >= 0)
        (void)inotify_rm_watch(opens->fd, opens->wd);
    opens->wd = inotify_add_watch(opens->fd, path, mask);
    opens->watched = now;
    return true;
}

/* Takes what came since the last time. False where the kernel does not tell. */
static bool look(struct opens *opens, const char *path, uint32_t mask, bool *ret_any)
{
    if (opens->fd < 0)
        opens->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (opens->fd < 0)
        return false;
    *ret_any = take_events(opens);
    if (watch_file(opens, path, mask)) {
        (void)take_events(opens); /* the end of the old watch among them */
        *ret_any = true;
    }
    return opens->wd >= 0;
}

void opens_look(struct opens *opens, const char *path, int64_t now_ms)
{
    bool any = false;
    (void)look(opens, path, IN_OPEN, &any);
    if (any)
        opens->last_ms = now_ms;
}

bool opens_begin(struct opens *opens, const char *path, const struct file_identity *file)
{
    bool ignored;
    return look(opens, path, IN_OPEN | IN_MODIFY, &ignored) && opens->watched.exists &&
           opens->watched.device == file->device && opens->watched.inode == file->inode;
}

bool opens_saw_nobody(struct opens *opens)
{
    return !take_events(opens);
}

bool opens_were_none(const struct opens *opens, int64_t now_ms, int span_ms)
{
    return opens->fd >= 0 && opens->wd >= 0 && now_ms - opens->last_ms >= span_ms;
}
