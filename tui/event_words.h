/*
 * event_words.h - what happened, in words: what `slotop events` and the events pane both show.
 *
 * Words are parts that somebody else owns (the event, the model, static text), so that a view can
 * draw them without memory. All of it is raw; whoever shows it makes it harmless.
 */
#ifndef SLOTOP_TUI_EVENT_WORDS_H
#define SLOTOP_TUI_EVENT_WORDS_H

#include "core/event.h"
#include "core/model.h"
#include "tui/cells.h"

enum { EVENT_WORDS_MAX = 8 };

struct event_words {
    struct str parts[EVENT_WORDS_MAX]; /* to be read without anything between them */
    size_t count;
    size_t optional_count; /* so many of the first may be left out: the state before, or that one
                            * which takes a slot is active */
};

/* "active -> expired"; the kind's name where no state changed. */
void event_words_change(const struct history_event *event, struct event_words *ret_words);
/* The whole of it: "active -> expired; frees slot 4", "FALLBACK to main: pool full", "took
 * slot 5". Labels of slots are the model's; where another session held the slot already, which the
 * registry tells as far as it still holds it, the slot did not become free. */
void event_words_tell(const struct history_event *event, const struct model *model,
                      const struct registry *registry, struct event_words *ret_words);
/* Appends them. */
void event_words_add(const struct event_words *words, struct buffer *out);

enum { EVENT_TIME_SIZE = 16 };
/* When it was, in the operator's time zone: "14:28:10" today, "Sat 14:28" of the last days, "Nov
 * 12"; "-" for what is no date. *ret_changes_in_ms: when it reads differently; INT64_MAX: never.
 * Returns text. */
const char *event_words_time(double at_ms, int64_t now_ms, char text[EVENT_TIME_SIZE],
                             int64_t *ret_changes_in_ms);
/* "server", "GC (inferred)", "by you", "somebody". */
const char *event_words_by(enum event_by by);
enum role event_words_role(const struct history_event *event);
/* A session for people: its shortest unique prefix while the registry has it, else the beginning of
 * a UUID, or all of it; "-" for none. Looks at every entry once. */
struct str event_words_id(const struct model *model, const struct registry *registry,
                          struct str session_id);

#endif
