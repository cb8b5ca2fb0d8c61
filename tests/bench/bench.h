/*
 * bench.h - how fast slotop is beside something that everybody knows, in one and the same run.
 *
 * A cell of the table is a goal at a size: the subject and its baseline are measured in turn, in
 * pairs, so that whatever else the machine does meets both; the verdict is about medians.
 * bench.c prints, goals.c knows the limits, place.c makes the files, the others measure:
 * reads.c in this process, screens.c the binary on a pty, idle.c what it does while nothing
 * happens, frames.c what a frame costs.
 */
#ifndef SLOTOP_TESTS_BENCH_H
#define SLOTOP_TESTS_BENCH_H

#include "core/base.h"
#include "tests/helpers/tree.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { BENCH_PAIRS_LEAST = 7, BENCH_PAIRS_MOST = 101, BENCH_WIDTH = 140, BENCH_HEIGHT = 40 };

/* What a limit is about. */
enum limit_of {
    LIMIT_RATIO,   /* subject / baseline */
    LIMIT_SUBJECT, /* the subject alone; its baseline, if any, is for comparison */
    LIMIT_MORE,    /* what the subject has more than 1.5 baselines (ms) */
    LIMIT_EACH,    /* what the subject has more than the baseline, per entry (bytes of KB) */
};

enum goal {
    GOAL_LOAD_C,
    GOAL_LOAD_R,
    GOAL_RELOAD_R,
    GOAL_RELOAD_N,
    GOAL_SCATTERED,
    GOAL_EDIT_N,
    GOAL_CLOSE_WRITE,
    GOAL_FIRST_FRAME,
    GOAL_MEMORY,
    GOAL_WAKEUPS,
    GOAL_IDLE_BYTES,
    GOAL_TICKING,
    GOAL_FRAME_CPU,
    GOAL_FRAME_BYTES,
    GOAL_MOVE,
    GOAL_FILTER,
    GOAL_SORT,
    GOAL_COUNT,
};

/* Subject and baseline of each pair, in the goal's unit. */
struct pairs {
    double subject[BENCH_PAIRS_MOST], baseline[BENCH_PAIRS_MOST];
    size_t count;
};

void pairs_add(struct pairs *pairs, double subject, double baseline);
/* As many pairs as are worth the time, of what takes about so long. */
size_t pairs_wanted(double both_ms);

/* Prints the cell: `goal n subject baseline ratio limit PASS|MISS`. */
void goal_print(enum goal goal, size_t n, const struct pairs *pairs);
/* Prints why it was not measured. */
void goal_skip(enum goal goal, size_t n, const char *why);

double now_ms(void); /* steady */

/* A home with a registry of n entries, the first five of which are live. */
struct place {
    struct tree tree;
    const char *program; /* slotop */
    const char *empty;   /* the empty ncurses program */
    size_t n;
    int64_t made_ms; /* epoch: its newest entry was used then */
    char registry[512];
    size_t *entries; /* where in the file each begins */
    size_t size;
};

void place_make(struct place *place, size_t n);
void place_remove(struct place *place);
/* The first eight characters of the id of an entry; the ring of tree_path(). */
const char *place_short_id(size_t entry);
/* Changes lastActiveAt of these entries, at the same length, into something that was never there.
 */
void place_touch(const struct place *place, size_t first, size_t step, size_t count);
/* Writes the whole registry as the server does, with a label of five letters as the slot of the
 * newest entry. Returns the time at which it was closed. */
double place_save(const struct place *place, const char *label);
/* The whole text. The caller frees. */
char *place_read(const struct place *place);

void bench_reads(struct place *place);
void bench_screens(const struct place *place);
void bench_idle(const struct place *place);
void bench_frames(const struct place *place);

/* A Node process that does what the seed does. */
struct node {
    pid_t pid;
    int in, out;
};
bool node_start(struct node *node, const char *script);
/* Has it "load" or "edit" a registry; the time that took there, in ms. */
double node_time(struct node *node, const char *what, const char *path);
void node_stop(struct node *node);

/* A program of /usr/bin and the like is installed. */
bool has_program(const char *name);
/* KB of a process that are resident; how often it went to sleep; CPU time in ms. */
double process_resident_kb(pid_t pid);
double process_sleeps(pid_t pid);
double process_cpu_ms(pid_t pid);

#endif
