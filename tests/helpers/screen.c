#include "tests/helpers/screen.h"

#include "tui/key.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#include <utmp.h>
#include <vterm.h>

enum {
    LIMIT_MS = 30000,
    LAST_WORDS_MS = 100, /* the kernel hands on what a process wrote after it has ended, too */
    TEXT_SIZE = 256 << 10,
};

struct screen {
    pid_t pid;
    int fd;
    struct termios line; /* as the program found it */
    int status;          /* -1 while it runs */
    bool ended;
    VTerm *vterm;
    VTermScreen *cells;
    int width, height;
    bool is_alternate, cursor_visible;
    char *raw;
    size_t raw_len, raw_capacity;
    size_t shown_len; /* of raw, what vterm had */
    char text[TEXT_SIZE];
};

static int note_property(VTermProp property, VTermValue *value, void *user)
{
    struct screen *screen = user;
    if (property == VTERM_PROP_ALTSCREEN)
        screen->is_alternate = value->boolean;
    if (property == VTERM_PROP_CURSORVISIBLE)
        screen->cursor_visible = value->boolean;
    return 1;
}

static const VTermScreenCallbacks callbacks = {.settermprop = note_property};

static void send_bytes(const char *bytes, size_t len, void *user)
{
    const struct screen *screen = user;
    while (len > 0) {
        ssize_t put = write(screen->fd, bytes, len);
        if (put > 0) {
            bytes += put;
            len -= (size_t)put;
        } else if (errno != EAGAIN && errno != EINTR) {
            return;
        }
    }
}

static void make_terminal(struct screen *screen)
{
    screen->vterm = vterm_new(screen->height, screen->width);
    if (!screen->vterm)
        abort();
    vterm_set_utf8(screen->vterm, 1);
    screen->cells = vterm_obtain_screen(screen->vterm);
    vterm_screen_set_callbacks(screen->cells, &callbacks, screen);
    vterm_screen_enable_altscreen(screen->cells, 1);
    vterm_screen_reset(screen->cells, 1);
    vterm_output_set_callback(screen->vterm, send_bytes, screen);
}

/* The child's side: its terminal is the pty. What a shell without job control ignores for what it
 * runs in the background is as usual again, as it is for whoever logs in. */
static void become(int terminal, char *const argv[], char *const env[], const char *term)
{
    (void)signal(SIGINT, SIG_DFL);
    (void)signal(SIGQUIT, SIG_DFL);
    if (login_tty(terminal) != 0)
        _exit(126);
    (void)setenv("TERM", term, 1);
    for (size_t i = 0; env[i]; i++)
        (void)putenv(env[i]);
    (void)execv(argv[0], argv);
    _exit(127);
}

struct screen *screen_start(char *const argv[], char *const env[], const char *term, int width,
                            int height)
{
    struct screen *screen = calloc(1, sizeof(*screen));
    if (!screen)
        abort();
    screen->status = -1;
    screen->width = width;
    screen->height = height;
    screen->cursor_visible = true;
    make_terminal(screen);
    struct winsize size = {.ws_row = (unsigned short)height, .ws_col = (unsigned short)width};
    int terminal;
    if (openpty(&screen->fd, &terminal, NULL, NULL, &size) != 0 ||
        tcgetattr(screen->fd, &screen->line) != 0 || fcntl(screen->fd, F_SETFD, FD_CLOEXEC) != 0)
        abort();
    screen->pid = fork();
    if (screen->pid == 0)
        become(terminal, argv, env, term);
    if (screen->pid < 0)
        abort();
    (void)close(terminal);
    (void)fcntl(screen->fd, F_SETFL, O_NONBLOCK);
    return screen;
}

void screen_free(struct screen *screen)
{
    if (!screen)
        return;
    if (screen->status == -1) {
        (void)kill(-screen->pid, SIGKILL);
        (void)kill(screen->pid, SIGKILL);
        (void)waitpid(screen->pid, NULL, 0);
    }
    (void)close(screen->fd);
    vterm_free(screen->vterm);
    free(screen->raw);
    free(screen);
}

void screen_type(struct screen *screen, const char *keys)
{
    send_bytes(keys, strlen(keys), screen);
}

void screen_press(struct screen *screen, uint32_t key)
{
    static const VTermKey keys[] = {
        [KEY_CODE_UP - KEY_CODE_BASE] = VTERM_KEY_UP,
        [KEY_CODE_DOWN - KEY_CODE_BASE] = VTERM_KEY_DOWN,
        [KEY_CODE_LEFT - KEY_CODE_BASE] = VTERM_KEY_LEFT,
        [KEY_CODE_RIGHT - KEY_CODE_BASE] = VTERM_KEY_RIGHT,
        [KEY_CODE_PAGE_UP - KEY_CODE_BASE] = VTERM_KEY_PAGEUP,
        [KEY_CODE_PAGE_DOWN - KEY_CODE_BASE] = VTERM_KEY_PAGEDOWN,
        [KEY_CODE_HOME - KEY_CODE_BASE] = VTERM_KEY_HOME,
        [KEY_CODE_END - KEY_CODE_BASE] = VTERM_KEY_END,
        [KEY_CODE_BACKSPACE - KEY_CODE_BASE] = VTERM_KEY_BACKSPACE,
        [KEY_CODE_DELETE - KEY_CODE_BASE] = VTERM_KEY_DEL,
        [KEY_CODE_INSERT - KEY_CODE_BASE] = VTERM_KEY_INS,
    };
    char bytes[KEY_UTF8_SIZE];
    if (key >= KEY_CODE_F1 && key <= KEY_CODE_F12)
        vterm_keyboard_key(screen->vterm, VTERM_KEY_FUNCTION(1 + (int)(key - KEY_CODE_F1)), 0);
    else if (key == KEY_CODE_BACK_TAB)
        vterm_keyboard_key(screen->vterm, VTERM_KEY_TAB, VTERM_MOD_SHIFT);
    else if (key >= KEY_CODE_BASE)
        vterm_keyboard_key(screen->vterm, keys[key - KEY_CODE_BASE], 0);
    else
        send_bytes(bytes, key_encode(key, bytes), screen);
}

void screen_resize(struct screen *screen, int width, int height)
{
    struct winsize size = {.ws_row = (unsigned short)height, .ws_col = (unsigned short)width};
    vterm_set_size(screen->vterm, height, width);
    screen->width = width;
    screen->height = height;
    (void)ioctl(screen->fd, TIOCSWINSZ, &size);
}

void screen_hang_up(struct screen *screen)
{
    (void)close(screen->fd);
    screen->fd = -1;
}

pid_t screen_pid(const struct screen *screen)
{
    return screen->pid;
}

static void keep_raw(struct screen *screen, const char *bytes, size_t len)
{
    if (screen->raw_len + len > screen->raw_capacity) {
        screen->raw_capacity = (screen->raw_len + len) * 2;
        screen->raw = realloc(screen->raw, screen->raw_capacity);
        if (!screen->raw)
            abort();
    }
    memcpy(screen->raw + screen->raw_len, bytes, len);
    screen->raw_len += len;
}

/* Bytes at the end that begin a character whose others are not there yet. */
static size_t begun_character(const char *bytes, size_t len)
{
    for (size_t back = 1; back <= 3 && back <= len; back++) {
        unsigned char c = (unsigned char)bytes[len - back];
        size_t size = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc0 ? 2 : 1;
        if (c < 0x80 || size > 1)
            return size > back ? back : 0;
    }
    return 0;
}

/* libvterm loses characters that come in two parts: theirs wait for the rest. */
static void show_whole_characters(struct screen *screen)
{
    size_t end = screen->raw_len - begun_character(screen->raw, screen->raw_len);
    (void)vterm_input_write(screen->vterm, screen->raw + screen->shown_len,
                            end - screen->shown_len);
    screen->shown_len = end;
}

/* Takes what output there is within wait_ms. False when none came. */
static bool take_output(struct screen *screen, int wait_ms)
{
    struct pollfd ready = {.fd = screen->fd, .events = POLLIN};
    if (screen->ended || poll(&ready, 1, wait_ms) <= 0)
        return false;
    char bytes[65536];
    ssize_t got = read(screen->fd, bytes, sizeof(bytes));
    if (got <= 0) {
        screen->ended = got == 0 || errno == EIO;
        return false;
    }
    keep_raw(screen, bytes, (size_t)got);
    show_whole_characters(screen);
    return true;
}

static long now_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool wait_until(struct screen *screen, const char *text, bool wanted)
{
    for (long end = now_ms() + LIMIT_MS; now_ms() < end;) {
        if (screen_shows(screen, text) == wanted)
            return true;
        if (!take_output(screen, 100) && screen->ended)
            return screen_shows(screen, text) == wanted;
    }
    return false;
}

bool screen_wait(struct screen *screen, const char *text)
{
    bool shown = wait_until(screen, text, true);
    if (!shown)
        (void)fprintf(stderr, "never shown: \"%s\"\n%s\n", text, screen_text(screen));
    return shown;
}

bool screen_wait_gone(struct screen *screen, const char *text)
{
    bool gone = wait_until(screen, text, false);
    if (!gone)
        (void)fprintf(stderr, "still shown: \"%s\"\n%s\n", text, screen_text(screen));
    return gone;
}

int screen_wait_end(struct screen *screen)
{
    for (long end = now_ms() + LIMIT_MS; now_ms() < end && screen->status == -1;) {
        (void)take_output(screen, 20);
        int status;
        if (waitpid(screen->pid, &status, WNOHANG) == screen->pid)
            screen->status = status;
    }
    while (take_output(screen, LAST_WORDS_MS))
        continue;
    return screen->status;
}

bool screen_has_ended(struct screen *screen)
{
    int status;
    if (screen->status == -1 && waitpid(screen->pid, &status, WNOHANG) == screen->pid)
        screen->status = status;
    return screen->status != -1;
}

bool screen_is_quiet(struct screen *screen, int quiet_ms)
{
    return !take_output(screen, quiet_ms);
}

/* Appends one cell's characters as UTF-8. */
static size_t put_cell(const VTermScreenCell *cell, char *out)
{
    size_t len = 0;
    for (size_t i = 0; i < VTERM_MAX_CHARS_PER_CELL && cell->chars[i]; i++) {
        uint32_t c = cell->chars[i];
        if (c < 0x80) {
            out[len++] = (char)c;
        } else if (c < 0x800) {
            out[len++] = (char)(0xc0 | c >> 6);
            out[len++] = (char)(0x80 | (c & 0x3f));
        } else if (c < 0x10000) {
            out[len++] = (char)(0xe0 | c >> 12);
            out[len++] = (char)(0x80 | (c >> 6 & 0x3f));
            out[len++] = (char)(0x80 | (c & 0x3f));
        } else {
            out[len++] = (char)(0xf0 | c >> 18);
            out[len++] = (char)(0x80 | (c >> 12 & 0x3f));
            out[len++] = (char)(0x80 | (c >> 6 & 0x3f));
            out[len++] = (char)(0x80 | (c & 0x3f));
        }
    }
    if (len == 0)
        out[len++] = ' ';
    return len;
}

const char *screen_text(struct screen *screen)
{
    size_t len = 0;
    for (int row = 0; row < screen->height; row++) {
        size_t line_start = len;
        for (int column = 0; column < screen->width && len + 64 < TEXT_SIZE;) {
            VTermScreenCell cell;
            VTermPos at = {.row = row, .col = column};
            (void)vterm_screen_get_cell(screen->cells, at, &cell);
            len += put_cell(&cell, screen->text + len);
            column += cell.width > 0 ? cell.width : 1;
        }
        while (len > line_start && screen->text[len - 1] == ' ')
            len--;
        screen->text[len++] = '\n';
    }
    screen->text[len] = '\0';
    return screen->text;
}

bool screen_shows(struct screen *screen, const char *text)
{
    return strstr(screen_text(screen), text) != NULL;
}

/* Of a blank only what can be seen of it; nothing of the right half of a wide glyph, which looks as
 * the left one does: libvterm leaves there what it was before. */
static void look_at_cell(const VTermScreenCell *cell, uint64_t *look)
{
    if (cell->chars[0] == UINT32_MAX)
        return;
    bool is_blank = cell->chars[0] == 0 || cell->chars[0] == ' ';
    const uint64_t parts[] = {
        is_blank ? ' ' : cell->chars[0],
        is_blank ? 0 : cell->chars[1],
        is_blank ? 0 : cell->attrs.bold,
        cell->attrs.reverse,
        cell->attrs.underline,
        is_blank ? 0 : cell->fg.indexed.idx + 1000U * cell->fg.type,
        cell->bg.indexed.idx + 1000U * cell->bg.type,
    };
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        *look = (*look ^ parts[i]) * 0x100000001b3U;
}

uint64_t screen_look(struct screen *screen)
{
    uint64_t look = 0xcbf29ce484222325U;
    for (int row = 0; row < screen->height; row++) {
        for (int column = 0; column < screen->width; column++) {
            VTermScreenCell cell;
            VTermPos at = {.row = row, .col = column};
            (void)vterm_screen_get_cell(screen->cells, at, &cell);
            look_at_cell(&cell, &look);
        }
    }
    return look;
}

int screen_height(const struct screen *screen)
{
    return screen->height;
}

bool screen_is_alternate(const struct screen *screen)
{
    return screen->is_alternate;
}

bool screen_cursor_visible(const struct screen *screen)
{
    return screen->cursor_visible;
}

bool screen_paste_on(const struct screen *screen)
{
    static const char on[] = "\033[?2004h", off[] = "\033[?2004l";
    bool is_on = false;
    for (size_t i = 0; i + 8 <= screen->raw_len; i++) {
        if (memcmp(screen->raw + i, on, 8) == 0)
            is_on = true;
        else if (memcmp(screen->raw + i, off, 8) == 0)
            is_on = false;
    }
    return is_on;
}

bool screen_line_is_as_before(const struct screen *screen)
{
    struct termios now;
    return tcgetattr(screen->fd, &now) == 0 && now.c_iflag == screen->line.c_iflag &&
           now.c_oflag == screen->line.c_oflag && now.c_cflag == screen->line.c_cflag &&
           now.c_lflag == screen->line.c_lflag &&
           memcmp(now.c_cc, screen->line.c_cc, sizeof(now.c_cc)) == 0;
}

bool screen_pen_is_plain(const struct screen *screen)
{
    static const VTermAttr attributes[] = {VTERM_ATTR_BOLD, VTERM_ATTR_UNDERLINE,
                                           VTERM_ATTR_REVERSE, VTERM_ATTR_BLINK};
    const VTermState *pen = vterm_obtain_state(screen->vterm);
    VTermValue value;
    for (size_t i = 0; i < sizeof(attributes) / sizeof(attributes[0]); i++) {
        value.number = 0;
        (void)vterm_state_get_penattr(pen, attributes[i], &value);
        if (attributes[i] == VTERM_ATTR_UNDERLINE ? value.number : value.boolean)
            return false;
    }
    (void)vterm_state_get_penattr(pen, VTERM_ATTR_FOREGROUND, &value);
    if (!VTERM_COLOR_IS_DEFAULT_FG(&value.color))
        return false;
    (void)vterm_state_get_penattr(pen, VTERM_ATTR_BACKGROUND, &value);
    return VTERM_COLOR_IS_DEFAULT_BG(&value.color);
}

size_t screen_bytes(const struct screen *screen)
{
    return screen->raw_len;
}

const char *screen_raw(const struct screen *screen, size_t *ret_len)
{
    *ret_len = screen->raw_len;
    return screen->raw;
}
