/*
 * why_words.h - the explanation of a fallback as lines of text: what `slotop why` and the why pane
 * both show.
 *
 * Copies: they outlive model and registry. All of it is raw; whoever shows it makes it harmless.
 */
#ifndef SLOTOP_TUI_WHY_WORDS_H
#define SLOTOP_TUI_WHY_WORDS_H

#include "core/why.h"
#include "tui/cells.h"

/* How one slot was held then. */
struct why_line {
    struct str label;
    enum role role; /* of `holding` */
    struct str holding;
    struct str held, unused; /* for how long then: "14m"; "-": not known */
    struct str freed;        /* how long after: "24s (seen)", "<6m (inferred)", "held still" */
    struct str id, title;    /* of the holder */
};

struct why_words {
    struct str session_id; /* whole */
    struct str id, title;  /* short id */
    bool is_fallback;      /* else there is a head alone */
    struct str head;       /* without its end: "c77ab90e Invoice fell back to main" + when + "." */
    double at_ms;
    struct str clock; /* of at_ms, in the time zone of the operator */
    struct str cause; /* "Cause: busy (inferred). All 5 slots…" */
    struct why_line *lines;
    size_t line_count;
    struct str now;       /* "Now: …" */
    bool now_is_command;  /* not to be broken */
    struct str aftermath; /* what that does not do; empty: nothing */
    struct arena arena;
};

/* -ENOMEM leaves *ret_words as it was. */
int why_words_make(const struct why_sources *sources, const struct why *why,
                   struct why_words *ret_words, struct error *error);
void why_words_done(struct why_words *words);

/* Appends "at 14:25:40, 4m ago" as of now_ms; "at an unknown time". */
void why_words_add_when(const struct why_words *words, int64_t now_ms, struct buffer *out);
/* Appends the clock of the operator's time zone, with the date where it is not of the last day;
 * "-" for what is no date. */
void why_words_add_clock(double at_ms, int64_t now_ms, struct buffer *out);
/* Appends why_line.freed. */
void why_words_add_freed(const struct why_slot *slot, double at_ms, struct buffer *out);

#endif
