/*
 * document_part.h - what the files core/document*.c share; of others, registry_put_back.c and
 * undo.c have document_fill_entry() read an entry for them.
 *
 * All text here is checked (json_check), and a "source" is JSON text in which a later duplicate
 * overrides an earlier one, so that an entry with changes is its stored text with members behind.
 */
#ifndef SLOTOP_CORE_DOCUMENT_PART_H
#define SLOTOP_CORE_DOCUMENT_PART_H

#include "core/document.h"

/* The members of an entry that the rules know. */
enum field {
    FIELD_CHAT_AGENT,
    FIELD_WORKSPACE_AGENT,
    FIELD_STATE,
    FIELD_CREATED_AT,
    FIELD_LAST_ACTIVE,
    FIELD_IDLE_TTL,
    FIELD_COUNT,
};

struct fields {
    struct json_item of[FIELD_COUNT]; /* the last of duplicates; key and value absent if missing */
    struct json_item last;            /* the last member of the text, whatever it is */
};

/* Walks an entry's value once; all absent when it is no object. */
void document_scan_fields(struct str value, struct fields *ret_fields);
/* The decoded form of a literal: a part of it where it can be, else in `scratch` (overwritten).
 * Absent without memory. */
struct str document_decode(struct str literal, struct buffer *scratch);
/* Sets everything in `entry` but its id and its span from the value. -ENOMEM. */
int document_fill_entry(struct registry *registry, struct entry *entry, struct str value,
                        struct buffer *scratch);

/* The object of entries, where the text is there. */
static inline struct str document_agents(const struct document *document)
{
    return (struct str){document->bytes.data + document->agents.offset, document->agents.len};
}

static inline bool document_is_space(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

/* Removed, or removed and added anew: what the file has under this id must go. */
static inline bool document_is_gone(const struct entry *entry)
{
    return entry->value_len == 0 || entry->changes & (CHANGE_REMOVED | CHANGE_ADDED);
}

/* To be written behind the other entries. */
static inline bool document_is_new(const struct entry *entry)
{
    return (entry->changes & (CHANGE_REMOVED | CHANGE_ADDED)) == CHANGE_ADDED;
}

/* The changes that reach the file: what is set on an array, JSON does not write. */
unsigned document_effective_changes(const struct entry *entry);
/* Appends the source of a replaced or added entry, in the seed's order of members. */
void document_add_new_source(const struct entry *entry, struct buffer *out);
/* Appends the value that a changed member has now: the state in quotes, or lastActiveAt. */
void document_add_changed_value(const struct entry *entry, enum field field, struct buffer *out);

/* A plan in the making: edits in any order, not overlapping, none shorter than what it replaces,
 * any of them longer. */
struct edits {
    const struct document *document;
    struct patch *items;
    size_t count;
    size_t capacity;
    struct arena arena;
    struct buffer scratch;      /* for one text at a time */
    struct buffer scratch2;     /* for a part of it */
    const struct entry **again; /* entries to be written anew behind the others (below) */
    size_t again_count;
    size_t again_capacity;
    bool failed; /* a part was lost for want of memory */
};

/*
 * True when a kill cannot split the writing of an edit: what differs lies in one page of the file,
 * or is short enough for one store (leased.h).
 *
 * An edit that could be split is made another way. An entry is left as it stands and written again
 * behind all others, with the same key: the last duplicate counts, and JavaScript keeps the place
 * of the first. A member that goes gets the key of the next one that stays, and is shadowed by it.
 * The server's next save writes both without the duplicate.
 */
bool document_is_whole(const struct edits *edits, const struct patch *edit);

/* Appends an edit with a copy of `text`. Buffers that failed are noticed here, before `text` is
 * looked at. -ENOMEM. */
int document_add_edit(struct edits *edits, size_t offset, size_t old_len, struct str text);
/* One edit for an entry that stays and has changes. -ENOMEM. */
int document_edit_entry(struct edits *edits, const struct entry *entry);
/* The edits that take removed members out and put added ones in. -ENOMEM. */
int document_edit_members(struct edits *edits);
/*
 * Makes `text` exactly `len` bytes long without changing what it means: white space outside
 * strings goes, or spaces come before its last byte. False, with nothing changed, if it is too
 * long for that.
 */
bool document_fit(struct buffer *text, size_t len);

#endif
