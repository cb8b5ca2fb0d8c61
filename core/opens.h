/*
 * opens.h - when was a file last opened by anybody? What makes the fence of an edit short.
 *
 * The fence waits for a server that has read the file and not yet written it. Where nobody has
 * opened the file for as long as the fence would wait, nobody can be there, and a short fence for
 * what happens this very moment is enough. The kernel keeps the openings (inotify IN_OPEN) until
 * somebody asks, so this costs no wake-up. No clock: the caller says what time it is.
 *
 * The same watch tells whether anybody wrote while the file was read (opens_begin()). A server
 * opens with O_TRUNC: the kernel queues IN_MODIFY for the truncation, and IN_OPEN, before the first
 * byte is written. So a save that begins while we read is seen at the end of it. One that began
 * before is seen if it ends while we read: IN_MODIFY of the write. And if it does not, then what we
 * read is the first part of a text in a file that was cut to nothing, which does not parse: JSON
 * has no proper prefix that is a document, white space at its end apart. A writer that does not
 * truncate and is so slow is not seen; slotop's own writes hold the lease, under which nobody
 * reads.
 */
#ifndef SLOTOP_CORE_OPENS_H
#define SLOTOP_CORE_OPENS_H

#include "core/file.h"

enum { OPENS_QUIET_FENCE_MS = 20 };

struct opens {
    int fd; /* inotify; -1: none, and never quiet */
    int wd;
    struct file_identity watched;
    int64_t last_ms; /* not later than the last opening that is known of */
};

void opens_init(struct opens *opens);
void opens_done(struct opens *opens);
/* Takes what the kernel has kept; a file that was replaced since counts as opened now. */
void opens_look(struct opens *opens, const char *path, int64_t now_ms);
/* To be called once the caller has the file open, which is this one: forgets what was before. False
 * where the kernel does not tell, or the path leads to another file by now. Not to be mixed with
 * opens_look(). */
bool opens_begin(struct opens *opens, const char *path, const struct file_identity *file);
/* True when nobody has opened or written the file since opens_begin() said true. */
bool opens_saw_nobody(struct opens *opens);
/* True when opens_look(now_ms) has just found that nobody opened the file for span_ms. */
bool opens_were_none(const struct opens *opens, int64_t now_ms, int span_ms);

#endif
