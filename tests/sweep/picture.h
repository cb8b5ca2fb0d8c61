/*
 * picture.h - what is in a registry file, to be compared with what should be.
 */
#ifndef SLOTOP_TESTS_PICTURE_H
#define SLOTOP_TESTS_PICTURE_H

#include "core/document.h"

struct picture {
    bool exists;
    bool is_leased; /* somebody holds a lease: nothing could be read */
    bool parses;
    struct buffer bytes;
    struct document document;
    struct buffer print; /* of the whole document, as the server would write it */
};

/* Reads the file past the store; `path` need not exist. Aborts where that fails: not what is
 * tested. */
void picture_take(const char *path, struct picture *picture);
void picture_done(struct picture *picture);

/* The same bytes, or none. */
bool picture_same_bytes(const struct picture *a, const struct picture *b);
/* The same to the server: whatever the white space. */
bool picture_equal(const struct picture *a, const struct picture *b);
/* Each entry is as it was in one of the two. */
bool picture_between(const struct picture *now, const struct picture *before,
                     const struct picture *after);

#endif
