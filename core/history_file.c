/* The file of the history: appended to by whoever watches, rotated, read. */
#include "core/history_part.h"

#include "core/file.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { OPEN_TRIES = 3 }; /* rotated by others at the very moment */

/* A file that is being appended to. */
struct appending {
    struct buffer dir; /* of the file */
    const char *path;  /* for messages */
    const char *name;
    int dir_fd, fd;
    off_t size;
};

static int fail(const char *doing, const char *path, int errnum, struct error *error)
{
    return error_set(error, error_kind_of(errnum), errnum,
                     "what happened is not kept for later: %s %s: %s", doing, path,
                     strerror(errnum));
}

/* For nobody else to read. */
static int make_dir(const char *dir, struct error *error)
{
    struct error trouble = {0};
    int result = file_make_dirs(dir, 0700, &trouble);
    return result == 0 ? 0
                       : error_set(error, trouble.kind, -result,
                                   "what happened is not kept for later: %s", trouble.text);
}

static int open_dir(struct appending *to, struct error *error)
{
    const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    struct stat info;
    to->dir_fd = open(to->dir.data, flags);
    if (to->dir_fd < 0 && errno == ENOENT) {
        int result = make_dir(to->dir.data, error);
        if (result != 0)
            return result;
        to->dir_fd = open(to->dir.data, flags);
    }
    if (to->dir_fd < 0)
        return fail("opening", to->dir.data, errno, error);
    if (fstat(to->dir_fd, &info) == 0 && (info.st_mode & 077) && fchmod(to->dir_fd, 0700) != 0)
        return fail("closing to others", to->dir.data, errno, error);
    return 0;
}

static int open_file(struct appending *to, struct error *error)
{
    const int flags = O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
    struct stat info;
    to->fd = openat(to->dir_fd, to->name, flags, 0600);
    if (to->fd < 0 || fstat(to->fd, &info) != 0)
        return fail("opening", to->path, errno, error);
    if (!S_ISREG(info.st_mode))
        return fail("opening", to->path, ENOTSUP, error);
    if ((info.st_mode & 077) && fchmod(to->fd, 0600) != 0)
        return fail("closing to others", to->path, errno, error);
    to->size = info.st_size;
    return 0;
}

static void close_file(struct appending *to)
{
    if (to->fd >= 0)
        (void)close(to->fd);
    to->fd = -1;
}

/* Gives the file its old name, unless another program is about to do that, or has done it: then
 * the name is another file's. Who still has it open may append to it all the same. */
static int rotate(const struct appending *to, struct error *error)
{
    struct buffer old_name = {0};
    struct stat by_fd, by_name;
    int result = 0;
    if (flock(to->fd, LOCK_EX | LOCK_NB) != 0)
        return 0;
    buffer_addf(&old_name, "%s.1", to->name);
    if (old_name.failed)
        result = error_no_memory(error, "keeping what happened to the registry");
    else if (fstat(to->fd, &by_fd) == 0 &&
             fstatat(to->dir_fd, to->name, &by_name, AT_SYMLINK_NOFOLLOW) == 0 &&
             by_fd.st_dev == by_name.st_dev && by_fd.st_ino == by_name.st_ino &&
             renameat(to->dir_fd, to->name, to->dir_fd, old_name.data) != 0)
        result = fail("rotating", to->path, errno, error);
    buffer_done(&old_name);
    return result;
}

/* The file that `len` bytes are appended to. */
static int open_for(struct appending *to, size_t len, struct error *error)
{
    for (int tries = 0;; tries++) {
        int result = open_file(to, error);
        bool fits = result != 0 || to->size == 0 || (size_t)to->size + len <= HISTORY_FILE_BYTES;
        if (fits || tries == OPEN_TRIES)
            return result;
        result = rotate(to, error);
        close_file(to);
        if (result != 0)
            return result;
    }
}

/* A line that somebody could not write to its end. */
static bool ends_torn(const struct appending *to)
{
    char last;
    return to->size > 0 && pread(to->fd, &last, 1, to->size - 1) == 1 && last != '\n';
}

static int append(struct appending *to, struct str lines, struct error *error)
{
    struct buffer text = {0};
    int result = open_dir(to, error);
    if (result == 0)
        result = open_for(to, lines.len + 1, error);
    if (result != 0)
        return result;
    buffer_add_str(&text, ends_torn(to) ? STR("\n") : STR(""));
    buffer_add_str(&text, lines);
    if (text.failed) {
        result = error_no_memory(error, "keeping what happened to the registry");
    } else {
        ssize_t written = write(to->fd, text.data, text.len);
        if (written != (ssize_t)text.len)
            result = fail("writing", to->path, written < 0 ? errno : ENOSPC, error);
    }
    buffer_done(&text);
    return result;
}

int history_file_append(const char *path, struct str lines, struct error *error)
{
    const char *slash = strrchr(path, '/');
    struct appending to = {.path = path, .dir_fd = -1, .fd = -1};
    assert(slash && slash[1]);
    to.name = slash + 1;
    buffer_add(&to.dir, path, slash == path ? 1 : (size_t)(slash - path));
    int result = to.dir.failed ? error_no_memory(error, "keeping what happened to the registry")
                               : append(&to, lines, error);
    close_file(&to);
    if (to.dir_fd >= 0)
        (void)close(to.dir_fd);
    buffer_done(&to.dir);
    return result;
}

/* Events that are being read. */
struct reading {
    struct events events;
    size_t capacity;
};

static int take_line(struct reading *reading, struct str line)
{
    struct events *events = &reading->events;
    if (events->count == reading->capacity) {
        size_t capacity = reading->capacity ? 2 * reading->capacity : 64;
        struct history_event *items = arena_alloc(&events->arena, capacity * sizeof(*items));
        if (!items)
            return -ENOMEM;
        if (events->count > 0)
            memcpy(items, events->items, events->count * sizeof(*items));
        events->items = items;
        reading->capacity = capacity;
    }
    int result = event_read_json(line, &events->arena, &events->items[events->count]);
    if (result > 0)
        events->count++;
    return result < 0 ? result : 0;
}

static int take_lines(struct reading *reading, struct str text)
{
    int result = 0;
    while (result == 0 && text.len > 0) {
        const char *newline = memchr(text.data, '\n', text.len);
        size_t len = newline ? (size_t)(newline - text.data) : text.len;
        if (len > 0 && len < HISTORY_LINE_BYTES)
            result = take_line(reading, (struct str){text.data, len});
        text.data += newline ? len + 1 : len;
        text.len -= newline ? len + 1 : len;
    }
    return result;
}

/* The bytes of a file; none where it is missing. */
static int load(const char *path, const char *suffix, struct buffer *content, struct error *error)
{
    struct buffer name = {0};
    int fd = -1;
    buffer_addf(&name, "%s%s", path, suffix);
    int result = name.failed ? error_no_memory(error, "reading what happened to the registry")
                             : file_open(name.data, O_RDONLY | O_NOFOLLOW, &fd, error);
    if (result == 0) {
        result = file_read(fd, name.data, FILE_SIDE_LIMIT_BYTES, content, error);
        (void)close(fd);
    }
    buffer_done(&name);
    return result == -ENOENT || result == -ENOTDIR ? 0 : result;
}

int history_file_read(const char *path, struct events *ret_events, struct error *error)
{
    struct reading reading = {0};
    struct buffer newer = {0}, older = {0};
    /* In this order a rotation meanwhile shows lines twice, which readers bear. */
    int trouble = load(path, "", &newer, error);
    int older_trouble = load(path, ".1", &older, trouble ? NULL : error);
    trouble = trouble ? trouble : older_trouble;
    int result = trouble == -ENOMEM || older_trouble == -ENOMEM ? -ENOMEM : 0;
    if (result == 0)
        result = take_lines(&reading, buffer_str(&older));
    if (result == 0)
        result = take_lines(&reading, buffer_str(&newer));
    buffer_done(&newer);
    buffer_done(&older);
    if (result != 0) {
        events_done(&reading.events);
        return error_no_memory(error, "reading what happened to the registry");
    }
    *ret_events = reading.events;
    return trouble;
}
