// LDFLAGS: -Wl,--wrap=pread,--wrap=__pread_chk,--wrap=file_identify_fd,--wrap=inotify_init1
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/store.h"
#include "core/stream.h"
#include "tests/helpers/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

/* A file that is saved while it is read: one look shows one version of it. */

enum { ENTRIES = 20 };
#define CTIME_MS INT64_C(1773890000000)

static struct tree tree;
static char path[400];
static struct buffer versions[2]; /* of the same length */
static struct stream stream;
static struct document document;
static struct document_delta delta;

static unsigned readings; /* from the beginning of the file */
static unsigned saves_at; /* the reading after which a server saves the other version; 0: none */
static bool times_stand_still; /* saves come within one tick of the kernel's clock */
static bool has_no_inotify;

static void save(size_t version)
{
    tree_put(&tree, "file", versions[version].data);
}

ssize_t __real_pread(int fd, void *bytes, size_t len, off_t offset);
ssize_t __wrap_pread(int fd, void *bytes, size_t len, off_t offset);
ssize_t __wrap_pread(int fd, void *bytes, size_t len, off_t offset)
{
    bool is_first = offset == 0;
    readings += is_first;
    size_t half = versions[0].len / 2;
    ssize_t got = __real_pread(fd, bytes, is_first && len > half ? half : len, offset);
    if (is_first && readings == saves_at)
        save(1);
    return got;
}

ssize_t __wrap___pread_chk(int fd, void *bytes, size_t len, off_t offset, size_t size);
ssize_t __wrap___pread_chk(int fd, void *bytes, size_t len, off_t offset, size_t size)
{
    return len > size ? -1 : __wrap_pread(fd, bytes, len, offset);
}

int __real_file_identify_fd(int fd, const char *name, struct file_identity *ret_identity,
                            struct error *error);
int __wrap_file_identify_fd(int fd, const char *name, struct file_identity *ret_identity,
                            struct error *error);
int __wrap_file_identify_fd(int fd, const char *name, struct file_identity *ret_identity,
                            struct error *error)
{
    int result = __real_file_identify_fd(fd, name, ret_identity, error);
    if (times_stand_still)
        ret_identity->mtime_ns = ret_identity->ctime_ns = CTIME_MS * 1000000;
    return result;
}

int __real_inotify_init1(int flags);
int __wrap_inotify_init1(int flags);
int __wrap_inotify_init1(int flags)
{
    errno = EMFILE;
    return has_no_inotify ? -1 : __real_inotify_init1(flags);
}

static struct buffer make_version(const char *state)
{
    struct buffer text = {0};
    buffer_addf(&text, "{\n  \"version\": 1,\n  \"agents\": {");
    for (int i = 0; i < ENTRIES; i++)
        buffer_addf(&text,
                    "%s\n    \"s%02d\": {\n      \"chatAgentId\": \"main\",\n"
                    "      \"workspaceAgentId\": \"main\",\n      \"sessionId\": \"s%02d\",\n"
                    "      \"workspaceDir\": \"\",\n      \"state\": \"%s\",\n"
                    "      \"createdAt\": 1773890000000,\n      \"lastActiveAt\": 1773890000000,\n"
                    "      \"idleTtlMs\": 1800000\n    }",
                    i ? "," : "", i, i, state);
    buffer_addf(&text, "\n  }\n}\n");
    buffer_add_char(&text, '\0');
    text.len--;
    return text;
}

static int set_up(void **state)
{
    (void)state;
    tree_make(&tree);
    (void)snprintf(path, sizeof(path), "%s/file", tree.path);
    versions[0] = make_version("expired");
    versions[1] = make_version("deleted"); /* as long */
    document_init(&document);
    readings = saves_at = 0;
    times_stand_still = has_no_inotify = false;
    save(0);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    document_done(&document);
    stream_done(&stream);
    buffer_done(&versions[0]);
    buffer_done(&versions[1]);
    tree_remove(&tree);
    return 0;
}

static int load(void)
{
    struct file_identity identity;
    int result = stream_load(&stream, path, &document, &delta);
    if (result == 0)
        stream_apply(&stream, &identity);
    return result;
}

static void assert_all(enum entry_state state)
{
    assert_int_equal(document.registry.count, ENTRIES);
    for (size_t i = 0; i < ENTRIES; i++)
        assert_int_equal(document.registry.entries[i].state, state);
}

static void a_file_that_nobody_writes_is_read_once(void **state)
{
    (void)state;
    assert_int_equal(load(), 0);
    assert_int_equal(readings, 1);
    assert_int_equal(load(), 0);
    assert_int_equal(readings, 2);
    assert_all(STATE_EXPIRED);
}

static void a_save_in_the_middle_that_no_time_tells_of_is_seen(void **state)
{
    (void)state;
    times_stand_still = true;
    saves_at = 1;
    assert_int_equal(load(), 0);
    assert_int_equal(readings, 2);
    assert_all(STATE_DELETED);
}

static void a_small_file_of_which_nobody_tells_is_left_to_the_other_way(void **state)
{
    (void)state;
    has_no_inotify = true;
    assert_int_equal(load(), DOCUMENT_NOT_USUAL);
    assert_int_equal(document.registry.count, 0);
}

static void the_other_way_reads_until_two_readings_agree(void **state)
{
    (void)state;
    struct store store = {.path = path};
    times_stand_still = true;
    saves_at = 1;
    assert_int_equal(store_load(&store, 0, &document, NULL, NULL), 0);
    assert_all(STATE_DELETED);
}

static void the_other_way_reads_once_what_was_written_well_before(void **state)
{
    (void)state;
    struct store store = {.path = path, .now_ms = CTIME_MS + 1000};
    times_stand_still = true; /* nobody writes */
    assert_int_equal(store_load(&store, 0, &document, NULL, NULL), 0);
    assert_int_equal(readings, 1);
    readings = 0;
    store.now_ms = CTIME_MS + FILE_TICK_MS;
    assert_int_equal(store_load(&store, 0, &document, NULL, NULL), 0);
    assert_int_equal(readings, 2);
    readings = 0;
    store.now_ms = CTIME_MS - 1000; /* a clock that was set back */
    assert_int_equal(store_load(&store, 0, &document, NULL, NULL), 0);
    assert_int_equal(readings, 2);
}

int main(void)
{
#define STREAM_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        STREAM_TEST(a_file_that_nobody_writes_is_read_once),
        STREAM_TEST(a_save_in_the_middle_that_no_time_tells_of_is_seen),
        STREAM_TEST(a_small_file_of_which_nobody_tells_is_left_to_the_other_way),
        STREAM_TEST(the_other_way_reads_until_two_readings_agree),
        STREAM_TEST(the_other_way_reads_once_what_was_written_well_before),
    };
    return cmocka_run_group_tests_name("stream", tests, NULL, NULL);
}
