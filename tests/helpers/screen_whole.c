#include "tests/helpers/screen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MODES = 4096,
    MODE_AUTOWRAP = 7,
    MODE_CURSOR = 25,
    MODE_SAVED_CURSOR = 1048, /* an action rather than a mode */
};

/* What the sequences in a program's output have left behind. */
struct leftover {
    bool modes[MODES]; /* private ones, "CSI ? n h": changed */
    bool has_region;   /* scrolls a part of the screen only */
    bool keypad;       /* ESC =: the key pad sends sequences */
};

static const char *after_parameters(const char *at, const char *end)
{
    while (at < end && (*at < '@' || *at > '~'))
        at++;
    return at;
}

static void note_modes(struct leftover *leftover, const char *from, const char *final)
{
    while (from < final) {
        char *end;
        long mode = strtol(from, &end, 10);
        bool is_set = *final == 'h';
        if (end == from)
            return;
        if (mode >= 0 && mode < MODES && mode != MODE_SAVED_CURSOR)
            leftover->modes[mode] = is_set != (mode == MODE_AUTOWRAP || mode == MODE_CURSOR);
        from = end + 1;
    }
}

/* A sequence begins at `at`, an Escape. */
static void note_sequence(struct leftover *leftover, const char *at, const char *end, int height)
{
    if (end - at < 2)
        return;
    if (at[1] == '=' || at[1] == '>')
        leftover->keypad = at[1] == '=';
    if (at[1] != '[' || end - at < 3)
        return;
    const char *final = after_parameters(at + 2, end);
    if (final == end)
        return;
    if (at[2] == '?' && (*final == 'h' || *final == 'l'))
        note_modes(leftover, at + 3, final);
    int top, bottom;
    if (*final == 'r' && at[2] != '?')
        leftover->has_region =
            sscanf(at + 2, "%d;%d", &top, &bottom) == 2 && (top != 1 || bottom < height);
}

static const char *trouble_of(const struct leftover *leftover)
{
    static char words[SCREEN_TROUBLE_SIZE];
    for (int mode = 0; mode < MODES; mode++) {
        if (leftover->modes[mode]) {
            (void)snprintf(words, sizeof(words), "the private mode %d was changed", mode);
            return words;
        }
    }
    if (leftover->has_region)
        return "it scrolls a part of the screen only";
    return leftover->keypad ? "the key pad sends sequences" : NULL;
}

bool screen_is_whole(const struct screen *screen, char ret_trouble[SCREEN_TROUBLE_SIZE])
{
    struct leftover leftover = {0};
    size_t len;
    const char *raw = screen_raw(screen, &len), *end = raw + len, *trouble;
    for (const char *at = raw; at && (at = memchr(at, '\033', (size_t)(end - at))); at++)
        note_sequence(&leftover, at, end, screen_height(screen));
    if (screen_is_alternate(screen))
        trouble = "it shows the alternate screen";
    else if (!screen_cursor_visible(screen))
        trouble = "the cursor is hidden";
    else if (!screen_line_is_as_before(screen))
        trouble = "the line has other settings";
    else if (!screen_pen_is_plain(screen))
        trouble = "text comes with attributes or colours";
    else
        trouble = trouble_of(&leftover);
    (void)snprintf(ret_trouble, SCREEN_TROUBLE_SIZE, "%s", trouble ? trouble : "");
    return trouble == NULL;
}
