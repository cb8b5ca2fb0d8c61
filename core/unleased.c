#include "core/unleased.h"

#include "core/leased_part.h"

#include "core/file.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>

enum {
    SWAP = UNLEASED_SWAP_BYTES,
    RUN_BYTES_MAX = 16,
    CACHE_LINE_BYTES = 64,
    WINDOW_BYTES = 2 * UNLEASED_CONTEXT_BYTES + SWAP,
};

/* The file, mapped, and a piece of it around a step, as it must be. */
struct mapped {
    unsigned char *bytes;
    size_t len;
    size_t from; /* of the window */
    size_t window_len;
    char window[WINDOW_BYTES];
};

static void add_part(struct unleased_parts *parts, size_t at, const char *text, size_t len)
{
    struct unleased_part *part = &parts->items[parts->count++];
    *part = (struct unleased_part){.at = at, .len = len};
    memcpy(part->text, text, len);
}

static bool are_digits(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
    return true;
}

/* Within a string, then, or a literal that is swapped whole. */
static bool are_letters(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.data[i] < 'a' || text.data[i] > 'z')
            return false;
    return true;
}

static bool are_spaces(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (text[i] != ' ' && text[i] != '\t' && text[i] != '\r' && text[i] != '\n')
            return false;
    return true;
}

/* The end of a string and a comma, with nothing but white space around it: where the comma is. */
static bool find_comma(struct str text, size_t *ret_comma)
{
    const char *comma = memchr(text.data, ',', text.len);
    const char *quote = comma ? memrchr(text.data, '"', (size_t)(comma - text.data)) : NULL;
    if (!quote || !are_spaces(quote + 1, (size_t)(comma - quote) - 1) ||
        !are_spaces(comma + 1, (size_t)(text.data + text.len - comma) - 1))
        return false;
    *ret_comma = (size_t)(comma - text.data);
    return true;
}

/* The comma moves behind where both words end, one word takes the other's place, and the rest
 * becomes as wished. */
static bool split_at_comma(struct str old, struct str text, struct unleased_parts *parts)
{
    size_t old_comma, new_comma;
    if (!find_comma(old, &old_comma) || !find_comma(text, &new_comma))
        return false;
    size_t place = old_comma > new_comma ? old_comma : new_comma;
    if (place > SWAP)
        return false;
    char word[SWAP + 1];
    memset(word, ' ', sizeof(word));
    word[place - old_comma] = ',';
    if (old_comma < place)
        add_part(parts, old_comma, word, place - old_comma + 1);
    memset(word, ' ', sizeof(word));
    memcpy(word, text.data, new_comma);
    add_part(parts, 0, word, place);
    for (size_t at = new_comma; at < text.len; at += SWAP) {
        size_t left = text.len - at;
        if (at == new_comma && left > SWAP && place - new_comma >= SWAP)
            return false; /* the comma would be there twice, or not at all */
        add_part(parts, at, text.data + at, left < SWAP ? left : SWAP);
    }
    return true;
}

/* The parts for bytes that differ. Beside others in one step a few bytes may be a piece of a text
 * that has moved: only what is a change by itself counts there, a word, a number. */
static bool split_run(struct str old, struct str text, bool is_alone, struct unleased_parts *parts)
{
    bool is_word = are_letters(old) && are_letters(text);
    if ((is_alone || is_word) && text.len <= SWAP) {
        add_part(parts, 0, text.data, text.len);
        return true;
    }
    if (text.len > RUN_BYTES_MAX)
        return false;
    if (!are_digits(old) || !are_digits(text))
        return split_at_comma(old, text, parts);
    size_t first = text.len > SWAP ? text.len - SWAP : 0;
    if (first > 0)
        add_part(parts, 0, text.data, first);
    add_part(parts, first, text.data + first, text.len - first);
    return true;
}

/* The next bytes that differ, from `from` on; behind them as many are alike as are swapped at once,
 * so that a word is not cut where two happen to share a letter. */
static struct str find_run(struct str old, struct str text, size_t from)
{
    while (from < text.len && old.data[from] == text.data[from])
        from++;
    size_t end = from;
    for (size_t i = from; i < text.len && i <= end + SWAP; i++)
        if (old.data[i] != text.data[i])
            end = i + 1;
    return (struct str){text.data + from, end - from};
}

bool unleased_split(struct str old, struct str text, struct unleased_parts *ret_parts)
{
    *ret_parts = (struct unleased_parts){0};
    struct str run = find_run(old, text, 0);
    size_t at = (size_t)(run.data - text.data);
    bool is_alone = find_run(old, text, at + run.len).len == 0;
    while (run.len > 0) {
        struct unleased_parts parts = {0};
        if (!split_run((struct str){old.data + at, run.len}, run, is_alone, &parts) ||
            ret_parts->count + parts.count > UNLEASED_PARTS_MAX)
            return false;
        for (size_t i = 0; i < parts.count; i++) {
            parts.items[i].at += at;
            ret_parts->items[ret_parts->count++] = parts.items[i];
        }
        run = find_run(old, text, at + run.len);
        at = (size_t)(run.data - text.data);
    }
    return true;
}

static struct str old_text(const struct leased *job, const struct step *step)
{
    return (struct str){job->expected.data + step->offset, step->text.len};
}

bool unleased_is_small(const struct leased *job)
{
    struct unleased_parts parts;
    uint64_t end = 0;
    if (job->grows_by > 0 || job->expected.len < SWAP)
        return false;
    for (size_t i = 0; i < job->step_count; i++) {
        const struct step *step = &job->steps[i];
        if (step->is_passing || step->offset < end ||
            !unleased_split(old_text(job, step), step->text, &parts))
            return false;
        end = step->offset + step->text.len;
    }
    return true;
}

/*
 * Stores `wish` where `old` stands, in one go. Across a cache line processors differ in whether
 * they can do that at once; there it is a look and a store, one right behind the other.
 */
static bool swap(unsigned char *at, const char *old, const char *wish)
{
    typedef uint64_t word __attribute__((aligned(1), may_alias));
    uint64_t before, after;
    memcpy(&before, old, SWAP);
    memcpy(&after, wish, SWAP);
#if defined(__x86_64__)
    if ((uintptr_t)at % CACHE_LINE_BYTES <= CACHE_LINE_BYTES - SWAP) {
        bool is_done;
        __asm__ volatile("lock cmpxchgq %3, %1"
                         : "=@ccz"(is_done), "+m"(*(word *)at), "+a"(before)
                         : "r"(after)
                         : "memory", "cc");
        return is_done;
    }
#endif
    volatile word *place = (volatile word *)at;
    if (*place != before)
        return false;
    *place = after;
    return true;
}

/* Where to take the 8 bytes around a part: within a cache line where that can be. */
static size_t swap_start(const struct mapped *mapped, size_t offset, size_t len)
{
    size_t first = offset + len > SWAP ? offset + len - SWAP : 0;
    size_t last = offset + SWAP <= mapped->len ? offset : mapped->len - SWAP;
    for (size_t start = first; start < last; start++)
        if ((uintptr_t)(mapped->bytes + start) % CACHE_LINE_BYTES <= CACHE_LINE_BYTES - SWAP)
            return start;
    return last;
}

static bool holds_window(const struct mapped *mapped)
{
    return memcmp(mapped->bytes + mapped->from, mapped->window, mapped->window_len) == 0;
}

static void lay_over(struct mapped *mapped, size_t offset, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (offset + i >= mapped->from && offset + i < mapped->from + mapped->window_len)
            mapped->window[offset + i - mapped->from] = text[i];
}

/* The text around what is to be swapped: the expected one, with what was swapped before. */
static void open_window(const struct leased *job, size_t index, struct mapped *mapped, size_t at,
                        size_t len)
{
    size_t to = at + len + UNLEASED_CONTEXT_BYTES;
    mapped->from = at > UNLEASED_CONTEXT_BYTES ? at - UNLEASED_CONTEXT_BYTES : 0;
    mapped->window_len = (to < mapped->len ? to : mapped->len) - mapped->from;
    memcpy(mapped->window, job->expected.data + mapped->from, mapped->window_len);
    for (size_t i = 0; i < index; i++)
        lay_over(mapped, (size_t)job->steps[i].offset, job->steps[i].text.data,
                 job->steps[i].text.len);
}

static bool make_part(struct mapped *mapped, size_t offset, const struct unleased_part *part)
{
    char old[SWAP], wish[SWAP];
    size_t start = swap_start(mapped, offset, part->len);
    memcpy(old, mapped->window + (start - mapped->from), SWAP);
    lay_over(mapped, offset, part->text, part->len);
    memcpy(wish, mapped->window + (start - mapped->from), SWAP);
    lay_over(mapped, start, old, SWAP);
    if (!holds_window(mapped) || !swap(mapped->bytes + start, old, wish))
        return false;
    lay_over(mapped, start, wish, SWAP);
    return true;
}

/* Tells what is true if the next look at the mapping ends this process. */
static void note(struct leased *job, enum leased_result result)
{
    job->result = result;
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
}

static bool make_step(struct leased *job, size_t index, struct mapped *mapped)
{
    const struct step *step = &job->steps[index];
    struct unleased_parts parts;
    (void)unleased_split(old_text(job, step), step->text, &parts);
    for (size_t i = 0; i < parts.count; i++) {
        const struct unleased_part *part = &parts.items[i];
        open_window(job, index, mapped, (size_t)step->offset + part->at, part->len);
        for (size_t k = 0; k < i; k++)
            lay_over(mapped, (size_t)step->offset + parts.items[k].at, parts.items[k].text,
                     parts.items[k].len);
        if (!make_part(mapped, (size_t)step->offset + part->at, part))
            return false;
        job->wrote = true;
        note(job, LEASED_UNSURE);
        if (!holds_window(mapped))
            return false;
    }
    return true;
}

/* The expected text, after what a child before has done. */
static bool is_as_expected(const struct leased *job, const struct mapped *mapped)
{
    char bytes[LEASED_PAGE_BYTES];
    for (size_t at = 0; at < mapped->len; at += sizeof(bytes)) {
        size_t len = mapped->len - at < sizeof(bytes) ? mapped->len - at : sizeof(bytes);
        leased_recall(job, job->done, at, bytes, len);
        if (memcmp(mapped->bytes + at, bytes, len) != 0)
            return false;
    }
    return true;
}

static enum leased_result store_all(struct leased *job, struct mapped *mapped)
{
    note(job, LEASED_CHANGED);
    if (!is_as_expected(job, mapped))
        return job->result;
    for (size_t i = job->done; i < job->step_count; i++)
        if (!make_step(job, i, mapped))
            return job->result;
    return LEASED_DONE;
}

enum leased_result unleased_store(struct leased *job, int fd)
{
    struct mapped mapped = {.len = job->expected.len};
    (void)signal(SIGBUS, SIG_DFL);
    (void)prctl(PR_SET_DUMPABLE, 0);
    void *map = mmap(NULL, mapped.len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (map == MAP_FAILED) {
        job->errnum = errno;
        return LEASED_READ_FAILED;
    }
    mapped.bytes = map;
    enum leased_result result = store_all(job, &mapped);
    (void)munmap(map, mapped.len);
    return result;
}

bool unleased_is_quiet(int fd)
{
    struct file_identity before, after;
    if (file_identify_fd(fd, "", &before, NULL) != 0)
        return false;
    file_pause_ms(UNLEASED_QUIET_MS);
    return file_identify_fd(fd, "", &after, NULL) == 0 && file_identity_equal(&before, &after);
}
