#include "core/watch_hints.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/vfs.h>
#include <unistd.h>

enum {
    SELF_EVENTS = IN_DELETE_SELF | IN_MOVE_SELF,
    ENTRY_EVENTS = IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO,
    /* A directory that gets one stop deeper on every round is not the usual case. */
    ROUNDS_MAX = 64,
};

/* File systems on which others can change files without this kernel knowing. */
static const struct {
    uint32_t magic;
    const char *name;
} remote_systems[] = {
    {0x6969, "NFS"},        {0x517b, "SMB"},        {0xff534d42, "CIFS"},   {0xfe534d42, "SMB"},
    {0x01021997, "9P"},     {0x65735546, "FUSE"},   {0x00c36400, "Ceph"},   {0x5346414f, "AFS"},
    {0x6b414653, "AFS"},    {0x73757245, "Coda"},   {0x564c, "NCP"},        {0x0bd00bd0, "Lustre"},
    {0x47504653, "GPFS"},   {0x19830326, "BeeGFS"}, {0x7461636f, "OCFS2"},  {0x01161970, "GFS2"},
    {0x786f4256, "vboxsf"}, {0xbacbacbc, "vmhgfs"}, {0x7c7c6673, "prl_fs"},
};

void hints_init(struct hints *hints)
{
    *hints = (struct hints){.wait_fd = -1, .inotify_fd = -1, .mounts_fd = -1};
}

static void close_descriptor(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
    *fd = -1;
}

static void close_descriptors(struct hints *hints)
{
    close_descriptor(&hints->wait_fd);
    close_descriptor(&hints->inotify_fd);
    close_descriptor(&hints->mounts_fd);
}

void hints_done(struct hints *hints)
{
    close_descriptors(hints);
    route_done(&hints->route);
    route_done(&hints->scratch);
}

static void say_trouble(struct hints *hints, int errnum)
{
    const char *why = errnum == EMFILE   ? "limit of inotify instances or open files reached"
                      : errnum == ENFILE ? "system limit of open files reached"
                      : errnum == ENOSPC ? "inotify watch limit reached"
                      : errnum == EACCES ? "no permission to watch the directory"
                                         : NULL;
    if (why)
        (void)snprintf(hints->trouble, sizeof(hints->trouble), "%s", why);
    else
        (void)snprintf(hints->trouble, sizeof(hints->trouble), "inotify does not work here: %s",
                       strerror(errnum));
}

/* Opens what is not open yet. False with the trouble said where there is no inotify. */
static bool open_descriptors(struct hints *hints)
{
    if (hints->wait_fd >= 0)
        return true;
    hints->inotify_fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (hints->inotify_fd < 0)
        goto failed;
    hints->wait_fd = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event on_input = {.events = EPOLLIN};
    if (hints->wait_fd < 0 ||
        epoll_ctl(hints->wait_fd, EPOLL_CTL_ADD, hints->inotify_fd, &on_input) != 0)
        goto failed;
    /* Without the table of mounts a mount is noticed at the next watch_check(). */
    hints->mounts_fd = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
    struct epoll_event on_change = {.events = EPOLLPRI};
    if (hints->mounts_fd >= 0 &&
        epoll_ctl(hints->wait_fd, EPOLL_CTL_ADD, hints->mounts_fd, &on_change) != 0)
        close_descriptor(&hints->mounts_fd);
    return true;
failed:
    say_trouble(hints, errno);
    close_descriptors(hints);
    return false;
}

static uint32_t mask_of_stop(const struct route_stop *stop)
{
    unsigned roles = stop->roles;
    uint32_t mask = 0;
    if (roles & ROUTE_FILE)
        return IN_CLOSE_WRITE | IN_ATTRIB | SELF_EVENTS | IN_DONT_FOLLOW |
               (stop->is_stirred ? 0 : IN_MODIFY);
    if (roles & ROUTE_LAST)
        mask |= IN_CLOSE_WRITE | IN_ATTRIB;
    if (roles & (ROUTE_LOOKUP | ROUTE_LAST))
        mask |= ENTRY_EVENTS;
    return mask | SELF_EVENTS | IN_ONLYDIR | IN_DONT_FOLLOW;
}

/* Everything that was armed must be armed again: watches may be dead without our knowing. */
static void distrust_all(struct route *route)
{
    for (size_t i = 0; i < route->stop_count; i++)
        route->stops[i].is_armed = false;
}

/*
 * The names that one event concerns. An event of a number that is on no stop comes from a watch
 * that was given back. One that comes from before the number was used again costs a look too
 * many and, for IN_IGNORED, another inotify_add_watch() that changes nothing.
 */
static uint32_t take_event(struct hints *hints, const struct watch_target *target,
                           const struct inotify_event *event)
{
    struct route *route = &hints->route;
    if (event->mask & IN_Q_OVERFLOW) {
        distrust_all(route);
        return watch_target_all(target);
    }
    struct route_stop *stop = route_stop_of_wd(route, event->wd);
    if (!stop)
        return 0;
    if (event->mask & (IN_IGNORED | IN_UNMOUNT | SELF_EVENTS)) {
        stop->is_armed = false;
        if (event->mask & IN_IGNORED)
            stop->wd = -1;
        return stop->bits;
    }
    if (event->mask & IN_MODIFY) {
        stop->is_stirred = true;
        stop->is_armed = false;
        hints->loose |= stop->bits;
        return 0;
    }
    if (event->len == 0)
        return stop->bits;
    bool is_home = (size_t)(stop - route->stops) == route->home;
    bool is_directory = (event->mask & IN_ISDIR) && (event->mask & ENTRY_EVENTS);
    return route_bits_of_entry(route, stop, event->name) |
           (is_home && is_directory ? 1u << target->count : 0);
}

static uint32_t take_events(struct hints *hints, const struct watch_target *target)
{
    union {
        struct inotify_event aligned;
        char bytes[16 << 10];
    } buffer;
    uint32_t changed = 0;
    ssize_t len;
    while ((len = read(hints->inotify_fd, buffer.bytes, sizeof(buffer))) > 0) {
        for (ssize_t at = 0; at < len;) {
            const struct inotify_event *event = (const void *)(buffer.bytes + at);
            uint32_t told = take_event(hints, target, event);
            hints->loose &= ~told;
            changed |= told;
            at += (ssize_t)(sizeof(*event) + event->len);
        }
    }
    return changed;
}

static const char *remote_name(const char *path)
{
    struct statfs status;
    if (statfs(path, &status) != 0)
        return NULL;
    for (size_t i = 0; i < sizeof(remote_systems) / sizeof(*remote_systems); i++)
        if ((uint32_t)status.f_type == remote_systems[i].magic)
            return remote_systems[i].name;
    return NULL;
}

/* Brings a stop's watch in line with its roles. True when that changed something. */
static bool arm_stop(struct hints *hints, const struct route *route, struct route_stop *stop)
{
    const char *path = route_path(route, stop);
    if (stop->is_armed || stop->roles == 0)
        return false;
    int wd = inotify_add_watch(hints->inotify_fd, path, mask_of_stop(stop));
    stop->errnum = wd < 0 ? errno : 0;
    if (wd < 0)
        return stop->errnum == ENOENT || stop->errnum == ENOTDIR;
    if (stop->wd >= 0 && stop->wd != wd)
        (void)inotify_rm_watch(hints->inotify_fd, stop->wd);
    stop->wd = wd;
    stop->is_armed = true;
    stop->remote = stop->roles == ROUTE_PASSED ? NULL : remote_name(path);
    return true;
}

/* Moves to `stop` what is known of the same inode from the route before. */
static void inherit(struct route *before, struct route_stop *stop)
{
    struct route_stop *known = route_stop_of_inode(before, stop->device, stop->inode);
    if (!known)
        return;
    stop->wd = known->wd;
    stop->remote = known->remote;
    stop->is_stirred = known->is_stirred;
    stop->is_armed = known->is_armed && known->roles == stop->roles;
    known->wd = -1;
}

/* Lets go of the stops that left the route. True when a directory was among them. */
static bool disarm_rest(struct hints *hints, struct route *before, uint32_t *changed)
{
    bool has_left = false;
    for (size_t i = 0; i < before->stop_count; i++) {
        struct route_stop *stop = &before->stops[i];
        if (stop->wd < 0)
            continue;
        if (!route_stop_of_wd(&hints->route, stop->wd))
            (void)inotify_rm_watch(hints->inotify_fd, stop->wd);
        *changed |= stop->bits;
        has_left = has_left || !(stop->roles & ROUTE_FILE);
    }
    return has_left;
}

/*
 * Arms the route as it is now. *ret_again: directories were armed or left, so that the route may
 * have changed before the kernel watched it, and one more look is needed. Files alone need none:
 * the directories tell of their replacement.
 */
static int arm(struct hints *hints, const struct watch_target *target, uint32_t *changed,
               bool *ret_again)
{
    struct route before = hints->route;
    if (!route_find(&hints->scratch, target))
        return -ENOMEM;
    hints->route = hints->scratch;
    hints->scratch = before;
    bool again = false;
    for (size_t i = 0; i < hints->route.stop_count; i++) {
        struct route_stop *stop = &hints->route.stops[i];
        inherit(&hints->scratch, stop);
        bool is_new = stop->wd < 0;
        if (!arm_stop(hints, &hints->route, stop))
            continue;
        *changed |= is_new ? stop->bits : 0;
        again = again || !(stop->roles & ROUTE_FILE);
    }
    *ret_again = disarm_rest(hints, &hints->scratch, changed) || again;
    return 0;
}

/* Says the first reason why the events of the armed route are not enough. */
static void judge(struct hints *hints)
{
    hints->trouble[0] = '\0';
    for (size_t i = 0; i < hints->route.stop_count && !hints->trouble[0]; i++) {
        const struct route_stop *stop = &hints->route.stops[i];
        /* We may not watch what we may not read; the directory tells when that ends. */
        bool is_needed = stop->roles & (ROUTE_LOOKUP | ROUTE_LAST) || stop->errnum != EACCES;
        if (stop->errnum != 0 && is_needed)
            say_trouble(hints, stop->errnum);
        else if (stop->remote)
            (void)snprintf(hints->trouble, sizeof(hints->trouble),
                           "%s does not tell of changes made elsewhere", stop->remote);
    }
}

int hints_take(struct hints *hints, const struct watch_target *target, uint32_t *changed,
               struct error *error)
{
    bool again = true;
    if (!open_descriptors(hints))
        return 0;
    for (int round = 0; again && round < ROUNDS_MAX; round++) {
        *changed |= take_events(hints, target);
        if (arm(hints, target, changed, &again) != 0)
            return error_no_memory(error, "watching the state directory");
    }
    judge(hints);
    if (again)
        (void)snprintf(hints->trouble, sizeof(hints->trouble),
                       "the directories keep being replaced");
    return 0;
}

bool hints_are_stirred(const struct hints *hints)
{
    for (size_t i = 0; i < hints->route.stop_count; i++)
        if (hints->route.stops[i].is_stirred)
            return true;
    return false;
}

void hints_calm(struct hints *hints, uint32_t *changed)
{
    for (size_t i = 0; i < hints->route.stop_count; i++) {
        struct route_stop *stop = &hints->route.stops[i];
        stop->is_armed = stop->is_armed && !stop->is_stirred;
        stop->is_stirred = false;
    }
    *changed |= hints->loose;
    hints->loose = 0;
}
