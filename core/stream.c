#include "core/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum { TRIES = 4 };

static void close_file(struct stream *stream)
{
    if (stream->is_open)
        (void)close(stream->fd);
    stream->is_open = false;
}

void stream_done(struct stream *stream)
{
    close_file(stream);
    if (stream->has_opens)
        opens_done(&stream->opens);
    document_loader_free(stream->loader);
    *stream = (struct stream){.loader = NULL};
}

int stream_begin(struct stream *stream, const char *path, struct document *document)
{
    struct error error;
    close_file(stream);
    if (!stream->loader)
        stream->loader = document_loader_new();
    if (!stream->loader)
        return -ENOMEM;
    if (!stream->has_opens)
        opens_init(&stream->opens);
    stream->has_opens = true;
    int result = file_open(path, O_RDONLY, &stream->fd, &error);
    if (result != 0)
        return result;
    stream->is_open = true;
    result = file_identify_fd(stream->fd, path, &stream->identity, &error);
    if (result != 0) {
        close_file(stream);
        return result;
    }
    stream->is_watched =
        !stream->is_verified_later && opens_begin(&stream->opens, path, &stream->identity);
    stream->read_bytes = 0;
    document_loader_begin(stream->loader, document, (size_t)stream->identity.size_bytes);
    return 0;
}

/* A piece: STREAM_MORE, or 0 at the end of the file. */
static int read_piece(struct stream *stream)
{
    size_t room = 0;
    char *bytes = document_loader_room(stream->loader, &room);
    ssize_t got;
    if (!bytes)
        return -ENOMEM;
    do
        got = pread(stream->fd, bytes, room, (off_t)stream->read_bytes);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return -errno;
    stream->read_bytes += (uint64_t)got;
    if (stream->read_bytes > FILE_LIMIT_BYTES)
        return -EFBIG;
    int result = document_loader_take(stream->loader, (size_t)got);
    if (result != 0 || got == 0)
        return result;
    if (stream->read_bytes != stream->identity.size_bytes)
        return STREAM_MORE;
    /* That it has not grown since is looked at afterwards. */
    return document_loader_take(stream->loader, 0);
}

int stream_read(struct stream *stream, size_t least_bytes)
{
    uint64_t end = stream->read_bytes + least_bytes;
    int result = STREAM_MORE;
    while (result == STREAM_MORE && stream->read_bytes <= end)
        result = read_piece(stream);
    if (result != STREAM_MORE && result != 0)
        close_file(stream);
    return result;
}

int stream_finish(struct stream *stream, struct document_delta *ret_delta)
{
    struct file_identity now;
    int result = file_identify_fd(stream->fd, "", &now, NULL);
    if (result == 0 &&
        (!file_identity_equal(&now, &stream->identity) || now.size_bytes != stream->read_bytes))
        result = -ESTALE;
    close_file(stream);
    if (result == 0 && now.size_bytes <= DOCUMENT_KEEP_BYTES && !stream->is_verified_later) {
        if (!stream->is_watched)
            return DOCUMENT_NOT_USUAL;
        if (!opens_saw_nobody(&stream->opens))
            return -ESTALE;
    }
    return result == 0 ? document_loader_finish(stream->loader, ret_delta) : result;
}

void stream_apply(struct stream *stream, struct file_identity *ret_identity)
{
    bool is_large = stream->identity.size_bytes > DOCUMENT_KEEP_BYTES;
    document_loader_apply(stream->loader);
    *ret_identity = stream->identity;
    if (is_large) { /* what it keeps warm is little of its time, but much of its memory */
        document_loader_free(stream->loader);
        stream->loader = NULL;
    }
}

int stream_load_once(struct stream *stream, const char *path, struct document *document,
                     struct document_delta *ret_delta)
{
    int result = stream_begin(stream, path, document);
    while (result == 0 && (result = stream_read(stream, FILE_LIMIT_BYTES)) == STREAM_MORE)
        continue;
    return result == 0 ? stream_finish(stream, ret_delta) : result;
}

int stream_load(struct stream *stream, const char *path, struct document *document,
                struct document_delta *ret_delta)
{
    int result = -ESTALE;
    for (int i = 0; i < TRIES && result == -ESTALE; i++)
        result = stream_load_once(stream, path, document, ret_delta);
    return result;
}
