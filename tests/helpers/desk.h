/*
 * desk.h - an operator at a dashboard without a terminal: a real state directory, keys and events.
 */
#ifndef SLOTOP_TESTS_DESK_H
#define SLOTOP_TESTS_DESK_H

#include "tests/helpers/tree.h"
#include "tui/app.h"

enum { DESK_MINUTE_MS = 60000 };
#define DESK_NOW_MS INT64_C(1773890000000)

/* An entry of the registry; `ago_ms`: how long before DESK_NOW_MS it was last used. */
struct desk_entry {
    const char *id, *agent, *state;
    int64_t ago_ms;
};

struct desk {
    struct tree tree;
    struct state state;
    struct app app;
    int64_t now_ms;
    char journal_dir[300];
    struct journal journal;
};

/* cmocka set-up and tear-down: workspace agent "main" with a pool of three slots, and the registry
 * of desk_first. The dashboard is open, the fence off. */
int desk_set_up(void **state);
/* The same with a journal, in the tree's "journal". */
int desk_set_up_with_journal(void **state);
int desk_tear_down(void **state);
extern const struct desk_entry desk_first[];
extern const size_t desk_first_count;

/* Writes the registry as the server would; the dashboard is not told. */
void desk_save(struct desk *desk, const struct desk_entry *entries, size_t count);
/* desk_first with one entry changed: another state, last used `ago_ms` before; NULL: taken out. */
void desk_save_changed(struct desk *desk, const char *id, const char *state, int64_t ago_ms);
void desk_write(struct desk *desk, const char *text);
void desk_event(struct desk *desk, enum event_kind kind);
void desk_files(struct desk *desk); /* EVENT_FILES for the registry */
void desk_key(struct desk *desk, uint32_t key);
void desk_keys(struct desk *desk, const char *keys);
void desk_paste(struct desk *desk, const char *text);
/* Moves the cursor to a session; it must be in the table. */
void desk_select(struct desk *desk, const char *id);

const char *desk_cursor(const struct desk *desk);
const char *desk_message(const struct desk *desk);
const char *desk_question(const struct desk *desk);
/* The stored state of a session as the file has it now; "" when there is no entry. Static. */
const char *desk_stored(struct desk *desk, const char *id);

#endif
