/* Loads, reloads and edits in this process, beside read(2), cJSON and Node. */
#include "tests/bench/bench.h"

#include "core/store.h"
#include "core/stream.h"

#include <cjson/cJSON.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* An edit waits on purpose: for a server that is in the middle of a save, and before it looks
 * again. That is no work, and left out. */
void __wrap_file_pause_ms(int ms);
void __wrap_file_pause_ms(int ms)
{
    (void)ms;
}

/* A buffer that has been written to before, as large as the file. */
struct warm {
    char *data;
    size_t size;
};

struct reads {
    struct place *place;
    struct warm warm;
    struct node node;
    bool has_node;
    struct store store;
    struct stream stream;
    struct document document; /* what was loaded last */
};

static double read_ms(struct reads *reads)
{
    double start = now_ms();
    int fd = open(reads->place->registry, O_RDONLY | O_CLOEXEC);
    ssize_t got = read(fd, reads->warm.data, reads->warm.size);
    (void)close(fd);
    if (got != (ssize_t)reads->place->size)
        abort();
    return now_ms() - start;
}

static double cjson_ms(struct reads *reads)
{
    double start = now_ms();
    (void)read_ms(reads);
    cJSON *document = cJSON_ParseWithLength(reads->warm.data, reads->place->size);
    double took = now_ms() - start;
    if (!document)
        abort();
    cJSON_Delete(document);
    return took;
}

static double node_load_ms(struct reads *reads)
{
    return node_time(&reads->node, "load", reads->place->registry);
}

/* As the dashboard does it, into a document that is not known yet or known already. */
static double stream_ms(struct reads *reads)
{
    struct document_delta delta;
    struct file_identity identity;
    double start = now_ms();
    int result = stream_load(&reads->stream, reads->place->registry, &reads->document, &delta);
    if (result == 0)
        stream_apply(&reads->stream, &identity);
    double took = now_ms() - start;
    if (result != 0 || reads->document.registry.count != reads->place->n) {
        (void)fprintf(stderr, "the load failed: %d\n", result);
        abort();
    }
    return took;
}

static double load_ms(struct reads *reads)
{
    document_done(&reads->document);
    document_init(&reads->document);
    return stream_ms(reads);
}

/* The server has changed `count` entries since the last look. */
static double reload_ms(struct reads *reads, size_t count)
{
    size_t n = reads->place->n;
    place_touch(reads->place, n / 2 / count, n / count, count);
    return stream_ms(reads);
}

static double reload_one_ms(struct reads *reads)
{
    return reload_ms(reads, 1);
}

static double reload_scattered_ms(struct reads *reads)
{
    size_t n = reads->place->n;
    return reload_ms(reads, n >= 100 ? n / 100 : 1);
}

/* Else our fsync would write down all that Node has just written, who does not wait for that. */
static void sync_registry(const struct reads *reads)
{
    int fd = open(reads->place->registry, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fsync(fd) != 0)
        abort();
    (void)close(fd);
}

/* The last use of the last entry, of a registry that the dashboard has looked at since it changed.
 */
static double edit_ms(struct reads *reads)
{
    static int64_t ever;
    (void)stream_ms(reads);
    struct outcome outcome = {0};
    struct store_report report;
    struct error error;
    struct operation operation = {
        .kind = OPERATION_TOUCH,
        .session_id = entry_session_id(&reads->document.registry.entries[reads->place->n - 1]),
        .now_ms = reads->place->made_ms - 5000000000 - ever++ % 1000,
    };
    (void)stream_ms(reads); /* what Node has just written was looked at long ago */
    reads->store.known = &reads->document;
    sync_registry(reads);
    double start = now_ms();
    int result = store_apply(&reads->store, &operation, 1, NULL, &outcome, &report, &error);
    double took = now_ms() - start;
    if (result != 0 || !report.wrote) {
        (void)fprintf(stderr, "the edit failed: %s\n", result != 0 ? error.text : "nothing to do");
        abort();
    }
    outcome_done(&outcome);
    return took;
}

static double node_edit_ms(struct reads *reads)
{
    return node_time(&reads->node, "edit", reads->place->registry);
}

typedef double measure(struct reads *reads);

/* Of what is short the fastest of three, for subject and baseline alike: on a machine that is
 * shared others run in the middle of most that is longer than a moment. */
static double fastest(measure *what, struct reads *reads)
{
    enum { SHORT_MS = 100, TIMES = 3 };
    double best = what(reads);
    for (int i = 1; i < TIMES && best < SHORT_MS; i++)
        best = fmin(best, what(reads));
    return best;
}

static void compare(struct reads *reads, enum goal goal, measure *subject, measure *baseline)
{
    struct pairs pairs = {.count = 0};
    double both_ms = fastest(subject, reads) + fastest(baseline, reads);
    for (size_t left = pairs_wanted(both_ms); left > 0; left--) {
        double baseline_ms = fastest(baseline, reads);
        pairs_add(&pairs, fastest(subject, reads), baseline_ms);
    }
    goal_print(goal, reads->place->n, &pairs);
}

static void compare_node(struct reads *reads, enum goal goal, measure *subject, measure *baseline)
{
    if (reads->has_node)
        compare(reads, goal, subject, baseline);
    else
        goal_skip(goal, reads->place->n, "node is not installed");
}

void bench_reads(struct place *place)
{
    struct reads reads = {
        .place = place,
        .warm = {malloc(place->size), place->size},
        .store = {.path = place->registry},
    };
    reads.store.known = &reads.document;
    if (!reads.warm.data)
        abort();
    memset(reads.warm.data, 1, place->size);
    document_init(&reads.document);
    reads.has_node = has_program("node") && node_start(&reads.node, "tests/bench/seed.js");
    compare(&reads, GOAL_LOAD_C, load_ms, cjson_ms);
    compare(&reads, GOAL_LOAD_R, load_ms, read_ms);
    compare(&reads, GOAL_RELOAD_R, reload_one_ms, read_ms);
    compare_node(&reads, GOAL_RELOAD_N, reload_one_ms, node_load_ms);
    if (place->n >= 100)
        compare(&reads, GOAL_SCATTERED, reload_scattered_ms, reload_one_ms);
    compare_node(&reads, GOAL_EDIT_N, edit_ms, node_edit_ms);
    if (reads.has_node)
        node_stop(&reads.node);
    document_done(&reads.document);
    stream_done(&reads.stream);
    free(reads.warm.data);
}
