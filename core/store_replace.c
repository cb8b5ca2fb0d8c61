/* The one edit that store_apply() refuses: a file that cannot be used gets a good text. */
#include "core/store_part.h"

#include "core/copies.h"
#include "core/leased.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum {
    SETTLE_MS = 200, /* what still does not parse then is no save in progress */
    BUSY_STEP_MS = 1,
    BUSY_TRIES = 2000, /* then somebody keeps the file open: the weaker way */
    RETRIES = 5000,
};

/* One call of store_replace_torn() on its way. */
struct replacement {
    const struct store *store;
    struct str text;
    int64_t now_ms;
    struct store_report *report;
    struct leased job;
};

/* Only what has no entries that could be lost. */
static int check_unusable(const struct store *store, const struct document *document,
                          struct error *error)
{
    if (document->state == DOCUMENT_UNREADABLE)
        return error_set(error, ERROR_UNUSABLE, EACCES, "%s; nothing was changed",
                         document->trouble);
    if (!document->has_registry)
        return 0;
    return error_set(error, ERROR_CONFLICT, EEXIST,
                     "%s can be read again: it was not replaced, nothing was changed", store->path);
}

static void say_weaker(const struct leased *job, struct store_report *report)
{
    (void)snprintf(report->weaker, sizeof(report->weaker),
                   "replaced without a lease (%s): a save of the server's in the same instant may "
                   "have been lost",
                   job->errnum == EAGAIN ? "the file is kept open" : strerror(job->errnum));
}

static int fail(const struct store *store, const struct leased *job, struct error *error)
{
    const char *path = store->path;
    enum error_kind kind = error_kind_of(job->errnum);
    switch (job->result) {
    case LEASED_OPEN_FAILED:
    case LEASED_READ_FAILED:
        return error_set(error, kind, job->errnum, "opening %s: %s; nothing was changed", path,
                         strerror(job->errnum));
    case LEASED_WRITE_FAILED:
        return error_set(error, kind, job->errnum, "writing %s: %s; %s", path,
                         strerror(job->errnum),
                         job->restored ? "the file is as it was" : "the file is still torn");
    case LEASED_SYNC_FAILED:
        return error_set(error, ERROR_SYSTEM, job->errnum,
                         "syncing %s: %s; the copy is in the file but may not survive a crash",
                         path, strerror(job->errnum));
    case LEASED_VERIFY_FAILED:
        return error_set(error, ERROR_SYSTEM, EIO,
                         "%s: the copy could not be read back (%s); check the file", path,
                         job->errnum ? strerror(job->errnum) : "it differs");
    case LEASED_KILLED:
        return error_set(error, ERROR_SYSTEM, EINTR,
                         "%s: the process that writes the copy was killed; check the file", path);
    case LEASED_DONE:
    case LEASED_CHANGED:
    case LEASED_BUSY:
    case LEASED_UNSUPPORTED:
    case LEASED_NOT_QUIET:
    case LEASED_UNSURE:
        break;
    }
    return error_set(error, ERROR_CONFLICT, EBUSY,
                     "%s kept changing while it was to be replaced; nothing was changed, try again",
                     path);
}

/* The text, and white space over what is left of a longer file: it never has to be shortened. */
static int make_text(const struct document *document, struct str text, struct buffer *whole,
                     struct error *error)
{
    buffer_clear(whole);
    buffer_add_str(whole, text);
    if (text.len < document->bytes.len)
        buffer_add_repeat(whole, ' ', document->bytes.len - text.len);
    return whole->failed ? error_no_memory(error, "replacing the registry") : 0;
}

/* What the leased part expects to find, and writes over. */
static void keep_copy(struct replacement *replacement)
{
    store_keep_copy(replacement->store, replacement->job.expected, replacement->now_ms,
                    COPIES_REPLACED, replacement->report);
}

/* A look, and where the file is still unusable one try to replace just that. */
static int attempt(struct replacement *replacement, int settle_ms, struct error *error)
{
    const struct store *store = replacement->store;
    struct leased *job = &replacement->job;
    struct document document;
    struct buffer whole = {0};
    document_init(&document);
    int result = store_load(store, settle_ms, &document, NULL, error);
    if (result == 0)
        result = check_unusable(store, &document, error);
    if (result == 0 && !store->dry_run)
        result = make_text(&document, replacement->text, &whole, error);
    if (result == 0 && !store->dry_run) {
        struct step step = {.text = buffer_str(&whole)};
        job->expected = buffer_str(&document.bytes);
        job->steps = &step;
        job->step_count = 1;
        job->grows_by = whole.len - document.bytes.len;
        if (replacement->report->attempts == 1)
            keep_copy(replacement);
        (void)leased_run(job);
        if (job->result == LEASED_DONE && replacement->report->attempts > 1)
            keep_copy(replacement);
    }
    buffer_done(&whole);
    document_done(&document);
    return result;
}

/* Whether another try may do better, after a pause or the weaker way. */
static bool may_try_again(struct leased *job, int *busy, struct store_report *report)
{
    if (job->result == LEASED_CHANGED || job->result == LEASED_NOT_QUIET)
        return true;
    if (job->without_lease || (job->result != LEASED_BUSY && job->result != LEASED_UNSUPPORTED))
        return false;
    if (job->result == LEASED_BUSY && (*busy)++ < BUSY_TRIES) {
        file_pause_ms(BUSY_STEP_MS);
        return true;
    }
    say_weaker(job, report);
    job->without_lease = true;
    return true;
}

int store_replace_torn(const struct store *store, struct str text, int64_t now_ms,
                       struct store_report *ret_report, struct error *error)
{
    struct replacement replacement = {
        .store = store,
        .text = text,
        .now_ms = now_ms,
        .report = ret_report,
        .job = {.path = store->path, .fence_ms = store->fence_ms, .result = LEASED_DONE},
    };
    struct leased *job = &replacement.job;
    int busy = 0;
    *ret_report = (struct store_report){0};
    if (store->read_only && !store->dry_run)
        return error_set(error, ERROR_REFUSED, EROFS,
                         "read-only: %s was not opened for writing and not changed", store->path);
    for (int tries = 0; tries < RETRIES; tries++) {
        int settle_ms = tries == 0 || job->without_lease ? SETTLE_MS : 0;
        ret_report->attempts++;
        int result = attempt(&replacement, settle_ms, error);
        if (result != 0)
            return result;
        if (!may_try_again(job, &busy, ret_report))
            break;
    }
    ret_report->wrote = job->wrote;
    return job->result == LEASED_DONE ? 0 : fail(store, job, error);
}
