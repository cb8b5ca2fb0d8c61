/*
 * stream.h - the registry file read as a stream: in slices, and again for the price of what
 * changed.
 *
 * What document_loader.h wants done with a file: opened, read piece by piece, and looked at again
 * afterwards, so that what was read is one version as far as the file system tells.
 *
 * Times alone do not tell that of a small file: a server can save it twice between two ticks of the
 * kernel's clock, in the same length. So the kernel is asked whether anybody opened or wrote it
 * meanwhile (opens.h); where it does not say, the file is left to store_load(), which reads until
 * two readings agree. A file beyond DOCUMENT_KEEP_BYTES takes a server longer than a tick to read,
 * change and write again, and a save that is going on changes its size.
 *
 *     stream_begin(&stream, path, &document)
 *     while ((result = stream_read(&stream, bytes)) == STREAM_MORE) …
 *     if (result == 0)
 *         result = stream_finish(&stream, &delta)      what will change
 *     if (result == 0)
 *         stream_apply(&stream, &identity)             cannot fail
 *
 * A load that is not applied leaves no trace in the document; the next one begins anew.
 */
#ifndef SLOTOP_CORE_STREAM_H
#define SLOTOP_CORE_STREAM_H

#include "core/document_loader.h"
#include "core/file.h"
#include "core/opens.h"

/* Not an error: there is more to read. */
enum { STREAM_MORE = 2 };

struct stream {
    struct document_loader *loader; /* NULL until the first load */
    bool is_open;
    int fd;
    struct file_identity identity; /* when it was opened */
    uint64_t read_bytes;
    bool is_verified_later; /* set before the first load, by who compares the file once more before
                               he relies on it: nobody is asked (closing an inotify descriptor may
                               take the kernel some 10 ms) */
    struct opens opens;     /* of the file */
    bool has_opens;
    bool is_watched;
};

/* Zero-initialise a stream before its first load. */
void stream_done(struct stream *stream);

/* Begins to load the file into a document without marks. 0, -errno of file_open() (-ENOENT…), or
 * -ENOMEM. */
int stream_begin(struct stream *stream, const char *path, struct document *document);
/* Reads some bytes more than `least_bytes`. STREAM_MORE; 0: all is read; DOCUMENT_NOT_USUAL;
 * -EFBIG beyond FILE_LIMIT_BYTES, -ENOMEM, or -errno. It is over then, but for STREAM_MORE. */
int stream_read(struct stream *stream, size_t least_bytes);
/* 0 with *ret_delta; DOCUMENT_NOT_USUAL, also for a small file of which nobody tells whether it was
 * changed meanwhile; -ENOMEM; -ESTALE: it was. */
int stream_finish(struct stream *stream, struct document_delta *ret_delta);
/* Makes the document what was read. The delta is void. */
void stream_apply(struct stream *stream, struct file_identity *ret_identity);

/* All of it at once, up to the apply. -ESTALE: the file changes meanwhile. */
int stream_load_once(struct stream *stream, const char *path, struct document *document,
                     struct document_delta *ret_delta);
/* The same, but again where it changes, a few times. */
int stream_load(struct stream *stream, const char *path, struct document *document,
                struct document_delta *ret_delta);

#endif
