/*
 * columns.h - the columns that the table can have, by name: which of them, in which order.
 */
#ifndef SLOTOP_TUI_COLUMNS_H
#define SLOTOP_TUI_COLUMNS_H

#include "core/base.h"

enum table_column {
    COLUMN_SESSION,
    COLUMN_STATE,
    COLUMN_SLOT,
    COLUMN_TITLE,
    COLUMN_WORKSPACE,
    COLUMN_RUN,
    COLUMN_AGE,
    COLUMN_QUIET,
    COLUMN_EXPIRES,
    COLUMN_COUNT,
};
const char *column_name(enum table_column column); /* "session", … "expires in" */

struct column_choice {
    enum table_column columns[COLUMN_COUNT];
    size_t count; /* 0: those that find room */
};

/* Reads "title, state, age" or "auto". False for a name that is none or stands twice, which
 * *ret_name is then; *ret_choice is as it was. */
bool columns_parse(struct str list, struct column_choice *ret_choice, struct str *ret_name);

#endif
