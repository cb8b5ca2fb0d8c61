/*
 * key_rules.h - what must hold at a dashboard after whatever event.
 *
 * - The cursor is on a session of the registry; on none where the table has no rows.
 * - The table has the rows that arranging them anew gives.
 * - The registry changes only by a key that means an action, a yes to a question, or a look at
 *   what the server has written (an edit that was overwritten is made again then).
 * - A question keeps its session and its words until a key answers it.
 * - Drawing, at any size, writes nothing outside the grid, and harmless glyphs into it.
 *
 * What does not hold is said, with the seed and the last events, and the program aborts.
 */
#ifndef SLOTOP_STRESS_KEY_RULES_H
#define SLOTOP_STRESS_KEY_RULES_H

#include "tests/helpers/desk.h"

enum { KEY_RULES_TRAIL = 12 };

struct key_rules {
    const char *seed;
    unsigned event_count, sitting_count, edit_count, drawn_count;
    struct desk *desk;
    struct journal journal;
    struct cells cells;
    struct cell *grid; /* with a margin before and behind, in which nothing may change */
    char *registry;    /* the file's text before the event */
    struct event trail[KEY_RULES_TRAIL]; /* the last events, by their number, and */
    enum ui_mode modes[KEY_RULES_TRAIL]; /* the mode in which each came */
};

/* A new sitting at this desk. */
void key_rules_begin(struct key_rules *rules, struct desk *desk, bool read_only);
void key_rules_end(struct key_rules *rules);
void key_rules_resize(struct key_rules *rules, int width, int height);
/* Gives the event to the dashboard, draws, and checks. */
void key_rules_send(struct key_rules *rules, const struct event *event);

#endif
