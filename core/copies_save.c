/* A new copy: written without a name, given one when it is whole, the oldest taken away. */
#include "core/copies_part.h"

#include "core/file.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { KEPT_ALWAYS = 2, NAME_TRIES = 100 };

static int fail(struct error *error, const char *doing, const char *path)
{
    int errnum = errno;
    return error_set(error, error_kind_of(errnum), errnum, "%s %s: %s", doing, path,
                     strerror(errnum));
}

int copies_open_dir(const char *dir, int *ret_fd, struct error *error)
{
    int result = file_make_dirs(dir, 0700, error);
    if (result != 0)
        return result;
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return fail(error, "opening", dir);
    *ret_fd = fd;
    return 0;
}

/* True when the newest copy is this text. */
static bool is_newest(const char *dir, const struct copies *copies, struct str text)
{
    struct buffer newest = {0};
    bool same = copies->count > 0 && copies->items[0].bytes == text.len &&
                copies_read(dir, copies->items[0].name, &newest, NULL) == 0 &&
                str_equal(buffer_str(&newest), text);
    buffer_done(&newest);
    return same;
}

/* A temporary name that a process of our number left behind is in nobody's use. */
int copies_open_nameless(int dir_fd, char name[COPIES_NAME_SIZE])
{
    name[0] = '\0';
    int fd = openat(dir_fd, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != ENOENT && errno != EINVAL))
        return fd;
    (void)snprintf(name, COPIES_NAME_SIZE, ".new-%ld", (long)getpid());
    (void)unlinkat(dir_fd, name, 0);
    return openat(dir_fd, name, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0600);
}

bool copies_give_name(int dir_fd, int fd, const char *temporary, const char *name)
{
    char self[64];
    (void)snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
    return (temporary[0] ? linkat(dir_fd, temporary, dir_fd, name, 0)
                         : linkat(AT_FDCWD, self, dir_fd, name, AT_SYMLINK_FOLLOW)) == 0;
}

/* Gives the file the first free name from `copy->number` on. */
static bool give_number(int dir_fd, int fd, const char *temporary, struct copy *copy)
{
    for (int tries = 0; tries < NAME_TRIES; tries++, copy->number++) {
        (void)snprintf(copy->name, sizeof(copy->name), "%07" PRIu64 "-%" PRId64 "-%s.json",
                       copy->number, copy->saved_ms, copy->reason);
        bool is_named = copies_give_name(dir_fd, fd, temporary, copy->name);
        if (is_named || errno != EEXIST)
            return is_named;
    }
    return false;
}

static int write_copy(const char *dir, int dir_fd, struct str text, struct copy *copy,
                      struct error *error)
{
    char temporary[COPIES_NAME_SIZE];
    int fd = copies_open_nameless(dir_fd, temporary);
    if (fd < 0)
        return fail(error, "making a file in", dir);
    int result = file_write_at(fd, dir, text, 0, error);
    if (result == 0 && (fsync(fd) != 0 || !give_number(dir_fd, fd, temporary, copy)))
        result = fail(error, "keeping a copy in", dir);
    if (temporary[0])
        (void)unlinkat(dir_fd, temporary, 0);
    (void)close(fd);
    if (result == 0)
        (void)fsync(dir_fd); /* without it a power failure takes the name: the copy is absent */
    return result;
}

static bool is_of_loss(const struct copy *copy)
{
    return strcmp(copy->reason, COPIES_WIPED) == 0 || strcmp(copy->reason, COPIES_TORN) == 0;
}

static bool is_of_gc(const struct copy *copy)
{
    return strcmp(copy->reason, COPIES_BEFORE_GC) == 0;
}

/* Takes away the oldest beyond the limits. `copies` are those before the newest. */
static void prune(int dir_fd, const struct copies *copies, const struct copy *newest)
{
    uint64_t total = newest->bytes;
    size_t kept = 1, kept_of_gc = is_of_gc(newest);
    bool has_loss = is_of_loss(newest);
    for (size_t i = 0; i < copies->count; i++) {
        const struct copy *copy = &copies->items[i];
        bool is_newest_loss = !has_loss && is_of_loss(copy);
        has_loss = has_loss || is_newest_loss;
        kept_of_gc += is_of_gc(copy);
        bool is_spare = is_of_gc(copy) && kept_of_gc > COPIES_GC_MAX;
        bool has_room = !is_spare && kept < COPIES_MAX && total + copy->bytes <= COPIES_TOTAL_BYTES;
        if (has_room || kept < KEPT_ALWAYS || is_newest_loss) {
            kept++;
            total += copy->bytes;
        } else {
            (void)unlinkat(dir_fd, copy->name, 0);
        }
    }
}

int copies_save(const char *dir, struct str text, int64_t now_ms, const char *reason,
                struct error *error)
{
    struct copies copies = {0};
    struct error trouble;
    struct copy copy = {.number = 1, .saved_ms = now_ms > 0 ? now_ms : 0, .bytes = text.len};
    int dir_fd = -1;
    size_t letters = strlen(reason);
    assert(letters > 0 && letters <= COPIES_REASON_MAX);
    memcpy(copy.reason, reason, letters);
    int result = copies_open_dir(dir, &dir_fd, &trouble);
    if (result == 0)
        result = copies_scan(dir, &copies, &trouble);
    if (result != 0 || is_newest(dir, &copies, text))
        goto done;
    if (copies.count > 0)
        copy.number = copies.items[0].number + 1;
    result = write_copy(dir, dir_fd, text, &copy, &trouble);
    if (result == 0)
        prune(dir_fd, &copies, &copy);
done:
    if (dir_fd >= 0)
        (void)close(dir_fd);
    copies_done(&copies);
    if (result != 0)
        (void)error_set(error, trouble.kind, -result, "no copy of the registry was kept: %s",
                        result == -ENOMEM ? "out of memory" : trouble.text);
    return result;
}
