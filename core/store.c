/* An edit, attempted until it holds. */
#include "core/store_part.h"

#include "core/outcome.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
    BUSY_STEP_MS = 1,
    BUSY_TRIES = 800,    /* some seconds; then somebody keeps the file open: edit the weaker way */
    RETRIES = 5000,      /* writers met at the fence, paths replaced: beyond it, give up */
    REAPPLY_TRIES = 100, /* without a lease more than half of them are lost to a busy server */
    KILLS_MAX = 3,       /* of half a second and more */
    DISTURBED_MAX = 20,  /* waits of UNLEASED_QUIET_MS in vain */
    CHECK_AFTER_MS = 50, /* 2 ms was measured to be too short */
};

static void edit_done(struct edit *edit)
{
    plan_done(&edit->plan);
    intents_done(&edit->intents);
    unfinished_drop(&edit->unfinished);
    document_done(&edit->document);
    document_done(&edit->loaded);
    stream_done(&edit->stream);
}

bool edit_is_in(const struct edit *edit, const struct document *document)
{
    return document->has_registry && intents_hold(&edit->intents, &document->registry);
}

/* Whether an edit whose leased part was killed is in the file all the same. */
static bool did_land(struct edit *edit)
{
    struct document now;
    document_init(&now);
    bool landed =
        store_load(edit->store, STORE_SETTLE_MS, &now, NULL, NULL) == 0 && edit_is_in(edit, &now);
    document_done(&now);
    return landed;
}

static int give_up(struct edit *edit, int kills, int disturbed, struct error *error)
{
    if (disturbed == DISTURBED_MAX)
        return error_set(error, ERROR_CONFLICT, EBUSY,
                         "%s: without a lease this change needs a tenth of a second in which "
                         "nobody saves, and there was none; nothing was changed, try again",
                         edit->store->path);
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
    int busy = 0, kills = 0, disturbed = 0;
    for (int tries = 0; tries < RETRIES && kills < KILLS_MAX && disturbed < DISTURBED_MAX;
         tries++) {
        edit->report->attempts++;
        if (busy == BUSY_TRIES)
            edit_say_weaker(edit, EAGAIN);
        int result = edit_attempt(edit, busy >= BUSY_TRIES, error);
        bool may_be_done = result == ATTEMPT_KILLED || result == ATTEMPT_UNSURE;
        if (result <= 0 || (may_be_done && edit->report->wrote && did_land(edit)))
            return result < 0 ? result : 0;
        kills += result == ATTEMPT_KILLED;
        disturbed += result == ATTEMPT_NOT_QUIET;
        if (result == ATTEMPT_BUSY) {
            busy++;
            file_pause_ms(BUSY_STEP_MS);
        }
    }
    return give_up(edit, kills, disturbed, error);
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
    if (edit_holds_large(edit))
        return false;
    if (store_load(edit->store, STORE_SETTLE_MS, &edit->document, NULL, error) != 0)
        return false;
    return edit->document.state == DOCUMENT_OK &&
           intents_overwritten(&edit->intents, &edit->document.registry);
}

/* What was done of it, and is to be done once more: what was refused stays so, whatever the older
 * copy would allow. NULL: no memory. */
static struct operation *operations_done(const struct edit *edit, size_t *ret_count)
{
    struct operation *done = calloc(edit->count + 1, sizeof(*done));
    for (size_t i = 0; done && i < edit->count; i++)
        if (outcome_changes(&edit->outcomes[i], 1, NULL) > 0)
            done[(*ret_count)++] = edit->operations[i];
    return done;
}

/* Does it once more. What is told stays what the first time came to: now the entry may be as wished
 * by itself, because yet another server has saved our version. */
static int apply_again(const struct edit *edit, bool *ret_wrote, struct error *error)
{
    size_t count = 0;
    struct store_report report = {0};
    struct store store = *edit->store;
    struct operation *operations = operations_done(edit, &count);
    struct edit again = {
        .store = &store,
        .operations = operations,
        .count = count,
        .pool = edit->pool,
        .outcomes = calloc(count + 1, sizeof(*again.outcomes)),
        .report = &report,
    };
    if (!operations || !again.outcomes) {
        free(operations);
        free(again.outcomes);
        return error_no_memory(error, "applying the change again");
    }
    store.copies_dir = NULL; /* the version before the edit is kept already */
    document_init(&again.document);
    document_init(&again.loaded);
    int result = edit_until_done(&again, error);
    edit->report->attempts += report.attempts;
    *ret_wrote = report.wrote;
    if (report.weaker[0])
        memcpy(edit->report->weaker, report.weaker, sizeof(report.weaker));
    edit_forget_outcomes(&again);
    edit_done(&again);
    free(again.outcomes);
    free(operations);
    return result;
}

/* What the entry is by now does not allow the change any more. */
static int tell_conflict(const struct edit *edit, struct error *error)
{
    return error_set(
        error, ERROR_CONFLICT, EAGAIN,
        "%s: the change was made, and the server wrote an older copy over it, on which "
        "it cannot be made again; look at the entry",
        edit->store->path);
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
        struct error trouble = {0};
        result = apply_again(edit, &wrote, &trouble);
        if (result != 0)
            (void)error_set(error, trouble.kind, -result,
                            "the change was made, and the server wrote an older copy over it; "
                            "making it again: %s",
                            trouble.text);
        else if (!wrote && was_overwritten(edit, error))
            result = tell_conflict(edit, error);
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
    document_init(&edit.loaded);
    int result = apply_lastingly(&edit, error);
    edit_done(&edit);
    return result;
}
