#include "core/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    CHUNK_BYTES = 16 << 10,
    READ_CHUNK_BYTES = 256 << 10,
    LEASED_RETRIES = 1000, /* of 1 ms: another slotop holds its lease for half a second at most */
    TEMP_NAME_TRIES = 100,
};

bool file_identity_equal(const struct file_identity *a, const struct file_identity *b)
{
    if (!a->exists || !b->exists)
        return a->exists == b->exists;
    return a->device == b->device && a->inode == b->inode && a->size_bytes == b->size_bytes &&
           a->mtime_ns == b->mtime_ns && a->ctime_ns == b->ctime_ns && a->mode == b->mode &&
           a->uid == b->uid;
}

bool file_is_settled(const struct file_identity *identity, int64_t now_ms)
{
    return now_ms > 0 && identity->ctime_ns / 1000000 + FILE_TICK_MS < now_ms;
}

static int64_t nanoseconds(struct timespec time)
{
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static struct file_identity identity_of(const struct stat *info)
{
    return (struct file_identity){
        .exists = true,
        .device = (uint64_t)info->st_dev,
        .inode = (uint64_t)info->st_ino,
        .size_bytes = (uint64_t)info->st_size,
        .mtime_ns = nanoseconds(info->st_mtim),
        .ctime_ns = nanoseconds(info->st_ctim),
        .mode = (uint32_t)info->st_mode,
        .uid = (uint32_t)info->st_uid,
    };
}

int file_identify(const char *path, struct file_identity *ret_identity, struct error *error)
{
    struct stat info;
    if (stat(path, &info) == 0) {
        *ret_identity = identity_of(&info);
        return 0;
    }
    int errnum = errno;
    if (errnum == ENOENT || errnum == ENOTDIR) {
        *ret_identity = (struct file_identity){0};
        return 0;
    }
    return error_set(error, error_kind_of(errnum), errnum, "looking at %s: %s", path,
                     strerror(errnum));
}

int file_identify_fd(int fd, const char *path, struct file_identity *ret_identity,
                     struct error *error)
{
    struct stat info;
    if (fstat(fd, &info) != 0) {
        int errnum = errno;
        return error_set(error, ERROR_SYSTEM, errnum, "looking at %s: %s", path, strerror(errnum));
    }
    *ret_identity = identity_of(&info);
    return 0;
}

static const char *type_name(mode_t mode)
{
    if (S_ISDIR(mode))
        return "a directory";
    if (S_ISFIFO(mode))
        return "a FIFO";
    if (S_ISSOCK(mode))
        return "a socket";
    return "a device";
}

static int refuse_irregular(const char *path, mode_t mode, struct error *error)
{
    return error_set(error, ERROR_UNUSABLE, S_ISDIR(mode) ? EISDIR : EINVAL,
                     "%s is %s, not a regular file", path, type_name(mode));
}

void file_pause_ms(int ms)
{
    struct timespec pause = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L};
    (void)nanosleep(&pause, NULL);
}

/* A file under another slotop's lease answers EWOULDBLOCK for as long as that edit takes. */
static int open_patiently(const char *path, int flags)
{
    for (int tries = 0;; tries++) {
        int fd = open(path, flags | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
        if (fd >= 0 || (errno != EWOULDBLOCK && errno != EINTR) || tries == LEASED_RETRIES)
            return fd;
        file_pause_ms(1);
    }
}

int file_open(const char *path, int flags, int *ret_fd, struct error *error)
{
    struct stat info;
    int fd = open_patiently(path, flags);
    if (fd < 0) {
        int errnum = errno;
        /* A FIFO without a peer, a socket or a directory opened for writing: say what it is. */
        if ((errnum == ENXIO || errnum == EISDIR) && stat(path, &info) == 0)
            return refuse_irregular(path, info.st_mode, error);
        return error_set(error, error_kind_of(errnum), errnum, "opening %s: %s", path,
                         strerror(errnum));
    }
    if (fstat(fd, &info) != 0) {
        int errnum = errno;
        (void)close(fd);
        return error_set(error, ERROR_SYSTEM, errnum, "looking at %s: %s", path, strerror(errnum));
    }
    if (!S_ISREG(info.st_mode)) {
        (void)close(fd);
        return refuse_irregular(path, info.st_mode, error);
    }
    *ret_fd = fd;
    return 0;
}

static int refuse_large(const char *path, size_t limit_bytes, struct error *error)
{
    return error_set(error, ERROR_UNUSABLE, EFBIG, "%s is larger than the limit of %zu MB", path,
                     limit_bytes / 1000000);
}

int file_read(int fd, const char *path, size_t limit_bytes, struct buffer *content,
              struct error *error)
{
    struct stat info;
    buffer_clear(content);
    if (fstat(fd, &info) == 0 && info.st_size > 0) {
        if ((uint64_t)info.st_size > limit_bytes)
            return refuse_large(path, limit_bytes, error);
        (void)buffer_reserve(content, (size_t)info.st_size + 1);
    }
    for (;;) {
        if (!buffer_reserve(content, READ_CHUNK_BYTES))
            return error_set(error, ERROR_SYSTEM, ENOMEM, "reading %s: out of memory", path);
        ssize_t got =
            pread(fd, content->data + content->len, READ_CHUNK_BYTES, (off_t)content->len);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            int errnum = errno;
            return error_set(error, ERROR_SYSTEM, errnum, "reading %s: %s", path, strerror(errnum));
        }
        if (got == 0)
            break;
        content->len += (size_t)got;
        if (content->len > limit_bytes)
            return refuse_large(path, limit_bytes, error);
    }
    content->data[content->len] = '\0';
    return 0;
}

bool file_holds(int fd, struct str bytes, uint64_t offset)
{
    char chunk[CHUNK_BYTES];
    for (size_t done = 0; done < bytes.len;) {
        size_t want = bytes.len - done < sizeof(chunk) ? bytes.len - done : sizeof(chunk);
        ssize_t got = pread(fd, chunk, want, (off_t)(offset + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return false;
        errno = 0;
        if (got == 0 || memcmp(chunk, bytes.data + done, (size_t)got) != 0)
            return false;
        done += (size_t)got;
    }
    return true;
}

int file_load(const char *path, size_t limit_bytes, struct buffer *content, struct error *error)
{
    int fd = -1;
    int result = file_open(path, O_RDONLY, &fd, error);
    if (result != 0)
        return result;
    result = file_read(fd, path, limit_bytes, content, error);
    (void)close(fd);
    return result;
}

int file_write_at(int fd, const char *path, struct str bytes, uint64_t offset, struct error *error)
{
    size_t done = 0;
    while (done < bytes.len) {
        ssize_t put = pwrite(fd, bytes.data + done, bytes.len - done, (off_t)(offset + done));
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0) {
            int errnum = put < 0 ? errno : EIO;
            return error_set(error, ERROR_SYSTEM, errnum, "writing %s: %s", path, strerror(errnum));
        }
        done += (size_t)put;
    }
    return 0;
}

/* Makes one directory of the path, which is cut off here for a moment. */
static int make_dir(char *path, char *end, mode_t mode, struct error *error)
{
    char cut = *end;
    *end = '\0';
    int errnum = mkdir(path, mode) == 0 || errno == EEXIST ? 0 : errno;
    if (errnum != 0)
        (void)error_set(error, error_kind_of(errnum), errnum, "making the directory %s: %s", path,
                        strerror(errnum));
    *end = cut;
    return -errnum;
}

int file_make_dirs(const char *dir, mode_t mode, struct error *error)
{
    struct buffer path = {0};
    buffer_add_str(&path, str_of(dir));
    int result = path.failed ? error_no_memory(error, "making a directory") : 0;
    for (size_t i = 1; result == 0 && i <= path.len; i++)
        if (i == path.len || path.data[i] == '/')
            result = make_dir(path.data, path.data + i, mode, error);
    buffer_done(&path);
    return result;
}

static int open_new(const char *path, int flags)
{
    int fd;
    do
        fd = open(path, flags, 0666);
    while (fd < 0 && errno == EINTR);
    return fd;
}

int file_sync(int fd)
{
    int result;
    do
        result = fsync(fd);
    while (result != 0 && errno == EINTR);
    return result;
}

/* A new, empty file without a name, or with a temporary one where the file system has no
 * O_TMPFILE. *name is empty or what must be unlinked. */
static int open_temporary(const char *path, char *directory, struct buffer *name)
{
    int fd = open_new(directory, O_TMPFILE | O_RDWR | O_CLOEXEC);
    if (fd >= 0)
        return fd;
    for (unsigned i = 0; i < TEMP_NAME_TRIES; i++) {
        buffer_clear(name);
        buffer_addf(name, "%s.slotop-%ld-%u", path, (long)getpid(), i);
        if (name->failed) {
            errno = ENOMEM;
            return -1;
        }
        fd = open_new(name->data, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC | O_NOFOLLOW);
        if (fd >= 0 || errno != EEXIST)
            break;
    }
    if (fd < 0)
        buffer_clear(name);
    return fd;
}

static int give_name(int fd, const char *temporary_name, const char *path)
{
    if (temporary_name[0])
        return link(temporary_name, path);
    char self[64];
    (void)snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
    return linkat(AT_FDCWD, self, AT_FDCWD, path, AT_SYMLINK_FOLLOW);
}

static int create_in(const char *path, char *directory, struct str content, struct error *error)
{
    struct buffer name = {0};
    int fd = open_temporary(path, directory, &name);
    if (fd < 0) {
        int errnum = errno;
        buffer_done(&name);
        return error_set(error, error_kind_of(errnum), errnum, "making a file in %s: %s", directory,
                         strerror(errnum));
    }
    int result = file_write_at(fd, path, content, 0, error);
    if (result == 0 &&
        (file_sync(fd) != 0 || give_name(fd, name.len ? name.data : "", path) != 0)) {
        int errnum = errno;
        result = error_set(error, errnum == EEXIST ? ERROR_CONFLICT : error_kind_of(errnum), errnum,
                           "making %s: %s", path, strerror(errnum));
    }
    if (name.len)
        (void)unlink(name.data);
    (void)close(fd);
    buffer_done(&name);
    return result;
}

int file_create_whole(const char *path, struct str content, struct error *error)
{
    char *directory = strdup(path);
    if (!directory)
        return error_no_memory(error, "making the registry");
    char *slash = strrchr(directory, '/');
    if (slash)
        slash[slash == directory ? 1 : 0] = '\0';
    int result = slash ? file_make_dirs(directory, 0777, error) : 0;
    if (result == 0)
        result = create_in(path, slash ? directory : ".", content, error);
    free(directory);
    return result;
}
