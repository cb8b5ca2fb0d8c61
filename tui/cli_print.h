/*
 * cli_print.h - what the commands of the shell print with: messages, sentences, table lines, JSON.
 *
 * All text of strangers becomes harmless here (text.h). Data goes to cli->output, messages to
 * cli->err at once.
 */
#ifndef SLOTOP_TUI_CLI_PRINT_H
#define SLOTOP_TUI_CLI_PRINT_H

#include "tui/cells.h"
#include "tui/cli.h"

enum {
    /* A registry that does not parse may be a save in progress; a stalled machine takes its time.
     */
    CLI_SETTLE_MS = 1000,
    CLI_TIME_SIZE = 40,
};

int64_t cli_now_ms(const struct cli *cli);

/* Writes the collected output; returns `status`, or ERROR_SYSTEM when that failed. */
int cli_flush(struct cli *cli, int status);

/* "slotop: <text>" on cli->err; `text` is raw. */
void cli_message(const struct cli *cli, struct str text);
/* The sentence of an error as a message; returns its kind: the exit status. */
int cli_fail(const struct cli *cli, const struct error *error);
/* For allocations that failed while `doing`. */
int cli_fail_memory(const struct cli *cli, const char *doing);
/* Loads the parts (or-ed enum state_part) and builds the model at now_ms. Returns 0, or
 * ERROR_SYSTEM after a message. */
int cli_look(struct cli *cli, unsigned parts, int64_t now_ms);
/* Says why the loaded registry cannot be used, and `effect` (a clause with its semicolon, or "").
 * Returns ERROR_UNUSABLE, or 0 where it can. */
int cli_check_usable(const struct cli *cli, const char *effect);
/* "No sessions yet. The registry appears when the first chat starts: PATH", appended. */
void cli_add_no_sessions(const struct cli *cli, struct buffer *text);

/* One line of text for people: `raw` made harmless, not clipped. Clears `raw`. */
void cli_sentence(struct cli *cli, struct buffer *raw);

/* The document in `json` (json_out.h) as a line, or indented by 2. Clears `json`. */
void cli_json(struct cli *cli, struct buffer *json, bool one_line);

/* Appends a session id for people: its shortest unique prefix where the loaded registry has it. */
void cli_add_short_id(const struct cli *cli, struct str session_id, struct buffer *out);

/* RFC 3339 in UTC, "2026-03-19T03:55:06.902Z"; "-" for what is no date. Returns text. */
const char *cli_time(double epoch_ms, char text[CLI_TIME_SIZE]);

/* A line of a table: fields of fixed width, clipped at the width of the terminal. */
struct cli_line {
    struct cli *cli;
    size_t left; /* columns that may still be used */
    size_t gap;  /* spaces owed before the next field */
};
void cli_line_start(struct cli_line *line, struct cli *cli);
/* `text` in `columns` columns, left-aligned, and a gap of two; longer text is cut there.
 * columns 0: as wide as it comes. */
void cli_field(struct cli_line *line, enum role role, struct str text, size_t columns);
/* The same, right-aligned. */
void cli_field_right(struct cli_line *line, enum role role, struct str text, size_t columns);
void cli_line_end(struct cli_line *line);

#endif
