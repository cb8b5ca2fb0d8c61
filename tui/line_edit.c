#include "tui/line_edit.h"

#include "tui/key.h"

#include <string.h>

struct str line_edit_str(const struct line_edit *edit)
{
    return (struct str){edit->text, edit->len};
}

static bool is_middle(char byte)
{
    return ((unsigned char)byte & 0xc0) == 0x80;
}

static size_t place_before(const struct line_edit *edit, size_t at)
{
    while (at > 0 && is_middle(edit->text[--at])) {
    }
    return at;
}

static size_t place_behind(const struct line_edit *edit, size_t at)
{
    if (at < edit->len)
        at++;
    while (at < edit->len && is_middle(edit->text[at]))
        at++;
    return at;
}

/* Where the word before the cursor begins. */
static size_t word_before(const struct line_edit *edit)
{
    size_t at = edit->at;
    while (at > 0 && edit->text[at - 1] == ' ')
        at--;
    while (at > 0 && edit->text[at - 1] != ' ')
        at--;
    return at;
}

static void cut(struct line_edit *edit, size_t from, size_t to)
{
    memmove(edit->text + from, edit->text + to, edit->len - to + 1);
    edit->len -= to - from;
    edit->at = from;
}

bool line_edit_replace(struct line_edit *edit, size_t from, struct str text)
{
    if (edit->len - (edit->at - from) + text.len > LINE_EDIT_MAX)
        return false;
    cut(edit, from, edit->at);
    memmove(edit->text + from + text.len, edit->text + from, edit->len - from + 1);
    if (text.len > 0)
        memcpy(edit->text + from, text.data, text.len);
    edit->len += text.len;
    edit->at = from + text.len;
    return true;
}

static void insert(struct line_edit *edit, uint32_t key)
{
    char bytes[KEY_UTF8_SIZE];
    size_t len = key_encode(key, bytes);
    (void)line_edit_replace(edit, edit->at, (struct str){bytes, len});
}

void line_edit_set(struct line_edit *edit, struct str text)
{
    struct key_decoder decoder = {0};
    uint32_t key;
    *edit = (struct line_edit){.len = 0};
    for (size_t i = 0; i < text.len; i++) {
        if (key_decode(&decoder, (unsigned char)text.data[i], &key) && key_is_text(key))
            insert(edit, key);
    }
}

void line_edit_paste(struct line_edit *edit, uint32_t key)
{
    if (key == '\n' || key == '\r' || key == '\t')
        key = ' ';
    if (key_is_text(key))
        insert(edit, key);
}

bool line_edit_key(struct line_edit *edit, uint32_t key)
{
    switch (key) {
    case KEY_CODE_LEFT:
    case KEY_CTRL('B'):
        edit->at = place_before(edit, edit->at);
        return true;
    case KEY_CODE_RIGHT:
    case KEY_CTRL('F'):
        edit->at = place_behind(edit, edit->at);
        return true;
    case KEY_CODE_HOME:
    case KEY_CTRL('A'):
        edit->at = 0;
        return true;
    case KEY_CODE_END:
    case KEY_CTRL('E'):
        edit->at = edit->len;
        return true;
    case KEY_CODE_BACKSPACE:
    case KEY_CTRL('H'):
    case KEY_RUBOUT:
        cut(edit, place_before(edit, edit->at), edit->at);
        return true;
    case KEY_CODE_DELETE:
    case KEY_CTRL('D'):
        cut(edit, edit->at, place_behind(edit, edit->at));
        return true;
    case KEY_CTRL('W'):
        cut(edit, word_before(edit), edit->at);
        return true;
    case KEY_CTRL('U'):
        cut(edit, 0, edit->at);
        return true;
    case KEY_CTRL('K'):
        cut(edit, edit->at, edit->len);
        return true;
    default:
        if (!key_is_text(key))
            return false;
        insert(edit, key);
        return true;
    }
}
