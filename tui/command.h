/*
 * command.h - THE table: every command of slotop, on the screen and on the command line.
 *
 * One row gives the name, the keys that fire it, what it does in a sentence, how it is called
 * from a shell, and what it needs. Dispatch, `?`, the key bar, --help, man page and completions
 * all read this table, in its order; a command that is not in it does not exist.
 *
 * No key belongs to two commands. Del, Backspace and Ctrl-K belong to none: they never act.
 */
#ifndef SLOTOP_TUI_COMMAND_H
#define SLOTOP_TUI_COMMAND_H

#include "core/operation.h"

enum command_id {
    COMMAND_NONE,
    /* on the screen and in the shell */
    COMMAND_IDLE,
    COMMAND_EXPIRE,
    COMMAND_RELEASE,
    COMMAND_PURGE,
    COMMAND_UNDO,
    COMMAND_RESTORE,
    COMMAND_EVENTS,
    /* shell only */
    COMMAND_STATUS,
    COMMAND_LIST,
    COMMAND_SHOW,
    COMMAND_WHY,
    COMMAND_ALLOCATE,
    COMMAND_TOUCH,
    COMMAND_RESUME,
    COMMAND_ENSURE,
    COMMAND_GC,
    COMMAND_DOCTOR,
    COMMAND_METRICS,
    /* screen only */
    COMMAND_DOWN,
    COMMAND_UP,
    COMMAND_PAGE_DOWN,
    COMMAND_PAGE_UP,
    COMMAND_FIRST,
    COMMAND_LAST,
    COMMAND_NEXT_PANE,
    COMMAND_PREVIOUS_PANE,
    COMMAND_POOL,
    COMMAND_SESSIONS,
    COMMAND_EVENTS_PANE,
    COMMAND_ENLARGE,
    COMMAND_SHRINK,
    COMMAND_LANES,
    COMMAND_DETAIL,
    COMMAND_MENU,
    COMMAND_FINDINGS,
    COMMAND_COPY,
    COMMAND_COPY_COMMAND,
    COMMAND_TAG,
    COMMAND_RANGE,
    COMMAND_UNTAG,
    COMMAND_INVERT,
    COMMAND_FILTER,
    COMMAND_SEARCH,
    COMMAND_SEARCH_NEXT,
    COMMAND_SEARCH_PREVIOUS,
    COMMAND_FOLLOW,
    COMMAND_FREEZE,
    COMMAND_LIVE,
    COMMAND_PAST_BACK,
    COMMAND_PAST_FORWARD,
    COMMAND_LOCK,
    COMMAND_SORT_PREVIOUS,
    COMMAND_SORT_NEXT,
    COMMAND_SORT_REVERSE,
    COMMAND_REDO,
    COMMAND_RELOAD,
    COMMAND_DISMISS,
    COMMAND_MOUSE,
    COMMAND_THEME,
    COMMAND_LINE,
    COMMAND_HELP,
    COMMAND_QUIT,
};

enum command_flag {
    COMMAND_ON_SCREEN = 1 << 0,
    COMMAND_IN_SHELL = 1 << 1,
    COMMAND_CHANGES = 1 << 2,       /* changes the registry: hidden and refused when read-only */
    COMMAND_NEEDS_SESSION = 1 << 3, /* on the screen: acts on the selected session */
    COMMAND_IN_BAR = 1 << 4,        /* shown in the key bar */
    COMMAND_IN_LINE = 1 << 5,       /* typed after ':' */
};

enum { COMMAND_KEYS_MAX = 5 }; /* four keys and the 0 behind them */

struct command {
    enum command_id id;
    unsigned flags;
    const char *name; /* "release": in the shell, after ':', and in the configuration file */
    uint32_t keys[COMMAND_KEYS_MAX]; /* 0-terminated; the first is the one shown */
    const char *label;               /* key bar: "release" */
    const char *arguments; /* shell and ':': "SESSION…" as in cli contract; "" for none */
    const char *summary;   /* one clause: "give the slot back to the pool" */
};

extern const struct command commands[];
extern const size_t command_count;

/* Of those with one of these flags; NULL. */
const struct command *command_by_name(struct str name, unsigned flags);
const struct command *command_by_id(enum command_id id); /* never NULL but for COMMAND_NONE */

#endif
