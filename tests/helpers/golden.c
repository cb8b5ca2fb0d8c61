#include "tests/helpers/golden.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void read_file(const char *path, struct buffer *content)
{
    char part[4096];
    size_t len;
    FILE *file = fopen(path, "rb");
    if (!file)
        fail_msg("%s is missing: UPDATE_GOLDEN=1 makes it", path);
    while ((len = fread(part, 1, sizeof(part), file)) > 0)
        buffer_add(content, part, len);
    fclose(file);
}

static void write_file(const char *path, const struct buffer *content)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(content->data, 1, content->len, file), content->len);
    assert_int_equal(fclose(file), 0);
}

/* The first line that differs says more than two whole screens. */
static void assert_same(const char *path, const struct buffer *is, const struct buffer *should)
{
    size_t at = 0;
    int line = 1;
    if (str_equal(buffer_str(is), buffer_str(should)))
        return;
    while (at < is->len && at < should->len && is->data[at] == should->data[at])
        line += is->data[at++] == '\n';
    print_error("---- is\n%s---- should be\n%s", is->data, should->data);
    fail_msg("%s differs from line %d on", path, line);
}

void golden_check(const char *name, const struct cells *cells)
{
    char path[128];
    struct buffer is = {0}, should = {0};
    (void)snprintf(path, sizeof(path), "tests/golden/%s-%dx%d.txt", name, cells->width,
                   cells->height);
    cells_print_text(cells, &is);
    buffer_addf(&is, "==== roles\n");
    cells_print_roles(cells, &is);
    assert_false(is.failed);
    if (getenv("UPDATE_GOLDEN"))
        write_file(path, &is);
    read_file(path, &should);
    assert_same(path, &is, &should);
    buffer_done(&is);
    buffer_done(&should);
}
