#include "core/why_part.h"

#include <errno.h>
#include <math.h>

#define SECOND_MS 1000.0
#define MINUTE_MS 60000.0
#define HOUR_MS 3600000.0
#define DAY_MS 86400000.0
#define LONG_DAYS 99999

void why_add_span(double ms, struct buffer *out)
{
    double rest = ms > 0 ? ms : 0;
    if (!(rest < (LONG_DAYS + 1) * DAY_MS))
        buffer_addf(out, ">%dd", LONG_DAYS);
    else if (rest < MINUTE_MS)
        buffer_addf(out, "%ds", (int)(rest / SECOND_MS));
    else if (rest < 2 * MINUTE_MS)
        buffer_addf(out, "1m%02d", (int)((rest - MINUTE_MS) / SECOND_MS));
    else if (rest < 2 * HOUR_MS)
        buffer_addf(out, "%dm", (int)(rest / MINUTE_MS));
    else if (rest < 2 * DAY_MS)
        buffer_addf(out, "%dh%02d", (int)(rest / HOUR_MS), (int)(fmod(rest, HOUR_MS) / MINUTE_MS));
    else
        buffer_addf(out, "%dd", (int)(rest / DAY_MS));
}

void why_add_bound(double ms, struct buffer *out)
{
    double step_ms = ms < 2 * MINUTE_MS ? SECOND_MS : MINUTE_MS;
    why_add_span(ceil(ms / step_ms) * step_ms, out);
}

struct str inquiry_label(const struct inquiry *inquiry, size_t place)
{
    return inquiry->sources->model->slots[inquiry->why->slots[place].slot].label;
}

void inquiry_add_short_id(const struct inquiry *inquiry, struct str id, struct buffer *out)
{
    const struct registry *registry = &inquiry->sources->document->registry;
    const struct entry *entry = registry_get(registry, id);
    if (entry)
        id.len = model_short_len(inquiry->sources->model, registry, id);
    buffer_add_str(out, id);
}

/* What the holdings come to. */
struct holdings {
    size_t counts[HOLDING_FREE + 1];
    size_t held;      /* known to be */
    size_t still;     /* of these: until now */
    double quiet_ms;  /* so long at least were the quiet ones; NaN: not known of any */
    bool is_doubtful; /* not known of all */
    size_t first_free;
};

static struct holdings take_tally(const struct why *why)
{
    struct holdings tally = {.quiet_ms = NAN, .first_free = SIZE_MAX};
    for (size_t i = 0; i < why->slot_count; i++) {
        const struct why_slot *hold = &why->slots[i];
        tally.counts[hold->holding]++;
        tally.held += hold->holding != HOLDING_UNKNOWN && hold->holding != HOLDING_FREE;
        tally.still += hold->holds_still;
        if (hold->holding == HOLDING_FREE && tally.first_free == SIZE_MAX)
            tally.first_free = i;
        if (hold->holding != HOLDING_QUIET)
            continue;
        tally.quiet_ms = fmin(tally.quiet_ms, why->at_ms - hold->used_ms);
        tally.is_doubtful |= hold->is_used_later || isnan(hold->used_ms);
    }
    return tally;
}

static void add_holding(const struct holdings *tally, enum holding holding, struct buffer *out)
{
    switch (holding) {
    case HOLDING_GHOST:
        buffer_addf(out, tally->counts[holding] == 1 ? "for a chat that is deleted by now"
                                                     : "for chats that are deleted by now");
        break;
    case HOLDING_OVERDUE:
        buffer_addf(out, "past %s TTL and waiting for GC",
                    tally->counts[holding] == 1 ? "its" : "their");
        break;
    case HOLDING_QUIET:
        buffer_addf(out, tally->counts[holding] == 1 ? "by a chat" : "by chats");
        if (isnan(tally->quiet_ms)) {
            buffer_addf(out, " of which no use is known");
            break;
        }
        buffer_addf(out, " that had been quiet for ");
        why_add_span(tally->quiet_ms, out);
        buffer_addf(out, tally->counts[holding] == 1 ? "" : " or more");
        if (tally->is_doubtful)
            buffer_addf(out, " as far as is known");
        break;
    case HOLDING_BUSY:
        buffer_addf(out, "in use");
        break;
    case HOLDING_UNKNOWN:
    case HOLDING_FREE:
        break;
    }
}

static void add_holdings(const struct holdings *tally, struct buffer *out)
{
    static const enum holding order[] = {HOLDING_GHOST, HOLDING_OVERDUE, HOLDING_QUIET,
                                         HOLDING_BUSY};
    const char *before = ": ";
    for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
        size_t count = tally->counts[order[i]];
        if (count == 0)
            continue;
        if (count == tally->held)
            buffer_addf(out, count == 1 ? ", " : ", all of them ");
        else
            buffer_addf(out, "%s%zu ", before, count);
        add_holding(tally, order[i], out);
        before = ", ";
    }
}

static void add_nearest(const struct inquiry *inquiry, const struct holdings *tally,
                        struct buffer *out)
{
    const struct why *why = inquiry->why;
    if (why->nearest == SIZE_MAX) {
        if (tally->still == why->slot_count)
            buffer_addf(out, why->slot_count == 1 ? "; it is held still" : "; all are held still");
        return;
    }
    const struct why_slot *hold = &why->slots[why->nearest];
    buffer_addf(out, "; slot ");
    buffer_add_str(out, inquiry_label(inquiry, why->nearest));
    buffer_addf(out, " was freed ");
    if (hold->freed_ms < hold->freed_by_ms) {
        buffer_addf(out, "within ");
        why_add_bound(hold->freed_by_ms - why->at_ms, out);
        return;
    }
    buffer_addf(out, hold->is_freed_seen ? "" : "about ");
    why_add_span(hold->freed_ms - why->at_ms, out);
    buffer_addf(out, " later");
}

static void add_of_slots(const struct inquiry *inquiry, struct buffer *out)
{
    const struct why *why = inquiry->why;
    struct holdings tally = take_tally(why);
    if (tally.first_free != SIZE_MAX) {
        buffer_addf(out, "Slot ");
        buffer_add_str(out, inquiry_label(inquiry, tally.first_free));
        buffer_addf(out, " was seen to be free then: the server took another workspace's pool, or "
                         "could not use the config at that moment");
        return;
    }
    if (tally.held == 0) {
        buffer_addf(out, "Who held the slots then is not known: their entries have gone or were "
                         "made anew since, or the pool was another one");
        return;
    }
    if (tally.held < why->slot_count)
        buffer_addf(out, "Of %zu slots, %zu %s known to have been held", why->slot_count,
                    tally.held, tally.held == 1 ? "is" : "are");
    else if (tally.held == 1)
        buffer_addf(out, "The only slot was held");
    else
        buffer_addf(out, "All %zu slots were held", tally.held);
    add_holdings(&tally, out);
    add_nearest(inquiry, &tally, out);
}

static void add_no_fallback(const struct inquiry *inquiry, struct buffer *out)
{
    const struct model *model = inquiry->sources->model;
    const struct why *why = inquiry->why;
    buffer_addf(out, "Session ");
    inquiry_add_short_id(inquiry, why->session_id, out);
    if (!why->agent_id.data) {
        buffer_addf(out, " has no chat agent");
        return;
    }
    buffer_addf(out, " did not fall back: it got ");
    for (size_t i = 0; i < model->slot_count; i++) {
        if (!str_equal(model->slots[i].id, why->agent_id))
            continue;
        buffer_addf(out, "slot ");
        buffer_add_str(out, model->slots[i].label);
        return;
    }
    buffer_add_str(out, why->agent_id);
}

static void add_elsewhere(const struct inquiry *inquiry, struct buffer *out)
{
    struct str ours = buffer_str(&inquiry->sources->workspace->agent_id);
    buffer_addf(out, "It fell back to the workspace agent ");
    buffer_add_str(out, inquiry->why->agent_id);
    buffer_addf(out, ", and the pool looked at is ");
    if (ours.len == 0) {
        buffer_addf(out, "none, for which workspace is active cannot be told");
        return;
    }
    buffer_addf(out, "that of ");
    buffer_add_str(out, ours);
}

/* By the config as it is now. */
static void add_config(const struct config_pool *pool, struct buffer *out)
{
    switch (pool->state) {
    case CONFIG_OK:
        break;
    case CONFIG_MISSING:
        buffer_addf(out, "openclaw.json is missing now: without it the pool has no slots");
        break;
    case CONFIG_NOT_STRICT:
        buffer_addf(out, "openclaw.json is not strict JSON now (%s): DenchClaw sees no slots in it",
                    pool->trouble);
        break;
    case CONFIG_NO_LIST:
        buffer_addf(out, "openclaw.json lists no slots now (%s)", pool->trouble);
        break;
    case CONFIG_ENTRY_INVALID:
        buffer_addf(out,
                    "The server's code throws on openclaw.json as it is now (%s), and would "
                    "have made no entry: it was another one then",
                    pool->trouble);
        break;
    case CONFIG_UNREADABLE:
        buffer_addf(out,
                    "openclaw.json cannot be read now (%s): if the server could not either, "
                    "it saw no slots",
                    pool->trouble);
        break;
    }
}

static void add_sentence(const struct inquiry *inquiry, struct buffer *out)
{
    const struct why *why = inquiry->why;
    if (why->cause == WHY_NO_FALLBACK)
        add_no_fallback(inquiry, out);
    else if (inquiry->is_elsewhere)
        add_elsewhere(inquiry, out);
    else if (inquiry->sources->pool->state != CONFIG_OK)
        add_config(inquiry->sources->pool, out);
    else if (why->slot_count == 0)
        buffer_addf(out, "The pool has no slots now");
    else if (isnan(why->at_ms))
        buffer_addf(out, "When it fell back is not known, for its createdAt is no number");
    else
        add_of_slots(inquiry, out);
    buffer_add_char(out, '.');
}

static struct str keep(struct why *why, struct buffer *text)
{
    struct str kept = {0};
    if (!text->failed)
        kept = arena_copy(&why->arena, buffer_str(text));
    buffer_clear(text);
    return kept;
}

int inquiry_put_in_words(const struct inquiry *inquiry)
{
    struct why *why = inquiry->why;
    struct buffer text = {0};
    add_sentence(inquiry, &text);
    why->sentence = keep(why, &text);
    inquiry_add_advice(inquiry, &text);
    why->advice = keep(why, &text);
    buffer_done(&text);
    return why->sentence.data && why->advice.data ? 0 : -ENOMEM;
}
