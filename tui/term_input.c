#include "tui/term_input.h"

#include <stdio.h>
#include <string.h>

enum {
    PASTE_START = KEY_CODE_F12 + 1, /* keys of the marks around pasted text, never seen outside */
    PASTE_END,
};

/* What terminals send although their description may have another sequence for the key. */
static const struct term_sequence usual[] = {
    {"\033[200~", 6, PASTE_START},    {"\033[201~", 6, PASTE_END},
    {"\033[A", 3, KEY_CODE_UP},       {"\033[B", 3, KEY_CODE_DOWN},
    {"\033[C", 3, KEY_CODE_RIGHT},    {"\033[D", 3, KEY_CODE_LEFT},
    {"\033OA", 3, KEY_CODE_UP},       {"\033OB", 3, KEY_CODE_DOWN},
    {"\033OC", 3, KEY_CODE_RIGHT},    {"\033OD", 3, KEY_CODE_LEFT},
    {"\033[2~", 4, KEY_CODE_INSERT},  {"\033[3~", 4, KEY_CODE_DELETE},
    {"\033[5~", 4, KEY_CODE_PAGE_UP}, {"\033[6~", 4, KEY_CODE_PAGE_DOWN},
    {"\033[H", 3, KEY_CODE_HOME},     {"\033OH", 3, KEY_CODE_HOME},
    {"\033[1~", 4, KEY_CODE_HOME},    {"\033[7~", 4, KEY_CODE_HOME},
    {"\033[F", 3, KEY_CODE_END},      {"\033OF", 3, KEY_CODE_END},
    {"\033[4~", 4, KEY_CODE_END},     {"\033[8~", 4, KEY_CODE_END},
    {"\033[Z", 3, KEY_CODE_BACK_TAB},
};
enum { USUAL = sizeof(usual) / sizeof(usual[0]) };

static void learn(struct term_input *input, const char *sequence, uint32_t key)
{
    size_t len = sequence ? strlen(sequence) : 0;
    if (len < 2 || len > TERM_INPUT_SEQUENCE || sequence[0] != KEY_ESCAPE ||
        input->learned_count == TERM_INPUT_LEARNED)
        return;
    struct term_sequence *learned = &input->learned[input->learned_count++];
    *learned = (struct term_sequence){.len = len, .key = key};
    memcpy(learned->bytes, sequence, len);
}

void term_input_learn_keys(struct term_input *input, const char *(*find)(const char *name))
{
    static const struct {
        const char *name;
        uint32_t key;
    } keys[] = {
        {"kcuu1", KEY_CODE_UP},      {"kcud1", KEY_CODE_DOWN},    {"kcub1", KEY_CODE_LEFT},
        {"kcuf1", KEY_CODE_RIGHT},   {"kpp", KEY_CODE_PAGE_UP},   {"knp", KEY_CODE_PAGE_DOWN},
        {"ka3", KEY_CODE_PAGE_UP},   {"kc3", KEY_CODE_PAGE_DOWN}, {"khome", KEY_CODE_HOME},
        {"kend", KEY_CODE_END},      {"ka1", KEY_CODE_HOME},      {"kc1", KEY_CODE_END},
        {"kdch1", KEY_CODE_DELETE},  {"kbs", KEY_CODE_BACKSPACE}, {"kich1", KEY_CODE_INSERT},
        {"kcbt", KEY_CODE_BACK_TAB}, {"kent", KEY_ENTER},
    };
    char name[8];
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        learn(input, find(keys[i].name), keys[i].key);
    for (uint32_t key = KEY_CODE_F1; key <= KEY_CODE_F12; key++) {
        (void)snprintf(name, sizeof(name), "kf%u", (unsigned)(key - KEY_CODE_F1 + 1));
        learn(input, find(name), key);
    }
}

char *term_input_room(struct term_input *input, size_t *ret_room)
{
    *ret_room = TERM_INPUT_BYTES - input->len;
    return input->bytes + input->len;
}

void term_input_forget(struct term_input *input)
{
    input->len = 0;
    input->in_paste = false;
    input->decoder = (struct key_decoder){0};
}

static void use(struct term_input *input, size_t len)
{
    input->len -= len;
    memmove(input->bytes, input->bytes + len, input->len);
}

/* ---- sequences ---- */

/* The longest of the sequences that the bytes begin with, else NULL; *ret_is_prefix: they may be
 * the beginning of a longer one. */
static const struct term_sequence *match(const struct term_sequence *all, size_t count,
                                         struct str bytes, bool *ret_is_prefix)
{
    const struct term_sequence *best = NULL;
    for (size_t i = 0; i < count; i++) {
        size_t len = all[i].len < bytes.len ? all[i].len : bytes.len;
        if (memcmp(all[i].bytes, bytes.data, len) != 0)
            continue;
        if (all[i].len > bytes.len)
            *ret_is_prefix = true;
        else if (!best || all[i].len > best->len)
            best = &all[i];
    }
    return best;
}

static const struct term_sequence *find(const struct term_input *input, struct str bytes,
                                        bool *ret_is_prefix)
{
    *ret_is_prefix = false;
    const struct term_sequence *own =
        match(input->learned, input->learned_count, bytes, ret_is_prefix);
    const struct term_sequence *other = match(usual, USUAL, bytes, ret_is_prefix);
    return other && (!own || other->len > own->len) ? other : own;
}

/* The length of an unknown sequence behind its Escape: by the rules of ECMA-48, of the Linux
 * console's F-keys, and of Alt with a character. 0: it is not complete. */
static size_t unknown_len(struct str bytes)
{
    enum { LEGACY_MOUSE = 6, CONSOLE_KEY = 4 };
    char kind = bytes.data[1];
    size_t at = 2;
    if (kind != '[' && kind != 'O') {
        while (at < bytes.len && ((unsigned char)bytes.data[at] & 0xc0) == 0x80)
            at++;
        return at;
    }
    if (kind == '[' && bytes.len > 2 && (bytes.data[2] == '[' || bytes.data[2] == 'M')) {
        size_t len = bytes.data[2] == '[' ? CONSOLE_KEY : LEGACY_MOUSE;
        return bytes.len >= len ? len : 0;
    }
    while (at < bytes.len && bytes.data[at] >= ' ' && bytes.data[at] < '@')
        at++;
    if (at == bytes.len)
        return 0;
    bool is_final = bytes.data[at] >= '@' && bytes.data[at] <= '~';
    return is_final ? at + 1 : at;
}

/* ---- the mouse ---- */

/* A number up to a byte that is none; false for none, or too large a one. */
static bool read_number(struct str *text, int *ret_number)
{
    enum { MOST = 10000 };
    size_t at = 0;
    int number = 0;
    for (; at < text->len && text->data[at] >= '0' && text->data[at] <= '9'; at++) {
        if (number > MOST)
            return false;
        number = number * 10 + text->data[at] - '0';
    }
    *text = (struct str){text->data + at, text->len - at};
    *ret_number = number;
    return at > 0;
}

static bool skip_separator(struct str *text)
{
    bool is_there = text->len > 0 && text->data[0] == ';';
    if (is_there)
        *text = (struct str){text->data + 1, text->len - 1};
    return is_there;
}

/* "\033[<0;12;5M": the first button at column 12, row 5, counted from 1; "m" when it is let go.
 * Buttons with Shift, Alt or Ctrl have other numbers, and so has a moving mouse: they are none. */
static bool read_mouse(struct str sequence, struct event *ret_event)
{
    enum { PRESS = 0, WHEEL_UP = 64, WHEEL_DOWN = 65 };
    struct str text = {sequence.data + 3, sequence.len > 3 ? sequence.len - 3 : 0};
    int button, column, row;
    if (!str_starts(sequence, STR("\033[<")) || sequence.data[sequence.len - 1] != 'M')
        return false;
    if (!read_number(&text, &button) || !skip_separator(&text) || !read_number(&text, &column) ||
        !skip_separator(&text) || !read_number(&text, &row) || text.len != 1)
        return false;
    if (button != PRESS && button != WHEEL_UP && button != WHEEL_DOWN)
        return false;
    *ret_event = (struct event){
        .kind = EVENT_MOUSE,
        .mouse = button == PRESS      ? MOUSE_PRESS
                 : button == WHEEL_UP ? MOUSE_WHEEL_UP
                                      : MOUSE_WHEEL_DOWN,
        .row = row - 1,
        .column = column - 1,
    };
    return row > 0 && column > 0;
}

/* ---- events ---- */

/* Uses up an Escape and what belongs to it. True when that is an event; `*ret_waits` when more
 * bytes will tell. */
static bool take_escape(struct term_input *input, bool is_over, struct event *ret_event,
                        bool *ret_waits)
{
    struct str bytes = {input->bytes, input->len};
    bool is_prefix;
    const struct term_sequence *known = find(input, bytes, &is_prefix);
    *ret_waits = !is_over && (is_prefix || bytes.len == 1);
    if (*ret_waits)
        return false;
    *ret_event = (struct event){.kind = EVENT_KEY, .key = KEY_ESCAPE};
    if (known) {
        input->in_paste = known->key == PASTE_START;
        ret_event->key = known->key;
        use(input, known->len);
        return known->key != PASTE_START && known->key != PASTE_END;
    }
    if (bytes.len == 1 || bytes.data[1] == KEY_ESCAPE) {
        use(input, 1);
        return true;
    }
    size_t len = unknown_len(bytes);
    bool is_full = bytes.len == TERM_INPUT_BYTES;
    *ret_waits = len == 0 && !is_over && !is_full;
    if (*ret_waits)
        return false;
    bool is_mouse = len > 0 && read_mouse((struct str){bytes.data, len}, ret_event);
    use(input, len > 0 ? len : bytes.len);
    return is_mouse;
}

/* Uses up one byte of pasted text, or the mark of its end. */
static bool take_paste(struct term_input *input, bool is_over, struct event *ret_event,
                       bool *ret_waits)
{
    const struct term_sequence *end = &usual[1];
    size_t len = input->len < end->len ? input->len : end->len;
    bool begins = memcmp(input->bytes, end->bytes, len) == 0;
    *ret_waits = begins && len < end->len && !is_over;
    if (*ret_waits)
        return false;
    if (begins && len == end->len) {
        input->in_paste = false;
        use(input, len);
        return false;
    }
    *ret_event = (struct event){.kind = EVENT_PASTE};
    bool is_whole = key_decode(&input->decoder, (unsigned char)input->bytes[0], &ret_event->key);
    use(input, 1);
    return is_whole && ret_event->key != 0;
}

static bool take_byte(struct term_input *input, struct event *ret_event)
{
    *ret_event = (struct event){.kind = EVENT_KEY};
    bool is_whole = key_decode(&input->decoder, (unsigned char)input->bytes[0], &ret_event->key);
    use(input, 1);
    return is_whole && ret_event->key != 0;
}

bool term_input_next(struct term_input *input, bool is_over, struct event *ret_event)
{
    bool waits = false;
    while (input->len > 0 && !waits) {
        bool is_event;
        if (input->in_paste)
            is_event = take_paste(input, is_over, ret_event, &waits);
        else if (input->bytes[0] == KEY_ESCAPE)
            is_event = take_escape(input, is_over, ret_event, &waits);
        else
            is_event = take_byte(input, ret_event);
        if (is_event)
            return true;
    }
    return false;
}

bool term_input_waits(const struct term_input *input)
{
    return input->len > 0;
}
