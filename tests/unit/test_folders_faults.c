// LDFLAGS: -Wl,--wrap=malloc,--wrap=calloc,--wrap=inotify_init1,--wrap=inotify_add_watch,--wrap=read
/* folders without memory, without inotify, with too few watches, and with bad timing. */
#include "core/folders.h"
#include "tests/helpers/tree.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* Cannot be otherwise: the wrapped calls have no argument for it. */
static struct {
    size_t calls_until_failure; /* of allocations; 0: nothing fails */
    int init_errnum;            /* 0: inotify_init1() works */
    const char *refused;        /* the path that cannot be watched */
    int refused_errnum;
    const char *late;    /* the path that appears when it was just found missing */
    bool forges_ignored; /* the next event says that its watch is gone */
} faults;

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
int __real_inotify_init1(int flags);
int __real_inotify_add_watch(int fd, const char *path, uint32_t mask);
ssize_t __real_read(int fd, void *bytes, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
int __wrap_inotify_init1(int flags);
int __wrap_inotify_add_watch(int fd, const char *path, uint32_t mask);
ssize_t __wrap_read(int fd, void *bytes, size_t size);

static bool fails_now(void)
{
    return faults.calls_until_failure > 0 && --faults.calls_until_failure == 0;
}

void *__wrap_malloc(size_t size)
{
    return fails_now() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return fails_now() ? NULL : __real_calloc(count, size);
}

int __wrap_inotify_init1(int flags)
{
    if (faults.init_errnum == 0)
        return __real_inotify_init1(flags);
    errno = faults.init_errnum;
    return -1;
}

int __wrap_inotify_add_watch(int fd, const char *path, uint32_t mask)
{
    if (faults.refused && strcmp(path, faults.refused) == 0) {
        errno = faults.refused_errnum;
        return -1;
    }
    int wd = __real_inotify_add_watch(fd, path, mask);
    if (wd < 0 && faults.late && strcmp(path, faults.late) == 0) {
        int errnum = errno;
        faults.late = NULL;
        (void)mkdir(path, 0777);
        errno = errnum;
    }
    return wd;
}

ssize_t __wrap_read(int fd, void *bytes, size_t size)
{
    ssize_t got = __real_read(fd, bytes, size);
    if (faults.forges_ignored && got >= (ssize_t)sizeof(struct inotify_event)) {
        struct inotify_event *event = bytes;
        event->mask = IN_IGNORED;
        faults.forges_ignored = false;
    }
    return got;
}

/* Directories a and b in a tree, and a list of both. */
struct bench {
    struct tree tree;
    struct folders *folders;
    char a[320], b[320];
};

static int set_up(void **state)
{
    struct bench *bench = calloc(1, sizeof(*bench));
    if (!bench)
        return -1;
    memset(&faults, 0, sizeof(faults));
    tree_make(&bench->tree);
    (void)snprintf(bench->a, sizeof(bench->a), "%s/a", bench->tree.path);
    (void)snprintf(bench->b, sizeof(bench->b), "%s/b", bench->tree.path);
    *state = bench;
    return mkdir(bench->a, 0777) + mkdir(bench->b, 0777);
}

static int tear_down(void **state)
{
    struct bench *bench = *state;
    memset(&faults, 0, sizeof(faults));
    folders_close(bench->folders);
    tree_remove(&bench->tree);
    free(bench);
    return 0;
}

static void watch_both(struct bench *bench)
{
    const char *const paths[] = {bench->a, bench->b};
    if (!bench->folders)
        assert_int_equal(folders_open(&bench->folders, NULL), 0);
    assert_int_equal(folders_set(bench->folders, paths, 2, NULL), 0);
}

static unsigned drain(struct bench *bench)
{
    static bool changed[FOLDERS_MAX];
    memset(changed, 0, sizeof(changed));
    bool any = folders_drain(bench->folders, changed);
    assert_int_equal(any, changed[0] || changed[1]);
    return (changed[0] ? 1u : 0) | (changed[1] ? 2u : 0);
}

/* Which of a file in a, and of one in b, is reported. */
static unsigned seen(struct bench *bench)
{
    unsigned bits = 0;
    assert_int_equal(drain(bench), 0);
    tree_put(&bench->tree, "a/probe", "x");
    bits |= drain(bench);
    assert_int_equal(bits & ~1u, 0);
    tree_put(&bench->tree, "b/probe", "x");
    return bits | drain(bench);
}

static void opening_without_memory_fails(void **state)
{
    struct error error = {0};
    struct folders *folders = NULL;
    (void)state;
    faults.calls_until_failure = 1;
    assert_int_equal(folders_open(&folders, &error), -ENOMEM);
    assert_null(folders);
    assert_int_equal(error.kind, ERROR_SYSTEM);
}

static void without_memory_the_list_is_as_it_was(void **state)
{
    struct bench *bench = *state;
    const char *const paths[] = {"/nowhere/a", "/nowhere/b", bench->tree.path};
    size_t failures = 0;
    bool reached = true;
    watch_both(bench);
    for (size_t nth = 1; reached; nth++) {
        struct error error = {0};
        faults.calls_until_failure = nth;
        int result = folders_set(bench->folders, paths, 3, &error);
        reached = faults.calls_until_failure == 0;
        faults.calls_until_failure = 0;
        assert_int_equal(result, reached ? -ENOMEM : 0);
        assert_int_equal(error.kind, reached ? ERROR_SYSTEM : ERROR_NONE);
        assert_int_equal(seen(bench), reached ? 3 : 0);
        failures += reached;
    }
    assert_int_equal(failures, 3); /* places, their index, their strings */
}

static void without_inotify_there_are_no_hints(void **state)
{
    struct bench *bench = *state;
    faults.init_errnum = EMFILE;
    watch_both(bench);
    assert_int_equal(folders_fd(bench->folders), -1);
    assert_int_equal(seen(bench), 0);
}

static void what_cannot_be_watched_gives_no_hint_until_the_list_is_set_again(void **state)
{
    static const int errnums[] = {ENOSPC, EACCES, ENOMEM};
    struct bench *bench = *state;
    for (size_t i = 0; i < sizeof(errnums) / sizeof(*errnums); i++) {
        faults.refused = bench->b;
        faults.refused_errnum = errnums[i];
        watch_both(bench);
        assert_int_equal(seen(bench), 1);
        faults.refused = NULL;
        watch_both(bench);
        assert_int_equal(drain(bench), 2); /* what happened in between was not seen */
        assert_int_equal(seen(bench), 3);
        assert_int_equal(folders_set(bench->folders, NULL, 0, NULL), 0);
    }
}

static void a_directory_above_that_cannot_be_watched_does_not_hide_those_below(void **state)
{
    struct bench *bench = *state;
    faults.refused = bench->tree.path;
    faults.refused_errnum = EACCES;
    watch_both(bench);
    assert_int_equal(seen(bench), 3);
    watch_both(bench);
    assert_int_equal(seen(bench), 3);
}

static void one_that_appears_while_it_is_looked_for_is_watched(void **state)
{
    struct bench *bench = *state;
    assert_int_equal(rmdir(bench->b), 0);
    faults.late = bench->b;
    watch_both(bench);
    assert_null(faults.late);
    (void)drain(bench);
    assert_int_equal(seen(bench), 3);
}

/* b/c waits in b, which was on nobody's list; c comes when it was just found missing there. */
static void one_that_appears_before_its_parent_is_waited_in_is_watched(void **state)
{
    struct bench *bench = *state;
    const char *below = tree_path(&bench->tree, "b/c/d");
    const char *const paths[] = {below};
    faults.late = tree_path(&bench->tree, "b/c");
    assert_int_equal(folders_open(&bench->folders, NULL), 0);
    assert_int_equal(folders_set(bench->folders, paths, 1, NULL), 0);
    assert_null(faults.late);
    assert_int_equal(drain(bench), 0);
    assert_int_equal(mkdir(below, 0777), 0);
    assert_int_equal(drain(bench), 1);
}

static void a_number_that_was_used_again_costs_a_look_and_no_more(void **state)
{
    struct bench *bench = *state;
    watch_both(bench);
    tree_put(&bench->tree, "a/probe", "x");
    faults.forges_ignored = true;
    assert_int_equal(drain(bench), 1);
    assert_false(faults.forges_ignored);
    assert_int_equal(seen(bench), 3);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(opening_without_memory_fails),
        TEST(without_memory_the_list_is_as_it_was),
        TEST(without_inotify_there_are_no_hints),
        TEST(what_cannot_be_watched_gives_no_hint_until_the_list_is_set_again),
        TEST(a_directory_above_that_cannot_be_watched_does_not_hide_those_below),
        TEST(one_that_appears_while_it_is_looked_for_is_watched),
        TEST(one_that_appears_before_its_parent_is_waited_in_is_watched),
        TEST(a_number_that_was_used_again_costs_a_look_and_no_more),
    };
    return cmocka_run_group_tests_name("folders_faults", tests, NULL, NULL);
}
