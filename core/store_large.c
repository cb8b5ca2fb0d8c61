/* Edits of a registry whose text nobody keeps. */
#include "core/store_part.h"

#include "core/copies.h"
#include "core/document_windows.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* Below it a load costs less than what else an edit does. */
#ifndef KNOWN_LEAST_BYTES
#define KNOWN_LEAST_BYTES (64 << 10)
#endif

/* Loads the newest version: what differs from the one that this edit has loaded before. */
static int load(struct edit *edit)
{
    struct document_delta delta;
    struct file_identity identity;
    const char *path = edit->store->path;
    edit->stream.is_verified_later = true; /* under the lease */
    int result = stream_load(&edit->stream, path, &edit->loaded, &delta);
    if (result == DOCUMENT_NOT_USUAL && edit->loaded.blocks.items) {
        document_done(&edit->loaded);
        document_init(&edit->loaded);
        result = stream_load(&edit->stream, path, &edit->loaded, &delta);
    }
    if (result == 0)
        stream_apply(&edit->stream, &identity);
    return result;
}

static bool is_large(const struct document *document)
{
    return document->state == DOCUMENT_OK && document->blocks.items && !document->bytes.data;
}

/* What the store's user knows, if that may be what the file holds; only once: it may not be. It
 * spares a load of smaller ones, too. */
static const struct document *known_version(const struct edit *edit, uint64_t size)
{
    const struct document *known = edit->store->known;
    bool may_be = known && edit->report->attempts == 1 && known->state == DOCUMENT_OK &&
                  known->blocks.items && known->size_bytes == size && size > KNOWN_LEAST_BYTES &&
                  registry_is_clean(&known->registry);
    return may_be ? known : NULL;
}

int edit_take_large(struct edit *edit, struct error *error)
{
    struct file_identity now;
    if (edit->needs_text || file_identify(edit->store->path, &now, NULL) != 0 || !now.exists)
        return STORE_NEEDS_TEXT;
    const struct document *from = known_version(edit, now.size_bytes);
    if (!from && now.size_bytes <= DOCUMENT_KEEP_BYTES)
        return STORE_NEEDS_TEXT;
    if (!from) {
        int result = load(edit);
        if (result == -ENOMEM)
            return error_no_memory(error, "reading the registry");
        if (result == -ESTALE)
            return ATTEMPT_AGAIN;
        if (result != 0 || !is_large(&edit->loaded))
            return STORE_NEEDS_TEXT;
        from = &edit->loaded;
    }
    document_done(&edit->document);
    document_init(&edit->document);
    if (document_copy(from, &edit->document) != 0)
        return error_no_memory(error, "reading the registry");
    return 0;
}

static int read_file(void *context, uint64_t offset, char *at, size_t len)
{
    const int *fd = context;
    for (size_t done = 0; done < len;) {
        ssize_t got = pread(*fd, at + done, len - done, (off_t)(offset + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return got < 0 ? -errno : -ESTALE;
        done += (size_t)got;
    }
    return 0;
}

/* Closed again before the lease is taken: our own descriptor would be in its way. */
int edit_fetch_large(struct edit *edit, struct error *error)
{
    struct error trouble = {0};
    int fd = -1;
    int result = file_open(edit->store->path, O_RDONLY, &fd, &trouble);
    if (result == -ENOENT)
        return ATTEMPT_AGAIN;
    if (result != 0)
        return error_set(error, trouble.kind, -result, "%s; nothing was changed", trouble.text);
    result = document_fetch(&edit->document, read_file, &fd);
    (void)close(fd);
    if (result == -ESTALE)
        return ATTEMPT_AGAIN;
    if (result == -ENOMEM)
        return error_no_memory(error, "reading the registry");
    if (result != 0)
        return error_set(error, ERROR_SYSTEM, -result, "reading %s: %s; nothing was changed",
                         edit->store->path, strerror(-result));
    return 0;
}

static int read_text(void *context, uint64_t offset, char *at, size_t len)
{
    const struct buffer *text = context;
    if (offset > text->len || len > text->len - offset)
        return -ESTALE;
    memcpy(at, text->data + offset, len);
    return 0;
}

/* The text of the version that is about to be edited; false while it is another one. */
static bool load_text(const struct edit *edit, struct buffer *text, struct error *error)
{
    struct buffer room = {0};
    bool is_it = file_load(edit->store->path, FILE_LIMIT_BYTES, text, error) == 0 &&
                 buffer_reserve(&room, document_verify_bytes(&edit->document)) &&
                 text->len == edit->document.size_bytes &&
                 document_verify(&edit->document, read_text, text, &room) == 0;
    buffer_done(&room);
    return is_it;
}

void edit_keep_large(struct edit *edit, int64_t now_ms, const char *reason)
{
    const char *dir = edit->store->copies_dir;
    struct buffer text = {0};
    struct error trouble = {0};
    int64_t newest_ms = 0;
    bool is_seldom = edit->document.size_bytes > DOCUMENT_KEEP_BYTES;
    if (!dir || (is_seldom && copies_newest(dir, &newest_ms) && now_ms >= newest_ms &&
                 now_ms - newest_ms < COPIES_LARGE_EVERY_MS))
        return;
    if (load_text(edit, &text, &trouble))
        store_keep_copy(edit->store, buffer_str(&text), now_ms, reason, edit->report);
    buffer_done(&text);
}

/* The first patch that reaches behind `offset`: they ascend and do not overlap. */
static size_t first_patch_behind(const struct plan *plan, uint64_t offset)
{
    size_t low = 0, high = plan->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (plan->patches[middle].offset + plan->patches[middle].text.len > offset)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

/* Lays over the bytes at `offset` what the edit wrote there. */
static void lay_over(const struct plan *plan, uint64_t offset, struct buffer *bytes)
{
    uint64_t end = offset + bytes->len;
    for (size_t i = first_patch_behind(plan, offset);
         i < plan->count && plan->patches[i].offset < end; i++) {
        const struct patch *patch = &plan->patches[i];
        uint64_t from = patch->offset > offset ? patch->offset : offset;
        uint64_t to = patch->offset + patch->text.len;
        to = to < end ? to : end;
        if (from < to)
            memcpy(bytes->data + (from - offset), patch->text.data + (from - patch->offset),
                   (size_t)(to - from));
    }
}

/* Key and value of an entry stand in the file as the edit left them. */
static bool entry_stands(const struct edit *edit, int fd, struct str session_id)
{
    static const char between[] = "\"\": ";
    const struct entry *entry = registry_find(&edit->document.registry, session_id);
    struct document_span span = {0};
    struct buffer bytes = {0};
    if (entry)
        span = document_entry_span(&edit->document, entry);
    size_t key_len = session_id.len + strlen(between);
    if (span.len == 0 || span.offset < key_len)
        return false;
    span.offset -= key_len;
    buffer_add(&bytes, edit->document.bytes.data + span.offset, span.len + key_len);
    bool stands = false;
    if (!bytes.failed) {
        lay_over(&edit->plan, span.offset, &bytes);
        stands = file_holds(fd, buffer_str(&bytes), span.offset);
    }
    buffer_done(&bytes);
    return stands;
}

bool edit_holds_large(const struct edit *edit)
{
    struct file_identity now;
    int fd = -1;
    if (!edit->document.are_windows || file_open(edit->store->path, O_RDONLY, &fd, NULL) != 0)
        return false;
    bool holds = file_identify_fd(fd, "", &now, NULL) == 0 &&
                 now.size_bytes == edit->document.size_bytes + edit->plan.grows_by;
    for (size_t i = 0; holds && i < edit->intents.count; i++)
        holds = entry_stands(edit, fd, edit->intents.items[i].session_id);
    (void)close(fd);
    return holds;
}
