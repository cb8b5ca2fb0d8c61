#include "tui/settings.h"

#include "core/file.h"

#include <errno.h>
#include <string.h>

enum { QUOTE_BYTES = 60 };

enum setting {
    SETTING_THEME,
    SETTING_SORT,
    SETTING_REVERSE,
    SETTING_CONFIRM,
    SETTING_ASCII,
    SETTING_COLOR,
    SETTING_LINE,
    SETTING_COUNT,
};

static const char *const setting_names[SETTING_COUNT] = {
    [SETTING_THEME] = "theme",     [SETTING_SORT] = "sort",   [SETTING_REVERSE] = "reverse",
    [SETTING_CONFIRM] = "confirm", [SETTING_ASCII] = "ascii", [SETTING_COLOR] = "color",
    [SETTING_LINE] = "line",
};

struct parser {
    struct settings settings;
    const char *path;
    size_t line; /* 0: the file as a whole */
    struct buffer sentence;
    bool failed; /* an allocation did */
};

/* ---- sentences ---- */

static struct buffer *begin_problem(struct parser *parser)
{
    buffer_clear(&parser->sentence);
    if (parser->line > 0)
        buffer_addf(&parser->sentence, "%s:%zu: ", parser->path, parser->line);
    return &parser->sentence;
}

static void end_problem(struct parser *parser)
{
    struct settings *settings = &parser->settings;
    if (settings->problem_count < SETTINGS_PROBLEMS_MAX) {
        struct str sentence = arena_copy(&settings->arena, buffer_str(&parser->sentence));
        parser->failed |= parser->sentence.failed || !sentence.data;
        settings->problems[settings->problem_count] = sentence;
    }
    settings->problem_count++;
}

/* The beginning of a long word, cut between characters. */
static void add_quoted(struct buffer *out, struct str word)
{
    size_t len = word.len;
    if (len > QUOTE_BYTES) {
        len = QUOTE_BYTES;
        while (len > 0 && ((unsigned char)word.data[len] & 0xc0) == 0x80)
            len--;
    }
    buffer_add_char(out, '\'');
    buffer_add(out, word.data, len);
    buffer_add_str(out, str_of(len < word.len ? "...'" : "'"));
}

static void add_list_separator(struct buffer *out, bool is_first, bool is_last)
{
    if (!is_first)
        buffer_add_str(out, str_of(is_last ? " or " : ", "));
}

/* ---- values that are words ---- */

/* The words that a setting takes, the default first; NULL behind the last. */
static const char *word_of(enum setting setting, unsigned i)
{
    static const char *const yes_no[] = {"no", "yes", NULL};
    static const char *const confirms[CONFIRM_WHENS + 1] = {
        [CONFIRM_RISKY] = "risky", [CONFIRM_ALWAYS] = "always"};
    static const char *const speeds[LINE_SPEEDS + 1] = {
        [LINE_AUTO] = "auto", [LINE_SLOW] = "slow", [LINE_FAST] = "fast"};
    switch (setting) {
    case SETTING_THEME:
        return i < THEME_COUNT ? theme_name((enum theme)i) : NULL;
    case SETTING_SORT:
        return i < SORT_COUNT ? sort_key_name((enum sort_key)i) : NULL;
    case SETTING_CONFIRM:
        return confirms[i];
    case SETTING_COLOR:
        return i < COLOR_WHENS ? color_when_name((enum color_when)i) : NULL;
    case SETTING_LINE:
        return speeds[i];
    case SETTING_REVERSE:
    case SETTING_ASCII:
    case SETTING_COUNT:
        break;
    }
    return yes_no[i];
}

static void set(struct settings *settings, enum setting setting, unsigned i)
{
    switch (setting) {
    case SETTING_THEME:
        settings->theme = (enum theme)i;
        break;
    case SETTING_SORT:
        settings->sort = (enum sort_key)i;
        break;
    case SETTING_REVERSE:
        settings->reverse = i != 0;
        break;
    case SETTING_CONFIRM:
        settings->confirm = (enum confirm_when)i;
        break;
    case SETTING_ASCII:
        settings->ascii = i != 0;
        break;
    case SETTING_COLOR:
        settings->color = (enum color_when)i;
        break;
    case SETTING_LINE:
        settings->line = (enum line_speed)i;
        break;
    case SETTING_COUNT:
        break;
    }
}

static void take_word(struct parser *parser, enum setting setting, struct str value)
{
    const char *word;
    for (unsigned i = 0; (word = word_of(setting, i)); i++) {
        if (str_equal(str_of(word), value)) {
            set(&parser->settings, setting, i);
            return;
        }
    }
    struct buffer *out = begin_problem(parser);
    buffer_addf(out, "%s: ", setting_names[setting]);
    add_quoted(out, value);
    buffer_add_str(out, STR(" is not "));
    for (unsigned i = 0; (word = word_of(setting, i)); i++) {
        add_list_separator(out, i == 0, !word_of(setting, i + 1));
        buffer_add_str(out, str_of(word));
    }
    buffer_add_str(out, STR("; the line is skipped"));
    end_problem(parser);
}

/* ---- lines ---- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static struct str trim(struct str text)
{
    while (text.len > 0 && is_blank(text.data[text.len - 1]))
        text.len--;
    while (text.len > 0 && is_blank(text.data[0])) {
        text.data++;
        text.len--;
    }
    return text;
}

/* "columns": false for the name of another setting. */
static bool take_columns(struct parser *parser, struct str name, struct str value)
{
    struct str wrong;
    if (!str_equal(name, STR("columns")))
        return false;
    if (columns_parse(value, &parser->settings.columns, &wrong))
        return true;
    struct buffer *out = begin_problem(parser);
    buffer_add_str(out, STR("columns: "));
    add_quoted(out, wrong);
    buffer_add_str(out, STR(" is no column, or stands twice; there are "));
    for (unsigned i = 0; i < COLUMN_COUNT; i++)
        buffer_addf(out, "%s, ", column_name((enum table_column)i));
    buffer_add_str(out, STR("and auto alone; the line is skipped"));
    end_problem(parser);
    return true;
}

/* "key release", "X": false for the name of another setting. */
static bool take_key(struct parser *parser, struct str name, struct str value)
{
    struct str word = STR("key ");
    struct error error;
    if (!str_starts(name, word))
        return false;
    struct str command = trim((struct str){name.data + word.len, name.len - word.len});
    if (keymap_wish(&parser->settings.keys, command, value, parser->line, &error) != 0) {
        buffer_addf(begin_problem(parser), "key: %s; the line is skipped", error.text);
        end_problem(parser);
    }
    return true;
}

/* Once all of them are known: which ones would take the key of another command. */
static void check_keys(struct parser *parser)
{
    struct key_wishes *keys = &parser->settings.keys;
    struct keymap map;
    keymap_apply(&map, keys);
    for (size_t i = 0; i < command_count; i++) {
        const struct command *owner = keys->of[i].owner;
        if (!owner)
            continue;
        parser->line = keys->of[i].line;
        buffer_addf(begin_problem(parser),
                    "key %s: %s has that key; give that another one; the line is skipped",
                    commands[i].name, owner->name);
        end_problem(parser);
    }
}

static void take_setting(struct parser *parser, struct str name, struct str value)
{
    for (unsigned i = 0; i < SETTING_COUNT; i++) {
        if (str_equal(str_of(setting_names[i]), name)) {
            take_word(parser, (enum setting)i, value);
            return;
        }
    }
    if (take_columns(parser, name, value) || take_key(parser, name, value))
        return;
    struct buffer *out = begin_problem(parser);
    add_quoted(out, name);
    buffer_add_str(out, STR(" is no setting; there are "));
    for (unsigned i = 0; i < SETTING_COUNT; i++)
        buffer_addf(out, i == 0 ? "%s" : ", %s", setting_names[i]);
    buffer_add_str(out, STR(", columns, key COMMAND; the line is skipped"));
    end_problem(parser);
}

static void take_line(struct parser *parser, struct str line)
{
    if (line.len > SETTINGS_LINE_BYTES) {
        buffer_addf(begin_problem(parser), "longer than %d bytes; the line is skipped",
                    SETTINGS_LINE_BYTES);
        end_problem(parser);
        return;
    }
    line = trim(line);
    if (line.len == 0 || line.data[0] == '#')
        return;
    const char *equals = memchr(line.data, '=', line.len);
    if (equals) {
        size_t left = (size_t)(equals - line.data);
        take_setting(parser, trim((struct str){line.data, left}),
                     trim((struct str){equals + 1, line.len - left - 1}));
        return;
    }
    struct buffer *out = begin_problem(parser);
    add_quoted(out, line);
    buffer_add_str(out, STR(" is not of the form name = value; the line is skipped"));
    end_problem(parser);
}

static void take_text(struct parser *parser, struct str text)
{
    struct str byte_order_mark = STR("\xef\xbb\xbf");
    size_t at = str_starts(text, byte_order_mark) ? byte_order_mark.len : 0;
    while (at < text.len && !parser->failed) {
        const char *end = memchr(text.data + at, '\n', text.len - at);
        size_t len = end ? (size_t)(end - text.data) - at : text.len - at;
        parser->line++;
        take_line(parser, (struct str){text.data + at, len});
        at += len + 1;
    }
    check_keys(parser);
}

/* ---- the whole ---- */

static int finish(struct parser *parser, struct settings *ret_settings, struct error *error)
{
    buffer_done(&parser->sentence);
    if (parser->failed) {
        settings_done(&parser->settings);
        return error_no_memory(error, "reading the configuration file");
    }
    *ret_settings = parser->settings;
    return 0;
}

int settings_parse(const char *path, struct str text, struct settings *ret_settings,
                   struct error *error)
{
    struct parser parser = {.path = path};
    take_text(&parser, text);
    return finish(&parser, ret_settings, error);
}

int settings_load(const char *path, struct settings *ret_settings, struct error *error)
{
    struct parser parser = {.path = path};
    struct buffer text = {0};
    struct error why;
    int r = file_load(path, SETTINGS_LIMIT_BYTES, &text, &why);
    if (r == 0) {
        take_text(&parser, buffer_str(&text));
    } else if (r == -ENOMEM) {
        parser.failed = true;
    } else if (r == -EFBIG) {
        buffer_addf(begin_problem(&parser), "%s is larger than %d KiB; nothing of it is used", path,
                    SETTINGS_LIMIT_BYTES >> 10);
        end_problem(&parser);
    } else if (r != -ENOENT && r != -ENOTDIR) {
        buffer_addf(begin_problem(&parser), "%s; the settings are the defaults", why.text);
        end_problem(&parser);
    }
    buffer_done(&text);
    return finish(&parser, ret_settings, error);
}

void settings_done(struct settings *settings)
{
    arena_done(&settings->arena);
    *settings = (struct settings){0};
}
