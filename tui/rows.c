#include "tui/rows.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>

static const char *const sort_names[SORT_COUNT] = {
    [SORT_LAST_USE] = "last use", [SORT_SESSION] = "session", [SORT_STATE] = "state",
    [SORT_SLOT] = "slot",         [SORT_AGE] = "age",         [SORT_EXPIRES] = "expires in",
};

const char *sort_key_name(enum sort_key key)
{
    assert(key < SORT_COUNT);
    return sort_names[key];
}

/* A row on its way to its place. */
struct item {
    double number; /* NaN: last */
    struct str text;
    size_t entry;
};

/* Agent ids are interned, so the address of one tells where it was found the last time. */
enum { MEMO_SIZE = 256 };
struct builder {
    const struct registry *registry;
    const struct model *model;
    enum sort_key sort;
    struct str filter;
    bool is_inverted;
    struct {
        const char *agent_id;
        size_t place;
    } memo[MEMO_SIZE];
};

size_t rows_slot_place(const struct model *model, struct str agent_id)
{
    for (size_t i = 0; agent_id.data && i < model->slot_count; i++) {
        if (str_equal(model->slots[i].id, agent_id))
            return i;
    }
    return SIZE_MAX;
}

struct str rows_slot_label(const struct model *model, const struct entry *entry, size_t place)
{
    static const struct str prefix = {"chat-slot-", sizeof("chat-slot-") - 1};
    struct str id = entry->chat_agent_id;
    if (place < model->slot_count)
        return model->slots[place].label;
    if (!id.data)
        return STR("-");
    if (str_starts(id, prefix) && id.len > prefix.len)
        return (struct str){id.data + prefix.len, id.len - prefix.len};
    return id;
}

static size_t place_of(struct builder *builder, struct str agent_id)
{
    size_t at = ((uintptr_t)agent_id.data >> 4) % MEMO_SIZE;
    if (!agent_id.data)
        return SIZE_MAX;
    if (builder->memo[at].agent_id != agent_id.data) {
        builder->memo[at].agent_id = agent_id.data;
        builder->memo[at].place = rows_slot_place(builder->model, agent_id);
    }
    return builder->memo[at].place;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool contains(struct str text, struct str part)
{
    for (size_t at = 0; at + part.len <= text.len; at++) {
        size_t same = 0;
        while (same < part.len && lower(text.data[at + same]) == lower(part.data[same]))
            same++;
        if (same == part.len)
            return true;
    }
    return false;
}

static bool is_wanted(struct builder *builder, size_t index)
{
    const struct entry *entry = &builder->registry->entries[index];
    struct str part = builder->filter;
    if (part.len == 0)
        return true;
    size_t place = place_of(builder, entry->chat_agent_id);
    bool occurs = contains(entry->session_id, part) || contains(entry->chat_agent_id, part) ||
                  contains(str_of(session_view_name(model_view(builder->model, index))), part) ||
                  contains(rows_slot_label(builder->model, entry, place), part);
    return occurs != builder->is_inverted;
}

/* What needs an operator comes first. */
static double urgency(enum session_view view)
{
    static const enum session_view order[] = {
        VIEW_ODD,    VIEW_STRANDED, VIEW_FALLBACK, VIEW_ORPHAN,   VIEW_OVERDUE,
        VIEW_ACTIVE, VIEW_IDLE,     VIEW_EXPIRED,  VIEW_RELEASED,
    };
    size_t rank = 0;
    while (rank < sizeof(order) / sizeof(order[0]) && order[rank] != view)
        rank++;
    return (double)rank;
}

static struct item item_of(struct builder *builder, size_t index)
{
    const struct model *model = builder->model;
    const struct entry *entry = &builder->registry->entries[index];
    struct item item = {.number = 0, .text = {0}, .entry = index};
    size_t place;
    switch (builder->sort) {
    case SORT_LAST_USE:
    case SORT_COUNT:
        item.number = -entry->last_active_at_ms;
        break;
    case SORT_SESSION:
        item.text = entry->session_id;
        break;
    case SORT_STATE:
        item.number = urgency(model_view(model, index));
        break;
    case SORT_SLOT:
        place = place_of(builder, entry->chat_agent_id);
        item.text = rows_slot_label(model, entry, place);
        item.number = !entry->chat_agent_id.data  ? NAN
                      : place < model->slot_count ? (double)place
                      : entry_is_fallback(entry)  ? (double)model->slot_count
                                                  : (double)model->slot_count + 1;
        break;
    case SORT_AGE:
        item.number = entry->created_at_ms;
        break;
    case SORT_EXPIRES:
        item.number = entry_is_live(entry) ? entry_expires_at_ms(entry) : NAN;
        break;
    }
    return item;
}

static int compare_items(const void *left, const void *right, void *reverse)
{
    const struct item *a = left;
    const struct item *b = right;
    if (isnan(a->number) != isnan(b->number))
        return isnan(a->number) ? 1 : -1;
    int order = (a->number > b->number) - (a->number < b->number);
    if (order == 0)
        order = str_compare(a->text, b->text);
    if (order == 0)
        return (a->entry > b->entry) - (a->entry < b->entry);
    return *(const bool *)reverse ? -order : order;
}

int rows_build(struct rows *rows, const struct registry *registry, const struct model *model,
               enum sort_key sort, bool reverse, struct str filter)
{
    struct builder builder = {.registry = registry, .model = model, .sort = sort, .filter = filter};
    if (filter.len > 0 && filter.data[0] == '!') {
        builder.is_inverted = true;
        builder.filter = (struct str){filter.data + 1, filter.len - 1};
    }
    size_t room = registry->count ? registry->count : 1;
    struct item *items = calloc(room, sizeof(*items));
    size_t *entries = calloc(room, sizeof(*entries));
    if (!items || !entries) {
        free(items);
        free(entries);
        return -ENOMEM;
    }
    size_t count = 0;
    for (size_t i = 0; i < registry->count; i++) {
        if (is_wanted(&builder, i))
            items[count++] = item_of(&builder, i);
    }
    qsort_r(items, count, sizeof(*items), compare_items, &reverse);
    for (size_t i = 0; i < count; i++)
        entries[i] = items[i].entry;
    free(items);
    free(rows->entries);
    *rows = (struct rows){entries, count, registry->count};
    return 0;
}

void rows_done(struct rows *rows)
{
    free(rows->entries);
    *rows = (struct rows){0};
}

size_t rows_find(const struct rows *rows, const struct registry *registry, struct str session_id)
{
    const struct entry *entry = registry_find(registry, session_id);
    if (!entry)
        return SIZE_MAX;
    size_t index = (size_t)(entry - registry->entries);
    for (size_t row = 0; row < rows->count; row++) {
        if (rows->entries[row] == index)
            return row;
    }
    return SIZE_MAX;
}
