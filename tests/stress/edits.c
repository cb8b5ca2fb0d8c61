// LDFLAGS: -Wl,--wrap=fcntl,--wrap=file_pause_ms
// Edits as fast as they go beside servers that save all the time; prints figures as one JSON line.
// usage: edits one|three|noleases|pauses|kill|stop REGISTRY COUNT SEED OPERATOR SESSIONS
#include "tests/stress/edits.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>

enum {
    SETTLE_MS = 2000,
    CHECK_PAUSE_MS = 50,
    LOOKS_MAX = 5,
    SLOT_COUNT = 48,
    REFUSED_PAUSE_US = 2000,
    REFUSALS_MAX = 30000,
    LAST_LOOKS = 5,
    LAST_LOOKS_MAX = 300,
    LAST_PAUSE_US = 100000
};

void sleep_us(int64_t us)
{
    struct timespec pause = {.tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000};
    (void)nanosleep(&pause, NULL);
}

/*
 * After an edit the store waits for a moment, to look whether it was overwritten. Here the next
 * edit can be that moment: every session is looked at after every edit, and after the last one for
 * half a second.
 */
static bool is_hasty;
void __real_file_pause_ms(int ms);
void __wrap_file_pause_ms(int ms);
void __wrap_file_pause_ms(int ms)
{
    if (!is_hasty || ms < CHECK_PAUSE_MS)
        __real_file_pause_ms(ms);
}

/* Nothing was changed, or it was overwritten for as long as was tried; and the operator is told. */
static bool is_to_be_tried_again(int result)
{
    return result == -EUCLEAN || result == -EBUSY || result == -EAGAIN;
}

/* Parts of the wish were refused, since the file shows an older copy: no edits. */
static bool keep_done(struct stress *stress, const struct wish *wish,
                      const struct outcome *outcomes)
{
    struct wish done = {0};
    for (size_t i = 0; i < wish->count; i++) {
        if (outcomes[i].change_count != 1 || !outcomes[i].changes[0].changed)
            continue;
        done.sessions[done.count] = wish->sessions[i];
        done.after[done.count++] = wish->after[i];
    }
    sessions_keep(&stress->sessions, &done);
    return done.count == wish->count;
}

/* What was done, then overwritten, and could not be done again by the store, is left to the
 * promises, where there are any. Where the operator is told to check the file, since a try was
 * ended halfway, the edit may be there, or come back: -EINPROGRESS, and he knows. */
int stress_apply(struct stress *stress, const struct wish *wish)
{
    struct outcome outcomes[BATCH_COUNT] = {0};
    struct store_report report = {0};
    struct error error = {0};
    int result = store_apply(&stress->store, wish->operations, wish->count, &stress->pool, outcomes,
                             &report, &error);
    bool is_left = result != 0 && stress->keeps_promises && report.reapplied > 0;
    if (is_left) {
        stress->figures.left++;
        result = 0;
    }
    bool is_all_done = result == 0 && keep_done(stress, wish, outcomes);
    for (size_t i = 0; i < wish->count; i++) {
        if (result == 0 && stress->keeps_promises)
            (void)promises_add(&stress->promises, &outcomes[i], NULL);
        outcome_done(&outcomes[i]);
    }
    bool is_doubtful = result != 0 && strstr(error.text, "check the file");
    for (size_t i = 0; is_doubtful && i < wish->count; i++)
        sessions_tell(&stress->sessions, wish->operations[i].session_id);
    stress->figures.doubtful += is_doubtful;
    stress->figures.reapplied += report.reapplied;
    stress->figures.weaker += report.weaker[0] != '\0';
    if (result != 0 && !is_doubtful && !is_to_be_tried_again(result))
        printf("# %s (%s): %s\n", strerror(-result), wish->operations[0].session_id.data,
               error.text);
    if (is_doubtful)
        return -EINPROGRESS;
    return result == 0 && !is_all_done ? -ESTALE : result;
}

/* The operator is told of one promise at a time which of them are in conflict. True when some could
 * not be kept for another reason. */
static bool tell_conflicts(struct stress *stress, const struct registry *registry)
{
    size_t told = 0, failed = 0;
    for (size_t i = 0; i < stress->promises.count; i++) {
        struct promise_news news;
        struct promises one = {&stress->promises.items[i], 1};
        struct str id = one.items[0].intents.items[0].session_id;
        enum intent_fate fate = intent_fate(&one.items[0].intents.items[0], registry);
        if (fate == INTENT_HOLDS || fate == INTENT_MOVED_ON)
            continue;
        promises_keep(&one, &stress->store, registry, &news);
        bool is_told = news.failed.count && strstr(news.error.text, "is held by another session");
        if (is_told)
            sessions_tell(&stress->sessions, id);
        told += is_told;
        failed += news.failed.count;
        stress->figures.kept += (unsigned)news.applied.count;
        promise_news_done(&news);
    }
    return failed > told;
}

/* The operator is told how many have moved on, and looks at each. */
static void tell_moved(struct stress *stress, const struct registry *registry)
{
    for (size_t i = 0; i < stress->promises.count; i++) {
        const struct promise *promise = &stress->promises.items[i];
        if (promise->is_let_go)
            sessions_tell_moved(&stress->sessions, promise->intents.items[0].session_id, registry);
    }
}

/* Loads until a version shows every promise kept, or let go. False where the file is no registry.
 */
static bool load_kept(struct stress *stress, struct document *document)
{
    struct error error = {0};
    for (int looks = 0; looks < LOOKS_MAX; looks++) {
        struct promise_news news;
        if (store_load(&stress->store, SETTLE_MS, document, NULL, &error) != 0 ||
            document->state != DOCUMENT_OK) {
            printf("# the registry is %s: %s %s\n", document_state_name(document->state),
                   document->trouble, error.text);
            return false;
        }
        promises_keep(&stress->promises, &stress->store, &document->registry, &news);
        if (news.moved_on.count > 0)
            tell_moved(stress, &document->registry);
        size_t applied = news.applied.count;
        stress->figures.kept += (unsigned)applied;
        stress->figures.moved_on += (unsigned)news.moved_on.count;
        stress->figures.unkept += news.failed.count > 0;
        bool has_failed = news.failed.count && tell_conflicts(stress, &document->registry);
        if (has_failed && looks + 1 == LOOKS_MAX)
            printf("# still not kept: %s\n", news.error.text);
        promise_news_done(&news);
        if (applied == 0 && !has_failed)
            break;
    }
    return true;
}

void stress_look(struct stress *stress, const struct wish *in_flight)
{
    struct document document;
    enum wish_fate fate = WISH_BEFORE;
    document_init(&document);
    if (load_kept(stress, &document)) {
        sessions_check(&stress->sessions, &document, in_flight, &fate);
        stress->figures.before += in_flight && fate == WISH_BEFORE;
        stress->figures.after += in_flight && fate == WISH_AFTER;
    } else {
        stress->figures.bad++;
    }
    document_done(&document);
}

/* An operator whose command is refused, mostly because several servers tore the file, tries again.
 */
static int apply_or_wait(struct stress *stress, const struct wish *wish)
{
    int result = stress_apply(stress, wish);
    for (int tries = 0; is_to_be_tried_again(result) && tries < REFUSALS_MAX; tries++) {
        stress->figures.refused += result == -EUCLEAN;
        stress->figures.given_up += result != -EUCLEAN;
        sleep_us(REFUSED_PAUSE_US);
        result = stress_apply(stress, wish);
    }
    return result;
}

/* A program that runs on looks on: what several servers tear again and again takes a while. */
static void await_calm(struct stress *stress)
{
    for (int looks = 0, calm = 0; looks < LAST_LOOKS_MAX && calm < LAST_LOOKS; looks++) {
        sleep_us(LAST_PAUSE_US);
        stress_look(stress, NULL);
        calm = sessions_count(&stress->sessions, SESSION_LOST) == 0 ? calm + 1 : 0;
    }
}

static void run_edits(struct stress *stress, unsigned count)
{
    struct figures *figures = &stress->figures;
    stress->keeps_promises = true;
    while (figures->edits < count) {
        struct wish wish;
        sessions_wish(&stress->sessions, &wish);
        int result = apply_or_wait(stress, &wish);
        figures->stale += result == -ESTALE;
        figures->edits += result != -ESTALE;
        figures->failed += result != 0 && result != -ESTALE && result != -EINPROGRESS;
        stress_look(stress, result != 0 && result != -ESTALE ? &wish : NULL);
    }
    await_calm(stress);
}

static void print_figures(const struct stress *stress)
{
    const struct figures *figures = &stress->figures;
    const struct sessions *sessions = &stress->sessions;
    sessions_say(sessions);
    printf("{\"edits\":%u,\"reapplied\":%u,\"kept\":%u,\"unkept\":%u,\"movedOn\":%u,\"weaker\":%u,"
           "\"refused\":%u,\"stale\":%u,\"left\":%u,\"doubtful\":%u,\"givenUp\":%u,\"failed\":%u,"
           "\"bad\":%u,"
           "\"told\":%u,\"garbled\":%u,\"gone\":%u,",
           figures->edits, figures->reapplied, figures->kept, figures->unkept, figures->moved_on,
           figures->weaker, figures->refused, figures->stale, figures->left, figures->doubtful,
           figures->given_up, figures->failed, figures->bad, sessions_count(sessions, SESSION_TOLD),
           sessions_count(sessions, SESSION_GARBLED), sessions_count(sessions, SESSION_GONE));
    printf("\"lost\":%u,\"mixed\":%u,\"halved\":%u,\"before\":%u,\"after\":%u,\"leasesRefused\":%u,"
           "\"proved\":%u,\"caused\":%u,\"stops\":[",
           sessions_count(sessions, SESSION_LOST), sessions->mixed, sessions->batches_halved,
           figures->before, figures->after, lease_watch.refused, lease_watch.proved,
           lease_watch.caused);
    for (unsigned i = 0; i < figures->stop_count; i++)
        printf("%s[%" PRId64 ",%" PRId64 "]", i ? "," : "", figures->stops[i].from_ms,
               figures->stops[i].to_ms);
    printf("]}\n");
}

/* Slots of the operator's own: a lost allocation finds its slot free. */
static void fill_pool(unsigned operator_index, struct pool *pool)
{
    static char names[SLOT_COUNT][32];
    static struct str slots[SLOT_COUNT];
    for (int i = 0; i < SLOT_COUNT; i++) {
        (void)snprintf(names[i], sizeof(names[i]), "chat-slot-main-%02u-%d", operator_index, i + 1);
        slots[i] = str_of(names[i]);
    }
    *pool = (struct pool){STR("main"), slots, SLOT_COUNT};
}

static int adopt(struct stress *stress)
{
    struct document document;
    document_init(&document);
    int result = store_load(&stress->store, SETTLE_MS, &document, NULL, NULL);
    if (result == 0 && document.state == DOCUMENT_OK)
        sessions_adopt(&stress->sessions, &document.registry);
    else
        result = -EUCLEAN;
    document_done(&document);
    return result;
}

int main(int argc, char **argv)
{
    static struct stress stress;
    if (argc != 7)
        return 2;
    (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
    const char *mode = argv[1];
    unsigned count = (unsigned)strtoul(argv[3], NULL, 10);
    stress.store = (struct store){.path = argv[2], .fence_ms = STORE_DEFAULT_FENCE_MS};
    stress.sessions.random = strtoul(argv[4], NULL, 10) * 0x9E3779B97F4A7C15u + 1;
    stress.sessions.operator_index = (unsigned)strtoul(argv[5], NULL, 10) % 100;
    stress.sessions.count = (unsigned)strtoul(argv[6], NULL, 10);
    if (stress.sessions.count < BATCH_COUNT || stress.sessions.count > SESSIONS_MAX)
        return 2;
    fill_pool(stress.sessions.operator_index, &stress.pool);
    if (adopt(&stress) != 0)
        return 1;
    stress.sessions.only_small = strcmp(mode, "noleases") == 0;
    lease_watch.refuse = stress.sessions.only_small || strcmp(mode, "pauses") == 0;
    is_hasty = strcmp(mode, "one") == 0;
    lease_watch.prove = strcmp(mode, "three") == 0;
    if (strcmp(mode, "kill") == 0)
        stress_kill(&stress, count);
    else if (strcmp(mode, "stop") == 0)
        stress_stop(&stress, count);
    else
        run_edits(&stress, count);
    print_figures(&stress);
    promises_done(&stress.promises);
    return 0;
}
