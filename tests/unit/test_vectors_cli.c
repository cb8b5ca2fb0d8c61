/*
 * The command line against what the seed's own code answered: a sample of the steps of
 * tests/vectors/operations.jsonl, each as one run of the real program with --json.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/json.h"
#include "core/registry.h"
#include "tests/helpers/tree.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    SAMPLE_EVERY = 13, /* traces; not even, as every fourth has odd ids and fields */
    WORDS_MAX = 16,
    SAMPLE_STEPS_MIN = 150,
};

struct sample {
    struct tree tree;
    char program[PATH_MAX];
    size_t traces, steps;
};

/* The program beside this test, or what SLOTOP says. */
static void find_program(char program[static PATH_MAX])
{
    const char *given = getenv("SLOTOP");
    if (given) {
        (void)snprintf(program, PATH_MAX, "%s", given);
        return;
    }
    char own[PATH_MAX - 32];
    ssize_t len = readlink("/proc/self/exe", own, sizeof(own) - 1);
    assert_true(len > 0);
    own[len] = '\0';
    for (int level = 0; level < 3; level++) /* …/tests/unit/test_vectors_cli */
        *strrchr(own, '/') = '\0';
    (void)snprintf(program, PATH_MAX, "%s/slotop", own);
}

static struct str decode(struct str literal, struct buffer *out)
{
    buffer_clear(out);
    if (json_kind(literal) != JSON_STRING)
        return (struct str){0};
    json_decode(literal, out);
    assert_false(out->failed);
    return out->len ? buffer_str(out) : STR("");
}

/* The JSON of `text` on one line, as JSON.stringify(JSON.parse(text)) has it. */
static void assert_same_json(struct str got, struct str expected, const char *what)
{
    struct buffer a = {0}, b = {0};
    struct json_fault fault;
    if (!json_check(got, &fault))
        fail_msg("%s: no JSON: %.*s", what, (int)got.len, got.data);
    json_stringify(json_root(got), 0, 0, &a);
    json_stringify(json_root(expected), 0, 0, &b);
    if (!str_equal(buffer_str(&a), buffer_str(&b)))
        fail_msg("%s:\n got      %s\n expected %s", what, a.data, b.data);
    buffer_done(&a);
    buffer_done(&b);
}

/* Runs the program; its standard output goes to the file "out" of the tree. */
static int run(const struct sample *sample, char *const words[])
{
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        int in = open("/dev/null", O_RDONLY);
        int out = open(tree_path(&sample->tree, "out"), O_WRONLY | O_CREAT | O_TRUNC, 0600);
        (void)setenv("HOME", sample->tree.path, 1);
        if (in >= 0 && out >= 0 && dup2(in, 0) == 0 && dup2(out, 1) == 1)
            execv(sample->program, words);
        _exit(127);
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static const struct {
    const char *op;
    const char *words[2];
    bool answers; /* prints what the seed returned; else a change record */
} commands[] = {
    {"allocateChatAgent", {"allocate"}, true},
    {"getChatAgent", {"show"}, true},
    {"listChatAgents", {"list"}, true},
    {"touchChatAgent", {"touch"}, false},
    {"markChatAgentIdle", {"idle"}, false},
    {"deleteChatAgent", {"release"}, false},
    {"expireIdleChatAgents", {"expire", "--due"}, true},
    {"resumeExpiredChatAgent", {"resume"}, true},
    {"ensureChatAgentForSend", {"ensure"}, true},
    {"purgeChatAgentRegistry", {"purge"}, true},
};

static size_t command_of(struct str op)
{
    size_t i = 0;
    while (i < sizeof(commands) / sizeof(commands[0]) && !str_equal(op, str_of(commands[i].op)))
        i++;
    assert_true(i < sizeof(commands) / sizeof(commands[0]));
    return i;
}

/* A command line carries neither a NUL nor a lone surrogate, which is no UTF-8. */
static bool can_be_typed(struct str id)
{
    for (size_t i = 0; i < id.len; i++)
        if (id.data[i] == '\0' ||
            (id.data[i] == '\xed' && i + 1 < id.len && (unsigned char)id.data[i + 1] >= 0xa0))
            return false;
    return true;
}

/* One step's command line. */
struct step {
    size_t command;
    char *words[WORDS_MAX + 1]; /* owned */
    size_t count;
    bool can_be_typed;
};

static void add_word(struct step *step, const char *prefix, struct str text)
{
    struct buffer word = {0};
    assert_true(step->count < WORDS_MAX);
    buffer_add_str(&word, str_of(prefix));
    buffer_add_str(&word, text);
    assert_non_null(word.data);
    step->words[step->count++] = word.data;
}

static void step_done(struct step *step)
{
    for (size_t i = 0; i < step->count; i++)
        free(step->words[i]);
}

static void add_ttl(struct step *step, struct str options)
{
    struct str ttl = json_member(options, STR("idleTtlMs"));
    if (json_kind(ttl) == JSON_MISSING)
        return;
    for (size_t i = 0; i < ttl.len; i++)
        if (ttl.data[i] < '0' || ttl.data[i] > '9')
            step->can_be_typed = false;
    add_word(step, "--ttl=", ttl);
}

static void read_step(const struct sample *sample, struct str value, struct step *step)
{
    struct json_cursor cursor;
    struct json_item session, options;
    struct buffer text = {0};
    *step = (struct step){.can_be_typed = true};
    step->command = command_of(decode(json_member(value, STR("op")), &text));
    add_word(step, "slotop", STR(""));
    add_word(step, "--json", STR(""));
    add_word(step, "--fence=0", STR(""));
    add_word(step, "--now=", json_member(value, STR("now")));
    add_word(step, "--state-dir=", str_of(tree_path(&sample->tree, "state")));
    for (size_t i = 0; i < 2 && commands[step->command].words[i]; i++)
        add_word(step, commands[step->command].words[i], STR(""));
    assert_true(json_enter(json_member(value, STR("args")), &cursor));
    if (json_next(&cursor, &session)) {
        struct str id = decode(session.value, &text);
        step->can_be_typed = can_be_typed(id);
        if (json_next(&cursor, &options))
            add_ttl(step, options.value);
        add_word(step, "--", STR(""));
        add_word(step, "", id);
    }
    buffer_done(&text);
}

/* Runs one step and compares answer and file; `file` is the text that must be there afterwards. */
static void check_step(struct sample *sample, struct step *step, struct str result, struct str file,
                       const char *what)
{
    int status = run(sample, step->words);
    if (status != 0 && status != 1)
        fail_msg("%s: %s ended with %d", what, commands[step->command].op, status);
    char *out = tree_read(&sample->tree, "out");
    assert_non_null(out);
    if (commands[step->command].answers)
        assert_same_json(str_of(out), result.data ? result : STR("null"), what);
    free(out);
    char *left = tree_read(&sample->tree, "state/chat-agents.json");
    if (file.data && !left)
        fail_msg("%s: no file", what);
    if (left && !file.data)
        fail_msg("%s: a file was made", what);
    if (left)
        assert_same_json(str_of(left), file, what);
    free(left);
    sample->steps++;
}

static void put_file(const struct sample *sample, struct str file)
{
    if (file.data)
        tree_write(&sample->tree, "state/chat-agents.json", file.data, file.len);
    else
        (void)unlink(tree_path(&sample->tree, "state/chat-agents.json"));
}

static void put_surroundings(const struct sample *sample, struct str trace)
{
    struct buffer config = {0}, workspace = {0}, text = {0};
    struct str name = decode(json_member(trace, STR("workspace")), &workspace);
    (void)decode(json_member(trace, STR("config")), &config);
    tree_write(&sample->tree, "state/openclaw.json", config.data, config.len);
    buffer_addf(&text, "state/workspace%s%s/AGENTS.md", str_equal(name, STR("default")) ? "" : "-",
                str_equal(name, STR("default")) ? "" : workspace.data);
    tree_put(&sample->tree, text.data, "");
    buffer_clear(&text);
    buffer_addf(&text, "{\"activeWorkspace\": \"%s\"}\n", workspace.data);
    tree_put(&sample->tree, "state/.dench-ui-state.json", text.data);
    buffer_done(&config);
    buffer_done(&workspace);
    buffer_done(&text);
}

static void check_trace(struct sample *sample, struct str trace)
{
    struct buffer name = {0}, before = {0}, after = {0};
    struct json_cursor cursor;
    struct json_item item;
    (void)decode(json_member(trace, STR("name")), &name);
    put_surroundings(sample, trace);
    struct str file = decode(json_member(trace, STR("start")), &before);
    assert_true(json_enter(json_member(trace, STR("steps")), &cursor));
    for (size_t number = 0; json_next(&cursor, &item); number++) {
        char what[64];
        struct step step;
        (void)snprintf(what, sizeof(what), "%s step %zu", name.data, number);
        read_step(sample, item.value, &step);
        put_file(sample, file);
        if (json_kind(json_member(item.value, STR("file"))) == JSON_STRING) {
            file = decode(json_member(item.value, STR("file")), &after);
            struct buffer swap = before;
            before = after;
            after = swap;
        }
        if (step.can_be_typed)
            check_step(sample, &step, json_member(item.value, STR("result")), file, what);
        step_done(&step);
    }
    sample->traces++;
    buffer_done(&name);
    buffer_done(&before);
    buffer_done(&after);
}

static void the_command_line_answers_as_the_seed_does(void **state)
{
    (void)state;
    struct sample sample = {0};
    char *line = NULL;
    size_t capacity = 0;
    ssize_t len;
    find_program(sample.program);
    assert_int_equal(access(sample.program, X_OK), 0);
    FILE *vectors = fopen("tests/vectors/operations.jsonl", "re");
    assert_non_null(vectors);
    for (size_t i = 0; (len = getline(&line, &capacity, vectors)) > 0; i++) {
        if (i % SAMPLE_EVERY != 0)
            continue;
        tree_make(&sample.tree);
        check_trace(&sample, (struct str){line, (size_t)len});
        tree_remove(&sample.tree);
    }
    free(line);
    (void)fclose(vectors);
    print_message("vectors: %zu steps of %zu traces through the command line\n", sample.steps,
                  sample.traces);
    assert_true(sample.steps >= SAMPLE_STEPS_MIN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_command_line_answers_as_the_seed_does),
    };
    (void)unsetenv("OPENCLAW_HOME");
    (void)unsetenv("OPENCLAW_WORKSPACE");
    (void)unsetenv("SLOTOP_READ_ONLY");
    (void)unsetenv("XDG_STATE_HOME");
    return cmocka_run_group_tests_name("vectors_cli", tests, NULL, NULL);
}
