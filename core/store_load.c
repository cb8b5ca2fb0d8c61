#include "core/store.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum { SETTLE_STEP_MS = 2, READS_MAX = 8 };

/* The same version before the reading and after it, where a write in between would show. */
static bool was_still(int fd, const struct file_identity *before, size_t len, int64_t now_ms)
{
    struct file_identity after;
    return file_is_settled(before, now_ms) && before->size_bytes == len &&
           file_identify_fd(fd, "", &after, NULL) == 0 && file_identity_equal(before, &after);
}

/*
 * A text that was read while the server wrote can have a page of the old one and a page of the new
 * one, and parse. So unless its times tell that nobody wrote it must be there once more; in the end
 * it is taken as it is, for a server that never pauses. A save that was going on all the time, by a
 * server that was stopped in it, is not told by times: it has cut the file to nothing, and what
 * there is of its text does not parse.
 */
static int read_steadily(int fd, const struct store *store, const struct file_identity *before,
                         struct buffer *bytes, struct error *error)
{
    bool is_steady = false;
    int result = 0;
    for (int reads = 0; result == 0 && reads < READS_MAX && !is_steady; reads++) {
        struct file_identity identity;
        result = file_read(fd, store->path, FILE_LIMIT_BYTES, bytes, error);
        is_steady = result == 0 &&
                    (was_still(fd, before, bytes->len, store->now_ms) ||
                     (file_identify_fd(fd, store->path, &identity, NULL) == 0 &&
                      identity.size_bytes == bytes->len && file_holds(fd, buffer_str(bytes), 0)));
    }
    return result;
}

static int load_once(const struct store *store, struct buffer *bytes,
                     struct file_identity *ret_identity, struct error *error)
{
    int fd = -1;
    int result = file_open(store->path, O_RDONLY, &fd, error);
    if (result != 0)
        return result;
    result = file_identify_fd(fd, store->path, ret_identity, error);
    if (result == 0)
        result = read_steadily(fd, store, ret_identity, bytes, error);
    (void)close(fd);
    return result;
}

/* One look, whatever the file is; -ENOMEM only. */
static int look_once(const struct store *store, struct document *document,
                     struct file_identity *identity, struct error *error)
{
    struct buffer bytes = {0};
    struct error trouble = {0};
    document_done(document);
    document_init(document);
    int result = load_once(store, &bytes, identity, &trouble);
    if (result == 0) {
        result = document_parse(document, &bytes, error);
    } else if (result == -ENOMEM) {
        result = error_no_memory(error, "reading the registry");
    } else if (result == -ENOENT || result == -ENOTDIR) {
        *identity = (struct file_identity){0};
        document_set_missing(document);
        result = 0;
    } else {
        document_set_unreadable(document, trouble.text);
        result = 0;
    }
    buffer_done(&bytes);
    return result;
}

/* Waits until the path shows another version than this one, or the time is over. */
static int wait_for_version(const char *path, const struct file_identity *seen, int limit_ms)
{
    struct file_identity now = *seen;
    int waited_ms = 0;
    while (waited_ms < limit_ms && file_identity_equal(seen, &now)) {
        file_pause_ms(SETTLE_STEP_MS);
        waited_ms += SETTLE_STEP_MS;
        if (file_identify(path, &now, NULL) != 0)
            break;
    }
    return waited_ms;
}

int store_load(const struct store *store, int settle_ms, struct document *document,
               struct file_identity *ret_identity, struct error *error)
{
    struct file_identity identity = {0};
    int result = look_once(store, document, &identity, error);
    for (int waited_ms = 0;
         result == 0 && document->state == DOCUMENT_TORN && waited_ms < settle_ms;) {
        waited_ms += wait_for_version(store->path, &identity, settle_ms - waited_ms);
        result = look_once(store, document, &identity, error);
    }
    if (result == 0 && ret_identity)
        *ret_identity = identity;
    return result;
}
