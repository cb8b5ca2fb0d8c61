#include "tui/term_palette.h"

#include <assert.h>

void term_palette_set(struct term_palette *palette, int number, int rgb)
{
    assert(number >= 0 && number < PALETTE_COLORS);
    if (palette->is_set[number])
        return;
    palette->is_set[number] = true;
    buffer_addf(&palette->on, "\033]4;%d;rgb:%02x/%02x/%02x\033\\", number, rgb >> 16 & 0xff,
                rgb >> 8 & 0xff, rgb & 0xff);
    buffer_addf(&palette->off, "\033]104;%d\033\\", number);
    if (palette->on.failed || palette->off.failed) {
        buffer_done(&palette->on);
        buffer_done(&palette->off);
        palette->on.failed = palette->off.failed = true;
    }
}

bool term_palette_fits(const char *set, const char *reset)
{
    return str_starts(str_of(set), STR("\033]4;")) && str_starts(str_of(reset), STR("\033]104"));
}

void term_palette_done(struct term_palette *palette)
{
    buffer_done(&palette->on);
    buffer_done(&palette->off);
    *palette = (struct term_palette){0};
}
