/*
 * filter.h - which sessions an operator asks for: `/` on the screen, `list --where` in the shell.
 *
 *   invoice                text: in id, title, state word, slot or agent (case ignored)
 *   state:idle,overdue     one of these state words, the registry's or the derived one
 *   slot:3  slot:-         the slot's label or whole agent id; - for none
 *   title:invoice          in the title
 *   id:9f2c                the id begins so
 *   workspace:kumareth     of the entry's workspace (or its agent); without an entry, of its slot's
 *   finding:ghost          a finding of this code (or one that begins so) names it
 *   run:yes  run:no        a run is in progress by its traces
 *   age>2h  quiet>10m  left<5m   since it was made; since its last use; until it expires
 *   !term                  not that
 * Terms are separated by blanks, all must hold; "quoted text" may hold blanks, and so may the value
 * of a field. Values of state, slot, id, workspace and finding may be several, separated by commas
 * (not in quotes), of which one must hold. The word before a colon that is no field, and what
 * follows < or > that is no time, is an error where the filter must be right (the shell), and plain
 * text where it is still being typed (the screen); there, a field without its value holds for all,
 * and a state word may be its beginning.
 *
 * A session that has no such time, or no title, does not match; so its negation does.
 */
#ifndef SLOTOP_TUI_FILTER_H
#define SLOTOP_TUI_FILTER_H

#include "core/model.h"

enum { FILTER_TERMS_MAX = 32, FILTER_VALUES_MAX = 32 };

struct filter_term; /* opaque */

struct filter {
    struct filter_term *terms;
    size_t count;
    struct arena arena; /* owns them and their texts */
};

enum filter_field {
    FILTER_TEXT,
    FILTER_STATE,
    FILTER_SLOT,
    FILTER_TITLE,
    FILTER_ID,
    FILTER_WORKSPACE,
    FILTER_FINDING,
    FILTER_RUN,
    FILTER_AGE,
    FILTER_QUIET,
    FILTER_LEFT,
    FILTER_FIELDS,
};

/* Parses. `strict`: -EINVAL (ERROR_USAGE) with a sentence that names the term and what is allowed;
 * otherwise what cannot be understood is text. An empty text matches all. More than
 * FILTER_TERMS_MAX terms: -EINVAL, or the rest is ignored. -ENOMEM; *ret_filter untouched on
 * failure. */
int filter_parse(struct str text, bool strict, struct filter *ret_filter, struct error *error);
/* Adds a term of up to FILTER_VALUES_MAX values (not of a field of times), of which one must hold.
 * -EINVAL (ERROR_USAGE) with a sentence that names the value; -ENOMEM. */
int filter_add(struct filter *filter, enum filter_field field, const struct str *values,
               size_t count, struct error *error);
void filter_done(struct filter *filter);

/* A walk over many rows of one model: what an agent or a view alone decides, is looked at once. */
enum { FILTER_VIEWS = 16, FILTER_MEMOS = 64 };
struct filter_scan {
    const struct filter *filter;
    const struct registry *registry;
    const struct model *model;
    uint32_t by_view[FILTER_VIEWS]; /* a bit for each term of text that is in the state word */
    struct {
        const struct entry_terms *terms;
        uint32_t by_agent; /* a bit for each term that these agents decide */
        bool is_known;
    } memos[FILTER_MEMOS];
};

/* Borrows all three. */
struct filter_scan filter_scan_begin(const struct filter *filter, const struct registry *registry,
                                     const struct model *model);
bool filter_scan_matches(struct filter_scan *scan, size_t row);
/* The words of the language, for who offers them: the name of the i-th field, and what stands
 * behind it (":" or ">"); the i-th word for a state. NULL behind the last. */
const char *filter_field_name(size_t i, const char **ret_mark);
const char *filter_state_word(size_t i);

/* Whether a row of the model matches. Pure, no allocation. */
bool filter_matches(const struct filter *filter, const struct registry *registry,
                    const struct model *model, size_t row);
/* True for a filter that shows everything. */
bool filter_is_empty(const struct filter *filter);
/* True for one whose answer for a row changes with time alone, although nothing the model says of
 * the row does. */
bool filter_tells_of_time(const struct filter *filter);
/* True for one that the registry and the pool alone cannot answer: it asks for chats, traces or
 * findings. */
bool filter_needs_around(const struct filter *filter);

#endif
