/*
 * row_keys.h - what the rows of the table are sorted by: a number for each, in the order of what it
 * stands for, and a text where numbers are equal.
 */
#ifndef SLOTOP_TUI_ROW_KEYS_H
#define SLOTOP_TUI_ROW_KEYS_H

#include "tui/rows.h"

/* Agent ids are interned, so the address of one tells where it was found the last time. */
enum { ROW_MEMO_BITS = 10 };
struct row_keys {
    const struct registry *registry;
    const struct model *model;
    enum sort_key sort;
    struct {
        const char *agent_id;
        size_t place;
    } memo[1 << ROW_MEMO_BITS]; /* zero at first */
};

/* ORDER_NONE for a row that has nothing to sort by. */
uint64_t row_key(struct row_keys *keys, size_t row);
/* From which key on there is a text that tells rows of equal keys apart. */
uint64_t row_texts_from(const struct row_keys *keys);
/* For order.h: `context` is the row_keys. */
int row_compare_texts(const void *context, uint32_t row, uint32_t other);

#endif
