// LDFLAGS: -Wl,--wrap=pread
/* A state that loads its registry as a stream knows what one knows that loads it whole: entries,
 * events, what was wiped, findings; after saves of every kind, also those that cannot be used. */
#include "core/state.h"
#include "tests/helpers/tree.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define NOW INT64_C(1795357816000)
#define REGISTRY "s/chat-agents.json"

enum { ROUNDS = 1500, MOST = 60, LARGE = 20000, SLICE = 64 << 10 };

struct session {
    unsigned id, slot, state;
    int64_t created_ms, used_ms;
};

struct fixture {
    struct tree tree;
    struct state streamed, whole;
    struct session sessions[MOST];
    size_t count;
    unsigned next_id, seed;
};

static unsigned below(struct fixture *fixture, unsigned limit)
{
    return (unsigned)rand_r(&fixture->seed) % limit;
}

static void init(struct fixture *fixture, struct state *state)
{
    struct environment environment = {.home = fixture->tree.path, .current_dir = "/"};
    assert_int_equal(state_init(state, &environment, tree_path(&fixture->tree, "s"), NULL, NULL),
                     0);
}

static int set_up(void **context)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    fixture->seed = 3;
    tree_make(&fixture->tree);
    tree_put(&fixture->tree, "s/openclaw.json",
             "{\"agents\":{\"list\":[{\"id\":\"main\"},{\"id\":\"chat-slot-main-1\"},"
             "{\"id\":\"chat-slot-main-2\"},{\"id\":\"chat-slot-main-3\"}]}}");
    init(fixture, &fixture->streamed);
    init(fixture, &fixture->whole);
    fixture->streamed.is_streamed = true;
    *context = fixture;
    return 0;
}

static int tear_down(void **context)
{
    struct fixture *fixture = *context;
    state_done(&fixture->streamed);
    state_done(&fixture->whole);
    tree_remove(&fixture->tree);
    free(fixture);
    return 0;
}

static void add_session(struct buffer *text, const struct session *session)
{
    static const char *const states[] = {"active", "idle", "expired", "deleted", "paused"};
    buffer_addf(text, "\n    \"%08x-5f6e-4c1b\": {\n      \"chatAgentId\": \"", session->id);
    buffer_addf(text, session->slot < 4 ? "chat-slot-main-%u" : "main", session->slot);
    buffer_addf(
        text,
        "\",\n      \"workspaceAgentId\": \"main\",\n      \"sessionId\": \"%08x-5f6e-4c1b\","
        "\n      \"state\": \"%s\",\n      \"createdAt\": %lld,\n      \"lastActiveAt\": "
        "%lld,\n      \"idleTtlMs\": 1800000\n    }",
        session->id, states[session->state], (long long)session->created_ms,
        (long long)session->used_ms);
}

static void save(struct fixture *fixture)
{
    struct buffer text = {0};
    buffer_addf(&text, "{\n  \"version\": 1,\n  \"agents\": {");
    for (size_t i = 0; i < fixture->count; i++) {
        buffer_addf(&text, i ? "," : "");
        add_session(&text, &fixture->sessions[i]);
    }
    buffer_addf(&text, "\n  }\n}\n");
    assert_false(text.failed);
    tree_write(&fixture->tree, REGISTRY, text.data, text.len);
    buffer_done(&text);
}

static void remove_at(struct fixture *fixture, size_t at)
{
    fixture->count--;
    memmove(&fixture->sessions[at], &fixture->sessions[at + 1],
            (fixture->count - at) * sizeof(fixture->sessions[0]));
}

static void change(struct fixture *fixture, int64_t now_ms)
{
    struct session *session =
        fixture->count ? &fixture->sessions[below(fixture, (unsigned)fixture->count)] : NULL;
    unsigned what = below(fixture, 10);
    if ((what < 3 || !session) && fixture->count < MOST)
        fixture->sessions[fixture->count++] = (struct session){
            ++fixture->next_id * 2654435761U, below(fixture, 6), below(fixture, 5), now_ms, now_ms};
    else if (what < 5 && session)
        remove_at(fixture, (size_t)(session - fixture->sessions));
    else if (session && what < 8)
        session->used_ms = now_ms;
    else if (session)
        session->state = below(fixture, 5);
}

/* A save of the server, or what may become of one. */
static void next_version(struct fixture *fixture, int64_t now_ms)
{
    unsigned what = below(fixture, 40);
    for (unsigned i = below(fixture, 4); i > 0; i--)
        change(fixture, now_ms);
    if (what == 0)
        fixture->count /= 8;
    if (what == 1)
        tree_put(&fixture->tree, REGISTRY, "{\"version\": 1, \"agents\": {");
    else if (what == 2)
        tree_put(&fixture->tree, REGISTRY, "{\"agents\": {\"1\": null, \"x\": {}}}");
    else if (what == 3)
        (void)remove(tree_path(&fixture->tree, REGISTRY));
    else
        save(fixture);
}

static void assert_same_str(struct str a, struct str b)
{
    assert_true(str_equal(a, b) && !a.data == !b.data);
}

static void assert_same_entries(const struct state *a, const struct state *b)
{
    const struct registry *registry = &state_shown(a)->registry;
    const struct registry *other = &state_shown(b)->registry;
    assert_int_equal(a->document.state, b->document.state);
    assert_int_equal(registry->count, other->count);
    for (size_t i = 0; i < registry->count; i++) {
        const struct entry *x = &registry->entries[i], *y = &other->entries[i];
        struct buffer text = {0}, other_text = {0};
        assert_same_str(entry_session_id(x), entry_session_id(y));
        assert_same_str(entry_chat_agent_id(x), entry_chat_agent_id(y));
        assert_int_equal(x->state, y->state);
        assert_memory_equal(&x->last_active_at_ms, &y->last_active_at_ms, sizeof(double));
        assert_ptr_equal(registry_find(registry, entry_session_id(y)), x);
        if (a->document.has_registry) {
            assert_true(state_add_text(a, x, &text) && state_add_text(b, y, &other_text));
            assert_same_str(buffer_str(&text), buffer_str(&other_text));
        }
        buffer_done(&text);
        buffer_done(&other_text);
    }
}

static void assert_same_events(const struct state *a, const struct state *b)
{
    size_t count, other;
    const struct history_event *x = history_events(a->around.history, &count);
    const struct history_event *y = history_events(b->around.history, &other);
    assert_int_equal(count, other);
    for (size_t i = count > MOST ? count - MOST : 0; i < count; i++) {
        assert_true(event_is_same(&x[i], &y[i]) && x[i].by == y[i].by);
        assert_same_str(x[i].agent_id, y[i].agent_id);
    }
}

static void assert_same_model(const struct state *a, const struct state *b)
{
    assert_memory_equal(&a->model.counts, &b->model.counts, sizeof(a->model.counts));
    assert_int_equal(a->model.finding_count, b->model.finding_count);
    for (size_t i = 0; i < a->model.finding_count; i++)
        assert_same_str(a->model.findings[i].message, b->model.findings[i].message);
    for (size_t row = 0; row < model_row_count(&a->model); row++)
        assert_int_equal(model_view(&a->model, row), model_view(&b->model, row));
    assert_int_equal(a->is_wiped, b->is_wiped);
}

static void look(struct state *state, unsigned parts, int64_t now_ms)
{
    struct state_look look = {.parts = parts, .now_ms = now_ms};
    assert_int_equal(state_load(state, &look, NULL), 0);
    assert_int_equal(state_model(state, now_ms, NULL), 0);
}

static void it_knows_what_a_state_knows_that_loads_everything(void **context)
{
    struct fixture *fixture = *context;
    unsigned parts = PART_ALL;
    size_t streamed = 0, wiped = 0;
    for (int round = 0; round < ROUNDS; round++) {
        int64_t now_ms = NOW + 61000 * (int64_t)round;
        next_version(fixture, now_ms);
        look(&fixture->streamed, parts, now_ms);
        look(&fixture->whole, parts, now_ms);
        assert_same_entries(&fixture->streamed, &fixture->whole);
        assert_same_events(&fixture->streamed, &fixture->whole);
        assert_same_model(&fixture->streamed, &fixture->whole);
        streamed += fixture->streamed.document.blocks.items != NULL;
        wiped += fixture->streamed.is_wiped;
        parts = PART_REGISTRY;
    }
    assert_true(streamed > ROUNDS / 2);
    assert_true(wiped > 0);
}

static void a_large_one_is_loaded_in_slices_and_is_the_same_then(void **context)
{
    struct fixture *fixture = *context;
    struct state *state = &fixture->streamed;
    struct state_look first = {.parts = PART_ALL, .now_ms = NOW};
    struct buffer text = {0};
    size_t slices = 0, entries = 0;
    buffer_addf(&text, "{\n  \"version\": 1,\n  \"agents\": {");
    for (unsigned i = 0; i < LARGE; i++) {
        buffer_addf(&text, i ? "," : "");
        add_session(&text, &(struct session){i * 2654435761U, i % 6, i % 5, NOW, NOW});
    }
    buffer_addf(&text, "\n  }\n}\n");
    tree_write(&fixture->tree, REGISTRY, text.data, text.len);
    state_begin_loading(state);
    assert_true(state->loading.is_on);
    assert_int_equal(state->loading.size_bytes, text.len);
    for (; state->loading.is_on; slices++) {
        assert_int_equal(state_shown(state)->registry.count, 0);
        assert_true(state->loading.entries >= entries);
        entries = state->loading.entries;
        assert_int_equal(state_load_slice(state, SLICE, &first, NULL), 0);
    }
    assert_true(slices > 10 && entries > LARGE / 2);
    look(state, PART_ALL & ~(unsigned)PART_REGISTRY, NOW);
    look(&fixture->whole, PART_ALL, NOW);
    assert_same_entries(state, &fixture->whole);
    assert_same_model(state, &fixture->whole);
    buffer_done(&text);
}

static void a_file_that_changes_while_it_is_loaded_in_slices_is_loaded_again(void **context)
{
    struct fixture *fixture = *context;
    struct state *state = &fixture->streamed;
    struct state_look first = {.parts = PART_ALL, .now_ms = NOW};
    struct buffer text = {0};
    buffer_addf(&text, "{\n  \"version\": 1,\n  \"agents\": {");
    add_session(&text, &(struct session){1, 1, 1, NOW, NOW});
    buffer_addf(&text, "\n  }\n}\n");
    size_t len = text.len;
    buffer_add_repeat(&text, ' ', STATE_SLICED_BYTES);
    tree_write(&fixture->tree, REGISTRY, text.data, text.len);
    state_begin_loading(state);
    assert_true(state->loading.is_on);
    assert_int_equal(state_load_slice(state, SLICE, &first, NULL), 0);
    tree_write(&fixture->tree, REGISTRY, text.data, len);
    while (state->loading.is_on)
        assert_int_equal(state_load_slice(state, SLICE, &first, NULL), 0);
    assert_int_equal(state->identity.size_bytes, len);
    assert_int_equal(state_shown(state)->registry.count, 1);
    buffer_done(&text);
}

static size_t open_files(void)
{
    size_t count = 0;
    DIR *directory = opendir("/proc/self/fd");
    assert_non_null(directory);
    while (readdir(directory))
        count++;
    (void)closedir(directory);
    return count;
}

/* A registry of so many entries that its text is not kept, the first of them used at a time. */
static void save_large(struct fixture *fixture, unsigned count, int64_t used_ms)
{
    struct buffer text = {0};
    buffer_addf(&text, "{\n  \"version\": 1,\n  \"agents\": {");
    for (unsigned i = 0; i < count; i++) {
        buffer_addf(&text, i ? "," : "");
        add_session(&text, &(struct session){i * 2654435761U, 1, 1, NOW, i ? NOW : used_ms});
    }
    buffer_addf(&text, "\n  }\n}\n");
    tree_write(&fixture->tree, REGISTRY, text.data, text.len);
    buffer_done(&text);
}

/* A server that goes on writing while it is read: so many bytes, one with each piece. */
static const char *written_to;
static size_t writes_left;

ssize_t __real_pread(int fd, void *bytes, size_t len, off_t offset);
ssize_t __wrap_pread(int fd, void *bytes, size_t len, off_t offset);
ssize_t __wrap_pread(int fd, void *bytes, size_t len, off_t offset)
{
    FILE *file = writes_left > 0 ? fopen(written_to, "a") : NULL;
    if (file) {
        writes_left--;
        assert_int_equal(fputc(' ', file), ' ');
        assert_int_equal(fclose(file), 0);
    }
    return __real_pread(fd, bytes, len, offset);
}

static void a_large_one_that_is_being_saved_is_as_it_was(void **context)
{
    enum { LOOKS = 8 };
    struct fixture *fixture = *context;
    struct state *state = &fixture->streamed;
    save_large(fixture, LARGE, NOW);
    look(state, PART_ALL, NOW);
    struct file_identity identity = state->identity;
    assert_int_equal(truncate(tree_path(&fixture->tree, REGISTRY), (off_t)identity.size_bytes / 2),
                     0);
    written_to = tree_path(&fixture->tree, REGISTRY);
    for (int i = 0; i < LOOKS; i++) {
        writes_left = 2;
        look(state, PART_REGISTRY, NOW);
        assert_int_equal(state->document.state, DOCUMENT_OK);
        assert_int_equal(state->document.registry.count, LARGE);
        assert_true(file_identity_equal(&state->identity, &identity));
    }
    writes_left = 2;
    look(state, PART_REGISTRY, NOW); /* it never rests */
    assert_int_equal(state->document.state, DOCUMENT_TORN);
    save_large(fixture, LARGE, NOW + 1);
    look(state, PART_REGISTRY, NOW);
    assert_int_equal(state->document.state, DOCUMENT_OK);
    assert_true(state->document.registry.entries[0].last_active_at_ms == (double)(NOW + 1));
}

static void no_load_keeps_a_file_open_however_many_there_are(void **context)
{
    static const unsigned counts[] = {10, 6000};
    struct fixture *fixture = *context;
    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
        size_t after_first = 0;
        for (int round = 0; round < 20; round++) {
            save_large(fixture, counts[i], NOW + round);
            look(&fixture->streamed, PART_REGISTRY, NOW + round);
            if (round == 0)
                after_first = open_files();
        }
        assert_int_equal(open_files(), after_first);
    }
}

static void a_large_one_is_copied_once_an_hour_so_that_a_wipe_can_be_undone(void **context)
{
    enum { COUNT = 6000, HOUR_MS = COPIES_LARGE_EVERY_MS };
    struct fixture *fixture = *context;
    struct state *state = &fixture->streamed;
    const int64_t moments[] = {0, 1000, HOUR_MS - 1, HOUR_MS, HOUR_MS + 1000, 2 * HOUR_MS};
    const size_t copies[] = {1, 1, 1, 2, 2, 3};
    buffer_add_str(&state->copies_dir, str_of(tree_path(&fixture->tree, "copies")));
    state->store.copies_dir = state->copies_dir.data;
    for (size_t i = 0; i < sizeof(moments) / sizeof(moments[0]); i++) {
        save_large(fixture, COUNT, NOW + moments[i]);
        look(state, PART_REGISTRY, NOW + moments[i]);
        assert_int_equal(state->document.bytes.len, 0);
        if (state_needs_copy(state, NOW + moments[i]))
            assert_int_equal(state_keep_copy(state, NOW + moments[i], NULL), 0);
        assert_false(state_needs_copy(state, NOW + moments[i]));
        assert_int_equal(tree_count(&fixture->tree, "copies"), copies[i]);
    }
    save_large(fixture, 1, NOW);
    look(state, PART_REGISTRY, NOW + 4 * HOUR_MS);
    assert_int_equal(state_keep_lost(state, NOW + 4 * HOUR_MS, NULL), 0);
    assert_false(state_needs_copy(state, NOW + 4 * HOUR_MS));
    assert_true(state->is_wiped && state_can_restore(state));
    assert_int_equal(tree_count(&fixture->tree, "copies"), 3);
}

#define IN_A_TREE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_A_TREE(it_knows_what_a_state_knows_that_loads_everything),
        IN_A_TREE(a_large_one_is_loaded_in_slices_and_is_the_same_then),
        IN_A_TREE(a_large_one_that_is_being_saved_is_as_it_was),
        IN_A_TREE(no_load_keeps_a_file_open_however_many_there_are),
        IN_A_TREE(a_large_one_is_copied_once_an_hour_so_that_a_wipe_can_be_undone),
        IN_A_TREE(a_file_that_changes_while_it_is_loaded_in_slices_is_loaded_again),
    };
    return cmocka_run_group_tests_name("state_stream", tests, NULL, NULL);
}
