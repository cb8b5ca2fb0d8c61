#include "tui/key.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { DELETE_BYTE = 0x7f, C1_END = 0xa0, SURROGATE_START = 0xd800, SURROGATE_END = 0xe000 };

static const struct {
    uint32_t key;
    const char *name;
} named_keys[] = {
    {KEY_ENTER, "Enter"},
    {KEY_ESCAPE, "Esc"},
    {KEY_TAB, "Tab"},
    {' ', "Space"},
    {DELETE_BYTE, "Bksp"},
    {KEY_CODE_UP, "Up"},
    {KEY_CODE_DOWN, "Down"},
    {KEY_CODE_LEFT, "Left"},
    {KEY_CODE_RIGHT, "Right"},
    {KEY_CODE_PAGE_UP, "PgUp"},
    {KEY_CODE_PAGE_DOWN, "PgDn"},
    {KEY_CODE_HOME, "Home"},
    {KEY_CODE_END, "End"},
    {KEY_CODE_BACKSPACE, "Bksp"},
    {KEY_CODE_DELETE, "Del"},
    {KEY_CODE_INSERT, "Ins"},
    {KEY_CODE_BACK_TAB, "S-Tab"},
};

bool key_is_text(uint32_t key)
{
    return key >= ' ' && (key < DELETE_BYTE || key >= C1_END) && key < KEY_CODE_BASE &&
           (key < SURROGATE_START || key >= SURROGATE_END);
}

const char *key_label(uint32_t key, char name[KEY_NAME_SIZE])
{
    for (size_t i = 0; i < sizeof(named_keys) / sizeof(named_keys[0]); i++) {
        if (named_keys[i].key == key) {
            (void)snprintf(name, KEY_NAME_SIZE, "%s", named_keys[i].name);
            return name;
        }
    }
    if (key >= KEY_CODE_F1 && key <= KEY_CODE_F12) {
        (void)snprintf(name, KEY_NAME_SIZE, "F%u", (unsigned)(key - KEY_CODE_F1 + 1));
    } else if (key < ' ') {
        (void)snprintf(name, KEY_NAME_SIZE, "^%c", (char)(key + '@'));
    } else if (key_is_text(key)) {
        name[key_encode(key, name)] = '\0';
    } else {
        (void)snprintf(name, KEY_NAME_SIZE, "?");
    }
    return name;
}

static bool is_name(struct str text, const char *name)
{
    return text.len == strlen(name) && strncasecmp(text.data, name, text.len) == 0;
}

/* "^R", "Ctrl-R", "C-r". */
static uint32_t control_by_name(struct str name)
{
    static const struct str prefixes[] = {{"^", 1}, {"ctrl-", 5}, {"c-", 2}};
    for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
        size_t len = prefixes[i].len;
        if (name.len != len + 1 || strncasecmp(name.data, prefixes[i].data, len) != 0)
            continue;
        int letter = toupper((unsigned char)name.data[len]);
        if (letter > '@' && letter <= '_')
            return (uint32_t)KEY_CTRL(letter);
    }
    return 0;
}

/* A name that is one character. */
static uint32_t text_by_name(struct str name)
{
    struct key_decoder decoder = {0};
    uint32_t key = 0;
    for (size_t i = 0; i < name.len; i++) {
        if (key_decode(&decoder, (unsigned char)name.data[i], &key))
            return i + 1 == name.len && key_is_text(key) ? key : 0;
    }
    return 0;
}

uint32_t key_by_name(struct str name)
{
    char label[KEY_NAME_SIZE];
    for (size_t i = 0; i < sizeof(named_keys) / sizeof(named_keys[0]); i++) {
        if (is_name(name, named_keys[i].name))
            return named_keys[i].key;
    }
    for (uint32_t key = KEY_CODE_F1; key <= KEY_CODE_F12; key++) {
        if (is_name(name, key_label(key, label)))
            return key;
    }
    uint32_t control = control_by_name(name);
    return control ? control : text_by_name(name);
}

size_t key_encode(uint32_t key, char bytes[KEY_UTF8_SIZE])
{
    static const unsigned char lead[] = {0, 0x00, 0xc0, 0xe0, 0xf0};
    if (key >= KEY_CODE_BASE || (key >= SURROGATE_START && key < SURROGATE_END))
        return 0;
    size_t len = key < 0x80 ? 1 : key < 0x800 ? 2 : key < 0x10000 ? 3 : 4;
    for (size_t i = len - 1; i > 0; i--) {
        bytes[i] = (char)(0x80 | (key & 0x3f));
        key >>= 6;
    }
    bytes[0] = (char)(lead[len] | key);
    return len;
}

/* Begins a sequence with its first byte; true when that byte is the whole of it. */
static bool decoder_start(struct key_decoder *decoder, unsigned char byte)
{
    *decoder = (struct key_decoder){0};
    if (byte < 0x80) {
        decoder->code_point = byte;
        return true;
    }
    if (byte >= 0xc2 && byte < 0xe0)
        *decoder = (struct key_decoder){.code_point = byte & 0x1f, .minimum = 0x80, .missing = 1};
    else if (byte >= 0xe0 && byte < 0xf0)
        *decoder = (struct key_decoder){.code_point = byte & 0x0f, .minimum = 0x800, .missing = 2};
    else if (byte >= 0xf0 && byte < 0xf5)
        *decoder = (struct key_decoder){.code_point = byte & 7, .minimum = 0x10000, .missing = 3};
    return false;
}

bool key_decode(struct key_decoder *decoder, unsigned char byte, uint32_t *ret_code_point)
{
    if (decoder->missing == 0 || (byte & 0xc0) != 0x80) {
        if (!decoder_start(decoder, byte))
            return false;
    } else {
        decoder->code_point = decoder->code_point << 6 | (byte & 0x3f);
        if (--decoder->missing > 0)
            return false;
    }
    uint32_t code_point = decoder->code_point;
    bool is_good = code_point >= decoder->minimum && code_point < KEY_CODE_BASE &&
                   (code_point < SURROGATE_START || code_point >= SURROGATE_END);
    if (is_good)
        *ret_code_point = code_point;
    return is_good;
}
