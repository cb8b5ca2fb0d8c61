/*
 * findings_part.h - what the parts share: core/findings.c (which findings there are),
 * core/findings_sessions.c (which sessions they name), core/findings_words.c (what they say) and
 * core/findings_text.c (with the values filled in); not for others.
 */
#ifndef SLOTOP_CORE_FINDINGS_PART_H
#define SLOTOP_CORE_FINDINGS_PART_H

#include "core/findings.h"

enum { FINDINGS_EACH_MAX = 3 }; /* beyond it, one finding tells of all */

/* The order in which findings of one severity come. At most 64: bits of model.row_findings. */
enum finding_kind {
    KIND_TORN,
    KIND_WIPED,
    KIND_MALFORMED,
    KIND_UNREADABLE,
    KIND_NOT_STRICT,
    KIND_ENTRY_INVALID,
    KIND_UI_STATE,
    KIND_SERVER_DOWN,
    KIND_NO_CONFIG,
    KIND_NO_LIST,
    KIND_CONFIG_UNREADABLE,
    KIND_NO_SLOTS,
    KIND_RETIRED,
    KIND_SHARED,
    KIND_FULL,
    KIND_HOARD,
    KIND_STRANDED,
    KIND_FALLBACK,
    KIND_GC_STOPPED,
    KIND_OVERDUE,
    KIND_DOUBLE,
    KIND_RUNNING_EXPIRED,
    KIND_GHOST,
    KIND_ORPHAN,
    KIND_FOREIGN,
    KIND_WORKSPACE_GONE,
    KIND_ODD,
    KIND_AHEAD,
    KIND_LOST_PIN,
    KIND_ACTIVE_WITHOUT_RUN,
    KIND_GROWTH,
    KIND_HELD_OPEN,
    KIND_COUNT,
};

/* What the subjects of a kind are. */
enum finding_about {
    ABOUT_REGISTRY,
    ABOUT_CONFIG,
    ABOUT_UI_STATE,
    ABOUT_SERVER,
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
    const char *headline, *headline_many; /* of a message that takes more than a line of a small
                                             screen; NULL: the message */
};

extern const struct finding_words findings_words[KIND_COUNT];

struct subjects {
    size_t count;
    size_t first[FINDINGS_EACH_MAX]; /* rows or slots */
};

/* Of a workspace that there is. */
struct known_agent {
    struct str id;
    struct str slot_prefix; /* what the ids of its slots begin with */
};

struct telling {
    struct making *making;
    const struct model_sources *sources;
    struct model *model;
    bool is_retired;
    bool is_down;               /* the server, as far as is known */
    struct known_agent *agents; /* of the workspaces, in their order */
    size_t agent_count;
    const struct growth *growth;
    struct subjects subjects[KIND_COUNT];
    enum finding_kind kind; /* being told */
    size_t subject;         /* and of which one */
};

/* The look at the registry whose state is told. */
const struct document *findings_look(const struct model_sources *sources);

/* What is odd about an entry; NULL for one that is as it should be. */
const char *findings_oddity(const struct entry *entry);

/* Which of the agents a slot of this pool belongs to, by a name that is longer than ours; SIZE_MAX:
 * it is ours. */
size_t findings_owner(const struct telling *telling, struct str slot_id);

/* A subject of a kind; a session's row is marked with it. */
void findings_note(struct telling *telling, enum finding_kind kind, size_t subject);
/* Marks a row that the findings of a kind name, too. */
void findings_mark(struct telling *telling, enum finding_kind kind, size_t row);
/* Notes what there is to say of the sessions. */
void findings_note_sessions(struct telling *telling);
/* How many whole days ago the oldest of the old expired entries reached its end. */
double findings_growth_days(const struct telling *telling);

/* The id or path of what is being told. Borrowed. */
struct str findings_subject(const struct telling *telling);

/* Appends a text of the table with everything in braces filled in. */
void findings_add_text(const struct telling *telling, const char *text, struct buffer *out);

#endif
