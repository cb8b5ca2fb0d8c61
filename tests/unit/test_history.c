// LDFLAGS: -Wl,--wrap=write
/* What happened is kept over restarts, whoever writes beside us and whatever becomes of the file.
 */
#include "core/copies.h"
#include "core/history.h"
#include "tests/helpers/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define NAME "state/slotop/history/0.jsonl"
#define OLD_NAME NAME ".1"
#define NOW 1773890000000.0

enum { WRITERS = 2, BATCHES = 30, BATCH = 8 };

/* Cannot be otherwise: the wrapped call has no argument for it. */
static struct {
    size_t calls;
    int write_errno;
    size_t write_at_most; /* 0: all */
} writes;

ssize_t __real_write(int fd, const void *bytes, size_t len);
ssize_t __wrap_write(int fd, const void *bytes, size_t len);

ssize_t __wrap_write(int fd, const void *bytes, size_t len)
{
    writes.calls++;
    errno = writes.write_errno;
    if (writes.write_errno)
        return -1;
    if (writes.write_at_most && writes.write_at_most < len)
        len = writes.write_at_most;
    return __real_write(fd, bytes, len);
}

struct desk {
    struct tree tree;
    struct history *history;
};

static void open_history(struct desk *desk)
{
    struct history *history;
    assert_int_equal(history_open(tree_path(&desk->tree, NAME), &history, NULL), 0);
    history_close(desk->history);
    desk->history = history;
}

static int set_up(void **state)
{
    struct desk *desk = calloc(1, sizeof(*desk));
    if (!desk)
        return -1;
    memset(&writes, 0, sizeof(writes));
    tree_make(&desk->tree);
    open_history(desk);
    *state = desk;
    return 0;
}

static int tear_down(void **state)
{
    struct desk *desk = *state;
    history_close(desk->history);
    tree_remove(&desk->tree);
    free(desk);
    return 0;
}

static struct history_event idled(const char *session, double at_ms)
{
    return (struct history_event){at_ms,         EVENT_IDLED,  BY_SERVER, str_of(session),
                                  STR("slot-1"), STATE_ACTIVE, STATE_IDLE};
}

static void add(struct desk *desk, struct history_event event)
{
    struct events events = {.items = &event, .count = 1};
    assert_int_equal(history_add(desk->history, &events, NULL), 0);
}

static size_t count_of(const struct desk *desk)
{
    size_t count;
    (void)history_events(desk->history, &count);
    return count;
}

static const struct history_event *event_at(const struct desk *desk, size_t place)
{
    size_t count;
    const struct history_event *events = history_events(desk->history, &count);
    assert_true(place < count);
    return &events[place];
}

static void append_text(struct desk *desk, const char *text)
{
    char *old = tree_read(&desk->tree, NAME);
    struct buffer joined = {0};
    buffer_addf(&joined, "%s%s", old ? old : "", text);
    tree_write(&desk->tree, NAME, joined.data, joined.len);
    buffer_done(&joined);
    free(old);
}

static size_t count_lines(const char *text)
{
    size_t count = 0;
    for (; text && *text; text++)
        count += *text == '\n';
    return count;
}

static void events_are_there_after_a_restart(void **state)
{
    struct desk *desk = *state;
    add(desk, idled("a\n\"b", NOW));
    add(desk, (struct history_event){.at_ms = NOW + 1, .kind = EVENT_WIPED, .by = BY_SERVER});
    open_history(desk);
    assert_int_equal(count_of(desk), 2);
    const struct history_event *event = event_at(desk, 0), wanted = idled("a\n\"b", NOW);
    assert_true(event_is_same(event, &wanted));
    assert_true(event->at_ms == NOW && str_equal(event->agent_id, STR("slot-1")));
    assert_null(event_at(desk, 1)->session_id.data);
    assert_string_equal(history_trouble(desk->history), "");
}

static void opening_makes_nothing(void **state)
{
    struct desk *desk = *state;
    assert_int_equal(count_of(desk), 0);
    assert_int_equal(tree_count(&desk->tree, "."), 0);
}

static void file_and_directories_are_their_owners_alone(void **state)
{
    struct desk *desk = *state;
    struct stat info;
    mode_t mask = umask(0);
    add(desk, idled("a", NOW));
    (void)umask(mask);
    assert_int_equal(stat(tree_path(&desk->tree, NAME), &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    assert_int_equal(stat(tree_path(&desk->tree, "state/slotop/history"), &info), 0);
    assert_int_equal(info.st_mode & 0777, 0700);
    assert_int_equal(chmod(tree_path(&desk->tree, NAME), 0644), 0);
    assert_int_equal(chmod(tree_path(&desk->tree, "state/slotop/history"), 0755), 0);
    add(desk, idled("b", NOW));
    assert_int_equal(stat(tree_path(&desk->tree, NAME), &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    assert_int_equal(stat(tree_path(&desk->tree, "state/slotop/history"), &info), 0);
    assert_int_equal(info.st_mode & 0777, 0700);
}

static void touches_are_kept_in_memory_alone(void **state)
{
    struct desk *desk = *state;
    struct history_event used = idled("a", NOW);
    used.kind = EVENT_USED;
    used.to = STATE_ACTIVE;
    add(desk, used);
    assert_int_equal(count_of(desk), 1);
    assert_int_equal(writes.calls, 0);
    used.from = STATE_IDLE; /* no mere touch */
    add(desk, used);
    open_history(desk);
    assert_int_equal(count_of(desk), 1);
}

static void all_of_a_call_is_one_write(void **state)
{
    struct desk *desk = *state;
    struct history_event items[3] = {idled("a", NOW), idled("b", NOW), idled("c", NOW)};
    struct events events = {.items = items, .count = 3}, none = {0};
    assert_int_equal(history_add(desk->history, &events, NULL), 0);
    assert_int_equal(history_add(desk->history, &none, NULL), 0);
    assert_int_equal(writes.calls, 1);
    open_history(desk);
    assert_int_equal(count_of(desk), 3);
}

static void without_a_path_there_is_no_file(void **state)
{
    struct desk *desk = *state;
    history_close(desk->history);
    assert_int_equal(history_open(NULL, &desk->history, NULL), 0);
    add(desk, idled("a", NOW));
    assert_int_equal(count_of(desk), 1);
    assert_int_equal(writes.calls, 0);
}

static void a_torn_last_line_is_skipped_and_the_next_one_is_whole(void **state)
{
    struct desk *desk = *state;
    add(desk, idled("a", NOW));
    append_text(desk, "{\"at\":1773890000000,\"event\":\"idl");
    open_history(desk);
    assert_int_equal(count_of(desk), 1);
    add(desk, idled("b", NOW));
    open_history(desk);
    assert_int_equal(count_of(desk), 2);
}

static void lines_that_are_no_event_or_too_long_are_skipped(void **state)
{
    struct desk *desk = *state;
    struct buffer line = {0};
    struct history_event event = idled("a", NOW);
    buffer_add_str(&line, STR("\n\nnonsense\n{}\n"));
    buffer_add_repeat(&line, ' ', HISTORY_LINE_BYTES);
    event_add_json(&event, &line);
    event_add_json(&event, &line);
    tree_put(&desk->tree, NAME, line.data);
    buffer_done(&line);
    open_history(desk);
    assert_int_equal(count_of(desk), 1);
}

static void an_id_that_is_too_long_for_the_file_stays_in_memory(void **state)
{
    struct desk *desk = *state;
    char id[HISTORY_LINE_BYTES];
    memset(id, 'x', sizeof(id) - 1);
    id[sizeof(id) - 1] = '\0';
    struct history_event items[3] = {idled("a", NOW), idled(id, NOW), idled("b", NOW)};
    struct events events = {.items = items, .count = 3};
    assert_int_equal(history_add(desk->history, &events, NULL), 0);
    assert_int_equal(event_at(desk, 1)->session_id.len, sizeof(id) - 1);
    open_history(desk);
    assert_int_equal(count_of(desk), 2);
    assert_true(str_equal(event_at(desk, 1)->session_id, STR("b")));
}

static void the_oldest_go_beyond_the_most(void **state)
{
    struct desk *desk = *state;
    struct history_event *items = calloc(HISTORY_MAX + 10, sizeof(*items));
    char ids[HISTORY_MAX + 10][8];
    assert_non_null(items);
    for (size_t i = 0; i < HISTORY_MAX + 10; i++) {
        (void)snprintf(ids[i], sizeof(ids[i]), "s%zu", i);
        items[i] = idled(ids[i], NOW);
    }
    struct events first = {.items = items, .count = 5};
    struct events all = {.items = items, .count = HISTORY_MAX + 10};
    assert_int_equal(history_add(desk->history, &first, NULL), 0);
    assert_int_equal(history_add(desk->history, &all, NULL), 0);
    assert_int_equal(count_of(desk), HISTORY_MAX);
    assert_true(str_equal(event_at(desk, 0)->session_id, STR("s10")));
    add(desk, idled("last", NOW));
    assert_int_equal(count_of(desk), HISTORY_MAX);
    open_history(desk);
    assert_int_equal(count_of(desk), HISTORY_MAX);
    assert_true(str_equal(event_at(desk, HISTORY_MAX - 1)->session_id, STR("last")));
    free(items);
}

static void a_file_that_is_full_is_rotated_and_both_are_read(void **state)
{
    struct desk *desk = *state;
    struct stat info;
    add(desk, idled("old", NOW));
    /* Nothing but white space up to the limit. */
    int fd = open(tree_path(&desk->tree, NAME), O_WRONLY | O_APPEND);
    char newlines[4096];
    memset(newlines, '\n', sizeof(newlines));
    for (size_t i = 0; i < HISTORY_FILE_BYTES / sizeof(newlines); i++)
        assert_int_equal(__real_write(fd, newlines, sizeof(newlines)), sizeof(newlines));
    (void)close(fd);
    add(desk, idled("new", NOW));
    assert_int_equal(stat(tree_path(&desk->tree, OLD_NAME), &info), 0);
    assert_true(info.st_size > HISTORY_FILE_BYTES);
    char *text = tree_read(&desk->tree, NAME);
    assert_int_equal(count_lines(text), 1);
    free(text);
    open_history(desk);
    assert_int_equal(count_of(desk), 2);
    assert_true(str_equal(event_at(desk, 0)->session_id, STR("old")));
    assert_true(str_equal(event_at(desk, 1)->session_id, STR("new")));
}

static void what_two_programs_saw_alike_is_one_event(void **state)
{
    struct desk *desk = *state;
    struct history_event seen = idled("a", NOW), done = idled("a", NOW + HISTORY_SAME_MS);
    done.by = BY_OPERATOR;
    struct history_event other = idled("b", NOW);
    struct history_event later = idled("a", NOW + HISTORY_SAME_MS + 1);
    struct history_event items[] = {seen, other, done, later};
    struct events events = {.items = items, .count = 4};
    assert_int_equal(history_add(desk->history, &events, NULL), 0);
    open_history(desk);
    assert_int_equal(count_of(desk), 3);
    assert_int_equal(event_at(desk, 0)->by, BY_OPERATOR); /* one of them knew */
    assert_true(event_at(desk, 0)->at_ms == NOW);
    assert_true(event_at(desk, 2)->at_ms == later.at_ms);
}

static void a_story_is_not_one_event(void **state)
{
    struct desk *desk = *state;
    struct history_event idle = idled("a", NOW), used = idled("a", NOW + 1);
    used.kind = EVENT_USED;
    used.from = STATE_IDLE;
    used.to = STATE_ACTIVE;
    struct history_event of_file = {.at_ms = NOW, .kind = EVENT_TORN, .by = BY_SERVER};
    struct history_event of_empty_id = {
        .at_ms = NOW, .kind = EVENT_TORN, .by = BY_SERVER, .session_id = STR("")};
    add(desk, idle);
    add(desk, of_file);
    add(desk, used);
    add(desk, of_empty_id);
    add(desk, of_file);
    open_history(desk);
    assert_int_equal(count_of(desk), 4);
}

static void two_programs_may_append_at_once(void **state)
{
    struct desk *desk = *state;
    pid_t children[WRITERS];
    for (int writer = 0; writer < WRITERS; writer++) {
        children[writer] = fork();
        assert_true(children[writer] >= 0);
        if (children[writer] > 0)
            continue;
        int result = 0;
        for (int i = 0; i < BATCHES; i++) {
            char ids[BATCH][48];
            struct history_event items[BATCH];
            for (int j = 0; j < BATCH; j++) {
                (void)snprintf(ids[j], sizeof(ids[j]), "%d-%d-%d", writer, i, j);
                items[j] = idled(ids[j], NOW);
            }
            struct events events = {.items = items, .count = BATCH};
            result |= history_add(desk->history, &events, NULL);
            result |= history_trouble(desk->history)[0];
        }
        _exit(result != 0);
    }
    for (int writer = 0; writer < WRITERS; writer++) {
        int status;
        assert_int_equal(waitpid(children[writer], &status, 0), children[writer]);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    open_history(desk);
    assert_int_equal(count_of(desk), WRITERS * BATCHES * BATCH);
}

static void check_goes_on_in_memory(struct desk *desk, const char *sentence)
{
    add(desk, idled("a", NOW));
    assert_int_equal(count_of(desk), 1);
    const char *trouble = history_trouble(desk->history);
    if (!strstr(trouble, sentence))
        fail_msg("'%s' does not say '%s'", trouble, sentence);
}

static void where_no_directory_can_be_made_it_goes_on_in_memory(void **state)
{
    struct desk *desk = *state;
    tree_put(&desk->tree, "state", "a file");
    check_goes_on_in_memory(desk, "what happened is not kept for later: ");
    assert_int_equal(writes.calls, 0);
}

static void links_are_not_followed(void **state)
{
    struct desk *desk = *state;
    tree_put(&desk->tree, "victim", "");
    tree_put(&desk->tree, "state/slotop/history/x", "");
    assert_int_equal(symlink(tree_path(&desk->tree, "victim"), tree_path(&desk->tree, NAME)), 0);
    check_goes_on_in_memory(desk, "opening ");
    char *text = tree_read(&desk->tree, "victim");
    assert_string_equal(text, "");
    free(text);
    open_history(desk);
    assert_int_not_equal(history_trouble(desk->history)[0], '\0');
}

static void a_directory_that_is_a_link_is_refused(void **state)
{
    struct desk *desk = *state;
    tree_put(&desk->tree, "elsewhere/x", "");
    tree_put(&desk->tree, "state/slotop/x", "");
    assert_int_equal(symlink(tree_path(&desk->tree, "elsewhere"),
                             tree_path(&desk->tree, "state/slotop/history")),
                     0);
    check_goes_on_in_memory(desk, "opening ");
    assert_int_equal(tree_count(&desk->tree, "elsewhere"), 1);
}

static void what_is_no_file_is_refused(void **state)
{
    struct desk *desk = *state;
    tree_put(&desk->tree, "state/slotop/history/x", "");
    assert_int_equal(mkfifo(tree_path(&desk->tree, NAME), 0600), 0);
    check_goes_on_in_memory(desk, "opening ");
    open_history(desk);
    assert_int_equal(count_of(desk), 0);
    assert_int_not_equal(history_trouble(desk->history)[0], '\0');
}

static void a_full_disk_is_told_until_there_is_room_again(void **state)
{
    struct desk *desk = *state;
    writes.write_errno = ENOSPC;
    check_goes_on_in_memory(desk, "No space left on device");
    writes.write_errno = 0;
    writes.write_at_most = 20;
    add(desk, idled("b", NOW));
    assert_non_null(strstr(history_trouble(desk->history), "writing "));
    writes.write_at_most = 0;
    add(desk, idled("c", NOW));
    assert_string_equal(history_trouble(desk->history), "");
    open_history(desk);
    assert_int_equal(count_of(desk), 1);
    assert_true(str_equal(event_at(desk, 0)->session_id, STR("c")));
}

static void the_history_is_named_like_the_copies(void **state)
{
    (void)state;
    struct buffer path = {0}, copies = {0}, wanted = {0};
    assert_int_equal(history_add_path("/home", "/x/chat-agents.json", &path, NULL), 0);
    assert_int_equal(copies_add_dir("/home", "/x/chat-agents.json", &copies, NULL), 0);
    buffer_addf(&wanted, "/home/slotop/history/%s.jsonl", strrchr(copies.data, '/') + 1);
    assert_string_equal(path.data, wanted.data);
    buffer_done(&path);
    buffer_done(&copies);
    buffer_done(&wanted);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(events_are_there_after_a_restart),
        TEST(opening_makes_nothing),
        TEST(file_and_directories_are_their_owners_alone),
        TEST(touches_are_kept_in_memory_alone),
        TEST(all_of_a_call_is_one_write),
        TEST(without_a_path_there_is_no_file),
        TEST(a_torn_last_line_is_skipped_and_the_next_one_is_whole),
        TEST(lines_that_are_no_event_or_too_long_are_skipped),
        TEST(an_id_that_is_too_long_for_the_file_stays_in_memory),
        TEST(the_oldest_go_beyond_the_most),
        TEST(a_file_that_is_full_is_rotated_and_both_are_read),
        TEST(what_two_programs_saw_alike_is_one_event),
        TEST(a_story_is_not_one_event),
        TEST(two_programs_may_append_at_once),
        TEST(where_no_directory_can_be_made_it_goes_on_in_memory),
        TEST(links_are_not_followed),
        TEST(a_directory_that_is_a_link_is_refused),
        TEST(what_is_no_file_is_refused),
        TEST(a_full_disk_is_told_until_there_is_room_again),
        TEST(the_history_is_named_like_the_copies),
    };
    return cmocka_run_group_tests_name("history", tests, NULL, NULL);
}
