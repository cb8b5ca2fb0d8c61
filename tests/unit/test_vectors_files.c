/* The seed's own traces on actual bytes: each step edits the text that the step before left. */
#include "core/document.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char VECTORS[] = "tests/vectors/operations.jsonl";

enum { MAX_SLOTS = 32 };

/* One trace on its way: our text, and the seed's. */
struct trace {
    struct buffer ours;
    struct buffer seeds;
    bool has_file;
    struct pool pool;
    struct str slots[MAX_SLOTS];
    struct arena arena;
};

struct tally {
    size_t traces;
    size_t steps;
    size_t unchanged;
    size_t same_length;
    size_t grew;
    size_t whole;
};

static struct str member(struct str object, const char *name)
{
    return json_member(object, str_of(name));
}

static struct str decoded(struct arena *arena, struct str literal)
{
    struct buffer text = {0};
    json_decode(literal, &text);
    assert_false(text.failed);
    struct str copy = arena_copy(arena, text.data ? buffer_str(&text) : STR(""));
    assert_non_null(copy.data);
    buffer_done(&text);
    return copy;
}

static void load_pool(struct trace *trace, struct str line)
{
    struct str workspace = decoded(&trace->arena, member(line, "workspace"));
    struct str agent = str_equal(workspace, STR("default")) ? STR("main") : workspace;
    struct buffer prefix = {0};
    buffer_addf(&prefix, "chat-slot-%.*s-", (int)agent.len, agent.data);
    struct str config = decoded(&trace->arena, member(line, "config"));
    struct json_cursor cursor;
    struct json_item item;
    trace->pool = (struct pool){.workspace_agent_id = agent, .slots = trace->slots};
    assert_true(json_enter(member(member(config, "agents"), "list"), &cursor));
    while (json_next(&cursor, &item)) {
        struct str id = decoded(&trace->arena, member(item.value, "id"));
        if (!str_starts(id, buffer_str(&prefix)))
            continue;
        assert_true(trace->pool.slot_count < MAX_SLOTS);
        trace->slots[trace->pool.slot_count++] = id;
    }
    buffer_done(&prefix);
}

static void take_seeds_text(struct trace *trace, struct str literal)
{
    buffer_clear(&trace->seeds);
    json_decode(literal, &trace->seeds);
    assert_false(trace->seeds.failed);
}

static void open_document(const struct trace *trace, struct document *document)
{
    struct buffer bytes = {0};
    document_init(document);
    if (!trace->has_file) {
        document_set_missing(document);
        return;
    }
    buffer_add_str(&bytes, buffer_str(&trace->ours));
    assert_int_equal(document_parse(document, &bytes, NULL), 0);
    assert_int_equal(document->state, DOCUMENT_OK);
}

static void run_rule(struct registry *registry, const struct trace *trace, struct str step)
{
    struct arena arena = {0};
    struct json_cursor arguments;
    struct json_item argument = {0};
    struct entry *entry;
    size_t count;
    bool found;
    int result = 0;
    struct str op = decoded(&arena, member(step, "op"));
    int64_t now_ms = (int64_t)json_to_number(member(step, "now"));
    struct str id = {0};
    assert_true(json_enter(member(step, "args"), &arguments));
    if (json_next(&arguments, &argument))
        id = decoded(&arena, argument.value);
    bool has_ttl = json_next(&arguments, &argument);
    double ttl_ms = has_ttl ? json_to_number(member(argument.value, "idleTtlMs")) : 0;
    const double *ttl = has_ttl ? &ttl_ms : NULL;
    if (str_equal(op, STR("allocateChatAgent")))
        result = registry_allocate(registry, id, &trace->pool, ttl, now_ms, &entry, NULL);
    else if (str_equal(op, STR("resumeExpiredChatAgent")))
        result = registry_resume(registry, id, &trace->pool, ttl, now_ms, &entry, NULL);
    else if (str_equal(op, STR("ensureChatAgentForSend")))
        result = registry_ensure(registry, id, &trace->pool, now_ms, &entry, NULL);
    else if (str_equal(op, STR("touchChatAgent")))
        result = registry_touch(registry, id, now_ms, &found, NULL);
    else if (str_equal(op, STR("markChatAgentIdle")))
        result = registry_mark_idle(registry, id, &found, NULL);
    else if (str_equal(op, STR("deleteChatAgent")))
        result = registry_release(registry, id, &found, NULL);
    else if (str_equal(op, STR("expireIdleChatAgents")))
        result = registry_expire_due(registry, now_ms, NULL, &count, NULL);
    else if (str_equal(op, STR("purgeChatAgentRegistry")))
        result = registry_purge_deleted(registry, &count, NULL);
    else
        assert_true(str_equal(op, STR("getChatAgent")) || str_equal(op, STR("listChatAgents")));
    assert_int_equal(result, 0);
    arena_done(&arena);
}

/* Brings the marks into our text, as the store does; a missing file is made whole. */
static void write_changes(struct trace *trace, const struct document *document, struct tally *tally)
{
    struct plan plan = {0};
    if (registry_is_clean(&document->registry)) {
        tally->unchanged++;
        return;
    }
    buffer_clear(&trace->ours);
    if (document->state == DOCUMENT_MISSING) {
        assert_int_equal(document_print_whole(document, &trace->ours, NULL), 0);
        assert_string_equal(trace->ours.data, trace->seeds.data);
        trace->has_file = true;
        tally->whole++;
        return;
    }
    assert_int_equal(document_plan(document, &plan, NULL), 0);
    assert_int_equal(plan_apply(document, &plan, &trace->ours, NULL), 0);
    assert_true(json_check(buffer_str(&trace->ours), NULL));
    tally->same_length += plan.grows_by == 0;
    tally->grew += plan.grows_by > 0;
    plan_done(&plan);
}

/* Equal values, and keys in the same order. */
static void compare_with_seed(const struct trace *trace)
{
    struct buffer ours = {0};
    struct buffer seeds = {0};
    json_stringify(buffer_str(&trace->ours), 2, 0, &ours);
    json_stringify(buffer_str(&trace->seeds), 2, 0, &seeds);
    assert_int_equal(ours.len, seeds.len);
    if (ours.len > 0)
        assert_string_equal(ours.data, seeds.data);
    buffer_done(&ours);
    buffer_done(&seeds);
}

static void run_step(struct trace *trace, struct str step, struct tally *tally)
{
    struct document document;
    struct buffer whole = {0};
    struct str file = member(step, "file");
    open_document(trace, &document);
    run_rule(&document.registry, trace, step);
    if (file.data)
        take_seeds_text(trace, file);
    if (file.data && trace->has_file) {
        assert_int_equal(document_print_whole(&document, &whole, NULL), 0);
        assert_string_equal(whole.data, trace->seeds.data);
    }
    write_changes(trace, &document, tally);
    compare_with_seed(trace);
    tally->steps++;
    buffer_done(&whole);
    document_done(&document);
}

static void run_trace(struct str line, struct tally *tally)
{
    struct trace trace = {0};
    struct json_cursor steps;
    struct json_item step;
    assert_true(json_check(line, NULL));
    load_pool(&trace, line);
    trace.has_file = json_kind(member(line, "start")) == JSON_STRING;
    if (trace.has_file) {
        take_seeds_text(&trace, member(line, "start"));
        buffer_add_str(&trace.ours, buffer_str(&trace.seeds));
    }
    assert_true(json_enter(member(line, "steps"), &steps));
    while (json_next(&steps, &step))
        run_step(&trace, step.value, tally);
    tally->traces++;
    buffer_done(&trace.ours);
    buffer_done(&trace.seeds);
    arena_done(&trace.arena);
}

static void the_file_says_after_every_step_what_the_seed_wrote(void **state)
{
    (void)state;
    struct tally tally = {0};
    char *line = NULL;
    size_t capacity = 0;
    ssize_t len;
    FILE *vectors = fopen(VECTORS, "r");
    assert_non_null(vectors);
    while ((len = getline(&line, &capacity, vectors)) > 0)
        run_trace((struct str){line, (size_t)len}, &tally);
    free(line);
    (void)fclose(vectors);
    assert_int_equal(tally.traces, 160);
    printf("vectors: %zu steps of %zu traces: %zu without a change, %zu of the same length, "
           "%zu longer, %zu whole\n",
           tally.steps, tally.traces, tally.unchanged, tally.same_length, tally.grew, tally.whole);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_file_says_after_every_step_what_the_seed_wrote),
    };
    return cmocka_run_group_tests_name("vectors_files", tests, NULL, NULL);
}
