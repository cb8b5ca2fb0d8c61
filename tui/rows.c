#include "tui/rows.h"

#include "tui/filter.h"
#include "tui/order.h"

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
    static const uint8_t ranks[] = {
        [VIEW_ODD] = 0,       [VIEW_SHARED] = 1,     [VIEW_IN_USE] = 2, [VIEW_GHOST] = 3,
        [VIEW_STRANDED] = 4,  [VIEW_FALLBACK] = 5,   [VIEW_ORPHAN] = 6, [VIEW_OVERDUE] = 7,
        [VIEW_RUNNING] = 8,   [VIEW_ACTIVE] = 9,     [VIEW_IDLE] = 10,  [VIEW_EXPIRED] = 11,
        [VIEW_RELEASED] = 12, [VIEW_FORGOTTEN] = 13,
    };
    return ranks[view];
}

/* Keys are in the order of the numbers. */
static uint64_t key_of_number(double number)
{
    const uint64_t sign = UINT64_C(1) << 63;
    double positive_zero = number + 0.0;
    uint64_t bits;
    if (isnan(number))
        return ORDER_NONE;
    memcpy(&bits, &positive_zero, sizeof(bits));
    return bits & sign ? ~bits : bits | sign;
}

static uint64_t key_of_run(struct run run)
{
    enum { RANK_BITS = 2 };
    uint64_t rank = run.is_running ? 0 : run.is_stalled ? 1 : 2;
    if (run.source == EVIDENCE_NONE)
        return ORDER_NONE;
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
    return key < ORDER_NONE ? key : ORDER_NONE - 1;
}

static uint64_t key_of_slot(struct builder *builder, const struct entry *entry)
{
    const struct model *model = builder->model;
    size_t place = place_of(builder, entry_chat_agent_id(entry));
    if (!entry_chat_agent_id(entry).data)
        return ORDER_NONE;
    return place < model->slot_count ? place : model->slot_count + !entry_is_fallback(entry);
}

/* What tells rows of equal keys apart; absent where the key says all. */
static struct str text_of(const struct builder *builder, size_t row)
{
    const struct entry *entry = model_entry(builder->model, builder->registry, row);
    if (builder->sort == SORT_SESSION)
        return entry_session_id(entry);
    if (builder->sort == SORT_TITLE)
        return model_title(builder->model, row);
    return rows_slot_label(builder->model, entry, SIZE_MAX);
}

/* From which key on there is such a text. */
static uint64_t texts_from(const struct builder *builder)
{
    if (builder->sort == SORT_SLOT)
        return builder->model->slot_count;
    return builder->sort == SORT_SESSION || builder->sort == SORT_TITLE ? 0 : ORDER_NONE;
}

static uint64_t key_of(struct builder *builder, size_t row)
{
    const struct model *model = builder->model;
    const struct entry *entry = model_entry(model, builder->registry, row);
    unsigned rank;
    struct str title;
    switch (builder->sort) {
    case SORT_SESSION:
        return key_of_text(entry_session_id(entry), false);
    case SORT_TITLE:
        title = model_title(model, row);
        return title.data ? key_of_text(title, true) : ORDER_NONE;
    case SORT_STATE:
        return urgency(model_view(model, row));
    case SORT_SLOT:
        return key_of_slot(builder, entry);
    case SORT_AGE:
        return key_of_number(entry->created_at_ms);
    case SORT_RUN:
        return key_of_run(model_run(model, row));
    case SORT_FINDING:
        rank = model_finding_rank(model, row);
        return rank == MODEL_NO_FINDING ? ORDER_NONE : rank;
    case SORT_EXPIRES:
        return key_of_number(entry_is_live(entry) ? entry_expires_at_ms(entry) : NAN);
    case SORT_LAST_USE:
    case SORT_COUNT:
        break;
    }
    return key_of_number(-model_used_ms(model, builder->registry, row));
}

static int compare_titles(struct str a, struct str b)
{
    size_t shorter = a.len < b.len ? a.len : b.len;
    int order = shorter > 0 ? strncasecmp(a.data, b.data, shorter) : 0;
    return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

static int compare_texts(const void *context, uint32_t row, uint32_t other)
{
    const struct builder *builder = context;
    struct str a = text_of(builder, row), b = text_of(builder, other);
    return builder->sort == SORT_TITLE ? compare_titles(a, b) : str_compare(a, b);
}

/* Takes the rows that the filter shows, in their order. */
static int take_rows(struct builder *builder, const struct filter *filter, struct order *order)
{
    struct filter_scan scan = filter_scan_begin(filter, builder->registry, builder->model);
    size_t total = model_row_count(builder->model);
    for (size_t i = 0; i < total; i++)
        if (filter_scan_matches(&scan, i))
            order->rows[order->count++] = (uint32_t)i;
    order->keys = malloc((order->count ? order->count : 1) * sizeof(*order->keys));
    if (!order->keys)
        return -ENOMEM;
    for (size_t i = 0; i < order->count; i++)
        order->keys[i] = key_of(builder, order->rows[i]);
    return 0;
}

int rows_build(struct rows *rows, const struct registry *registry, const struct model *model,
               enum sort_key sort, bool reverse, struct str text)
{
    struct builder builder = {.registry = registry, .model = model, .sort = sort};
    size_t total = model_row_count(model);
    struct filter filter;
    int r = filter_parse(text, false, &filter, NULL);
    if (r != 0)
        return r;
    struct order order = {
        .rows = malloc((total ? total : 1) * sizeof(*order.rows)),
        .reverse = reverse,
        .texts_from = texts_from(&builder),
        .compare = compare_texts,
        .context = &builder,
    };
    r = order.rows ? take_rows(&builder, &filter, &order) : -ENOMEM;
    if (r == 0)
        r = order_sort(&order);
    if (r == 0) {
        free(rows->entries);
        *rows = (struct rows){order.rows, order.count, total};
        order.rows = NULL;
    }
    free(order.keys);
    free(order.rows);
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
