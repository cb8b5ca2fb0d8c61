#include "tui/rows.h"

#include "tui/filter.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const sort_names[SORT_COUNT] = {
    [SORT_LAST_USE] = "last use",  [SORT_SESSION] = "session", [SORT_TITLE] = "title",
    [SORT_STATE] = "state",        [SORT_SLOT] = "slot",       [SORT_AGE] = "age",
    [SORT_EXPIRES] = "expires in", [SORT_RUN] = "run",         [SORT_FINDING] = "finding",
};

const char *sort_key_name(enum sort_key key)
{
    assert(key < SORT_COUNT);
    return sort_names[key];
}

/* A row on its way to its place: by key, then by text. */
struct item {
    uint64_t key;
    struct str text; /* absent where the key says all */
    size_t entry;
};
#define KEY_NONE UINT64_MAX /* nothing to sort by: last, also reversed */

struct order {
    enum sort_key sort;
    bool reverse;
};

/* Agent ids are interned, so the address of one tells where it was found the last time. */
enum { MEMO_BITS = 10, MEMO_SIZE = 1 << MEMO_BITS };
struct builder {
    const struct registry *registry;
    const struct model *model;
    enum sort_key sort;
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
    struct str id = entry_chat_agent_id(entry);
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
    const uint64_t golden = UINT64_C(0x9E3779B97F4A7C15);
    size_t at = (size_t)((uintptr_t)agent_id.data * golden >> (64 - MEMO_BITS));
    if (!agent_id.data)
        return SIZE_MAX;
    if (builder->memo[at].agent_id != agent_id.data) {
        builder->memo[at].agent_id = agent_id.data;
        builder->memo[at].place = rows_slot_place(builder->model, agent_id);
    }
    return builder->memo[at].place;
}

/* What needs an operator comes first. */
static uint64_t urgency(enum session_view view)
{
    static const enum session_view order[] = {
        VIEW_ODD,      VIEW_SHARED,  VIEW_IN_USE,   VIEW_GHOST,     VIEW_STRANDED,
        VIEW_FALLBACK, VIEW_ORPHAN,  VIEW_OVERDUE,  VIEW_RUNNING,   VIEW_ACTIVE,
        VIEW_IDLE,     VIEW_EXPIRED, VIEW_RELEASED, VIEW_FORGOTTEN,
    };
    size_t rank = 0;
    while (rank < sizeof(order) / sizeof(order[0]) && order[rank] != view)
        rank++;
    return rank;
}

/* Keys are in the order of the numbers. */
static uint64_t key_of_number(double number)
{
    const uint64_t sign = UINT64_C(1) << 63;
    double positive_zero = number + 0.0;
    uint64_t bits;
    if (isnan(number))
        return KEY_NONE;
    memcpy(&bits, &positive_zero, sizeof(bits));
    return bits & sign ? ~bits : bits | sign;
}

static uint64_t key_of_run(struct run run)
{
    enum { RANK_BITS = 2 };
    uint64_t rank = run.is_running ? 0 : run.is_stalled ? 1 : 2;
    if (run.source == EVIDENCE_NONE)
        return KEY_NONE;
    return rank << (64 - RANK_BITS) | key_of_number(-run.at_ms) >> RANK_BITS;
}

/* What a text begins with, so that few texts are ever looked at to compare them. */
static uint64_t key_of_text(struct str text, bool fold)
{
    uint64_t key = 0;
    for (size_t i = 0; i < sizeof(key); i++) {
        unsigned char byte = i < text.len ? (unsigned char)text.data[i] : 0;
        if (fold && byte >= 'A' && byte <= 'Z')
            byte |= 0x20;
        key = key << 8 | byte;
    }
    return key < KEY_NONE ? key : KEY_NONE - 1;
}

static struct item item_of_slot(struct builder *builder, size_t index, const struct entry *entry)
{
    const struct model *model = builder->model;
    size_t place = place_of(builder, entry_chat_agent_id(entry));
    if (!entry_chat_agent_id(entry).data)
        return (struct item){.key = KEY_NONE, .entry = index};
    if (place < model->slot_count)
        return (struct item){.key = place, .entry = index};
    return (struct item){
        .key = model->slot_count + !entry_is_fallback(entry),
        .text = rows_slot_label(model, entry, place),
        .entry = index,
    };
}

static struct item item_of(struct builder *builder, size_t index)
{
    const struct model *model = builder->model;
    const struct entry *entry = model_entry(model, builder->registry, index);
    struct item item = {.entry = index};
    switch (builder->sort) {
    case SORT_LAST_USE:
    case SORT_COUNT:
        item.key = key_of_number(-model_used_ms(model, builder->registry, index));
        break;
    case SORT_SESSION:
        item.text = entry_session_id(entry);
        item.key = key_of_text(item.text, false);
        break;
    case SORT_TITLE:
        item.text = model_title(model, index);
        item.key = item.text.data ? key_of_text(item.text, true) : KEY_NONE;
        break;
    case SORT_STATE:
        item.key = urgency(model_view(model, index));
        break;
    case SORT_SLOT:
        item = item_of_slot(builder, index, entry);
        break;
    case SORT_AGE:
        item.key = key_of_number(entry->created_at_ms);
        break;
    case SORT_RUN:
        item.key = key_of_run(model_run(model, index));
        break;
    case SORT_FINDING:
        item.key = model_finding_rank(model, index);
        if (item.key == MODEL_NO_FINDING)
            item.key = KEY_NONE;
        break;
    case SORT_EXPIRES:
        item.key = key_of_number(entry_is_live(entry) ? entry_expires_at_ms(entry) : NAN);
        break;
    }
    return item;
}

static int compare_titles(struct str a, struct str b)
{
    size_t shorter = a.len < b.len ? a.len : b.len;
    int order = shorter > 0 ? strncasecmp(a.data, b.data, shorter) : 0;
    return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

static int compare_items(const void *left, const void *right, void *context)
{
    const struct item *a = left;
    const struct item *b = right;
    const struct order *by = context;
    if ((a->key == KEY_NONE) != (b->key == KEY_NONE))
        return a->key == KEY_NONE ? 1 : -1;
    int order = (a->key > b->key) - (a->key < b->key);
    if (order == 0)
        order = by->sort == SORT_TITLE ? compare_titles(a->text, b->text)
                                       : str_compare(a->text, b->text);
    if (order == 0)
        return (a->entry > b->entry) - (a->entry < b->entry);
    return by->reverse ? -order : order;
}

/* Takes the rows that the filter shows, in their order. */
static size_t take_rows(struct builder *builder, const struct filter *filter, struct item *items)
{
    size_t total = model_row_count(builder->model);
    size_t count = 0;
    for (size_t i = 0; i < total; i++) {
        if (filter_matches(filter, builder->registry, builder->model, i))
            items[count++] = item_of(builder, i);
    }
    return count;
}

int rows_build(struct rows *rows, const struct registry *registry, const struct model *model,
               enum sort_key sort, bool reverse, struct str text)
{
    struct builder builder = {.registry = registry, .model = model, .sort = sort};
    struct order order = {sort, reverse};
    size_t total = model_row_count(model);
    size_t room = total ? total : 1;
    struct filter filter;
    int r = filter_parse(text, false, &filter, NULL);
    if (r != 0)
        return r;
    struct item *items = calloc(room, sizeof(*items));
    size_t *entries = calloc(room, sizeof(*entries));
    if (items && entries) {
        size_t count = take_rows(&builder, &filter, items);
        qsort_r(items, count, sizeof(*items), compare_items, &order);
        for (size_t i = 0; i < count; i++)
            entries[i] = items[i].entry;
        free(rows->entries);
        *rows = (struct rows){entries, count, total};
        entries = NULL;
    } else {
        r = -ENOMEM;
    }
    free(entries);
    free(items);
    filter_done(&filter);
    return r;
}

void rows_done(struct rows *rows)
{
    free(rows->entries);
    *rows = (struct rows){0};
}

size_t rows_find(const struct rows *rows, const struct registry *registry,
                 const struct model *model, struct str session_id)
{
    size_t index = model_find_row(model, registry, session_id);
    if (index == SIZE_MAX)
        return SIZE_MAX;
    for (size_t row = 0; row < rows->count; row++) {
        if (rows->entries[row] == index)
            return row;
    }
    return SIZE_MAX;
}
