#include "core/leased.h"

#include "core/file.h"
#include "core/lease.h"
#include "core/unleased.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { CHILD_STACK_BYTES = 128 << 10 };

static enum leased_result fail(struct leased *job, enum leased_result result)
{
    job->errnum = errno;
    return result;
}

static bool write_bytes(int fd, struct str bytes, uint64_t offset)
{
    for (size_t done = 0; done < bytes.len;) {
        ssize_t put = pwrite(fd, bytes.data + done, bytes.len - done, (off_t)(offset + done));
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0) {
            errno = put < 0 ? errno : EIO;
            return false;
        }
        done += (size_t)put;
    }
    return true;
}

static bool crosses_page(uint64_t offset, size_t len)
{
    return offset / LEASED_PAGE_BYTES != (offset + len - 1) / LEASED_PAGE_BYTES;
}

/*
 * One store instruction over the edge of two pages: a signal comes before it or after it. `size`
 * is the file's. False where the file system has no such mappings, or the file is too short.
 */
static bool store_over_edge(int fd, struct str bytes, uint64_t offset, uint64_t size)
{
    typedef unsigned char lane __attribute__((vector_size(LEASED_STORE_BYTES), aligned(1)));
    uint64_t edge = (offset + bytes.len - 1) / LEASED_PAGE_BYTES * LEASED_PAGE_BYTES;
    uint64_t start = offset + LEASED_STORE_BYTES <= size ? offset : size - LEASED_STORE_BYTES;
    uint64_t base = edge - LEASED_PAGE_BYTES;
    uint64_t system_page = (uint64_t)sysconf(_SC_PAGESIZE);
    base = base / system_page * system_page;
    if (start > offset || start >= edge)
        return false;
    size_t map_len = (size_t)(edge + LEASED_PAGE_BYTES - base);
    unsigned char *map = mmap(NULL, map_len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, (off_t)base);
    if (map == MAP_FAILED)
        return false;
    lane value;
    memcpy(&value, map + (start - base), sizeof(value));
    memcpy((unsigned char *)&value + (offset - start), bytes.data, bytes.len);
    *(volatile lane *)(map + (start - base)) = value;
    (void)munmap(map, map_len);
    return true;
}

static bool can_store_over_edge(const struct leased *job, const struct step *step)
{
    return step->text.len > 0 && step->text.len <= LEASED_STORE_BYTES &&
           crosses_page(step->offset, step->text.len) &&
           job->expected.len + job->grows_by >= LEASED_STORE_BYTES;
}

static bool write_step(const struct leased *job, int fd, const struct step *step)
{
    uint64_t size = job->expected.len + job->grows_by;
    if (can_store_over_edge(job, step) && store_over_edge(fd, step->text, step->offset, size))
        return true;
    return write_bytes(fd, step->text, step->offset);
}

/* White space behind the document: whatever part of it is written, the text parses as before. */
static bool write_growth(const struct leased *job, int fd)
{
    char spaces[1024];
    memset(spaces, ' ', sizeof(spaces));
    for (uint64_t done = 0; done < job->grows_by;) {
        uint64_t left = job->grows_by - done;
        struct str part = {spaces, left < sizeof(spaces) ? (size_t)left : sizeof(spaces)};
        if (!write_bytes(fd, part, job->expected.len + done))
            return false;
        done += part.len;
    }
    return true;
}

/* Lays what `step` writes over the part of it that is in the `len` bytes at `offset`. */
static void lay_over(const struct step *step, uint64_t offset, char *bytes, size_t len)
{
    uint64_t from = step->offset > offset ? step->offset : offset;
    uint64_t to = step->offset + step->text.len;
    if (to > offset + len)
        to = offset + len;
    if (from < to)
        memcpy(bytes + (from - offset), step->text.data + (from - step->offset), to - from);
}

/* What stood there before step `index`: the old text and the white space behind it, with the steps
 * before laid over. */
static void recall(const struct leased *job, size_t index, uint64_t offset, char *bytes, size_t len)
{
    const struct step old = {.text = job->expected};
    memset(bytes, ' ', len);
    lay_over(&old, offset, bytes, len);
    for (size_t i = 0; i < index; i++)
        lay_over(&job->steps[i], offset, bytes, len);
}

static bool undo_step(const struct leased *job, int fd, size_t index)
{
    char bytes[LEASED_PAGE_BYTES];
    const struct step *step = &job->steps[index];
    for (size_t done = 0; done < step->text.len;) {
        size_t left = step->text.len - done, len = left < sizeof(bytes) ? left : sizeof(bytes);
        struct step back = {.offset = step->offset + done, .text = {bytes, len}};
        recall(job, index, back.offset, bytes, len);
        if (!write_step(job, fd, &back))
            return false;
        done += len;
    }
    return true;
}

static bool cut(int fd, size_t len)
{
    int result;
    do
        result = ftruncate(fd, (off_t)len);
    while (result != 0 && errno == EINTR);
    return result == 0;
}

/* Goes back the way it came, so that here too the text parses after every step; and stops where
 * that fails, since cutting off what is not undone could tear it. */
static bool undo(const struct leased *job, int fd, size_t begun)
{
    while (begun > 0 && undo_step(job, fd, begun - 1))
        begun--;
    return begun == 0 && (job->grows_by == 0 || cut(fd, job->expected.len));
}

/* The whole file, white space included: what was written could hide what was not. */
static bool is_written(const struct leased *job, int fd)
{
    char bytes[LEASED_PAGE_BYTES];
    uint64_t size = job->expected.len + job->grows_by;
    for (uint64_t at = 0; at < size; at += sizeof(bytes)) {
        size_t len = size - at < sizeof(bytes) ? (size_t)(size - at) : sizeof(bytes);
        recall(job, job->step_count, at, bytes, len);
        if (!file_holds(fd, (struct str){bytes, len}, at))
            return false;
    }
    return true;
}

static enum leased_result write_all(struct leased *job, int fd)
{
    size_t begun = 0;
    job->wrote = true;
    bool good = write_growth(job, fd);
    while (good && begun < job->step_count)
        good = write_step(job, fd, &job->steps[begun++]);
    if (!good) {
        (void)fail(job, LEASED_WRITE_FAILED);
        job->restored = undo(job, fd, begun);
        return LEASED_WRITE_FAILED;
    }
    return is_written(job, fd) ? LEASED_DONE : fail(job, LEASED_VERIFY_FAILED);
}

static enum leased_result check_and_write(struct leased *job, int fd, const struct lease *lease)
{
    struct stat by_fd, by_path;
    if (fstat(fd, &by_fd) != 0)
        return fail(job, LEASED_READ_FAILED);
    if (stat(job->path, &by_path) != 0 || by_path.st_dev != by_fd.st_dev ||
        by_path.st_ino != by_fd.st_ino || (uint64_t)by_fd.st_size != job->expected.len)
        return LEASED_CHANGED;
    bool is_small = job->without_lease && unleased_is_small(job);
    if (job->without_lease && !is_small && job->step_count > 0 && !unleased_is_quiet(fd))
        return LEASED_NOT_QUIET;
    if (!file_holds(fd, job->expected, 0))
        return errno == 0 ? LEASED_CHANGED : fail(job, LEASED_READ_FAILED);
    if (is_small)
        return unleased_store(job, fd);
    if (lease && lease_fence(lease, job->fence_ms) == LEASE_WRITER)
        return LEASED_CHANGED;
    return write_all(job, fd);
}

static int open_file(const char *path)
{
    int fd;
    do
        fd = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    while (fd < 0 && errno == EINTR);
    return fd;
}

static void edit(struct leased *job)
{
    struct lease lease = {.fd = -1};
    int fd = open_file(job->path);
    if (fd < 0) {
        bool is_leased = errno == EWOULDBLOCK; /* by another slotop */
        job->result = fail(job, is_leased ? LEASED_BUSY : LEASED_OPEN_FAILED);
        return;
    }
    enum lease_result taken =
        job->without_lease ? LEASE_HELD : lease_take(&lease, fd, &job->errnum);
    if (taken == LEASE_HELD)
        job->result = check_and_write(job, fd, job->without_lease ? NULL : &lease);
    else
        job->result = taken == LEASE_BUSY ? LEASED_BUSY : LEASED_UNSUPPORTED;
    lease_drop(&lease);
    if (job->result == LEASED_DONE && file_sync(fd) != 0)
        job->result = fail(job, LEASED_SYNC_FAILED);
    (void)close(fd);
}

/* The raw calls: the C library's timer_create may allocate, which a child on our memory must not.
 */
static void start_kill_timer(int block_ms)
{
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGKILL};
    struct itimerspec when = {
        .it_value = {.tv_sec = block_ms / 1000, .tv_nsec = block_ms % 1000 * 1000000L}};
    int timer = 0;
    if (syscall(SYS_timer_create, CLOCK_MONOTONIC, &event, &timer) == 0)
        (void)syscall(SYS_timer_settime, timer, 0, &when, NULL);
}

static int child_main(void *argument)
{
    struct leased *job = argument;
    int block_ms =
        job->fence_ms > LEASED_BLOCK_MS / 2 ? job->fence_ms + LEASED_BLOCK_MS / 2 : LEASED_BLOCK_MS;
    if (!job->without_lease)
        start_kill_timer(block_ms);
    edit(job);
    return 0;
}

static bool maps_file(const struct leased *job)
{
    if (job->without_lease)
        return unleased_is_small(job);
    for (size_t i = 0; i < job->step_count; i++)
        if (can_store_over_edge(job, &job->steps[i]))
            return true;
    return false;
}

/* In a child that shares our memory, or (0) that has its own. */
static void run(struct leased *job, int clone_vm)
{
    char *stack = malloc(CHILD_STACK_BYTES);
    pid_t child = -1;
    if (stack)
        child = clone(child_main, stack + CHILD_STACK_BYTES, clone_vm | CLONE_VFORK | SIGCHLD, job);
    if (child < 0 && job->without_lease && maps_file(job))
        job->result = fail(job, LEASED_READ_FAILED);
    else if (child < 0)
        edit(job); /* no child to be had: here, with all signals waiting meanwhile */
    while (child > 0 && waitpid(child, NULL, __WALL) < 0 && errno == EINTR)
        continue;
    free(stack);
}

/* A mapping of the file keeps it open, and the lease with it, for as long as there is the memory
 * that it is in. With memory of its own a killed child takes it along. */
static void run_apart(struct leased *job)
{
    struct leased *shared =
        mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) {
        run(job, CLONE_VM);
        return;
    }
    *shared = *job;
    run(shared, 0);
    *job = *shared;
    (void)munmap(shared, sizeof(*shared));
}

static void run_once(struct leased *job)
{
    job->result = LEASED_KILLED;
    job->wrote = job->restored = false;
    if (maps_file(job))
        run_apart(job);
    else
        run(job, CLONE_VM);
}

/* True when `now` is the old text, with its white space behind it, after the first `done` steps. */
static bool is_after(const struct leased *job, size_t done, struct str now)
{
    char bytes[LEASED_PAGE_BYTES];
    for (size_t at = 0; at < now.len; at += sizeof(bytes)) {
        size_t len = now.len - at < sizeof(bytes) ? now.len - at : sizeof(bytes);
        recall(job, done, at, bytes, len);
        if (memcmp(bytes, now.data + at, len) != 0)
            return false;
    }
    return true;
}

/* Leaves of the job what a child that was ended has not done; false if the file is not as that
 * child left it. */
static bool resume(struct leased *job, struct str now)
{
    size_t done = 0;
    if (now.len < job->expected.len || now.len > job->expected.len + job->grows_by)
        return false;
    while (done < job->step_count && !is_after(job, done, now))
        done++;
    if (!is_after(job, done, now))
        return false;
    job->grows_by -= now.len - job->expected.len;
    job->expected = now;
    job->steps += done;
    job->step_count -= done;
    return true;
}

/* Runs again for as long as children are ended and leave something that can be gone on with. True
 * when a write was begun. */
static bool run_to_end(struct leased *rest, struct buffer now[2])
{
    run_once(rest);
    bool wrote = rest->wrote;
    size_t turn = 0, in_vain = 0;
    while (rest->result == LEASED_KILLED && in_vain++ < LEASED_RESUMES) {
        size_t step_count = rest->step_count;
        if (file_load(rest->path, FILE_LIMIT_BYTES, &now[turn], NULL) != 0 ||
            !resume(rest, buffer_str(&now[turn])))
            break;
        if (rest->step_count < step_count)
            in_vain = 0;
        turn = 1 - turn; /* the other is what `rest` expects now */
        run_once(rest);
        wrote |= rest->wrote;
    }
    return wrote;
}

enum leased_result leased_run(struct leased *job)
{
    struct buffer now[2] = {0};
    struct leased rest = *job;
    job->wrote = run_to_end(&rest, now);
    bool is_half_done = rest.step_count != job->step_count || rest.grows_by != job->grows_by;
    bool did_not_write = rest.result != LEASED_DONE && rest.result != LEASED_WRITE_FAILED &&
                         rest.result != LEASED_VERIFY_FAILED && rest.result != LEASED_SYNC_FAILED;
    job->result = is_half_done && did_not_write ? LEASED_KILLED : rest.result;
    job->errnum = rest.errnum;
    job->restored = rest.restored && !is_half_done;
    buffer_done(&now[0]);
    buffer_done(&now[1]);
    return job->result;
}
