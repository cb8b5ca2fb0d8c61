/*
 * document_pattern.h - entries that are like one that was read before.
 *
 * A registry is the same text again and again, but for ids and times. So an entry that the scanner
 * took (document_scan.h) is kept as a pattern: which of its bytes are the same in others of its
 * kind, and where id, chat agent and times stand. An entry that fits is read by comparing, some
 * words at a time; its id and times are checked as the scanner checks them. What fits is what the
 * scanner would have taken, with the same result; what does not is the scanner's.
 *
 * For document_loader*.c.
 */
#ifndef SLOTOP_CORE_DOCUMENT_PATTERN_H
#define SLOTOP_CORE_DOCUMENT_PATTERN_H

#include "core/document_scan.h"

enum {
    PATTERN_COUNT = 4,
    PATTERN_BYTES = 512, /* a longer entry is none */
    PATTERN_TERMS = 8,
};

/* Where the parts of a member stand, from its key's quote on. */
struct pattern_spans {
    uint16_t id_len; /* behind the quote */
    uint16_t chat_agent, chat_agent_len;
    uint16_t session_id;
    uint16_t created_at, created_at_len;
    uint16_t last_active, last_active_len;
    uint16_t value, value_len;
    uint16_t len; /* up to the quote of the next member */
};

struct pattern {
    char text[PATTERN_BYTES];
    char mask[PATTERN_BYTES]; /* all bits where the bytes are to be the same */
    struct pattern_spans spans;
    enum entry_state state;
    /* Known ones with this pattern's workspace agent and TTL, by the chat agent's last byte. */
    const struct entry_terms *terms[PATTERN_TERMS];
};

struct patterns {
    struct pattern items[PATTERN_COUNT];
    size_t count;
    size_t lately; /* the one that fitted last */
    size_t oldest;
};

/* A member that was read: parts of the text. */
struct scanned_member {
    struct str text; /* from its key's quote up to the next member, or the closing brace */
    struct str id;
    struct str value;
    bool is_last; /* it is the brace */
};

/* Takes a member that fits, up to the next one, as scan_key(), scan_usual_entry() and
 * scan_separator() would. False, with nothing taken or set, for any other. The entry's id is not
 * set, nor where its value stands. */
bool patterns_take(struct patterns *patterns, struct scan *scan, struct scanned_member *ret_member,
                   struct entry *ret_entry);
/* Learns from a usual member that the scanner took, with text up to `end`. `terms`: its own, which
 * live until patterns_forget(). */
void patterns_learn(struct patterns *patterns, const struct scanned_member *member, const char *end,
                    const struct usual_entry *usual, const struct entry_terms *terms);
void patterns_forget(struct patterns *patterns);

#endif
