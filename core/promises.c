#include "core/promises.h"

#include <stdlib.h>
#include <string.h>

static void promise_done(struct promise *promise)
{
    intents_done(&promise->intents);
    arena_done(&promise->arena);
}

void promises_done(struct promises *promises)
{
    for (size_t i = 0; i < promises->count; i++)
        promise_done(&promises->items[i]);
    free(promises->items);
    *promises = (struct promises){0};
}

static void forget(struct promises *promises, size_t index)
{
    promise_done(&promises->items[index]);
    promises->count--;
    memmove(&promises->items[index], &promises->items[index + 1],
            (promises->count - index) * sizeof(*promises->items));
}

static struct str session_of(const struct promise *promise)
{
    return promise->intents.items[0].session_id;
}

static bool is_earlier(const struct promise *promise, const struct intent_side *side)
{
    for (size_t i = 0; i < promise->earlier_count; i++)
        if (intent_same_side(side, &promise->earlier[i]))
            return true;
    return false;
}

static void add_earlier(struct promise *promise, const struct intent_side *side)
{
    if (!side->exists || is_earlier(promise, side))
        return;
    if (promise->earlier_count == PROMISE_EARLIER)
        memmove(promise->earlier, promise->earlier + 1,
                --promise->earlier_count * sizeof(*promise->earlier));
    promise->earlier[promise->earlier_count++] = *side;
}

/* A server that was stopped may come back with what was there two edits ago. */
static void inherit(struct promise *promise, const struct promise *former)
{
    memcpy(promise->earlier, former->earlier, sizeof(promise->earlier));
    promise->earlier_count = former->earlier_count;
    add_earlier(promise, &former->intents.items[0].before);
    add_earlier(promise, &former->intents.items[0].after);
}

static void take_over(struct promises *promises, struct promise *successor)
{
    for (size_t i = promises->count; i-- > 0;)
        if (str_equal(session_of(&promises->items[i]), session_of(successor))) {
            inherit(successor, &promises->items[i]);
            forget(promises, i);
        }
}

/* Makes a promise of one change; its record is taken for an outcome of its own. */
static int make_promise(const struct change_record *change, struct promise *ret_promise,
                        struct error *error)
{
    struct change_record record = *change;
    const struct outcome outcome = {.changes = &record, .change_count = 1};
    struct promise promise = {0};
    if (record.after_json.data) {
        promise.entry_text = arena_copy(&promise.arena, record.after_json);
        if (!promise.entry_text.data)
            return error_no_memory(error, "remembering the edit");
    }
    int result = intents_collect(&outcome, 1, &promise.intents, error);
    if (result != 0)
        promise_done(&promise);
    else
        *ret_promise = promise;
    return result;
}

int promises_add(struct promises *promises, const struct outcome *outcome, struct error *error)
{
    int result = 0;
    if (!promises->items)
        promises->items = calloc(PROMISES_MAX, sizeof(*promises->items));
    if (!promises->items)
        return error_no_memory(error, "remembering the edit");
    for (size_t i = 0; result == 0 && i < outcome->change_count; i++) {
        const struct change_record *change = &outcome->changes[i];
        struct promise promise;
        if (!change->changed)
            continue;
        result = make_promise(change, &promise, error);
        if (result != 0)
            break;
        take_over(promises, &promise);
        if (promises->count == PROMISES_MAX)
            forget(promises, 0);
        promises->items[promises->count++] = promise;
    }
    return result;
}

/* The entry that shows an old value gets the new one, if it still shows it under the lease. */
static bool apply_again(const struct promise *promise, const struct intent_side *now,
                        const struct store *store, struct error *error)
{
    const struct operation operation = {
        .kind = OPERATION_PUT_BACK,
        .session_id = session_of(promise),
        .entry_text = promise->entry_text,
        .has_guard = true,
        .guard_absent = !now->exists,
        .guard_state = now->state,
        .guard_last_active_at_ms = now->last_active_ms,
    };
    struct outcome outcome;
    struct store_report report;
    struct store plain = *store;
    plain.copies_dir = NULL; /* the version before the edit was kept when it was made */
    bool done = store_apply(&plain, &operation, 1, NULL, &outcome, &report, error) == 0;
    if (done && !outcome.changes[0].changed) {
        done = false;
        (void)error_set(error, outcome.changes[0].kind, 0, "%s",
                        outcome.changes[0].reason ? outcome.changes[0].reason : "it has changed");
    }
    outcome_done(&outcome);
    return done;
}

static enum intent_fate fate_of(const struct promise *promise, const struct intent_side *now)
{
    enum intent_fate fate = intent_fate_of(&promise->intents.items[0], now);
    return fate == INTENT_MOVED_ON && is_earlier(promise, now) ? INTENT_OUTDATED : fate;
}

/* GC's good right, even where the entry was the same before our edit; else the two of us would go
 * on for ever. */
static bool is_expired_by_gc(const struct promise *promise, const struct registry *registry,
                             int64_t now_ms)
{
    const struct entry *entry = registry_find(registry, session_of(promise));
    const struct intent_side *after = &promise->intents.items[0].after;
    return now_ms > 0 && entry && entry->state == STATE_EXPIRED && after->exists &&
           after->state < STATE_EXPIRED && entry->last_active_at_ms >= after->last_active_ms &&
           entry->last_active_at_ms + entry_idle_ttl_ms(entry) < (double)now_ms;
}

static bool is_lost(enum intent_fate fate)
{
    return fate == INTENT_OVERWRITTEN || fate == INTENT_OUTDATED;
}

void promises_let_go(struct promises *promises, const struct registry *registry,
                     promises_judge is_taken_back, void *context)
{
    for (size_t i = promises->count; i-- > 0;) {
        struct str id = session_of(&promises->items[i]);
        const struct intent_side now = intent_side_now(registry, id);
        if (!promises->items[i].is_let_go && is_lost(fate_of(&promises->items[i], &now)) &&
            is_taken_back(context, id))
            forget(promises, i);
    }
}

static void count(struct promise_count *count, const struct promise *promise)
{
    count->count++;
    buffer_clear(&count->session_id);
    buffer_add_str(&count->session_id, session_of(promise));
}

void promise_news_done(struct promise_news *news)
{
    buffer_done(&news->applied.session_id);
    buffer_done(&news->failed.session_id);
    buffer_done(&news->moved_on.session_id);
    buffer_done(&news->ended.session_id);
    *news = (struct promise_news){.moved_to = STATE_OTHER};
}

/* Lets go of an edit whose entry has changed since. */
static void let_go(struct promise *promise, enum entry_state state, bool is_by_gc,
                   struct promise_news *news)
{
    bool is_ended = is_by_gc || state == STATE_DELETED;
    promise->is_let_go = true;
    count(is_ended ? &news->ended : &news->moved_on, promise);
    if (!is_ended)
        news->moved_to = state;
}

void promises_keep(struct promises *promises, const struct store *store,
                   const struct registry *registry, struct promise_news *ret_news)
{
    *ret_news = (struct promise_news){.moved_to = STATE_OTHER};
    for (size_t i = 0; i < promises->count; i++) {
        struct promise *promise = &promises->items[i];
        const struct intent_side now = intent_side_now(registry, session_of(promise));
        enum intent_fate fate = promise->is_let_go ? INTENT_HOLDS : fate_of(promise, &now);
        if (fate == INTENT_HOLDS || fate == INTENT_GONE)
            continue;
        bool is_by_gc = is_expired_by_gc(promise, registry, store->now_ms);
        if (!is_lost(fate) || is_by_gc)
            let_go(promise, now.state, is_by_gc, ret_news);
        else if (apply_again(promise, &now, store, &ret_news->error))
            count(&ret_news->applied, promise);
        else
            count(&ret_news->failed, promise);
    }
}
