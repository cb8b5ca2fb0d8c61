#include "tests/sweep/faults_part.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PAGE_BYTES = 4096 };

static const struct {
    const char *name;
    int errnos[10];
} calls[] = {
    [CALL_OPEN] = {"open to read", {EIO, EINTR, EMFILE, ENOMEM, EACCES}},
    [CALL_OPEN_WRITE] = {"open to write", {EIO, EINTR, EMFILE, ENOMEM, EACCES, EROFS}},
    [CALL_OPEN_NEW] = {"open to make",
                       {EIO, ENOSPC, EINTR, EMFILE, ENOMEM, EACCES, EROFS, EDQUOT, EOPNOTSUPP}},
    [CALL_CLOSE] = {"close", {EIO, ENOSPC, EINTR, EDQUOT}},
    [CALL_FSTAT] = {"fstat", {EIO, ENOMEM}},
    [CALL_STAT] = {"stat", {EIO, ENOMEM, EACCES}},
    [CALL_PREAD] = {"pread", {EIO, EINTR, ENOMEM}},
    [CALL_PWRITE] = {"pwrite", {EIO, ENOSPC, EINTR, ENOMEM, EROFS, EDQUOT}},
    [CALL_FSYNC] = {"fsync", {EIO, ENOSPC, EINTR, EROFS, EDQUOT}},
    [CALL_FTRUNCATE] = {"ftruncate", {EIO, ENOSPC, EINTR, EROFS}},
    [CALL_MMAP] = {"mmap", {ENOMEM, EACCES}},
    [CALL_MUNMAP] = {"munmap", {0}},
    [CALL_FCNTL] = {"fcntl", {EACCES, EINTR, ENOMEM, EAGAIN, EINVAL, ENOLCK}},
    [CALL_SIGPROCMASK] = {"sigprocmask", {0}},
    [CALL_SIGTIMEDWAIT] = {"sigtimedwait", {EINTR}},
    [CALL_NANOSLEEP] = {"nanosleep", {EINTR}},
    [CALL_YIELD] = {"sched_yield", {0}},
    [CALL_CLONE] = {"clone", {ENOMEM, EAGAIN, ENOSPC}},
    [CALL_WAITPID] = {"waitpid", {EINTR}},
    [CALL_TIMER] = {"timer", {ENOMEM, EAGAIN}},
    [CALL_LINK] = {"link", {EIO, ENOSPC, ENOMEM, EACCES, EROFS, EDQUOT}},
    [CALL_UNLINK] = {"unlink", {EIO, ENOMEM, EACCES, EROFS}},
    [CALL_MKDIR] = {"mkdir", {EIO, ENOSPC, ENOMEM, EACCES, EROFS, EDQUOT}},
};

static struct faults at_start;
struct faults *faults_now = &at_start;

const char *call_name(enum call call)
{
    return calls[call].name;
}

const int *call_errnos(enum call call)
{
    return calls[call].errnos;
}

static void share(void)
{
    struct faults *shared =
        mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        abort();
    *shared = *faults_now;
    faults_now = shared;
}

void faults_arm(const struct world *world, const struct fault faults[FAULTS_MAX])
{
    if (faults_now->main_pid != getpid())
        share();
    faults_now->world = *world;
    memcpy(faults_now->faults, faults, sizeof(faults_now->faults));
    faults_now->main_pid = getpid();
    faults_now->child_calls = 0;
    memset(&faults_now->trace, 0, offsetof(struct trace, calls));
    faults_now->is_armed = true;
}

void faults_disarm(struct trace *ret_trace)
{
    faults_now->is_armed = false;
    if (ret_trace)
        *ret_trace = faults_now->trace;
}

ptrdiff_t faults_live_allocations(void)
{
    return faults_now->live;
}

static bool can_give(enum call call, int errnum)
{
    for (const int *known = calls[call].errnos; *known; known++)
        if (*known == errnum)
            return true;
    return false;
}

static bool is_kill(enum blow blow)
{
    return blow >= BLOW_TORN && blow <= BLOW_KILL_ALL;
}

static bool is_due(const struct fault *fault, enum call call, bool in_child)
{
    if (fault->blow == BLOW_NONE || fault->blow == BLOW_NO_MEMORY)
        return false;
    if (!fault->is_lasting)
        return faults_now->trace.count == fault->at;
    if (is_kill(fault->blow))
        return in_child && faults_now->child_calls == fault->at;
    return faults_now->trace.count >= fault->at &&
           (fault->blow != BLOW_ERRNO || can_give(call, fault->errnum));
}

static void kill_now(enum blow blow, bool in_child)
{
    faults_now->trace.has_killed = true;
    if (blow != BLOW_KILL_SELF)
        (void)kill(faults_now->main_pid, SIGKILL);
    if (blow != BLOW_KILL_MAIN || !in_child)
        (void)kill(getpid(), SIGKILL);
}

/* What this call suffers; kills are done here, but for the torn write's. errno is set. */
static enum blow suffer(enum call call, bool is_split)
{
    enum blow suffered = BLOW_NONE;
    if (!faults_now->is_armed)
        return suffered;
    bool in_child = getpid() != faults_now->main_pid;
    size_t index = faults_now->trace.count++;
    faults_now->child_calls += in_child;
    if (index < TRACE_MAX) {
        faults_now->trace.calls[index].call = (uint8_t)call;
        faults_now->trace.calls[index].in_child = in_child;
        faults_now->trace.calls[index].is_split = is_split;
    }
    for (size_t i = 0; i < FAULTS_MAX; i++) {
        const struct fault *fault = &faults_now->faults[i];
        if (!is_due(fault, call, in_child))
            continue;
        faults_now->trace.struck++;
        if (is_kill(fault->blow) && fault->blow != BLOW_TORN)
            kill_now(fault->blow, in_child);
        else if (fault->blow != BLOW_ERRNO || fault->errnum || calls[call].errnos[0])
            suffered = fault->blow;
        if (suffered == BLOW_ERRNO)
            errno = fault->errnum ? fault->errnum : calls[call].errnos[0];
    }
    faults_now->trace.failed[call] += suffered == BLOW_ERRNO && errno != EINTR;
    return suffered;
}

static bool fails(enum call call)
{
    return suffer(call, false) == BLOW_ERRNO;
}

#define WRAP(name, parameters, arguments, call)                                                    \
    WRAP_AS(int, name, parameters)                                                                 \
    {                                                                                              \
        return fails(call) ? -1 : __real_##name arguments;                                         \
    }

WRAP(fstat, (int fd, struct stat *info), (fd, info), CALL_FSTAT)
WRAP(stat, (const char *path, struct stat *info), (path, info), CALL_STAT)
WRAP(fstatat, (int fd, const char *path, struct stat *info, int flags), (fd, path, info, flags),
     CALL_STAT)
WRAP(ftruncate, (int fd, off_t len), (fd, len), CALL_FTRUNCATE)
WRAP(munmap, (void *memory, size_t len), (memory, len), CALL_MUNMAP)
WRAP(sigprocmask, (int how, const sigset_t *set, sigset_t *old), (how, set, old), CALL_SIGPROCMASK)
WRAP(sched_yield, (void), (), CALL_YIELD)
WRAP(waitpid, (pid_t pid, int *status, int options), (pid, status, options), CALL_WAITPID)
WRAP(link, (const char *from, const char *to), (from, to), CALL_LINK)
WRAP(linkat, (int from_fd, const char *from, int to_fd, const char *to, int flags),
     (from_fd, from, to_fd, to, flags), CALL_LINK)
WRAP(unlink, (const char *path), (path), CALL_UNLINK)
WRAP(mkdir, (const char *path, mode_t mode), (path, mode), CALL_MKDIR)

/* The kernel lets go of the descriptor whatever it answers. */
WRAP_AS(int, close, (int fd))
{
    bool failed = fails(CALL_CLOSE);
    int errnum = errno;
    int result = __real_close(fd);
    if (!failed)
        return result;
    errno = errnum;
    return -1;
}

WRAP_AS(int, fsync, (int fd))
{
    (void)fd;
    return fails(CALL_FSYNC) ? -1 : 0;
}

WRAP_AS(int, nanosleep, (const struct timespec *time, struct timespec *left))
{
    (void)time, (void)left;
    return fails(CALL_NANOSLEEP) ? -1 : 0;
}

WRAP_AS(int, sigtimedwait, (const sigset_t *set, siginfo_t *info, const struct timespec *time))
{
    static const struct timespec at_once;
    (void)time;
    return fails(CALL_SIGTIMEDWAIT) ? -1 : __real_sigtimedwait(set, info, &at_once);
}

static enum call open_call(int flags)
{
    if ((flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE)
        return CALL_OPEN_NEW;
    return (flags & O_ACCMODE) == O_RDONLY ? CALL_OPEN : CALL_OPEN_WRITE;
}

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...)
{
    mode_t mode = 0;
    if (open_call(flags) == CALL_OPEN_NEW) {
        va_list arguments;
        va_start(arguments, flags);
        mode = va_arg(arguments, mode_t);
        va_end(arguments);
    }
    if (fails(open_call(flags)))
        return -1;
    if (faults_now->is_armed && faults_now->world.no_nameless_file &&
        (flags & O_TMPFILE) == O_TMPFILE) {
        errno = EOPNOTSUPP;
        return -1;
    }
    return __real_open(path, flags, mode);
}

WRAP_AS(int, __open_2, (const char *path, int flags))
{
    return fails(open_call(flags)) ? -1 : __real___open_2(path, flags);
}

int __real_openat(int fd, const char *path, int flags, ...);
int __wrap_openat(int fd, const char *path, int flags, ...);
int __wrap_openat(int fd, const char *path, int flags, ...)
{
    mode_t mode = 0;
    if (open_call(flags) == CALL_OPEN_NEW) {
        va_list arguments;
        va_start(arguments, flags);
        mode = va_arg(arguments, mode_t);
        va_end(arguments);
    }
    return fails(open_call(flags)) ? -1 : __real_openat(fd, path, flags, mode);
}

WRAP_AS(ssize_t, read, (int fd, void *bytes, size_t len))
{
    return fails(CALL_PREAD) ? -1 : __real_read(fd, bytes, len);
}

WRAP_AS(ssize_t, pread, (int fd, void *bytes, size_t len, off_t offset))
{
    enum blow blow = suffer(CALL_PREAD, false);
    if (blow == BLOW_ERRNO)
        return -1;
    return __real_pread(fd, bytes, blow == BLOW_SHORT ? (len + 1) / 2 : len, offset);
}

/* What _FORTIFY_SOURCE makes of pread; the buffer's size has been tested there often enough. */
ssize_t __wrap___pread_chk(int fd, void *bytes, size_t len, off_t offset, size_t size);
ssize_t __wrap___pread_chk(int fd, void *bytes, size_t len, off_t offset, size_t size)
{
    return len > size ? -1 : __wrap_pread(fd, bytes, len, offset);
}

/* Within the file, and no passing step (leased.h): those are white space and braces, and only what
 * comes over them is read back. */
static bool can_be_missed(int fd, const char *bytes, size_t len, off_t offset)
{
    struct stat info;
    if (__real_fstat(fd, &info) != 0 || offset + (off_t)len > info.st_size)
        return false;
    while (len > 0 && (*bytes == ' ' || *bytes == '}'))
        bytes++, len--;
    return len > 0;
}

WRAP_AS(ssize_t, pwrite, (int fd, const void *bytes, size_t len, off_t offset))
{
    size_t to_edge = PAGE_BYTES - (size_t)offset % PAGE_BYTES;
    enum blow blow = suffer(CALL_PWRITE, len > to_edge);
    if (blow == BLOW_ERRNO)
        return -1;
    if (blow == BLOW_LOST && can_be_missed(fd, bytes, len, offset))
        return (ssize_t)len;
    if (blow == BLOW_TORN) {
        (void)__real_pwrite(fd, bytes, len < to_edge ? len : to_edge, offset);
        kill_now(BLOW_KILL_ALL, getpid() != faults_now->main_pid);
    }
    return __real_pwrite(fd, bytes, blow == BLOW_SHORT ? (len + 1) / 2 : len, offset);
}

WRAP_AS(void *, mmap, (void *memory, size_t len, int protection, int flags, int fd, off_t offset))
{
    return fails(CALL_MMAP) ? MAP_FAILED : __real_mmap(memory, len, protection, flags, fd, offset);
}

int __real_fcntl(int fd, int command, ...);
int __wrap_fcntl(int fd, int command, ...);
int __wrap_fcntl(int fd, int command, ...)
{
    va_list arguments;
    va_start(arguments, command);
    long argument = va_arg(arguments, long);
    va_end(arguments);
    if (fails(CALL_FCNTL))
        return -1;
    if (faults_now->is_armed && faults_now->world.no_lease && command == F_SETLEASE) {
        errno = EINVAL;
        return -1;
    }
    return __real_fcntl(fd, command, argument);
}

int __real_clone(int (*run)(void *), void *stack, int flags, void *argument, ...);
int __wrap_clone(int (*run)(void *), void *stack, int flags, void *argument, ...);
int __wrap_clone(int (*run)(void *), void *stack, int flags, void *argument, ...)
{
    va_list arguments;
    va_start(arguments, argument);
    pid_t *parent = va_arg(arguments, pid_t *);
    void *storage = va_arg(arguments, void *), *cleared = va_arg(arguments, void *);
    va_end(arguments);
    if (fails(CALL_CLONE))
        return -1;
    if (faults_now->is_armed && faults_now->world.no_child) {
        errno = EPERM;
        return -1;
    }
    faults_now->child_calls = 0;
    return __real_clone(run, stack, flags, argument, parent, storage, cleared);
}

long __real_syscall(long number, ...);
long __wrap_syscall(long number, ...);
long __wrap_syscall(long number, ...)
{
    long values[4];
    va_list arguments;
    va_start(arguments, number);
    for (size_t i = 0; i < 4; i++)
        values[i] = va_arg(arguments, long);
    va_end(arguments);
    if (number != SYS_futex && fails(CALL_TIMER)) /* waiting for the other process cannot fail */
        return -1;
    return __real_syscall(number, values[0], values[1], values[2], values[3]);
}
