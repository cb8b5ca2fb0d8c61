/*
 * The rules against what the seed's own code answered: every step of
 * tests/vectors/operations.jsonl, once by the rules on a registry parsed anew for each step (as the
 * seed does it), once by operations on one working copy for the whole trace.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/document.h"
#include "core/operation.h"

enum { POOL_MAX = 64, VECTOR_TRACES = 160, VECTOR_STEPS = 2410 };

struct trace {
    struct str line;
    struct str name;
    struct arena arena;
    struct str slots[POOL_MAX];
    struct pool pool;
};

/* One step: what is asked, and what the seed answered. Spans of the line, or decoded. */
struct step {
    struct str op;
    struct str session_id;
    int64_t now_ms;
    bool has_ttl;
    double ttl_ms;
    struct str result; /* JSON; absent for undefined */
    struct str file;   /* decoded; the text of before where the step left it as it was */
};

/* How a mode of the test carries out a step: appends the answer as JSON, nothing for undefined. */
typedef void (*answer_fn)(struct document *document, const struct trace *trace,
                          const struct step *step, struct buffer *answer);

static struct str decoded(struct arena *arena, struct str literal)
{
    if (json_kind(literal) != JSON_STRING)
        return (struct str){0};
    struct buffer text = {0};
    json_decode(literal, &text);
    struct str copy = arena_copy(arena, buffer_str(&text));
    assert_non_null(copy.data);
    buffer_done(&text);
    return copy;
}

static bool is_op(const struct step *step, const char *op)
{
    return str_equal(step->op, str_of(op));
}

static void add_pool(struct trace *trace, struct str config)
{
    struct str workspace = decoded(&trace->arena, json_member(trace->line, STR("workspace")));
    bool is_default = !workspace.data || str_equal(workspace, STR("default"));
    struct str agent_id = is_default ? STR("main") : workspace;
    struct buffer prefix = {0};
    buffer_addf(&prefix, "chat-slot-%.*s-", (int)agent_id.len, agent_id.data);
    trace->pool = (struct pool){.workspace_agent_id = agent_id, .slots = trace->slots};
    struct str list = json_member(json_member(json_root(config), STR("agents")), STR("list"));
    struct json_cursor cursor;
    struct json_item item;
    assert_true(json_enter(list, &cursor));
    while (json_next(&cursor, &item)) {
        struct str id = decoded(&trace->arena, json_member(item.value, STR("id")));
        if (!str_starts(id, buffer_str(&prefix)))
            continue;
        assert_true(trace->pool.slot_count < POOL_MAX);
        trace->slots[trace->pool.slot_count++] = id;
    }
    buffer_done(&prefix);
}

static struct step read_step(struct trace *trace, struct str value, struct str file_before)
{
    struct step step = {
        .op = decoded(&trace->arena, json_member(value, STR("op"))),
        .now_ms = (int64_t)json_to_number(json_member(value, STR("now"))),
        .result = json_member(value, STR("result")),
        .file = decoded(&trace->arena, json_member(value, STR("file"))),
    };
    if (!step.file.data)
        step.file = file_before;
    struct json_cursor cursor;
    struct json_item item;
    assert_true(json_enter(json_member(value, STR("args")), &cursor));
    if (json_next(&cursor, &item))
        step.session_id = decoded(&trace->arena, item.value);
    if (json_next(&cursor, &item)) {
        step.has_ttl = true;
        step.ttl_ms = json_to_number(json_member(item.value, STR("idleTtlMs")));
    }
    return step;
}

static void load(struct document *document, struct str text)
{
    struct error error;
    document_init(document);
    if (!text.data) {
        document_set_missing(document);
        return;
    }
    struct buffer bytes = {0};
    buffer_add_str(&bytes, text);
    assert_int_equal(document_parse(document, &bytes, &error), 0);
    assert_int_equal(document->state, DOCUMENT_OK);
}

static void answer_entry(const struct document *document, const struct entry *entry,
                         struct buffer *answer)
{
    struct error error;
    if (entry)
        assert_int_equal(document_print_entry(document, entry, 0, 0, answer, &error), 0);
}

static void answer_list(const struct document *document, struct buffer *answer)
{
    const struct registry *registry = &document->registry;
    buffer_add_char(answer, '[');
    for (size_t i = 0; i < registry->count; i++) {
        if (registry->entries[i].changes & CHANGE_REMOVED)
            continue;
        if (answer->len > 1)
            buffer_add_char(answer, ',');
        answer_entry(document, &registry->entries[i], answer);
    }
    buffer_add_char(answer, ']');
}

static void answer_expired(const struct registry *registry, const size_t *expired, size_t count,
                           struct buffer *answer)
{
    buffer_add_char(answer, '[');
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buffer_add_char(answer, ',');
        json_quote(entry_session_id(&registry->entries[expired[i]]), answer);
    }
    buffer_add_char(answer, ']');
}

/* The questions that change nothing, the same in both modes. */
static bool answer_question(struct document *document, const struct step *step,
                            struct buffer *answer)
{
    if (is_op(step, "listChatAgents"))
        answer_list(document, answer);
    else if (is_op(step, "getChatAgent"))
        answer_entry(document, registry_get(&document->registry, step->session_id), answer);
    else
        return false;
    return true;
}

static void answer_by_walk(struct registry *registry, const struct step *step,
                           struct buffer *answer)
{
    struct error error;
    size_t *expired = NULL;
    size_t count = 0;
    if (is_op(step, "expireIdleChatAgents")) {
        assert_int_equal(registry_expire_due(registry, step->now_ms, &expired, &count, &error), 0);
        answer_expired(registry, expired, count, answer);
        free(expired);
        return;
    }
    assert_true(is_op(step, "purgeChatAgentRegistry"));
    assert_int_equal(registry_purge_deleted(registry, &count, &error), 0);
    json_print_number((double)count, answer);
}

static void answer_by_rule(struct document *document, const struct trace *trace,
                           const struct step *step, struct buffer *answer)
{
    struct registry *registry = &document->registry;
    const double *ttl_ms = step->has_ttl ? &step->ttl_ms : NULL;
    struct str id = step->session_id;
    struct entry *entry = NULL;
    struct error error;
    bool found;
    int result = 0;
    if (answer_question(document, step, answer))
        return;
    if (!id.data) {
        answer_by_walk(registry, step, answer);
    } else if (is_op(step, "touchChatAgent")) {
        result = registry_touch(registry, id, step->now_ms, &found, &error);
    } else if (is_op(step, "markChatAgentIdle")) {
        result = registry_mark_idle(registry, id, &found, &error);
    } else if (is_op(step, "deleteChatAgent")) {
        result = registry_release(registry, id, &found, &error);
    } else if (is_op(step, "ensureChatAgentForSend")) {
        result = registry_ensure(registry, id, &trace->pool, step->now_ms, &entry, &error);
        if (entry && entry_chat_agent_id(entry).data)
            json_quote(entry_chat_agent_id(entry), answer);
    } else if (is_op(step, "allocateChatAgent")) {
        result =
            registry_allocate(registry, id, &trace->pool, ttl_ms, step->now_ms, &entry, &error);
        answer_entry(document, entry, answer);
    } else {
        assert_true(is_op(step, "resumeExpiredChatAgent"));
        result = registry_resume(registry, id, &trace->pool, ttl_ms, step->now_ms, &entry, &error);
        answer_entry(document, entry, answer);
    }
    assert_int_equal(result, 0);
}

static enum operation_kind kind_of(struct str op)
{
    static const struct {
        const char *op;
        enum operation_kind kind;
    } kinds[] = {
        {"allocateChatAgent", OPERATION_ALLOCATE},
        {"touchChatAgent", OPERATION_TOUCH},
        {"markChatAgentIdle", OPERATION_IDLE},
        {"deleteChatAgent", OPERATION_RELEASE},
        {"expireIdleChatAgents", OPERATION_EXPIRE_DUE},
        {"resumeExpiredChatAgent", OPERATION_RESUME},
        {"ensureChatAgentForSend", OPERATION_ENSURE},
        {"purgeChatAgentRegistry", OPERATION_PURGE_DELETED},
    };
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (str_equal(op, str_of(kinds[i].op)))
            return kinds[i].kind;
    fail_msg("a function of the seed that is not known: %.*s", (int)op.len, op.data);
    return OPERATION_GC;
}

static void answer_outcome(const struct document *document, enum operation_kind kind,
                           const struct outcome *outcome, struct buffer *answer)
{
    if (outcome->entry_index != SIZE_MAX)
        answer_entry(document, &document->registry.entries[outcome->entry_index], answer);
    if (outcome->agent_id.data)
        json_quote(outcome->agent_id, answer);
    if (kind == OPERATION_PURGE_DELETED)
        json_print_number((double)outcome->purged_count, answer);
    if (kind != OPERATION_EXPIRE_DUE)
        return;
    assert_int_equal(outcome->expired_count, outcome->change_count);
    buffer_add_char(answer, '[');
    for (size_t i = 0; i < outcome->change_count; i++) {
        if (i > 0)
            buffer_add_char(answer, ',');
        json_quote(outcome->changes[i].session_id, answer);
    }
    buffer_add_char(answer, ']');
}

static void answer_by_operation(struct document *document, const struct trace *trace,
                                const struct step *step, struct buffer *answer)
{
    struct outcome outcome = {0};
    struct error error;
    if (answer_question(document, step, answer))
        return;
    struct operation operation = {
        .kind = kind_of(step->op),
        .session_id = step->session_id,
        .now_ms = step->now_ms,
        .has_ttl = step->has_ttl,
        .ttl_ms = step->ttl_ms,
    };
    assert_int_equal(
        operation_apply(&document->registry, &operation, &trace->pool, &outcome, &error), 0);
    answer_outcome(document, operation.kind, &outcome, answer);
    outcome_done(&outcome);
}

static void compare(const struct trace *trace, size_t number, const char *what, struct str ours,
                    struct str seeds)
{
    if (str_equal(ours, seeds))
        return;
    fail_msg("%.*s, step %zu: %s\n is %.*s\n the seed's is %.*s", (int)trace->name.len,
             trace->name.data, number, what, (int)ours.len, ours.data, (int)seeds.len, seeds.data);
}

static void check_answer(const struct trace *trace, size_t number, const struct step *step,
                         const struct buffer *answer)
{
    struct buffer seeds = {0};
    if (step->result.data)
        json_stringify(step->result, 0, 0, &seeds);
    compare(trace, number, "the answer", buffer_str(answer), buffer_str(&seeds));
    buffer_done(&seeds);
}

static void check_file(const struct trace *trace, size_t number, const struct step *step,
                       const struct document *document)
{
    struct buffer text = {0};
    struct error error;
    if (!step->file.data) {
        assert_true(registry_is_clean(&document->registry));
        return;
    }
    assert_int_equal(document_print_whole(document, &text, &error), 0);
    compare(trace, number, "the file", buffer_str(&text), step->file);
    buffer_done(&text);
}

/* Runs all steps; with `anew`, each on a fresh working copy of the seed's own file. */
static size_t run_steps(struct trace *trace, answer_fn answer_step, bool anew)
{
    struct str file = decoded(&trace->arena, json_member(trace->line, STR("start")));
    struct document document;
    struct json_cursor cursor;
    struct json_item item;
    size_t number = 0;
    load(&document, file);
    assert_true(json_enter(json_member(trace->line, STR("steps")), &cursor));
    for (; json_next(&cursor, &item); number++) {
        struct step step = read_step(trace, item.value, file);
        struct buffer answer = {0};
        if (anew) {
            document_done(&document);
            load(&document, file);
        }
        answer_step(&document, trace, &step, &answer);
        check_answer(trace, number, &step, &answer);
        check_file(trace, number, &step, &document);
        buffer_done(&answer);
        file = step.file;
    }
    document_done(&document);
    return number;
}

static size_t run_trace(struct str line, answer_fn answer_step, bool anew)
{
    struct trace trace = {.line = json_root(line)};
    assert_true(json_check(line, NULL));
    trace.name = decoded(&trace.arena, json_member(trace.line, STR("name")));
    struct str config = decoded(&trace.arena, json_member(trace.line, STR("config")));
    assert_true(json_check(config, NULL));
    add_pool(&trace, config);
    size_t steps = run_steps(&trace, answer_step, anew);
    arena_done(&trace.arena);
    return steps;
}

static struct buffer read_vectors(void)
{
    struct buffer text = {0};
    char block[65536];
    FILE *file = fopen("tests/vectors/operations.jsonl", "rb");
    assert_non_null(file);
    for (size_t got; (got = fread(block, 1, sizeof(block), file)) > 0;)
        buffer_add(&text, block, got);
    assert_false(ferror(file));
    fclose(file);
    assert_false(text.failed);
    return text;
}

static void run_vectors(answer_fn answer_step, bool anew)
{
    struct buffer text = read_vectors();
    size_t traces = 0;
    size_t steps = 0;
    for (size_t at = 0; at < text.len; traces++) {
        const char *end = memchr(text.data + at, '\n', text.len - at);
        size_t len = end ? (size_t)(end - text.data) - at : text.len - at;
        steps += run_trace((struct str){text.data + at, len}, answer_step, anew);
        at += len + 1;
    }
    buffer_done(&text);
    print_message("vectors: %zu steps of %zu traces\n", steps, traces);
    assert_int_equal(traces, VECTOR_TRACES);
    assert_int_equal(steps, VECTOR_STEPS);
}

static void each_rule_answers_and_stores_what_the_seed_does(void **state)
{
    (void)state;
    run_vectors(answer_by_rule, true);
}

static void operations_on_one_working_copy_add_up_to_what_the_seed_stores(void **state)
{
    (void)state;
    run_vectors(answer_by_operation, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_rule_answers_and_stores_what_the_seed_does),
        cmocka_unit_test(operations_on_one_working_copy_add_up_to_what_the_seed_stores),
    };
    return cmocka_run_group_tests_name("vectors_rules", tests, NULL, NULL);
}
