#include "core/unfinished.h"

#include "core/copies_part.h"
#include "core/file.h"
#include "core/journal_part.h"
#include "core/outcome.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

enum { NAMES_MAX = 100 };

/* The journal's words for operations. */
static const char *word_of(enum operation_kind kind)
{
    switch (kind) {
    case OPERATION_ALLOCATE:
        return "allocate";
    case OPERATION_TOUCH:
        return "touch";
    case OPERATION_IDLE:
        return "idle";
    case OPERATION_RELEASE:
        return "release";
    case OPERATION_EXPIRE:
    case OPERATION_EXPIRE_DUE:
        return "expire";
    case OPERATION_RESUME:
        return "resume";
    case OPERATION_ENSURE:
        return "ensure";
    case OPERATION_PURGE:
    case OPERATION_PURGE_DELETED:
    case OPERATION_PURGE_EXPIRED:
        return "purge";
    case OPERATION_GC:
        return "gc";
    case OPERATION_PUT_BACK:
        break;
    }
    return "put back";
}

/* Stays empty where there is no batch; failed without memory. */
static void add_line(const struct store *store, const struct operation *operations,
                     const struct outcome *outcomes, size_t count, struct buffer *out)
{
    size_t changed = outcome_changes(outcomes, count, NULL);
    struct journal_change *changes = NULL;
    struct buffer registry = {0};
    if (changed < 2)
        return;
    changes = calloc(changed, sizeof(*changes));
    journal_registry(store->path, &registry);
    if (changes && !registry.failed) {
        const struct journal nobody = {.pid = getpid()};
        const struct journal_operation operation = {
            .id = 1,
            .time_ms = operations[0].now_ms,
            .registry = buffer_str(&registry),
            .command = str_of(word_of(operations[0].kind)),
            .outcome = STR("begun"),
            .changes = changes,
            .change_count = changed,
        };
        (void)outcome_changes(outcomes, count, changes);
        journal_add_line(&nobody, &operation, out);
    } else {
        out->failed = true;
    }
    free(changes);
    buffer_done(&registry);
}

void unfinished_drop(struct unfinished *unfinished)
{
    if (unfinished->line.len > 0) {
        (void)unlink(unfinished->path.data);
        (void)close(unfinished->fd);
    }
    buffer_done(&unfinished->line);
    buffer_done(&unfinished->path);
    *unfinished = (struct unfinished){0};
}

static bool give_name(int dir_fd, int fd, const char *temporary, char name[COPIES_NAME_SIZE])
{
    for (int i = 0; i < NAMES_MAX; i++) {
        (void)snprintf(name, COPIES_NAME_SIZE, UNFINISHED_NAME_START "%ld-%d", (long)getpid(), i);
        if (copies_give_name(dir_fd, fd, temporary, name))
            return true;
        if (errno != EEXIST)
            break;
    }
    return false;
}

/* Locked before it has a name: whoever finds it finds it held. False with errno. */
static bool write_file(int dir_fd, const char *dir, struct unfinished *unfinished)
{
    char temporary[COPIES_NAME_SIZE], name[COPIES_NAME_SIZE] = "";
    int fd = copies_open_nameless(dir_fd, temporary);
    if (fd < 0)
        return false;
    bool is_kept = flock(fd, LOCK_EX | LOCK_NB) == 0 &&
                   file_write_at(fd, dir, buffer_str(&unfinished->line), 0, NULL) == 0 &&
                   file_sync(fd) == 0 && give_name(dir_fd, fd, temporary, name) &&
                   file_sync(dir_fd) == 0;
    int errnum = errno;
    if (temporary[0])
        (void)unlinkat(dir_fd, temporary, 0);
    buffer_addf(&unfinished->path, "%s/%s", dir, name);
    unfinished->fd = fd;
    if (is_kept && !unfinished->path.failed)
        return true;
    errnum = is_kept ? ENOMEM : errnum;
    if (name[0])
        (void)unlinkat(dir_fd, name, 0);
    (void)close(fd);
    errno = errnum;
    return false;
}

static int keep_line(struct unfinished *unfinished, const char *dir, struct error *error)
{
    int dir_fd = -1;
    int result = copies_open_dir(dir, &dir_fd, error);
    if (result != 0)
        return result;
    if (!write_file(dir_fd, dir, unfinished)) {
        int errnum = errno;
        result = error_set(error, error_kind_of(errnum), errnum, "making a file in %s: %s", dir,
                           strerror(errnum));
    }
    (void)close(dir_fd);
    return result;
}

int unfinished_keep(struct unfinished *unfinished, const struct store *store,
                    const struct operation *operations, const struct outcome *outcomes,
                    size_t count, struct error *error)
{
    struct buffer line = {0};
    struct error trouble = {0};
    int result = 0;
    add_line(store, operations, outcomes, count, &line);
    if (unfinished->line.len > 0 && str_equal(buffer_str(&unfinished->line), buffer_str(&line))) {
        buffer_done(&line);
        return 0;
    }
    unfinished_drop(unfinished);
    if (line.failed)
        result = error_no_memory(&trouble, "keeping a record of the batch");
    else if (line.len > UNFINISHED_MAX_BYTES)
        result = error_set(&trouble, ERROR_UNUSABLE, EFBIG, "its entries are larger than %d MB",
                           UNFINISHED_MAX_BYTES >> 20);
    else if (line.len > 0) {
        unfinished->line = line;
        line = (struct buffer){0};
        result = keep_line(unfinished, store->copies_dir, &trouble);
    }
    buffer_done(&line);
    if (result == 0)
        return 0;
    buffer_done(&unfinished->line);
    unfinished_drop(unfinished);
    return error_set(error, trouble.kind, -result,
                     "no record of the batch was kept, so that it would stay half done if slotop "
                     "were killed now: %s",
                     trouble.text);
}

bool unfinished_is(const struct unfinished *unfinished, const struct store *store,
                   const struct operation *operations, const struct outcome *outcomes, size_t count)
{
    struct buffer line = {0};
    if (unfinished->line.len == 0)
        return true;
    add_line(store, operations, outcomes, count, &line);
    bool same = !line.failed && str_equal(buffer_str(&unfinished->line), buffer_str(&line));
    buffer_done(&line);
    return same;
}
