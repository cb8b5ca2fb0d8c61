#include "core/findings_part.h"

#include "core/shell.h"

#include <assert.h>
#include <math.h>
#include <string.h>

static const struct entry *entry_at(const struct telling *telling, size_t row)
{
    return model_entry(telling->model, telling->making->registry, row);
}

static struct str short_id(const struct telling *telling, size_t row)
{
    struct str id = entry_session_id(entry_at(telling, row));
    id.len = model_short_len(telling->model, telling->making->registry, id);
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
    case ABOUT_SERVER:
        return STR("web-runtime/process.json");
    case ABOUT_AGENT:
        return buffer_str(&telling->sources->workspace->agent_id);
    case ABOUT_SLOT:
        return telling->model->slots[telling->subject].id;
    case ABOUT_SESSION:
        break;
    }
    return entry_session_id(entry_at(telling, telling->subject));
}

static void add_names(const struct telling *telling, struct buffer *out)
{
    const struct subjects *subjects = &telling->subjects[telling->kind];
    for (size_t i = 0; i < FINDINGS_EACH_MAX && i < subjects->count; i++) {
        if (i > 0)
            buffer_add_str(out, STR(", "));
        buffer_add_str(out, name_of(telling, subjects->first[i]));
    }
    if (subjects->count > FINDINGS_EACH_MAX)
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

/* Where a session's messages go: a slot by what people call it, else the agent. */
static void add_place(const struct telling *telling, size_t row, struct buffer *out)
{
    const struct entry *entry = entry_at(telling, row);
    struct str agent =
        entry_is_live(entry) ? entry_chat_agent_id(entry) : making_pin(telling->making, row);
    size_t place = making_place(telling->making, agent);
    if (place != STRING_INDEX_NONE) {
        buffer_add_str(out, STR("slot "));
        buffer_add_str(out, telling->model->slots[place].label);
    } else {
        buffer_add_str(out, agent.data ? agent : STR("an agent that is not known"));
    }
}

enum { TITLE_BYTES_MAX = 40 };

/* A session by its id and, as people know it, its title: 9f2c11d0 "Refund copy for EU". */
static void add_session(const struct telling *telling, size_t row, struct buffer *out)
{
    struct str title = model_title(telling->model, row);
    buffer_add_str(out, short_id(telling, row));
    if (title.len == 0)
        return;
    size_t len = title.len < TITLE_BYTES_MAX ? title.len : TITLE_BYTES_MAX;
    while (len > 0 && len < title.len && ((unsigned char)title.data[len] & 0xC0) == 0x80)
        len--;
    buffer_add_str(out, STR(" \""));
    buffer_add(out, title.data, len);
    buffer_add_str(out, len < title.len ? STR("...\"") : STR("\""));
}

/* Who holds what is being told of. */
static size_t holder_of(const struct telling *telling)
{
    size_t place = telling->subject;
    if (about(telling) == ABOUT_SESSION)
        place = making_place(telling->making, making_pin(telling->making, telling->subject));
    return telling->model->slots[place].holder;
}

/* The agent of the workspace that a foreign slot belongs to. */
static struct str owner_of(const struct telling *telling)
{
    struct str slot_id = telling->model->slots[telling->subject].id;
    return telling->agents[findings_owner(telling, slot_id)].id;
}

static struct str stored_word(const struct entry *entry)
{
    if (entry->shape != ENTRY_OBJECT)
        return STR("without an entry");
    return entry->state == STATE_DELETED ? STR("released")
                                         : str_of(entry_state_name((enum entry_state)entry->state));
}

static void add_leftovers(const struct counts *counts, struct buffer *out)
{
    if (counts->live + counts->expired == 0)
        buffer_add_str(out, STR("no entries are left over"));
    else
        buffer_addf(out, "entries left over: %zu live, %zu expired", counts->live, counts->expired);
}

static void add_clean_up(const struct counts *counts, struct buffer *out)
{
    if (counts->live > 0)
        buffer_add_str(out, STR("To clean up: slotop expire --due, and a day later slotop purge "
                                "--expired-before 1d."));
    else if (counts->expired > 0)
        buffer_add_str(out, STR("slotop purge --expired-before 1d"));
    else
        buffer_add_str(out, STR("Nothing has to be done."));
}

static void add_size(uint64_t bytes, struct buffer *out)
{
    enum { KB = 1000 };
    if (bytes < KB)
        buffer_addf(out, "%zu bytes", (size_t)bytes);
    else if (bytes < (uint64_t)KB * KB)
        buffer_addf(out, "about %zu kB", (size_t)(bytes / KB));
    else
        buffer_addf(out, "about %zu MB", (size_t)(bytes / KB / KB));
}

static void add_days(double days, struct buffer *out)
{
    buffer_addf(out, "%.0f day%s", days, days > 1 ? "s" : "");
}

static void add_server_trouble(const struct server *server, struct buffer *out)
{
    if (server->pid > 0)
        buffer_addf(out, "process %ld of web-runtime/process.json is gone, or is another program",
                    (long)server->pid);
    else
        buffer_add_str(out, STR("web-runtime/process.json names no process"));
}

/* The names in braces. */
enum value {
    VALUE_AGENT,
    VALUE_CLEAN_UP,
    VALUE_CONFIG,
    VALUE_CONFIG_TROUBLE,
    VALUE_COUNT,
    VALUE_DAYS,
    VALUE_ENTRIES,
    VALUE_EVERY_SLOT,
    VALUE_FREE,
    VALUE_HELD,
    VALUE_HOLDER,
    VALUE_HOLDERS,
    VALUE_ID,
    VALUE_IDS,
    VALUE_ITS_AGENT,
    VALUE_ITS_WORKSPACE_AGENT,
    VALUE_LEFTOVERS,
    VALUE_LOST,
    VALUE_ODDITY,
    VALUE_OLD_ENTRIES,
    VALUE_OWNER,
    VALUE_PLACE,
    VALUE_PREFIX,
    VALUE_PROGRAM,
    VALUE_REGISTRY,
    VALUE_RESTORE,
    VALUE_SERVER_TROUBLE,
    VALUE_SIZE,
    VALUE_STORED,
    VALUE_TROUBLE,
    VALUE_UI_TROUBLE,
    VALUE_VERSION,
    VALUE_WORD,
    VALUES,
};

static const char *const value_names[VALUES] = {
    [VALUE_AGENT] = "agent",
    [VALUE_CLEAN_UP] = "clean-up",
    [VALUE_CONFIG] = "config",
    [VALUE_CONFIG_TROUBLE] = "config-trouble",
    [VALUE_COUNT] = "count",
    [VALUE_DAYS] = "days",
    [VALUE_ENTRIES] = "entries",
    [VALUE_EVERY_SLOT] = "every-slot",
    [VALUE_FREE] = "free",
    [VALUE_HELD] = "held",
    [VALUE_HOLDER] = "holder",
    [VALUE_HOLDERS] = "holders",
    [VALUE_ID] = "id",
    [VALUE_IDS] = "ids",
    [VALUE_ITS_AGENT] = "its-agent",
    [VALUE_ITS_WORKSPACE_AGENT] = "its-workspace-agent",
    [VALUE_LEFTOVERS] = "leftovers",
    [VALUE_LOST] = "lost",
    [VALUE_ODDITY] = "oddity",
    [VALUE_OLD_ENTRIES] = "old-entries",
    [VALUE_OWNER] = "owner",
    [VALUE_PLACE] = "place",
    [VALUE_PREFIX] = "prefix",
    [VALUE_PROGRAM] = "program",
    [VALUE_REGISTRY] = "registry",
    [VALUE_RESTORE] = "restore",
    [VALUE_SERVER_TROUBLE] = "server-trouble",
    [VALUE_SIZE] = "size",
    [VALUE_STORED] = "stored",
    [VALUE_TROUBLE] = "trouble",
    [VALUE_UI_TROUBLE] = "ui-trouble",
    [VALUE_VERSION] = "version",
    [VALUE_WORD] = "word",
};

/* What a source says as it is. */
static struct str value_of_source(const struct telling *telling, enum value value)
{
    const struct model_sources *sources = telling->sources;
    switch ((int)value) {
    case VALUE_AGENT:
        return buffer_str(&sources->workspace->agent_id);
    case VALUE_CONFIG:
        return str_of(sources->config_path);
    case VALUE_CONFIG_TROUBLE:
        return str_of(sources->pool->trouble);
    case VALUE_FREE:
        return first_free_label(telling->model);
    case VALUE_PROGRAM:
        return str_of(sources->holder);
    case VALUE_REGISTRY:
        return str_of(sources->registry_path);
    case VALUE_RESTORE:
        return sources->has_copy
                   ? STR("slotop restore")
                   : STR("Put a good copy of the file back before the server's next save.");
    case VALUE_TROUBLE:
        return str_of(findings_look(sources)->trouble);
    case VALUE_UI_TROUBLE:
        return str_of(sources->workspace->trouble);
    case VALUE_VERSION:
        return str_of(sources->server->version);
    default:
        return (struct str){0};
    }
}

/* What is put together of all there is. */
static void add_sum(const struct telling *telling, enum value value, struct buffer *out)
{
    const struct model_sources *sources = telling->sources;
    const struct counts *counts = &telling->model->counts;
    switch ((int)value) {
    case VALUE_CLEAN_UP:
        add_clean_up(counts, out);
        break;
    case VALUE_DAYS:
        add_days(findings_growth_days(telling), out);
        break;
    case VALUE_ENTRIES:
        buffer_addf(out, "%zu", sources->wipe->entries);
        break;
    case VALUE_EVERY_SLOT:
        if (counts->slots == 1)
            buffer_add_str(out, STR("The only slot is"));
        else
            buffer_addf(out, "All %zu slots are", counts->slots);
        break;
    case VALUE_HELD:
        buffer_addf(out, "%zu", counts->held);
        break;
    case VALUE_LEFTOVERS:
        add_leftovers(counts, out);
        break;
    case VALUE_LOST:
        buffer_addf(out, "%zu", sources->wipe->lost);
        break;
    case VALUE_OLD_ENTRIES:
        buffer_addf(out, "%zu", telling->growth->count);
        break;
    case VALUE_PREFIX:
        config_add_slot_prefix(buffer_str(&sources->workspace->agent_id), out);
        break;
    case VALUE_SERVER_TROUBLE:
        add_server_trouble(sources->server, out);
        break;
    case VALUE_SIZE:
        add_size(telling->growth->bytes, out);
        break;
    default:
        buffer_add_str(out, value_of_source(telling, value));
    }
}

/* What hangs on the subject. */
static void add_value(const struct telling *telling, enum value value, struct buffer *out)
{
    size_t subject = telling->subject;
    switch ((int)value) {
    case VALUE_COUNT:
        buffer_addf(out, "%zu", telling->subjects[telling->kind].count);
        break;
    case VALUE_HOLDER:
        add_session(telling, holder_of(telling), out);
        break;
    case VALUE_HOLDERS:
        buffer_addf(out, "%zu", telling->model->slots[subject].holder_count);
        break;
    case VALUE_ID:
        if (about(telling) == ABOUT_SLOT)
            buffer_add_str(out, name_of(telling, subject));
        else
            add_session(telling, subject, out);
        break;
    case VALUE_IDS:
        add_names(telling, out);
        break;
    case VALUE_ITS_AGENT:
        buffer_add_str(out, entry_chat_agent_id(entry_at(telling, subject)));
        break;
    case VALUE_ITS_WORKSPACE_AGENT:
        buffer_add_str(out, entry_workspace_agent_id(entry_at(telling, subject)));
        break;
    case VALUE_ODDITY:
        buffer_add_str(out, str_of(findings_oddity(entry_at(telling, subject))));
        break;
    case VALUE_OWNER:
        buffer_add_str(out, owner_of(telling));
        break;
    case VALUE_PLACE:
        add_place(telling, subject, out);
        break;
    case VALUE_STORED:
        buffer_add_str(out, stored_word(entry_at(telling, subject)));
        break;
    case VALUE_WORD:
        shell_add_word(about(telling) == ABOUT_SLOT ? findings_subject(telling)
                                                    : short_id(telling, subject),
                       out);
        break;
    default:
        add_sum(telling, value, out);
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
        assert(value < VALUES);
        add_value(telling, (enum value)value, out);
    }
    buffer_add_str(out, str_of(text));
}
