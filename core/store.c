#include "core/store.h"

#include "core/document_steps.h"
#include "core/holder.h"
#include "core/intent.h"
#include "core/outcome.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    SETTLE_MS = 1000, /* a save in progress takes microseconds; a stalled machine seconds */
    BUSY_STEP_MS = 1,
    BUSY_TRIES = 2000, /* then somebody keeps the file open: edit the weaker way */
    RETRIES = 5000,    /* writers met at the fence, paths replaced: beyond it, give up */
    REAPPLY_TRIES = 20,
    KILLS_MAX = 3,       /* of half a second and more */
    CHECK_AFTER_MS = 50, /* 2 ms was measured to be too short */
};

/* One call of store_apply() on its way. */
struct edit {
    const struct store *store;
    const struct operation *operations;
    size_t count;
    const struct pool *pool;
    struct outcome *outcomes;
    struct store_report *report;
    struct document document; /* the version that is being edited */
    struct plan plan;
    struct intents intents;
};

/* What an attempt came to, beside 0 (done) and -errno (failed, with the error set). */
enum attempt {
    ATTEMPT_AGAIN = 1, /* the registry changed under us: start over */
    ATTEMPT_BUSY = 2,  /* somebody has the file open: start over in a moment */
    ATTEMPT_WEAKER,    /* no leases here */
    ATTEMPT_KILLED,    /* the leased part was ended, perhaps while it wrote */
};

static void edit_done(struct edit *edit)
{
    plan_done(&edit->plan);
    intents_done(&edit->intents);
    document_done(&edit->document);
}

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
            result = outcome_fill_texts(&edit->document, &edit->outcomes[i], error);
        if (result == 0)
            result = print_answer(&edit->document, &edit->outcomes[i], error);
    }
    if (result != 0 || registry_is_clean(&edit->document.registry))
        return result;
    intents_done(&edit->intents);
    result = intents_collect(edit->outcomes, edit->count, &edit->intents, error);
    if (result == 0 && edit->document.state != DOCUMENT_MISSING) {
        plan_done(&edit->plan);
        result = document_plan(&edit->document, &edit->plan, error);
    }
    return result;
}

static void say_weaker(struct edit *edit, int errnum)
{
    char holder[96] = "";
    struct file_identity identity;
    if (errnum == EAGAIN && file_identify(edit->store->path, &identity, NULL) == 0)
        holder_name(&identity, holder, sizeof(holder));
    (void)snprintf(edit->report->weaker, sizeof(edit->report->weaker),
                   "edited without a lease (%s%s%s): checked afterwards, but a save of the "
                   "server's in the same instant may have been lost",
                   errnum == EAGAIN ? "the file is kept open" : strerror(errnum),
                   holder[0] ? " by " : "", holder);
}

/* What the leased part came to, as a result with the operator's sentence. */
static int judge(struct edit *edit, const struct leased *job, struct error *error)
{
    const char *path = edit->store->path, *why = strerror(job->errnum);
    switch (job->result) {
    case LEASED_DONE:
        edit->report->wrote = true;
        return 0;
    case LEASED_CHANGED:
        return ATTEMPT_AGAIN;
    case LEASED_BUSY:
        return ATTEMPT_BUSY;
    case LEASED_UNSUPPORTED:
        return ATTEMPT_WEAKER;
    case LEASED_KILLED:
        edit->report->wrote |= job->wrote;
        return ATTEMPT_KILLED;
    case LEASED_OPEN_FAILED:
        if (job->errnum == ENOENT)
            return ATTEMPT_AGAIN;
        return error_set(error, error_kind_of(job->errnum), job->errnum,
                         "opening %s for writing: %s; nothing was changed", path, why);
    case LEASED_READ_FAILED:
        return error_set(error, ERROR_SYSTEM, job->errnum, "reading %s: %s; nothing was changed",
                         path, why);
    case LEASED_WRITE_FAILED:
        return error_set(error, ERROR_SYSTEM, job->errnum, "writing %s: %s; %s", path, why,
                         job->restored ? "the file is as it was"
                                       : "the file may hold a part of the change: check it");
    case LEASED_VERIFY_FAILED:
        if (job->without_lease && job->errnum == 0) /* a save of the server's came between */
            return ATTEMPT_AGAIN;
        return error_set(error, ERROR_SYSTEM, EIO,
                         "%s: what was written could not be read back (%s); check the file", path,
                         job->errnum ? why : "it differs");
    case LEASED_SYNC_FAILED:
        return error_set(error, ERROR_SYSTEM, job->errnum,
                         "syncing %s: %s; the change is in the file but may not survive a crash",
                         path, why);
    }
    return ATTEMPT_AGAIN;
}

static int attempt_in_place(struct edit *edit, bool without_lease, struct error *error)
{
    struct steps steps;
    int result = document_steps(&edit->document, &edit->plan, &steps, error);
    if (result != 0)
        return result;
    struct leased job = {
        .path = edit->store->path,
        .expected = buffer_str(&edit->document.bytes),
        .steps = steps.items,
        .step_count = steps.count,
        .grows_by = steps.grows_by,
        .fence_ms = edit->store->fence_ms,
        .without_lease = without_lease,
    };
    (void)leased_run(&job);
    result = judge(edit, &job, error);
    if (result == ATTEMPT_WEAKER) {
        say_weaker(edit, job.errnum);
        job.without_lease = true;
        (void)leased_run(&job);
        result = judge(edit, &job, error);
    }
    steps_done(&steps);
    return result;
}

static int attempt_create(struct edit *edit, struct error *error)
{
    struct buffer text = {0};
    struct error trouble;
    int result = document_print_whole(&edit->document, &text, error);
    if (result == 0) {
        result = file_create_whole(edit->store->path, buffer_str(&text), &trouble);
        if (result == -ENOMEM)
            (void)error_no_memory(error, "making the registry");
        else if (result != 0)
            (void)error_set(error, trouble.kind, -result, "%s; no registry was made", trouble.text);
    }
    buffer_done(&text);
    edit->report->wrote = result == 0;
    return result == -EEXIST ? (int)ATTEMPT_AGAIN : result;
}

/* A text that does not parse may be a save in progress. Nobody has the file open when a lease is
 * granted; without leases a save gets its time. */
static int wait_for_save(struct edit *edit, bool without_lease, struct error *error)
{
    struct leased look = {.path = edit->store->path, .expected = buffer_str(&edit->document.bytes)};
    if (!edit->store->dry_run && !without_lease && leased_run(&look) == LEASED_DONE)
        return 0;
    if (!edit->store->dry_run && look.result == LEASED_BUSY)
        return ATTEMPT_BUSY;
    return store_load(edit->store, SETTLE_MS, &edit->document, NULL, error);
}

/* Reads, applies the operations, and writes if there is something to write. The leased part checks
 * that the file is still what was read here. */
static int attempt_edit(struct edit *edit, bool without_lease, struct error *error)
{
    int result = store_load(edit->store, 0, &edit->document, NULL, error);
    if (result == 0 && edit->document.state == DOCUMENT_TORN)
        result = wait_for_save(edit, without_lease, error);
    if (result == 0)
        result = evaluate(edit, error);
    if (result != 0 || registry_is_clean(&edit->document.registry) || edit->store->dry_run)
        return result;
    if (edit->document.state == DOCUMENT_MISSING)
        return attempt_create(edit, error);
    return attempt_in_place(edit, without_lease, error);
}

/* Whether an edit whose leased part was killed is in the file all the same. */
static bool did_land(struct edit *edit)
{
    struct document now;
    document_init(&now);
    bool landed = store_load(edit->store, SETTLE_MS, &now, NULL, NULL) == 0 && now.has_registry;
    for (size_t i = 0; landed && i < edit->intents.count; i++)
        landed = intent_fate(&edit->intents.items[i], &now.registry) == INTENT_HOLDS;
    document_done(&now);
    return landed;
}

static int give_up(struct edit *edit, int kills, struct error *error)
{
    if (kills == KILLS_MAX)
        return error_set(error, ERROR_SYSTEM, EINTR,
                         "%s: the process that edits it was killed again and again; nothing was "
                         "changed",
                         edit->store->path);
    return error_set(error, ERROR_CONFLICT, EBUSY,
                     "%s kept changing while it was to be edited; nothing was changed, try again",
                     edit->store->path);
}

static int try_to_edit(struct edit *edit, struct error *error)
{
    int busy = 0, kills = 0;
    for (int tries = 0; tries < RETRIES && kills < KILLS_MAX; tries++) {
        edit->report->attempts++;
        if (busy == BUSY_TRIES)
            say_weaker(edit, EAGAIN);
        int result = attempt_edit(edit, busy >= BUSY_TRIES, error);
        if (result <= 0 || (result == ATTEMPT_KILLED && edit->report->wrote && did_land(edit)))
            return result < 0 ? result : 0;
        kills += result == ATTEMPT_KILLED;
        if (result == ATTEMPT_BUSY) {
            busy++;
            file_pause_ms(BUSY_STEP_MS);
        }
    }
    return give_up(edit, kills, error);
}

/* What is said of the file is true of the last try; one before it may have been ended halfway. */
static int edit_until_done(struct edit *edit, struct error *error)
{
    struct error last = {0};
    edit->report->wrote = false;
    int result = try_to_edit(edit, &last);
    if (result != 0)
        (void)error_set(error, last.kind, -result, "%s%s", last.text,
                        edit->report->wrote ? "; but an earlier try was ended halfway: check the "
                                              "file"
                                            : "");
    return result;
}

/* True when the server has written an older copy over our edit. */
static bool was_overwritten(struct edit *edit, struct error *error)
{
    file_pause_ms(CHECK_AFTER_MS);
    if (store_load(edit->store, SETTLE_MS, &edit->document, NULL, error) != 0)
        return false;
    return edit->document.state == DOCUMENT_OK &&
           intents_overwritten(&edit->intents, &edit->document.registry);
}

/* Does it once more. What is told stays what the first time came to: now the entry may be as wished
 * by itself, because yet another server has saved our version. */
static int apply_again(const struct edit *edit, struct error *error)
{
    struct store_report report = {0};
    struct edit again = {
        .store = edit->store,
        .operations = edit->operations,
        .count = edit->count,
        .pool = edit->pool,
        .outcomes = calloc(edit->count + 1, sizeof(*again.outcomes)),
        .report = &report,
    };
    if (!again.outcomes)
        return error_no_memory(error, "applying the change again");
    document_init(&again.document);
    int result = edit_until_done(&again, error);
    edit->report->attempts += report.attempts;
    if (report.weaker[0])
        memcpy(edit->report->weaker, report.weaker, sizeof(report.weaker));
    forget_outcomes(&again);
    free(again.outcomes);
    edit_done(&again);
    return result;
}

static int apply_lastingly(struct edit *edit, struct error *error)
{
    int result = edit_until_done(edit, error);
    bool wrote = edit->report->wrote;
    while (result == 0 && wrote && was_overwritten(edit, error)) {
        if (edit->report->reapplied++ == REAPPLY_TRIES)
            return error_set(error, ERROR_CONFLICT, EAGAIN,
                             "%s: the server wrote an older copy over the change %d times; it is "
                             "not in the file",
                             edit->store->path, REAPPLY_TRIES + 1);
        result = apply_again(edit, error);
    }
    return result;
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
    edit_done(&edit);
    return result;
}
