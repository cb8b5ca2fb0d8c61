#include "tui/line_history.h"

#include "core/file.h"
#include "tui/key.h"
#include "tui/line_edit.h"
#include "tui/own_file.h"

#include <stdlib.h>
#include <string.h>

/* Text as it can be typed. */
static bool is_line(struct str line)
{
    struct line_edit edit;
    line_edit_set(&edit, line);
    return line.len > 0 && str_equal(line_edit_str(&edit), line);
}

/* False for a line that is not kept. */
static bool keep(struct line_history *history, struct str line)
{
    size_t count = history->count;
    bool is_same = count > 0 && str_equal(str_of(history->lines[count - 1]), line);
    char *copy = is_line(line) && !is_same ? strndup(line.data, line.len) : NULL;
    if (!copy)
        return false;
    if (count == LINE_HISTORY_MAX) {
        free(history->lines[0]);
        memmove(history->lines, history->lines + 1, (count - 1) * sizeof(history->lines[0]));
        history->count--;
    }
    history->lines[history->count++] = copy;
    return true;
}

static void keep_all(struct line_history *history, struct str text)
{
    while (text.len > 0) {
        const char *end = memchr(text.data, '\n', text.len);
        size_t len = end ? (size_t)(end - text.data) : text.len;
        (void)keep(history, (struct str){text.data, len});
        len += end != NULL;
        text = (struct str){text.data + len, text.len - len};
    }
}

void line_history_open(struct line_history *history, const char *dir, bool read_only)
{
    struct buffer path = {0}, text = {0};
    if (!dir)
        return;
    buffer_addf(&path, "%s/typed", dir);
    if (!path.failed && file_load(path.data, LINE_HISTORY_FILE_BYTES, &text, NULL) == 0)
        keep_all(history, buffer_str(&text));
    if (!path.failed && !read_only)
        history->path = strdup(path.data);
    buffer_done(&text);
    buffer_done(&path);
}

void line_history_done(struct line_history *history)
{
    for (size_t i = 0; i < history->count; i++)
        free(history->lines[i]);
    free(history->path);
    *history = (struct line_history){.count = 0};
}

/* The file with nothing but what is kept here: it has grown too large. */
static void write_anew(const struct line_history *history)
{
    struct buffer text = {0};
    for (size_t i = 0; i < history->count; i++)
        buffer_addf(&text, "%s\n", history->lines[i]);
    if (!text.failed)
        (void)own_file_append(history->path, buffer_str(&text), true);
    buffer_done(&text);
}

static bool is_full(const char *path)
{
    struct file_identity identity;
    return file_identify(path, &identity, NULL) == 0 &&
           identity.size_bytes + LINE_EDIT_MAX + 1 > LINE_HISTORY_FILE_BYTES;
}

void line_history_add(struct line_history *history, struct str line)
{
    struct buffer text = {0};
    if (!keep(history, line) || !history->path)
        return;
    if (is_full(history->path)) {
        write_anew(history);
        return;
    }
    buffer_add_str(&text, line);
    buffer_add_char(&text, '\n');
    if (!text.failed)
        (void)own_file_append(history->path, buffer_str(&text), false);
    buffer_done(&text);
}

size_t line_history_find(const struct line_history *history, struct str beginning, size_t from,
                         bool forward)
{
    size_t at = from;
    while (forward ? at + 1 < history->count : at > 0) {
        at = forward ? at + 1 : at - 1;
        if (str_starts(str_of(history->lines[at]), beginning))
            return at;
    }
    return SIZE_MAX;
}
