/* The bytes of an edit: steps that a kill cannot split, undone where one fails, read back. */
#include "core/leased_part.h"

#include "core/document_windows.h"
#include "core/file.h"
#include "core/unleased.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { PIECE_BYTES = 16 << 10 };

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
    for (uint64_t done = job->grown; done < job->grows_by;) {
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

/* The first step that reaches behind `offset`: they ascend, by where they begin and where they end.
 */
static size_t first_step_behind(const struct leased *job, uint64_t offset)
{
    size_t low = 0, high = job->step_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (job->steps[middle].offset + job->steps[middle].text.len > offset)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

void leased_recall(const struct leased *job, size_t index, uint64_t offset, char *bytes, size_t len)
{
    const struct step old = {.text = job->expected};
    memset(bytes, ' ', len);
    lay_over(&old, offset, bytes, len);
    for (size_t i = first_step_behind(job, offset);
         i < index && job->steps[i].offset < offset + len; i++)
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

static bool cut(int fd, uint64_t len)
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
    while (begun > job->done && undo_step(job, fd, begun - 1))
        begun--;
    return begun == job->done &&
           (job->grows_by == job->grown || cut(fd, job->expected.len + job->grown));
}

/* These bytes are as they are to be after so many steps. */
static bool piece_is(const struct leased *job, int fd, size_t done, struct document_span piece)
{
    char bytes[PIECE_BYTES];
    errno = 0;
    for (size_t at = 0; at < piece.len; at += sizeof(bytes)) {
        size_t len = piece.len - at < sizeof(bytes) ? piece.len - at : sizeof(bytes);
        leased_recall(job, done, piece.offset + at, bytes, len);
        if (!file_holds(fd, (struct str){bytes, len}, piece.offset + at))
            return false;
    }
    return true;
}

size_t leased_made(const struct leased *job, int fd)
{
    size_t done = job->done;
    while (done < job->step_count &&
           piece_is(job, fd, done + 1,
                    (struct document_span){job->steps[done].offset, job->steps[done].text.len}))
        done++;
    return done;
}

/* What the edit writes over, and the white space behind the text. */
static bool places_are(const struct leased *job, int fd, size_t done, uint64_t size)
{
    for (size_t i = 0; i < job->step_count; i++) {
        struct document_span place = {job->steps[i].offset, job->steps[i].text.len};
        if (place.offset + place.len > size)
            place.len = size > place.offset ? (size_t)(size - place.offset) : 0;
        if (!piece_is(job, fd, done, place))
            return false;
    }
    struct document_span growth = {job->expected.len, (size_t)(size - job->expected.len)};
    return piece_is(job, fd, done, growth);
}

struct reading {
    const struct leased *job;
    int fd;
    size_t done;
};

static int read_fully(int fd, uint64_t offset, char *at, size_t len)
{
    for (size_t done = 0; done < len;) {
        ssize_t got = pread(fd, at + done, len - done, (off_t)(offset + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return got < 0 ? -errno : -ESTALE;
        done += (size_t)got;
    }
    return 0;
}

/* The file as it was before the steps that were made, which are known to be there. */
static int read_as_before(void *context, uint64_t offset, char *at, size_t len)
{
    const struct reading *reading = context;
    const struct leased *job = reading->job;
    int result = read_fully(reading->fd, offset, at, len);
    for (size_t i = first_step_behind(job, offset);
         result == 0 && i < reading->done && job->steps[i].offset < offset + len; i++) {
        uint64_t from = job->steps[i].offset, to = from + job->steps[i].text.len;
        struct step old = {.offset = from};
        to = to < job->expected.len ? to : job->expected.len;
        if (from >= to)
            continue;
        old.text = (struct str){job->expected.data + from, (size_t)(to - from)};
        lay_over(&old, offset, at, len);
    }
    return result;
}

static bool is_document(const struct leased *job, int fd, size_t done)
{
    struct reading reading = {job, fd, done};
    struct buffer room = job->room;
    int result = document_verify(job->document, read_as_before, &reading, &room);
    errno = result == -ESTALE ? 0 : -result;
    return result == 0;
}

bool leased_is(const struct leased *job, int fd, size_t done, uint64_t size)
{
    if (size < job->expected.len || size > job->expected.len + job->grows_by) {
        errno = 0;
        return false;
    }
    if (!job->document)
        return piece_is(job, fd, done, (struct document_span){0, (size_t)size});
    return places_are(job, fd, done, size) && is_document(job, fd, done);
}

/* What was written could hide what was not: so all of it is looked at, where it is known. */
static bool is_written(const struct leased *job, int fd)
{
    uint64_t size = job->expected.len + job->grows_by;
    return job->document ? places_are(job, fd, job->step_count, size)
                         : leased_is(job, fd, job->step_count, size);
}

enum leased_result leased_write(struct leased *job, int fd)
{
    size_t begun = job->done;
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
    for (size_t i = job->done; i < job->step_count; i++)
        if (can_store_over_edge(job, &job->steps[i]))
            return true;
    return false;
}
