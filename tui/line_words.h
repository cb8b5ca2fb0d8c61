/*
 * line_words.h - a line cut into words as a shell cuts it: blanks part them; '...', "..." and \
 * keep together. Nothing else of a shell: no variables, no wildcards.
 */
#ifndef SLOTOP_TUI_LINE_WORDS_H
#define SLOTOP_TUI_LINE_WORDS_H

#include "core/base.h"
#include "core/error.h"

enum { LINE_WORDS_MAX = 64 };

struct line_words {
    char *words[LINE_WORDS_MAX + 1];   /* NUL-terminated, quotes taken away; NULL behind the last */
    size_t starts[LINE_WORDS_MAX + 1]; /* where each begins in the line, its quote included; of the
                                          NULL: the end of the line */
    size_t count;
    bool ends_in_word; /* the line ends in the last word, not behind a blank */
    bool is_open;      /* a quote is not closed */
    struct arena arena;
};

/* -E2BIG, ERROR_USAGE for more than LINE_WORDS_MAX words; -ENOMEM. An open quote is none. */
int line_words_split(struct str line, struct line_words *ret_words, struct error *error);
void line_words_done(struct line_words *words);

/* Appends a text as one such word. */
void line_words_quote(struct str text, struct buffer *out);

#endif
