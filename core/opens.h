/*
 * opens.h - when was a file last opened by anybody? What makes the fence of an edit short.
 *
 * The fence waits for a server that has read the file and not yet written it. Where nobody has
 * opened the file for as long as the fence would wait, nobody can be there, and a short fence for
 * what happens this very moment is enough. The kernel keeps the openings (inotify IN_OPEN) until
 * somebody asks, so this costs no wake-up. No clock: the caller says what time it is.
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
/* True when opens_look(now_ms) has just found that nobody opened the file for span_ms. */
bool opens_were_none(const struct opens *opens, int64_t now_ms, int span_ms);

#endif
