/*
 * cli_words.h - what a change is called, and what is said about it afterwards.
 */
#ifndef SLOTOP_TUI_CLI_WORDS_H
#define SLOTOP_TUI_CLI_WORDS_H

#include "tui/cli_change.h"

struct change_words {
    const char *ask;   /* "Release": before a session */
    const char *done;  /* "Released" */
    const char *would; /* "Would release" */
    bool frees;        /* a live entry gives its slot back */
    const char *next;  /* what becomes of such entries; "" where there is nothing to say */
};
const struct change_words *change_words(enum operation_kind kind);

/* "active", "released", …; an unknown state is "odd". */
const char *entry_state_word(enum entry_state state);

/* The row of a session in the model; SIZE_MAX for none. */
size_t words_row(const struct cli *cli, struct str session_id);
/* Appends ", used 12s ago" or what else makes a change of this kind risky (consequence.h). False
 * where nothing does. */
bool words_add_risk(const struct cli *cli, enum operation_kind kind, struct str session_id,
                    struct buffer *out);

/*
 * Appends a sentence on what came of one session of a change: "Released 71aa02bd; slot
 * chat-slot-main-4 is free." The model of the state is of after the change. In a dry run, where it
 * is of now, what would come of it (consequence.h). Where chats are not known, nothing is said of
 * them.
 */
void words_of_record(const struct cli *cli, const struct change *change,
                     const struct change_record *record, struct buffer *out);

#endif
