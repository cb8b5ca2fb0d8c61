/*
 * settings.h - the configuration file of the dashboard: $XDG_CONFIG_HOME/slotop/config, else
 * ~/.config/slotop/config. Only the dashboard reads it; what the command line says wins over it.
 *
 * The file is lines of `name = value`. Blanks around both do not count, nor do empty lines and
 * lines whose first character is '#'; a '#' further on is part of the value. A name that stands
 * twice has the later value. The names, with their values, the default first:
 *
 *   theme       dark | light | high-contrast | color-blind | mono
 *               How things look (theme.h). `dark` reads on light backgrounds too. `mono`, and every
 *               theme where color says never, uses no colour.
 *   sort        last use | session | title | state | slot | age | expires in | run | finding
 *               The column that the table is sorted by at first: a name that sort_key_name() has.
 *   reverse     no | yes
 *               The order of that column turned around at first.
 *   confirm     risky | always
 *               Whether an action on a single session asks before it is done: only where it is
 *               risky (a purge, a session in use), or always.
 *   ascii       no | yes
 *               No characters beyond ASCII; as --ascii.
 *   columns     auto | NAME, NAME...
 *               The columns of the table, in this order: session, state, slot, title, workspace,
 *               run, age, quiet, expires in. Those behind that find no room are left out, and the
 *               title takes what is left over. auto: what matters most, as there is room.
 *   key NAME    KEY... | none
 *               The keys of a command of the screen (command.h has the names) instead of its own:
 *               a character, or Tab, Space, Ctrl-R, PgDn, F5 and so on; at most four. A key that
 *               another command has is refused with the line (keymap.h).
 *   color       auto | always | never
 *               As --color. always and never win over NO_COLOR; auto leaves it to NO_COLOR.
 *   line        auto | slow | fast
 *               Over a slow line the screen tells nothing twice. auto: as the terminal's line says
 *               (term_line.h), which says nothing behind ssh and tmux.
 *
 * A line that says none of this is skipped, and a sentence names it: "PATH:LINE: what is wrong;
 * what is allowed". Limits: 64 KiB a file, a larger one is not used at all; 1 KiB a line.
 */
#ifndef SLOTOP_TUI_SETTINGS_H
#define SLOTOP_TUI_SETTINGS_H

#include "tui/columns.h"
#include "tui/keymap.h"
#include "tui/options.h"
#include "tui/rows.h"
#include "tui/theme.h"

enum {
    SETTINGS_LIMIT_BYTES = 64 << 10,
    SETTINGS_LINE_BYTES = 1 << 10, /* the line feed not counted */
    SETTINGS_PROBLEMS_MAX = 16,    /* sentences kept; more are only counted */
};

enum confirm_when { CONFIRM_RISKY, CONFIRM_ALWAYS, CONFIRM_WHENS };

/* All zero is the defaults. */
struct settings {
    enum theme theme;
    enum sort_key sort;
    bool reverse;
    enum confirm_when confirm;
    bool ascii;
    enum color_when color;
    enum line_speed line;
    struct column_choice columns;
    struct key_wishes keys; /* refused ones are marked, and among the problems */
    struct str problems[SETTINGS_PROBLEMS_MAX]; /* raw: may hold what hostile files hold */
    size_t problem_count;                       /* all there were */
    struct arena arena;                         /* of the sentences */
};

/*
 * Reads the file at `path`. A missing one gives the defaults; one that cannot be read or is too
 * large gives them with one sentence in `problems`. -ENOMEM leaves *ret_settings as it was.
 */
int settings_load(const char *path, struct settings *ret_settings, struct error *error);
/* The same for a text that was read from `path`, whatever its length. */
int settings_parse(const char *path, struct str text, struct settings *ret_settings,
                   struct error *error);
void settings_done(struct settings *settings);

#endif
