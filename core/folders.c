#include "core/folders_part.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum {
    SELF_EVENTS = IN_DELETE_SELF | IN_MOVE_SELF,
    ENTRY_EVENTS = IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO,
    WANTED_EVENTS = ENTRY_EVENTS | IN_MODIFY | IN_CLOSE_WRITE | IN_ATTRIB,
    GONE_EVENTS = IN_IGNORED | IN_UNMOUNT,
    /* Arming takes time, in which more may change; who does so all the time keeps nobody here. */
    ROUNDS_MAX = 16,
};

struct folders {
    int fd;
    struct places places;
};

int folders_open(struct folders **ret_folders, struct error *error)
{
    struct folders *folders = calloc(1, sizeof(*folders));
    if (!folders)
        return error_no_memory(error, "watching the directories of the chats");
    folders->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    *ret_folders = folders;
    return 0;
}

void folders_close(struct folders *folders)
{
    if (!folders)
        return;
    if (folders->fd >= 0)
        (void)close(folders->fd);
    places_done(&folders->places);
    free(folders);
}

int folders_fd(const struct folders *folders)
{
    return folders->fd;
}

/*
 * A directory that somebody still has open is not told to be deleted: the one that holds it tells
 * of the name. Watches only ever gain events: several places can share one by way of links.
 */
static uint32_t mask_of(const struct place *place)
{
    uint32_t mask = SELF_EVENTS;
    if (place->is_wanted)
        mask |= WANTED_EVENTS;
    if (place->is_waited_in || place->holds_wanted)
        mask |= ENTRY_EVENTS;
    return mask;
}

static int add_watch(const struct folders *folders, const struct place *place)
{
    uint32_t how = IN_ONLYDIR | IN_MASK_ADD | (place->is_wanted ? IN_DONT_FOLLOW : 0);
    return inotify_add_watch(folders->fd, place->path.data, mask_of(place) | how);
}

/* Gives a watch back that no place has any more. */
static void release(const struct folders *folders, int wd)
{
    if (wd < 0)
        return;
    for (size_t i = 0; i < folders->places.count; i++)
        if (folders->places.items[i].wd == wd)
            return;
    (void)inotify_rm_watch(folders->fd, wd);
}

static struct place *place_above(const struct folders *folders, const struct place *place)
{
    return place->above == PLACE_NONE ? NULL : &folders->places.items[place->above];
}

static void try_place(const struct folders *folders, struct place *place)
{
    const struct place *above = place_above(folders, place);
    place->wd = -1;
    place->state = PLACE_MISSING;
    if (above && above->state == PLACE_MISSING)
        return;
    int wd = add_watch(folders, place);
    if (wd >= 0) {
        place->wd = wd;
        place->mask = mask_of(place);
        place->state = PLACE_WATCHED;
    } else if (errno != ENOENT && errno != ENOTDIR && errno != ELOOP) {
        place->state = PLACE_UNWATCHED;
    }
}

/* Waits in `above` for an entry. True when that is new, so that the entry may have come before. */
static bool wait_in(const struct folders *folders, struct place *above)
{
    if (!above || above->state != PLACE_WATCHED || above->is_waited_in)
        return false;
    above->is_waited_in = true;
    if (!(mask_of(above) & ~above->mask))
        return false;
    int wd = add_watch(folders, above);
    if (wd != above->wd) { /* replaced just now: its own event tells */
        release(folders, wd);
        return false;
    }
    above->mask = mask_of(above);
    return true;
}

static void arm_place(const struct folders *folders, struct place *place)
{
    int wd_before = place->wd;
    place->is_waited_in = false;
    try_place(folders, place);
    if (place->state == PLACE_MISSING && wait_in(folders, place_above(folders, place)))
        try_place(folders, place);
    if (place->wd == wd_before)
        return;
    release(folders, wd_before);
    place->has_changed = place->has_changed || place->is_wanted;
}

/* Looks anew at what is stale, from above to below. */
static void arm(struct folders *folders)
{
    struct places *places = &folders->places;
    for (size_t i = 0; i < places->count; i++) {
        struct place *place = &places->items[i];
        const struct place *above = place_above(folders, place);
        place->is_stale = place->is_stale || (above && above->is_stale);
        if (place->is_stale)
            arm_place(folders, place);
    }
    for (size_t i = 0; i < places->count; i++)
        places->items[i].is_stale = false;
}

/* Takes over how a place is watched: no event that is pending may be lost. */
static void inherit(struct place *place, const struct place *known)
{
    place->is_stale = !known || known->state == PLACE_UNWATCHED;
    if (place->is_stale)
        return;
    place->state = known->state;
    place->wd = known->wd;
    place->mask = known->mask;
    place->is_waited_in = known->is_waited_in;
    place->has_changed = known->has_changed && place->is_wanted;
    place->is_stale = known->state == PLACE_WATCHED && (mask_of(place) & ~known->mask);
}

int folders_set(struct folders *folders, const char *const *paths, size_t count,
                struct error *error)
{
    struct places before = folders->places;
    struct places places;
    if (folders->fd < 0)
        return 0;
    if (!places_make(paths, count, &places))
        return error_no_memory(error, "watching the directories of the chats");
    folders->places = places;
    for (size_t i = 0; i < places.count; i++)
        inherit(&places.items[i], places_find(&before, places.items[i].path));
    arm(folders);
    for (size_t i = 0; i < places.count; i++) {
        const struct place *known = places_find(&before, places.items[i].path);
        if (!known || !known->is_wanted)
            places.items[i].has_changed = false;
    }
    for (size_t i = 0; i < before.count; i++)
        release(folders, before.items[i].wd);
    places_done(&before);
    return 0;
}

static void distrust_all(struct places *places)
{
    for (size_t i = 0; i < places->count; i++) {
        places->items[i].is_stale = true;
        places->items[i].has_changed = places->items[i].is_wanted;
    }
}

static void distrust_entry(struct places *places, size_t above, struct str name)
{
    for (size_t i = above + 1; i < places->count; i++)
        if (places->items[i].above == above && str_equal(places->items[i].name, name))
            places->items[i].is_stale = true;
}

/* An event of a number that was used again costs a look too many, no more. */
static void take_event_at(struct places *places, size_t at, const struct inotify_event *event)
{
    struct place *place = &places->items[at];
    if (event->mask & GONE_EVENTS)
        place->wd = -1;
    if (event->mask & (GONE_EVENTS | SELF_EVENTS))
        place->is_stale = true;
    if (place->is_wanted && !(event->mask & SELF_EVENTS))
        place->has_changed = true;
    if (place->is_passed && event->len > 0 && (event->mask & ENTRY_EVENTS))
        distrust_entry(places, at, str_of(event->name));
}

static void take_event(struct places *places, const struct inotify_event *event)
{
    if (event->mask & IN_Q_OVERFLOW) {
        distrust_all(places);
        return;
    }
    for (size_t i = 0; i < places->count; i++)
        if (places->items[i].wd == event->wd)
            take_event_at(places, i, event);
}

/* Takes what is pending now. True when there was anything. */
static bool take_events(struct folders *folders)
{
    union {
        struct inotify_event aligned;
        char bytes[16 << 10];
    } buffer;
    int pending = 0;
    if (ioctl(folders->fd, FIONREAD, &pending) != 0 || pending <= 0)
        return false;
    while (pending > 0) {
        ssize_t len = read(folders->fd, buffer.bytes, sizeof(buffer));
        if (len <= 0)
            break;
        for (ssize_t at = 0; at < len;) {
            const struct inotify_event *event = (const void *)(buffer.bytes + at);
            take_event(&folders->places, event);
            at += (ssize_t)(sizeof(*event) + event->len);
        }
        pending -= (int)len;
    }
    return true;
}

bool folders_drain(struct folders *folders, bool *ret_changed)
{
    struct places *places = &folders->places;
    bool has_changed = false;
    if (folders->fd < 0)
        return false;
    for (int round = 0; round < ROUNDS_MAX && take_events(folders); round++)
        arm(folders);
    for (size_t i = 0; i < places->wanted_count; i++) {
        size_t place = places->wanted[i];
        if (place == PLACE_NONE || !places->items[place].has_changed)
            continue;
        has_changed = true;
        if (ret_changed)
            ret_changed[i] = true;
    }
    for (size_t i = 0; i < places->count; i++)
        places->items[i].has_changed = false;
    return has_changed;
}
