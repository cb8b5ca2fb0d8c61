/*
 * findings_part.h - what core/findings.c (which findings there are) and core/findings_words.c (what
 * they say) share; not for others.
 */
#ifndef SLOTOP_CORE_FINDINGS_PART_H
#define SLOTOP_CORE_FINDINGS_PART_H

#include "core/findings.h"

enum { FINDINGS_EACH_MAX = 3 }; /* beyond it, one finding tells of all */

/* The order in which findings of one severity come. */
enum finding_kind {
    KIND_TORN,
    KIND_WIPED,
    KIND_MALFORMED,
    KIND_UNREADABLE,
    KIND_NOT_STRICT,
    KIND_ENTRY_INVALID,
    KIND_UI_STATE,
    KIND_NO_CONFIG,
    KIND_NO_LIST,
    KIND_CONFIG_UNREADABLE,
    KIND_NO_SLOTS,
    KIND_FULL,
    KIND_STRANDED,
    KIND_FALLBACK,
    KIND_LONG_OVERDUE,
    KIND_OVERDUE,
    KIND_DOUBLE,
    KIND_ORPHAN,
    KIND_ODD,
    KIND_AHEAD,
    KIND_COUNT,
};

/* What the subjects of a kind are. */
enum finding_about {
    ABOUT_REGISTRY,
    ABOUT_CONFIG,
    ABOUT_UI_STATE,
    ABOUT_AGENT,
    ABOUT_SLOT,
    ABOUT_SESSION
};

/* Names in braces are filled in by findings_add_text(). */
struct finding_words {
    const char *code;
    enum severity severity;
    enum finding_about about;
    const char *message;
    const char *remedy;
    const char *message_many; /* where there can be several subjects */
    const char *remedy_many;
};

extern const struct finding_words findings_words[KIND_COUNT];

struct subjects {
    size_t count;
    size_t first[FINDINGS_EACH_MAX]; /* entries or slots */
};

struct telling {
    const struct model_sources *sources;
    struct model *model;
    struct subjects subjects[KIND_COUNT];
    enum finding_kind kind; /* being told */
    size_t subject;         /* and of which one */
};

/* The look at the registry whose state is told. */
const struct document *findings_look(const struct model_sources *sources);

/* What is odd about an entry; NULL for one that is as it should be. */
const char *findings_oddity(const struct entry *entry);

/* The id or path of what is being told. Borrowed. */
struct str findings_subject(const struct telling *telling);

/* Appends a text of the table with everything in braces filled in. */
void findings_add_text(const struct telling *telling, const char *text, struct buffer *out);

#endif
