#include "tui/order.h"

#include <errno.h>
#include <stdlib.h>

enum { KEY_BITS = 64, DIGIT_BITS = 11, DIGITS = 1 << DIGIT_BITS, SPANS_MOST = KEY_BITS };

/* Bits that stand together in all keys and are not the same in all of them. */
struct span {
    uint64_t mask;
    unsigned shift; /* from where they are to where they go */
};

/* The bits that tell keys apart, the highest of them, packed: in the same order as the keys. */
struct packing {
    struct span spans[SPANS_MOST];
    size_t count;
    unsigned bits; /* all together */
    bool is_whole; /* no bit is left out */
};

/* What is sorted: packed keys with the places of their rows in the lowest bits. */
struct sorting {
    const struct order *order;
    struct packing packing;
    unsigned place_bits;
    uint64_t *items, *spare;
};

static uint64_t turned(const struct order *order, uint64_t key)
{
    return order->reverse && key != ORDER_NONE ? ORDER_NONE - 1 - key : key;
}

static struct packing find_packing(const struct order *order, unsigned room)
{
    struct packing packing = {.is_whole = true};
    uint64_t differs = 0, first = order->count ? turned(order, order->keys[0]) : 0;
    for (size_t i = 0; i < order->count; i++)
        differs |= turned(order, order->keys[i]) ^ first;
    while (differs != 0) {
        unsigned top = (unsigned)__builtin_clzll(differs);
        uint64_t behind = ~(differs << top);
        unsigned len = behind ? (unsigned)__builtin_clzll(behind) : KEY_BITS;
        packing.is_whole = len <= room - packing.bits;
        len = packing.is_whole ? len : room - packing.bits;
        if (len == 0)
            break;
        uint64_t mask = (len < KEY_BITS ? (UINT64_C(1) << len) - 1 : UINT64_MAX)
                        << (KEY_BITS - top - len);
        packing.spans[packing.count++] = (struct span){mask, KEY_BITS - top - len};
        packing.bits += len;
        if (!packing.is_whole)
            break;
        differs &= ~mask;
    }
    /* The first span is the highest: what was found goes up by what came behind it. */
    unsigned low = 0;
    for (size_t i = packing.count; i-- > 0;) {
        unsigned len = (unsigned)__builtin_popcountll(packing.spans[i].mask);
        packing.spans[i].shift -= low;
        low += len;
    }
    return packing;
}

static uint64_t pack(const struct packing *packing, uint64_t key)
{
    uint64_t packed = 0;
    for (size_t i = 0; i < packing->count; i++)
        packed |= (key & packing->spans[i].mask) >> packing->spans[i].shift;
    return packed;
}

/* By one digit; what is equal in it keeps its order. */
static void sort_digit(struct sorting *sorting, unsigned shift)
{
    size_t starts[DIGITS] = {0}, start = 0, count = sorting->order->count;
    for (size_t i = 0; i < count; i++)
        starts[sorting->items[i] >> shift & (DIGITS - 1)]++;
    for (size_t digit = 0; digit < DIGITS; digit++) {
        size_t of_digit = starts[digit];
        starts[digit] = start;
        start += of_digit;
    }
    for (size_t i = 0; i < count; i++)
        sorting->spare[starts[sorting->items[i] >> shift & (DIGITS - 1)]++] = sorting->items[i];
    uint64_t *items = sorting->items;
    sorting->items = sorting->spare;
    sorting->spare = items;
}

/* ---- rows whose packed keys are equal ---- */

static size_t place_of(const struct sorting *sorting, uint64_t item)
{
    return (size_t)(item & ((UINT64_C(1) << sorting->place_bits) - 1));
}

int order_compare(const struct order *order, uint64_t key, uint32_t row, uint64_t other_key,
                  uint32_t other_row)
{
    uint64_t a = turned(order, key), b = turned(order, other_key);
    if (a != b)
        return a > b ? 1 : -1;
    int by_text = key == ORDER_NONE || key < order->texts_from
                      ? 0
                      : order->compare(order->context, row, other_row);
    if (by_text != 0)
        return order->reverse ? -by_text : by_text;
    return (row > other_row) - (row < other_row);
}

static int compare_items(const void *left, const void *right, void *context)
{
    const struct sorting *sorting = context;
    const struct order *order = sorting->order;
    size_t a = place_of(sorting, *(const uint64_t *)left);
    size_t b = place_of(sorting, *(const uint64_t *)right);
    return order_compare(order, order->keys[a], order->rows[a], order->keys[b], order->rows[b]);
}

/* Whether these, all with the same packed key, may still be in the wrong order. */
static bool is_open(const struct sorting *sorting, const uint64_t *items, size_t count)
{
    const struct order *order = sorting->order;
    uint64_t key = order->keys[place_of(sorting, items[0])];
    bool is_alike = true;
    for (size_t i = 1; i < count && is_alike && !sorting->packing.is_whole; i++)
        is_alike = order->keys[place_of(sorting, items[i])] == key;
    return !is_alike || (key != ORDER_NONE && key >= order->texts_from);
}

static void sort_ties(struct sorting *sorting)
{
    uint64_t *items = sorting->items;
    size_t count = sorting->order->count;
    if (sorting->packing.is_whole && sorting->order->texts_from == ORDER_NONE)
        return;
    for (size_t i = 0, end; i < count; i = end) {
        for (end = i + 1; end < count; end++)
            if (items[end] >> sorting->place_bits != items[i] >> sorting->place_bits)
                break;
        if (end - i > 1 && is_open(sorting, items + i, end - i))
            qsort_r(items + i, end - i, sizeof(*items), compare_items, sorting);
    }
}

/* ---- all ---- */

/* Puts the rows in their order, by way of what becomes free. */
static void place_rows(struct sorting *sorting)
{
    const struct order *order = sorting->order;
    for (size_t i = 0; i < order->count; i++)
        sorting->spare[i] = order->rows[place_of(sorting, sorting->items[i])];
    for (size_t i = 0; i < order->count; i++)
        order->rows[i] = (uint32_t)sorting->spare[i];
}

int order_sort(struct order *order)
{
    struct sorting sorting = {.order = order};
    size_t count = order->count;
    while (count >> sorting.place_bits > 0)
        sorting.place_bits++;
    sorting.packing = find_packing(order, KEY_BITS - sorting.place_bits);
    uint64_t *items = malloc((count ? count : 1) * sizeof(*items));
    uint64_t *spare = malloc((count ? count : 1) * sizeof(*spare));
    int result = items && spare ? 0 : -ENOMEM;
    if (result == 0) {
        for (size_t i = 0; i < count; i++)
            items[i] =
                pack(&sorting.packing, turned(order, order->keys[i])) << sorting.place_bits | i;
        sorting.items = items;
        sorting.spare = spare;
        for (unsigned done = 0; done < sorting.packing.bits; done += DIGIT_BITS)
            sort_digit(&sorting, sorting.place_bits + done);
        sort_ties(&sorting);
        place_rows(&sorting);
    }
    free(items);
    free(spare);
    return result;
}
