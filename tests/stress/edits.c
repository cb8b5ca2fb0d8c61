// LDFLAGS: -Wl,--wrap=fcntl
// Edits as fast as they go beside servers that save all the time; prints figures as one JSON line.
// usage: edits one|three|noleases|kill|stop REGISTRY COUNT SEED
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
    LOOKS_MAX = 5,
    SLOT_COUNT = 48,
    REFUSED_PAUSE_US = 20000,
    LAST_LOOKS = 5,
    LAST_PAUSE_US = 100000
};

void sleep_us(int64_t us)
{
    struct timespec pause = {.tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000};
    (void)nanosleep(&pause, NULL);
}

int stress_apply(struct stress *stress, const struct wish *wish)
{
    struct outcome outcomes[BATCH_COUNT] = {0};
    struct store_report report = {0};
    struct error error = {0};
    int result = store_apply(&stress->store, wish->operations, wish->count, &stress->pool, outcomes,
                             &report, &error);
    for (size_t i = 0; i < wish->count; i++) {
        if (result == 0 && stress->keeps_promises)
            (void)promises_add(&stress->promises, &outcomes[i], NULL);
        outcome_done(&outcomes[i]);
    }
    stress->figures.reapplied += report.reapplied;
    stress->figures.weaker += report.weaker[0] != '\0';
    if (result != 0 && result != -EUCLEAN)
        printf("# %s (%s): %s\n", strerror(-result), wish->operations[0].session_id.data,
               error.text);
    return result;
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
        buffer_done(&news.session_id);
        stress->figures.kept += (unsigned)news.applied;
        stress->figures.moved_on += (unsigned)news.moved_on;
        stress->figures.unkept += news.failed > 0;
        if (news.failed && looks + 1 == LOOKS_MAX)
            printf("# still not kept: %s\n", news.error.text);
        if (news.applied + news.failed == 0)
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
        sessions_check(&stress->sessions, &document.registry, in_flight, &fate);
        stress->figures.before += in_flight && fate == WISH_BEFORE;
        stress->figures.after += in_flight && fate == WISH_AFTER;
    } else {
        stress->figures.bad++;
    }
    document_done(&document);
}

/* An operator whose command is refused because several servers tore the file tries again. */
static int apply_or_wait(struct stress *stress, const struct wish *wish)
{
    int result = stress_apply(stress, wish);
    for (int tries = 0; result == -EUCLEAN && tries < 100; tries++) {
        stress->figures.refused++;
        sleep_us(REFUSED_PAUSE_US);
        result = stress_apply(stress, wish);
    }
    return result;
}

static void run_edits(struct stress *stress, unsigned count)
{
    stress->keeps_promises = true;
    for (unsigned i = 0; i < count; i++) {
        struct wish wish;
        sessions_wish(&stress->sessions, &wish);
        stress->figures.edits++;
        if (apply_or_wait(stress, &wish) == 0) {
            sessions_keep(&stress->sessions, &wish);
            stress_look(stress, NULL);
        } else {
            stress->figures.failed++;
            stress_look(stress, &wish);
        }
    }
    for (int i = 0; i < LAST_LOOKS; i++) {
        sleep_us(LAST_PAUSE_US);
        stress_look(stress, NULL);
    }
}

static void print_figures(const struct stress *stress)
{
    const struct figures *figures = &stress->figures;
    unsigned lost = sessions_lost(&stress->sessions);
    printf("{\"edits\":%u,\"reapplied\":%u,\"kept\":%u,\"unkept\":%u,\"movedOn\":%u,\"weaker\":%u,"
           "\"refused\":%u,"
           "\"failed\":%u,\"bad\":%u,",
           figures->edits, figures->reapplied, figures->kept, figures->unkept, figures->moved_on,
           figures->weaker, figures->refused, figures->failed, figures->bad);
    printf("\"lost\":%u,\"mixed\":%u,\"halved\":%u,\"before\":%u,\"after\":%u,\"leasesRefused\":%u,"
           "\"proved\":%u,\"caused\":%u,\"stops\":[",
           lost, stress->sessions.mixed, stress->sessions.batches_halved, figures->before,
           figures->after, lease_watch.refused, lease_watch.proved, lease_watch.caused);
    for (unsigned i = 0; i < figures->stop_count; i++)
        printf("%s[%" PRId64 ",%" PRId64 "]", i ? "," : "", figures->stops[i].from_ms,
               figures->stops[i].to_ms);
    printf("]}\n");
}

static void fill_pool(struct pool *pool)
{
    static char names[SLOT_COUNT][32];
    static struct str slots[SLOT_COUNT];
    for (int i = 0; i < SLOT_COUNT; i++) {
        (void)snprintf(names[i], sizeof(names[i]), "chat-slot-main-%d", i + 1);
        slots[i] = str_of(names[i]);
    }
    *pool = (struct pool){STR("main"), slots, SLOT_COUNT};
}

static int adopt(struct stress *stress, uint64_t seed)
{
    struct document document;
    document_init(&document);
    int result = store_load(&stress->store, SETTLE_MS, &document, NULL, NULL);
    if (result == 0 && document.state == DOCUMENT_OK)
        sessions_adopt(&stress->sessions, &document.registry, seed);
    else
        result = -EUCLEAN;
    document_done(&document);
    return result;
}

int main(int argc, char **argv)
{
    static struct stress stress;
    if (argc != 5)
        return 2;
    (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
    const char *mode = argv[1];
    unsigned count = (unsigned)strtoul(argv[3], NULL, 10);
    stress.store = (struct store){.path = argv[2], .fence_ms = STORE_DEFAULT_FENCE_MS};
    fill_pool(&stress.pool);
    if (adopt(&stress, strtoul(argv[4], NULL, 10)) != 0)
        return 1;
    lease_watch.refuse = strcmp(mode, "noleases") == 0;
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
