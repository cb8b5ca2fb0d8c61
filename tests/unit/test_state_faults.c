// LDFLAGS: -Wl,--wrap=pread
/* A state directory on which reading fails, and a clock that goes back: the last good view stays,
 * says why, and heals. The numbers in comments are the cases of the watching design. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/state.h"
#include "tests/helpers/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOW INT64_C(1773890000000)
#define REGISTRY(id)                                                                               \
    "{\"version\":1,\"agents\":{\"" id "\":{\"chatAgentId\":\"chat-slot-main-1\","                 \
    "\"workspaceAgentId\":\"main\",\"state\":\"active\",\"lastActiveAt\":1773890000000,"           \
    "\"idleTtlMs\":1800000}}}\n"

enum { MINUTE_MS = 60000, PIECE_BYTES = 10 };

/* Cannot be otherwise: the wrapped call has no argument for it. */
static struct {
    int errnum; /* 0: nothing fails */
    int after;  /* pieces that are read before */
    int times;  /* -1: for ever */
} fault;

ssize_t __real_pread(int fd, void *bytes, size_t size, off_t offset);
ssize_t __wrap_pread(int fd, void *bytes, size_t size, off_t offset);

ssize_t __wrap_pread(int fd, void *bytes, size_t size, off_t offset)
{
    if (fault.errnum == 0 || fault.times == 0)
        return __real_pread(fd, bytes, size, offset);
    if (offset < (off_t)fault.after * PIECE_BYTES)
        return __real_pread(fd, bytes, PIECE_BYTES, offset);
    fault.times -= fault.times > 0;
    errno = fault.errnum;
    return -1;
}

struct fixture {
    struct tree tree;
    struct environment environment;
    struct state state;
};

static int set_up(void **context)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    assert_non_null(fixture);
    tree_make(&fixture->tree);
    tree_put(&fixture->tree, "openclaw.json",
             "{\"agents\":{\"list\":[{\"id\":\"chat-slot-main-1\"}]}}");
    tree_put(&fixture->tree, "chat-agents.json", REGISTRY("s1"));
    fixture->environment = (struct environment){.home = "/nowhere", .current_dir = "/"};
    assert_int_equal(
        state_init(&fixture->state, &fixture->environment, fixture->tree.path, NULL, NULL), 0);
    *context = fixture;
    return 0;
}

static int tear_down(void **context)
{
    struct fixture *fixture = *context;
    memset(&fault, 0, sizeof(fault));
    state_done(&fixture->state);
    tree_remove(&fixture->tree);
    free(fixture);
    return 0;
}

static void look(struct fixture *fixture, unsigned parts, int64_t now_ms)
{
    assert_int_equal(state_load(&fixture->state, &(struct state_look){.parts = parts}, NULL), 0);
    assert_int_equal(state_model(&fixture->state, now_ms, NULL), 0);
}

static bool shows(const struct fixture *fixture, const char *session_id)
{
    return registry_find(&state_shown(&fixture->state)->registry, str_of(session_id));
}

static const struct finding *find(const struct fixture *fixture, const char *code)
{
    const struct model *model = &fixture->state.model;
    for (size_t i = 0; i < model->finding_count; i++)
        if (strcmp(model->findings[i].code, code) == 0)
            return &model->findings[i];
    return NULL;
}

/* The last good view stands, the look says why there is no newer one. */
static void assert_unreadable(const struct fixture *fixture, const char *why)
{
    const struct document *document = &fixture->state.document;
    const struct finding *finding = find(fixture, "registry-unreadable");
    assert_int_equal(document->state, DOCUMENT_UNREADABLE);
    assert_non_null(strstr(document->trouble, fixture->state.registry_path.data));
    assert_non_null(strstr(document->trouble, why));
    assert_true(finding && finding->severity == SEVERITY_ERROR);
    assert_true(finding && finding->message.len > 0 && finding->remedy.len > 0);
    assert_ptr_equal(state_shown(&fixture->state), &fixture->state.last_good);
    assert_true(shows(fixture, "s1"));
    assert_int_equal(fixture->state.model.counts.held, 1);
}

static void assert_healed(const struct fixture *fixture, const char *session_id)
{
    assert_int_equal(fixture->state.document.state, DOCUMENT_OK);
    assert_ptr_equal(state_shown(&fixture->state), &fixture->state.document);
    assert_true(shows(fixture, session_id));
    assert_null(find(fixture, "registry-unreadable"));
    assert_int_equal(fixture->state.model.counts.held, 1);
}

/* 32 */
static void a_read_that_fails_keeps_the_last_good_view_and_heals(void **context)
{
    static const struct {
        int errnum, after;
    } cases[] = {{EIO, 0}, {EIO, 1}, {EIO, 7}, {ESTALE, 0}, {ESTALE, 3}};
    struct fixture *fixture = *context;
    look(fixture, PART_ALL, NOW);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        fault.errnum = cases[i].errnum;
        fault.after = cases[i].after;
        fault.times = -1;
        for (int again = 0; again < 2; again++) { /* a second failure must not lose the view */
            look(fixture, PART_REGISTRY, NOW);
            assert_unreadable(fixture, strerror(cases[i].errnum));
        }
        fault.errnum = 0;
        look(fixture, PART_REGISTRY, NOW);
        assert_healed(fixture, "s1");
    }
}

static void a_read_that_fails_at_the_first_look_shows_nothing_and_heals(void **context)
{
    struct fixture *fixture = *context;
    fault.errnum = EIO;
    fault.times = -1;
    look(fixture, PART_REGISTRY, NOW);
    assert_int_equal(fixture->state.document.state, DOCUMENT_UNREADABLE);
    assert_int_equal(state_shown(&fixture->state)->registry.count, 0);
    assert_non_null(find(fixture, "registry-unreadable"));
    fault.errnum = 0;
    look(fixture, PART_ALL, NOW);
    assert_healed(fixture, "s1");
}

static void short_and_interrupted_reads_are_no_faults(void **context)
{
    struct fixture *fixture = *context;
    fault.errnum = EINTR;
    fault.after = 5;
    fault.times = 3;
    look(fixture, PART_ALL, NOW);
    assert_int_equal(fault.times, 0);
    assert_healed(fixture, "s1");
}

/* 35: a sparse file costs no room. */
static void a_registry_past_the_size_limit_keeps_the_last_good_view_and_heals(void **context)
{
    struct fixture *fixture = *context;
    const char *path = tree_path(&fixture->tree, "chat-agents.json");
    struct stat info;
    look(fixture, PART_ALL, NOW);
    assert_int_equal(stat(path, &info), 0);
    if (truncate(path, (off_t)FILE_LIMIT_BYTES + 1) != 0) {
        print_message("skipped: no file may be that large here\n");
        skip();
    }
    look(fixture, PART_REGISTRY, NOW);
    assert_unreadable(fixture, "is larger than the limit of 536 MB");
    assert_int_equal(truncate(path, info.st_size), 0);
    look(fixture, PART_REGISTRY, NOW);
    assert_healed(fixture, "s1");
}

/* 30 */
static void a_clock_set_back_makes_the_overdue_live_again(void **context)
{
    static const struct {
        int64_t minutes;
        enum session_view view;
    } steps[] = {{0, VIEW_ACTIVE},    {31, VIEW_OVERDUE},  {5, VIEW_ACTIVE},
                 {600, VIEW_OVERDUE}, {-600, VIEW_ACTIVE}, {29, VIEW_ACTIVE}};
    struct fixture *fixture = *context;
    look(fixture, PART_ALL, NOW);
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        int64_t now_ms = NOW + steps[i].minutes * MINUTE_MS;
        assert_int_equal(state_model(&fixture->state, now_ms, NULL), 0);
        const struct model *model = &fixture->state.model;
        assert_int_equal(model_view(model, 0), steps[i].view);
        assert_int_equal(model->counts.overdue, steps[i].view == VIEW_OVERDUE);
        assert_false(model->next_change_ms <= (double)now_ms);
        assert_true(steps[i].view == VIEW_OVERDUE || model->next_change_ms > (double)now_ms);
    }
}

/* 30 */
static void a_save_dated_before_the_one_that_was_read_is_read(void **context)
{
    struct fixture *fixture = *context;
    look(fixture, PART_ALL, NOW);
    const struct timespec long_ago[] = {{.tv_sec = 1}, {.tv_sec = 1}};
    int64_t before_ns = fixture->state.identity.mtime_ns;
    tree_put(&fixture->tree, "chat-agents.json", REGISTRY("s2"));
    assert_int_equal(
        utimensat(AT_FDCWD, tree_path(&fixture->tree, "chat-agents.json"), long_ago, 0), 0);
    look(fixture, PART_REGISTRY, NOW - MINUTE_MS);
    assert_healed(fixture, "s2");
    assert_true(fixture->state.identity.mtime_ns < before_ns);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_read_that_fails_keeps_the_last_good_view_and_heals),
        TEST(a_read_that_fails_at_the_first_look_shows_nothing_and_heals),
        TEST(short_and_interrupted_reads_are_no_faults),
        TEST(a_registry_past_the_size_limit_keeps_the_last_good_view_and_heals),
        TEST(a_clock_set_back_makes_the_overdue_live_again),
        TEST(a_save_dated_before_the_one_that_was_read_is_read),
    };
    return cmocka_run_group_tests_name("state_faults", tests, NULL, NULL);
}
