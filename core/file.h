/*
 * file.h - the file system calls that core makes, in one place.
 *
 * Guarantees: files are opened O_CLOEXEC|O_NONBLOCK|O_NOCTTY and must be regular, so a FIFO, a
 * socket or a device at a path never blocks us; reads have a limit in bytes; EINTR and short
 * reads and writes are handled; nothing here creates or truncates a file that exists.
 */
#ifndef SLOTOP_CORE_FILE_H
#define SLOTOP_CORE_FILE_H

#include "core/base.h"
#include "core/error.h"

#include <sys/types.h>

enum {
    FILE_LIMIT_BYTES = 536870888,     /* V8's longest string: beyond it the server fails too */
    FILE_SIDE_LIMIT_BYTES = 64 << 20, /* config, UI state and other documents around */
};

/* What tells two versions of a file apart without reading them. */
struct file_identity {
    bool exists;
    uint64_t device;
    uint64_t inode;
    uint64_t size_bytes;
    int64_t mtime_ns;
    int64_t ctime_ns;
    uint32_t mode; /* st_mode */
    uint32_t uid;
};

bool file_identity_equal(const struct file_identity *a, const struct file_identity *b);

/*
 * True when whatever is written to the file from now_ms on gives it another ctime than this: the
 * times of files are those of the kernel's last tick, up to 10 ms ago, and what was written in the
 * tick of the last write cannot be told from that. now_ms: epoch, at the time of `identity` or
 * before; 0: not known, and false. (A writer that has a mapping of the file changes no times.)
 */
enum { FILE_TICK_MS = 20 };
bool file_is_settled(const struct file_identity *identity, int64_t now_ms);

/* Waits; less when a signal comes. */
void file_pause_ms(int ms);

/* Fills *ret_identity from a path (links followed). A missing file is no error: exists = false. */
int file_identify(const char *path, struct file_identity *ret_identity, struct error *error);
int file_identify_fd(int fd, const char *path, struct file_identity *ret_identity,
                     struct error *error);

/*
 * Opens a regular file. `flags`: O_RDONLY or O_RDWR, and O_NOFOLLOW where the name is data.
 * Returns 0 with *ret_fd, or -errno: -ENOENT missing, -EACCES, -ELOOP, -EISDIR/-EINVAL not a
 * regular file (the sentence says what it is). The caller closes.
 */
int file_open(const char *path, int flags, int *ret_fd, struct error *error);

/*
 * Reads a whole descriptor from offset 0 into `content` (cleared first).
 * -EFBIG when it is longer than limit_bytes; -ENOMEM; -EIO and other errors of pread.
 */
int file_read(int fd, const char *path, size_t limit_bytes, struct buffer *content,
              struct error *error);

/* True when the file holds these bytes at `offset`; false with errno 0 when it just differs.
 * Allocates nothing. */
bool file_holds(int fd, struct str bytes, uint64_t offset);
/* fsync, again after a signal. 0, or -1 with errno. */
int file_sync(int fd);
/* file_open(O_RDONLY) and file_read; -ENOENT when missing (no sentence needed by most callers). */
int file_load(const char *path, size_t limit_bytes, struct buffer *content, struct error *error);

/* Writes all of `bytes` at `offset`; short writes are continued. On failure an unknown prefix of
 * `bytes` is in the file: the caller says so or repairs it. */
int file_write_at(int fd, const char *path, struct str bytes, uint64_t offset, struct error *error);

/* Makes the directory and those above it that are missing, with this mode less the umask. Errors:
 * -ENOMEM, and what mkdir(2) gives, with the directory that could not be made named; those above it
 * are there then. */
int file_make_dirs(const char *dir, mode_t mode, struct error *error);
/*
 * Makes a new file with this content that appears whole or not at all, and never replaces one:
 * written to a temporary name in the same directory, fsync, then link(2). -EEXIST when somebody
 * made the file meanwhile. Directories above are made (mode 0777 & ~umask, as the seed does).
 * mode 0666 & ~umask, as the server's. No temporary file is left, whatever happens short of
 * SIGKILL.
 */
int file_create_whole(const char *path, struct str content, struct error *error);

#endif
