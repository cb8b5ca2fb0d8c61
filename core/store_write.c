#include "core/store_write.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void error_add(struct error *error, const char *text)
{
    if (!error)
        return;
    size_t len = strlen(error->text);
    (void)snprintf(error->text + len, sizeof(error->text) - len, "%s", text);
}

static int write_growth(struct edit *edit, int fd, struct error *error)
{
    uint64_t old_size = edit->document.bytes.len;
    struct buffer spaces = {0};
    buffer_add_repeat(&spaces, ' ', edit->plan.grows_by);
    int result = spaces.failed
                     ? error_no_memory(error, "lengthening the registry")
                     : file_write_at(fd, edit->store->path, buffer_str(&spaces), old_size, error);
    buffer_done(&spaces);
    return result;
}

/* Puts back the first `written` patches, the last of them perhaps half written, and the length. */
static void undo(struct edit *edit, int fd, size_t written, struct error *error)
{
    const char *text = edit->document.bytes.data;
    bool restored = true;
    for (size_t i = 0; i < written; i++) {
        const struct patch *patch = &edit->plan.patches[i];
        struct str old = {text + patch->offset, patch->old_len};
        restored &= file_write_at(fd, edit->store->path, old, patch->offset, NULL) == 0;
    }
    if (edit->plan.grows_by && restored)
        restored = ftruncate(fd, (off_t)edit->document.bytes.len) == 0;
    error_add(error, restored ? "; the file is as it was"
                              : "; the file may hold a part of the change: check it");
}

static bool reads_back(int fd, const struct patch *patch, char *scratch)
{
    size_t got = 0;
    while (got < patch->text.len) {
        ssize_t now = pread(fd, scratch + got, patch->text.len - got, (off_t)(patch->offset + got));
        if (now < 0 && errno == EINTR)
            continue;
        if (now <= 0)
            return false;
        got += (size_t)now;
    }
    return memcmp(scratch, patch->text.data, patch->text.len) == 0;
}

static int verify(struct edit *edit, int fd, struct error *error)
{
    bool same = true;
    for (size_t i = 0; same && i < edit->plan.count; i++) {
        const struct patch *patch = &edit->plan.patches[i];
        char *scratch = malloc(patch->text.len + 1);
        if (!scratch)
            return error_set(error, ERROR_SYSTEM, ENOMEM,
                             "%s: out of memory while reading the change back; it is written",
                             edit->store->path);
        same = reads_back(fd, patch, scratch);
        free(scratch);
    }
    if (!same)
        return error_set(error, ERROR_SYSTEM, EIO,
                         "%s: what was written could not be read back; check the file",
                         edit->store->path);
    return 0;
}

int edit_write(struct edit *edit, int fd, struct error *error)
{
    const struct plan *plan = &edit->plan;
    int result = plan->grows_by ? write_growth(edit, fd, error) : 0;
    size_t i = 0;
    while (result == 0 && i < plan->count) {
        const struct patch *patch = &plan->patches[i++];
        result = file_write_at(fd, edit->store->path, patch->text, patch->offset, error);
    }
    if (result != 0) {
        undo(edit, fd, i, error);
        return result;
    }
    edit->report->wrote = plan->count > 0;
    return verify(edit, fd, error);
}
