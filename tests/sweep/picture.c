#include "tests/sweep/picture.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void fail(const char *doing, const char *path)
{
    (void)fprintf(stderr, "%s %s: %s\n", doing, path, strerror(errno));
    abort();
}

static void read_all(const char *path, struct picture *picture)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
        return;
    picture->exists = true;
    picture->is_leased = fd < 0 && errno == EWOULDBLOCK;
    if (picture->is_leased)
        return;
    if (fd < 0)
        fail("opening", path);
    for (ssize_t got = 1; got > 0; picture->bytes.len += (size_t)got) {
        if (!buffer_reserve(&picture->bytes, 65536))
            fail("reading", path);
        got = read(fd, picture->bytes.data + picture->bytes.len, 65536);
        if (got < 0)
            fail("reading", path);
    }
    picture->bytes.data[picture->bytes.len] = '\0';
    (void)close(fd);
}

void picture_take(const char *path, struct picture *picture)
{
    struct buffer copy = {0};
    memset(picture, 0, sizeof(*picture));
    document_init(&picture->document);
    read_all(path, picture);
    document_set_missing(&picture->document);
    if (picture->exists && !picture->is_leased) {
        picture->parses = json_check(buffer_str(&picture->bytes), NULL);
        buffer_add_str(&copy, buffer_str(&picture->bytes));
        if (document_parse(&picture->document, &copy, NULL) != 0)
            fail("parsing", path);
    }
    if (picture->document.has_registry &&
        document_print_whole(&picture->document, &picture->print, NULL) != 0)
        fail("printing", path);
}

void picture_done(struct picture *picture)
{
    buffer_done(&picture->bytes);
    buffer_done(&picture->print);
    document_done(&picture->document);
}

bool picture_same_bytes(const struct picture *a, const struct picture *b)
{
    return a->exists == b->exists && str_equal(buffer_str(&a->bytes), buffer_str(&b->bytes));
}

bool picture_equal(const struct picture *a, const struct picture *b)
{
    if (!a->document.has_registry || !b->document.has_registry)
        return picture_same_bytes(a, b);
    return a->exists == b->exists && str_equal(buffer_str(&a->print), buffer_str(&b->print));
}

/* The entry as the server would print it; empty where there is none. */
static struct buffer print_entry(const struct picture *picture, struct str session_id)
{
    struct buffer out = {0};
    const struct registry *registry = &picture->document.registry;
    for (size_t i = 0; i < registry->count; i++)
        if (str_equal(entry_session_id(&registry->entries[i]), session_id) &&
            document_print_entry(&picture->document, &registry->entries[i], 0, 0, &out, NULL) != 0)
            fail("printing", "an entry");
    return out;
}

static bool entry_between(struct str id, const struct picture *now, const struct picture *before,
                          const struct picture *after)
{
    struct buffer prints[] = {print_entry(now, id), print_entry(before, id),
                              print_entry(after, id)};
    bool is_between = str_equal(buffer_str(&prints[0]), buffer_str(&prints[1])) ||
                      str_equal(buffer_str(&prints[0]), buffer_str(&prints[2]));
    for (size_t i = 0; i < 3; i++)
        buffer_done(&prints[i]);
    return is_between;
}

bool picture_between(const struct picture *now, const struct picture *before,
                     const struct picture *after)
{
    const struct picture *const all[] = {now, before, after};
    if (!now->document.has_registry)
        return false;
    for (size_t i = 0; i < 3; i++) {
        const struct registry *registry = &all[i]->document.registry;
        for (size_t k = 0; k < registry->count; k++)
            if (!entry_between(entry_session_id(&registry->entries[k]), now, before, after))
                return false;
    }
    return true;
}
