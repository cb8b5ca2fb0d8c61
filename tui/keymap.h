/*
 * keymap.h - which key gives which command: the table's keys, or the operator's own.
 *
 * Dispatch, key bar, help and sentences all ask here. Some keys are not to be had: Enter, Esc and
 * Ctrl-C, so that every pane can be left; Ctrl-Z; Delete, Backspace, Ctrl-H and Ctrl-K, which never
 * act.
 */
#ifndef SLOTOP_TUI_KEYMAP_H
#define SLOTOP_TUI_KEYMAP_H

#include "core/error.h"
#include "tui/command.h"

enum { KEYMAP_COMMANDS = 96 }; /* more than the table has */

struct keymap {
    uint32_t keys[KEYMAP_COMMANDS][COMMAND_KEYS_MAX]; /* of commands[i], 0-terminated */
};

/* The keys of the table. */
void keymap_init(struct keymap *map);

/* The command that has this key; NULL for none. */
const struct command *keymap_command(const struct keymap *map, uint32_t key);
/* The keys of a command, ended by a 0; the first is the one shown. */
const uint32_t *keymap_keys(const struct keymap *map, const struct command *command);
/* The label of the first one; ":" and the command's name where it has none. Returns text. */
enum { KEYMAP_LABEL_SIZE = 32 };
const char *keymap_label(const struct keymap *map, enum command_id id,
                         char text[KEYMAP_LABEL_SIZE]);

/* What an operator wants: these keys for a command instead of those of the table. */
struct key_wish {
    uint32_t keys[COMMAND_KEYS_MAX]; /* 0-terminated; Enter, Esc and Ctrl-C stay with their own */
    size_t line;                     /* of the configuration file; 0: nothing is wished */
    const struct command *owner;     /* refused, for it has one of them; NULL */
};

/* By the place of their commands in the table. */
struct key_wishes {
    struct key_wish of[KEYMAP_COMMANDS];
};

/* Takes note of a wish: "release", and "X", "Ctrl-R F5" or "none". -EINVAL (ERROR_USAGE) with a
 * clause that says what is wrong; the wishes are as before then. */
int keymap_wish(struct key_wishes *wishes, struct str name, struct str keys, size_t line,
                struct error *error);

/* A fresh map with these wishes, as far as every key has one command in the end: one that would
 * take a key that another command has is refused as a whole; of two, the one on the later line. */
void keymap_apply(struct keymap *map, struct key_wishes *wishes);

#endif
