#include "core/watch_route.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINKS_MAX = 40 /* the kernel's own limit */ };

/* One walk along a path, entry by entry. */
struct walk {
    struct route *route;
    struct buffer path; /* the entry that is looked at */
    struct buffer rest; /* what is still to be looked up */
    size_t rest_start;
    size_t here; /* the stop that was reached */
    uint32_t bits;
    bool is_name; /* the path ends in a watched name, not in a directory */
    unsigned links;
    bool failed; /* no memory */
};

uint32_t watch_target_all(const struct watch_target *target)
{
    return (2u << target->count) - 1;
}

const char *route_path(const struct route *route, const struct route_stop *stop)
{
    return route->text.data + stop->path;
}

struct route_stop *route_stop_of_inode(const struct route *route, uint64_t device, uint64_t inode)
{
    for (size_t i = 0; i < route->stop_count; i++)
        if (route->stops[i].inode == inode && route->stops[i].device == device)
            return &route->stops[i];
    return NULL;
}

struct route_stop *route_stop_of_wd(const struct route *route, int wd)
{
    for (size_t i = 0; i < route->stop_count; i++)
        if (route->stops[i].wd == wd && wd >= 0)
            return &route->stops[i];
    return NULL;
}

uint32_t route_bits_of_entry(const struct route *route, const struct route_stop *stop,
                             const char *name)
{
    uint32_t bits = 0;
    for (size_t i = 0; i < route->lookup_count; i++) {
        const struct route_lookup *lookup = &route->lookups[i];
        if (&route->stops[lookup->stop] == stop &&
            strcmp(route->text.data + lookup->name, name) == 0)
            bits |= lookup->bits;
    }
    return bits;
}

/* Makes room for one more item; returns the items or NULL. */
static void *grow(void *items, size_t count, size_t *capacity, size_t item_size)
{
    if (count < *capacity)
        return items;
    size_t larger = *capacity ? *capacity * 2 : 16;
    void *moved = realloc(items, larger * item_size);
    if (moved)
        *capacity = larger;
    return moved;
}

/* Appends a string with its NUL and returns its offset. */
static size_t keep_text(struct walk *walk, struct str text)
{
    struct buffer *kept = &walk->route->text;
    size_t offset = kept->len;
    buffer_add_str(kept, text);
    buffer_add_char(kept, '\0');
    walk->failed = walk->failed || kept->failed;
    return offset;
}

/* The stop of an inode, made if it is new. */
static size_t add_stop(struct walk *walk, const struct stat *status, struct str path,
                       unsigned roles)
{
    struct route *route = walk->route;
    struct route_stop *stop = route_stop_of_inode(route, status->st_dev, status->st_ino);
    if (!stop) {
        struct route_stop *stops =
            grow(route->stops, route->stop_count, &route->stop_capacity, sizeof(*stops));
        if (!stops) {
            walk->failed = true;
            return walk->here;
        }
        route->stops = stops;
        stop = &stops[route->stop_count++];
        *stop = (struct route_stop){.device = status->st_dev, .inode = status->st_ino, .wd = -1};
        stop->path = keep_text(walk, path);
    }
    stop->roles |= roles;
    stop->bits |= walk->bits;
    return (size_t)(stop - route->stops);
}

static void add_lookup(struct walk *walk, struct str name, enum route_role role)
{
    struct route *route = walk->route;
    struct route_lookup *lookups =
        grow(route->lookups, route->lookup_count, &route->lookup_capacity, sizeof(*lookups));
    if (!lookups) {
        walk->failed = true;
        return;
    }
    route->lookups = lookups;
    route->stops[walk->here].roles |= role;
    route->stops[walk->here].bits |= walk->bits;
    lookups[route->lookup_count++] = (struct route_lookup){
        .stop = walk->here, .name = keep_text(walk, name), .bits = walk->bits};
}

/* The next entry of the rest; absent at its end. */
static struct str next_entry(struct walk *walk)
{
    const char *text = walk->rest.data + walk->rest_start;
    text += strspn(text, "/");
    size_t len = strcspn(text, "/");
    walk->rest_start = (size_t)(text - walk->rest.data) + len;
    return len ? (struct str){text, len} : (struct str){0};
}

static bool is_last_entry(const struct walk *walk)
{
    const char *text = walk->rest.data + walk->rest_start;
    return text[strspn(text, "/")] == '\0';
}

/* Starts at the root or the current directory, as the path says. False if that is not there. */
static bool go_to_start(struct walk *walk, bool is_absolute)
{
    struct stat status;
    const char *start = is_absolute ? "/" : ".";
    if (stat(start, &status) != 0)
        return false;
    walk->here = add_stop(walk, &status, str_of(start), 0);
    return !walk->failed;
}

/* Puts a link's text in front of the rest. False where the walk ends. */
static bool follow_link(struct walk *walk, struct str name)
{
    char link[PATH_MAX];
    add_lookup(walk, name, ROUTE_LOOKUP);
    ssize_t len = readlink(walk->path.data, link, sizeof(link));
    if (walk->failed || ++walk->links > LINKS_MAX || len <= 0 || (size_t)len == sizeof(link))
        return false;
    struct buffer rest = {0};
    buffer_add(&rest, link, (size_t)len);
    buffer_addf(&rest, "/%s", walk->rest.data + walk->rest_start);
    buffer_done(&walk->rest);
    walk->rest = rest;
    walk->rest_start = 0;
    walk->failed = rest.failed;
    return !walk->failed && (link[0] != '/' || go_to_start(walk, true));
}

/* Looks up one entry. False where the walk ends; *ret_arrived then says that the path ended in
 * the directory `here`. */
static bool step(struct walk *walk, bool *ret_arrived)
{
    const char *at = route_path(walk->route, &walk->route->stops[walk->here]);
    struct str name = next_entry(walk);
    *ret_arrived = !name.data;
    if (!name.data)
        return false;
    buffer_clear(&walk->path);
    buffer_addf(&walk->path, "%s/%.*s", strcmp(at, "/") == 0 ? "" : at, (int)name.len, name.data);
    if (walk->path.failed) {
        walk->failed = true;
        return false;
    }
    struct stat status;
    bool is_here = lstat(walk->path.data, &status) == 0;
    if (is_here && S_ISLNK(status.st_mode))
        return follow_link(walk, name);
    bool is_target = walk->is_name && is_last_entry(walk);
    if (is_here && S_ISDIR(status.st_mode) && !is_target) {
        walk->here = add_stop(walk, &status, buffer_str(&walk->path), ROUTE_PASSED);
        return !walk->failed;
    }
    add_lookup(walk, name, is_target ? ROUTE_LAST : ROUTE_LOOKUP);
    if (is_here && is_target && !S_ISDIR(status.st_mode) && !walk->failed)
        (void)add_stop(walk, &status, buffer_str(&walk->path), ROUTE_FILE);
    return false;
}

/* Walks `path` from the stop `here`. Returns whether it led to a directory. */
static bool walk_path(struct walk *walk, const char *path)
{
    bool arrived = false;
    buffer_clear(&walk->rest);
    buffer_add_str(&walk->rest, str_of(path));
    walk->rest_start = 0;
    walk->links = 0;
    walk->failed = walk->failed || walk->rest.failed;
    if (walk->failed)
        return false;
    while (step(walk, &arrived))
        ;
    return arrived && !walk->failed;
}

bool route_find(struct route *route, const struct watch_target *target)
{
    struct walk walk = {.route = route, .bits = watch_target_all(target)};
    buffer_clear(&route->text);
    route->stop_count = 0;
    route->lookup_count = 0;
    route->home = SIZE_MAX;
    if (go_to_start(&walk, target->directory[0] == '/') && walk_path(&walk, target->directory)) {
        route->home = walk.here;
        route->stops[route->home].roles |= ROUTE_LOOKUP;
        walk.is_name = true;
        for (size_t i = 0; i < target->count; i++) {
            walk.here = route->home;
            walk.bits = 1u << i;
            (void)walk_path(&walk, target->names[i]);
        }
    }
    buffer_done(&walk.path);
    buffer_done(&walk.rest);
    return !walk.failed;
}

void route_done(struct route *route)
{
    buffer_done(&route->text);
    free(route->stops);
    free(route->lookups);
    *route = (struct route){0};
}
