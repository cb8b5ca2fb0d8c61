#include "tui/command.h"

#include "tui/key.h"

enum {
    SCREEN = COMMAND_ON_SCREEN,
    SHELL = COMMAND_IN_SHELL,
    BAR = COMMAND_ON_SCREEN | COMMAND_IN_BAR,
    CHANGE = COMMAND_IN_SHELL | COMMAND_CHANGES,
    ACTION = COMMAND_ON_SCREEN | COMMAND_IN_SHELL | COMMAND_CHANGES | COMMAND_NEEDS_SESSION |
             COMMAND_IN_BAR,
};

/* In the order of key bar and help: first what is done to a session, from mild to hard; what only
 * a shell has stands between, in the order of the contract for the command line. */
const struct command commands[] = {
    {COMMAND_DOWN, SCREEN, "", {'j', KEY_CODE_DOWN}, "down", "", "move to the next session"},
    {COMMAND_UP, SCREEN, "", {'k', KEY_CODE_UP}, "up", "", "move to the session before"},
    {COMMAND_PAGE_DOWN,
     SCREEN,
     "",
     {KEY_CODE_PAGE_DOWN, KEY_CTRL('D')},
     "page down",
     "",
     "move down by a screen"},
    {COMMAND_PAGE_UP,
     SCREEN,
     "",
     {KEY_CODE_PAGE_UP, KEY_CTRL('U')},
     "page up",
     "",
     "move up by a screen"},
    {COMMAND_FIRST, SCREEN, "", {'g', KEY_CODE_HOME}, "first", "", "move to the first session"},
    {COMMAND_LAST, SCREEN, "", {'G', KEY_CODE_END}, "last", "", "move to the last session"},
    {COMMAND_DETAIL,
     BAR | COMMAND_NEEDS_SESSION,
     "",
     {KEY_ENTER, 'd'},
     "detail",
     "",
     "show everything known about the session"},
    {COMMAND_STATUS, SHELL, "status", {0}, "", "", "pool, counts and findings, once"},
    {COMMAND_LIST,
     SHELL,
     "list",
     {0},
     "",
     "[--state S,…] [--slot ID] [--fallback]",
     "the stored entries, filtered, in the order of the file"},
    {COMMAND_SHOW, SHELL, "show", {0}, "", "SESSION", "the stored entry of a session"},
    {COMMAND_ALLOCATE,
     CHANGE,
     "allocate",
     {0},
     "",
     "SESSION [--ttl T]",
     "give a session a slot, or the workspace agent where none is free"},
    {COMMAND_TOUCH,
     CHANGE,
     "touch",
     {0},
     "",
     "SESSION",
     "set the last use to now; idle becomes active"},
    {COMMAND_IDLE,
     ACTION,
     "idle",
     {'i'},
     "idle",
     "SESSION…",
     "mark as idle: it keeps its slot until it expires"},
    {COMMAND_EXPIRE,
     ACTION,
     "expire",
     {'x'},
     "expire",
     "SESSION… | --due",
     "end the hold on the slot now, as GC would; it can be resumed"},
    {COMMAND_RELEASE,
     ACTION,
     "release",
     {'K'},
     "release",
     "SESSION…",
     "give the slot back to the pool, as when the chat is deleted"},
    {COMMAND_RESUME,
     CHANGE,
     "resume",
     {0},
     "",
     "SESSION [--ttl T]",
     "allocate an expired session anew"},
    {COMMAND_ENSURE,
     CHANGE,
     "ensure",
     {0},
     "",
     "SESSION",
     "the agent that takes the next message; an expired session is resumed"},
    {COMMAND_PURGE,
     ACTION,
     "purge",
     {'P'},
     "purge",
     "[SESSION… [--force] | --expired-before T]",
     "remove released and expired entries from the registry"},
    {COMMAND_RESTORE,
     ACTION & ~COMMAND_NEEDS_SESSION,
     "restore",
     {'B'},
     "bring back",
     "[COPY | --list]",
     "bring back what a wiped or torn registry has lost; what exists now stays as it is"},
    {COMMAND_GC,
     CHANGE,
     "gc",
     {0},
     "",
     "[--every T]",
     "expire what is due, then purge what is released; again and again with --every"},
    {COMMAND_UNDO,
     BAR | CHANGE,
     "undo",
     {'u'},
     "undo",
     "[OPERATION]",
     "take back the last operation, or the named one, while its entries are as it left them"},
    {COMMAND_REDO,
     SCREEN | COMMAND_CHANGES,
     "",
     {KEY_CTRL('R')},
     "redo",
     "",
     "do again what was undone last"},
    {COMMAND_FILTER,
     BAR,
     "",
     {'/'},
     "filter",
     "",
     "show only sessions that match, as you type; ! inverts, Esc clears"},
    {COMMAND_SORT_PREVIOUS, SCREEN, "", {'<'}, "sort back", "", "sort by the column before"},
    {COMMAND_SORT_NEXT, BAR, "", {'>', KEY_CODE_F1 + 5}, "sort", "", "sort by the next column"},
    {COMMAND_SORT_REVERSE, SCREEN, "", {'I'}, "reverse", "", "turn the order around"},
    {COMMAND_RELOAD,
     SCREEN,
     "",
     {'r', 'R', KEY_CTRL('L')},
     "reload",
     "",
     "read everything again and redraw; never releases"},
    {COMMAND_DISMISS,
     SCREEN,
     "",
     {'D'},
     "dismiss",
     "",
     "dismiss the alarm of a wiped registry: what is gone is not missed"},
    {COMMAND_HELP, BAR, "", {'?', 'h', KEY_CODE_F1}, "help", "", "all keys"},
    {COMMAND_QUIT,
     BAR,
     "",
     {'q', KEY_ESCAPE, KEY_CODE_F1 + 9, KEY_CTRL('C')},
     "quit",
     "",
     "go back, or quit; Esc clears the filter first"},
};
const size_t command_count = sizeof(commands) / sizeof(commands[0]);

const struct command *command_by_key(uint32_t key)
{
    for (size_t i = 0; i < command_count; i++) {
        for (const uint32_t *own = commands[i].keys; *own; own++) {
            if (*own == key)
                return &commands[i];
        }
    }
    return NULL;
}

const struct command *command_by_name(struct str name)
{
    for (size_t i = 0; i < command_count; i++) {
        if ((commands[i].flags & COMMAND_IN_SHELL) && str_equal(str_of(commands[i].name), name))
            return &commands[i];
    }
    return NULL;
}

const struct command *command_by_id(enum command_id id)
{
    for (size_t i = 0; i < command_count; i++) {
        if (commands[i].id == id)
            return &commands[i];
    }
    return NULL;
}
