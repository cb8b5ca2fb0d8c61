/*
 * filter_part.h - what the parts of a filter share: tui/filter.c (which rows match) and
 * tui/filter_parse.c (what was typed); not for others.
 */
#ifndef SLOTOP_TUI_FILTER_PART_H
#define SLOTOP_TUI_FILTER_PART_H

#include "tui/filter.h"

/* What can be true of a session; several may be. The low bits are the registry's states. */
enum {
    TRAIT_LIVE = 1 << STATE_ACTIVE | 1 << STATE_IDLE,
    TRAIT_OVERDUE = 1 << 8,
    TRAIT_FALLBACK = 1 << 9,
    TRAIT_RUNNING = 1 << 10,
    TRAIT_VIEWS = 11, /* from this bit on: what it shows as, by enum session_view */
};
#define TRAIT_STATE(state) (UINT32_C(1) << (state))
#define TRAIT_VIEW(view) (UINT32_C(1) << (TRAIT_VIEWS + (view)))

struct filter_term {
    enum filter_field field;
    bool is_negated;
    bool is_above;            /* of a time: '>', else '<' */
    bool wants_run;           /* run:yes */
    const struct str *values; /* one must hold; in lower case where case is ignored */
    size_t value_count;
    uint32_t traits; /* of a state: one must be there */
    double ms;       /* of a time */
};

static inline char filter_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

#endif
