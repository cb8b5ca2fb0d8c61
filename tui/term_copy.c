#include "tui/term_copy.h"

static void add_base64(struct str bytes, struct buffer *out)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    enum { BYTES = 3, DIGITS = 4, BITS = 6, MASK = 63 };
    for (size_t at = 0; at < bytes.len; at += BYTES) {
        size_t left = bytes.len - at;
        uint32_t group = 0;
        for (size_t i = 0; i < BYTES; i++)
            group = group << 8 | (i < left ? (unsigned char)bytes.data[at + i] : 0);
        for (size_t i = 0; i < DIGITS; i++)
            buffer_add_char(out,
                            i <= left ? digits[group >> (BITS * (DIGITS - 1 - i)) & MASK] : '=');
    }
}

static void add_osc(struct str text, struct buffer *out)
{
    buffer_add_str(out, STR("\033]52;c;"));
    add_base64(text, out);
    buffer_add_char(out, '\a');
}

void term_copy_sequence(struct str text, bool in_tmux, struct buffer *out)
{
    add_osc(text, out);
    if (!in_tmux)
        return;
    buffer_add_str(out, STR("\033Ptmux;\033")); /* each Escape inside is doubled */
    add_osc(text, out);
    buffer_add_str(out, STR("\033\\"));
}
