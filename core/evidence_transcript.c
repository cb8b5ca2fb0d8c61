#include "core/evidence_part.h"

#include "core/json.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* Reads the end of a file. The length is that of the fstat: what is appended now counts next time.
 */
static int read_tail(int fd, off_t size, struct buffer *tail)
{
    size_t wanted = size < EVIDENCE_TAIL_BYTES ? (size_t)size : EVIDENCE_TAIL_BYTES;
    off_t from = size - (off_t)wanted;
    buffer_clear(tail);
    if (!buffer_reserve(tail, wanted))
        return -ENOMEM;
    while (tail->len < wanted) {
        ssize_t got =
            pread(fd, tail->data + tail->len, wanted - tail->len, from + (off_t)tail->len);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        tail->len += (size_t)got;
    }
    return 0;
}

/* Cuts white space off the end. True when a line ended there. */
static bool trim_end(struct str *text)
{
    bool has_newline = false;
    while (text->len > 0 && memchr(" \t\r\n", text->data[text->len - 1], 4)) {
        has_newline = has_newline || text->data[text->len - 1] == '\n';
        text->len--;
    }
    return has_newline;
}

/*
 * What the last line says that is whole: ended by a newline, or by itself a JSON value. `is_cut`:
 * the text is the end of a longer one, so that its first line may be part of a line.
 */
static int judge_last_line(struct str text, bool is_cut, bool *ret_streaming)
{
    for (;;) {
        bool is_ended = trim_end(&text);
        const char *newline = text.len ? memrchr(text.data, '\n', text.len) : NULL;
        if (text.len == 0 || (!newline && is_cut))
            return 0;
        size_t start = newline ? (size_t)(newline - text.data) + 1 : 0;
        struct str root;
        int result = evidence_parse((struct str){text.data + start, text.len - start}, &root);
        if (result != 0)
            return result;
        if (root.data) {
            *ret_streaming = json_kind(json_member(root, STR("_streaming"))) == JSON_TRUE;
            return 0;
        }
        if (is_ended)
            return 0;
        text.len = start; /* being written: the line before counts, and has its newline */
    }
}

int evidence_read_transcript(const struct evidence_subject *subject,
                             struct evidence_scratch *scratch, struct evidence *evidence)
{
    char name[EVIDENCE_NAME_SIZE];
    struct stat info;
    int result = 0;
    if (!subject->folder || !evidence_name(name, subject->session_id, ".jsonl"))
        return 0;
    int folder_fd = evidence_open_dir(AT_FDCWD, subject->folder);
    int fd = folder_fd >= 0 ? evidence_open_file(folder_fd, name, &info) : -1;
    if (fd >= 0) {
        evidence->has_transcript = true;
        evidence->transcript_ms = evidence_mtime_ms(&info);
        result = read_tail(fd, info.st_size, &scratch->text);
        (void)close(fd);
        if (result == 0)
            result = judge_last_line(buffer_str(&scratch->text), info.st_size > EVIDENCE_TAIL_BYTES,
                                     &evidence->is_streaming);
    }
    if (folder_fd >= 0)
        (void)close(folder_fd);
    return result;
}
