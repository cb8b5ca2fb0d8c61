#include "core/tally.h"

#include "core/findings.h"
#include "core/model_part.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { START_CAPACITY = 16, FEW_SHARE = 16, FEW_ALWAYS = 16 };

bool row_list_add(struct row_list *list, size_t row)
{
    if (list->count == list->capacity) {
        size_t capacity = list->capacity ? 2 * list->capacity : START_CAPACITY;
        uint32_t *rows = reallocarray(list->rows, capacity, sizeof(*rows));
        if (!rows)
            return false;
        list->rows = rows;
        list->capacity = capacity;
    }
    list->rows[list->count++] = (uint32_t)row;
    return true;
}

void row_list_done(struct row_list *list)
{
    free(list->rows);
    *list = (struct row_list){.rows = NULL};
}

void tally_done(struct tally *tally)
{
    free(tally->rows);
    free(tally->lasts);
    row_list_done(&tally->changed);
    row_list_done(&tally->restless);
    *tally = (struct tally){.is_made = false};
}

void tally_void(struct tally *tally)
{
    tally->is_made = tally->is_followed = false;
    tally->changed.count = 0;
}

static bool is_over(const struct entry *entry)
{
    return entry->shape == ENTRY_OBJECT && !(entry->changes & CHANGE_REMOVED) &&
           (entry->state == STATE_EXPIRED || entry->state == STATE_DELETED);
}

/* ---- of one entry ---- */

static double end_of(const struct entry *entry)
{
    return entry->state == STATE_EXPIRED ? entry->last_active_at_ms + entry_idle_ttl_ms(entry)
                                         : NAN;
}

/* Returns the bit of those that are old. */
static unsigned grow(struct tally *tally, const struct entry *entry)
{
    struct growth *growth = &tally->growth;
    double end_ms = end_of(entry);
    if (isnan(end_ms))
        return 0;
    if ((double)tally->now_ms - end_ms > FINDINGS_GROWTH_MS) {
        growth->oldest_ms = growth->count ? fmin(growth->oldest_ms, end_ms) : end_ms;
        growth->count++;
        growth->bytes += entry->value_len;
        return ROW_OUTLIVED;
    }
    growth->soonest_ms = growth->soon ? fmin(growth->soonest_ms, end_ms) : end_ms;
    growth->soon++;
    return 0;
}

/* A time that is none is before all others; of equal ones the later row, which was made later. */
static bool is_later(double used_ms, size_t row, const struct last_holder *last)
{
    if (!last->is_known || isnan(last->used_ms) != isnan(used_ms))
        return !last->is_known || isnan(last->used_ms);
    return used_ms > last->used_ms || (!(used_ms < last->used_ms) && row > last->row);
}

/* Of an entry that is over; `place`: of its slot, STRING_INDEX_NONE for none of the pool. */
static void add(struct tally *tally, size_t row, const struct entry *entry, size_t place)
{
    bool is_expired = entry->state == STATE_EXPIRED;
    double used_ms = entry->last_active_at_ms;
    tally->expired += is_expired;
    tally->released += !is_expired;
    tally->rows[row] =
        (uint8_t)(ROW_OVER | grow(tally, entry) | (is_expired ? VIEW_EXPIRED : VIEW_RELEASED));
    if (place != STRING_INDEX_NONE && is_later(used_ms, row, &tally->lasts[place]))
        tally->lasts[place] = (struct last_holder){true, (uint32_t)row, used_ms};
}

/* False where another one would have to be looked for. */
static bool take_away(struct tally *tally, size_t row, const struct entry *entry, size_t place)
{
    struct growth *growth = &tally->growth;
    bool is_old = tally->rows[row] & ROW_OUTLIVED;
    double end_ms = end_of(entry);
    tally->expired -= entry->state == STATE_EXPIRED;
    tally->released -= entry->state == STATE_DELETED;
    tally->rows[row] = VIEW_FORGOTTEN;
    growth->count -= is_old;
    growth->bytes -= is_old ? entry->value_len : 0;
    growth->soon -= !is_old && !isnan(end_ms);
    if (is_old ? growth->count > 0 && end_ms == growth->oldest_ms
               : growth->soon > 0 && end_ms == growth->soonest_ms)
        return false;
    return place == STRING_INDEX_NONE || tally->lasts[place].row != row;
}

/* ---- repaired ---- */

static bool reserve(struct tally *tally, size_t count)
{
    if (count <= tally->capacity)
        return true;
    size_t capacity = count + count / FEW_SHARE;
    uint8_t *rows = realloc(tally->rows, capacity);
    if (!rows)
        return false;
    tally->rows = rows;
    tally->capacity = capacity;
    return true;
}

/* Of an id that is listed twice the last place, as making_place() has it. */
static size_t place_of(const struct config_pool *pool, const struct entry *entry)
{
    struct str id = entry_chat_agent_id(entry);
    for (size_t i = id.data ? pool->slot_count : 0; i > 0; i--)
        if (str_equal(pool->slots[i - 1], id))
            return i - 1;
    return STRING_INDEX_NONE;
}

static bool follow(struct tally *tally, const struct document_change *change,
                   const struct config_pool *pool)
{
    const struct entry *before = &change->before, *after = &change->after;
    size_t row = change->place;
    if (!before->id) {
        if (row != tally->count || !reserve(tally, row + 1))
            return false;
        tally->rows[tally->count++] = VIEW_FORGOTTEN;
    } else if (is_over(before) && !take_away(tally, row, before, place_of(pool, before))) {
        return false;
    }
    if (is_over(after))
        add(tally, row, after, place_of(pool, after));
    return row_list_add(&tally->changed, row);
}

void tally_follow(struct tally *tally, const struct document_delta *delta,
                  const struct config_pool *pool)
{
    bool is_done = tally->is_made && !delta->is_whole && !delta->moves_places &&
                   delta->count + tally->changed.count <= tally->count / FEW_SHARE + FEW_ALWAYS;
    for (size_t i = 0; is_done && i < delta->count; i++)
        is_done = follow(tally, &delta->changes[i], pool);
    if (!is_done)
        tally_void(tally);
}

/* ---- made ---- */

/* Time has made one of them old, or goes back. */
static bool is_aged(const struct tally *tally, int64_t now_ms)
{
    const struct growth *growth = &tally->growth;
    return now_ms < tally->now_ms ||
           (growth->soon > 0 && (double)now_ms - growth->soonest_ms > FINDINGS_GROWTH_MS);
}

static bool make_room(struct tally *tally, size_t count, size_t slot_count)
{
    struct last_holder *lasts =
        reallocarray(tally->lasts, slot_count ? slot_count : 1, sizeof(*lasts));
    if (!lasts)
        return false;
    tally->lasts = lasts;
    memset(lasts, 0, slot_count * sizeof(*lasts));
    tally->slot_count = slot_count;
    return reserve(tally, count + 1);
}

int tally_make(struct tally *tally, struct making *making)
{
    const struct registry *registry = making->registry;
    int64_t now_ms = making->sources->now_ms;
    if (tally->is_made && tally->count == registry->count && !is_aged(tally, now_ms))
        return 0;
    tally_void(tally);
    if (!make_room(tally, registry->count, making->sources->pool->slot_count))
        return -ENOMEM;
    tally->count = registry->count;
    tally->expired = tally->released = 0;
    tally->growth = (struct growth){.count = 0};
    tally->now_ms = now_ms;
    memset(tally->rows, VIEW_FORGOTTEN, tally->count);
    for (size_t row = 0; row < tally->count; row++) {
        const struct entry *entry = &registry->entries[row];
        if (is_over(entry))
            add(tally, row, entry, making_place_of(making, entry));
    }
    tally->is_made = true;
    return 0;
}
