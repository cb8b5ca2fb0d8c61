/*
 * registry.h - the rules of the chat-agent registry, pure.
 *
 * A struct registry is a working copy: entries in the order JavaScript sees them. The rules are
 * ports of the seed's functions; they change entries in memory and mark what they changed, and
 * know neither files nor JSON (but for registry_put_back()) nor a clock: time is an argument.
 * document.h makes a registry from bytes and turns the marks into an edit of those bytes; store.h
 * brings the edit to disk.
 *
 * Ownership: the registry owns its entries and, by its arena, every string in them. Pointers to
 * entries are good until the next registry_add() or registry_done().
 *
 * What a JavaScript exception would have been in the seed (an entry that is null where all
 * entries are walked, a state set on a string) is -EUCLEAN with ERROR_UNUSABLE and a sentence
 * naming the session; nothing is marked as changed by the failing call. The same where the seed
 * would set a state on an array: in memory it holds, in JSON it is lost. A change to what is
 * stored already leaves no mark either.
 */
#ifndef SLOTOP_CORE_REGISTRY_H
#define SLOTOP_CORE_REGISTRY_H

#include "core/base.h"
#include "core/error.h"
#include "core/string_index.h"

#define REGISTRY_DEFAULT_TTL_MS 1800000.0 /* the seed's DEFAULT_IDLE_TTL_MS: 30 minutes */

enum entry_state {
    STATE_OTHER, /* missing, not a string, or a word the code does not know: holds no slot */
    STATE_ACTIVE,
    STATE_IDLE,
    STATE_EXPIRED,
    STATE_DELETED, /* shown as "released" */
};

/* What stands in the registry under a session's key. */
enum entry_shape {
    ENTRY_OBJECT,  /* as it should be */
    ENTRY_NOTHING, /* null, false, 0, "": no entry to look-ups; null breaks every walk */
    ENTRY_SCALAR,  /* a string, number or true: look-ups find it, writing to it throws */
    ENTRY_ARRAY,   /* look-ups find it; what is written to it is lost in JSON */
};

/* What the rules did to an entry since it was loaded; several may be set. */
enum entry_change {
    CHANGE_NONE = 0,
    CHANGE_STATE = 1 << 0,
    CHANGE_LAST_ACTIVE = 1 << 1,
    CHANGE_REPLACED = 1 << 2, /* all members are new (re-allocation, or a text put back); what
                                 unknown members there were are gone */
    CHANGE_ADDED = 1 << 3,    /* not in the file yet; always together with CHANGE_REPLACED */
    CHANGE_REMOVED = 1 << 4,
};

/* What many entries have in common: one copy of it is shared. */
struct entry_terms {
    struct str chat_agent_id; /* decoded, interned; absent when not a string */
    struct str workspace_agent_id;
    double idle_ttl_ms; /* JavaScript's ToNumber: NaN when missing or not numeric */
};

/* Raw JSON of fields that are not of their proper type; absent where missing or proper. Beside
 * them what few entries have. In the arena, one entry's alone. */
struct entry_odd {
    struct entry_terms terms;  /* the entry's */
    struct str state;          /* decoded when a string, else raw JSON */
    struct str created_at;     /* raw JSON, not a number */
    struct str last_active_at; /* raw JSON, not a number */
    struct str idle_ttl;       /* raw JSON, not a number */
    struct str put_back;       /* what registry_put_back() made of the whole entry: its raw JSON */
    bool is_null;              /* ENTRY_NOTHING: really null (breaks walks), not just falsy */
};

/* 48 bytes, since a registry may have a million of them: read by the functions below. */
struct entry {
    const char *id; /* the key, decoded, id_len bytes; NULL: absent (an entry of no registry) */
    union {
        const struct entry_terms *terms; /* NULL: neither agents nor a TTL */
        struct entry_odd *odd;           /* where is_odd: begins with terms */
    };
    double created_at_ms; /* JavaScript's ToNumber: NaN when missing or not numeric */
    double last_active_at_ms;
    uint32_t value_offset; /* of the value, from its block, or without blocks from the text */
    uint32_t value_len;    /* 0 when added */
    uint32_t id_len;
    uint8_t state;   /* enum entry_state */
    uint8_t shape;   /* enum entry_shape */
    uint8_t changes; /* enum entry_change, or-ed */
    bool is_odd;
};

static inline struct str entry_session_id(const struct entry *entry)
{
    return (struct str){entry->id, entry->id_len};
}
static inline void entry_set_session_id(struct entry *entry, struct str id)
{
    entry->id = id.data;
    entry->id_len = (uint32_t)id.len;
}
static inline struct str entry_chat_agent_id(const struct entry *entry)
{
    return entry->terms ? entry->terms->chat_agent_id : (struct str){0};
}
static inline struct str entry_workspace_agent_id(const struct entry *entry)
{
    return entry->terms ? entry->terms->workspace_agent_id : (struct str){0};
}
static inline double entry_idle_ttl_ms(const struct entry *entry)
{
    return entry->terms ? entry->terms->idle_ttl_ms : __builtin_nan("");
}
/* NULL for a proper entry. */
static inline struct entry_odd *entry_odd(const struct entry *entry)
{
    return entry->is_odd ? entry->odd : NULL;
}

struct registry {
    struct entry *entries; /* JavaScript's order; removed ones stay, marked, until the end */
    size_t count;
    size_t capacity;
    size_t integer_keys; /* this many entries, the first ones, have integer-like ids, ascending */
    struct string_index index; /* session id -> entry */
    struct arena ids; /* the session ids, one behind the other in the order they were added */
    struct arena arena;
    struct str *interned; /* agent ids: few, shared by all terms */
    size_t interned_count;
    size_t interned_capacity;
    struct string_index interned_index;
    const struct entry_terms **terms; /* few, shared by all entries */
    size_t terms_count;
    size_t terms_capacity;
    struct string_index terms_index; /* by their bytes */
};

/* The pool as the rules need it; strings are the caller's. */
struct pool {
    struct str workspace_agent_id;
    const struct str *slots; /* in config order, duplicates kept */
    size_t slot_count;
};

void registry_init(struct registry *registry);
void registry_done(struct registry *registry);

/*
 * Adds an entry under a (decoded) session id that is not in the registry yet, or only as a removed
 * entry; copies the id, zeroes the rest (state OTHER, numbers NaN). It stands where JavaScript
 * puts a new key: at the end, or among the integer-like keys, which lead in ascending order.
 * A removed entry of that id stays where it is, but only the new one is found from now on.
 * NULL (and nothing changed) without memory. Constant time; integer-like keys that do not come in
 * ascending order cost a walk each.
 */
struct entry *registry_add(struct registry *registry, struct str session_id);
/* An interned copy of an agent id; absent for an absent id, and without memory. */
struct str registry_intern(struct registry *registry, struct str agent_id);
/* The shared copy of these terms, agent ids included. NULL without memory. */
const struct entry_terms *registry_terms(struct registry *registry,
                                         const struct entry_terms *terms);
/* Gives an entry a copy of these terms. False (and nothing changed) without memory. */
bool registry_set_terms(struct registry *registry, struct entry *entry,
                        const struct entry_terms *terms);
/* Room for what is odd about an entry: what it has already, else a new one with its terms and
 * otherwise zero. NULL (and nothing changed) without memory. */
struct entry_odd *registry_make_odd(struct registry *registry, struct entry *entry);
/*
 * Adds an entry with all its fields but the id, at the end, under an id that is not integer-like.
 * It can be found once registry_index_appended() was called: some entries later, when the memory
 * that takes has come. -ENOMEM.
 */
int registry_append(struct registry *registry, struct str session_id, const struct entry *fields);
/* False where an entry was appended whose id was in the registry already: good for registry_done()
 * only. */
bool registry_index_appended(struct registry *registry);
/* Makes room for this many entries in all. False (and nothing changed) without memory. */
bool registry_reserve(struct registry *registry, size_t count);
/* Adds an entry whose id and terms are in the registry's arenas, at the end, where room was made.
 * False (and nothing changed) where its id is in the registry already. */
bool registry_push(struct registry *registry, const struct entry *entry);
/* An index of these entries, whose ids differ, for registry_replace(). False without memory. */
bool registry_make_index(struct entry *entries, size_t count, struct string_index *ret_index);
/* Puts `count` entries in the place of those that are there, and takes over array and index. Their
 * ids and terms are in the registry's arenas; no id is integer-like. */
void registry_replace(struct registry *registry, struct entry *entries, size_t count,
                      struct string_index index);
/* Finds an entry, removed ones included; NULL if there is none. */
struct entry *registry_find(const struct registry *registry, struct str session_id);

bool entry_is_live(const struct entry *entry);     /* an object, active or idle, not removed */
bool entry_is_present(const struct entry *entry);  /* truthy to JavaScript and not removed */
bool entry_is_fallback(const struct entry *entry); /* live, on its workspace agent */
/* Past its TTL by the seed's test, now - lastActiveAt > idleTtlMs, and not expired or deleted. */
bool entry_is_due(const struct entry *entry, int64_t now_ms);
/* Epoch ms after which entry_is_due() holds (-infinity: at any time); NaN when it never will. */
double entry_expires_at_ms(const struct entry *entry);
const char *entry_state_name(enum entry_state state); /* as stored: "active" … "deleted"; "?" */

/* Source: getChatAgent. The entry, or NULL for absent and removed (JavaScript's undefined);
 * an ENTRY_NOTHING is returned: the seed returns null, false… as they are. */
struct entry *registry_get(const struct registry *registry, struct str session_id);

/*
 * Gives a session a slot: a live entry (or one of unknown state) is used again and set active;
 * else the first pool slot that no active or idle entry has, else the workspace agent.
 * `ttl_ms`: NULL for the default; one that is not finite is stored as JSON has it, null.
 * Fills *ret_entry.
 * Errors: -EUCLEAN (an entry on which the seed throws), -ENOMEM.
 * Source: allocateChatAgent. Deliberate difference: names that every JavaScript object inherits
 * ("toString") are ordinary ids here.
 */
int registry_allocate(struct registry *registry, struct str session_id, const struct pool *pool,
                      const double *ttl_ms, int64_t now_ms, struct entry **ret_entry,
                      struct error *error);
/* Moves lastActiveAt; idle becomes active. *ret_found false when there is no entry.
 * Source: touchChatAgent. */
int registry_touch(struct registry *registry, struct str session_id, int64_t now_ms,
                   bool *ret_found, struct error *error);
/* Source: markChatAgentIdle: nothing on expired and deleted. */
int registry_mark_idle(struct registry *registry, struct str session_id, bool *ret_found,
                       struct error *error);
/* Source: deleteChatAgent: state "deleted", whatever it was. */
int registry_release(struct registry *registry, struct str session_id, bool *ret_found,
                     struct error *error);
/* Sets a live entry expired whatever its TTL; others, odd ones included, are left. False when there
 * is no entry. An operator's own: no source. */
bool registry_force_expire(struct registry *registry, struct str session_id);
/* Expires all that are due, *ret_count of them. *ret_expired (may be NULL) is an array of that many
 * indexes into entries, ascending, which the caller frees; NULL where nothing expired.
 * Source: expireIdleChatAgents. */
int registry_expire_due(struct registry *registry, int64_t now_ms, size_t **ret_expired,
                        size_t *ret_count, struct error *error);
/* *ret_entry NULL when there is no entry; a non-expired one comes back as it is; an expired one
 * is allocated anew with `ttl_ms`, or its own TTL (of whatever type; null and missing give the
 * default). Source: resumeExpiredChatAgent. */
int registry_resume(struct registry *registry, struct str session_id, const struct pool *pool,
                    const double *ttl_ms, int64_t now_ms, struct entry **ret_entry,
                    struct error *error);
/* *ret_entry is the entry whose chat agent takes the message; NULL for unknown or deleted.
 * Source: ensureChatAgentForSend. */
int registry_ensure(struct registry *registry, struct str session_id, const struct pool *pool,
                    int64_t now_ms, struct entry **ret_entry, struct error *error);
/* Marks deleted entries removed; *ret_count of them. Source: purgeChatAgentRegistry. */
int registry_purge_deleted(struct registry *registry, size_t *ret_count, struct error *error);
/* Marks this one removed, whatever it is, null included. False when there is nothing. An operator's
 * own. */
bool registry_remove(struct registry *registry, struct str session_id);

/* What an entry is to become again. */
struct put_back {
    struct str session_id;
    struct str entry_text; /* JSON, checked by json_check() */
    bool force;            /* even onto an agent that another session holds */
};

/*
 * Gives a session the entry it once had, whatever it has now: where only state and lastActiveAt
 * differ from the entry there, these are set and everything else stays; otherwise the whole text
 * takes its place, unknown members included, or is added as registry_add() does.
 * *ret_is_held: not done, because the text is live on an agent of its own that another live entry
 * holds, and this session does not. Without memory (-ENOMEM) nothing is marked.
 * An operator's own: no source.
 */
int registry_put_back(struct registry *registry, const struct put_back *wish, bool *ret_is_held,
                      struct error *error);

/* True when nothing has to be written: no rule has marked anything since the load, other than
 * entries that were added and removed again. */
bool registry_is_clean(const struct registry *registry);

#endif
