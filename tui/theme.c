#include "tui/theme.h"

enum { ANSI_COLORS = 8, DIRECT_COLORS = 1 << 24 };

/* Colours by where they are used: basic ones are the terminal's own, INK_ for light backgrounds,
 * SAFE_ for either (at least 3:1), PURE_ for black. */
enum hue {
    HUE_OWN, /* the default colour */
    HUE_RED,
    HUE_GREEN,
    HUE_MAGENTA,
    HUE_CYAN,
    HUE_BLACK,
    HUE_WHITE,
    HUE_INK_BLUE,
    HUE_INK_GREEN,
    HUE_INK_TEAL,
    HUE_INK_RED,
    HUE_INK_PURPLE,
    HUE_INK_GRAY,
    HUE_SAFE_BLUE,
    HUE_SAFE_ORANGE,
    HUE_PURE_BLACK,
    HUE_PURE_WHITE,
    HUE_PURE_GRAY,
    HUE_PURE_GREEN,
    HUE_PURE_CYAN,
    HUE_PURE_YELLOW,
    HUE_PURE_MAGENTA,
    HUE_PURE_RED,
};

/* A hue at each depth. The basic green and cyan are unreadable on white, so that inks fall back to
 * blue. Orange falls back to yellow: brown on the consoles that have eight colours. */
static const struct {
    int in_8, in_16, in_256, rgb;
    unsigned extra_8, extra_16; /* attributes that stand for what the fewer colours lack */
} hues[] = {
    [HUE_OWN] = {THEME_COLOR_OWN, THEME_COLOR_OWN, THEME_COLOR_OWN, -1, 0, 0},
    [HUE_RED] = {1, 1, 1, -1, 0, 0},
    [HUE_GREEN] = {2, 2, 2, -1, 0, 0},
    [HUE_MAGENTA] = {5, 5, 5, -1, 0, 0},
    [HUE_CYAN] = {6, 6, 6, -1, 0, 0},
    [HUE_BLACK] = {0, 0, 0, -1, 0, 0},
    [HUE_WHITE] = {7, 7, 7, -1, 0, 0},
    [HUE_INK_BLUE] = {4, 4, 25, 0x0b57a4, 0, 0},
    [HUE_INK_GREEN] = {4, 4, 22, 0x0a5c0a, 0, 0},
    [HUE_INK_TEAL] = {4, 4, 23, 0x00595c, 0, 0},
    [HUE_INK_RED] = {1, 1, 124, 0xb00020, 0, 0},
    [HUE_INK_PURPLE] = {5, 5, 90, 0x7b1fa2, 0, 0},
    [HUE_INK_GRAY] = {THEME_COLOR_OWN, THEME_COLOR_OWN, 240, 0x595959, LOOK_DIM, LOOK_DIM},
    [HUE_SAFE_BLUE] = {6, 6, 32, 0x0072b2, 0, 0},
    [HUE_SAFE_ORANGE] = {3, 3, 166, 0xd55e00, 0, 0},
    /* not 0: the first numbers are palette colours, also where numbers are colours */
    [HUE_PURE_BLACK] = {0, 0, 16, 0x010101, 0, 0},
    [HUE_PURE_WHITE] = {7, 15, 231, 0xffffff, LOOK_BOLD, 0},
    [HUE_PURE_GRAY] = {7, 7, 248, 0xa8a8a8, 0, 0},
    [HUE_PURE_GREEN] = {2, 10, 46, 0x00ff5f, LOOK_BOLD, 0},
    [HUE_PURE_CYAN] = {6, 14, 51, 0x00ffff, LOOK_BOLD, 0},
    [HUE_PURE_YELLOW] = {3, 11, 226, 0xffff00, LOOK_BOLD, 0},
    [HUE_PURE_MAGENTA] = {5, 13, 213, 0xff8cff, LOOK_BOLD, 0},
    [HUE_PURE_RED] = {1, 1, 88, 0x8f0000, 0, 0},
};

static const struct {
    const char *name;
    enum hue ink, ground; /* for a terminal without default colours */
} themes[THEME_COUNT] = {
    [THEME_DARK] = {"dark", HUE_WHITE, HUE_BLACK},
    [THEME_LIGHT] = {"light", HUE_BLACK, HUE_WHITE},
    [THEME_HIGH_CONTRAST] = {"high-contrast", HUE_PURE_WHITE, HUE_PURE_BLACK},
    [THEME_COLOR_BLIND] = {"color-blind", HUE_WHITE, HUE_BLACK},
    [THEME_MONO] = {"mono", HUE_WHITE, HUE_BLACK},
};

struct style {
    enum hue foreground, background;
    unsigned attributes;
};

/* `dark` has no yellow and no white, which light backgrounds swallow. */
static const struct style styles[THEME_COUNT][ROLE_COUNT] =
    {
        [THEME_DARK] =
            {
                [ROLE_TEXT] = {HUE_OWN, HUE_OWN, 0},
                [ROLE_DIM] = {HUE_OWN, HUE_OWN, LOOK_DIM},
                [ROLE_HEADER] = {HUE_OWN, HUE_OWN, LOOK_BOLD},
                [ROLE_RULE] = {HUE_CYAN, HUE_OWN, 0},
                [ROLE_COLUMN] = {HUE_OWN, HUE_OWN, LOOK_BOLD},
                [ROLE_RUNNING] = {HUE_GREEN, HUE_OWN, 0},
                [ROLE_IDLE] = {HUE_CYAN, HUE_OWN, 0},
                [ROLE_OVERDUE] = {HUE_RED, HUE_OWN, 0},
                [ROLE_FALLBACK] = {HUE_MAGENTA, HUE_OWN, LOOK_BOLD},
                [ROLE_EXPIRED] = {HUE_OWN, HUE_OWN, LOOK_DIM},
                [ROLE_RELEASED] = {HUE_OWN, HUE_OWN, LOOK_DIM},
                [ROLE_GOOD] = {HUE_GREEN, HUE_OWN, LOOK_BOLD},
                [ROLE_WARNING] = {HUE_MAGENTA, HUE_OWN, LOOK_BOLD},
                [ROLE_ERROR] = {HUE_RED, HUE_OWN, LOOK_BOLD},
                [ROLE_KEY] = {HUE_CYAN, HUE_OWN, 0},
                [ROLE_ASK] = {HUE_OWN, HUE_OWN, LOOK_REVERSE | LOOK_BOLD},
            },
        [THEME_LIGHT] =
            {
                [ROLE_TEXT] = {HUE_OWN, HUE_OWN, 0},
                [ROLE_DIM] = {HUE_INK_GRAY, HUE_OWN, 0},
                [ROLE_HEADER] = {HUE_OWN, HUE_OWN, LOOK_BOLD},
                [ROLE_RULE] = {HUE_INK_BLUE, HUE_OWN, 0},
                [ROLE_COLUMN] = {HUE_OWN, HUE_OWN, LOOK_BOLD},
                [ROLE_RUNNING] = {HUE_INK_GREEN, HUE_OWN, 0},
                [ROLE_IDLE] = {HUE_INK_TEAL, HUE_OWN, 0},
                [ROLE_OVERDUE] = {HUE_INK_RED, HUE_OWN, 0},
                [ROLE_FALLBACK] = {HUE_INK_PURPLE, HUE_OWN, LOOK_BOLD},
                [ROLE_EXPIRED] = {HUE_INK_GRAY, HUE_OWN, 0},
                [ROLE_RELEASED] = {HUE_INK_GRAY, HUE_OWN, 0},
                [ROLE_GOOD] = {HUE_INK_GREEN, HUE_OWN, LOOK_BOLD},
                [ROLE_WARNING] = {HUE_INK_PURPLE, HUE_OWN, LOOK_BOLD},
                [ROLE_ERROR] = {HUE_INK_RED, HUE_OWN, LOOK_BOLD},
                [ROLE_KEY] = {HUE_INK_BLUE, HUE_OWN, LOOK_BOLD},
                [ROLE_ASK] = {HUE_OWN, HUE_OWN, LOOK_REVERSE | LOOK_BOLD},
            },
        [THEME_HIGH_CONTRAST] =
            {
                [ROLE_TEXT] = {HUE_PURE_WHITE, HUE_PURE_BLACK, 0},
                [ROLE_DIM] = {HUE_PURE_WHITE, HUE_PURE_BLACK, 0},
                [ROLE_HEADER] = {HUE_PURE_WHITE, HUE_PURE_BLACK, LOOK_BOLD},
                [ROLE_RULE] = {HUE_PURE_CYAN, HUE_PURE_BLACK, 0},
                [ROLE_COLUMN] = {HUE_PURE_WHITE, HUE_PURE_BLACK, LOOK_BOLD | LOOK_UNDERLINE},
                [ROLE_RUNNING] = {HUE_PURE_GREEN, HUE_PURE_BLACK, 0},
                [ROLE_IDLE] = {HUE_PURE_CYAN, HUE_PURE_BLACK, 0},
                [ROLE_OVERDUE] = {HUE_PURE_YELLOW, HUE_PURE_BLACK, 0},
                [ROLE_FALLBACK] = {HUE_PURE_MAGENTA, HUE_PURE_BLACK, LOOK_BOLD},
                [ROLE_EXPIRED] = {HUE_PURE_GRAY, HUE_PURE_BLACK, 0},
                [ROLE_RELEASED] = {HUE_PURE_GRAY, HUE_PURE_BLACK, 0},
                [ROLE_GOOD] = {HUE_PURE_GREEN, HUE_PURE_BLACK, LOOK_BOLD},
                [ROLE_WARNING] = {HUE_PURE_YELLOW, HUE_PURE_BLACK, LOOK_BOLD},
                [ROLE_ERROR] = {HUE_PURE_WHITE, HUE_PURE_RED, LOOK_BOLD},
                [ROLE_KEY] = {HUE_PURE_CYAN, HUE_PURE_BLACK, LOOK_BOLD},
                [ROLE_ASK] = {HUE_PURE_BLACK, HUE_PURE_WHITE, LOOK_BOLD},
            },
        [THEME_COLOR_BLIND] =
            {
                [ROLE_TEXT] = {HUE_OWN, HUE_OWN, 0},
                [ROLE_DIM] = {HUE_OWN, HUE_OWN, LOOK_DIM},
                [ROLE_HEADER] = {HUE_OWN, HUE_OWN, LOOK_BOLD},
                [ROLE_RULE] = {HUE_SAFE_BLUE, HUE_OWN, 0},
                [ROLE_COLUMN] = {HUE_OWN, HUE_OWN, LOOK_BOLD},
                [ROLE_RUNNING] = {HUE_SAFE_BLUE, HUE_OWN, 0},
                [ROLE_IDLE] = {HUE_OWN, HUE_OWN, 0},
                [ROLE_OVERDUE] = {HUE_SAFE_ORANGE, HUE_OWN, 0},
                [ROLE_FALLBACK] = {HUE_SAFE_ORANGE, HUE_OWN, LOOK_BOLD},
                [ROLE_EXPIRED] = {HUE_OWN, HUE_OWN, LOOK_DIM},
                [ROLE_RELEASED] = {HUE_OWN, HUE_OWN, LOOK_DIM},
                [ROLE_GOOD] = {HUE_SAFE_BLUE, HUE_OWN, 0},
                [ROLE_WARNING] = {HUE_SAFE_ORANGE, HUE_OWN, LOOK_BOLD},
                [ROLE_ERROR] = {HUE_SAFE_ORANGE, HUE_OWN, LOOK_BOLD | LOOK_REVERSE},
                [ROLE_KEY] = {HUE_SAFE_BLUE, HUE_OWN, LOOK_BOLD},
                [ROLE_ASK] = {HUE_OWN, HUE_OWN, LOOK_REVERSE | LOOK_BOLD},
            },
        [THEME_MONO] =
            {
                [ROLE_DIM] = {HUE_OWN, HUE_OWN, LOOK_DIM},
                [ROLE_HEADER] = {HUE_OWN, HUE_OWN, LOOK_BOLD},
                [ROLE_COLUMN] = {HUE_OWN, HUE_OWN, LOOK_BOLD},
                [ROLE_OVERDUE] = {HUE_OWN, HUE_OWN, LOOK_BOLD},
                [ROLE_FALLBACK] = {HUE_OWN, HUE_OWN, LOOK_BOLD},
                [ROLE_EXPIRED] = {HUE_OWN, HUE_OWN, LOOK_DIM},
                [ROLE_RELEASED] = {HUE_OWN, HUE_OWN, LOOK_DIM},
                [ROLE_WARNING] = {HUE_OWN, HUE_OWN, LOOK_BOLD},
                [ROLE_ERROR] = {HUE_OWN, HUE_OWN, LOOK_BOLD | LOOK_UNDERLINE},
                [ROLE_KEY] = {HUE_OWN, HUE_OWN, LOOK_BOLD},
                [ROLE_ASK] = {HUE_OWN, HUE_OWN, LOOK_REVERSE | LOOK_BOLD},
            },
};

const char *theme_name(enum theme theme)
{
    return themes[theme].name;
}

bool theme_by_name(struct str name, enum theme *ret_theme)
{
    for (unsigned i = 0; i < THEME_COUNT; i++) {
        if (str_equal(str_of(themes[i].name), name)) {
            *ret_theme = (enum theme)i;
            return true;
        }
    }
    return false;
}

enum theme_depth theme_depth(const struct theme_terminal *terminal)
{
    if (terminal->is_direct)
        return terminal->colors >= DIRECT_COLORS ? DEPTH_TRUE : DEPTH_8;
    if (terminal->colors >= 256)
        return terminal->says_true_color && terminal->can_change ? DEPTH_TRUE : DEPTH_256;
    if (terminal->colors >= 16)
        return DEPTH_16;
    return terminal->colors >= ANSI_COLORS ? DEPTH_8 : DEPTH_NONE;
}

static struct theme_color color_of(enum hue hue, enum theme_depth depth)
{
    if (depth == DEPTH_8)
        return (struct theme_color){hues[hue].in_8, -1};
    if (depth == DEPTH_16)
        return (struct theme_color){hues[hue].in_16, -1};
    return (struct theme_color){hues[hue].in_256, depth == DEPTH_TRUE ? hues[hue].rgb : -1};
}

struct look theme_look(enum theme theme, enum role role, enum theme_depth depth, bool has_default)
{
    static const struct theme_color own = {THEME_COLOR_OWN, -1};
    if (depth == DEPTH_NONE || theme == THEME_MONO)
        return (struct look){own, own, styles[THEME_MONO][role].attributes};
    struct style style = styles[theme][role];
    struct look look = {color_of(style.foreground, depth), color_of(style.background, depth),
                        style.attributes};
    if (depth == DEPTH_8)
        look.attributes |= hues[style.foreground].extra_8;
    if (depth == DEPTH_16)
        look.attributes |= hues[style.foreground].extra_16;
    if (!has_default && look.foreground.number == THEME_COLOR_OWN)
        look.foreground = color_of(themes[theme].ink, depth);
    if (!has_default && look.background.number == THEME_COLOR_OWN)
        look.background = color_of(themes[theme].ground, depth);
    return look;
}
