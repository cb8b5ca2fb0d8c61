#include "tui/line_words.h"

#include <errno.h>
#include <string.h>

/* Takes one word off the line from *at on, without its quotes. */
static void take_word(struct str line, size_t *at, struct buffer *out, bool *ret_is_open)
{
    char quote = '\0';
    for (; *at < line.len; (*at)++) {
        char c = line.data[*at];
        bool is_escape = c == '\\' && quote != '\'' && *at + 1 < line.len;
        if (!quote && c == ' ')
            break;
        if (is_escape)
            buffer_add_char(out, line.data[++*at]);
        else if (quote && c == quote)
            quote = '\0';
        else if (!quote && (c == '\'' || c == '"'))
            quote = c;
        else
            buffer_add_char(out, c);
    }
    *ret_is_open = quote != '\0';
}

static int split(struct str line, struct line_words *words, struct error *error)
{
    struct buffer word = {0};
    size_t at = 0;
    int result = 0;
    while (result == 0) {
        while (at < line.len && line.data[at] == ' ')
            at++;
        words->starts[words->count] = at;
        if (at == line.len)
            break;
        if (words->count == LINE_WORDS_MAX) {
            result = error_set(error, ERROR_USAGE, E2BIG, "more than %d words", LINE_WORDS_MAX);
            break;
        }
        buffer_clear(&word);
        take_word(line, &at, &word, &words->is_open);
        buffer_add_char(&word, '\0');
        words->ends_in_word = at == line.len;
        char *kept = word.failed ? NULL : arena_alloc(&words->arena, word.len);
        if (!kept) {
            result = error_no_memory(error, "reading the line");
            break;
        }
        memcpy(kept, word.data, word.len);
        words->words[words->count++] = kept;
    }
    buffer_done(&word);
    return result;
}

int line_words_split(struct str line, struct line_words *ret_words, struct error *error)
{
    struct line_words words = {.count = 0};
    int result = split(line, &words, error);
    if (result == 0)
        *ret_words = words;
    else
        line_words_done(&words);
    return result;
}

void line_words_done(struct line_words *words)
{
    arena_done(&words->arena);
    *words = (struct line_words){.count = 0};
}

void line_words_quote(struct str text, struct buffer *out)
{
    bool is_plain = text.len > 0;
    for (size_t i = 0; i < text.len; i++)
        is_plain = is_plain && !strchr(" '\"\\", text.data[i]);
    if (is_plain) {
        buffer_add_str(out, text);
        return;
    }
    buffer_add_char(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] == '"' || text.data[i] == '\\')
            buffer_add_char(out, '\\');
        buffer_add_char(out, text.data[i]);
    }
    buffer_add_char(out, '"');
}
