/* The bytes of an edit: steps that a kill cannot split, undone where one fails, read back. */
#include "core/leased_part.h"

#include "core/file.h"
#include "core/unleased.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static bool write_bytes(int fd, struct str bytes, uint64_t offset)
{
    for (size_t done = 0; done < bytes.len;) {
        ssize_t put = pwrite(fd, bytes.data + done, bytes.len - done, (off_t)(offset + done));
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0) {
            errno = put < 0 ? errno : EIO;
            return false;
        }
        done += (size_t)put;
    }
    return true;
}

static bool crosses_page(uint64_t offset, size_t len)
{
    return offset / LEASED_PAGE_BYTES != (offset + len - 1) / LEASED_PAGE_BYTES;
}

/*
 * One store instruction over the edge of two pages: a signal comes before it or after it. `size`
 * is the file's. False where the file system has no such mappings, or the file is too short.
 */
static bool store_over_edge(int fd, struct str bytes, uint64_t offset, uint64_t size)
{
    typedef unsigned char lane __attribute__((vector_size(LEASED_STORE_BYTES), aligned(1)));
    uint64_t edge = (offset + bytes.len - 1) / LEASED_PAGE_BYTES * LEASED_PAGE_BYTES;
    uint64_t start = offset + LEASED_STORE_BYTES <= size ? offset : size - LEASED_STORE_BYTES;
    uint64_t base = edge - LEASED_PAGE_BYTES;
    uint64_t system_page = (uint64_t)sysconf(_SC_PAGESIZE);
    base = base / system_page * system_page;
    if (start > offset || start >= edge)
        return false;
    size_t map_len = (size_t)(edge + LEASED_PAGE_BYTES - base);
    unsigned char *map = mmap(NULL, map_len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, (off_t)base);
    if (map == MAP_FAILED)
        return false;
    lane value;
    memcpy(&value, map + (start - base), sizeof(value));
    memcpy((unsigned char *)&value + (offset - start), bytes.data, bytes.len);
    *(volatile lane *)(map + (start - base)) = value;
    (void)munmap(map, map_len);
    return true;
}

static bool can_store_over_edge(const struct leased *job, const struct step *step)
{
    return step->text.len > 0 && step->text.len <= LEASED_STORE_BYTES &&
           crosses_page(step->offset, step->text.len) &&
           job->expected.len + job->grows_by >= LEASED_STORE_BYTES;
}

static bool write_step(const struct leased *job, int fd, const struct step *step)
{
    uint64_t size = job->expected.len + job->grows_by;
    if (can_store_over_edge(job, step) && store_over_edge(fd, step->text, step->offset, size))
        return true;
    return write_bytes(fd, step->text, step->offset);
}

/* White space behind the document: whatever part of it is written, the text parses as before. */
static bool write_growth(const struct leased *job, int fd)
{
    char spaces[1024];
    memset(spaces, ' ', sizeof(spaces));
    for (uint64_t done = 0; done < job->grows_by;) {
        uint64_t left = job->grows_by - done;
        struct str part = {spaces, left < sizeof(spaces) ? (size_t)left : sizeof(spaces)};
        if (!write_bytes(fd, part, job->expected.len + done))
            return false;
        done += part.len;
    }
    return true;
}

/* Lays what `step` writes over the part of it that is in the `len` bytes at `offset`. */
static void lay_over(const struct step *step, uint64_t offset, char *bytes, size_t len)
{
    uint64_t from = step->offset > offset ? step->offset : offset;
    uint64_t to = step->offset + step->text.len;
    if (to > offset + len)
        to = offset + len;
    if (from < to)
        memcpy(bytes + (from - offset), step->text.data + (from - step->offset), to - from);
}

void leased_recall(const struct leased *job, size_t index, uint64_t offset, char *bytes, size_t len)
{
    const struct step old = {.text = job->expected};
    memset(bytes, ' ', len);
    lay_over(&old, offset, bytes, len);
    for (size_t i = 0; i < index; i++)
        lay_over(&job->steps[i], offset, bytes, len);
}

static bool undo_step(const struct leased *job, int fd, size_t index)
{
    char bytes[LEASED_PAGE_BYTES];
    const struct step *step = &job->steps[index];
    for (size_t done = 0; done < step->text.len;) {
        size_t left = step->text.len - done, len = left < sizeof(bytes) ? left : sizeof(bytes);
        struct step back = {.offset = step->offset + done, .text = {bytes, len}};
        leased_recall(job, index, back.offset, bytes, len);
        if (!write_step(job, fd, &back))
            return false;
        done += len;
    }
    return true;
}

static bool cut(int fd, size_t len)
{
    int result;
    do
        result = ftruncate(fd, (off_t)len);
    while (result != 0 && errno == EINTR);
    return result == 0;
}

/* Goes back the way it came, so that here too the text parses after every step; and stops where
 * that fails, since cutting off what is not undone could tear it. */
static bool undo(const struct leased *job, int fd, size_t begun)
{
    while (begun > 0 && undo_step(job, fd, begun - 1))
        begun--;
    return begun == 0 && (job->grows_by == 0 || cut(fd, job->expected.len));
}

/* The whole file, white space included: what was written could hide what was not. */
static bool is_written(const struct leased *job, int fd)
{
    char bytes[LEASED_PAGE_BYTES];
    uint64_t size = job->expected.len + job->grows_by;
    for (uint64_t at = 0; at < size; at += sizeof(bytes)) {
        size_t len = size - at < sizeof(bytes) ? (size_t)(size - at) : sizeof(bytes);
        leased_recall(job, job->step_count, at, bytes, len);
        if (!file_holds(fd, (struct str){bytes, len}, at))
            return false;
    }
    return true;
}

enum leased_result leased_write(struct leased *job, int fd)
{
    size_t begun = 0;
    job->wrote = true;
    bool good = write_growth(job, fd);
    while (good && begun < job->step_count)
        good = write_step(job, fd, &job->steps[begun++]);
    if (!good) {
        (void)leased_fail(job, LEASED_WRITE_FAILED);
        job->restored = undo(job, fd, begun);
        return LEASED_WRITE_FAILED;
    }
    return is_written(job, fd) ? LEASED_DONE : leased_fail(job, LEASED_VERIFY_FAILED);
}

bool leased_maps_file(const struct leased *job)
{
    if (job->without_lease)
        return unleased_is_small(job);
    for (size_t i = 0; i < job->step_count; i++)
        if (can_store_over_edge(job, &job->steps[i]))
            return true;
    return false;
}
