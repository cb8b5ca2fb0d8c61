#include "tui/term.h"

#include "tui/job.h"
#include "tui/term_check.h"
#include "tui/term_line.h"
#include "tui/term_palette.h"
#include "tui/term_read.h"
#include "tui/term_rescue.h"
#include "tui/term_row.h"
#include "tui/term_scroll.h"

#define NCURSES_NOMACROS
#include <curses.h>

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum {
    SIZE_MAX_CELLS = 1000, /* what struct cells can be */
    SUSPEND_BYTE = KEY_CTRL('Z'),
};

static const char PASTE_ON[] = "\033[?2004h";
static const char PASTE_OFF[] = "\033[?2004l";
/* Presses and the wheel, with coordinates as numbers: of columns beyond 223, too. */
static const char MOUSE_ON[] = "\033[?1000h\033[?1006h";
static const char MOUSE_OFF[] = "\033[?1006l\033[?1000l";

/* How curses draws a cell; pair 0: in the default colours. */
struct paint {
    attr_t attributes;
    short pair;
};

struct term {
    SCREEN *screen;
    int fd;
    struct termios line; /* as it was before us */
    struct term_input input;
    struct paint paints[ROLE_COUNT];
    struct paint cursor_paint;     /* on the selected row */
    bool shows_blanks[ROLE_COUNT]; /* a blank in it looks other than one in the default colours */
    struct term_palette palette;
    bool is_ansi;       /* understands CSI sequences, so also bracketed paste */
    bool moves_rows;    /* as term_scroll_print() has it do */
    bool has_mouse;     /* reports what the mouse does */
    struct cells shown; /* as curses was given it last; height 0: nothing, or not known */
};

/* ---- taking over and giving back ---- */

/* A string capability; NULL where the terminal has none. */
static const char *find_string(const char *name)
{
    const char *text = tigetstr(name);
    return text == (const char *)-1 ? NULL : text;
}

/* What a crash sends; without memory nothing. */
static void arm(const struct term *term)
{
    struct buffer bytes = {0};
    if (term->is_ansi)
        buffer_addf(&bytes, "%s%s", PASTE_OFF, MOUSE_OFF);
    term_rescue_add(&bytes, find_string("sgr0"));
    term_rescue_add(&bytes, find_string("rmkx"));
    term_rescue_add(&bytes, find_string("rmcup"));
    term_rescue_add(&bytes, find_string("cnorm")); /* last: see leave_screen() */
    buffer_add_str(&bytes, buffer_str(&term->palette.off));
    if (bytes.data)
        term_rescue_arm(STDOUT_FILENO, buffer_str(&bytes), &term->line);
    buffer_done(&bytes);
}

/* Leaves the alternate screen. Some terminals bring back with the other screen whether the cursor
 * was hidden when curses last saved it: so it is shown once more. */
static void leave_screen(void)
{
    struct buffer bytes = {0};
    (void)endwin();
    term_rescue_add(&bytes, find_string("cnorm"));
    if (bytes.len > 0)
        (void)fwrite(bytes.data, 1, bytes.len, stdout);
    (void)fflush(stdout);
    buffer_done(&bytes);
}

/* newterm() puts handlers of its own on signals that the loop takes another way. */
static SCREEN *new_screen(void)
{
    static const int taken[] = {SIGINT, SIGTERM, SIGTSTP, SIGWINCH};
    enum { TAKEN = sizeof(taken) / sizeof(taken[0]) };
    struct sigaction before[TAKEN];
    for (size_t i = 0; i < TAKEN; i++)
        (void)sigaction(taken[i], NULL, &before[i]);
    SCREEN *screen = newterm(NULL, stdout, stdin);
    for (size_t i = 0; i < TAKEN; i++)
        (void)sigaction(taken[i], &before[i], NULL);
    return screen;
}

/* A capability of any type; extensions as RGB come in all of them. */
static bool has_capability(const char *name)
{
    return tigetflag(name) > 0 || tigetnum(name) > 0 || find_string(name);
}

static enum theme_depth find_depth(const struct term_look *wanted, bool is_direct)
{
    if (!wanted->color || wanted->theme == THEME_MONO || !has_colors() || start_color() != OK ||
        COLOR_PAIRS <= ROLE_COUNT)
        return DEPTH_NONE;
    return theme_depth(&(struct theme_terminal){
        .colors = COLORS,
        .is_direct = is_direct,
        .says_true_color = wanted->true_color || has_capability("Tc"),
        .can_change =
            can_change_color() && term_palette_fits(find_string("initc"), find_string("oc")),
    });
}

/* The number by which curses knows a colour. */
static int number_of(struct term *term, struct theme_color color, bool is_direct)
{
    if (color.rgb < 0)
        return color.number;
    if (is_direct)
        return color.rgb;
    term_palette_set(&term->palette, color.number, color.rgb);
    return color.number;
}

/* Colours beyond a short need curses' extension. */
static bool set_pair(short pair, int foreground, int background)
{
#if defined(NCURSES_EXT_COLORS) && NCURSES_EXT_COLORS
    return init_extended_pair(pair, foreground, background) == OK;
#else
    return foreground <= SHRT_MAX && background <= SHRT_MAX &&
           init_pair(pair, (short)foreground, (short)background) == OK;
#endif
}

static attr_t attributes_of(unsigned attributes)
{
    return (attributes & LOOK_BOLD ? A_BOLD : 0) | (attributes & LOOK_DIM ? A_DIM : 0) |
           (attributes & LOOK_UNDERLINE ? A_UNDERLINE : 0) |
           (attributes & LOOK_REVERSE ? A_REVERSE : 0);
}

/* The selected row is one bar in reverse: dim and coloured text would be hard to read in it, and to
 * change attributes within it costs more than the words. */
static void set_up_looks(struct term *term, const struct term_look *wanted)
{
    bool is_direct = has_capability("RGB");
    enum theme_depth depth = find_depth(wanted, is_direct);
    bool has_default = depth != DEPTH_NONE && use_default_colors() == OK;
    for (short role = 0; role < ROLE_COUNT; role++) {
        struct look look = theme_look(wanted->theme, (enum role)role, depth, has_default);
        short pair = (short)(role + 1);
        bool is_plain =
            look.foreground.number == THEME_COLOR_OWN && look.background.number == THEME_COLOR_OWN;
        if (is_plain || !set_pair(pair, number_of(term, look.foreground, is_direct),
                                  number_of(term, look.background, is_direct)))
            pair = 0;
        term->paints[role] = (struct paint){attributes_of(look.attributes), pair};
        term->shows_blanks[role] = look.background.number != THEME_COLOR_OWN ||
                                   look.attributes & (LOOK_UNDERLINE | LOOK_REVERSE);
    }
    term->cursor_paint = (struct paint){A_REVERSE, term->paints[ROLE_TEXT].pair};
}

bool term_send(const struct term *term, struct str sequence)
{
    if (!term->is_ansi)
        return false;
    if (sequence.len > 0) /* else it may have no address */
        (void)fwrite(sequence.data, 1, sequence.len, stdout);
    (void)fflush(stdout);
    return true;
}

static void put_on(const struct term *term)
{
    (void)term_send(term, str_of(PASTE_ON));
    (void)term_send(term, buffer_str(&term->palette.on));
    if (term->has_mouse)
        (void)term_send(term, str_of(MOUSE_ON));
}

static void put_off(const struct term *term)
{
    (void)term_send(term, str_of(PASTE_OFF));
    (void)term_send(term, buffer_str(&term->palette.off));
    if (term->has_mouse)
        (void)term_send(term, str_of(MOUSE_OFF));
}

static void set_up_input(struct term *term)
{
    (void)raw();
    (void)noecho();
    (void)nonl();
    (void)curs_set(0);
    (void)leaveok(stdscr, TRUE); /* nobody looks where it stands */
    (void)typeahead(-1);         /* a frame that is put off for input may never come */
    (void)keypad(stdscr, TRUE);
    term_input_learn_keys(&term->input, find_string);
}

int term_open(const struct term_look *look, struct term **ret_term, struct error *error)
{
    struct term *term = calloc(1, sizeof(*term));
    if (!term)
        return error_no_memory(error, "opening the terminal");
    int result = term_check(&term->is_ansi, error);
    if (result != 0)
        goto failed;
    result = -ENOMEM;
    term->fd = STDIN_FILENO;
    if (tcgetattr(term->fd, &term->line) == 0)
        term->screen = new_screen();
    if (!term->screen) {
        (void)error_no_memory(error, "setting up the terminal");
        goto failed;
    }
    set_up_input(term);
    term->moves_rows = term->is_ansi && term_scroll_fits(find_string, has_capability);
    set_up_looks(term, look);
    put_on(term);
    arm(term);
    *ret_term = term;
    return 0;
failed:
    free(term);
    return result;
}

void term_close(struct term *term)
{
    if (!term)
        return;
    put_off(term);
    leave_screen();
    term_rescue_disarm();
    delscreen(term->screen);
    cells_done(&term->shown);
    term_palette_done(&term->palette);
    free(term);
}

void term_suspend(struct term *term)
{
    put_off(term);
    leave_screen();
    term_rescue_disarm();
    job_stop();
    if (tcgetattr(term->fd, &term->line) == 0)
        arm(term);
    term_input_forget(&term->input);
    term_invalidate(term);
}

void term_restyle(struct term *term, const struct term_look *look)
{
    (void)term_send(term, buffer_str(&term->palette.off));
    term_palette_done(&term->palette);
    set_up_looks(term, look);
    arm(term);
    term_invalidate(term);
}

void term_use_mouse(struct term *term, bool on)
{
    if (term->has_mouse != on)
        (void)term_send(term, str_of(on ? MOUSE_ON : MOUSE_OFF));
    term->has_mouse = on;
}

/* ---- showing ---- */

static void forget(struct term *term)
{
    cells_done(&term->shown);
    term->shown = (struct cells){0};
}

/* A picture that comes when the terminal has another size already leaves a region of the size
 * before, and curses takes the region for the screen; others leave one, too. All is painted anew
 * next. */
static void reset_region(const struct term *term)
{
    if (find_string("csr"))
        (void)term_send(term, STR("\033[r"));
}

void term_size(struct term *term, int *ret_width, int *ret_height)
{
    struct winsize size = {0};
    if (ioctl(term->fd, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0 &&
        is_term_resized(size.ws_row, size.ws_col)) {
        (void)resizeterm(size.ws_row, size.ws_col);
        reset_region(term);
        forget(term);
    }
    *ret_height = LINES < SIZE_MAX_CELLS ? LINES : SIZE_MAX_CELLS;
    *ret_width = COLS < SIZE_MAX_CELLS ? COLS : SIZE_MAX_CELLS;
}

void term_invalidate(struct term *term)
{
    forget(term);
    (void)reset_prog_mode();
    (void)keypad(stdscr, TRUE);
    put_on(term);
    reset_region(term);
    (void)clearok(curscr, TRUE);
}

static const struct paint *paint_of(const struct term *term, const struct cell *cell)
{
    return cell->flags & CELL_CURSOR ? &term->cursor_paint : &term->paints[cell->role];
}

/* A cell as curses has it. */
static cchar_t glyph_of(const struct term *term, const struct cell *cell)
{
    wchar_t text[CCHARW_MAX + 1];
    cchar_t glyph = {0};
    const struct paint *paint = paint_of(term, cell);
    term_row_text(cell, CCHARW_MAX, text);
    if (setcchar(&glyph, text, paint->attributes, paint->pair, NULL) != OK)
        (void)setcchar(&glyph, L"?", A_NORMAL, 0, NULL);
    return glyph;
}

static void show_row(const struct term *term, const struct cells *cells, int row)
{
    struct cell shown[SIZE_MAX_CELLS];
    cchar_t glyphs[SIZE_MAX_CELLS];
    int count = 0;
    memcpy(shown, cells_at(cells, row, 0), (size_t)cells->width * sizeof(shown[0]));
    term_row_smooth(shown, cells->width, term->shows_blanks);
    for (int column = 0; column < cells->width; column++) {
        if (shown[column].glyph.width > 0)
            glyphs[count++] = glyph_of(term, &shown[column]);
    }
    (void)mvadd_wchnstr(row, 0, glyphs, count);
}

static void scroll_window(WINDOW *window, const struct term_scroll *scroll)
{
    (void)scrollok(window, TRUE);
    (void)wsetscrreg(window, scroll->top, scroll->bottom);
    (void)wscrl(window, scroll->lines);
    (void)wsetscrreg(window, 0, LINES - 1);
    (void)scrollok(window, FALSE);
}

/* Tells curses that rows moved. It has a hash of each row on the terminal, by which it would find
 * and do the move once more; wredrawln() forgets the hash, and the row, which is put back. */
static void note_scroll(const struct term_scroll *scroll)
{
    cchar_t row[SIZE_MAX_CELLS + 1];
    scroll_window(stdscr, scroll);
    scroll_window(curscr, scroll);
    for (int i = scroll->top; i <= scroll->bottom; i++) {
        (void)mvwin_wchnstr(curscr, i, 0, row, SIZE_MAX_CELLS);
        (void)wredrawln(stdscr, i, 1);
        (void)mvwadd_wchstr(curscr, i, 0, row);
    }
}

/* Moves the rows that moved. Between frames curses leaves no attributes on, and nothing unsent. */
static void scroll_rows(struct term *term, const struct cells *cells)
{
    struct term_scroll scroll;
    for (int i = 0; i < cells->height && term_scroll_find(&term->shown, cells, &scroll); i++) {
        struct buffer bytes = {0};
        term_scroll_print(&scroll, &bytes);
        if (!bytes.failed) {
            (void)fwrite(bytes.data, 1, bytes.len, stdout);
            term_scroll_apply(&scroll, &term->shown);
            note_scroll(&scroll);
        }
        buffer_done(&bytes);
    }
    (void)fflush(stdout);
}

void term_show(struct term *term, const struct cells *cells)
{
    bool is_known = term->shown.width == cells->width && term->shown.height == cells->height;
    if (!is_known) {
        (void)werase(stdscr);
        if (cells_resize(&term->shown, cells->width, cells->height) != 0)
            forget(term); /* and paint all the next time, too */
    }
    if (is_known && term->moves_rows)
        scroll_rows(term, cells);
    size_t row_bytes = (size_t)cells->width * sizeof(*cells->cells);
    for (int row = 0; row < cells->height; row++) {
        struct cell *shown = term->shown.cells;
        const struct cell *wanted = cells_at(cells, row, 0);
        if (shown)
            shown += (size_t)row * (size_t)cells->width;
        if (shown && is_known && memcmp(shown, wanted, row_bytes) == 0)
            continue;
        show_row(term, cells, row);
        if (shown)
            memcpy(shown, wanted, row_bytes);
    }
    (void)wnoutrefresh(stdscr);
    (void)doupdate();
}

/* ---- keys ---- */

bool term_is_slow(const struct term *term)
{
    return term_line_is_slow(term->fd, &term->line);
}

int term_fd(const struct term *term)
{
    return term->fd;
}

bool term_next_event(struct term *term, struct event *ret_event)
{
    if (!term_read_event(&term->input, term->fd, ret_event))
        return false;
    if (ret_event->kind == EVENT_KEY && ret_event->key == SUSPEND_BYTE) {
        term_suspend(term);
        *ret_event = (struct event){.kind = EVENT_RESUMED};
    }
    return true;
}
