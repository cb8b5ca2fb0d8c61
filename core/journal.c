#include "core/journal_part.h"

#include "core/file.h"
#include "core/json.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    OPEN_TRIES = 8, /* rotated by others at the very moment */
    LOCK_TRIES = 100,
    LOCK_STEP_MS = 5,
    NS_PER_MS = 1000000,
};

/* A file that is being appended to. */
struct appending {
    const struct journal *journal;
    struct buffer path;     /* of the file, for messages */
    struct buffer old_path; /* of the one before it */
    int dir_fd;
    int fd;
    off_t size;
};

static int fail(const char *path, const char *doing, int errnum, struct error *error)
{
    return error_set(error, error_kind_of(errnum), errnum, "%s %s: %s", doing, path,
                     strerror(errnum));
}

static int fail_memory(struct error *error)
{
    return error_set(error, ERROR_SYSTEM, ENOMEM, "writing the journal: out of memory");
}

const char *journal_id_text(uint32_t id, char text[JOURNAL_ID_SIZE])
{
    (void)snprintf(text, JOURNAL_ID_SIZE, "op-%04" PRIu32, id);
    return text;
}

void journal_registry(const char *path, struct buffer *ret_name)
{
    const char *slash = strrchr(path, '/');
    char *real = realpath(path, NULL);
    const char *rest = "";
    if (!real && slash && slash != path) {
        struct buffer dir = {0};
        buffer_add(&dir, path, (size_t)(slash - path));
        real = dir.failed ? NULL : realpath(dir.data, NULL);
        rest = slash;
        buffer_done(&dir);
    }
    buffer_addf(ret_name, "%s%s", real ? real : path, real ? rest : "");
    free(real);
}

static void add_member(const char *name, struct str value, struct buffer *out)
{
    buffer_addf(out, ",\"%s\":", name);
    if (value.data)
        json_quote(value, out);
    else
        buffer_add_str(out, STR("null"));
}

static void add_entry(const char *name, struct str json, struct buffer *out)
{
    buffer_addf(out, ",\"%s\":", name);
    if (json.data)
        json_stringify(json, 0, 0, out);
    else
        buffer_add_str(out, STR("null"));
}

static void add_changes(const struct journal_operation *operation, struct buffer *out)
{
    buffer_add_str(out, STR(",\"changes\":["));
    for (size_t i = 0; i < operation->change_count; i++) {
        const struct journal_change *change = &operation->changes[i];
        buffer_add_str(out, i ? STR(",{\"session\":") : STR("{\"session\":"));
        json_quote(change->session_id, out);
        add_member("slot", change->slot_id, out);
        add_entry("before", change->before, out);
        add_entry("after", change->after, out);
        buffer_add_char(out, '}');
    }
    buffer_add_char(out, ']');
}

/* RFC 3339 in UTC; null for what is no date. */
static void add_date(int64_t time_ms, struct buffer *out)
{
    char text[40];
    struct tm date;
    int64_t ms = (time_ms % 1000 + 1000) % 1000;
    time_t seconds = (time_t)((time_ms - ms) / 1000);
    bool is_date = gmtime_r(&seconds, &date) && strftime(text, sizeof(text), "%FT%T", &date) > 0;
    if (is_date)
        buffer_addf(out, ",\"at\":\"%s.%03dZ\"", text, (int)ms);
    else
        buffer_add_str(out, STR(",\"at\":null"));
}

/* All of the line that follows its id. */
static void add_rest(const struct journal *journal, const struct journal_operation *operation,
                     struct buffer *out)
{
    char undoes[JOURNAL_ID_SIZE];
    buffer_addf(out, ",\"time\":%" PRId64, operation->time_ms);
    add_date(operation->time_ms, out);
    add_member("user", str_of(journal->user), out);
    add_member("tty", str_of(journal->tty), out);
    add_member("host", str_of(journal->host), out);
    buffer_addf(out, ",\"pid\":%" PRId64, journal->pid);
    add_member("registry", operation->registry, out);
    add_member("command", operation->command, out);
    if (operation->undoes)
        add_member("undoes", str_of(journal_id_text(operation->undoes, undoes)), out);
    add_changes(operation, out);
    add_member("outcome", operation->outcome, out);
    buffer_add_str(out, STR("}\n"));
}

static void add_id(uint32_t id, struct buffer *out)
{
    buffer_addf(out, JOURNAL_LINE_START "%04" PRIu32 "\"", id);
}

void journal_add_line(const struct journal *journal, const struct journal_operation *operation,
                      struct buffer *out)
{
    add_id(operation->id, out);
    add_rest(journal, operation, out);
}

static int open_dir(struct appending *to, struct error *error)
{
    const char *dir = to->journal->dir;
    struct stat info;
    to->dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (to->dir_fd < 0 && errno == ENOENT) {
        int result = file_make_dirs(dir, 0700, error);
        if (result != 0)
            return result;
        to->dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    }
    if (to->dir_fd < 0)
        return fail(dir, "opening", errno, error);
    if (fstat(to->dir_fd, &info) == 0 && (info.st_mode & 077) && fchmod(to->dir_fd, 0700) != 0)
        return fail(dir, "closing to others", errno, error);
    return 0;
}

static bool lock(int fd)
{
    for (int tries = 0;; tries++) {
        if (flock(fd, LOCK_EX | LOCK_NB) == 0)
            return true;
        if ((errno != EWOULDBLOCK && errno != EINTR) || tries == LOCK_TRIES)
            return false;
        struct timespec pause = {.tv_nsec = LOCK_STEP_MS * NS_PER_MS};
        (void)nanosleep(&pause, NULL);
    }
}

/* Opens and locks what now has the name. *ret_is_it: nobody has rotated it away meanwhile. */
static int open_file(struct appending *to, bool *ret_is_it, struct error *error)
{
    struct stat by_fd, by_name;
    const int flags = O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
    to->fd = openat(to->dir_fd, JOURNAL_NAME, flags, 0600);
    if (to->fd < 0 || fstat(to->fd, &by_fd) != 0)
        return fail(to->path.data, "opening", errno, error);
    if (!S_ISREG(by_fd.st_mode))
        return error_set(error, ERROR_UNUSABLE, EINVAL, "%s is no regular file", to->path.data);
    if ((by_fd.st_mode & 077) && fchmod(to->fd, 0600) != 0)
        return fail(to->path.data, "closing to others", errno, error);
    if (!lock(to->fd))
        return fail(to->path.data, "locking", errno, error);
    if (fstat(to->fd, &by_fd) != 0)
        return fail(to->path.data, "looking at", errno, error);
    to->size = by_fd.st_size;
    *ret_is_it = fstatat(to->dir_fd, JOURNAL_NAME, &by_name, AT_SYMLINK_NOFOLLOW) == 0 &&
                 by_name.st_dev == by_fd.st_dev && by_name.st_ino == by_fd.st_ino;
    return 0;
}

static void close_file(struct appending *to)
{
    if (to->fd >= 0)
        (void)close(to->fd);
    to->fd = -1;
}

/* The file to append `line_len` bytes to, locked; rotated first where they are too many. */
static int open_for(struct appending *to, size_t line_len, struct error *error)
{
    for (int tries = 0; tries < OPEN_TRIES; tries++) {
        bool is_it = false;
        int result = open_file(to, &is_it, error);
        if (result != 0)
            return result;
        bool is_full = (uint64_t)to->size + line_len > to->journal->rotate_bytes;
        if (is_it && (to->size == 0 || !is_full))
            return 0;
        if (is_it && renameat(to->dir_fd, JOURNAL_NAME, to->dir_fd, JOURNAL_OLD_NAME) != 0)
            return fail(to->path.data, "rotating", errno, error);
        close_file(to);
    }
    return fail(to->path.data, "opening", EAGAIN, error);
}

/* The id of the last line that has a whole one, be it torn behind that; 0 where there is none. */
static uint32_t last_id(struct str text)
{
    size_t left = text.len;
    struct str line;
    while (journal_last_line(text, &left, &line)) {
        if (!str_starts(line, STR(JOURNAL_LINE_START)))
            continue;
        const char *number = line.data + sizeof(JOURNAL_LINE_START) - 1;
        const char *quote = memchr(number, '"', (size_t)(line.data + line.len - number));
        uint32_t id = quote ? journal_id_parse((struct str){number, (size_t)(quote - number)}) : 0;
        if (id)
            return id;
    }
    return 0;
}

static int next_id(const struct appending *to, uint32_t *ret_id, bool *ret_is_torn,
                   struct error *error)
{
    struct buffer content = {0};
    int result = file_read(to->fd, to->path.data, JOURNAL_FILE_MAX_BYTES, &content, error);
    if (result == 0) {
        *ret_is_torn = content.len > 0 && content.data[content.len - 1] != '\n';
        *ret_id = last_id(buffer_str(&content));
        if (*ret_id == 0) {
            result = file_load(to->old_path.data, JOURNAL_FILE_MAX_BYTES, &content, error);
            if (result == 0)
                *ret_id = last_id(buffer_str(&content));
            else if (result == -ENOENT)
                result = 0;
        }
        *ret_id = *ret_id % JOURNAL_ID_MAX + 1;
    }
    buffer_done(&content);
    return result;
}

/* One write; what is left of a failed one is cut off. */
static int write_line(const struct appending *to, struct str line, struct error *error)
{
    ssize_t written = write(to->fd, line.data, line.len);
    int errnum = written < 0 ? errno : ENOSPC;
    if (written == (ssize_t)line.len) {
        if (fsync(to->fd) == 0)
            return 0;
        return fail(to->path.data, "syncing", errno, error);
    }
    if (written > 0)
        (void)!ftruncate(to->fd, to->size);
    return fail(to->path.data, "writing", errnum, error);
}

static int append(struct appending *to, struct str rest, uint32_t *ret_id, struct error *error)
{
    struct buffer line = {0};
    bool is_torn = false;
    uint32_t id;
    int result = open_dir(to, error);
    if (result == 0)
        result = open_for(to, rest.len + JOURNAL_ID_SIZE, error);
    if (result == 0)
        result = next_id(to, &id, &is_torn, error);
    if (result != 0)
        return result;
    if (is_torn)
        buffer_add_char(&line, '\n');
    add_id(id, &line);
    buffer_add_str(&line, rest);
    result = line.failed ? fail_memory(error) : write_line(to, buffer_str(&line), error);
    buffer_done(&line);
    if (result == 0)
        *ret_id = id;
    return result;
}

int journal_append(const struct journal *journal, const struct journal_operation *operation,
                   uint32_t *ret_id, struct error *error)
{
    struct appending to = {.journal = journal, .dir_fd = -1, .fd = -1};
    struct buffer rest = {0};
    int result;
    buffer_addf(&to.path, "%s/" JOURNAL_NAME, journal->dir);
    buffer_addf(&to.old_path, "%s/" JOURNAL_OLD_NAME, journal->dir);
    add_rest(journal, operation, &rest);
    if (to.path.failed || to.old_path.failed || rest.failed)
        result = fail_memory(error);
    else if (rest.len > JOURNAL_LINE_MAX_BYTES)
        result = error_set(error, ERROR_UNUSABLE, EFBIG,
                           "the entries of the operation are larger than %d MB",
                           JOURNAL_LINE_MAX_BYTES >> 20);
    else
        result = append(&to, buffer_str(&rest), ret_id, error);
    close_file(&to);
    if (to.dir_fd >= 0)
        (void)close(to.dir_fd);
    buffer_done(&to.path);
    buffer_done(&to.old_path);
    buffer_done(&rest);
    return result;
}

int journal_hold(const struct journal *journal)
{
    struct appending to = {.journal = journal, .dir_fd = -1, .fd = -1};
    int result = open_dir(&to, NULL);
    if (result == 0 && lock(to.dir_fd))
        return to.dir_fd;
    if (result == 0)
        result = -errno;
    if (to.dir_fd >= 0)
        (void)close(to.dir_fd);
    return result;
}

void journal_let_go(int hold)
{
    if (hold < 0)
        return;
    (void)flock(hold, LOCK_UN); /* a child of ours may still have it open */
    (void)close(hold);
}
