// LDFLAGS: -Wl,--wrap=pread
/* Ids and files made by somebody who wishes us ill. */
#include "tests/helpers/traces.h"

#include <fcntl.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static const char STREAMING[] = "{\"_streaming\":true}\n";
static const char STORE[] = "{\"agent:slot:web:s\":{\"status\":\"running\"}}";
static const char STORE_NAME[] = "state/agents/slot/sessions/sessions.json";
static const char LOCK_NAME[] = "state/agents/slot/sessions/s.jsonl.lock";
static const char WAL_NAME[] = "state/agents/slot/agent/openclaw-agent.sqlite-wal";

/* Cannot be otherwise: the wrapped call has no argument for it. */
static size_t bytes_read;

ssize_t __real_pread(int fd, void *buffer, size_t size, off_t offset);
ssize_t __wrap_pread(int fd, void *buffer, size_t size, off_t offset);

ssize_t __wrap_pread(int fd, void *buffer, size_t size, off_t offset)
{
    ssize_t got = __real_pread(fd, buffer, size, offset);
    bytes_read += got > 0 ? (size_t)got : 0;
    return got;
}

static bool is_anything(const struct evidence *found)
{
    return found->has_transcript || found->is_streaming || found->lock_pid != 0 ||
           found->says_running || !isnan(found->wal_ms);
}

/* Every kind of trace, and all there to be found. */
static void put_everything(const struct traces *traces)
{
    tree_put(&traces->tree, "chats/s.jsonl", STREAMING);
    tree_put(&traces->tree, STORE_NAME, STORE);
    tree_put(&traces->tree, LOCK_NAME, "{\"pid\":77}");
    tree_put(&traces->tree, WAL_NAME, "");
    traces_process(traces, 77, "node", 'R', 1);
}

static void make_link(const struct traces *traces, const char *target, const char *name)
{
    assert_int_equal(symlink(tree_path(&traces->tree, target), tree_path(&traces->tree, name)), 0);
}

static void move(const struct traces *traces, const char *from, const char *to)
{
    assert_int_equal(rename(tree_path(&traces->tree, from), tree_path(&traces->tree, to)), 0);
}

#define LETTERS_64 "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijkl"
#define LETTERS_128 LETTERS_64 LETTERS_64

static const struct str hostile[] = {
    {"", 0},
    {NULL, 0},
    {"/", 1},
    {".", 1},
    {"..", 2},
    {"../x", 4},
    {"../../etc/passwd", 16},
    {"/etc/passwd", 11},
    {"x/../x", 6},
    {"x\0", 2},
    {"\0", 1},
    {"x\n", 2},
    {"x ", 2},
    {"x.y", 3},
    {"%s%n", 4},
    {"\xc3\xa4", 2},
    {"\xff", 1},
    {LETTERS_128 "m", 129},
    {LETTERS_128 LETTERS_64 "abcdefgh", 200},
};

/* Where such ids lead, there is something. */
static void an_id_that_is_no_name_leads_to_no_file(void **state)
{
    struct traces *traces = *state;
    for (size_t i = 0; i < sizeof(hostile) / sizeof(*hostile); i++) {
        struct evidence_subject subject = traces_subject(traces);
        put_everything(traces);
        tree_put(&traces->tree, "chats/x.jsonl", STREAMING);
        tree_put(&traces->tree, "x.jsonl", STREAMING);
        tree_put(&traces->tree, "chats/.jsonl", STREAMING);
        tree_put(&traces->tree, "state/agents/slot/sessions/x.jsonl.lock", "{\"pid\":77}");
        tree_put(&traces->tree, "state/agents/slot/sessions/.jsonl.lock", "{\"pid\":77}");
        tree_put(&traces->tree, "state/agents/sessions/x.jsonl.lock", "{\"pid\":77}");
        subject.session_id = hostile[i];
        const struct evidence *found = traces_gather(traces, &subject, 1);
        assert_true(str_equal(found->session_id, hostile[i]));
        assert_false(found->has_transcript || found->lock_pid);
        subject = traces_subject(traces);
        subject.agent_id = hostile[i];
        subject.folder = NULL;
        assert_false(is_anything(traces_gather(traces, &subject, 1)));
        if (hostile[i].len == 0)
            continue;
        subject = traces_subject(traces);
        subject.gateway_session_id = hostile[i];
        assert_int_equal(traces_gather(traces, &subject, 1)->lock_pid, 0);
    }
    printf("vectors: %zu ids\n", sizeof(hostile) / sizeof(*hostile));
}

static void an_id_of_128_letters_is_a_name(void **state)
{
    struct traces *traces = *state;
    struct evidence_subject subject = traces_subject(traces);
    subject.session_id = STR(LETTERS_128);
    subject.agent_id = STR(LETTERS_128);
    tree_put(&traces->tree, "chats/" LETTERS_128 ".jsonl", STREAMING);
    tree_put(&traces->tree, "state/agents/" LETTERS_128 "/sessions/" LETTERS_128 ".jsonl.lock",
             "{\"pid\":77}");
    traces_process(traces, 77, "node", 'R', 1);
    const struct evidence *found = traces_gather(traces, &subject, 1);
    assert_true(found->is_streaming);
    assert_int_equal(found->lock_pid, 77);
}

static void an_id_in_the_store_is_data_too(void **state)
{
    struct traces *traces = *state;
    traces_process(traces, 77, "node", 'R', 1);
    tree_put(&traces->tree, "state/x.jsonl.lock", "{\"pid\":77}");
    tree_put(&traces->tree, STORE_NAME, "{\"agent:slot:web:s\":{\"sessionId\":\"../../../x\"}}");
    assert_int_equal(traces_look(traces)->lock_pid, 0);
}

/* Each is moved away, and a link to it put in its place. */
static void a_link_is_not_followed(void **state)
{
    static const char *const names[] = {
        "chats",
        "chats/s.jsonl",
        "state/agents",
        "state/agents/slot",
        "state/agents/slot/sessions",
        "state/agents/slot/sessions/sessions.json",
        "state/agents/slot/sessions/s.jsonl.lock",
        "state/agents/slot/agent",
        "state/agents/slot/agent/openclaw-agent.sqlite-wal",
    };
    struct traces *traces = *state;
    put_everything(traces);
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        const struct evidence *found = traces_look(traces);
        assert_true(found->is_streaming && found->says_running && found->lock_pid == 77 &&
                    !isnan(found->wal_ms));
        move(traces, names[i], "away");
        make_link(traces, "away", names[i]);
        found = traces_look(traces);
        bool is_above =
            strcmp(names[i], "state/agents") == 0 || strcmp(names[i], "state/agents/slot") == 0;
        bool is_sessions = is_above || strcmp(names[i], "state/agents/slot/sessions") == 0;
        assert_int_equal(found->has_transcript, !str_starts(str_of(names[i]), STR("chats")));
        assert_int_equal(found->says_running, !is_sessions && strcmp(names[i], STORE_NAME) != 0);
        assert_int_equal(found->lock_pid, is_sessions || strcmp(names[i], LOCK_NAME) == 0 ? 0 : 77);
        assert_int_equal(isnan(found->wal_ms) != 0,
                         is_above || str_starts(str_of(names[i]), STR("state/agents/slot/agent")));
        assert_int_equal(unlink(tree_path(&traces->tree, names[i])), 0);
        move(traces, "away", names[i]);
    }
    printf("vectors: %zu links\n", sizeof(names) / sizeof(*names));
}

/* Nobody writes to the FIFOs: a look that waits would never end. */
static void what_is_no_regular_file_is_no_trace(void **state)
{
    static const char *const names[] = {"chats/s.jsonl", STORE_NAME, LOCK_NAME, WAL_NAME};
    struct traces *traces = *state;
    for (int kind = 0; kind < 2; kind++) {
        put_everything(traces);
        for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
            const char *path = tree_path(&traces->tree, names[i]);
            assert_int_equal(remove(path), 0);
            assert_int_equal(kind == 0 ? mkfifo(path, 0666) : mkdir(path, 0777), 0);
        }
        assert_false(is_anything(traces_look(traces)));
        for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
            assert_int_equal(remove(tree_path(&traces->tree, names[i])), 0);
    }
}

static void files_where_directories_belong_are_no_trace(void **state)
{
    struct traces *traces = *state;
    struct evidence_subject subject = traces_subject(traces);
    tree_put(&traces->tree, "state/agents", "");
    subject.folder = tree_path(&traces->tree, "state/agents");
    assert_false(is_anything(traces_gather(traces, &subject, 1)));
}

static void missing_directories_are_no_trace(void **state)
{
    struct traces *traces = *state;
    struct evidence_subject subject = traces_subject(traces);
    struct evidences found;
    put_everything(traces);
    subject.folder = "/nowhere/at/all";
    assert_int_equal(evidence_gather("/nowhere", traces->proc, &subject, 1, &found, NULL), 0);
    assert_false(is_anything(&found.items[0]));
    evidences_done(&found);
    assert_int_equal(evidence_gather(traces->state, "/nowhere", &subject, 1, &found, NULL), 0);
    assert_int_equal(found.items[0].lock_pid, 0);
    assert_true(found.items[0].says_running);
    evidences_done(&found);
}

/* Makes the file as long as that, of zeros, with `end` as its end. */
static void put_long(const struct traces *traces, const char *name, off_t size, const char *end)
{
    tree_put(&traces->tree, name, "");
    int fd = open(tree_path(&traces->tree, name), O_WRONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(ftruncate(fd, size), 0);
    ssize_t len = (ssize_t)strlen(end);
    assert_int_equal(pwrite(fd, end, (size_t)len, size - len), len);
    (void)close(fd);
}

static void of_a_transcript_of_100_mb_only_the_end_is_read(void **state)
{
    struct traces *traces = *state;
    put_long(traces, "chats/s.jsonl", 100000000, "\n{\"_streaming\":true}\n");
    bytes_read = 0;
    assert_true(traces_look(traces)->is_streaming);
    assert_int_equal(bytes_read, EVIDENCE_TAIL_BYTES);
}

/* A line of exactly `len` bytes with its newline, the last of a file of many. */
static char *line_of(size_t len)
{
    static const char start[] = "{\"_streaming\":true,\"text\":\"", end[] = "\"}\n";
    char *line = malloc(len + 1);
    assert_non_null(line);
    memset(line, 'x', len);
    memcpy(line, start, sizeof(start) - 1);
    memcpy(line + len - (sizeof(end) - 1), end, sizeof(end));
    return line;
}

static void a_line_longer_than_the_end_that_is_read_is_not_known_to_stream(void **state)
{
    struct traces *traces = *state;
    const struct {
        size_t len;
        bool is_streaming;
    } lines[] = {{EVIDENCE_TAIL_BYTES - 1, true}, {EVIDENCE_TAIL_BYTES + 1, false}};
    for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
        char *line = line_of(lines[i].len);
        put_long(traces, "chats/s.jsonl", 3 * EVIDENCE_TAIL_BYTES, line);
        int fd = open(tree_path(&traces->tree, "chats/s.jsonl"), O_WRONLY | O_CLOEXEC);
        assert_int_equal(pwrite(fd, "\n", 1, 3 * EVIDENCE_TAIL_BYTES - (off_t)lines[i].len - 1), 1);
        (void)close(fd);
        const struct evidence *found = traces_look(traces);
        assert_true(found->has_transcript);
        assert_int_equal(found->is_streaming, lines[i].is_streaming);
        free(line);
    }
}

static void a_line_as_long_as_the_end_that_is_read_is_known_when_it_is_all_there_is(void **state)
{
    struct traces *traces = *state;
    char *line = line_of(EVIDENCE_TAIL_BYTES);
    tree_put(&traces->tree, "chats/s.jsonl", line);
    free(line);
    assert_true(traces_look(traces)->is_streaming);
}

/* The end of what was cut is valid JSON by accident. */
static void the_rest_of_a_cut_line_is_not_taken_for_a_line(void **state)
{
    struct traces *traces = *state;
    char *line = line_of(EVIDENCE_TAIL_BYTES);
    put_long(traces, "chats/s.jsonl", EVIDENCE_TAIL_BYTES + 5, line);
    free(line);
    assert_false(traces_look(traces)->is_streaming);
}

static void a_lock_over_the_limit_is_not_read(void **state)
{
    struct traces *traces = *state;
    char lock[EVIDENCE_LOCK_BYTES + 2] = "{\"pid\":77}";
    put_everything(traces);
    memset(lock + strlen(lock), ' ', EVIDENCE_LOCK_BYTES - strlen(lock));
    tree_put(&traces->tree, LOCK_NAME, lock);
    assert_int_equal(traces_look(traces)->lock_pid, 77);
    lock[EVIDENCE_LOCK_BYTES] = ' ';
    tree_put(&traces->tree, LOCK_NAME, lock);
    assert_int_equal(traces_look(traces)->lock_pid, 0);
    put_long(traces, LOCK_NAME, 100000000, "}");
    bytes_read = 0;
    assert_int_equal(traces_look(traces)->lock_pid, 0);
    assert_true(bytes_read < EVIDENCE_LOCK_BYTES);
}

static void a_store_over_the_limit_is_not_read(void **state)
{
    struct traces *traces = *state;
    put_long(traces, STORE_NAME, EVIDENCE_STORE_BYTES + 1, STORE);
    bytes_read = 0;
    assert_false(traces_look(traces)->says_running);
    assert_int_equal(bytes_read, 0);
}

static void nesting_without_end_is_garbage(void **state)
{
    enum { DEPTH = 200000 };
    struct traces *traces = *state;
    char *text = malloc(DEPTH + 1);
    assert_non_null(text);
    memset(text, '[', DEPTH);
    text[DEPTH] = '\0';
    tree_put(&traces->tree, "chats/s.jsonl", text);
    tree_put(&traces->tree, STORE_NAME, text);
    free(text);
    const struct evidence *found = traces_look(traces);
    assert_true(found->has_transcript);
    assert_false(found->is_streaming || found->says_running);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, traces_set_up, traces_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_id_that_is_no_name_leads_to_no_file),
        TEST(an_id_of_128_letters_is_a_name),
        TEST(an_id_in_the_store_is_data_too),
        TEST(a_link_is_not_followed),
        TEST(what_is_no_regular_file_is_no_trace),
        TEST(files_where_directories_belong_are_no_trace),
        TEST(missing_directories_are_no_trace),
        TEST(of_a_transcript_of_100_mb_only_the_end_is_read),
        TEST(a_line_longer_than_the_end_that_is_read_is_not_known_to_stream),
        TEST(a_line_as_long_as_the_end_that_is_read_is_known_when_it_is_all_there_is),
        TEST(the_rest_of_a_cut_line_is_not_taken_for_a_line),
        TEST(a_lock_over_the_limit_is_not_read),
        TEST(a_store_over_the_limit_is_not_read),
        TEST(nesting_without_end_is_garbage),
    };
    return cmocka_run_group_tests_name("evidence_hostile", tests, NULL, NULL);
}
