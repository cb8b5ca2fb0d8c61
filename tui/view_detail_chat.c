#include "tui/view_detail.h"

#include <math.h>

/* What the files around the registry tell of a session: its chat, and traces of its runs. */

static void add_messages(struct line *line, const struct chat *chat)
{
    if (isnan(chat->message_count))
        line_add(line, STR("of no known number of messages"));
    else
        line_addf(line, "%.0f message%s", chat->message_count, chat->message_count == 1 ? "" : "s");
}

/* Where its messages go, and what is odd about that. */
static enum role add_pin(struct line *line, const struct chat *chat, const struct entry *entry)
{
    bool is_live = entry_is_live(entry);
    if (!chat->agent_id.data) {
        line_add(line, STR("none in the index"));
        if (is_live)
            line_add(line, STR(": its messages may go to the workspace agent"));
        return is_live ? ROLE_WARNING : ROLE_TEXT;
    }
    line_add(line, STR("to "));
    line_add(line, chat->agent_id);
    if (!is_live) {
        line_add(line, STR(", holds nothing"));
        return ROLE_TEXT;
    }
    if (str_equal(chat->agent_id, entry_chat_agent_id(entry)))
        return ROLE_TEXT;
    line_add(line, STR(", not to the agent of its entry"));
    return ROLE_WARNING;
}

static void draw_no_chat(struct flow *flow)
{
    bool is_complete = chats_are_complete(&flow->pen->view->state->around.chats);
    flow_field(flow, "chat", ROLE_TEXT,
               is_complete ? STR("none: no session index has it")
                           : STR("none found, and not every index can be read whole"));
}

void detail_draw_chat(struct flow *flow, size_t index)
{
    const struct chat *chat = model_chat(flow->pen->model, index);
    struct line messages = {.len = 0};
    struct line moment = {.len = 0};
    struct line pin = {.len = 0};
    if (!view_knows_chats(flow->pen))
        return;
    if (!chat) {
        draw_no_chat(flow);
        return;
    }
    add_messages(&messages, chat);
    flow_field(flow, "chat", ROLE_TEXT, line_str(&messages));
    double used_ms = fmax(chat->updated_ms, chat->last_active_ms);
    detail_add_moment(&moment, used_ms);
    detail_since(flow, "chat used", used_ms, line_str(&moment));
    enum role role = add_pin(&pin, chat, pen_entry(flow->pen, index));
    flow_field(flow, "pinned", role, line_str(&pin));
    if (chat->gateway_key.data)
        flow_field(flow, "gateway", ROLE_TEXT, chat->gateway_key);
}

/* ---- runs ---- */

static struct str words_of_run(const struct evidence *evidence, struct run run)
{
    if (run.is_stalled)
        return STR("stale: its last line streams, but nothing has come for long, so the server "
                   "died or the run is silent");
    switch (run.source) {
    case EVIDENCE_STREAMING:
        return STR("in progress, by its transcript");
    case EVIDENCE_LOCK:
        return STR("in progress, by its lock");
    case EVIDENCE_STATUS:
        return STR("in progress, by the session store");
    case EVIDENCE_TRANSCRIPT:
    case EVIDENCE_WAL:
        return STR("none seen in progress");
    case EVIDENCE_NONE:
        break;
    }
    return evidence ? STR("none seen, and no trace of one") : STR("not looked for");
}

static void draw_lock(struct flow *flow, const struct evidence *evidence)
{
    struct line line = {.len = 0};
    line_addf(&line, "lock of process %ld", (long)evidence->lock_pid);
    detail_since(flow, "", evidence->lock_ms, line_str(&line));
}

void detail_draw_runs(struct flow *flow, size_t index)
{
    const struct model *model = flow->pen->model;
    struct run run = model_run(model, index);
    if (!model->knows_traces)
        return;
    const struct evidence *evidence = model_evidence(model, index);
    flow_field(flow, "run",
               run.is_running   ? ROLE_RUNNING
               : run.is_stalled ? ROLE_WARNING
                                : ROLE_TEXT,
               words_of_run(evidence, run));
    if (!evidence)
        return;
    if (evidence->has_transcript)
        detail_since(flow, "", evidence->transcript_ms,
                     evidence->is_streaming ? STR("transcript, streaming") : STR("transcript"));
    if (evidence->lock_pid > 0)
        draw_lock(flow, evidence);
    if (evidence->says_running)
        detail_since(flow, "", evidence->status_ms, STR("session store: running"));
    if (!isnan(evidence->wal_ms))
        detail_since(flow, "", evidence->wal_ms, STR("write-ahead file of its agent"));
}
