#include "core/findings_part.h"

#include <assert.h>
#include <math.h>
#include <string.h>

const struct finding_words findings_words[KIND_COUNT] = {
    [KIND_TORN] = {"registry-torn", SEVERITY_ERROR, ABOUT_REGISTRY,
                   "{registry} is torn ({trouble}): the server takes it as empty, and its next "
                   "save wipes every entry.",
                   "{restore}", NULL, NULL},
    [KIND_WIPED] =
        {"registry-wiped", SEVERITY_ERROR, ABOUT_REGISTRY,
         "{lost} of the {entries} entries of {registry} went at once, as when the server "
         "takes a torn file as empty.",
         "{restore}", NULL, NULL},
    [KIND_MALFORMED] = {"registry-malformed", SEVERITY_ERROR, ABOUT_REGISTRY,
                        "{registry} is malformed ({trouble}).",
                        "Mend the file, or put a good copy back.", NULL, NULL},
    [KIND_UNREADABLE] = {"registry-unreadable", SEVERITY_ERROR, ABOUT_REGISTRY,
                         "The registry cannot be read ({trouble}): what is shown may be old.",
                         "Make {registry} a file that you can read.", NULL, NULL},
    [KIND_NOT_STRICT] = {"config-not-strict", SEVERITY_ERROR, ABOUT_CONFIG,
                         "{config} is not strict JSON ({config-trouble}): DenchClaw sees no slots "
                         "in it, so every chat falls back, "
                         "and its next change of the config keeps nothing but the agents.",
                         "Take out of {config} what only JSON5 allows: comments, trailing commas, "
                         "a byte order mark.",
                         NULL, NULL},
    [KIND_ENTRY_INVALID] = {"config-entry-invalid", SEVERITY_ERROR, ABOUT_CONFIG,
                            "In {config}, {config-trouble}: the server's code throws on it, and "
                            "new sessions get no entry at all.",
                            "Give that element of {config} an id that is a string, or take it out.",
                            NULL, NULL},
    [KIND_UI_STATE] = {"ui-state-breaks-server", SEVERITY_ERROR, ABOUT_UI_STATE,
                       "{ui-trouble}: the server's code throws on it, and no chat can be created.",
                       "Choose the workspace in DenchClaw again, or remove .dench-ui-state.json.",
                       NULL, NULL},
    [KIND_NO_CONFIG] = {"pool-empty", SEVERITY_WARNING, ABOUT_CONFIG,
                        "The pool has no slots because {config} is missing: every chat runs on "
                        "the workspace agent {agent}.",
                        "Look for the state directory that the server uses: slotop -d DIR.", NULL,
                        NULL},
    [KIND_NO_LIST] = {"pool-empty", SEVERITY_WARNING, ABOUT_CONFIG,
                      "The pool has no slots because of {config} ({config-trouble}): every chat "
                      "runs on the workspace agent {agent}.",
                      "Put the slots' agents into agents.list of {config}.", NULL, NULL},
    [KIND_CONFIG_UNREADABLE] = {"pool-empty", SEVERITY_WARNING, ABOUT_CONFIG,
                                "The config cannot be read ({config-trouble}): if the server "
                                "cannot either, every chat runs on the workspace agent {agent}.",
                                "Make {config} a file that you can read.", NULL, NULL},
    [KIND_NO_SLOTS] =
        {"pool-empty", SEVERITY_WARNING, ABOUT_CONFIG,
         "The pool has no slots because {config} lists no agent that begins with {prefix}: every "
         "chat runs on the workspace agent {agent}.",
         "DenchClaw 2.3.6 and later create no slots; with an older one, put the "
         "slots' agents into agents.list.",
         NULL, NULL},
    [KIND_FULL] =
        {"pool-full", SEVERITY_WARNING, ABOUT_AGENT,
         "{every-slot} held: the next new chat falls back to the workspace agent {agent}.",
         "Look who holds the slots before you free one: slotop status.", NULL, NULL},
    [KIND_STRANDED] = {"stranded", SEVERITY_WARNING, ABOUT_SESSION,
                       "Session {id} is on the workspace agent {agent} while slot {free} is free.",
                       "A new chat gets that slot; this one stays where it is.",
                       "{count} sessions are on the workspace agent {agent} while slot {free} is "
                       "free: {ids}.",
                       "slotop list --fallback"},
    [KIND_FALLBACK] = {"fallback", SEVERITY_INFO, ABOUT_SESSION,
                       "Session {id} is on the workspace agent {agent}: no slot was free for it, "
                       "and it is not moved later.",
                       "slotop show {word}",
                       "{count} sessions are on the workspace agent {agent}, for no slot was free, "
                       "and none is moved later: {ids}.",
                       "slotop list --fallback"},
    [KIND_LONG_OVERDUE] = {"overdue", SEVERITY_WARNING, ABOUT_SESSION,
                           "Session {id} is past its TTL by more than 5 minutes: GC does not run.",
                           "slotop expire --due",
                           "{count} sessions are past their TTL by more than 5 minutes, so GC does "
                           "not run: {ids}.",
                           "slotop expire --due"},
    [KIND_OVERDUE] = {"overdue", SEVERITY_INFO, ABOUT_SESSION,
                      "Session {id} is past its TTL: the next GC expires it.",
                      "slotop expire --due",
                      "{count} sessions are past their TTL, the next GC expires them: {ids}.",
                      "slotop expire --due"},
    [KIND_DOUBLE] = {"double-booked", SEVERITY_ERROR, ABOUT_SLOT,
                     "Slot {id} is double-booked: {holders} live sessions hold it, {holder} used "
                     "last, and their runs wait for each other.",
                     "slotop list --slot {word}",
                     "{count} slots are double-booked, and the runs on each wait for each other: "
                     "{ids}.",
                     "Look who holds them: slotop list --state active,idle."},
    [KIND_ORPHAN] = {"orphan-slot", SEVERITY_WARNING, ABOUT_SESSION,
                     "Session {id} is live on {its-agent}, which is no slot of the pool.",
                     "slotop expire {word}",
                     "{count} sessions are live on agents that are no slots of the pool: {ids}.",
                     "Expire those that are not in use: slotop expire SESSION."},
    [KIND_ODD] = {"odd-entry", SEVERITY_WARNING, ABOUT_SESSION,
                  "The entry of session {id} is odd: {oddity}.", "slotop show {word}",
                  "{count} entries are odd (no object, an unknown state, no chat agent, no usable "
                  "times): {ids}.",
                  "Look at one: slotop show SESSION."},
    [KIND_AHEAD] =
        {"clock-ahead", SEVERITY_WARNING, ABOUT_SESSION,
         "Session {id} was last used in the future, by its entry: its TTL ends too late.",
         "slotop touch {word}",
         "{count} sessions were last used in the future, by their entries, so their TTL "
         "ends too late: {ids}.",
         "Set the clock right, then slotop touch SESSION for each."},
};

static const struct entry *entry_at(const struct telling *telling, size_t index)
{
    return &telling->sources->document->registry.entries[index];
}

const char *findings_oddity(const struct entry *entry)
{
    if (entry->odd && entry->odd->is_null)
        return "it is null, on which the server's allocate and GC fail";
    if (entry->shape != ENTRY_OBJECT)
        return "it is no object";
    if (entry->state == STATE_OTHER)
        return "the server does not know its state, so it holds no slot";
    if (!entry_is_live(entry))
        return NULL;
    if (!entry->chat_agent_id.data)
        return "it has no chat agent";
    if (isnan(entry_expires_at_ms(entry)))
        return "its times are not numbers, so it never expires";
    return NULL;
}

static struct str short_id(const struct telling *telling, size_t index)
{
    struct str id = entry_at(telling, index)->session_id;
    id.len = model_short_id_len(&telling->sources->document->registry, index);
    return id;
}

static enum finding_about about(const struct telling *telling)
{
    return findings_words[telling->kind].about;
}

/* What a person calls it. */
static struct str name_of(const struct telling *telling, size_t subject)
{
    return about(telling) == ABOUT_SLOT ? telling->model->slots[subject].label
                                        : short_id(telling, subject);
}

struct str findings_subject(const struct telling *telling)
{
    switch (about(telling)) {
    case ABOUT_REGISTRY:
        return str_of(telling->sources->registry_path);
    case ABOUT_CONFIG:
        return str_of(telling->sources->config_path);
    case ABOUT_UI_STATE:
        return STR(".dench-ui-state.json");
    case ABOUT_AGENT:
        return buffer_str(&telling->sources->workspace->agent_id);
    case ABOUT_SLOT:
        return telling->model->slots[telling->subject].id;
    case ABOUT_SESSION:
        break;
    }
    return entry_at(telling, telling->subject)->session_id;
}

/* A word that a shell passes on as it is: ids come from a file that anybody may have written. */
static void add_shell_word(struct str text, struct buffer *out)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "_.:@%+/-";
    bool is_plain = text.len > 0;
    for (size_t i = 0; i < text.len; i++)
        is_plain = is_plain && memchr(plain, text.data[i], sizeof(plain) - 1);
    if (text.len > 0 && text.data[0] == '-')
        buffer_add_str(out, STR("-- "));
    if (is_plain) {
        buffer_add_str(out, text);
        return;
    }
    buffer_add_char(out, '\'');
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] == '\'')
            buffer_add_str(out, STR("'\\''"));
        else
            buffer_add_char(out, text.data[i]);
    }
    buffer_add_char(out, '\'');
}

static void add_names(const struct telling *telling, struct buffer *out)
{
    const struct subjects *subjects = &telling->subjects[telling->kind];
    for (size_t i = 0; i < FINDINGS_EACH_MAX; i++) {
        if (i > 0)
            buffer_add_str(out, STR(", "));
        buffer_add_str(out, name_of(telling, subjects->first[i]));
    }
    buffer_addf(out, " and %zu more", subjects->count - FINDINGS_EACH_MAX);
}

static struct str first_free_label(const struct model *model)
{
    for (size_t i = 0; i < model->slot_count; i++) {
        if (model->slots[i].view == SLOT_FREE)
            return model->slots[i].label;
    }
    return STR("?");
}

/* The names in braces. */
enum value {
    VALUE_AGENT,
    VALUE_CONFIG,
    VALUE_CONFIG_TROUBLE,
    VALUE_COUNT,
    VALUE_ENTRIES,
    VALUE_EVERY_SLOT,
    VALUE_FREE,
    VALUE_HOLDER,
    VALUE_HOLDERS,
    VALUE_ID,
    VALUE_IDS,
    VALUE_ITS_AGENT,
    VALUE_LOST,
    VALUE_ODDITY,
    VALUE_PREFIX,
    VALUE_REGISTRY,
    VALUE_RESTORE,
    VALUE_TROUBLE,
    VALUE_UI_TROUBLE,
    VALUE_WORD,
    VALUES,
};

static const char *const value_names[VALUES] = {
    [VALUE_AGENT] = "agent",
    [VALUE_CONFIG] = "config",
    [VALUE_CONFIG_TROUBLE] = "config-trouble",
    [VALUE_COUNT] = "count",
    [VALUE_ENTRIES] = "entries",
    [VALUE_EVERY_SLOT] = "every-slot",
    [VALUE_FREE] = "free",
    [VALUE_HOLDER] = "holder",
    [VALUE_HOLDERS] = "holders",
    [VALUE_ID] = "id",
    [VALUE_IDS] = "ids",
    [VALUE_ITS_AGENT] = "its-agent",
    [VALUE_LOST] = "lost",
    [VALUE_ODDITY] = "oddity",
    [VALUE_PREFIX] = "prefix",
    [VALUE_REGISTRY] = "registry",
    [VALUE_RESTORE] = "restore",
    [VALUE_TROUBLE] = "trouble",
    [VALUE_UI_TROUBLE] = "ui-trouble",
    [VALUE_WORD] = "word",
};

/* What is the same whatever is told. */
static void add_common_value(const struct telling *telling, enum value value, struct buffer *out)
{
    const struct model_sources *sources = telling->sources;
    size_t slots = telling->model->counts.slots;
    switch ((int)value) {
    case VALUE_AGENT:
        buffer_add_str(out, buffer_str(&sources->workspace->agent_id));
        break;
    case VALUE_CONFIG:
        buffer_add_str(out, str_of(sources->config_path));
        break;
    case VALUE_CONFIG_TROUBLE:
        buffer_add_str(out, str_of(sources->pool->trouble));
        break;
    case VALUE_EVERY_SLOT:
        if (slots == 1)
            buffer_add_str(out, STR("The only slot is"));
        else
            buffer_addf(out, "All %zu slots are", slots);
        break;
    case VALUE_FREE:
        buffer_add_str(out, first_free_label(telling->model));
        break;
    case VALUE_PREFIX:
        config_add_slot_prefix(buffer_str(&sources->workspace->agent_id), out);
        break;
    case VALUE_REGISTRY:
        buffer_add_str(out, str_of(sources->registry_path));
        break;
    case VALUE_ENTRIES:
        buffer_addf(out, "%zu", sources->wipe->entries);
        break;
    case VALUE_LOST:
        buffer_addf(out, "%zu", sources->wipe->lost);
        break;
    case VALUE_RESTORE:
        buffer_add_str(out, sources->has_copy ? STR("slotop restore")
                                              : STR("Put a good copy of the file back before the "
                                                    "server's next save."));
        break;
    case VALUE_TROUBLE:
        buffer_add_str(out, str_of(findings_look(sources)->trouble));
        break;
    case VALUE_UI_TROUBLE:
        buffer_add_str(out, str_of(sources->workspace->trouble));
        break;
    default:
        assert(false);
    }
}

static void add_value(const struct telling *telling, enum value value, struct buffer *out)
{
    size_t subject = telling->subject;
    switch ((int)value) {
    case VALUE_COUNT:
        buffer_addf(out, "%zu", telling->subjects[telling->kind].count);
        break;
    case VALUE_HOLDER:
        buffer_add_str(out, short_id(telling, telling->model->slots[subject].holder));
        break;
    case VALUE_HOLDERS:
        buffer_addf(out, "%zu", telling->model->slots[subject].holder_count);
        break;
    case VALUE_ID:
        buffer_add_str(out, name_of(telling, subject));
        break;
    case VALUE_IDS:
        add_names(telling, out);
        break;
    case VALUE_ITS_AGENT:
        buffer_add_str(out, entry_at(telling, subject)->chat_agent_id);
        break;
    case VALUE_ODDITY:
        buffer_add_str(out, str_of(findings_oddity(entry_at(telling, subject))));
        break;
    case VALUE_WORD:
        add_shell_word(about(telling) == ABOUT_SLOT ? findings_subject(telling)
                                                    : short_id(telling, subject),
                       out);
        break;
    default:
        add_common_value(telling, value, out);
    }
}

void findings_add_text(const struct telling *telling, const char *text, struct buffer *out)
{
    const char *open;
    for (; (open = strchr(text, '{')); text = strchr(open, '}') + 1) {
        struct str name = {open + 1, strcspn(open + 1, "}")};
        int value = 0;
        while (value < VALUES && !str_equal(str_of(value_names[value]), name))
            value++;
        buffer_add(out, text, (size_t)(open - text));
        add_value(telling, (enum value)value, out);
    }
    buffer_add_str(out, str_of(text));
}
