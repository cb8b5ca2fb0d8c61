// LDFLAGS: -Wl,--wrap=fcntl
/* The store where writing is hard: a full disk, no permission, somebody else's file, no leases. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/store.h"
#include "tests/helpers/edited.h"
#include "tests/helpers/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_NAME "state/chat-agents.json"
enum { NOBODY = 65534, DISK_BYTES = 64 << 10 };
static const char REGISTRY[] = EDITED_USUAL(EDITED_ENTRY("aaaa", "active", "1773890000000"));

/* Cannot be otherwise: the wrapped call has no argument for it. 0: the kernel decides. */
static int lease_errno;
int __real_fcntl(int fd, int command, ...);
int __wrap_fcntl(int fd, int command, ...);
int __wrap_fcntl(int fd, int command, ...)
{
    va_list arguments;
    va_start(arguments, command);
    long argument = va_arg(arguments, long);
    va_end(arguments);
    if (command != F_SETLEASE || lease_errno == 0)
        return __real_fcntl(fd, command, argument);
    errno = lease_errno;
    return -1;
}

struct place {
    struct tree tree;
    char path[320];
    struct store_report report;
    struct error error;
    bool is_mounted;
};

static int set_up(void **state)
{
    struct place *place = calloc(1, sizeof(*place));
    tree_make(&place->tree);
    (void)snprintf(place->path, sizeof(place->path), "%s/" FILE_NAME, place->tree.path);
    *state = place;
    return 0;
}

static int tear_down(void **state)
{
    struct place *place = *state;
    lease_errno = 0;
    if (geteuid() != getuid() && seteuid(getuid()) != 0)
        abort();
    if (place->is_mounted)
        (void)umount2(place->tree.path, MNT_DETACH);
    tree_remove(&place->tree);
    free(place);
    return 0;
}

static int apply(struct place *place, enum operation_kind kind, const char *session)
{
    static const struct pool pool = {.workspace_agent_id = {"main", 4}};
    const struct operation operation = {
        .kind = kind, .session_id = str_of(session), .now_ms = 1773890060000};
    const struct store store = {.path = place->path};
    struct outcome outcome;
    int result = store_apply(&store, &operation, 1, &pool, &outcome, &place->report, &place->error);
    outcome_done(&outcome);
    return result;
}

static void assert_file_is(struct place *place, const char *expected)
{
    char *text = tree_read(&place->tree, FILE_NAME);
    assert_non_null(text);
    assert_string_equal(text, expected);
    free(text);
}

static void assert_file_has(struct place *place, const char *part)
{
    char *text = tree_read(&place->tree, FILE_NAME);
    assert_non_null(text);
    assert_non_null(strstr(text, part));
    free(text);
}

/* A failed edit of a file that is still as it was. */
static void assert_fails(struct place *place, int result, int errnum, enum error_kind kind)
{
    assert_int_equal(result, -errnum);
    assert_int_equal(place->error.kind, kind);
    assert_non_null(strstr(place->error.text, strerror(errnum)));
    assert_true(strstr(place->error.text, "nothing was changed") ||
                strstr(place->error.text, "the file is as it was"));
    assert_false(place->report.wrote);
    assert_file_is(place, REGISTRY);
    assert_int_equal(tree_count(&place->tree, "state"), 1);
}

static void need(bool is_possible, const char *what)
{
    if (is_possible)
        return;
    printf("%s is not permitted here: skip\n", what);
    skip();
}

/* A small disk of its own on the tree, gone with this process at the latest. */
static void mount_disk(struct place *place)
{
    char options[32];
    (void)snprintf(options, sizeof(options), "size=%d,mode=755", (int)DISK_BYTES);
    need(unshare(CLONE_NEWNS) == 0 && mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
             mount("slotop-test", place->tree.path, "tmpfs", 0, options) == 0,
         "mounting a small disk");
    place->is_mounted = true;
}

static void fill_disk(struct place *place)
{
    static const char block[4096];
    int fd = open(tree_path(&place->tree, "filler"), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    while (write(fd, block, sizeof(block)) > 0)
        continue;
    assert_int_equal(errno, ENOSPC);
    assert_int_equal(close(fd), 0);
}

/* A registry that ends at the end of a page, so that an entry more needs another one. */
static void put_whole_pages(struct place *place, struct buffer *text)
{
    size_t room = 4096 - (sizeof(REGISTRY) - 1) % 4096;
    buffer_add_repeat(text, ' ', room);
    buffer_add_str(text, str_of(REGISTRY));
    assert_int_equal(text->len % 4096, 0);
    tree_write(&place->tree, FILE_NAME, text->data, text->len);
}

static void on_a_full_disk_a_state_change_works_and_a_new_entry_is_taken_back(void **state)
{
    struct place *place = *state;
    struct buffer text = {0};
    mount_disk(place);
    put_whole_pages(place, &text);
    fill_disk(place);
    assert_int_equal(apply(place, OPERATION_ALLOCATE, "bbbb"), -ENOSPC);
    assert_int_equal(place->error.kind, ERROR_SYSTEM);
    assert_non_null(strstr(place->error.text, "No space left on device; the file is as it was"));
    assert_file_is(place, text.data);
    assert_int_equal(tree_count(&place->tree, "state"), 1);
    assert_int_equal(apply(place, OPERATION_RELEASE, "aaaa"), 0);
    assert_file_has(place, "\"deleted\"");
    buffer_done(&text);
}

static void on_a_full_disk_no_registry_is_made_and_nothing_is_left(void **state)
{
    struct place *place = *state;
    mount_disk(place);
    assert_int_equal(mkdir(tree_path(&place->tree, "state"), 0700), 0);
    fill_disk(place);
    assert_int_equal(apply(place, OPERATION_ALLOCATE, "aaaa"), -ENOSPC);
    assert_int_equal(place->error.kind, ERROR_SYSTEM);
    assert_non_null(strstr(place->error.text, "no registry was made"));
    assert_int_equal(tree_count(&place->tree, "state"), 0);
}

static void a_read_only_file_system_is_told_and_nothing_is_changed(void **state)
{
    struct place *place = *state;
    mount_disk(place);
    tree_put(&place->tree, FILE_NAME, REGISTRY);
    assert_int_equal(mount(NULL, place->tree.path, NULL, MS_REMOUNT | MS_RDONLY, NULL), 0);
    assert_fails(place, apply(place, OPERATION_RELEASE, "aaaa"), EROFS, ERROR_UNUSABLE);
    (void)snprintf(place->path, sizeof(place->path), "%s/new.json", place->tree.path);
    assert_int_equal(apply(place, OPERATION_ALLOCATE, "aaaa"), -EROFS);
    assert_int_equal(place->error.kind, ERROR_UNUSABLE);
    assert_non_null(strstr(place->error.text, "no registry was made"));
}

static void beyond_the_limit_of_a_files_size_a_new_entry_is_taken_back(void **state)
{
    struct place *place = *state;
    struct rlimit old, tight;
    struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
    tree_put(&place->tree, FILE_NAME, REGISTRY);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    tight = (struct rlimit){sizeof(REGISTRY) + 20, old.rlim_max};
    assert_int_equal(sigaction(SIGXFSZ, &ignore, &before), 0);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
    int result = apply(place, OPERATION_ALLOCATE, "bbbb");
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    assert_int_equal(sigaction(SIGXFSZ, &before, NULL), 0);
    assert_fails(place, result, EFBIG, ERROR_SYSTEM);
}

/* From here on this process is nobody, without root's powers; tear_down() ends it. */
static void become_nobody(struct place *place)
{
    assert_int_equal(chmod(place->tree.path, 0755), 0);
    need(getuid() == 0 && seteuid(NOBODY) == 0, "being another user");
    /* A program that was started by nobody could look at its own descriptors. */
    assert_int_equal(prctl(PR_SET_DUMPABLE, 1), 0);
}

static void a_file_of_another_owner_is_edited_the_weaker_way_where_it_may_be_written(void **state)
{
    struct place *place = *state;
    tree_put(&place->tree, FILE_NAME, REGISTRY);
    assert_int_equal(chmod(place->path, 0666), 0);
    become_nobody(place);
    assert_int_equal(apply(place, OPERATION_RELEASE, "aaaa"), 0);
    assert_true(place->report.wrote);
    assert_non_null(strstr(place->report.weaker, "without a lease (Permission denied)"));
    assert_file_has(place, "\"deleted\"");
}

static void what_may_not_be_written_or_read_is_left_alone_and_told(void **state)
{
    struct place *place = *state;
    static const struct {
        mode_t mode;
        const char *doing;
    } cases[] = {{0644, "for writing: Permission denied"}, {0600, "opening "}};
    become_nobody(place);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(seteuid(0), 0);
        tree_put(&place->tree, FILE_NAME, REGISTRY);
        assert_int_equal(chmod(place->path, cases[i].mode), 0);
        assert_int_equal(seteuid(NOBODY), 0);
        int result = apply(place, OPERATION_RELEASE, "aaaa");
        assert_int_equal(seteuid(0), 0);
        assert_non_null(strstr(place->error.text, cases[i].doing));
        assert_fails(place, result, EACCES, ERROR_UNUSABLE);
    }
}

static void in_a_directory_that_may_not_be_written_no_registry_is_made(void **state)
{
    struct place *place = *state;
    assert_int_equal(mkdir(tree_path(&place->tree, "state"), 0755), 0);
    become_nobody(place);
    assert_int_equal(apply(place, OPERATION_ALLOCATE, "aaaa"), -EACCES);
    assert_int_equal(place->error.kind, ERROR_UNUSABLE);
    assert_non_null(strstr(place->error.text, "Permission denied; no registry was made"));
    assert_int_equal(tree_count(&place->tree, "state"), 0);
}

static bool set_flags(const char *path, long flags)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool is_set = fd >= 0 && ioctl(fd, FS_IOC_SETFLAGS, &flags) == 0;
    if (fd >= 0)
        (void)close(fd);
    return is_set;
}

static void an_immutable_file_is_left_alone_and_told(void **state)
{
    struct place *place = *state;
    static const long flags[] = {FS_IMMUTABLE_FL, FS_APPEND_FL};
    for (size_t i = 0; i < 2; i++) {
        tree_put(&place->tree, FILE_NAME, REGISTRY);
        need(set_flags(place->path, flags[i]), "making a file immutable");
        int result = apply(place, OPERATION_RELEASE, "aaaa");
        assert_true(set_flags(place->path, 0));
        assert_fails(place, result, EPERM, ERROR_UNUSABLE);
    }
}

static void without_leases_an_edit_is_made_all_the_same_and_says_so(void **state)
{
    struct place *place = *state;
    static const int errnums[] = {EINVAL, ENOLCK, EACCES};
    for (size_t i = 0; i < 3; i++) {
        char why[96];
        (void)snprintf(why, sizeof(why), "without a lease (%s)", strerror(errnums[i]));
        lease_errno = errnums[i];
        tree_put(&place->tree, FILE_NAME, REGISTRY);
        assert_int_equal(apply(place, OPERATION_RELEASE, "aaaa"), 0);
        assert_non_null(strstr(place->report.weaker, why));
        assert_file_has(place, "\"deleted\"");
        assert_int_equal(apply(place, OPERATION_ALLOCATE, "bbbb"), 0);
        assert_non_null(strstr(place->report.weaker, why));
        assert_file_has(place, "\"bbbb\"");
    }
}

int main(void)
{
#define PLACE_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        PLACE_TEST(on_a_full_disk_a_state_change_works_and_a_new_entry_is_taken_back),
        PLACE_TEST(on_a_full_disk_no_registry_is_made_and_nothing_is_left),
        PLACE_TEST(a_read_only_file_system_is_told_and_nothing_is_changed),
        PLACE_TEST(beyond_the_limit_of_a_files_size_a_new_entry_is_taken_back),
        PLACE_TEST(a_file_of_another_owner_is_edited_the_weaker_way_where_it_may_be_written),
        PLACE_TEST(what_may_not_be_written_or_read_is_left_alone_and_told),
        PLACE_TEST(in_a_directory_that_may_not_be_written_no_registry_is_made),
        PLACE_TEST(an_immutable_file_is_left_alone_and_told),
        PLACE_TEST(without_leases_an_edit_is_made_all_the_same_and_says_so),
    };
    return cmocka_run_group_tests_name("store_places", tests, NULL, NULL);
}
