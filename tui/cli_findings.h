/*
 * cli_findings.h - what an operator should know, as text and as JSON: for `status` and `doctor`.
 */
#ifndef SLOTOP_TUI_CLI_FINDINGS_H
#define SLOTOP_TUI_CLI_FINDINGS_H

#include "tui/cli.h"

/* A paragraph a finding, worst first, wrapped at words where the output has a width:
 *     error    shared-slot  Two chats send to one agent.
 *              -> slotop expire 71aa02bd */
void cli_print_findings(struct cli *cli);

/* Appends the array of the findings. */
void cli_json_findings(const struct model *model, struct buffer *json);

#endif
