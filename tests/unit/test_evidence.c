/* What traces are found, in files as the server and the gateway leave them. */
#include "tests/helpers/traces.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const int64_t T = 1795357816000;

static void nothing_there_is_no_trace(void **state)
{
    const struct evidence *found = traces_look(*state);
    assert_true(str_equal(found->session_id, STR("s")));
    assert_false(found->has_transcript || found->is_streaming || found->says_running);
    assert_int_equal(found->lock_pid, 0);
    assert_true(isnan(found->transcript_ms) && isnan(found->lock_ms));
    assert_true(isnan(found->status_ms) && isnan(found->wal_ms));
}

static const struct {
    const char *text;
    bool is_streaming;
} transcripts[] = {
    {"", false},
    {"\n\n", false},
    {"{\"role\":\"user\"}\n", false},
    {"{\"role\":\"assistant\",\"_streaming\":true}\n", true},
    {"{\"role\":\"assistant\",\"_streaming\":true}", true},
    {"{\"_streaming\":true}\r\n \n", true},
    {"{\"_streaming\":false}\n", false},
    {"{\"_streaming\":\"true\"}\n", false},
    {"{\"_streaming\":1}\n", false},
    {"{\"_streaming\":true,\"_streaming\":false}\n", false},
    {"{\"message\":{\"_streaming\":true}}\n", false},
    {"{\"text\":\"\\\"_streaming\\\":true\"}\n", false},
    {"[\"_streaming\",true]\n", false},
    {"{\"_streaming\":true}\n{\"role\":\"user\"}\n", false},
    {"{\"role\":\"user\"}\n{\"_streaming\":true}\n", true},
    /* a line that is being written: the one before counts */
    {"{\"_streaming\":true}\n{\"role\":\"us", true},
    {"{\"a\":1}\n{\"_streaming\":true", false},
    {"{\"_streaming\":true", false},
    /* but a whole one that is garbage says nothing */
    {"{\"_streaming\":true}\ngarbage\n", false},
    {"{\"_streaming\":true}\n{\"role\":\"us\n{\"x", false},
};

static void the_last_whole_line_says_whether_it_is_being_written(void **state)
{
    struct traces *traces = *state;
    for (size_t i = 0; i < sizeof(transcripts) / sizeof(*transcripts); i++) {
        tree_put(&traces->tree, "chats/s.jsonl", transcripts[i].text);
        traces_set_time(traces, "chats/s.jsonl", T + (int64_t)i);
        const struct evidence *found = traces_look(traces);
        assert_true(found->has_transcript);
        assert_true(found->transcript_ms == (double)(T + (int64_t)i));
        assert_int_equal(found->is_streaming, transcripts[i].is_streaming);
    }
    printf("vectors: %zu transcripts\n", sizeof(transcripts) / sizeof(*transcripts));
}

static void without_a_folder_no_transcript_is_sought(void **state)
{
    struct traces *traces = *state;
    struct evidence_subject subject = traces_subject(traces);
    tree_put(&traces->tree, "chats/s.jsonl", "{}\n");
    subject.folder = NULL;
    assert_false(traces_gather(traces, &subject, 1)->has_transcript);
}

/* `given`: the gateway's id that the index knows; `name`: of the lock. */
static const struct {
    const char *given, *store, *name;
    bool is_found;
} names[] = {
    {"gw", NULL, "gw", true},
    {"gw", NULL, "s", false},
    {NULL, NULL, "s", true},
    {NULL, "{\"agent:slot:web:s\":{\"sessionId\":\"gw\"}}", "gw", true},
    {NULL, "{\"agent:slot:web:s\":{\"sessionId\":\"gw\"}}", "s", false},
    {NULL, "{\"agent:SLOT:web:s\":{\"sessionId\":\"gw\"}}", "gw", true},
    {NULL, "{\"agent:slot:web:\\u0073\":{\"sessionId\":\"\\u0067w\"}}", "gw", true},
    {"old", "{\"agent:slot:web:s\":{\"sessionId\":\"gw\"}}", "gw", true},
    {"old", "{\"agent:slot:web:s\":{\"sessionId\":\"gw\"}}", "old", true},
    {NULL, "{\"agent:other:web:s\":{\"sessionId\":\"gw\"}}", "gw", false},
    {NULL, "{\"agent:slot:web:s2\":{\"sessionId\":\"gw\"}}", "gw", false},
    {NULL, "{\"agent:slot:main\":{\"sessionId\":\"gw\"}}", "gw", false},
    {NULL, "{\"agent:slot2:web:s\":{\"sessionId\":\"gw\"}}", "gw", false},
    {NULL, "{\"agent:slot:web:s\":{\"sessionId\":5}}", "s", true},
    {NULL, "{\"agent:slot:web:s\":null}", "s", true},
    {NULL, "[\"agent:slot:web:s\"]", "s", true},
    {NULL, "{\"agent:slot:web:s\":{\"sessionId\":\"gw\"", "gw", false},
};

static void the_lock_is_named_by_the_index_or_the_store_or_else_the_session(void **state)
{
    struct traces *traces = *state;
    traces_process(traces, 77, "node", 'S', 5000);
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        struct evidence_subject subject = traces_subject(traces);
        char lock[128];
        (void)snprintf(lock, sizeof(lock), "state/agents/slot/sessions/%s.jsonl.lock",
                       names[i].name);
        tree_put(&traces->tree, lock, "{\"pid\":77}");
        if (names[i].store)
            tree_put(&traces->tree, "state/agents/slot/sessions/sessions.json", names[i].store);
        subject.gateway_session_id = str_of(names[i].given);
        const struct evidence *found = traces_gather(traces, &subject, 1);
        assert_int_equal(found->lock_pid, names[i].is_found ? 77 : 0);
        (void)remove(tree_path(&traces->tree, lock));
        (void)remove(tree_path(&traces->tree, "state/agents/slot/sessions/sessions.json"));
    }
    printf("vectors: %zu names of locks\n", sizeof(names) / sizeof(*names));
}

/* The time of the lock's file is T. Process 77 sleeps, started at 5000; 78 is a zombie, 79 dead. */
static const struct {
    const char *text;
    int pid;
    int64_t ms;
} locks[] = {
    {"{\"pid\":77,\"createdAt\":\"2026-11-22T14:30:15.500Z\",\"starttime\":5000}", 77, T - 500},
    {"{\"pid\":77,\"createdAt\":1795357815000,\"maxHoldMs\":1}", 77, T - 1000},
    {"{\"pid\":77,\"createdAt\":\"yesterday\"}", 77, T},
    {"{\"pid\":77,\"createdAt\":1e999}", 77, T},
    {"{\"pid\":77}", 77, T},
    {"{\"pid\":77,\"starttime\":null}", 77, T},
    {"{\"pid\":77,\"starttime\":4999}", 0, 0}, /* the number was used again */
    {"{\"pid\":77,\"starttime\":5000.5}", 0, 0},
    {"{\"pid\":77,\"starttime\":\"5000\"}", 0, 0},
    {"{\"pid\":78}", 0, 0},
    {"{\"pid\":79}", 0, 0},
    {"{\"pid\":80}", 0, 0}, /* no such process */
    {"{\"pid\":81}", 0, 0}, /* a stat that is none */
    {"{\"pid\":0}", 0, 0},
    {"{\"pid\":-77}", 0, 0},
    {"{\"pid\":77.5}", 0, 0},
    {"{\"pid\":1e300}", 0, 0},
    {"{\"pid\":4294967373}", 0, 0}, /* 77 in 32 bits */
    {"{\"pid\":\"77\"}", 0, 0},
    {"{}", 0, 0},
    {"77", 0, 0},
    {"[{\"pid\":77}]", 0, 0},
    {"", 0, 0},
    {"{\"pid\":77", 0, 0},
    {"\xff\xfe\x00garbage", 0, 0},
};

static void a_lock_counts_while_the_very_process_lives(void **state)
{
    struct traces *traces = *state;
    const char *name = "state/agents/slot/sessions/s.jsonl.lock";
    traces_process(traces, 77, "a) R 1 (b", 'S', 5000); /* names may hold anything */
    traces_process(traces, 78, "node", 'Z', 5000);
    traces_process(traces, 79, "node", 'X', 5000);
    tree_put(&traces->tree, "proc/81/stat", "81 (node");
    for (size_t i = 0; i < sizeof(locks) / sizeof(*locks); i++) {
        tree_put(&traces->tree, name, locks[i].text);
        traces_set_time(traces, name, T);
        const struct evidence *found = traces_look(traces);
        assert_int_equal(found->lock_pid, locks[i].pid);
        if (locks[i].pid)
            assert_true(found->lock_ms == (double)locks[i].ms);
        else
            assert_true(isnan(found->lock_ms));
    }
    printf("vectors: %zu locks\n", sizeof(locks) / sizeof(*locks));
}

static void a_stat_without_a_start_time_does_not_confirm_one(void **state)
{
    struct traces *traces = *state;
    tree_put(&traces->tree, "proc/77/stat", "77 (node) S 1 2 3");
    tree_put(&traces->tree, "state/agents/slot/sessions/s.jsonl.lock",
             "{\"pid\":77,\"starttime\":0}");
    assert_int_equal(traces_look(traces)->lock_pid, 0);
}

static const struct {
    const char *record;
    bool says_running;
    double ms;
} records[] = {
    {"{\"status\":\"running\",\"updatedAt\":1795357816000}", true, 1795357816000},
    {"{\"status\":\"runn\\u0069ng\",\"updatedAt\":5.5}", true, 5.5},
    {"{\"status\":\"done\",\"updatedAt\":7}", false, 7},
    {"{\"status\":true,\"updatedAt\":7}", false, 7},
    {"{\"updatedAt\":7}", false, 7},
    {"{\"status\":\"running\"}", true, (double)NAN},
    {"{\"status\":\"running\",\"updatedAt\":\"7\"}", true, (double)NAN},
    {"{\"status\":\"running\",\"updatedAt\":1e999}", true, (double)NAN},
    {"null", false, (double)NAN},
    /* the last of duplicates, as JavaScript has it, whole */
    {"{\"status\":\"running\",\"updatedAt\":7},\"agent:slot:web:s\":{}", false, (double)NAN},
};

static void the_session_store_says_running_and_when(void **state)
{
    struct traces *traces = *state;
    for (size_t i = 0; i < sizeof(records) / sizeof(*records); i++) {
        char text[256];
        (void)snprintf(text, sizeof(text), "{\"agent:slot:web:s\":%s}", records[i].record);
        tree_put(&traces->tree, "state/agents/slot/sessions/sessions.json", text);
        const struct evidence *found = traces_look(traces);
        assert_int_equal(found->says_running, records[i].says_running);
        assert_true(isnan(records[i].ms) ? isnan(found->status_ms)
                                         : found->status_ms == records[i].ms);
    }
    printf("vectors: %zu records\n", sizeof(records) / sizeof(*records));
}

static void the_write_ahead_file_counts_for_every_session_of_the_agent(void **state)
{
    struct traces *traces = *state;
    const char *name = "state/agents/slot/agent/openclaw-agent.sqlite-wal";
    struct evidence_subject subjects[] = {traces_subject(traces), traces_subject(traces),
                                          traces_subject(traces)};
    subjects[1].session_id = STR("t");
    subjects[2].agent_id = STR("other");
    tree_put(&traces->tree, name, "");
    traces_set_time(traces, name, T);
    const struct evidence *found = traces_gather(traces, subjects, 3);
    assert_true(found[0].wal_ms == (double)T && found[1].wal_ms == (double)T);
    assert_true(isnan(found[2].wal_ms));
}

static void an_agent_is_lower_case_on_disk(void **state)
{
    struct traces *traces = *state;
    struct evidence_subject subject = traces_subject(traces);
    subject.agent_id = STR("SLoT");
    tree_put(&traces->tree, "state/agents/slot/sessions/sessions.json",
             "{\"agent:Slot:web:s\":{\"status\":\"running\",\"updatedAt\":1}}");
    assert_true(traces_gather(traces, &subject, 1)->says_running);
}

static void without_an_agent_only_the_transcript_is_sought(void **state)
{
    struct traces *traces = *state;
    struct evidence_subject subject = traces_subject(traces);
    subject.agent_id = (struct str){0};
    tree_put(&traces->tree, "chats/s.jsonl", "{\"_streaming\":true}\n");
    tree_put(&traces->tree, "state/agents/sessions/sessions.json",
             "{\"agent::web:s\":{\"status\":\"running\"}}");
    const struct evidence *found = traces_gather(traces, &subject, 1);
    assert_true(found->is_streaming);
    assert_false(found->says_running);
}

/* Sessions 0 to 259 on agents a0 to a2; every one runs that is divisible by 7. */
static void every_subject_gets_its_own_traces_in_order(void **state)
{
    struct traces *traces = *state;
    static struct evidence_subject subjects[EVIDENCE_MAX + 4];
    static char ids[EVIDENCE_MAX + 4][8], agents[3][4], stores[3][32768];
    size_t lens[3] = {0};
    for (size_t i = 0; i < EVIDENCE_MAX + 4; i++) {
        size_t agent = i % 3;
        (void)snprintf(ids[i], sizeof(ids[i]), "%zu", i);
        (void)snprintf(agents[agent], sizeof(agents[agent]), "a%zu", agent);
        subjects[i] = (struct evidence_subject){str_of(ids[i]), str_of(agents[agent]),
                                                (struct str){0}, traces->chats};
        lens[agent] +=
            (size_t)snprintf(stores[agent] + lens[agent], sizeof(stores[agent]) - lens[agent],
                             "%c\"agent:a%zu:web:%zu\":{\"status\":\"%s\",\"updatedAt\":%zu}",
                             lens[agent] ? ',' : '{', agent, i, i % 7 ? "done" : "running", i);
    }
    for (size_t agent = 0; agent < 3; agent++) {
        char name[64];
        (void)snprintf(name, sizeof(name), "state/agents/a%zu/sessions/sessions.json", agent);
        (void)snprintf(stores[agent] + lens[agent], sizeof(stores[agent]) - lens[agent], "}");
        tree_put(&traces->tree, name, stores[agent]);
    }
    (void)traces_gather(traces, subjects, EVIDENCE_MAX + 4);
    assert_int_equal(traces->found.count, EVIDENCE_MAX);
    for (size_t i = 0; i < EVIDENCE_MAX; i++) {
        const struct evidence *found = &traces->found.items[i];
        assert_true(str_equal(found->session_id, str_of(ids[i])));
        assert_int_equal(found->says_running, i % 7 == 0);
        assert_true(found->status_ms == (double)i);
        assert_ptr_equal(evidences_find(&traces->found, str_of(ids[i])), found);
    }
    assert_null(evidences_find(&traces->found, str_of(ids[EVIDENCE_MAX])));
}

static void one_session_may_be_sought_on_two_agents_and_twice_on_one(void **state)
{
    struct traces *traces = *state;
    struct evidence_subject subjects[] = {traces_subject(traces), traces_subject(traces),
                                          traces_subject(traces)};
    subjects[1].agent_id = STR("other");
    tree_put(&traces->tree, "state/agents/slot/sessions/sessions.json",
             "{\"agent:slot:web:s\":{\"status\":\"running\"}}");
    const struct evidence *found = traces_gather(traces, subjects, 3);
    assert_true(found[0].says_running && found[2].says_running);
    assert_false(found[1].says_running);
    assert_ptr_equal(evidences_find(&traces->found, STR("s")), &found[2]);
}

static void no_subjects_are_no_evidence(void **state)
{
    struct traces *traces = *state;
    const struct evidences none = {0};
    (void)traces_gather(traces, NULL, 0);
    assert_int_equal(traces->found.count, 0);
    assert_null(evidences_find(&traces->found, STR("s")));
    assert_null(evidences_find(&none, STR("s")));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, traces_set_up, traces_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nothing_there_is_no_trace),
        TEST(the_last_whole_line_says_whether_it_is_being_written),
        TEST(without_a_folder_no_transcript_is_sought),
        TEST(the_lock_is_named_by_the_index_or_the_store_or_else_the_session),
        TEST(a_lock_counts_while_the_very_process_lives),
        TEST(a_stat_without_a_start_time_does_not_confirm_one),
        TEST(the_session_store_says_running_and_when),
        TEST(the_write_ahead_file_counts_for_every_session_of_the_agent),
        TEST(an_agent_is_lower_case_on_disk),
        TEST(without_an_agent_only_the_transcript_is_sought),
        TEST(every_subject_gets_its_own_traces_in_order),
        TEST(one_session_may_be_sought_on_two_agents_and_twice_on_one),
        TEST(no_subjects_are_no_evidence),
    };
    return cmocka_run_group_tests_name("evidence", tests, NULL, NULL);
}
