/* A batch in which a slotop was killed, brought to its end by the next one. */
#include "core/unfinished.h"

#include "core/file.h"
#include "core/intent.h"
#include "core/undo.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

enum { SETTLE_MS = 1000 };

static void let_go(struct unfinished_news *news)
{
    if (news->fd >= 0)
        (void)close(news->fd);
    news->fd = -1;
}

/* Opens and locks the file, unless its slotop is alive, or it is no longer what has the name. */
static bool take_file(const char *dir, const char *name, struct unfinished_news *news)
{
    struct file_identity by_fd, by_name;
    buffer_clear(&news->path);
    buffer_addf(&news->path, "%s/%s", dir, name);
    if (news->path.failed ||
        file_open(news->path.data, O_RDONLY | O_NOFOLLOW, &news->fd, NULL) != 0)
        return false;
    if (flock(news->fd, LOCK_EX | LOCK_NB) == 0 &&
        file_identify_fd(news->fd, "", &by_fd, NULL) == 0 &&
        file_identify(news->path.data, &by_name, NULL) == 0 && by_name.exists &&
        by_name.inode == by_fd.inode)
        return true;
    let_go(news);
    return false;
}

/* A record that does not parse, or is another registry's, is of no use. */
static int read_record(const struct store *store, struct unfinished_news *news, struct error *error)
{
    struct buffer registry = {0};
    int result = file_read(news->fd, news->path.data, UNFINISHED_MAX_BYTES, &news->line, error);
    if (result == 0)
        result = journal_read_line(buffer_str(&news->line), &news->arena, &news->operation);
    journal_registry(store->path, &registry);
    if (result < 0 || registry.failed)
        result = error_no_memory(error, "reading the record of an unfinished batch");
    else if (result == 1 && !str_equal(news->operation.registry, buffer_str(&registry)))
        result = 0;
    buffer_done(&registry);
    return result;
}

/* 1 with the next record of a slotop that is no more; 0 without. */
static int find_record(const struct store *store, struct unfinished_news *news, struct error *error)
{
    int result = 0;
    DIR *stream = opendir(store->copies_dir);
    if (!stream)
        return 0; /* no batch was ever kept here */
    for (struct dirent *item; result == 0 && (item = readdir(stream));) {
        if (strncmp(item->d_name, UNFINISHED_NAME_START, strlen(UNFINISHED_NAME_START)) != 0 ||
            !take_file(store->copies_dir, item->d_name, news))
            continue;
        result = read_record(store, news, error);
        if (result == 0)
            (void)unlink(news->path.data);
        if (result != 1)
            let_go(news);
    }
    (void)closedir(stream);
    return result;
}

static struct intent_side side_of(const struct operation *guarded)
{
    return (struct intent_side){
        .exists = !guarded->guard_absent,
        .state = guarded->guard_state,
        .last_active_ms = guarded->guard_last_active_at_ms,
    };
}

/* The batch once more, each entry guarded by what it was. */
static int plan_rest(const struct journal_operation *operation, int64_t now_ms,
                     struct operation **ret_forwards, struct operation **ret_backwards,
                     struct error *error)
{
    int result = undo_operations(operation, now_ms, ret_backwards, error);
    for (size_t i = 0; i < operation->change_count; i++) {
        struct journal_change *change = &operation->changes[i];
        struct str before = change->before;
        change->before = change->after;
        change->after = before;
    }
    if (result == 0)
        result = undo_operations(operation, now_ms, ret_forwards, error);
    for (size_t i = 0; i < operation->change_count; i++) {
        struct journal_change *change = &operation->changes[i];
        struct str after = change->before;
        change->before = change->after;
        change->after = after;
    }
    return result;
}

/* A batch on its way to its end. */
struct mending {
    const struct store *store;
    struct unfinished_news *news;
    struct operation *rest; /* of the entries that are as the batch found them */
    size_t *of;             /* …each one's place among the changes */
    size_t rest_count;
    bool *holds; /* by change */
};

static void leave(struct mending *mending, size_t change)
{
    mending->news->left++;
    mending->news->left_id = mending->news->operation.changes[change].session_id;
}

/* Which entries are done, which are still as they were. */
static void sort_out(struct mending *mending, const struct registry *registry,
                     const struct operation *forwards, const struct operation *backwards)
{
    struct unfinished_news *news = mending->news;
    for (size_t i = 0; i < news->operation.change_count; i++) {
        struct intent_side now = intent_side_now(registry, forwards[i].session_id);
        struct intent_side before = side_of(&forwards[i]), after = side_of(&backwards[i]);
        mending->holds[i] = intent_same_side(&now, &after);
        if (mending->holds[i]) {
            news->held++;
        } else if (intent_same_side(&now, &before)) {
            mending->of[mending->rest_count] = i;
            mending->rest[mending->rest_count++] = forwards[i];
        } else {
            leave(mending, i);
        }
    }
}

/* What the rules refuse now (a slot that another session holds) is left as it is, too. */
static int complete(struct mending *mending, struct error *error)
{
    struct unfinished_news *news = mending->news;
    struct store_report report;
    struct outcome *outcomes = calloc(mending->rest_count, sizeof(*outcomes));
    if (!outcomes)
        return error_no_memory(error, "completing an unfinished batch");
    int result = store_apply(mending->store, mending->rest, mending->rest_count, NULL, outcomes,
                             &report, &news->trouble);
    for (size_t i = 0; i < mending->rest_count; i++) {
        bool is_done =
            result == 0 && outcomes[i].change_count == 1 && outcomes[i].changes[0].changed;
        mending->holds[mending->of[i]] = is_done;
        news->completed += is_done;
        if (result == 0 && !is_done)
            leave(mending, mending->of[i]);
        outcome_done(&outcomes[i]);
    }
    free(outcomes);
    return 0;
}

/* Of the changes stay those that hold now. */
static void keep_those_that_hold(struct mending *mending)
{
    struct journal_operation *operation = &mending->news->operation;
    size_t kept = 0;
    for (size_t i = 0; i < operation->change_count; i++)
        if (mending->holds[i])
            operation->changes[kept++] = operation->changes[i];
    operation->change_count = kept;
}

static int mend(struct mending *mending, const struct registry *registry, int64_t now_ms,
                struct error *error)
{
    struct journal_operation *operation = &mending->news->operation;
    struct operation *forwards = NULL, *backwards = NULL;
    size_t count = operation->change_count;
    mending->rest = calloc(count, sizeof(*mending->rest));
    mending->of = calloc(count, sizeof(*mending->of));
    mending->holds = calloc(count, sizeof(*mending->holds));
    mending->news->meant = count;
    int result = mending->rest && mending->of && mending->holds
                     ? plan_rest(operation, now_ms, &forwards, &backwards, error)
                     : error_no_memory(error, "completing an unfinished batch");
    if (result == 0) {
        sort_out(mending, registry, forwards, backwards);
        if (mending->news->held > 0 && mending->rest_count > 0)
            result = complete(mending, error);
        keep_those_that_hold(mending);
    }
    free(forwards);
    free(backwards);
    free(mending->rest);
    free(mending->of);
    free(mending->holds);
    return result;
}

/* What is in the file now decides. 1, or 0 while it cannot be read. */
static int judge(const struct store *store, int64_t now_ms, struct unfinished_news *news,
                 struct error *error)
{
    struct document document;
    struct mending mending = {.store = store, .news = news};
    document_init(&document);
    int result = store_load(store, SETTLE_MS, &document, NULL, error);
    if (result == 0 && document.has_registry) {
        result = mend(&mending, &document.registry, now_ms, error);
        if (result == 0)
            result = 1;
    }
    document_done(&document);
    return result;
}

int unfinished_mend(const struct store *store, int64_t now_ms, struct unfinished_news *ret_news,
                    struct error *error)
{
    struct unfinished_news news = {.fd = -1};
    if (!store->copies_dir || store->read_only || store->dry_run)
        return 0;
    int result = find_record(store, &news, error);
    if (result == 1)
        result = judge(store, now_ms, &news, error);
    if (result == 1) {
        *ret_news = news;
        return 1;
    }
    let_go(&news); /* it stays for the next start */
    unfinished_news_done(&news);
    return result;
}

void unfinished_news_done(struct unfinished_news *news)
{
    if (news->fd >= 0 && news->trouble.kind == ERROR_NONE)
        (void)unlink(news->path.data);
    let_go(news);
    buffer_done(&news->line);
    buffer_done(&news->path);
    arena_done(&news->arena);
    *news = (struct unfinished_news){.fd = -1};
}
