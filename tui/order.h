/*
 * order.h - rows in the order of their keys: a radix sort of the bits in which the keys differ.
 *
 * A million rows by time take some 20 ms, where comparing takes 300: keys of one kind (times of a
 * week, slots of a pool, states) differ in a few bits only.
 */
#ifndef SLOTOP_TUI_ORDER_H
#define SLOTOP_TUI_ORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ORDER_NONE UINT64_MAX /* a key that is none: last, also reversed */

struct order {
    uint64_t *keys; /* of each row */
    uint32_t *rows;
    size_t count; /* at most 2^32 - 1 */
    bool reverse; /* the greatest first; rows of equal keys keep their order all the same */
    /* Rows of equal keys from this one on are told apart by this, which says how two of them are
     * in the order that is not reversed. ORDER_NONE: by nothing. */
    uint64_t texts_from;
    int (*compare)(const void *context, uint32_t row, uint32_t other);
    const void *context;
};

/* How a row stands to another one, by their keys: below 0 before it, above 0 behind it. */
int order_compare(const struct order *order, uint64_t key, uint32_t row, uint64_t other_key,
                  uint32_t other_row);
/* Sorts order->rows, which are ascending; the keys are as before afterwards, or not. -ENOMEM: as
 * before. */
int order_sort(struct order *order);

#endif
