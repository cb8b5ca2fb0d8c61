/* One attempt at an edit: a look at the file, the operations, a copy, the leased part. */
#include "core/store_part.h"

#include "core/copies.h"
#include "core/document_steps.h"
#include "core/document_windows.h"
#include "core/holder.h"
#include "core/outcome.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* What is parsed and planned in a millisecond, while the server waits. */
enum { PLAN_ANEW_MAX_BYTES = 1 << 20 };

void edit_forget_outcomes(struct edit *edit)
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

static int fill(struct edit *edit, size_t i, struct error *error)
{
    int result = outcome_fill_texts(&edit->document, &edit->outcomes[i], error);
    return result != 0 ? result : print_answer(&edit->document, &edit->outcomes[i], error);
}

static bool is_without_text(const struct edit *edit)
{
    return edit->document.blocks.items && !document_has_text(&edit->document);
}

/* Where the entry stands that the operation answers with, after those behind it. */
static void find_answer(struct edit *edit, size_t i)
{
    const struct registry *registry = &edit->document.registry;
    const struct entry *entry = registry_find(registry, edit->operations[i].session_id);
    if (edit->outcomes[i].entry_index != SIZE_MAX && entry)
        edit->outcomes[i].entry_index = (size_t)(entry - registry->entries);
}

/* What text the outcomes need is known when all marks are set. */
static int fill_without_text(struct edit *edit, struct error *error)
{
    if (registry_is_clean(&edit->document.registry) && edit->count > 0 &&
        edit->outcomes[0].entry_index == SIZE_MAX)
        return 0;
    int result = edit_fetch_large(edit, error);
    for (size_t i = 0; result == 0 && i < edit->count; i++) {
        find_answer(edit, i);
        result = fill(edit, i, error);
    }
    return result;
}

/* What a try before did that was ended halfway is no change by others: an operation on a session is
 * done then, and of a walk it is told with the rest. */
static int apply_one(struct edit *edit, size_t i, struct error *error)
{
    const struct operation *operation = &edit->operations[i];
    struct registry *registry = &edit->document.registry;
    struct outcome *outcome = &edit->outcomes[i];
    bool is_told = edit->report->wrote && !is_without_text(edit);
    int result = is_told ? outcome_keep_done(outcome, registry, error) : 0;
    if (result != 0 || (is_told && operation->session_id.data && outcome->change_count > 0))
        return result;
    struct outcome ended = *outcome;
    *outcome = (struct outcome){.entry_index = SIZE_MAX};
    result = operation_apply(registry, operation, edit->pool, outcome, error);
    if (result == 0 && !is_without_text(edit))
        result = fill(edit, i, error);
    if (result == 0 && is_told)
        result = outcome_add(outcome, &ended, error);
    outcome_done(&ended);
    return result;
}

/* Applies the operations to the document as it is now, and plans the bytes. */
static int evaluate(struct edit *edit, struct error *error)
{
    if (!edit->report->wrote)
        edit_forget_outcomes(edit);
    int result = refuse_unusable(edit, error);
    for (size_t i = 0; result == 0 && i < edit->count; i++)
        result = apply_one(edit, i, error);
    if (result == 0 && is_without_text(edit))
        result = fill_without_text(edit, error);
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

void edit_say_weaker(struct edit *edit, int errnum)
{
    char holder[96] = "";
    struct file_identity identity;
    if (errnum == EAGAIN && file_identify(edit->store->path, &identity, NULL) == 0)
        holder_name(&identity, holder, sizeof(holder));
    (void)snprintf(edit->report->weaker, sizeof(edit->report->weaker),
                   "edited without a lease (%s%s%s): checked before and afterwards, which is less "
                   "sure than with one",
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
    case LEASED_NOT_QUIET:
        return ATTEMPT_NOT_QUIET;
    case LEASED_UNSURE:
        edit->report->wrote = true;
        return ATTEMPT_UNSURE;
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
                         path, job->errnum == ENOMEM ? "out of memory" : why);
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

void store_keep_copy(const struct store *store, struct str text, int64_t now_ms, const char *reason,
                     struct store_report *report)
{
    struct error trouble = {0};
    if (store->copies_dir)
        (void)copies_save(store->copies_dir, text, now_ms, reason, &trouble);
    memcpy(report->no_copy, trouble.text, sizeof(report->no_copy));
}

static void keep_copy(struct edit *edit)
{
    const struct operation *first = &edit->operations[0];
    const char *reason = first->kind == OPERATION_GC ? COPIES_BEFORE_GC : COPIES_BEFORE_EDIT;
    if (is_without_text(edit))
        edit_keep_large(edit, first->now_ms, reason);
    else
        store_keep_copy(edit->store, buffer_str(&edit->document.bytes), first->now_ms, reason,
                        edit->report);
    edit->is_copied = true;
}

/* An edit does not hang on its record. */
static void keep_record(struct edit *edit)
{
    struct error trouble = {0};
    if (edit->store->copies_dir &&
        unfinished_keep(&edit->unfinished, edit->store, edit->operations, edit->outcomes,
                        edit->count, &trouble) != 0 &&
        !edit->report->no_copy[0])
        memcpy(edit->report->no_copy, trouble.text, sizeof(trouble.text));
}

/* What of an edit is written, and what it needs for being planned anew. */
struct writing {
    struct edit *edit;
    struct steps steps;
};

static int plan_steps(struct writing *writing, struct leased *job, struct error *error)
{
    struct edit *edit = writing->edit;
    struct steps *steps = &writing->steps;
    int result = document_steps(&edit->document, &edit->plan, steps, error);
    if (result != 0)
        return result;
    job->expected = buffer_str(&edit->document.bytes);
    job->steps = steps->items;
    job->step_count = steps->count;
    job->grows_by = steps->grows_by;
    return 0;
}

/* The edit of a version that the server has saved since. What is in the way of it is found, and
 * told, by the next attempt. */
static bool plan_anew(void *context, struct leased *job)
{
    struct writing *writing = context;
    struct edit *edit = writing->edit;
    struct error ignored;
    document_done(&edit->document);
    document_init(&edit->document);
    if (document_parse(&edit->document, &job->found, &ignored) != 0 ||
        (edit->report->wrote && edit_is_in(edit, &edit->document)) || /* the next attempt sees it */
        evaluate(edit, &ignored) != 0 || registry_is_clean(&edit->document.registry) ||
        !unfinished_is(&edit->unfinished, edit->store, edit->operations, edit->outcomes,
                       edit->count))
        return false;
    steps_done(&writing->steps);
    return plan_steps(writing, job, &ignored) == 0;
}

static int attempt_in_place(struct edit *edit, bool without_lease, struct error *error)
{
    struct writing writing = {.edit = edit};
    struct leased job = {
        .path = edit->store->path,
        .fence_ms = edit->store->fence_ms,
        .without_lease = without_lease,
        .context = &writing,
    };
    int result = plan_steps(&writing, &job, error);
    if (result != 0)
        return result;
    if (is_without_text(edit))
        job.document = &edit->document;
    else if (job.expected.len <= PLAN_ANEW_MAX_BYTES)
        job.plan_anew = plan_anew;
    if (!edit->is_copied) /* only once: it takes time, in which the server may save again */
        keep_copy(edit);
    keep_record(edit);
    (void)leased_run(&job);
    result = judge(edit, &job, error);
    if (result == ATTEMPT_WEAKER && job.document) {
        edit->needs_text = true;
        result = ATTEMPT_AGAIN;
    } else if (result == ATTEMPT_WEAKER) {
        edit_say_weaker(edit, job.errnum);
        job.without_lease = true;
        (void)leased_run(&job);
        result = judge(edit, &job, error);
    }
    steps_done(&writing.steps);
    if (result == 0 && (edit->report->attempts > 1 || job.planned_anew))
        keep_copy(edit); /* this version, where it is not the one of the first attempt */
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
    return store_load(edit->store, STORE_SETTLE_MS, &edit->document, NULL, error);
}

static int load(struct edit *edit, bool without_lease, struct error *error)
{
    edit->needs_text |= without_lease;
    int result = edit_take_large(edit, error);
    if (result != STORE_NEEDS_TEXT)
        return result;
    result = store_load(edit->store, 0, &edit->document, NULL, error);
    if (result == 0 && edit->document.state == DOCUMENT_TORN)
        result = wait_for_save(edit, without_lease, error);
    return result;
}

int edit_attempt(struct edit *edit, bool without_lease, struct error *error)
{
    int result = load(edit, without_lease, error);
    /* A try before was ended, and a server had an older copy to show then; not so this one. */
    if (result == 0 && edit->report->wrote && edit_is_in(edit, &edit->document))
        return 0;
    if (result == 0)
        result = evaluate(edit, error);
    if (result != 0 || registry_is_clean(&edit->document.registry) || edit->store->dry_run)
        return result;
    if (edit->document.state == DOCUMENT_MISSING)
        return attempt_create(edit, error);
    return attempt_in_place(edit, without_lease, error);
}
