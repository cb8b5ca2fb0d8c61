/*
 * tree.h - a temporary directory with files, for tests; and what is in them afterwards.
 */
#ifndef SLOTOP_TESTS_TREE_H
#define SLOTOP_TESTS_TREE_H

#include <stddef.h>

struct tree {
    char path[256];
};

void tree_make(struct tree *tree);   /* under $TMPDIR or /tmp */
void tree_remove(struct tree *tree); /* with everything in it */

/* "path/of/tree/name" in a ring of static buffers: good for the next seven calls. */
const char *tree_path(const struct tree *tree, const char *name);
/* Makes directories above, then the file with this text. */
void tree_write(const struct tree *tree, const char *name, const char *text, size_t len);
void tree_put(const struct tree *tree, const char *name, const char *text);
/* The text of the file, NUL-terminated; NULL when there is none. Caller frees. */
char *tree_read(const struct tree *tree, const char *name);
/* Names in the directory, "." and ".." not counted. */
size_t tree_count(const struct tree *tree, const char *name);

#endif
