/*
 * document.h - the bytes of chat-agents.json, and how a change of entries becomes an edit of them.
 *
 * document_parse() checks the text as JSON.parse would, finds the spans of entries and makes a
 * registry (the working copy) of them. After the rules have marked changes, document_plan() says
 * which bytes to write where. The plan never moves a byte that it need not: state changes,
 * touches, re-allocations and removals keep the length (JSON's white space gives and takes); a
 * new entry lengthens the file at its end. What no rule changed keeps its bytes, unknown members
 * and odd spellings included.
 */
#ifndef SLOTOP_CORE_DOCUMENT_H
#define SLOTOP_CORE_DOCUMENT_H

#include "core/json.h"
#include "core/registry.h"

enum document_state {
    DOCUMENT_OK,
    DOCUMENT_MISSING,    /* no file: an empty registry, as in the seed */
    DOCUMENT_TORN,       /* JSON.parse refuses it: the server takes it as empty and will wipe it */
    DOCUMENT_MALFORMED,  /* parses, but the server's code throws on it */
    DOCUMENT_UNREADABLE, /* could not be read: no permission, too large, not a file, I/O error */
};
const char *document_state_name(enum document_state state); /* "ok", "missing", "torn", … */

/* Up to this size a text that is loaded in pieces is kept (document_loader.h). */
#ifndef DOCUMENT_KEEP_BYTES
#define DOCUMENT_KEEP_BYTES (1 << 20)
#endif
/* Not an error: a text that the fast ways leave to document_parse(). */
enum { DOCUMENT_NOT_USUAL = 1 };

/* A run of bytes of the file. */
struct document_span {
    uint64_t offset;
    size_t len;
};

/* Some entries that stand one behind the other, from the first one's key up to the next block, or
 * to the closing brace of agents. */
struct document_block {
    uint64_t hash;
    uint32_t offset; /* in the file */
    uint32_t first;  /* entry, in the order of the file */
};

/* Of a text in the usual form; none otherwise. */
struct document_blocks {
    struct document_block *items; /* behind the last one another, at the closing brace */
    size_t count;
    size_t capacity;
    uint64_t head_hash; /* of what is before the first member or the closing brace */
};

struct document {
    enum document_state state;
    struct buffer bytes; /* the text, where it is kept (document_loader.h); else nothing, or what
                            document_fetch() fetched of it */
    uint64_t size_bytes; /* of the text, kept or not */
    struct registry registry;
    struct document_span agents; /* the object of entries */
    struct document_blocks blocks;
    bool are_windows;              /* bytes: most of it was not fetched */
    size_t waste_bytes;            /* of memory that earlier loads left in the registry, about */
    char trouble[ERROR_TEXT_SIZE]; /* where state is not OK or MISSING: a clause for the operator */
    /* An entry on which the server's walks throw (null): readable here, but its allocate and GC
     * fail. The state is MALFORMED then, and the registry is filled nevertheless. */
    bool has_registry; /* entries could be read, whatever the state; true for MISSING too */
};

/* One piece of an edit: `old_len` bytes at `offset` become `text`. */
struct patch {
    uint64_t offset;
    size_t old_len;
    struct str text; /* in plan->arena */
};

/*
 * An edit. All patches but the last have text.len == old_len. The last may be longer than what it
 * replaces only if it ends at the end of the file (old_len reaches it): `grows_by` bytes more.
 * A patch begins (and, where it does not grow, ends) with a byte that differs. They are
 * sound in their order: after the first n of them, with grows_by bytes of white space put behind
 * the text first, the text parses.
 */
struct plan {
    struct patch *patches; /* ascending, not overlapping */
    size_t count;
    uint64_t grows_by;
    struct arena arena;
};

void document_init(struct document *document);
void document_done(struct document *document);

/*
 * Takes over `bytes` (at most FILE_LIMIT_BYTES; emptied, on failure too) and fills the document.
 * Returns 0 with the state OK, TORN or MALFORMED, or -ENOMEM with the document as after
 * document_init(). Malformed: the root or its `agents` is no plain object (sentence says what it
 * is), or an entry is null. Members of an entry are JavaScript's: the last of duplicates counts,
 * ids are decoded.
 */
int document_parse(struct document *document, struct buffer *bytes, struct error *error);

/* The state MISSING: an empty registry. */
void document_set_missing(struct document *document);
/* The state UNREADABLE with the operator's clause. */
void document_set_unreadable(struct document *document, const char *trouble);

/* Where the value of an entry of the registry stands; len 0 for one that was added since. */
struct document_span document_entry_span(const struct document *document,
                                         const struct entry *entry);
/* The stored text of an entry's value; absent for an entry that was added since, and where the text
 * is not kept. */
struct str document_entry_text(const struct document *document, const struct entry *entry);

/*
 * Appends what the server would print for the entry as it is now in the working copy:
 * JSON.stringify(entry, null, indent_spaces) with the changes of the rules in it.
 */
int document_print_entry(const struct document *document, const struct entry *entry,
                         int indent_spaces, int level, struct buffer *out, struct error *error);

/*
 * Turns the marks of the registry into an edit of `bytes`. Nothing marked: count 0.
 * After applying the plan, the text parses to exactly the registry as it stands, other members
 * untouched; JavaScript sees the keys in the same order as after the seed's own write. (Where one
 * edit adds both lastActiveAt and state to an entry that had neither: in that order.)
 * White space is used before the file grows: around the value, in the entry, before the closing
 * brace of agents for new entries, at the end of the file.
 * Not for DOCUMENT_MISSING (see document_print_whole). -ENOMEM; *ret_plan untouched on failure.
 */
int document_plan(const struct document *document, struct plan *ret_plan, struct error *error);
void plan_done(struct plan *plan);
/* Appends the text of the document with the plan applied (tests, previews, whole checks). */
int plan_apply(const struct document *document, const struct plan *plan, struct buffer *out,
               struct error *error);

/*
 * Appends the whole document as the server would write it: JSON.stringify(data, null, 2) + "\n",
 * with the registry's changes; for DOCUMENT_MISSING {version: 1, agents: …}. Byte-identical to
 * the seed's writeRegistry().
 */
int document_print_whole(const struct document *document, struct buffer *out, struct error *error);

#endif
