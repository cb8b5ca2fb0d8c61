// LDFLAGS: -Wl,--wrap=write -Wl,--wrap=fsync -Wl,--wrap=flock -Wl,--wrap=nanosleep
/* The journal of operations: what is in its lines, whatever happened to them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/journal.h"
#include "core/json.h"
#include "tests/helpers/tree.h"

#define FILE_NAME "state/slotop/journal.jsonl"
#define OLD_NAME FILE_NAME ".1"

enum { TIME_MS = 1000, WRITERS = 2, LINES_EACH = 40, SMALL = 1000 };

/* What the wrapped calls do next; 0: as ever. */
static struct {
    int write_errno;
    size_t write_at_most;
    int fsync_errno;
    int flock_errno;
} faults;

ssize_t __real_write(int fd, const void *bytes, size_t len);
ssize_t __wrap_write(int fd, const void *bytes, size_t len);
int __real_fsync(int fd);
int __wrap_fsync(int fd);
int __real_flock(int fd, int operation);
int __wrap_flock(int fd, int operation);
int __wrap_nanosleep(const struct timespec *wanted, struct timespec *left);

ssize_t __wrap_write(int fd, const void *bytes, size_t len)
{
    errno = faults.write_errno;
    if (faults.write_errno)
        return -1;
    if (faults.write_at_most && faults.write_at_most < len)
        len = faults.write_at_most;
    return __real_write(fd, bytes, len);
}

int __wrap_fsync(int fd)
{
    errno = faults.fsync_errno;
    return faults.fsync_errno ? -1 : __real_fsync(fd);
}

int __wrap_flock(int fd, int operation)
{
    errno = faults.flock_errno;
    return faults.flock_errno ? -1 : __real_flock(fd, operation);
}

int __wrap_nanosleep(const struct timespec *wanted, struct timespec *left)
{
    (void)wanted, (void)left;
    return 0;
}

struct desk {
    struct tree tree;
    struct journal journal;
    char dir[300];
};

static int set_up(void **state)
{
    struct desk *desk = calloc(1, sizeof(*desk));
    if (!desk)
        return -1;
    memset(&faults, 0, sizeof(faults));
    tree_make(&desk->tree);
    (void)snprintf(desk->dir, sizeof(desk->dir), "%s/state/slotop", desk->tree.path);
    desk->journal = (struct journal){
        .dir = desk->dir,
        .user = "ana",
        .host = "ops1",
        .tty = "/dev/pts/3",
        .pid = 4711,
        .rotate_bytes = JOURNAL_ROTATE_BYTES,
    };
    *state = desk;
    return 0;
}

static int tear_down(void **state)
{
    struct desk *desk = *state;
    memset(&faults, 0, sizeof(faults));
    tree_remove(&desk->tree);
    free(desk);
    return 0;
}

static struct journal_change change_of(struct str session_id)
{
    return (struct journal_change){
        .session_id = session_id,
        .slot_id = STR("chat-slot-main-1"),
        .before = STR("{ \"state\": \"active\" }"),
        .after = STR("{\"state\":\"deleted\"}"),
    };
}

static int append(const struct desk *desk, struct str session_id, uint32_t *ret_id,
                  struct error *error)
{
    struct journal_change change = change_of(session_id);
    struct journal_operation operation = {
        .time_ms = TIME_MS,
        .registry = STR("/srv/chat-agents.json"),
        .command = STR("release"),
        .outcome = STR("verified"),
        .changes = &change,
        .change_count = 1,
    };
    return journal_append(&desk->journal, &operation, ret_id, error);
}

static uint32_t append_well(const struct desk *desk, const char *session_id)
{
    uint32_t id = 0;
    assert_int_equal(append(desk, str_of(session_id), &id, NULL), 0);
    return id;
}

/* The sessions of all operations, the newest first, as "c b a ". */
static void assert_sessions(const struct desk *desk, const char *expected)
{
    struct journal_log log;
    struct journal_operation operation;
    struct buffer sessions = {0};
    assert_int_equal(journal_open_log(&desk->journal, &log, NULL), 0);
    while (journal_previous(&log, &operation, NULL) > 0) {
        assert_int_equal(operation.change_count, 1);
        buffer_add_str(&sessions, operation.changes[0].session_id);
        buffer_add_char(&sessions, ' ');
    }
    assert_string_equal(sessions.data ? sessions.data : "", expected);
    buffer_done(&sessions);
    journal_close_log(&log);
}

static unsigned mode_of(const struct desk *desk, const char *name)
{
    struct stat info;
    assert_int_equal(lstat(tree_path(&desk->tree, name), &info), 0);
    return info.st_mode & 0777;
}

static void an_operation_is_a_line_that_says_who_did_what_where_and_when(void **state)
{
    struct desk *desk = *state;
    assert_int_equal(append_well(desk, "71aa02bd"), 1);
    char *text = tree_read(&desk->tree, FILE_NAME);
    assert_string_equal(
        text, "{\"id\":\"op-0001\",\"time\":1000,\"at\":\"1970-01-01T00:00:01.000Z\","
              "\"user\":\"ana\",\"tty\":\"/dev/pts/3\",\"host\":\"ops1\",\"pid\":4711,"
              "\"registry\":\"/srv/chat-agents.json\",\"command\":\"release\",\"changes\":["
              "{\"session\":\"71aa02bd\",\"slot\":\"chat-slot-main-1\",\"before\":"
              "{\"state\":\"active\"},\"after\":{\"state\":\"deleted\"}}],\"outcome\":"
              "\"verified\"}\n");
    free(text);
}

static void what_was_appended_is_read_back(void **state)
{
    struct desk *desk = *state;
    struct journal_change changes[] = {change_of(STR("a")), {.session_id = STR("b")}};
    struct journal_operation written = {
        .time_ms = -1,
        .registry = STR("/r"),
        .command = STR("undo"),
        .undoes = 41,
        .outcome = STR("verified; \"weaker\""),
        .changes = changes,
        .change_count = 2,
    };
    uint32_t id = 0;
    desk->journal.tty = NULL;
    assert_int_equal(journal_append(&desk->journal, &written, &id, NULL), 0);
    struct journal_log log;
    struct journal_operation read;
    assert_int_equal(journal_open_log(&desk->journal, &log, NULL), 0);
    assert_int_equal(journal_previous(&log, &read, NULL), 1);
    assert_int_equal(read.id, id);
    assert_int_equal(read.time_ms, -1);
    assert_int_equal(read.undoes, 41);
    assert_int_equal(read.pid, 4711);
    assert_null(read.tty.data);
    assert_true(str_equal(read.user, STR("ana")) && str_equal(read.host, STR("ops1")));
    assert_true(str_equal(read.registry, written.registry));
    assert_true(str_equal(read.command, written.command));
    assert_true(str_equal(read.outcome, written.outcome));
    assert_int_equal(read.change_count, 2);
    assert_true(str_equal(read.changes[0].before, STR("{\"state\":\"active\"}")));
    assert_null(read.changes[1].slot_id.data);
    assert_null(read.changes[1].before.data);
    assert_null(read.changes[1].after.data);
    assert_int_equal(journal_previous(&log, &read, NULL), 0);
    journal_rewind(&log);
    assert_int_equal(journal_previous(&log, &read, NULL), 1);
    journal_close_log(&log);
}

static void nobody_else_may_read_it_whatever_it_was_before(void **state)
{
    struct desk *desk = *state;
    mode_t mask = umask(0);
    (void)append_well(desk, "a");
    assert_int_equal(mode_of(desk, "state"), 0700);
    assert_int_equal(mode_of(desk, "state/slotop"), 0700);
    assert_int_equal(mode_of(desk, FILE_NAME), 0600);
    assert_int_equal(chmod(tree_path(&desk->tree, "state/slotop"), 0755), 0);
    assert_int_equal(chmod(tree_path(&desk->tree, FILE_NAME), 0644), 0);
    (void)append_well(desk, "b");
    assert_int_equal(mode_of(desk, "state/slotop"), 0700);
    assert_int_equal(mode_of(desk, FILE_NAME), 0600);
    (void)umask(mask);
}

static void a_torn_last_line_is_passed_over_and_the_next_one_stands_alone(void **state)
{
    struct desk *desk = *state;
    (void)append_well(desk, "a");
    (void)append_well(desk, "b");
    char *whole = tree_read(&desk->tree, FILE_NAME);
    size_t second = (size_t)(strchr(whole, '\n') + 1 - whole);
    for (size_t len = second; len < strlen(whole); len++) {
        tree_write(&desk->tree, FILE_NAME, whole, len);
        /* "}" is all that a line needs; its newline comes with the next one. */
        assert_sessions(desk, len == strlen(whole) - 1 ? "b a " : "a ");
        uint32_t id = append_well(desk, "c");
        assert_int_equal(id, len < second + sizeof("{\"id\":\"op-0002\"") - 1 ? 2 : 3);
        assert_sessions(desk, len == strlen(whole) - 1 ? "c b a " : "c a ");
    }
    free(whole);
}

static void ids_count_on_whoever_appends(void **state)
{
    struct desk *desk = *state;
    pid_t children[WRITERS];
    for (int i = 0; i < WRITERS; i++) {
        children[i] = fork();
        assert_true(children[i] >= 0);
        for (int line = 0; children[i] == 0 && line < LINES_EACH; line++) {
            uint32_t id;
            if (append(desk, STR("x"), &id, NULL) == -EWOULDBLOCK)
                line--; /* nanosleep does not sleep here */
        }
        if (children[i] == 0)
            _exit(0);
    }
    for (int i = 0; i < WRITERS; i++)
        assert_int_equal(waitpid(children[i], NULL, 0), children[i]);
    struct journal_log log;
    struct journal_operation operation;
    uint32_t expected = WRITERS * LINES_EACH;
    assert_int_equal(journal_open_log(&desk->journal, &log, NULL), 0);
    while (journal_previous(&log, &operation, NULL) > 0)
        assert_int_equal(operation.id, expected--);
    assert_int_equal(expected, 0);
    journal_close_log(&log);
}

static void hostile_ids_stay_in_their_line_and_come_back_as_they_were(void **state)
{
    struct desk *desk = *state;
    static const struct str ids[] = {
        {"\n{\"id\":\"op-9999\"}\n", 19},
        {"a\0b", 3},
        {"\"\\\x1b[2J", 6},
        {"\xed\xa0\xbd", 3},
        {"", 0},
        {"\xe2\x80\xae", 3},
    };
    size_t count = sizeof(ids) / sizeof(ids[0]);
    uint32_t id = 0;
    for (size_t i = 0; i < count; i++)
        assert_int_equal(append(desk, ids[i], &id, NULL), 0);
    assert_int_equal(id, count);
    struct journal_log log;
    struct journal_operation operation;
    assert_int_equal(journal_open_log(&desk->journal, &log, NULL), 0);
    while (journal_previous(&log, &operation, NULL) > 0)
        assert_true(str_equal(operation.changes[0].session_id, ids[--count]));
    assert_int_equal(count, 0);
    journal_close_log(&log);
}

static void a_full_disk_is_told_and_leaves_nothing_of_the_line(void **state)
{
    struct desk *desk = *state;
    struct error error = {0};
    uint32_t id = 77;
    (void)append_well(desk, "a");
    char *before = tree_read(&desk->tree, FILE_NAME);
    faults.write_errno = ENOSPC;
    assert_int_equal(append(desk, STR("b"), &id, &error), -ENOSPC);
    assert_int_equal(error.kind, ERROR_SYSTEM);
    assert_non_null(strstr(error.text, "journal.jsonl: No space left on device"));
    faults.write_errno = 0;
    faults.write_at_most = 10;
    assert_int_equal(append(desk, STR("b"), &id, &error), -ENOSPC);
    faults.write_at_most = 0;
    assert_int_equal(id, 77);
    char *after = tree_read(&desk->tree, FILE_NAME);
    assert_string_equal(after, before);
    assert_int_equal(append_well(desk, "c"), 2);
    free(before);
    free(after);
}

static void what_may_not_survive_a_crash_is_told(void **state)
{
    struct desk *desk = *state;
    struct error error = {0};
    uint32_t id = 0;
    faults.fsync_errno = EIO;
    assert_int_equal(append(desk, STR("a"), &id, &error), -EIO);
    assert_non_null(strstr(error.text, "syncing "));
}

static void a_lock_that_nobody_gives_back_is_not_waited_for_for_ever(void **state)
{
    struct desk *desk = *state;
    struct error error = {0};
    uint32_t id = 0;
    faults.flock_errno = EWOULDBLOCK;
    assert_int_equal(append(desk, STR("a"), &id, &error), -EWOULDBLOCK);
    assert_non_null(strstr(error.text, "locking "));
}

static void a_full_file_makes_room_and_readers_see_both(void **state)
{
    struct desk *desk = *state;
    desk->journal.rotate_bytes = SMALL;
    const char *names[] = {"a", "b", "c", "d", "e", "f", "g"};
    for (uint32_t i = 0; i < 7; i++)
        assert_int_equal(append_well(desk, names[i]), i + 1);
    assert_int_equal(mode_of(desk, OLD_NAME), 0600);
    struct stat info;
    assert_int_equal(stat(tree_path(&desk->tree, OLD_NAME), &info), 0);
    assert_true(info.st_size <= SMALL);
    assert_int_equal(tree_count(&desk->tree, "state/slotop"), 2);
    assert_sessions(desk, "g f e d ");
    /* The id is found in the former file, too. */
    assert_int_equal(unlink(tree_path(&desk->tree, FILE_NAME)), 0);
    assert_int_equal(append_well(desk, "h"), 7);
}

static void an_operation_larger_than_a_file_has_one_of_its_own(void **state)
{
    struct desk *desk = *state;
    desk->journal.rotate_bytes = 1;
    (void)append_well(desk, "a");
    (void)append_well(desk, "b");
    assert_sessions(desk, "b a ");
}

static void a_line_beyond_the_limit_is_refused(void **state)
{
    struct desk *desk = *state;
    struct buffer id = {0};
    struct error error = {0};
    uint32_t number;
    buffer_add_repeat(&id, 'x', JOURNAL_LINE_MAX_BYTES);
    assert_int_equal(append(desk, buffer_str(&id), &number, &error), -EFBIG);
    buffer_done(&id);
    assert_sessions(desk, "");
}

static void what_is_no_regular_file_is_not_written_to(void **state)
{
    struct desk *desk = *state;
    struct error error = {0};
    uint32_t id;
    tree_put(&desk->tree, "elsewhere", "mine\n");
    tree_put(&desk->tree, "state/slotop/x", "");
    const char *path = tree_path(&desk->tree, FILE_NAME);
    assert_int_equal(symlink(tree_path(&desk->tree, "elsewhere"), path), 0);
    assert_int_equal(append(desk, STR("a"), &id, &error), -ELOOP);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(append(desk, STR("a"), &id, &error), -EINVAL);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_int_equal(append(desk, STR("a"), &id, &error), -EISDIR);
    char *text = tree_read(&desk->tree, "elsewhere");
    assert_string_equal(text, "mine\n");
    free(text);
}

static void lines_that_are_no_record_are_passed_over(void **state)
{
    struct desk *desk = *state;
    static const char *const lines[] = {
        "",
        "null",
        "[]",
        "{}",
        "7",
        "{\"id\":\"op-0009\"}",
        "\x80\xff",
        "{\"id\":\"op-00",
        "{\"id\":9,\"registry\":\"/r\",\"command\":\"c\",\"changes\":[{\"session\":\"a\"}]}",
        "{\"id\":\"op-0\",\"registry\":\"/r\",\"command\":\"c\",\"changes\":[{\"session\":\"a\"}]}",
        "{\"id\":\"op-9\",\"registry\":7,\"command\":\"c\",\"changes\":[{\"session\":\"a\"}]}",
        "{\"id\":\"op-9\",\"registry\":\"/r\",\"changes\":[{\"session\":\"a\"}]}",
        "{\"id\":\"op-9\",\"registry\":\"/r\",\"command\":\"c\",\"changes\":[]}",
        "{\"id\":\"op-9\",\"registry\":\"/r\",\"command\":\"c\",\"changes\":{\"session\":\"a\"}}",
        "{\"id\":\"op-9\",\"registry\":\"/r\",\"command\":\"c\",\"changes\":[{\"session\":1}]}",
        "{\"id\":\"op-9\",\"registry\":\"/r\",\"command\":\"c\",\"changes\":[null]}",
    };
    struct buffer text = {0};
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
        buffer_addf(&text, "%s\n", lines[i]);
    buffer_addf(&text, "{\"changes\":[{\"session\":\"good\"}],\"command\":\"c\",\"registry\":"
                       "\"/r\",\"id\":\"op-7\",\"time\":1e300}\n\n");
    tree_write(&desk->tree, FILE_NAME, text.data, text.len);
    assert_sessions(desk, "good ");
    buffer_done(&text);
}

static void where_there_is_no_journal_nothing_was_done(void **state)
{
    struct desk *desk = *state;
    assert_sessions(desk, "");
}

static void one_slotop_at_a_time_is_at_a_registry_and_others_give_up_waiting(void **state)
{
    struct desk *desk = *state;
    int first = journal_hold(&desk->journal);
    assert_true(first >= 0);
    assert_int_equal(journal_hold(&desk->journal), -EWOULDBLOCK);
    (void)append_well(desk, "a");
    journal_let_go(first);
    int second = journal_hold(&desk->journal);
    assert_true(second >= 0);
    journal_let_go(second);
    journal_let_go(-1);
}

static void an_id_is_named_in_several_ways(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint32_t id;
    } rows[] = {
        {"op-0042", 42}, {"op-42", 42},  {"42", 42}, {"op-999999999", 999999999},
        {"op-0", 0},     {"", 0},        {"op-", 0}, {"op-1000000000", 0},
        {"-1", 0},       {"op-op-1", 0}, {"1x", 0},  {" 1", 0},
    };
    char text[JOURNAL_ID_SIZE];
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_int_equal(journal_id_parse(str_of(rows[i].text)), rows[i].id);
    assert_string_equal(journal_id_text(42, text), "op-0042");
    assert_string_equal(journal_id_text(JOURNAL_ID_MAX, text), "op-999999999");
}

static void a_registry_has_one_name_however_it_is_reached(void **state)
{
    struct desk *desk = *state;
    static const char *const ways[] = {"real/chat-agents.json", "link/chat-agents.json",
                                       "real/../real/chat-agents.json"};
    struct buffer first = {0}, name = {0};
    tree_put(&desk->tree, "real/x", "");
    assert_int_equal(symlink("real", tree_path(&desk->tree, "link")), 0);
    for (int exists = 0; exists < 2; exists++) {
        buffer_clear(&first);
        for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
            buffer_clear(&name);
            journal_registry(tree_path(&desk->tree, ways[i]), &name);
            if (i == 0)
                buffer_add_str(&first, buffer_str(&name));
            assert_string_equal(name.data, first.data);
        }
        tree_put(&desk->tree, "real/chat-agents.json", "{}");
    }
    buffer_clear(&name);
    journal_registry("no/such/dir", &name);
    assert_string_equal(name.data, "no/such/dir");
    buffer_done(&first);
    buffer_done(&name);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(an_operation_is_a_line_that_says_who_did_what_where_and_when),
        TEST(what_was_appended_is_read_back),
        TEST(nobody_else_may_read_it_whatever_it_was_before),
        TEST(a_torn_last_line_is_passed_over_and_the_next_one_stands_alone),
        TEST(ids_count_on_whoever_appends),
        TEST(hostile_ids_stay_in_their_line_and_come_back_as_they_were),
        TEST(a_full_disk_is_told_and_leaves_nothing_of_the_line),
        TEST(what_may_not_survive_a_crash_is_told),
        TEST(a_lock_that_nobody_gives_back_is_not_waited_for_for_ever),
        TEST(a_full_file_makes_room_and_readers_see_both),
        TEST(an_operation_larger_than_a_file_has_one_of_its_own),
        TEST(a_line_beyond_the_limit_is_refused),
        TEST(what_is_no_regular_file_is_not_written_to),
        TEST(lines_that_are_no_record_are_passed_over),
        TEST(where_there_is_no_journal_nothing_was_done),
        TEST(one_slotop_at_a_time_is_at_a_registry_and_others_give_up_waiting),
        TEST(an_id_is_named_in_several_ways),
        TEST(a_registry_has_one_name_however_it_is_reached),
    };
    return cmocka_run_group_tests_name("journal", tests, NULL, NULL);
}
