#include "tui/cli_words.h"

#include "core/json.h"
#include "tui/cli_print.h"

#define NEXT_FREED                                                                                 \
    "The slot goes to the next new chat; the old chat stays pinned to it until it is closed."
#define NEXT_RELEASED NEXT_FREED " The server's GC removes the entry."

const struct change_words *change_words(enum operation_kind kind)
{
    static const struct change_words words[] = {
        [OPERATION_ALLOCATE] = {"Allocate", "Allocated", "Would allocate", false, ""},
        [OPERATION_TOUCH] = {"Touch", "Touched", "Would touch", false, ""},
        [OPERATION_IDLE] = {"Mark as idle", "Marked as idle:", "Would mark as idle:", false,
                            "Its next use makes it active again; GC expires it past its TTL."},
        [OPERATION_RELEASE] = {"Release", "Released", "Would release", true, NEXT_RELEASED},
        [OPERATION_EXPIRE] = {"Expire", "Expired", "Would expire", true, NEXT_FREED},
        [OPERATION_EXPIRE_DUE] = {"Expire", "Expired", "Would expire", true, NEXT_FREED},
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

/* What has become of the slot that a live entry held, as the registry says now. */
static void add_freed(const struct cli *cli, const struct change_record *record, struct buffer *out)
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
        buffer_add_str(out, slot->holder_count > 1 ? STR(" would still be held by another")
                                                   : STR(" would be free"));
    } else if (slot->holder_count == 0) {
        buffer_add_str(out, STR(" is free"));
    } else {
        buffer_add_str(out, STR(" is held by "));
        cli_add_short_id(cli, registry->entries[slot->holder].session_id, out);
    }
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

static void add_effect(const struct cli *cli, enum operation_kind kind,
                       const struct change_record *record, struct buffer *out)
{
    bool was_live = record->from == STATE_ACTIVE || record->from == STATE_IDLE;
    if (change_words(kind)->frees && !was_live) {
        buffer_addf(out, "; it was %s and held no slot", entry_state_word(record->from));
    } else if (change_words(kind)->frees && record->slot_id.data) {
        add_freed(cli, record, out);
    } else if (kind == OPERATION_IDLE && record->slot_id.data) {
        buffer_add_str(out, STR("; it keeps "));
        buffer_add_str(out, record->slot_id);
    } else if (kind == OPERATION_PUT_BACK) {
        add_put_back(cli, record, out);
    } else if (kind == OPERATION_TOUCH) {
        buffer_addf(out, "; it %s %s", cli->state->store.dry_run ? "would be" : "is",
                    entry_state_word(record->to));
    }
}

void words_of_record(const struct cli *cli, enum operation_kind kind,
                     const struct change_record *record, struct buffer *out)
{
    const struct change_words *words = change_words(kind);
    if (record->kind != ERROR_NONE || !record->changed) {
        cli_add_short_id(cli, record->session_id, out);
        buffer_addf(out, ": %s; nothing was changed",
                    record->reason ? record->reason : "it is so already");
        return;
    }
    buffer_addf(out, "%s ", cli->state->store.dry_run ? words->would : words->done);
    cli_add_short_id(cli, record->session_id, out);
    add_effect(cli, kind, record, out);
    buffer_add_char(out, '.');
}
