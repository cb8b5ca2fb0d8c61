#include "core/store.h"

#include "core/holder.h"
#include "core/store_write.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    SETTLE_MS = 1000, /* a save in progress takes microseconds; a stalled machine seconds */
    SETTLE_STEP_MS = 2,
    BUSY_STEP_MS = 1,
    BUSY_TRIES = 2000, /* then somebody keeps the file open: edit the weaker way */
    RETRIES = 5000,    /* writers met at the fence, paths replaced: beyond it, give up */
    REAPPLY_TRIES = 20,
    CHECK_AFTER_MS = 50, /* 2 ms was measured to be too short */
};

static void pause_ms(int ms)
{
    struct timespec pause = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L};
    (void)nanosleep(&pause, NULL);
}

/* Reads until the version read is one version: the same before and after. */
static int load_once(const char *path, struct buffer *bytes, struct file_identity *ret_identity,
                     struct error *error)
{
    int fd = -1;
    int result = file_open(path, O_RDONLY, &fd, error);
    if (result != 0)
        return result;
    result = file_identify_fd(fd, path, ret_identity, error);
    if (result == 0)
        result = file_read(fd, path, FILE_LIMIT_BYTES, bytes, error);
    (void)close(fd);
    return result;
}

int store_load(const struct store *store, int settle_ms, struct document *document,
               struct file_identity *ret_identity, struct error *error)
{
    struct file_identity identity = {0};
    struct buffer bytes = {0};
    struct error trouble = {0};
    int result = 0;
    for (int waited_ms = 0;; waited_ms += SETTLE_STEP_MS) {
        document_done(document);
        document_init(document);
        result = load_once(store->path, &bytes, &identity, &trouble);
        if (result == -ENOMEM) {
            result = error_no_memory(error, "reading the registry");
            break;
        }
        if (result == -ENOENT || result == -ENOTDIR) {
            identity = (struct file_identity){0};
            document_set_missing(document);
        } else if (result != 0) {
            document_set_unreadable(document, trouble.text);
        } else if ((result = document_parse(document, &bytes, error)) != 0) {
            break;
        }
        result = 0;
        if (document->state != DOCUMENT_TORN || waited_ms >= settle_ms)
            break;
        pause_ms(SETTLE_STEP_MS);
    }
    buffer_done(&bytes);
    if (result == 0 && ret_identity)
        *ret_identity = identity;
    return result;
}

/* What an attempt came to, beside 0 (done) and -errno (failed, with the error set). */
enum attempt {
    ATTEMPT_AGAIN = 1, /* the registry changed under us: start over */
    ATTEMPT_BUSY = 2,  /* somebody has the file open: start over in a moment */
};

static void forget_outcomes(struct edit *edit)
{
    for (size_t i = 0; i < edit->count; i++)
        outcome_done(&edit->outcomes[i]);
}

static int refuse_unusable(const struct edit *edit, struct error *error)
{
    const struct document *document = &edit->document;
    const char *path = edit->store->path;
    switch (document->state) {
    case DOCUMENT_TORN:
        return error_set(error, ERROR_UNUSABLE, EUCLEAN,
                         "%s is torn (%s): the server takes it as empty and will overwrite it; "
                         "nothing was changed. Put a good copy back",
                         path, document->trouble);
    case DOCUMENT_MALFORMED:
        if (document->has_registry)
            return 0;
        return error_set(error, ERROR_UNUSABLE, EUCLEAN,
                         "%s is malformed (%s): the server's code fails on it; nothing was changed",
                         path, document->trouble);
    case DOCUMENT_UNREADABLE:
        return error_set(error, ERROR_UNUSABLE, EACCES, "%s; nothing was changed",
                         document->trouble);
    case DOCUMENT_OK:
    case DOCUMENT_MISSING:
        break;
    }
    return 0;
}

/* ALLOCATE and RESUME answer with the entry as the server would print it. */
static int print_answer(const struct document *document, struct outcome *outcome,
                        struct error *error)
{
    const struct registry *registry = &document->registry;
    if (outcome->entry_index >= registry->count)
        return 0;
    return document_print_entry(document, &registry->entries[outcome->entry_index], 2, 0,
                                &outcome->entry_json, error);
}

/* Applies the operations to the document as it is now, and plans the bytes. */
static int evaluate(struct edit *edit, struct error *error)
{
    forget_outcomes(edit);
    int result = refuse_unusable(edit, error);
    for (size_t i = 0; result == 0 && i < edit->count; i++) {
        result = operation_apply(&edit->document.registry, &edit->operations[i], edit->pool,
                                 &edit->outcomes[i], error);
        if (result == 0)
            result = print_answer(&edit->document, &edit->outcomes[i], error);
    }
    if (result != 0 || registry_is_clean(&edit->document.registry))
        return result;
    intents_done(&edit->intents);
    result = intents_collect(&edit->document, &edit->intents, error);
    if (result == 0 && edit->document.state != DOCUMENT_MISSING) {
        plan_done(&edit->plan);
        result = document_plan(&edit->document, &edit->plan, error);
    }
    return result;
}

/* Under the lease (or without one): what the descriptor holds now, evaluated. */
static int evaluate_file(struct edit *edit, int fd, struct error *error)
{
    struct buffer bytes = {0};
    document_done(&edit->document);
    document_init(&edit->document);
    int result = file_read(fd, edit->store->path, FILE_LIMIT_BYTES, &bytes, error);
    if (result == 0)
        result = document_parse(&edit->document, &bytes, error);
    buffer_done(&bytes);
    return result == 0 ? evaluate(edit, error) : result;
}

static bool path_is(const char *path, int fd)
{
    struct stat by_path, by_fd;
    return stat(path, &by_path) == 0 && fstat(fd, &by_fd) == 0 && by_path.st_dev == by_fd.st_dev &&
           by_path.st_ino == by_fd.st_ino;
}

static int edit_leased(struct edit *edit, int fd, struct lease *lease, struct error *error)
{
    if (!path_is(edit->store->path, fd))
        return ATTEMPT_AGAIN;
    int result = evaluate_file(edit, fd, error);
    if (result != 0 || registry_is_clean(&edit->document.registry))
        return result;
    if (lease_fence(lease, edit->store->fence_ms) == LEASE_WRITER)
        return ATTEMPT_AGAIN;
    return edit_write(edit, fd, error);
}

/* Torn, and no lease to tell whether somebody is writing: give a save in progress its time. */
static int wait_for_save(struct edit *edit, struct error *error)
{
    int result = store_load(edit->store, SETTLE_MS, &edit->document, NULL, error);
    if (result == 0)
        result = refuse_unusable(edit, error);
    return result == 0 ? (int)ATTEMPT_AGAIN : result;
}

/* Without a lease: read, and write only if the file is still the version that was read. What slips
 * between is found by the check afterwards. */
static int edit_weaker(struct edit *edit, int fd, struct error *error)
{
    struct file_identity before, after;
    const char *path = edit->store->path;
    int result = file_identify_fd(fd, path, &before, error);
    if (result != 0)
        return result;
    result = evaluate_file(edit, fd, error);
    if (result != 0 && edit->document.state == DOCUMENT_TORN)
        return wait_for_save(edit, error);
    if (result != 0 || registry_is_clean(&edit->document.registry))
        return result;
    result = file_identify_fd(fd, path, &after, error);
    if (result != 0)
        return result;
    if (!file_identity_equal(&before, &after) || !path_is(path, fd))
        return ATTEMPT_AGAIN;
    return edit_write(edit, fd, error);
}

static void say_weaker(struct edit *edit, int fd, int errnum)
{
    char holder[96] = "";
    struct file_identity identity;
    if (errnum == EAGAIN && file_identify_fd(fd, edit->store->path, &identity, NULL) == 0)
        holder_name(&identity, holder, sizeof(holder));
    (void)snprintf(edit->report->weaker, sizeof(edit->report->weaker),
                   "edited without a lease (%s%s%s): checked afterwards, but a save of the "
                   "server's in the same instant may have been lost",
                   errnum == EAGAIN ? "the file is kept open" : strerror(errnum),
                   holder[0] ? " by " : "", holder);
}

static int sync_file(const struct edit *edit, int fd, struct error *error)
{
    if (!edit->report->wrote || fsync(fd) == 0)
        return 0;
    int errnum = errno;
    return error_set(error, ERROR_SYSTEM, errnum,
                     "syncing %s: %s; the change is in the file but may not survive a crash",
                     edit->store->path, strerror(errnum));
}

static int attempt_in_place(struct edit *edit, bool may_be_weaker, struct error *error)
{
    int fd = -1, errnum = 0;
    int result = file_open(edit->store->path, O_RDWR, &fd, error);
    if (result == -ENOENT)
        return ATTEMPT_AGAIN;
    if (result != 0) {
        error_add(error, "; nothing was changed");
        return result;
    }
    struct lease lease;
    enum lease_result taken = lease_take(&lease, fd, &errnum);
    if (taken == LEASE_HELD) {
        result = edit_leased(edit, fd, &lease, error);
        lease_drop(&lease);
    } else if (taken == LEASE_BUSY && !may_be_weaker) {
        result = ATTEMPT_BUSY;
    } else {
        say_weaker(edit, fd, errnum);
        result = edit_weaker(edit, fd, error);
    }
    if (result == 0)
        result = sync_file(edit, fd, error);
    (void)close(fd);
    return result;
}

static int attempt_create(struct edit *edit, struct error *error)
{
    struct buffer text = {0};
    int result = document_print_whole(&edit->document, &text, error);
    if (result == 0)
        result = file_create_whole(edit->store->path, buffer_str(&text), error);
    buffer_done(&text);
    edit->report->wrote = result == 0;
    return result == -EEXIST ? (int)ATTEMPT_AGAIN : result;
}

/* A first look costs the server nothing: most operations end here, refused or with nothing to do.
 * A text that does not parse may be a save in progress; under the lease it is known not to be. */
static int attempt_edit(struct edit *edit, bool may_be_weaker, struct error *error)
{
    int settle_ms = edit->store->dry_run ? SETTLE_MS : 0;
    int result = store_load(edit->store, settle_ms, &edit->document, NULL, error);
    if (result == 0 && edit->document.state == DOCUMENT_TORN && !edit->store->dry_run)
        return attempt_in_place(edit, may_be_weaker, error);
    if (result == 0)
        result = evaluate(edit, error);
    if (result != 0 || registry_is_clean(&edit->document.registry) || edit->store->dry_run)
        return result;
    if (edit->document.state == DOCUMENT_MISSING)
        return attempt_create(edit, error);
    return attempt_in_place(edit, may_be_weaker, error);
}

static int edit_until_done(struct edit *edit, struct error *error)
{
    int busy = 0;
    edit->report->wrote = false;
    for (int tries = 0; tries < RETRIES; tries++) {
        edit->report->attempts++;
        int result = attempt_edit(edit, busy >= BUSY_TRIES, error);
        if (result <= 0)
            return result;
        if (result == ATTEMPT_BUSY) {
            busy++;
            pause_ms(BUSY_STEP_MS);
        }
    }
    return error_set(error, ERROR_CONFLICT, EBUSY,
                     "%s kept changing while it was to be edited; nothing was changed, try again",
                     edit->store->path);
}

/* True when the server has written an older copy over our edit. */
static bool was_overwritten(struct edit *edit, struct error *error)
{
    pause_ms(CHECK_AFTER_MS);
    if (store_load(edit->store, SETTLE_MS, &edit->document, NULL, error) != 0)
        return false;
    return edit->document.state == DOCUMENT_OK &&
           intents_overwritten(&edit->intents, &edit->document.registry);
}

static int apply_lastingly(struct edit *edit, struct error *error)
{
    bool wrote = false;
    for (unsigned reapplied = 0; reapplied <= REAPPLY_TRIES; reapplied++) {
        edit->report->reapplied = reapplied;
        int result = edit_until_done(edit, error);
        wrote = wrote || edit->report->wrote;
        if (result != 0)
            return result;
        if (!edit->report->wrote || !was_overwritten(edit, error)) {
            edit->report->wrote = wrote;
            return 0;
        }
    }
    return error_set(error, ERROR_CONFLICT, EAGAIN,
                     "%s: the server wrote an older copy over the change %d times; it is not in "
                     "the file",
                     edit->store->path, REAPPLY_TRIES + 1);
}

int store_apply(const struct store *store, const struct operation *operations, size_t count,
                const struct pool *pool, struct outcome *outcomes, struct store_report *ret_report,
                struct error *error)
{
    struct edit edit = {
        .store = store,
        .operations = operations,
        .count = count,
        .pool = pool,
        .outcomes = outcomes,
        .report = ret_report,
    };
    memset(outcomes, 0, count * sizeof(*outcomes));
    *ret_report = (struct store_report){0};
    if (store->read_only && !store->dry_run)
        return error_set(error, ERROR_REFUSED, EROFS,
                         "read-only: %s was not opened for writing and not changed", store->path);
    document_init(&edit.document);
    int result = apply_lastingly(&edit, error);
    plan_done(&edit.plan);
    intents_done(&edit.intents);
    document_done(&edit.document);
    return result;
}
