/*
 * cli_words.h - what a change is called, and what is said about it afterwards.
 */
#ifndef SLOTOP_TUI_CLI_WORDS_H
#define SLOTOP_TUI_CLI_WORDS_H

#include "tui/cli.h"

struct change_words {
    const char *ask;   /* "Release": before a session */
    const char *done;  /* "Released" */
    const char *would; /* "Would release" */
    bool frees;        /* a live entry gives its slot back */
    const char *next;  /* what the server will do next; "" where there is nothing to say */
};
const struct change_words *change_words(enum operation_kind kind);

/* "active", "released", …; an unknown state is "odd". */
const char *entry_state_word(enum entry_state state);

/*
 * Appends a sentence on what came of one session: "Released 71aa02bd; slot chat-slot-main-4 is
 * free." The model of the state is of after the change (of now, in a dry run).
 */
void words_of_record(const struct cli *cli, enum operation_kind kind,
                     const struct change_record *record, struct buffer *out);

#endif
