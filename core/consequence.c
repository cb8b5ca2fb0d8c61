#include "core/consequence.h"

#include "core/why.h"

#include <math.h>

/* Where the chat of a session sends its messages, beside the agent of its entry. */
enum pin {
    PIN_UNKNOWN, /* nothing is known of chats, or no chat is found and that means nothing */
    PIN_HERE,
    PIN_ELSEWHERE,
    PIN_LOST, /* the index has the chat, without a pin */
    PIN_GONE, /* there is no chat */
};

/* What an action is about, and where its consequences are told. */
struct outlook {
    const struct registry *registry;
    const struct model *model;
    size_t row;
    const struct entry *entry;
    const struct slot *slot; /* of the pool, that the entry is on; NULL: none */
    struct buffer *out;
};

static const struct slot *slot_of(const struct model *model, struct str agent_id)
{
    for (size_t i = 0; i < model->slot_count && agent_id.data; i++) {
        if (str_equal(model->slots[i].id, agent_id))
            return &model->slots[i];
    }
    return NULL;
}

static struct outlook outlook_of(const struct registry *registry, const struct model *model,
                                 size_t row, struct buffer *out)
{
    const struct entry *entry = model_entry(model, registry, row);
    return (struct outlook){
        .registry = registry,
        .model = model,
        .row = row,
        .entry = entry,
        .slot = slot_of(model, entry_chat_agent_id(entry)),
        .out = out,
    };
}

static enum pin pin_of(const struct outlook *outlook)
{
    const struct chat *chat = model_chat(outlook->model, outlook->row);
    if (!chat)
        return model_view(outlook->model, outlook->row) == VIEW_GHOST ? PIN_GONE : PIN_UNKNOWN;
    if (!chat->agent_id.data)
        return PIN_LOST;
    return str_equal(chat->agent_id, entry_chat_agent_id(outlook->entry)) ? PIN_HERE
                                                                          : PIN_ELSEWHERE;
}

/* On the workspace agent, whatever its state; a slot of the pool is none. */
static bool is_fallback(const struct outlook *outlook)
{
    const struct entry *entry = outlook->entry;
    return !outlook->slot && entry_chat_agent_id(entry).data &&
           str_equal(entry_chat_agent_id(entry), entry_workspace_agent_id(entry));
}

/* So long ago, before now: negative for the future, NaN where no use is known. */
static double quiet_ms(const struct outlook *outlook)
{
    return (double)outlook->model->now_ms -
           model_used_ms(outlook->model, outlook->registry, outlook->row);
}

static bool is_in_use(const struct outlook *outlook)
{
    return model_run(outlook->model, outlook->row).is_running ||
           quiet_ms(outlook) <= MODEL_IN_USE_MS;
}

/* ---- names ---- */

static void add_short_id(const struct outlook *outlook, size_t row)
{
    struct str id = entry_session_id(model_entry(outlook->model, outlook->registry, row));
    id.len = model_short_len(outlook->model, outlook->registry, id);
    buffer_add_str(outlook->out, id);
}

/* "slot 1", or an agent that is none of the pool. */
static void add_place(const struct outlook *outlook, struct str agent_id)
{
    const struct slot *slot = slot_of(outlook->model, agent_id);
    if (slot)
        buffer_add_str(outlook->out, STR("slot "));
    buffer_add_str(outlook->out, slot ? slot->label : agent_id);
}

/* The same of the agent of the entry. */
static void add_own_place(const struct outlook *outlook)
{
    add_place(outlook, entry_chat_agent_id(outlook->entry));
}

/* ---- a hold that ends ---- */

/* The latest used holder but for this row. */
static size_t other_holder(const struct outlook *outlook)
{
    const struct registry *registry = outlook->registry;
    size_t found = outlook->slot->holder;
    if (found != outlook->row)
        return found;
    for (size_t i = 0; i < registry->count; i++) {
        const struct entry *entry = &registry->entries[i];
        if (i == outlook->row || !entry_is_live(entry) ||
            !str_equal(entry_chat_agent_id(entry), outlook->slot->id))
            continue;
        if (found == outlook->row ||
            !(entry->last_active_at_ms < registry->entries[found].last_active_at_ms))
            found = i;
    }
    return found;
}

/* A clause on the place, which the sentence goes on from. */
static void add_freed(const struct outlook *outlook)
{
    struct buffer *out = outlook->out;
    const struct slot *slot = outlook->slot;
    if (!entry_chat_agent_id(outlook->entry).data || is_fallback(outlook)) {
        buffer_addf(out, "It holds no slot: nothing becomes free");
    } else if (!slot) {
        buffer_addf(out, "No slot of this pool becomes free: it is on ");
        add_own_place(outlook);
    } else {
        buffer_addf(out, "Slot ");
        buffer_add_str(out, slot->label);
        if (slot->holder_count < 2) {
            buffer_addf(out, " is free for the next new chat");
            return;
        }
        buffer_addf(out, " stays held by ");
        add_short_id(outlook, other_holder(outlook));
        if (slot->holder_count > 2)
            buffer_addf(out, " and %zu more", slot->holder_count - 2);
    }
}

/* What the chat goes on doing, for nothing moves a chat: the rest of that sentence. */
static void add_stays(const struct outlook *outlook)
{
    struct buffer *out = outlook->out;
    bool meets_another = outlook->slot && is_in_use(outlook);
    switch (pin_of(outlook)) {
    case PIN_HERE:
        if (is_fallback(outlook)) {
            buffer_addf(out, ". This chat stays on the workspace agent ");
            add_own_place(outlook);
        } else if (meets_another) {
            buffer_addf(out, ". This chat stays pinned to it until it is closed: both will send to "
                             "one agent");
        } else {
            buffer_addf(out, "; this chat stays pinned to it");
        }
        break;
    case PIN_ELSEWHERE:
        buffer_addf(out, "; its chat is pinned to ");
        add_place(outlook, model_chat(outlook->model, outlook->row)->agent_id);
        break;
    case PIN_LOST:
        buffer_addf(out, outlook->slot ? "; the session index has lost its chat's pin" : "");
        break;
    case PIN_GONE:
        buffer_addf(out, "; its chat is gone");
        break;
    case PIN_UNKNOWN:
        if (outlook->slot)
            buffer_addf(out, meets_another ? ". Its chat may stay pinned to it: both would send to "
                                             "one agent"
                                           : "; its chat may stay pinned to it");
        break;
    }
    buffer_add_char(out, '.');
}

/* Who uses the slot without holding it goes on beside whoever gets it. */
static void add_sharers(const struct outlook *outlook)
{
    const struct slot *slot = outlook->slot;
    if (!slot || slot->sharer_count == 0)
        return;
    buffer_add_char(outlook->out, ' ');
    add_short_id(outlook, slot->sharer);
    if (slot->sharer_count > 1)
        buffer_addf(outlook->out, " and %zu more go on sending to it.", slot->sharer_count - 1);
    else
        buffer_addf(outlook->out, " goes on sending to it.");
}

/* ---- a hold that had ended before ---- */

static void add_goes_on(const struct outlook *outlook)
{
    enum session_view view = model_view(outlook->model, outlook->row);
    const struct chat *chat = model_chat(outlook->model, outlook->row);
    struct str agent =
        chat && chat->agent_id.data ? chat->agent_id : entry_chat_agent_id(outlook->entry);
    if (view != VIEW_SHARED && view != VIEW_IN_USE)
        return;
    buffer_addf(outlook->out, "; its chat goes on sending to ");
    add_place(outlook, agent.data ? agent : STR("its agent"));
}

/* ---- a hold that goes on, or begins ---- */

/* How long a live entry like this one holds its place; `frees_at_ms`: the GC pass that ends it, as
 * far as known. */
static void add_until(const struct outlook *outlook, const struct entry *entry, double frees_at_ms)
{
    struct buffer *out = outlook->out;
    double now_ms = (double)outlook->model->now_ms;
    double ends_ms = entry_expires_at_ms(entry);
    if (isnan(ends_ms)) {
        buffer_addf(out, " for good: its TTL never ends.");
    } else if (ends_ms <= now_ms) {
        buffer_addf(out, " until the next GC expires it.");
    } else if (frees_at_ms > now_ms) {
        buffer_addf(out, " until GC expires it, in about ");
        why_add_span(frees_at_ms - now_ms, out);
        buffer_add_char(out, '.');
    } else {
        buffer_addf(out, " until GC expires it, in ");
        why_add_span(ends_ms - now_ms, out);
        buffer_addf(out, " or later.");
    }
}

static void add_idle(const struct outlook *outlook)
{
    struct buffer *out = outlook->out;
    const struct slot *slot = outlook->slot;
    bool was_live = entry_is_live(outlook->entry);
    if (!entry_chat_agent_id(outlook->entry).data) {
        buffer_addf(out, was_live ? "It holds no slot." : "It becomes live, and holds no slot.");
    } else if (is_fallback(outlook)) {
        buffer_addf(out, was_live ? "It stays on the workspace agent "
                                  : "It becomes live, on the workspace agent ");
        add_own_place(outlook);
        buffer_add_char(out, '.');
    } else if (!was_live && slot && slot->holder_count > 0) {
        buffer_addf(out, "It becomes live on slot ");
        buffer_add_str(out, slot->label);
        buffer_addf(out, ", which ");
        add_short_id(outlook, slot->holder);
        buffer_addf(out, " holds: that is double-booked then.");
    } else {
        bool is_known = slot && slot->holder_count == 1;
        buffer_addf(out, was_live ? "It keeps " : "It becomes live, and holds ");
        add_own_place(outlook);
        add_until(outlook, outlook->entry, is_known ? slot->frees_at_ms : (double)NAN);
    }
}

static void add_touch(const struct outlook *outlook)
{
    struct buffer *out = outlook->out;
    struct entry touched = *outlook->entry;
    touched.last_active_at_ms = (double)outlook->model->now_ms;
    if (!entry_is_live(outlook->entry)) {
        buffer_addf(out, "Only its time of last use changes: it holds no slot.");
    } else if (!entry_chat_agent_id(&touched).data) {
        buffer_addf(out, "Its TTL begins anew; it holds no slot.");
    } else if (is_fallback(outlook)) {
        buffer_addf(out, "Its TTL begins anew; it stays on the workspace agent ");
        add_own_place(outlook);
        buffer_add_char(out, '.');
    } else {
        buffer_addf(out, "Its TTL begins anew: it keeps ");
        add_own_place(outlook);
        add_until(outlook, &touched, NAN);
    }
}

/* ---- the actions ---- */

static void add_ended(const struct outlook *outlook, const char *fate)
{
    add_freed(outlook);
    add_stays(outlook);
    add_sharers(outlook);
    buffer_addf(outlook->out, " %s", fate);
}

static void add_released(const struct outlook *outlook)
{
    static const char fate[] = "GC removes the entry.";
    if (entry_is_live(outlook->entry)) {
        add_ended(outlook, fate);
        return;
    }
    buffer_addf(outlook->out, "It holds no slot: nothing becomes free");
    add_goes_on(outlook);
    buffer_addf(outlook->out, ". %s", fate);
}

static void add_purged(const struct outlook *outlook)
{
    enum session_view view = model_view(outlook->model, outlook->row);
    if (entry_is_live(outlook->entry)) {
        add_ended(outlook, "The registry forgets it.");
        return;
    }
    buffer_addf(outlook->out, "The registry forgets it");
    if (outlook->entry->is_odd && outlook->entry->odd->is_null)
        buffer_addf(outlook->out, ", and the server's code no longer fails on it");
    else if (view == VIEW_SHARED || view == VIEW_IN_USE)
        add_goes_on(outlook);
    else
        buffer_addf(outlook->out, "; nothing else changes");
    buffer_add_char(outlook->out, '.');
}

void consequence_add(const struct registry *registry, const struct model *model, size_t row,
                     enum operation_kind kind, struct buffer *out)
{
    struct outlook outlook = outlook_of(registry, model, row, out);
    const struct entry *entry = outlook.entry;
    bool is_object = entry->shape == ENTRY_OBJECT;
    bool is_over = entry->state == STATE_EXPIRED || entry->state == STATE_DELETED;
    if (model_is_forgotten(model, row) || entry->changes & CHANGE_REMOVED)
        return;
    if (kind == OPERATION_IDLE && is_object && entry->state != STATE_IDLE && !is_over)
        add_idle(&outlook);
    else if (kind == OPERATION_EXPIRE && entry_is_live(entry))
        add_ended(&outlook, "The entry stays, as expired.");
    else if (kind == OPERATION_RELEASE && is_object && entry->state != STATE_DELETED)
        add_released(&outlook);
    else if (kind == OPERATION_PURGE)
        add_purged(&outlook);
    else if (kind == OPERATION_TOUCH && is_object)
        add_touch(&outlook);
}

/* Only what takes a hold away is risky. */
static bool ends_hold(const struct outlook *outlook, enum operation_kind kind)
{
    return (kind == OPERATION_EXPIRE || kind == OPERATION_RELEASE || kind == OPERATION_PURGE) &&
           entry_is_live(outlook->entry);
}

bool consequence_is_risky(const struct registry *registry, const struct model *model, size_t row,
                          enum operation_kind kind)
{
    struct outlook outlook = outlook_of(registry, model, row, NULL);
    return ends_hold(&outlook, kind) && is_in_use(&outlook);
}

void consequence_add_risk(const struct registry *registry, const struct model *model, size_t row,
                          enum operation_kind kind, struct buffer *out)
{
    struct outlook outlook = outlook_of(registry, model, row, out);
    struct run run = model_run(model, row);
    double quiet = quiet_ms(&outlook);
    if (!ends_hold(&outlook, kind))
        return;
    if (run.is_running) {
        buffer_addf(out, "a run is in progress (%s, ", evidence_source_name(run.source));
        why_add_span((double)model->now_ms - run.at_ms, out);
        buffer_addf(out, " ago)");
    } else if (quiet < -MODEL_IN_USE_MS) { /* clocks that differ a little are now */
        buffer_addf(out, "last used in the future");
    } else if (quiet <= MODEL_IN_USE_MS) {
        buffer_addf(out, "used ");
        why_add_span(quiet, out);
        buffer_addf(out, " ago");
    }
}
