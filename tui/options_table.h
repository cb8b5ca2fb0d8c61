/*
 * options_table.h - THE table of options: the parser, --help, man page and completions read it.
 */
#ifndef SLOTOP_TUI_OPTIONS_TABLE_H
#define SLOTOP_TUI_OPTIONS_TABLE_H

#include "tui/command.h"

/* Codes of options without a letter; options with one have the letter as their code. */
enum option_code {
    OPTION_JSON = 256,
    OPTION_READ_ONLY,
    OPTION_FENCE,
    OPTION_NOW,
    OPTION_DEMO,
    OPTION_COLOR,
    OPTION_ASCII,
    OPTION_STATE,
    OPTION_SLOT,
    OPTION_FALLBACK,
    OPTION_WHERE,
    OPTION_TTL,
    OPTION_DUE,
    OPTION_EXPIRED_BEFORE,
    OPTION_FORCE,
    OPTION_EVERY,
    OPTION_LIST,
    OPTION_FIX,
    OPTION_SINCE,
    OPTION_FORMAT,
};

struct option_row {
    const char *name;     /* without the dashes */
    int code;             /* a letter or an enum option_code */
    const char *argument; /* "DIR"; NULL for none */
    bool may_lack_argument;
    uint32_t commands; /* bit 1 << command_id of those that know it; 0: all, and the dashboard */
    const char *summary;
};

#define OPTION_IN_LINE (UINT32_C(1) << 31) /* with these bits: also on the screen, after ':' */

extern const struct option_row option_rows[];
extern const size_t option_row_count;
/* Whether the option is one of this command's own. */
bool option_is_of(const struct option_row *row, enum command_id command);
enum { OPTION_ROWS_MAX = 32 };

#endif
