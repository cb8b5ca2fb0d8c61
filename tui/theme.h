/*
 * theme.h - how each role looks: colours and attributes as data, no terminal.
 *
 * One table holds every theme. What a terminal cannot show falls back by its depth: true colour to
 * the 256, those to 16, to 8, and without colours to attributes alone, which are the same in every
 * theme. Words carry the meaning; nothing here may be needed to read the screen.
 *
 * `dark` names its colours by the terminal's own first eight at every depth, so that it follows the
 * palette of the operator, and reads on a light background too: it is what holds without a
 * configuration file.
 */
#ifndef SLOTOP_TUI_THEME_H
#define SLOTOP_TUI_THEME_H

#include "core/base.h"
#include "tui/cells.h"

enum theme {
    THEME_DARK, /* the default */
    THEME_LIGHT,
    THEME_HIGH_CONTRAST, /* brings its own black background; 7:1 at least where it has 256 colours
                          */
    THEME_COLOR_BLIND,   /* blue and orange; trouble also differs in weight */
    THEME_MONO,          /* attributes only */
    THEME_COUNT,
};

const char *theme_name(enum theme theme); /* "dark", "light", "high-contrast", … */
/* False for a name that is none; *ret_theme is as it was then. */
bool theme_by_name(struct str name, enum theme *ret_theme);

enum theme_depth { DEPTH_NONE, DEPTH_8, DEPTH_16, DEPTH_256, DEPTH_TRUE, DEPTH_COUNT };

/* What a terminal has, by its description and its environment. */
struct theme_terminal {
    int colors;           /* how many it says it has; below 8 none are used */
    bool is_direct;       /* a colour's number is its red, green and blue (capability RGB) */
    bool says_true_color; /* by capability Tc or COLORTERM */
    bool can_change;      /* its palette can be set (capability ccc) */
};

/* True colour needs a way to say it: numbers that are colours, or a palette that can be set. */
enum theme_depth theme_depth(const struct theme_terminal *terminal);

enum theme_attribute {
    LOOK_BOLD = 1 << 0,
    LOOK_DIM = 1 << 1,
    LOOK_UNDERLINE = 1 << 2,
    LOOK_REVERSE = 1 << 3,
};

enum { THEME_COLOR_OWN = -1 };

struct theme_color {
    int number; /* in a palette of the depth's size; THEME_COLOR_OWN: the terminal's default */
    int rgb;    /* DEPTH_TRUE: 0xRRGGBB; -1: `number`, which is one of the first eight then */
};

struct look {
    struct theme_color foreground, background;
    unsigned attributes; /* enum theme_attribute, or-ed */
};

/* How a role looks. `has_default`: the terminal can be told to use its default colours; without
 * that the theme's own ground, black or white, stands for them. */
struct look theme_look(enum theme theme, enum role role, enum theme_depth depth, bool has_default);

#endif
