/*
 * app_part.h - what the parts of the app share: looking again, the cursor, acting.
 *
 * app.c looks at files and keeps the cursor; app_keys.c gives each key its meaning in each mode;
 * app_panes.c moves the focus between the panes of the dashboard; app_pool.c, app_findings.c,
 * app_events.c, app_why.c, app_menu.c are the panes that are more than text;
 * app_line.c and app_line_run.c have the line after ":";
 * app_actions.c changes the registry; app_undo.c records that and takes it back; app_promises.c
 * holds to it; app_words.c has the sentences about changes.
 */
#ifndef SLOTOP_TUI_APP_PART_H
#define SLOTOP_TUI_APP_PART_H

#include "tui/app.h"

struct action;

/* Who made the screen change: what comes by itself needs a moment to be noticed. */
enum cause {
    CAUSE_OPERATOR,
    CAUSE_EDIT, /* the operator, by changing the registry */
    CAUSE_OUTSIDE,
    CAUSE_THAW, /* the same, all at once, and the history has it already */
};

/* Loads the parts (or-ed enum state_part; 0 for none) and derives everything from them. False,
 * after a message, without memory: what is shown is older then. */
bool app_look_again(struct app *app, unsigned parts, enum cause cause, int64_t now_ms);
/* Filter or order changed: the rows anew, the cursor on its session. */
void app_arrange(struct app *app, enum cause cause, int64_t now_ms);
/* Puts the cursor on a row; beyond the last is the last. */
void app_move_to(struct app *app, size_t row);
/* The model's row, and its entry, that keys act on: ui_target(). SIZE_MAX, NULL: none. Good until
 * the next look. */
size_t app_target(const struct app *app);
const struct entry *app_target_entry(const struct app *app);
/* Takes note of that entry as what the operator sees from now on. */
void app_see(struct app *app);
/* Makes the model as of now where it is older: what it says of runs and recent use grows old. */
void app_refresh(struct app *app, int64_t now_ms);

/* Says why a command does nothing as long as there is nothing to do it to; false where it does. */
bool app_refuses_while_loading(struct app *app, enum command_id id);

bool app_is_movement(enum command_id id);
/* Another mode, scrolled to its top. */
void app_set_mode(struct app *app, enum ui_mode mode);
/* Moves the cursor of the table or of the pane that is open, or scrolls; nothing for a command that
 * is no movement. */
void app_move(struct app *app, enum command_id id);
/* Opens a pane; it leads back to the one that it is opened in, unless that is of the same kind. */
void app_open(struct app *app, enum ui_mode mode);
/* Leaves the pane that is open for the one it was opened in. */
void app_leave(struct app *app);
/* Takes a pane away, wherever it lies. */
void app_drop_pane(struct app *app, enum ui_mode mode);
/* A pane of this kind is open, though others may lie over it. */
bool app_is_open(const struct app *app, enum ui_mode mode);
/* Puts the cursor on a session of the table, without the filter where that hides it, and shows it.
 */
void app_jump_to(struct app *app, struct str session_id, int64_t now_ms);

/* The focus goes to a pane of the dashboard: UI_POOL, UI_NORMAL (the table), UI_EVENTS,
 * UI_FINDINGS. False for a pool without slots and fallbacks. */
bool app_focus(struct app *app, enum ui_mode pane);
/* …to the pane behind it, or before it, in a circle. */
void app_focus_next(struct app *app, bool is_back);
void app_say_no_pool(struct app *app);
/* The pane that has the focus becomes larger or smaller, or says why not. */
void app_resize(struct app *app, bool is_larger);
/* Where it fills the screen it does so no more: who leaves it does not want to meet it so again. */
void app_end_full(struct app *app);

/* Puts the focus on the pool; false where it has nothing to choose. */
bool app_pool(struct app *app);
void app_pool_move_to(struct app *app, size_t place);
/* The cursor follows its slot, or fallback; false when keys act on another session now. */
bool app_pool_follow(struct app *app);
/* Goes to the holder of the slot under the cursor. */
void app_pool_enter(struct app *app, int64_t now_ms);
/* Says why a key that acts on one session does nothing for that slot. */
void app_pool_refuse(struct app *app);

void app_findings(struct app *app);
void app_findings_move_to(struct app *app, size_t at);
/* The cursor follows its finding; false when that is gone, and it stays where it was. */
bool app_findings_follow(struct app *app);
/* Goes to what the finding under the cursor is about. */
void app_findings_enter(struct app *app, int64_t now_ms);
/* Says why a key that acts on one session does nothing for the finding under the cursor. */
void app_findings_refuse(struct app *app);

/* Opens the pane of events on the newest. */
void app_events(struct app *app);
void app_events_move_to(struct app *app, size_t at);
/* Lists what has happened by now. The cursor follows its event; on the newest it stays there. False
 * when another event is under it. */
bool app_events_follow(struct app *app);
/* Its filter changed. */
void app_events_arrange(struct app *app);
/* Goes to the session of the event under the cursor. */
void app_events_enter(struct app *app, int64_t now_ms);
/* Says why a key that acts on one session does nothing for that event. */
void app_events_refuse(struct app *app);
/* The same for whichever pane is open, or the table. */
void app_refuse(struct app *app);

/* Has the id of the session that keys act on, or the shell's command that shows the same, copied.
 */
void app_copy(struct app *app, bool is_command);
/* Has the shell's command copied that does this to the session of the action menu, or to all that
 * are tagged. */
void app_copy_action(struct app *app, const struct command *command);

/* Why a session fell back, in words for the caller to free. As why_explain(). */
int app_explain(const struct app *app, struct str session_id, int64_t now_ms,
                struct why_words *ret_words, struct error *error);
/* Makes what only a screen of such a width shows, where that changed. Without memory it is not
 * shown. */
void app_fit_beside(struct app *app, int width, int64_t now_ms);
/* A step through the history; forward from the newest event is live again. */
void app_past_step(struct app *app, bool is_back, int64_t now_ms);
/* Shows the frozen present again; does nothing where it is shown. */
void app_past_leave(struct app *app);
/* The state that is shown, or in the past the one that was frozen. */
struct state *app_present(const struct app *app);
/* Shows the pool over the last hour, or its bars again. */
void app_lanes_toggle(struct app *app);
/* Brings it up to now; puts it away where a screen of this size has no room. */
void app_lanes_fit(struct app *app, int width, int height, int64_t now_ms);
/* Explains the session that keys act on; another one. */
void app_why(struct app *app, int64_t now_ms);
void app_why_session(struct app *app, struct str session_id, int64_t now_ms);
/* Explains it anew; the pane goes where that is no longer possible. */
void app_why_follow(struct app *app, int64_t now_ms);

/* COMMAND_TAG … COMMAND_INVERT. */
void app_tag(struct app *app, const struct command *command, int64_t now_ms);
/* The operator moves the cursor of the table: a range goes with it, following ends. */
void app_walk_to(struct app *app, size_t row);
/* Drops the range that is being stretched; false when there is none. */
bool app_drop_range(struct app *app);
/* The same, but what is in it becomes tags. */
bool app_keep_range(struct app *app);
/* After the rows were made anew: the tags of sessions that are gone go. */
void app_tags_follow(struct app *app);

/* COMMAND_SEARCH … COMMAND_SEARCH_PREVIOUS. */
void app_search(struct app *app, enum command_id id);
void app_search_key(struct app *app, uint32_t key);
void app_search_type(struct app *app, uint32_t key);
/* Looks for nothing any more; false where that is so already. */
bool app_end_search(struct app *app);

/* The cursor stays on its session from now on; or no more. */
void app_follow(struct app *app);
/* The row that the cursor belongs on after the rows were made anew; SIZE_MAX: its session is not
 * among them. */
size_t app_follow_row(struct app *app);
/* The line of what is followed stays where it is: the rows scroll. */
void app_follow_scroll(struct app *app);

/* Asks whether a command is to be done to all that is tagged, opens its action menu, or says why it
 * makes no sense. */
void app_batch(struct app *app, const struct command *command, int64_t now_ms);
/* For sessions that a line names or finds: sets the operator's tags aside, for these to be tagged
 * and seen as what is meant; then asks as above. Where there is no question, or its answer is no,
 * his are there again. */
void app_lend_tags(struct app *app);
void app_ask_lent(struct app *app, const struct action *action);
void app_return_tags(struct app *app);
/* The same for an action that was chosen in that menu. */
void app_batch_ask(struct app *app, const struct action *action);
/* Does it: the yes to that question. */
void app_batch_now(struct app *app, int64_t now_ms);
/* Appends what an action on all that is tagged comes to; false, with why not, where it makes no
 * sense for any of them. out->failed tells. */
bool app_batch_add_outlook(struct app *app, const struct action *action, struct buffer *out);

/* Opens the action menu of the session that keys act on. */
void app_menu(struct app *app, const struct command *command, int64_t now_ms);
void app_menu_key(struct app *app, uint32_t key, int64_t now_ms);

/* Before the layout of a frame: how many lines the finding has. A key that is pressed, and it keeps
 * those that it has for a while more. */
void app_fit_finding(struct app *app, int width, int height, int64_t now_ms);
void app_disturb_finding(struct app *app);
void app_mouse(struct app *app, const struct event *event, int64_t now_ms);
/* Opens the line for a command, about the session that keys act on now. */
void app_line(struct app *app);
void app_line_key(struct app *app, uint32_t key, int64_t now_ms);
void app_line_paste(struct app *app, uint32_t key);
/* Looks once a line for what only files know of a command's arguments: copies to restore,
 * operations to undo. True where it did; what cannot be read is not offered. */
bool app_line_find_offers(struct app *app, const struct command *command);
/* -EINVAL, after a message, for a line that is no command of the screen. */
int app_line_check(struct app *app, struct str line);
/* Does what such a line says: by the same ways as the keys. */
void app_line_run(struct app *app, struct str line, int64_t now_ms);

/* The filter of the events or of help, where they have the focus, or of the table: begins to type
 * it; a key of that, a character; is there one; sets it. */
void app_type_filter(struct app *app);
void app_filter_key(struct app *app, uint32_t key, int64_t now_ms);
void app_filter_type(struct app *app, uint32_t key, int64_t now_ms);
bool app_has_filter(struct app *app);
void app_set_filter(struct app *app, struct str text, int64_t now_ms);
/* Gives a command of the screen, as its key would: `key`, or 0 for none. */
void app_command(struct app *app, const struct command *command, uint32_t key, int64_t now_ms);
void app_key(struct app *app, uint32_t key, int64_t now_ms);
void app_paste(struct app *app, uint32_t key, int64_t now_ms);

/* The operator wants this done to the session under the cursor: does it, asks, or says why not. */
void app_act(struct app *app, const struct command *command, int64_t now_ms);
/* Asks whether what was lost is to be brought back from a copy (NULL: the best), or says why it
 * cannot be. */
void app_restore(struct app *app, const char *copy, int64_t now_ms);
/* Brings it back: the yes to that question. */
void app_restore_now(struct app *app, int64_t now_ms);
/* The operator does not miss what was wiped. */
void app_dismiss(struct app *app, int64_t now_ms);
/* The operator's answer to the question. */
void app_answer(struct app *app, bool yes, int64_t now_ms);

/* Whether what the store has done is in the journal. */
struct recorded {
    uint32_t id;          /* 0: there is nothing to record, or it failed */
    struct error trouble; /* kind ERROR_NONE, or why it failed */
};
struct record;
/* Writes it there: called before the change is told. */
struct recorded app_record(struct app *app, const struct record *record);
/* Adds to the message how to take back what it tells of, or that it is not recorded. */
void app_add_way_back(struct app *app, const struct recorded *recorded, enum command_id way_back);

/* A change of one session that no key makes: ALLOCATE, TOUCH, RESUME, ENSURE. */
struct single {
    const struct command *command;
    struct str session_id;
    const struct entry *seen; /* as the operator saw it; NULL: there need be none */
    bool has_ttl;
    double ttl_ms;
};
/* Does it, and says what the file says afterwards. */
void app_single(struct app *app, const struct single *single, int64_t now_ms);
/* EXPIRE_DUE, PURGE_EXPIRED (those last used before `before_ms`) and GC: looks what they would
 * change, and asks. */
void app_walk(struct app *app, enum operation_kind kind, int64_t before_ms, int64_t now_ms);
/* What GC does: the yes to that question. */
void app_gc_now(struct app *app, int64_t now_ms);

/* Takes back the last operation made here, or does it again; asks about the last on this registry
 * where none was made here. */
void app_undo(struct app *app, bool redo, int64_t now_ms);
/* The yes to that question. */
void app_undo_now(struct app *app, int64_t now_ms);
/* Takes back the operation of this id. */
void app_undo_named(struct app *app, uint32_t id, int64_t now_ms);

/* The store for an edit now: with a short fence when nobody can be in the middle of a save. */
const struct store *app_store(struct app *app, int64_t now_ms);

/* Holds to what outcomes say was changed, for as long as the program runs. */
void app_promise(struct app *app, const struct outcome *outcomes, size_t count);
/* Looks whether the version just loaded still has it all; applies again what it lost; says so. */
void app_keep_promises(struct app *app, int64_t now_ms);

/* The screen stands still from now on, or goes live again. */
void app_freeze(struct app *app, int64_t now_ms);
/* Goes live again; false where it is. */
bool app_thaw(struct app *app, int64_t now_ms);
/* The same, or says that it is. */
void app_live(struct app *app, int64_t now_ms);
/* Says why a command that changes something is not done behind a frozen screen. */
void app_say_frozen(struct app *app, const struct command *command);
/* Files changed behind a frozen screen. */
void app_look_behind(struct app *app, unsigned parts, int64_t now_ms);
/* What was seen behind it goes into the history. */
void app_freeze_done(struct app *app);
/* Nothing is changed from now on; or asks whether that is to end. */
void app_lock(struct app *app);
/* The yes to that question. */
void app_unlock(struct app *app);

/* Puts the question that ui.question holds, or says that there was no memory for it. */
void app_ask(struct app *app, enum pending_what what);
/* True, once, after a message, when the operator can hardly have seen what now stands under the
 * cursor. */
bool app_is_unseen(struct app *app, const struct command *command, int64_t now_ms);

/* NULL for a command that does not change one session. */
const struct action *app_action(enum command_id command);
const struct action *app_action_of(enum operation_kind kind);
/* Holds, in `pending`, the session that keys act on with what the operator saw of it, for this
 * command. NULL after a message: there is none, or it changed just before. */
const struct entry *app_hold(struct app *app, const struct command *command, int64_t now_ms);
/* Holds this entry, whichever session keys act on. False, after a message, without memory. */
bool app_hold_entry(struct app *app, const struct entry *entry);
/* True, after a message, when the registry is not to be changed: read-only, or the screen is
 * frozen. */
bool app_may_not_change(struct app *app, const struct command *command);
/* True, after a message, for a registry that cannot be used: nobody is asked about what is not
 * done. */
bool app_cannot_change(struct app *app);
/* Does this to the session that is held, asks first, or says why it makes no sense. */
void app_act_on_held(struct app *app, const struct action *action, int64_t now_ms);
/* Why it makes no sense for the entry of a row: a clause that follows "is"; NULL if it does. */
const char *app_why_not(const struct app *app, const struct action *action, size_t row);

/* A command that changes one session, and the words for it. */
struct action {
    enum command_id command;
    enum operation_kind kind;
    enum entry_state after; /* verified afterwards; purge: the entry is gone */
    const char *wish;       /* "Release": before the session's id */
    const char *done;       /* "Released" */
};

/* What an action was about, in copies that outlive a look at the file. */
struct deed {
    const struct action *action;
    struct str session_id;
    size_t short_len; /* so much of the id tells it apart */
    struct str agent_id;
    bool was_live;
    bool was_fallback;
};

/* The stored states in the words for operators. */
const char *words_state(enum entry_state state);
/* The registry is as it was read just now, not a last good one. */
bool words_is_loaded(const struct state *state);
/* Why an action on this entry makes no sense: a clause about the session; NULL if it does. */
const char *words_why_not(const struct action *action, const struct entry *entry);
/* "Release 71aa02bd, used 12s ago? …" with what the server will do next. */
void words_question(const struct app *app, const struct action *action, const struct entry *entry,
                    int64_t now_ms, struct buffer *out);
/* What was done, verified against the state as it was loaded afterwards. Sets the message. */
void words_done(struct app *app, const struct deed *deed, const struct store_report *report);
/* The same where that could not be loaded: nothing is said of what is not known. */
void words_done_unseen(struct app *app, const struct action *action);
/* Appends to the message how the edit went, where that is worth a word. */
void words_add_report(const struct store_report *report, struct ui *ui);
/* Says why an edit failed, and what is true of the file now. */
void words_failed(const struct error *error, struct ui *ui);
/* Appends why no copy was kept before the edit, which does not hang on it; where it failed, for
 * words_add_report() does that, too. */
void words_add_no_copy(const struct store_report *report, struct ui *ui);
/* Why it was not done although nothing failed. Sets the message. */
void words_not_done(struct app *app, const struct deed *deed, const struct change_record *change);
/* The part of the session's id that tells it apart from the others shown. */
size_t words_short_len(const struct app *app, const struct entry *entry);

#endif
