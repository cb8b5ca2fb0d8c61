/*
 * line_complete.h - what may stand where the cursor is in a line after ':': commands, their
 * options, sessions, columns, themes, terms of a filter.
 */
#ifndef SLOTOP_TUI_LINE_COMPLETE_H
#define SLOTOP_TUI_LINE_COMPLETE_H

#include "core/state.h"
#include "tui/command.h"
#include "tui/line_edit.h"
#include "tui/rows.h"

enum { LINE_CANDIDATES_MAX = 24 };

struct line_candidate {
    struct str word; /* as it is typed, quotes where they are needed */
    struct str note; /* raw: what it is; empty for nothing */
};

/* What only files know: copies for `restore`, operations for `undo`. Zero-initialise;
 * line_offers_done(). */
struct line_offers {
    const struct command *of; /* this command takes them; NULL: none were looked for */
    struct line_candidate items[LINE_CANDIDATES_MAX];
    size_t count;
    struct arena arena;
};
void line_offers_done(struct line_offers *offers);

/* What there is to choose from; borrowed. */
struct line_sources {
    const struct state *state;
    const struct rows *rows; /* sessions come in this order */
    bool read_only;          /* commands that change the registry are not offered */
    const struct line_offers *offers;
};

/* Zero-initialise; line_completion_done(). */
struct line_completion {
    struct line_candidate items[LINE_CANDIDATES_MAX];
    size_t count;
    size_t total;                  /* more are only counted */
    size_t from;                   /* the byte of the line where the word begins */
    struct str common;             /* all of them begin so */
    const struct command *command; /* of the line, once its name is there */
    struct arena arena;
};

/* Finds them for the word that the cursor stands behind. Without memory there are fewer, or none.
 */
void line_complete(const struct line_sources *sources, const struct line_edit *edit,
                   struct line_completion *ret_completion);
void line_completion_done(struct line_completion *completion);

#endif
