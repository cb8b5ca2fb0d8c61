#include "core/watch.h"

#include "core/file.h"
#include "core/watch_hints.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What the last look at a path saw. */
struct look {
    struct file_identity identity;
    int result; /* 0, or -errno of a path that cannot be looked at */
};

struct watch {
    struct hints hints;
    struct watch_target target;
    struct arena arena; /* the strings of the target and the paths */
    const char *names[WATCH_NAMES_MAX];
    const char *paths[WATCH_NAMES_MAX + 1]; /* of the names; then the directory itself */
    struct look looks[WATCH_NAMES_MAX + 1];
    uint32_t changed; /* noticed, not yet handed over */
    bool has_polled;  /* since polling began */
    int64_t next_poll_ms;
    bool is_settling; /* a file was written to: calm it at settled_ms */
    int64_t settled_ms;
    int settle_ms; /* that is so long after it began */
};

/* Copies the target into the watch. False without memory. */
static bool copy_target(struct watch *watch, const char *directory, const char *const *names,
                        size_t count)
{
    struct buffer path = {0};
    bool is_copied = true;
    for (size_t i = 0; i < count; i++) {
        buffer_clear(&path);
        buffer_addf(&path, "%s/%s", directory, names[i]);
        watch->names[i] = arena_copy(&watch->arena, str_of(names[i])).data;
        watch->paths[i] = arena_copy(&watch->arena, buffer_str(&path)).data;
        is_copied = is_copied && !path.failed && watch->names[i] && watch->paths[i];
    }
    buffer_done(&path);
    watch->paths[count] = arena_copy(&watch->arena, str_of(directory)).data;
    watch->target = (struct watch_target){watch->paths[count], watch->names, count};
    return is_copied && watch->paths[count];
}

/* Looks at a path again. True when it is not what the last look saw. */
static bool look_again(struct watch *watch, size_t index)
{
    struct look now = {0};
    struct look *last = &watch->looks[index];
    now.result = file_identify(watch->paths[index], &now.identity, NULL);
    if (now.result != 0)
        now.identity = (struct file_identity){0};
    bool differs =
        now.result != last->result || !file_identity_equal(&now.identity, &last->identity);
    *last = now;
    return differs;
}

static void look_at_names(struct watch *watch)
{
    for (size_t i = 0; i < watch->target.count; i++)
        if (look_again(watch, i))
            watch->changed |= 1u << i;
}

static void look_at_directory(struct watch *watch)
{
    if (look_again(watch, watch->target.count))
        watch->changed |= 1u << watch->target.count;
}

/* Takes events; what they report counts as looked at, or watch_check() would report it again. */
static int take_hints(struct watch *watch, struct error *error)
{
    uint32_t told = 0;
    int result = hints_take(&watch->hints, &watch->target, &told, error);
    for (size_t i = 0; i < watch->target.count; i++)
        if (told & 1u << i)
            (void)look_again(watch, i);
    watch->changed |= told;
    if (watch_mode(watch) == WATCH_LIVE)
        watch->has_polled = false;
    return result;
}

int watch_open(const char *directory, const char *const *names, size_t count,
               struct watch **ret_watch, struct error *error)
{
    if (count > WATCH_NAMES_MAX)
        return error_set(error, ERROR_SYSTEM, EINVAL,
                         "watching %s: %zu names, at most %d are possible; nothing is watched",
                         directory, count, WATCH_NAMES_MAX);
    struct watch *watch = calloc(1, sizeof(*watch));
    if (!watch)
        return error_no_memory(error, "watching the state directory");
    hints_init(&watch->hints);
    int result = copy_target(watch, directory, names, count)
                     ? take_hints(watch, error)
                     : error_no_memory(error, "watching the state directory");
    if (result != 0) {
        watch_close(watch);
        return result;
    }
    look_at_names(watch);
    look_at_directory(watch);
    watch->changed = 0;
    *ret_watch = watch;
    return 0;
}

void watch_close(struct watch *watch)
{
    if (!watch)
        return;
    hints_done(&watch->hints);
    arena_done(&watch->arena);
    free(watch);
}

int watch_fd(const struct watch *watch)
{
    return watch->hints.wait_fd;
}

enum watch_mode watch_mode(const struct watch *watch)
{
    return watch->hints.trouble[0] ? WATCH_POLLING : WATCH_LIVE;
}

const char *watch_trouble(const struct watch *watch)
{
    return watch->hints.trouble;
}

/* Milliseconds until then; 0 where no time was set yet. */
static int left_ms(bool has_time, int64_t time_ms, int64_t now_ms, int limit_ms)
{
    if (!has_time || now_ms >= time_ms)
        return 0;
    return time_ms - now_ms < limit_ms ? (int)(time_ms - now_ms) : limit_ms;
}

static int poll_left_ms(const struct watch *watch, int64_t now_ms)
{
    if (watch_mode(watch) == WATCH_LIVE)
        return -1;
    return left_ms(watch->has_polled, watch->next_poll_ms, now_ms, WATCH_POLL_MS);
}

static int settle_left_ms(const struct watch *watch, int64_t now_ms)
{
    if (!hints_are_stirred(&watch->hints))
        return -1;
    return left_ms(watch->is_settling, watch->settled_ms, now_ms, watch->settle_ms);
}

/* By what was seen of the files before they were written to: a save begins with cutting one. */
static int time_to_settle(const struct watch *watch)
{
    uint64_t largest = 0;
    for (size_t i = 0; i < watch->target.count; i++)
        if (watch->looks[i].identity.size_bytes > largest)
            largest = watch->looks[i].identity.size_bytes;
    uint64_t more_ms = largest / WATCH_SETTLE_BYTES_EACH_MS;
    return WATCH_SETTLE_MS + (int)(more_ms < WATCH_SETTLE_MORE_MS ? more_ms : WATCH_SETTLE_MORE_MS);
}

int watch_timeout_ms(const struct watch *watch, int64_t steady_now_ms)
{
    int poll_ms = poll_left_ms(watch, steady_now_ms);
    int settle_ms = settle_left_ms(watch, steady_now_ms);
    if (poll_ms < 0 || settle_ms < 0)
        return poll_ms < 0 ? settle_ms : poll_ms;
    return poll_ms < settle_ms ? poll_ms : settle_ms;
}

/* Watches writes again once those that were seen had their time; then looks, because of what was
 * written while nobody told. */
static int settle(struct watch *watch, int64_t now_ms, struct error *error)
{
    int result = 0;
    if (watch->is_settling && settle_left_ms(watch, now_ms) == 0) {
        hints_calm(&watch->hints, &watch->changed);
        watch->is_settling = false;
        result = take_hints(watch, error);
        look_at_names(watch);
        if (result != 0) /* not watched yet: everything deserves a look when it is */
            watch->changed |= watch_target_all(&watch->target);
    }
    bool is_stirred = hints_are_stirred(&watch->hints);
    if (is_stirred && !watch->is_settling) {
        watch->settle_ms = time_to_settle(watch);
        watch->settled_ms = now_ms + watch->settle_ms;
    }
    watch->is_settling = is_stirred;
    return result;
}

static void hand_over(struct watch *watch, uint32_t *ret_changed)
{
    *ret_changed = watch->changed;
    watch->changed = 0;
}

int watch_drain(struct watch *watch, int64_t steady_now_ms, uint32_t *ret_changed,
                struct error *error)
{
    int result = take_hints(watch, error);
    if (result == 0)
        result = settle(watch, steady_now_ms, error);
    if (result != 0)
        return result;
    if (poll_left_ms(watch, steady_now_ms) == 0) {
        look_at_names(watch);
        look_at_directory(watch);
        watch->has_polled = true;
        watch->next_poll_ms = steady_now_ms + WATCH_POLL_MS;
    }
    hand_over(watch, ret_changed);
    return 0;
}

int watch_check(struct watch *watch, uint32_t *ret_changed, struct error *error)
{
    int result = take_hints(watch, error);
    if (result != 0)
        return result;
    look_at_names(watch);
    hand_over(watch, ret_changed);
    return 0;
}
