/*
 * cli_why_part.h - what the files tui/cli_why*.c share; not for others.
 */
#ifndef SLOTOP_TUI_CLI_WHY_PART_H
#define SLOTOP_TUI_CLI_WHY_PART_H

#include "core/why.h"
#include "tui/cli.h"
#include "tui/why_words.h"

enum { WHY_RECENT_MAX = 200 }; /* explained at once, at most */

/* Appends an explanation as a JSON object. */
void why_add_json(const struct why_sources *sources, const struct why *why, struct buffer *json);
/* Prints one for people, or a line for each of several. */
void why_print(struct cli *cli, const struct why_words *words, int64_t now_ms);
void why_print_list(struct cli *cli, const struct why_sources *sources, const struct why *whys,
                    size_t count);

#endif
