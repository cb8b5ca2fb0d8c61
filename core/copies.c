#include "core/copies_part.h"

#include "core/file.h"
#include "core/paths.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NUMBER_DIGITS_MAX = 15, TIME_DIGITS_MAX = 15 };

static uint64_t hash_of(const char *text)
{
    uint64_t hash = UINT64_C(14695981039346656037); /* FNV-1a */
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * UINT64_C(1099511628211);
    return hash;
}

/* The path as the kernel would spell its directory; as it is where there is none. */
static int add_real_path(const char *path, struct buffer *out)
{
    const char *slash = strrchr(path, '/');
    struct buffer dir = {0};
    buffer_addf(&dir, "%.*s", slash ? (int)(slash - path) + 1 : 1, slash ? path : ".");
    char *real = dir.failed ? NULL : realpath(dir.data, NULL);
    bool failed = dir.failed || (!real && errno == ENOMEM);
    if (real)
        paths_join(real, slash ? slash + 1 : path, out);
    else
        buffer_addf(out, "%s", path);
    free(real);
    buffer_done(&dir);
    return failed || out->failed ? -ENOMEM : 0;
}

int copies_add_dir(const char *state_home, const char *registry_path, struct buffer *ret_dir,
                   struct error *error)
{
    struct buffer path = {0};
    int result = add_real_path(registry_path, &path);
    if (result == 0)
        buffer_addf(ret_dir, "%s/slotop/copies/%016" PRIx64, state_home, hash_of(path.data));
    buffer_done(&path);
    if (result != 0 || ret_dir->failed)
        return error_no_memory(error, "finding the copies of the registry");
    return 0;
}

/* Digits and the dash behind them; false where there is something else. */
static bool read_number(const char **at, size_t digits_max, uint64_t *ret_number)
{
    size_t digits = strspn(*at, "0123456789");
    if (digits == 0 || digits > digits_max || (*at)[digits] != '-')
        return false;
    *ret_number = strtoull(*at, NULL, 10);
    *at += digits + 1;
    return true;
}

bool copies_read_name(const char *name, struct copy *ret_copy)
{
    struct copy copy = {.state = DOCUMENT_MISSING};
    uint64_t saved_ms;
    const char *at = name;
    if (strlen(name) >= sizeof(copy.name) || !read_number(&at, NUMBER_DIGITS_MAX, &copy.number) ||
        !read_number(&at, TIME_DIGITS_MAX, &saved_ms))
        return false;
    size_t letters = strspn(at, "abcdefghijklmnopqrstuvwxyz");
    if (letters == 0 || letters > COPIES_REASON_MAX || strcmp(at + letters, ".json") != 0)
        return false;
    memcpy(copy.name, name, strlen(name) + 1);
    memcpy(copy.reason, at, letters);
    copy.saved_ms = (int64_t)saved_ms;
    *ret_copy = copy;
    return true;
}

static int newest_first(const void *left, const void *right)
{
    const struct copy *a = left, *b = right;
    if (a->number != b->number)
        return a->number < b->number ? 1 : -1;
    return strcmp(b->name, a->name);
}

/* Takes note of a name, if it is a copy's. */
static int add_name(struct copies *copies, int dir_fd, const char *name)
{
    struct copy copy;
    struct stat info;
    if (!copies_read_name(name, &copy) || fstatat(dir_fd, name, &info, AT_SYMLINK_NOFOLLOW) != 0 ||
        !S_ISREG(info.st_mode))
        return 0;
    copy.bytes = (uint64_t)info.st_size;
    struct copy *items = reallocarray(copies->items, copies->count + 1, sizeof(*items));
    if (!items)
        return -ENOMEM;
    copies->items = items;
    items[copies->count++] = copy;
    return 0;
}

int copies_scan(const char *dir, struct copies *ret_copies, struct error *error)
{
    struct copies copies = {0};
    int result = 0;
    DIR *stream = opendir(dir);
    if (!stream) {
        int errnum = errno;
        return error_set(error, error_kind_of(errnum), errnum, "opening %s: %s", dir,
                         strerror(errnum));
    }
    for (struct dirent *item; result == 0 && (item = readdir(stream));)
        result = add_name(&copies, dirfd(stream), item->d_name);
    (void)closedir(stream);
    if (result != 0) {
        copies_done(&copies);
        return error_no_memory(error, "listing the copies of the registry");
    }
    if (copies.count > 1)
        qsort(copies.items, copies.count, sizeof(*copies.items), newest_first);
    *ret_copies = copies;
    return 0;
}

void copies_done(struct copies *copies)
{
    free(copies->items);
    *copies = (struct copies){0};
}

bool copies_newest(const char *dir, int64_t *ret_saved_ms)
{
    struct copies copies = {0};
    bool exist = copies_scan(dir, &copies, NULL) == 0 && copies.count > 0;
    if (exist)
        *ret_saved_ms = copies.items[0].saved_ms;
    copies_done(&copies);
    return exist;
}

bool copies_exist(const char *dir)
{
    int64_t ignored_ms;
    return copies_newest(dir, &ignored_ms);
}

int copies_read(const char *dir, const char *name, struct buffer *text, struct error *error)
{
    struct buffer path = {0};
    int fd = -1;
    buffer_addf(&path, "%s/%s", dir, name);
    int result = path.failed ? error_no_memory(error, "reading a copy of the registry")
                             : file_open(path.data, O_RDONLY | O_NOFOLLOW, &fd, error);
    if (result == 0) {
        result = file_read(fd, path.data, FILE_LIMIT_BYTES, text, error);
        (void)close(fd);
    }
    buffer_done(&path);
    return result;
}

int copies_load(const char *dir, const struct copy *copy, struct document *ret_document,
                struct error *error)
{
    struct document document;
    struct buffer text = {0};
    document_init(&document);
    int result = copies_read(dir, copy->name, &text, error);
    if (result == 0)
        result = document_parse(&document, &text, error);
    buffer_done(&text);
    if (result != 0) {
        document_done(&document);
        return result;
    }
    document_done(ret_document);
    *ret_document = document;
    return 0;
}

/* What is in a copy. */
static int look_into(const char *dir, struct copy *copy, struct error *error)
{
    struct document document;
    struct error ignored;
    document_init(&document);
    int result = copies_load(dir, copy, &document, &ignored);
    if (result == -ENOMEM)
        return error_no_memory(error, "reading the copies of the registry");
    copy->state = result == 0 ? document.state : DOCUMENT_UNREADABLE;
    copy->entries = document.registry.count;
    for (size_t i = 0; i < document.registry.count; i++)
        copy->live += entry_is_live(&document.registry.entries[i]);
    document_done(&document);
    return 0;
}

int copies_list(const char *dir, struct copies *ret_copies, struct error *error)
{
    struct copies copies = {0};
    int result = copies_scan(dir, &copies, error);
    if (result == -ENOENT || result == -ENOTDIR)
        result = 0;
    for (size_t i = 0; result == 0 && i < copies.count; i++)
        result = look_into(dir, &copies.items[i], error);
    if (result != 0) {
        copies_done(&copies);
        return result;
    }
    *ret_copies = copies;
    return 0;
}
