#include "core/shell.h"

#include <string.h>

void shell_add_quoted(struct str text, struct buffer *out)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "_.:@%+/-";
    bool is_plain = text.len > 0;
    for (size_t i = 0; i < text.len; i++)
        is_plain = is_plain && memchr(plain, text.data[i], sizeof(plain) - 1);
    if (is_plain) {
        buffer_add_str(out, text);
        return;
    }
    buffer_add_char(out, '\'');
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] == '\'')
            buffer_add_str(out, STR("'\\''"));
        else
            buffer_add_char(out, text.data[i]);
    }
    buffer_add_char(out, '\'');
}

void shell_add_word(struct str text, struct buffer *out)
{
    if (text.len > 0 && text.data[0] == '-')
        buffer_add_str(out, STR("-- "));
    shell_add_quoted(text, out);
}
