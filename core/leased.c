/* What is done while the lease is held; and again where that was ended halfway. */
#include "core/leased_part.h"

#include "core/document_windows.h"
#include "core/file.h"
#include "core/lease.h"
#include "core/unleased.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    BUSY_TRIES = 20, /* within one try of the caller's: a server that saves all the time has the */
    BUSY_PAUSE_NS = 20000, /* file open half of it */
    SAVES_MAX = 8,         /* that are waited for; each takes microseconds */
    SAVE_SPINS = 2000,
    FOUND_MORE_BYTES = 64 << 10,
    ROOM_BYTES = (64 << 10) - 1, /* and a NUL; all of it stays in the processor's cache */
};

enum leased_result leased_fail(struct leased *job, enum leased_result result)
{
    job->errnum = errno;
    return result;
}

/* True when the path still leads to the open file, which has *ret_size bytes. */
static bool is_same_file(const struct leased *job, int fd, uint64_t *ret_size, int *ret_errno)
{
    struct stat by_fd, by_path;
    if (fstat(fd, &by_fd) != 0) {
        *ret_errno = errno;
        return false;
    }
    *ret_size = (uint64_t)by_fd.st_size;
    return stat(job->path, &by_path) == 0 && by_path.st_dev == by_fd.st_dev &&
           by_path.st_ino == by_fd.st_ino;
}

/* LEASED_DONE where the file holds what is expected. */
static enum leased_result check(struct leased *job, int fd, uint64_t size)
{
    if (size == job->expected.len + job->grown && leased_is(job, fd, job->done, size))
        return LEASED_DONE;
    return size != job->expected.len + job->grown || errno == 0
               ? LEASED_CHANGED
               : leased_fail(job, LEASED_READ_FAILED);
}

static bool read_found(struct leased *job, int fd, uint64_t size)
{
    struct buffer *found = &job->found;
    for (found->len = 0; found->len < size;) {
        ssize_t got = pread(fd, found->data + found->len, size - found->len, (off_t)found->len);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        found->len += (size_t)got;
    }
    found->data[found->len] = '\0';
    return true;
}

/* The server has saved since the caller looked, and cannot now: the moment to plan anew. */
static enum leased_result plan_anew(struct leased *job, int fd, uint64_t size)
{
    if (!job->plan_anew || size >= job->found.capacity || !read_found(job, fd, size) ||
        !leased_ask(job))
        return LEASED_CHANGED;
    job->planned_anew = true;
    return job->child && leased_maps_file(job) ? LEASED_CHANGED : LEASED_DONE;
}

static enum leased_result edit_leased(struct leased *job, int fd, const struct lease *lease,
                                      bool *ret_met_writer)
{
    uint64_t size = 0;
    int errnum = 0;
    bool is_same = is_same_file(job, fd, &size, &errnum);
    job->errnum = errnum;
    if (!is_same)
        return errnum != 0 ? LEASED_READ_FAILED : LEASED_CHANGED;
    enum leased_result result = check(job, fd, size);
    if (result == LEASED_CHANGED)
        result = plan_anew(job, fd, size);
    if (result != LEASED_DONE)
        return result;
    *ret_met_writer = lease_fence(lease, job->fence_ms) == LEASE_WRITER;
    return *ret_met_writer ? LEASED_CHANGED : leased_write(job, fd);
}

/* Takes the lease again as soon as the writer that was let in has saved and closed the file: what
 * comes next is most likely a reader. */
static bool await_save(struct leased *job, struct lease *lease, int fd)
{
    leased_start_clock(job);
    for (int spins = 0; spins < SAVE_SPINS; spins++) {
        if (lease_take(lease, fd, &job->errnum) == LEASE_HELD)
            return true;
        (void)sched_yield();
    }
    return false;
}

static enum leased_result edit_between_saves(struct leased *job, int fd, struct lease *lease)
{
    for (int saves = 0;; saves++) {
        bool met_writer = false;
        enum leased_result result = edit_leased(job, fd, lease, &met_writer);
        lease_drop(lease);
        if (!met_writer || !job->plan_anew || saves == SAVES_MAX || !await_save(job, lease, fd))
            return result;
    }
}

static enum leased_result edit_unleased(struct leased *job, int fd)
{
    uint64_t size = 0;
    int errnum = 0;
    bool is_same = is_same_file(job, fd, &size, &errnum);
    job->errnum = errnum;
    if (!is_same || size != job->expected.len + job->grown)
        return errnum != 0 ? LEASED_READ_FAILED : LEASED_CHANGED;
    bool is_small = unleased_is_small(job);
    if (!is_small && job->step_count > 0 && !unleased_is_quiet(fd))
        return LEASED_NOT_QUIET;
    enum leased_result result = check(job, fd, size);
    if (result != LEASED_DONE)
        return result;
    return is_small ? unleased_store(job, fd) : leased_write(job, fd);
}

static int open_file(const char *path)
{
    int fd;
    do
        fd = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    while (fd < 0 && errno == EINTR);
    return fd;
}

/* What a failed open(2) means. */
static enum leased_result refused(struct leased *job)
{
    bool is_leased = errno == EWOULDBLOCK; /* by another slotop */
    return leased_fail(job, is_leased ? LEASED_BUSY : LEASED_OPEN_FAILED);
}

/* Opens the file, and takes the lease on it: LEASED_DONE. Between the tries it is closed: two that
 * both kept it open would never get it. */
static enum leased_result open_leased(struct leased *job, int *ret_fd, struct lease *lease)
{
    const struct timespec pause = {.tv_nsec = BUSY_PAUSE_NS};
    leased_start_clock(job);
    for (int tries = 1;; tries++) {
        int fd = open_file(job->path);
        if (fd < 0)
            return refused(job);
        enum lease_result taken = lease_take(lease, fd, &job->errnum);
        if (taken == LEASE_HELD) {
            *ret_fd = fd;
            return LEASED_DONE;
        }
        (void)close(fd);
        if (taken == LEASE_UNSUPPORTED || tries == BUSY_TRIES)
            return taken == LEASE_BUSY ? LEASED_BUSY : LEASED_UNSUPPORTED;
        (void)nanosleep(&pause, NULL);
    }
}

static enum leased_result open_unleased(struct leased *job, int *ret_fd)
{
    *ret_fd = open_file(job->path);
    return *ret_fd < 0 ? refused(job) : LEASED_DONE;
}

/* The result is noted at the end only: until then it says that this process was ended. */
void leased_edit(struct leased *job)
{
    struct lease lease = {.fd = -1};
    int fd = -1;
    enum leased_result result =
        job->without_lease ? open_unleased(job, &fd) : open_leased(job, &fd, &lease);
    if (result == LEASED_DONE) {
        result = job->without_lease ? edit_unleased(job, fd) : edit_between_saves(job, fd, &lease);
        if (result == LEASED_DONE && file_sync(fd) != 0)
            result = leased_fail(job, LEASED_SYNC_FAILED);
        (void)close(fd);
    }
    job->result = result;
}

/* Finds out how far a child came that was ended; false if the file is not as that child left it. */
static bool resume(struct leased *job)
{
    struct file_identity now;
    int fd = -1;
    bool is_known = false;
    if (file_open(job->path, O_RDONLY, &fd, NULL) != 0)
        return false;
    if (file_identify_fd(fd, job->path, &now, NULL) == 0) {
        for (size_t done = leased_made(job, fd); !is_known && done <= job->step_count; done++) {
            is_known = leased_is(job, fd, done, now.size_bytes);
            if (is_known)
                job->done = done;
        }
        if (is_known)
            job->grown = now.size_bytes - job->expected.len;
    }
    (void)close(fd);
    return is_known;
}

/* Runs again for as long as children are ended and leave something that can be gone on with. True
 * when a write was begun. */
static bool run_to_end(struct leased *job)
{
    leased_run_once(job);
    bool wrote = job->wrote;
    for (size_t in_vain = 0; job->result == LEASED_KILLED && in_vain < LEASED_RESUMES; in_vain++) {
        size_t done = job->done;
        if (!resume(job))
            break;
        if (job->done > done)
            in_vain = 0;
        if (job->done > 0 || job->grown > 0)
            job->plan_anew = NULL;
        leased_run_once(job);
        wrote |= job->wrote;
    }
    return wrote;
}

/* The child allocates nothing. */
static bool make_room(struct leased *job)
{
    size_t len = ROOM_BYTES;
    if (job->plan_anew && !buffer_reserve(&job->found, job->expected.len + FOUND_MORE_BYTES))
        job->plan_anew = NULL;
    if (!job->document)
        return true;
    if (len < document_verify_bytes(job->document))
        len = document_verify_bytes(job->document);
    return buffer_reserve(&job->room, len);
}

enum leased_result leased_run(struct leased *job)
{
    job->done = 0;
    job->grown = 0;
    job->wrote = false;
    job->errnum = ENOMEM;
    job->result = LEASED_READ_FAILED;
    if (make_room(job))
        job->wrote = run_to_end(job);
    bool is_half_done = job->done > 0 || job->grown > 0;
    bool did_not_write = job->result != LEASED_DONE && job->result != LEASED_WRITE_FAILED &&
                         job->result != LEASED_VERIFY_FAILED && job->result != LEASED_SYNC_FAILED;
    if (is_half_done && did_not_write)
        job->result = LEASED_KILLED;
    job->restored = job->restored && !is_half_done;
    buffer_done(&job->found);
    buffer_done(&job->room);
    return job->result;
}
