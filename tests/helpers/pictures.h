/*
 * pictures.h - random pictures that are made of each other as the program's are: rows move, come,
 * leave, scroll, change in some cells; the cursor goes to another row. Alike for one seed.
 */
#ifndef SLOTOP_TESTS_PICTURES_H
#define SLOTOP_TESTS_PICTURES_H

#include "tui/cells.h"

enum {
    PICTURES_MARK_COLUMNS = 8,
    PICTURES_WIDTH_LEAST = 2 * PICTURES_MARK_COLUMNS,
    PICTURES_PASSED = 5, /* rows, by the one that passes others */
};

struct pictures {
    uint64_t random;
    struct cells grid;
    bool is_mark_last; /* in the last row, else in the first */
    unsigned number;
};

/* Below `limit`, which is above 0. */
int pictures_below(uint64_t *random, int limit);

struct pictures pictures_start(unsigned long seed, int width, int height);
void pictures_done(struct pictures *pictures);
void pictures_next(struct pictures *pictures);
/* Another size, and nothing of what was. */
void pictures_resize(struct pictures *pictures, int width, int height);
/* Rows that are all unlike each other; one of them passes some; one goes from the middle to the
 * end. */
void pictures_list(struct pictures *pictures);
void pictures_pass(struct pictures *pictures);
void pictures_fall(struct pictures *pictures);

/* What stands at the end of a row: a phase of the picture and its number. In this order, as it is
 * written from left to right: the number never stands behind the phase of a picture before. Text of
 * `size` 16 is enough. */
void pictures_mark_text(const struct pictures *pictures, char phase, char *ret_text, size_t size);
void pictures_mark(struct pictures *pictures, char phase);

#endif
