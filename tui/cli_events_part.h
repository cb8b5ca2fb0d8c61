/*
 * cli_events_part.h - what the files tui/cli_events*.c share; not for others.
 */
#ifndef SLOTOP_TUI_CLI_EVENTS_PART_H
#define SLOTOP_TUI_CLI_EVENTS_PART_H

#include "core/history.h"
#include "tui/cli.h"

/* An event as it is told. */
struct told {
    struct history_event event;
    uint32_t operation; /* of the journal; 0: none, user and command are absent then */
    struct str user, command;
};

/* What operators did, as events, oldest first. */
struct story {
    struct told *items;
    size_t count, capacity;
    struct arena arena;
};

/* The operations on cli's registry since epoch since_ms; none without a journal. Errors of
 * journal_open_log(); *ret_story is untouched then. */
int story_read(const struct cli *cli, double since_ms, struct story *ret_story,
               struct error *error);
void story_done(struct story *story);
/* The operation that an event was, though who saw it did not know that; NULL for none. */
const struct told *story_find(const struct story *story, const struct history_event *event);

/* Prints one, as JSON or as text; `registry` tells which session ids are short. */
void events_print(struct cli *cli, const struct registry *registry, const struct told *told);

/* Watches the registry, prints what happens and keeps it, until stopped. Returns the exit status.
 */
int events_follow(struct cli *cli, struct history *history);

#endif
