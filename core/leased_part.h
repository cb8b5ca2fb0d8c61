/*
 * leased_part.h - what core/leased.c (what is done while the lease is held, until it is done),
 * core/leased_child.c (the process that does it) and core/leased_write.c (the bytes) share; not for
 * others. Nothing here allocates but leased_run_once().
 */
#ifndef SLOTOP_CORE_LEASED_PART_H
#define SLOTOP_CORE_LEASED_PART_H

#include "core/leased.h"

/* Takes note of errno. Returns `result`. */
enum leased_result leased_fail(struct leased *job, enum leased_result result);

/* The whole edit of one try, in this very process. Sets job->result. */
void leased_edit(struct leased *job);
/* The same in a child; LEASED_KILLED where it did not come to its end. */
void leased_run_once(struct leased *job);
/*
 * Has job->plan_anew called in the process that we are the child of, while we hold the lease and
 * wait. False where it says so, or that process is no more.
 */
bool leased_ask(struct leased *job);

/* From now on the child has LEASED_BLOCK_MS. Called before each lease. */
void leased_start_clock(const struct leased *job);
/* True when the edit is made through a mapping of the file, at least in part. */
bool leased_maps_file(const struct leased *job);
/* Writes all steps, and reads them back. LEASED_DONE, LEASED_WRITE_FAILED, LEASED_VERIFY_FAILED. */
enum leased_result leased_write(struct leased *job, int fd);
/*
 * True when the file, which has `size` bytes, is the expected text after its first `done` steps,
 * white space put behind it included. False with errno 0 when it just differs.
 */
bool leased_is(const struct leased *job, int fd, size_t done, uint64_t size);
/* At least so many of the first steps are made: the first that is not seen is the next one, or one
 * that a later step wrote over. */
size_t leased_made(const struct leased *job, int fd);
/* What is to stand there before step `index`: the old text and the white space behind it, with the
 * steps before laid over. */
void leased_recall(const struct leased *job, size_t index, uint64_t offset, char *bytes,
                   size_t len);

#endif
