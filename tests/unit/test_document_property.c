/* Random documents, random operations: what holds for every plan. One fixed seed. */
#include "core/document.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { DOCUMENTS = 2500, ROUNDS = 6, LAYOUTS = 5 };
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define PICK(random, array) ((array)[below(random, COUNT(array))])

static const char *const ids[] = {
    "s1",         "s2",       "10",    "2",  "\xC3\xA9",       "a\\u0000b",
    "x\\udfff",   "q\\\" {q", "4e2a-", "",   "\\u0073\\u0031", "\\u0032",
    "4294967295", "\xFF",     "s3",    "s4",
};
static const struct str slots[] = {{"chat-slot-m-1", 13}, {"chat-slot-m-2-and-a-long-name", 29}};

static uint64_t next(uint64_t *random)
{
    *random ^= *random << 13;
    *random ^= *random >> 7;
    *random ^= *random << 17;
    return *random * UINT64_C(2685821657736338717) >> 11;
}

static size_t below(uint64_t *random, size_t limit)
{
    return (size_t)(next(random) % limit);
}

static bool one_in(uint64_t *random, size_t limit)
{
    return below(random, limit) == 0;
}

/* A text being made, in one of the layouts. */
struct maker {
    uint64_t *random;
    struct buffer text;
    size_t layout;
    size_t depth;
    bool first;
};

static void space(struct maker *maker)
{
    static const char *const runs[] = {"", "", " ", "\n", "\t ", "   ", "\r\n"};
    switch (maker->layout) {
    case 0:
    case 1:
    case 2:
        buffer_add_str(&maker->text, str_of(maker->layout == 1 ? "\r\n" : "\n"));
        for (size_t i = 0; i < maker->depth; i++)
            buffer_add_str(&maker->text, str_of(maker->layout == 2 ? "\t" : "  "));
        break;
    case 3:
        break;
    default:
        buffer_add_str(&maker->text, str_of(PICK(maker->random, runs)));
        break;
    }
}

static void open_object(struct maker *maker)
{
    buffer_add_char(&maker->text, '{');
    maker->depth++;
    maker->first = true;
}

static void close_object(struct maker *maker)
{
    maker->depth--;
    if (!maker->first || maker->layout == 4)
        space(maker);
    buffer_add_char(&maker->text, '}');
    maker->first = false;
}

static void name(struct maker *maker, const char *key)
{
    if (!maker->first) {
        if (maker->layout == 4)
            space(maker);
        buffer_add_char(&maker->text, ',');
    }
    maker->first = false;
    space(maker);
    buffer_addf(&maker->text, "\"%s\"%s:%s", key, maker->layout == 4 ? " " : "",
                maker->layout == 3 ? "" : " ");
}

static void member(struct maker *maker, const char *key, const char *value)
{
    name(maker, key);
    buffer_add_str(&maker->text, str_of(value));
}

static void odd_members(struct maker *maker)
{
    static const char *const keys[] = {"extra", "st\\u0061te", "state", "7", "lastActiveAt"};
    static const char *const values[] = {
        "1.50", "{ \"a\": [ 1, \"} \\\" {\" ] }", "\"idle\"", "null", "\"\\u0041 \\/\"", "[ ]",
        "1e999"};
    while (one_in(maker->random, 3)) {
        const char *key = PICK(maker->random, keys);
        member(maker, key, PICK(maker->random, values));
    }
}

static void object_entry(struct maker *maker, const char *id)
{
    static const char *const states[] = {"\"active\"",  "\"idle\"",       "\"expired\"",
                                         "\"deleted\"", "\"id\\u006ce\"", "\"paused\"",
                                         "null"};
    static const char *const times[] = {"1773890082560", "1773889642251", "0", "\" 5 \"", "1.5e3"};
    open_object(maker);
    if (one_in(maker->random, 10)) {
        odd_members(maker);
        close_object(maker);
        return;
    }
    member(maker, "chatAgentId", one_in(maker->random, 4) ? "7" : "\"chat-slot-m-1\"");
    member(maker, "workspaceAgentId", "\"m\"");
    name(maker, "sessionId");
    buffer_addf(&maker->text, "\"%s\"", id);
    member(maker, "workspaceDir", "\"\"");
    if (one_in(maker->random, 3))
        odd_members(maker);
    if (!one_in(maker->random, 8))
        member(maker, "state", PICK(maker->random, states));
    member(maker, "createdAt", PICK(maker->random, times));
    if (!one_in(maker->random, 8))
        member(maker, "lastActiveAt", PICK(maker->random, times));
    if (one_in(maker->random, 3))
        odd_members(maker);
    if (!one_in(maker->random, 8))
        member(maker, "idleTtlMs", one_in(maker->random, 4) ? "[ \"60\" ]" : "1800000");
    close_object(maker);
}

static void agents(struct maker *maker, const char *key)
{
    static const char *const odd[] = {"null",    "false", "0",         "\"\"",
                                      "\"x y\"", "5",     "[ 1, {} ]", "{}"};
    name(maker, key);
    open_object(maker);
    for (size_t count = below(maker->random, 9); count > 0; count--) {
        const char *id = PICK(maker->random, ids);
        if (one_in(maker->random, 8)) {
            member(maker, id, PICK(maker->random, odd));
        } else {
            name(maker, id);
            object_entry(maker, id);
        }
    }
    close_object(maker);
}

static void make_document(struct maker *maker)
{
    static const char *const ends[] = {"\n", "", " \r\n\n", "\n\n                              "};
    open_object(maker);
    if (one_in(maker->random, 8))
        member(maker, "agents", "{ \"s1\": null }");
    if (!one_in(maker->random, 4))
        member(maker, "version", "1");
    agents(maker, one_in(maker->random, 8) ? "\\u0061gents" : "agents");
    if (one_in(maker->random, 4))
        member(maker, "meta", "{ \"kept\": [ 1, \"two\" ], \"n\": 1.0 }");
    close_object(maker);
    buffer_add_str(&maker->text, str_of(PICK(maker->random, ends)));
}

static void open_text(struct document *document, struct str text)
{
    struct buffer bytes = {0};
    buffer_add_str(&bytes, text);
    document_init(document);
    assert_int_equal(document_parse(document, &bytes, NULL), 0);
    assert_true(document->has_registry);
}

/* One rule on a random session. Where the seed would throw, nothing is marked. */
static void change_something(struct registry *registry, uint64_t *random, int64_t now_ms)
{
    const struct pool pool = {STR("m"), slots, COUNT(slots)};
    struct buffer literal = {0};
    struct buffer id = {0};
    struct entry *entry;
    size_t count;
    bool found;
    buffer_addf(&literal, "\"%s\"", PICK(random, ids));
    json_decode(buffer_str(&literal), &id);
    struct str session = id.data ? buffer_str(&id) : STR("");
    switch (below(random, 12)) {
    case 0:
    case 1:
        (void)registry_allocate(registry, session, &pool, NULL, now_ms, &entry, NULL);
        break;
    case 2:
    case 3:
        (void)registry_touch(registry, session, now_ms, &found, NULL);
        break;
    case 4:
        (void)registry_mark_idle(registry, session, &found, NULL);
        break;
    case 5:
        (void)registry_release(registry, session, &found, NULL);
        break;
    case 6:
        (void)registry_force_expire(registry, session);
        break;
    case 7:
        (void)registry_expire_due(registry, now_ms, NULL, &count, NULL);
        break;
    case 8:
        (void)registry_resume(registry, session, &pool, NULL, now_ms, &entry, NULL);
        break;
    case 9:
        (void)registry_ensure(registry, session, &pool, now_ms, &entry, NULL);
        break;
    case 10:
        (void)registry_purge_deleted(registry, &count, NULL);
        break;
    default:
        (void)registry_remove(registry, session);
        break;
    }
    buffer_done(&literal);
    buffer_done(&id);
}

/* Ascending, apart, no patch without need, only the last one grows, to the end of the file. */
static void check_patches(const struct document *document, const struct plan *plan)
{
    uint64_t at = 0;
    for (size_t i = 0; i < plan->count; i++) {
        const struct patch *patch = &plan->patches[i];
        uint64_t grows_by = i + 1 == plan->count ? plan->grows_by : 0;
        assert_true(patch->offset >= at);
        at = patch->offset + patch->old_len;
        assert_true(at <= document->bytes.len);
        assert_int_equal(patch->text.len, patch->old_len + grows_by);
        assert_true(grows_by == 0 || at == document->bytes.len);
        assert_true(patch->text.len > 0);
        assert_true(grows_by > 0 || patch->text.data[0] != document->bytes.data[patch->offset]);
    }
    assert_true(plan->count > 0 || plan->grows_by == 0);
}

/* A writer that is stopped between two patches leaves a text that parses; so does any choice. */
static void check_interrupted(const struct document *document, const struct plan *plan,
                              uint64_t *random)
{
    struct buffer text = {0};
    buffer_add_str(&text, buffer_str(&document->bytes));
    buffer_add_repeat(&text, ' ', plan->grows_by);
    for (size_t i = 0; i < plan->count; i++) {
        const struct patch *patch = &plan->patches[i];
        if (one_in(random, 2))
            memcpy(text.data + patch->offset, patch->text.data, patch->text.len);
    }
    assert_true(json_check(buffer_str(&text), NULL));
    buffer_done(&text);
}

static void check_untouched_bytes(const struct document *before, const struct document *after)
{
    for (size_t i = 0; i < before->registry.count; i++) {
        const struct entry *old = &before->registry.entries[i];
        if (old->changes != CHANGE_NONE)
            continue;
        const struct entry *new = registry_find(&after->registry, entry_session_id(old));
        assert_non_null(new);
        assert_true(str_equal(document_entry_text(before, old), document_entry_text(after, new)));
    }
}

static void check_same_document(const struct document *before, const struct document *after)
{
    struct buffer wanted = {0};
    struct buffer got = {0};
    assert_int_equal(document_print_whole(before, &wanted, NULL), 0);
    assert_int_equal(document_print_whole(after, &got, NULL), 0);
    assert_string_equal(got.data, wanted.data);
    buffer_done(&wanted);
    buffer_done(&got);
}

/* What the file says now is what the working copy said, field by field. */
static void check_same_registry(const struct registry *wanted, const struct registry *got)
{
    size_t present = 0;
    for (size_t i = 0; i < wanted->count; i++) {
        const struct entry *a = &wanted->entries[i];
        if (a->changes & CHANGE_REMOVED)
            continue;
        const struct entry *b = registry_find(got, entry_session_id(a));
        present++;
        assert_non_null(b);
        assert_int_equal(a->state, b->state);
        assert_int_equal(a->shape, b->shape);
        assert_true(str_equal(entry_chat_agent_id(a), entry_chat_agent_id(b)));
        assert_memory_equal(&a->created_at_ms, &b->created_at_ms, sizeof(double));
        assert_memory_equal(&a->last_active_at_ms, &b->last_active_at_ms, sizeof(double));
        double ttls[] = {entry_idle_ttl_ms(a), entry_idle_ttl_ms(b)};
        assert_memory_equal(&ttls[0], &ttls[1], sizeof(double));
    }
    assert_int_equal(present, got->count);
}

/* One edit of `text`, which becomes the edited text. Returns how much it grew. */
static size_t edit_text(struct buffer *text, uint64_t *random, int64_t now_ms)
{
    struct document before;
    struct document after;
    struct plan plan;
    struct buffer edited = {0};
    open_text(&before, buffer_str(text));
    for (size_t count = below(random, 5); count > 0; count--)
        change_something(&before.registry, random, now_ms);
    assert_int_equal(document_plan(&before, &plan, NULL), 0);
    check_patches(&before, &plan);
    check_interrupted(&before, &plan, random);
    assert_int_equal(plan_apply(&before, &plan, &edited, NULL), 0);
    open_text(&after, buffer_str(&edited));
    check_same_document(&before, &after);
    check_same_registry(&before.registry, &after.registry);
    check_untouched_bytes(&before, &after);
    if (registry_is_clean(&before.registry))
        assert_int_equal(plan.count, 0);
    size_t grew = plan.grows_by;
    plan_done(&plan);
    document_done(&before);
    document_done(&after);
    buffer_done(text);
    *text = edited;
    return grew;
}

static void every_plan_makes_the_text_say_what_the_registry_says(void **state)
{
    (void)state;
    uint64_t random = UINT64_C(0x5107094);
    size_t grew = 0;
    for (size_t i = 0; i < DOCUMENTS; i++) {
        struct maker maker = {.random = &random, .layout = i % LAYOUTS};
        make_document(&maker);
        for (size_t round = 0; round < ROUNDS; round++) {
            int64_t now_ms = INT64_C(1773890082570) + (int64_t)below(&random, 3600000);
            grew += edit_text(&maker.text, &random, now_ms) > 0;
        }
        buffer_done(&maker.text);
    }
    printf("plans: %d edits of %d documents, %zu grew\n", DOCUMENTS * ROUNDS, DOCUMENTS, grew);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_plan_makes_the_text_say_what_the_registry_says),
    };
    return cmocka_run_group_tests_name("document_property", tests, NULL, NULL);
}
