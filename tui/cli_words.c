#include "tui/cli_words.h"

#include "core/consequence.h"
#include "core/json.h"
#include "tui/cli_print.h"

const struct change_words *change_words(enum operation_kind kind)
{
    static const struct change_words words[] = {
        [OPERATION_ALLOCATE] = {"Allocate", "Allocated", "Would allocate", false, ""},
        [OPERATION_TOUCH] = {"Touch", "Touched", "Would touch", false, ""},
        [OPERATION_IDLE] = {"Mark as idle", "Marked as idle:", "Would mark as idle:", false,
                            "An idle session keeps its slot until GC expires it."},
        [OPERATION_RELEASE] = {"Release", "Released", "Would release", true,
                               "The server's GC removes what is released."},
        [OPERATION_EXPIRE] = {"Expire", "Expired", "Would expire", true,
                              "What is expired stays in the registry: GC never removes it."},
        [OPERATION_EXPIRE_DUE] = {"Expire", "Expired", "Would expire", true, ""},
        [OPERATION_RESUME] = {"Resume", "Resumed", "Would resume", false, ""},
        [OPERATION_ENSURE] = {"Ensure", "Ensured", "Would ensure", false, ""},
        [OPERATION_PURGE] = {"Remove from the registry:", "Removed", "Would remove", true,
                             "The server knows nothing of a session that has no entry."},
        [OPERATION_PURGE_DELETED] = {"Remove all released entries:", "Removed", "Would remove",
                                     false, ""},
        [OPERATION_PURGE_EXPIRED] = {"Remove old expired entries:", "Removed", "Would remove",
                                     false,
                                     "The server knows nothing of a session that has no entry."},
        [OPERATION_PUT_BACK] = {"Put back", "Put back", "Would put back", false, ""},
        [OPERATION_GC] = {"Collect", "Collected", "Would collect", false, ""},
    };
    return &words[kind];
}

const char *entry_state_word(enum entry_state state)
{
    if (state == STATE_OTHER)
        return "odd";
    return state == STATE_DELETED ? "released" : entry_state_name(state);
}

static const struct slot *find_slot(const struct model *model, struct str id)
{
    for (size_t i = 0; i < model->slot_count; i++)
        if (str_equal(model->slots[i].id, id))
            return &model->slots[i];
    return NULL;
}

size_t words_row(const struct cli *cli, struct str session_id)
{
    return model_find_row(&cli->state->model, &state_shown(cli->state)->registry, session_id);
}

bool words_add_risk(const struct cli *cli, enum operation_kind kind, struct str session_id,
                    struct buffer *out)
{
    size_t row = words_row(cli, session_id);
    size_t before = out->len;
    if (row == SIZE_MAX)
        return false;
    buffer_addf(out, ", ");
    size_t empty = out->len;
    consequence_add_risk(&state_shown(cli->state)->registry, &cli->state->model, row, kind, out);
    if (out->failed || out->len > empty)
        return true;
    out->len = before;
    return false;
}

static bool was_live(const struct change_record *record)
{
    return record->from == STATE_ACTIVE || record->from == STATE_IDLE;
}

/* How many sessions give this agent back by the change. */
static size_t count_leaving(const struct change *change, struct str agent_id)
{
    size_t count = 0;
    for (size_t i = 0; i < change->count; i++) {
        const struct outcome *outcome = &change->outcomes[i];
        for (size_t j = 0; j < outcome->change_count; j++) {
            const struct change_record *record = &outcome->changes[j];
            count += record->changed && was_live(record) && str_equal(record->slot_id, agent_id);
        }
    }
    return count;
}

/* Its chat, where one is known, goes on sending to the agent. */
static void add_pin(const struct cli *cli, const struct change_record *record, struct buffer *out)
{
    size_t row = words_row(cli, record->session_id);
    const struct chat *chat = row == SIZE_MAX ? NULL : model_chat(&cli->state->model, row);
    if (chat && str_equal(chat->agent_id, record->slot_id))
        buffer_add_str(out, STR("; its chat stays pinned to it"));
}

/* What has become of the slot that a live entry held, as the registry says now. */
static void add_freed(const struct cli *cli, const struct change *change,
                      const struct change_record *record, struct buffer *out)
{
    const struct state *state = cli->state;
    const struct slot *slot = find_slot(&state->model, record->slot_id);
    const struct registry *registry = &state_shown(state)->registry;
    if (!slot && str_equal(record->slot_id, buffer_str(&state->workspace.agent_id)))
        buffer_add_str(out, STR("; it was on the workspace agent "));
    else if (!slot)
        buffer_add_str(out, STR("; it was on an agent that is no slot of this pool, "));
    else
        buffer_add_str(out, STR("; slot "));
    buffer_add_str(out, record->slot_id);
    if (!slot)
        return;
    if (state->store.dry_run) {
        buffer_add_str(out, slot->holder_count > count_leaving(change, slot->id)
                                ? STR(" would still be held by another")
                                : STR(" would be free"));
    } else if (slot->holder_count == 0) {
        buffer_add_str(out, STR(" is free"));
    } else {
        buffer_add_str(out, STR(" is held by "));
        cli_add_short_id(cli, entry_session_id(&registry->entries[slot->holder]), out);
    }
    add_pin(cli, record, out);
}

/* What a session has again: told from the entry, whose slot is not the one it just had. */
static void add_put_back(const struct cli *cli, const struct change_record *record,
                         struct buffer *out)
{
    bool is_dry = cli->state->store.dry_run;
    bool is_live = record->to == STATE_ACTIVE || record->to == STATE_IDLE;
    struct str agent = json_member(record->after_json, STR("chatAgentId"));
    if (!record->has_entry) {
        buffer_addf(out, "; it %s no entry again", is_dry ? "would have" : "has");
        return;
    }
    buffer_addf(out, "; it %s %s again", is_dry ? "would be" : "is", entry_state_word(record->to));
    if (is_live && json_kind(agent) == JSON_STRING) {
        buffer_add_str(out, STR(", on "));
        json_decode(agent, out);
    }
}

static void add_effect(const struct cli *cli, const struct change *change,
                       const struct change_record *record, struct buffer *out)
{
    if (change_words(change->kind)->frees && !was_live(record)) {
        buffer_addf(out, "; it was %s and held no slot", entry_state_word(record->from));
    } else if (change_words(change->kind)->frees && record->slot_id.data) {
        add_freed(cli, change, record, out);
    } else if (change->kind == OPERATION_IDLE && record->slot_id.data) {
        buffer_add_str(out, STR("; it keeps "));
        buffer_add_str(out, record->slot_id);
    } else if (change->kind == OPERATION_PUT_BACK) {
        add_put_back(cli, record, out);
    } else if (change->kind == OPERATION_TOUCH) {
        buffer_addf(out, "; it %s %s", cli->state->store.dry_run ? "would be" : "is",
                    entry_state_word(record->to));
    }
}

/* The consequences of a kind are told by that of one session. */
static enum operation_kind kind_of_one(enum operation_kind kind)
{
    if (kind == OPERATION_EXPIRE_DUE)
        return OPERATION_EXPIRE;
    return kind == OPERATION_PURGE_EXPIRED ? OPERATION_PURGE : kind;
}

/* What it would come to. False where that cannot be told of the session alone: others that hold its
 * slot are changed with it. */
static bool add_prospect(const struct cli *cli, const struct change *change,
                         const struct change_record *record, struct buffer *out)
{
    const struct slot *slot = find_slot(&cli->state->model, record->slot_id);
    enum operation_kind kind = kind_of_one(change->kind);
    size_t row = words_row(cli, record->session_id);
    if (row == SIZE_MAX || (slot && count_leaving(change, slot->id) > 1))
        return false;
    size_t before = out->len;
    (void)words_add_risk(cli, kind, record->session_id, out);
    buffer_add_str(out, STR(". "));
    size_t empty = out->len;
    consequence_add(&state_shown(cli->state)->registry, &cli->state->model, row, kind, out);
    if (out->len > empty)
        return true;
    out->len = out->failed ? out->len : before;
    return false;
}

void words_of_record(const struct cli *cli, const struct change *change,
                     const struct change_record *record, struct buffer *out)
{
    const struct change_words *words = change_words(change->kind);
    bool is_dry = cli->state->store.dry_run;
    if (record->kind != ERROR_NONE || !record->changed) {
        cli_add_short_id(cli, record->session_id, out);
        buffer_addf(out, ": %s; nothing was changed",
                    record->reason ? record->reason : "it is so already");
        return;
    }
    buffer_addf(out, "%s ", is_dry ? words->would : words->done);
    cli_add_short_id(cli, record->session_id, out);
    if (is_dry && add_prospect(cli, change, record, out))
        return;
    add_effect(cli, change, record, out);
    buffer_add_char(out, '.');
}
